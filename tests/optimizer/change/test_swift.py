"""The plan that comes at once: checked, with a bound that no plan beats, near the last one."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from benchmarks.cases import Size, make_case
from inputs.case.changes import CaseSheets, Target
from inputs.case.read import read_case, read_grids
from inputs.files.workbook import load_grids
from inputs.samples import write_sample
from models.allocation import Allocation
from models.build import build
from models.verify import verify
from optimizer.change.swift import swift_answer
from optimizer.complete import complete
from optimizer.course import FEW_WAYS
from optimizer.explain import Reasons, explain
from optimizer.options import Options
from optimizer.solve import solve
from tests.books import POLICY, write_book


@pytest.fixture(scope="module")
def grids(tmp_path_factory):
    path = tmp_path_factory.mktemp("swift") / "c.xlsx"
    write_sample("mini", path)
    return load_grids(path)


@pytest.fixture(scope="module")
def last(grids):
    return solve(read_grids(grids).case, Options(time_limit=20, second="")).plan


def changes(rnd: random.Random, case) -> dict[Target, str]:
    project = rnd.choice(case.projects).id
    fund = rnd.choice(case.funds)
    limit = Target("资金", (fund.name,), f"额度:{case.first_year}")
    return rnd.choice(
        [
            {Target("项目", (project,), "状态"): "禁选"},
            {Target("项目", (project,), "状态"): "必选"},
            {limit: str(int(fund.limit / 100 * rnd.uniform(0.4, 1.8)))},
            {Target("规则", ("count_cap", "", "", "最多个数"), "值"): str(rnd.randint(1, 6))},
            {Target("项目", (project,), f"固定安排:{fund.name}"): f"<={rnd.randint(0, 300)}"},
        ]
    )


@pytest.mark.parametrize("seed", range(24))
def test_after_a_change_the_plan_is_checked_and_the_bound_is_true(grids, last, seed: int) -> None:
    rnd = random.Random(seed)
    case = read_grids(CaseSheets(grids).changed(changes(rnd, read_grids(grids).case))).case
    assert case is not None
    found = swift_answer(case, last)
    truth = solve(case, Options(time_limit=20, second=""))
    if found is None or found.plan is None:
        assert found is None or truth.status == "infeasible"
        return
    assert verify(case, found.plan).passed
    assert truth.value is not None and found.value is not None and found.bound is not None
    assert found.value <= truth.value <= found.bound * (1 + Fraction(1, 10**8))


def test_steps_before_the_benefit_are_left_to_the_full_solve(grids, last) -> None:
    row = ("count_cap", "", "", "最多个数")
    soft = {Target("规则", row, "值"): "2", Target("规则", row, "刚性"): "弹性", Target("规则", row, "顺位"): "1"}
    case = read_grids(CaseSheets(grids).changed(soft)).case
    assert case is not None and swift_answer(case, last) is None


def test_a_last_plan_with_money_the_case_no_longer_knows_is_no_crash(grids, last) -> None:
    others = [g for g in grids if g.name != "资金适用"]
    paid = next(p for p in last.payments)
    strange = Allocation.of(last.choices, [*last.payments, replace(paid, fund="专项债券", year=0, region="")])
    case = read_grids(others).case
    assert case is not None
    found = swift_answer(case, strange)
    assert found is not None and found.plan is not None and verify(case, found.plan).passed


def test_a_last_plan_of_a_fund_that_was_renamed_is_passed_over(grids, last) -> None:
    case = read_grids(grids).case
    assert case is not None
    strange = Allocation.of(last.choices, [replace(p, fund="改了名的") for p in last.payments])
    assert swift_answer(case, strange) is None
    assert solve(case, Options(time_limit=5, second=""), None, strange).plan is not None


def test_the_full_solve_is_never_worse_than_the_plan_it_starts_from(grids, last) -> None:
    case = read_grids(grids).case
    again = solve(case, Options(time_limit=0.3, second=""), None, last)
    assert again.plan is not None and again.value == verify(case, last).value


def test_what_a_plan_leaves_open_is_set_to_what_its_rules_need(tmp_path) -> None:
    case = read_case(write_book(tmp_path / "c.xlsx", **POLICY)).case
    assert case is not None
    plan = solve(case, Options(time_limit=20, second="")).plan
    assert plan is not None and (any(p.capital for p in plan.payments) or plan.topups)
    bare = Allocation.of(plan.choices, [replace(p, capital=0) for p in plan.payments], [], plan.moves)
    assert not verify(case, bare).passed
    done = complete(case, bare)
    assert verify(case, done).passed and done.choices == plan.choices
    assert [replace(p, capital=0) for p in done.payments] == [replace(p, capital=0) for p in plan.payments]


def test_reasons_looked_at_late_are_the_same(grids, last) -> None:
    case = read_grids(grids).case
    late = Reasons(case, last)
    assert list(late) == explain(build(case), last) and len(late) == len(case.projects) - len(last.choices)
    assert late[0] == next(iter(late)) and list(late[:2]) == list(late)[:2]


def test_in_a_larger_case_a_new_demand_is_met_beside_what_stays() -> None:
    """More ways than the whole model is asked about: prices give the bound, the region of the project is decided anew."""
    given = make_case(Size(350, 3, 6), 1, True)
    assert build(given).program.ways >= FEW_WAYS
    before = solve(given, Options(time_limit=8, gap=0.002, second=""))
    last = before.plan
    assert last is not None and before.value is not None
    met = 0
    for project in [p for p in given.projects if p.id not in last.choice_of and p.status == "可选"][:6]:
        forced = tuple(replace(p, status="必选") if p is project else p for p in given.projects)
        case = replace(given, projects=forced)
        found = swift_answer(case, last)
        if found is None or found.plan is None:
            continue
        met += 1
        assert verify(case, found.plan).passed and project.id in found.plan.choice_of
        assert found.bound is not None and found.value is not None and found.value <= found.bound
        assert found.value > before.value * Fraction(9, 10)
    assert met
