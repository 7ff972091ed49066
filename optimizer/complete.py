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
from models.program import FREE, Floats
from models.translate import plan_of, point_of, with_capital
from optimizer.backends import EXACT
from optimizer.task import Limits, Task, task_of
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
        integer=np.ones_like(task.integer),  # a part of 0.01 万元 rounded off may be what a floor lacks
        start=None,
    )
    answer = _answer(EXACT, fixed)
    if answer is None:  # figures too wide for whole numbers of 64 bits
        answer = _answer("highs", fixed)
    if answer is None:
        return plan
    found = plan_of(space, np.rint(answer[: len(point)]).astype(np.int64))
    capital: dict[str, int] = {}
    for p in found.payments:
        capital[p.project] = capital.get(p.project, 0) + p.capital
    payments = with_capital(case, plan.payments, capital)  # the plan's own amounts, also where they are no whole steps
    return lean(case, Allocation.of(plan.choices, payments, found.topups, found.moves))


def _answer(backend: str, task: Task) -> Floats | None:
    """The point that a solver finds; None without one."""
    run = Run.start(backend, task, Limits(SECONDS))
    while run.answer is None:
        wait_for_news([run], 0.1)
    return run.answer.point
