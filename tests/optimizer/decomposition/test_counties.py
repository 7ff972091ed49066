"""Counties as whole programs: a true bound, tighter than that of single projects, and what the average leaves open."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from optimizer.backends import highs
from optimizer.decomposition.bundle import Search
from optimizer.decomposition.counties import Counties, first_prices, small
from optimizer.decomposition.regions import Parts
from optimizer.decomposition.room import Room, Unfit
from optimizer.task import Limits, Task, task_of
from tests.cases import random_case
from tests.enumeration import optimum

COUNTIES = Size(800, 2, 35)


def task_for(size: Size, seed: int, whole: bool) -> Task:
    made = build(make_case(size, seed, whole)).program
    return task_of(made, made.stages[made.main])


def searched(task: Task) -> tuple[Room, Counties, Search]:
    room = Room(task, Limits(30.0, 1e-4), lambda news: False)
    prices = Search(room.dual)
    prices.run(10.0)
    counties = Counties(room.oracle, room.parts)
    return room, counties, Search(counties, first_prices(counties, room.dual, prices.centre), 0.002)


@pytest.mark.parametrize("whole", [False, True])
def test_no_plan_is_worth_more_than_the_bound_at_any_prices(whole: bool) -> None:
    task = task_for(Size(120, 1, 5), 3, whole)
    best = highs.solve(task, Limits(20.0), lambda news: False)
    assert best.outcome == "optimal" and best.value is not None
    room, counties, search = searched(task)
    dice = np.random.default_rng(7)
    unit = room.standing.unit
    for spread in (0.0, 0.3, 3.0):
        prices = counties.clean(search.centre * dice.uniform(1 - min(spread, 1), 1 + spread, len(search.centre)))
        bound = counties.evaluate(prices)[0]
        assert bound * unit >= best.value - 1e-6 * abs(best.value)


@pytest.mark.parametrize("part", range(3))
def test_no_bound_is_below_the_optimum_by_enumeration(part: int) -> None:
    """All rules mixed; every project a part of its own, and any two parts as one, at random prices."""
    compared, dice = 0, np.random.default_rng(part)
    for seed in range(part, 240, 3):
        case = random_case(seed)
        best = optimum(case) if len(case.projects) <= 3 else None
        program = build(case).program
        task = task_of(program, program.stages[program.main])
        if best is None:
            continue
        try:
            room = Room(task, Limits(5.0), lambda news: False)
        except Unfit:
            continue
        count = int(task.owner.max()) + 1
        for of_project in (np.arange(count), np.arange(count) // 2):
            parts = Parts(int(of_project.max()) + 1, of_project, room.parts.of_row, room.parts.wide)
            counties = Counties(room.oracle, parts)
            typical = np.zeros(room.task.height)
            typical[counties.rows] = counties.typical()
            for spread in (0.0, 0.5, 2.0):
                prices = counties.clean(typical * spread * dice.normal(size=room.task.height))
                bound = F(counties.evaluate(prices)[0] * room.part.numbers.objective_scale)
                assert bound >= best - abs(best) * F(1, 10**7) - F(1, 10**7), (seed, float(bound), float(best))
                compared += 1
    assert compared > 60


def test_the_bound_falls_below_that_of_single_projects_and_the_plan_comes_near_it() -> None:
    task = task_for(COUNTIES, 1, False)
    room, _, search = searched(task)
    assert small(room.parts, room.oracle)
    single = Search(room.dual)
    single.run(10.0)
    search.run(20.0, 1e-5)
    assert search.best < single.best * (1 - 1e-3)
    point, several = search.mixed()
    assert several.mean() < 0.5
    numbers = room.part.numbers
    used = np.bincount(room.task.row, numbers.value * point[room.task.col], room.task.height)
    limited = np.isfinite(numbers.row_upper)
    over = (used - numbers.row_upper)[limited] / np.maximum(1.0, np.abs(numbers.row_upper[limited]))
    assert over.max() < 1e-3  # the average nearly is a plan
    out = Room(task, Limits(120.0, 1e-3), lambda news: False).run()  # ends at the gap; slow machines need the time
    assert out.proven and out.bound is not None and out.bound < single.best * room.standing.unit


def test_the_first_prices_of_rows_over_choices_are_good_at_once() -> None:
    task = task_for(replace(COUNTIES, pairs=0.5), 2, False)
    room, counties, search = searched(task)
    joining = counties.priced & room.dual.joint.kept
    assert joining.any()
    without = counties.clean(np.where(joining, 0.0, search.centre))
    assert search.best < counties.evaluate(without)[0]
    assert (search.centre[joining] != 0).any()


def test_a_part_without_a_plan_says_so_and_gives_no_cut() -> None:
    task = task_for(Size(120, 1, 8), 3, False)
    _, counties, search = searched(task)
    first = counties.blocks[0]
    low, high = first.sides
    counties.blocks[0] = replace(first, sides=(np.full_like(low, 1.0), np.full_like(high, -1.0)))
    bound, cuts, _ = counties.evaluate(search.centre)
    assert bound == np.inf  # a float solver's word is no proof
    assert np.isneginf(cuts.value).sum() == 1
