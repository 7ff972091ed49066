"""Does the county belong to the prefecture that stands beside it, and to the region in the project code?"""

from __future__ import annotations

from inputs import clean
from inputs.case.checks import Book
from inputs.clerk.codes import FORM
from inputs.places import Gazetteer, divisions


def check(book: Book, places: Gazetteer) -> None:
    """市州 against 地区, and digits 5–10 of 项目代码 against the division code of 地区 or its prefecture."""
    table = book["项目"]
    codes = {d.name: d.code for d in divisions()}
    names = {d.code: d.name for d in divisions()}
    for record in table.records:
        region, above = record.get("地区"), record.get("市州")
        parent = places.parent(region) if region else ""
        if region is None or not parent:
            continue
        if above is not None:
            named = places.find(above)
            if named is not None and named.name not in (parent, region):
                message = f"“{region}”属于{parent}，不属于{above}"
                table.report("prefecture", table.address(record, "地区"), region, message, "核对市州和县区", "warning")
        match = FORM.fullmatch(clean.tidy(record.get("项目代码") or ""))
        if match is None or region not in codes:
            continue
        part = match.group(2)
        mine = {codes[region], codes[region][:4] + "00", codes[region][:2] + "0000", *_old_codes(region)}
        if part not in mine and part in names:
            message = f"项目代码里的区划 {part} 是{names[part]}，不是{region}"
            table.report(
                "code_region",
                table.address(record, "项目代码"),
                record.get("项目代码"),
                message,
                "核对项目代码和地区",
                "warning",
            )


def _old_codes(region: str) -> list[str]:
    return [d.old_code for d in divisions() if d.name == region and d.old_code]
