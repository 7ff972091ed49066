"""From lists to a case: open, propose, decide, report, annotate, write – for the command line and the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inputs.case.read import Reading, read_case
from inputs.files.workbook import Grid, Source, load_source
from inputs.lists.annotate import annotate_case, annotate_list, scrub_file
from inputs.lists.decisions import Decisions, remember
from inputs.lists.opening import Opened, distinct, is_case, open_lists
from inputs.lists.reading import ListReading, read_lists
from inputs.lists.to_case import Draft, FundRow, draft_case, gazetteer_of, read_draft, write_draft
from models.issue import CaseError
from reports.record import issue_record, number

LETTERS, DIGITS = re.compile(r"[A-Z]+"), re.compile(r"\d+")


@dataclass(slots=True)
class Intake:
    """Lists on their way to becoming a case: the files, what is decided, and what came of it.

    ``base`` is a case workbook whose funds, regions and rules the lists are put into, ``made`` the case made last.
    """

    opened: Opened
    decisions: Decisions = field(default_factory=Decisions)
    base: tuple[Path, list[Grid]] | None = None
    funds: list[FundRow] = field(default_factory=list)
    name: str = ""
    year: int | None = None
    made: str = ""
    lists: ListReading = field(init=False)
    draft: Draft = field(init=False)
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        """Read with what is decided so far."""
        self.read()

    def read(self) -> None:
        """Read the lists again after a decision; the draft and its findings follow."""
        self.lists = read_lists(self.opened, self.decisions, gazetteer_of(self.base[1] if self.base else None))
        self.draft = draft_case(self.lists, self.base, self.funds, self.name, self.year)
        self.reading = read_draft(self.draft, self.lists)

    def add(self, files: Sequence[tuple[Path, str]]) -> list[str]:
        """Take more files (path and name shown); one of an equal name takes the other's place.

        What was decided by cell and row for a file replaced goes with its row, where the same row – but for a running
        number – is in the new file, once. Returns what could not be taken along, one text each.
        Raises CaseError when none of the files can be read; all stays as it was then.
        """
        files = distinct(files)
        fresh = open_lists(files)
        if not fresh.sources:
            raise CaseError(fresh.issues)
        return self._go_on(self.opened.without({name for _, name in files}).joined(fresh))

    def leave(self, name: str) -> None:
        """Take a file away, with what was decided about its cells and rows."""
        self._go_on(self.opened.without({name}))

    def _go_on(self, opened: Opened) -> list[str]:
        now = _moved(_rows_of(self.opened), _rows_of(opened))
        cells, rows, lost = self.decisions.cells, self.decisions.rows, []
        self.decisions.cells, self.decisions.rows = {}, {}
        for (file, sheet, cell), value in cells.items():
            row = now.get((file, sheet, int(LETTERS.sub("", cell))))
            if row is None:
                lost.append(f"{file}·{sheet}!{cell} → {value}")
            else:
                self.decisions.cells[file, sheet, f"{DIGITS.sub('', cell)}{row}"] = value
        for (file, sheet, before), kind in rows.items():
            row = now.get((file, sheet, before))
            if row is None:
                lost.append(f"{file}·{sheet} {before} → {kind}")
            else:
                self.decisions.rows[file, sheet, row] = kind
        self.opened = opened
        self.read()
        return lost

    def confirm(self, code: str, columns: dict[int, tuple[str, str]]) -> None:
        """Take a layout as the user has it, and remember it for the next list of the same headings."""
        self.decisions.columns[code] = columns
        if self.lists.layouts[code].named:
            remember(code, columns)

    def keep_scrubbed(self) -> None:
        """Put copies without personal data in place of the files, where these had any; the originals are deleted."""
        for k, source in enumerate(self.opened.sources):
            sheets = [s for s in self.opened.sheets if s.grid.file == source.name and (s.emptied or s.masked)]
            if sheets:
                clean = source.path.with_name(f"{source.path.stem}-略.xlsx")
                scrub_file(source, sheets, clean)
                source.path.unlink()
                self.opened.sources[k] = replace(source, path=clean, kind="xlsx")

    def write_case(self, path: Path) -> None:
        """Write the case workbook made of the lists."""
        write_draft(self.draft, path)

    def annotate(self, source: Source, path: Path) -> None:
        """Write the annotated copy of one of the files."""
        annotate_list(source, self.lists, self.reading.issues, path)


Rows = dict[tuple[str, str], list[tuple[Any, ...]]]
"""What stands in every row of the sheets, by file and sheet."""


def _rows_of(opened: Opened) -> Rows:
    return {(s.grid.file, s.grid.name): [tuple(map(_known, row)) for row in s.grid.rows] for s in opened.sheets}


def _known(value: Any) -> Any:
    """A cell's value so that equal ones can be counted: dates come as tables."""
    return repr(value) if isinstance(value, dict) else value


def _moved(before: Rows, after: Rows) -> dict[tuple[str, str, int], int]:
    """Where rows (from 1) are now that are there as they were: in the same place, or as the only one of their kind."""
    found = {}
    for place, rows in before.items():
        fresh = after.get(place, [])
        olds, news = (Counter(map(_unnumbered, each)) for each in (rows, fresh))
        at = {_unnumbered(row): n for n, row in enumerate(fresh, start=1)}
        for n, row in enumerate(rows, start=1):
            bare = _unnumbered(row)
            if fresh[n - 1 : n] == [row]:
                found[*place, n] = n
            elif any(bare) and olds[bare] == news[bare] == 1:
                found[*place, n] = at[bare]
    return found


def _unnumbered(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row without the running number that it begins with."""
    first = str(row[0]).strip().removesuffix(".0") if row else ""
    return row[1:] if first.isdigit() else row


def open_intake(
    files: Sequence[tuple[Path, str]], base: Path | None = None, decisions: Decisions | None = None
) -> Intake:
    """Open lists (path and name shown), alone or onto a base workbook.

    Raises CaseError when none can be read, or the base cannot.
    """
    opened = open_lists(distinct(files))
    if not opened.sources:
        raise CaseError(opened.issues)
    grids = list(load_source(base).grids) if base is not None else []
    return Intake(opened, decisions or Decisions(), (base, grids) if base is not None else None)


def are_lists(files: Iterable[Path]) -> bool:
    """Whether files are lists rather than one case workbook. Raises CaseError when a single file cannot be read."""
    paths = list(files)
    return len(paths) != 1 or not is_case(load_source(paths[0]))


def annotate_workbook(path: Path, target: Path) -> Reading:
    """Check a case workbook and write its annotated copy."""
    source = load_source(path)
    reading = read_case(path)
    annotate_case(source, reading.issues, target)
    return reading


def intake_record(intake: Intake) -> dict[str, Any]:
    """What came of the lists as plain data: layouts, rows by kind, changes, sums, issues."""
    lists = intake.lists
    return {
        "status": "valid" if intake.reading.case is not None else "invalid",
        "layouts": [
            {
                "code": layout.code, "places": [list(p) for p in layout.places], "confirmed": layout.confirmed,
                "columns": [
                    {"index": g.index, "heading": g.heading, "field": layout.columns[g.index][0], "unit": layout.columns[g.index][1], "score": g.score, "basis": g.basis, "sure": g.sure}
                    for g in layout.guesses
                ],
            }
            for layout in lists.layouts.values()
        ],
        "sheets": [{"file": s.file, "sheet": s.name, "rows": len(s.rows), "counts": dict(s.counts)} for s in lists.sheets],
        "rows": [
            {"file": s.file, "sheet": s.name, "row": r.index + 1, "kind": r.kind, "label": r.label, "note": r.note} for s in lists.sheets for r in s.rows
        ],
        "projects": [
            {"id": key, "file": p.file, "sheet": p.sheet, "row": p.row + 1, "values": dict(p.values)}
            for key, p in zip(intake.draft.ids, intake.draft.projects, strict=True)
        ],
        "changes": [
            {"file": c.file, "sheet": c.sheet, "cell": c.cell, "field": c.field, "before": c.before, "after": c.after, "why": c.why} for c in lists.changes
        ],
        "sums": [
            {"region": s.region, "field": s.field, "listed": number(s.listed), "taken": number(s.taken), "why": s.why} for s in lists.sums()
        ],
        "issues": [issue_record(i) for i in intake.reading.issues],
    }  # fmt: skip
