"""Numbers go to solvers without a rounding error that presolve could take for structure."""

from dataclasses import replace

import numpy as np
import pytest

from models.build import build
from models.program import FREE
from optimizer.backends import cpsat, highs
from optimizer.task import Limits, Task, scaled, task_of
from tests.cases import random_case

ROWS = (
    (0, 0, {0: -3061, 1: -3431, 2: -235, 5: 1000}),
    (0, 0, {0: -4592, 1: -5147, 6: 1}),
    (0, 0, {3: -1078, 7: 1, 8: 1}),
    (0, 0, {4: -847, 11: 1, 12: 1}),
    (-FREE, 15198, {7: 1, 9: 1, 10: 1, 11: 1}),
    (-FREE, 0, {6: 1, 8: 1, 12: 1}),
)
LOWER = (0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
UPPER = (0, 1, 1, 1, 1, 3, 5147, 6087, 6087, 10726, 8427, 847, 847)
GAIN = (94, 107, 104, 136, 200, 0, 0, 0, 0, 0, 0, 0, 0)
WHOLE = 6
BEST = 336


def six_rows() -> Task:
    """Cut down from a case of 16 projects whose optimum HiGHS 1.16 missed when rows were divided by their smallest entry."""
    whole = np.arange(len(UPPER)) < WHOLE
    entries = [(r, j, v) for r, (_, _, row) in enumerate(ROWS) for j, v in row.items()]
    row, col, value = (np.array([e[k] for e in entries], np.int64) for k in range(3))
    return Task(
        np.array(LOWER, np.int64), np.array(UPPER, np.int64), whole, np.where(whole, 1, 100),
        np.zeros(len(UPPER), np.int64), WHOLE, row, col, value, np.array([r[0] for r in ROWS], np.int64),
        np.array([r[1] for r in ROWS], np.int64), np.array(GAIN, float), np.array(GAIN, np.int64), 1.0,
    )  # fmt: skip


def test_the_best_plan_is_found_whether_the_model_is_simplified_or_not() -> None:
    task, news = six_rows(), lambda progress: False
    exact = cpsat.solve(task, Limits(20.0), news)
    assert exact.outcome == "optimal" and exact.value == BEST
    for presolve in (True, False):
        found = highs.solve(task, Limits(20.0, presolve=presolve), news)
        assert found.outcome == "optimal" and found.value == pytest.approx(BEST)


@pytest.mark.parametrize("seed", range(40))
def test_rows_are_divided_without_rounding_and_whole_ones_stay_whole(seed: int) -> None:
    program = build(random_case(seed)).program
    task = task_of(program, program.stages[program.main])
    numbers = scaled(task)
    exact = task.value * task.per[task.col]
    for r in range(task.height):
        mine = (task.row == r) & (exact != 0)
        if not mine.any():
            continue
        times = exact[mine] / numbers.value[mine]
        assert (times == times[0]).all() and (numbers.value[mine] * times[0] == exact[mine]).all()
        if task.row_upper[r] != FREE:
            assert numbers.row_upper[r] * times[0] == task.row_upper[r]
        if task.integer[task.col[task.row == r]].all():
            assert (numbers.value[mine] == np.rint(numbers.value[mine])).all()
            assert np.gcd.reduce(np.abs(numbers.value[mine]).astype(np.int64)) == 1
        else:
            assert 1 <= np.abs(numbers.value[mine]).min() < 2


def test_presolve_of_cp_sat_is_left_out_where_sums_are_broad(monkeypatch) -> None:
    seen = []
    solver = cpsat.cp_model.CpSolver

    class Watched(solver):  # type: ignore[misc, valid-type]
        def solve(self, *args):
            seen.append(self.parameters.cp_model_presolve)
            return super().solve(*args)

    monkeypatch.setattr(cpsat.cp_model, "CpSolver", Watched)
    task = six_rows()
    for _ in range(2):
        cpsat.solve(task, Limits(20.0), lambda progress: False)
        monkeypatch.setattr(cpsat, "BROAD", 1000)
    assert seen == [True, False]


def test_large_entries_times_their_units_do_not_wrap_round() -> None:
    """Rows that hold an aim have entries near 2⁵⁸; times the 100 units of a column they are beyond 64 bits."""
    task = six_rows()
    wide = replace(
        task, value=np.where(task.row == 4, 2**57, task.value), row_upper=np.where(np.arange(6) == 4, FREE, 0)
    )
    with np.errstate(all="raise"):
        numbers = scaled(wide)
    assert np.isfinite(numbers.divisor).all() and (numbers.divisor > 0).all()
    assert np.isfinite(numbers.value).all() and (numbers.value[task.row == 4] >= 1).all()
