"""The largest projects first: bounds of every choice of them against the exact optimum, and what the master says."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from optimizer.backends import highs
from optimizer.decomposition import large as large_module
from optimizer.decomposition.bundle import Search
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.large import Large, set_large_apart
from optimizer.decomposition.master import Choice
from optimizer.decomposition.mend import mended, ways_at
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.recourse import weights_of
from optimizer.decomposition.room import Room, Unfit
from optimizer.decomposition.split import split
from optimizer.task import Limits, Progress, Task, task_of
from tests.cases import random_case

CLOSE = 1e-6


@pytest.fixture(autouse=True)
def few_are_large(monkeypatch) -> None:
    monkeypatch.setattr(large_module, "LEAST", 3)


def task_from(size: Size, seed: int, whole: bool) -> Task:
    made = build(make_case(size, seed, whole)).program
    return task_of(made, made.stages[made.main])


def large_of(task: Task) -> Large:
    dual = Dual(Oracle(split(task)))
    start = dual.clean(dual.start())
    set_large_apart(dual, dual.evaluate(start)[0])
    search = Search(dual, start)
    search.run(10.0, CLOSE)
    return Large(search, CLOSE)


def fixed(task: Task, large: Large, chosen) -> Task:
    """The task in which the large projects do what was chosen."""
    dual = large.search.dual
    members = dual.joint.members(large.search.joint[chosen])
    states = dual.oracle.states
    lower, upper = task.lower.copy(), task.upper.copy()
    for project, way in zip(states.project[members], states.way[members], strict=True):
        mine = np.flatnonzero(task.owner[: task.ways] == project)
        upper[mine[mine != way]] = 0
        if way >= 0:
            lower[way] = 1
    return replace(task, lower=lower, upper=upper)


def optimum(task: Task) -> float:
    answer = highs.solve(task, Limits(30.0), lambda news: False)
    assert answer.outcome in ("optimal", "infeasible")
    return -np.inf if answer.value is None else answer.value


@pytest.mark.parametrize(("seed", "whole"), [(0, False), (1, True)])
def test_no_plan_is_worth_more_than_the_bound_of_its_large_projects(seed: int, whole: bool) -> None:
    task = task_from(Size(36, 2, 3, large=0.1), seed, whole)
    large = large_of(task)
    search, unit = large.search, split(task).numbers.objective_scale
    assert large.of.max() >= 1
    can = np.isfinite(np.stack(search.gains)).all(axis=0)
    groups = [np.flatnonzero((large.of == k) & can) for k in range(large.of.max() + 1)]
    best = -np.inf
    for choice in itertools.product(*groups):
        chosen = np.sort(np.array(choice))
        search.fix(chosen)
        search.run(2.0, CLOSE)
        truth = optimum(fixed(task, large, chosen))
        assert truth <= search.best * unit + 1e-6 * abs(search.best * unit)
        best = max(best, truth)
    assert best == pytest.approx(optimum(task), rel=1e-6)
    bound, _ = large.best()
    assert bound * unit >= best - 1e-6 * abs(best)


@pytest.mark.parametrize("seed", range(3))
def test_leads_come_from_the_most_promising_and_say_what_the_others_promise(seed: int) -> None:
    task = task_from(Size(60, 2, 4, large=0.08), seed, True)
    large, unit = large_of(task), split(task).numbers.objective_scale
    best = optimum(task)
    heard: list[float] = []

    def hear(bound: float) -> bool:
        heard.append(bound)
        return False

    lead = large.lead(20.0, -np.inf, hear)
    assert lead is not None
    assert min(heard) * unit >= best - 1e-6 * abs(best)
    assert max(lead.bound, lead.beyond) * unit >= best - 1e-6 * abs(best)
    assert lead.beyond <= lead.bound + 1e-4 * abs(lead.bound)
    truth = optimum(fixed(task, large, lead.chosen))
    assert truth <= lead.bound * unit + 1e-6 * abs(best)
    large.explored = truth / unit
    other = large.lead(20.0, truth / unit, lambda bound: False)
    if other is not None:
        assert other.chosen.tolist() != lead.chosen.tolist()
        assert other.bound <= lead.bound + 1e-4 * abs(lead.bound)


def test_the_master_sees_what_a_large_project_may_not_do_in_part() -> None:
    size = Size(400, 2, 5, large=0.04)
    closer = 0
    for seed in range(3):
        large = large_of(task_from(size, seed, True))
        price_bound = large.search.best
        lead = large.lead(20.0, -np.inf, lambda bound: False)
        assert lead is not None
        assert max(lead.bound, lead.beyond) <= price_bound + 1e-6 * abs(price_bound)
        closer += max(lead.bound, lead.beyond) < price_bound - 1e-4 * abs(price_bound)
    assert closer >= 2


@pytest.mark.parametrize("seed", [0, 1])
def test_rows_of_other_prices_leave_every_plan_in_the_pool(seed: int) -> None:
    task = task_from(Size(300, 2, 15), seed, True)
    room = Room(task, Limits(30.0, 1e-4), lambda news: False)
    assert room.money.apart
    prices = room._prices()
    room.lessons.first(prices)
    room.lessons.again(prices * 1.3)
    room.lessons.again(prices * 0.6)
    found = room.master.solve(1e-6, 20.0)
    best = optimum(task)
    assert found.bound * room.standing.unit >= best - 1e-6 * abs(best)
    with pytest.raises(AssertionError):
        room.lessons.first(prices)


@pytest.mark.parametrize("seed", range(4))
def test_the_choice_at_prices_obeys_the_rows_over_choices(seed: int) -> None:
    task = task_from(Size(300, 2, 6), seed, True)
    room = Room(task, Limits(30.0, 1e-4), lambda news: False)
    prices = room._prices()
    assert room.tries.obeys(room.tries.at(prices).way)


def test_no_plan_is_made_of_a_choice_that_breaks_rows_over_choices() -> None:
    task = task_from(Size(300, 2, 6), 0, True)
    most = np.bincount(task.row, (task.col < task.ways) & (task.value == 1), task.height)
    cap = np.flatnonzero(split(task).choice & (task.row_upper < most) & (most > 100))
    assert len(cap)  # a cap on the number of projects, which nothing but itself forbids to break
    upper = task.row_upper.copy()
    upper[cap] = 1
    room = Room(replace(task, row_upper=upper), Limits(30.0, 1e-4), lambda news: False)
    free = Room(task, Limits(5.0, 1e-2), lambda news: False)
    free.run()
    assert free.standing.best is not None
    way = ways_at(free.part, free.standing.best.point)
    assert (way >= 0).sum() > 1
    assert not room.tries.make(Choice(way, np.inf, np.inf, False), np.zeros(task.height))
    assert room.standing.best is None


@pytest.mark.parametrize("seed", [10469, 10497, 10520, 10529])
def test_no_plan_is_told_of_a_case_in_which_a_project_can_do_nothing(seed: int) -> None:
    made = build(random_case(seed)).program
    task = task_of(made, made.stages[made.main])
    assert highs.solve(task, Limits(10.0), lambda news: False).outcome == "infeasible"
    told: list[float] = []

    def hear(news: Progress) -> bool:
        told.extend([] if news.value is None else [news.value])
        return False

    try:
        found = Room(task, Limits(3.0, 0.0), hear).run()
    except Unfit:
        return
    assert found.point is None and not told and not found.proven


@pytest.mark.parametrize("seed", [0, 1])
def test_what_was_mended_obeys_all_rows_and_leaves_the_rest(seed: int) -> None:
    task = task_from(Size(90, 1, 6, large=0.0), seed, True)
    room = Room(task, Limits(3.0, 1e-3), lambda news: False)
    found = room.run()
    assert found.point is not None and room.standing.best is not None
    part, owners = split(task), int(task.owner.max()) + 1
    free = np.isin(room.parts.of_project, [0, 1])
    before = np.full(owners, -1)
    used = np.flatnonzero(room.standing.best.point[: task.ways] > 0.5)
    before[task.owner[used]] = used
    point = mended(part, room.standing.best.point, free, 10.0, 1e-4)
    assert point is not None
    way = ways_at(part, point)
    assert (way[~free] == before[~free]).all()
    weight = weights_of(room.oracle, way)
    assert weight is not None
    room.money.take_in_all()
    money = room.money.together(weight, 10.0)
    assert money is not None and money.overrun == 0
    assert money.value >= room.standing.best.value - 2e-4 * abs(room.standing.best.value)


def test_nothing_is_mended_where_nothing_can_be() -> None:
    task = task_from(Size(60, 1, 4, large=0.0), 1, False)
    part = split(task)
    point = part.numbers.upper.copy()
    assert (
        mended(part, np.where(part.shared, 0.0, point), np.zeros(int(task.owner.max()) + 1, np.bool_), 5.0, 1e-4)
        is None
    )
