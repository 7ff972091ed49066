"""Do the sources of money add up to the total?"""

from inputs.case.checks import Book
from inputs.places import Gazetteer
from models.units import show_wan

TOLERANCE = 1
"""In units of 0.01 万元 per source: rounding of what is written."""


def check(book: Book, places: Gazetteer) -> None:
    """Sum of 资金来源 columns against 总投资, for rows that fill any of them."""
    table = book["项目"]
    for record in table.records:
        parts = list(record.family("资金来源"))
        total = record.get("总投资")
        if not parts or total is None:
            continue
        summed = sum(cell.value for _, cell in parts)
        if abs(summed - total) > TOLERANCE * len(parts):
            message = f"各项资金来源之和 {show_wan(summed)} 万元，总投资 {show_wan(total)} 万元，相差 {show_wan(summed - total)} 万元"
            where = table.address(record, "总投资")
            table.report("sources_sum", where, show_wan(total), message, "核对总投资和各项来源", "warning")
