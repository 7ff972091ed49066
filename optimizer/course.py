"""The course of one solve: its clock, the stages gone through, and what each is worth, exactly."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor, lcm, log2
from typing import Literal

import numpy as np

from models.allocation import Allocation
from models.build import Model
from models.case import Case
from models.program import Ints, Objective
from models.verify import Verdict, rank_value
from optimizer.options import Options
from optimizer.settle import Settled
from optimizer.solution import EARLY, PROVEN_GAP, Solution, Status, Tier, relative_gap
from optimizer.task import Answer
from optimizer.workers import Run

FEW_WAYS = 600
"""Ways of doing projects from which on the task is taken apart by prices."""
RESERVE_SECONDS, RESERVE_SHARE, RESERVE_LEAST, RESERVED_PER_SECOND, SETTLE_SECONDS = 6.0, 0.2, 1.0, 15_000, 3.0
"""Seconds kept for settlement: at most, as a part of what is left, at least, and the columns that one more settles."""
WIDEST_HELD = 2**58
"""What the coefficients of a held row stay below, in the solvers' units of its columns too, and its limit."""
STEADY_SECONDS, STEADY_WIDEST = 5.0, 12_000
"""Seconds for bringing the money near the plan before, and columns of the program up to which it is tried."""
COLUMNS_PER_SECOND, EXPLAINED_PER_SECOND, COLUMNS_A_WAY, LARGE_SHARE = 12_000, 25_000, 5, 0.35
"""What settlement, checking and reasons of a large plan, and the reasons alone, get through in a second; the most of
the time they may take."""


@dataclass(slots=True)
class Watch:
    """The caller's view of a running solve: hears progress and checked plans on the way, may ask to stop or to cancel.

    ``ask`` returns "stop" (end with the best plan so far), "cancel" (end without) or None. ``plan`` is called from
    another thread, without reasons for what is left out.
    """

    report: Callable[[str, float | None, float | None], None] = lambda stage, value, bound: None
    ask: Callable[[], Literal["stop", "cancel"] | None] = lambda: None
    plan: Callable[[Solution], None] = lambda solution: None


@dataclass(slots=True)
class Course:
    """State of one solve as it passes through its stages."""

    case: Case
    model: Model
    options: Options
    watch: Watch
    until: float
    seconds: dict[str, float] = field(default_factory=dict)
    rows: list[tuple[Ints, Ints, int]] = field(default_factory=list)
    cuts: list[Ints] = field(default_factory=list)
    dead: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Ways that the rows leave no room for, or that no whole amounts make possible, found on the way."""
    whole_steps: bool = False
    """Whether the search has gone over to whole steps of funds, for in parts they do not lead to plans."""
    cuts_proven: bool = True
    """Whether every choice cut off so far was shown to have no whole plan."""
    tiers: list[Tier] = field(default_factory=list)
    cancelled: bool = False
    end: float | None = None
    known: Settled | None = None
    last: Allocation | None = None
    settled_in: float | None = None
    """Seconds in which an earlier plan was settled."""

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
        """Seconds kept for settlement and checking, and for money that stays where it was."""
        needed = min(RESERVE_SECONDS, RESERVE_LEAST + self.model.program.width / RESERVED_PER_SECOND)
        return min(needed + self.steady_seconds(), RESERVE_SHARE * max(0.0, self.left()))

    def steady_seconds(self) -> float:
        """Seconds for bringing the money near the plan before; none where there is no such plan or the case is large."""
        return STEADY_SECONDS if self.last is not None and self.model.program.width <= STEADY_WIDEST else 0.0

    def must_settle(self) -> bool:
        """Whether a plan that is known needs the rest of the time to be made whole, checked and explained."""
        program = self.model.program
        if self.settled_in is None:
            needed = program.width / COLUMNS_PER_SECOND
        else:
            needed = max(self.settled_in, 1.0) + (program.width + COLUMNS_A_WAY * program.ways) / EXPLAINED_PER_SECOND
        return self.left() <= min(needed, LARGE_SHARE * self.options.time_limit)

    def told(self, bound: float | None) -> float | None:
        """A bound of the search under way as one of the whole case; none where choices were cut off that may have plans."""
        return bound if self.cuts_proven else None

    def of_all_choices(self, answer: Answer) -> Answer:
        """What an answer says of the whole case: no bound, no proof, where choices were cut off that may have plans."""
        if self.cuts_proven:
            return answer
        outcome = answer.outcome if answer.outcome in ("feasible", "unknown") else "unknown"
        return replace(answer, outcome="feasible" if answer.point is not None else outcome, bound=None)

    def spend(self, what: str, since: float) -> None:
        """Note the seconds since a moment under a name."""
        self.seconds[what] = self.seconds.get(what, 0.0) + time.monotonic() - since


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage ended with; a plan is "feasible" here, its proof is judged from the bound."""

    status: Status
    settled: Settled | None
    bound: float | None
    answer: Answer
    second: Run | None


def tier_of(course: Course, objective: Objective, stage: Stage, best: Stage | None) -> Tier:
    """What a step reached, told in its own sense: a violation or deviation as a positive number."""
    verdict = stage.settled.verdict if stage.settled else None
    assert verdict is not None
    value = worth(course, objective, verdict) * objective.sense
    told = true_bound(value * objective.sense, stage.bound)
    bound = None if told is None else Fraction(told) * objective.sense
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
        exact_bound(best.bound) if best else None,
        of_aim=not objective.rank,
    )


def measured(course: Course, verdict: Verdict) -> tuple[Tier, ...]:
    """The steps before the main aim by a plan that came of them.

    A later stage may have found one better kept, or a hair worse; where there is a tolerance, it may have given some of
    it back.
    """
    stages = course.model.program.stages
    return tuple(_by(course, o, t, verdict) for o, t in zip(stages, course.tiers, strict=False))


def _by(course: Course, objective: Objective, tier: Tier, verdict: Verdict) -> Tier:
    value, told = worth(course, objective, verdict), tier.value * objective.sense
    if value < told and tolerance_of(course, objective):
        return replace(tier, kept=value * objective.sense)
    if value != told:
        bound = exact_bound(true_bound(value, None if tier.bound is None else float(tier.bound * objective.sense)))
        gap = relative_gap(value, bound)
        status: Status = "optimal" if gap is not None and gap <= PROVEN_GAP else "feasible"
        return replace(tier, status=status, value=value * objective.sense, bound=None if bound is None else tier.bound)
    return tier


def tolerance_of(course: Course, objective: Objective) -> Fraction:
    """How much of what a step reached later stages may give up; soft rules of a rank have none."""
    return Fraction(0) if objective.rank else course.case.tiers.tolerance


def step_of(course: Course, objective: Objective) -> int:
    """Position of a step among the steps of the aim."""
    of_aim = [o for o in course.model.program.stages[: course.model.program.main] if not o.rank]
    return next(k for k, o in enumerate(of_aim) if o is objective)


def worth(course: Course, objective: Objective, verdict: Verdict) -> Fraction:
    """Exact value of a stage, larger is better."""
    if objective.rank:
        return -rank_value(course.case, verdict, objective.rank)
    if objective is course.model.program.stages[course.model.program.main]:
        return verdict.value
    return verdict.steps[step_of(course, objective)] * objective.sense


def status_of(course: Course, settled: Settled, bound: float | None) -> Status:
    """已证明最优 only when the main aim and every step before it are proven."""
    assert settled.verdict is not None
    gap = relative_gap(settled.verdict.value, exact_bound(bound))
    before = all(tier.status == "optimal" for tier in measured(course, settled.verdict))
    return "optimal" if before and gap is not None and gap <= PROVEN_GAP else "feasible"


def on_the_way(course: Course, objective: Objective, settled: Settled, bound: float | None, solver: str) -> Solution:
    """A checked plan that came before the search has ended."""
    assert settled.plan is not None and settled.verdict is not None
    bound = true_bound(settled.verdict.value, bound)
    status, exact = status_of(course, settled, bound), exact_bound(bound)
    tier = Tier(objective.title, objective.unit, status, settled.verdict.value, exact)
    return Solution(
        status, settled.plan, settled.verdict, exact, (*measured(course, settled.verdict), tier), solver, ties=EARLY,
        seconds=dict(course.seconds),
    )  # fmt: skip


def true_bound(value: Fraction, bound: float | None) -> float | None:
    """A solver's bound; none where a checked plan, of that value, lies above it by more than floats explain."""
    if bound is None:
        return None
    return None if value - Fraction(bound) > PROVEN_GAP * max(abs(value), Fraction(1, 10**6)) else bound


def exact_bound(bound: float | None) -> Fraction | None:
    """A solver's bound as a fraction."""
    return None if bound is None else Fraction(bound)


def hold(course: Course, objective: Objective, value: Fraction, give: float = 1e-9) -> None:
    """Later stages may not fall below what this stage reached (less a hair, for float solvers).

    Coefficients are rounded up and the limit down, so that no plan as good is cut off: columns are never negative.
    """
    columns = np.array(list(objective.coefficients), dtype=np.int64)
    if not len(columns):
        return
    scale = _row_scale(objective, value, course.model.program.per)
    values = np.array([ceil(c * objective.sense * scale) for c in objective.coefficients.values()], dtype=np.int64)
    slack = max(abs(value) * Fraction(give), Fraction(1, 10**9)) * scale
    course.rows.append((columns, values, ceil(value * scale - slack)))


def _row_scale(objective: Objective, value: Fraction, per: Ints) -> Fraction:
    """A scale for a whole-number row of an aim: exact where a common denominator fits, else as fine as fits. What has to
    fit are the coefficients, those times the units of their columns ``per`` (what solvers see), and the limit."""
    common = lcm(*(c.denominator for c in objective.coefficients.values()))
    widest = max(abs(c) for c in objective.coefficients.values())
    seen = max(abs(c) * int(per[j]) for j, c in objective.coefficients.items())
    largest = max(widest, seen, abs(value), Fraction(1, 10**9))
    if common * largest < WIDEST_HELD:
        return Fraction(common)
    return Fraction(2) ** min(floor(log2(2**45 / widest)), floor(log2(WIDEST_HELD / largest)))
