"""After the main aim: the second opinion, exact closing, ties, money that stays, reasons."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

from models.program import Objective
from models.ties import TIE_BREAKS
from models.translate import start_of
from optimizer.backends import beyond_floats
from optimizer.change.steady import AS_BEFORE, Steady
from optimizer.course import (
    Course,
    Stage,
    exact_bound,
    hold,
    measured,
    on_the_way,
    status_of,
    tolerance_of,
    true_bound,
    worth,
)
from optimizer.explain import explain
from optimizer.second import compare
from optimizer.settle import Settled, settle
from optimizer.solution import SecondOpinion, Solution, Tier
from optimizer.stage import SECOND_UP_TO, WIDEST_EXACT, await_second, held_task
from optimizer.task import Limits
from optimizer.workers import Run, wait_for_news

DECIDED = "两个求解器结论不一致，由整数精确求解（CP-SAT）裁定"
BEYOND_FLOATS = (
    "案例里有的数相差几百万倍以上，浮点求解器的上界不可信，没有采用；把特别大的项目另外单独安排，其余就能证明"
)
AWAITED, COMPARED = "等第二求解器的结论", "比较效益相同的方案"
TIE_NODES = 2000
STEADY_LEAST, STEADY_AFTER_STOP, EXPLAIN_SECONDS = 0.3, 1.5, 0.4
"""Seconds below which the money is not brought near the plan before, the most for it once the user has asked for the
plan as it is, and those that the reasons then need."""
REASONS_LATER = 12_000
"""Columns from which on the reasons are left to whoever looks at them first, once the user has asked for the plan as it is."""
UNPROVEN_GIVE = Fraction(1, 10**6)
"""Part of its worth that a plan whose gap is open anyway may give for money that stays where it was."""


def finish(course: Course, objective: Objective, stage: Stage) -> Solution:
    """The solution: what the main aim ended with, proven as far as can be, the best of its equals, explained."""
    settled = stage.settled
    assert settled is not None and settled.verdict is not None
    begun = time.monotonic()
    awaited = stage.second is not None and stage.second.answer is None
    if awaited or stage.answer.outcome == "optimal":  # more is to come: the second solver, exact closing, ties
        _show(course, objective, settled, stage.bound, stage.answer.version, AWAITED if awaited else COMPARED)
    second, settled, bound = _second_opinion(course, objective, stage, settled)
    course.spend("second", begun)
    assert settled.verdict is not None
    bound = true_bound(settled.verdict.value, bound)
    status = status_of(course, settled, bound)
    if status == "optimal" and second is not None and second.agrees is False:
        status = "feasible"
    if status == "feasible" and stage.answer.outcome == "optimal" and course.options.gap == 0:
        settled, bound = _prove_whole(course, objective, settled, bound)
        status = status_of(course, settled, bound)
        if status == "optimal" and second is not None and second.agrees is False:
            second = replace(second, sentence=DECIDED)
    ties = "未比较（主目标未证明最优）"
    if status == "optimal":
        settled, ties = _break_ties(course, objective, settled)
    if course.last is not None:
        begun = time.monotonic()
        settled, ties = _steadied(course, objective, settled, ties, ordered=status == "optimal")
        course.spend("settle", begun)
    assert settled.verdict is not None and settled.plan is not None
    if true_bound(settled.verdict.value, bound) != bound:  # ties have shown the bound to be false
        bound, ties = None, "未比较（主目标未证明最优）"
        status = status_of(course, settled, bound)
    begun = time.monotonic()
    later = course.watch.ask() == "stop" and course.model.program.width > REASONS_LATER
    reasons = () if later else tuple(explain(course.model, settled.plan))
    course.spend("explain", begun)
    tier = Tier(objective.title, objective.unit, status, settled.verdict.value, exact_bound(bound))
    return Solution(
        status,
        settled.plan,
        settled.verdict,
        exact_bound(bound),
        (*measured(course, settled.verdict), tier),
        stage.answer.version,
        second,
        ties=ties,
        reasons=reasons,
        cancelled=course.cancelled,
        seconds=course.seconds,
        remark=BEYOND_FLOATS if bound is None and beyond_floats(held_task(course, objective)) else "",
    )


def _show(course: Course, objective: Objective, settled: Settled, bound: float | None, solver: str, doing: str) -> None:
    """Show the checked plan: nobody need wait for second solvers, exact closing and ties to see it."""
    assert settled.verdict is not None
    found = on_the_way(course, objective, settled, bound, solver)
    value, told = float(settled.verdict.value), None if found.bound is None else float(found.bound)
    course.watch.report(doing, value, value if found.status == "optimal" else told)
    course.watch.plan(found)


def _second_opinion(
    course: Course, objective: Objective, stage: Stage, settled: Settled
) -> tuple[SecondOpinion | None, Settled, float | None]:
    """Compare; where the first solver did not finish, take the better plan and bound of both."""
    if stage.second is None:
        return None, settled, stage.bound
    theirs, answer = None, course.of_all_choices(await_second(course, stage.answer, stage.second))
    mine = settled.verdict.value if settled.verdict else None
    better = answer.value is not None and (mine is None or answer.value > mine)
    if answer.point is not None and course.left() > 0 and (better or len(course.case.projects) <= SECOND_UP_TO):
        model, task = course.model, held_task(course, objective)
        theirs = settle(course.case, model.space, model.program, task, answer.point, course.until)
    return compare(stage.second.worker.backend, answer, stage.bound, settled, theirs)


def _prove_whole(
    course: Course, objective: Objective, settled: Settled, bound: float | None
) -> tuple[Settled, float | None]:
    """The float solver is done, but whole money falls short of its bound: close the rest exactly with CP-SAT."""
    assert settled.plan is not None and settled.verdict is not None
    task = held_task(course, objective)
    if course.left() < 0.5 or task.width > WIDEST_EXACT:
        return settled, bound
    run = Run.start("cpsat", task, Limits(course.left() - course.reserve(), seed=course.options.seed))
    while run.answer is None:
        wait_for_news([run], 0.1)
        if course.watch.ask() is not None:
            run.end()
    answer = course.of_all_choices(run.answer)
    if answer.point is not None:
        model = course.model
        found = settle(course.case, model.space, model.program, task, answer.point, course.until)
        if found.verdict is not None and found.verdict.value > settled.verdict.value:
            settled = found
    assert settled.verdict is not None
    value = settled.verdict.value
    known = [b for b in (bound, answer.bound) if b is not None and true_bound(value, b) is not None]
    return settled, min(known, default=None)


def _break_ties(course: Course, objective: Objective, settled: Settled) -> tuple[Settled, str]:
    """Among plans of equal aim: most non-debt money, earliest start, lowest 项目编号."""
    assert settled.verdict is not None
    hold(course, objective, settled.verdict.value)
    settled = _given_back(course, settled)
    done: list[str] = []
    stages = course.model.program.stages[course.model.program.main + 1 :]
    for tie, stage_objective in zip(TIE_BREAKS, stages, strict=True):
        if course.left() < 0.5 or course.watch.ask() is not None:
            return settled, _tie_words(done)
        best = tie.value(course.case, settled.plan) if settled.plan else Fraction(0)
        better = _solve_tie(course, stage_objective, settled)
        if better is None:
            return settled, _tie_words(done)
        found, proven = better
        assert found.plan is not None and found.verdict is not None
        value = tie.value(course.case, found.plan)
        if value * tie.sense > best * tie.sense and _as_good(found, settled):
            settled, best = found, value
        if not proven:
            return settled, _tie_words(done)
        done.append(tie.title)
        hold(course, stage_objective, best * tie.sense)
    return settled, _tie_words(done)


def _given_back(course: Course, settled: Settled) -> Settled:
    """The plan with what its worth does not need of the tolerance taken back, step by step."""
    program = course.model.program
    for objective in program.stages[: program.main]:
        if not tolerance_of(course, objective) or course.left() < 0.5 or course.watch.ask() is not None:
            continue
        better = _solve_tie(course, objective, settled)
        if (
            better is not None
            and _as_good(better[0], settled)
            and _of(course, objective, better[0]) > _of(course, objective, settled)
        ):
            settled = better[0]
        hold(course, objective, _of(course, objective, settled))
    return settled


def _of(course: Course, objective: Objective, settled: Settled) -> Fraction:
    assert settled.verdict is not None
    return worth(course, objective, settled.verdict)


def _steadied(course: Course, objective: Objective, settled: Settled, ties: str, ordered: bool) -> tuple[Settled, str]:
    """The plan with its money where the plan before had it, as far as its worth and the order of ties allow.

    ``ordered``: the order of ties was looked at; a float solver holds it up to a hair, here it is exact.
    """
    if course.last is None or settled.plan is None or settled.verdict is None or course.cancelled:
        return settled, ties
    wish = course.watch.ask()
    most = STEADY_AFTER_STOP if wish == "stop" else course.steady_seconds()
    seconds = min(most, course.steady_seconds(), course.left() - EXPLAIN_SECONDS)
    if seconds < STEADY_LEAST or wish == "cancel":
        return settled, ties
    give = Fraction(0) if ordered else UNPROVEN_GIVE
    hold(course, objective, settled.verdict.value - give / 2 * abs(settled.verdict.value))  # rounding takes the rest
    model = course.model
    steady = Steady(
        course.case,
        model.space,
        model.program,
        held_task(course, objective),
        lambda: course.watch.ask() == "cancel",
    )
    found = steady.near(settled, course.last, seconds, give)
    if found is settled or found.plan is None:
        return settled, ties
    steps = model.program.stages[: model.program.main]
    if any(_of(course, step, found) < _of(course, step, settled) for step in steps):
        return settled, ties
    for tie in TIE_BREAKS if ordered else ():
        if tie.value(course.case, found.plan) * tie.sense < tie.value(course.case, settled.plan) * tie.sense:
            return settled, ties
    return found, f"{ties}；{AS_BEFORE}"


def _as_good(found: Settled, settled: Settled) -> bool:
    assert found.verdict is not None and settled.verdict is not None
    return found.verdict.value >= settled.verdict.value * (
        1 - Fraction(1, 10**9) * (1 if settled.verdict.value > 0 else -1)
    )


def _solve_tie(course: Course, objective: Objective, settled: Settled) -> tuple[Settled, bool] | None:
    assert settled.plan is not None
    task = held_task(course, objective)
    start = start_of(course.model.space, settled.plan, task.width)
    limits = Limits(max(0.2, course.left() - course.reserve()), 0.0, course.options.seed, TIE_NODES)
    run = Run.start("highs", replace(task, start=start), limits)
    while run.answer is None:
        wait_for_news([run], 0.1)
        if course.watch.ask() is not None:
            run.end()
    if run.answer.point is None:
        return None
    model = course.model
    found = settle(course.case, model.space, model.program, task, run.answer.point, course.until)
    return (found, run.answer.outcome == "optimal") if found.plan is not None else None


def _tie_words(done: list[str]) -> str:
    if len(done) == len(TIE_BREAKS):
        return "并列时依次取：" + "、".join(done)
    return ("并列次序只证明到：" + "、".join(done)) if done else "并列次序未在时限内证明"
