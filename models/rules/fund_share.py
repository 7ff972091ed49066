"""fund_share: a fund pays at most a share of the eligible cost, by category of project."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models import facts
from models.allocation import Allocation, Choice
from models.case import Case, Fund, Project
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_t x[p,f,t] ≤ φ[f,c] · eligible cost of the chosen way."""
    rows = Rows("fund_share", "万元")
    on, policy = built_in(case, "fund_share")
    for i, project in enumerate(case.projects if on else ()):
        if case.eligible is None and project.building_cost is None:
            continue
        for f, fund in enumerate(case.funds):
            if space.money(i, (f,)).size and case.largest_share(project, fund):
                _add(rows, space, i, (f,), (project.id, fund.name), case.largest_share(project, fund), policy)
    for index, row in case.policies_of("fund_share"):
        if row.parameter != "上限占比":
            continue
        for i in np.flatnonzero(space.project_mask(row.scope)).tolist():
            for f in space.funds_of(row.scope):
                if space.money(i, (f,)).size:
                    key = (case.projects[i].id, case.funds[f].name, row.scope.label)
                    _add(rows, space, i, (f,), key, Fraction(row.value or 0), index)
    return rows.close()


def _add(
    rows: Rows, space: Space, i: int, funds: tuple[int, ...], key: tuple[str, ...], share: Fraction, policy: int
) -> None:
    ways = space.ways_of[i]
    costs = np.array([share.numerator * space.cost_of_way[w][0] for w in ways], dtype=np.int64)
    terms = [(space.money(i, funds), share.denominator), (ways, -costs)]
    rows.add(key, terms, upper=0, scale=share.denominator, policy=policy)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money of each fund in each chosen project against the share."""
    on, policy = built_in(case, "fund_share")
    rows = [(i, p) for i, p in case.policies_of("fund_share") if p.parameter == "上限占比"]
    for project in case.projects:
        choice = allocation.choice_of.get(project.id)
        if choice is None:
            continue
        paid: dict[str, int] = {}
        for p in allocation.payments_of.get(project.id, ()):
            paid[p.fund] = paid.get(p.fund, 0) + p.amount
        for fund in case.funds:
            if fund.name in paid:
                yield from _by_matrix(case, project, choice, fund, paid[fund.name], on, policy)
        for index, row in rows:
            for name in row.scope.funds or case.fund_by_name:
                if name in paid and facts.project_fits(case, row.scope, project):
                    limit = Fraction(row.value or 0) * _eligible_cost(case, project, choice)
                    key = (project.id, name, row.scope.label)
                    yield Measure("fund_share", key, "<=", paid[name], limit, "万元", index)


def _by_matrix(
    case: Case, project: Project, choice: Choice, fund: Fund, paid: int, on: bool, policy: int
) -> Iterator[Measure]:
    share = case.largest_share(project, fund)
    if share and on and (case.eligible is not None or project.building_cost is not None):
        limit = share * _eligible_cost(case, project, choice)
        yield Measure("fund_share", (project.id, fund.name), "<=", paid, limit, "万元", policy)


def _eligible_cost(case: Case, project: Project, choice: Choice) -> int:
    """建安投资 × 非经营单位部分 in whole units, else 总投资 of the scheme."""
    if project.building_cost is None:
        scheme = facts.scheme_of(case, choice)
        return scheme.total if scheme else 0
    if project.public_part is None:
        return project.building_cost
    return int(project.building_cost * project.public_part)


RULE = Rule(
    id="fund_share",
    title="资金适用范围与占比上限",
    title_en="Share of eligible cost",
    source="城市燃气管道等老化更新改造和保障性安居工程中央预算内投资专项管理暂行办法（发改投资规〔2022〕910号，文号待核实）",
    formula="Σ_t x[p,f,t] ≤ φ[f,c] · 合格投资[p]（建安投资 × 非经营单位部分，未填时用总投资）",
    unit="万元",
    block=block,
    measure=measure,
    example="建安投资 1,000 万元、非经营单位部分 80 %、占比上限 60 %：中央预算内投资至多 1,000 × 80 % × 60 % = 480.00 万元。",
)
