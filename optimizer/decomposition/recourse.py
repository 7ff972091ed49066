"""Given the choices: can the money be found, at what the aim, and if not, at which prices it cannot?"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import Split

PENALTY = 30.0
"""A unit too much costs this many times its highest price known."""
FITS = 1e-6


@dataclass(frozen=True, slots=True)
class Recourse:
    """``overrun`` is 0 where the money fits; ``over`` says by row how much it weighs, negative below a floor.

    ``point`` are the task's columns (solver units), ``prices`` those of its rows.
    """

    overrun: float
    over: Floats
    value: float
    point: Floats
    prices: Floats


def recourse(oracle: Oracle, way: Ints, scale: Floats, seconds: float, near: Floats | None = None) -> Recourse | None:
    """The best money for chosen ways, shape (projects,), −1 = left out; None where the rows of one project break.

    ``scale`` is a typical price of every row: overruns are weighed by it. With ``near``, a point of the relaxation,
    0/1 columns are whole: as it says where the rows of the project then hold, free elsewhere.
    """
    part, states = oracle.part, oracle.states
    task, numbers = part.task, part.numbers
    pick = oracle.picked(way)
    if not states.possible[pick].all():
        return None
    chosen = np.zeros(len(states.way), np.bool_)
    chosen[pick] = True
    fixed = np.zeros(task.width)
    fixed[way[way >= 0]] = 1.0
    used = chosen[states.state]
    mine = used[states.column_system]
    column = np.concatenate([states.column[mine], np.flatnonzero(part.shared)])
    upper = np.concatenate([states.upper[mine] / task.per[states.column[mine]], numbers.upper[part.shared]])
    rows = np.flatnonzero(part.coupling | (part.choice & part.speaks_of_shared))
    block = states.row[used[states.row_system]]
    every = np.concatenate([rows, block])
    system = _Lines(part, column, every, fixed)
    lower_bound = np.zeros(len(column))
    integer = task.integer[column] if near is not None else None
    if near is not None:
        lower_bound, upper = _decided(
            system, task.owner[column], part.row_owner[every], task.integer[column], near[column], upper
        )
    over = np.flatnonzero(np.isfinite(system.limit[: len(rows)]))
    under = np.flatnonzero(np.isfinite(system.lower[: len(rows)]))
    n, more = len(column), len(over) + len(under)
    entries = (
        np.concatenate([system.row, over, under]),
        np.concatenate([system.col, n + np.arange(more)]),
        np.concatenate([system.value, -np.ones(len(over)), np.ones(len(under))]),
    )
    weight = PENALTY * np.concatenate([scale[rows[over]], scale[rows[under]]])
    bounds = (np.concatenate([lower_bound, np.zeros(more)]), np.concatenate([upper, np.full(more, np.inf)]))
    if integer is not None:
        integer = np.concatenate([integer, np.zeros(more, np.bool_)])
    lp = solver(seconds, mip_rel_gap=1e-4)
    lp.passModel(
        program(
            np.concatenate([numbers.objective[column], -weight]), bounds, (system.lower, system.limit), entries, integer
        )
    )
    lp.run()
    if lp.getInfo().primal_solution_status != 2 or (
        integer is None and lp.getModelStatus() != highspy.HighsModelStatus.kOptimal
    ):
        return None
    found = np.array(lp.getSolution().col_value)
    size = np.maximum(1.0, np.abs(np.concatenate([system.limit[over], system.lower[under]])))
    excess = np.where(found[n:] > FITS * size, found[n:], 0.0)
    point = fixed.copy()
    point[column] = found[:n]
    prices, weighed = np.zeros(task.height), np.zeros(task.height)
    if integer is None:
        prices[rows] = np.array(lp.getSolution().row_dual)[: len(rows)]
    np.add.at(weighed, rows[over], (excess * weight)[: len(over)])
    np.add.at(weighed, rows[under], -(excess * weight)[len(over) :])
    return Recourse(float(excess @ weight), weighed, float(numbers.objective @ point), point, prices)


class _Lines:
    """Some rows over some columns, everything else where it is fixed."""

    def __init__(self, part: Split, column: Ints, rows: Ints, fixed: Floats) -> None:
        task, numbers = part.task, part.numbers
        at, where = np.full(task.width, -1), np.full(task.height, -1)
        at[column] = np.arange(len(column))
        where[rows] = np.arange(len(rows))
        entry = (where[task.row] >= 0) & ((at[task.col] >= 0) | (fixed[task.col] != 0))
        row, col, value = where[task.row[entry]], task.col[entry], numbers.value[entry]
        known = np.bincount(row, value * fixed[col], len(rows))
        self.lower, self.limit = numbers.row_lower[rows] - known, numbers.row_upper[rows] - known
        money = at[col] >= 0
        self.row, self.col, self.value = row[money], at[col[money]], value[money]


def _decided(
    lines: _Lines, owner: Ints, row_owner: Ints, integer: Bools, near: Floats, upper: Floats
) -> tuple[Floats, Floats]:
    """Limits of columns with 0/1 columns fixed wherever the relaxation's point, rounded up, keeps the project's rows."""
    whole = np.where(integer, np.where(near > 1e-7, 1.0, 0.0), near)
    reach = np.bincount(lines.row, lines.value * whole[lines.col], len(lines.lower))
    room = 1e-7 * np.maximum(1.0, np.abs(reach))
    broken = ((reach > lines.limit + room) | (reach < lines.lower - room)) & (row_owner >= 0)
    again = np.isin(owner, np.unique(row_owner[broken]))
    held = integer & ~again & (owner >= 0)
    return np.where(held, np.minimum(whole, upper), 0.0), np.where(held, np.minimum(whole, upper), upper)
