"""What a plan leaves open – bonds used as capital, promised top-ups, land moves – set so that its rules hold if they can.

Choices and money stay as they are; only rows that speak of what is open are asked, so that a rule broken
elsewhere does not stand in the way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.allocation import Allocation
from models.build import build
from models.case import Case
from models.lean import lean
from models.program import FREE
from models.translate import plan_of, point_of, with_capital
from optimizer.task import Limits, task_of
from optimizer.workers import Run, wait_for_news

SECONDS = 5.0


def complete(case: Case, plan: Allocation) -> Allocation:
    """The plan with the least capital, top-ups and moves that meet its rules; as it is where none do."""
    model = build(case)
    space, program = model.space, model.program
    open_ = [*space.capital.values(), *space.topup.values(), *space.move.values()]
    try:
        point = point_of(space, plan)
    except KeyError:  # money where the model has none: the checker names it
        return plan
    if not open_:
        return plan
    task = task_of(program, program.stages[program.main])
    lower, upper = task.lower.copy(), task.upper.copy()
    held = np.ones(task.width, dtype=np.bool_)
    held[open_] = False
    held[len(point) :] = False  # violations of soft rules
    held[list(space.gate.values())] = False
    lower[: len(point)][held[: len(point)]] = point[held[: len(point)]]
    upper[: len(point)][held[: len(point)]] = point[held[: len(point)]]
    asked = np.zeros(task.height, dtype=np.bool_)
    asked[task.row[np.isin(task.col, open_)]] = True
    fixed = replace(
        task,
        lower=lower,
        upper=np.maximum(lower, upper),
        row_lower=np.where(asked, task.row_lower, -FREE),
        row_upper=np.where(asked, task.row_upper, FREE),
        objective=np.zeros_like(task.objective),
        start=None,
    )
    run = Run.start("highs", fixed, Limits(SECONDS))
    while run.answer is None:
        wait_for_news([run], 0.1)
    if run.answer.point is None:
        return plan
    found = plan_of(space, np.rint(run.answer.point[: len(point)]).astype(np.int64))
    capital: dict[str, int] = {}
    for p in found.payments:
        capital[p.project] = capital.get(p.project, 0) + p.capital
    payments = with_capital(case, plan.payments, capital)  # the plan's own amounts, also where they are no whole steps
    return lean(case, Allocation.of(plan.choices, payments, found.topups, found.moves))
