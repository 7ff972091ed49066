"""Ways without room: what is called so has no plan by CP-SAT, and what needs more than there is spoils no proof."""

from dataclasses import replace

import numpy as np

from models.build import build
from optimizer.backends import WIDE, beyond_floats
from optimizer.barred import barred
from optimizer.change.swift import swift_answer
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Limits, spread, task_of
from optimizer.workers import Run, wait_for_news
from tests.cases import case, fund, project, random_case


def giant_case(many: int = 30):
    """A railway of 80 billion yuan, funds of 70, and works of half a million and more."""
    small = [project(f"P{k}", 50 * k, 1 + k % 7) for k in range(1, many)]
    return case([project("P0", 8_000_000, 900), *small], [fund(limit=7_000_000)])


def test_what_is_called_barred_has_no_plan_by_cp_sat() -> None:
    """Each such way of 300 random cases is demanded in turn, in whole base units."""
    seen = 0
    for seed in range(300):
        program = build(random_case(seed)).program
        task = task_of(program, program.stages[program.main])
        for way in barred(task).tolist():
            seen += 1
            lower = task.lower.copy()
            lower[way] = 1
            whole = replace(task, lower=lower, integer=np.ones_like(task.integer), start=None)
            run = Run.start("cpsat", whole, Limits(20.0))
            while run.answer is None:
                wait_for_news([run], 0.1)
            assert run.answer.outcome == "infeasible", (seed, way)
    assert seen > 50


def test_a_project_that_no_funds_can_pay_does_not_take_the_proof_away() -> None:
    given = giant_case(400)
    program = build(given).program
    task = task_of(program, program.stages[program.main])
    assert spread(task) >= WIDE and barred(task).tolist() == [0]
    assert not beyond_floats(task.without(barred(task)))
    found = solve(given, Options(second=""))
    assert found.status == "optimal" and found.value == sum(1 + k % 7 for k in range(1, 400)) and not found.remark
    less = replace(given, funds=(fund(limit=3_000),))
    assert found.plan is not None
    swift = swift_answer(less, found.plan)
    assert swift is not None and swift.gap is not None and swift.gap < 0.01


def test_one_that_could_be_paid_takes_it_and_the_reason_is_told() -> None:
    found = solve(replace(giant_case(400), funds=(fund(limit=8_000_200),)), Options(second="", time_limit=10))
    assert found.status == "feasible" and found.bound is None and "不可信" in found.remark


def test_sums_wider_than_64_bits_say_nothing() -> None:
    program = build(giant_case(4)).program
    task = task_of(program, program.stages[program.main])
    wide = replace(task, value=np.where(task.upper[task.col] > 1, 2**60, task.value))
    assert barred(task).size == 1 and barred(wide).size == 0
