"""SCIP through MathOpt: no streaming, so it gets the limit less a reserve."""

from __future__ import annotations

import datetime
import time

import numpy as np
from ortools import __version__ as ortools_version
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from optimizer.backends import Report
from optimizer.task import Answer, Limits, Outcome, Scaled, Task, dual_tolerance, scaled

RESERVE = 0.05


def solve(task: Task, limits: Limits, report: Report) -> Answer:
    """Solve with one thread and a fixed seed; bound from SCIP's own objective bounds."""
    begun = time.monotonic()
    numbers = scaled(task)
    model = mathopt.Model.from_model_proto(_proto(task, numbers))
    parameters = mathopt.SolveParameters(
        time_limit=datetime.timedelta(seconds=max(0.1, limits.seconds * (1 - RESERVE))),
        relative_gap_tolerance=limits.gap,
        absolute_gap_tolerance=0.0,
        threads=1,
        random_seed=limits.seed,
        node_limit=limits.nodes,
    )
    parameters.gscip.real_params["numerics/feastol"] = 1e-9
    parameters.gscip.real_params["numerics/dualfeastol"] = dual_tolerance(numbers)
    version = f"SCIP (OR-Tools {ortools_version})"
    try:
        result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=parameters)
    except (AttributeError, RuntimeError, ValueError) as error:
        return Answer("unknown", None, None, None, version, time.monotonic() - begun, f"{type(error).__name__}")
    return _answer(result, task, numbers, version, time.monotonic() - begun)


def _proto(task: Task, numbers: Scaled) -> model_pb2.ModelProto:
    order = np.lexsort((task.col, task.row))
    proto = model_pb2.ModelProto()
    proto.variables.ids.extend(range(task.width))
    proto.variables.lower_bounds.extend(numbers.lower)
    proto.variables.upper_bounds.extend(numbers.upper)
    proto.variables.integers.extend(task.integer.tolist())
    used = np.flatnonzero(numbers.objective)
    proto.objective.maximize = True
    proto.objective.linear_coefficients.ids.extend(used.tolist())
    proto.objective.linear_coefficients.values.extend(numbers.objective[used])
    proto.linear_constraints.ids.extend(range(task.height))
    proto.linear_constraints.lower_bounds.extend(numbers.row_lower)
    proto.linear_constraints.upper_bounds.extend(numbers.row_upper)
    proto.linear_constraint_matrix.row_ids.extend(task.row[order].tolist())
    proto.linear_constraint_matrix.column_ids.extend(task.col[order].tolist())
    proto.linear_constraint_matrix.coefficients.extend(numbers.value[order])
    return proto


def _answer(result: mathopt.SolveResult, task: Task, numbers: Scaled, version: str, seconds: float) -> Answer:
    reason = result.termination.reason
    remark = reason.name
    if reason in (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED):
        return Answer("infeasible", None, None, None, version, seconds, remark)
    bound = result.termination.objective_bounds.dual_bound * numbers.objective_scale
    proven = float(bound) if np.isfinite(bound) else None
    if not result.has_primal_feasible_solution():
        return Answer("unknown", None, None, proven, version, seconds, remark)
    values = result.variable_values()
    point = np.array([values[v] for v in sorted(values, key=lambda v: v.id)], dtype=np.float64) * task.per.astype(
        np.float64
    )
    outcome: Outcome = "optimal" if reason == mathopt.TerminationReason.OPTIMAL else "feasible"
    return Answer(outcome, point, result.objective_value() * numbers.objective_scale, proven, version, seconds, remark)
