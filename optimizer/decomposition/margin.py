"""Projects at the margin decided anew together, with the money that moves there.

At good prices most projects have one best system by far. The few hundred that lose next to nothing by another one decide
what a plan falls short of the bound by, and money binds them across counties. They are put into one program, each as
the convex hull of its systems (Balas 1979), as tight as the prices are; of all other projects only the money moves
that costs next to nothing to move (a core by reduced costs, Balas and Zemel 1980). Where its relaxation agrees with
the plan, that stays; the rest is decided by a search (relaxation induced neighbourhoods, Danna, Rothberg and Le Pape
2005).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from models.program import FREE, Bools, Floats, Ints
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import ByColumn

PRESENT = 1e-9
"""What a column must be above to be in use, in solver units."""
SPLIT = 1e-6
"""How far a share is from the plan's where the relaxation does not agree with it."""
MONEY_EACH = 5
"""Columns of money that may move for each system at the margin."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with its money at its best for its 0/1 columns: ``point`` (columns, solver units), ``cost`` of moving each."""

    point: Floats
    cost: Floats


def settled(oracle: Oracle, point: Floats, seconds: float) -> Plan | None:
    """The plan with all 0/1 columns of a point and the best money for them; None where the solver has none in time."""
    task, numbers = oracle.part.task, oracle.part.numbers
    kept = np.rint(point)
    lower, upper = np.where(task.integer, kept, numbers.lower), np.where(task.integer, kept, numbers.upper)
    lp = solver(seconds)
    sides = (numbers.row_lower, numbers.row_upper)
    lp.passModel(program(numbers.objective, (lower, upper), sides, (task.row, task.col, numbers.value)))
    lp.run()
    if lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = lp.getSolution()
    return Plan(np.where(task.integer, kept, np.array(found.col_value)), np.abs(np.array(found.col_dual)))


def systems_at(oracle: Oracle, way: Ints, point: Floats) -> Ints:
    """The system that every project is in at a point whose ways these are, shape (projects,); −1 where it is in none."""
    s, states, task = oracle.systems, oracle.states, oracle.part.task
    used = oracle.part.local & (point > PRESENT)
    total = np.bincount(task.owner[used], minlength=len(way))
    count = len(s.state)
    covered = np.bincount(s.one_system, used[s.one_column], count) + np.bincount(s.column_system, used[s.column], count)
    idle = np.bincount(s.one_system, ~used[s.one_column], count)
    chosen = np.zeros(len(states.way), np.bool_)
    chosen[oracle.picked(way)] = True
    project = states.project[s.state]
    mine = np.flatnonzero(chosen[s.state] & oracle.fits & (idle == 0) & (covered == total[project]))
    found = np.full(len(way), -1)
    found[project[mine[::-1]]] = mine[::-1]
    return found


class Margin:
    """The program over systems at the margin. Columns: those of the task that move, columns of systems, shares."""

    def __init__(self, oracle: Oracle, plan: Plan, now: Ints, regret: Floats, wide: int) -> None:
        self.oracle, self.plan = oracle, plan
        self.part, self.systems, self.numbers = oracle.part, oracle.systems, oracle.part.numbers
        self.task = oracle.part.task
        self._choose(now, regret, wide)
        self._columns()
        self.row: list[Ints] = []
        self.col: list[Ints] = []
        self.value: list[Floats] = []
        self.lower: list[Floats] = []
        self.limit: list[Floats] = []
        self._task_rows()
        self._system_rows()
        self._share_rows()

    def _choose(self, now: Ints, regret: Floats, wide: int) -> None:
        """About ``wide`` systems that lose least by ``regret``, shape (systems,), beside those of ``now``."""
        s, states = self.systems, self.oracle.states
        self.project = states.project[s.state]
        known = now >= 0
        self.current = np.zeros(len(s.state), np.bool_)
        self.current[now[known]] = True
        money = np.bincount(s.column_system, minlength=len(s.state)) > 0
        mine = now[self.project]
        same = (s.state == s.state[mine]) & ~money & ~money[mine]  # the same but for a switch that does nothing
        other = np.where(self.current | same | ~known[self.project] | ~self.oracle.fits, np.inf, regret)
        wide = min(wide, int(np.isfinite(other).sum()))
        near = np.argsort(other, kind="stable")[:wide]
        live = self.current.copy()
        live[near] = True
        number = np.bincount(self.project[live], minlength=len(now))
        self.free: Bools = (number > 1) & known
        self.live = np.flatnonzero(live & self.free[self.project])

    def _columns(self) -> None:
        task, s, point = self.task, self.systems, self.plan.point
        owner = np.maximum(task.owner, 0)
        mine = (task.owner >= 0) & self.free[owner]
        able = np.flatnonzero(self.part.local & ~task.integer & ~mine & (self._chosen(point)[owner]))
        between = (point > self.numbers.lower + PRESENT) & (point < self.numbers.upper - PRESENT)
        order = np.argsort(np.where(between, -1.0, self.plan.cost)[able], kind="stable")
        moves = task.owner < 0
        moves[able[order[: MONEY_EACH * len(self.live)]]] = True
        self.raw = np.flatnonzero(moves)
        self.kept = np.where(moves | mine, 0.0, point)
        self.place = np.full(len(s.state), -1)
        self.place[self.live] = np.arange(len(self.live))
        self.own = np.flatnonzero(self.place[s.column_system] >= 0)
        self.first_own = len(self.raw)
        self.first_share = self.first_own + len(self.own)
        self.width = self.first_share + len(self.live)
        self.upper = s.upper[self.own] / task.per[s.column[self.own]]
        ones = np.flatnonzero(self.place[s.one_system] >= 0)
        way = self.oracle.states.way[s.state[self.live]]
        done = np.flatnonzero(way >= 0)
        self.share = np.concatenate([self.place[s.one_system[ones]], done])
        self.switched = np.concatenate([s.one_column[ones], way[done]])

    def _chosen(self, point: Floats) -> Bools:
        """Projects that are done at a point."""
        task, found = self.task, np.zeros(len(self.free), np.bool_)
        found[task.owner[np.flatnonzero(point[: task.ways] > 0)]] = True
        return found

    def _add(self, row: Ints, col: Ints, value: Floats) -> None:
        self.row.append(row)
        self.col.append(col)
        self.value.append(value)

    def _height(self) -> int:
        return sum(len(x) for x in self.lower)

    def _task_rows(self) -> None:
        """Rows of the task that speak of what moves, but those of free projects alone; less what stays."""
        task, numbers = self.task, self.numbers
        owned = self.part.row_owner
        alone = (self.part.block | self.part.lone) & (owned >= 0) & self.free[np.maximum(owned, 0)]
        column = np.concatenate([self.raw, self.systems.column[self.own], self.switched])
        place = np.concatenate(
            [np.arange(self.first_own), self.first_own + np.arange(len(self.own)), self.first_share + self.share]
        )
        row, which, value = ByColumn(self.part, ~alone).of(column)
        names, at = np.unique(row, return_inverse=True)
        used = np.bincount(task.row, numbers.value * self.kept[task.col], task.height)[names]
        self._add(at, place[which], value)
        self.lower.append(numbers.row_lower[names] - used)
        self.limit.append(numbers.row_upper[names] - used)

    def _system_rows(self) -> None:
        """L·λ ≤ A z and A z ≤ U·λ of every live system."""
        s, divisor = self.systems, self.numbers.divisor
        at = np.full(len(s.column), -1)
        at[self.own] = np.arange(len(self.own))
        inner = at[s.at_column] >= 0
        row, col = s.at_row[inner], at[s.at_column[inner]]
        value = s.value[inner] * self.task.per[s.column[s.at_column[inner]]] / divisor[s.row[row]]
        mine = self.place[s.row_system] >= 0
        for sides, none, sign in ((s.limit, FREE, 1.0), (s.lower, -FREE, -1.0)):
            take = np.flatnonzero(mine & (sides != none))
            place = np.full(len(s.row), -1)
            place[take] = self._height() + np.arange(len(take))
            there = place[row] >= 0
            self._add(place[row[there]], self.first_own + col[there], sign * value[there])
            share = self.first_share + self.place[s.row_system[take]]
            self._add(place[take], share, -sign * sides[take] / divisor[s.row[take]])
            self._at_most_nothing(len(take))

    def _share_rows(self) -> None:
        """z ≤ u·λ, and the shares of a project add up to 1."""
        s, first, count = self.systems, self._height(), len(self.own)
        rows = first + np.arange(count)
        self._add(rows, self.first_own + np.arange(count), np.ones(count))
        self._add(rows, self.first_share + self.place[s.column_system[self.own]], -self.upper)
        self._at_most_nothing(count)
        names, at = np.unique(self.project[self.live], return_inverse=True)
        self._add(first + count + at, self.first_share + np.arange(len(self.live)), np.ones(len(self.live)))
        self.lower.append(np.ones(len(names)))
        self.limit.append(np.ones(len(names)))

    def _at_most_nothing(self, count: int) -> None:
        self.lower.append(np.full(count, -np.inf))
        self.limit.append(np.zeros(count))

    def better(self, seconds: float, gap: float, ended: Callable[[], bool]) -> tuple[Floats | None, bool]:
        """A better point of the task's columns, None where none was found; and whether the search came to its end."""
        s, numbers, task, until = self.systems, self.numbers, self.task, time.monotonic() + seconds
        if not len(self.live):
            return None, True
        aim = np.bincount(self.share, numbers.objective[self.switched], len(self.live))
        cost = np.concatenate([numbers.objective[self.raw], numbers.objective[s.column[self.own]], aim])
        low = np.concatenate([numbers.lower[self.raw], np.zeros(self.width - self.first_own)])
        top = np.concatenate([numbers.upper[self.raw], self.upper, np.ones(len(self.live))])
        sides = (np.concatenate(self.lower), np.concatenate(self.limit))
        entries = (np.concatenate(self.row), np.concatenate(self.col), np.concatenate(self.value))
        relaxed = solver(seconds)
        relaxed.passModel(program(cost, (low, top), sides, entries))
        relaxed.run()
        if relaxed.getModelStatus() != highspy.HighsModelStatus.kOptimal or ended():
            return None, False
        found = relaxed.getSolution()
        top[self.first_share :] = self._open(
            np.array(found.col_value)[self.first_share :], np.array(found.col_dual)[self.first_share :]
        )
        own = s.column[self.own]
        integer = np.concatenate([task.integer[self.raw], task.integer[own], np.ones(len(self.live), np.bool_)])
        start = highspy.HighsSolution()
        mine = self.current[s.column_system[self.own]]
        known = [self.plan.point[self.raw], np.where(mine, self.plan.point[own], 0.0), self.current[self.live]]
        start.col_value = np.concatenate(known).tolist()
        search = solver(until - time.monotonic(), mip_rel_gap=gap, mip_allow_restart=False)
        search.passModel(program(cost, (low, top), sides, entries, integer))
        search.setSolution(start)
        search.cbMipInterrupt.subscribe(lambda event: event.interrupt() if ended() else None)
        search.run()
        complete = search.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if search.getInfo().primal_solution_status != 2:
            return None, complete
        point = self._point(np.array(search.getSolution().col_value))
        better = float(numbers.objective @ point) > float(numbers.objective @ self.plan.point)
        return (point if better else None), complete

    def _open(self, share: Floats, cost: Floats) -> Floats:
        """Which shares may be above 0: the plan's, what the relaxation has in its place, as many others that cost least."""
        current = self.current[self.live]
        names, at = np.unique(self.project[self.live], return_inverse=True)
        differs = np.bincount(at, current & (share < 1 - SPLIT), len(names)) > 0
        open_ = current | (differs[at] & (share > SPLIT))
        rest = np.flatnonzero(~open_)
        open_[rest[np.argsort(np.abs(cost[rest]), kind="stable")[: int(differs.sum())]]] = True
        return open_.astype(np.float64)

    def _point(self, found: Floats) -> Floats:
        """The columns of the task at a solution."""
        point = self.kept.copy()
        point[self.raw] = found[: self.first_own]
        np.add.at(point, self.systems.column[self.own], found[self.first_own : self.first_share])
        np.add.at(point, self.switched, np.rint(found[self.first_share :])[self.share])
        return point
