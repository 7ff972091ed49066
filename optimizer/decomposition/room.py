"""The loop: prices, then masters over ever wider cores and recourse, plan and bound streamed as they get better."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from models.program import Floats, Ints
from optimizer.backends import Report
from optimizer.decomposition.bundle import Search
from optimizer.decomposition.duals import Core, Dual, Regret
from optimizer.decomposition.large import Large, Lead, set_large_apart
from optimizer.decomposition.master import Choice, Master
from optimizer.decomposition.memory import MEMORY
from optimizer.decomposition.mend import mended
from optimizer.decomposition.money import Money
from optimizer.decomposition.prices import CAREFUL, Oracle
from optimizer.decomposition.recourse import Recourse, weights_of
from optimizer.decomposition.regions import parts_of
from optimizer.decomposition.repair import allowed, lighter, near
from optimizer.decomposition.split import split
from optimizer.task import Limits, Progress, Task

POOR, WORTH = 1e-3, 0.8
"""A core whose best choice is worth so much less than what lies outside is too narrow to be worth a try, as long as
a wider one brings it down to the second part."""
CORE_LEAST, CORE_SHARE, CORE_GROWTH, POOR_GROWTH = 100, 0.02, 2.0, 4.0
FIRST_GAP, LAST_GAP = 3e-4, 1e-7
SAME_PRICE = 0.02
"""Rows whose prices differ by less than this part stand for one kind of money."""
REPAIRS = 4
EASES = 0.9
"""A lighter choice whose overrun is not below this part of that before it will not come to fit."""
EARLY, EARLY_SECONDS, NEARLY = 4.0, 3.0, 0.01
"""After so many seconds without a plan prices make one, if that takes no longer than the second, and if their bound
could fall by no more than the third."""
MEND_SHARE, MEND_SECONDS, MEND_MOST, MEND_GAP, POOR_PLAN = 0.3, 6.0, 0.1, 1e-3, 3e-3
"""A plan made at prices in a large task, when none is known or its gap is above the last: the part of the time for it,
seconds for deciding parts that lack money anew, the largest share of projects in them, and the gap of that."""
STEPS, MOST_FAILED = 40, 2
NEAR_LEAST, NEAR_SHARE, NEAR_MOST = 40, 0.02, 0.2
"""Projects that may change at once near a choice: at first, and the largest share."""
NEAR_GAIN, NEAR_GAP, NEAR_SECONDS = 0.3, 2e-5, 2.0
"""A step near a choice must promise so much of what is hoped for; gap and seconds of its master."""
NARROWER, WIDER, WELL = 0.5, 1.5, 0.5
OVERRATED = 2e-4
"""A choice that its parts value lower by this than the master is not worth looking for money."""
WIDEN_GAP = 1e-3
"""From this gap on all systems may be used."""
NUDGES = (0.0, 0.5)
LEADS, LEAD_SHARE, LEAD_CLOSE, PATIENCE = 12, 0.3, 2e-5, 2
"""Choices of large projects to look at one by one; the part of the time for finding one, how near it must come, and
how many masters in a row may find nothing better while others promise as much."""
SINGLES, SOFT_ROWS = 30, 60
ROUNDS, ROUND_LEAST, ROUND_SHARE, ROUND_SOON, ROUND_GAP = 40, 1.0, 1.0, 30.0, 2e-4
"""Rounds of the relaxed master, the time they have (at least, and as a share of that before), seconds after which
money that fits is enough, and the gap at which they end in any case."""


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
        self.begun = time.monotonic()
        self.until = self.begun + limits.seconds
        self.task, self.limits, self.report = task, limits, report
        self.part = split(task)
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
        self.partly = np.zeros(len(self.oracle.states.way), np.bool_)
        self.tried: set[bytes] = set()
        self.known_parts: set[tuple[int, bytes]] = set()
        self.unit = self.part.numbers.objective_scale
        self.best: Recourse | None = None
        self.bound = np.inf
        self.stopped = False
        self.learned = np.zeros(task.height, np.bool_)

    # ---- news

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.until - time.monotonic()

    def ask(self) -> bool:
        """Whether to stop now."""
        if not self.stopped:
            self.stopped = self.left <= 0 or self._tell(None)
        return self.stopped

    def _tell(self, point: Floats | None) -> bool:
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
        self.stopped = self._tell(found.point * self.task.per) or self.stopped
        return True

    @property
    def gap(self) -> float:
        """Relative gap of the best plan."""
        if self.best is None or not np.isfinite(self.bound):
            return np.inf
        return max(0.0, self.bound - self.best.value) / max(abs(self.best.value), 1e-12)

    @property
    def _value(self) -> float:
        return -np.inf if self.best is None else self.best.value

    @property
    def done(self) -> bool:
        """Whether the plan is good enough, or the time is over."""
        return self.gap <= max(self.limits.gap, LAST_GAP) or self.ask()

    # ---- the loop

    def run(self) -> Outcome:
        """Everything, until good enough."""
        prices = self._prices()
        large = Large(self.search, max(self.limits.gap / 4, LEAD_CLOSE)) if len(self.dual.apart) else None
        lead = self._lead(large)
        self._first_rows(prices if lead is None else lead.prices)
        if self.best is None:
            self._start(prices)
        looked = False
        for _ in range(LEADS):
            if large is None or lead is None or self.done:
                break
            self.search.allow(lead.chosen)
            if self.money.large and self.gap > POOR_PLAN:
                self._try(self._at(lead.prices), lead.prices, MEND_SHARE * self.left, mend=True)
            regret = self.dual.regret(lead.prices, lead.beyond)
            self._rounds(lead.prices, regret.core(np.inf, -np.inf, self.partly))
            self._round_off(lead.prices)
            large.explored = max(large.explored, self._look(lead.prices, regret))
            looked = True
            lead = self._lead(large)
        self.search.allow(None)
        if not looked:
            self._rounds(prices)
            self._round_off(prices)
        if not self.done:
            self._look(prices, self.dual.regret(prices))
        return self._outcome()

    def _lead(self, large: Large | None) -> Lead | None:
        """The next choice of large projects to look at."""

        def heard(bound: float) -> bool:
            self.hear_bound(bound + CAREFUL * abs(bound))
            self._tell(None)
            return self.done

        return None if large is None or self.done else large.lead(LEAD_SHARE * self.left, self._value, heard)

    def _look(self, prices: Floats, regret: Regret) -> float:
        """Plans within ever wider cores; the bound of what was looked at: all, or one choice of large projects."""
        count = int(self.task.owner.max()) + 1
        free, gap, bound = CORE_LEAST + CORE_SHARE * count, FIRST_GAP, regret.bound
        before, failed = np.inf, 0
        while not self.done:
            core = regret.core(free, self._value, self.partly)
            found = self._master(gap, core)
            bound = min(bound, max(found.bound, -np.inf if core is None else core.outside))
            if found.way is None and core is None:
                if found.complete and self.best is None:
                    raise Unfit("no choice satisfies the pool")
                break
            short = -np.inf if core is None else core.outside - found.bound
            if core is not None and short > POOR * abs(core.outside) and short < WORTH * before:
                free, before = free * POOR_GROWTH, short
                continue
            better = found.way is not None and self._try(found, prices)
            value = self._value
            again = found.way is not None and self._known(found.way)
            if self.money.narrow and (again or self.best is None or self.gap <= WIDEN_GAP):
                self.money.take_in_all()
                self.tried.clear()
                continue
            goal, failed = self.limits.gap * abs(value), failed + (not better)
            if (
                core is not None
                and bound <= max(value, core.beyond) + goal
                and (failed > PATIENCE or core.beyond < value)
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
        proven = self.gap <= max(self.limits.gap, LAST_GAP)
        point = None if self.best is None else self.best.point * self.task.per
        value = None if self.best is None else self.best.value * self.unit
        return Outcome(point, value, self.bound * self.unit if np.isfinite(self.bound) else None, proven, self.stopped)

    def _prices(self) -> Floats:
        known = MEMORY.known(self.dual)

        def told(bound: float, prices: Floats, hope: float) -> bool:
            self.hear_bound(bound + CAREFUL * abs(bound))
            self._tell(None)
            soon = time.monotonic() - self.begun > self.patience and hope <= NEARLY * abs(bound)
            if self.best is None and soon:
                since = time.monotonic()
                self.money.scale = self._scale(prices)
                self._try(self._at(prices), prices, EARLY_SECONDS)
                now = time.monotonic()
                self.patience = 2 * (now - self.begun) if now - since < EARLY_SECONDS else np.inf
            return self.ask()

        close = max(self.limits.gap / 10, 2e-5)
        if known is not None and self.task.start is not None:
            known = self.dual.clean(known)
            told(self.dual.evaluate(known)[0], known, np.inf)
            self.money.scale = self._scale(known)
            self._start(known)
        start = self.dual.clean(self.dual.start() if known is None else known)
        set_large_apart(self.dual, self.dual.evaluate(start)[0])
        self.search = Search(self.dual, start)
        self.search.run(max(1.0, 0.6 * self.left), close, told)
        bound, prices = self.search.best, self.search.centre
        if not np.isfinite(bound) or (self.best is not None and bound < self.best.value - 1e-6 * abs(self.best.value)):
            raise Unfit("no finite bound")
        self.hear_bound(bound + CAREFUL * abs(bound))
        MEMORY.keep(self.dual, prices)
        self.money.scale = self._scale(prices)
        self.money.leave_out(prices)
        if self.money.large:
            self._try(self._at(prices), prices, MEND_SHARE * self.left, mend=True)
        return prices

    def _at(self, prices: Floats) -> Choice:
        """What every project would do at prices."""
        nothing = np.full(int(self.task.owner.max(initial=-1)) + 1, self.task.ways)
        return Choice(allowed(self.dual, nothing, prices), np.inf, np.inf, False)

    def _scale(self, prices: Floats) -> Floats:
        """A typical price of every row."""
        scale = np.zeros(self.task.height)
        scale[self.dual.rows] = np.maximum(self.dual.typical(), np.abs(prices[self.dual.rows]))
        return np.where(self.part.coupling & (scale == 0), 1.0, scale)

    def _first_rows(self, prices: Floats) -> None:
        """The row of the best prices, one for every set of rows with about the same price, and those of soft rows."""
        prices = self.oracle.clean(prices)
        if self.money.apart:
            self.money.agree(prices)
            self.master.add(self.oracle.link(prices, self.parts))
            self._learn_parts(prices)
        else:
            self.master.add(self.oracle.price(prices))
        size = np.abs(prices) * np.maximum(
            np.abs(np.where(np.isfinite(self.part.numbers.row_upper), self.part.numbers.row_upper, 0.0)), 1.0
        )
        used = np.flatnonzero(size > 1e-6 * size.max(initial=0.0))
        order = used[np.argsort(np.abs(prices[used]))]
        value = np.abs(prices[order])
        for rows in np.split(order, np.flatnonzero(np.diff(value) > SAME_PRICE * value[:-1]) + 1):
            some = np.zeros_like(prices)
            some[rows] = prices[rows]
            self.master.add(self.oracle.price(some, 0.0))
        soft = np.flatnonzero((prices != 0) & self.part.coupling & self.part.speaks_of_shared)
        for row in soft[np.argsort(-size[soft])][:SOFT_ROWS].tolist():
            self.learned[row] = True
            alone = np.zeros_like(prices)
            alone[row] = np.sign(prices[row])
            self.master.add(self.oracle.price(alone, 0.0))

    def _rounds(self, prices: Floats, core: Core | None = None) -> None:
        """Rows from the relaxed master, until money can be found for what it chooses in part."""
        now = time.monotonic()
        until, soon = min(now + max(ROUND_LEAST, ROUND_SHARE * (now - self.begun)), self.until), now + ROUND_SOON
        for _ in range(ROUNDS):
            found = None if self.done else self.master.relaxed(max(0.1, until - time.monotonic()), core)
            if found is None:
                return
            value, weight = found
            self.partly = weight > 0
            money, alone = self.money.both(weight, self.left)
            if money is None or money.value - money.overrun >= value - ROUND_GAP * abs(value):
                break
            if money.overrun == 0 and time.monotonic() > soon:
                break
            self._learn(money, alone, prices)
            if time.monotonic() > until:
                break

    def _round_off(self, prices: Floats) -> None:
        """Plans from the relaxed master: what it chose whole stays, the few projects it took in part are decided."""
        states = self.oracle.states
        used = self.partly & (states.way >= 0)
        able = np.zeros(self.task.width, np.bool_)
        able[states.way[used]] = True
        alone = np.bincount(states.project, self.partly)[states.project] == 1
        if self.done or not used.any():
            return
        found = self.master.solve(
            FIRST_GAP, min(NEAR_SECONDS, max(0.1, self.left)), Core(able, states.way[used & alone], np.inf)
        )
        if found.way is not None:
            self._try(replace(found, value=min(found.value, self.bound)), prices)

    def _start(self, prices: Floats) -> None:
        """A known plan: its choices where they are still allowed, if the money can be found for them."""
        if self.task.start is None:
            return
        way = np.full(int(self.task.owner.max(initial=-1)) + 1, -1)
        used = np.flatnonzero(self.task.start[: self.task.ways] > 0)
        way[self.task.owner[used]] = used
        way = allowed(self.dual, way, prices)
        if self._obeys(way):
            self._try(Choice(way, np.inf, np.inf, False), prices)

    def _obeys(self, way: Ints) -> bool:
        """Whether ways obey the rows over ways alone."""
        task = self.task
        point = np.zeros(task.width, np.int64)
        point[way[way >= 0]] = 1
        mine = self.part.way[task.col]
        total = np.zeros(task.height, np.int64)
        np.add.at(total, task.row[mine], task.value[mine] * point[task.col[mine]])
        alone = self.part.choice & (np.bincount(task.row, self.part.shared[task.col], task.height) == 0)
        return bool((~alone | ((total >= task.row_lower) & (total <= task.row_upper))).all())

    def _master(self, gap: float, core: Core | None) -> Choice:
        limit = max(3.0, 0.3 * (time.monotonic() - self.begun))
        found = self.master.solve(gap, min(limit, max(0.1, self.left)), core, self.ask)
        bound = max(found.bound, self._value, *((core.outside, core.beyond) if core is not None else ()))
        if np.isfinite(bound):
            self.hear_bound(bound + CAREFUL * abs(bound))
        return found

    def _try(self, found: Choice, prices: Floats, seconds: float = np.inf, mend: bool = False) -> bool:
        """Find the money for a choice; else learn rows from it and look for a lighter one. Whether a better plan came.

        What has taken ``seconds`` without a plan is given up. With ``mend`` parts that lack money are decided anew.
        """
        way, before, until, first = found.way, np.inf, time.monotonic() + seconds, self.best is None or mend
        learns = bool(self.master.pool)  # before the first rows no prices of wide rows are agreed
        for attempt in range(3 * REPAIRS if first else REPAIRS):
            assert way is not None
            weight = weights_of(self.oracle, way)
            if weight is None:
                break
            together, alone = (
                self.money.both(weight, self.left)
                if learns and attempt == 0
                else (self.money.together(weight, self.left), None)
            )
            if together is None or self.ask():
                break
            if learns and attempt == 0 and together.value + together.overrun != found.value:
                self._learn(together, alone, prices)
            if together.overrun == 0:
                near_it = learns and not mend and (first or attempt == 0)
                return self._take(way, weight, together, prices, min(found.value, self.bound) if near_it else None)
            if not first and (attempt > 0 or self.gap < 10 * FIRST_GAP):
                break
            eased = None if first and attempt > 1 and together.overrun > EASES * before else way
            way = self._mended(together) if mend else None
            if way is None and eased is not None:
                way = lighter(self.dual, eased, prices, together)
            before = together.overrun
            if time.monotonic() > until or way is None or not self._obeys(way):
                break
        return False

    def _mended(self, money: Recourse) -> Ints | None:
        """The parts that lack money decided anew, with all else as it stands."""
        short = self.parts.of_row[money.over != 0]
        free = np.isin(self.parts.of_project, short)
        if (short < 0).any() or free.mean() > MEND_MOST:
            return None
        self.money.take_in_of(free)
        return mended(self.part, money.point, free, min(MEND_SECONDS, max(0.1, self.left)), MEND_GAP)

    def _take(self, way: Ints, weight: Floats, money: Recourse, prices: Floats, hope: float | None) -> bool:
        """A plan of money that fits, then of better choices near it, up to a hope. Whether a better plan came."""
        better = False
        if self.best is None or (hope is None and money.value > self.best.value):
            better = self._hear_whole(weight, money, self._gap_of(money))
        if hope is None:
            return better
        near_way, near_money = self._improved(way, money, prices, hope)
        if self.best is None or near_money.value > self.best.value:
            near_weight = weights_of(self.oracle, near_way)
            assert near_weight is not None
            better = self._hear_whole(near_weight, near_money, self._gap_of(near_money)) or better
        return better

    def _gap_of(self, money: Recourse) -> float:
        return max(self.limits.gap, (self.bound - money.value) / max(abs(money.value), 1e-12))

    def _hear_whole(self, weight: Floats, money: Recourse, gap: float) -> bool:
        plan = self.money.whole(weight, money, gap, self.left)
        return plan is not None and plan.overrun == 0 and self.hear_plan(plan)

    def _improved(self, way: Ints, money: Recourse, prices: Floats, hope: float) -> tuple[Ints, Recourse]:
        """Better choices near a choice, by small masters whose rows are true there; ``hope`` is what may be reached.

        How many projects may change grows with what was got of what was promised (a trust region).
        """
        free, failed = NEAR_LEAST + NEAR_SHARE * len(way), 0
        for _ in range(STEPS):
            goal = max(LAST_GAP, self.limits.gap / 4) * abs(money.value)
            if hope - money.value <= goal or self.bound - money.value <= 3 * goal or self.done:
                break
            if free > NEAR_MOST * len(way) or failed == MOST_FAILED:
                break
            core = near(self.dual, way, money.prices, free)
            found = self.master.solve(NEAR_GAP, min(NEAR_SECONDS, max(0.1, self.left)), core, self.ask)
            promised = found.value - money.value
            weight = None if found.way is None else weights_of(self.oracle, found.way)
            if found.way is None or weight is None or promised < NEAR_GAIN * (hope - money.value):
                free *= WIDER
                continue
            if self._overrated(found, weight):
                continue
            together, alone = self._found(weight)
            if together is None:
                break
            self._learn(together, alone, prices)
            got = (together.value - money.value) / promised if together.overrun == 0 else -1.0
            free *= NARROWER if got < 0 else WIDER if got > WELL else 1.0
            failed += 1
            if got > 0:
                way, money, failed = found.way, together, 0
                self._hear_whole(weight, money, np.inf)
        return way, money

    def _found(self, weight: Floats) -> tuple[Recourse | None, Recourse | None]:
        """The money together; in a large task that of the parts was asked before."""
        return (
            (self.money.together(weight, self.left), None) if self.money.large else self.money.both(weight, self.left)
        )

    def _overrated(self, found: Choice, weight: Floats) -> bool:
        """In a large task: whether parts by themselves are worth less than the master said; rows tell it so."""
        alone = self.money.alone(weight, self.left) if self.money.large and self.money.apart else None
        if alone is None:
            return False
        self._learn_parts(alone.prices)
        self.money.take_in()
        return self.money.worth(alone) < found.value - OVERRATED * abs(found.value)

    def _learn_parts(self, prices: Floats) -> None:
        """Rows of the parts at prices, those that are not known yet."""
        of_row = self.parts.of_row
        for row in self.oracle.price_parts(prices, self.parts):
            key = row.net, np.round(prices[of_row == row.net], 7).tobytes()
            if key not in self.known_parts:
                self.known_parts.add(key)
                self.master.add(row)

    def _learn(self, money: Recourse, alone: Recourse | None, prices: Floats) -> None:
        """Rows from a recourse: its prices, those drawn towards the good ones, and single rows that broke."""
        for nudge in NUDGES:
            self.master.add(self.oracle.price(money.prices * (nudge or 1.0) + prices * (nudge > 0)))
            self.money.take_in()
        if alone is not None:
            self._learn_parts(alone.prices)
            self.money.take_in()
        broken = np.flatnonzero((money.over != 0) & ~self.learned & self.part.coupling)
        for row in broken[np.argsort(-np.abs(money.over[broken]))][:SINGLES].tolist():
            self.learned[row] = True
            single = np.zeros_like(prices)
            single[row] = np.sign(money.over[row])
            self.master.add(self.oracle.price(single, 0.0))
