"""The 0/1 master: which ways, under the rows over choices and the pool of priced money rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from models.program import Floats, Ints
from optimizer.decomposition.duals import Core
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.prices import EVERY, Oracle, Row
from optimizer.task import DUAL_IN_MIP, DUAL_TOLERANCE

NOTHING = 1e-9
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of ways by project (−1 = left out), its value and the bound of the master (solver units)."""

    way: Ints | None
    value: float
    bound: float
    complete: bool


class Master:
    """Columns: ways that can be, shared columns, θ, net costs of parts. Rows: rows over choices, then the pool."""

    def __init__(self, oracle: Oracle, parts: int) -> None:
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
        self.parts = parts
        self.cost = np.concatenate([numbers.objective[self.column], [1.0 if oracle.earns else 0.0], np.zeros(parts)])
        upper = np.concatenate([numbers.upper[self.column], [0.0], np.full(parts, np.inf)])
        lower = np.concatenate([np.zeros(self.theta + 1), np.full(parts, -np.inf)])
        if oracle.earns:
            most = float((np.maximum(numbers.objective, 0) * numbers.upper)[part.local].sum())
            least = float((np.minimum(numbers.objective, 0) * numbers.upper)[part.local].sum())
            upper[self.theta], lower[self.theta] = most, least
        self.bounds = (lower, upper)
        self.integer = np.concatenate([task.integer[self.column], np.zeros(1 + parts, np.bool_)])
        self.pool: list[Row] = []
        self._lp: highspy.Highs | None = None
        self._in_lp = 0

    def add(self, row: Row) -> None:
        """One more row of the pool."""
        self.pool.append(row)

    def solve(
        self,
        gap: float,
        seconds: float,
        core: Core | None = None,
        ask: Callable[[], bool] = lambda: False,
    ) -> Choice:
        """The best choice; with ``core`` only some ways, and some taken for certain (then the bound speaks of those)."""
        entries, sides = self._program()
        lower, upper = self._limits(core)
        lp = solver(
            seconds,
            mip_rel_gap=gap,
            mip_abs_gap=0.0,
            mip_allow_restart=False,
            small_matrix_value=TINY,
            mip_feasibility_tolerance=DUAL_TOLERANCE / DUAL_IN_MIP,
        )
        lp.passModel(program(self.cost, (lower, upper), sides, entries, self.integer))

        def news(event: Any) -> None:
            if ask():
                event.interrupt()

        lp.cbMipInterrupt.subscribe(news)
        lp.solve()
        return self._choice(lp)

    def _program(self) -> tuple[tuple[Ints, Ints, Floats], tuple[Floats, Floats]]:
        """Entries and sides of all rows."""
        base = len(self.sides[0])
        row, col, value, limit = self._lines(self.pool)
        entries = (
            np.concatenate([self.entries[0], base + row]),
            np.concatenate([self.entries[1], col]),
            np.concatenate([self.entries[2], value]),
        )
        none = np.full(len(limit), -np.inf)
        return entries, (np.concatenate([self.sides[0], none]), np.concatenate([self.sides[1], limit]))

    def _lines(self, rows: list[Row]) -> tuple[Ints, Ints, Floats, Floats]:
        """Rows of the pool as entries (row, column of the master, value), their largest entry 1, and their limits."""
        every = np.arange(self.theta + 1, self.theta + 1 + self.parts)
        cols, values, limit = [], [], np.zeros(len(rows))
        for k, r in enumerate(rows):
            nets = every if r.net == EVERY else every[r.net : r.net + 1] if r.net >= 0 else every[:0]
            at = self.at[r.column]
            col = np.concatenate([at[at >= 0], [self.theta] if r.weight else [], nets]).astype(np.int64)
            sign = np.full(len(nets), 1.0 if r.net == EVERY else -1.0)
            value = np.concatenate([r.value[at >= 0], [r.weight] if r.weight else [], sign])
            norm = np.abs(value).max(initial=1e-12)
            keep = np.abs(value) > 2 * TINY * norm
            left = col[~keep]
            cols.append(col[keep])
            values.append(value[keep] / norm)
            if (left >= self.theta).any():  # what has no end of its own cannot be left out: the row says nothing then
                limit[k] = np.inf
                continue
            limit[k] = (r.limit + np.abs(value[~keep]) @ np.abs(self.bounds[1][left])) / norm
        row = np.repeat(np.arange(len(rows)), [len(c) for c in cols])
        return row, np.concatenate([np.zeros(0, np.int64), *cols]), np.concatenate([np.zeros(0), *values]), limit

    def _limits(self, core: Core | None) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the columns within a core."""
        lower, upper = self.bounds[0].copy(), self.bounds[1]
        if core is not None:
            barred = np.zeros(len(upper), np.bool_)
            barred[: self.ways] = ~core.able[self.column[: self.ways]]
            upper = np.where(barred, 0.0, upper)
            lower[self.at[core.certain]] = 1.0
        return lower, upper

    def relaxed(self, seconds: float, core: Core | None = None) -> tuple[float, Floats] | None:
        """The bound of the linear relaxation and its weights of states, shape (states,); None without an answer."""
        if self._lp is None:
            self._lp = solver(seconds, small_matrix_value=TINY)
            entries, sides = self._program()
            self._lp.passModel(program(self.cost, self.bounds, sides, entries))
        else:
            row, col, value, limit = self._lines(self.pool[self._in_lp :])
            count = len(limit)
            start = np.searchsorted(row, np.arange(count)).astype(np.int32)
            none = np.full(count, -highspy.kHighsInf)
            self._lp.addRows(count, none, limit, len(row), start, col.astype(np.int32), value)
            self._lp.setOptionValue("time_limit", self._lp.getRunTime() + seconds)
        self._in_lp = len(self.pool)
        lower, upper = self._limits(core)
        index = np.arange(self.ways, dtype=np.int32)
        self._lp.changeColsBounds(self.ways, index, lower[: self.ways], upper[: self.ways])
        self._lp.run()
        if self._lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        states = self.oracle.states
        point = np.zeros(self.oracle.part.task.width)
        point[self.column] = np.array(self._lp.getSolution().col_value)[: self.theta]
        chosen = states.way >= 0
        weight = np.zeros(len(states.way))
        weight[chosen] = np.clip(point[states.way[chosen]], 0.0, 1.0)
        taken = np.bincount(states.project, weight)
        weight[~chosen] = np.maximum(0.0, 1.0 - taken)
        weight[(weight < NOTHING) | ~states.possible] = 0.0
        return float(self._lp.getInfo().objective_function_value), weight

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
