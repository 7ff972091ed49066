"""Tables as CSV for other systems: UTF-8 with mark, 万元 with two decimals, texts that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import Any

from models.units import MONEY_PER_WAN
from reports.table import ResultColumn, ResultTable

LIVE = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a text as a formula."""


def csv_of(table: ResultTable) -> bytes:
    """The records of a table, without title and totals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_safe(f"{c.name}({table.unit})" if c.kind == "money" else c.name) for c in table.columns])
    for row in table.rows:
        writer.writerow([_cell(column, value) for column, value in zip(table.columns, row, strict=True)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(column: ResultColumn, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == "money" and isinstance(value, int):
        sign, cents = ("-" if value < 0 else ""), abs(value)
        return f"{sign}{cents // MONEY_PER_WAN}.{cents % MONEY_PER_WAN:02d}"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{float(value):.15g}"
    return _safe(value) if isinstance(value, str) else str(value)


def _safe(text: str) -> str:
    return "'" + text if text.startswith(LIVE) else text
