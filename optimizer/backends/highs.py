"""HiGHS through highspy: streams plans and its own bound, stops when asked."""

from __future__ import annotations

import time
from typing import Any

import highspy
import numpy as np

from optimizer.backends import Report
from optimizer.task import DUAL_TOLERANCE, Answer, Limits, Outcome, Progress, Scaled, Task, dual_tolerance, scaled


def solve(task: Task, limits: Limits, report: Report) -> Answer:
    """Solve with one thread and a fixed seed. Bound and gap are HiGHS' own."""
    begun = time.monotonic()
    numbers = scaled(task)
    solver = _solver(limits, tolerance_of(limits, numbers))
    solver.setOptionValue("dual_feasibility_tolerance", dual_tolerance(numbers))
    if solver.passModel(model_of(task, numbers)) == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refused the model")
    if task.start is not None:
        _set_start(solver, task)
    _listen(solver, task, numbers, report)
    solver.solve()
    return _answer(solver, task, numbers, time.monotonic() - begun)


def tolerance_of(limits: Limits, numbers: Scaled) -> float:
    """How near rows and whole columns must hold; the tolerance of reduced costs in the search is a part of it."""
    return max(numbers.noise, limits.tolerance * min(1.0, dual_tolerance(numbers) / DUAL_TOLERANCE))


def _solver(limits: Limits, tolerance: float) -> highspy.Highs:
    solver = highspy.Highs()
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": limits.seed,
        "time_limit": max(0.1, limits.seconds),
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 0.0,
        "mip_allow_restart": False,
        "mip_feasibility_tolerance": tolerance,
        "primal_feasibility_tolerance": tolerance,
    }
    if not limits.presolve:
        options["presolve"] = "off"
    if limits.nodes is not None:
        options["mip_max_nodes"] = limits.nodes
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


def model_of(task: Task, numbers: Scaled) -> highspy.HighsLp:
    """The task as HiGHS takes it, rows by rows."""
    order = np.lexsort((task.col, task.row))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = task.width, task.height
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = numbers.objective
    model.col_lower_, model.col_upper_ = numbers.lower, numbers.upper
    model.row_lower_ = np.where(np.isinf(numbers.row_lower), -highspy.kHighsInf, numbers.row_lower)
    model.row_upper_ = np.where(np.isinf(numbers.row_upper), highspy.kHighsInf, numbers.row_upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(task.row[order], np.arange(task.height + 1)).astype(np.int32)
    model.a_matrix_.index_ = task.col[order].astype(np.int32)
    model.a_matrix_.value_ = numbers.value[order]
    whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    model.integrality_ = [whole if flag else free for flag in task.integer]
    return model


def _set_start(solver: highspy.Highs, task: Task) -> None:
    if task.start is None:
        return
    solution = highspy.HighsSolution()
    solution.col_value = list(task.start / task.per)
    solver.setSolution(solution)


def _listen(solver: highspy.Highs, task: Task, numbers: Scaled, report: Report) -> None:
    def news(event: Any, point: Any) -> None:
        out = event.data_out
        value, bound = out.mip_primal_bound * numbers.objective_scale, out.mip_dual_bound * numbers.objective_scale
        stop = report(Progress(_finite(value), _finite(bound), point))
        if stop:
            event.interrupt()

    solver.cbMipImprovingSolution.subscribe(lambda e: news(e, np.array(e.data_out.mip_solution) * task.per))
    solver.cbMipLogging.subscribe(lambda e: news(e, None))
    solver.cbMipInterrupt.subscribe(lambda e: news(e, None))


def _finite(value: float) -> float | None:
    return value if abs(value) < 1e30 and np.isfinite(value) else None


def _answer(solver: highspy.Highs, task: Task, numbers: Scaled, seconds: float) -> Answer:
    status, info = solver.getModelStatus(), solver.getInfo()
    version = f"HiGHS {solver.version()}"
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Answer("infeasible", None, None, None, version, seconds)
    found = info.primal_solution_status == 2 and len(solver.getSolution().col_value) == task.width
    point = np.array(solver.getSolution().col_value) * task.per.astype(np.float64) if found else None
    value = float(info.objective_function_value) * numbers.objective_scale if found else None
    proven = status == highspy.HighsModelStatus.kOptimal
    bound = _finite(info.mip_dual_bound * numbers.objective_scale) if task.integer.any() else value if proven else None
    outcome: Outcome = "optimal" if proven and found else "feasible" if found else "unknown"
    return Answer(outcome, point, value, bound, version, seconds, solver.modelStatusToString(status))
