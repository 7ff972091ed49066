"""Counties of few projects as whole programs: the bound that sees what a county cannot do by halves.

At prices of the rows that join them the parts of a task are programs of their own, here solved with their integers.
The bound is that of the convex hulls of their plans (Dantzig and Wolfe 1960), below that of single projects wherever
floors and ceilings of a county meet a few dozen projects. What the pricings do on the average is nearly a plan.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import highspy
import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.duals import Cuts, Dual
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.prices import CAREFUL, Oracle
from optimizer.decomposition.regions import Parts
from optimizer.task import DUAL_IN_MIP, dual_tolerance

SMALL, LARGEST = 700, 3_000
"""Columns of a part on the average, and of the largest one, up to which its program is solved in hundredths of a second."""
SECONDS, GAP = 1.0, 1e-5
THREADS = 2


def small(parts: Parts, oracle: Oracle) -> bool:
    """Whether the parts are several and small enough to be solved as whole programs again and again."""
    owner = oracle.part.task.owner
    size = np.bincount(parts.of_project[owner[owner >= 0]], minlength=1)
    return parts.count > 1 and float(size.mean()) <= SMALL and int(size.max()) <= LARGEST


class Counties(Dual):
    """The dual in which only rows that join parts are priced; its groups are the parts."""

    def __init__(self, oracle: Oracle, parts: Parts) -> None:
        super().__init__(oracle)
        task = oracle.part.task
        self.of_column = np.where(task.owner >= 0, parts.of_project[np.maximum(task.owner, 0)], -1)
        self.set_rows(_joining(oracle, self.of_column))
        self.group, self.group_count = parts.of_project, parts.count
        tolerance = dual_tolerance(oracle.part.numbers) / DUAL_IN_MIP
        self.blocks = [_block(self, k, tolerance) for k in range(parts.count)]
        self.beside = ThreadPoolExecutor(THREADS)

    def evaluate(self, prices: Floats) -> tuple[float, Cuts, Floats]:
        """A bound at clean prices, the cuts of the plans found there, and these plans as a point of the task.

        A part that found no plan in time bounds all the same and gives no cut.
        """
        part, numbers = self.oracle.part, self.oracle.part.numbers
        rated = self._rated(prices)
        found = list(self.beside.map(lambda b: b.best(numbers.objective[b.column] - rated[b.column]), self.blocks))
        point = np.zeros(part.task.width)
        value = np.full(self.group_count, -np.inf)
        for k, (block, (_, mine)) in enumerate(zip(self.blocks, found, strict=True)):
            if mine is not None:
                point[block.column] = mine
                value[k] = float((numbers.objective - rated)[block.column] @ mine)
        bound = np.array([most for most, _ in found])
        shared = np.maximum((numbers.objective - rated) * numbers.upper, 0.0)[part.shared].sum()
        side = np.where(prices > 0, numbers.row_upper, numbers.row_lower)
        used = prices != 0
        fixed = float((prices[used] * side[used]).sum())
        none = np.zeros(0, np.int64)
        cuts = self._cuts(value, point, np.zeros(0), none)
        return fixed + float(bound.sum() + shared + CAREFUL * np.abs(bound).sum()), cuts, point


def first_prices(counties: Counties, dual: Dual, prices: Floats) -> Floats:
    """Prices of the joining rows: those at which single projects were priced, and for rows over choices that their
    joint states obeyed the duals of a small linear program over their states."""
    part, states = counties.oracle.part, counties.oracle.states
    task, numbers = part.task, part.numbers
    rows = np.flatnonzero(counties.priced & dual.joint.kept)
    gains = dual.gains(prices)
    tied = np.zeros(int(states.project.max(initial=-1)) + 1, np.bool_)
    at_row = np.full(task.height, -1)
    at_row[rows] = np.arange(len(rows))
    entry = at_row[task.row] >= 0
    tied[task.owner[task.col[entry]]] = True
    column = np.flatnonzero(tied[states.project] & np.isfinite(gains))
    of_way = np.full(task.width, -1)
    of_way[states.way[column[states.way[column] >= 0]]] = np.flatnonzero(states.way[column] >= 0)
    entry &= of_way[task.col] >= 0
    projects, of_project = np.unique(states.project[column], return_inverse=True)
    lp = solver(SECONDS)
    one = np.ones(len(projects))
    lp.passModel(
        program(
            gains[column],
            (np.zeros(len(column)), np.full(len(column), np.inf)),
            (np.concatenate([numbers.row_lower[rows], one]), np.concatenate([numbers.row_upper[rows], one])),
            (
                np.concatenate([at_row[task.row[entry]], len(rows) + of_project]),
                np.concatenate([of_way[task.col[entry]], np.arange(len(column))]),
                np.concatenate([numbers.value[entry], np.ones(len(column))]),
            ),
        )
    )
    lp.run()
    found = prices.copy()
    if lp.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        found[rows] = np.array(lp.getSolution().row_dual)[: len(rows)]
    return counties.clean(found)


@dataclass(frozen=True, slots=True)
class _Block:
    """The program of one part: its columns, their bounds, the rows of no other part and their entries."""

    column: Ints
    bounds: tuple[Floats, Floats]
    sides: tuple[Floats, Floats]
    entries: tuple[Ints, Ints, Floats]
    integer: Bools
    tolerance: float

    def best(self, cost: Floats) -> tuple[float, Floats | None]:
        """No plan of the part is worth more than the first; the second is the best one found.

        A part that a float solver calls impossible bounds nothing: whether it is, others decide exactly.
        """
        lp = solver(SECONDS, mip_rel_gap=GAP, mip_abs_gap=0.0, mip_feasibility_tolerance=self.tolerance)
        lp.passModel(program(cost, self.bounds, self.sides, self.entries, self.integer))
        lp.run()
        status, whole = lp.getModelStatus(), not self.integer.any()
        if status == highspy.HighsModelStatus.kInfeasible or (whole and status != highspy.HighsModelStatus.kOptimal):
            return np.inf, None
        info = lp.getInfo()
        bound = float(info.objective_function_value) if whole else float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return bound, None
        point = np.array(lp.getSolution().col_value)
        point[self.integer] = np.rint(point[self.integer])
        return bound, point


def _block(dual: Counties, k: int, tolerance: float) -> _Block:
    task, numbers = dual.oracle.part.task, dual.oracle.part.numbers
    mine = dual.of_column == k
    column, entry = np.flatnonzero(mine), mine[task.col] & ~dual.priced[task.row]
    rows, at_row = np.unique(task.row[entry], return_inverse=True)
    at_column = np.full(task.width, -1)
    at_column[column] = np.arange(len(column))
    return _Block(
        column,
        (numbers.lower[column], numbers.upper[column]),
        (numbers.row_lower[rows], numbers.row_upper[rows]),
        (at_row, at_column[task.col[entry]], numbers.value[entry]),
        task.integer[column],
        tolerance,
    )


def _joining(oracle: Oracle, of_column: Ints) -> Bools:
    """Rows that speak of several parts, or of shared columns."""
    task = oracle.part.task
    part = of_column[task.col]
    first, last = np.full(task.height, np.iinfo(np.int64).max), np.full(task.height, -1)
    np.minimum.at(first, task.row, part)
    np.maximum.at(last, task.row, part)
    joined: Bools = first < last
    joined[task.row[part < 0]] = True
    return joined
