"""The mapping as a workbook of its own: what the assistant proposes goes out, what the user confirms comes back.

Sheets: 列对应 (one row a column of each layout), 工作表 (read or not, region), 行 (kind of single rows),
更正 (values in place of cells).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inputs import clean
from inputs.files.letters import column_letters, column_number
from inputs.files.new_workbook import new_workbook
from inputs.files.workbook import Grid, load_grids
from inputs.lists import fields
from inputs.lists.decisions import Decisions
from inputs.lists.projects import TOTALS
from inputs.lists.reading import Layout, ListReading
from inputs.lists.rows import KINDS
from models.issue import CaseError, Issue

COLUMNS, SHEETS, ROWS, CELLS = "列对应", "工作表", "行", "更正"
HEADS = {
    COLUMNS: ("布局", "工作表", "列", "列名", "示例", "对应字段", "单位", "把握", "依据", "确认"),
    SHEETS: ("文件", "工作表", "读取", "整表地区", "说明", "总投资取自"),
    ROWS: ("文件", "工作表", "行", "去向"),
    CELLS: ("文件", "工作表", "单元格", "改为"),
}
WIDTHS = {
    COLUMNS: (12, 20, 6, 26, 30, 26, 10, 8, 20, 8),
    SHEETS: (24, 20, 8, 16, 50, 16),
    ROWS: (24, 20, 8, 12),
    CELLS: (24, 20, 10, 20),
}
YES, NO = "是", "否"


def write_mapping(path: Path, reading: ListReading, decisions: Decisions) -> None:
    """Write the mapping with what is decided and what is proposed; the user confirms in the column 确认."""
    tables: dict[str, list[list[Any]]] = {
        COLUMNS: [row for layout in reading.layouts.values() for row in _column_rows(layout)],
        SHEETS: [
            [
                s.file,
                s.name,
                "" if s.wanted is None else YES if s.wanted else NO,
                decisions.regions.get((s.file, s.name), ""),
                _about(s.counts),
                TOTALS.get(decisions.totals.get((s.file, s.name), ""), ""),
            ]
            for s in reading.sheets
        ],
        ROWS: [[file, sheet, row, kind] for (file, sheet, row), kind in decisions.rows.items()],
        CELLS: [[file, sheet, cell, value] for (file, sheet, cell), value in decisions.cells.items()],
    }
    with new_workbook(path) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8EEF6", "border": 1, "font_name": "Microsoft YaHei"})
        ask = book.add_format({"bg_color": "#FFE9B8", "font_name": "Microsoft YaHei"})
        plain = book.add_format({"font_name": "Microsoft YaHei"})
        for name, rows in tables.items():
            page = book.add_worksheet(name)
            for c, (word, width) in enumerate(zip(HEADS[name], WIDTHS[name], strict=True)):
                page.set_column(c, c, width, plain)
                page.write_string(0, c, word, head)
            for r, row in enumerate(rows, start=1):
                for c, value in enumerate(row):
                    style = ask if name == COLUMNS and row[-1] == NO else plain
                    page.write(r, c, value, style) if isinstance(value, int | float) else page.write_string(
                        r, c, str(value or ""), style
                    )
            page.freeze_panes(1, 0)
            _choices(page, name, max(1, len(rows)) + 200)


def _choices(page: Any, name: str, last: int) -> None:
    lists = {
        COLUMNS: {9: [YES, NO]},
        SHEETS: {2: [YES, NO], 5: [*TOTALS.values()]},
        ROWS: {3: ["项目", "合计小计", "分组", "说明", "未读"]},
    }
    for column, options in lists.get(name, {}).items():
        page.data_validation(1, column, last, column, {"validate": "list", "source": options, "ignore_blank": True})


def _about(counts: Any) -> str:
    return "，".join(f"{kind} {counts[kind]} 行" for kind in KINDS if counts[kind])


def _column_rows(layout: Layout) -> list[list[Any]]:
    rows = []
    for guess in layout.guesses:
        name, unit = layout.columns.get(guess.index, (guess.field, guess.unit))
        done = layout.confirmed or guess.sure
        rows.append(
            [
                layout.code, "、".join(dict.fromkeys(sheet for _, sheet in layout.places))[:60], column_letters(guess.index), guess.heading,
                "；".join(guess.examples), name, unit, f"{guess.score:.0%}", "已确认" if layout.confirmed else guess.basis, YES if done else NO,
            ]
        )  # fmt: skip
    return rows


def read_mapping(path: Path) -> Decisions:
    """The decisions of a mapping workbook. Layouts count as confirmed when every column says 是.

    Raises CaseError with every fault of the workbook.
    """
    grids = {clean.tidy(g.name): g for g in load_grids(path)}
    decisions, issues = Decisions(), list[Issue]()
    if COLUMNS not in grids:
        _fault(issues, path.name, "", "", f"“{path.name}”不是映射文件：没有工作表“{COLUMNS}”")
        raise CaseError(issues)
    _read_columns(grids.get(COLUMNS), decisions, issues)
    for row, cells in _rows(grids.get(SHEETS)):
        file, sheet, read, region, _, total = _texts(cells, 6)
        if read in (YES, NO):
            decisions.read[file, sheet] = read == YES
        elif read:
            _fault(issues, SHEETS, f"C{row}", read, "读取只能填 是 或 否")
        if region:
            decisions.regions[file, sheet] = region
        if total in TOTALS.values():
            decisions.totals[file, sheet] = next(family for family, words in TOTALS.items() if words == total)
        elif total:
            _fault(issues, SHEETS, f"F{row}", total, f"总投资取自只能填：{'、'.join(TOTALS.values())}")
    for row, cells in _rows(grids.get(ROWS)):
        file, sheet, number, kind = _texts(cells, 4)
        if kind not in KINDS or not number.isdigit():
            _fault(issues, ROWS, f"D{row}", kind, f"去向只能填：{'、'.join(KINDS)}；行写行号")
            continue
        decisions.rows[file, sheet, int(number)] = kind
    for row, cells in _rows(grids.get(CELLS)):
        file, sheet, cell, _ = _texts(cells, 4)
        if not cell.rstrip("0123456789").isalpha() or not cell[-1:].isdigit():
            _fault(issues, CELLS, f"C{row}", cell, "单元格写成 F9 这样的位置")
            continue
        decisions.cells[file, sheet, cell.upper()] = cells[3] if len(cells) > 3 else None
    if issues:
        raise CaseError(issues)
    return decisions


def _read_columns(grid: Grid | None, decisions: Decisions, issues: list[Issue]) -> None:
    waiting: set[str] = set()
    found: dict[str, dict[int, tuple[str, str]]] = {}
    for row, cells in _rows(grid):
        code, _, letters, _, _, name, unit, _, _, done = _texts(cells, 10)
        if not letters.isalpha():
            continue
        if fault := fields.fault_of(name or fields.UNUSED):
            _fault(issues, COLUMNS, f"F{row}", name, fault)
        if fields.kind_of(name) == "money" and unit not in clean.MONEY_UNITS:
            _fault(issues, COLUMNS, f"G{row}", unit, f"金额单位只能填：{'、'.join(clean.MONEY_UNITS)}")
        found.setdefault(code, {})[column_number(letters.upper()) - 1] = (name or fields.UNUSED, unit)
        if done != YES:
            waiting.add(code)
    decisions.columns = {code: columns for code, columns in found.items() if code not in waiting}


def _rows(grid: Grid | None) -> list[tuple[int, list[Any]]]:
    rows = grid.rows[1:] if grid is not None else []
    return [(n, row) for n, row in enumerate(rows, start=2) if any(v is not None for v in row)]


def _texts(cells: list[Any], count: int) -> list[str]:
    return [clean.title(cells[k]) if k < len(cells) and cells[k] is not None else "" for k in range(count)]


def _fault(issues: list[Issue], sheet: str, cell: str, value: str, message: str) -> None:
    issues.append(Issue("mapping", "error", sheet, cell, value, message, "在映射文件里改正"))
