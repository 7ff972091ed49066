"""The least relaxation of a task: its demands may give, at a price, and what gave is told.

Every rule that is not structural gives at a price of 1 per 万元 (10 per 亩, 1,000 per project).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from models.program import DEFINITION, FREE, Bools, Ints, Program, base_units
from models.rules import RULE_BY_ID
from optimizer.task import Answer, Limits, Task, row_sums
from optimizer.workers import Run, wait_for_news

Given = dict[tuple[int, int], int]
"""Rows of the model with the limit of each that must give (``UPPER`` rises, ``LOWER`` falls), and by how much at least,
in the row's own units."""
UPPER, LOWER = 1, -1
PRICE_OF_A_PROJECT = 1000.0
PRICE_OF_LAND = 10.0
LEAST_SECONDS = 0.2
"""Seconds below which nothing is looked for."""
CHEAP = 1e-3
"""The price of more from a demand that has to give anyway, against that of one which then need not give."""
MOST_GIVEN = 10**13
"""The most by which a demand may give, in units of its row before scaling."""
NEAR, NOISE = 0.2, 1e-5
"""How far from the cheapest a relaxation may be and still tell what clashes."""


def eased(given: Given) -> Callable[[Task], Task]:
    """Tasks as they are once some demands have given."""

    def ease(task: Task) -> Task:
        low, high = task.row_lower.copy(), task.row_upper.copy()
        for (r, side), amount in given.items():
            (low if side == LOWER else high)[r] += side * amount
        return replace(task, row_lower=low, row_upper=high, start=None)

    return ease


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when may be looked, and whether the user has had enough before."""

    until: float
    ended: Callable[[], bool] = lambda: False

    def left(self) -> float:
        """Seconds left; none once ended."""
        return 0.0 if self.ended() else self.until - time.monotonic()

    def wait(self, run: Run) -> Answer:
        """The answer of a run; what it has by then where the user ends it."""
        while run.answer is None:
            wait_for_news([run], 0.1)
            if self.ended():
                run.end()
        return run.answer


@dataclass(frozen=True, slots=True)
class Relaxed:
    """By how much rows give; ``telling``: near the cheapest that is, so that it tells what clashes; ``least``: no cheaper
    one is. ``point`` is a plan, in base units, that is one once they have given, up to what floats leave open."""

    given: Given
    telling: bool
    least: bool
    point: Ints


def relaxed(
    program: Program, task: Task, rows: Bools, seconds: float, clock: Clock, cheap: Container[int] = ()
) -> Relaxed | None:
    """By how much each of some rows gives in the cheapest relaxation; None where none is found.

    Rows that have to give anyway are ``cheap``: they give more before others begin to.
    """
    found = best_relaxation(program, task, rows, seconds, clock, cheap)
    return found if found is not None and found.telling else None


def best_relaxation(
    program: Program,
    task: Task,
    rows: Bools,
    seconds: float,
    clock: Clock,
    cheap: Container[int] = (),
    before: Ints | None = None,
) -> Relaxed | None:
    """By how much each of some rows gives in the best relaxation found.

    ``before``: a point that keeps all other rows, to start from.
    """
    if seconds < LEAST_SECONDS:
        return None
    elastic, owners = _elastic(program, task, rows, cheap)
    if before is not None:
        total = row_sums(task, before[task.col])
        over = [total[r] - task.row_upper[r] if side == UPPER else task.row_lower[r] - total[r] for r, side in owners]
        elastic = replace(elastic, start=np.append(before, np.maximum(0, np.array(over, dtype=np.int64))))
    begun, run = time.monotonic(), Run.start("highs", elastic, Limits(seconds, gap=1e-6))
    run.deadline = begun + seconds + LEAST_SECONDS
    answer = clock.wait(run)
    if answer.point is None:
        return None
    given: Given = {}
    for column, owner in enumerate(owners, start=task.width):
        if amount := ceil(float(answer.point[column]) - NOISE):
            given[owner] = amount
    early = time.monotonic() < begun + seconds / 2
    point = np.rint(answer.point[: task.width]).astype(np.int64)
    return Relaxed(given, telling(answer, early), answer.outcome == "optimal", point)


def telling(answer: Answer, early: bool) -> bool:
    """Whether a relaxation is near the cheapest one; the first that a solver stumbles on gives up everything.

    Where proofs in floats are none, it is told by the solver's having ended ``early``.
    """
    if answer.outcome == "optimal" or (answer.bound is None and early):
        return True
    if answer.value is None or answer.bound is None:
        return False
    return answer.bound - answer.value <= NEAR * abs(answer.value)


def _elastic(program: Program, task: Task, rows: Bools, cheap: Container[int]) -> tuple[Task, list[tuple[int, int]]]:
    """The task in which the demands among ``rows`` may give, and whose limit every added column is."""
    owners: list[tuple[int, int]] = []
    entries: list[tuple[int, int, int]] = []
    for r in range(program.height):
        rule = RULE_BY_ID.get(program.row_rule[r])
        if not rows[r] or rule is None or rule.always or program.row_policy[r] == DEFINITION:
            continue
        for limit, side in ((program.row_upper[r] < FREE, UPPER), (program.row_lower[r] > -FREE, LOWER)):
            if limit:
                entries.append((r, task.width + len(owners), -side))
                owners.append((r, side))
    added = np.array(entries, dtype=np.int64).reshape(-1, 3)
    prices = np.array([-_price(program, r) * (CHEAP if r in cheap else 1) for r, _ in owners])
    count = len(owners)
    room = np.array([min(MOST_GIVEN * int(program.row_scale[r]), FREE // 2) for r, _ in owners], dtype=np.int64)
    return (
        replace(
            task,
            lower=np.concatenate([task.lower, np.zeros(count, np.int64)]),
            upper=np.concatenate([task.upper, room]),
            integer=np.concatenate([task.integer, np.zeros(count, np.bool_)]),
            owner=np.concatenate([task.owner, np.full(count, -1)]),
            per=np.concatenate([task.per, np.array([units(program, r) for r, _ in owners], dtype=np.int64)]),
            row=np.concatenate([task.row, added[:, 0]]),
            col=np.concatenate([task.col, added[:, 1]]),
            value=np.concatenate([task.value, added[:, 2]]),
            objective=np.concatenate([np.zeros(task.width), prices]),
            whole_objective=np.zeros(task.width + count, np.int64),
            start=None,
        ),
        owners,
    )


def units(program: Program, r: int) -> int:
    """Row units of a violation in one shown unit: 100 × scale for money."""
    return int(program.row_scale[r]) * base_units(program.row_unit[r])


def _price(program: Program, r: int) -> float:
    prices = {"万元": 1.0, "亩": PRICE_OF_LAND}
    return prices.get(program.row_unit[r], PRICE_OF_A_PROJECT) / units(program, r)
