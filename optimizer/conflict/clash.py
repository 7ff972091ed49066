"""Why there is no plan: cheap reasons first, then the least relaxation that makes one possible.

It is a diagnosis, not a plan. What is told is held against whole projects and whole steps of funds as far as the time
allows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from models.allocation import Allocation
from models.build import Model
from models.case import Scope
from models.program import FREE, Bools, Ints
from models.rule import Sense
from models.rules import RULE_BY_ID
from optimizer.backends import EXACT
from optimizer.conflict.relax import LEAST_SECONDS, LOWER, UPPER, Clock, Given, best_relaxation, eased, relaxed, units
from optimizer.conflict.sight import ALONE_SECONDS, by_themselves
from optimizer.solution import Culprit
from optimizer.task import Limits, Task, broken_rows, row_sums
from optimizer.workers import Run

SMALL = 400
INSTEAD_SECONDS, ENOUGH_SECONDS = 8.0, 3.0
"""The most that looking for another way out, and whether one is enough, takes."""
WIDEST_WHOLE, SHARP_SECONDS = 4000, 4.0
"""Columns up to which what gives is worked out in whole amounts, and the seconds for that."""
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


def diagnose(
    model: Model,
    task: Task,
    seconds: float,
    before: Ints | None = None,
    seen: Given | None = None,
    ended: Callable[[], bool] = lambda: False,
) -> Clash:
    """The cheapest set of demands to relax, and short sets to relax instead where those stay, within ``seconds``.

    ``before`` is the point of a plan that held until the case was changed: the demands that it breaks are the ones that
    came, and are looked at first. Then ``seen``, demands known to be in the way by themselves, or those on one project
    that clash among themselves: they are found whatever the size; and with them what else has to give. ``ended`` may
    break it off.
    """
    return _Diagnosis(model, task, Clock(time.monotonic() + seconds, ended)).told(before, seen or {})


class _Diagnosis:
    """One task that has no plan, as the solvers count it and in whole steps and whole amounts."""

    def __init__(self, model: Model, task: Task, clock: Clock) -> None:
        self.model, self.program, self.task, self.clock = model, model.program, task, clock
        self.hard = model.hard
        self.stepped = replace(task, integer=self.program.integer)  # large tasks count in parts of steps
        self.whole = replace(task, integer=np.ones_like(task.integer), per=np.ones_like(task.per))  # in 0.01 万元
        self.by_step = (task,) if (task.integer == self.program.integer).all() else (task, self.stepped)

    def told(self, before: Ints | None, seen: Given) -> Clash:
        """Everything, until something is found."""
        task, program, clock = self.task, self.program, self.clock
        came = None if before is None else broken_rows(task, before)[: program.height] & self.hard
        if came is not None and came.any():
            assert before is not None
            if clash := self._of_what_came(came, before):
                return clash
        small = task
        if not seen and (alone := by_themselves(task)) is not None:
            found = relaxed(program, alone, self.hard, min(ALONE_SECONDS, clock.left()), clock)
            small, seen = alone, {} if found is None else found.given
        divisible = replace(task, integer=np.zeros_like(task.integer))
        # a small model says the whole truth; in a large one the clash mostly shows without whole projects
        *_, last = attempts = (self.whole, task, divisible) if task.width <= SMALL else (divisible, *self.by_step)
        told = seen
        for each in attempts:
            seconds = clock.left() if each is last else clock.left() / 2
            found = relaxed(program, eased(seen)(each), self.hard, seconds, clock, {r for r, _ in seen})
            if found is None or not (found.given or seen):
                continue
            told = {side: seen.get(side, 0) + found.given.get(side, 0) for side in {**seen, **found.given}}
            full = None if each is self.whole or each is self.by_step[-1] else self.stepped
            enough = full is None or self._enough(full, told)
            if enough is not False:
                return self._sharpened(each, told, bool(enough), full)
        return replace(self._clash(small, told, True, None), whole=False) if told else Clash()

    def _of_what_came(self, came: Bools, before: Ints) -> Clash | None:
        """What of the demands that came has to give; the last by step is the whole truth. None where nothing is found."""
        seconds = self.clock.left() / 2 / len(self.by_step)
        for each in self.by_step:
            found = best_relaxation(self.program, each, came, seconds, self.clock, before=before)
            if found is None or not found.given:
                continue
            enough = each is self.by_step[-1] or self._enough(self.by_step[-1], found.given)
            if enough is False:
                continue
            if found.telling:
                return self._sharpened(each, found.given, bool(enough), None)
            # where it is not the least, a plan there is with it; whether with less, the time did not tell
            mine = (replace(c, least=False) for c in culprits_of(self.model, found.given))
            return Clash(tuple(mine), bool(enough))
        return None

    def _sharpened(self, task: Task, told: Given, enough: bool, full: Task | None) -> Clash:
        """Of demands that together are enough those that have to give, by the least, in whole amounts: one of them may
        make another needless, and what is told from parts may fall short by a hair."""
        rows = np.zeros(self.program.height, np.bool_)
        rows[[r for r, _ in told]] = True
        if self.task.width <= WIDEST_WHOLE:
            seconds = min(SHARP_SECONDS, self.clock.left() / 2)
            found = best_relaxation(self.program, self.whole, rows, seconds, self.clock)
            if found is not None and (given := self._given_at(found.point, rows)):
                return self._clash(task, given, found.least, full)
        if self.task.width <= SMALL:
            enough = self._enough(self.whole, told, EXACT) is True
        return replace(self._clash(task, told, True, full), whole=enough)

    def _given_at(self, point: Ints, rows: Bools) -> Given | None:
        """By how much some rows give at a point, exactly; None where it breaks others."""
        task, program = self.task, self.program
        total = row_sums(task, point[task.col])
        over = np.where(task.row_upper < FREE, total - np.minimum(task.row_upper, FREE - 1), 0)
        under = np.where(task.row_lower > -FREE, np.maximum(task.row_lower, 1 - FREE) - total, 0)
        broken = (over > 0) | (under > 0)
        if broken[: program.height][~rows].any() or broken[program.height :].any():
            return None
        if (point < task.lower).any() or (point > task.upper).any():
            return None
        sides = ((UPPER, over), (LOWER, under))
        return {(r, side): int(by[r]) for side, by in sides for r in np.flatnonzero(rows).tolist() if by[r] > 0}

    def _clash(self, task: Task, given: Given, least: bool, full: Task | None) -> Clash:
        mine = (replace(c, least=least) for c in culprits_of(self.model, given))
        return Clash((*mine, *self._instead(task, given, full)), whole=True)

    def _enough(self, task: Task, given: Given, backend: str = "highs") -> bool | None:
        """Whether there is a plan once demands have given so much; None where the time does not tell."""
        seconds = min(ENOUGH_SECONDS, self.clock.left() / 2)
        if seconds < LEAST_SECONDS:
            return None
        aimless = replace(task, objective=np.zeros(task.width), whole_objective=np.zeros(task.width, np.int64))
        answer = self.clock.wait(Run.start(backend, eased(given)(aimless), Limits(seconds)))
        return True if answer.point is not None else False if answer.outcome == "infeasible" else None

    def _instead(self, task: Task, given: Given, full: Task | None) -> Iterator[Culprit]:
        """Other ways out, each with the demands of those before kept, as long as they are short enough to be told.

        Where the task is a relaxation of the ``full`` one, those that are not enough there are left out.
        """
        rows = self.hard.copy()
        for number in range(1, WAYS_OUT + 1):
            rows[[r for r, _ in given]] = False
            found = relaxed(self.program, task, rows, min(INSTEAD_SECONDS, self.clock.left()), self.clock)
            given = {} if found is None else found.given
            if found is None or not given or len(given) > MOST_INSTEAD:
                return
            if full is not None and self._enough(full, given) is False:
                continue
            least = found.least
            yield from (replace(each, instead=number, least=least) for each in culprits_of(self.model, given))


def _culprit(model: Model, r: int, side: int, amount: int) -> Culprit:
    program = model.program
    per = units(program, r)
    sense: Sense = "<=" if side == UPPER else ">="
    found = _limit(model, r, side, sense)
    limit = None if found is None else Fraction(found, per)
    key = (*program.row_key[r], *_apart(model, r))
    setting = None if found is None else _setting(model, r, Fraction(found + side * amount, int(program.row_scale[r])))
    return Culprit(program.row_rule[r], key, Fraction(amount, per), program.row_unit[r], sense, limit, setting=setting)


def _setting(model: Model, r: int, limit: Fraction) -> tuple[str, Fraction, Fraction] | None:
    """The parameter that a row's limit is worked out from, its value now and the one for another limit (base units)."""
    program, case = model.program, model.space.case
    index, rule = int(program.row_policy[r]), RULE_BY_ID[program.row_rule[r]]
    if index < 0 or rule.setting is None:
        return None
    policy = case.policies[index]
    needed = rule.setting(case, policy, program.row_key[r], limit)
    return None if needed is None else (policy.parameter, Fraction(policy.value or 0), needed)


def _apart(model: Model, r: int) -> tuple[str, ...]:
    """What tells a row from others of the same rule and key: year, scope and parameter of its line."""
    program, case = model.program, model.space.case
    index = int(program.row_policy[r])
    if index < 0:
        return ()
    named = zip(program.row_rule, program.row_key, program.row_policy.tolist(), strict=True)
    if len({p for rule, key, p in named if (rule, key) == (program.row_rule[r], program.row_key[r])}) == 1:
        return ()
    policy = case.policies[index]
    year = () if policy.year is None else (str(case.year_label(policy.year)),)
    scope = () if policy.scope.label == Scope().label else (policy.scope.label,)
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
