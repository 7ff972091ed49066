"""The Lagrangian dual of a task: its value and subgradients at prices, and what they say of single states.

The dual function is β(u) + Σ_groups φ_g(u) + shared columns; each pricing gives for every group of projects its
value and a subgradient (what the group would take of each row). Rows over choices are priced here as well; the
master keeps them as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import Split
from optimizer.decomposition.ties import joint_states

GROUPS = 240
GOLDEN = 3
"""Steps of the golden section for the first price; the box finds the rest faster."""


@dataclass(slots=True)
class Cuts:
    """Values and subgradients of all groups at one point, sparse by (group, row).

    ``together`` are the gains of all joint states there, ``state`` what the components set apart took.
    """

    value: Floats
    group: Ints
    row: Ints
    slope: Floats
    together: Floats
    state: Ints


@dataclass(frozen=True, slots=True)
class Core:
    """States that may still change: ways worth a look (mask over the task's columns), ways taken for certain.

    No plan with a state outside is worth more than ``outside``, or than ``beyond`` where it has large projects in
    states that were not allowed.
    """

    able: Bools
    certain: Ints
    outside: float
    beyond: float = -np.inf


@dataclass(frozen=True, slots=True)
class Regret:
    """What every state would cost the aim at good prices, shape (states,), and the dual bound at those prices."""

    oracle: Oracle
    least: Floats
    bound: float
    beyond: float = -np.inf
    """What plans with large projects in other states may be worth, where only one choice of them was allowed."""

    def core(self, free: float, best: float, also: Bools) -> Core | None:
        """About ``free`` projects may still change; no state that could not lead beyond ``best``, except ``also``.

        None where that is everything.
        """
        states = self.oracle.states
        first = np.flatnonzero(states.way < 0)
        second = np.full(len(first), np.inf)
        at = np.lexsort((self.least, states.project))
        size = np.diff(np.append(first, len(states.way)))
        several = size > 1
        second[several] = self.least[at][first[several] + 1]
        limit = min(np.sort(second)[int(free)] if free < len(first) else np.inf, max(0.0, self.bound - best))
        if np.isinf(limit) and np.isinf(self.beyond):
            return None
        keep = ((self.least <= limit) | also) & np.isfinite(self.least)
        ways = np.zeros(self.oracle.part.task.width, np.bool_)
        ways[states.way[keep & (states.way >= 0)]] = True
        alone = np.bincount(states.project, keep)[states.project] == 1
        return Core(ways, states.way[keep & alone & (states.way >= 0)], self.bound - limit, self.beyond)


class Dual:
    """The Lagrangian dual of a task; prices are per row of the task, in solver units."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, part = oracle, oracle.part
        several = _touches_several(part)
        self.joint = joint_states(part, oracle.states)
        self.set_rows(part.coupling | (part.choice & several & ~self.joint.kept))
        self.group = _groups_of(part, self.row, self.col)[self.joint.of_project]
        self.group_count = int(self.group.max(initial=0)) + 1
        self.first = np.flatnonzero(np.diff(self.joint.component, prepend=-1))
        self.component_group = self.group[self.joint.component[self.first]]
        self.apart: Ints = np.zeros(0, np.int64)
        self.only: Bools | None = None

    def set_rows(self, priced: Bools) -> None:
        """Price these rows of the task, shape (rows,)."""
        task, numbers = self.oracle.part.task, self.oracle.part.numbers
        self.priced, self.rows = priced, np.flatnonzero(priced)
        self.place = np.full(task.height, -1)
        self.place[self.rows] = np.arange(len(self.rows))
        use = priced[task.row]
        self.row, self.col, self.value = task.row[use], task.col[use], numbers.value[use]
        self.lower, self.upper = numbers.row_lower[self.rows], numbers.row_upper[self.rows]

    def set_apart(self, components: Ints) -> None:
        """Give some components (numbers of ``joint.component``) a group each; before any cut is made."""
        self.apart = self.group_count + np.arange(len(components))
        self.group = self.group.copy()
        for component, group in zip(components.tolist(), self.apart.tolist(), strict=True):
            self.group[self.joint.of_project == component] = group
        self.component_group = self.group[self.joint.component[self.first]]
        self.group_count += len(components)

    def clean(self, prices: Floats) -> Floats:
        """Prices with the right sign."""
        prices = np.where(self.priced, prices, 0.0)
        numbers = self.oracle.part.numbers
        prices = np.where((prices > 0) & np.isinf(numbers.row_upper), 0.0, prices)
        return np.where((prices < 0) & np.isinf(numbers.row_lower), 0.0, prices)

    def evaluate(self, prices: Floats) -> tuple[float, Cuts, Floats]:
        """The dual function at clean prices, the cuts there, and the point they come from.

        With ``only``, a mask over joint states, the others may not be taken: the dual of the task without them.
        """
        part, numbers = self.oracle.part, self.oracle.part.numbers
        rated = self._rated(prices)
        joint = self.joint
        gains = np.add.reduceat(self._gain(rated)[joint.state], joint.start)
        together = self.left(gains)
        best = np.maximum.reduceat(together, self.first)
        at_best = np.flatnonzero(together == np.repeat(best, np.diff(np.append(self.first, len(together)))))
        at_best = at_best[np.flatnonzero(np.diff(joint.component[at_best], prepend=-1))]
        value: Floats = np.bincount(self.component_group, best, self.group_count).astype(np.float64)
        taken = self.taken(np.asarray(joint.members(at_best)))
        cuts = self._cuts(value, taken, gains, self._apart(at_best))
        side = np.where(prices > 0, numbers.row_upper, numbers.row_lower)
        fixed = float((prices[prices != 0] * side[prices != 0]).sum())
        shared = np.maximum((numbers.objective - rated) * numbers.upper, 0.0)[part.shared].sum()
        return fixed + float(value.sum() + shared), cuts, taken

    def _apart(self, at_best: Ints) -> Ints:
        """The joint states of components set apart, in the order of their groups."""
        state = np.zeros(len(self.apart), np.int64)
        mine = np.isin(self.component_group, self.apart)
        state[np.searchsorted(self.apart, self.component_group[mine])] = at_best[mine]
        return state

    def left(self, together: Floats) -> Floats:
        """Gains of joint states, shape (joint states,); −∞ for those that may not be taken now."""
        return together if self.only is None else np.where(self.only, together, -np.inf)

    def _rated(self, prices: Floats) -> Floats:
        width = self.oracle.part.task.width
        return np.bincount(self.col, prices[self.row] * self.value, width).astype(np.float64)

    def _gain(self, rated: Floats) -> Floats:
        """What every state adds to the dual function; shape (states,)."""
        states, aim = self.oracle.states, self.oracle.part.numbers.objective
        gain = -self.oracle.least(rated - aim)
        chosen = states.way >= 0
        gain[chosen] += (aim - rated)[states.way[chosen]]
        gain[~states.possible] = -np.inf
        return gain

    def costs(self, prices: Floats) -> Floats:
        """What every column costs at prices, less what it adds to the aim; shape (columns,)."""
        return self._rated(prices) - self.oracle.part.numbers.objective

    def gains(self, prices: Floats) -> Floats:
        """The aim that every state adds at prices; −∞ for states that cannot be."""
        return self._gain(self._rated(prices))

    def regret(self, prices: Floats, beyond: float = -np.inf) -> Regret:
        """How much the aim loses at prices in every state against the best joint state with it."""
        joint, states = self.joint, self.oracle.states
        bound, _, _ = self.evaluate(prices)
        together = self.left(np.add.reduceat(self.gains(prices)[joint.state], joint.start))
        best = np.maximum.reduceat(together, self.first)
        lost = np.repeat(best, np.diff(np.append(self.first, len(together)))) - together
        size = np.diff(np.append(joint.start, len(joint.state)))
        regret = np.full(len(states.way), np.inf)
        np.minimum.at(regret, joint.state, np.repeat(lost, size))
        return Regret(self.oracle, regret, bound, beyond)

    def system_regret(self, prices: Floats) -> Floats:
        """How much the aim loses at prices with every system, shape (systems,); ∞ for systems that cannot be."""
        oracle, of_state = self.oracle, self.regret(prices).least
        state, least = oracle.systems.state, np.full(len(of_state), np.inf)
        np.minimum.at(least, state, oracle.found)
        return np.where(oracle.fits, of_state[state] + oracle.found - np.where(oracle.fits, least[state], 0.0), np.inf)

    def taken(self, pick: Ints) -> Floats:
        """The columns of the task at the picked states and the last prices (shared columns at 0)."""
        states, task = self.oracle.states, self.oracle.part.task
        point: Floats = np.zeros(task.width)
        chosen = np.zeros(len(states.way), np.bool_)
        chosen[pick] = True
        ways = states.way[pick]
        point[ways[ways >= 0]] = 1.0
        state, column, value = self.oracle.response()
        mine = chosen[state]
        point[column[mine]] = value[mine]
        return point

    def _cuts(self, value: Floats, point: Floats, together: Floats, state: Ints) -> Cuts:
        owner = self.oracle.part.task.owner[self.col]
        live = (owner >= 0) & (point[self.col] != 0)
        group = self.group[owner[live]]
        key = group * len(self.rows) + self.place[self.row[live]]
        slope = np.bincount(key, self.value[live] * point[self.col[live]], self.group_count * len(self.rows))
        at = np.flatnonzero(slope)
        return Cuts(value, at // len(self.rows), at % len(self.rows), -slope[at].astype(np.float64), together, state)

    def typical(self) -> Floats:
        """For every priced row the price at which it would eat up the aim of an average project."""
        numbers = self.oracle.part.numbers
        owned = self.oracle.part.task.owner[self.col] >= 0
        size = np.abs(self.value) * np.minimum(numbers.upper[self.col], 1e9)
        place, k = self.place[self.row[owned]], len(self.rows)
        mean = np.bincount(place, size[owned], k) / np.maximum(np.bincount(place, minlength=k), 1)
        worth = np.abs(numbers.objective[: self.oracle.part.task.ways])
        return np.where(mean > 0, float(worth.mean() or 1.0) / np.where(mean > 0, mean, 1.0), 1.0)

    def start(self) -> Floats:
        """One price for all wide ceilings of money, by golden section."""
        part = self.oracle.part
        counted = np.bincount(self.place[self.row], minlength=len(self.rows))
        negative = np.bincount(self.place[self.row], self.value < 0, len(self.rows)) > 0
        money = part.coupling[self.rows] & np.isfinite(self.upper) & (self.upper > 0) & ~negative
        wide = self.rows[money & (counted >= 0.3 * counted[money].max(initial=1))]
        unit = np.zeros(part.task.height)
        unit[wide] = 1.0
        if not len(wide):
            return unit

        def at(price: float) -> float:
            return self.evaluate(unit * price)[0]

        high, best = 1e-4, at(0.0)
        while high < 1e9 and (now := at(high)) <= best:
            best, high = now, high * 4
        low = high / 16
        for _ in range(GOLDEN):
            one, two = low + 0.382 * (high - low), low + 0.618 * (high - low)
            low, high = (low, two) if at(one) <= at(two) else (one, high)
        return unit * (low + high) / 2


def _touches_several(part: Split) -> Bools:
    task = part.task
    owner = task.owner[task.col]
    big = np.iinfo(np.int64).max
    first, last = np.full(task.height, big), np.full(task.height, -1)
    np.minimum.at(first, task.row, np.where(owner >= 0, owner, big))
    np.maximum.at(last, task.row, owner)
    return (first < last) & (last >= 0) | (np.bincount(task.row, part.shared[task.col], task.height) > 0)


def _groups_of(part: Split, row: Ints, col: Ints) -> Ints:
    """A group for every project: those that first touch the same narrow coupling row."""
    task = part.task
    owner = task.owner[col]
    count = int(task.owner.max(initial=-1)) + 1
    size = np.bincount(row[owner >= 0], minlength=task.height)
    entries = (owner >= 0) & part.coupling[row] & (size[row] < 0.3 * max(1, size.max()))
    order = np.lexsort((size[row[entries]], owner[entries]))
    first = np.full(count, -1)
    o, r = owner[entries][order][::-1], row[entries][order][::-1]
    # the widest of the narrow rows stands for the region
    first[o[::-1]] = r[::-1]
    names, group = np.unique(first, return_inverse=True)
    if len(names) > GROUPS:
        group = group % GROUPS
    spread = max(1, GROUPS // len(names))
    group = group * spread + np.arange(count) % spread
    _, group = np.unique(group, return_inverse=True)
    return group.astype(np.int64)
