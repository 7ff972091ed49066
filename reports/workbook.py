"""The result workbook: typed numbers, totals as live formulas with their values, one style."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from inputs.files.new_workbook import new_workbook
from models.units import MONEY_PER_WAN
from reports.account import SHEET, Account, check_code, key_of
from reports.contents import result_tables
from reports.native_charts import add_charts
from reports.performance import TO_FILL
from reports.table import Plan, ResultColumn, ResultTable

HEADER_ROW = 2
FIRST_ROW = 3
LINE_HEIGHT = 14.5
TITLE_FONT = "方正小标宋简体"
A3_WIDTH = 130
"""Tables wider than this many characters are printed on A3, the others on A4."""
READABLE = 260
"""Characters that an A3 page holds side by side and can still be read; wider tables take several pages."""
FORMATS = {"text": "@", "money": "#,##0.00", "whole": "0", "share": "0.00%", "number": "#,##0.####", "round": "#,##0"}


def write_result(path: Path, plan: Plan, account: Account) -> None:
    """Write all sheets of a plan. Raises OSError when the file cannot be written."""
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "folder does not exist", str(path))
    tables = result_tables(plan)
    with new_workbook(path) as book:
        style = _styles(book)
        for table in tables:
            _write_table(book.add_worksheet(table.name), table, style)
        add_charts(book, tables, tuple(f.name for f in plan.case.funds))
        _write_account(book.add_worksheet(SHEET), account, style)


def write_tables(path: Path, tables: Iterable[ResultTable]) -> None:
    """Write some tables as a workbook in the same manner. Raises OSError when the file cannot be written."""
    with new_workbook(path) as book:
        style = _styles(book)
        for table in tables:
            _write_table(book.add_worksheet(table.name), table, style)


def _styles(book: xlsxwriter.Workbook) -> dict[str, Format]:
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
    cell = {**base, "border": 1, "border_color": "#D0D7E0"}
    styles = {kind: book.add_format({**cell, "num_format": code}) for kind, code in FORMATS.items()}
    styles["text"] = book.add_format({**cell, "text_wrap": True, "quote_prefix": True, "indent": 1})
    styles |= {
        f"total_{k}": book.add_format({**cell, "num_format": c, "bold": True, "bg_color": "#F3F5F8"})
        for k, c in FORMATS.items()
    }
    title = {"font_name": TITLE_FONT, "font_size": 20, "valign": "vcenter", "align": "center_across"}
    styles["title"] = book.add_format(title)
    styles["title_left"] = book.add_format({**title, "align": "left"})
    styles["note"] = book.add_format({**base, "font_color": "#4A5461"})
    styles["unit"] = book.add_format({**base, "align": "right"})
    styles["fill"] = book.add_format({**cell, "bg_color": "#FFF3CF", "font_color": "#7A4900", "text_wrap": True})
    styles["head"] = book.add_format(
        {**cell, "bold": True, "bg_color": "#E8EEF6", "align": "center", "text_wrap": True}
    )
    return styles


def _write_table(page: Worksheet, table: ResultTable, style: dict[str, Format]) -> None:
    last = len(table.columns) - 1
    wide = sum(c.width for c in table.columns)
    pages = _pages(table)
    _write_head(page, table, style)
    page.set_row(0, 34)
    page.set_row(HEADER_ROW, 32)
    for index, column in enumerate(table.columns):
        page.set_column(index, index, column.width)
        page.write_string(HEADER_ROW, index, column.name, style["head"])
    for number, row in enumerate(table.rows, start=FIRST_ROW):
        lines = _lines(table, row)
        if lines > 1:
            page.set_row(number, LINE_HEIGHT * lines)
        for index, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(page, number, index, table, column, value, style)
    if table.has_total:
        _write_totals(page, table, style)
    page.freeze_panes(FIRST_ROW, 2)
    page.set_landscape()
    page.set_paper(8 if wide > A3_WIDTH else 9)
    page.fit_to_pages(pages, 0)
    page.repeat_columns(0, 1)
    page.repeat_rows(HEADER_ROW)
    page.set_footer("&C第 &P 页，共 &N 页")
    page.autofilter(HEADER_ROW, 0, max(HEADER_ROW, HEADER_ROW + len(table.rows)), last)


def _pages(table: ResultTable) -> int:
    """How many pages a sheet is wide."""
    return max(1, round(sum(c.width for c in table.columns) / READABLE))


def head_of(table: ResultTable) -> dict[tuple[int, int], str]:
    """Title, notes and unit by row and column (from 0): the unit at the right end where the sheet is one page wide."""
    last, unit = len(table.columns) - 1, f"单位：{table.unit}"
    beside = bool(last) and _pages(table) == 1
    notes = "；".join(table.notes if beside else (*table.notes, unit))
    return {(0, 0): table.title, (1, 0): notes, **({(1, last): unit} if beside else {})}


def _write_head(page: Worksheet, table: ResultTable, style: dict[str, Format]) -> None:
    """Title, notes and unit: across the sheet where it is whole on one page, else on the first of its pages."""
    last, whole = len(table.columns) - 1, _pages(table) == 1
    forms = {(0, 0): style["title" if whole else "title_left"], (1, 0): style["note"], (1, last): style["unit"]}
    if not last:
        forms[1, 0] = style["note"]
    for (row, column), words in head_of(table).items():
        page.write_string(row, column, words, forms[row, column])
    if whole:
        for index in range(1, last + 1):  # centred across the columns without merging them
            page.write_blank(0, index, None, style["title"])


def _lines(table: ResultTable, row: list[Any]) -> int:
    """Lines that the longest text of a row takes in its column; a Chinese character is two wide."""
    wide = [
        sum(2 if ord(letter) > 0x2E7F else 1 for letter in value) / (column.width - 2)
        for column, value in zip(table.columns, row, strict=True)
        if isinstance(value, str)
    ]
    return ceil(max(wide, default=1))


def cell_value(column: ResultColumn, value: Any) -> Any:
    """What stands in a cell: 万元 for money, a float for fractions."""
    if value is None or isinstance(value, str):
        return value
    if column.kind == "money":
        return int(value) / MONEY_PER_WAN
    return round(float(value), 8) if isinstance(value, Fraction) else value


def row_formula(table: ResultTable, column: ResultColumn, row: int) -> str:
    """Formula of a cell that adds up other columns of its row (row counted from 0)."""
    cols = [table.position(name) for name in column.sum_of]
    return f"=SUM({xl_col_to_name(cols[0])}{row + 1}:{xl_col_to_name(cols[-1])}{row + 1})"


def total_formula(table: ResultTable, index: int) -> str:
    """Formula of a total."""
    name = xl_col_to_name(index)
    last = FIRST_ROW + max(1, len(table.rows))
    return f"=SUM({name}{FIRST_ROW + 1}:{name}{last})"


def total_row(table: ResultTable) -> int:
    """Row of the totals, counted from 0; one empty row stands in for no rows."""
    return FIRST_ROW + max(1, len(table.rows))


def _write_cell(
    page: Worksheet,
    row: int,
    index: int,
    table: ResultTable,
    column: ResultColumn,
    value: Any,
    style: dict[str, Format],
) -> None:
    shown = cell_value(column, value)
    if shown is None or shown == "":
        page.write_blank(row, index, None, style[column.kind])
    elif isinstance(shown, str):
        page.write_string(row, index, shown, style["fill" if shown == TO_FILL else "text"])
    elif column.sum_of:
        page.write_formula(row, index, row_formula(table, column, row), style[column.kind], shown)
    else:
        whole = column.kind == "number" and shown == int(shown)  # a fraction's format would leave a bare point
        page.write_number(row, index, shown, style["round" if whole else column.kind])


def _write_totals(page: Worksheet, table: ResultTable, style: dict[str, Format]) -> None:
    row = total_row(table)
    for index, (column, value) in enumerate(zip(table.columns, table.totals(), strict=True)):
        form = style[f"total_{column.kind}"]
        if column.total:
            page.write_formula(row, index, total_formula(table, index), form, cell_value(column, value))
        else:
            page.write_string(row, index, "合计" if index == 0 else "", form)


def _write_account(page: Worksheet, account: Account, style: dict[str, Format]) -> None:
    page.write_string(0, 0, "求解说明", style["title"])
    for index in (1, 2):
        page.write_blank(0, index, None, style["title"])
    page.write_string(
        1,
        0,
        "每行的校验码由该行内容、案例和方案算出；改动、删去或换进别处的一行，verify 会指出。校验码防误改，不防有意伪造，结论以 verify 和附带的证明为准",
        style["note"],
    )
    for index, (name, width) in enumerate((("名称", 20), ("值", 90), ("校验码", 18))):
        page.set_column(index, index, width)
        page.write_string(HEADER_ROW, index, name, style["head"])
    key = key_of(account.value)
    for row, (name, value) in enumerate(account.rows, start=FIRST_ROW):
        page.write_string(row, 0, name, style["text"])
        page.write_string(row, 1, value, style["text"])
        page.write_string(row, 2, check_code(name, value, key), style["text"])
    page.freeze_panes(FIRST_ROW, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
