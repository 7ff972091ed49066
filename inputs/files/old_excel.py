"""Old workbooks (.xls, and .et files of the same build): values, merges, hidden rows by xlrd."""

from __future__ import annotations

import re
import sys
from typing import Any

import xlrd

from inputs.files.letters import column_letters
from inputs.files.limits import PROTECTED


def sheets(path: str) -> dict[str, Any]:
    """Values and facts of every sheet, in the order of the tabs."""
    try:
        with xlrd.open_workbook(path, formatting_info=True, logfile=sys.stderr) as book:
            found = [_sheet(book, page) for page in book.sheets()]
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            sys.exit(PROTECTED)
        raise
    return {"kind": "xls", "notes": ["图表和图形"], "sheets": found}


def _sheet(book: Any, page: Any) -> dict[str, Any]:
    errors, percent = [], []
    rows = []
    for r in range(page.nrows):
        row = []
        for c in range(page.ncols):
            cell = page.cell(r, c)
            if cell.ctype == xlrd.XL_CELL_ERROR:
                errors.append(f"{column_letters(c)}{r + 1}")
            elif cell.ctype == xlrd.XL_CELL_NUMBER and _is_percent(book, cell):
                percent.append(f"{column_letters(c)}{r + 1}")
            row.append(_plain(book, cell))
        rows.append(row)
    return {
        "name": page.name,
        "hidden": page.visibility != 0,
        "rows": rows,
        "uncached": [],
        "errors": errors,
        "merges": [[r0, c0, r1 - 1, c1 - 1] for r0, r1, c0, c1 in page.merged_cells],
        "hidden_rows": [r + 1 for r, info in page.rowinfo_map.items() if info.hidden],
        "hidden_columns": [c + 1 for c, info in page.colinfo_map.items() if info.hidden and c < page.ncols],
        "percent": percent,
    }


def _plain(book: Any, cell: Any) -> Any:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return {"date": str(xlrd.xldate_as_datetime(cell.value, book.datemode))}
        except (ValueError, OverflowError):
            return cell.value
    return None if cell.value == "" else cell.value


def _is_percent(book: Any, cell: Any) -> bool:
    shown = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    return "%" in re.sub(r'"[^"]*"|\\.', "", shown)
