"""The loop: prices, then masters over ever wider cores and recourse, plan and bound streamed as they get better."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from models.program import Floats, Ints
from optimizer.backends import Report
from optimizer.decomposition.average import Average, rounded
from optimizer.decomposition.bundle import Search
from optimizer.decomposition.counties import Counties, first_prices, small
from optimizer.decomposition.duals import Core, Dual, Regret
from optimizer.decomposition.fit import fitted
from optimizer.decomposition.large import Large, Lead, set_large_apart
from optimizer.decomposition.lessons import Lessons
from optimizer.decomposition.master import Choice, Master
from optimizer.decomposition.memory import MEMORY
from optimizer.decomposition.mend import mended, ways_at
from optimizer.decomposition.money import Money
from optimizer.decomposition.prices import CAREFUL, Oracle
from optimizer.decomposition.regions import parts_of
from optimizer.decomposition.repair import allowed
from optimizer.decomposition.split import split
from optimizer.decomposition.standing import LAST_GAP, Standing
from optimizer.decomposition.tries import Tries
from optimizer.task import Limits, Task

POOR, WORTH = 1e-3, 0.8
"""A core whose best choice is worth so much less than what lies outside is too narrow to be worth a try, as long as
a wider one brings it down to the second part."""
CORE_LEAST, CORE_SHARE, CORE_GROWTH, POOR_GROWTH = 100, 0.02, 2.0, 4.0
FIRST_GAP = 3e-4
PRICE_SHARE = 0.4
"""The part of the time that the first prices may take."""
COUNTY_SHARE, COUNTY_BOX, COUNTY_LEAST, COUNTY_GAP = 0.3, 0.002, 1e-4, 1e-2
"""The part of what is left that prices of whole counties may take, how far they may move at first (as a part of their
size), how much lower their first bound must be, and from which gap of the plan on they are worth looking for."""
OPEN_MOST, OPEN_GAPS, OPEN_SECONDS = 0.4, (1e-2, 2e-4), 5.0
"""The largest share of projects in counties that the average leaves open, how well they are decided in turn, and the
seconds that each may take."""
EARLY, EARLY_SECONDS, NEARLY = 4.0, 3.0, 0.01
"""After so many seconds without a plan prices make one, if that takes no longer than the second, and if their bound
could fall by no more than the third."""
AVERAGE_SHARE, MEND_SHARE, POOR_PLAN = 0.2, 0.4, 3e-3
"""In a large task the average, else prices, make a plan when none is known or its gap is above the third; the parts of
the time that they may take."""
WIDEN_GAP, OFF_SECONDS = 1e-3, 2.0
"""From this gap on all systems may be used; seconds of the master that rounds off."""
LEADS, LEAD_SHARE, LEAD_CLOSE, PATIENCE = 12, 0.3, 2e-5, 2
"""Choices of large projects to look at one by one; the part of the time for finding one, how near it must come, and
how many masters in a row may find nothing better while others promise as much."""
BLIND, BLIND_AT_ONCE = 2e-3, 4e-3
"""Where rows take the bound of a choice of large projects down by the first part, or deciding the few projects that the
relaxation has in part costs the second, prices see too little of what choices are worth to tell one from another: all
are looked at together."""
ROUNDS, ROUND_LEAST, ROUND_SHARE, ROUND_SOON, ROUND_GAP = 40, 1.0, 1.0, 0.15, 2e-4
"""Rounds of the relaxed master, the time they have (at least, and as a share of that before), the part of what is left
after which money that fits is enough, and the gap at which they end in any case."""


class Unfit(Exception):
    """The task is not one that this way can solve; says why."""


@dataclass(slots=True)
class Outcome:
    """What the loop ended with, in base units and units of the aim."""

    point: Floats | None
    value: float | None
    bound: float | None
    proven: bool
    stopped: bool


class Room:
    """One task on its way: best plan, best bound, pool and core."""

    def __init__(self, task: Task, limits: Limits, report: Report) -> None:
        task = fitted(task)
        self.task, self.limits = task, limits
        self.standing = Standing(task, limits, report)
        self.part = split(task)
        self.standing.unit = self.part.numbers.objective_scale
        if not task.ways or not self.part.coupling.any():
            raise Unfit("no money rows that couple projects")
        if (task.lower[self.part.local] != 0).any():
            raise Unfit("columns of projects that do not start at zero")
        self.oracle = Oracle(self.part)
        self.dual = Dual(self.oracle)
        self.parts = parts_of(self.part)
        self.money = Money(self.oracle, self.parts)
        self.master = Master(self.oracle, self.parts.count if self.money.apart else 0)
        self.patience = EARLY
        self.small = small(self.parts, self.oracle)
        self.counties: Search | None = None
        self.partly = np.zeros(len(self.oracle.states.way), np.bool_)
        self.tried: set[bytes] = set()
        self.lessons = Lessons(self.money, self.master)
        self.tries = Tries(self.standing, self.dual, self.money, self.master, self.lessons)

    def run(self) -> Outcome:
        """Everything, until good enough."""
        try:
            self._search()
            self.tries.polish.wait()
        finally:
            self.tries.polish.end()
        return self._outcome()

    def _search(self) -> None:
        prices = self._prices()
        large = Large(self.search, max(self.limits.gap / 4, LEAD_CLOSE)) if len(self.dual.apart) else None
        if large is not None and self.money.large and self.standing.best is None:
            self._glimpse(large)
        lead = self._lead(large)
        if lead is not None and self.lessons.begun:
            self.lessons.again(lead.prices)
        elif not self.lessons.begun:
            self.lessons.first(prices if lead is None else lead.prices)
        if self.standing.best is None:
            self._start(prices)
        looked = False
        for _ in range(LEADS):
            if large is None or lead is None or self.standing.done:
                break
            self.search.allow(lead.chosen)
            poor = self.money.large and self.standing.gap > POOR_PLAN
            if poor and not self._averaged(lead.mean, lead.prices):
                self._mended(lead.prices)
            regret = self.dual.regret(lead.prices, lead.beyond)
            self._rounds(lead.prices, regret.core(np.inf, -np.inf, self.partly))
            if not self._round_off(lead.prices, lead.bound - BLIND_AT_ONCE * abs(lead.bound)):
                break
            bound = self._look(lead.prices, regret)
            large.explored = max(large.explored, bound)
            if bound < lead.bound - BLIND * abs(lead.bound):
                break
            looked = True
            lead = self._lead(large)
        self.search.allow(None)
        if not looked:
            self._rounds(prices)
            self._round_off(prices)
        if not self.standing.done:
            self._look(prices, self.dual.regret(prices))

    def _heard(self, bound: float) -> bool:
        """Keep and tell a bound of all plans; whether to end."""
        self.standing.hear_bound(bound + CAREFUL * abs(bound))
        self.standing.tell()
        return self.standing.done

    def _lead(self, large: Large | None) -> Lead | None:
        """The next choice of large projects to look at."""
        if large is None or self.standing.done:
            return None
        return large.lead(LEAD_SHARE * self.standing.left, self.standing.value, self._heard)

    def _glimpse(self, large: Large) -> None:
        """In a large task a plan of the first choice of large projects that may have one, before the best is known."""
        seen = large.promising(LEAD_SHARE * self.standing.left, self.standing.value, self._heard, np.inf)
        if seen is not None and not self.standing.done:
            self.search.allow(seen.chosen)
            self.lessons.first(seen.prices)
            self._mended(seen.prices)

    def _averaged(self, mean: Average | None, prices: Floats) -> bool:
        """A plan near what projects do on the average; whether it is better than the best."""
        way = None if mean is None or self.standing.done else rounded(self.dual, mean, self.money.scale)
        choice, seconds = Choice(way, np.inf, np.inf, False), AVERAGE_SHARE * self.standing.left
        return self.tries.make(choice, prices, seconds, mend=self.money.large)

    def _mended(self, prices: Floats) -> None:
        """A plan of the choice at prices; parts that lack money are decided anew."""
        self.tries.make(self.tries.at(prices), prices, MEND_SHARE * self.standing.left, mend=True)

    def _by_county(self, prices: Floats) -> None:
        """Where counties are small: their bound as whole programs, and once the plan is not far from it better prices
        of theirs and a plan of the few counties that the average of the pricings leaves open."""
        if not self.small or self.standing.done:
            return
        if self.counties is None:
            dual = Counties(self.oracle, self.parts)
            self.counties = Search(dual, first_prices(dual, self.dual, prices), COUNTY_BOX)
            before = self.standing.bound
            self.small = self.counties.best < before - COUNTY_LEAST * abs(before)  # else they see hardly more
            self._heard(self.counties.best)
        if self.small and self.standing.gap <= COUNTY_GAP and not self.standing.done:
            self.small = False
            seconds, close = COUNTY_SHARE * self.standing.left, self.limits.gap / 4
            self.counties.run(seconds, close, lambda bound, at, hope: self._heard(bound))
            self._open_counties(self.counties, prices)

    def _open_counties(self, search: Search, prices: Floats) -> None:
        """Plans of the counties that the average leaves open, all others as it has them."""
        point, several = search.mixed()
        free = several[self.parts.of_project]
        for gap in OPEN_GAPS if free.mean() <= OPEN_MOST else ():
            seconds = min(OPEN_SECONDS, COUNTY_SHARE * self.standing.left)
            found = None if self.standing.done else mended(self.part, point, free, seconds, gap)
            if found is None:
                break
            self.tries.make(Choice(ways_at(self.part, found), np.inf, np.inf, False), prices, mend=True)

    def _look(self, prices: Floats, regret: Regret) -> float:
        """Plans within ever wider cores; the bound of what was looked at: all, or one choice of large projects."""
        count = int(self.task.owner.max()) + 1
        free, gap, bound = CORE_LEAST + CORE_SHARE * count, FIRST_GAP, regret.bound
        before, failed = np.inf, 0
        while not self.standing.done:
            core = regret.core(free, self.standing.value, self.partly)
            found = self._master(gap, core)
            bound = min(bound, max(found.bound, -np.inf if core is None else core.outside))
            if found.way is None and core is None:
                if found.complete and self.standing.best is None:
                    raise Unfit("no choice satisfies the pool")
                break
            short = core.outside - found.bound if core is not None and np.isfinite(found.bound) else -np.inf
            if core is not None and short > POOR * abs(core.outside) and short < WORTH * before:
                free, before = free * POOR_GROWTH, short
                continue
            better = found.way is not None and self.tries.make(found, prices)
            self._by_county(prices)
            value = self.standing.value
            again = found.way is not None and self._known(found.way)
            if self.money.narrow and (again or self.standing.best is None or self.standing.gap <= WIDEN_GAP):
                self.money.take_in_all()
                self.tried.clear()
                continue
            goal, failed = self.limits.gap * abs(value), failed + (not better)
            if core is not None and (
                bound <= value
                or (bound <= max(value, core.beyond) + goal and (failed > PATIENCE or core.beyond < value))
                or bound < core.beyond - BLIND * abs(bound)
            ):
                break  # other choices of large projects promise as much
            exhausted = found.way is None or again or found.value <= value + 2 * gap * abs(value)
            narrow = core is not None and found.bound - value <= self.limits.gap * abs(value) < core.outside - value
            if narrow or (exhausted and not better):
                free *= CORE_GROWTH
                closed = core is None or core.outside <= value
                least = max(self.limits.gap / 3, LAST_GAP / 2)
                if again and closed and gap <= least:
                    break  # the money of this choice, made whole, is worth less than the rows can say
                gap = max(0.0 if closed else gap / 2, least)
        return bound

    def _known(self, way: Ints) -> bool:
        """Whether this choice was tried before."""
        key, before = way.tobytes(), len(self.tried)
        self.tried.add(key)
        return len(self.tried) == before

    def _outcome(self) -> Outcome:
        proven = self.standing.gap <= max(self.limits.gap, LAST_GAP)
        point = None if self.standing.best is None else self.standing.best.point * self.task.per
        value = None if self.standing.best is None else self.standing.best.value * self.standing.unit
        return Outcome(
            point,
            value,
            self.standing.bound * self.standing.unit if np.isfinite(self.standing.bound) else None,
            proven,
            self.standing.stopped,
        )

    def _prices(self) -> Floats:
        known = MEMORY.known(self.dual)

        numbers = self.part.numbers
        least = float(np.minimum(0.0, numbers.objective * numbers.upper).sum())

        def told(bound: float, prices: Floats, hope: float) -> bool:
            if bound < least - 1e-6 * abs(least) - 1e-6:
                raise Unfit("worth less than any plan can be")
            self.standing.hear_bound(bound + CAREFUL * abs(bound))
            self.standing.tell()
            soon = time.monotonic() - self.standing.begun > self.patience and hope <= NEARLY * abs(bound)
            if self.standing.best is None and soon and not self.money.large:
                since = time.monotonic()
                self.money.scale = self._scale(prices)
                self.tries.make(self.tries.at(prices), prices, EARLY_SECONDS)
                now = time.monotonic()
                self.patience = 2 * (now - self.standing.begun) if now - since < EARLY_SECONDS else np.inf
            return self.standing.ask()

        close = max(self.limits.gap / 10, 2e-5)
        if known is not None and self.task.start is not None:
            known = self.dual.clean(known)
            told(self.dual.evaluate(known)[0], known, np.inf)
            self.money.scale = self._scale(known)
            self._start(known)
        start = self.dual.clean(self.dual.start() if known is None else known)
        set_large_apart(self.dual, self.dual.evaluate(start)[0])
        self.search = Search(self.dual, start)
        self.search.run(max(1.0, PRICE_SHARE * self.standing.left), close, told)
        bound, prices = self.search.best, self.search.centre
        if not np.isfinite(bound) or (
            self.standing.best is not None and bound < self.standing.best.value - 1e-6 * abs(self.standing.best.value)
        ):
            raise Unfit("no finite bound")
        self.standing.hear_bound(bound + CAREFUL * abs(bound))
        MEMORY.keep(self.dual, prices)
        self.money.scale = self._scale(prices)
        self.money.leave_out(prices)
        if self.standing.best is None:
            self._averaged(self.search.average(), prices)
        if self.standing.best is None and not (self.money.large and len(self.dual.apart)):
            self._mended(prices)
        return prices

    def _scale(self, prices: Floats) -> Floats:
        """A typical price of every row."""
        scale = np.zeros(self.task.height)
        scale[self.dual.rows] = np.maximum(self.dual.typical(), np.abs(prices[self.dual.rows]))
        return np.where(self.part.coupling & (scale == 0), 1.0, scale)

    def _rounds(self, prices: Floats, core: Core | None = None) -> None:
        """Rows from the relaxed master, until money can be found for what it chooses in part."""
        now = time.monotonic()
        until, soon = (
            min(now + max(ROUND_LEAST, ROUND_SHARE * (now - self.standing.begun)), self.standing.until),
            now + ROUND_SOON * self.standing.left,
        )
        for _ in range(ROUNDS):
            found = None if self.standing.done else self.master.relaxed(max(0.1, until - time.monotonic()), core)
            if found is None:
                return
            value, weight = found
            self.partly = weight > 0
            money, alone = self.money.both(weight, self.standing.left)
            if money is None or money.value - money.overrun >= value - ROUND_GAP * abs(value):
                break
            if money.overrun == 0 and time.monotonic() > soon:
                break
            self.lessons.learn(money, alone, prices)
            if time.monotonic() > until:
                break

    def _round_off(self, prices: Floats, least: float = -np.inf) -> bool:
        """Plans from the relaxed master: what it chose whole stays, the few projects it took in part are decided.

        Whether such plans may be worth ``least``; if not, none is made.
        """
        states = self.oracle.states
        used = self.partly & (states.way >= 0)
        able = np.zeros(self.task.width, np.bool_)
        able[states.way[used]] = True
        alone = np.bincount(states.project, self.partly)[states.project] == 1
        if self.standing.done or not used.any():
            return True
        found = self.master.solve(
            FIRST_GAP, min(OFF_SECONDS, max(0.1, self.standing.left)), Core(able, states.way[used & alone], np.inf)
        )
        if found.way is not None and found.bound < least:
            return False
        if found.way is not None:
            self.tries.make(replace(found, value=min(found.value, self.standing.bound)), prices)
        return True

    def _start(self, prices: Floats) -> None:
        """A known plan: its choices where they are still allowed, if the money can be found for them."""
        if self.task.start is None:
            return
        way = np.full(int(self.task.owner.max(initial=-1)) + 1, -1)
        used = np.flatnonzero(self.task.start[: self.task.ways] > 0)
        way[self.task.owner[used]] = used
        self.tries.make(Choice(allowed(self.dual, way, prices), np.inf, np.inf, False), prices)

    def _master(self, gap: float, core: Core | None) -> Choice:
        limit = max(3.0, 0.3 * (time.monotonic() - self.standing.begun))
        found = self.master.solve(gap, min(limit, max(0.1, self.standing.left)), core, self.standing.ask)
        bound = max(found.bound, self.standing.value, *((core.outside, core.beyond) if core is not None else ()))
        if np.isfinite(bound):
            self.standing.hear_bound(bound + CAREFUL * abs(bound))
        return found
