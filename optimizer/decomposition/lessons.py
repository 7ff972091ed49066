"""What the master is taught: rows of good prices at first, later those of every recourse."""

from __future__ import annotations

import numpy as np

from models.program import Floats
from optimizer.decomposition.master import Master
from optimizer.decomposition.money import Money
from optimizer.decomposition.recourse import Recourse

SAME_PRICE = 0.02
"""Rows whose prices differ by less than this part stand for one kind of money."""
NUDGES = (0.0, 0.5)
SINGLES, SOFT_ROWS = 30, 60


class Lessons:
    """Adds rows to the pool of a master; remembers what it knows already."""

    def __init__(self, money: Money, master: Master) -> None:
        self.oracle, self.parts, self.money, self.master = money.oracle, money.parts, money, master
        self.begun = False
        self.known: set[tuple[int, bytes]] = set()
        self.learned = np.zeros(self.oracle.part.task.height, np.bool_)

    def first(self, prices: Floats) -> None:
        """The row of the best prices, one for every set of rows with about the same price, and those of soft rows."""
        assert not self.begun, "parts agree on prices of wide rows once: all net costs in the pool are at these"
        self.begun = True
        prices = self.oracle.clean(prices)
        if self.money.apart:
            self.money.agree(prices)
            self.master.add(self.oracle.link(prices, self.parts))
            self.of_parts(prices)
        else:
            self.master.add(self.oracle.price(prices))
        size = np.abs(prices) * np.maximum(
            np.abs(np.where(np.isfinite(self.oracle.part.numbers.row_upper), self.oracle.part.numbers.row_upper, 0.0)),
            1.0,
        )
        used = np.flatnonzero(size > 1e-6 * size.max(initial=0.0))
        order = used[np.argsort(np.abs(prices[used]))]
        value = np.abs(prices[order])
        for rows in np.split(order, np.flatnonzero(np.diff(value) > SAME_PRICE * value[:-1]) + 1):
            some = np.zeros_like(prices)
            some[rows] = prices[rows]
            self.master.add(self.oracle.price(some, 0.0))
        soft = np.flatnonzero((prices != 0) & self.oracle.part.coupling & self.oracle.part.speaks_of_shared)
        for row in soft[np.argsort(-size[soft])][:SOFT_ROWS].tolist():
            self.learned[row] = True
            alone = np.zeros_like(prices)
            alone[row] = np.sign(prices[row])
            self.master.add(self.oracle.price(alone, 0.0))

    def again(self, prices: Floats) -> None:
        """Rows of other good prices; those of wide rows that parts agreed on stay as they are."""
        prices = self.oracle.clean(prices)
        self.master.add(self.oracle.price(prices))
        if self.money.apart:
            self.of_parts(np.where(self.parts.wide, self.money.agreed, prices))

    def learn(self, money: Recourse, alone: Recourse | None, prices: Floats) -> None:
        """Rows from a recourse: its prices, those drawn towards the good ones, and single rows that broke."""
        for nudge in NUDGES:
            self.master.add(self.oracle.price(money.prices * (nudge or 1.0) + prices * (nudge > 0)))
            self.money.take_in()
        if alone is not None:
            self.of_parts(alone.prices)
            self.money.take_in()
        broken = np.flatnonzero((money.over != 0) & ~self.learned & self.oracle.part.coupling)
        for row in broken[np.argsort(-np.abs(money.over[broken]))][:SINGLES].tolist():
            self.learned[row] = True
            single = np.zeros_like(prices)
            single[row] = np.sign(money.over[row])
            self.master.add(self.oracle.price(single, 0.0))

    def of_parts(self, prices: Floats) -> None:
        """Rows of the parts at prices, those that are not known yet."""
        of_row = self.parts.of_row
        for row in self.oracle.price_parts(prices, self.parts):
            key = row.net, np.round(prices[of_row == row.net], 7).tobytes()
            if key not in self.known:
                self.known.add(key)
                self.master.add(row)
