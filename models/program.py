"""Solver-neutral rows and columns, in whole numbers.

A ``Block`` is what one rule contributes: sparse integer rows over the columns of a ``Space``. A
``Program`` is the whole model. Nothing here knows a solver; names are never parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from models.units import LAND_PER_MU, MONEY_PER_WAN

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Key = tuple[str, ...]
Unit = Literal["万元", "个", "产出", "年", "亩"]

FREE = np.iinfo(np.int64).max
DEFINITION = -2
"""Policy index of rows that only define auxiliary columns; they are never soft."""
BUILT_IN = -1
"""Policy index of rows that follow from columns of the case, without a row in 规则."""


WIDEST = 2**62
"""What coefficients of rows stay below."""


class TooWide(OverflowError):
    """A row of a rule with coefficients that 64 bits do not hold: shares of many digits times large amounts."""

    def __init__(self, rule: str, key: Key) -> None:
        super().__init__(rule, key)
        self.rule, self.key = rule, key


def base_units(unit: str) -> int:
    """Base units in one shown unit: 0.01 万元, 0.0001 亩, else the unit itself."""
    return {"万元": MONEY_PER_WAN, "亩": LAND_PER_MU}.get(unit, 1)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one rule: ``lower ≤ Σ value · column ≤ upper`` in whole numbers.

    ``row``, ``col``, ``value``: sparse entries, shape (entries,). ``lower``, ``upper``, ``scale``,
    ``policy``, ``margin``: shape (rows,); ±FREE means no limit. A violation of 1/scale base units
    counts 1. ``margin`` is by how much a row was rounded outward; exact code tightens by it.
    """

    rule: str
    row: Ints
    col: Ints
    value: Ints
    lower: Ints
    upper: Ints
    scale: Ints
    policy: Ints
    margin: Ints
    keys: tuple[Key, ...]
    units: tuple[Unit, ...]

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.keys)


@dataclass(slots=True)
class Rows:
    """Collects rows of a rule and closes them into a Block."""

    rule: str
    unit: Unit
    _cols: list[Ints] = field(default_factory=list)
    _values: list[Any] = field(default_factory=list)
    _term_row: list[int] = field(default_factory=list)
    _lower: list[int] = field(default_factory=list)
    _upper: list[int] = field(default_factory=list)
    _scale: list[int] = field(default_factory=list)
    _policy: list[int] = field(default_factory=list)
    _margin: list[int] = field(default_factory=list)
    _keys: list[Key] = field(default_factory=list)
    _units: list[Unit] = field(default_factory=list)

    def add(
        self,
        key: Key,
        terms: Iterable[tuple[Any, Any]],
        *,
        lower: int | None = None,
        upper: int | None = None,
        scale: int = 1,
        policy: int = BUILT_IN,
        margin: int = 0,
        unit: Unit | None = None,
    ) -> None:
        """Add one row; each term is columns with one value for all or a value for each.

        ``unit`` is the unit a violation is told in, when it is not that of the rule.
        """
        for columns, value in terms:
            self._cols.append(np.asarray(columns, dtype=np.int64))
            self._values.append(value)
            self._term_row.append(len(self._keys))
        self._lower.append(-FREE if lower is None else lower)
        self._upper.append(FREE if upper is None else upper)
        self._scale.append(scale)
        self._policy.append(policy)
        self._margin.append(margin)
        self._keys.append(key)
        self._units.append(unit or self.unit)

    def close(self) -> Block:
        """The collected rows as a Block. Raises TooWide where a coefficient is wider than 64 bits."""
        try:
            return self._closed()
        except OverflowError:
            wide = (self._keys[k] for k, v in zip(self._term_row, self._values, strict=True) if _wide(v))
            raise TooWide(self.rule, next(wide, ())) from None

    def _closed(self) -> Block:
        lengths = np.array([len(c) for c in self._cols], dtype=np.int64)
        many = [k for k, v in enumerate(self._values) if isinstance(v, np.ndarray | list | tuple)]
        each, starts = self._values.copy(), (np.cumsum(lengths) - lengths).tolist()
        for k in many:
            each[k] = 0
        values = np.repeat(np.array(each, dtype=np.int64), lengths)
        for k in many:
            values[starts[k] : starts[k] + len(self._cols[k])] = self._values[k]
        row, col, value = _merged(
            np.repeat(np.array(self._term_row, dtype=np.int64), lengths),
            np.concatenate([np.zeros(0, np.int64), *self._cols]),
            values,
        )
        return Block(
            rule=self.rule,
            row=row,
            col=col,
            value=value,
            lower=np.array(self._lower, dtype=np.int64),
            upper=np.array(self._upper, dtype=np.int64),
            scale=np.array(self._scale, dtype=np.int64),
            policy=np.array(self._policy, dtype=np.int64),
            margin=np.array(self._margin, dtype=np.int64),
            keys=tuple(self._keys),
            units=tuple(self._units),
        )


def check_width(block: Block, size: Floats) -> None:
    """Raises TooWide where an entry, its size given, is wider than 64 bits."""
    wide = np.flatnonzero(size >= WIDEST)
    if len(wide):
        raise TooWide(block.rule, block.keys[block.row[wide[0]]])


def _wide(value: Any) -> bool:
    return any(abs(int(v)) >= WIDEST for v in (value if isinstance(value, np.ndarray | list | tuple) else (value,)))


def _merged(row: Ints, col: Ints, value: Ints) -> tuple[Ints, Ints, Ints]:
    """Entries sorted by row and column, those of the same place added up, zeros dropped."""
    order = np.lexsort((col, row))
    row, col, value = row[order], col[order], value[order]
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (col[1:] != col[:-1])
    starts = np.flatnonzero(first)
    total = np.add.reduceat(value, starts) if len(starts) else value
    keep = total != 0
    return row[starts][keep], col[starts][keep], total[keep]


@dataclass(frozen=True, slots=True)
class Objective:
    """A linear aim over the columns, exact. ``sense`` is +1 to maximise, −1 to minimise.

    ``title`` is shown to people; ``unit`` is the unit of its value; ``rank`` is that of the soft rules
    whose violation it counts, 0 for any other aim.
    """

    title: str
    unit: str
    sense: int
    coefficients: dict[int, Fraction]
    constant: Fraction = Fraction(0)
    rank: int = 0

    def value(self, point: Sequence[int] | Ints) -> Fraction:
        """Exact value at an integer point."""
        total = sum((c * int(point[j]) for j, c in self.coefficients.items()), Fraction(0))
        return total + self.constant


@dataclass(frozen=True, slots=True)
class Program:
    """Columns, rows and aims of the whole model.

    All columns have lower bound 0 and, in the exact model, whole values. ``integer`` marks those the
    everyday solver must keep whole (choices, coarse fund steps); the rest are made whole by settlement.
    ``per`` is how many base units make one solver unit of the column (100 where the solver counts in
    万元). ``owner`` is the project whose own affair a column is, −1 for columns of several; the first ``ways``
    columns choose ways of doing projects. ``stages`` are solved one after the other; ``main`` is the position
    of the aim shown.
    """

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
    row_margin: Ints
    row_rule: tuple[str, ...]
    row_key: tuple[Key, ...]
    row_policy: Ints
    row_unit: tuple[Unit, ...]
    row_scale: Ints
    stages: tuple[Objective, ...]
    main: int

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.upper)

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.row_key)
