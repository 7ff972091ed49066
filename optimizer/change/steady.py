"""Among plans of the same choices and the same worth: the one that leaves most money where the plan before had it.

Many mixes of funds and years pay for the same projects equally well. Without this, one changed quota moves the money
of nearly every project, and what the change really did is lost among it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from models.allocation import Allocation
from models.case import Case
from models.program import FREE, Floats, Ints, Program
from models.space import Space
from models.translate import money_keys, point_of
from optimizer.settle import STEPS_AROUND, Settled, fix_ways, loose_part, settle, ways_of
from optimizer.task import Limits, Task
from optimizer.workers import Run, wait_for_news

Place = tuple[str, str, int, str]
"""Project, fund, year and paying region of an amount."""
AS_BEFORE = "其余尽量与上次方案一致"
GAP, SOFT_WEIGHT = 1e-3, 1e3
"""When near enough is near enough; what a point of penalty weighs against 0.01 万元 that stays."""
FIRST_SHARE, SETTLE_SECONDS = 0.5, 0.3
"""Part of the time for the amounts in parts of a step, and the seconds that making them whole needs after it."""


@dataclass(frozen=True, slots=True)
class Steady:
    """What it works with: ``task`` holds the worth that must not fall."""

    case: Case
    space: Space
    program: Program
    task: Task
    ended: Callable[[], bool]

    def near(self, settled: Settled, last: Allocation, seconds: float, give: Fraction = Fraction(0)) -> Settled:
        """The plan with its money as in ``last`` where that can be; the plan itself where nothing is gained.

        Choices and what each project gets in all stay, so that its worth does; ``give`` is the part of it that soft
        rules may cost more.
        """
        until, plan = time.monotonic() + seconds, settled.plan
        assert plan is not None and settled.verdict is not None
        now = _money(plan)
        at = {key: int(col) for key, col in zip(money_keys(self.space), self.space.x, strict=True)}
        mine = {key: amount for key, amount in _money(last).items() if key[0] in plan.choice_of}
        kept = {key: amount for key, amount in mine.items() if self._place(key) in at}
        if sum(kept.values()) == _stays(kept, now):
            return settled
        cols = np.array([at[self._place(key)] for key in kept], np.int64)
        task = self._towards(point_of(self.space, plan), cols, np.array(list(kept.values()), np.int64))
        loose = replace(task, integer=task.integer & (task.upper <= 1))
        found = self._solved(loose, seconds * FIRST_SHARE)
        found = None if found is None else self._solved(_around(task, found), until - time.monotonic() - SETTLE_SECONDS)
        if found is None:
            return settled
        point = found[: self.program.width]
        whole = settle(self.case, self.space, self.program, self.task, point, until, self.ended)
        if whole.plan is None or whole.verdict is None:
            return settled
        better = _stays(kept, _money(whole.plan)) > _stays(kept, now)
        least = settled.verdict.value - give * abs(settled.verdict.value)
        return whole if better and whole.verdict.value >= least else settled

    def _towards(self, point: Ints, cols: Ints, amounts: Ints) -> Task:
        """The fixed choices and sums, with a column for what stays of each amount: at most the old and the new one."""
        space = self.space
        fixed = self._sums_held(fix_ways(self.task, self.program, ways_of(space, point.astype(np.float64))), point)
        most, fresh = amounts // space.unit[cols], np.arange(len(cols), dtype=np.int64) + fixed.width
        rows = np.arange(len(cols), dtype=np.int64) + fixed.height
        penalties = np.where(np.arange(fixed.width) >= space.width, fixed.objective, 0.0)
        return replace(
            fixed,
            lower=np.append(fixed.lower, np.zeros_like(most)),
            upper=np.append(fixed.upper, most),
            integer=np.append(self.program.integer, np.zeros(len(cols), np.bool_)),
            per=np.append(fixed.per, fixed.per[cols]),
            owner=np.append(fixed.owner, fixed.owner[cols]),
            row=np.concatenate([fixed.row, rows, rows]),
            col=np.concatenate([fixed.col, cols, fresh]),
            value=np.concatenate([fixed.value, np.ones_like(most), -np.ones_like(most)]),
            row_lower=np.append(fixed.row_lower, np.zeros_like(most)),
            row_upper=np.append(fixed.row_upper, np.full_like(most, FREE)),
            objective=np.append(SOFT_WEIGHT * penalties, space.unit[cols].astype(np.float64)),
            whole_objective=np.append(np.zeros(fixed.width, np.int64), space.unit[cols]),
            whole_scale=1.0,
        )

    def _sums_held(self, fixed: Task, point: Ints) -> Task:
        """Every project gets in all what it gets now; those that get nothing leave the problem."""
        space = self.space
        money = point[space.x] * space.unit[space.x]
        paid = np.bincount(space.x_project, money, len(self.case.projects)).astype(np.int64)
        upper = fixed.upper.copy()
        upper[space.x[paid[space.x_project] == 0]] = 0
        mine = paid[space.x_project] > 0
        cols, projects = space.x[mine], space.x_project[mine]
        which, row = np.unique(projects, return_inverse=True)
        return replace(
            fixed,
            upper=upper,
            row=np.append(fixed.row, row + fixed.height),
            col=np.append(fixed.col, cols),
            value=np.append(fixed.value, space.unit[cols]),
            row_lower=np.append(fixed.row_lower, paid[which]),
            row_upper=np.append(fixed.row_upper, paid[which]),
        )

    def _place(self, key: Place) -> tuple[int, int, int, int]:
        """Positions of a payment's project, fund, year and region; ones that the case no longer has are -1."""
        project, fund, year, region = key
        space = self.space
        places = (space.project_index.get(project, -1), space.fund_index.get(fund, -1))
        return *places, year, space.region_index.get(region, -1)

    def _solved(self, task: Task, seconds: float) -> Floats | None:
        """The best amounts in the time, as a point of the task."""
        loose, free = loose_part(task)
        if loose is None or not loose.width or seconds <= 0:
            return None
        run = Run.start("highs", loose, Limits(seconds, gap=GAP, tolerance=1e-7))
        while run.answer is None:
            wait_for_news([run], 0.1)
            if self.ended():
                run.end()
        if run.answer.point is None:
            return None
        point = task.lower.astype(np.float64)
        point[free] = run.answer.point
        return point


def _around(task: Task, point: Floats) -> Task:
    """Coarse steps within a few steps of a point."""
    lower, upper, steps = task.lower.copy(), task.upper.copy(), task.integer & (task.upper > 1)
    lower[steps] = np.maximum(lower[steps], np.floor(point[steps]).astype(np.int64) - STEPS_AROUND)
    upper[steps] = np.minimum(upper[steps], np.ceil(point[steps]).astype(np.int64) + STEPS_AROUND)
    return replace(task, lower=lower, upper=upper)


def _money(plan: Allocation) -> dict[Place, int]:
    """Amounts (0.01 万元) of a plan by their place."""
    return {(p.project, p.fund, p.year, p.region): p.amount for p in plan.payments}


def _stays(kept: dict[Place, int], now: dict[Place, int]) -> int:
    """Money that is where it was."""
    return sum(min(amount, now.get(key, 0)) for key, amount in kept.items())
