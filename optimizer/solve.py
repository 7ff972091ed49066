"""Case to Solution: build, solve every stage, settle, check, and ask a second solver."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor, lcm, log2
from typing import Literal

import numpy as np

from models.build import Model, build
from models.case import Case
from models.program import Ints, Objective
from models.ties import TIE_BREAKS
from models.translate import point_of
from models.verify import Verdict, rank_value
from optimizer.backends import BACKEND_BY_ID
from optimizer.clash import diagnose, impossible_demands
from optimizer.explain import explain
from optimizer.options import Options, apply_options
from optimizer.second import compare
from optimizer.settle import Settled, cut_off, settle, ways_of
from optimizer.solution import PROVEN_GAP, SecondOpinion, Solution, Status, Tier, relative_gap
from optimizer.task import Answer, Limits, Task, task_of
from optimizer.workers import Run, wait_for_news

SECOND_UP_TO = 300
SECOND_PATIENCE, SECOND_FACTOR = 10.0, 1.5
WIDEST_EXACT = 4000
TIE_NODES = 2000
RESERVE_SECONDS, RESERVE_SHARE, SETTLE_SECONDS = 6.0, 0.2, 3.0
STEP_WEIGHT, PURE_WEIGHT, MAIN_WEIGHT = 1.0, 0.5, 2.0
"""How the time is shared: a step before the main aim, the best benefit before it, the main aim."""


@dataclass(slots=True)
class Watch:
    """The caller's view of a running solve: hears progress, may ask to stop or to cancel.

    ``ask`` returns "stop" (end with the best plan so far), "cancel" (end without) or None.
    """

    report: Callable[[str, float | None, float | None], None] = lambda stage, value, bound: None
    ask: Callable[[], Literal["stop", "cancel"] | None] = lambda: None


@dataclass(slots=True)
class _Course:
    """State of one solve as it passes through its stages."""

    case: Case
    model: Model
    options: Options
    watch: Watch
    until: float
    seconds: dict[str, float] = field(default_factory=dict)
    rows: list[tuple[Ints, Ints, int]] = field(default_factory=list)
    cuts: list[Ints] = field(default_factory=list)
    tiers: list[Tier] = field(default_factory=list)
    cancelled: bool = False
    end: float | None = None
    known: Settled | None = None

    def left(self) -> float:
        """Seconds left for the stage under way."""
        return (self.until if self.end is None else self.end) - time.monotonic()

    def give(self, part: float) -> None:
        """Give the next stage a part of what is left; 1 gives everything."""
        self.end = time.monotonic() + part * max(0.0, self.until - time.monotonic())

    def settle_until(self) -> float:
        """When settlement of this stage must end: a little after the stage, never after the whole limit."""
        stage = self.until if self.end is None else max(self.end, time.monotonic()) + SETTLE_SECONDS
        return min(self.until, stage)

    def reserve(self) -> float:
        """Seconds kept for settlement and checking."""
        return min(RESERVE_SECONDS, RESERVE_SHARE * max(0.0, self.left()))

    def spend(self, what: str, since: float) -> None:
        self.seconds[what] = self.seconds.get(what, 0.0) + time.monotonic() - since


@dataclass(frozen=True, slots=True)
class _Stage:
    """What one stage ended with; a plan is "feasible" here, its proof is judged from the bound."""

    status: Status
    settled: Settled | None
    bound: float | None
    answer: Answer
    second: Run | None


def solve(case: Case, options: Options | None = None, watch: Watch | None = None) -> Solution:
    """The best plan of a case within the limits, with its proof, or the reason why there is none."""
    options, watch = options or Options(), watch or Watch()
    begun = time.monotonic()
    case = apply_options(case, options)
    model = build(case)
    course = _Course(case, model, options, watch, begun + options.time_limit)
    course.spend("build", begun)
    culprits = impossible_demands(model.space, model.program)
    if culprits:
        return Solution("infeasible", culprits=culprits, solver="无须求解", seconds=course.seconds)
    return _stages(course)


def _stages(course: _Course) -> Solution:
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
        course.tiers.append(_tier(course, objective, stage, best))
        tolerance = Fraction(0) if objective.rank else course.case.tiers.tolerance
        value = course.tiers[-1].value * objective.sense
        _hold(course, objective, value - tolerance * abs(value))
    course.give(1)
    stage = _solve_stage(course, main, second=len(course.case.projects) <= SECOND_UP_TO)
    if stage.settled is None or stage.settled.verdict is None:
        return _without_plan(course, stage)
    return _finish(course, main, stage)


def _tier(course: _Course, objective: Objective, stage: _Stage, best: _Stage | None) -> Tier:
    """What a step reached, told in its own sense: a violation or deviation as a positive number."""
    verdict = stage.settled.verdict if stage.settled else None
    assert verdict is not None
    value = _worth(course, objective, verdict) * objective.sense
    bound = None if stage.bound is None else Fraction(stage.bound) * objective.sense
    if bound is not None and objective.sense < 0:
        bound = max(Fraction(0), bound)  # what is minimised, violations and deviations, is never negative
    reached = best.settled.verdict if best and best.settled else None
    gap = relative_gap(value * objective.sense, None if bound is None else bound * objective.sense)
    return Tier(
        objective.title,
        objective.unit,
        "optimal" if gap is not None and gap <= PROVEN_GAP else "feasible",
        value,
        bound,
        reached.value if reached else None,
        _bound(best.bound) if best else None,
        of_aim=not objective.rank,
    )


def _step(course: _Course, objective: Objective) -> int:
    """Position of a step among the steps of the aim."""
    of_aim = [o for o in course.model.program.stages[: course.model.program.main] if not o.rank]
    return next(k for k, o in enumerate(of_aim) if o is objective)


def _bound(bound: float | None) -> Fraction | None:
    return None if bound is None else Fraction(bound)


def _without_plan(course: _Course, stage: _Stage) -> Solution:
    culprits: tuple = ()  # type: ignore[type-arg]
    if stage.status == "infeasible":
        program = course.model.program
        culprits = diagnose(program, task_of(program, program.stages[program.main]), min(20.0, course.left() + 5))
    return Solution(
        stage.status,
        culprits=culprits,
        solver=stage.answer.version,
        cancelled=course.cancelled,
        seconds=course.seconds,
    )


# ---- one stage


def _solve_stage(course: _Course, objective: Objective, second: bool, nodes: int | None = None) -> _Stage:
    """Solve, settle; where the chosen ways have no whole plan, cut them off and go on."""
    task = _task(course, objective)
    exact_cuts, bound_before = True, None
    while True:
        begun = time.monotonic()
        run, other = _race(course, objective, task, second, nodes)
        course.spend("solve", begun)
        answer = run.answer
        assert answer is not None
        if answer.outcome == "infeasible" and other is not None:
            theirs = _await_second(course, answer, other)
            if theirs.point is not None:  # one says infeasible, the other has a plan: the plan decides
                answer, other = theirs, None
                run.answer = theirs
        if answer.outcome == "infeasible" and course.known is not None and not course.cuts:
            return _Stage("feasible", course.known, None, answer, other)  # the plan before it is the better witness
        if answer.outcome == "infeasible":
            status: Status = "infeasible" if exact_cuts else "unknown"
            return _Stage(status, None, None, answer, other)
        bound = answer.bound if exact_cuts else _largest(answer.bound, bound_before)
        settled, failed = _settle_best(course, task, run)
        settled = _better(course, objective, settled)
        if settled is not None:
            return _Stage("feasible", settled, bound, answer, other)
        if other is not None:
            other.end()
        if failed is None or course.cancelled or course.left() <= 0:
            return _Stage("unknown", None, bound, answer, None)
        exact_cuts, bound_before = exact_cuts and failed[1], bound
        course.cuts.append(failed[0])
        task = cut_off(task, failed[0])


def _better(course: _Course, objective: Objective, found: Settled | None) -> Settled | None:
    """The plan found, or the one known from the stage before where that is better for this stage."""
    if found is None or course.known is None or found.verdict is None or course.known.verdict is None:
        return found or (None if course.cancelled else course.known)
    mine, before = (_worth(course, objective, s.verdict) for s in (found, course.known) if s.verdict)
    return course.known if before > mine else found


def _worth(course: _Course, objective: Objective, verdict: Verdict) -> Fraction:
    """Exact value of a stage, larger is better."""
    if objective.rank:
        return -rank_value(course.case, verdict, objective.rank)
    if objective is course.model.program.stages[course.model.program.main]:
        return verdict.value
    return verdict.steps[_step(course, objective)] * objective.sense


def _task(course: _Course, objective: Objective) -> Task:
    task = task_of(course.model.program, objective)
    for columns, values, lower in course.rows:
        task = task.with_row(columns, values, lower, None)
    for ways in course.cuts:
        task = cut_off(task, ways)
    if course.known is None or course.known.plan is None:
        return task
    start = np.zeros(task.width, np.int64)
    known = point_of(course.model.space, course.known.plan)
    start[: len(known)] = known
    return replace(task, start=start)


def _race(course: _Course, objective: Objective, task: Task, second: bool, nodes: int | None) -> tuple[Run, Run | None]:
    """Run the everyday solver, and beside it the second one; the first decides when to end."""
    options = course.options
    seconds = max(0.2, course.left() - course.reserve())
    limits = Limits(seconds, options.gap, options.seed, nodes)
    run = Run.start(options.backend, task, limits)
    use_second = second and options.second in BACKEND_BY_ID and options.second != options.backend
    other = Run.start(options.second, task, limits) if use_second else None
    runs = [run] if other is None else [run, other]
    asked = False
    while run.answer is None:
        wait_for_news(runs, 0.1)
        course.watch.report(objective.title, _shown(objective, run.best.value), _shown(objective, run.best.bound))
        wish = course.watch.ask()
        if wish == "cancel":
            course.cancelled = True
            for each in runs:
                each.end()
        elif wish == "stop" and not asked:
            asked = True
            run.ask_to_stop()
    return run, other


def _await_second(course: _Course, run: Answer, other: Run) -> Answer:
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


def _largest(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)


def _settle_best(course: _Course, task: Task, run: Run) -> tuple[Settled | None, tuple[Ints, bool] | None]:
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


def _status(course: _Course, settled: Settled, bound: float | None) -> Status:
    assert settled.verdict is not None
    gap = relative_gap(settled.verdict.value, _bound(bound))
    before = all(tier.status == "optimal" for tier in course.tiers)
    return "optimal" if before and gap is not None and gap <= PROVEN_GAP else "feasible"


def _hold(course: _Course, objective: Objective, value: Fraction, give: float = 1e-9) -> None:
    """Later stages may not fall below what this stage reached (less a hair, for float solvers)."""
    columns = np.array(list(objective.coefficients), dtype=np.int64)
    if not len(columns):
        return
    scale = _row_scale(objective, value)
    values = np.array([round(c * objective.sense * scale) for c in objective.coefficients.values()], dtype=np.int64)
    exact = all((c * scale).denominator == 1 for c in objective.coefficients.values())
    slack = max(abs(value) * Fraction(give), Fraction(1, 10**9)) * scale + (0 if exact else len(columns))
    course.rows.append((columns, values, int(value * scale - slack)))


def _row_scale(objective: Objective, value: Fraction) -> Fraction:
    """A scale for a whole-number row of an aim: exact where a common denominator fits, else as fine as fits."""
    common = lcm(*(c.denominator for c in objective.coefficients.values()))
    widest = max(abs(c) for c in objective.coefficients.values())
    largest = max(widest, abs(value), Fraction(1, 10**9))
    if common * largest < 2**58:
        return Fraction(common)
    return Fraction(2) ** min(floor(log2(2**40 / widest)), floor(log2(2**58 / largest)))


# ---- after the main aim


def _finish(course: _Course, objective: Objective, stage: _Stage) -> Solution:
    settled = stage.settled
    assert settled is not None and settled.verdict is not None
    begun = time.monotonic()
    second, settled, bound = _second_opinion(course, objective, stage, settled)
    course.spend("second", begun)
    status = _status(course, settled, bound)
    if status == "optimal" and second is not None and second.agrees is False:
        status = "feasible"
    if status == "feasible" and stage.answer.outcome == "optimal" and course.options.gap == 0:
        settled, bound = _prove_whole(course, objective, settled, bound)
        status = _status(course, settled, bound)
    ties = "未比较（主目标未证明最优）"
    if status == "optimal":
        settled, ties = _break_ties(course, objective, settled)
    assert settled.verdict is not None and settled.plan is not None
    begun = time.monotonic()
    reasons = tuple(explain(course.model, settled.plan))
    course.spend("explain", begun)
    tier = Tier(objective.title, objective.unit, status, settled.verdict.value, _bound(bound))
    return Solution(
        status,
        settled.plan,
        settled.verdict,
        _bound(bound),
        (*course.tiers, tier),
        stage.answer.version,
        second,
        ties=ties,
        reasons=reasons,
        cancelled=course.cancelled,
        seconds=course.seconds,
    )


def _second_opinion(
    course: _Course, objective: Objective, stage: _Stage, settled: Settled
) -> tuple[SecondOpinion | None, Settled, float | None]:
    """Compare; where the first solver did not finish, take the better plan and bound of both."""
    if stage.second is None:
        return None, settled, stage.bound
    theirs, answer = None, _await_second(course, stage.answer, stage.second)
    if answer.point is not None and course.left() > 0:
        model, task = course.model, _task(course, objective)
        theirs = settle(course.case, model.space, model.program, task, answer.point, course.until)
    return compare(course.options.second, answer, stage.bound, settled, theirs)


def _prove_whole(
    course: _Course, objective: Objective, settled: Settled, bound: float | None
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


def _break_ties(course: _Course, objective: Objective, settled: Settled) -> tuple[Settled, str]:
    """Among plans of equal aim: most non-debt money, earliest start, lowest 项目编号."""
    assert settled.verdict is not None
    _hold(course, objective, settled.verdict.value)
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
        _hold(course, stage_objective, best * tie.sense)
    return settled, _tie_words(done)


def _as_good(found: Settled, settled: Settled) -> bool:
    assert found.verdict is not None and settled.verdict is not None
    return found.verdict.value >= settled.verdict.value * (
        1 - Fraction(1, 10**9) * (1 if settled.verdict.value > 0 else -1)
    )


def _solve_tie(course: _Course, objective: Objective, settled: Settled) -> tuple[Settled, bool] | None:
    assert settled.plan is not None
    task = _task(course, objective)
    start = np.zeros(task.width, np.int64)
    known = point_of(course.model.space, settled.plan)
    start[: len(known)] = known
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
