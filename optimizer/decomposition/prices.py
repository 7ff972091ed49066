"""The price oracle: what each project costs in each state at given prices on the coupling rows.

For prices u (at least 0 on ceilings, at most 0 on floors) and weight σ of the aim, K[p,s] is the least of
``Σ u·A z − σ·c·z`` over all z that the rows of project p allow in state s (the least over its systems). Every plan then satisfies

    σ·θ + Σ_{p,s} K[p,s]·y[p,s] + (coupling rows' own ways and shared columns at prices u) ≤ Σ u·b

with θ the part of the aim that projects earn by their own columns. K is a lower bound whatever the prices and
however the small programs are solved: it is worked out from duals (``Batch.bound``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.program import Floats, Ints
from optimizer.decomposition.simplex import Batch
from optimizer.decomposition.split import ByColumn, Split
from optimizer.decomposition.states import States, branched, states_of

SHAPES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024)
CAREFUL = 1e-9
"""By how much of its size a row is given way, against the rounding of floats."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row over ways, shared columns and θ: ``Σ value·column + weight·θ ≤ limit`` (task columns, solver units)."""

    value: Floats
    weight: float
    limit: float


@dataclass(frozen=True, slots=True)
class _Group:
    """Systems of one shape; ``column`` are task columns, the number of columns where there is none."""

    system: Ints
    column: Ints
    row: Ints
    batch: Batch


class Oracle:
    """Prices every state of a task; keeps the last bases, so that the next prices cost little."""

    def __init__(self, part: Split) -> None:
        self.part = part
        self.states: States = states_of(part)
        self.systems = branched(part, self.states)
        task, numbers = part.task, part.numbers
        priced = part.coupling[task.row]
        self.row, self.col, self.value = task.row[priced], task.col[priced], numbers.value[priced]
        self.coupled = ByColumn(part, part.coupling | (part.choice & part.speaks_of_shared))
        self.scale = _row_scale(part)
        self.earns = bool((part.local & (numbers.objective != 0)).any())
        self.groups = _groups(part, self.systems, self.scale)
        first = np.flatnonzero(self.states.way < 0)
        self.out_of = np.repeat(first, np.diff(np.append(first, len(self.states.way))))
        fits = np.ones(len(self.systems.state), np.bool_)
        for group in self.groups:
            fits[group.system] = group.batch.minimise(np.zeros_like(group.batch.upper))[1]
        self.fits = fits
        self.states.possible = np.bincount(self.systems.state[fits], minlength=len(self.states.way)) > 0
        self.first = np.searchsorted(self.systems.state, np.arange(len(self.states.way)))
        self.best = np.zeros(len(self.states.way), np.int64)

    def clean(self, prices: Floats) -> Floats:
        """Prices with the right sign: at least 0 where there is no floor, at most 0 where there is no ceiling."""
        numbers = self.part.numbers
        prices = np.where(self.part.coupling, prices, 0.0)
        prices = np.where((prices > 0) & np.isinf(numbers.row_upper), 0.0, prices)
        return np.where((prices < 0) & np.isinf(numbers.row_lower), 0.0, prices)

    def cost(self, prices: Floats, weight: float) -> Floats:
        """``u·A − σ·c`` of every column of the task."""
        rated = np.bincount(self.col, prices[self.row] * self.value, self.part.task.width)
        return rated - weight * self.part.numbers.objective

    def least(self, cost: Floats) -> Floats:
        """K of every state at column costs; shape (states,); 0 for states that cannot be."""
        systems, count = self.systems, len(self.states.way)
        found = np.bincount(systems.one_system, cost[systems.one_column], len(systems.state)).astype(np.float64)
        padded = np.append(cost, 0.0)
        for group in self.groups:
            mine = padded[group.column]
            duals, _ = group.batch.minimise(mine)
            found[group.system] += group.batch.bound(mine, duals)
        found[~self.fits] = np.inf
        least = np.full(count, np.inf)
        np.minimum.at(least, systems.state, found)
        at = np.flatnonzero(found == least[systems.state])
        self.best[systems.state[at[::-1]]] = at[::-1]
        return np.where(self.states.possible, least, 0.0)

    def picked(self, way: Ints) -> Ints:
        """The states of chosen ways, shape (projects,), −1 = left out."""
        states = self.states
        place = np.full(self.part.task.ways + 1, -1)
        place[states.way[states.way >= 0]] = np.flatnonzero(states.way >= 0)
        return np.where(way >= 0, place[np.maximum(way, 0)], np.flatnonzero(states.way < 0))

    def response(self) -> tuple[Ints, Ints, Floats]:
        """What the last prices made of every state: (state, task column, value) of all columns above zero."""
        systems = self.systems
        chosen = np.zeros(len(systems.state), np.bool_)
        chosen[self.best[self.states.possible]] = True
        ones = chosen[systems.one_system]
        found, columns = [systems.one_system[ones]], [systems.one_column[ones]]
        values = [np.ones(int(ones.sum()))]
        for group in self.groups:
            value = group.batch.value[:, : group.batch.n] * chosen[group.system][:, None]
            at = np.nonzero(value > 0)
            found.append(group.system[at[0]])
            columns.append(group.column[at])
            values.append(value[at])
        return systems.state[np.concatenate(found)], np.concatenate(columns), np.concatenate(values)

    def price(self, prices: Floats, weight: float | None = None) -> Row:
        """The row of given prices, prices cleaned first. ``weight`` is 1 where projects earn by own columns."""
        weight = float(self.earns) if weight is None else weight
        prices = self.clean(prices)
        cost = self.cost(prices, weight)
        least = self.least(cost)
        states, numbers = self.states, self.part.numbers
        value = np.where(self.part.local, 0.0, self.cost(prices, 0.0))
        chosen = states.way >= 0
        value[states.way[chosen]] += (least - least[self.out_of])[chosen]
        side = np.where(prices > 0, numbers.row_upper, numbers.row_lower)
        limit = float(np.sum(prices[prices != 0] * side[prices != 0]) - least[~chosen].sum())
        size = float(np.abs(prices[prices != 0] * side[prices != 0]).sum() + np.abs(least[~chosen]).sum())
        return Row(value, weight, limit + CAREFUL * max(size, 1e-6))


def _groups(part: Split, s: States, scale: Floats) -> list[_Group]:
    task, count = part.task, len(s.state)
    rows = np.bincount(s.row_system, minlength=count)
    columns = np.bincount(s.column_system, minlength=count)
    live = columns > 0
    m = _rounded(np.maximum(rows, 1))
    n = _rounded(np.maximum(columns, 1))
    row_first = np.concatenate([[0], np.cumsum(rows)[:-1]])
    column_first = np.concatenate([[0], np.cumsum(columns)[:-1]])
    row_place = np.arange(len(s.row)) - row_first[s.row_system]
    column_place = np.arange(len(s.column)) - column_first[s.column_system]
    found = []
    for shape in sorted(set(zip(m[live].tolist(), n[live].tolist(), strict=True))):
        system = np.flatnonzero(live & (m == shape[0]) & (n == shape[1]))
        place = np.full(count, -1)
        place[system] = np.arange(len(system))
        matrix = np.zeros((len(system), *shape))
        lower, limit = np.full((len(system), shape[0]), -np.inf), np.full((len(system), shape[0]), np.inf)
        upper, column = np.zeros((len(system), shape[1])), np.full((len(system), shape[1]), task.width)
        row = np.full((len(system), shape[0]), -1)
        mine = place[s.row_system] >= 0
        at = (place[s.row_system[mine]], row_place[mine])
        by = scale[s.row[mine]]
        lower[at] = _or_infinite(s.lower[mine], by)
        limit[at] = _or_infinite(s.limit[mine], by)
        row[at] = s.row[mine]
        mine = place[s.column_system] >= 0
        at = (place[s.column_system[mine]], column_place[mine])
        upper[at] = s.upper[mine] / task.per[s.column[mine]]
        column[at] = s.column[mine]
        mine = place[s.row_system[s.at_row]] >= 0
        r, c = s.at_row[mine], s.at_column[mine]
        matrix[place[s.row_system[r]], row_place[r], column_place[c]] = (
            s.value[mine] * task.per[s.column[c]] / scale[s.row[r]]
        )
        # a row without entries is one that was filled up: it must not bind
        empty = row < 0
        lower[empty], limit[empty] = -1.0, 1.0
        found.append(_Group(system, column, row, Batch(matrix, lower, limit, upper)))
    return found


def _row_scale(part: Split) -> Floats:
    """What ``scaled`` divided the rows by: the smallest coefficient in solver units."""
    task = part.task
    value = np.abs(task.value * task.per[task.col].astype(np.float64))
    smallest = np.full(task.height, np.inf)
    np.minimum.at(smallest, task.row, np.where(value > 0, value, np.inf))
    return np.where(np.isfinite(smallest), smallest, 1.0)


def _or_infinite(limits: Ints, scale: Floats) -> Floats:
    big = np.abs(limits) >= np.iinfo(np.int64).max
    return np.where(big, np.copysign(np.inf, limits), limits / scale)


def _rounded(sizes: Ints) -> Ints:
    shapes = np.array(SHAPES)
    return shapes[np.minimum(np.searchsorted(shapes, sizes), len(shapes) - 1)]
