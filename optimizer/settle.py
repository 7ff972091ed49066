"""Settlement: the chosen ways stay, the money becomes whole, and the exact checker agrees.

Four ever more thorough attempts, each checked exactly: round the solver's point; solve the linear
program of the chosen ways, whose corners are mostly whole; the same with every column whole; CP-SAT on
the exact integer model. Only the last one may say that a choice of ways has no whole plan.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from models.allocation import Allocation
from models.case import Case
from models.program import FREE, Floats, Ints, Program
from models.space import Space
from models.translate import plan_of
from models.verify import Verdict, verify
from optimizer.task import Answer, Limits, Task
from optimizer.workers import Run, wait_for_news


@dataclass(frozen=True, slots=True)
class Settled:
    """A whole plan with its verdict; or, without plan, whether none exists for these ways."""

    plan: Allocation | None
    verdict: Verdict | None
    proven_impossible: bool = False


def ways_of(space: Space, point: Floats) -> Ints:
    """Chosen ways of a solver's point; shape (ways,), 0 or 1."""
    return (point[: len(space.ways)] > 0.5).astype(np.int64)


def settle(case: Case, space: Space, program: Program, task: Task, point: Floats, until: float) -> Settled:
    """Make the plan of a solver's point whole, without relaxing any rule."""
    rounded = _checked(case, space, np.rint(point).astype(np.int64))
    if rounded.plan is not None:
        return rounded
    fixed = fix_ways(task, program, ways_of(space, point))
    attempts = (("highs", False), ("highs", True), ("cpsat", True))
    for backend, whole in attempts:
        seconds = max(1.0, until - time.monotonic())
        answer = _run(backend, replace(fixed, integer=_integrality(fixed, whole), per=np.ones_like(fixed.per)), seconds)
        if answer.outcome == "infeasible" and backend == "cpsat":
            return Settled(None, None, proven_impossible=True)
        if answer.point is not None:
            found = _checked(case, space, np.rint(answer.point).astype(np.int64))
            if found.plan is not None:
                return found
    return Settled(None, None)


def fix_ways(task: Task, program: Program, ways: Ints) -> Task:
    """The task with the ways fixed and rows that were rounded outward tightened by their margin."""
    lower, upper = task.lower.copy(), task.upper.copy()
    lower[: len(ways)] = ways
    upper[: len(ways)] = ways
    margin = np.zeros(task.height, np.int64)
    margin[: program.height] = program.row_margin
    row_lower = np.where(task.row_lower > -FREE, task.row_lower + margin, task.row_lower)
    row_upper = np.where(task.row_upper < FREE, task.row_upper - margin, task.row_upper)
    return replace(task, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper, start=None)


def _integrality(task: Task, whole: bool) -> np.ndarray:
    return np.ones_like(task.integer) if whole else task.integer


def _run(backend: str, task: Task, seconds: float) -> Answer:
    run = Run.start(backend, task, Limits(min(seconds, 30.0), gap=1e-9))
    while run.answer is None:
        wait_for_news([run], 0.2)
    return run.answer


def _checked(case: Case, space: Space, point: Ints) -> Settled:
    plan = plan_of(space, point)
    verdict = verify(case, plan)
    return Settled(plan, verdict) if verdict.passed else Settled(None, None)


def cut_off(task: Task, ways: Ints) -> Task:
    """The task without one choice of ways."""
    columns = np.arange(len(ways), dtype=np.int64)
    values = np.where(ways > 0, -1, 1).astype(np.int64)
    return task.with_row(columns, values, lower=1 - int(ways.sum()), upper=None)
