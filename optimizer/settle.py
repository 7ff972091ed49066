"""Settlement: the chosen ways stay, the money becomes whole, and the exact checker agrees.

Ever more thorough attempts, each checked exactly: round the solver's point; nudge its amounts by a few units;
keep its coarse steps, or make them whole by a small integer program of the chosen ways, and settle the rest by a
linear program in base units, whose corners are mostly whole, else nudged too; CP-SAT on the exact integer model. Only
the last one may say that a choice of ways has no whole plan.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.allocation import Allocation
from models.case import Case
from models.lean import lean
from models.program import FREE, Floats, Ints, Program
from models.space import Space
from models.translate import plan_of
from models.verify import Verdict, verify
from optimizer.task import Answer, Limits, Task, row_sums, within
from optimizer.workers import Run, wait_for_news

STEPS_AROUND = 4
NUDGES = ((4, False), (40, False), (40, True))
"""How far amounts may be nudged, and whether those that are zero may."""
HALF_UNIT = 0.5
NUDGE_SECONDS, NUDGED_PER_SECOND = 4.0, 15_000
"""Seconds for making amounts whole near a corner, at least; columns that a busy machine gets through in one."""

LEAST_SECONDS, LEAST_RUN, LATE = 0.5, 0.05, 0.3
"""Seconds that a settlement has at least, however late it begins; below which no solver is asked; over which one is ended."""
CONTENT_SECONDS = 1.0
"""Seconds after which whole steps need not be the best ones, and a little longer for wide programs."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A whole plan with its verdict; or, without plan, whether none exists for these ways."""

    plan: Allocation | None
    verdict: Verdict | None
    proven_impossible: bool = False


def ways_of(space: Space, point: Floats) -> Ints:
    """Chosen ways of a solver's point; shape (ways,), 0 or 1."""
    return (point[: len(space.ways)] > 0.5).astype(np.int64)


def settle(
    case: Case,
    space: Space,
    program: Program,
    task: Task,
    point: Floats,
    until: float,
    ended: Callable[[], bool] = lambda: False,
) -> Settled:
    """Make the plan of a solver's point whole, without relaxing any rule; ``ended`` may break it off."""
    until = max(until, time.monotonic() + LEAST_SECONDS)
    return _Settling(case, space, program, task, until, ended).settled(point)


@dataclass(frozen=True, slots=True)
class _Settling:
    """What one settlement works with."""

    case: Case
    space: Space
    program: Program
    task: Task
    until: float
    ended: Callable[[], bool]

    def settled(self, point: Floats) -> Settled:
        """Ever more thorough attempts."""
        rounded = self._checked(_whole(point))
        if rounded.plan is not None:
            return rounded
        fixed = fix_ways(self.task, self.program, ways_of(self.space, point))
        near = self._near(fixed, point)
        careless = replace(near, objective=np.zeros_like(near.objective))
        found = self._nudged(self._fine(fixed, _whole(point)), point, NUDGES[:1])
        for coarse in (None, near, careless, replace(fixed, integer=self.program.integer)):
            if found.plan is not None:
                return found
            steps = point if coarse is None else self._run("highs", coarse, self._left(), tolerance=1e-6).point
            if steps is not None:
                found = self._at_corner(self._fine(fixed, _whole(steps)))
        if found.plan is not None:
            return found
        answer = self._run("cpsat", replace(fixed, integer=np.ones_like(fixed.integer)), self._left())
        if answer.outcome == "infeasible" and self.program.row_margin.any():
            fixed = fix_ways(self.task, self.program, ways_of(self.space, point), margin=False)
            answer = self._run("cpsat", replace(fixed, integer=np.ones_like(fixed.integer)), self._left())
        if answer.outcome == "infeasible":
            return Settled(None, None, proven_impossible=True)
        return self._checked(_whole(answer.point)) if answer.point is not None else Settled(None, None)

    def _left(self) -> float:
        return self.until - time.monotonic()

    def _near(self, fixed: Task, point: Floats) -> Task:
        """Coarse steps within a few steps of where the solver put them."""
        lower, upper = fixed.lower.copy(), fixed.upper.copy()
        steps = self.program.integer & (self.program.upper > 1)
        lower[steps] = np.maximum(lower[steps], np.floor(point[steps]).astype(np.int64) - STEPS_AROUND)
        upper[steps] = np.minimum(upper[steps], np.ceil(point[steps]).astype(np.int64) + STEPS_AROUND)
        return replace(fixed, lower=lower, upper=upper, integer=self.program.integer)

    def _fine(self, fixed: Task, steps: Ints) -> Task:
        """Coarse steps and switches fixed, the rest free in base units, with the true aim."""
        lower, upper = fixed.lower.copy(), fixed.upper.copy()
        lower[self.program.integer] = upper[self.program.integer] = steps[self.program.integer]
        ones, none = np.ones_like(fixed.per), np.zeros_like(fixed.integer)
        return replace(fixed, lower=lower, upper=upper, integer=none, per=ones)

    def _at_corner(self, fine: Task) -> Settled:
        """Amounts at the best corner of the linear program, nudged where they are not whole there."""
        point = self._run("highs", fine, self._left(), tolerance=1e-7).point
        if point is None:
            return Settled(None, None)
        found = self._checked(_whole(point))
        return found if found.plan is not None else self._nudged(fine, point, NUDGES)

    def _nudged(self, fine: Task, point: Floats, nudges: tuple[tuple[int, bool], ...]) -> Settled:
        """Amounts within a few base units of a solver's, made whole exactly by CP-SAT.

        What is zero there stays zero as long as that works: nobody wants an award of 0.03 万元.
        """
        x = self.space.x
        for around, zeros in nudges:
            lower = np.maximum(fine.lower, np.floor(point).astype(np.int64) - around)
            upper = np.minimum(fine.upper, np.ceil(point).astype(np.int64) + around)
            if not zeros:
                still = point[x] < HALF_UNIT
                upper[x[still]] = lower[x[still]] = 0
            near = replace(fine, lower=lower, upper=upper, integer=np.ones_like(fine.integer))
            seconds = max(NUDGE_SECONDS, fine.width / NUDGED_PER_SECOND)
            answer = self._run("cpsat", near, min(seconds, self._left()))
            if answer.point is not None:
                found = self._checked(_whole(answer.point))
                if found.plan is not None:
                    return found
        return Settled(None, None)

    def _run(self, backend: str, task: Task, seconds: float, tolerance: float = 1e-9) -> Answer:
        if self.ended() or self._left() < LEAST_RUN:
            return Answer("unknown", None, None, None, backend, 0.0, "broken off")
        loose, free = loose_part(task)
        if loose is None:
            return Answer("infeasible", None, None, None, backend, 0.0, "a row of fixed columns alone is broken")
        if not loose.width:  # nothing is open: what is fixed is the plan
            return Answer("optimal", task.lower.astype(np.float64), None, None, backend, 0.0)
        run = Run.start(backend, loose, Limits(min(seconds, 30.0), gap=1e-6, tolerance=tolerance))
        content, asked = time.monotonic() + CONTENT_SECONDS + loose.width / NUDGED_PER_SECOND, False
        while run.answer is None:
            wait_for_news([run], 0.2)
            if self.ended() or self._left() < -LATE:
                run.end()
            elif not asked and run.best.value is not None and time.monotonic() > content:
                asked = True
                run.ask_to_stop()
        return over_all(task, free, run.answer)

    def _checked(self, point: Ints) -> Settled:
        """The plan of a point, checked exactly; none where a row over projects alone is broken, seen at once."""
        task = self.task
        total = row_sums(task, point[task.col])
        alone = np.bincount(task.row, task.owner[task.col] < 0, task.height) == 0
        if (alone & ((total < task.row_lower) | (total > task.row_upper))).any():
            return Settled(None, None)
        plan = lean(self.case, plan_of(self.space, point))
        verdict = verify(self.case, plan)
        return Settled(plan, verdict) if verdict.passed else Settled(None, None)


def _whole(point: Floats) -> Ints:
    return np.rint(point).astype(np.int64)


def fix_ways(task: Task, program: Program, ways: Ints, margin: bool = True) -> Task:
    """The task with the ways fixed, and rows that were rounded outward tightened by their ``margin`` or as they are.

    Tightened, what holds here holds exactly; as they are, what has no point here has no plan.
    """
    lower, upper = task.lower.copy(), task.upper.copy()
    lower[: len(ways)] = ways
    upper[: len(ways)] = ways
    fixed = replace(tightened(task, program) if margin else task, lower=lower, upper=upper, start=None)
    return _whole_rows(fixed)


def tightened(task: Task, program: Program) -> Task:
    """The task with rows that were rounded outward tightened by their ``margin``: what holds there holds exactly."""
    tighter = np.zeros(task.height, np.int64)
    tighter[: program.height] = program.row_margin
    row_lower = np.where(task.row_lower > -FREE, task.row_lower + tighter, task.row_lower)
    row_upper = np.where(task.row_upper < FREE, task.row_upper - tighter, task.row_upper)
    return replace(task, row_lower=row_lower, row_upper=row_upper)


def loose_part(task: Task) -> tuple[Task | None, Ints]:
    """The task over the columns that are not fixed, and their places; None where a row of fixed ones is broken.

    The chosen ways of a large case leave a tenth of its columns: the rest need not go to a solver.
    """
    held = task.lower == task.upper
    free, known = np.flatnonzero(~held), row_sums(task, np.where(held[task.col], task.lower[task.col], 0))
    low = np.where(task.row_lower > -FREE, within(task.row_lower - known), task.row_lower)
    high = np.where(task.row_upper < FREE, within(task.row_upper - known), task.row_upper)
    entry = ~held[task.col]
    rows = np.unique(task.row[entry])
    alone = np.ones(task.height, np.bool_)
    alone[rows] = False
    if (alone & ((low > 0) | (high < 0))).any():
        return None, free
    at_row, at_column = np.full(task.height, -1), np.full(task.width, -1)
    at_row[rows], at_column[free] = np.arange(len(rows)), np.arange(len(free))
    loose = replace(
        task, lower=task.lower[free], upper=task.upper[free], integer=task.integer[free], per=task.per[free], owner=task.owner[free],
        ways=int((free < task.ways).sum()), row=at_row[task.row[entry]], col=at_column[task.col[entry]], value=task.value[entry],
        row_lower=low[rows], row_upper=high[rows], objective=task.objective[free], whole_objective=task.whole_objective[free], start=None,
    )  # fmt: skip
    return loose, free


def over_all(task: Task, free: Ints, answer: Answer) -> Answer:
    """The answer of a task's loose part with its point over all columns."""
    if answer.point is None:
        return answer
    point = task.lower.astype(np.float64)
    point[free] = answer.point
    return replace(answer, point=point)


def _whole_rows(task: Task) -> Task:
    """Rows with fixed columns moved to the right, divided by their common divisor and rounded inward.

    All columns are whole, so nothing is lost, and the corners of the linear program become whole.
    """
    held = task.lower == task.upper
    known = row_sums(task, np.where(held[task.col], task.lower[task.col], 0))
    free = ~held[task.col]
    divisor = np.zeros(task.height, np.int64)
    np.gcd.at(divisor, task.row[free], np.abs(task.value[free]))
    divisor = np.maximum(divisor, 1)
    low = np.where(task.row_lower > -FREE, within(-((known - task.row_lower) // divisor)), task.row_lower)
    high = np.where(task.row_upper < FREE, within((task.row_upper - known) // divisor), task.row_upper)
    row = task.row[free]
    return replace(
        task, row=row, col=task.col[free], value=task.value[free] // divisor[row], row_lower=low, row_upper=high
    )


def cut_off(task: Task, ways: Ints) -> Task:
    """The task without one choice of ways."""
    columns = np.arange(len(ways), dtype=np.int64)
    values = np.where(ways > 0, -1, 1).astype(np.int64)
    return task.with_row(columns, values, lower=1 - int(ways.sum()), upper=None)
