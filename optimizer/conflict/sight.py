"""Clashes seen before any search: demands that cannot be met whatever else is wanted, and projects that have to come in
and cannot by their own rules."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from models.build import Model, hard_rows
from models.case import OFF
from models.program import FREE, Ints, Objective, Program
from models.space import Space
from optimizer.conflict.relax import LOWER, UPPER, Clock, Given, relaxed
from optimizer.own_rules import NO_LIMIT, OwnRules
from optimizer.settle import loose_part
from optimizer.task import WIDEST_SUM, Limits, Task, row_owner, row_sums, task_of
from optimizer.workers import Run, wait_for_news

AT_SIGHT = "无须求解"
"""What stands for the solver where a clash is seen before the search."""
AIMLESS = Objective("", "", 1, {})
ALONE_SECONDS = 5.0
"""The most that looking at single projects takes."""


def seen_at_once(model: Model, most: int = 0) -> Given:
    """By how much demands must give that cannot be met whatever else is wanted, found without a search; empty says
    nothing. Up to ``most`` projects are asked about whatever a look at the rows says."""
    return impossible_demands(model.space, model.program) or stuck(model, most)


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


def stuck(model: Model, most: int = 0) -> Given:
    """Demands on projects that have to come in and cannot, by their own rules alone, with what would have to give.

    A look at the rows finds most of them; up to ``most`` projects are asked about whatever it says. CP-SAT proves it in
    whole base units; without proof nothing is said.
    """
    space, program = model.space, model.program
    task = task_of(program, AIMLESS)
    held = by_themselves(task)
    if held is None:
        return {}
    barred = [int(i) for i in np.unique(task.owner[held.lower < held.upper]) if i >= 0]
    if len(barred) > most:
        own, projects = OwnRules(space, program, NO_LIMIT), space.case.projects
        ways = {i: space.ways_of[i].tolist() for i in barred}
        barred = [i for i in barred if all(own.bar(projects[i], i, w) is not None for w in ways[i])]
    alone = by_themselves(task, np.array(barred, np.int64)) if barred else None
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
    clock = Clock(time.monotonic() + ALONE_SECONDS)
    found = relaxed(program, alone, hard_rows(space.case, program), ALONE_SECONDS, clock)
    return {} if found is None else found.given


def by_themselves(task: Task, only: Ints | None = None) -> Task | None:
    """The projects that cannot stay out (``only`` some of them), each by the rows that are its own; None where all may."""
    owner = row_owner(task)
    own = owner >= 0 if only is None else np.isin(owner, only)
    idle = row_sums(task, task.lower[task.col])
    asked = own & ((idle < task.row_lower) | (idle > task.row_upper))
    if not asked.any():
        return None
    mine = np.isin(task.owner, owner[asked])
    return replace(
        task,
        upper=np.where(mine, task.upper, task.lower),
        row_lower=np.where(own, task.row_lower, -FREE),
        row_upper=np.where(own, task.row_upper, FREE),
    )
