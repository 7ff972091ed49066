"""Is the project code of the form that GB/T 40058 gives it, and one project's only?"""

from __future__ import annotations

import re

from inputs import clean
from inputs.case.checks import Book
from inputs.case.table import Record, Table
from inputs.places import Gazetteer

FORM = re.compile(r"(\d{4})-(\d{6})-(\d{2})-(\d{2})-(\d{6})")
MISSING = re.compile(r"正在办理|办理中|待办|待赋码|未赋码|申请中|暂无|没有")
OLD_YEARS = range(2015, 2022)
"""Before the standard the first four digits were the year."""


def check(book: Book, places: Gazetteer) -> None:
    """Form, month and uniqueness of 项目代码."""
    table = book["项目"]
    seen: dict[str, str] = {}
    for record in table.records:
        code = record.get("项目代码")
        if code is None:
            continue
        text = clean.tidy(code).replace("—", "-").replace("–", "-")
        where = table.address(record, "项目代码")
        if MISSING.search(text):
            _tell(table, record, "项目代码还没有办下来", "赋码后补填")
        elif (fault := fault_of(text)) is not None:
            _tell(
                table,
                record,
                f"项目代码{fault}",
                "核对：24 位，形如 2401-620802-04-01-123456（GB/T 40058-2021，分段长度待核实）",
            )
        elif text in seen:
            _tell(table, record, f"项目代码与 {seen[text]} 相同", "同一代码下的子项请注明，或改正代码")
        seen.setdefault(text, where)


def fault_of(code: str) -> str | None:
    """What is wrong with the form of a code, None when nothing is."""
    match = FORM.fullmatch(code)
    if match is None:
        digits = sum(ch.isdigit() for ch in code)
        return f"的形式不对（{digits} 位数字，应为 20 位数字加 4 个连字符）" if digits != 20 else "的分段不对"
    start = match.group(1)
    if int(start) in OLD_YEARS or 1 <= int(start[2:]) <= 12:
        return None
    return f"的前四位“{start}”不是年月"


def _tell(table: Table, record: Record, message: str, remedy: str) -> None:
    where = table.address(record, "项目代码")
    table.report("project_code", where, record.get("项目代码"), message, remedy, "warning")
