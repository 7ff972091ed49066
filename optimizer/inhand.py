"""A checked plan in hand: streamed plans are made whole while the search for better ones goes on.

Whoever waits sees them. Settlement of a large plan takes seconds to a quarter of a minute and may fail; at the end of
the limit nothing would be left to try again. What was settled before is shown then.
"""

from __future__ import annotations

import threading
import time

from models.program import Objective
from optimizer.course import Course, on_the_way, worth
from optimizer.settle import Settled, settle
from optimizer.task import Task
from optimizer.winnow import NONE, winnow
from optimizer.workers import Run, best_of

PATIENCE, LONGEST_PATIENCE = 0.1, 1.5
"""The part of the time, and the most seconds, after which the first plan is settled: what ends sooner needs none in hand."""
POOR = 0.01
"""The part of a plan's worth that making its steps whole may cost before the search goes over to whole steps."""
BETTER = 3e-3
"""By how much of its value a plan must be better than the one in hand to be settled too."""


class InHand:
    """Settles one streamed plan after the other beside a run; ``best`` is the best that is whole and checked.

    ``poor``: parts of coarse steps, of which the plans of the run are made, lose too much of their worth made whole;
    ``dead``: ways found to have no whole amounts at all.
    """

    def __init__(self, course: Course, objective: Objective, task: Task) -> None:
        self.relaxed = bool((task.integer != course.model.program.integer).any())
        self.poor, self.dead = False, NONE
        self.course, self.objective, self.task = course, objective, task
        self.best: Settled | None = None
        self.value = -float("inf")
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None
        self.from_then = time.monotonic() + min(PATIENCE * course.left(), LONGEST_PATIENCE)

    def offer(self, runs: list[Run]) -> None:
        """Settle the best plan of runs side by side so far where that is worth it; returns at once."""
        value = best_of(runs)[0]
        if time.monotonic() < self.from_then or value is None:
            return
        run = next(run for run in runs if run.best.value == value)
        busy = self.thread is not None and self.thread.is_alive()
        if busy or not run.points or value <= self.value + BETTER * abs(value):
            return
        self.value = value
        self.thread = threading.Thread(target=self._settle, args=(runs, run), daemon=True)
        self.thread.start()

    def _settle(self, runs: list[Run], run: Run) -> None:
        course, model, begun, point = self.course, self.course.model, time.monotonic(), run.points[-1]
        found = settle(course.case, model.space, model.program, self.task, point, course.until, self.ended.is_set)
        if found.plan is None and not self.ended.is_set():
            winnowed = winnow(
                course.case, model.space, model.program, self.task, point, course.until, self.ended.is_set
            )
            found, self.dead = winnowed.settled, winnowed.dead
        if self.relaxed and not self.ended.is_set():
            reached = -float("inf") if found.verdict is None else float(worth(course, self.objective, found.verdict))
            self.poor = self.value - reached > POOR * max(abs(self.value), abs(reached))
        if found.plan is not None and self._better(found):
            self.best = found
            course.settled_in = time.monotonic() - begun
            program = model.program
            if len(course.tiers) == program.main and not self.ended.is_set():  # all steps before the main aim are done
                course.watch.plan(
                    on_the_way(course, self.objective, found, course.told(best_of(runs)[1]), run.worker.backend)
                )

    def _better(self, found: Settled) -> bool:
        """Whether a plan is worth more than the one in hand: of a choice that was not whole only a part is left."""
        if self.best is None or self.best.verdict is None or found.verdict is None:
            return True
        mine, new = (worth(self.course, self.objective, s.verdict) for s in (self.best, found) if s.verdict)
        return new > mine

    def end(self, wait: bool) -> Settled | None:
        """Break off what is under way; the plan in hand. Without ``wait`` its thread ends by itself."""
        self.ended.set()
        if self.thread is not None and wait:
            self.thread.join()
        return self.best
