"""Money for choices, and choices near a choice."""

import highspy
import numpy as np
import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from optimizer.decomposition import money as money_module
from optimizer.decomposition.bundle import good_prices
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.money import Money
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.recourse import is_whole, weights_of
from optimizer.decomposition.regions import parts_of
from optimizer.decomposition.repair import allowed, lighter, near
from optimizer.decomposition.room import Room, Unfit
from optimizer.decomposition.split import split
from optimizer.task import Limits, task_of
from tests.cases import random_case


def money_of(case):
    made = build(case).program
    part = split(task_of(made, made.stages[made.main]))
    oracle = Oracle(part)
    dual = Dual(oracle)
    _, prices = good_prices(dual, 2.0)
    money = Money(oracle, parts_of(part))
    money.agree(prices)
    money.scale = np.where(part.coupling, np.maximum(dual.typical().max(), np.abs(prices)), 0.0)
    return dual, prices, money


def test_entries_that_meet_add_up() -> None:
    entries = (np.array([0, 0, 0]), np.array([0, 0, 1]), np.array([1.0, 2.0, 1.0]))
    sides = np.array([-np.inf]), np.array([6.0])
    lp = solver(5.0)
    made = program(np.array([1.0, 0.1]), (np.zeros(2), np.full(2, 10.0)), sides, entries)
    assert lp.passModel(made) == highspy.HighsStatus.kOk
    lp.run()
    assert lp.getInfo().objective_function_value == pytest.approx(2.0)


def test_two_switches_of_one_system_in_one_row_do_not_hang_the_solver() -> None:
    made = build(random_case(10540)).program
    task = task_of(made, made.stages[made.main])
    try:
        out = Room(task, Limits(1.0, 0.0), lambda news: False).run()
    except Unfit:
        return
    assert out.bound is not None


@pytest.mark.parametrize("seed", [0, 2, 5])  # where leaving projects out leads to money that fits
def test_parts_by_themselves_are_worth_no_less_than_together(seed: int) -> None:
    dual, prices, money = money_of(make_case(Size(450, 2, 15, large=0.0), seed, False))
    task = dual.oracle.part.task
    nothing = np.full(int(task.owner.max()) + 1, task.ways)
    way = allowed(dual, nothing, prices)
    compared = 0
    for _ in range(12):
        weight = weights_of(dual.oracle, way)
        assert weight is not None
        together, alone = money.both(weight, 10.0)
        assert together is not None
        assert alone is not None
        if together.overrun == 0 and alone.overrun == 0:
            compared += 1
            assert money.worth(alone) >= together.value - 1e-6 * abs(together.value)
            plan = money.whole(weight, together, 0.0, 10.0)
            if plan is not None and plan.overrun == 0:
                assert is_whole(dual.oracle, plan)
                assert plan.value <= together.value + 1e-6 * abs(together.value)
            break
        found = lighter(dual, way, prices, together)
        if found is None:
            break
        way = found
    assert compared


def test_systems_left_out_come_back_when_prices_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money_module, "MANY_SYSTEMS", 10)
    monkeypatch.setattr(money_module, "LITTLE", 0.0)
    dual, prices, money = money_of(make_case(Size(120, 2, 4), 1, True))
    money.leave_out(prices)
    assert money.narrow
    before = int(money.able.sum())
    assert before < int(dual.oracle.fits.sum())
    states = dual.oracle.states
    live = np.bincount(dual.oracle.systems.state[money.able], minlength=len(states.way)) > 0
    assert (live == states.possible).all()
    dual.oracle.least(dual.oracle.cost(dual.oracle.clean(5 * prices), 1.0))
    money.take_in()
    assert before < int(money.able.sum()) <= int(dual.oracle.fits.sum())
    money.take_in_all()
    assert not money.narrow


def test_near_a_choice_most_projects_stay_as_they_are() -> None:
    dual, prices, _ = money_of(make_case(Size(200, 2, 4), 2))
    task = dual.oracle.part.task
    way = allowed(dual, np.full(int(task.owner.max()) + 1, task.ways), prices)
    core = near(dual, way, prices, 10)
    free = np.unique(task.owner[: task.ways][core.able[: task.ways]])
    changeable = [p for p in free if way[p] < 0 or way[p] not in core.certain]
    members = np.bincount(dual.joint.of_project)
    assert 10 <= len(changeable) <= 10 * int(members.max())
    assert set(core.certain.tolist()) <= set(way[way >= 0].tolist())
    assert core.able[way[way >= 0]].all()


def test_money_that_lacks_a_few_units_of_millions_does_not_fit() -> None:
    dual, prices, money = money_of(make_case(Size(120, 1, 3, large=0.0), 2, False))
    part = dual.oracle.part
    way = allowed(dual, np.full(int(part.task.owner.max()) + 1, part.task.ways), prices)
    weight = weights_of(dual.oracle, way)
    assert weight is not None
    upper = part.numbers.row_upper
    ceilings = part.coupling & np.isfinite(upper) & (upper > 0)
    given = upper[ceilings].copy()

    def lacks(factor: float) -> bool:
        upper[ceilings] = given * factor
        found = money.together(weight, 10.0)
        assert found is not None
        return found.overrun > 0

    low, high = 0.1, 4.0
    assert lacks(low)
    assert not lacks(high)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if lacks(middle) else (low, middle)
    upper[ceilings] = given * high  # where the money only just suffices, it does so to the unit
    found = money.together(weight, 10.0)
    assert found is not None and found.overrun == 0
    spent = np.bincount(part.task.row, part.numbers.value * found.point[part.task.col], part.task.height)
    assert (spent - upper <= 5e-8 * np.maximum(upper, 1.0))[ceilings].all()


def test_slow_money_tries_the_other_method_and_keeps_the_faster() -> None:
    _, _, money = money_of(make_case(Size(60, 1, 3), 1, False))
    money.took.clear()
    money._took("simplex", money_module.SLOW / 2)
    assert money.method == "simplex"
    money._took("simplex", 2 * money_module.SLOW)
    assert money.method == "ipm"
    money._took("ipm", money_module.SLOW)
    assert money.method == "ipm"
    money._took("ipm", 3 * money_module.SLOW)
    assert money.method == "simplex"
