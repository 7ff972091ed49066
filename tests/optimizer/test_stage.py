"""Two solvers beside each other: what either has found is not lost, and settlement keeps the limit."""

import time
from dataclasses import replace

import numpy as np
import pytest

from models.build import build
from optimizer import stage
from optimizer.backends import decomposition, dive, highs
from optimizer.course import Course, Watch
from optimizer.decomposition import room, states
from optimizer.decomposition.fit import fitted
from optimizer.decomposition.prices import Oracle, _rounded
from optimizer.decomposition.room import Outcome
from optimizer.decomposition.split import split
from optimizer.options import Options
from optimizer.settle import Settled, settle
from optimizer.stage import _hear_out, _near, _take_over
from optimizer.task import Answer, Limits, Progress, task_of
from optimizer.workers import Run
from tests.cases import case, fund, project, random_case


def run(outcome: str, value: float | None, bound: float | None) -> Run:
    point = None if value is None else np.array([value])
    answer = Answer(outcome, point, value, bound, "x", 0.0)  # type: ignore[arg-type]
    return Run(None, None, 0.0, Progress(value, bound), [] if point is None else [point], answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mine", "theirs", "value", "bound", "outcome"),
    [
        (("unknown", None, 9.0), ("feasible", 3.0, 8.0), 3.0, 8.0, "feasible"),
        (("feasible", 5.0, 9.0), ("feasible", 3.0, 8.0), 5.0, 9.0, "feasible"),
        (("feasible", 2.0, 7.0), ("feasible", 3.0, 8.0), 3.0, 7.0, "feasible"),
        (("feasible", 2.0, 7.0), ("optimal", 3.0, 3.0), 3.0, 3.0, "optimal"),
        (("unknown", None, None), ("infeasible", None, None), None, None, "infeasible"),
        (("unknown", None, 9.0), ("unknown", None, 8.0), None, 9.0, "unknown"),
        (("infeasible", None, None), ("feasible", 3.0, 8.0), None, None, "infeasible"),
    ],
)  # fmt: skip
def test_the_better_of_two_answers_counts_and_a_second_opinion_keeps_its_bound_to_itself(
    mine, theirs, value, bound, outcome
) -> None:
    one, other = run(*mine), run(*theirs)
    second = _take_over(one, other)
    assert one.answer is not None
    assert (one.answer.value, one.answer.bound, one.answer.outcome) == (value, bound, outcome)
    taken = other.answer is not None and (one.answer.point is other.answer.point is not None or outcome != mine[0])
    assert (second is None) == taken  # a solver is no second opinion of what is its own


def test_whatever_goes_wrong_by_prices_the_whole_model_goes_on(monkeypatch) -> None:
    program = build(case([project("P1", 500, 10), project("P2", 300, 8)], [fund(limit=600)])).program
    task = task_of(program, program.stages[program.main])

    def broken(*_) -> None:
        raise IndexError("a shape that is not there")

    monkeypatch.setattr(decomposition.Room, "run", broken)
    answer = decomposition.solve(task, Limits(5.0), lambda news: False)
    assert (answer.outcome, answer.value) == ("optimal", 10) and "a shape" in answer.remark


def test_where_prices_find_nothing_the_word_of_the_whole_model_counts(monkeypatch) -> None:
    program = build(case([project("P1", 500, 10), project("P2", 300, 8)], [fund(limit=600)])).program
    task = task_of(program, program.stages[program.main])
    monkeypatch.setattr(decomposition.Room, "run", lambda room: Outcome(None, None, 20.0, False, False))
    for outcome, value in (("infeasible", None), ("unknown", None), ("optimal", 10.0)):
        said = Answer(outcome, None if value is None else np.zeros(task.width), value, None, "HiGHS", 0.0)  # type: ignore[arg-type]
        monkeypatch.setattr(decomposition.highs, "solve", lambda *_, said=said: said)
        answer = decomposition.solve(task, Limits(5.0), lambda news: False)
        assert (answer.outcome, answer.value) == (outcome, value)


def test_a_bound_below_what_any_plan_is_worth_ends_the_way_by_prices(monkeypatch) -> None:
    program = build(case([project("P1", 500, 10), project("P2", 300, 8)], [fund(limit=600)])).program
    task = task_of(program, program.stages[program.main])

    def sinking(search, seconds: float, close: float, told) -> None:
        told(-1.0, search.centre, 1.0)

    monkeypatch.setattr(room.Search, "run", sinking)
    with pytest.raises(room.Unfit, match="worth less"):
        room.Room(task, Limits(5.0), lambda news: False).run()


def test_shapes_reach_far_and_do_not_cut_off() -> None:
    assert _rounded(np.array([1, 5, 1024, 1025, 100_000])).tolist() == [1, 6, 1024, 1536, 131_072]
    with pytest.raises(IndexError):
        _rounded(np.array([200_000]))


@pytest.mark.parametrize("seed", range(12))
def test_states_that_are_not_branched_for_their_number_bound_no_less(seed: int, monkeypatch) -> None:
    program = build(random_case(seed)).program
    task = task_of(program, program.stages[program.main])
    try:
        part = split(fitted(task))
        full = Oracle(part)
    except Exception as reason:
        pytest.skip(str(reason))
    monkeypatch.setattr(states, "FEW_SYSTEMS", 1)
    monkeypatch.setattr(states, "TIMES", 1)
    few = Oracle(part)
    assert (few.states.possible | ~full.states.possible).all()
    dice = np.random.default_rng(seed)
    for _ in range(5):
        cost = full.cost(full.clean(dice.normal(size=part.task.height)), 1.0)
        least, known = full.least(cost), full.states.possible
        assert (few.least(cost)[known] <= least[known] + 1e-6 * (1 + np.abs(least[known]))).all()


def test_a_settlement_that_begins_late_is_short(monkeypatch) -> None:
    """Also where nothing works: half a second is what it has, whatever the number of attempts."""
    given = case([project(f"P{k}", 97 + k, 9 + k, arrangement="部分") for k in range(30)], [fund(limit=900)])
    model = build(given)
    task = task_of(model.program, model.program.stages[model.program.main])
    found = highs.solve(task, Limits(5.0), lambda news: False)
    assert found.point is not None
    shaken = found.point + 0.4
    monkeypatch.setattr("optimizer.settle._Settling._checked", lambda *_: Settled(None, None))
    begun = time.monotonic()
    assert settle(given, model.space, model.program, task, shaken, begun - 5).plan is None
    assert time.monotonic() - begun < 2.0


def test_a_plan_near_the_relaxation_is_a_plan_and_its_bound_is_true() -> None:
    """Against the whole model on small cases with all their rules; where a case has a plan, it mostly is found."""
    plans = found = 0
    for seed in range(150):
        program = build(random_case(seed)).program
        task = task_of(program, program.stages[program.main])
        truth = highs.solve(task, Limits(10.0), lambda news: False)
        answer = dive.solve(task, Limits(10.0), lambda news: False)
        if truth.value is None:
            assert answer.point is None, seed
            continue
        plans += 1
        assert answer.outcome != "infeasible" and answer.bound is not None and answer.bound >= truth.value - 1e-6, seed
        if answer.point is not None and answer.value is not None:
            found += 1
            assert answer.value <= truth.value + 1e-6, seed
            total = np.bincount(task.row, task.value * answer.point[task.col], task.height)
            off = 1e-6 * np.bincount(task.row, np.abs(task.value * task.per[task.col]), task.height)
            assert ((total >= task.row_lower - off) & (total <= task.row_upper + off)).all(), seed
    assert found >= 0.9 * plans > 30


def test_a_plan_near_the_relaxation_is_looked_for_only_where_none_is_near(monkeypatch) -> None:
    given = case([project("P1", 500, 10), project("P2", 300, 8)], [fund(limit=600)])
    program = (model := build(given)).program
    task, limits = task_of(program, program.stages[program.main]), Limits(30.0)
    course = Course(given, model, Options(), Watch(), time.monotonic() + 20)
    started: list[str] = []
    monkeypatch.setattr(Run, "start", lambda backend, *_: started.append(backend) or run("feasible", 9.0, None))
    assert _near(task, limits, [run("unknown", None, 10.0)]) is None  # too few columns
    monkeypatch.setattr(stage, "NEAR_FROM", 0)
    assert _near(task, limits, [run("feasible", 9.95, 10.0)]) is None
    begun = replace(task, start=np.zeros(task.width, np.int64))
    assert _near(begun, limits, [run("unknown", None, 10.0)]) is None and not started
    whole = run("feasible", 8.0, 10.0)
    near = _near(task, limits, runs := [whole])
    assert near is runs[1] and started == ["dive"]
    _hear_out(course, task, whole, near)
    assert whole.answer is not None and (whole.answer.value, whole.answer.bound) == (9.0, 10.0)


def test_a_plan_near_the_relaxation_takes_back_that_there_is_none() -> None:
    given = case([project("P1", 500, 10), project("P2", 300, 8)], [fund(limit=600)])
    program = (model := build(given)).program
    task = task_of(program, program.stages[program.main])
    course = Course(given, model, Options(), Watch(), time.monotonic() + 20)
    plan = highs.solve(task, Limits(5.0), lambda news: False)
    near, wrong = run("feasible", 10.0, 12.0), run("infeasible", None, None)
    near.answer = replace(plan, bound=9.0)  # of the solver that was wrong once: it counts for nothing
    _hear_out(course, task, wrong, near)
    assert wrong.answer is not None and wrong.answer.value == wrong.answer.bound == 10
