"""Case to Solution: build, solve every stage, settle, check, and ask a second solver."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

from models.allocation import Allocation
from models.build import build
from models.case import Case
from models.lean import lean
from models.program import Ints, Objective
from models.ties import TIE_BREAKS
from models.translate import start_of
from models.verify import is_known, verify
from optimizer.backends import BACKEND_BY_ID
from optimizer.clash import diagnose, impossible_demands
from optimizer.course import (
    FEW_WAYS,
    Course,
    Stage,
    Watch,
    exact_bound,
    hold,
    measured,
    on_the_way,
    status_of,
    tier_of,
    tolerance_of,
    true_bound,
    worth,
)
from optimizer.explain import explain
from optimizer.inhand import InHand
from optimizer.options import Options, apply_options
from optimizer.second import compare
from optimizer.settle import Settled, cut_off, settle, ways_of
from optimizer.solution import SecondOpinion, Solution, Status, Tier
from optimizer.steady import AS_BEFORE, Steady
from optimizer.task import Answer, Limits, Task, task_of
from optimizer.workers import Run, wait_for_news

NOTHING = Allocation((), ())
SECOND_UP_TO = 300
WHOLE_STEPS_UP_TO = 5000
"""Columns in coarse steps up to which the search goes over to whole steps where parts of them lead to no good plan."""
MANY_WAYS = 4000
"""Ways of doing projects up to which the whole model runs beside the way by prices."""
SECOND_PATIENCE, SECOND_FACTOR = 10.0, 1.5
DECIDED = "两个求解器结论不一致，由整数精确求解（CP-SAT）裁定"
AWAITED, COMPARED = "等第二求解器的结论", "比较效益相同的方案"
WIDEST_EXACT = 4000
TIE_NODES = 2000
DIAGNOSE_SECONDS = 20.0
STEADY_LEAST, EXPLAIN_SECONDS = 0.3, 0.4
"""Seconds below which the money is not brought near the plan before, and those that the reasons then need."""
UNPROVEN_GIVE = Fraction(1, 10**6)
"""Part of its worth that a plan whose gap is open anyway may give for money that stays where it was."""
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
    course.spend("build", begun)
    culprits = impossible_demands(model.space, model.program)
    if culprits:
        return Solution("infeasible", culprits=culprits, solver="无须求解", seconds=course.seconds)
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
            best = _solve_stage(course, main, second=False)
            course.known = best.settled or course.known
            ahead -= PURE_WEIGHT
        course.give(STEP_WEIGHT / ahead)
        stage = _solve_stage(course, objective, second=False)
        if stage.settled is None or stage.settled.verdict is None:
            return _without_plan(course, stage)
        course.known = stage.settled
        course.tiers.append(tier_of(course, objective, stage, best))
        value = course.tiers[-1].value * objective.sense
        hold(course, objective, value - tolerance_of(course, objective) * abs(value))
    course.give(1)
    stage = _solve_stage(course, main, second=True)
    if stage.settled is None or stage.settled.verdict is None:
        return _without_plan(course, stage)
    return _finish(course, main, stage)


def _without_plan(course: Course, stage: Stage) -> Solution:
    culprits: tuple = ()  # type: ignore[type-arg]
    if stage.status == "infeasible":
        program = course.model.program
        seconds = min(DIAGNOSE_SECONDS, max(1.0, course.left()))
        culprits = diagnose(program, task_of(program, program.stages[program.main]), seconds)
    return Solution(
        stage.status,
        culprits=culprits,
        solver=stage.answer.version,
        cancelled=course.cancelled,
        seconds=course.seconds,
    )


# ---- one stage


def _solve_stage(course: Course, objective: Objective, second: bool, nodes: int | None = None) -> Stage:
    """Solve, settle; where the chosen ways have no whole plan, cut them off and go on."""
    task = _task(course, objective)
    bound_before, in_parts = None, None
    while True:
        begun = time.monotonic()
        run, other = _race(course, objective, task, second, nodes)
        course.spend("solve", begun)
        answer = run.answer
        assert answer is not None
        if course.whole_steps and (task.integer != course.model.program.integer).any() and course.left() > 1:
            if other is not None:
                other.end()
            in_parts, task = answer.bound, _task(course, objective)
            continue
        if answer.outcome == "infeasible" and other is not None:
            theirs = _await_second(course, answer, other)
            if theirs.point is not None:  # one says infeasible, the other has a plan: the plan decides
                answer, other = theirs, None
                run.answer = theirs
        if answer.outcome == "infeasible" and (
            other is None or other.answer is None or other.answer.outcome != "infeasible"
        ):
            answer = run.answer = _asked_again(course, task, answer)
        if answer.outcome == "infeasible" and course.known is not None:
            return Stage("feasible", course.known, None, answer, other)  # the plan before it is the better witness
        if answer.outcome == "infeasible":
            status: Status = "infeasible" if course.cuts_proven else "unknown"
            return Stage(status, None, None, answer, other)
        bound = answer.bound if course.cuts_proven else _largest(answer.bound, bound_before)
        bound = _lowest(bound, in_parts)
        settled, failed = _settle_best(course, task, run)
        if settled is not None or failed is None or course.cancelled or course.left() <= 0:
            settled = _better(course, objective, settled)
            if settled is not None:
                return Stage("feasible", settled, bound, answer, other)
            if other is not None:
                other.end()
            return Stage("unknown", None, bound, answer, None)
        if other is not None:
            other.end()
        course.cuts_proven, bound_before = course.cuts_proven and failed[1], bound
        course.cuts.append(failed[0])
        course.whole_steps = course.whole_steps or _few_steps(course)
        task = _task(course, objective)


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
    while run.answer is None:
        wait_for_news([run], 0.1)
        if course.watch.ask() is not None:
            run.end()
    return answer if run.answer.outcome == "unknown" else run.answer


def _better(course: Course, objective: Objective, found: Settled | None) -> Settled | None:
    """The plan found, or the one known from the stage before where that is better for this stage."""
    if found is None or course.known is None or found.verdict is None or course.known.verdict is None:
        return found or (None if course.cancelled else course.known)
    mine, before = (worth(course, objective, s.verdict) for s in (found, course.known) if s.verdict)
    return course.known if before > mine else found


def _task(course: Course, objective: Objective) -> Task:
    task = task_of(course.model.program, objective)
    if course.whole_steps:
        task = replace(task, integer=course.model.program.integer)
    for columns, values, lower in course.rows:
        task = task.with_row(columns, values, lower, None)
    for ways in course.cuts:
        task = cut_off(task, ways)
    if course.known is None or course.known.plan is None:
        return task
    return replace(task, start=start_of(course.model.space, course.known.plan, task.width))


def _race(course: Course, objective: Objective, task: Task, second: bool, nodes: int | None) -> tuple[Run, Run | None]:
    """Run the everyday solver, and beside it the second one; the first decides when to end."""
    options = course.options
    seconds = max(0.2, course.left() - course.reserve())
    limits = Limits(seconds, options.gap, options.seed, nodes)
    first, beside = _backends(course, objective, second)
    run = Run.start(first, task, limits)
    other = Run.start(beside, task, limits) if beside else None
    runs = [run] if other is None else [run, other]
    hand = InHand(course, objective, task)
    asked = False
    while run.answer is None:
        wait_for_news(runs, 0.1)
        course.watch.report(objective.title, _shown(objective, run.best.value), _shown(objective, run.best.bound))
        wish = course.watch.ask()
        if wish == "cancel":
            course.cancelled = True
            for each in runs:
                each.end()
        elif not asked and (
            wish == "stop" or _close(runs, options.gap) or (run.best.value is not None and course.must_settle())
        ):
            asked = True
            run.ask_to_stop()
        elif not asked and not course.cancelled:
            hand.offer(run)
            if hand.poor and first != "decomposition" and _few_steps(course):
                asked = course.whole_steps = True
                run.ask_to_stop()
    course.known = _better(course, objective, hand.end(wait=not course.cancelled))
    if other is not None and first == "decomposition":
        other.end()  # the whole model has helped with plan and bound as long as it was worth it
    return run, other


def _backends(course: Course, objective: Objective, second: bool) -> tuple[str, str]:
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
    return first, options.second if use and options.second != first else ""


def _close(runs: list[Run], gap: float) -> bool:
    """Whether the best plan and the best bound of solvers side by side are near enough."""
    values = [run.best.value for run in runs if run.best.value is not None]
    bounds = [run.best.bound for run in runs if run.best.bound is not None]
    return len(runs) > 1 and gap > 0 and bool(values and bounds) and min(bounds) - max(values) <= gap * abs(max(values))


def _await_second(course: Course, run: Answer, other: Run) -> Answer:
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


def _largest(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)


def _settle_best(course: Course, task: Task, run: Run) -> tuple[Settled | None, tuple[Ints, bool] | None]:
    """Settle the answer's point, else earlier streamed plans; on failure the ways to cut off."""
    assert run.answer is not None
    if run.answer.point is None or course.cancelled:
        return None, None
    begun = time.monotonic()
    model, failed = course.model, None
    points = [run.answer.point, *([] if run.answer.outcome == "optimal" else reversed(run.points[-3:]))]
    for point in points:
        if failed is not None and course.left() <= 0 and course.known is not None:
            break
        settled = settle(course.case, model.space, model.program, task, point, course.settle_until())
        if settled.plan is not None:
            course.spend("settle", begun)
            return settled, None
        if failed is None:
            failed = (ways_of(model.space, point), settled.proven_impossible)
    course.spend("settle", begun)
    return None, failed


# ---- after the main aim


def _finish(course: Course, objective: Objective, stage: Stage) -> Solution:
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
    begun = time.monotonic()
    reasons = tuple(explain(course.model, settled.plan))
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
    )


def _show(course: Course, objective: Objective, settled: Settled, bound: float | None, solver: str, doing: str) -> None:
    """Show the checked plan: nobody need wait for second solvers, exact closing and ties to see it."""
    assert settled.verdict is not None
    found = on_the_way(course, objective, settled, bound, solver)
    value = float(settled.verdict.value)
    course.watch.report(doing, value, value if found.status == "optimal" else bound)
    course.watch.plan(found)


def _second_opinion(
    course: Course, objective: Objective, stage: Stage, settled: Settled
) -> tuple[SecondOpinion | None, Settled, float | None]:
    """Compare; where the first solver did not finish, take the better plan and bound of both."""
    if stage.second is None:
        return None, settled, stage.bound
    theirs, answer = None, _await_second(course, stage.answer, stage.second)
    mine = settled.verdict.value if settled.verdict else None
    better = answer.value is not None and (mine is None or answer.value > mine)
    if answer.point is not None and course.left() > 0 and (better or len(course.case.projects) <= SECOND_UP_TO):
        model, task = course.model, _task(course, objective)
        theirs = settle(course.case, model.space, model.program, task, answer.point, course.until)
    return compare(stage.second.worker.backend, answer, stage.bound, settled, theirs)


def _prove_whole(
    course: Course, objective: Objective, settled: Settled, bound: float | None
) -> tuple[Settled, float | None]:
    """The float solver is done, but whole money falls short of its bound: close the rest exactly with CP-SAT."""
    assert settled.plan is not None and settled.verdict is not None
    task = _task(course, objective)
    if course.left() < 0.5 or task.width > WIDEST_EXACT:
        return settled, bound
    run = Run.start("cpsat", task, Limits(course.left() - course.reserve(), seed=course.options.seed))
    while run.answer is None:
        wait_for_news([run], 0.1)
        if course.watch.ask() is not None:
            run.end()
    answer = run.answer
    if answer.point is not None:
        model = course.model
        found = settle(course.case, model.space, model.program, task, answer.point, course.until)
        if found.verdict is not None and found.verdict.value > settled.verdict.value:
            settled = found
    known = [b for b in (bound, answer.bound) if b is not None]
    return settled, min(known) if known else None


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
    seconds = min(course.steady_seconds(), course.left() - EXPLAIN_SECONDS)
    if seconds < STEADY_LEAST or course.watch.ask() is not None:
        return settled, ties
    give = Fraction(0) if ordered else UNPROVEN_GIVE
    hold(course, objective, settled.verdict.value - give / 2 * abs(settled.verdict.value))  # rounding takes the rest
    model = course.model
    steady = Steady(
        course.case, model.space, model.program, _task(course, objective), lambda: course.watch.ask() is not None
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
    task = _task(course, objective)
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
