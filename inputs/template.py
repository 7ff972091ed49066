"""Writes case workbooks from the schema: the blank template and the samples.

Dropdowns for every list of choices, units in headings, hints as comments, frozen and protected header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from inputs.schema import SETTING_ROWS, SHEETS, Column, Sheet

FONT = "Microsoft YaHei"
BLANK_ROWS = 500
TEMPLATE_YEARS = ("2026", "2027")
TEMPLATE_FUNDS = ("专项债券", "中央预算内投资")
LEFT_BLANK = ("申报", "已安排", "固定安排")
FAMILY_EXAMPLES: Mapping[str, Sequence[Sequence[str]]] = {
    "评分": (("民生",), ("安全",)),
    "产出": (("户数(户)",), ("管网长度(公里)",)),
    "手续": (("立项",), ("用地",), ("规划",), ("环评",), ("事前绩效评估",)),
    "新增落户": (("跨省", "2025"), ("省内", "2025"), ("本市", "2025")),
    "额度": (("",), *((year,) for year in TEMPLATE_YEARS)),
}


@dataclass(frozen=True, slots=True)
class SheetData:
    """Headings and rows of one sheet to write; headings as in the schema, with units where wanted."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def write_template(path: Path) -> None:
    """A blank case workbook with one example row per sheet."""
    sheets = [_template_sheet(sheet) for sheet in SHEETS if sheet.name not in ("设置",)]
    settings = tuple((row.name, row.default) for row in SETTING_ROWS)
    write_workbook(path, [*sheets, SheetData("设置", ("名称", "值"), settings)])


def _template_sheet(sheet: Sheet) -> SheetData:
    headings, example = [], []
    for column in sheet.columns:
        for parts in _family(column):
            headings.append(heading_of(column, *parts))
            keep = not column.rule and (
                column.name in ("需求", "额度", "评分", "产出") or column.name not in LEFT_BLANK
            )
            example.append(column.example if keep else "")
    rows = [tuple(_as_cell(value) for value in example)] if sheet.required or sheet.name == "规则" else []
    if sheet.name == "资金":
        rows = [(name, kind, *rows[0][2:]) for name, kind in zip(TEMPLATE_FUNDS, ("专项债券", "补助"), strict=True)]
    return SheetData(sheet.name, tuple(headings), tuple(rows))


def _family(column: Column) -> Sequence[Sequence[str]]:
    if not column.parts:
        return ((),)
    if column.name in FAMILY_EXAMPLES:
        return FAMILY_EXAMPLES[column.name]
    if column.parts[0] == "fund":
        return tuple((fund, "") if len(column.parts) == 2 else (fund,) for fund in TEMPLATE_FUNDS)
    return tuple((year,) for year in TEMPLATE_YEARS)


def heading_of(column: Column, *parts: str, note: str = "") -> str:
    """Heading with parts and unit: 需求:2026(万元)."""
    name = ":".join(part for part in (column.name, *parts) if part)
    unit = {"money": "(万元)", "pin": "(万元)", "land": "(亩)"}.get(column.kind, "")
    return f"{name}{unit}{note}"


def _as_cell(text: str) -> Any:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def write_workbook(path: Path, sheets: Sequence[SheetData]) -> None:
    """Write sheets with the schema's dropdowns, hints and protection."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_calc_mode("auto")
        formats = {
            "head": book.add_format(
                {
                    "bold": True,
                    "bg_color": "#E8EEF6",
                    "border": 1,
                    "text_wrap": True,
                    "valign": "vcenter",
                    "font_name": FONT,
                }
            ),
            "must": book.add_format(
                {
                    "bold": True,
                    "bg_color": "#C9DAEC",
                    "border": 1,
                    "text_wrap": True,
                    "valign": "vcenter",
                    "font_name": FONT,
                }
            ),
            "cell": book.add_format({"locked": False, "font_name": FONT}),
            "money": book.add_format({"locked": False, "num_format": "#,##0.00", "font_name": FONT}),
        }
        for data in sheets:
            _write_sheet(book.add_worksheet(data.name), data, formats)


def _write_sheet(page: Worksheet, data: SheetData, formats: dict[str, Format]) -> None:
    sheet = next(s for s in SHEETS if s.name == data.name)
    page.freeze_panes(1, 2 if data.name == "项目" else 1)
    page.set_row(0, 48)
    page.protect(
        "",
        {
            "format_columns": True,
            "format_rows": True,
            "insert_rows": True,
            "delete_rows": True,
            "sort": True,
            "autofilter": True,
        },
    )
    for index, heading in enumerate(data.headings):
        column = _column_of(sheet, heading)
        money = column is not None and column.kind in ("money", "pin")
        page.set_column(index, index, _width(heading, data, index), formats["money" if money else "cell"])
        page.write_string(0, index, heading, formats["must" if column is not None and column.required else "head"])
        if column is not None:
            _guide(page, column, index)
    for number, row in enumerate(data.rows, start=1):
        for index, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, index, value)
            elif value is not None:
                page.write(number, index, value)


def _column_of(sheet: Sheet, heading: str) -> Column | None:
    name = (
        heading.split(":", maxsplit=1)[0]
        .split("(", maxsplit=1)[0]
        .split("（", maxsplit=1)[0]
        .split("示例数据", maxsplit=1)[0]
    )
    return next((c for c in sheet.columns if c.name == name), None)


def _width(heading: str, data: SheetData, index: int) -> float:
    longest = max((len(str(row[index])) for row in data.rows if index < len(row) and row[index] is not None), default=0)
    return min(42.0, max(10.0, 1.9 * min(len(heading), 12), 1.7 * longest))


def _guide(page: Worksheet, column: Column, index: int) -> None:
    if column.hint:
        page.write_comment(0, index, column.hint, {"x_scale": 1.5, "y_scale": 0.8})
    choices = ("是", "否") if column.kind == "flag" else column.choices
    if choices:
        page.data_validation(
            1, index, BLANK_ROWS, index,
            {
                "validate": "list",
                "source": list(choices),
                "error_title": "请从列表中选",
                "error_message": "可填：" + "、".join(choices),
            },
        )  # fmt: skip
