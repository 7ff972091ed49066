"""CBC through PuLP: no streaming and no bound unless it ends proven; names are opaque ASCII."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pulp

from optimizer.backends import Report
from optimizer.task import Answer, Limits, Scaled, Task, dual_tolerance, scaled

RESERVE = 0.05


def solve(task: Task, limits: Limits, report: Report) -> Answer:
    """Solve with one thread. ``sol_status`` tells the truth, ``status`` does not."""
    begun = time.monotonic()
    numbers = scaled(task)
    with warnings.catch_warnings():  # PuLP 3 warns of names that PuLP 4 drops; the pin is below 4
        warnings.simplefilter("ignore", DeprecationWarning)
        problem, columns = _problem(task, numbers)
        _run(problem, limits, numbers)
    version = f"CBC (PuLP {pulp.__version__})"
    return _answer(problem, columns, task, numbers, version, time.monotonic() - begun)


def _run(problem: pulp.LpProblem, limits: Limits, numbers: Scaled) -> None:
    command = pulp.PULP_CBC_CMD(
        msg=False,
        threads=1,
        timeLimit=max(1, int(limits.seconds * (1 - RESERVE))),
        gapRel=limits.gap,
        options=[
            f"randomSeed {limits.seed}",
            "primalTolerance 1e-9",
            "integerTolerance 1e-9",
            f"dualTolerance {dual_tolerance(numbers):g}",
        ],
    )
    problem.solve(command)


def _problem(task: Task, numbers: Scaled) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    problem = pulp.LpProblem("fundopt", pulp.LpMaximize)
    kinds = ["Integer" if flag else "Continuous" for flag in task.integer]
    bounds = zip(numbers.lower.tolist(), numbers.upper.tolist(), strict=True)
    columns = [
        problem.add_variable(f"c{j}", low, high, cat=kind)
        for j, ((low, high), kind) in enumerate(zip(bounds, kinds, strict=True))
    ]
    used = np.flatnonzero(numbers.objective)
    problem += pulp.LpAffineExpression([(columns[j], float(numbers.objective[j])) for j in used])
    order = np.argsort(task.row, kind="stable")
    edges = np.searchsorted(task.row[order], np.arange(task.height + 1))
    for r in range(task.height):
        part = order[edges[r] : edges[r + 1]]
        _add_row(problem, columns, task, numbers, r, part)
    return problem, columns


def _add_row(
    problem: pulp.LpProblem, columns: list[pulp.LpVariable], task: Task, numbers: Scaled, r: int, part: object
) -> None:
    cells = [(columns[task.col[k]], float(numbers.value[k])) for k in np.asarray(part)]
    expression = pulp.LpAffineExpression(cells)
    low, high = float(numbers.row_lower[r]), float(numbers.row_upper[r])
    if low == high:
        problem.addConstraint(pulp.LpConstraint(expression, pulp.LpConstraintEQ, f"e{r}", low))
        return
    if np.isfinite(low):
        problem.addConstraint(pulp.LpConstraint(expression, pulp.LpConstraintGE, f"g{r}", low))
    if np.isfinite(high):
        problem.addConstraint(pulp.LpConstraint(expression, pulp.LpConstraintLE, f"l{r}", high))


def _answer(
    problem: pulp.LpProblem,
    columns: list[pulp.LpVariable],
    task: Task,
    numbers: Scaled,
    version: str,
    seconds: float,
) -> Answer:
    found = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    remark = str(pulp.LpSolution.get(problem.sol_status, problem.sol_status))
    if problem.status == pulp.LpStatusInfeasible:
        return Answer("infeasible", None, None, None, version, seconds, remark)
    if not found:
        return Answer("unknown", None, None, None, version, seconds, remark)
    point = np.array([c.varValue or 0.0 for c in columns]) * task.per.astype(np.float64)
    value = float(point @ task.objective)
    if problem.sol_status == pulp.LpSolutionOptimal:
        return Answer("optimal", point, value, value, version, seconds, remark)
    return Answer("feasible", point, value, None, version, seconds, remark)
