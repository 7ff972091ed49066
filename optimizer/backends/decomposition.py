"""The task taken apart by prices; where that does not fit, HiGHS on the whole model, and the answer says so."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import highspy
import numpy as np

from optimizer.backends import Report, highs
from optimizer.decomposition.room import Room, Unfit
from optimizer.task import Answer, Limits, Task


def solve(task: Task, limits: Limits, report: Report) -> Answer:
    """Solve by prices, 0/1 master and recourse."""
    begun = time.monotonic()
    version = f"价格分解（HiGHS {highspy.Highs().version()}）"
    try:
        found = Room(task, limits, report).run()
    except Exception as reason:  # Unfit; anything else is a defect, or memory, that must not cost the user the plan
        if not isinstance(reason, Unfit):
            logging.getLogger(__name__).exception("the way by prices failed")
        left = max(0.1, limits.seconds - (time.monotonic() - begun))
        answer = highs.solve(task, replace(limits, seconds=left), report)
        return replace(
            answer, seconds=time.monotonic() - begun, remark=f"whole model: {reason or type(reason).__name__}"
        )
    left = limits.seconds - (time.monotonic() - begun)
    if not found.proven and left > 1.0 and not found.stopped:
        start = task.start if found.point is None else np.rint(found.point).astype(np.int64)
        answer = highs.solve(replace(task, start=start), replace(limits, seconds=left), report)
        if found.value is not None and (answer.value is None or found.value > answer.value):
            answer = replace(answer, outcome="feasible", point=found.point, value=found.value)
        bounds = [b for b in (answer.bound, found.bound) if b is not None]
        return replace(answer, bound=min(bounds, default=None), seconds=time.monotonic() - begun, remark="whole model")
    outcome = "unknown" if found.point is None else "optimal" if found.proven else "feasible"
    return Answer(outcome, found.point, found.value, found.bound, version, time.monotonic() - begun)  # type: ignore[arg-type]
