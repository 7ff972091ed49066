"""Given the choices: can the money be found, at what the aim, and if not, at which prices it cannot?

States may be chosen in part (weights of the relaxed master). A state with several systems is the convex hull of
them (Balas 1979): a share λ of every system, its columns and rows in that proportion. With whole shares it is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from models.program import FREE, Bools, Floats, Ints
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.prices import Oracle

PENALTY = 30.0
"""A unit too much costs this many times its highest price known."""
NOISE, FITS = 1e-6, 1e-8
"""An overrun below the first, in solver units, is that of floats; the second is the part of a limit that one may be."""
WHOLE = 1e-6
WHOLE_GAP = 1e-4


@dataclass(frozen=True, slots=True)
class Recourse:
    """``overrun`` is 0 where the money fits; ``over`` says by row how much it weighs, negative below a floor.

    ``point`` are the task's columns (solver units), ``prices`` those of its rows. ``share`` is that of every system.
    """

    overrun: float
    over: Floats
    value: float
    point: Floats
    prices: Floats
    share: Floats


def weights_of(oracle: Oracle, way: Ints) -> Floats | None:
    """Weight 1 for the states of chosen ways, shape (projects,), −1 = left out; None where a state cannot be."""
    states = oracle.states
    pick = oracle.picked(way)
    if not states.possible[pick].all():
        return None
    weight = np.zeros(len(states.way))
    weight[pick] = 1.0
    return weight


def recourse(
    oracle: Oracle,
    weight: Floats,
    scale: Floats,
    able: Bools,
    seconds: float,
    agreed: Floats | None = None,
    method: str = "choose",
) -> Recourse | None:
    """The best money for weights of states, shape (states,).

    ``scale`` is a typical price of every row: overruns are weighed by it. ``able`` are the systems that may be used,
    shape (systems,). ``agreed``, shape (rows,), are prices at which some rows are given up (not a number elsewhere).
    ``method`` is that of HiGHS for the linear program. None where the solver found nothing.
    """
    live = (weight[oracle.systems.state] > 0) & able
    return _Money(oracle, weight, scale, live, agreed).solve(seconds, whole=False, method=method)


def whole(
    oracle: Oracle,
    weight: Floats,
    scale: Floats,
    found: Recourse,
    seconds: float,
    gap: float = WHOLE_GAP,
) -> Recourse | None:
    """The money again with whole shares and 0/1 columns, as near to the best as ``gap``.

    Where ``found`` has whole shares they stay. First the largest share of a state is taken; where that costs too much,
    a mixed-integer program decides; the prices are then those of ``found``.
    """
    systems = oracle.systems
    live = (weight[systems.state] > 0) & oracle.fits
    order = np.lexsort((found.share, live, systems.state))
    largest = np.zeros(len(live), np.bool_)
    largest[order[np.flatnonzero(np.diff(systems.state[order], append=-1))]] = True
    quick = _Money(oracle, weight, scale, live & largest).solve(seconds, whole=False)
    if quick is not None and (not is_whole(oracle, quick) or quick.overrun > 0):
        quick = None
    if quick is not None and quick.value >= found.value - gap * abs(found.value):
        return quick
    split = np.zeros(len(weight), np.bool_)
    split[systems.state[live & (found.share > WHOLE) & (found.share < 1 - WHOLE)]] = True
    live &= split[systems.state] | (found.share >= 1 - WHOLE)
    slow = _Money(oracle, weight, scale, live).solve(seconds, whole=True)
    if quick is not None and (slow is None or slow.overrun > 0 or slow.value <= quick.value):
        return quick
    return None if slow is None else replace(slow, prices=found.prices)


def is_whole(oracle: Oracle, money: Recourse) -> bool:
    """Whether the 0/1 columns of projects are whole."""
    point = money.point[oracle.part.local & oracle.part.task.integer]
    return bool(np.abs(point - np.rint(point)).max(initial=0.0) <= WHOLE)


@dataclass(slots=True)
class _Entries:
    """Entries of a sparse matrix, collected in pieces."""

    row: list[Ints] = field(default_factory=list)
    col: list[Ints] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)

    def add(self, row: Ints, col: Ints, value: Floats) -> None:
        self.row.append(row)
        self.col.append(col)
        self.value.append(value)


class _Money:
    """The linear program over the money of live systems.

    Columns: those of the systems, shares of systems that are one of several, shared columns, slacks of the
    coupling rows. Rows: coupling rows, rows of the systems, limits in proportion to shares, shares of a state.
    """

    def __init__(
        self, oracle: Oracle, weight: Floats, scale: Floats, live: Bools, agreed: Floats | None = None
    ) -> None:
        self.oracle, self.systems, self.live = oracle, oracle.systems, live
        part, s = oracle.part, oracle.systems
        self.task, self.numbers = part.task, part.numbers
        number = np.bincount(s.state[live], minlength=len(weight))
        self.several = live & (number[s.state] > 1)
        self.part_of = np.where(live, weight[s.state], 0.0)
        self.own = np.flatnonzero(live[s.column_system])
        self.column = s.column[self.own]
        self.upper = s.upper[self.own] / self.task.per[self.column]
        self.shares = np.flatnonzero(self.several)
        self.shared = np.flatnonzero(part.shared)
        self.rows = np.flatnonzero(part.coupling | (part.choice & part.speaks_of_shared))
        self.first_share = len(self.own)
        self.first_shared = self.first_share + len(self.shares)
        self.width = self.first_shared + len(self.shared)
        self.fixed = self._fixed(weight)
        self.given_up = np.zeros(self.task.height, np.bool_) if agreed is None else np.isfinite(agreed)
        self.agreed = np.zeros(self.task.height) if agreed is None else np.where(self.given_up, agreed, 0.0)
        self.aim = self.numbers.objective - (oracle.cost(self.agreed, 0.0) if agreed is not None else 0.0)
        self.entries = _Entries()
        self.lower: list[Floats] = []
        self.limit: list[Floats] = []
        self._coupling_rows()
        self._system_rows()
        self._share_rows(weight)
        self._slacks(scale)

    def _fixed(self, weight: Floats) -> Floats:
        """Task columns that are given: ways, and 0/1 columns of systems that are the only one."""
        fixed, states, s = np.zeros(self.task.width), self.oracle.states, self.systems
        chosen = states.way >= 0
        fixed[states.way[chosen]] = weight[chosen]
        alone = (self.live & ~self.several)[s.one_system]
        np.add.at(fixed, s.one_column[alone], self.part_of[s.one_system[alone]])
        return fixed

    def _coupling_rows(self) -> None:
        at = np.full(self.task.height, -1)
        at[self.rows] = np.arange(len(self.rows))
        by = self.oracle.coupled
        known = by.times(self.fixed)[self.rows]
        free = self.given_up[self.rows]
        self.lower.append(np.where(free, -np.inf, self.numbers.row_lower[self.rows] - known))
        self.limit.append(np.where(free, np.inf, self.numbers.row_upper[self.rows] - known))
        ones = np.flatnonzero(self.several[self.systems.one_system])
        self.share_at = np.full(len(self.live), -1)
        self.share_at[self.shares] = self.first_share + np.arange(len(self.shares))
        self.ones = (self.share_at[self.systems.one_system[ones]], self.systems.one_column[ones])
        place = np.concatenate(
            [np.arange(len(self.own)), self.ones[0], self.first_shared + np.arange(len(self.shared))]
        )
        row, which, value = by.of(np.concatenate([self.column, self.ones[1], self.shared]))
        self.entries.add(at[row], place[which], value)

    def _height(self) -> int:
        return sum(len(x) for x in self.lower)

    def _system_rows(self) -> None:
        """L·λ ≤ A z ≤ U·λ, in one row where λ is given or both sides are the same, else in two."""
        s = self.systems
        at = np.full(len(s.column), -1)
        at[self.own] = np.arange(len(self.own))
        inner = at[s.at_column] >= 0
        entry_row, entry_col = s.at_row[inner], at[s.at_column[inner]]
        value = (
            s.value[inner]
            * self.task.per[s.column[s.at_column[inner]]]
            / self.oracle.part.numbers.divisor[s.row[s.at_row[inner]]]
        )
        rows = np.flatnonzero(self.live[s.row_system])
        by = self.oracle.part.numbers.divisor[s.row]
        lower = np.where(s.lower == -FREE, -np.inf, s.lower / by)
        limit = np.where(s.limit == FREE, np.inf, s.limit / by)
        moving = self.several[s.row_system]
        part = self.part_of[s.row_system]
        same, none = s.lower == s.limit, np.full(len(s.row), np.inf)
        zero, given = np.zeros(len(s.row)), np.where(part > 0, part, 1.0)
        for mine, low, high, side in (
            (~moving, lower * given, limit * given, None),
            (moving & (s.limit < FREE), np.where(same, zero, -none), zero, limit),
            (moving & (s.lower > -FREE) & ~same, zero, none, lower),
        ):
            take = rows[mine[rows]]
            place = np.full(len(s.row), -1)
            place[take] = self._height() + np.arange(len(take))
            self.lower.append(low[take])
            self.limit.append(high[take])
            there = place[entry_row] >= 0
            self.entries.add(place[entry_row[there]], entry_col[there], value[there])
            if side is not None:
                self.entries.add(place[take], self.share_at[s.row_system[take]], -side[take])

    def _share_rows(self, weight: Floats) -> None:
        """z ≤ u·λ for columns of systems that are one of several; the shares of a state add up to its weight."""
        s, first = self.systems, self._height()
        tied = np.flatnonzero(self.several[s.column_system[self.own]])
        rows = first + np.arange(len(tied))
        self.lower.append(np.full(len(tied), -np.inf))
        self.limit.append(np.zeros(len(tied)))
        self.entries.add(rows, tied, np.ones(len(tied)))
        self.entries.add(rows, self.share_at[s.column_system[self.own[tied]]], -self.upper[tied])
        state, which = np.unique(s.state[self.shares], return_inverse=True)
        self.entries.add(
            first + len(tied) + which, self.first_share + np.arange(len(self.shares)), np.ones(len(self.shares))
        )
        self.lower.append(weight[state])
        self.limit.append(weight[state])

    def _slacks(self, scale: Floats) -> None:
        self.over = np.flatnonzero(np.isfinite(self.limit[0]))
        self.under = np.flatnonzero(np.isfinite(self.lower[0]))
        more = len(self.over) + len(self.under)
        self.entries.add(
            np.concatenate([self.over, self.under]),
            self.width + np.arange(more),
            np.concatenate([-np.ones(len(self.over)), np.ones(len(self.under))]),
        )
        self.weight = PENALTY * np.concatenate([scale[self.rows[self.over]], scale[self.rows[self.under]]])

    def solve(self, seconds: float, whole: bool, method: str = "choose") -> Recourse | None:
        """Run HiGHS; None where it has no answer."""
        aim, s = self.aim, self.systems
        share_aim = np.zeros(len(self.shares))
        np.add.at(share_aim, self.ones[0] - self.first_share, aim[self.ones[1]])
        own_part = self.part_of[s.column_system[self.own]]
        tied = self.several[s.column_system[self.own]]
        top = np.concatenate(
            [
                np.where(tied, self.upper, self.upper * own_part),
                self.part_of[self.shares],
                self.numbers.upper[self.shared],
                np.full(len(self.weight), np.inf),
            ]
        )
        cost = np.concatenate([aim[self.column], share_aim, aim[self.shared], -self.weight])
        integer = None
        if whole:
            integer = np.zeros(len(cost), np.bool_)
            integer[: len(self.own)] = self.task.integer[self.column]
            integer[self.first_share : self.first_shared] = True
            integer[self.first_shared : self.width] = self.task.integer[self.shared]
        lp = solver(seconds, mip_rel_gap=WHOLE_GAP, solver=method)
        entries = (
            np.concatenate(self.entries.row),
            np.concatenate(self.entries.col),
            np.concatenate(self.entries.value),
        )
        sides = (np.concatenate(self.lower), np.concatenate(self.limit))
        lp.passModel(program(cost, (np.zeros(len(cost)), top), sides, entries, integer))
        lp.run()
        if lp.getInfo().primal_solution_status != 2:
            return None
        if integer is None and lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.array(lp.getSolution().col_value)
        duals = None if whole and integer.any() else np.array(lp.getSolution().row_dual)  # type: ignore[union-attr]
        return self._told(found, duals)

    def _told(self, found: Floats, duals: Floats | None) -> Recourse:
        slack = found[self.width :]
        size = np.abs(np.concatenate([self.limit[0][self.over], self.lower[0][self.under]]))
        excess = np.where(slack > np.maximum(NOISE, FITS * size), slack, 0.0)
        point, height = self.fixed.copy(), self.task.height
        np.add.at(point, self.column, found[: len(self.own)])
        share = np.where(self.several, 0.0, self.part_of)
        share[self.shares] = found[self.first_share : self.first_shared]
        np.add.at(point, self.ones[1], found[self.ones[0]])
        point[self.shared] = found[self.first_shared : self.width]
        prices, weighed = self.agreed.copy(), np.zeros(height)
        if duals is not None:
            prices[self.rows] += np.where(self.given_up[self.rows], 0.0, duals[: len(self.rows)])
        cost = excess * self.weight
        np.add.at(weighed, self.rows[self.over], cost[: len(self.over)])
        np.add.at(weighed, self.rows[self.under], -cost[len(self.over) :])
        return Recourse(float(cost.sum()), weighed, float(self.numbers.objective @ point), point, prices, share)
