"""One numeric problem for a backend, and its answer. Everything here travels between processes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, lcm, log2
from typing import Any, Literal

import numpy as np

from models.program import FREE, WIDEST, Bools, Floats, Ints, Objective, Program

Outcome = Literal["optimal", "feasible", "infeasible", "unknown"]

MOST_STEPS = 400
WIDEST_SUM = 2.0**61
"""From this size on sums of integers of 64 bits may wrap round."""
LARGEST_COEFFICIENT = 2.0**20
SMALLEST_COEFFICIENT = 2.0**-4
FAINTEST, HUGEST = 2.0**-6, 2.0**33
"""What the least that money brings in the objective is brought to where it would be less, as far as the largest
coefficient allows."""
DUAL_TOLERANCE, LEAST_TOLERANCE = 1e-9, 1e-10
"""Below which a reduced cost is none, the second where coefficients are fainter still. With the usual 1e-7, benefits that
differ by a part of 10⁻⁴ were alike, and the proof was false by as much."""
DUAL_IN_MIP = 0.1
"""The part of the tolerance of rows and whole columns that HiGHS takes for its reduced costs inside a search over whole
columns, whatever its option for them says (constructor of its HighsLpRelaxation)."""
NOISE, LOOSEST = 2.0**-44, 1e-6
"""What sums of floats are off by, as a part of the largest coefficient, and the loosest tolerance: with a tighter one
than the first presolve has called models with large projects infeasible, and optima were lost."""


@dataclass(frozen=True, slots=True)
class Task:
    """Maximise ``objective`` over whole-number columns between ``lower`` and ``upper``.

    Column values are base units; ``per`` base units make one solver unit. ``integer`` columns must be
    whole for the solver. ``objective`` is per base unit, as float for float solvers and as fractions
    scaled to integers (rounded up, so that the bound stays true) for CP-SAT. ``owner`` and ``ways`` are
    those of the program; ``start`` is a known point.
    """

    lower: Ints
    upper: Ints
    integer: Bools
    per: Ints
    owner: Ints
    ways: int
    row: Ints
    col: Ints
    value: Ints
    row_lower: Ints
    row_upper: Ints
    objective: Floats
    whole_objective: Ints
    whole_scale: float
    start: Ints | None = None

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.upper)

    def without(self, shut: Ints) -> Task:
        """The task with some columns at zero."""
        upper = self.upper.copy()
        upper[shut] = 0
        return replace(self, upper=upper)

    def with_row(self, cols: Ints, values: Ints, lower: int | None, upper: int | None) -> Task:
        """The task with one more row."""
        return replace(
            self,
            row=np.concatenate([self.row, np.full(len(cols), self.height, np.int64)]),
            col=np.concatenate([self.col, cols]),
            value=np.concatenate([self.value, values]),
            row_lower=np.append(self.row_lower, -FREE if lower is None else lower),
            row_upper=np.append(self.row_upper, FREE if upper is None else upper),
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: seconds, relative gap (0 = proven), nodes; the random seed; how near rows must hold, and whether a
    solver may simplify the model before (to check what it says, it may not)."""

    seconds: float
    gap: float = 0.0
    seed: int = 1
    nodes: int | None = None
    tolerance: float = 1e-8
    presolve: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """The solver's own best value and bound while it runs; ``point`` when a new plan was found."""

    value: float | None
    bound: float | None
    point: Floats | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a backend ended. ``point`` is in base units; ``bound`` is the solver's proven bound."""

    outcome: Outcome
    point: Floats | None
    value: float | None
    bound: float | None
    version: str
    seconds: float
    remark: str = ""


def task_of(program: Program, stage: Objective) -> Task:
    """The numeric problem of one stage of a program.

    Many coarse fund steps make the search slow and hardly move the bound: beyond MOST_STEPS such
    columns the solver counts in parts of a step (its bound stays true) and settlement makes them whole.
    """
    objective = np.zeros(program.width)
    for column, coefficient in stage.coefficients.items():
        objective[column] = float(coefficient * stage.sense)
    whole, scale = _whole(stage, program.width, program.upper)
    return Task(
        lower=np.zeros(program.width, np.int64),
        upper=program.upper,
        integer=_whole_columns(program),
        per=program.per,
        owner=program.owner,
        ways=program.ways,
        row=program.row,
        col=program.col,
        value=program.value,
        row_lower=program.row_lower,
        row_upper=program.row_upper,
        objective=objective,
        whole_objective=whole,
        whole_scale=scale,
    )


def _whole_columns(program: Program) -> Bools:
    steps = program.integer & (program.upper > 1)
    return program.integer & (program.upper <= 1) if steps.sum() > MOST_STEPS else program.integer


def _whole(stage: Objective, width: int, upper: Ints) -> tuple[Ints, float]:
    """Integer objective: exact when a common denominator fits 60 bits, else rounded up."""
    whole = np.zeros(width, np.int64)
    terms = {j: c * stage.sense for j, c in stage.coefficients.items() if c}
    common = 1
    for c in terms.values():
        common = lcm(common, c.denominator) if common < 2**56 else common
    reach = sum(abs(float(c)) * int(upper[j]) for j, c in terms.items()) or 1.0
    if common < 2**56 and reach * common < 2**60:
        for j, c in terms.items():
            whole[j] = c.numerator * (common // c.denominator)
        return whole, float(common)
    scale = Fraction(2) ** floor(log2(2**58 / reach))
    for j, c in terms.items():
        whole[j] = _ceil(c * scale)
    return whole, float(scale)


def whole_bound(task: Task, told: float) -> float | None:
    """What a solver on its way says of the whole objective's bound, in the aim's own unit. Stopped before it has any it
    says 0, which is none where more may be reached."""
    if told == 0 and ((task.whole_objective > 0) & (task.upper > 0)).any():
        return None
    return told / task.whole_scale


def _ceil(value: Fraction) -> int:
    return -((-value.numerator) // value.denominator)


@dataclass(frozen=True, slots=True)
class Scaled:
    """The task in solver units: columns in 万元, rows divided by what brings their coefficients near one, exactly."""

    lower: Floats
    upper: Floats
    objective: Floats
    value: Floats
    row_lower: Floats
    row_upper: Floats
    divisor: Floats
    objective_scale: float
    faintest: float
    """The least that a solver unit of what a column of the objective moves is worth, in units of the scaled objective."""
    noise: float
    """How near rows can be held at all, in the rows' units."""


def scaled(task: Task) -> Scaled:
    """Float arrays for a solver; infinite limits as ±inf; ``objective`` divided by ``objective_scale``, rows by ``divisor``."""
    divisor = _divisors(task)
    value = task.value * task.per[task.col].astype(np.float64) / divisor[task.row]
    objective = np.where((task.lower == 0) & (task.upper == 0), 0.0, task.objective * task.per)
    used = objective != 0
    worth = _worth(task, np.abs(objective), value)[used]
    noise = min(LOOSEST, float(np.abs(value).max(initial=0.0)) * NOISE)
    least = FAINTEST * max(1.0, DUAL_IN_MIP * noise / DUAL_TOLERANCE)
    scale = _objective_scale(np.abs(objective[used]), worth, least)
    return Scaled(
        lower=task.lower / task.per,
        upper=task.upper / task.per,
        objective=objective / scale,
        value=value,
        row_lower=np.where(task.row_lower == -FREE, -np.inf, task.row_lower / divisor),
        row_upper=np.where(task.row_upper == FREE, np.inf, task.row_upper / divisor),
        divisor=divisor,
        objective_scale=scale,
        faintest=float(worth.min(initial=np.inf)) / scale if len(worth) else least,
        noise=noise,
    )


def _worth(task: Task, size: Floats, value: Floats) -> Floats:
    """What one unit of the money that a column moves brings: its ``size`` in the objective over its largest in the
    rows (``value`` their entries as the solver has them) that speak of its project alone; shape (columns,).

    A project of 100,000 万元 whose benefit is 1 brings 10⁻⁵ for each: this, not 1, is what solvers hold against their
    tolerance when they choose the money.
    """
    own = row_owner(task)[task.row] >= 0
    moved = np.ones(task.width)
    np.maximum.at(moved, task.col[own], np.abs(value[own]))
    worth: Floats = size / moved
    return worth


def row_owner(task: Task) -> Ints:
    """The project whose columns alone each row holds; −1 for all others; shape (rows,)."""
    owner = task.owner[task.col]
    first, last = np.full(task.height, np.iinfo(np.int64).max), np.full(task.height, -1)
    np.minimum.at(first, task.row, owner)
    np.maximum.at(last, task.row, owner)
    return np.where(first == last, last, -1)


def row_sums(task: Task, at_entries: Ints) -> Any:
    """What every row comes to with these values of the columns of its entries, exactly: whole numbers of 64 bits, of any
    width where a sum may be wider."""
    size = np.bincount(task.row, np.abs(task.value.astype(np.float64)) * np.abs(at_entries), task.height)
    fits = size.max(initial=0.0) < WIDEST
    total = np.zeros(task.height, np.int64 if fits else object)
    value, at = (task.value, at_entries) if fits else (task.value.astype(object), at_entries.astype(object))
    np.add.at(total, task.row, value * at)
    return total


def broken_rows(task: Task, point: Ints) -> Bools:
    """Rows that a point (base units) does not keep, exactly; shape (rows,)."""
    total = row_sums(task, point[task.col])
    under = (task.row_lower > -FREE) & (total < task.row_lower)
    over = (task.row_upper < FREE) & (total > task.row_upper)
    return np.asarray(under | over, np.bool_)


def within(limits: Any) -> Ints:
    """Limits of rows as numbers of 64 bits; one that is wider demands less, which the exact check makes up for."""
    found: Ints = np.clip(limits, -FREE, FREE).astype(np.int64)
    return found


def spread(task: Task) -> float:
    """The largest quotient of two coefficients of one row, in solver units; columns that are shut do not count."""
    size = np.abs(task.value) * task.per[task.col].astype(np.float64)
    given = (size > 0) & (task.upper[task.col] > 0)
    least, most = np.full(task.height, np.inf), np.zeros(task.height)
    np.minimum.at(least, task.row[given], size[given])
    np.maximum.at(most, task.row[given], size[given])
    return float((most / least).max(initial=1.0))


def _divisors(task: Task) -> Floats:
    """What each row is divided by, without a rounding error: in a row of whole columns alone the greatest common divisor
    of its coefficients, which stay whole; in others a power of two not above the smallest.

    Divided by the smallest, rows of whole columns had a coefficient of 1 beside long fractions, and presolve of HiGHS
    took the column apart as if what is left were whole: a wrong optimum, told as proven.
    """
    value = np.abs(task.value) * task.per[task.col].astype(np.float64)
    common, smallest = np.zeros(task.height, np.int64), np.full(task.height, np.inf)
    fits = np.bincount(task.row, value >= WIDEST, task.height) == 0  # beyond, whole numbers of 64 bits wrap round
    at = fits[task.row]
    np.gcd.at(common, task.row[at], np.abs(task.value[at]) * task.per[task.col[at]])
    np.minimum.at(smallest, task.row, np.where(value != 0, value, np.inf))
    smallest[~np.isfinite(smallest)] = 1.0
    whole = fits & (np.bincount(task.row, ~task.integer[task.col], task.height) == 0)
    return np.where(whole, np.maximum(common, 1), 2.0 ** np.floor(np.log2(smallest)))


def dual_tolerance(numbers: Scaled) -> float:
    """Below which a reduced cost of the task is none: far below the least that money brings."""
    wanted = DUAL_TOLERANCE * min(1.0, numbers.faintest / FAINTEST)
    return max(LEAST_TOLERANCE, DUAL_IN_MIP * numbers.noise, wanted)


def blur(numbers: Scaled) -> float:
    """The part of the least that money brings which solvers do not see."""
    return dual_tolerance(numbers) / numbers.faintest


def _objective_scale(sizes: Floats, worth: Floats, least: float) -> float:
    """A power of two that brings the largest coefficient into a comfortable range (1 when it is there) and what money
    brings to the ``least`` that is well above what solvers take for nothing.

    Solvers call a reduced cost of less than 1e-7 none. With the largest at 2¹², one below its 5·10¹⁰th part was: the
    columns were fixed anywhere, and the result told as optimal.
    """
    largest, smallest = float(sizes.max(initial=0.0)), float(worth.min(initial=np.inf))
    if largest == 0:
        return 1.0
    fits = SMALLEST_COEFFICIENT <= largest <= LARGEST_COEFFICIENT
    scale = 1.0 if fits else 2.0 ** floor(log2(largest / 2.0**12))
    if smallest / scale >= least:
        return scale
    return float(2.0 ** floor(log2(max(smallest / least, largest / HUGEST))))
