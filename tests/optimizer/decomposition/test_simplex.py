"""The batched simplex and the price oracle against one linear or mixed-integer program at a time."""

import random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from benchmarks.cases import Size, make_case
from models.build import build
from models.program import FREE
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.simplex import Batch
from optimizer.decomposition.split import split
from optimizer.task import task_of
from tests.cases import random_case
from tests.policy_cases import FEATURES, with_policy_of


def random_batch(seed: int, count: int = 120, m: int = 5, n: int = 8):
    dice = np.random.default_rng(seed)
    matrix = np.round(dice.normal(size=(count, m, n)) * (dice.random((count, m, n)) < 0.5), 1)
    inside = np.einsum("kmn,kn->km", matrix, dice.random((count, n)) * 3)
    lower = np.where(dice.random((count, m)) < 0.5, -np.inf, inside - dice.random((count, m)) * 0.5)
    limit = np.where(np.isinf(lower), inside + dice.random((count, m)) * 0.3, np.inf)
    far = dice.random(count) < 0.2
    lower[far, 0], limit[far, 0] = inside[far, 0] + 30, inside[far, 0] + 40
    return matrix, lower, limit, np.full((count, n), 4.0), dice


@pytest.mark.parametrize("seed", range(4))
def test_batch_agrees_with_one_program_at_a_time_cold_and_warm(seed: int) -> None:
    matrix, lower, limit, upper, dice = random_batch(seed)
    batch = Batch(matrix, lower, limit, upper)
    for _ in range(3):
        cost = dice.normal(size=upper.shape)
        duals, possible = batch.minimise(cost)
        bound = batch.bound(cost, duals)
        for k in range(len(cost)):
            ends = [(r, b, s) for r, b, s in ((matrix[k], limit[k], 1), (-matrix[k], -lower[k], 1)) for _ in (0,)]
            rows = np.concatenate([e[0] for e in ends])
            sides = np.concatenate([e[1] for e in ends])
            keep = np.isfinite(sides)
            one = linprog(cost[k], rows[keep], sides[keep], bounds=[(0, 4)] * upper.shape[1])
            assert possible[k] == (one.status == 0)
            if possible[k]:
                assert bound[k] == pytest.approx(one.fun, abs=1e-7)


def test_any_duals_give_a_bound_that_is_not_above_the_truth() -> None:
    matrix, lower, limit, upper, dice = random_batch(9)
    batch = Batch(matrix, lower, limit, upper)
    cost = dice.normal(size=upper.shape)
    duals, possible = batch.minimise(cost)
    best = batch.bound(cost, duals)
    for _ in range(20):
        other = batch.bound(cost, duals + dice.normal(size=duals.shape) * 0.3)
        assert (other <= best + 1e-7)[possible].all()


def block_optimum(part, states, state: int, cost) -> float | None:
    """Least cost of one state by a mixed-integer program over the untouched rows of its project."""
    task = part.task
    project, way = int(states.project[state]), int(states.way[state])
    columns = np.flatnonzero(part.local & (task.owner == project))
    rows = np.flatnonzero(part.block & (part.row_owner == project))
    if not len(columns):
        return 0.0
    at = {int(c): k for k, c in enumerate(columns)}
    matrix, known = np.zeros((len(rows), len(columns))), np.zeros(len(rows))
    for k, r in enumerate(rows.tolist()):
        for e in np.flatnonzero(task.row == r).tolist():
            c = int(task.col[e])
            if c in at:
                matrix[k, at[c]] = task.value[e]
            elif c == way:
                known[k] += task.value[e]
    low = np.where(task.row_lower[rows] > -FREE, task.row_lower[rows] - known, -np.inf)
    high = np.where(task.row_upper[rows] < FREE, task.row_upper[rows] - known, np.inf)
    rules = [LinearConstraint(matrix, low, high)] if len(rows) else []
    whole = np.ones(len(columns))
    found = milp(
        cost[columns] / task.per[columns], constraints=rules, bounds=Bounds(0, task.upper[columns]), integrality=whole
    )
    return float(found.fun) if found.status == 0 else None


def check_prices(case, seed: int, most: int = 40) -> int:
    """How many states were compared with a program of their own at random prices."""
    model = build(case)
    part = split(task_of(model.program, model.program.stages[model.program.main]))
    if not part.coupling.any():
        return 0
    oracle, dice, compared = Oracle(part), np.random.default_rng(seed), 0
    for _ in range(2):
        prices = oracle.clean(dice.normal(size=part.task.height) * dice.choice([0.01, 1.0]))
        cost = oracle.cost(prices, float(dice.integers(0, 2)))
        least = oracle.least(cost)
        for state in dice.permutation(len(least))[:most].tolist():
            true = block_optimum(part, oracle.states, state, cost)
            if true is None:
                continue
            compared += 1
            assert oracle.states.possible[state] or oracle.part.lone.any(), "a state that can be was left out"
            if oracle.states.possible[state]:
                assert least[state] <= true + 1e-6 * max(1.0, abs(true)), (case.name, state)
    return compared


def test_prices_are_a_lower_bound_for_every_rule_in_random_cases() -> None:
    used: set[str] = set()
    compared = 0
    for seed in range(60):
        case = random_case(seed)
        used |= {p.rule for p in case.policies}
        compared += check_prices(case, seed)
    assert compared > 500
    assert used >= {"min_award", "source_count", "coverage", "capital_floor", "pace", "fund_share", "people_money"}


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.__name__)
def test_prices_are_a_lower_bound_for_each_rule_alone(feature) -> None:
    compared = 0
    for seed in range(0, 64, 4):  # every fourth case has no policy rule of its own
        compared += check_prices(with_policy_of(random.Random(seed), random_case(seed), (feature,)), seed, 12)
    assert compared > 60


@pytest.mark.parametrize("whole", [False, True])
def test_prices_are_a_lower_bound_in_a_county(whole: bool) -> None:
    assert check_prices(make_case(Size(60, 3, 4), 2, whole), 1) > 40


def test_a_state_is_called_impossible_only_where_a_contradiction_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    program = build(make_case(Size(40, 2, 3), 3, True)).program
    part = split(task_of(program, program.stages[program.main]))
    assert not Oracle(part).fits.all()

    def unsure(batch: Batch, cost):
        return np.zeros((len(cost), batch.m)), np.zeros(len(cost), np.bool_)

    monkeypatch.setattr(Batch, "minimise", unsure)
    oracle = Oracle(part)
    assert oracle.fits.all()
    assert (oracle.states.possible == (np.bincount(oracle.systems.state, minlength=len(oracle.states.way)) > 0)).all()
