"""The 0/1 master: which ways, under the rows over choices and the pool of priced money rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from models.program import Bools, Ints
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.prices import Oracle, Row


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of ways by project (−1 = left out), its value and the bound of the master (solver units)."""

    way: Ints | None
    value: float
    bound: float
    complete: bool


class Master:
    """Columns: ways that can be, shared columns, θ. Rows: rows over choices, then the pool."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, part = oracle, oracle.part
        task, numbers, states = part.task, part.numbers, oracle.states
        able = np.zeros(task.width, np.bool_)
        ways = states.way[(states.way >= 0) & states.possible]
        able[ways] = True
        self.column = np.concatenate([np.flatnonzero(able), np.flatnonzero(part.shared)])
        self.ways = int(able.sum())
        self.at = np.full(task.width, -1)
        self.at[self.column] = np.arange(len(self.column))
        self.theta = len(self.column)
        rows = np.flatnonzero(part.choice)
        where = np.full(task.height, -1)
        where[rows] = np.arange(len(rows))
        entry = part.choice[task.row] & (self.at[task.col] >= 0)
        self.entries = (where[task.row[entry]], self.at[task.col[entry]], numbers.value[entry])
        self.sides = (numbers.row_lower[rows], numbers.row_upper[rows])
        self.cost = np.append(numbers.objective[self.column], 1.0 if oracle.earns else 0.0)
        upper = np.append(numbers.upper[self.column], 0.0)
        lower = np.zeros(len(upper))
        if oracle.earns:
            most = float((np.maximum(numbers.objective, 0) * numbers.upper)[part.local].sum())
            least = float((np.minimum(numbers.objective, 0) * numbers.upper)[part.local].sum())
            upper[-1], lower[-1] = most, max(least, -1e12)
        self.bounds = (lower, upper)
        self.integer = np.append(task.integer[self.column], False)
        self.pool: list[Row] = []

    def add(self, row: Row) -> None:
        """One more row of the pool."""
        self.pool.append(row)

    def solve(
        self,
        gap: float,
        seconds: float,
        core: tuple[Bools, Ints] | None = None,
        ask: Callable[[], bool] = lambda: False,
    ) -> Choice:
        """The best choice; with ``core`` only some ways, and some taken for certain (then the bound is none)."""
        count, base = len(self.pool), len(self.sides[0])
        dense = np.array([np.append(r.value[self.column], r.weight) for r in self.pool]).reshape(count, len(self.cost))
        norm = np.abs(dense).max(axis=1, initial=1e-12)
        dense = dense / norm[:, None]
        at = np.nonzero(dense)
        entries = (
            np.concatenate([self.entries[0], base + at[0]]),
            np.concatenate([self.entries[1], at[1]]),
            np.concatenate([self.entries[2], dense[at]]),
        )
        sides = (
            np.concatenate([self.sides[0], np.full(count, -np.inf)]),
            np.concatenate([self.sides[1], np.array([r.limit for r in self.pool]) / norm]),
        )
        lower, upper = self.bounds[0].copy(), self.bounds[1]
        if core is not None:
            able, certain = core
            upper = np.where(self.integer & ~np.append(able[self.column], True), 0.0, upper)
            lower[self.at[certain]] = 1.0
        lp = solver(seconds, mip_rel_gap=gap, mip_abs_gap=0.0)
        lp.passModel(program(self.cost, (lower, upper), sides, entries, self.integer))

        def news(event: Any) -> None:
            if ask():
                event.interrupt()

        lp.cbMipInterrupt.subscribe(news)
        lp.solve()
        return self._choice(lp)

    def _choice(self, lp: highspy.Highs) -> Choice:
        status, info = lp.getModelStatus(), lp.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Choice(None, -np.inf, -np.inf, True)
        done, bound = status == highspy.HighsModelStatus.kOptimal, float(info.mip_dual_bound)
        found = np.array(lp.getSolution().col_value)
        if info.primal_solution_status != 2 or len(found) != len(self.cost):
            return Choice(None, -np.inf, bound, done)
        task = self.oracle.part.task
        way = np.full(int(task.owner.max(initial=-1)) + 1, -1)
        used = self.column[: self.ways][found[: self.ways] > 0.5]
        way[task.owner[used]] = used
        return Choice(way, float(info.objective_function_value), bound, done)
