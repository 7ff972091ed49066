"""Where a task stands: its best plan and bound, told as they get better, and whether it is time to end."""

from __future__ import annotations

import time

import numpy as np

from models.program import Floats
from optimizer.backends import Report
from optimizer.decomposition.recourse import Recourse
from optimizer.task import Limits, Progress, Task

LAST_GAP = 1e-7


class Standing:
    """``best`` and ``bound`` are in solver units; ``unit`` turns them into those of the aim. Time runs from here."""

    def __init__(self, task: Task, limits: Limits, report: Report) -> None:
        self.begun = time.monotonic()
        self.until = self.begun + limits.seconds
        self.task, self.limits, self.report, self.unit = task, limits, report, 1.0
        self.best: Recourse | None = None
        self.bound = np.inf
        self.stopped = False

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.until - time.monotonic()

    def ask(self) -> bool:
        """Whether to stop now."""
        if not self.stopped:
            self.stopped = self.left <= 0 or self.tell()
        return self.stopped

    def tell(self, point: Floats | None = None) -> bool:
        """Report plan and bound, and the point of a new plan; whether to stop."""
        value = self.best.value * self.unit if self.best else None
        bound = self.bound * self.unit if np.isfinite(self.bound) else None
        return self.report(Progress(value, bound, point))

    def hear_bound(self, bound: float) -> None:
        """Keep the lowest bound."""
        self.bound = min(self.bound, bound)

    def hear_plan(self, found: Recourse) -> bool:
        """Keep the best plan; whether it is better than what was known."""
        if self.best is not None and found.value <= self.best.value:
            return False
        self.best = found
        self.stopped = self.tell(found.point * self.task.per) or self.stopped
        return True

    @property
    def gap(self) -> float:
        """Relative gap of the best plan."""
        if self.best is None or not np.isfinite(self.bound):
            return np.inf
        return max(0.0, self.bound - self.best.value) / max(abs(self.best.value), 1e-12)

    @property
    def value(self) -> float:
        """The value of the best plan, −∞ without one."""
        return -np.inf if self.best is None else self.best.value

    @property
    def done(self) -> bool:
        """Whether the plan is good enough, or the time is over."""
        return self.gap <= max(self.limits.gap, LAST_GAP) or self.ask()

    def gap_of(self, money: Recourse) -> float:
        """Relative gap of money of a choice, no less than what is asked for."""
        return max(self.limits.gap, (self.bound - money.value) / max(abs(money.value), 1e-12))
