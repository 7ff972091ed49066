"""Projects at the margin: the program over systems is the task itself, where all of them and all money may move."""

import numpy as np
import pytest

from optimizer.decomposition import margin as margin_module
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.margin import Margin, settled, systems_at
from optimizer.decomposition.mend import ways_at
from tests.cases import random_case
from tests.optimizer.decomposition.test_money import money_of
from tests.optimizer.decomposition.test_polish import in_part, obeyed


def best_of_task(part) -> float | None:
    numbers, task = part.numbers, part.task
    lp = solver(20.0, mip_rel_gap=0.0, mip_abs_gap=1e-9)
    sides = (numbers.row_lower, numbers.row_upper)
    entries = (task.row, task.col, numbers.value)
    lp.passModel(program(numbers.objective, (numbers.lower, numbers.upper), sides, entries, task.integer))
    lp.run()
    return float(lp.getInfo().objective_function_value) if lp.getInfo().primal_solution_status == 2 else None


def whole_plan(seed: int):
    money, weight, found, regret = in_part(seed)
    plan = money.whole(weight, found, np.inf, 10.0)
    assert plan is not None
    return money, settled(money.oracle, plan.point, 20.0), regret, plan


def test_money_is_settled_for_the_ways_of_a_plan() -> None:
    for seed in (1, 7):
        money, best, _, plan = whole_plan(seed)
        assert best is not None and obeyed(money.oracle.part, best.point)
        task = money.oracle.part.task
        assert (best.point[task.integer] == np.rint(plan.point[task.integer])).all()
        assert money.oracle.part.numbers.objective @ best.point >= plan.value - 1e-6 * abs(plan.value)


def test_every_project_of_a_plan_is_in_a_system_that_is_its_own() -> None:
    money, best, _, _ = whole_plan(7)
    oracle = money.oracle
    now = systems_at(oracle, ways_at(oracle.part, best.point), best.point)
    assert (now >= 0).all()
    states, s = oracle.states, oracle.systems
    assert (states.project[s.state[now]] == np.arange(len(now))).all()
    ones = np.isin(s.one_system, now)
    assert (best.point[s.one_column[ones]] == 1).all()


def test_a_better_plan_obeys_all_rows_and_changes_only_what_may_move() -> None:
    gained = 0
    for seed in (1, 7, 8):
        money, best, regret, _ = whole_plan(seed)
        oracle, part = money.oracle, money.oracle.part
        now = systems_at(oracle, ways_at(part, best.point), best.point)
        made = Margin(oracle, best, now, regret, 60)
        point, complete = made.better(10.0, 1e-6, lambda: False)
        assert complete
        if point is None:
            continue
        gained += 1
        assert obeyed(part, point)
        assert (np.abs(point - np.rint(point))[part.task.integer] < 1e-6).all()
        assert part.numbers.objective @ point > part.numbers.objective @ best.point
        mine = (part.task.owner >= 0) & made.free[np.maximum(part.task.owner, 0)]
        stays = ~mine & ~np.isin(np.arange(part.task.width), made.raw)
        assert (point[stays] == best.point[stays]).all()
    assert gained


def test_with_all_systems_and_all_money_it_finds_the_best_of_the_task(monkeypatch) -> None:
    """Small random cases of all rules, from the plan of nothing where that obeys them."""
    monkeypatch.setattr(margin_module, "MONEY_EACH", 10**4)
    monkeypatch.setattr(Margin, "_open", lambda self, share, cost: np.ones(len(share)))
    compared = 0
    for seed in range(60):
        dual, prices, money = money_of(random_case(seed))
        oracle, part = money.oracle, money.oracle.part
        best, start = best_of_task(part), settled(oracle, np.zeros(part.task.width), 10.0)
        if best is None or start is None or not obeyed(part, start.point):
            continue
        now = systems_at(oracle, ways_at(part, start.point), start.point)
        made = Margin(oracle, start, now, dual.system_regret(prices), 10**6)
        found, complete = made.better(20.0, 0.0, lambda: False)
        value = float(part.numbers.objective @ (start.point if found is None else found))
        assert complete and value == pytest.approx(best, rel=1e-5, abs=1e-5), seed
        compared += 1
    assert compared >= 20


def test_without_systems_that_may_change_nothing_is_searched() -> None:
    money, best, regret, _ = whole_plan(1)
    now = systems_at(money.oracle, ways_at(money.oracle.part, best.point), best.point)
    assert Margin(money.oracle, best, now, np.full(len(regret), np.inf), 50).better(5.0, 1e-4, lambda: False) == (
        None,
        True,
    )
