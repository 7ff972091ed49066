"""Is the project's capital as large as it says, and not below the floor of its kind?"""

from __future__ import annotations

from fractions import Fraction

from inputs.case.checks import Book
from inputs.case.table import Record, Table
from inputs.places import Gazetteer
from models.units import show_wan

KINDS = (
    (("机场", "港口"), Fraction(25, 100)),
    (("铁路", "公路", "城轨", "轨道", "保障性住房", "保障房"), Fraction(20, 100)),
)
"""国发〔2015〕51号: floors by kind; floors of the sheet 类别 come first."""
SOURCE = "国发〔2015〕51号"
TOLERANCE = Fraction(1, 200)


def check(book: Book, places: Gazetteer) -> None:
    """项目资本金, 资本金比例 and 总投资 of a row, and the floor of its category."""
    table = book["项目"]
    floors = {r.get("类别"): r.get("资本金下限") for r in book["类别"].records}
    for record in table.records:
        total, amount, share = record.get("总投资"), record.get("项目资本金"), record.get("资本金比例")
        if not total:
            continue
        if amount is not None and amount > total:
            _tell(
                table,
                record,
                "项目资本金",
                f"项目资本金 {show_wan(amount)} 万元大于总投资 {show_wan(total)} 万元",
                "核对单位和数额",
            )
            continue
        actual = Fraction(amount, total) if amount is not None else share
        if amount is not None and share is not None and abs(Fraction(amount, total) - share) > TOLERANCE:
            message = f"资本金比例写 {_percent(share)}，按数额算是 {_percent(Fraction(amount, total))}"
            _tell(table, record, "资本金比例", message, "核对资本金和比例")
        floor, source = _floor(record, floors)
        if actual is not None and floor is not None and actual < floor:
            column = "项目资本金" if amount is not None else "资本金比例"
            _tell(
                table,
                record,
                column,
                f"资本金占 {_percent(actual)}，低于下限 {_percent(floor)}（{source}）",
                "补足资本金，或说明下浮的依据",
            )


def _floor(record: Record, floors: dict[str, Fraction | None]) -> tuple[Fraction | None, str]:
    category = record.get("类别") or ""
    if floors.get(category) is not None:
        return floors[category], "类别表"
    return next(((share, SOURCE) for words, share in KINDS if any(w in category for w in words)), (None, ""))


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.4g} %"


def _tell(table: Table, record: Record, column: str, message: str, remedy: str) -> None:
    table.report("capital", table.address(record, column), "", message, remedy, "warning")
