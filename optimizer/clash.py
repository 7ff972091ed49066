"""Why there is no plan: cheap reasons first, then the least relaxation that makes one possible.

The elastic model lets every rule that is not structural give at a price of 1 per 万元 (1,000 per
project), and reports what gave. It is a diagnosis, not a plan.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from models.program import DEFINITION, FREE, Bools, Program
from models.rules import RULE_BY_ID
from models.units import MONEY_PER_WAN
from optimizer.solution import Culprit
from optimizer.task import Limits, Task
from optimizer.workers import Run, wait_for_news

PRICE_OF_A_PROJECT = 1000


def impossible_rows(program: Program) -> list[int]:
    """Rows that no point can meet, whatever the other rows say."""
    reach = program.value * program.upper[program.col]
    most = np.zeros(program.height, np.int64)
    least = np.zeros(program.height, np.int64)
    np.add.at(most, program.row, np.maximum(reach, 0))
    np.add.at(least, program.row, np.minimum(reach, 0))
    bad = (most < program.row_lower) | (least > program.row_upper)
    return [int(r) for r in np.flatnonzero(bad)]


def culprits_of_rows(program: Program, rows: list[int]) -> tuple[Culprit, ...]:
    """The impossible rows as culprits, with the least by which each must give."""
    reach = program.value * program.upper[program.col]
    found = []
    for r in rows:
        mine = program.row == r
        short = int(program.row_lower[r]) - int(np.maximum(reach[mine], 0).sum())
        over = int(np.minimum(reach[mine], 0).sum()) - int(program.row_upper[r])
        found.append(_culprit(program, r, max(short, over)))
    return tuple(found)


def diagnose(program: Program, task: Task, seconds: float) -> tuple[Culprit, ...]:
    """The cheapest set of demands to relax, found by the elastic model within ``seconds``."""
    elastic, owners = _elastic(program, task)
    run = Run.start("highs", elastic, Limits(max(1.0, seconds), gap=0.01))
    while run.answer is None:
        wait_for_news([run], 0.2)
    point = run.answer.point
    if point is None:
        return ()
    given: dict[int, int] = {}
    for column, r in enumerate(owners, start=task.width):
        amount = round(float(point[column]))
        if amount:
            given[r] = given.get(r, 0) + amount
    return tuple(_culprit(program, r, amount) for r, amount in given.items())


def _elastic(program: Program, task: Task) -> tuple[Task, list[int]]:
    owners: list[int] = []
    entries: list[tuple[int, int, int]] = []
    for r in range(program.height):
        rule = RULE_BY_ID.get(program.row_rule[r])
        if rule is None or rule.always or program.row_policy[r] == DEFINITION:
            continue
        for limit, sign in ((program.row_upper[r] < FREE, -1), (program.row_lower[r] > -FREE, 1)):
            if limit:
                entries.append((r, task.width + len(owners), sign))
                owners.append(r)
    added = np.array(entries, dtype=np.int64).reshape(-1, 3)
    prices = np.array([-_price(program, r) for r in owners])
    count = len(owners)
    return (
        replace(
            task,
            lower=np.concatenate([task.lower, np.zeros(count, np.int64)]),
            upper=np.concatenate([task.upper, np.full(count, 10**13, np.int64)]),
            integer=np.concatenate([task.integer, np.zeros(count, np.bool_)]),
            per=np.concatenate([task.per, np.array([_per(program, r) for r in owners], dtype=np.int64)]),
            row=np.concatenate([task.row, added[:, 0]]),
            col=np.concatenate([task.col, added[:, 1]]),
            value=np.concatenate([task.value, added[:, 2]]),
            objective=np.concatenate([np.zeros(task.width), prices]),
            whole_objective=np.zeros(task.width + count, np.int64),
            start=None,
        ),
        owners,
    )


def _per(program: Program, r: int) -> int:
    """Base units of a violation in one shown unit: 万元 for rows over money."""
    mine = program.row == r
    return MONEY_PER_WAN if _is_money(program, mine) else 1


def _is_money(program: Program, mine: Bools) -> bool:
    return bool((program.per[program.col[mine]] == MONEY_PER_WAN).any())


def _price(program: Program, r: int) -> float:
    per = _per(program, r)
    smallest = float(np.abs(program.value[program.row == r]).min(initial=1))
    return (1.0 if per == MONEY_PER_WAN else PRICE_OF_A_PROJECT) / per / max(1.0, smallest)


def _culprit(program: Program, r: int, amount: int) -> Culprit:
    mine = program.row == r
    rule = RULE_BY_ID[program.row_rule[r]]
    smallest = int(np.abs(program.value[mine]).min(initial=1)) or 1
    if rule.unit == "产出":
        return Culprit(rule.id, program.row_key[r], Fraction(amount, smallest), "产出")
    if _is_money(program, mine) or (not mine.any() and rule.unit == "万元"):
        return Culprit(rule.id, program.row_key[r], Fraction(amount, smallest * MONEY_PER_WAN), "万元")
    return Culprit(rule.id, program.row_key[r], Fraction(amount, smallest), "个")
