"""Random dirt on known truth: every value equals the truth or its cell is questioned; every row has a kind."""

import json
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from inputs.lists.decisions import Decisions
from inputs.lists.opening import open_lists
from inputs.lists.reading import ListReading, read_lists
from tests.inputs.lists.dirt import MONEY, Made, make

PER_TEST = 25


def confirmed(made: Made) -> ListReading:
    """Read with every proposal confirmed as it is, as a person who trusts the assistant would."""
    opened = open_lists([(path, path.name) for path in made.files])
    first = read_lists(opened)
    decisions = Decisions(columns={code: layout.columns for code, layout in first.layouts.items()})
    return read_lists(opened, decisions)


def same(name: str, found, wanted) -> bool:
    if isinstance(wanted, Decimal) and name in ("资本金比例", "债券利率"):
        return found == f"{wanted.normalize():f}%"
    if isinstance(wanted, Decimal | int):
        return (found is not None and Fraction(str(found)) == Fraction(wanted)) or (not wanted and found is None)
    return (found or "") == wanted


@pytest.mark.parametrize("batch", range(16))
def test_every_value_is_the_truth_or_questioned(tmp_path: Path, batch: int) -> None:
    for seed in range(batch * PER_TEST, (batch + 1) * PER_TEST):
        folder = tmp_path / str(seed)
        folder.mkdir()
        made = make(seed, folder)
        reading = confirmed(made)
        asked = {(i.file, i.sheet, i.cell) for i in reading.issues if i.severity != "note"}
        found = {(p.file, p.sheet, p.row + 1): p for p in reading.projects}
        assert set(found) == set(made.truth), (seed, set(found) ^ set(made.truth))
        for where, truth in made.truth.items():
            project = found[where]
            for name, wanted in truth.items():
                cell = (where[0], where[1], project.place(name))
                value = project.values.get(name)
                if cell in made.unsure:
                    assert cell in asked and value is None, (seed, cell, value)
                else:
                    assert same(name, value, wanted) or cell in asked, (seed, cell, name, value, wanted)
        for sheet in reading.sheets:
            assert sum(sheet.counts.values()) == len(sheet.rows), (seed, sheet.name)
            assert [row.index for row in sheet.rows] == list(range(made.rows[sheet.file, sheet.name])), seed


@pytest.mark.parametrize("batch", range(4))
def test_sure_columns_are_right_and_changes_are_complete(tmp_path: Path, batch: int) -> None:
    """What is taken without asking is never wrong, and every value that differs from its cell is listed."""
    for seed in range(1000 + batch * 20, 1020 + batch * 20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        made = make(seed, folder)
        reading = confirmed(made)
        grids = {(s.grid.file, s.grid.name): s.grid for s in reading.opened.sheets}
        told = {(c.file, c.sheet, c.cell, c.field) for c in reading.changes}
        for project in reading.projects:
            for name in project.values.keys() & set(MONEY):
                cell = project.place(name)
                letters = cell.rstrip("0123456789")
                raw = grids[project.file, project.sheet].rows[project.row][ord(letters) - 65]
                equal = isinstance(raw, int | float) and Fraction(str(raw)) == Fraction(str(project.values[name]))
                assert equal or (project.file, project.sheet, cell, name) in told, (seed, cell, raw)


def test_no_secret_in_anything_that_is_kept(tmp_path: Path) -> None:
    for seed in range(40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        made = make(seed, folder)
        reading = confirmed(made)
        kept = json.dumps(
            [
                [s.grid.rows for s in reading.opened.sheets],
                [asdict(c) for c in reading.changes],
                [asdict(i) for i in reading.issues],
                [[g.examples for g in layout.guesses] for layout in reading.layouts.values()],
            ],
            ensure_ascii=False,
            default=str,
        )
        assert [s for s in made.secrets if s in kept] == [], seed
