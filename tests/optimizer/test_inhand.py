"""A checked plan in hand while the search goes on."""

import time

import numpy as np
import pytest

import optimizer.stage as solving
from benchmarks.cases import Size, make_case
from models.build import build
from models.verify import verify
from optimizer import inhand, winnow
from optimizer.course import Course, Watch
from optimizer.options import Options
from optimizer.settle import Settled, settle
from optimizer.solution import Solution
from optimizer.solve import solve
from optimizer.task import Limits, task_of
from optimizer.workers import Run, wait_for_news


@pytest.fixture
def case():
    return make_case(Size(400, 2, 6), 3)


def test_where_the_last_settlement_fails_the_plan_in_hand_is_shown(case, monkeypatch) -> None:
    monkeypatch.setattr(inhand, "PATIENCE", 0.0)
    seen: list[Solution] = []
    for module in (solving, winnow):
        monkeypatch.setattr(module, "settle", lambda *args: Settled(None, None))
    found = solve(case, Options(time_limit=12.0, gap=1e-6, backend="decomposition"), Watch(plan=seen.append))
    assert seen and all(s.plan is not None and verify(case, s.plan).passed for s in seen)
    assert all(s.bound is None or s.bound >= s.value for s in seen if s.value is not None)
    assert found.value is not None and found.value >= max(s.value for s in seen if s.value is not None)
    assert found.status in ("feasible", "optimal")  # a plan in hand may reach the bound of before the cut
    assert found.plan is not None and verify(case, found.plan).passed
    assert found.bound is not None and found.value is not None and found.bound >= found.value


def test_without_one_in_hand_there_is_none(case, monkeypatch) -> None:
    for module in (inhand, solving, winnow):
        monkeypatch.setattr(module, "settle", lambda *args: Settled(None, None))
    assert solve(case, Options(time_limit=6.0, gap=1e-6, backend="decomposition")).plan is None


def _run(case) -> tuple[Course, Run]:
    model = build(case)
    task = task_of(model.program, model.program.stages[model.program.main])
    run = Run.start("highs", task, Limits(20.0, 1e-2))
    while run.answer is None:
        wait_for_news([run], 0.1)
    run.points.append(run.answer.point)
    return Course(case, model, Options(), Watch(), time.monotonic() + 60), run


def test_plans_are_settled_one_by_one_and_only_much_better_ones(case, monkeypatch) -> None:
    course, run = _run(case)
    asked: list[float] = []
    monkeypatch.setattr(inhand, "settle", lambda *args: (asked.append(time.monotonic()), settle(*args))[1])
    hand = inhand.InHand(course, course.model.program.stages[course.model.program.main], run.task)
    hand.offer([run])
    assert hand.thread is None  # the search may end at once
    hand.from_then = 0.0
    for _ in range(3):
        hand.offer([run])
        assert hand.thread is not None
        hand.thread.join()
    assert len(asked) == 1
    assert hand.best is not None and hand.best.verdict is not None and hand.best.verdict.passed
    assert course.settled_in is not None and course.settled_in > 0
    best = run.best.value
    assert best is not None
    run.best = type(run.best)(best * 1.01, run.best.bound)
    hand.offer([run])
    assert len(asked) == 2
    assert hand.end(wait=True) is not None


def test_whoever_waits_sees_plans_of_small_cases_too(monkeypatch) -> None:
    case = make_case(Size(300, 3, 10), 1, True)
    monkeypatch.setattr(inhand, "PATIENCE", 0.05)
    seen: list[tuple[float, Solution]] = []
    begun = time.monotonic()
    options = Options(time_limit=8.0, second="")
    found = solve(case, options, Watch(plan=lambda plan: seen.append((time.monotonic() - begun, plan))))
    assert found.value is not None
    assert seen[0][0] < time.monotonic() - begun - 1.0  # long before the end
    assert all(plan.plan is not None and verify(case, plan.plan).passed for _, plan in seen)


def test_a_settlement_that_is_broken_off_asks_no_solver(case) -> None:
    course, run = _run(case)
    point = run.points[-1] + np.where(course.model.program.integer, 0.0, 0.4)
    begun = time.monotonic()
    found = settle(case, course.model.space, course.model.program, run.task, point, begun + 30, lambda: True)
    assert found == Settled(None, None)
    assert time.monotonic() - begun < 2.0
