"""Linear and mixed-integer programs for HiGHS from arrays."""

from __future__ import annotations

import highspy
import numpy as np

from models.program import Bools, Floats, Ints


def solver(seconds: float, seed: int = 1, **options: object) -> highspy.Highs:
    """A quiet HiGHS with one thread."""
    highs = highspy.Highs()
    given = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": seed,
        "time_limit": max(0.05, seconds),
    }
    for name, value in (given | options).items():
        highs.setOptionValue(name, value)
    return highs


def program(
    cost: Floats,
    bounds: tuple[Floats, Floats],
    sides: tuple[Floats, Floats],
    entries: tuple[Ints, Ints, Floats],
    integer: Bools | None = None,
) -> highspy.HighsLp:
    """Maximise ``cost`` within column ``bounds`` and row ``sides``; entries are (row, column, value), and add up."""
    row, col, value = entries
    order = np.lexsort((col, row))
    first = np.flatnonzero((np.diff(row[order], prepend=-1) != 0) | (np.diff(col[order], prepend=-1) != 0))
    row, col = row[order][first], col[order][first]
    value = np.add.reduceat(value[order], first) if len(first) else value
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(sides[0])
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = finite(bounds[0]), finite(bounds[1])
    model.row_lower_, model.row_upper_ = finite(sides[0]), finite(sides[1])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(row, np.arange(len(sides[0]) + 1)).astype(np.int32)
    model.a_matrix_.index_ = col.astype(np.int32)
    model.a_matrix_.value_ = value
    if integer is not None:
        whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        model.integrality_ = [whole if flag else free for flag in integer.tolist()]
    return model


def finite(values: Floats) -> Floats:
    """Infinities as HiGHS writes them."""
    return np.clip(values, -highspy.kHighsInf, highspy.kHighsInf)
