"""Thousands of small linear programs at once: a bounded primal simplex over arrays, warm from its last bases.

Each program is ``min c·z, L ≤ A z ≤ U, 0 ≤ z ≤ u``; row k gets a slack r_k = (A z)_k. When only costs change
the last basis stays feasible, so that few programs pivot. What counts is the dual solution: its bound is worked
out anew from the data (``bound``) and is true however well the simplex did.
Method: Dantzig pricing, composite first phase (Maros 2003, chapters 9 and 10).
"""

from __future__ import annotations

import numpy as np

from models.program import Bools, Floats, Ints

TINY = 1e-9
FEASIBLE = 1e-7
MOST_PIVOTS = 120


class Batch:
    """Programs of one shape: ``matrix`` (count, m, n), ``lower``, ``limit`` (count, m), ``upper`` (count, n)."""

    def __init__(self, matrix: Floats, lower: Floats, limit: Floats, upper: Floats) -> None:
        count, m, n = matrix.shape
        self.matrix, self.lower, self.limit, self.upper = matrix, lower, limit, upper
        self.table = np.concatenate([-matrix, np.broadcast_to(np.eye(m), (count, m, m))], axis=2)
        self.low = np.concatenate([np.zeros((count, n)), lower], axis=1)
        self.high = np.concatenate([upper, limit], axis=1)
        self.basis = np.broadcast_to(np.arange(n, n + m), (count, m)).copy()
        self.basic = np.zeros((count, n + m), np.bool_)
        self.basic[:, n:] = True
        self.value = np.zeros((count, n + m))
        self.m, self.n = m, n

    def minimise(self, cost: Floats, some: Ints | None = None) -> tuple[Floats, Bools]:
        """Dual prices of the rows, shape (count, m), and which programs have a solution; those of ``some`` only."""
        count = len(cost)
        full = np.concatenate([cost, np.zeros((count, self.m))], axis=1)
        duals, possible = np.zeros((count, self.m)), np.ones(count, np.bool_)
        active = np.arange(count) if some is None else some
        for _ in range(MOST_PIVOTS):
            active = self._step(active, full, duals, possible)
            if not len(active):
                break
        return duals, possible

    def bound(self, cost: Floats, duals: Floats) -> Floats:
        """A lower bound of every program from any duals, shape (count,)."""
        if not cost.any() and not duals.any():
            return np.zeros(len(cost))
        duals = np.where((duals > 0) & np.isinf(self.lower), 0.0, duals)
        duals = np.where((duals < 0) & np.isinf(self.limit), 0.0, duals)
        side = np.where(duals > 0, self.lower, self.limit)
        reduced = cost - np.einsum("km,kmn->kn", duals, self.matrix)
        rows = np.where(duals != 0, duals * np.where(duals != 0, side, 0.0), 0.0).sum(axis=1)
        found: Floats = rows + (np.minimum(reduced, 0.0) * self.upper).sum(axis=1)
        return found

    def _step(self, active: Ints, cost: Floats, duals: Floats, possible: Bools) -> Ints:
        """One pivot (or flip) for all active programs; those that go on."""
        whole = len(active) == len(self.basis)
        table = self.table if whole else self.table[active]
        basis = self.basis[active]
        each = active[:, None]
        now, low, high = self.value[each, basis], self.low[each, basis], self.high[each, basis]
        slack = FEASIBLE * (1 + np.abs(now))
        below, above = now < low - slack, now > high + slack
        broken = (below | above).any(axis=1)
        priced = cost[active]
        basic_cost = np.where(
            broken[:, None], above.astype(float) - below, priced[np.arange(len(active))[:, None], basis]
        )
        reduced = np.where(broken[:, None], 0.0, priced) - np.einsum("km,kmn->kn", basic_cost, table)
        value, low_all, high_all = self.value[active], self.low[active], self.high[active]
        at_low = value <= low_all
        scale = TINY * (1 + np.abs(basic_cost).max(axis=1, initial=0.0))[:, None]
        wish = np.where(at_low, -reduced, reduced)
        wish = np.where(self.basic[active] | (high_all <= low_all) | (wish <= scale), 0.0, wish)
        enter = wish.argmax(axis=1)
        row = np.arange(len(active))
        go = wish[row, enter] > 0
        done = active[~go]
        duals[done] = reduced[~go][:, self.n :]
        possible[done] = ~broken[~go]
        if not go.any():
            return active[:0]
        keep = np.flatnonzero(go)
        active, enter, row = active[keep], enter[keep], np.arange(len(keep))
        up = np.where(at_low[keep, enter], 1.0, -1.0)
        column = table[keep, :, enter]
        rate = -column * up[:, None]
        far, hit_low = self._limits(now[keep], low[keep], high[keep], below[keep], above[keep], rate)
        step = far.min(axis=1)
        tied = far <= step[:, None] * (1 + 1e-9) + 1e-12
        leave = np.where(tied, np.abs(rate), -1.0).argmax(axis=1)  # of the equally near the safest pivot
        flip = high_all[keep, enter] - low_all[keep, enter]
        flips = flip <= step
        length = np.where(flips, flip, step)
        length = np.where(np.isfinite(length), np.maximum(length, 0.0), 0.0)
        self.value[active[:, None], basis[keep]] += rate * length[:, None]
        at = self.value[active, enter] + up * length
        self.value[active, enter] = np.where(flips, np.where(up > 0, high_all[keep, enter], low_all[keep, enter]), at)
        self._pivot(active[~flips], enter[~flips], leave[~flips], hit_low[row, leave][~flips])
        return active

    def _limits(
        self, now: Floats, low: Floats, high: Floats, below: Bools, above: Bools, rate: Floats
    ) -> tuple[Floats, Bools]:
        """How far each basic variable lets the entering one go, and whether it stops at its lower limit."""
        rising, falling = rate > TINY, rate < -TINY
        goal = np.where(rising, np.where(below, low, high), np.where(above, high, low))
        blocks = (rising & ~above) | (falling & ~below)
        with np.errstate(divide="ignore", invalid="ignore"):
            far = np.where(blocks & np.isfinite(goal), (goal - now) / np.where(rate == 0, 1.0, rate), np.inf)
        return np.maximum(far, 0.0), np.where(rising, below, ~above)

    def _pivot(self, at: Ints, enter: Ints, leave: Ints, hit_low: Bools) -> None:
        if not len(at):
            return
        out = self.basis[at, leave]
        self.value[at, out] = np.where(hit_low, self.low[at, out], self.high[at, out])
        table = self.table[at]
        row = np.arange(len(at))
        pivot_row = table[row, leave] / table[row, leave, enter][:, None]
        factor = table[row, :, enter]
        factor[row, leave] = 0.0
        table -= factor[:, :, None] * pivot_row[:, None, :]
        table[row, leave] = pivot_row
        self.table[at] = table
        self.basis[at, leave] = enter
        self.basic[at, out] = False
        self.basic[at, enter] = True
