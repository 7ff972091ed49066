"""A checked plan at once after a small change, with a true gap: the last plan, or one found near it.

Beside the whole model, whose solver streams its bound, a dive looks for a plan near the last one. The best
plan that passes the exact checker is shown with the lowest bound known by then.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from models.allocation import Allocation
from models.build import Model, build
from models.case import Case
from models.lean import lean
from models.program import Floats
from models.translate import start_of
from models.verify import is_known, verify
from optimizer.backends import beyond_floats
from optimizer.barred import barred
from optimizer.change.reopen import Reopened
from optimizer.change.shed import shed
from optimizer.conflict.clash import culprits_of
from optimizer.conflict.sight import AT_SIGHT, seen_at_once
from optimizer.course import FEW_WAYS, exact_bound, true_bound
from optimizer.settle import Settled, settle
from optimizer.solution import EARLY, PROVEN_GAP, Solution, Status, Tier, relative_gap
from optimizer.task import Limits, Task, task_of
from optimizer.workers import POOL, Run, wait_for_news

ENOUGH = Fraction(1, 200)
"""With a gap of this or less the search ends at once."""
FAIR = Fraction(1, 100)
"""With a gap of this or less a large case does not wait longer for a better plan."""
SETTLE_SECONDS = 1.0
DRAIN_SECONDS = 10.0
"""How long a worker that was asked to stop may take before it is ended and what it remembers is lost."""
LARGE_EARLIER = 0.6
"""How much earlier a large case is content with what is known: its search goes on anyway."""
SETTLE_EARLIER = 0.2
"""How much earlier still where a plan has to be made whole first."""
PATIENCE = 2.5
"""How much longer to wait for a first plan where the last one does not hold."""


@dataclass(slots=True)
class _Swift:
    """One quick answer on its way: what is known so far."""

    case: Case
    model: Model
    task: Task
    until: float
    known: Settled
    bound: Fraction | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def hear(self, bound: float | None) -> None:
        """Take in a solver's bound."""
        if bound is not None:
            exact = exact_bound(bound)
            assert exact is not None
            self.bound = exact if self.bound is None else min(self.bound, exact)

    def offer(self, point: Floats) -> None:
        """Make a solver's point a plan and keep it if it is the best."""
        model = self.model
        until = max(self.until, time.monotonic() + SETTLE_SECONDS)
        found = settle(self.case, model.space, model.program, self.task, point, until)
        if found.verdict is not None and (self.known.verdict is None or found.verdict.value > self.known.verdict.value):
            self.known = found

    def close(self, within: Fraction = ENOUGH) -> bool:
        """Whether the plan known is good enough to stop."""
        gap = relative_gap(self.known.verdict.value if self.known.verdict else None, self.bound)
        return gap is not None and gap <= within


def warm_up() -> None:
    """Have the workers ready that a quick answer needs: whole model, dive, way by prices, those that make money whole."""
    for backend, count in (("highs", 2), ("dive", 1), ("cpsat", 1), ("decomposition", 1)):
        POOL.warm(backend, count)


def swift_answer(case: Case, last: Allocation, seconds: float = 1.5) -> Solution | None:
    """A plan with a true bound within about ``seconds``; None where the quick way finds none or does not apply.

    It does not apply when an aim or soft rules of a rank come before the weighted benefit. Reasons for
    what is left out are not worked out here.
    """
    begun = time.monotonic()
    if not is_known(case, last):
        return None
    last, model = lean(case, last), build(case)
    program = model.program
    if seen := seen_at_once(model):
        return Solution("infeasible", culprits=culprits_of(model, seen), partial=True, solver=AT_SIGHT)
    if program.main:
        return None
    task = task_of(program, program.stages[program.main])
    if beyond_floats(task):
        task = task.without(barred(task))
    task = replace(task, start=start_of(model.space, last, task.width))
    swift = _Swift(case, model, task, begun + seconds, Settled(None, None))
    swift.seconds["build"] = time.monotonic() - begun
    (_price_race if program.ways >= FEW_WAYS else _race)(swift, last)
    swift.seconds["solve"] = time.monotonic() - begun - swift.seconds["build"]
    return None if swift.known.plan is None else _solution(swift)


def _race(swift: _Swift, last: Allocation) -> None:
    """The whole model for the bound, the dive for a plan; until good enough or the time is over."""
    left = swift.until + PATIENCE - time.monotonic()
    whole = Run.start("highs", swift.task, Limits(left, float(ENOUGH)))
    near = replace(swift.task, integer=swift.task.integer & (swift.task.upper <= 1))
    dive = Run.start("dive", near, Limits(left))
    verdict = verify(swift.case, last)
    if verdict.passed:
        swift.known = Settled(last, verdict)
    latest = swift.until if verdict.passed else swift.until + PATIENCE
    while not swift.close() and time.monotonic() < latest and dive.answer is None and whole.answer is None:
        wait_for_news([whole, dive], 0.05)
        swift.hear(whole.best.bound)
        swift.hear(dive.best.bound)
    for run in (whole, dive):
        if run.answer is None:
            run.ask_to_stop()
        elif run.answer.point is not None:
            swift.hear(run.answer.bound)
            if not swift.close():
                swift.offer(run.answer.point)
    threading.Thread(target=_drain, args=([whole, dive],), daemon=True).start()
    swift.hear(whole.best.bound)


def _price_race(swift: _Swift, last: Allocation) -> None:
    """A large task: the way by prices from the last plan and the last prices; a last plan that does not hold is mended
    beside it."""
    soon = swift.until - LARGE_EARLIER
    run = Run.start("decomposition", swift.task, Limits(swift.until + PATIENCE - time.monotonic(), float(ENOUGH)))
    verdict, model = verify(swift.case, last), swift.model
    swift.known = Settled(last, verdict) if verdict.passed else shed(swift.case, model.space, swift.task)
    seconds = run.deadline - time.monotonic()
    near = Reopened(swift.case, swift.task, seconds) if swift.known.plan is None else None
    tried = 0
    while not swift.close() and (run.answer is None or near is not None):
        now, known = time.monotonic(), swift.known.plan is not None and swift.bound is not None
        if now > (soon if swift.close(FAIR) else swift.until if known else swift.until + PATIENCE):
            break
        if near is not None and now > soon - SETTLE_EARLIER:
            near.hurry(float(FAIR) if now < swift.until - SETTLE_EARLIER else np.inf)
        wait_for_news([run] if near is None or near.run is None else [run, near.run], 0.05)
        swift.hear(run.best.bound)
        if near is not None:
            point = near.point()
            if point is not None and _better(swift, float(swift.task.objective @ point)):
                swift.offer(point)
            near = None if near.over else near
        if len(run.points) > tried and (swift.known.plan is None or _better(swift, run.best.value)):
            tried = len(run.points)
            swift.offer(run.points[-1])
    if run.answer is not None and run.answer.point is not None and not swift.close():
        swift.offer(run.answer.point)
    runs = [run] if near is None or near.run is None else [run, near.run]
    for each in runs:
        if each.answer is None:
            each.ask_to_stop()
    threading.Thread(target=_drain, args=(runs,), daemon=True).start()
    swift.hear(run.best.bound)


def _better(swift: _Swift, value: float | None) -> bool:
    """Whether a plan of this value would be worth settling: clearly better than the one known."""
    verdict = swift.known.verdict
    return verdict is None or (value is not None and Fraction(value) > verdict.value + ENOUGH * abs(verdict.value) / 2)


def _drain(runs: list[Run]) -> None:
    """Wait for runs that were asked to stop, so that their workers stay warm for the next change."""
    for run in runs:
        run.deadline = time.monotonic() + DRAIN_SECONDS
    while any(run.answer is None for run in runs):
        wait_for_news(runs, 0.2)


def _solution(swift: _Swift) -> Solution:
    plan, verdict = swift.known.plan, swift.known.verdict
    assert plan is not None and verdict is not None
    main = swift.model.program.stages[swift.model.program.main]
    bound = exact_bound(true_bound(verdict.value, None if swift.bound is None else float(swift.bound)))
    gap = relative_gap(verdict.value, bound)
    status: Status = "optimal" if gap is not None and gap <= PROVEN_GAP else "feasible"
    return Solution(
        status,
        plan,
        verdict,
        bound,
        (Tier(main.title, main.unit, status, verdict.value, bound),),
        "HiGHS",
        ties=EARLY,
        seconds=swift.seconds,
    )
