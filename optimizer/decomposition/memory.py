"""What a worker remembers from one task to the next."""

from __future__ import annotations

from collections import Counter

import numpy as np

from models.program import Floats
from optimizer.decomposition.duals import Dual


class Memory:
    """Prices of the last task, by what its rows say whatever their limits; any prices are valid, good ones save time."""

    def __init__(self) -> None:
        self.prices: dict[int, float] = {}

    def keep(self, dual: Dual, prices: Floats) -> None:
        """Remember prices, those of the last task only."""
        self.prices = {name: float(prices[row]) for row, name in self._names(dual)}

    def known(self, dual: Dual) -> Floats | None:
        """Prices for the rows that are the same; None when there are hardly any."""
        found = np.zeros(dual.oracle.part.task.height)
        rows = [(row, self.prices[name]) for row, name in self._names(dual) if name in self.prices]
        for row, price in rows:
            found[row] = price
        return found if 2 * len(rows) > len(dual.rows) else None

    @staticmethod
    def _names(dual: Dual) -> list[tuple[int, int]]:
        order = np.argsort(dual.row, kind="stable")
        row, col, value = dual.row[order], dual.col[order], dual.value[order]
        ends = np.searchsorted(row, dual.rows, side="right")
        starts = np.searchsorted(row, dual.rows)
        found, seen = [], Counter[int]()
        for k, (r, a, b) in enumerate(zip(dual.rows.tolist(), starts.tolist(), ends.tolist(), strict=True)):
            sides = bool(np.isfinite(dual.lower[k])), bool(np.isfinite(dual.upper[k]))
            name = hash((col[a:b].tobytes(), value[a:b].tobytes(), sides))
            seen[name] += 1
            found.append((r, hash((name, seen[name]))))
        return found


MEMORY = Memory()
