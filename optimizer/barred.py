"""Ways of doing projects that the rows leave no room for, whatever else is done; told in whole numbers, without a solver.

A railway that needs more than all funds together stays out in any plan. Left in, it makes the coefficients of the case
differ so much that no proof in floats counts, for anything else either. Bounds of columns are tightened by what every
row leaves of its limit when all others take their least (bound propagation, Savelsbergh 1994).
"""

from __future__ import annotations

import numpy as np

from models.program import FREE, Ints
from optimizer.task import WIDEST_SUM, Task

ROUNDS = 4
"""From limits of funds to the money of a project, what is paid to it, its ways, and on."""


def barred(task: Task) -> Ints:
    """Ways that no plan can take; shape (ways found,)."""
    upper = task.upper.copy()
    for _ in range(ROUNDS):
        tighter = _tightened(task, upper)
        if (tighter == upper).all():
            break
        upper = tighter
    return np.flatnonzero((upper[: task.ways] == 0) & (task.upper[: task.ways] > 0))


def _tightened(task: Task, upper: Ints) -> Ints:
    """Upper bounds of the columns after one look at every row; never below the lower ones."""
    value, col, row = task.value, task.col, task.row
    reach = np.abs(value.astype(np.float64)) * np.maximum(np.abs(task.lower[col]), upper[col])
    fits = np.bincount(row, reach, task.height) < WIDEST_SUM  # beyond, integers of 64 bits wrap round
    at_ends = value * task.lower[col], value * upper[col]
    found = upper.copy()
    for sign, limit in ((1, task.row_upper), (-1, -task.row_lower)):
        least = np.where(sign * value > 0, sign * at_ends[0], sign * at_ends[1])
        total = np.zeros(task.height, np.int64)
        np.add.at(total, row[fits[row]], least[fits[row]])
        mine = np.flatnonzero(fits[row] & (sign * value > 0) & (limit[row] < FREE))
        room = limit[row[mine]] - (total[row[mine]] - least[mine])
        np.minimum.at(found, col[mine], room // np.abs(value[mine]))
    return np.maximum(found, task.lower)
