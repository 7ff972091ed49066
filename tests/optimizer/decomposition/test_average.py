"""From prices to choices: the average of the pricings, and the choice near it."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.cases import OTHER, Size, make_case
from models.build import build
from optimizer.decomposition.average import average, rounded
from optimizer.decomposition.bundle import Search
from optimizer.decomposition.recourse import weights_of
from optimizer.decomposition.room import Room
from optimizer.task import Limits, task_of

SIZES = {"county": Size(450, 2, 15), "tight": Size(400, 3, 15, quota=0.1), "pairs": Size(400, 2, 8, pairs=0.6)}


def room_of(size: Size, seed: int, whole: bool) -> Room:
    made = build(make_case(size, seed, whole)).program
    return Room(task_of(made, made.stages[made.main]), Limits(20.0, 1e-3), lambda news: False)


def searched(room: Room) -> Search:
    search = Search(room.dual)
    search.run(10.0)
    return search


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_average_is_nearly_a_solution_of_the_relaxation(size: Size, whole: bool) -> None:
    room = room_of(size, 1, whole)
    search = searched(room)
    mean, states, part = search.average(), room.oracle.states, room.part
    assert mean is not None
    assert np.allclose(np.bincount(states.project, mean.weight), 1.0)
    assert (mean.weight[~states.possible] == 0).all()
    task, numbers = part.task, part.numbers
    point = np.zeros(task.width)
    np.add.at(point, mean.column, mean.weight[mean.state] * mean.value)
    chosen = states.way >= 0
    point[states.way[chosen]] = mean.weight[chosen]
    used = np.bincount(task.row, numbers.value * point[task.col], task.height)
    rows = (part.block | part.coupling) & ~part.speaks_of_shared
    size_of = np.maximum(1.0, np.abs(np.where(np.isfinite(numbers.row_upper), numbers.row_upper, numbers.row_lower)))
    over = np.maximum(used - numbers.row_upper, numbers.row_lower - used) / size_of
    assert over[part.block].max(initial=0.0) < 1e-6  # each project by itself keeps to its rules
    assert over[rows].max(initial=0.0) < 0.05  # together they nearly keep to the limits
    part_way = (mean.weight > 1e-6) & (mean.weight < 1 - 1e-6)
    assert len(np.unique(states.project[part_way])) < 0.4 * size.projects


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_choice_near_the_average_obeys_the_rows_over_choices_and_is_good(size: Size, seed: int) -> None:
    room = room_of(size, seed, True)
    search = searched(room)
    mean = search.average()
    assert mean is not None
    room.money.scale = room._scale(search.centre)
    way = rounded(room.dual, mean, room.money.scale)
    assert way is not None
    assert room.tries.obeys(way)
    picked = room.oracle.picked(way)
    assert (mean.weight[picked] > 0).all()
    weight = weights_of(room.oracle, way)
    assert weight is not None
    money = room.money.together(weight, 10.0)
    assert money is not None
    assert money.value - money.overrun > 0.8 * search.best


def test_without_a_run_of_the_model_there_is_no_average() -> None:
    room = room_of(Size(60, 1, 4), 1, False)
    search = Search(room.dual)
    assert search.average() is None
    nothing = average(room.dual, [], [])
    assert not nothing.weight.any()


@pytest.mark.parametrize("name", sorted(OTHER))
def test_other_spreads_have_a_plan_as_soon_as_prices_are_known(name: str) -> None:
    size = OTHER[name]
    room = room_of(Size(300, size.years, 8, size.asked, size.spread, size.large, size.pairs, size.quota), 1, False)
    prices = room._prices()
    assert np.isfinite(prices).all()
    assert room.standing.best is not None
    assert room.standing.gap < 0.5


@pytest.mark.parametrize(("worth", "least", "most"), [(0.5, 3, 20), (0.9999, 1, 1)])
def test_a_choice_that_lacks_money_is_eased_as_long_as_the_best_plan_is_poor(worth, least, most, monkeypatch) -> None:
    room = room_of(SIZES["county"], 1, False)
    prices = room._prices()
    assert room.standing.best is not None
    room.standing.best = replace(room.standing.best, value=worth * room.standing.bound)
    asked, together = [], room.money.together
    monkeypatch.setattr(room.money, "together", lambda *given: asked.append(1) or together(*given))
    everything = room.tries.at(np.zeros_like(prices))
    room.tries.make(replace(everything, value=room.standing.bound), prices)
    assert least <= len(asked) <= most
