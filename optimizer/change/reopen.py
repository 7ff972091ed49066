"""The last plan where it no longer holds: what broke, and the projects beside it, are decided anew.

A project that must be in now needs the money of others. Those of its regions are opened again and all else stays as it
was: what other regions were promised still holds, and the task is a twentieth of the whole (a large neighbourhood,
Shaw 1998). Nothing is proven here; the exact checker has the last word.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from models.case import Case
from models.program import FREE, Floats, Ints
from optimizer.backends import DIVE
from optimizer.settle import loose_part, over_all
from optimizer.task import Limits, Task, row_sums
from optimizer.workers import Run

FEW_OWNERS = 200
"""Projects up to which a broken row opens all that it speaks of; the limit of a fund would open the whole case."""
NEAR = 3e-3
"""The part of the last plan's worth by which a plan may be below its bound and still be near enough."""


class Reopened:
    """The search among plans that differ from the last one only beside what broke; ``run`` is under way.

    A dive comes first: where it finds a plan it takes a twentieth of a second.
    """

    def __init__(self, task: Task, loose: Task, free: Ints, seconds: float) -> None:
        self.task, self.loose, self.free, self.asked = task, loose, free, False
        self.until = time.monotonic() + seconds
        self.run = Run.start(DIVE.id, replace(loose, start=_start(task)[free]), Limits(seconds))
        self.near = NEAR * abs(float(task.objective @ _start(task)))

    @staticmethod
    def begin(case: Case, task: Task, seconds: float) -> Reopened | None:
        """None where the last plan, the task's start, breaks nothing that could be opened."""
        projects, start = _opened(case, task), _start(task)
        shut = (task.owner >= 0) & ~np.isin(task.owner, projects)
        kept = np.clip(start, task.lower, task.upper)
        lower, upper = np.where(shut, kept, task.lower), np.where(shut, kept, task.upper)
        task = replace(task, lower=lower, upper=upper)
        loose, free = loose_part(task)
        return None if loose is None or not len(projects) else Reopened(task, loose, free, seconds)

    def point(self) -> Floats | None:
        """Its plan as a point of the whole task, as soon as that is near enough or the search has ended."""
        answer = self.run.answer
        if answer is not None and answer.point is None and self.run.worker.backend == DIVE.id:
            self.run = Run.start("highs", self.loose, Limits(max(0.1, self.until - time.monotonic())))
        elif answer is not None:
            return over_all(self.task, self.free, answer).point
        best = self.run.best
        if best.value is not None and best.bound is not None and best.bound - best.value <= self.near:
            self.hurry()
        return None

    def hurry(self) -> None:
        """Have the search end with the plan it has, if it has one."""
        if not self.asked and self.run.best.value is not None:
            self.asked = True
            self.run.ask_to_stop()


def _start(task: Task) -> Ints:
    assert task.start is not None
    return task.start


def _opened(case: Case, task: Task) -> Ints:
    """Positions of the projects that broke something, and of those in the last plan that share a region with one."""
    start = _start(task)
    out = task.owner[(start < task.lower) | (start > task.upper)]
    broke = set(out[out >= 0].tolist())
    for row in _broken(task).tolist():
        owners = np.unique(task.owner[task.col[task.row == row]])
        if len(owners) <= FEW_OWNERS:
            broke |= set(owners.tolist())
    regions = {region for i in broke for region in case.projects[i].regions}
    inside = np.unique(task.owner[start > 0])
    beside = {i for i in inside[inside >= 0].tolist() if regions & set(case.projects[i].regions)}
    return np.array(sorted(broke | beside), np.int64)


def _broken(task: Task) -> Ints:
    """Rows of projects alone that the last plan does not hold; the others have columns of their own to give way."""
    total = row_sums(task, _start(task)[task.col])
    shared = np.bincount(task.row, task.owner[task.col] < 0, task.height) > 0
    under = (task.row_lower > -FREE) & (total < task.row_lower)
    over = (task.row_upper < FREE) & (total > task.row_upper)
    return np.flatnonzero(~shared & (under | over))
