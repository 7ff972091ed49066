"""A plan from HiGHS' linear relaxation, in a second or two, with the relaxation as its bound.

Without a known point: the whole model with all but a few ways of doing projects fixed where the relaxation has them
(relaxation enforced neighbourhoods, Berthold 2014). Those in parts stay open, and those that cost least to turn round
by their reduced costs: tight floors and ceilings leave no plan with the parts alone.

From a known point, a dive. Columns on which the relaxation and the known point agree are fixed first (relaxation induced
neighbourhoods, Danna, Rothberg and Le Pape 2005). Then, round after round, the surest of the undecided 0/1
columns are fixed and the linear program is solved again from its last basis; a batch that proves impossible
is halved, a single column turned round (diving with backtracking, Achterberg 2007, section 9.2). Ways of
doing projects are decided first; of what follows from them everything undecided is set to 1. It never says
that a task has no solution.
"""

from __future__ import annotations

import time
from dataclasses import replace

import highspy
import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.backends import Report, highs
from optimizer.backends.highs import model_of
from optimizer.task import Answer, Limits, Progress, Task, dual_tolerance, scaled

WHOLE = 1e-6
AGREE = 0.02
"""How near the relaxation must be to the known point to agree with it."""
SURE = 0.7
OPEN_A_PART, WIDER = 2, 2
"""How many ways stay open at first for each in parts, and how many times more in each round that follows."""
NEAR = 3e-3
"""The gap within its neighbourhood at which a plan is near enough."""
PULL = 0.7
"""How far an undecided column is drawn towards the known point."""
BATCH = 0.2
"""The part of the undecided columns that is fixed in a round."""


def solve(task: Task, limits: Limits, report: Report) -> Answer:
    """Dive from the relaxation, near ``start`` where there is one."""
    begun = time.monotonic()
    version = f"HiGHS {highspy.Highs().version()}"
    dive = _Dive(task, limits, begun)
    if not dive.run():
        return Answer("unknown", None, None, None, version, time.monotonic() - begun)
    bound = float(dive.lp.getInfo().objective_function_value) * dive.scale
    report(Progress(None, bound))
    point = dive.enforced(task, limits, report) if dive.known is None else dive.down(report)
    seconds = time.monotonic() - begun
    if point is None:
        return Answer("unknown", None, None, bound, version, seconds)
    return Answer("feasible", point, float(point @ task.objective), bound, version, seconds)


class _Dive:
    """The linear program on its way down; ``left`` are the 0/1 columns that are not fixed yet."""

    def __init__(self, task: Task, limits: Limits, begun: float) -> None:
        self.until = begun + limits.seconds
        numbers = scaled(task)
        self.scale, self.per = numbers.objective_scale, task.per.astype(np.float64)
        self.lower, self.upper = numbers.lower, numbers.upper
        self.lp = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", limits.seed)):
            self.lp.setOptionValue(name, value)
        self.lp.setOptionValue("dual_feasibility_tolerance", dual_tolerance(numbers))
        self.lp.passModel(model_of(replace(task, integer=np.zeros_like(task.integer)), numbers))
        self.left: Bools = task.integer & (task.upper - task.lower == 1)
        self.ways: Bools = self.left & (np.arange(task.width) < task.ways)
        self.known = None if task.start is None else np.minimum(task.start, 1).astype(np.float64)

    def run(self) -> bool:
        """Solve the linear program from where it stands; whether it has a solution."""
        self.lp.setOptionValue("time_limit", self.lp.getRunTime() + max(0.05, self.until - time.monotonic()))
        self.lp.run()
        return bool(self.lp.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def values(self) -> Floats:
        """Where the linear program stands, in solver units."""
        return np.array(self.lp.getSolution().col_value)

    def set(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Set the limits of columns."""
        self.lp.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def settle(self, columns: Ints) -> None:
        """Fix columns where they stand."""
        value = np.rint(self.values()[columns])
        self.set(columns, value, value)
        self.left[columns] = False

    def enforced(self, task: Task, limits: Limits, report: Report) -> Floats | None:
        """The best plan among those that differ from the relaxation in few ways, then in more."""
        ways, share = np.flatnonzero(self.ways), self.values()
        parts = np.abs(share - np.rint(share))[ways] > WHOLE
        cost = np.abs(np.array(self.lp.getSolution().col_dual))[ways]
        order = ways[np.argsort(np.where(parts, -1.0, cost), kind="stable")]
        count, best = OPEN_A_PART * max(1, int(parts.sum())), None
        while (left := self.until - time.monotonic()) > 0:
            shut = order[count:]
            lower, upper = task.lower.copy(), task.upper.copy()
            lower[shut] = upper[shut] = np.rint(share[shut])
            start = None if best is None else np.rint(best).astype(np.int64)
            near = replace(task, lower=lower, upper=upper, start=start)
            mine = replace(limits, seconds=left, gap=max(limits.gap, NEAR))
            found = highs.solve(near, mine, lambda news: report(replace(news, bound=None)))
            best = best if found.point is None else found.point
            if found.outcome not in ("infeasible", "optimal") or not len(shut):
                break
            count *= WIDER
        return best

    def down(self, report: Report) -> Floats | None:
        """Fix and solve until every 0/1 column is whole; None when the dive ends in nothing."""
        assert self.known is not None
        self.settle(np.flatnonzero(self.ways & (np.abs(self.values() - self.known) < AGREE)))
        for mine in (self.ways, self.left.copy()):
            while True:
                share = self.values()
                open_ = np.flatnonzero(mine & self.left & (np.abs(share - np.rint(share)) > WHOLE))
                if not len(open_):
                    break
                if time.monotonic() > self.until or report(Progress(None, None)):
                    return None
                if not self.fix(self.chosen(share, open_) if mine is self.ways else open_):
                    return None
            self.settle(np.flatnonzero(mine & self.left))
            if not self.run():
                return None
        return self.values() * self.per

    def chosen(self, share: Floats, open_: Ints) -> Ints:
        """The columns to set to 1 now: the sure ones, else the highest part."""
        assert self.known is not None
        drawn = (1 - PULL) * share[open_] + PULL * self.known[open_]
        order = np.argsort(-drawn, kind="stable")
        sure = open_[order[drawn[order] > SURE]]
        return sure if len(sure) else open_[order[: max(1, int(len(order) * BATCH))]]

    def fix(self, columns: Ints) -> bool:
        """Set columns to 1; a batch that has no solution is halved, a single column set to 0."""
        ones = np.ones(len(columns))
        self.set(columns, ones, ones)
        if self.run():
            self.left[columns] = False
            return True
        if time.monotonic() > self.until:
            return False
        if len(columns) == 1:
            self.left[columns] = False
            self.set(columns, 0 * ones, 0 * ones)
            return self.run()
        self.set(columns, self.lower[columns], self.upper[columns])
        return self.fix(columns[: (len(columns) + 1) // 2])
