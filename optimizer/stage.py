"""One stage of a solve: the solvers run, what they find is made whole, what has no whole plan is cut off."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from models.allocation import Allocation
from models.program import Ints, Objective
from models.translate import start_of
from models.verify import verify
from optimizer.backends import BACKEND_BY_ID, DIVE, EXACT, beyond_floats
from optimizer.course import (
    FEW_WAYS,
    Course,
    Stage,
    worth,
)
from optimizer.inhand import InHand
from optimizer.settle import Settled, cut_off, settle, ways_of
from optimizer.solution import Status
from optimizer.task import Answer, Limits, Task, task_of
from optimizer.winnow import winnow
from optimizer.workers import Run, best_of, wait_for_news

NOTHING = Allocation((), ())
SECOND_UP_TO = 300
WHOLE_STEPS_UP_TO = 5000
"""Columns in coarse steps up to which the search goes over to whole steps where parts of them lead to no good plan."""
WIDEST_EXACT = 4000
"""Columns up to which CP-SAT is asked about the whole model."""
MANY_WAYS = 4000
"""Ways of doing projects up to which the whole model runs beside the way by prices from the first."""
LATE_SHARE = 0.3
"""The part of the time after which it comes to the aid of prices that have no plan, in larger cases too."""
NEAR_FROM, NEAR_AFTER, NEAR_SECONDS, NEAR_SHARE, FAR = 2000, 0.5, 8.0, 0.2, 0.01
"""A plan near the relaxation is looked for beside the whole model: from so many columns, after so many seconds, for so
many (and this part of the time), while the gap is larger than this."""
ASK_SECONDS = 5.0
"""Seconds, at least, that a claim of infeasibility is doubted while no plan comes."""
SECOND_PATIENCE, SECOND_FACTOR = 10.0, 1.5


def solve_stage(course: Course, objective: Objective, second: bool, nodes: int | None = None) -> Stage:
    """Solve, settle; where the chosen ways have no whole plan, cut them off and go on."""
    bound_before, in_parts = None, None
    while True:
        task, begun = held_task(course, objective), time.monotonic()
        run, other, again = _race(course, objective, task, second, nodes)
        course.spend("solve", begun)
        if again and course.left() > 1 and not course.cancelled:
            _end(other)
            assert run.answer is not None
            in_parts = _lowest(in_parts, run.answer.bound if course.cuts_proven else None)
            continue
        answer, other = _infeasible_or_not(course, task, run, other)
        if answer.outcome == "infeasible" and course.known is not None:
            return Stage("feasible", course.known, None, answer, other)  # the plan before it is the better witness
        if answer.outcome == "infeasible":
            status: Status = "infeasible" if course.cuts_proven else "unknown"
            return Stage(status, None, None, answer, other)
        bound = _lowest(bound_before, in_parts)  # of all choices, those cut off too
        bound = _lowest(bound, course.told(answer.bound))
        settled, failed = _settle_best(course, task, run, other)
        enough = course.known is not None and course.watch.ask() == "stop"
        if settled is not None or failed is None or course.cancelled or enough or course.left() <= 0:
            settled = _better(course, objective, settled)
            if settled is not None:
                return Stage("feasible", settled, bound, answer, other)
            _end(other)
            return Stage("unknown", None, bound, answer, None)
        _end(other)
        bound_before = bound
        _leave_out(course, objective, task, answer, failed)


def _infeasible_or_not(course: Course, task: Task, run: Run, other: Run | None) -> tuple[Answer, Run | None]:
    """The answer, one that there is no plan held against the second solver, else against another run of the first."""
    answer = run.answer
    assert answer is not None
    if answer.outcome == "infeasible" and other is not None:
        theirs = await_second(course, answer, other)
        if theirs.point is not None:  # one says infeasible, the other has a plan: the plan decides
            answer, other = theirs, None
            run.answer = theirs
    if answer.outcome == "infeasible" and (
        other is None or other.answer is None or other.answer.outcome != "infeasible"
    ):
        answer = run.answer = _asked_again(course, task, answer)
    return answer, other


def _end(other: Run | None) -> None:
    if other is not None:
        other.end()


def _leave_out(course: Course, objective: Objective, task: Task, answer: Answer, failed: tuple[Ints, bool]) -> None:
    """Cut off a choice without a whole plan: the ways that can never be whole, else, ``failed``, this one choice.

    A plan of the ways that can be is kept where it is better.
    """
    assert answer.point is not None
    model, stopped = course.model, lambda: course.watch.ask() is not None
    found = winnow(course.case, model.space, model.program, task, answer.point, course.settle_until(), stopped)
    course.known = _better(course, objective, found.settled if found.settled.plan is not None else None)
    if found.dead.size:
        course.dead = np.union1d(course.dead, found.dead)
        return
    course.cuts_proven = course.cuts_proven and failed[1]
    course.cuts.append(failed[0])
    course.whole_steps = course.whole_steps or _few_steps(course)


def _asked_again(course: Course, task: Task, answer: Answer) -> Answer:
    """An answer that there is no plan, held against a second run: presolve has called solvable models infeasible.

    With CP-SAT the arithmetic is exact and nothing is asked. What the second run cannot tell in the time is left to the
    search for what clashes.
    """
    if answer.version.startswith("CP-SAT") or course.cancelled:
        return answer
    if course.known is None and (verdict := verify(course.case, NOTHING)).passed:
        course.known = Settled(NOTHING, verdict)
    run = Run.start(
        "highs", task, Limits(max(1.0, course.left()), course.options.gap, course.options.seed, presolve=False)
    )
    patience = time.monotonic() + max(ASK_SECONDS, 2 * answer.seconds)
    while run.answer is None:
        wait_for_news([run], 0.1)
        if course.watch.ask() is not None or (run.best.value is None and time.monotonic() > patience):
            run.end()
    if run.answer.outcome == "unknown":
        return answer
    return run.answer if run.answer.point is None else _with_a_bound(course, task, run.answer)


def _with_a_bound(course: Course, task: Task, answer: Answer) -> Answer:
    """A plan of a solver that took back what it said before: its bound proves nothing, that of CP-SAT does."""
    assert answer.point is not None
    start = np.rint(answer.point).astype(np.int64)
    answer = replace(answer, bound=None)
    if task.width > WIDEST_EXACT or course.left() < 1:
        return answer
    run = Run.start(EXACT, replace(task, start=start), Limits(min(ASK_SECONDS, course.left()), course.options.gap))
    while run.answer is None:
        wait_for_news([run], 0.1)
        if course.watch.ask() is not None:
            run.end()
    better = run.answer.value is not None and answer.value is not None and run.answer.value > answer.value
    return run.answer if better else replace(answer, bound=run.answer.bound)


def _better(course: Course, objective: Objective, found: Settled | None) -> Settled | None:
    """The plan found, or the one known from the stage before where that is better for this stage."""
    if found is None or course.known is None or found.verdict is None or course.known.verdict is None:
        return found or (None if course.cancelled else course.known)
    mine, before = (worth(course, objective, s.verdict) for s in (found, course.known) if s.verdict)
    return course.known if before > mine else found


def held_task(course: Course, objective: Objective) -> Task:
    """The task of a stage with all that earlier ones reached held, choices without a whole plan cut off, and the plan
    known as its start."""
    task = task_of(course.model.program, objective)
    if course.whole_steps:
        task = replace(task, integer=course.model.program.integer)
    if course.dead.size:
        task = task.without(course.dead)
    for columns, values, lower in course.rows:
        task = task.with_row(columns, values, lower, None)
    for ways in course.cuts:
        task = cut_off(task, ways)
    if course.known is None or course.known.plan is None:
        return task
    return replace(task, start=start_of(course.model.space, course.known.plan, task.width))


def _race(
    course: Course, objective: Objective, task: Task, second: bool, nodes: int | None
) -> tuple[Run, Run | None, bool]:
    """Run the everyday solver, and beside it the second one; the first decides when to end.

    Whether it was broken off because what was learnt on the way makes another task of it.
    """
    options = course.options
    seconds = max(0.2, course.left() - course.reserve())
    limits = Limits(seconds, options.gap, options.seed, nodes)
    first, beside = _backends(course, objective, task, second)
    run = Run.start(first, task, limits)
    other = Run.start(beside, task, limits) if beside else None
    runs = [run] if other is None else [run, other]
    hand = InHand(course, objective, task)
    asked, again, late = False, False, time.monotonic() + LATE_SHARE * seconds
    near, from_then = None, time.monotonic() + NEAR_AFTER
    while run.answer is None:
        wait_for_news(runs, 0.1)
        if near is None and first == "highs" and time.monotonic() > from_then:
            near = _near(task, limits, runs)
        if first == "decomposition" and other is None and time.monotonic() > late and run.best.value is None and second:
            other = Run.start("highs", task, replace(limits, seconds=max(0.2, (1 - LATE_SHARE) * seconds)))
            runs.append(other)
        value, bound = best_of(runs)
        course.watch.report(objective.title, _shown(objective, value), _shown(objective, course.told(bound)))
        wish = course.watch.ask()
        if wish == "cancel":
            course.cancelled = True
            for each in runs:
                each.end()
        elif not asked and (wish == "stop" or _close(runs, options.gap) or _last_moment(course, runs)):
            asked = True
            run.ask_to_stop()
            if other is not None and first != "decomposition" and hand.best is None and _last_moment(course, runs):
                other.end()  # its core is needed to make the only plan whole in time
        elif not asked and not course.cancelled:
            hand.offer(runs)
            if first == "decomposition" and other is not None and _decides(other, run):
                asked = True  # the whole model is done: nothing more to learn
                run.ask_to_stop()
            if hand.poor and hand.dead.size:
                asked = again = True  # what it chooses cannot be; without those ways it will choose others
                run.ask_to_stop()
            elif hand.poor and first != "decomposition" and _few_steps(course):
                asked = again = course.whole_steps = True
                run.ask_to_stop()
    course.known = _better(course, objective, hand.end(wait=not course.cancelled))
    course.dead = np.union1d(course.dead, hand.dead)
    _hear_out(course, task, run, near)
    if other is not None and first == "decomposition":
        other.end()  # the whole model has helped with plan and bound as long as it was worth it
        return run, _take_over(run, other), again
    return run, other, again


def _near(task: Task, limits: Limits, runs: list[Run]) -> Run | None:
    """A search for a plan near the relaxation, for a wide task with no plan to start from and none yet that is within a
    per cent or so of the best; it joins the runs."""
    value, bound = best_of(runs)
    near = value is not None and bound is not None and bound - value <= FAR * abs(value)
    if near or task.start is not None or task.width < NEAR_FROM:
        return None
    runs.append(Run.start(DIVE.id, task, replace(limits, seconds=min(NEAR_SECONDS, NEAR_SHARE * limits.seconds))))
    return runs[-1]


def _hear_out(course: Course, task: Task, run: Run, near: Run | None) -> None:
    """What the search near the relaxation has found becomes the answer where it is better, or there was to be none."""
    if near is None:
        return
    near.end()
    assert run.answer is not None and near.answer is not None
    if run.answer.outcome == "infeasible" and near.answer.point is not None:
        run.answer, run.points = _with_a_bound(course, task, near.answer), near.points
    else:
        _take_over(run, near)


def _take_over(run: Run, other: Run) -> Run | None:
    """What the solver beside has found becomes the answer where the first one has no plan, or none as good.

    Returns the solver beside where it still is a second opinion: held against the first answer, its bound included, later.
    """
    mine, theirs = run.answer, other.answer
    assert mine is not None and theirs is not None
    better = theirs.value is not None and (mine.value is None or theirs.value > mine.value)
    proven = mine.point is None and theirs.outcome == "infeasible"
    if mine.outcome == "infeasible" or not (better or proven):
        return other
    run.answer, run.points = replace(theirs, bound=_lowest(mine.bound, theirs.bound)), other.points
    return None


def _decides(other: Run, run: Run) -> bool:
    """Whether the solver beside has ended with a proof; a claim of infeasibility is none where a plan is known."""
    outcome = other.answer.outcome if other.answer is not None else ""
    return outcome == "optimal" or (outcome == "infeasible" and run.best.value is None)


def _backends(course: Course, objective: Objective, task: Task, second: bool) -> tuple[str, str]:
    """The solver of a stage and the one beside it ("" = none).

    The task is taken apart by prices where it is large and its aim is the only one; the whole model then runs
    beside it as long as that pays. Small cases go to the whole model, with an independent second solver.
    """
    options, program = course.options, course.model.program
    main = objective is program.stages[program.main] and not program.main
    if options.backend == "decomposition" and main and program.ways >= FEW_WAYS:
        return options.backend, "highs" if second and options.second and program.ways <= MANY_WAYS else ""
    first = "highs" if options.backend == "decomposition" else options.backend
    use = second and len(course.case.projects) <= SECOND_UP_TO and options.second in BACKEND_BY_ID
    beside = EXACT if beyond_floats(task) else options.second
    return first, beside if use and beside != first else ""


def _last_moment(course: Course, runs: list[Run]) -> bool:
    """Whether a plan is known that needs the rest of the time to be made whole."""
    return best_of(runs)[0] is not None and course.must_settle()


def _close(runs: list[Run], gap: float) -> bool:
    """Whether the best plan and the best bound of solvers side by side are near enough."""
    value, bound = best_of(runs)
    if len(runs) == 1 or gap <= 0 or value is None or bound is None:
        return False
    return bound - value <= gap * abs(value)


def await_second(course: Course, run: Answer, other: Run) -> Answer:
    """Wait for the second solver while the limit allows; a stopped solve does not wait."""
    patience = max(SECOND_PATIENCE, SECOND_FACTOR * run.seconds)
    until = min(course.until - 0.5, time.monotonic() + patience)
    while other.answer is None and time.monotonic() < until and course.watch.ask() is None:
        wait_for_news([other], 0.1)
    other.end()
    assert other.answer is not None
    return other.answer


def _shown(objective: Objective, value: float | None) -> float | None:
    return None if value is None else value * objective.sense


def _few_steps(course: Course) -> bool:
    """Whether there are few enough columns in coarse steps to search over whole ones."""
    program = course.model.program
    return int((program.integer & (program.upper > 1)).sum()) <= WHOLE_STEPS_UP_TO


def _lowest(one: float | None, other: float | None) -> float | None:
    known = [bound for bound in (one, other) if bound is not None]
    return min(known, default=None)


def _settle_best(
    course: Course, task: Task, run: Run, other: Run | None
) -> tuple[Settled | None, tuple[Ints, bool] | None]:
    """Settle the answer's point, else earlier plans, one of the solver beside too; on failure the ways to cut off."""
    assert run.answer is not None
    if run.answer.point is None or course.cancelled:
        return None, None
    begun = time.monotonic()
    model, failed = course.model, None
    points = [run.answer.point]
    if run.answer.outcome != "optimal":
        points += [*reversed(run.points[-3:]), *(other.points[-1:] if other is not None else [])]
    for point in points:
        if failed is not None and course.left() <= 0:
            break
        settled = settle(course.case, model.space, model.program, task, point, course.settle_until())
        if settled.plan is not None:
            course.spend("settle", begun)
            return settled, None
        if failed is None:
            failed = (ways_of(model.space, point), settled.proven_impossible)
    course.spend("settle", begun)
    return None, failed
