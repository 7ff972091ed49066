"""Lists on their way to becoming a case survive a reload: files, decisions, funds."""

from pathlib import Path

from inputs.lists.to_case import FundRow
from tests.books import write_book
from workbench.intake import open_intake
from workbench.kept_lists import files_of, restored, state_of, which_of
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
    store.save_lists(owner, state_of(intake), which_of(intake), lambda: files_of(intake))
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


def test_decisions_never_land_on_the_files_of_another_window(tmp_path: Path) -> None:
    store, owner = Store(tmp_path / "store"), "o" * 22
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_book(first, 清单=ROWS)
    write_book(second, 清单=[*ROWS[:2], [2, "华池县丙道路", "华池县", 300]])
    one, other = open_intake([(first, "环县.xlsx")]), open_intake([(second, "华池.xlsx")])
    for each in (one, other):
        store.save_lists(owner, state_of(each), which_of(each), lambda each=each: files_of(each))
    one.name = "改名"
    store.save_lists(owner, state_of(one), which_of(one), lambda: files_of(one))
    kept = store.lists(owner)
    assert kept is not None and [f.name for f in kept[1]] == ["环县.xlsx"]
    store.forget_lists(owner)
    store.save_lists(owner, state_of(one), which_of(one), lambda: files_of(one))
    kept = store.lists(owner)
    assert kept is not None and restored(*kept, tmp_path).name == "改名"


def test_a_csv_keeps_what_was_decided_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "0.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in ROWS), encoding="utf-8")
    intake = open_intake([(path, "环县.csv")])
    intake.decisions.cells["环县.csv", intake.lists.sheets[0].name, "D3"] = "200"
    intake.read()
    assert len(intake.draft.projects) == 2
    assert len(restored(state_of(intake), files_of(intake), tmp_path).draft.projects) == 2
