"""The loop: prices, then masters over ever wider cores and recourse, plan and bound streamed as they get better."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from models.program import Floats, Ints
from optimizer.backends import Report
from optimizer.decomposition.duals import Core, Dual, good_prices
from optimizer.decomposition.master import Choice, Master
from optimizer.decomposition.memory import MEMORY
from optimizer.decomposition.prices import CAREFUL, Oracle
from optimizer.decomposition.recourse import Recourse, recourse, weights_of, whole
from optimizer.decomposition.regions import parts_of
from optimizer.decomposition.repair import allowed, lighter
from optimizer.decomposition.split import split
from optimizer.task import Limits, Progress, Task

POOR = 0.005
"""A core whose best choice is worth so much less than what lies outside is too narrow to be worth a try."""
CORE_LEAST, CORE_SHARE, CORE_GROWTH = 100, 0.02, 2.0
FIRST_GAP, LAST_GAP = 3e-4, 1e-7
SAME_PRICE = 0.02
"""Rows whose prices differ by less than this part stand for one kind of money."""
REPAIRS = 4
WHOLE_SECONDS = 5.0
EARLY = 4.0
"""After so many seconds without a plan the prices known by then make one."""
NUDGES = (0.0, 0.5)
SINGLES, SOFT_ROWS = 30, 60
ROUNDS, ROUND_LEAST, ROUND_SOON, ROUND_GAP = 40, 2.0, 10.0, 2e-4
"""Rounds of the relaxed master, seconds they have at least, seconds after which money that fits is enough, and the gap
at which they end in any case."""


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
        self.master = Master(self.oracle, self.parts.count if self.apart else 0)
        self.patience = EARLY
        self.scale = np.ones(task.height)
        self.agreed = np.full(task.height, np.nan)
        self.partly = np.zeros(len(self.oracle.states.way), np.bool_)
        self.beside = ThreadPoolExecutor(1)
        self.tried: set[bytes] = set()
        self.known_parts: set[tuple[int, bytes]] = set()
        self.unit = self.part.numbers.objective_scale
        self.best: Recourse | None = None
        self.bound = np.inf
        self.stopped = False
        self.learned = np.zeros(task.height, np.bool_)

    @property
    def apart(self) -> bool:
        """Whether the task falls into parts that only wide rows join."""
        return self.parts.count > 1

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
    def done(self) -> bool:
        """Whether the plan is good enough, or the time is over."""
        return self.gap <= max(self.limits.gap, LAST_GAP) or self.ask()

    # ---- the loop

    def run(self) -> Outcome:
        """Everything, until good enough."""
        prices = self._prices()
        self._first_rows(prices)
        if self.best is None:
            self._start(prices)
        self._rounds(prices)
        regret = self.dual.regret(prices)
        free, gap = CORE_LEAST + CORE_SHARE * (int(self.task.owner.max()) + 1), FIRST_GAP
        while not self.done:
            core = regret.core(free, -np.inf if self.best is None else self.best.value, self.partly)
            found = self._master(gap, core)
            if found.way is None and core is None:
                if found.complete and self.best is None:
                    raise Unfit("no choice satisfies the pool")
                break
            if core is not None and found.bound < core.outside - POOR * abs(core.outside):
                free *= CORE_GROWTH
                if self.best is not None:
                    continue
            better = found.way is not None and self._try(found, prices)
            value = -np.inf if self.best is None else self.best.value
            again = found.way is not None and self._known(found.way)
            exhausted = found.way is None or again or found.value <= value + 2 * gap * abs(value)
            narrow = core is not None and found.bound - value <= self.limits.gap * abs(value) < core.outside - value
            if narrow or (exhausted and not better):
                free *= CORE_GROWTH
                closed = core is None or core.outside <= value
                least = max(self.limits.gap / 3, LAST_GAP / 2)
                if again and closed and gap <= least:
                    break  # the money of this choice, made whole, is worth less than the rows can say
                gap = max(0.0 if closed else gap / 2, least)
        return self._outcome()

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

        def told(bound: float, prices: Floats) -> bool:
            self.hear_bound(bound + CAREFUL * abs(bound))
            self._tell(None)
            if self.best is None and time.monotonic() - self.begun > self.patience:
                self.scale = self._scale(prices)
                nothing = np.full(int(self.task.owner.max(initial=-1)) + 1, self.task.ways)
                self._try(Choice(allowed(self.dual, nothing, prices), np.inf, np.inf, False), prices)
                self.patience = 2 * (time.monotonic() - self.begun)
            return self.ask()

        close = max(self.limits.gap / 10, 2e-5)
        if known is not None and self.task.start is not None:
            known = self.dual.clean(known)
            told(self.dual.evaluate(known)[0], known)
            self.scale = self._scale(known)
            self._start(known)
        seen = good_prices(self.dual, known, max(1.0, 0.6 * self.left), close, told)
        bound, prices = seen[-1]
        if not np.isfinite(bound) or (self.best is not None and bound < self.best.value - 1e-6 * abs(self.best.value)):
            raise Unfit("no finite bound")
        self.hear_bound(bound + CAREFUL * abs(bound))
        MEMORY.keep(self.dual, prices)
        self.scale = self._scale(prices)
        return prices

    def _scale(self, prices: Floats) -> Floats:
        """A typical price of every row."""
        scale = np.zeros(self.task.height)
        scale[self.dual.rows] = np.maximum(self.dual.typical(), np.abs(prices[self.dual.rows]))
        return np.where(self.part.coupling & (scale == 0), 1.0, scale)

    def _first_rows(self, prices: Floats) -> None:
        """The row of the best prices, one for every set of rows with about the same price, and those of soft rows."""
        prices = self.oracle.clean(prices)
        if self.apart:
            self.agreed = np.where(self.parts.wide, prices, np.nan)
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

    def _rounds(self, prices: Floats) -> None:
        """Rows from the relaxed master, until money can be found for what it chooses in part; a plan near that."""
        now = time.monotonic()
        until, soon = min(now + max(ROUND_LEAST, now - self.begun), self.until), now + ROUND_SOON
        for _ in range(ROUNDS):
            found = None if self.done else self.master.relaxed(max(0.1, until - time.monotonic()))
            if found is None:
                return
            value, weight = found
            self.partly = weight > 0
            money, alone = self._recourse(weight, True)
            near = money is not None and money.value >= value - ROUND_GAP * abs(value)
            if money is None or (money.overrun == 0 and (near or time.monotonic() > soon)):
                break
            self._learn(money, alone, prices)
            if time.monotonic() > until:
                break
        if self.best is None:
            states = self.oracle.states
            last = np.lexsort((weight, states.project))[np.cumsum(np.bincount(states.project)) - 1]
            if self._obeys(states.way[last]):
                self._try(Choice(states.way[last], np.inf, np.inf, False), prices)

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
        value = -np.inf if self.best is None else self.best.value
        bound = max(found.bound, value, -np.inf if core is None else core.outside)
        if np.isfinite(bound):
            self.hear_bound(bound + CAREFUL * abs(bound))
        return found

    def _try(self, found: Choice, prices: Floats) -> bool:
        """Find the money for a choice; else learn rows from it and look for a lighter one. Whether a better plan came."""
        better, way = False, found.way
        learns = bool(self.master.pool)  # before the first rows no prices of wide rows are agreed
        for attempt in range(REPAIRS if self.best is not None else 3 * REPAIRS):
            assert way is not None
            weight = weights_of(self.oracle, way)
            if weight is None:
                break
            money, alone = self._recourse(weight, learns and attempt == 0)
            if money is None or self.ask():
                break
            if learns and attempt == 0 and money.value + money.overrun != found.value:
                self._learn(money, alone, prices)
            if money.overrun == 0 and self.best is not None and money.value <= self.best.value:
                break
            if money.overrun == 0:
                money = self._whole(weight, money)
            if money is not None and money.overrun == 0:
                return self.hear_plan(money) or better
            if money is None or (self.best is not None and (attempt > 0 or self.gap < 10 * FIRST_GAP)):
                break
            lighter_way = lighter(self.dual, way, prices, money)
            if lighter_way is None or not self._obeys(lighter_way):
                break
            way = lighter_way
        return better

    def _whole(self, weight: Floats, money: Recourse) -> Recourse | None:
        """The money again with 0/1 columns of projects whole, where they are not by themselves."""
        part = money.point[self.part.local & self.task.integer]
        if np.abs(part - np.rint(part)).max(initial=0.0) <= 1e-6:
            return money
        return whole(self.oracle, weight, self.scale, money, max(1.0, min(WHOLE_SECONDS, self.left)))

    def _learn_parts(self, prices: Floats) -> None:
        """Rows of the parts at prices, those that are not known yet."""
        of_row = self.parts.of_row
        for row in self.oracle.price_parts(prices, self.parts):
            key = row.net, np.round(prices[of_row == row.net], 7).tobytes()
            if key not in self.known_parts:
                self.known_parts.add(key)
                self.master.add(row)

    def _recourse(self, weight: Floats, parts: bool) -> tuple[Recourse | None, Recourse | None]:
        """The money for weights of states, and beside it that of the parts at the agreed prices."""
        seconds = max(1.0, self.left)
        if not (parts and self.apart):
            return recourse(self.oracle, weight, self.scale, seconds), None
        beside = self.beside.submit(recourse, self.oracle, weight, self.scale, seconds, self.agreed)
        return recourse(self.oracle, weight, self.scale, seconds), beside.result()

    def _learn(self, money: Recourse, alone: Recourse | None, prices: Floats) -> None:
        """Rows from a recourse: its prices, those drawn towards the good ones, and single rows that broke."""
        for nudge in NUDGES:
            self.master.add(self.oracle.price(money.prices * (nudge or 1.0) + prices * (nudge > 0)))
        if alone is not None:
            self._learn_parts(alone.prices)
        broken = np.flatnonzero((money.over != 0) & ~self.learned & self.part.coupling)
        for row in broken[np.argsort(-np.abs(money.over[broken]))][:SINGLES].tolist():
            self.learned[row] = True
            single = np.zeros_like(prices)
            single[row] = np.sign(money.over[row])
            self.master.add(self.oracle.price(single, 0.0))
