"""CP-SAT on the all-integer model only: every column a whole number of base units, tightly bounded."""

from __future__ import annotations

import time

import numpy as np
from ortools import __version__ as ortools_version
from ortools.sat.python import cp_model

from models.program import FREE
from optimizer.backends import Report
from optimizer.task import Answer, Limits, Outcome, Progress, Task, whole_bound

WIDEST = 2**61
BROAD = 2**50
"""From this reach of a row on presolve of CP-SAT 9.15 has called plans optimal that were not, as it does not without."""


def solve(task: Task, limits: Limits, report: Report) -> Answer:
    """Solve the exact integer model with one worker; bound is CP-SAT's own."""
    begun = time.monotonic()
    version = f"CP-SAT (OR-Tools {ortools_version})"
    reach = _reach(task)
    if reach >= WIDEST:
        return Answer("unknown", None, None, None, version, 0.0, "numbers too wide for 64 bits")
    model, columns = _model(task)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.1, limits.seconds)
    solver.parameters.relative_gap_limit = limits.gap
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = limits.seed
    solver.parameters.cp_model_presolve = limits.presolve and reach < BROAD
    status = solver.solve(model, _Watcher(task, columns, report))
    return _answer(solver, solver.status_name(status), columns, task, version, time.monotonic() - begun)


def _model(task: Task) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    bounds = zip(task.lower.tolist(), task.upper.tolist(), strict=True)
    columns = [model.new_int_var(low, high, "") for low, high in bounds]
    order = np.argsort(task.row, kind="stable")
    edges = np.searchsorted(task.row[order], np.arange(task.height + 1))
    for r in range(task.height):
        part = order[edges[r] : edges[r + 1]]
        cells = [columns[j] for j in task.col[part]]
        expression = cp_model.LinearExpr.weighted_sum(cells, task.value[part].tolist())
        low = int(task.row_lower[r]) if task.row_lower[r] > -FREE else -WIDEST
        high = int(task.row_upper[r]) if task.row_upper[r] < FREE else WIDEST
        model.add_linear_constraint(expression, low, high)
    used = np.flatnonzero(task.whole_objective)
    cells = [columns[j] for j in used]
    model.maximize(cp_model.LinearExpr.weighted_sum(cells, task.whole_objective[used].tolist()))
    if task.start is not None:
        for column, value in zip(columns, task.start.tolist(), strict=True):
            model.add_hint(column, value)
    return model, columns


def _reach(task: Task) -> float:
    """The largest sum that a row or the aim may come to."""
    reach = np.zeros(task.height)
    np.add.at(reach, task.row, np.abs(task.value.astype(float)) * task.upper[task.col])
    aim = float((np.abs(task.whole_objective.astype(float)) * task.upper).sum())
    return float(max(reach.max(initial=0.0), aim))


class _Watcher(cp_model.CpSolverSolutionCallback):
    def __init__(self, task: Task, columns: list[cp_model.IntVar], report: Report) -> None:
        super().__init__()
        self.task, self.columns, self.report = task, columns, report

    def on_solution_callback(self) -> None:
        point = np.array([self.value(column) for column in self.columns], dtype=float)
        value, bound = self.objective_value / self.task.whole_scale, whole_bound(self.task, self.best_objective_bound)
        if self.report(Progress(value, bound, point)):
            self.stop_search()


def _answer(
    solver: cp_model.CpSolver, name: str, columns: list[cp_model.IntVar], task: Task, version: str, seconds: float
) -> Answer:
    if name == "INFEASIBLE":
        return Answer("infeasible", None, None, None, version, seconds, name)
    told = solver.best_objective_bound
    bound = told / task.whole_scale if name == "OPTIMAL" else whole_bound(task, told)
    if name not in ("OPTIMAL", "FEASIBLE"):
        return Answer("unknown", None, None, bound if name == "UNKNOWN" else None, version, seconds, name)
    point = np.array([solver.value(column) for column in columns], dtype=float)
    outcome: Outcome = "optimal" if name == "OPTIMAL" else "feasible"
    return Answer(outcome, point, float(point @ task.objective), bound, version, seconds, name)
