"""Writes case workbooks from the schema: the blank template and the samples.

Dropdowns for every list of choices, units in headings, hints as comments, frozen and protected header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from inputs.files.new_workbook import new_workbook
from inputs.schema import GUIDE, OPTIONS, SETTING_BY_NAME, SETTING_ROWS, SHEETS, WEIGHT, Column, Sheet
from models.rules import RULES

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
PART_WORDS = {"year": "年", "year?": "年", "fund": "资金", "word": "名称", "document": "手续"}
KIND_WORDS = {
    "money": "金额（万元）", "share": "比例，如 20%", "number": "数", "factor": "倍数", "whole": "整数", "year": "年份，如 2026", "flag": "是 或 否", "choice": "从列表选",
    "names": "名称，用逗号分开", "pin": "1200、>=800 或 <=1500", "land": "面积（亩）", "scope": "如 地区=西峰区;资金=专项债券", "any": "按参数",
}  # fmt: skip
LONG_LISTS = {
    "规则": tuple(rule.title for rule in RULES),
    "设置": (*(row.name for row in SETTING_ROWS), f"{WEIGHT}:民生"),
}
"""Lists too long for a dropdown of their own; they stand on a hidden sheet."""
LONG_LISTS_OF = {("规则", "规则"): "规则", ("设置", "名称"): "设置"}


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
    write_workbook(path, [*sheets, SheetData("设置", ("名称", "值"), settings)], guide=True)


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


def write_workbook(path: Path, sheets: Sequence[SheetData], guide: bool = False) -> None:
    """Write sheets with the schema's dropdowns, hints and protection; ``guide`` adds 填写说明 in front."""
    with new_workbook(path) as book:
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
        if guide:
            _write_guide(book.add_worksheet(GUIDE), formats)
        pages = {data.name: book.add_worksheet(data.name) for data in sheets}
        options = book.add_worksheet(OPTIONS)
        options.hide()
        for index, (name, words) in enumerate(LONG_LISTS.items()):
            options.write_string(0, index, name)
            options.write_column(1, index, words)
        for data in sheets:
            _write_sheet(pages[data.name], data, formats)
        pages[sheets[0].name].activate()


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
            _guide(page, column, index, data.name)
    if data.name == "设置":
        _setting_choices(page, data)
    for number, row in enumerate(data.rows, start=1):
        for index, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, index, value)
            elif value is not None:
                page.write(number, index, value)


def _write_guide(page: Worksheet, formats: dict[str, Format]) -> None:
    """What each sheet and column is for, what may stand in it, and an example."""
    heads = (("工作表", 12), ("列", 22), ("必填", 6), ("怎么填", 22), ("可填", 40), ("说明", 44), ("示例", 24))
    for index, (head, width) in enumerate(heads):
        page.set_column(index, index, width, formats["cell"])
        page.write_string(0, index, head, formats["head"])
    row = 1
    for sheet in SHEETS:
        page.write_row(
            row, 0, (sheet.name, "", "必需" if sheet.required else "", "", "", sheet.about, ""), formats["must"]
        )
        for column in sheet.columns:
            name = ":".join((column.name or "资金名称", *(PART_WORDS[part] for part in column.parts if column.name)))
            choices = "、".join(("是", "否") if column.kind == "flag" else column.choices)
            hint = column.hint + ("；只用于核对" if column.checked else "")
            row += 1
            page.write_row(
                row,
                0,
                (
                    sheet.name,
                    name,
                    "是" if column.required else "",
                    KIND_WORDS.get(column.kind, "文字"),
                    choices,
                    hint.strip("；"),
                    column.example,
                ),
            )
        row += 1
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, row, len(heads) - 1)


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


def _guide(page: Worksheet, column: Column, index: int, sheet: str) -> None:
    """Comment on the heading, dropdown and input message below it."""
    if column.hint:
        page.write_comment(0, index, column.hint, {"x_scale": 1.5, "y_scale": 0.8})
    choices = ("是", "否") if column.kind == "flag" else column.choices
    message = column.hint or (f"填{KIND_WORDS[column.kind]}" if column.kind in KIND_WORDS else "")
    rule: dict[str, Any] = {"validate": "any"}
    if (sheet, column.name) in LONG_LISTS_OF:
        name = LONG_LISTS_OF[sheet, column.name]
        letter, last = chr(65 + list(LONG_LISTS).index(name)), len(LONG_LISTS[name]) + 1
        rule = {"validate": "list", "source": f"={OPTIONS}!${letter}$2:${letter}${last}", "error_type": "warning"}
    elif choices:
        rule = {
            "validate": "list",
            "source": list(choices),
            "error_title": "请从列表中选",
            "error_message": "可填：" + "、".join(choices),
        }
    if message:
        rule |= {"input_title": column.name[:32] or "占比上限", "input_message": message[:255]}
    if len(rule) > 1:
        page.data_validation(1, index, BLANK_ROWS, index, rule)


def _setting_choices(page: Worksheet, data: SheetData) -> None:
    """A dropdown beside each setting that has fixed values."""
    for row, cells in enumerate(data.rows, start=1):
        setting = SETTING_BY_NAME.get(str(cells[0]))
        if setting is not None and setting.choices:
            page.data_validation(row, 1, row, 1, {"validate": "list", "source": list(setting.choices)})
