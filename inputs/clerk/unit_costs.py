"""Is the cost of one household, one kilometre, one bed out of line with its kind?"""

from __future__ import annotations

import re
import statistics
from fractions import Fraction
from math import log

from inputs.case.checks import Book
from inputs.case.table import Record
from inputs.places import Gazetteer

LEAST_GROUP = 6
MEASURES = re.compile(r"\((?:户|公里|米|栋|套|人|张|平方米|万平方米|亩)\)$")
"""Units in which projects of a kind can be compared; 项, 个, 处 differ too much among themselves."""
SCORE, TIMES = 3.5, 4.0
"""Flagged where the modified z-score of the logarithm is above SCORE and the cost is TIMES the middle or more (or less)."""


def check(book: Book, places: Gazetteer) -> None:
    """总投资 per unit of each output, compared within the category."""
    table = book["项目"]
    groups: dict[tuple[str, str], list[tuple[Record, float]]] = {}
    for record in table.records:
        total = record.get("总投资")
        for (output,), cell in record.family("产出"):
            if total and cell.value and MEASURES.search(output):
                cost = float(Fraction(total, 100) / cell.value)
                groups.setdefault((record.get("类别") or "", output), []).append((record, cost))
    for (category, output), members in groups.items():
        if len(members) < LEAST_GROUP:
            continue
        middle, spread = _middle_and_spread([log(cost) for _, cost in members])
        for record, cost in members:
            away = log(cost) - middle
            if abs(away) / spread * 0.6745 > SCORE and abs(away) >= log(TIMES):
                usual = 2.718281828459045**middle
                name, _, unit = output.partition("(")
                per = f"万元/{unit.rstrip(')') or name}"
                message = f"{cost:,.4g} {per}，{category or '同类'}一般为 {usual:,.4g} {per}"
                where = table.address(record, "产出", output)
                table.report("unit_cost", where, f"{cost:,.4g}", message, f"核对总投资和{name}", "warning")


def _middle_and_spread(values: list[float]) -> tuple[float, float]:
    """Median and median absolute deviation, the latter at least one per cent."""
    middle = statistics.median(values)
    return middle, max(0.01, statistics.median(abs(v - middle) for v in values))
