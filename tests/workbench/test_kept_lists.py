"""Lists on their way to becoming a case survive a reload: files, decisions, funds."""

from pathlib import Path

from inputs.lists.to_case import FundRow
from tests.books import write_book
from workbench.intake import open_intake
from workbench.kept_lists import files_of, restored, state_of
from workbench.store import Store

ROWS = [
    ["序号", "项目名称", "县区", "总投资（万元）"],
    [1, "环县甲小区改造", "环县", 100],
    [2, "环县乙小区改造", "环县", "约200"],
]


def test_lists_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    write_book(path, 清单=ROWS)
    intake = open_intake([(path, "环县.xlsx")])
    assert len(intake.draft.projects) == 1
    intake.decisions.cells["环县.xlsx", "清单", "D3"] = "200"
    intake.funds, intake.name, intake.year = [FundRow("专项债券", "专项债券", "1000")], "试", 2026
    intake.read()
    store, owner = Store(tmp_path / "store"), "o" * 22
    store.save_lists(owner, state_of(intake), files_of(intake))
    kept = Store(tmp_path / "store").lists(owner)
    assert kept is not None and store.lists("p" * 22) is None
    again = restored(*kept, tmp_path)
    assert state_of(again) == state_of(intake) and len(again.draft.projects) == 2
    assert [(i.address, i.message) for i in again.reading.issues] == [
        (i.address, i.message) for i in intake.reading.issues
    ]
    store.forget_lists(owner)
    assert store.lists(owner) is None


def test_lists_onto_a_case_come_back_with_the_case(tmp_path: Path) -> None:
    from inputs.samples import write_sample

    path, base = tmp_path / "l.xlsx", tmp_path / "base.xlsx"
    write_book(path, 清单=ROWS[:2])
    write_sample("mini", base)
    intake = open_intake([(path, "环县.xlsx")], base)
    again = restored(state_of(intake), files_of(intake), tmp_path)
    assert again.base is not None and [g.rows for g in again.draft.grids] == [g.rows for g in intake.draft.grids]
