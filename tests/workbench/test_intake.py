"""Lists on the desk: files that come, are replaced and leave, and what was decided about them."""

from datetime import date
from pathlib import Path

import pytest

from models.issue import CaseError
from tests.books import write_book
from workbench.intake import open_intake

HEADS = ["序号", "项目名称", "县区", "总投资（万元）", "申报:专项债券（万元）"]


def book(folder: Path, name: str, *rows: list) -> tuple[Path, str]:
    folder.mkdir(exist_ok=True)
    return write_book(folder / name, 储备=[HEADS, *rows]), name


def totals(intake) -> list:
    return [p.values["总投资"] for p in intake.lists.projects if p.taken]


def test_a_corrected_file_keeps_corrections_only_of_rows_that_stayed(tmp_path: Path) -> None:
    rows = [1, "甲道路工程", "环县", "约100", 40], [2, "乙道路工程", "环县", "约200", 60]
    intake = open_intake([book(tmp_path / "a", "清单.xlsx", *rows)])
    intake.funds, intake.name = [], "试"
    intake.decisions.cells = {("清单.xlsx", "储备", "D2"): "100", ("清单.xlsx", "储备", "D3"): "200"}
    intake.decisions.rows = {("清单.xlsx", "储备", 3): "项目"}
    intake.read()
    assert totals(intake) == [100, 200]
    lost = intake.add([book(tmp_path / "b", "清单.xlsx", rows[0], [2, "乙道路工程", "环县", 230, 60])])
    assert lost == ["清单.xlsx·储备!D3 → 200", "清单.xlsx·储备 3 → 项目"]
    assert totals(intake) == [100, 230] and list(intake.decisions.cells) == [("清单.xlsx", "储备", "D2")]
    assert intake.decisions.rows == {} and intake.name == "试"


def test_corrections_go_with_rows_that_a_new_row_has_pushed_down(tmp_path: Path) -> None:
    rows = [1, "甲道路工程", "环县", "约100", 40], [2, "乙道路工程", "环县", "约200", 60], [3, "丙", "环县", "约5", 1]
    intake = open_intake([book(tmp_path / "a", "清单.xlsx", *rows)])
    intake.decisions.cells = {("清单.xlsx", "储备", f"D{n}"): text for n, text in ((2, "100"), (3, "200"), (4, "5"))}
    intake.decisions.rows = {("清单.xlsx", "储备", 3): "项目"}
    pushed = (
        [1, "新道路工程", "环县", 70, 7],
        [2, *rows[0][1:]],
        [3, *rows[1][1:]],
        [4, *rows[2][1:]],
        [5, *rows[2][1:]],
    )
    lost = intake.add([book(tmp_path / "b", "清单.xlsx", *pushed)])
    assert intake.decisions.cells == {("清单.xlsx", "储备", "D3"): "100", ("清单.xlsx", "储备", "D4"): "200"}
    assert intake.decisions.rows == {("清单.xlsx", "储备", 4): "项目"}
    assert lost == ["清单.xlsx·储备!D4 → 5"]  # twice in the new file: nobody knows which
    assert totals(intake)[:3] == [70, 100, 200]


def test_a_file_that_joins_leaves_the_decisions_and_goes_without_trace(tmp_path: Path) -> None:
    intake = open_intake([book(tmp_path / "a", "清单.xlsx", [1, "甲道路工程", "环县", "约100", 40])])
    intake.decisions.cells = {("清单.xlsx", "储备", "D2"): "100"}
    intake.add([book(tmp_path / "a", "宁县.xlsx", [1, "丙道路工程", "宁县", "约300", 40])])
    intake.decisions.cells["宁县.xlsx", "储备", "D2"] = "300"
    intake.read()
    assert totals(intake) == [100, 300]
    intake.leave("宁县.xlsx")
    assert totals(intake) == [100] and list(intake.decisions.cells) == [("清单.xlsx", "储备", "D2")]


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    intake = open_intake([book(tmp_path / "a", "清单.xlsx", [1, "甲道路工程", "环县", 100, 40])])
    (tmp_path / "x.xlsx").write_bytes(b"nothing")
    with pytest.raises(CaseError):
        intake.add([(tmp_path / "x.xlsx", "x.xlsx")])
    assert totals(intake) == [100]


def test_lists_with_dates_are_replaced_and_taken_away_like_others(tmp_path: Path) -> None:
    dated = [1, "甲道路工程", "环县", "约100", date(2026, 9, 1)]
    intake = open_intake([book(tmp_path / "a", "清单.xlsx", dated)])
    intake.decisions.cells = {("清单.xlsx", "储备", "D2"): "100"}
    assert intake.add([book(tmp_path / "b", "清单.xlsx", [1, "新道路工程", "环县", 70, 7], [2, *dated[1:]])]) == []
    assert intake.decisions.cells == {("清单.xlsx", "储备", "D3"): "100"}
    intake.decisions.cells["清单.xlsx", "储备", "E3"] = "2026-10-01"
    intake.read()
    assert [(c.before, c.after) for c in intake.lists.changes if c.cell == "E3" and c.why == "人工更正"] == [("2026-09-01", "2026-10-01")]  # fmt: skip
    intake.add([book(tmp_path / "c", "宁县.xlsx", [1, "丙道路工程", "宁县", 30, date(2027, 1, 5)])])
    intake.leave("清单.xlsx")
    assert [s.name for s in intake.opened.sources] == ["宁县.xlsx"]


def test_files_of_one_name_that_come_together_are_kept_apart(tmp_path: Path) -> None:
    files = [
        book(tmp_path / "a", "清单.xlsx", [1, "甲道路工程", "环县", 100, 4]),
        book(tmp_path / "b", "清单.xlsx", [1, "乙道路工程", "宁县", 200, 4]),
    ]
    intake = open_intake(files)
    assert [s.name for s in intake.opened.sources] == ["清单.xlsx", "清单(2).xlsx"]
    intake.decisions.cells = {("清单(2).xlsx", "储备", "D2"): "300"}
    intake.read()
    assert totals(intake) == [100, 300]
    intake.add(files)
    assert [s.name for s in intake.opened.sources] == ["清单.xlsx", "清单(2).xlsx"] and totals(intake) == [100, 300]
