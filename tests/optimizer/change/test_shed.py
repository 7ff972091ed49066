"""The last plan less what no longer fits: always a checked plan or none, projects that must be in stay."""

import random
from dataclasses import replace

import numpy as np
import pytest

from models.build import build
from models.case import Policy, Scope
from models.translate import point_of
from models.verify import verify
from optimizer.change.shed import shed
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import task_of
from tests.cases import case, fund, project, random_case
from tests.policy_cases import with_policy

QUICK = Options(second="", time_limit=10)


def shed_after(given, last):
    model = build(given)
    program = model.program
    task = task_of(program, program.stages[program.main])
    start = np.zeros(task.width, np.int64)
    known = point_of(model.space, last)
    start[: len(known)] = known
    return shed(given, model.space, replace(task, start=start))


def planned(projects, limit=400):
    wide = case(projects, [fund(limit=limit)])
    found = solve(wide, QUICK)
    assert found.plan is not None
    return wide, found.plan


def test_the_projects_that_are_worth_least_for_their_money_go() -> None:
    wide, plan = planned([project(f"P{k}", total=100, benefit=10 + k) for k in range(4)])
    less = replace(wide, funds=(fund(limit=250),))
    found = shed_after(less, plan)
    assert found.plan is not None and set(found.plan.choice_of) == {"P2", "P3"}
    assert found.verdict is not None and found.verdict.passed and found.verdict.value == 25


def test_a_project_that_must_be_in_stays_and_a_banned_one_goes() -> None:
    wide, plan = planned([project(f"P{k}", total=100, benefit=10 + k) for k in range(4)])
    status = {"P0": "必选", "P3": "禁选"}
    changed = replace(
        wide,
        funds=(fund(limit=250),),
        projects=tuple(replace(p, status=status.get(p.id, "可选")) for p in wide.projects),
    )
    found = shed_after(changed, plan)
    assert found.plan is not None and set(found.plan.choice_of) == {"P0", "P2"}


def test_what_dropping_cannot_mend_has_no_plan() -> None:
    wide, plan = planned([project("P0", 100, 10), project("P1", 100, 20)], limit=100)
    must = replace(wide, projects=(replace(wide.projects[0], status="必选"), wide.projects[1]))
    assert shed_after(must, plan).plan is None
    floor = Policy("category_quota", "下限", 15000, Scope(categories=("类",)))
    assert shed_after(replace(wide, policies=(floor,)), plan).plan is None


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_cut_a_plan_that_comes_passes_the_checker_and_no_optimum_is_below_it(seed: int) -> None:
    dice = random.Random(seed)
    given = with_policy(dice, random_case(seed), 3)
    first = solve(given, QUICK)
    if first.plan is None:
        return
    k = dice.randrange(len(given.funds))
    cut = tuple(None if a is None else a * dice.randint(3, 9) // 10 for a in given.funds[k].by_year)
    less = replace(given, funds=(*given.funds[:k], replace(given.funds[k], by_year=cut), *given.funds[k + 1 :]))
    try:
        found = shed_after(less, first.plan)
    except KeyError:  # the last plan pays where the case now has no column: the caller passes it over
        return
    if found.plan is None:
        return
    verdict = verify(less, found.plan)
    assert verdict.passed
    best = solve(less, QUICK)
    assert best.status == "optimal" and best.value is not None and best.value >= verdict.value


def test_some_of_these_cuts_are_mended() -> None:
    mended = 0
    for seed in range(100):
        given = random_case(seed)
        first = solve(given, QUICK)
        if first.plan is None or not first.plan.payments:
            continue
        less = replace(
            given, funds=tuple(replace(f, by_year=tuple(a and a * 6 // 10 for a in f.by_year)) for f in given.funds)
        )
        if not verify(less, first.plan).passed:
            mended += shed_after(less, first.plan).plan is not None
    assert mended >= 5
