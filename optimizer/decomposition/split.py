"""A task by who is concerned: rows of one project, rows over choices, rows that couple projects by money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.task import Scaled, Task, scaled


@dataclass(frozen=True, slots=True)
class Split:
    """Masks over rows, shape (rows,), and over columns, shape (columns,), of one task.

    ``block`` rows speak of money of one project alone, ``lone`` rows of its ways only (they are ``choice`` rows
    too); ``choice`` rows of ways and shared columns only; ``coupling``
    rows of money of several projects or of money together with shared columns. ``local`` columns belong to one
    project and are no ways, ``shared`` columns to several.
    """

    task: Task
    numbers: Scaled
    local: Bools
    way: Bools
    shared: Bools
    block: Bools
    lone: Bools
    choice: Bools
    coupling: Bools
    speaks_of_shared: Bools
    row_owner: Ints


class ByColumn:
    """The entries of some rows, found by column."""

    def __init__(self, part: Split, rows: Bools) -> None:
        task = part.task
        entries = np.flatnonzero(rows[task.row])
        entries = entries[np.argsort(task.col[entries], kind="stable")]
        self.row, self.col, self.value = task.row[entries], task.col[entries], part.numbers.value[entries]
        self.start = np.searchsorted(self.col, np.arange(task.width + 1))
        self.height = task.height

    def of(self, columns: Ints) -> tuple[Ints, Ints, Floats]:
        """Rows, positions among ``columns`` and values of all their entries."""
        number = self.start[columns + 1] - self.start[columns]
        which = np.repeat(np.arange(len(columns)), number)
        inside = np.arange(len(which)) - np.repeat(np.cumsum(number) - number, number)
        entry = self.start[columns][which] + inside
        return self.row[entry], which, self.value[entry]

    def times(self, point: Floats) -> Floats:
        """The rows at a point of the columns; shape (rows of the task,)."""
        found: Floats = np.bincount(self.row, self.value * point[self.col], self.height).astype(np.float64)
        return found


def split(task: Task) -> Split:
    """Sort rows and columns of a task."""
    place = np.arange(task.width)
    way = place < task.ways
    local = ~way & (task.owner >= 0)
    shared = task.owner < 0
    big = np.iinfo(np.int64).max
    first, last = np.full(task.height, big), np.full(task.height, -1)
    owner = task.owner[task.col]
    np.minimum.at(first, task.row, np.where(owner >= 0, owner, big))
    np.maximum.at(last, task.row, owner)
    has_local = np.bincount(task.row, local[task.col], task.height) > 0
    has_shared = np.bincount(task.row, shared[task.col], task.height) > 0
    block = has_local & ~has_shared & (first == last)
    return Split(
        task=task,
        numbers=scaled(task),
        local=local,
        way=way,
        shared=shared,
        block=block,
        lone=~has_local & ~has_shared & (first == last),
        choice=~has_local,
        coupling=has_local & ~block,
        speaks_of_shared=has_shared,
        row_owner=np.where(first == last, first, -1),
    )
