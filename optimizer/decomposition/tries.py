"""From choices to plans: the money for a choice, lighter ones where it lacks, better ones near it."""

from __future__ import annotations

import time

import numpy as np

from models.program import Floats, Ints
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.lessons import Lessons
from optimizer.decomposition.master import Choice, Master
from optimizer.decomposition.mend import mended, ways_at
from optimizer.decomposition.money import Money
from optimizer.decomposition.polish import Polish
from optimizer.decomposition.recourse import WHOLE, Recourse, weights_of
from optimizer.decomposition.repair import allowed, lighter, near
from optimizer.decomposition.standing import LAST_GAP, Standing

POOR = 3e-3
"""A plan better than the best by this part is told at once, before better ones near it are looked for."""
REPAIRS = 12
EASES = 0.9
"""A lighter choice whose overrun is not below this part of that before it will not come to fit."""
CLOSE = 3e-3
"""With a plan of this gap a choice that lacks money only teaches."""
MEND_SECONDS, MEND_MOST, MEND_GAP = 3.0, 0.1, 1e-3
"""Seconds for deciding parts that lack money anew, the largest share of projects in them, and the gap of that."""
STEPS, MOST_FAILED = 40, (2, 4)
"""Steps near a choice at most, and how many in a row may fail; the second in a large task, where each teaches more."""
NEAR_LEAST, NEAR_SHARE, NEAR_MOST = 40, 0.02, 0.2
"""Projects that may change at once near a choice: at first, and the largest share."""
NEAR_GAIN, NEAR_GAP, NEAR_SECONDS = 0.3, 2e-5, (2.0, 5.0)
"""A step near a choice must promise so much of what is hoped for; gap and seconds of its master (in a large task)."""
NARROWER, WIDER, WELL = 0.5, 1.5, 0.5
OVERRATED = 2e-4
"""A choice that its parts value lower by this than the master is not worth looking for money."""


class Tries:
    """Makes plans of choices and tells the standing of them."""

    def __init__(self, standing: Standing, dual: Dual, money: Money, master: Master, lessons: Lessons) -> None:
        self.standing, self.dual, self.money, self.master, self.lessons = standing, dual, money, master, lessons
        self.parts, self.polish = money.parts, Polish(money, standing)

    def at(self, prices: Floats) -> Choice:
        """What every project would do at prices; where rows over choices forbid it, the best that obeys them.

        Without ways where some project can do nothing at all.
        """
        count, none_yet = int(self.standing.task.owner.max(initial=-1)) + 1, self.standing.task.ways
        way = allowed(self.dual, np.full(count, none_yet), prices)
        if (way == none_yet).any():
            return Choice(None, -np.inf, -np.inf, True)
        if not self.obeys(way):
            self.master.add(self.dual.oracle.price(prices))
            regret, none = self.dual.regret(prices), np.zeros(len(self.dual.oracle.states.way), np.bool_)
            for free in (NEAR_LEAST + NEAR_SHARE * count, NEAR_MOST * count):
                core = regret.core(free, -np.inf, none)
                found = self.master.solve(NEAR_GAP, min(NEAR_SECONDS[0], max(0.1, self.standing.left)), core)
                if found.way is not None:
                    way = found.way
                    break
        return Choice(way, np.inf, np.inf, False)

    def obeys(self, way: Ints) -> bool:
        """Whether ways obey the rows over ways alone."""
        task = self.standing.task
        point = np.zeros(task.width, np.int64)
        point[way[way >= 0]] = 1
        mine = self.dual.oracle.part.way[task.col]
        total = np.zeros(task.height, np.int64)
        np.add.at(total, task.row[mine], task.value[mine] * point[task.col[mine]])
        alone = self.dual.oracle.part.choice & (
            np.bincount(task.row, self.dual.oracle.part.shared[task.col], task.height) == 0
        )
        return bool((~alone | ((total >= task.row_lower) & (total <= task.row_upper))).all())

    def make(self, found: Choice, prices: Floats, seconds: float = np.inf, mend: bool = False) -> bool:
        """Find the money for a choice; else learn rows from it and look for a lighter one. Whether a better plan came.

        What has taken ``seconds`` without a plan is given up. With ``mend`` parts that lack money are decided anew.
        """
        way, before, until = found.way, np.inf, time.monotonic() + seconds
        eases = mend or self.standing.gap > CLOSE  # a choice that lacks money is eased until it fits
        learns = self.lessons.begun  # before the first rows no prices of wide rows are agreed
        for attempt in range(REPAIRS):
            weight = None if way is None or not self.obeys(way) else weights_of(self.dual.oracle, way)
            if way is None or weight is None:
                break
            left = min(self.standing.left, until - time.monotonic())
            both = learns and attempt == 0
            together, alone = self.money.both(weight, left) if both else (self.money.together(weight, left), None)
            if together is None or self.standing.ask():
                break
            if learns and attempt == 0 and together.value + together.overrun != found.value:
                self.lessons.learn(together, alone, prices)
            if together.overrun == 0:
                near_it = learns and (attempt == 0 or not mend)
                return self._take(
                    way, weight, together, prices, min(found.value, self.standing.bound) if near_it else None
                )
            if not eases:
                break
            eased = None if attempt > 1 and together.overrun > EASES * before else way
            way = self._mended(together) if mend else None
            if way is None and eased is not None:
                way = lighter(self.dual, eased, prices, together)
            before = together.overrun
            if time.monotonic() > until:
                break
        return False

    def _mended(self, money: Recourse) -> Ints | None:
        """The parts that lack money decided anew, one by one, with all else as it stands."""
        short = np.unique(self.parts.of_row[money.over != 0])
        free = np.isin(self.parts.of_project, short)
        if (short < 0).any() or free.mean() > MEND_MOST:
            return None
        self.money.take_in_of(free)
        part, point = self.dual.oracle.part, money.point
        for p in short.tolist():
            mine = self.parts.of_project == p
            found = mended(part, point, mine, min(MEND_SECONDS, max(0.1, self.standing.left)), MEND_GAP)
            point = point if found is None else found
        return None if point is money.point else ways_at(part, point)

    def _take(self, way: Ints, weight: Floats, money: Recourse, prices: Floats, hope: float | None) -> bool:
        """A plan of money that fits, then of better choices near it, up to a hope. Whether a better plan came."""
        before = self.standing.value
        if money.value > before + POOR * abs(money.value) or (hope is None and money.value > before):
            self._whole(weight, money, self.standing.gap_of(money), prices)
        if hope is None:
            return self.standing.value > before
        way, near_money = self._improved(way, money, prices, hope)
        near_weight = weights_of(self.dual.oracle, way)
        if near_money.value > self.standing.value and near_weight is not None:
            self._whole(
                near_weight, near_money, np.inf if self.money.large else self.standing.gap_of(near_money), prices
            )
        return self.standing.value > before

    def _whole(self, weight: Floats, money: Recourse, gap: float, prices: Floats) -> Recourse | None:
        """The plan of money with 0/1 columns whole, told if it is the best; None where there is none."""
        plan = self.money.whole(weight, money, gap, self.standing.left)
        if plan is None or plan.overrun > 0:
            return None
        self.standing.hear_plan(plan)
        if self.money.large and self.money.apart:
            self.polish.offer(plan, lambda: np.where(money.share > WHOLE, -1.0, self.dual.system_regret(prices)))
        return plan

    def _improved(self, way: Ints, money: Recourse, prices: Floats, hope: float) -> tuple[Ints, Recourse]:
        """Better choices near a choice, by small masters whose rows are true there; ``hope`` is what may be reached.

        How many projects may change grows with what was got of what was promised (a trust region).
        """
        free, failed = NEAR_LEAST + NEAR_SHARE * len(way), 0
        most_failed, seconds = MOST_FAILED[self.money.large], NEAR_SECONDS[self.money.large]
        for _ in range(STEPS):
            self.polish.hear()
            goal = max(LAST_GAP, self.standing.limits.gap / 4) * abs(money.value)
            if hope - money.value <= goal or self.standing.bound - money.value <= 3 * goal or self.standing.done:
                break
            if free > NEAR_MOST * len(way) or failed == most_failed:
                break
            core = near(self.dual, way, money.prices, free)
            found = self.master.solve(NEAR_GAP, min(seconds, max(0.1, self.standing.left)), core, self.standing.ask)
            promised = found.value - money.value
            weight = None if found.way is None else weights_of(self.dual.oracle, found.way)
            if found.way is None or weight is None or promised < NEAR_GAIN * (hope - money.value):
                failed += not found.complete
                free *= WIDER if found.complete else NARROWER
                continue
            if self._overrated(found, weight):
                continue
            together, alone = self._found(weight)
            if together is None:
                break
            self.lessons.learn(together, alone, prices)
            got = (together.value - money.value) / promised if together.overrun == 0 else -1.0
            free *= NARROWER if got < 0 else WIDER if got > WELL else 1.0
            failed += 1
            if got > 0:
                before, plan = self.standing.value, self._whole(weight, together, np.inf, prices)
                way, money, failed = found.way, together, 0
                if plan is not None and plan.value > before:
                    money = plan
        return way, money

    def _found(self, weight: Floats) -> tuple[Recourse | None, Recourse | None]:
        """The money together; in a large task that of the parts was asked before."""
        return (
            (self.money.together(weight, self.standing.left), None)
            if self.money.large
            else self.money.both(weight, self.standing.left)
        )

    def _overrated(self, found: Choice, weight: Floats) -> bool:
        """In a large task: whether parts by themselves are worth less than the master said; rows tell it so."""
        alone = self.money.alone(weight, self.standing.left) if self.money.large and self.money.apart else None
        if alone is None:
            return False
        self.lessons.of_parts(alone.prices)
        self.money.take_in()
        return self.money.worth(alone) < found.value - OVERRATED * abs(found.value)
