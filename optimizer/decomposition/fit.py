"""What no project can take: a row that several share, as a row of each project that might ask for more than all of it.

Prices let a project be done by half in two ways neither of which the row leaves room for; these rows, which follow
from the others, rule such ways out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.program import FREE
from optimizer.decomposition.states import WIDEST
from optimizer.task import Task


def fitted(task: Task) -> Task:
    """The task with such rows added at the end; its solutions are the same."""
    owner = task.owner[task.col]
    ends = task.value * task.lower[task.col], task.value * task.upper[task.col]
    least, most = np.minimum(*ends), np.maximum(*ends)
    rough = np.bincount(task.row, np.abs(task.value).astype(np.float64) * task.upper[task.col], minlength=task.height)
    safe = rough < WIDEST
    row_least, row_most = np.zeros(task.height, np.int64), np.zeros(task.height, np.int64)
    np.add.at(row_least, task.row, least)
    np.add.at(row_most, task.row, most)
    mine = np.flatnonzero((owner >= 0) & safe[task.row])
    count = int(task.owner.max(initial=-1)) + 1
    pairs, at = np.unique(task.row[mine] * count + owner[mine], return_inverse=True)
    row = pairs // max(count, 1)
    own_least, own_most = np.zeros(len(row), np.int64), np.zeros(len(row), np.int64)
    np.add.at(own_least, at, least[mine])
    np.add.at(own_most, at, most[mine])
    others = (own_least != row_least[row]) | (own_most != row_most[row])
    limited, floored = others & (task.row_upper[row] < FREE), others & (task.row_lower[row] > -FREE)
    upper = np.where(limited, task.row_upper[row] - np.where(limited, row_least[row] - own_least, 0), FREE)
    lower = np.where(floored, task.row_lower[row] - np.where(floored, row_most[row] - own_most, 0), -FREE)
    upper, lower = np.where(upper < own_most, upper, FREE), np.where(lower > own_least, lower, -FREE)
    new = np.flatnonzero((upper < FREE) | (lower > -FREE))
    place = np.full(len(row), -1)
    place[new] = task.height + np.arange(len(new))
    entry = mine[place[at] >= 0]
    return replace(
        task,
        row=np.concatenate([task.row, place[at[place[at] >= 0]]]),
        col=np.concatenate([task.col, task.col[entry]]),
        value=np.concatenate([task.value, task.value[entry]]),
        row_lower=np.concatenate([task.row_lower, lower[new]]),
        row_upper=np.concatenate([task.row_upper, upper[new]]),
    )
