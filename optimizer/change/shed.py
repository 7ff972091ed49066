"""The last plan less what no longer fits: whole projects go, the least worth first, until every row holds again.

A smaller limit or a banned project makes the last plan break rows. Here it is a plan again within a tenth of a second
and without a solver, so that something checked can be shown while the search is still starting. Nothing is proven
here; the exact checker has the last word.
"""

from __future__ import annotations

import numpy as np

from models.case import Case
from models.lean import lean
from models.program import FREE, Bools, Ints
from models.space import Space
from models.translate import plan_of
from models.verify import verify
from optimizer.settle import Settled
from optimizer.task import Task

MOST_DROPPED = 300


def shed(case: Case, space: Space, task: Task) -> Settled:
    """A plan made of the task's start; without plan where dropping projects does not help."""
    point = None if task.start is None else _Shedding(case, space, task).point_that_fits()
    if point is None:
        return Settled(None, None)
    plan = lean(case, plan_of(space, point))
    verdict = verify(case, plan)
    return Settled(plan, verdict) if verdict.passed else Settled(None, None)


class _Shedding:
    """The point on its way, and what every row comes to."""

    def __init__(self, case: Case, space: Space, task: Task) -> None:
        assert task.start is not None
        self.case, self.task = case, task
        self.point = task.start.copy()
        self.owner = task.owner[task.col]
        self.of_row, self.of_project = np.argsort(task.row, kind="stable"), np.argsort(self.owner, kind="stable")
        self.row_at = np.searchsorted(task.row[self.of_row], np.arange(task.height + 1))
        self.project_at = np.searchsorted(self.owner[self.of_project], np.arange(len(case.projects) + 1))
        self.activity = np.zeros(task.height, np.int64)
        np.add.at(self.activity, task.row, task.value * self.point[task.col])
        self.hard: Bools = np.ones(task.height, np.bool_)
        self.hard[task.row[task.col >= space.width]] = False  # what a soft row is too much costs points, no more
        mine = task.owner >= 0
        worth = task.objective[mine] * self.point[mine]
        self.benefit = np.bincount(task.owner[mine], worth, len(case.projects))
        held = [p.status == "必选" or any(pin.amount for pin in (*p.committed, *p.pins)) for p in case.projects]
        self.held: Bools = np.array(held, np.bool_)

    def point_that_fits(self) -> Ints | None:
        """A point of which every hard row holds; None where dropping projects does not lead to one."""
        task = self.task
        for _ in range(MOST_DROPPED):
            over = (task.row_upper < FREE) & (self.activity > task.row_upper)
            under = (task.row_lower > -FREE) & (self.activity < task.row_lower)
            broken = np.flatnonzero(self.hard & (over | under))
            if not len(broken):
                return self.point
            project = self._least_worth(int(broken[0]), over=bool(over[broken[0]]))
            if project is None:
                return None
            self._drop(project)
        return None

    def _least_worth(self, row: int, over: bool) -> int | None:
        """The project that is worth least against what it takes of a broken row; None where none may go."""
        task, entries = self.task, self.of_row[self.row_at[row] : self.row_at[row + 1]]
        broken = self.activity[row] - task.row_upper[row] if over else task.row_lower[row] - self.activity[row]
        owned = entries[self.owner[entries] >= 0]
        takes = (1 if over else -1) * task.value[owned] * self.point[task.col[owned]]
        by_project = np.bincount(self.owner[owned], takes, len(self.case.projects))
        may_go = np.flatnonzero((by_project > 0) & ~self.held)
        if not len(may_go):
            return None
        return int(may_go[np.argmin(self.benefit[may_go] / np.minimum(by_project[may_go], broken))])

    def _drop(self, project: int) -> None:
        """Take a project out, with all columns of its own."""
        task = self.task
        mine = self.of_project[self.project_at[project] : self.project_at[project + 1]]
        np.subtract.at(self.activity, task.row[mine], task.value[mine] * self.point[task.col[mine]])
        self.point[task.owner == project] = 0
