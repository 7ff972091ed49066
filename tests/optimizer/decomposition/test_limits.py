"""The way by prices keeps its time, ends when it is told to, and never uses more memory than it may."""

import time

import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from models.case import Case
from optimizer.course import Watch
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Limits, Task, task_of
from optimizer.workers import POOL, Run, Worker, wait_for_news

LARGE = Size(1_500, 3, 15)


@pytest.fixture(scope="module")
def case() -> Case:
    return make_case(LARGE, 4, True)


@pytest.fixture(scope="module")
def task(case: Case) -> Task:
    program = build(case).program
    return task_of(program, program.stages[program.main])


def test_the_time_limit_is_kept(task: Task) -> None:
    POOL.warm("decomposition", 1)
    run = Run.start("decomposition", task, Limits(4.0, 0.0))
    begun = time.monotonic()
    while run.answer is None:
        wait_for_news([run], 0.1)
    assert time.monotonic() - begun <= 4.0 + 1.5
    assert run.answer.bound is not None


def test_a_stop_keeps_plan_and_bound_and_ends_within_a_second(task: Task) -> None:
    run = Run.start("decomposition", task, Limits(60.0, 0.0))
    while run.best.value is None:
        wait_for_news([run], 0.1)
    run.ask_to_stop()
    begun = time.monotonic()
    while run.answer is None:
        wait_for_news([run], 0.1)
    assert time.monotonic() - begun <= 1.5
    assert run.answer.point is not None
    assert run.answer.bound is not None
    assert run.answer.value is not None
    assert run.answer.value <= run.answer.bound


def test_cancel_ends_a_solve_within_a_second_with_news_before(case: Case) -> None:
    heard: list[tuple[float | None, float | None]] = []
    asked: list[float] = []

    def ask():
        if not any(bound is not None for _, bound in heard):
            return None
        asked.append(time.monotonic())
        return "cancel"

    found = solve(case, Options(time_limit=60), Watch(lambda stage, v, b: heard.append((v, b)), ask))
    assert found.cancelled
    assert time.monotonic() - asked[0] <= 1.5


def test_a_worker_that_wants_too_much_memory_answers_without_a_plan(task: Task) -> None:
    worker = Worker("decomposition", 120 * 2**20)
    try:
        while not worker.ready:
            worker.receive()
        worker.pipe.send((task, Limits(20.0, 0.0)))
        answer = worker.receive()
        while not hasattr(answer, "outcome"):
            answer = worker.receive()
        assert answer.outcome == "unknown"
        assert answer.point is None
    finally:
        worker.end()
