"""Rows of what no project can take: nothing is lost, and the price bound gets tighter."""

import numpy as np
import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from models.program import FREE
from optimizer.backends import highs
from optimizer.decomposition import fit as fit_module
from optimizer.decomposition.bundle import good_prices
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.fit import fitted
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import split
from optimizer.task import Limits, Task, task_of
from tests.cases import random_case


def task_from(case) -> Task:
    made = build(case).program
    return task_of(made, made.stages[made.main])


@pytest.mark.parametrize("seed", range(20_000, 20_060))
def test_the_optimum_stays_the_same(seed: int) -> None:
    task = task_from(random_case(seed))
    more = fitted(task)
    before = highs.solve(task, Limits(10.0), lambda news: False)
    after = highs.solve(more, Limits(10.0), lambda news: False)
    assert after.outcome == before.outcome
    if before.value is not None:
        assert after.value == pytest.approx(before.value, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_every_new_row_follows_from_the_row_it_comes_from(seed: int) -> None:
    task = task_from(make_case(Size(120, 2, 15, quota=0.1, large=0.1), seed, True))
    more = fitted(task)
    assert more.height > task.height
    assert (more.row[: len(task.row)] == task.row).all()
    entries = np.arange(len(task.row), len(more.row))
    assert (np.diff(more.row_lower[: task.height]) == np.diff(task.row_lower)).all()
    for r in range(task.height, more.height):
        mine = entries[more.row[entries] == r]
        owner = np.unique(task.owner[more.col[mine]])
        assert len(owner) == 1
        assert owner[0] >= 0
        # the row with all others at their least is no looser: found among the rows with the same entries
        found = False
        for s in np.unique(task.row[np.isin(task.col, more.col[mine])]):
            there = task.row == s
            own = there & (task.owner[task.col] == owner[0])
            if sorted(zip(task.col[own], task.value[own], strict=True)) != sorted(
                zip(more.col[mine], more.value[mine], strict=True)
            ):
                continue
            rest = there & ~own
            reach = task.value[rest] * task.upper[task.col[rest]]
            least, most = int(np.minimum(reach, 0).sum()), int(np.maximum(reach, 0).sum())
            top = task.row_upper[s] - least if task.row_upper[s] < FREE else FREE
            bottom = task.row_lower[s] - most if task.row_lower[s] > -FREE else -FREE
            found |= more.row_upper[r] in (top, FREE) and more.row_lower[r] in (bottom, -FREE)
        assert found


def test_a_project_that_fits_in_no_whole_way_does_not_lift_the_price_bound() -> None:
    bounds = []
    task = task_from(make_case(Size(150, 2, 15, quota=0.1, large=0.15, spread=1.2), 3, True))
    for each in (task, fitted(task)):
        part = split(each)
        bounds.append(good_prices(Dual(Oracle(part)), 10.0)[0] * part.numbers.objective_scale)
    assert bounds[1] < bounds[0] * (1 - 1e-4)
    true = highs.solve(task, Limits(20.0, 1e-3), lambda news: False)
    assert true.value is not None
    assert true.value <= bounds[1] * (1 + 1e-9)


def test_a_row_too_wide_for_whole_numbers_is_left_alone(monkeypatch) -> None:
    task = task_from(make_case(Size(40, 1, 4, quota=0.1, large=0.2), 1, False))
    assert fitted(task).height > task.height
    monkeypatch.setattr(fit_module, "WIDEST", 0.0)
    assert fitted(task).height == task.height
