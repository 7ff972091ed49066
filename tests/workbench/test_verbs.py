"""What is said to whoever asked."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from openpyxl import load_workbook

from models.case import Pin, Policy, Scope
from optimizer.options import Options
from optimizer.solution import Culprit, Solution
from optimizer.solve import solve
from tests.books import SMALL, write_book
from tests.cases import case, fund, project
from workbench.audit import audit
from workbench.verbs import clash_words, open_and_plan


def test_what_a_clash_must_give_is_rounded_up() -> None:
    culprit = Culprit("fund_limit", ("债",), Fraction(7888, 10000), "万元", "<=")
    assert clash_words(Solution("infeasible", culprits=(culprit,)))[0].endswith("至少要让出 0.79 万元")


def test_a_clash_without_a_reason_says_nothing_of_demands() -> None:
    """The page has its own sentence for that; "these demands" would name none."""
    assert clash_words(Solution("infeasible", partial=True)) == []
    assert (
        len(
            clash_words(
                Solution("infeasible", culprits=(Culprit("exclusive", ("甲",), Fraction(1), "个", "<="),), partial=True)
            )
        )
        == 2
    )


def test_a_limit_that_clashes_is_told_with_what_it_is_and_has_to_become() -> None:
    """Ceilings rise, floors and pins fall, a status is dropped; what is no plain limit only says by how much."""
    two = [project("P0", 300, 9, status="必选"), project("P1", 500, 1, status="必选")]
    (words, *_) = clash_words(solve(case(two, [fund("债", 700)]), Options(second="")))
    assert words == "资金额度（债 2026）：现为 700.00 万元，至少要提高 100.00 万元，到 800.00 万元"
    pin = replace(two[0], pins=(Pin("债", None, "=", 30_001),))
    (words,) = clash_words(solve(case([pin], [fund("债", 700)]), Options(second="")))
    assert words == "必选、禁选与固定安排（P0 固定安排 债）：现为 300.01 万元，至少要降低 0.01 万元，到 300.00 万元"
    culprits = [Culprit("lock", (f"P{n}", "必选"), Fraction(1), "个", ">=") for n in range(2)]
    assert clash_words(Solution("infeasible", culprits=tuple(culprits[:1]))) == [
        "必选、禁选与固定安排（P0 必选）：要取消"
    ]
    assert clash_words(Solution("infeasible", culprits=tuple(culprits))) == [
        "必选、禁选与固定安排（必选）：这 2 个项目都要取消必选：P0、P1"
    ]


def test_what_is_enough_but_perhaps_not_the_least_is_told_as_that() -> None:
    floor = Culprit("region_quota", ("地区=甲县", "下限", ""), Fraction(50), "万元", ">=", Fraction(250), least=False)
    (words,) = clash_words(Solution("infeasible", culprits=(floor,)))
    assert words.endswith("现为 250.00 万元，降低到 200.00 万元 就有方案，少改一些也许也够")
    (words,) = clash_words(Solution("infeasible", culprits=(replace(floor, sense="<=", limit=None),)))
    assert words.endswith("让出 50.00 万元 就有方案，少一些也许也够")


def test_a_demand_without_a_cell_on_the_page_says_which_sheet_it_stands_in() -> None:
    culprit = Culprit("fund_share", ("P1", "债"), Fraction(120), "万元", "<=")
    (words,) = clash_words(Solution("infeasible", culprits=(culprit,)))
    assert words.endswith("至少要让出 120.00 万元（占比写在案例的“资金适用”表里）")


def test_a_result_says_under_which_name_its_plan_was_saved_and_still_verifies(tmp_path: Path) -> None:
    source = write_book(tmp_path / "c.xlsx", **SMALL)
    _, outcome = open_and_plan(source, Options(second="", time_limit=10))
    assert outcome is not None
    result = tmp_path / "r.xlsx"
    outcome.write(result, (("方案名称", "甲案"), ("方案状态", "审定 2026-11-29 10:00:00")))
    rows = {row[0].value: row[1].value for row in load_workbook(result)["求解说明"].iter_rows() if len(row) > 1}
    assert (rows["方案名称"], rows["方案状态"]) == ("甲案", "审定 2026-11-29 10:00:00")
    assert audit(source, result).passed
    late = replace(outcome, solution=replace(outcome.solution, reasons=()))  # left to whoever looks first
    assert late.record()["unfunded"] == outcome.record()["unfunded"] != []


def test_a_share_that_clashes_is_told_as_the_share_that_has_to_be_set() -> None:
    """And what is told is enough: with it there is a plan."""
    two = [project("P0", 300, 9, status="必选"), project("P1", 500, 1, status="必选")]
    world, here = case(two, [fund("债", 993)]), Scope(regions=(two[0].shares[0][0],))
    for name, now, then in (("上限占比", Fraction(13, 100), "80.57"), ("下限占比", Fraction(93, 100), "80.56")):
        policy = Policy("region_quota", name, now, here)
        words, *_ = clash_words(solve(replace(world, policies=(policy,)), Options(second="")))
        assert words.endswith(f"，即{name}由 {float(now * 100):g} % 改为 {then} %")
        mended = replace(world, policies=(replace(policy, value=Fraction(then) / 100),))
        assert solve(mended, Options(second="")).status == "optimal"
