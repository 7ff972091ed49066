"""What a table of a plan is: one definition for the result workbook, the pages and the re-check.

Money cells are integers of 0.01 万元; totals and differences are formulas with their values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from models.allocation import Allocation
from models.case import Case
from models.verify import Verdict
from optimizer.explain import Reason

CellKind = Literal["text", "money", "whole", "share", "number"]
Row = list[Any]
FICTIONAL = "示例数据（金额为虚构）"


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column: heading, kind of cell, width, and whether the last row totals it.

    ``sum_of`` names the columns that a cell of this column adds up, by formula.
    """

    name: str
    kind: CellKind = "text"
    width: int = 12
    total: bool = False
    sum_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultTable:
    """One sheet of the result workbook."""

    name: str
    title: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    unit: str = "万元"

    @property
    def has_total(self) -> bool:
        """Whether the sheet ends in a row of totals."""
        return any(column.total for column in self.columns)

    def position(self, name: str) -> int:
        """Position of a column."""
        return next(i for i, column in enumerate(self.columns) if column.name == name)

    def totals(self) -> Row:
        """Values of the row of totals."""
        return [sum(row[i] or 0 for row in self.rows) if c.total else None for i, c in enumerate(self.columns)]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with all that its tables are made from."""

    case: Case
    allocation: Allocation
    verdict: Verdict
    reasons: Sequence[Reason]


def text_column(name: str, width: int = 12) -> ResultColumn:
    """A column of text."""
    return ResultColumn(name, "text", width)


def money_column(name: str, total: bool = True, sum_of: tuple[str, ...] = (), width: int = 13) -> ResultColumn:
    """A column of money, totalled unless said otherwise."""
    return ResultColumn(name, "money", width, total, sum_of)


def notes(case: Case) -> tuple[str, ...]:
    """What stands above every table: that amounts are invented, where they are."""
    return (FICTIONAL,) if case.fictional else ()
