"""Good prices without the large linear program: a bundle method on the dual, one model for each group of projects.

The dual function is β(u) + Σ_groups φ_g(u) + shared columns; each pricing gives for every group its value and a
subgradient (what the group would take of each row). A small linear program over these cuts, kept near the best
prices known by a box, gives the next prices (multi-cut boxstep method; Marsten, Hogan and Blankenship 1975).
Rows over choices are priced here as well; the master keeps them as they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import Split
from optimizer.decomposition.ties import joint_states
from optimizer.task import Scaled

GROUPS = 120
SERIOUS = 0.1
BOX_START, BOX_MOST, BOX_LEAST = 0.5, 2.0, 1e-5
CLOSE = 2e-5
LEAST_WIDTH = 0.2
GOLDEN = 3
"""Steps of the golden section for the first price; the box finds the rest faster."""


@dataclass(slots=True)
class _Cuts:
    """Values and subgradients of all groups at one point; sparse by (group, row)."""

    value: Floats
    group: Ints
    row: Ints
    slope: Floats


@dataclass(frozen=True, slots=True)
class Core:
    """States that may still change: ways worth a look (mask over the task's columns), ways taken for certain.

    No plan with a state outside is worth more than ``outside``.
    """

    able: Bools
    certain: Ints
    outside: float


@dataclass(frozen=True, slots=True)
class Regret:
    """What every state would cost the aim at good prices, shape (states,), and the dual bound at those prices."""

    oracle: Oracle
    least: Floats
    bound: float

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
        if np.isinf(limit):
            return None
        keep = (self.least <= limit) | also
        ways = np.zeros(self.oracle.part.task.width, np.bool_)
        ways[states.way[keep & (states.way >= 0)]] = True
        alone = np.bincount(states.project, keep)[states.project] == 1
        return Core(ways, states.way[keep & alone & (states.way >= 0)], self.bound - limit)


class Dual:
    """The Lagrangian dual of a task; prices are per row of the task, in solver units."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, part = oracle, oracle.part
        task, numbers = part.task, part.numbers
        several = _touches_several(part)
        self.joint = joint_states(part, oracle.states)
        self.priced: Bools = part.coupling | (part.choice & several & ~self.joint.kept)
        self.rows = np.flatnonzero(self.priced)
        self.place = np.full(task.height, -1)
        self.place[self.rows] = np.arange(len(self.rows))
        use = self.priced[task.row]
        self.row, self.col, self.value = task.row[use], task.col[use], numbers.value[use]
        self.group = _groups_of(part, self.row, self.col)[self.joint.of_project]
        self.group_count = int(self.group.max(initial=0)) + 1
        self.lower, self.upper = numbers.row_lower[self.rows], numbers.row_upper[self.rows]
        self.first = np.flatnonzero(np.diff(self.joint.component, prepend=-1))
        self.component_group = self.group[self.joint.component[self.first]]
        by_col = np.argsort(self.col, kind="stable")
        self.by_col = by_col
        self.col_start = np.searchsorted(self.col[by_col], np.arange(task.width + 1))

    def clean(self, prices: Floats) -> Floats:
        """Prices with the right sign."""
        prices = np.where(self.priced, prices, 0.0)
        numbers = self.oracle.part.numbers
        prices = np.where((prices > 0) & np.isinf(numbers.row_upper), 0.0, prices)
        return np.where((prices < 0) & np.isinf(numbers.row_lower), 0.0, prices)

    def evaluate(self, prices: Floats) -> tuple[float, _Cuts, Floats]:
        """The dual function at clean prices, the cuts there, and the point they come from."""
        part, numbers = self.oracle.part, self.oracle.part.numbers
        rated = self._rated(prices)
        gain = self._gain(rated)
        joint = self.joint
        together = np.add.reduceat(gain[joint.state], joint.start)
        best = np.maximum.reduceat(together, self.first)
        at_best = np.flatnonzero(together == np.repeat(best, np.diff(np.append(self.first, len(together)))))
        at_best = at_best[np.flatnonzero(np.diff(joint.component[at_best], prepend=-1))]
        value: Floats = np.bincount(self.component_group, best, self.group_count).astype(np.float64)
        taken = self.taken(np.asarray(joint.members(at_best)))
        cuts = self._cuts(value, taken)
        side = np.where(prices > 0, numbers.row_upper, numbers.row_lower)
        fixed = float((prices[prices != 0] * side[prices != 0]).sum())
        shared = np.maximum((numbers.objective - rated) * numbers.upper, 0.0)[part.shared].sum()
        return fixed + float(value.sum() + shared), cuts, taken

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

    def regret(self, prices: Floats) -> Regret:
        """How much the aim loses at prices in every state against the best joint state with it."""
        joint, states = self.joint, self.oracle.states
        bound, _, _ = self.evaluate(prices)
        together = np.add.reduceat(self.gains(prices)[joint.state], joint.start)
        best = np.maximum.reduceat(together, self.first)
        lost = np.repeat(best, np.diff(np.append(self.first, len(together)))) - together
        size = np.diff(np.append(joint.start, len(joint.state)))
        regret = np.full(len(states.way), np.inf)
        np.minimum.at(regret, joint.state, np.repeat(lost, size))
        return Regret(self.oracle, regret, bound)

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

    def _cuts(self, value: Floats, point: Floats) -> _Cuts:
        owner = self.oracle.part.task.owner[self.col]
        live = (owner >= 0) & (point[self.col] != 0)
        group = self.group[owner[live]]
        key = group * len(self.rows) + self.place[self.row[live]]
        slope = np.bincount(key, self.value[live] * point[self.col[live]], self.group_count * len(self.rows))
        at = np.flatnonzero(slope)
        return _Cuts(value, at // len(self.rows), at % len(self.rows), -slope[at].astype(np.float64))

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
    if len(names) < 8:
        group = group * 16 + np.arange(count) % 16
    _, group = np.unique(group, return_inverse=True)
    return group.astype(np.int64)


class _Model:
    """The cuts as a linear program over prices: min rows' limits + groups + shared columns."""

    def __init__(self, dual: Dual) -> None:
        self.dual = dual
        part, numbers = dual.oracle.part, dual.oracle.part.numbers
        self.k, self.g = len(dual.rows), dual.group_count
        self.shared = np.flatnonzero(part.shared)
        lp = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
            lp.setOptionValue(name, value)
        inf = highspy.kHighsInf
        up, low = np.where(np.isinf(dual.upper), 0.0, dual.upper), np.where(np.isinf(dual.lower), 0.0, dual.lower)
        self.top = np.where(np.isinf(dual.upper), 0.0, inf)
        self.bottom = np.where(np.isinf(dual.lower), 0.0, inf)
        model = highspy.HighsLp()
        count = 2 * self.k + self.g + len(self.shared)
        model.num_col_, model.num_row_ = count, 0
        model.col_cost_ = np.concatenate([up, -low, np.ones(self.g + len(self.shared))])
        model.col_lower_ = np.concatenate([np.zeros(2 * self.k), np.full(self.g, -inf), np.zeros(len(self.shared))])
        model.col_upper_ = np.concatenate([self.top, self.bottom, np.full(self.g + len(self.shared), inf)])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.zeros(1, np.int32)
        lp.passModel(model)
        self.lp = lp
        self._shared_rows(numbers)
        self.fixed_rows = lp.getNumRow()

    def _shared_rows(self, numbers: Scaled) -> None:
        """t_j + range·(u A_j) ≥ range·c_j for every shared column."""
        dual = self.dual
        if not len(self.shared):
            return
        at = {int(c): k for k, c in enumerate(self.shared)}
        terms: dict[int, list[tuple[int, float]]] = {k: [] for k in range(len(self.shared))}
        mine = dual.oracle.part.shared[dual.col]
        for r, c, v in zip(dual.row[mine].tolist(), dual.col[mine].tolist(), dual.value[mine].tolist(), strict=True):
            terms[at[c]].append((int(dual.place[r]), v))
        for k, c in enumerate(self.shared.tolist()):
            reach = min(numbers.upper[c], 1e7)
            index = [2 * self.k + self.g + k]
            value = [1.0]
            for p, v in terms[k]:
                index += [p, self.k + p]
                value += [reach * v, -reach * v]
            self.lp.addRow(
                reach * numbers.objective[c], highspy.kHighsInf, len(index), np.array(index, np.int32), np.array(value)
            )

    def add(self, cuts: _Cuts, prices: Floats) -> None:
        """θ_g ≥ φ_g + slope·(u − u_k) for every group."""
        k, g = self.k, self.g
        order = np.argsort(cuts.group, kind="stable")
        group, row, slope = cuts.group[order], cuts.row[order], cuts.slope[order]
        at = prices[self.dual.rows]
        right = cuts.value - np.bincount(group, slope * at[row], g)
        count = np.bincount(group, minlength=g)
        start = np.concatenate([[0], np.cumsum(2 * count + 1)[:-1]])
        size = int((2 * count + 1).sum())
        index, value = np.zeros(size, np.int32), np.zeros(size)
        inside = np.arange(len(group)) - np.repeat(np.cumsum(count) - count, count)
        index[start] = 2 * k + np.arange(g)
        value[start] = 1.0
        at1 = start[group] + 1 + 2 * inside
        index[at1], value[at1] = row, -slope
        index[at1 + 1], value[at1 + 1] = k + row, slope
        self.lp.addRows(g, right, np.full(g, highspy.kHighsInf), size, start.astype(np.int32), index, value)

    def next(self, centre: Floats, width: Floats) -> tuple[Floats, float] | None:
        """The best prices of the model within a box, and the model's value there."""
        at = centre[self.dual.rows]
        low, high = at - width, at + width
        index = np.arange(2 * self.k, dtype=np.int32)
        lower = np.concatenate([np.maximum(low, 0), np.maximum(-high, 0)])
        upper = np.concatenate(
            [np.minimum(np.maximum(high, 0), self.top), np.minimum(np.maximum(-low, 0), self.bottom)]
        )
        self.lp.changeColsBounds(2 * self.k, index, np.minimum(lower, upper), upper)
        self.lp.run()
        if self.lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.array(self.lp.getSolution().col_value)
        prices = np.zeros(self.dual.oracle.part.task.height)
        prices[self.dual.rows] = found[: self.k] - found[self.k : 2 * self.k]
        return prices, float(self.lp.getInfo().objective_function_value)


def good_prices(
    dual: Dual,
    start: Floats | None,
    seconds: float,
    close: float = CLOSE,
    told: Callable[[float, Floats, float], bool] = lambda b, u, h: False,
) -> list[tuple[float, Floats]]:
    """Prices seen with their bound, best last.

    ``told`` hears every better bound, its prices and how much better it could still become; it may end the search.
    """
    until = time.monotonic() + seconds
    centre = dual.clean(dual.start() if start is None else start)
    model = _Model(dual)
    best, cuts, _ = dual.evaluate(centre)
    seen = [(best, centre)]
    model.add(cuts, centre)
    if told(best, centre, np.inf):
        return seen
    scale = dual.typical()
    box = BOX_START
    while time.monotonic() < until and box > BOX_LEAST:
        width = box * np.maximum(np.abs(centre[dual.rows]), LEAST_WIDTH * scale)
        found = model.next(centre, width)
        if found is None:
            break
        prices, promised = found
        prices = dual.clean(prices)
        hope = best - promised
        if hope <= close * abs(best):
            if box >= BOX_START:
                break
            box *= 4
        value, cuts, _ = dual.evaluate(prices)
        model.add(cuts, prices)
        if value < best - SERIOUS * hope:
            if value < best - 0.5 * hope:
                box = min(BOX_MOST, box * 2)
            best, centre = value, prices
            seen.append((best, centre))
            if told(best, centre, best - promised):
                break
        else:
            box *= 0.6
    return seen
