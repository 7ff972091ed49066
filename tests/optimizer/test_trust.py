"""Where one project is ten million times the unit of money, floats prove nothing: only whole numbers do."""

from dataclasses import replace

from models.build import build
from optimizer.backends import WIDE, load
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Limits, spread, task_of
from tests.cases import case, fund, project

QUICK = Options(time_limit=10)


def wide_case():
    """A railway of 200 billion yuan beside works of a few thousand."""
    projects = [project("P0", 20_000_000, 300, profile=(20_000_000,))]
    projects += [project(f"P{k}", 3 + k, 20 + k) for k in range(1, 9)]
    return case(projects, [fund(limit=20_000_020)])


def test_float_solvers_keep_their_plan_and_say_no_bound(monkeypatch) -> None:
    program = build(wide_case()).program
    task = task_of(program, program.stages[program.main])
    assert spread(task) >= WIDE > spread(task_of(*_narrow()))
    heard: list[float | None] = []
    answer = load("highs")(task, Limits(5.0), lambda news: bool(heard.append(news.bound)))
    assert answer.point is not None and answer.bound is None and answer.outcome == "feasible"
    assert not any(bound is not None for bound in heard)


def _narrow() -> tuple:
    program = build(case([project("P1", 5), project("P2", 4)], [fund(limit=6)])).program
    return program, program.stages[program.main]


def test_the_proof_comes_from_whole_numbers() -> None:
    found = solve(wide_case(), QUICK)
    assert found.status == "optimal" and found.second is not None and found.second.solver.startswith("CP-SAT")
    best = max(
        300 * a + sum(20 + k for k in range(1, 9) if which >> k & 1)
        for a in (0, 1)
        for which in range(0, 512, 2)
        if 20_000_000 * a + sum(3 + k for k in range(1, 9) if which >> k & 1) <= 20_000_020
    )
    assert found.value == best == found.bound
    alone = solve(wide_case(), replace(QUICK, second=""))
    assert alone.value is not None and alone.value <= best
    assert alone.bound is None or alone.bound >= best
