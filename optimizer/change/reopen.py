"""The last plan where it no longer holds: what broke, and the projects beside it, are decided anew.

A project that must be in now needs the money of others. Those of its regions are opened again and all else stays as it
was: what other regions were promised still holds, and the task is a twentieth of the whole (a large neighbourhood,
Shaw 1998). Nothing is proven here; the exact checker has the last word.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from models.case import Case
from models.program import Floats, Ints
from optimizer.backends import DIVE
from optimizer.settle import loose_part, over_all
from optimizer.task import Limits, Task, broken_rows
from optimizer.workers import Run

FEW_OWNERS = 200
"""Projects up to which a broken row opens all that it speaks of; the limit of a fund would open the whole case."""
NEAR = 3e-3
"""The part of the last plan's worth by which a plan may be below its bound and still be near enough."""
ELSEWHERE = 60
"""Projects of other regions that are opened too, where those of its own are not enough: the least worth for their money."""


class Reopened:
    """The search among plans that differ from the last one only beside what broke; ``run`` is under way until ``over``.

    The projects in the last plan are opened first, then all of the region and some elsewhere; each time a dive comes
    before the solver: where it finds a plan it takes a twentieth of a second, and the solver goes on from it.
    """

    def __init__(self, case: Case, task: Task, seconds: float) -> None:
        self.task, self.until = task, time.monotonic() + seconds
        self.worth = abs(float(task.objective @ _start(task)))
        self.run: Run | None = None
        self.asked = False
        self.found: Floats | None = None
        self.searches = self._searches(case)
        self._next()

    @property
    def over(self) -> bool:
        """Whether there is nothing left to search."""
        return self.run is None

    def _searches(self, case: Case) -> Iterator[tuple[str, Task]]:
        """Solvers, and the task with all but some projects fixed."""
        task, start = self.task, _start(self.task)
        kept = np.clip(start, task.lower, task.upper)
        for projects in _opened(case, task):
            shut = (task.owner >= 0) & ~np.isin(task.owner, projects)
            near = replace(task, lower=np.where(shut, kept, task.lower), upper=np.where(shut, kept, task.upper))
            yield from ((DIVE.id, near), ("highs", near))

    def _next(self) -> None:
        """Begin the next search, from what was found; none where there is no more."""
        self.run, self.asked = None, False
        for backend, near in self.searches:
            loose, self.free = loose_part(near)
            left = self.until - time.monotonic()
            if loose is None or left <= 0:
                continue
            known = _start(self.task) if backend == DIVE.id else None
            if self.found is not None:
                known = np.rint(self.found).astype(np.int64)
            self.at = near
            self.run = Run.start(
                backend, replace(loose, start=None if known is None else known[self.free]), Limits(left)
            )
            return

    def point(self) -> Floats | None:
        """A plan as a point of the whole task, as soon as one is near enough or a search has ended with one."""
        if self.run is None:
            return None
        answer = self.run.answer
        if answer is None:
            self.hurry(NEAR)
            return None
        found = over_all(self.at, self.free, answer).point
        if found is not None:
            self.found = found
            near = (
                answer.value is not None
                and answer.bound is not None
                and answer.bound - answer.value <= NEAR * self.worth
            )
            if near and self.run.worker.backend == DIVE.id:
                next(self.searches, None)  # the solver would hardly find a better one among the same projects
        self._next()
        return found

    def hurry(self, gap: float = np.inf) -> None:
        """Have the search end with the plan it has, if it has one that is within a part of the last plan's worth."""
        best = None if self.run is None or self.asked else self.run.best
        if self.run is None or best is None or best.value is None:
            return
        if np.isinf(gap) or (best.bound is not None and best.bound - best.value <= gap * self.worth):
            self.asked = True
            self.run.ask_to_stop()


def _start(task: Task) -> Ints:
    assert task.start is not None
    return task.start


def _opened(case: Case, task: Task) -> Iterator[Ints]:
    """Projects (positions) that broke something with those in the last plan that share a region with one of them; then
    with all that share one, and those elsewhere that are worth least for their money."""
    start, count = _start(task), len(case.projects)
    out = task.owner[(start < task.lower) | (start > task.upper)]
    broke = set(out[out >= 0].tolist())
    for row in _broken(task).tolist():
        owners = np.unique(task.owner[task.col[task.row == row]])
        if len(owners) <= FEW_OWNERS:
            broke |= set(owners.tolist())
    if not broke:
        return
    regions = {region for i in broke for region in case.projects[i].regions}
    beside = np.array([bool(regions & set(p.regions)) for p in case.projects])
    mine = task.owner >= 0
    inside = np.bincount(task.owner[mine], start[mine] > 0, count) > 0
    first = np.union1d(np.array(sorted(broke), np.int64), np.flatnonzero(beside & inside))
    yield first
    worth = np.bincount(task.owner[mine], (task.objective * start)[mine], count)
    paid = np.bincount(task.owner[mine], start[mine], count)
    others = np.flatnonzero(inside & ~beside)
    least = others[np.argsort(worth[others] / np.maximum(paid[others], 1), kind="stable")[:ELSEWHERE]]
    yield np.union1d(np.union1d(first, np.flatnonzero(beside)), least)


def _broken(task: Task) -> Ints:
    """Rows of projects alone that the last plan does not hold; the others have columns of their own to give way."""
    shared = np.bincount(task.row, task.owner[task.col] < 0, task.height) > 0
    return np.flatnonzero(~shared & broken_rows(task, _start(task)))
