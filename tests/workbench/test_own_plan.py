"""The bureau's own plan: 安排明细 or a plain list; its cells must be clear, its rules may be broken."""

from dataclasses import replace
from pathlib import Path

import pytest

from inputs.case.read import read_case
from inputs.samples import write_sample
from optimizer.options import Options
from tests.books import POLICY, write_book
from workbench.own_plan import read_own_plan
from workbench.verbs import open_and_plan


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    write_sample("mini", folder / "c.xlsx")
    _, outcome = open_and_plan(folder / "c.xlsx", Options(second=""))
    assert outcome is not None
    outcome.write(folder / "r.xlsx")
    return folder, outcome


def test_a_result_workbook_comes_back_as_the_same_plan(solved) -> None:
    folder, outcome = solved
    found = read_own_plan(folder / "r.xlsx", outcome.case)
    assert found.solution is not None and found.solution.plan == outcome.solution.plan
    assert found.solution.verdict is not None and found.solution.verdict.passed


def as_list(outcome, by_year: bool) -> list[list[object]]:
    case = outcome.case
    names = [f"{f.name}:{case.first_year}" if by_year else f.name for f in case.funds]
    rows: list[list[object]] = [["项目编号", "项目名称", *names]]
    for c in outcome.plan.allocation.choices:
        paid = [sum(p.amount for p in outcome.plan.allocation.payments_of[c.project] if p.fund == f.name) / 100 for f in case.funds]  # fmt: skip
        rows.append([c.project, "", *paid])
    return [*rows, ["合计", "", *[None] * len(case.funds)]]


@pytest.mark.parametrize("by_year", [False, True])
def test_a_plain_list_of_amounts_is_the_same_plan(solved, tmp_path: Path, by_year: bool) -> None:
    _, outcome = solved
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=as_list(outcome, by_year)), outcome.case)
    assert found.solution is not None and found.solution.plan == outcome.solution.plan


def test_rows_of_fund_year_and_amount(solved, tmp_path: Path) -> None:
    _, outcome = solved
    rows: list[list[object]] = [["项目编号", "资金", "年度", "金额(元)"]]
    for p in outcome.plan.allocation.payments:
        rows.append([p.project, p.fund, outcome.case.year_label(p.year), p.amount * 100])
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=rows), outcome.case)
    assert found.solution is not None and found.solution.plan == outcome.solution.plan


def test_a_plan_that_breaks_rules_is_scored_with_what_it_breaks(solved, tmp_path: Path) -> None:
    _, outcome = solved
    name = outcome.case.funds[0].name
    rows = [["项目编号", name], *[[p.id, 5000] for p in outcome.case.projects]]
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=rows), outcome.case)
    assert found.solution is not None and found.solution.verdict is not None
    assert {"fund_limit", "arrangement"} <= {m.rule for m in found.solution.verdict.failures}


def test_projects_may_be_given_by_name(solved, tmp_path: Path) -> None:
    _, outcome = solved
    names = {p.id: p.name for p in outcome.case.projects}
    heads, *rows = as_list(outcome, by_year=False)
    named = [["项目名称", *heads[2:]], *([names.get(row[0], row[0]), *row[2:]] for row in rows)]
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=named), outcome.case)
    assert found.solution is not None and found.solution.plan == outcome.solution.plan
    first, second = outcome.case.projects[:2]
    alike = replace(outcome.case, projects=(first, replace(second, name=first.name), *outcome.case.projects[2:]))
    unclear = [["项目名称", heads[2]], [first.name, 5], ["没有", 5], [None, 7]]
    refused = read_own_plan(write_book(tmp_path / "n.xlsx", 清单=unclear), alike)
    assert refused.solution is None and [i.cell for i in refused.issues] == ["A2", "A3", "A4"]
    assert first.id in refused.issues[0].remedy and second.id in refused.issues[0].remedy


def test_every_unclear_cell_is_named_at_once(solved, tmp_path: Path) -> None:
    _, outcome = solved
    name, first = outcome.case.funds[0].name, outcome.case.projects[0].id
    rows = [["项目编号", name], [first, "约50"], ["没有", 5], [outcome.case.projects[1].id, -3]]
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=rows), outcome.case)
    assert found.solution is None and [i.cell for i in found.issues] == ["B2", "A3", "B4"]
    nothing = read_own_plan(write_book(tmp_path / "n.xlsx", 清单=[["甲", "乙"], [1, 2]]), outcome.case)
    assert "项目编号" in nothing.issues[0].message
    other = read_own_plan(write_book(tmp_path / "o.xlsx", 清单=[["项目编号", "国债"], [first, 2]]), outcome.case)
    assert "没有以资金命名的列" in other.issues[0].message
    (tmp_path / "t.xlsx").write_text("x", encoding="utf-8")
    assert read_own_plan(tmp_path / "t.xlsx", outcome.case).issues


def test_an_amount_written_twice_is_an_error_that_names_both_cells(solved, tmp_path: Path) -> None:
    _, outcome = solved
    name, first = outcome.case.funds[0].name, outcome.case.projects[0].id
    rows = [["项目编号", name], [first, 50], [outcome.case.projects[1].id, 5], [first, 60]]
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=rows), outcome.case)
    assert found.solution is None and [i.cell for i in found.issues] == ["B4"]
    assert "B2" in found.issues[0].message and first in found.issues[0].message


def test_a_column_of_numbers_that_is_no_fund_is_named_beside_the_plan(solved, tmp_path: Path) -> None:
    _, outcome = solved
    name, first = outcome.case.funds[0].name, outcome.case.projects[0].id
    heads = ["序号", "项目编号", "总投资", name, "以工代赈", "楼栋", "合计"]
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=[heads, [1, first, 900, 50, 7, 8, 65]]), outcome.case)
    assert found.solution is not None and found.solution.plan is not None
    assert sum(p.amount for p in found.solution.plan.payments) == 5000
    assert [(i.severity, i.cell) for i in found.issues] == [("warning", "E1"), ("warning", "F1")]


def test_a_list_names_the_scheme_and_start_of_projects_that_have_several(tmp_path: Path) -> None:
    book = write_book(
        tmp_path / "c.xlsx",
        项目=[["项目编号", "项目名称", "地区", "类别", "总投资"], ["P1", "南街改造", "甲县", "老旧小区改造", 100]],
        方案=[["项目编号", "方案", "总投资", "效益"], ["P1", "基础类", 100, 5], ["P1", "完善类", 160, 9]],
        资金=[["资金名称", "类型", "额度:2026", "额度:2027"], ["债", "专项债券", 500, 500]],
        地区=[["名称"], ["甲县"]],
        设置=[["名称", "值"], ["年数", 2], ["起始年", 2026]],
    )
    reading = read_case(book)
    assert reading.case is not None, reading.issues
    plain = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=[["项目编号", "债"], ["P1", 130]]), reading.case)
    assert plain.solution is None and "“方案”一列" in plain.issues[0].remedy
    for amount, scheme in ((100, "基础类"), (160, "完善类")):  # what only one of them needs says which
        told = read_own_plan(write_book(tmp_path / "t.xlsx", 清单=[["项目编号", "债"], ["P1", amount]]), reading.case)
        assert told.solution is not None and told.solution.plan is not None, told.issues
        assert [c.scheme for c in told.solution.plan.choices] == [scheme]
    heads = ["项目编号", "方案", "开工年", "债"]
    found = read_own_plan(write_book(tmp_path / "m.xlsx", 清单=[heads, ["P1", "完善类", 2027, 160]]), reading.case)
    assert found.solution is not None and found.solution.plan is not None, found.issues
    assert [(c.scheme, c.start) for c in found.solution.plan.choices] == [("完善类", 1)]
    assert [(p.year, p.amount) for p in found.solution.plan.payments] == [(1, 16000)]
    rows = [heads, ["P1", "大修", 2031, 160]]
    wrong = read_own_plan(write_book(tmp_path / "w.xlsx", 清单=rows), reading.case)
    assert {i.cell for i in wrong.issues} == {"B2", "C2"}


def test_capital_that_a_list_leaves_open_is_set_where_it_can_be(tmp_path: Path) -> None:
    case_path = write_book(tmp_path / "c.xlsx", **POLICY)
    _, outcome = open_and_plan(case_path, Options(second=""))
    assert outcome is not None and outcome.solution.plan is not None
    case = read_case(case_path).case
    rows: list[list[object]] = [["项目编号", "资金", "年度", "金额"]]
    for p in outcome.solution.plan.payments:
        rows.append([p.project, p.fund, outcome.case.year_label(p.year), p.amount / 100])
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=rows), case)
    assert found.solution is not None and found.solution.verdict is not None, found.issues
    assert found.solution.verdict.passed and found.solution.plan == outcome.solution.plan


def test_amounts_without_years_stay_as_they_are_in_steps_and_by_need(tmp_path: Path) -> None:
    """A list in whole 万元 against a fund of steps: nothing is lost, fully paid projects are paid in every year."""
    write_sample("longdong", tmp_path / "c.xlsx")
    case = read_case(tmp_path / "c.xlsx").case
    assert case is not None
    rows = [["项目编号", "地方政府专项债券", "市县财政资金"], ["L032", 10000, 6730], ["L030", 1234.56, 7]]
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=rows), case)
    assert found.solution is not None and found.solution.plan is not None and found.solution.verdict is not None
    paid: dict[tuple[str, str], int] = {}
    for p in found.solution.plan.payments:
        paid[p.project, p.fund] = paid.get((p.project, p.fund), 0) + p.amount
    assert paid == {
        ("L032", "地方政府专项债券"): 1_000_000, ("L032", "市县财政资金"): 673_000,
        ("L030", "地方政府专项债券"): 123_456, ("L030", "市县财政资金"): 700,
    }  # fmt: skip
    step = case.fund_by_name["地方政府专项债券"].step
    assert step > 1 and all(p.amount % step == 0 for p in found.solution.plan.payments if p.project == "L032" and "债" in p.fund)  # fmt: skip
    broken = {(m.rule, m.key) for m in found.solution.verdict.failures if m.key[0] == "L032"}
    assert not [key for rule, key in broken if rule in ("arrangement", "fund_step")]


def test_regions_of_a_shared_project_pay_no_more_than_their_share(tmp_path: Path) -> None:
    """Funds of coarse and fine steps together: every region is within the rule, nothing is lost."""
    write_sample("longdong", tmp_path / "c.xlsx")
    case = read_case(tmp_path / "c.xlsx").case
    assert case is not None
    project = case.project_by_id["L052"]
    assert len(project.shares) > 2 and case.fund_by_name["地方政府专项债券"].step > 1
    rows = [["项目编号", "地方政府专项债券", "中央预算内投资", "市县财政资金"], ["L052", 1230, 777, 55]]
    found = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=rows), case)
    assert found.solution is not None and found.solution.plan is not None and found.solution.verdict is not None
    assert sum(p.amount for p in found.solution.plan.payments) == 206_200
    assert not [m for m in found.solution.verdict.failures if m.rule in ("shared_cost", "fund_step")]


def test_capital_that_a_list_leaves_open_is_worked_out_in_whole_amounts(tmp_path: Path) -> None:
    """20 % of 1,234.57 is 246.914: rounded off it was 246.91, and the bureau's plan was said to break the floor."""
    book = write_book(
        tmp_path / "c.xlsx",
        项目=[["项目编号", "项目名称", "类别", "总投资", "效益"], ["P1", "路", "公路", 1234.57, 10]],
        资金=[["资金名称", "类型", "额度", "资本金"], ["专项债", "专项债券", 2000, "可用作"]],
        类别=[["类别", "资本金下限", "债券可作资本金"], ["公路", "20%", "是"]],
    )
    case = read_case(book).case
    assert case is not None
    own = read_own_plan(write_book(tmp_path / "l.xlsx", 清单=[["项目编号", "专项债"], ["P1", 1234.57]]), case)
    assert own.solution is not None and own.solution.plan is not None and own.solution.verdict is not None
    assert own.solution.verdict.passed and [p.capital for p in own.solution.plan.payments] == [24_692]
