"""The last plan decided anew beside what broke: what must be in is in, other regions keep what they have."""

import random
import time
from dataclasses import replace

import pytest

from models.build import build
from models.case import Policy, Scope
from models.translate import start_of
from models.verify import is_known
from optimizer.change.reopen import Reopened
from optimizer.options import Options
from optimizer.settle import settle
from optimizer.solve import solve
from optimizer.task import task_of
from optimizer.workers import wait_for_news
from tests.cases import REGIONS, case, fund, project, random_case
from tests.policy_cases import with_policy

QUICK = Options(second="", time_limit=10)
COUNTIES = [project(f"A{k}", total=100, benefit=10 + k) for k in range(4)] + [
    project(f"B{k}", total=100, benefit=20 + k, region="乙县") for k in range(3)
]


def reopened_after(given, last):
    """The settled plan found near the last one; None where nothing is opened, or nothing found."""
    model = build(given)
    program = model.program
    task = task_of(program, program.stages[program.main])
    task = replace(task, start=start_of(model.space, last, task.width))
    near = Reopened(given, task, 5.0)
    while near.run is not None:
        wait_for_news([near.run], 0.05)
        if (point := near.point()) is not None:
            return settle(given, model.space, program, task, point, time.monotonic() + 5)
    return None


def must(given, key):
    return replace(given, projects=tuple(replace(p, status="必选") if p.id == key else p for p in given.projects))


def test_a_project_that_must_be_in_now_takes_the_place_of_one_beside_it() -> None:
    wide = case(COUNTIES, [fund(limit=400)], regions=REGIONS)
    plan = solve(wide, QUICK).plan
    assert plan is not None and set(plan.choice_of) == {"B2", "B1", "B0", "A3"}
    found = reopened_after(must(wide, "A0"), plan)
    assert found is not None and found.plan is not None and found.verdict.passed
    assert set(found.plan.choice_of) == {"B2", "B1", "B0", "A0"}


def test_a_floor_that_is_not_met_opens_its_region() -> None:
    wide = case(COUNTIES, [fund(limit=400)], regions=REGIONS)
    plan = solve(wide, QUICK).plan
    assert plan is not None
    floor = Policy("region_quota", "下限", 20000, Scope(regions=("甲县",)))
    cap = Policy("region_quota", "上限", 20000, Scope(regions=("乙县",)))
    found = reopened_after(replace(wide, policies=(floor, cap)), plan)
    assert found is not None and found.plan is not None and found.verdict.passed
    assert set(found.plan.choice_of) == {"B2", "B1", "A3", "A2"}


def test_where_nothing_broke_nothing_is_opened() -> None:
    wide = case(COUNTIES, [fund(limit=400)], regions=REGIONS)
    plan = solve(wide, QUICK).plan
    assert plan is not None and reopened_after(wide, plan) is None


def forced(seed: int):
    """A random case in which one project more must be in, and the plan from before; None where there is none."""
    dice = random.Random(seed)
    given = with_policy(dice, random_case(seed), 1)
    last = solve(given, QUICK).plan
    if last is None or not (out := [p.id for p in given.projects if p.id not in last.choice_of and p.status == "可选"]):
        return None
    after = must(given, dice.choice(out))
    return (after, last) if is_known(after, last) else None


@pytest.mark.parametrize("seed", range(60))
def test_what_comes_passes_the_checker_and_no_optimum_is_below_it(seed: int) -> None:
    if (pair := forced(seed)) is None or (found := reopened_after(*pair)) is None or found.verdict is None:
        return
    best = solve(pair[0], QUICK)
    assert found.verdict.passed and best.status == "optimal" and best.value >= found.verdict.value


def test_most_of_these_are_mended_where_a_plan_is() -> None:
    pairs = [pair for seed in range(150) if (pair := forced(seed))]
    there = [pair for pair in pairs if solve(pair[0], QUICK).plan is not None]
    mended = [pair for pair in there if (found := reopened_after(*pair)) and found.plan is not None]
    assert len(there) >= 5 and 2 * len(mended) > len(there)
