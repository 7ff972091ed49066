"""Projects of lists into a case workbook: sheets of the schema, and the way back from its cells to the lists'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inputs import clean
from inputs.case.read import Reading, read_grids
from inputs.case.table import match_header, read_table
from inputs.files.letters import address, column_number
from inputs.files.workbook import Grid, load_source, write_copy
from inputs.lists import fields
from inputs.lists.projects import ListProject, family_order
from inputs.lists.reading import ListReading
from inputs.places import Gazetteer, divisions
from inputs.schema import FUNDS, PROJECTS, SHEET_BY_NAME
from inputs.template import SheetData, heading_of, write_workbook
from models.issue import Issue

HIDDEN_FIELDS = (fields.SERIAL, fields.SPAN, fields.UNUSED, fields.PERSONAL)


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund to be entered with the lists: name, kind, limit in 万元 as written (empty if not yet known).

    ``asked`` is the name by which lists ask for it, where it was given another.
    """

    name: str
    kind: str = "补助"
    limit: str = ""
    asked: str = ""


@dataclass(slots=True)
class Draft:
    """A case workbook made of lists: its sheets, the projects in its rows, and the fields of its columns.

    ``first_row`` is the row (from 1) of the first project that came from a list; ``listed`` has what columns are called
    in the lists, where their fund was given another name.
    """

    grids: list[Grid]
    projects: list[ListProject]
    ids: list[str]
    columns: list[str]
    first_row: int
    base: Path | None
    funds: list[FundRow] = field(default_factory=list)
    listed: dict[str, str] = field(default_factory=dict)


def first_year_of(reading: ListReading) -> int | None:
    """The first year of a fresh case: the one that every title names, else the earliest start of a new project."""
    titles = [row.label for sheet in reading.sheets for row in sheet.rows if row.kind == "标题"]
    named = {int(y) for title in titles for y in re.findall(r"(20\d\d)年", title)}
    if len(named) == 1:
        return named.pop()
    fresh = (p.values for p in reading.projects if p.taken and p.values.get("建设性质") != "续建")
    return min((v["最早开工"] for v in fresh if "最早开工" in v), default=None)


def draft_case(
    reading: ListReading,
    base: tuple[Path, list[Grid]] | None = None,
    funds: Iterable[FundRow] = (),
    name: str = "",
    year: int | None = None,
) -> Draft:
    """The projects taken, as rows of 项目 – of a fresh case, or after those of a base workbook.

    ``year`` is the first year of a fresh case; without it the year of a heading, of the titles, or of the
    earliest start is written into 设置, where it can be changed.
    """
    taken = [p for p in reading.projects if p.taken]
    names = sorted({f for p in taken for f in p.values} - set(HIDDEN_FIELDS), key=family_order)
    columns = ["项目编号", *(n for n in names if n != "项目编号")]
    given = {row.asked or row.name: row for row in funds}
    asked = _asked_funds(columns)
    rows = [given.get(fund) or FundRow(fund, fields.KINDS_OF_FUND.get(fund, "补助")) for fund in asked]
    listed = {_named(c, given, columns): c for c in columns}
    columns = list(listed)
    rows += [row for fund, row in given.items() if fund not in asked]
    if base is not None:
        return _onto_base(taken, listed, base, rows)
    ids = _ids(taken, set())
    body = [[_cell(p, key, listed[column]) for column in columns] for p, key in zip(taken, ids, strict=True)]
    grids = [
        Grid("项目", [[_heading(c) for c in columns], *body]),
        Grid("资金", [["资金名称", "类型", "额度(万元)"], *([r.name, r.kind, _limit(r.limit)] for r in rows)]),
        Grid("地区", _regions(taken)),
        Grid("设置", [["名称", "值"], ["案例名称", name], *_first_year(columns, year or first_year_of(reading))]),
    ]
    return Draft([g for g in grids if len(g.rows) > 1 or g.name != "地区"], taken, ids, columns, 2, None, rows, listed)


def _named(column: str, given: Mapping[str, FundRow], others: list[str]) -> str:
    """A column with the name that the fund it asks for was given; no two become one."""
    head, *parts = column.split(":")
    if head != "申报" or parts[0] not in given:
        return column
    name = ":".join((head, given[parts[0]].name, *parts[1:]))
    return column if name in others else name


def _asked_funds(columns: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(c.split(":")[1] for c in columns if c.startswith("申报:")))


def _limit(text: str) -> Any:
    return text or None


def _first_year(columns: Iterable[str], year: int | None) -> list[list[Any]]:
    named = [int(c.rsplit(":", 1)[1]) for c in columns if re.fullmatch(r"(?:申报|需求):.*20\d\d", c)]
    first = min(named, default=year)
    return [] if first is None else [["起始年", first]]


def _ids(projects: list[ListProject], used: set[str]) -> list[str]:
    """Numbers of the lists where they have them, else P0001, P0002 … in reading order."""
    found, number = [], 0
    taken = set(used) | {str(p.values["项目编号"]) for p in projects if p.values.get("项目编号")}
    for project in projects:
        own = project.values.get("项目编号")
        while not own:
            number += 1
            fresh = f"P{number:04d}"
            own = None if fresh in taken else fresh
        found.append(str(own))
    return found


def _cell(project: ListProject, key: str, column: str) -> Any:
    return key if column == "项目编号" else project.values.get(column)


def _heading(name: str) -> str:
    head, *parts = name.split(":")
    column = next((c for c in PROJECTS.columns if c.name == head), None)
    if column is None:
        return f"{name}(万元)"
    return name if head == "产出" else heading_of(column, *parts)


def _regions(projects: list[ListProject]) -> list[list[Any]]:
    """The regions of the projects, and the prefectures above those that the built-in list knows."""
    known = {d.name: d for d in divisions()}
    used = list(dict.fromkeys(str(p.values["地区"]) for p in projects if p.values.get("地区")))
    above = list(dict.fromkeys(known[n].parent for n in used if n in known and known[n].level != "地级"))
    rows: list[list[Any]] = [["代码", "名称", "上级", "层级"]]
    for name in [*(a for a in above if a not in used), *used]:
        found = known.get(name)
        parent = found.parent if found and found.parent in (*above, *used) else None
        rows.append([found.code if found else None, name, parent, found.level if found else None])
    return rows


# ---- onto a base workbook


def _onto_base(
    taken: list[ListProject], listed: dict[str, str], base: tuple[Path, list[Grid]], funds: list[FundRow]
) -> Draft:
    """Rows after those of the base; its headings are used where they mean the same, others are added."""
    path, grids = base
    book = {clean.tidy(g.name): g for g in grids}
    fund_table = read_table(book.get("资金"), FUNDS)
    known = [r.get("资金名称") for r in fund_table.records if r.get("资金名称")]
    fresh = [row for row in funds if row.name not in known]
    shown = [row for row in funds if row.name not in known or row.asked]
    project_grid = book.get("项目") or Grid("项目", [["项目编号", "项目名称", "总投资(万元)"]])
    table = read_table(project_grid, PROJECTS, (*known, *(row.name for row in fresh)))
    header = max(1, table.header_row)
    heads = [list(row) for row in project_grid.rows]
    place = _places(heads[header - 1], list(listed), (*known, *(row.name for row in fresh)))
    width = max(place.values(), default=0) + 1
    heads = [row + [None] * (width - len(row)) for row in heads]
    for name, index in place.items():
        heads[header - 1][index] = heads[header - 1][index] or _heading(name)
    while len(heads) > header and all(v is None for v in heads[-1]):
        heads.pop()
    ids = _ids(taken, {r.get("项目编号") for r in table.records if r.get("项目编号")})
    first = len(heads) + 1
    for project, key in zip(taken, ids, strict=True):
        row: list[Any] = [None] * width
        for name, index in place.items():
            row[index] = _with_unit(name, heads[header - 1][index], _cell(project, key, listed.get(name, name)))
        heads.append(row)
    order = [next((n for n, i in place.items() if i == c), "") for c in range(width)]
    others = [g for g in grids if clean.tidy(g.name) not in ("项目", "资金")]
    fund_grid = _with_funds(book.get("资金"), fund_table.header_row, fresh)
    return Draft([replace(project_grid, rows=heads), fund_grid, *others], taken, ids, order, first, path, shown, listed)


def _with_unit(name: str, heading: Any, value: Any) -> Any:
    """An amount with its unit in the cell, unless the column of the base is plainly in 万元."""
    plain = fields.bare(str(heading))[1] == "万元" or fields.kind_of(name) != "money" or value is None
    return value if plain else f"{value}万元"


def _places(row: list[Any], columns: list[str], funds: tuple[str, ...]) -> dict[str, int]:
    """Where each field goes in an existing heading row; new columns to the right."""
    found: dict[str, int] = {}
    for index, value in enumerate(row):
        header = match_header(value, PROJECTS, funds)
        if header is not None and not isinstance(header, str):
            name = ":".join((header.column.name, *filter(None, header.parts)))
            found.setdefault(name, index)
    end = max((i for i, v in enumerate(row) if v is not None), default=-1) + 1
    fresh = [c for c in columns if c not in found]
    return {c: found[c] for c in columns if c in found} | {c: end + k for k, c in enumerate(fresh)}


def _with_funds(grid: Grid | None, header: int, fresh: list[FundRow]) -> Grid:
    if grid is None or not header:
        return Grid("资金", [["资金名称", "类型", "额度(万元)"], *([r.name, r.kind, _limit(r.limit)] for r in fresh)])
    heads = grid.rows[header - 1]
    names = [h.column.name if (h := match_header(v, FUNDS, ())) and not isinstance(h, str) else "" for v in heads]
    rows = [list(row) for row in grid.rows]
    for fund in fresh:
        limit = f"{fund.limit}万元" if re.fullmatch(r"[\d.,]+", fund.limit) else _limit(fund.limit)
        values = {"资金名称": fund.name, "类型": fund.kind, "额度": limit}
        rows.append([values.pop(n, None) for n in names])
    return replace(grid, rows=rows)


# ---- reading, writing


def read_draft(draft: Draft, reading: ListReading) -> Reading:
    """The draft as a case, with every finding at the cell of the list that it came from.

    Findings of the lists come first; there is no case while any of them is an error.
    """
    found = read_grids(draft.grids)
    known = {(i.file, i.sheet, i.cell) for i in reading.issues if i.severity == "error"}
    mine = [_back(issue, draft) for issue in found.issues]
    mine = [i for i in mine if (i.file, i.sheet, i.cell) not in known and i.code != "header_extra"]
    weight = {"error": 0, "warning": 1, "note": 2}
    issues = sorted([*reading.issues, *mine], key=lambda i: weight[i.severity])
    if any(i.severity == "error" for i in issues):
        return Reading(None, issues, rows=found.rows)
    return replace(found, issues=issues)


def _back(issue: Issue, draft: Draft) -> Issue:
    """An issue of the draft's 项目 at the cell of the list; messages that name a cell of 项目 name the list's."""
    letters = issue.cell.rstrip("0123456789")
    mine = clean.tidy(issue.sheet) == "项目"
    cell = r"(?<![A-Z])([A-Z]{1,3})(\d+)" + (r"(?=“| 重复)" if mine else "(?=“)")
    message = re.sub(cell, lambda m: _origin(m.group(0), draft) or m.group(0), issue.message)
    if not mine or not letters or issue.cell == letters:
        return replace(issue, message=message)
    project = _project_at(issue.cell, draft)
    if project is None:
        return replace(issue, message=message)
    return replace(
        issue, file=project.file, sheet=project.sheet, cell=_cell_of(issue.cell, project, draft), message=message
    )


def _project_at(cell: str, draft: Draft) -> ListProject | None:
    row = int(re.sub(r"\D", "", cell)) - draft.first_row
    return draft.projects[row] if 0 <= row < len(draft.projects) else None


def _cell_of(cell: str, project: ListProject, draft: Draft) -> str:
    index = column_number(re.sub(r"\d", "", cell)) - 1
    name = draft.columns[index] if index < len(draft.columns) else ""
    name = draft.listed.get(name, name)
    return project.place(name if name != "项目编号" else "项目名称")


def _origin(cell: str, draft: Draft) -> str:
    project = _project_at(cell, draft)
    if project is None:
        return ""
    several = len({p.file for p in draft.projects}) > 1
    return f"{project.file + '·' if several else ''}{project.sheet}!{_cell_of(cell, project, draft)}"


def write_draft(draft: Draft, path: Path) -> None:
    """Write the draft: a fresh workbook in the template's manner, or the base with the rows added."""
    if draft.base is None:
        sheets = []
        for grid in draft.grids:
            heads, *rows = grid.rows
            sheets.append(SheetData(grid.name, tuple(map(str, heads)), tuple(tuple(row) for row in rows)))
        write_workbook(path, sheets)
        return
    base = load_source(draft.base)
    before = {clean.tidy(g.name): g for g in base.grids}
    cells: dict[str, dict[str, Any]] = {}
    for grid in draft.grids[:2]:
        known = before.get(clean.tidy(grid.name), Grid(grid.name, []))
        for r, row in enumerate(grid.rows):
            old = known.rows[r] if r < len(known.rows) else []
            for c, value in enumerate(row):
                if value is not None and (c >= len(old) or old[c] is None):
                    cells.setdefault(known.name, {})[address(r, c)] = value
    write_copy(base, path, cells)


def gazetteer_of(base: list[Grid] | None) -> Gazetteer:
    """Regions of the base workbook, else the built-in divisions."""
    grid = next((g for g in base or [] if clean.tidy(g.name) == "地区"), None)
    if grid is None:
        return Gazetteer()
    table = read_table(grid, SHEET_BY_NAME["地区"])
    codes = [(r.get("代码"), r.get("名称")) for r in table.records if r.get("代码") and r.get("名称")]
    return Gazetteer([r.get("名称") for r in table.records if r.get("名称")], codes)
