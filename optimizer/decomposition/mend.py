"""Some projects decided anew with all their money, the rest as it stands: a small program of the task itself.

Where the money of a choice does not suffice in a few counties, prices see only what is overdrawn now; swapping by
them goes round in circles. The whole program of these counties, a few hundred projects of thousands, is solved
instead (a neighbourhood of fixed variables; Danna, Rothberg and Le Pape 2005).
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.split import Split


def mended(
    part: Split,
    point: Floats,
    free: Bools,
    seconds: float,
    gap: float,
    start: bool = False,
    ended: Callable[[], bool] = lambda: False,
) -> Floats | None:
    """The columns of the task such that all rows which speak of ``free`` projects (mask) are obeyed, or None.

    ``point``: columns in solver units; those of free projects and shared ones are decided anew, from there where it
    is a ``start``. ``gap`` is a part of the aim of the free projects; ``ended`` may break it off.
    """
    task, numbers = part.task, part.numbers
    open_ = (task.owner < 0) | free[np.maximum(task.owner, 0)]
    kept = np.where(open_, 0.0, point)
    used = np.bincount(task.row, numbers.value * kept[task.col], task.height)
    columns, entry = np.flatnonzero(open_), open_[task.col]
    rows = np.unique(task.row[entry])
    at_row, at_column = np.full(task.height, -1), np.full(task.width, -1)
    at_row[rows], at_column[columns] = np.arange(len(rows)), np.arange(len(columns))
    lp = solver(seconds, mip_rel_gap=gap)
    lp.passModel(
        program(
            numbers.objective[columns],
            (numbers.lower[columns], numbers.upper[columns]),
            (numbers.row_lower[rows] - used[rows], numbers.row_upper[rows] - used[rows]),
            (at_row[task.row[entry]], at_column[task.col[entry]], numbers.value[entry]),
            task.integer[columns],
        )
    )
    if start:
        known = highspy.HighsSolution()
        known.col_value = point[columns].tolist()
        lp.setSolution(known)
    lp.cbMipInterrupt.subscribe(lambda event: event.interrupt() if ended() else None)
    lp.run()
    if lp.getInfo().primal_solution_status != 2:
        return None
    found: Floats = kept.copy()
    found[columns] = np.array(lp.getSolution().col_value)
    return found


def ways_at(part: Split, point: Floats) -> Ints:
    """Ways by project at a point, −1 = left out."""
    task = part.task
    way = np.full(int(task.owner.max(initial=-1)) + 1, -1)
    chosen = np.flatnonzero(point[: task.ways] > 0.5)
    way[task.owner[chosen]] = chosen
    return way
