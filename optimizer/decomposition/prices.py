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
from optimizer.decomposition.regions import Parts
from optimizer.decomposition.simplex import Batch
from optimizer.decomposition.split import ByColumn, Split
from optimizer.decomposition.states import States, branched, states_of

SHAPES = (1, 2, 3, 4, *(k * 2**n for n in range(1, 16) for k in (3, 4)))
SURE = 1e-6
"""A contradiction of at least this size shows that a system cannot be."""
CAREFUL = 1e-9
"""By how much of its size a row is given way, against the rounding of floats."""

NONE, EVERY = -1, -2


@dataclass(frozen=True, slots=True)
class Row:
    """One row ``Σ value·column + weight·θ + nets ≤ limit`` over ways, shared columns, θ and net costs of parts.

    ``column`` are task columns, in solver units. ``net`` is the part whose net cost is subtracted, EVERY adds
    those of all parts, NONE leaves them out.
    """

    column: Ints
    value: Floats
    weight: float
    limit: float
    net: int = NONE


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
        self.earns = bool((part.local & (numbers.objective != 0)).any())
        self.groups = _groups(part, self.systems, part.numbers.divisor)
        first = np.flatnonzero(self.states.way < 0)
        self.out_of = np.repeat(first, np.diff(np.append(first, len(self.states.way))))
        fits = np.ones(len(self.systems.state), np.bool_)
        self.contradiction = np.zeros(len(fits))
        self.rays: list[Floats] = []
        for group in self.groups:
            nothing = np.zeros_like(group.batch.upper)
            ray, fits[group.system] = group.batch.minimise(nothing)
            self.contradiction[group.system] = group.batch.bound(nothing, ray)
            self.rays.append(ray)
        self.fits = fits | (self.contradiction <= SURE)  # what is called impossible is shown to be
        self.states.possible = np.bincount(self.systems.state[self.fits], minlength=len(self.states.way)) > 0
        self.first = np.searchsorted(self.systems.state, np.arange(len(self.states.way)))
        self.best = np.zeros(len(self.states.way), np.int64)
        self.found = np.zeros(len(self.systems.state))

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
            some = np.flatnonzero((mine != 0).any(axis=1))
            duals, _ = group.batch.minimise(mine, some)
            found[group.system] += group.batch.bound(mine, duals)
        found[~self.fits] = np.inf
        self.found = found
        least = np.full(count, np.inf)
        np.minimum.at(least, systems.state, found)
        at = np.flatnonzero(found == least[systems.state])
        self.best[systems.state[at[::-1]]] = at[::-1]
        return np.where(self.states.possible, least, 0.0)

    def duals(self, cost: Floats) -> tuple[Ints, Ints, Floats]:
        """(system, row of the task, price) of all rows of systems with a price at column costs.

        Systems that cannot be get prices at which they would cost more than anything else.
        """
        task, states, systems = self.part.task, self.states, self.systems
        worth = np.where(task.owner >= 0, np.abs(cost) * self.part.numbers.upper, 0.0)
        reach = np.bincount(np.maximum(task.owner, 0), worth)[states.project[systems.state]]
        padded = np.append(cost, 0.0)
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        for group, ray in zip(self.groups, self.rays, strict=True):
            prices, _ = group.batch.minimise(padded[group.column])
            out = group.system[~self.fits[group.system]]
            prices[~self.fits[group.system]] = (
                ray[~self.fits[group.system]] * (4 * (1 + reach[out]) / self.contradiction[out])[:, None]
            )
            at = np.nonzero((prices != 0) & (group.row >= 0))
            found.append((group.system[at[0]], group.row[at], prices[at]))
        system, row, price = (np.concatenate([x[k] for x in found]) for k in range(3))
        return system, row, price

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
        least = self.least(self.cost(prices, weight))
        value = np.where(self.part.local, 0.0, self.cost(prices, 0.0))
        chosen, side = self.states.way >= 0, self.worth(prices)
        value[self.states.way[chosen]] += (least - least[self.out_of])[chosen]
        column = np.flatnonzero(value)
        limit, size = float(side.sum() - least[~chosen].sum()), float(np.abs(side).sum() + np.abs(least[~chosen]).sum())
        return Row(column, value[column], weight, limit + CAREFUL * max(size, 1e-6))

    def worth(self, prices: Floats) -> Floats:
        """Price times limit of every row."""
        numbers = self.part.numbers
        side = np.where(prices > 0, numbers.row_upper, numbers.row_lower)
        return np.where(prices != 0, prices * np.where(prices != 0, side, 0.0), 0.0)

    def price_parts(self, prices: Floats, parts: Parts) -> list[Row]:
        """For every part the row of its net cost at given prices; those of wide rows must be the agreed ones."""
        states, prices = self.states, self.clean(prices)
        least = self.least(self.cost(prices, float(self.earns)))
        chosen, worth = states.way >= 0, self.worth(prices)
        way = states.way[chosen]
        gain = (least - least[self.out_of])[chosen]
        outer = (parts.of_row[self.row] >= 0) & ~self.part.local[self.col] & (prices[self.row] != 0)
        where = np.concatenate([parts.of_project[states.project[chosen]], parts.of_row[self.row[outer]]])
        column = np.concatenate([way, self.col[outer]])
        value = np.concatenate([gain, prices[self.row[outer]] * self.value[outer]])
        out = least[~chosen]
        limit, size = np.zeros(parts.count), np.zeros(parts.count)
        narrow = parts.of_row >= 0
        for target, given, without in ((limit, worth, -out), (size, np.abs(worth), np.abs(out))):
            np.add.at(target, parts.of_row[narrow], given[narrow])
            np.add.at(target, parts.of_project, without)
        limit += CAREFUL * np.maximum(size, 1e-6)
        order = np.lexsort((column, where))
        ends = np.searchsorted(where[order], np.arange(parts.count + 1))
        found = []
        for k in range(parts.count):
            mine = order[ends[k] : ends[k + 1]]
            names, at = np.unique(column[mine], return_inverse=True)
            total: Floats = np.bincount(at, value[mine], len(names)).astype(np.float64)
            found.append(Row(names, total, 0.0, float(limit[k]), k))
        return found

    def link(self, prices: Floats, parts: Parts) -> Row:
        """The row that joins the net costs of all parts at the agreed prices of the wide rows."""
        prices = np.where(parts.wide, self.clean(prices), 0.0)
        value = np.where(self.part.local, 0.0, self.cost(prices, 0.0))
        worth, column = self.worth(prices), np.flatnonzero(value)
        limit = float(worth.sum()) + CAREFUL * max(float(np.abs(worth).sum()), 1e-6)
        return Row(column, value[column], float(self.earns), limit, EVERY)

    def nets(self, prices: Floats, parts: Parts, point: Floats) -> Floats:
        """The net cost of every part at a point of the task's columns (solver units)."""
        wide = np.where(parts.wide, self.clean(np.where(parts.wide, prices, 0.0)), 0.0)
        cost = self.cost(wide, float(self.earns)) * point
        owner, local = self.part.task.owner, self.part.local
        return np.bincount(parts.of_project[owner[local]], cost[local], parts.count).astype(np.float64)


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


def _or_infinite(limits: Ints, scale: Floats) -> Floats:
    big = np.abs(limits) >= np.iinfo(np.int64).max
    return np.where(big, np.copysign(np.inf, limits), limits / scale)


def _rounded(sizes: Ints) -> Ints:
    """The next larger shape; IndexError beyond the largest, 131,072."""
    return np.array(SHAPES)[np.searchsorted(SHAPES, sizes)]
