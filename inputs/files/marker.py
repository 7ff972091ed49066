"""The child process that marks a user's own workbook: coloured cells, comments, lists of findings as sheets.

Run by ``annotate.py`` with limits on memory and time; the work to do comes as JSON on standard input.
Macros and external links are not kept; stored results of formulas are, so that the copy can be read at once.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import warnings
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # the interpreter runs isolated

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from inputs.files.limits import NOT_WRITTEN

COLOURS = {"error": "FFF3C6C2", "warning": "FFFFE9B8", "note": "FFD9EAD9"}
FONT = "Microsoft YaHei"
THIN = Side(style="thin", color="FFD0D7E0")
FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*>.*?</f>|<f[^>]*/>)\s*<v\s*/?>(?:</v>)?\s*</c>', re.DOTALL)


def main(source: str, job: dict[str, Any]) -> None:
    """Mark a copy of the workbook as the job says and save it."""
    warnings.simplefilter("ignore")
    book = _from_grids(job["grids"]) if job["grids"] else load_workbook(source, keep_links=False)
    for name, cells in job["cells"].items():
        page = book[name] if name in book.sheetnames else book.create_sheet(name)
        for place, value in cells.items():
            _write_cell(_at(page, place), None if value == "" else value)
    for name, marks in job["marks"].items():
        if name in book.sheetnames:
            _mark(book[name], marks)
    for position, table in enumerate(job["tables"]):
        _write_table(book, table, 0 if position == 0 else len(book.sheetnames))
    for page in book.worksheets:
        page.sheet_view.tabSelected = False
    book.active = 0
    try:
        book.save(job["target"])
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_WRITTEN)
    if not job["grids"]:
        _keep_results(source, job["target"], job["cells"])


def _write_cell(cell: Cell, value: Any) -> None:
    """Put a value in; text stays text, whatever it begins with."""
    if isinstance(value, int | float) and "%" in str(cell.number_format):
        cell.number_format = "General"  # what was typed is no part of one
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")


def _at(page: Worksheet, place: str) -> Cell:
    """The cell, or the one that holds a merged range."""
    cell = page[place]
    if isinstance(cell, MergedCell):
        holder = next(r for r in page.merged_cells.ranges if place in r)
        cell = page.cell(holder.min_row, holder.min_col)
    return cell


def _mark(page: Worksheet, marks: dict[str, Any]) -> None:
    weight = {"note": 0, "warning": 1, "error": 2}
    for place, found in marks.items():
        cell = _at(page, place)
        worst = max((severity for severity, _ in found), key=weight.__getitem__)
        cell.fill = PatternFill("solid", start_color=COLOURS[worst], end_color=COLOURS[worst])
        before = f"{cell.comment.text}\n" if cell.comment else ""
        text = before + "\n".join(words for _, words in found)
        note = Comment(text, "fundopt")
        note.width, note.height = 320, min(400, 40 + 18 * (len(text) // 22 + text.count("\n") + 1))
        cell.comment = note


def _write_table(book: Workbook, table: dict[str, Any], position: int) -> None:
    name = table["name"]
    while name in book.sheetnames:
        name += "_"
    page = book.create_sheet(name, position)
    page.append([table["title"]])
    page["A1"].font = Font(name=FONT, bold=True, size=14)
    page.append([table["note"]])
    page["A2"].font = Font(name=FONT, size=9, color="FF4A5461")
    for c, head in enumerate(table["heads"], start=1):
        cell = page.cell(3, c, head)
        cell.font = Font(name=FONT, bold=True, size=10)
        cell.fill = PatternFill("solid", start_color="FFE8EEF6", end_color="FFE8EEF6")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(c)].width = table["widths"][c - 1]
    styled = len(table["rows"]) <= 5000
    for r, row in enumerate(table["rows"], start=4):
        for c, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            cell = page.cell(r, c)
            _write_cell(cell, value)
            if styled:
                cell.font = Font(name=FONT, size=10)
                cell.border = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
                cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
                if isinstance(value, float):
                    cell.number_format = "#,##0.00"
    for row, column, target in table["links"]:
        cell = page.cell(row + 4, column + 1)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target)
        cell.font = Font(name=FONT, size=10, underline="single", color="FF1D4F91")
    for row, severity in table["colours"]:
        cell = page.cell(row + 4, 2)
        cell.fill = PatternFill("solid", start_color=COLOURS[severity], end_color=COLOURS[severity])
    page.freeze_panes = "A4"
    page.auto_filter.ref = f"A3:{get_column_letter(len(table['heads']))}{max(3, 3 + len(table['rows']))}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.print_title_rows = "3:3"


def _from_grids(grids: list[dict[str, Any]]) -> Workbook:
    """A workbook of the values, merges and hidden rows of a file that cannot be kept itself (.xls, .csv)."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for grid in grids:
        page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", "_", grid["name"])[:31] or "表")
        for r, row in enumerate(grid["rows"], start=1):
            for c, value in enumerate(row, start=1):
                if value is not None:
                    _write_cell(page.cell(r, c), value["date"][:10] if isinstance(value, dict) else value)
        for place in grid["percent"]:
            page[place].number_format = "0.00%"
        for top, left, bottom, right in grid["merges"]:
            page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for number in grid["hidden_rows"]:
            page.row_dimensions[number].hidden = True
        for number in grid["hidden_columns"]:
            page.column_dimensions[get_column_letter(number)].hidden = True
    return book


def _keep_results(source: str, target: str, written: dict[str, Any]) -> None:
    """Put the stored results of formulas back, which openpyxl drops."""
    from inputs.files.zipped import members

    book = CalamineWorkbook.from_path(source)
    values = {n: book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names}
    fresh = Path(target).with_suffix(".tmp")
    with zipfile.ZipFile(target) as old, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {part: name for name, part in members(old).items()}
        for item in old.infolist():
            content = old.read(item.filename)
            name = parts.get(item.filename, "")
            if name in values and b"<f" in content:
                content = FORMULA.sub(partial(_with_result, rows=values[name], gone=written.get(name, {})), content)
            new.writestr(item, content)
    shutil.move(fresh, target)


def _with_result(match: re.Match[bytes], rows: list[list[Any]], gone: dict[str, Any]) -> bytes:
    from inputs.files.letters import column_number

    place = match.group(1).decode()
    letters = place.rstrip("0123456789")
    r, c = int(place[len(letters) :]) - 1, column_number(letters) - 1
    value = rows[r][c] if r < len(rows) and c < len(rows[r]) else ""
    if place in gone or value == "":
        return match.group(0)
    head, kind = match.group(2), b""
    if isinstance(value, bool):
        kind, text = b' t="b"', str(int(value))
    elif isinstance(value, int | float):
        text = repr(value)
    else:
        kind, text = b' t="str"', str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return b'<c r="%s"%s%s>%s<v>%s</v></c>' % (match.group(1), head, kind, match.group(3), text.encode())


def _run(arguments: list[str]) -> None:
    from inputs.files.parser import limit_memory

    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    limit_memory(int(arguments[1]))
    main(arguments[0], json.load(sys.stdin))


if __name__ == "__main__":
    _run(sys.argv[1:])
