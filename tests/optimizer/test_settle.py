"""What of a task goes to a solver once ways are fixed: the same answer over fewer columns."""

import numpy as np
import pytest

from models.build import build
from optimizer.backends import highs
from optimizer.settle import fix_ways, loose_part
from optimizer.task import Limits, Task, task_of
from tests.cases import random_case


def fixed_task(seed: int) -> Task | None:
    """A random case with the ways of its best plan fixed."""
    program = build(random_case(seed)).program
    task = task_of(program, program.stages[program.main])
    best = highs.solve(task, Limits(5.0), lambda news: False)
    if best.point is None:
        return None
    ways = (best.point[: task.ways] > 0.5).astype(np.int64)
    return fix_ways(task, program, ways)


@pytest.mark.parametrize("seed", range(40))
def test_without_its_fixed_columns_a_task_has_the_same_best_plan(seed: int) -> None:
    fixed = fixed_task(seed)
    if fixed is None:
        return
    loose, free = loose_part(fixed)
    assert loose is not None and loose.width == len(free) <= fixed.width
    assert (fixed.lower[free] < fixed.upper[free]).all()
    whole = highs.solve(fixed, Limits(5.0), lambda news: False)
    part = highs.solve(loose, Limits(5.0), lambda news: False)
    assert part.outcome == whole.outcome
    if part.point is not None and whole.point is not None:
        point = fixed.lower.astype(float)
        point[free] = part.point
        worth = float(point @ fixed.objective)
        assert worth == pytest.approx(float(whole.point @ fixed.objective), rel=1e-6, abs=1e-6)
        total = np.bincount(fixed.row, fixed.value * point[fixed.col], fixed.height)
        slack = 1e-6 * np.maximum(1.0, np.abs(total))
        assert (total <= fixed.row_upper + slack).all() and (total >= fixed.row_lower - slack).all()


def test_a_row_of_fixed_columns_that_is_broken_is_seen_without_a_solver() -> None:
    fixed = next(task for seed in range(40) if (task := fixed_task(seed)) is not None)
    broken = fixed.with_row(np.zeros(0, np.int64), np.zeros(0, np.int64), 1, None)
    assert loose_part(broken)[0] is None
    held = np.flatnonzero(fixed.lower == fixed.upper)[:1]
    broken = fixed.with_row(held, np.array([2]), int(2 * fixed.lower[held[0]] + 1), None)
    assert loose_part(broken)[0] is None
    fine = fixed.with_row(held, np.array([2]), int(2 * fixed.lower[held[0]]), None)
    assert loose_part(fine)[0] is not None
