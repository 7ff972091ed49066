"""Solves that run beside the page: queued fairly, watched by id, stopped or cancelled for real.

Where there is a last plan, a checked plan near it comes first, outside the queue; the solve that proves it
waits for a free place.
"""

from __future__ import annotations

import math
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from inputs.case.changes import Target
from inputs.case.read import Reading
from models.allocation import Allocation
from models.issue import CaseError
from optimizer.change.swift import warm_up
from optimizer.course import Watch
from optimizer.options import Options
from optimizer.solution import Solution
from workbench.verbs import Outcome, early_plan, plan_case, swift_plan

KEEP_JOBS = 50
MOST_POINTS = 2000
CHECK_SECONDS = 0.2
SWITCH_SECONDS = 0.0005
"""Pages wait at most this long for a solve that builds its model in the same process."""

Heard = tuple[float, float | None, float | None]


@dataclass(slots=True, eq=False)
class Job:
    """One queued, running or ended solve of a case with certain changes; ``value`` and ``bound`` are the solver's.

    ``first`` is the best checked plan that came before the end, ``heard`` the seconds, value and bound over
    time. ``outcome`` stays None until the end.
    """

    case: str
    changes: Mapping[Target, str]
    limit: float
    began: float | None = None
    ended: float | None = None
    stage: str = "准备模型"
    value: float | None = None
    bound: float | None = None
    heard: list[Heard] = field(default_factory=list)
    first: Outcome | None = None
    outcome: Outcome | None = None
    failure: str = ""
    unkept: str = ""
    """Why the plan could not be written to the store, by the name of the error; empty where it was."""
    wish: Literal["stop", "cancel"] | None = None
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether the solve is queued or goes on."""
        return self.outcome is None and not self.failure

    @property
    def queued(self) -> bool:
        """Whether it waits for a free place."""
        return self.running and self.began is None

    @property
    def elapsed(self) -> float:
        """Seconds since the solve began (0 while it waits)."""
        return 0.0 if self.began is None else (self.ended or time.monotonic()) - self.began

    @property
    def best(self) -> Outcome | None:
        """The best checked plan there is to show."""
        if self.outcome is not None and self.outcome.solution.plan is not None:
            return self.outcome
        return self.first

    @property
    def best_value(self) -> float | None:
        """The solver's best value of the stage under way, or that of the plan shown where it is better for that aim."""
        shown = self.first.solution if self.first is not None else None
        if shown is None or shown.value is None or not shown.tiers or shown.tiers[-1].title != self.stage:
            return self.value
        return float(shown.value) if self.value is None else max(self.value, float(shown.value))

    def hear(self, stage: str, value: float | None, bound: float | None) -> None:
        """Take in progress."""
        if self.heard and self.stage != stage:
            self.heard.clear()
        self.stage, self.value, self.bound = stage, value, bound
        if (value is not None or bound is not None) and (not self.heard or self.heard[-1][1:] != (value, bound)):
            self.heard.append((self.elapsed, value, bound))
            del self.heard[:-MOST_POINTS]


class Jobs:
    """All solves of this process; at most ``places`` at once, the rest waits in order."""

    def __init__(self, places: int) -> None:
        self.places = places
        self._jobs: list[Job] = []
        self._line: list[Job] = []
        self._busy: list[Job] = []
        self._free = threading.Condition()
        self._swift = threading.Semaphore(places)

    def start(
        self,
        reading: Reading,
        options: Options,
        case: str = "",
        changes: Mapping[Target, str] | None = None,
        last: Allocation | None = None,
        done: Callable[[Outcome], None] = lambda outcome: None,
    ) -> Job:
        """Queue a solve; ``done`` hears of every plan and of the end, also when nobody watches the page.

        The solver itself runs in worker processes.
        """
        job = Job(case, dict(changes or {}), options.time_limit)
        sys.setswitchinterval(SWITCH_SECONDS)
        job.thread = threading.Thread(target=self._run, args=(job, reading, options, last, done), daemon=True)
        with self._free:
            self._jobs.append(job)
            self._line.append(job)
            self._forget()
        job.thread.start()
        return job

    def latest(self, case: str) -> Job | None:
        """The last solve of a case, whichever window asked for it."""
        with self._free:
            return next((job for job in reversed(self._jobs) if job.case == case), None)

    def place(self, job: Job) -> tuple[int, float]:
        """How many solves come before a queued one, and the seconds until its turn at the latest."""
        with self._free:
            if job not in self._line:
                return 0, 0.0
            ahead = self._line[: self._line.index(job)]
            left = sorted(max(0.0, b.limit - b.elapsed) for b in self._busy)
            slots = left + [0.0] * (self.places - len(left))
            for each in ahead:
                slots.sort()
                slots[0] += each.limit
            return len(ahead), min(slots)

    def _forget(self) -> None:
        """Drop the oldest ended solves."""
        for job in [job for job in self._jobs if not job.running][: max(0, len(self._jobs) - KEEP_JOBS)]:
            self._jobs.remove(job)

    def _run(
        self, job: Job, reading: Reading, options: Options, last: Allocation | None, done: Callable[[Outcome], None]
    ) -> None:
        try:
            start = None if last is None else self._first(job, reading, options, last, done)
            self._await_turn(job)
            job.began = time.monotonic()
            warm_up()  # for the change that comes next
            watch = Watch(
                job.hear, lambda: job.wish, lambda found: _came(job, early_plan(reading, options, found), done)
            )
            outcome = plan_case(reading, options, watch, last=last, start=start)
            if job.wish == "cancel":  # at the very end: what was asked for meanwhile stays in sight
                outcome = replace(outcome, solution=Solution("unknown", cancelled=True))
            else:
                _keep(job, outcome, done)
            job.outcome = outcome
        except CaseError as error:
            job.failure = "；".join(f"{i.message}。{i.remedy}。" for i in error.issues)
        except Exception as error:  # the page shows a sentence, the log has the rest
            job.failure = f"求解没有完成（{type(error).__name__}）"
            raise
        finally:
            job.ended = time.monotonic()
            with self._free:
                for jobs in (self._line, self._busy):
                    if job in jobs:
                        jobs.remove(job)
                self._free.notify_all()

    def _first(
        self, job: Job, reading: Reading, options: Options, last: Allocation, done: Callable[[Outcome], None]
    ) -> Allocation | None:
        """The plan that comes before the proof, to start the proof from; None where there is none."""
        with self._swift:
            if job.wish is not None:
                return None
            found = swift_plan(reading, options, last)
        if found is None or found.solution.plan is None or job.wish is not None:
            return None
        _came(job, found, done)
        return found.solution.plan

    def _await_turn(self, job: Job) -> None:
        """Wait for the head of the line and a free place; a wish to end takes effect at once in the solve."""
        with self._free:
            while job.wish is None and (self._line[0] is not job or len(self._busy) >= self.places):
                self._free.wait(CHECK_SECONDS)
            self._line.remove(job)
            self._busy.append(job)


def _came(job: Job, found: Outcome, done: Callable[[Outcome], None]) -> None:
    """A checked plan before the end: kept where it is better than the one before, or as good and closer proven."""
    before = () if job.first is None else order_of(job.first.solution)
    if job.wish != "cancel" and found.solution.value is not None and order_of(found.solution) > before:
        _keep(job, found, done)
        job.first = found


def _keep(job: Job, found: Outcome, done: Callable[[Outcome], None]) -> None:
    """Have a plan kept; where the disk is full or the store locked it is shown all the same, and that it was not kept."""
    try:
        done(found)
        job.unkept = ""
    except (sqlite3.Error, OSError) as error:
        job.unkept = type(error).__name__


def order_of(solution: Solution) -> tuple[float | Fraction, ...]:
    """Plans in order: by value, then by how close they are proven."""
    gap = solution.gap
    return (solution.value or Fraction(0), -math.inf if gap is None else -gap)


JOBS = Jobs(max(1, os.cpu_count() or 1))
