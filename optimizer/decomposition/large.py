"""The largest projects first: a small master over their ways alone, at the prices of all others (Benders 1962).

At prices u the dual bound is a sum over projects. Without the large ones it is a number, and each of their states
adds its gain: a row that bounds every plan by what the large projects do in it. The master takes the best choice of
them under all rows so far; the search for prices goes on with that choice fixed and gives the next row. What one
large project of a hundredth of the aim may not do in part, the linear relaxation does not see; this master does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import highspy
import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.average import Average
from optimizer.decomposition.bundle import Search
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.highs import program, solver
from optimizer.task import DUAL_IN_MIP, DUAL_TOLERANCE

LUMP, LEAST, MOST = 3e-3, 2, 0.05
"""A project is large from this part of the dual bound on; how many may be called large, at least and as a share."""
ROUNDS = 60
EXACT, SIZE = 1e-9, 1e4
"""Gap of the master; its bound is counted in so many units, against the tolerances of the solver."""
FAR = 100.0
"""Rows whose bound is above the lowest by more than this part are left out."""
DOUBTFUL, FARTHER, HOPELESS = 0.05, 10.0, 0.5
"""Where the bound of a choice fell by more than the first part, prices go so many times as far at once; a choice whose
bound falls by more than the third part is taken to have no plan at all."""
SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Lead:
    """A choice of large projects (positions in the search's ``joint``): no plan with it is worth more than ``bound``
    (seen at ``prices``), none with another choice that was not taken yet more than ``beyond``. ``mean`` is what
    projects do there on the average."""

    chosen: Ints
    prices: Floats
    bound: float
    mean: Average | None
    beyond: float = np.inf


def set_large_apart(dual: Dual, bound: float) -> None:
    """Give every large project, with what it is tied to, a group of its own in the dual."""
    task, numbers = dual.oracle.part.task, dual.oracle.part.numbers
    aim = np.zeros(len(dual.joint.of_project))
    np.maximum.at(aim, task.owner[: task.ways], numbers.objective[: task.ways])
    largest = np.argsort(-aim, kind="stable")[: max(LEAST, int(MOST * len(aim)))]
    largest = largest[aim[largest] >= LUMP * abs(bound)]
    dual.set_apart(np.intersect1d(dual.joint.of_project[largest], dual.joint.component))


class Large:
    """The master over joint states of the large projects; rows are the pricings that the search has made."""

    def __init__(self, search: Search, close: float) -> None:
        self.search, self.close = search, close
        component = search.dual.joint.component[search.joint]
        self.of = np.unique(component, return_inverse=True)[1]
        self.known: dict[bytes, Lead] = {}
        self.done: list[Ints] = []
        self.explored = -np.inf

    def best(self) -> tuple[float, Ints | None]:
        """The highest bound of choices that are not done yet, and the choice; None where none was found."""
        rest, gains = np.array(self.search.rest), np.stack(self.search.gains)
        able: Bools = np.logical_and.reduce(np.isfinite(gains), axis=0)
        starts = np.flatnonzero(np.diff(self.of, prepend=-1))
        most = rest + np.maximum.reduceat(gains, starts, axis=1).sum(axis=1)
        useful = most <= most.min() + FAR * abs(most.min())
        rest, gains = rest[useful], gains[useful]
        unit = max(abs(float(most.min())), 1e-9) / SIZE
        count, width, n = len(rest), gains.shape[1], int(self.of.max()) + 1
        row, state = np.nonzero(np.broadcast_to(able, gains.shape))
        barred = np.repeat(count + n + np.arange(len(self.done)), n)
        entries = (
            np.concatenate([row, np.arange(count), count + self.of, barred]).astype(np.int64),
            np.concatenate([state, np.full(count, width), np.arange(width), *self.done]).astype(np.int64),
            np.concatenate([-gains[row, state] / unit, np.ones(count + width + len(barred))]),
        )
        sides = (
            np.concatenate([np.full(count, -np.inf), np.ones(n), np.full(len(self.done), -np.inf)]),
            np.concatenate([rest / unit, np.ones(n), np.full(len(self.done), n - 1.0)]),
        )
        bounds = np.append(np.zeros(width), -np.inf), np.append(able.astype(np.float64), np.inf)
        tolerance = DUAL_TOLERANCE / DUAL_IN_MIP
        lp = solver(SECONDS, mip_rel_gap=self.close / 4, mip_abs_gap=0.0, mip_feasibility_tolerance=tolerance)
        lp.passModel(program(np.append(np.zeros(width), 1.0), bounds, sides, entries, np.arange(width + 1) < width))
        lp.run()
        if lp.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return -np.inf, None
        info = lp.getInfo()
        bound = float(info.mip_dual_bound) * unit
        chosen = np.flatnonzero(np.array(lp.getSolution().col_value)[:width] > 0.5)
        return bound + EXACT * abs(bound), chosen if info.primal_solution_status == 2 else None

    def lead(self, seconds: float, value: float, heard: Callable[[float], bool]) -> Lead | None:
        """The most promising choice that is not done yet, which is done from now on; None where there is none."""
        first = self.promising(seconds, value, heard, self.close)
        if first is None:
            return None
        del self.known[first.chosen.tobytes()]
        self.done.append(first.chosen)
        return replace(first, beyond=max(self.best()[0], self.explored))

    def promising(self, seconds: float, value: float, heard: Callable[[float], bool], close: float) -> Lead | None:
        """A choice that is not done yet, at its own prices, such that no other promises more by ``close``.

        Choices that cannot be worth more than ``value`` are done. ``heard`` is told the bound of all plans; it may
        end the search.
        """
        until = time.monotonic() + seconds
        for _ in range(ROUNDS):
            bound, chosen = self.best()
            first = self._first()
            near = first is not None and bound - first.bound <= close * abs(bound)
            if heard(max(bound, self.explored)) or chosen is None or near or chosen.tobytes() in self.known:
                break
            least = value if first is None else max(value, first.bound)
            found = self._priced(chosen, until, bound, least, heard)
            late = time.monotonic() > until
            if found.bound <= max(value, bound - HOPELESS * abs(bound)):
                self.done.append(chosen)
                self.explored = max(self.explored, found.bound)
            elif first is None or not late:
                self.known[chosen.tobytes()] = found
            if late:
                break
        return self._first()

    def _first(self) -> Lead | None:
        """The most promising of the choices whose prices are known."""
        return max(self.known.values(), key=lambda lead: lead.bound, default=None)

    def _priced(self, chosen: Ints, until: float, most: float, least: float, heard: Callable[[float], bool]) -> Lead:
        """A choice at its prices, searched for as long as it may be worth more than ``least`` of at most ``most``."""
        search = self.search
        search.fix(chosen)
        begun = search.centre
        for fall in (DOUBTFUL, HOPELESS):
            floor = max(least, most - fall * abs(most))

            def told(value: float, prices: Floats, hope: float, floor: float = floor) -> bool:
                return heard(np.inf) or value < floor

            search.run(max(0.1, until - time.monotonic()), self.close / 2, told)
            if search.best >= floor or search.best < least or time.monotonic() > until:
                break
            search.go(begun + FARTHER * (search.centre - begun))
        return Lead(chosen, search.centre, search.best, search.average())
