"""Plain lists of amounts as bureaus write them: units, years, sums and rows are read as they stand or asked about."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.case import Case
from tests.books import write_book
from tests.cases import case, fund, project
from workbench.own_plan import OwnPlan, read_own_plan

ONE = case([project("P1", 100, 10), project("P2", 200, 5)], [fund("债", 1000), fund("补", 1000)])
TWO = case(
    [project("P1", 200, 10, profile=(100, 100)), project("P2", 200, 5, profile=(100, 100))],
    [fund("债", 1000, years=2), fund("补", 1000, years=2)],
    years=2,
)
BRACKETS = replace(ONE, funds=(fund("专项债券（一批）", 1000), fund("补", 1000)))


def own(folder: Path, given: Case, *rows: list, **more: list) -> OwnPlan:
    return read_own_plan(write_book(folder / "l.xlsx", 清单=list(rows), **more), given)


def paid(found: OwnPlan) -> list[tuple[str, str, int, float]]:
    assert found.solution is not None and found.solution.plan is not None, found.issues
    return [(p.project, p.fund, p.year, p.amount / 100) for p in found.solution.plan.payments]


def faults(found: OwnPlan) -> list[tuple[str, str]]:
    return [(i.severity, i.cell) for i in found.issues]


@pytest.mark.parametrize(
    "rows",
    [
        [["项目编号", "债(千元)"], ["P1", 1000]],
        [["项目编号", "债（单位：元）"], ["P1", 1000000]],
        [["项目编号", "债/元"], ["P1", 1000000]],
        [["项目编号", "资金", "金额（单位：元）"], ["P1", "债", 1000000]],
        [["单位：元", None], ["项目编号", "债"], ["P1", 1000000]],
        [["单位：元", None], ["项目编号", "债(亿元)"], ["P1", 0.01]],
        [["项目编号", "债"], ["P1", "100万元"]],
    ],
)
def test_amounts_in_the_unit_of_cell_heading_or_sheet(tmp_path: Path, rows: list) -> None:
    assert paid(own(tmp_path, ONE, *rows)) == [("P1", "债", 0, 100.0)]


def test_a_unit_that_is_none_of_ours_is_an_error(tmp_path: Path) -> None:
    for unit in ("万美元", "百元"):
        assert faults(own(tmp_path, ONE, ["项目编号", f"债({unit})"], ["P1", 100])) == [("error", "B1")]


@pytest.mark.parametrize(
    "heads",
    [("债:2026", "债:2027"), ("债(2026年)", "债（2027年）"), ("债2026", "债2027年度"), ("2026年债", "2027年债")],
)
def test_years_in_headings(tmp_path: Path, heads: tuple[str, str]) -> None:
    found = own(tmp_path, TWO, ["项目编号", *heads], ["P1", 100, 100])
    assert paid(found) == [("P1", "债", 0, 100.0), ("P1", "债", 1, 100.0)] and not found.issues


def test_a_year_column_holds_for_the_amounts_of_its_row(tmp_path: Path) -> None:
    found = own(tmp_path, TWO, ["项目编号", "年度", "债"], ["P1", 2026, 100], ["P1", "2027年", 100])
    assert paid(found) == [("P1", "债", 0, 100.0), ("P1", "债", 1, 100.0)]


def test_a_year_outside_the_horizon_is_an_error(tmp_path: Path) -> None:
    assert faults(own(tmp_path, TWO, ["项目编号", "债:2026", "债:2030"], ["P1", 100, 100])) == [("error", "C1")]
    assert faults(own(tmp_path, TWO, ["项目编号", "债", "债:²"], ["P1", 200, 7])) == [("error", "C1")]


def test_a_sum_beside_its_years_must_agree(tmp_path: Path) -> None:
    heads = ["项目编号", "债", "债:2026", "债:2027"]
    assert faults(own(tmp_path, TWO, heads, ["P1", 200, 100, 60])) == [("error", "B2")]
    assert len(paid(own(tmp_path, TWO, heads, ["P1", 200, 100, 100], ["P2", 200, None, None]))) == 4


def test_years_and_no_year_of_one_fund_are_not_added_up(tmp_path: Path) -> None:
    rows = [
        ["项目编号", "资金", "年度", "金额"],
        ["P1", "债", None, 200],
        ["P1", "债", 2026, 100],
        ["P1", "债", 2027, 100],
    ]
    assert faults(own(tmp_path, TWO, *rows)) == [("error", "D3"), ("error", "D4")]


def test_a_row_with_an_amount_needs_its_project(tmp_path: Path) -> None:
    heads = ["项目编号", "资金", "年度", "金额"]
    rows = [heads, ["P1", "债", 2026, 100], [None, "债", 2027, 100]]
    assert faults(own(tmp_path, TWO, *rows)) == [("error", "A3")]
    sums = [["项目编号", "项目名称", "债"], ["P1", "", 100], [None, "合计", 100], [None, None, None]]
    assert paid(own(tmp_path, ONE, *sums)) == [("P1", "债", 0, 100.0)]


def test_a_merged_project_holds_for_the_rows_it_covers(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    heads = ["项目编号", "资金", "年度", "金额"]
    path = write_book(tmp_path / "m.xlsx", 清单=[heads, ["P1", "债", 2026, 100], [None, "债", 2027, 100]])
    book = load_workbook(path)
    book["清单"].merge_cells("A2:A3")
    book.save(path)
    assert paid(read_own_plan(path, TWO)) == [("P1", "债", 0, 100.0), ("P1", "债", 1, 100.0)]


def test_amounts_nobody_reads_are_told_also_where_they_are_text(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("项目编号,债,国债\nP1,60,40\n", encoding="utf-8")
    assert faults(read_own_plan(tmp_path / "l.csv", ONE)) == [("error", "C1")]
    assert faults(own(tmp_path, ONE, ["项目编号", "债", "国债"], ["P1", 60, "40万元"])) == [("error", "C1")]


def test_cells_with_errors_or_without_a_value_are_named(tmp_path: Path) -> None:
    for cell in ("#REF!", "=50+50"):
        assert faults(own(tmp_path, ONE, ["项目编号", "债", "补"], ["P1", 60, 40], ["P2", 100, cell])) == [
            ("error", "C3")
        ]


def test_every_sheet_with_projects_is_read_and_one_without_amounts_is_told(tmp_path: Path) -> None:
    more = {"另": [["项目编号", "债"], ["P2", 200]], "附": [["项目编号", "联系人"], ["P1", "某"]]}
    found = own(tmp_path, ONE, ["项目编号", "债"], ["P1", 100], **more)
    assert paid(found) == [("P1", "债", 0, 100.0), ("P2", "债", 0, 200.0)]
    assert [(i.severity, i.sheet) for i in found.issues] == [("warning", "附")]
    twice = own(tmp_path, ONE, ["项目编号", "债"], ["P1", 100], 另=[["项目编号", "债"], ["P1", 100]])
    assert [(i.sheet, i.cell) for i in twice.issues] == [("另", "B2")] and "清单!B2" in twice.issues[0].message


def test_names_of_funds_may_have_brackets(tmp_path: Path) -> None:
    found = own(tmp_path, BRACKETS, ["项目编号", "专项债券（一批）", "补（万元）"], ["P1", 60, 40])
    assert {(f, a) for _, f, _, a in paid(found)} == {("专项债券（一批）", 60.0), ("补", 40.0)}


def test_amounts_without_years_follow_asks_and_years_that_have_money(tmp_path: Path) -> None:
    asks = {"债": (100, 0), "补": (0, 100)}
    asked = project("P1", 200, 10, profile=(100, 100), arrangement="按申报", asks=asks)
    given = case([asked], [fund("债", 1000, years=2), fund("补", 1000, years=2)], years=2)
    found = own(tmp_path, given, ["项目编号", "债", "补"], ["P1", 100, 100])
    assert paid(found) == [("P1", "债", 0, 100.0), ("P1", "补", 1, 100.0)]
    plain = case([project("P1", 200, 10, profile=(100, 100))], [fund("债", (100, 0)), fund("补", (0, 1000))], years=2)
    assert paid(own(tmp_path, plain, ["项目编号", "债", "补"], ["P1", 100, 100])) == paid(found)


def test_the_start_is_that_for_which_the_amounts_are_needed(tmp_path: Path) -> None:
    later = case([project("P1", 100, 10, starts=(0, 1))], [fund("债", (0, 1000))], years=2)
    found = own(tmp_path, later, ["项目编号", "债"], ["P1", 100])
    assert paid(found) == [("P1", "债", 1, 100.0)] and found.solution.plan.choices[0].start == 1 and not found.issues
    second = case([project("P1", 100, 10, profile=(0, 100), starts=(0, 1))], [fund("债", 1000, years=3)], years=3)
    found = own(tmp_path, second, ["项目编号", "债:2027"], ["P1", 100])
    assert found.solution.plan.choices[0].start == 0 and found.solution.verdict.passed
    either = replace(later, funds=(fund("债", (1000, 1000)),))
    assert faults(own(tmp_path, either, ["项目编号", "债"], ["P1", 100])) == [("warning", "B2")]


def test_a_number_and_a_name_that_contradict_are_an_error(tmp_path: Path) -> None:
    heads = ["项目编号", "项目名称", "债"]
    names = {p.id: p.name for p in TWO.projects}
    assert faults(own(tmp_path, TWO, heads, ["P1", names["P1"], 200])) == []
    assert faults(own(tmp_path, TWO, heads, ["P1", "完全是另一个项目", 200])) == [("error", "B2")]


def test_a_row_without_number_goes_by_its_name(tmp_path: Path) -> None:
    names = {p.id: p.name for p in TWO.projects}
    heads = ["项目编号", "项目名称", "债"]
    found = own(tmp_path, TWO, heads, ["P1", names["P1"], 200], [None, names["P2"], 100])
    assert faults(found) == []
    assert faults(own(tmp_path, TWO, heads, [None, "没有这个项目", -5])) == [("error", "B2")]


def test_a_total_that_is_not_the_sum_is_an_error(tmp_path: Path) -> None:
    heads = ["项目编号", "债"]
    assert faults(own(tmp_path, TWO, heads, ["P1", 200], ["合计", 200])) == []
    assert faults(own(tmp_path, TWO, heads, ["P1", 200], ["小计", 7], ["合计", 99_999])) == [("error", "B4")]


def test_a_column_that_looks_like_money_is_not_dropped(tmp_path: Path) -> None:
    assert faults(own(tmp_path, TWO, ["项目编号", "债", "市县财政"], ["P1", 200, 150])) == [("error", "C1")]
    assert faults(own(tmp_path, TWO, ["项目编号", "债", "楼栋"], ["P1", 200, 3])) == [("warning", "C1")]
