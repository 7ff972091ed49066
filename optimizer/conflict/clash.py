"""Why there is no plan: cheap reasons first, then the least relaxation that makes one possible.

It is a diagnosis, not a plan. What is told is held against whole projects and whole steps of funds as far as the time
allows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from models.allocation import Allocation
from models.build import Model
from models.case import Scope
from models.program import Bools, Ints, Program
from models.rule import Sense
from models.rules import RULE_BY_ID
from optimizer.conflict.relax import LEAST_SECONDS, UPPER, Given, best_relaxation, eased, relaxed, units
from optimizer.conflict.sight import ALONE_SECONDS, by_themselves
from optimizer.solution import Culprit
from optimizer.task import Limits, Task, row_sums
from optimizer.workers import Run, wait_for_news

SMALL = 400
INSTEAD_SECONDS, ENOUGH_SECONDS = 8.0, 3.0
"""The most that looking for another way out, and whether one is enough, takes."""
WAYS_OUT, MOST_INSTEAD = 2, 5
"""How many other ways out are looked for, and of how many demands one may be."""


@dataclass(frozen=True, slots=True)
class Clash:
    """What has to give; ``whole`` where that is known to be enough."""

    culprits: tuple[Culprit, ...] = ()
    whole: bool = False


def culprits_of(model: Model, given: Given) -> tuple[Culprit, ...]:
    """Demands that give, with their rules and units, and what each is now where it is a plain limit."""
    return tuple(_culprit(model, r, side, amount) for (r, side), amount in given.items())


def diagnose(model: Model, task: Task, seconds: float, before: Ints | None = None, seen: Given | None = None) -> Clash:
    """The cheapest set of demands to relax, and short sets to relax instead where those stay, within ``seconds``.

    ``before`` is the point of a plan that held until the case was changed: the demands that it breaks are the ones that
    came, and are looked at first. Then ``seen``, demands known to be in the way by themselves, or those on one project
    that clash among themselves: they are found whatever the size; and with them what else has to give.
    """
    until, program = time.monotonic() + seconds, model.program
    hard = model.hard
    came = None if before is None else _broken(program, task, before) & hard
    stepped = replace(task, integer=program.integer)  # large tasks count in parts of steps
    by_step = (task,) if (task.integer == program.integer).all() else (task, stepped)
    if came is not None and came.any():
        assert before is not None
        if clash := _of_what_came(model, by_step, came, before, until):
            return clash
    small, seen = task, seen or {}
    if not seen and (alone := by_themselves(task)) is not None:
        small, seen = alone, relaxed(program, alone, hard, min(ALONE_SECONDS, seconds)) or {}
    divisible = replace(task, integer=np.zeros_like(task.integer))
    whole = replace(task, integer=np.ones_like(task.integer), per=np.ones_like(task.per))  # in 0.01 万元
    # a small model says the whole truth; in a large one the clash mostly shows without whole projects
    *_, last = attempts = (whole, task, divisible) if task.width <= SMALL else (divisible, *by_step)
    told = seen
    for each in attempts:
        left = until - time.monotonic()
        seconds = left if each is last else left / 2
        more = relaxed(program, eased(seen)(each), hard, seconds, {r for r, _ in seen})
        if not more and (more is None or not seen):
            continue
        told = {side: seen.get(side, 0) + more.get(side, 0) for side in {**seen, **more}}
        full = None if each is whole or each is by_step[-1] else stepped
        enough = full is None or _enough(full, told, until)
        if enough is not False:
            return replace(_told(model, each, told, until, full), whole=bool(enough))
    return replace(_told(model, small, told, until), whole=False) if told else Clash()


def _of_what_came(model: Model, tasks: tuple[Task, ...], came: Bools, before: Ints, until: float) -> Clash | None:
    """What of the demands that came has to give; the last of the tasks is the whole truth. None where nothing is found."""
    seconds = (until - time.monotonic()) / 2 / len(tasks)
    for each in tasks:
        given, least = best_relaxation(model.program, each, came, seconds, before=before)
        enough = each is tasks[-1] or (_enough(tasks[-1], given, until) if given else None)
        if not given or enough is False:
            continue
        # where it is not the least, a plan there is with it; whether with less, the time did not tell
        mine = tuple(replace(c, least=least) for c in culprits_of(model, given))
        return replace(_told(model, each, given, until) if least else Clash(mine), whole=bool(enough))
    return None


def _told(model: Model, task: Task, given: Given, until: float, full: Task | None = None) -> Clash:
    return Clash((*culprits_of(model, given), *_instead(model, task, given, until, full)), whole=True)


def _enough(task: Task, given: Given, until: float) -> bool | None:
    """Whether there is a plan once demands have given so much; None where the time does not tell."""
    seconds = min(ENOUGH_SECONDS, (until - time.monotonic()) / 2)
    if seconds < LEAST_SECONDS:
        return None
    aimless = replace(task, objective=np.zeros(task.width), whole_objective=np.zeros(task.width, np.int64))
    run = Run.start("highs", eased(given)(aimless), Limits(seconds))
    while run.answer is None:
        wait_for_news([run], 0.2)
    return True if run.answer.point is not None else False if run.answer.outcome == "infeasible" else None


def _instead(model: Model, task: Task, given: Given, until: float, full: Task | None) -> Iterator[Culprit]:
    """Other ways out, each with the demands of those before kept, as long as they are short enough to be told.

    Where the task is a relaxation of the ``full`` one, those that are not enough there are left out.
    """
    rows = model.hard
    for number in range(1, WAYS_OUT + 1):
        rows[[r for r, _ in given]] = False
        given = relaxed(model.program, task, rows, min(INSTEAD_SECONDS, until - time.monotonic())) or {}
        if not given or len(given) > MOST_INSTEAD:
            return
        if full is not None and _enough(full, given, until) is False:
            continue
        yield from (replace(each, instead=number) for each in culprits_of(model, given))


def _broken(program: Program, task: Task, point: Ints) -> Bools:
    """Rows of the model that a point does not keep."""
    total = row_sums(task, point[task.col])
    return np.asarray((total < task.row_lower) | (total > task.row_upper), np.bool_)[: program.height]


def _culprit(model: Model, r: int, side: int, amount: int) -> Culprit:
    program = model.program
    per = units(program, r)
    sense: Sense = "<=" if side == UPPER else ">="
    found = _limit(model, r, side, sense)
    limit = None if found is None else Fraction(found, per)
    key = (*program.row_key[r], *_apart(model, r))
    return Culprit(program.row_rule[r], key, Fraction(amount, per), program.row_unit[r], sense, limit)


def _apart(model: Model, r: int) -> tuple[str, ...]:
    """What tells a row from others of the same rule and key: year, scope and parameter of its line."""
    program, case = model.program, model.space.case
    index = int(program.row_policy[r])
    named = zip(program.row_rule, program.row_key, program.row_policy.tolist(), strict=True)
    alike = {p for rule, key, p in named if (rule, key) == (program.row_rule[r], program.row_key[r])}
    if index < 0 or len(alike) == 1:
        return ()
    policy = case.policies[index]
    year = () if policy.year is None else (str(case.year_label(policy.year)),)
    scope = () if policy.scope == Scope() else (policy.scope.label,)
    return tuple(word for word in (*year, *scope, policy.parameter) if word and word not in program.row_key[r])


def _limit(model: Model, r: int, side: int, sense: Sense) -> int | None:
    """What a row's limit is, where it is the very number that its rule reports whatever the plan."""
    program = model.program
    limit = int((program.row_upper if side == UPPER else program.row_lower)[r])
    if (program.value[program.row == r] < 0).any():  # a share of what is paid, or a limit that depends on a choice
        return None
    reported = RULE_BY_ID[program.row_rule[r]].measure(model.space.case, Allocation.of([], []))
    mine = (m for m in reported if m.key == program.row_key[r] and m.sense in (sense, "="))
    return limit if any(m.limit * program.row_scale[r] == limit for m in mine) else None
