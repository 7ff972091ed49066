"""Good prices without the large linear program: a bundle method on the dual, one model for each group of projects.

A small linear program over the cuts of all groups, kept near the best prices known by a box, gives the next prices
(multi-cut boxstep method; Marsten, Hogan and Blankenship 1975).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import highspy
import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.average import NOTHING, Average, average
from optimizer.decomposition.duals import Cuts, Dual
from optimizer.task import Scaled

SERIOUS = 0.1
BOX_START, BOX_MOST, BOX_LEAST = 0.5, 2.0, 1e-5
CLOSE = 2e-5
LEAST_WIDTH = 0.2
MEMORY, FORGET = 4, 0.2
"""Runs of the model after which a cut that did not matter is dropped, once such cuts are so large a part."""

Told = Callable[[float, Floats, float], bool]


def _silent(bound: float, prices: Floats, hope: float) -> bool:
    return False


class Search:
    """A search for prices, and the best found: ``best`` is the dual bound at ``centre``.

    Every pricing is kept for what large projects may do at it: ``rest`` is the dual bound without the components
    set apart, ``gains`` what their joint states add, in the order of ``joint``.
    """

    def __init__(self, dual: Dual, start: Floats | None = None, box: float = BOX_START) -> None:
        self.dual = dual
        self.centre = dual.clean(dual.start() if start is None else start)
        self.model = _Model(dual)
        self.mine = np.isin(dual.group[dual.joint.component], dual.apart)
        self.joint = np.flatnonzero(self.mine)
        self.rest: list[float] = []
        self.gains: list[Floats] = []
        self.points: list[tuple[Ints, Floats]] = []
        self.box = box
        self.best = self._at(self.centre)

    def _at(self, prices: Floats) -> float:
        value, cuts, point = self.dual.evaluate(prices)
        self.model.add(cuts, prices)
        used = np.flatnonzero(point)
        self.points.append((used, point[used]))
        self.rest.append(value - float(cuts.value[self.dual.apart].sum()))
        self.gains.append(cuts.together[self.joint])
        return value

    def allow(self, chosen: Ints | None) -> None:
        """Of the components set apart only these joint states may be taken (positions in ``joint``, one for each).

        None allows all again.
        """
        self.dual.only = None
        if chosen is not None:
            self.dual.only = ~self.mine
            self.dual.only[self.joint[chosen]] = True

    def fix(self, chosen: Ints) -> None:
        """``allow`` them and search for their prices from the best known."""
        self.allow(chosen)
        self.model.keep(self.joint[chosen])
        self.best, self.box = self._at(self.centre), BOX_START

    def go(self, prices: Floats) -> None:
        """Try these prices; they stay if they are better."""
        prices = self.dual.clean(prices)
        value = self._at(prices)
        if value < self.best:
            self.best, self.centre = value, prices

    def average(self) -> Average | None:
        """What projects do on the average of the pricings that carry the model's last prices; None without any."""
        shares = [self.model.shares(pricing) for pricing in range(len(self.points))]
        return average(self.dual, self.points, shares) if self.model.runs else None

    def mixed(self) -> tuple[Floats, Bools]:
        """That average as columns of the task, and which groups mix several pricings; shape (groups,)."""
        dual = self.dual
        task = dual.oracle.part.task
        point, number = np.zeros(task.width), np.zeros(dual.group_count, np.int64)
        for pricing, (column, value) in enumerate(self.points):
            share = self.model.shares(pricing)
            owner = task.owner[column]
            point[column] += np.where(owner >= 0, share[dual.group[np.maximum(owner, 0)]], 0.0) * value
            number += share > NOTHING
        return point, number != 1

    def run(self, seconds: float, close: float = CLOSE, told: Told = _silent) -> None:
        """Better prices, until no better ones are to be had within ``close``.

        ``told`` hears every better bound, its prices and how much better it could still become; it may end the search.
        """
        until, dual = time.monotonic() + seconds, self.dual
        if told(self.best, self.centre, np.inf):
            return
        scale = dual.typical()
        while time.monotonic() < until and self.box > BOX_LEAST:
            width = self.box * np.maximum(np.abs(self.centre[dual.rows]), LEAST_WIDTH * scale)
            found = self.model.next(self.centre, width, until - time.monotonic())
            if found is None:
                break
            prices, promised = found
            prices = dual.clean(prices)
            hope = self.best - promised
            if hope <= close * abs(self.best):
                if self.box >= BOX_START:
                    break
                self.box *= 4
            value = self._at(prices)
            if value < self.best - SERIOUS * hope:
                if value < self.best - 0.5 * hope:
                    self.box = min(BOX_MOST, self.box * 2)
                self.best, self.centre = value, prices
                if told(self.best, self.centre, self.best - promised):
                    break
            else:
                self.box *= 0.6


def good_prices(dual: Dual, seconds: float, close: float = CLOSE) -> tuple[float, Floats]:
    """The bound at good prices, and the prices."""
    search = Search(dual)
    search.run(seconds, close)
    return search.best, search.centre


class _Model:
    """The cuts as a linear program over prices: min rows' limits + groups + shared columns."""

    def __init__(self, dual: Dual) -> None:
        self.dual = dual
        part, numbers = dual.oracle.part, dual.oracle.part.numbers
        self.k, self.g = len(dual.rows), dual.group_count
        self.shared = np.flatnonzero(part.shared)
        lp = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
            lp.setOptionValue(name, value)
        inf = highspy.kHighsInf
        up, low = np.where(np.isinf(dual.upper), 0.0, dual.upper), np.where(np.isinf(dual.lower), 0.0, dual.lower)
        self.top = np.where(np.isinf(dual.upper), 0.0, inf)
        self.bottom = np.where(np.isinf(dual.lower), 0.0, inf)
        model = highspy.HighsLp()
        count = 2 * self.k + self.g + len(self.shared)
        model.num_col_, model.num_row_ = count, 0
        model.col_cost_ = np.concatenate([up, -low, np.ones(self.g + len(self.shared))])
        model.col_lower_ = np.concatenate([np.zeros(2 * self.k), np.full(self.g, -inf), np.zeros(len(self.shared))])
        model.col_upper_ = np.concatenate([self.top, self.bottom, np.full(self.g + len(self.shared), inf)])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.zeros(1, np.int32)
        lp.passModel(model)
        self.lp = lp
        self._shared_rows(numbers)
        self.first = lp.getNumRow()
        none = np.zeros(0, np.int64)
        self.state, self.used, self.right, self.runs = none, none, np.zeros(0), 0
        self.pricing, self.group, self.share, self.pricings = none, none, np.zeros(0), 0

    def _shared_rows(self, numbers: Scaled) -> None:
        """t_j + range·(u A_j) ≥ range·c_j for every shared column."""
        dual = self.dual
        if not len(self.shared):
            return
        at = {int(c): k for k, c in enumerate(self.shared)}
        terms: dict[int, list[tuple[int, float]]] = {k: [] for k in range(len(self.shared))}
        mine = dual.oracle.part.shared[dual.col]
        for r, c, v in zip(dual.row[mine].tolist(), dual.col[mine].tolist(), dual.value[mine].tolist(), strict=True):
            terms[at[c]].append((int(dual.place[r]), v))
        for k, c in enumerate(self.shared.tolist()):
            reach = min(numbers.upper[c], 1e7)
            index = [2 * self.k + self.g + k]
            value = [1.0]
            for p, v in terms[k]:
                index += [p, self.k + p]
                value += [reach * v, -reach * v]
            self.lp.addRow(
                reach * numbers.objective[c], highspy.kHighsInf, len(index), np.array(index, np.int32), np.array(value)
            )

    def add(self, cuts: Cuts, prices: Floats) -> None:
        """θ_g ≥ φ_g + slope·(u − u_k) for every group; those of components set apart hold for their state alone."""
        k, g = self.k, self.g
        order = np.argsort(cuts.group, kind="stable")
        group, row, slope = cuts.group[order], cuts.row[order], cuts.slope[order]
        at = prices[self.dual.rows]
        right = cuts.value - np.bincount(group, slope * at[row], g)
        count = np.bincount(group, minlength=g)
        start = np.concatenate([[0], np.cumsum(2 * count + 1)[:-1]])
        size = int((2 * count + 1).sum())
        index, value = np.zeros(size, np.int32), np.zeros(size)
        inside = np.arange(len(group)) - np.repeat(np.cumsum(count) - count, count)
        index[start] = 2 * k + np.arange(g)
        value[start] = 1.0
        at1 = start[group] + 1 + 2 * inside
        index[at1], value[at1] = row, -slope
        index[at1 + 1], value[at1 + 1] = k + row, slope
        self.lp.addRows(g, right, np.full(g, highspy.kHighsInf), size, start.astype(np.int32), index, value)
        state = np.full(g, -1)
        state[self.dual.apart] = cuts.state
        self.state = np.concatenate([self.state, state])
        self.right = np.concatenate([self.right, right])
        self.used = np.concatenate([self.used, np.full(g, self.runs)])
        self.pricing = np.concatenate([self.pricing, np.full(g, self.pricings)])
        self.group = np.concatenate([self.group, np.arange(g)])
        self.share = np.concatenate([self.share, np.zeros(g)])
        self.pricings += 1

    def keep(self, chosen: Ints) -> None:
        """Of the components set apart only the cuts of the chosen joint states count."""
        apart = np.flatnonzero(self.state >= 0)
        lower = np.where(np.isin(self.state[apart], chosen), self.right[apart], -highspy.kHighsInf)
        index, none = (self.first + apart).astype(np.int32), np.full(len(apart), highspy.kHighsInf)
        self.lp.changeRowsBounds(len(index), index, lower, none)

    def _forget(self) -> None:
        """Drop the cuts that have not mattered for some time; dropped cuts of the dual can come again."""
        duals = np.array(self.lp.getSolution().row_dual)[self.first :]
        self.share = np.abs(duals)
        self.used[self.share > 0] = self.runs
        self.runs += 1
        old = np.flatnonzero(self.used < self.runs - MEMORY)
        if len(old) < FORGET * len(self.used):
            return
        index = (self.first + old).astype(np.int32)
        self.lp.deleteRows(len(index), index)
        left = np.ones(len(self.used), np.bool_)
        left[old] = False
        self.state, self.right, self.used = self.state[left], self.right[left], self.used[left]
        self.pricing, self.group, self.share = self.pricing[left], self.group[left], self.share[left]

    def shares(self, pricing: int) -> Floats:
        """How much of each group's average comes from a pricing, at the last prices of the model; shape (groups,)."""
        found = np.zeros(self.g)
        mine = np.flatnonzero(self.pricing == pricing)
        found[self.group[mine]] = self.share[mine]
        return found

    def next(self, centre: Floats, width: Floats, seconds: float) -> tuple[Floats, float] | None:
        """The best prices of the model within a box, and the model's value there."""
        self.lp.setOptionValue("time_limit", self.lp.getRunTime() + max(0.1, seconds))
        at = centre[self.dual.rows]
        low, high = at - width, at + width
        index = np.arange(2 * self.k, dtype=np.int32)
        lower = np.concatenate([np.maximum(low, 0), np.maximum(-high, 0)])
        upper = np.concatenate(
            [np.minimum(np.maximum(high, 0), self.top), np.minimum(np.maximum(-low, 0), self.bottom)]
        )
        self.lp.changeColsBounds(2 * self.k, index, np.minimum(lower, upper), upper)
        for _ in range(2):
            self.lp.run()
            if self.lp.getModelStatus() != highspy.HighsModelStatus.kUnknown:
                break
            self.lp.clearSolver()  # the basis of the last run led nowhere; from the start it works
        if self.lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.array(self.lp.getSolution().col_value)
        prices = np.zeros(self.dual.oracle.part.task.height)
        prices[self.dual.rows] = found[: self.k] - found[self.k : 2 * self.k]
        value = float(self.lp.getInfo().objective_function_value)
        self._forget()
        return prices, value
