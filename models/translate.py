"""Between points of the model (whole numbers by column) and plans."""

import numpy as np

from models.allocation import Allocation, Choice, Payment
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
    return Allocation.of(choices, payments)


def point_of(space: Space, allocation: Allocation) -> Ints:
    """The point of a plan: choices, money, money by way and supports; gates and payers as needed."""
    point = np.zeros(space.width, dtype=np.int64)
    way_at = {(w.project, w.scheme.name, w.start): k for k, w in enumerate(space.ways)}
    for choice in allocation.choices:
        point[way_at[space.project_index[choice.project], choice.scheme, choice.start]] = 1
    at = {key: int(col) for key, col in zip(_money_keys(space), space.x, strict=True)}
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
    _open_gates(space, point)
    return point


def _money_keys(space: Space) -> list[tuple[int, int, int, int]]:
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
