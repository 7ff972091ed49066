"""ongoing_first: projects under way come before new ones, or get at least a share of the money."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case, Policy
from models.program import DEFINITION, Block, Bools, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """先排: a new project only when every ongoing one of the scope is done. 占比: a share of the money."""
    rows = Rows("ongoing_first", "万元")
    ongoing = np.array([p.ongoing for p in case.projects], dtype=np.bool_)
    for index, policy in case.policies_of("ongoing_first"):
        if policy.value == "先排":
            _gate_rows(rows, case, space, ongoing, index, policy)
        else:
            share = Fraction(policy.value or 0)
            money = space.money_mask(policy.scope, policy.year)
            under_way = money & ongoing[space.x_project]
            terms = [(space.x[under_way], share.denominator), (space.x[money], -share.numerator)]
            rows.add((policy.scope.label, "占比"), terms, lower=0, scale=share.denominator, policy=index)
    return rows.close()


def _gate_rows(rows: Rows, case: Case, space: Space, ongoing: Bools, index: int, policy: Policy) -> None:
    gate, inside = space.gate[index], space.project_mask(policy.scope)
    for i in np.flatnonzero(inside & ongoing):
        project = case.projects[i]
        if project.status != "禁选" and space.ways_of[i].size:
            rows.add((project.id, "续建"), [([gate], 1), (space.ways_of[i], -1)], upper=0, policy=DEFINITION)
    funds = space.funds_of(policy.scope)
    for i in np.flatnonzero(inside & ~ongoing):
        key = (case.projects[i].id, policy.scope.label)
        if not policy.scope.funds:
            rows.add(key, [(space.ways_of[i], 1), ([gate], -1)], upper=0, policy=index, unit="个")
        elif (cols := space.money(int(i), funds)).size:
            most = int((space.upper[cols] * space.unit[cols]).sum())
            rows.add(key, [(cols, 1), ([gate], -most)], upper=0, policy=index)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """New projects served while an ongoing one is not; or the share of ongoing projects."""
    for index, policy in case.policies_of("ongoing_first"):
        if policy.value == "先排":
            yield from _first(case, allocation, index, policy)
        else:
            total = under_way = 0
            for p in facts.payments_in(case, allocation, policy.scope, policy.year):
                total += p.amount
                under_way += p.amount if case.project_by_id[p.project].ongoing else 0
            limit = Fraction(policy.value or 0) * total
            key = (policy.scope.label, "占比")
            yield Measure("ongoing_first", key, ">=", under_way, limit, "万元", index, total == 0)


def _first(case: Case, allocation: Allocation, index: int, policy: Policy) -> Iterator[Measure]:
    inside = [p for p in case.projects if facts.project_fits(case, policy.scope, p)]
    waiting = any(p.ongoing and p.starts and p.status != "禁选" and p.id not in allocation.choice_of for p in inside)
    for project in inside:
        if project.ongoing:
            continue
        if policy.scope.funds:
            paid = sum(p.amount for p in allocation.payments_of.get(project.id, ()) if p.fund in policy.scope.funds)
            limit = 0 if waiting else paid
            yield Measure("ongoing_first", (project.id, policy.scope.label), "<=", paid, limit, "万元", index)
        else:
            chosen = int(project.id in allocation.choice_of)
            limit = 0 if waiting else 1
            yield Measure("ongoing_first", (project.id, policy.scope.label), "<=", chosen, limit, "个", index)


RULE = Rule(
    id="ongoing_first",
    title="续建优先",
    title_en="Ongoing projects first",
    source="国办发〔2024〕52号：在建项目优先安排（待核实）",
    formula="先排 y[p] ≤ y[o]，p 新建、o 续建；占比 Σ_{续建} x ≥ 下限占比 · Σ x",
    unit="个",
    block=block,
    measure=measure,
    example="先排：续建 P1 没有安排，新建 P2 就不能安排。占比 50 %：共安排 1,000 万元，续建至少 500.00 万元。",
)
