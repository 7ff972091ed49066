"""Why there is no plan: cheap reasons first, then the least relaxation that makes one possible.

The elastic model lets every rule that is not structural give at a price of 1 per 万元 (10 per 亩, 1,000
per project), and reports what gave. It is a diagnosis, not a plan.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

import numpy as np

from models.allocation import Allocation
from models.build import Model
from models.case import OFF
from models.program import DEFINITION, FREE, Bools, Ints, Objective, Program, base_units
from models.rule import Sense
from models.rules import RULE_BY_ID
from models.space import Space
from optimizer.own_rules import NO_LIMIT, OwnRules
from optimizer.settle import loose_part
from optimizer.solution import Culprit
from optimizer.task import Answer, Limits, Task, row_sums, task_of
from optimizer.workers import Run, wait_for_news

Given = dict[tuple[int, int], int]
"""Rows of the model with the limit of each that must give (``UPPER`` rises, ``LOWER`` falls), and by how much at least,
in the row's own units."""
UPPER, LOWER = 1, -1
AT_SIGHT = "无须求解"
"""What stands for the solver where a clash is seen before the search."""
AIMLESS = Objective("", "", 1, {})
SMALL = 400
WIDEST_SUM = 2.0**61
PRICE_OF_A_PROJECT = 1000.0
PRICE_OF_LAND = 10.0
ALONE_SECONDS, INSTEAD_SECONDS, ENOUGH_SECONDS, LEAST_SECONDS = 5.0, 8.0, 3.0, 0.2
"""The most that looking at single projects, for another way out, and whether one is enough takes; below which nothing is
looked for."""
WAYS_OUT, MOST_INSTEAD = 2, 5
"""How many other ways out are looked for, and of how many demands one may be."""
CHEAP = 1e-3
"""The price of more from a demand that has to give anyway, against that of one which then need not give."""
MOST_GIVEN = 10**13
"""The most by which a demand may give, in units of its row before scaling."""
NEAR, NOISE = 0.2, 1e-5
"""How far from the cheapest a relaxation may be and still tell what clashes."""


@dataclass(frozen=True, slots=True)
class Clash:
    """What has to give; ``whole`` where that is known to be enough."""

    culprits: tuple[Culprit, ...] = ()
    whole: bool = False


def seen_at_once(model: Model, most: int = 0) -> Given:
    """By how much demands must give that cannot be met whatever else is wanted, found without a search; empty says
    nothing. Up to ``most`` projects are asked about whatever a look at the rows says."""
    return impossible_demands(model.space, model.program) or stuck(model, most)


def culprits_of(model: Model, given: Given) -> tuple[Culprit, ...]:
    """Demands that give, with their rules and units, and what each is now where it is a plain limit."""
    return tuple(_culprit(model, r, side, amount) for (r, side), amount in given.items())


def impossible_demands(space: Space, program: Program) -> Given:
    """Rows that no plan can meet, whatever the other rows say, with the least by which each must give.

    Floors on money are held against what the candidates can absorb (their needs), not only against
    the widths of the columns.
    """
    reach = program.value * program.upper[program.col]
    widest = np.zeros(program.height)
    np.add.at(widest, program.row, np.abs(program.value.astype(np.float64)) * program.upper[program.col])
    fits = widest < WIDEST_SUM  # beyond, integers of 64 bits wrap round
    most = np.zeros(program.height, np.int64)
    least = np.zeros(program.height, np.int64)
    np.add.at(most, program.row, np.maximum(reach, 0))
    np.add.at(least, program.row, np.minimum(reach, 0))
    order = np.argsort(program.row, kind="stable")
    for r in np.flatnonzero(fits & (program.row_lower > 0) & (np.array(program.row_unit) == "万元")):
        first, last = np.searchsorted(program.row, (r, r + 1), sorter=order)
        most[r] = min(int(most[r]), _absorbed(space, program, order[first:last]))
    short = np.where(program.row_lower > -FREE, program.row_lower - most, -1)
    over = np.where(program.row_upper < FREE, least - program.row_upper, -1)
    return {
        (int(r), side): int(lacking[r])
        for side, lacking in ((LOWER, short), (UPPER, over))
        for r in np.flatnonzero((lacking > 0) & fits)
    }


def _absorbed(space: Space, program: Program, mine: Ints) -> int:
    """The most that a row over money, of these entries, can reach: per project and year no more than its largest need."""
    cols, values = program.col[mine], program.value[mine]
    money = np.isin(cols, space.x)
    others = int(np.maximum(values[~money] * program.upper[cols[~money]], 0).sum())
    place = cols[money] - (space.x[0] if len(space.x) else 0)
    reach = np.zeros((len(space.case.projects), space.case.years), dtype=np.int64)
    worth = np.maximum(values[money], 0)
    np.add.at(reach, (space.x_project[place], space.x_year[place]), worth * program.upper[cols[money]])
    per_unit = int((worth // space.unit[cols[money]]).max(initial=0))
    funds = {space.case.funds[f].name for f in np.unique(space.x_fund[place])}
    ceiling = per_unit * sum(space.case.limit_of(name) for name in funds) if _limits_hold(space) else FREE
    total = 0
    for i in np.flatnonzero(reach.any(axis=1)):
        if space.case.projects[i].arrangement == "按申报":
            total += int(reach[i].sum())
        else:
            ways = [np.minimum(reach[i], per_unit * space.ways[w].need).sum() for w in space.ways_of[i]]
            total += int(max(ways, default=0))
    return min(total, ceiling) + others


def _limits_hold(space: Space) -> bool:
    """Whether fund_limit is on and hard."""
    return all(p.hard and p.value != OFF for _, p in space.case.policies_of("fund_limit"))


def diagnose(model: Model, task: Task, seconds: float, before: Ints | None = None, seen: Given | None = None) -> Clash:
    """The cheapest set of demands to relax, and short sets to relax instead where those stay, within ``seconds``.

    ``before`` is the point of a plan that held until the case was changed: the demands that it breaks are the ones that
    came, and are looked at first. Then ``seen``, demands known to be in the way by themselves, or those on one project
    that clash among themselves: they are found whatever the size; and with them what else has to give.
    """
    until, program = time.monotonic() + seconds, model.program
    came = None if before is None else _broken(program, task, before)
    stepped = replace(task, integer=program.integer)  # large tasks count in parts of steps
    by_step = (task,) if (task.integer == program.integer).all() else (task, stepped)
    if came is not None and came.any():
        assert before is not None
        if clash := _of_what_came(model, by_step, came, before, until):
            return clash
    small, seen = task, seen or {}
    if not seen and (alone := _alone(task)) is not None:
        small, seen = alone, _relaxed(program, alone, _every(program), min(ALONE_SECONDS, seconds)) or {}
    divisible = replace(task, integer=np.zeros_like(task.integer))
    whole = replace(task, integer=np.ones_like(task.integer), per=np.ones_like(task.per))  # in 0.01 万元
    # a small model says the whole truth; in a large one the clash mostly shows without whole projects
    *_, last = attempts = (whole, task, divisible) if task.width <= SMALL else (divisible, *by_step)
    told = seen
    for each in attempts:
        left = until - time.monotonic()
        seconds = left if each is last else left / 2
        more = _relaxed(program, _eased(seen)(each), _every(program), seconds, {r for r, _ in seen})
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
        given, least = _found(model.program, each, came, seconds, before=before)
        if not given or (each is not tasks[-1] and _enough(tasks[-1], given, until) is False):
            continue
        if least:
            return _told(model, each, given, until)
        # a plan there is then; whether with less, the time did not tell
        return Clash(tuple(replace(c, least=False) for c in culprits_of(model, given)), whole=True)
    return None


def _told(model: Model, task: Task, given: Given, until: float, full: Task | None = None) -> Clash:
    return Clash((*culprits_of(model, given), *_instead(model, task, given, until, full)), whole=True)


def _enough(task: Task, given: Given, until: float) -> bool | None:
    """Whether there is a plan once demands have given so much; None where the time does not tell."""
    seconds = min(ENOUGH_SECONDS, (until - time.monotonic()) / 2)
    if seconds < LEAST_SECONDS:
        return None
    aimless = replace(task, objective=np.zeros(task.width), whole_objective=np.zeros(task.width, np.int64))
    run = Run.start("highs", _eased(given)(aimless), Limits(seconds))
    while run.answer is None:
        wait_for_news([run], 0.2)
    return True if run.answer.point is not None else False if run.answer.outcome == "infeasible" else None


def _every(program: Program) -> Bools:
    return np.ones(program.height, np.bool_)


def _eased(given: Given) -> Callable[[Task], Task]:
    """Tasks as they are once some demands have given."""

    def ease(task: Task) -> Task:
        low, high = task.row_lower.copy(), task.row_upper.copy()
        for (r, side), amount in given.items():
            (low if side == LOWER else high)[r] += side * amount
        return replace(task, row_lower=low, row_upper=high, start=None)

    return ease


def _instead(model: Model, task: Task, given: Given, until: float, full: Task | None) -> Iterator[Culprit]:
    """Other ways out, each with the demands of those before kept, as long as they are short enough to be told.

    Where the task is a relaxation of the ``full`` one, those that are not enough there are left out.
    """
    rows = _every(model.program)
    for number in range(1, WAYS_OUT + 1):
        rows[[r for r, _ in given]] = False
        given = _relaxed(model.program, task, rows, min(INSTEAD_SECONDS, until - time.monotonic())) or {}
        if not given or len(given) > MOST_INSTEAD:
            return
        if full is not None and _enough(full, given, until) is False:
            continue
        yield from (replace(each, instead=number) for each in culprits_of(model, given))


def _broken(program: Program, task: Task, point: Ints) -> Bools:
    """Rows of the model that a point does not keep."""
    total = row_sums(task, point[task.col])
    return np.asarray((total < task.row_lower) | (total > task.row_upper), np.bool_)[: program.height]


def stuck(model: Model, most: int = 0) -> Given:
    """Demands on projects that have to come in and cannot, by their own rules alone, with what would have to give.

    A look at the rows finds most of them; up to ``most`` projects are asked about whatever it says. CP-SAT proves it in
    whole base units; without proof nothing is said.
    """
    space, program = model.space, model.program
    task = task_of(program, AIMLESS)
    held = _alone(task)
    if held is None:
        return {}
    barred = [int(i) for i in np.unique(task.owner[held.lower < held.upper]) if i >= 0]
    if len(barred) > most:
        own, projects = OwnRules(space, program, NO_LIMIT), space.case.projects
        ways = {i: space.ways_of[i].tolist() for i in barred}
        barred = [i for i in barred if all(own.bar(projects[i], i, w) is not None for w in ways[i])]
    alone = _alone(task, np.array(barred, np.int64)) if barred else None
    if alone is None:
        return {}
    loose, _ = loose_part(replace(alone, integer=np.ones_like(alone.integer), start=None))
    for backend in ("highs", "cpsat") if loose is not None else ():  # the first is at hand, the second exact
        assert loose is not None
        run = Run.start(backend, loose, Limits(ALONE_SECONDS))
        while run.answer is None:
            wait_for_news([run], 0.1)
        if run.answer.outcome != "infeasible":
            return {}
    return _relaxed(program, alone, _every(program), ALONE_SECONDS) or {}


def _alone(task: Task, only: Ints | None = None) -> Task | None:
    """The projects that cannot stay out (``only`` some of them), each by the rows that are its own; None where all may."""
    first = np.full(task.height, np.iinfo(np.int64).max)
    last = np.full(task.height, -1, np.int64)
    np.minimum.at(first, task.row, task.owner[task.col])
    np.maximum.at(last, task.row, task.owner[task.col])
    own = (first == last) & (last >= 0 if only is None else np.isin(last, only))
    idle = row_sums(task, task.lower[task.col])
    asked = own & ((idle < task.row_lower) | (idle > task.row_upper))
    if not asked.any():
        return None
    mine = np.isin(task.owner, last[asked])
    return replace(
        task,
        upper=np.where(mine, task.upper, task.lower),
        row_lower=np.where(own, task.row_lower, -FREE),
        row_upper=np.where(own, task.row_upper, FREE),
    )


def _relaxed(program: Program, task: Task, rows: Bools, seconds: float, cheap: Container[int] = ()) -> Given | None:
    """By how much each of some rows gives in the cheapest relaxation; None where none is found.

    Rows that have to give anyway are ``cheap``: they give more before others begin to.
    """
    given, least = _found(program, task, rows, seconds, cheap)
    return given if least else None


def _found(
    program: Program,
    task: Task,
    rows: Bools,
    seconds: float,
    cheap: Container[int] = (),
    before: Ints | None = None,
) -> tuple[Given | None, bool]:
    """By how much each of some rows gives in the best relaxation found, and whether it is near the cheapest.

    ``before``: a point that keeps all other rows, to start from.
    """
    if seconds < LEAST_SECONDS:
        return None, False
    elastic, owners = _elastic(program, task, rows, cheap)
    if before is not None:
        total = row_sums(task, before[task.col])
        over = [total[r] - task.row_upper[r] if side == UPPER else task.row_lower[r] - total[r] for r, side in owners]
        elastic = replace(elastic, start=np.append(before, np.maximum(0, np.array(over, dtype=np.int64))))
    begun, run = time.monotonic(), Run.start("highs", elastic, Limits(seconds, gap=1e-6))
    run.deadline = begun + seconds + LEAST_SECONDS
    while run.answer is None:
        wait_for_news([run], 0.2)
    if run.answer.point is None:
        return None, False
    given: Given = {}
    for column, owner in enumerate(owners, start=task.width):
        if amount := ceil(float(run.answer.point[column]) - NOISE):
            given[owner] = amount
    return given, _telling(run.answer, time.monotonic() < begun + seconds / 2)


def _telling(answer: Answer, early: bool) -> bool:
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
            per=np.concatenate([task.per, np.array([_per(program, r) for r, _ in owners], dtype=np.int64)]),
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
    """Row units of a violation in one shown unit: 100 × scale for money."""
    return int(program.row_scale[r]) * base_units(program.row_unit[r])


def _price(program: Program, r: int) -> float:
    prices = {"万元": 1.0, "亩": PRICE_OF_LAND}
    return prices.get(program.row_unit[r], PRICE_OF_A_PROJECT) / _per(program, r)


def _culprit(model: Model, r: int, side: int, amount: int) -> Culprit:
    program = model.program
    per = _per(program, r)
    sense: Sense = "<=" if side == UPPER else ">="
    found = _limit(model, r, side, sense)
    limit = None if found is None else Fraction(found, per)
    return Culprit(program.row_rule[r], program.row_key[r], Fraction(amount, per), program.row_unit[r], sense, limit)


def _limit(model: Model, r: int, side: int, sense: Sense) -> int | None:
    """What a row's limit is, where it is the very number that its rule reports whatever the plan."""
    program = model.program
    limit = int((program.row_upper if side == UPPER else program.row_lower)[r])
    if (program.value[program.row == r] < 0).any():  # a share of what is paid, or a limit that depends on a choice
        return None
    reported = RULE_BY_ID[program.row_rule[r]].measure(model.space.case, Allocation.of([], []))
    mine = (m for m in reported if m.key == program.row_key[r] and m.sense in (sense, "="))
    return limit if any(m.limit * program.row_scale[r] == limit for m in mine) else None
