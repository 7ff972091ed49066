"""Is an amount off by ten thousand: 万元 written where 元 was meant, or 亿元 where 万元 was?"""

from __future__ import annotations

import statistics
from math import log10

from inputs.case.checks import Book
from inputs.case.table import Record, Table
from inputs.places import Gazetteer
from models.units import show_wan

FACTOR = 10_000
LEAST_GROUP = 5
NEAR = 0.6
"""A ratio within 10^(4 ± NEAR) of the rest of its column counts as ten thousand times."""
WITHIN_ROW = ("资金来源", "申报", "已到位资金", "项目资本金", "累计完成投资", "计划投资", "净收益", "债券本息")


def check(book: Book, places: Gazetteer) -> None:
    """Totals against the middle of their category (of the whole list where that has few), parts against totals."""
    table = book["项目"]
    middles = _middles(table)
    for record in table.records:
        total = record.get("总投资")
        if not total:
            continue
        middle = middles.get(record.get("类别") or "", middles.get(None))
        if middle and _ten_thousand(total / middle):
            message = f"总投资 {show_wan(total)} 万元是同类中位数 {show_wan(round(middle))} 万元的 {total / middle:,.0f} 倍，疑单位写错"
            table.report(
                "magnitude",
                table.address(record, "总投资"),
                show_wan(total),
                message,
                "核对是元、万元还是亿元",
                "warning",
            )
        _check_row(table, record, total)


def _check_row(table: Table, record: Record, total: int) -> None:
    for name in WITHIN_ROW:
        for _, cell in record.family(name):
            if cell.value and _ten_thousand(cell.value / total):
                message = f"{name} {show_wan(cell.value)} 万元与总投资 {show_wan(total)} 万元相差约一万倍，疑单位写错"
                table.report("magnitude", cell.address, cell.raw, message, "核对是元、万元还是亿元", "warning")


def _middles(table: Table) -> dict[str | None, float]:
    groups: dict[str | None, list[int]] = {}
    for record in table.records:
        total = record.get("总投资")
        if total:
            groups.setdefault(record.get("类别") or "", []).append(total)
            groups.setdefault(None, []).append(total)
    return {name: statistics.median(found) for name, found in groups.items() if len(found) >= LEAST_GROUP}


def _ten_thousand(ratio: float) -> bool:
    return ratio > 0 and abs(abs(log10(ratio)) - log10(FACTOR)) <= NEAR
