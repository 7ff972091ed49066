"""The bound is compared with the exact optimum, and every plan found this way with the exact checker."""

import time
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from benchmarks.cases import OTHER, Size, make_case
from models.build import build
from models.translate import point_of
from models.verify import verify
from optimizer.backends import highs
from optimizer.decomposition.prices import EVERY
from optimizer.decomposition.room import Room, Unfit
from optimizer.options import Options
from optimizer.settle import settle
from optimizer.solve import solve
from optimizer.task import Limits, Progress, Task, task_of
from tests.cases import random_case
from tests.enumeration import optimum

SEEDS = [s for s in range(310) if len(random_case(s).projects) <= 3]


def task_for(case):
    model = build(case)
    return model, task_of(model.program, model.program.stages[model.program.main])


def heard_of(task: Task, seconds: float, gap: float = 0.0):
    """Everything the room says on its way, and how it ends; None where it does not fit."""
    heard: list[Progress] = []

    def hear(progress: Progress) -> bool:
        heard.append(progress)
        return False

    try:
        return heard, Room(task, Limits(seconds, gap), hear).run()
    except Unfit:
        return heard, None


@pytest.mark.parametrize("part", range(4))
def test_no_bound_is_below_the_optimum_by_enumeration(part: int) -> None:
    fitted = 0
    for seed in SEEDS[part::6]:
        case = random_case(seed)
        best = optimum(case)
        heard, out = heard_of(task_for(case)[1], 1.0)
        bounds = [p.bound for p in heard if p.bound is not None]
        if out is not None and out.bound is not None:
            bounds.append(out.bound)
        if best is None:
            continue
        assert all(F(b) >= best - abs(best) * F(1, 10**9) - F(1, 10**9) for b in bounds), (seed, float(best), bounds)
        fitted += out is not None and out.proven
    assert fitted >= 12


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("whole", [False, True])
def test_plans_of_another_solver_satisfy_every_pool_row(seed: int, whole: bool) -> None:
    size = Size(60, 2, 3, large=0.0)
    case = make_case(size, seed, whole)
    model, task = task_for(case)
    room = Room(task, Limits(8.0, 1e-3), lambda p: False)
    room.run()
    found = solve(case, Options(time_limit=20, gap=0.01, backend="highs", second=""))
    if found.plan is None:
        return
    known = point_of(model.space, found.plan)
    point = np.zeros(task.width)
    point[: len(known)] = known
    point = _with_violations(task, point) / task.per
    numbers = room.part.numbers
    earned = float((numbers.objective * point)[room.part.local].sum())
    assert room.master.pool
    nets = room.oracle.nets(room.money.agreed, room.parts, point) if room.money.apart else np.zeros(0)
    for row in room.master.pool:
        net = -nets[row.net] if row.net >= 0 else nets.sum() if row.net == EVERY else 0.0
        held = float(row.value @ point[row.column]) + row.weight * earned + net
        assert held <= row.limit + 1e-6 * max(1.0, abs(row.limit)), (seed, held, row.limit)
    assert room.standing.bound * room.standing.unit >= float(found.value) * (1 - 1e-9)


def _with_violations(task: Task, point):
    """The least violations of soft rows for a point of decisions."""
    lower, upper = task.lower.copy(), task.upper.copy()
    free = np.flatnonzero(task.objective < 0)
    decided = np.setdiff1d(np.arange(task.width), free)
    lower[decided] = upper[decided] = point[decided].astype(np.int64)
    answer = highs.solve(replace(task, lower=lower, upper=upper), Limits(10.0), lambda p: False)
    assert answer.point is not None
    return answer.point


@pytest.mark.parametrize("name", list(OTHER))
def test_a_plan_of_other_spreads_passes_the_checker(name: str) -> None:
    size = OTHER[name]
    small = Size(min(size.projects, 250), size.years, 4, size.asked, size.spread, size.large, size.pairs, size.quota)
    case = make_case(small, 5)
    model, task = task_for(case)
    _, out = heard_of(task, 8.0, 5e-3)
    assert out is not None and out.bound is not None
    if out.point is None:
        return
    assert out.bound >= out.value - 1e-6 * abs(out.value)
    settled = settle(case, model.space, model.program, task, out.point, time.monotonic() + 20)
    assert settled.plan is not None and verify(case, settled.plan).passed
