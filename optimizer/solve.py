"""Case to Solution: build, then every stage of the aim, each held for what follows."""

from __future__ import annotations

import time

from models.allocation import Allocation
from models.build import build
from models.case import Case
from models.lean import lean
from models.program import Ints
from models.translate import start_of
from models.verify import is_known, verify
from optimizer.backends import beyond_floats
from optimizer.barred import barred
from optimizer.conflict.clash import Clash, diagnose
from optimizer.conflict.relax import Given
from optimizer.conflict.sight import AT_SIGHT, seen_at_once
from optimizer.course import (
    Course,
    Stage,
    Watch,
    hold,
    tier_of,
    tolerance_of,
)
from optimizer.finish import finish
from optimizer.options import Options, apply_options
from optimizer.settle import Settled
from optimizer.solution import Solution
from optimizer.stage import solve_stage
from optimizer.task import task_of

DIAGNOSE_SECONDS, LEAST_DIAGNOSIS = 20.0, 0.5
MOST_ASKED = 30
"""Projects that have to come in up to which each is asked about before the search."""
STEP_WEIGHT, PURE_WEIGHT, MAIN_WEIGHT = 1.0, 0.5, 2.0
"""How the time is shared: a step before the main aim, the best benefit before it, the main aim."""


def solve(
    case: Case,
    options: Options | None = None,
    watch: Watch | None = None,
    last: Allocation | None = None,
    start: Allocation | None = None,
) -> Solution:
    """The best plan of a case within the limits, with its proof, or the reason why there is none.

    ``last`` is the plan before, near which the money stays where nothing is lost by it, ``start`` one found near it for
    the case as it is now; the answer is never worse than either where it holds.
    """
    options, watch = options or Options(), watch or Watch()
    begun = time.monotonic()
    case = apply_options(case, options)
    earlier = [lean(case, plan) for plan in (start, last) if plan is not None and is_known(case, plan)]
    last = last if last is not None and is_known(case, last) else None
    model = build(case)
    course = Course(case, model, options, watch, begun + options.time_limit, last=last)
    for plan in earlier:
        if (verdict := verify(case, plan)).passed and start_of(model.space, plan, model.space.width) is not None:
            course.known = Settled(plan, verdict)
            break
    if beyond_floats(task := task_of(model.program, model.program.stages[model.program.main])):
        course.dead = barred(task)
    course.spend("build", begun)
    if seen := seen_at_once(model, MOST_ASKED):
        clash = _clash(course, seen)
        return Solution(
            "infeasible",
            culprits=clash.culprits,
            partial=not clash.whole,
            solver=AT_SIGHT,
            cancelled=course.cancelled,
            seconds=course.seconds,
        )
    return _stages(course)


def _stages(course: Course) -> Solution:
    """Ranks of soft rules, steps of the aim, each held for what follows; then the main aim."""
    program = course.model.program
    main, steps = program.stages[program.main], program.stages[: program.main]
    weights = [STEP_WEIGHT if objective.rank else STEP_WEIGHT + PURE_WEIGHT for objective in steps]
    for k, objective in enumerate(steps):
        ahead = sum(weights[k:]) + MAIN_WEIGHT
        best = None
        if not objective.rank:
            course.give(PURE_WEIGHT / ahead)
            best = solve_stage(course, main, second=False)
            course.known = best.settled or course.known
            ahead -= PURE_WEIGHT
        course.give(STEP_WEIGHT / ahead)
        stage = solve_stage(course, objective, second=False)
        if stage.settled is None or stage.settled.verdict is None:
            return _without_plan(course, stage)
        course.known = stage.settled
        course.tiers.append(tier_of(course, objective, stage, best))
        value = course.tiers[-1].value * objective.sense
        hold(course, objective, value - tolerance_of(course, objective) * abs(value))
    course.give(1)
    stage = solve_stage(course, main, second=True)
    if stage.settled is None or stage.settled.verdict is None:
        return _without_plan(course, stage)
    return finish(course, main, stage)


def _clash(course: Course, seen: Given | None = None) -> Clash:
    """What clashes, with the demands that the plan before breaks first, else those seen without a search."""
    program = course.model.program
    seconds = min(DIAGNOSE_SECONDS, max(LEAST_DIAGNOSIS, course.left()))
    task = task_of(program, program.stages[program.main])
    found = diagnose(course.model, task, seconds, _before(course), seen, lambda: course.watch.ask() is not None)
    course.cancelled = course.cancelled or course.watch.ask() == "cancel"
    return found


def _before(course: Course) -> Ints | None:
    """The plan before as a point of the case as it is now; None where there is none, or no place for it."""
    if course.last is None:
        return None
    return start_of(course.model.space, lean(course.case, course.last), course.model.program.width)


def _without_plan(course: Course, stage: Stage) -> Solution:
    clash = _clash(course) if stage.status == "infeasible" else Clash(whole=True)
    return Solution(
        stage.status,
        culprits=clash.culprits,
        partial=not clash.whole,
        solver=stage.answer.version,
        cancelled=course.cancelled,
        seconds=course.seconds,
    )
