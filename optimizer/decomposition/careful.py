"""Money made whole with care, beside the search: in a large task what rounding gives away is worth another program.

The linear program of the money leaves a few dozen 0/1 columns between their ends. Taking the larger share at once
costs up to a tenth of a per cent of the aim; a mixed-integer program over these few columns costs a third of that but
takes as long as several steps of the search, so it runs on the second processor meanwhile.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from models.program import Floats
from optimizer.decomposition.money import Money
from optimizer.decomposition.recourse import Recourse
from optimizer.decomposition.standing import Standing

SECONDS, LOOK = 30.0, 0.1
"""The most that one program may take; how often the end of it is looked for."""


class Careful:
    """One program at a time; the best money that came meanwhile is next. Plans are told from the caller's thread."""

    def __init__(self, money: Money, standing: Standing) -> None:
        self.money, self.standing = money, standing
        self.beside = ThreadPoolExecutor(1)
        self.ended = threading.Event()
        self.under_way: Future[Recourse | None] | None = None
        self.next: tuple[Floats, Recourse] | None = None

    def offer(self, weight: Floats, found: Recourse, whole: Recourse | None) -> None:
        """Money of a choice, and what simple rounding made of it: made whole with care if that may give the best plan."""
        hopeful = found.value > max(self.standing.value, -1.0 if whole is None else whole.value)
        if hopeful and (self.next is None or found.value > self.next[1].value):
            self.next = weight, found
        self.hear()

    def hear(self) -> None:
        """Tell a plan that is ready, and begin with the next."""
        if self.under_way is not None and self.under_way.done():
            plan, self.under_way = self.under_way.result(), None
            if plan is not None and plan.overrun == 0:
                self.standing.hear_plan(plan)
        if self.under_way is None and self.next is not None:
            (weight, found), self.next = self.next, None
            if found.value > self.standing.value:
                seconds = min(SECONDS, self.standing.left)
                self.under_way = self.beside.submit(self.money.carefully, weight, found, seconds, self.ended.is_set)

    def wait(self) -> None:
        """Wait for what is under way or next, as long as the time and the wish for better plans last."""
        while self.under_way is not None and not self.standing.done:
            time.sleep(LOOK)
            self.hear()

    def end(self) -> None:
        """Break off what is under way; a plan that it has by then is told."""
        self.ended.set()
        self.next = None
        self.beside.shutdown(wait=True)
        self.hear()
