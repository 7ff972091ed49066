"""A plan made better beside the search: its money whole with care, then county by county.

In a large case the money of the best choice leaves a few dozen 0/1 columns between their ends; taking the larger
share of each at once costs up to a tenth of a per cent of the aim. A mixed-integer program over these few columns and
all the money costs a half of that. Then each county is decided anew with all its money, a hundred projects of
thousands, all else as it stands (a neighbourhood of fixed variables; Danna, Rothberg and Le Pape 2005). Both take as
long as several steps of the search, so they run on the second processor meanwhile.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from models.program import Floats
from optimizer.decomposition.mend import mended
from optimizer.decomposition.money import Money
from optimizer.decomposition.recourse import Recourse
from optimizer.decomposition.standing import Standing

MONEY_SECONDS, SECONDS, GAP, LOOK = 25.0, 3.0, 1e-4, 0.1
"""The most that the money and one county may take, how well counties are decided, how often news are looked for."""
AGAIN = 0.25
"""Another plan is taken on when it is better than the one begun with by so much of what was gained since."""


@dataclass(slots=True)
class _Work:
    """A plan under way: as it was, as it is now, the choice and money it comes from as long as these are not whole
    with care, and the counties still to do, the next one last."""

    begun: float
    plan: Recourse
    money: tuple[Floats, Recourse] | None
    left: list[int]


class Polish:
    """Works on the most promising plan offered. The thread that searches offers plans, hears better ones, ends it."""

    def __init__(self, money: Money, standing: Standing) -> None:
        self.money, self.standing = money, standing
        self.part, self.parts = money.oracle.part, money.parts
        self.lock = threading.Lock()
        self.work: _Work | None = None
        self.better: Recourse | None = None
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None

    def offer(self, weight: Floats, found: Recourse, plan: Recourse) -> None:
        """The choice of a plan as weights of states, its money, and the plan with 0/1 columns whole."""
        order = np.unique(self.parts.of_project[self.parts.of_project >= 0])
        front = np.isin(order, self.parts.of_project[self.money.in_part(found)])
        with self.lock:
            now = self.work
            if now is not None and plan.value <= now.begun + AGAIN * (now.plan.value - now.begun):
                return
            self.work = _Work(plan.value, plan, (weight, found), [*order[~front].tolist(), *order[front].tolist()])
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
            found = self._whole(*work.money) if work.money else self._decided(work.plan, work.left[-1])
            with self.lock:
                if work.money:
                    work.money = None
                else:
                    work.left.pop()
                if found is not None and found.value > work.plan.value:
                    work.plan = found
                    if self.better is None or found.value > self.better.value:
                        self.better = found

    def _whole(self, weight: Floats, found: Recourse) -> Recourse | None:
        """The money of a choice with 0/1 columns whole, with care."""
        plan = self.money.carefully(weight, found, min(MONEY_SECONDS, self.standing.left), self.ended.is_set)
        return None if plan is None or plan.overrun > 0 else plan

    def _decided(self, plan: Recourse, county: int) -> Recourse | None:
        """The plan with one county decided anew."""
        mine, seconds = self.parts.of_project == county, min(SECONDS, max(0.1, self.standing.left))
        point = mended(self.part, plan.point, mine, seconds, GAP, start=True, ended=self.ended.is_set)
        return None if point is None else replace(plan, value=float(self.part.numbers.objective @ point), point=point)


def _waits(work: _Work | None) -> bool:
    """Whether something of it is still to do."""
    return work is not None and bool(work.money or work.left)
