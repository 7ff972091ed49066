"""The user's own file back: faulty cells coloured, each with message and remedy, the findings as first sheet.

Values, formulas, formats, widths, merges and other sheets are kept; cells of contacts stay empty. What the
library cannot keep is said on the first sheet. ``.xls`` and ``.csv`` come back as an .xlsx of their values.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inputs import clean
from inputs.files.guard import check_file
from inputs.files.limits import FileLimits
from inputs.files.workbook import Source, write_copy
from inputs.lists.opening import Change
from inputs.lists.personal import Scrubbed
from inputs.lists.reading import ListReading
from models.issue import Issue

LEVELS = {"error": "错误", "warning": "提醒", "note": "说明"}
MOST_ROWS = 60_000
LOST = "图表和图形按所用程序库能保留的保留；宏、外部链接不保留"


def annotate_list(source: Source, reading: ListReading, issues: Iterable[Issue], target: Path) -> None:
    """Write the annotated copy of one file of a reading. ``issues`` may hold those of the case as well."""
    sheets = [s for s in reading.opened.sheets if s.grid.file == source.name]
    mine = [i for i in issues if i.file == source.name]
    tables = [_issue_table(mine, source, LOST), *_report_tables(reading, source.name)]
    _run(source, target, mine, tables, sheets)


def annotate_case(source: Source, issues: Iterable[Issue], target: Path) -> None:
    """Write the annotated copy of a case workbook."""
    found = list(issues)
    _run(source, target, found, [_issue_table(found, source, LOST)], [])


def _run(
    source: Source, target: Path, issues: list[Issue], tables: list[dict[str, Any]], sheets: list[Scrubbed]
) -> None:
    check_file(source.path, FileLimits.from_environment())
    names = {clean.tidy(g.name): g.name for g in source.grids}
    marks: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for issue in issues:
        name = names.get(clean.tidy(issue.sheet))
        if name and issue.cell and issue.severity != "note":
            words = f"【{LEVELS[issue.severity]}】{issue.message}。{issue.remedy}。"
            marks.setdefault(name, {}).setdefault(issue.cell, []).append((issue.severity, words))
    cells = {s.grid.name: {**dict.fromkeys(s.emptied, ""), **dict(s.masked)} for s in sheets}
    write_copy(source, target, cells, marks, tables)


def _issue_table(issues: list[Issue], source: Source, lost: str) -> dict[str, Any]:
    order = {"error": 0, "warning": 1, "note": 2}
    rows, links, colours = [], [], []
    names = {clean.tidy(g.name): g.name for g in source.grids}
    for n, issue in enumerate(sorted(issues, key=lambda i: order[i.severity])):
        rows.append([n + 1, LEVELS[issue.severity], issue.sheet, issue.cell, issue.value, issue.message, issue.remedy])
        colours.append([n, issue.severity])
        name = names.get(clean.tidy(issue.sheet))
        if name and issue.cell:
            links.append([n, 3, "'{}'!{}".format(name.replace("'", "''"), issue.cell)])
    counts = "，".join(f"{LEVELS[k]} {sum(i.severity == k for i in issues)}" for k in order)
    kept = "本表为另存的 .xlsx 副本，只保留数值、合并和隐藏" if source.kind != "xlsx" else lost
    return {
        "name": "问题清单", "title": f"{source.name} 问题清单", "note": f"{counts}。点“单元格”跳到出处。{kept}。",
        "heads": ["序号", "级别", "工作表", "单元格", "原值", "问题", "怎么改"], "widths": [6, 8, 18, 10, 20, 60, 46],
        "rows": rows, "links": links, "colours": colours,
    }  # fmt: skip


def _report_tables(reading: ListReading, file: str) -> list[dict[str, Any]]:
    """Where every row went, every changed value, totals compared."""
    return [_rows_table(reading, file), _changes_table(reading, file), _totals_table(reading, file)]


def _table(
    name: str, title: str, note: str, heads: list[str], widths: list[int], rows: list[list[Any]]
) -> dict[str, Any]:
    if len(rows) > MOST_ROWS:
        note += f"只列前 {MOST_ROWS:,} 行，共 {len(rows):,} 行。"
    return {
        "name": name, "title": title, "note": note, "heads": heads, "widths": widths, "rows": rows[:MOST_ROWS], "links": [], "colours": [],
    }  # fmt: skip


def _rows_table(reading: ListReading, file: str) -> dict[str, Any]:
    rows: list[list[Any]] = []
    for sheet in (s for s in reading.sheets if s.file == file):
        rows += [[sheet.name, row.index + 1, row.kind, row.label, row.note] for row in sheet.rows]
    return _table(
        "读取报告_行",
        "每一行的去向",
        "每张表各类行数之和等于表的总行数。",
        ["工作表", "行", "去向", "内容", "说明"],
        [18, 8, 10, 46, 40],
        rows,
    )


def _changes_table(reading: ListReading, file: str) -> dict[str, Any]:
    def row(c: Change) -> list[Any]:
        return [c.sheet, c.cell, c.field, c.before, c.after, c.why]

    rows = [row(c) for c in reading.changes if c.file == file]
    heads = ["工作表", "单元格", "字段", "原值", "读作", "原因"]
    return _table(
        "读取报告_改动", "读入时有改动的值", "没有列出的值与原表相同。", heads, [18, 10, 20, 30, 30, 40], rows
    )


def _totals_table(reading: ListReading, file: str) -> dict[str, Any]:
    rows = [
        [line.region, line.field, float(line.listed), float(line.taken), float(line.listed - line.taken), line.why]
        for line in reading.sums(file)
    ]
    heads = ["地区", "字段", "清单各行合计（万元）", "读入合计（万元）", "差额（万元）", "差额原因"]
    return _table(
        "读取报告_合计",
        "读入前后合计",
        "单位：万元。差额来自没有读的行、看不懂的格和四舍五入。",
        heads,
        [18, 28, 18, 18, 16, 40],
        rows,
    )


def scrub_file(source: Source, sheets: list[Scrubbed], target: Path) -> None:
    """Write a copy of a file without its personal data, so that nothing else has to be kept."""
    _run(source, target, [], [], sheets)
