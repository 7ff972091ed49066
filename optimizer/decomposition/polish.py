"""A plan made better beside the search: projects at the margin anew together, then county by county.

In a large case a step of the search takes seconds, and the money of the best choice, with few dozen 0/1 columns made
whole, is worth up to a tenth of a per cent less. On the second processor the best plan's projects at the margin are
decided anew meanwhile, round after round (``margin``); when that finds no more, each county with all its money, a
hundred projects of thousands, all else as it stands (a neighbourhood of fixed variables; Danna, Rothberg and Le Pape
2005).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from models.program import Bools, Floats
from optimizer.decomposition.margin import Margin, Plan, settled, systems_at
from optimizer.decomposition.mend import mended, ways_at
from optimizer.decomposition.money import Money
from optimizer.decomposition.recourse import Recourse
from optimizer.decomposition.standing import Standing

MARGIN_SECONDS, SECONDS, GAP, LOOK = 12.0, 3.0, 1e-4, 0.1
"""The most that a round at the margin and one county may take, how well each is decided, how often news are looked for."""
WIDE, WIDER, NARROWER, MOST_FAILED = 0.1, 1.5, 0.6, 4
PART = 0.4
"""Systems at the margin at first, as a part of the projects; by how much more when all of them were searched, less when
nothing was found; how many rounds in a row may find nothing; and the part of the counties that a round looks at which
follows one in vain."""
AGAIN = 0.5
"""Another plan is taken on when it is better than the one begun with by so much of what was gained since."""


@dataclass(slots=True)
class _Work:
    """A plan under way: as it was, as it is now, what systems lose at the prices it comes from, how many of them are
    looked at together and how often in vain, its money once it is at its best, and the counties still to do after
    that, the next one last."""

    begun: float
    plan: Recourse
    regret: Floats
    wide: int
    money: Plan | None = None
    left: list[int] = field(default_factory=list)
    failed: int = 0

    @property
    def at_margin(self) -> bool:
        """Whether rounds at the margin still find something."""
        return self.failed < MOST_FAILED


class Polish:
    """Works on the most promising plan offered. The thread that searches offers plans, hears better ones, ends it."""

    def __init__(self, money: Money, standing: Standing) -> None:
        self.money, self.standing = money, standing
        self.part, self.parts = money.oracle.part, money.parts
        self.lock, self.dice = threading.Lock(), np.random.default_rng(1)
        self.work: _Work | None = None
        self.better: Recourse | None = None
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None

    def offer(self, plan: Recourse, regret: Callable[[], Floats]) -> None:
        """A plan, and what every system loses at the prices that it comes from, shape (systems,)."""
        with self.lock:
            now = self.work
            if now is not None and plan.value <= now.begun + AGAIN * (now.plan.value - now.begun):
                return
            counties = np.unique(self.parts.of_project[self.parts.of_project >= 0]).tolist()
            wide = max(1, int(WIDE * len(self.parts.of_project)))
            self.work = _Work(plan.value, plan, regret(), wide, left=counties)
        if self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()

    def hear(self) -> None:
        """Tell a better plan that has come; called by the thread that searches."""
        with self.lock:
            found, self.better = self.better, None
        if found is not None:
            self.standing.hear_plan(found)

    def wait(self) -> None:
        """Wait for what is still to do, as long as the time and the wish for better plans last."""
        while self.thread is not None and self.thread.is_alive() and _waits(self.work) and not self.standing.done:
            time.sleep(LOOK)
            self.hear()

    def end(self) -> None:
        """Break off what is under way; a plan that is there by then is told."""
        self.ended.set()
        if self.thread is not None:
            self.thread.join()
        self.hear()

    def _run(self) -> None:
        while not self.ended.is_set():
            with self.lock:
                work = self.work
            if work is None or not _waits(work):
                time.sleep(LOOK)
                continue
            found = self._round(work) if work.at_margin else self._decided(work.plan, work.left[-1])
            with self.lock:
                if not work.at_margin:
                    work.left.pop()
                if found is not None and found.value > work.plan.value:
                    work.plan = found
                    if self.better is None or found.value > self.better.value:
                        self.better = found

    def _round(self, work: _Work) -> Recourse | None:
        """The plan with projects at the margin decided anew; the next round is as wide as this one was well done."""
        oracle = self.money.oracle
        plan = work.money or settled(oracle, work.plan.point, self._seconds(MARGIN_SECONDS))
        if plan is None or self.ended.is_set():
            work.failed = MOST_FAILED
            return None
        now = systems_at(oracle, ways_at(self.part, plan.point), plan.point)
        regret = work.regret if not work.failed else np.where(self._some_counties(), work.regret, np.inf)
        point, complete = Margin(oracle, plan, now, regret, work.wide).better(
            self._seconds(MARGIN_SECONDS), GAP, self.ended.is_set
        )
        work.failed = 0 if point is not None else work.failed + 1
        work.wide = max(1, int(work.wide * (WIDER if complete else NARROWER if point is None else 1.0)))
        work.money = plan if point is None else settled(oracle, point, self._seconds(MARGIN_SECONDS))
        if work.money is not None:
            point = work.money.point
        return None if point is None else self._with(work.plan, point)

    def _some_counties(self) -> Bools:
        """Systems of a random part of the counties, shape (systems,)."""
        states = self.money.oracle.states
        county = self.parts.of_project[states.project[self.money.oracle.systems.state]]
        drawn: Bools = self.dice.random(self.parts.count) < PART
        return drawn[county]

    def _decided(self, plan: Recourse, county: int) -> Recourse | None:
        """The plan with one county decided anew."""
        mine = self.parts.of_project == county
        point = mended(self.part, plan.point, mine, self._seconds(SECONDS), GAP, start=True, ended=self.ended.is_set)
        return None if point is None else self._with(plan, point)

    def _seconds(self, most: float) -> float:
        """Seconds for the next step."""
        return min(most, max(0.1, self.standing.left))

    def _with(self, plan: Recourse, point: Floats) -> Recourse:
        return replace(plan, value=float(self.part.numbers.objective @ point), point=point)


def _waits(work: _Work | None) -> bool:
    """Whether something of it is still to do."""
    return work is not None and (work.at_margin or bool(work.left))
