"""Files opened: every sheet without personal data, corrections put in, what was dropped told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inputs import clean
from inputs.files.letters import address, column_letters, column_number
from inputs.files.workbook import Grid, Source, load_source
from inputs.lists.decisions import Decisions
from inputs.lists.personal import DROPPED, Scrubbed, scrub
from inputs.schema import SHEET_BY_NAME
from models.issue import CaseError, Issue


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is not as it stood in the cell: where, of which field, before, after, and why."""

    file: str
    sheet: str
    cell: str
    field: str
    before: str
    after: str
    why: str


@dataclass(slots=True)
class Opened:
    """Files as read, in the order given; ``sheets`` are theirs in turn, without personal data."""

    sources: list[Source]
    sheets: list[Scrubbed]
    issues: list[Issue]
    changes: list[Change]

    def without(self, names: set[str]) -> Opened:
        """What is left when the files of some names are taken away."""
        return Opened(
            [s for s in self.sources if s.name not in names],
            [s for s in self.sheets if s.grid.file not in names],
            [i for i in self.issues if i.file not in names],
            [c for c in self.changes if c.file not in names],
        )

    def joined(self, other: Opened) -> Opened:
        """These files and then the others."""
        return Opened(
            [*self.sources, *other.sources],
            [*self.sheets, *other.sheets],
            [*self.issues, *other.issues],
            [*self.changes, *other.changes],
        )


def is_case(source: Source) -> bool:
    """Whether a workbook is the program's own kind: it has the sheets 项目 and 资金."""
    names = {"".join(grid.name.split()) for grid in source.grids}
    return {"项目", "资金"} <= names and len(names & set(SHEET_BY_NAME)) >= 2


def distinct(files: Sequence[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """Files (path, name shown) with a number for those of equal name, so that every cell has one address."""
    seen = Counter[str]()
    found = []
    for path, name in files:
        seen[name] += 1
        stem, dot, suffix = name.rpartition(".")
        found.append((path, name if seen[name] == 1 else f"{stem}({seen[name]}){dot}{suffix}"))
    return found


def open_lists(files: Sequence[tuple[Path, str]]) -> Opened:
    """Open files (path, name shown). What cannot be read is an issue, the others go on."""
    opened = Opened([], [], [], [])
    for path, name in files:
        try:
            source = load_source(path, name=name)
        except CaseError as error:
            opened.issues += [replace(i, file=name) for i in error.issues]
            continue
        scrubbed = [scrub(grid) for grid in source.grids]
        opened.sources.append(replace(source, grids=tuple(s.grid for s in scrubbed)))
        opened.sheets += scrubbed
        for sheet in scrubbed:
            tell_dropped(opened, sheet)
        if source.carries:
            words = "、".join(source.carries)
            message = f"文件里的{words}不读取；宏和外部链接不执行、不保留"
            opened.issues.append(Issue("file_carries", "note", name, "", "", message, "不需要处理", name))
    return opened


def tell_dropped(opened: Opened, sheet: Scrubbed) -> None:
    """Say which columns and words of a sheet were dropped as personal data."""
    grid = sheet.grid
    for column in sheet.columns:
        count = sum(a.rstrip("0123456789") == column_letters(column) for a in sheet.emptied)
        if count:
            message = f"{column_letters(column)} 列是联系人或电话，{count} 格在入口丢弃，不保存、不输出"
            place = f"{column_letters(column)}1"
            opened.issues.append(Issue("personal", "note", grid.name, place, "", message, "不需要处理", grid.file))
    for cell, text in sheet.masked:
        opened.changes.append(Change(grid.file, grid.name, cell, "", DROPPED, text, "电话和联系人略去"))


def corrected(grid: Grid, decisions: Decisions, changes: list[Change]) -> Grid:
    """The sheet with the cells that the user has corrected; each is told as a change."""
    mine = {a: v for (file, sheet, a), v in decisions.cells.items() if (file, sheet) == (grid.file, grid.name)}
    if not mine:
        return grid
    rows = [list(row) for row in grid.rows]
    done = set()
    for place, value in mine.items():
        letters = place.rstrip("0123456789")
        r, c = int(place[len(letters) :]) - 1, column_number(letters) - 1
        if not (0 <= r < len(rows) and c >= 0):
            continue
        rows[r] += [None] * (c + 1 - len(rows[r]))
        changes.append(Change(grid.file, grid.name, place, "", clean.shown(rows[r][c]), clean.shown(value), "人工更正"))
        rows[r][c] = value
        done.add(address(r, c))
    return replace(
        grid, rows=rows, errors=grid.errors - done, uncached=grid.uncached - done, percent=grid.percent - done
    )
