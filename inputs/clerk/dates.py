"""Does the project end after it begins, and last as long as it says?"""

from inputs.case.checks import Book
from inputs.places import Gazetteer


def check(book: Book, places: Gazetteer) -> None:
    """竣工年份 against 最早开工 and 建设周期."""
    table = book["项目"]
    for record in table.records:
        start, finish, years = record.get("最早开工"), record.get("竣工年份"), record.get("建设周期")
        if start is None or finish is None or start < 1900 or finish < 1900:
            continue
        where = table.address(record, "竣工年份")
        if finish < start:
            message = f"竣工 {finish} 年早于开工 {start} 年"
            table.report("dates_order", where, finish, message, "核对起止年份", "warning")
        elif years is not None and not finish - start <= years <= finish - start + 1:
            message = f"{start}–{finish} 年，与建设周期 {years} 年不符"
            table.report("dates_length", where, finish, message, "核对起止年份和建设周期", "warning")
