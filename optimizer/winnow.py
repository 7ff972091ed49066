"""What remains of a choice of ways that has no whole plan: a plan of fewer projects, and ways that can never be whole.

Where funds come in coarse steps, a large search counts in parts of them and may choose ways whose money no whole steps
make up. Cutting off that one choice says next to nothing about the next. Here projects of it may stay out, so that a
plan comes of it at once; and those that stay out are held against the rows of their project alone: what has no whole
amounts there, whatever others do, need not be looked at again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.case import Case
from models.program import FREE, Floats, Ints, Program
from models.space import Space
from optimizer.settle import Settled, loose_part, over_all, settle, tightened, ways_of
from optimizer.task import Answer, Limits, Task, row_owner
from optimizer.workers import Run, wait_for_news

KEPT_GAP, KEPT_SHARE = 1e-3, 0.3
"""How near the best of the choice the plan must come, and the part of the time for finding it."""
LEAST_SECONDS = 1.0
"""Seconds below which nothing is tried."""
ALONE_SECONDS = 3.0
"""Seconds for asking which ways have no whole amounts."""
NONE: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Winnowed:
    """The settled plan, where one was found, and ways proven to have no whole plan by their project's own rows."""

    settled: Settled
    dead: Ints


def winnow(
    case: Case,
    space: Space,
    program: Program,
    task: Task,
    point: Floats,
    until: float,
    ended: Callable[[], bool] = lambda: False,
) -> Winnowed:
    """Make the best of a solver's point whose ways cannot all be made whole."""
    chosen = np.flatnonzero(ways_of(space, point))
    if until - time.monotonic() < LEAST_SECONDS:
        return Winnowed(Settled(None, None), NONE)
    seconds = KEPT_SHARE * max(0.0, until - time.monotonic())
    answer = _run("highs", _optional(tightened(task, program), program, chosen), Limits(seconds, KEPT_GAP), ended)
    settled, out = Settled(None, None), chosen
    if answer is not None and answer.point is not None:
        settled = settle(case, space, program, task, answer.point, until, ended)
        if settled.plan is not None:  # else what the solver kept is no more whole than the choice was
            out = np.setdiff1d(chosen, np.flatnonzero(ways_of(space, answer.point)))
    return Winnowed(settled, NONE if ended() else _dead(task, program, out, until, ended))


def _optional(task: Task, program: Program, ways: Ints) -> Task:
    """The task with whole steps in which only some ways may be chosen, none must."""
    upper = task.upper.copy()
    upper[: task.ways] = 0
    upper[ways] = task.upper[ways]
    return replace(task, upper=upper, integer=program.integer, start=None)


def _dead(task: Task, program: Program, ways: Ints, until: float, ended: Callable[[], bool]) -> Ints:
    """Those of some ways that no whole amounts make possible by the rows of their project alone; CP-SAT proves it."""
    if not ways.size:
        return NONE
    own = np.isin(row_owner(task), task.owner[ways])
    alone = _optional(task, program, ways)
    upper = np.where(np.isin(task.owner, task.owner[ways]), alone.upper, 0)
    wanted = np.zeros(task.width, np.int64)
    wanted[ways] = 1
    answer = _run(
        "cpsat",
        replace(
            alone,
            upper=np.maximum(upper, task.lower),
            integer=np.ones_like(task.integer),
            row_lower=np.where(own, task.row_lower, -FREE),
            row_upper=np.where(own, task.row_upper, FREE),
            objective=wanted.astype(np.float64),
            whole_objective=wanted,
            whole_scale=1.0,
        ),
        Limits(min(ALONE_SECONDS, until - time.monotonic())),
        ended,
    )
    if answer is None or answer.outcome != "optimal" or answer.point is None:
        return NONE
    return ways[answer.point[ways] < 0.5]


def _run(backend: str, task: Task, limits: Limits, ended: Callable[[], bool]) -> Answer | None:
    """The answer to the open part of a task, its point over all columns; None where there is nothing to ask."""
    loose, free = loose_part(task)
    if loose is None or not loose.width or ended() or limits.seconds <= 0:
        return None
    run = Run.start(backend, loose, limits)
    while run.answer is None:
        wait_for_news([run], 0.2)
        if ended():
            run.end()
    return over_all(task, free, run.answer)
