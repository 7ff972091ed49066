"""The big sample: within its gap, far above the scored list, with many rules that bind or cost something."""

from dataclasses import replace

import numpy as np

from inputs.case.read import read_case
from inputs.samples import write_sample
from models.build import build
from models.case import Case, Policy
from optimizer.baseline import scored_list
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Limits, task_of
from optimizer.workers import Run, wait_for_news


def divisible_bound(case: Case) -> float:
    """Largest benefit when projects could be done in parts: cheap, and a rule that lowers it costs something."""
    program = build(case).program
    task = task_of(program, program.stages[program.main])
    run = Run.start("highs", replace(task, integer=np.zeros_like(task.integer)), Limits(60, tolerance=1e-7))
    while run.answer is None:
        wait_for_news([run], 0.2)
    assert run.answer.value is not None
    return run.answer.value


def without(case: Case, rule: str) -> Case:
    rest = tuple(p for p in case.policies if p.rule != rule)
    return replace(case, policies=rest if len(rest) < len(case.policies) else (*rest, Policy(rule, value="停用")))


def test_longdong(tmp_path) -> None:
    write_sample("longdong", tmp_path / "c.xlsx")
    case = read_case(tmp_path / "c.xlsx").case
    assert case is not None
    found = solve(case, Options(time_limit=90, gap=0.001))
    assert found.verdict is not None and found.verdict.passed
    assert found.gap is not None and found.gap <= 0.005
    assert found.value >= scored_list(case).benefit * 105 / 100
    assert {r.project for r in found.reasons} == {p.id for p in case.projects} - set(found.plan.choice_of)
    bind = {m.rule for m in found.verdict.measures if m.slack == 0 and m.actual} - {"way"}
    bound = divisible_bound(case)
    cost = {
        r
        for r in ("category_quota", "prerequisite", "output_target", "bundle")
        if divisible_bound(without(case, r)) > bound * 1.0001
    }
    assert len(bind | cost) >= 12, (sorted(bind), sorted(cost))
