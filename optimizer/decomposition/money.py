"""Money for choices: of all parts together, of each by itself at agreed prices, and with 0/1 columns whole."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from models.program import Bools, Floats
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.recourse import WHOLE_GAP, Recourse, is_whole, recourse, whole
from optimizer.decomposition.regions import Parts

MANY_SYSTEMS, LITTLE = 12_000, 0.02
"""With more systems those dearer by so much of a project's aim than the best of their state are left out at first."""
WHOLE_SECONDS, WHOLE_LOSS = 5.0, 0.1
METHODS, SLOW = ("simplex", "ipm"), 4.0
"""How HiGHS finds the money; after so many seconds with the first the second is tried."""


class Money:
    """What is needed to find money: typical prices, agreed prices of wide rows, systems that may be used."""

    def __init__(self, oracle: Oracle, parts: Parts) -> None:
        self.oracle, self.parts = oracle, parts
        height = oracle.part.task.height
        self.scale, self.agreed = np.ones(height), np.full(height, np.nan)
        self.able: Bools = oracle.fits
        self.large = len(oracle.systems.state) > MANY_SYSTEMS
        self.beside = ThreadPoolExecutor(1)
        self.method, self.took = METHODS[0], dict[str, float]()

    @property
    def apart(self) -> bool:
        """Whether the task falls into parts that only wide rows join."""
        return self.parts.count > 1

    @property
    def narrow(self) -> bool:
        """Whether systems are left out."""
        return self.able is not self.oracle.fits

    def agree(self, prices: Floats) -> None:
        """Prices of wide rows at which each part finds its money by itself."""
        self.agreed = np.where(self.parts.wide, self.oracle.clean(prices), np.nan)

    def leave_out(self, prices: Floats) -> None:
        """In a large task leave out the systems that cost more than a little at prices."""
        if not self.large:
            return
        oracle, task = self.oracle, self.oracle.part.task
        least = oracle.least(oracle.cost(oracle.clean(prices), 1.0))
        worth = float(np.abs(oracle.part.numbers.objective[: task.ways]).mean())
        self.able = oracle.fits & (oracle.found - least[oracle.systems.state] <= LITTLE * worth)

    def take_in(self) -> None:
        """Systems that were best at the last prices may be used from now on."""
        if self.narrow:
            self.able[self.oracle.best[self.oracle.states.possible]] = True

    def take_in_of(self, projects: Bools) -> None:
        """All systems of some projects, shape (projects,), may be used from now on."""
        if self.narrow:
            self.able |= self.oracle.fits & projects[self.oracle.states.project[self.oracle.systems.state]]

    def take_in_all(self) -> None:
        """All systems may be used from now on."""
        self.able = self.oracle.fits

    def together(self, weight: Floats, seconds: float) -> Recourse | None:
        """The best money for weights of states."""
        begun, method = time.monotonic(), self.method
        found = recourse(self.oracle, weight, self.scale, self.able, max(1.0, seconds), method=method)
        self._took(method, time.monotonic() - begun)
        return found

    def _took(self, method: str, seconds: float) -> None:
        """Where the simplex method is slow, try the interior-point method once and keep the faster one."""
        self.took[method] = seconds
        if seconds > SLOW and len(self.took) < len(METHODS):
            self.method = METHODS[1]
        elif len(self.took) == len(METHODS):
            self.method = min(METHODS, key=self.took.__getitem__)

    def alone(self, weight: Floats, seconds: float) -> Recourse | None:
        """The best money of every part by itself at the agreed prices of wide rows."""
        return recourse(self.oracle, weight, self.scale, self.able, max(1.0, seconds), self.agreed)

    def both(self, weight: Floats, seconds: float) -> tuple[Recourse | None, Recourse | None]:
        """``together``, and beside it ``alone`` where the task falls into parts."""
        if not self.apart:
            return self.together(weight, seconds), None
        beside = self.beside.submit(self.alone, weight, seconds)
        return self.together(weight, seconds), beside.result()

    def worth(self, alone: Recourse) -> float:
        """What money of parts by themselves is worth at the agreed prices: no less than together."""
        wide = self.oracle.clean(np.where(self.parts.wide, self.agreed, 0.0))
        spent = float(self.oracle.cost(wide, 0.0) @ alone.point)
        return alone.value + float(self.oracle.worth(wide).sum()) - spent - alone.overrun

    def whole(self, weight: Floats, found: Recourse, gap: float, seconds: float) -> Recourse | None:
        """The money again with 0/1 columns of projects whole, losing no more than a part of ``gap`` if it can."""
        if is_whole(self.oracle, found):
            return found
        gap = max(WHOLE_GAP, WHOLE_LOSS * gap)
        return whole(self.oracle, weight, self.scale, found, max(1.0, min(WHOLE_SECONDS, seconds)), gap)
