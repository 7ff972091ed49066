"""Is less done, received and planned than the whole?"""

from inputs.case.checks import Book
from inputs.places import Gazetteer
from models.units import show_wan

PARTS = ("累计完成投资", "计划投资", "建安投资")


def check(book: Book, places: Gazetteer) -> None:
    """Each of 累计完成投资, 计划投资, 建安投资 stays within 总投资; done and planned together too."""
    table = book["项目"]
    for record in table.records:
        total = record.get("总投资")
        if total is None:
            continue
        for name in PARTS:
            amounts = [cell.value for _, cell in record.family(name)]
            if amounts and sum(amounts) > total:
                message = f"{name} {show_wan(sum(amounts))} 万元大于总投资 {show_wan(total)} 万元"
                where = next(cell.address for _, cell in record.family(name))
                table.report("part_above_total", where, show_wan(sum(amounts)), message, "核对单位和数额", "warning")
        done = record.get("累计完成投资")
        planned = sum(cell.value for _, cell in record.family("计划投资"))
        if done is not None and planned and done <= total < done + planned and planned <= total:
            message = f"累计完成 {show_wan(done)} 加计划 {show_wan(planned)} 万元，超过总投资 {show_wan(total)} 万元"
            table.report(
                "done_and_planned", table.address(record, "累计完成投资"), show_wan(done), message, "核对", "warning"
            )
