"""Decisions go out as a workbook and come back; confirmed layouts are remembered."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from inputs.lists.decisions import Decisions, recall, remember
from inputs.lists.mapping_file import read_mapping, write_mapping
from inputs.lists.reading import read_lists
from models.issue import CaseError
from tests.inputs.lists.laid import grid, opened, read, values

ROWS = [[k, f"{k}号道路工程", "环县", 100 * k] for k in range(1, 8)]
UNSURE = (["序号", "项目名称", "县区", "投资规模"], *ROWS)
SAID = (["序号", "项目名称", "县区", "投资规模（万元）"], *ROWS)


def confirm(path: Path, field: str, unit: str) -> None:
    book = load_workbook(path)
    page = book["列对应"]
    for row in page.iter_rows(min_row=2):
        if str(row[3].value).startswith("投资规模"):
            row[5].value, row[6].value = field, unit
        row[9].value = "是"
    book.save(path)


def test_a_unit_that_the_list_does_not_say_is_asked_for_in_every_file() -> None:
    layout = next(iter(read(*UNSURE).layouts.values()))
    remember(layout.code, {**layout.columns, 3: ("总投资", "元")})
    again = read(*UNSURE)
    assert [i.code for i in again.errors] == ["column_unsure"] and values(again, "总投资")[0] == 100


def test_round_trip_and_memory(tmp_path: Path) -> None:
    first = read(*SAID)
    assert first.errors and first.unconfirmed
    write_mapping(tmp_path / "m.xlsx", first, Decisions())
    assert read_mapping(tmp_path / "m.xlsx").columns == {}
    confirm(tmp_path / "m.xlsx", "总投资", "亿元")
    decisions = read_mapping(tmp_path / "m.xlsx")
    second = read(*SAID, decisions=decisions)
    assert second.errors == [] and values(second, "总投资")[:2] == [1_000_000, 2_000_000]
    ((code, columns),) = decisions.columns.items()
    remember(code, columns)
    third = read(*SAID)  # somebody took it for another unit than the heading says: it is asked again
    assert not third.layouts[code].confirmed and values(third, "总投资")[0] == 100
    remember(code, columns | {3: ("总投资", "万元")})
    fourth = read(*SAID)
    assert fourth.errors == [] and fourth.layouts[code].confirmed and values(fourth, "总投资")[0] == 100


def test_a_remembered_layout_does_not_hide_a_column_that_has_become_filled(tmp_path: Path) -> None:
    rows = [[*row, "" if k else "附注"] for k, row in enumerate(SAID)]
    layout = next(iter(read(*rows).layouts.values()))
    remember(layout.code, {**layout.columns, 3: ("总投资", "万元")})
    assert read(*rows).errors == []
    del layout.columns[4]
    remember(layout.code, {**layout.columns, 3: ("总投资", "万元")})
    filled = [[*row[:4], 7 * k] if k else row for k, row in enumerate(rows)]
    assert read(*filled).unconfirmed


def test_sheets_rows_and_cells(tmp_path: Path) -> None:
    found = opened(grid(*UNSURE), grid(*UNSURE, name="重复"))
    decisions = Decisions(
        read={("清单.xlsx", "重复"): False},
        regions={("清单.xlsx", "清单"): "宁县"},
        totals={("清单.xlsx", "清单"): "需求"},
        rows={("清单.xlsx", "清单", 3): "未读"},
        cells={("清单.xlsx", "清单", "D2"): "9"},
    )
    write_mapping(tmp_path / "m.xlsx", read_lists(found, decisions), decisions)
    again = read_mapping(tmp_path / "m.xlsx")
    assert (again.read, again.regions, again.rows, again.cells) == (
        decisions.read,
        decisions.regions,
        decisions.rows,
        decisions.cells,
    )


def test_faults_of_the_mapping_are_all_told(tmp_path: Path) -> None:
    write_mapping(tmp_path / "m.xlsx", read(*UNSURE), Decisions())
    confirm(tmp_path / "m.xlsx", "总投次", "吨")
    book = load_workbook(tmp_path / "m.xlsx")
    book["行"].append(["清单.xlsx", "清单", "x", "项目"])
    book["更正"].append(["清单.xlsx", "清单", "9", "1"])
    book.save(tmp_path / "m.xlsx")
    with pytest.raises(CaseError) as told:
        read_mapping(tmp_path / "m.xlsx")
    assert [i.sheet for i in told.value.issues] == ["列对应", "行", "更正"] and "总投资" in told.value.issues[0].message


def test_memory_keeps_positions_and_fields_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path))
    remember("0123456789", {0: ("总投资", "万元")})
    (file,) = (tmp_path / "layouts").iterdir()
    assert file.read_text(encoding="utf-8") == '{"0": ["总投资", "万元"]}'
    file.write_text("broken", encoding="utf-8")
    assert recall("0123456789") is None and recall("../../etc/passwd") is None
