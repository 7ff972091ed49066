"""A choice of ways without a whole plan still gives one, and ways that can never be whole are proven and left out."""

import time
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from models.build import Model, build
from models.case import Case, Policy, Scope
from models.verify import verify
from optimizer import task as task_module
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Task, task_of
from optimizer.winnow import winnow
from tests.cases import case, fund, project

LEAST_AWARD = 13


def stepped(limit: int = 150, count: int = 24) -> Case:
    """Projects of 9–20 万元, paid by a fund in steps of 10 and by one that gives 13 at least."""
    projects = [project(f"P{k:02}", 9 + k % 12, 100 + 7 * k) for k in range(count)]
    award = Policy("min_award", "起拨额", LEAST_AWARD * 100, Scope(funds=("补",)))
    return case(projects, [fund(limit=limit, step=1000), fund("补", limit=limit)], policies=(award,))


def can_be_whole(amount: int) -> bool:
    return amount % 10 == 0 or any(amount - 10 * k >= LEAST_AWARD for k in range(amount // 10 + 1))


def everything(given: Case) -> tuple[Model, Task, np.ndarray]:
    """Model, task and the point that chooses every way."""
    model = build(given)
    task = task_of(model.program, model.program.stages[model.program.main])
    point = np.zeros(task.width)
    point[: task.ways] = 1.0
    return model, task, point


def test_a_plan_of_those_that_can_be_whole_and_proof_for_the_others() -> None:
    given = stepped()
    model, task, point = everything(given)
    found = winnow(given, model.space, model.program, task, point, time.monotonic() + 20)
    assert found.settled.plan is not None and verify(given, found.settled.plan).passed
    assert len(found.settled.plan.choice_of) > 10
    never = [w for w, way in enumerate(model.space.ways) if not can_be_whole(way.total_need // 100)]
    assert found.dead.tolist() == never and never


def test_without_time_nothing_is_claimed() -> None:
    given = stepped()
    model, task, point = everything(given)
    found = winnow(given, model.space, model.program, task, point, time.monotonic())
    assert found.settled.plan is None and not found.dead.size


@pytest.mark.parametrize("limit", [60, 150])
def test_a_search_in_parts_of_steps_ends_with_the_plan_of_one_in_whole_steps(monkeypatch, limit: int) -> None:
    given, options = stepped(limit), Options(time_limit=20)
    right = solve(given, options)
    monkeypatch.setattr(task_module, "MOST_STEPS", 0)
    found = solve(given, options)
    assert right.status == "optimal"
    assert found.value == right.value and found.bound is not None and found.bound >= right.value


def test_shares_that_add_up_to_the_whole_but_for_a_part_of_a_unit() -> None:
    """60 % and 40 % of 123,457 units are one unit short: every choice with such a project was cut off one by one, and
    eight of them had no plan in ten seconds."""
    odd = [project(f"P{k}", 1, 10 + k % 7) for k in range(10)]
    odd = [replace(p, schemes=(replace(p.schemes[0], total=t, profile=(t,)),)) for k, p in enumerate(odd) for t in [123_456 + k % 4 + 1 + 485 * k]]  # fmt: skip
    even = [project(f"Q{k}", 200 + 10 * k, 3, category="别") for k in range(5)]
    shares = (("类", "中央", F(6, 10)), ("类", "市县", F(4, 10)), ("别", "市县", F(1)))
    given = case([*odd, *even], [fund("中央", 5000), fund("市县", 5000)], eligible=shares)
    found = solve(given, Options(time_limit=20))
    assert found.status == "optimal" and found.verdict is not None and found.verdict.passed
    assert {c.project for c in found.plan.choices} >= {p.id for p in even}
    assert found.seconds["solve"] < 15
