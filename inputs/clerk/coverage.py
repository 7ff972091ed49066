"""Is the coverage ratio what revenue and debt service make it?"""

from fractions import Fraction

from inputs.case.checks import Book
from inputs.case.table import Record
from inputs.places import Gazetteer

TOLERANCE = Fraction(15, 1000)
"""Ratios are written to two decimals."""


def check(book: Book, places: Gazetteer) -> None:
    """覆盖倍数 against 净收益 over 债券本息; without the latter over asks for bonds with their interest."""
    table = book["项目"]
    for record in table.records:
        stated, revenue = record.get("覆盖倍数"), record.get("净收益")
        service, how = _service(record)
        if stated is None or revenue is None or not service:
            continue
        actual = Fraction(revenue) / service
        if abs(actual - stated) > TOLERANCE * max(1, stated):
            message = f"覆盖倍数写 {float(stated):.4g}，按净收益除以{how}算是 {float(actual):.4g}"
            where = table.address(record, "覆盖倍数")
            table.report("coverage_ratio", where, f"{float(stated):.4g}", message, "核对净收益、本息和倍数", "warning")


def _service(record: Record) -> tuple[Fraction, str]:
    """Debt service as written, else principal asked for with interest over its term."""
    if record.get("债券本息") is not None:
        return Fraction(record.get("债券本息")), "债券本息"
    asked = sum(cell.value for parts, cell in record.family("申报") if "专项债" in parts[0])
    rate, tenor = record.get("债券利率"), record.get("债券期限")
    if not asked or rate is None or tenor is None:
        return Fraction(0), ""
    more = (record.get("存量债券本息") or 0) + (record.get("贷款本息") or 0)
    return asked * (1 + rate * tenor) + more, "申报债券本息"
