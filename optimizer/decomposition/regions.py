"""Parts of a task that only the wide money rows join: counties, or what quotas of several counties bind together.

At given prices of the wide rows the money of each part is an affair of its own. Its net cost is a column of the
master, with rows of its own: what is learned of one part holds whatever the others choose (multi-cut; Birge and
Louveaux 1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.program import Bools, Ints
from optimizer.decomposition.split import Split

WIDE = (0.3, 0.1, 0.03)
"""A row is wide when it touches at least this share of the projects of the widest: the first share that parts them."""
LARGEST = 0.4
"""The largest share of the projects that a part may have."""


@dataclass(frozen=True, slots=True)
class Parts:
    """``of_project`` and ``of_row`` give the part, −1 for rows that are wide or no coupling rows."""

    count: int
    of_project: Ints
    of_row: Ints
    wide: Bools


def parts_of(part: Split) -> Parts:
    """The parts of a task; one part where everything hangs together."""
    task = part.task
    owner = task.owner[task.col]
    mine = part.coupling[task.row] & (owner >= 0)
    pairs = np.unique(np.stack([task.row[mine], owner[mine]]), axis=1)
    size = np.bincount(pairs[0], minlength=task.height)
    count = int(task.owner.max(initial=-1)) + 1
    for share in WIDE:
        wide = part.coupling & (size >= share * size.max(initial=1))
        row, project = pairs[:, ~wide[pairs[0]]]
        names, of_project = np.unique(_labels(row, project, task.height, count), return_inverse=True)
        if np.bincount(of_project).max(initial=0) <= LARGEST * count:
            of_row = np.full(task.height, -1)
            of_row[row] = of_project[project]
            return Parts(len(names), of_project.astype(np.int64), of_row, wide)
    return Parts(1, np.zeros(count, np.int64), np.where(part.coupling, 0, -1), np.zeros(task.height, np.bool_))


def _labels(row: Ints, project: Ints, height: int, count: int) -> Ints:
    """A label by project, the same for those that rows join; projects in no row share one."""
    label = np.arange(count)
    while True:
        of_row = np.full(height, count)
        np.minimum.at(of_row, row, label[project])
        before = label.copy()
        np.minimum.at(label, project, of_row[row])
        if (label == before).all():
            break
    alone = np.ones(count, np.bool_)
    alone[project] = False
    label[alone] = count
    return label
