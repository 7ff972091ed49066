"""What a stage reached is held for those that follow: no plan as good is cut off, and what is told is what the plan has."""

import random
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from models.allocation import Allocation
from models.build import build
from models.case import Fund, Policy, Project, Scope, Target
from models.particulars import Tiers
from models.translate import point_of
from models.verify import verify
from optimizer import stage as stage_module
from optimizer.course import Course, Watch, hold, measured, true_bound, worth
from optimizer.options import Options
from optimizer.solution import Tier
from optimizer.solve import solve
from optimizer.task import Answer
from tests.cases import REGIONS, case, fund, project

QUICK = Options(second="", time_limit=20)


def odd(seed: int, count: int, aim: str = "加权"):
    """Projects in parts, whose benefit per yuan have denominators that no common one fits."""
    dice = random.Random(seed)
    projects = [
        project(
            f"P{k:03d}", benefit=dice.randint(5, 90), profile=tuple(dice.randint(100, 900) for _ in range(5)),
            region=("甲县", "乙县", "丙县")[k % 3], arrangement="部分" if k % 4 == 0 else "全额", ongoing=k % 4 == 0 or k % 5 == 0,
        )
        for k in range(count)
    ]  # fmt: skip
    each = 100 * count // 60
    funds = [
        fund(name, tuple(dice.randint(40 * each, 60 * each) for _ in range(5)), carries=True) for name in "甲乙丙丁"
    ]
    return case(projects, funds, 5, aim=aim)


@pytest.mark.parametrize("seed", range(6))
def test_the_row_that_holds_a_value_never_cuts_off_the_plan_that_has_it(seed: int) -> None:
    given = odd(seed, 30)
    found = solve(given, replace(QUICK, time_limit=3, gap=0.05))
    assert found.plan is not None and found.verdict is not None
    model = build(given)
    course = Course(given, model, QUICK, Watch(), 0.0)
    point = np.zeros(model.program.width, np.int64)
    known = point_of(model.space, found.plan)
    point[: len(known)] = known
    for objective in model.program.stages[: model.program.main + 1]:
        value = worth(course, objective, found.verdict)
        hold(course, objective, value)
        columns, values, lower = course.rows[-1]
        reached = sum(int(v) * int(point[j]) for j, v in zip(columns, values, strict=True))
        assert reached >= lower
        widest = max(abs(int(v)) for v in values)
        assert reached - lower <= max(2e-9 * abs(lower), 1e-6 * widest)  # and it lets little more through


@pytest.mark.parametrize("seed", [4, 8])
def test_a_step_held_does_not_lose_the_main_aim(seed: int) -> None:
    """Cases whose held row once cut off its own plan: the main aim was given up without a word."""
    found = solve(odd(seed, 60, "分层"), QUICK)
    assert found.status == "optimal" and found.tiers[-1].bound is not None
    assert found.tiers[0].value == found.verdict.steps[0]


def test_a_tolerance_is_told_with_what_the_plan_has() -> None:
    """With a tolerance the plan may have less than the step reached: both are told, and none is given up for nothing."""
    projects = [project("P1", 5, 100, ongoing=True), project("P2", 4, 95, ongoing=True), project("P3", 1, 50)]
    loose = case(projects, [fund(limit=5)], aim="分层", tiers=Tiers(tolerance=F(5, 100)))
    found = solve(loose, QUICK)
    assert (found.status, found.tiers[0].value, found.tiers[0].kept) == ("optimal", 100, 95)
    free = case(projects[:2], [fund(limit=5)], aim="分层", tiers=Tiers(tolerance=F(5, 100)))
    last = Allocation.of(solve(replace(free, projects=(free.projects[1],)), QUICK).plan.choices, [])
    again = solve(free, QUICK, last=last)
    assert again.tiers[0].kept is None and set(again.plan.choice_of) == {"P1"}


def test_what_a_tolerance_allows_is_taken_back_where_the_main_aim_gains_nothing() -> None:
    """Two ongoing projects of the same benefit after weights; the step counts its own: the better one stays."""
    projects = [project("P1", 5, 100, ongoing=True), project("P2", 5, 99, ongoing=True)]
    loose = case(projects, [fund(limit=5)], aim="分层", tiers=Tiers(tolerance=F(50, 100)))
    model = build(loose)
    course = Course(loose, model, QUICK, Watch(), 0.0)
    course.tiers.append(Tier("续建", "", "optimal", F(100), F(100), of_aim=True))
    poor = verify(loose, Allocation.of(solve(replace(loose, projects=projects[1:]), QUICK).plan.choices, []))
    assert measured(course, poor)[0].kept == 99
    course.tiers[0] = Tier("续建", "", "optimal", F(50), F(50), of_aim=True)
    beaten = measured(course, poor)[0]
    assert (beaten.value, beaten.status, beaten.bound) == (99, "feasible", None)  # its plan lies above its bound
    assert solve(loose, QUICK).tiers[0].kept is None


def test_an_answer_that_there_is_no_plan_is_asked_again(monkeypatch) -> None:
    """A solver's presolve may call a solvable model infeasible: in the main aim and in the steps before it."""
    projects = [project("P1", 5, 100, ongoing=True), project("P2", 4, 95), project("P3", 1, 50)]
    honest = stage_module._race

    def wrong(course, objective, task, second, nodes):
        run, other, again = honest(course, objective, task, second, nodes)
        run.answer = Answer("infeasible", None, None, None, "HiGHS", 0.1)
        return run, other, again

    monkeypatch.setattr(stage_module, "_race", wrong)
    for aim in ("加权", "分层"):
        given = case(projects, [fund(limit=6)], aim=aim)
        found = solve(given, QUICK)
        monkeypatch.setattr(stage_module, "_race", honest)
        right = solve(given, QUICK)
        monkeypatch.setattr(stage_module, "_race", wrong)
        assert (found.status, found.value) == (right.status, right.value) == ("optimal", 150), aim
    none = case([project("P1", 5, status="必选")], [fund(limit=3)])
    assert solve(none, QUICK).status == "infeasible"


def test_a_bound_below_a_checked_plan_proves_nothing(monkeypatch) -> None:
    assert true_bound(F(100), 99.0) is None and true_bound(F(100), 100.0) == 100.0 == true_bound(F(90), 100.0)
    given = case([project(f"P{k}", 3, 10 + k) for k in range(4)], [fund(limit=6)])
    honest = stage_module._race

    def wrong(course, objective, task, second, nodes):
        run, other, again = honest(course, objective, task, second, nodes)
        run.answer = replace(run.answer, bound=run.answer.bound / 2)
        return run, other, again

    monkeypatch.setattr(stage_module, "_race", wrong)
    found = solve(given, QUICK)
    assert (found.status, found.value, found.bound) == ("optimal", 25, 25)  # proven anew, exactly


def with_total(project: Project, total: int, outputs: int) -> Project:
    """The project with another total (0.01 万元) and output."""
    (scheme,) = project.schemes
    return replace(
        project,
        schemes=(replace(scheme, total=total, profile=(total,), outputs=(("户(户)", F(outputs)),) if outputs else ()),),
    )


def test_a_target_met_exactly_by_whole_projects_is_met() -> None:
    """Projects in parts give the row of the target a denominator that is rounded outward; settlement must not take
    more off than is uncertain, and may not call impossible what it tightened itself."""
    whole = {"arrangement": "部分", "least_fill": F(1)}
    shares = {"shares": (("甲县", F(1, 3)), ("乙县", F(2, 3))), "arrangement": "部分", "own_promise": 10**9}
    projects = (
        with_total(project("P1", 1, 50), 100_003, 5), with_total(project("P2", 1, 40), 100_001, 5),
        with_total(project("P3", 1, 1, **whole), 12_345_679, 3), with_total(project("P4", 1, 1, **whole), 76_543_211, 2),
        with_total(project("P5", 1, 30, **shares), 99_991, 0),
    )  # fmt: skip
    funds = (Fund("补", "补助", None, (150_001,)), Fund("债", "一般债券", None, (120_001,)))
    spent = (("基数", "实际安排"),)
    policies = (
        Policy("fund_share", "上限占比", F(3, 7), Scope(funds=("债",))),
        Policy("region_quota", "上限占比", F(8, 9), Scope(regions=("甲县",)), options=spent),
        Policy("tag_share", "下限占比", F(7, 9), Scope(tags=("潜力",)), options=spent),
    )
    given = case(projects, funds, regions=REGIONS, policies=policies, targets=(Target("户(户)", Scope(), None, F(10)),))
    found = solve(given, QUICK)
    assert found.status == "optimal" and set(found.plan.choice_of) == {"P1", "P2", "P5"}
