"""Between points of the model (whole numbers by column) and plans."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from models.allocation import Allocation, Choice, LandMove, Payment, Topup
from models.case import Case
from models.program import Ints
from models.space import Space


def plan_of(space: Space, point: Ints) -> Allocation:
    """The plan that an integer point stands for."""
    case = space.case
    choices = [
        Choice(case.projects[way.project].id, way.scheme.name, way.start)
        for w, way in enumerate(space.ways)
        if point[w]
    ]
    payments = [
        Payment(
            case.projects[space.x_project[k]].id,
            case.funds[space.x_fund[k]].name,
            int(space.x_year[k]),
            space.region_names[space.x_region[k]],
            int(point[col]) * int(space.unit[col]),
        )
        for k, col in enumerate(space.x)
        if point[col]
    ]
    capital = {case.projects[i].id: int(point[col]) for i, col in space.capital.items()}
    topups = [Topup(case.projects[i].id, year, int(point[col])) for (i, year), col in space.topup.items()]
    moves = [
        LandMove(case.migrations[k].source, case.migrations[k].target, int(point[col])) for k, col in space.move.items()
    ]
    return Allocation.of(choices, with_capital(case, payments, capital), topups, moves)


def with_capital(case: Case, payments: Iterable[Payment], capital: Mapping[str, int]) -> list[Payment]:
    """Payments with each project's bonds-as-capital laid on its earliest usable payments."""
    left = dict(capital)
    laid = []
    for p in sorted(payments, key=lambda p: (p.project, p.year, p.fund, p.region)):
        usable = case.fund_by_name[p.fund].capital == "可用作"
        part = min(p.amount, left.get(p.project, 0)) if usable else 0
        left[p.project] = left.get(p.project, 0) - part
        laid.append(replace(p, capital=part))
    return laid


def point_of(space: Space, allocation: Allocation) -> Ints:
    """The point of a plan: choices, money, money by way and supports; gates and payers as needed."""
    point = np.zeros(space.width, dtype=np.int64)
    way_at = {(w.project, w.scheme.name, w.start): k for k, w in enumerate(space.ways)}
    for choice in allocation.choices:
        point[way_at[space.project_index[choice.project], choice.scheme, choice.start]] = 1
    at = {key: int(col) for key, col in zip(money_keys(space), space.x, strict=True)}
    for p in allocation.payments:
        key = (space.project_index[p.project], space.fund_index[p.fund], p.year, space.region_index[p.region])
        point[at[key]] = p.amount // int(space.unit[at[key]])
    for w, col in space.part.items():
        money = space.money(space.ways[w].project)
        point[col] = (point[money] * space.unit[money]).sum() * point[w]
    for (project, funds), col in space.support.items():
        point[col] = int(point[space.money(project, funds)].any())
    for project, col in space.payer.items():
        ways, money = space.ways_of[project], space.money(project)
        need = sum(space.ways[w].total_need for w in ways if point[w])
        gap = need - int((point[money] * space.unit[money]).sum())
        point[col] = int(gap <= space.case.projects[project].own_promise)
    for p in allocation.payments:
        if p.capital:
            point[space.capital[space.project_index[p.project]]] += p.capital
    for t in allocation.topups:
        point[space.topup[space.project_index[t.project], t.year]] = t.amount
    at_move = {(m.source, m.target): k for k, m in enumerate(space.case.migrations)}
    for m in allocation.moves:
        point[space.move[at_move[m.source, m.target]]] = m.amount
    _open_gates(space, point)
    return point


def start_of(space: Space, allocation: Allocation, width: int) -> Ints | None:
    """The point of a plan among ``width`` columns, zero beyond the model's own; None where it has no column for it."""
    try:
        known = point_of(space, allocation)
    except KeyError:
        return None
    start = np.zeros(width, np.int64)
    start[: len(known)] = known
    return start


def money_keys(space: Space) -> list[tuple[int, int, int, int]]:
    """Project, fund, year and region of every column of money, as positions."""
    parts = (space.x_project, space.x_fund, space.x_year, space.x_region)
    return [tuple(int(v) for v in key) for key in zip(*parts, strict=True)]  # type: ignore[misc]


def _open_gates(space: Space, point: Ints) -> None:
    for policy, col in space.gate.items():
        inside = space.project_mask(space.case.policies[policy].scope)
        waiting = any(
            inside[i]
            and p.ongoing
            and p.status != "禁选"
            and space.ways_of[i].size
            and not point[space.ways_of[i]].any()
            for i, p in enumerate(space.case.projects)
        )
        point[col] = int(not waiting)
