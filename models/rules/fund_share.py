"""fund_share: a fund pays at most a share of the eligible cost, by category of project."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models import facts
from models.allocation import Allocation, Choice
from models.case import Case, Fund, Policy, Project
from models.program import Block, Ints, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in

BY_CLASS = "分地区类"
CLASSES = {
    "东部": Fraction(30, 100), "中部": Fraction(45, 100), "西部": Fraction(60, 100), "东北": Fraction(60, 100),
    "四省涉藏": Fraction(80, 100), "南疆": Fraction(80, 100), "西藏": Fraction(1),
}  # fmt: skip
"""Largest share of the eligible cost by region class, for a row with 分地区类; the classes are tags of 地区."""


def block(case: Case, space: Space) -> Block:
    """Σ_t x[p,f,t] ≤ φ[f,c] · eligible cost of the chosen way."""
    rows = Rows("fund_share", "万元")
    on, policy = built_in(case, "fund_share")
    for i, project in enumerate(case.projects if on else ()):
        if case.eligible is None and project.building_cost is None:
            continue
        for f, fund in enumerate(case.funds):
            most, money = case.largest_share(project, fund), space.money(i, (f,))
            if most and money.size:
                _add(rows, space, i, money, (project.id, fund.name), most, policy)
    for index, row in case.policies_of("fund_share"):
        for i in np.flatnonzero(space.project_mask(row.scope)).tolist():
            share = _share_of_row(case, row, case.projects[i])
            for f in space.funds_of(row.scope) if share is not None else ():
                money = space.money(i, (f,))
                if money.size:
                    key = (case.projects[i].id, case.funds[f].name, row.scope.label)
                    _add(rows, space, i, money, key, share or Fraction(0), index)
    return rows.close()


def _share_of_row(case: Case, row: Policy, project: Project) -> Fraction | None:
    """The share that a row sets for a project: its value, or that of the project's region class."""
    if row.parameter == "上限占比":
        return Fraction(row.value or 0)
    if row.parameter != BY_CLASS or row.value != "是":
        return None
    parts = [(share, class_share(case, row, region)) for region, share in project.shares]
    if any(found is None for _, found in parts):
        return None
    return sum((share * (found or Fraction(0)) for share, found in parts), Fraction(0))


def class_share(case: Case, row: Policy, region: str) -> Fraction | None:
    """Largest share of the classes a region is tagged with (its own tags or those above it); None without any."""
    tagged = [name for name in CLASSES if facts.has_tag(case, region, name)]
    return max((Fraction(row.option(name, str(CLASSES[name]))) for name in tagged), default=None)


def _add(rows: Rows, space: Space, i: int, money: Ints, key: tuple[str, ...], share: Fraction, policy: int) -> None:
    ways = space.ways_of[i]
    costs = [-share.numerator * space.cost_of_way[w][0] for w in ways.tolist()]
    terms = [(money, share.denominator), (ways, costs)]
    rows.add(key, terms, upper=0, scale=share.denominator, policy=policy)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money of each fund in each chosen project against the share."""
    on, policy = built_in(case, "fund_share")
    rows = [(i, p) for i, p in case.policies_of("fund_share") if p.parameter]
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
            share = _share_of_row(case, row, project)
            for name in row.scope.funds or case.fund_by_name:
                if name in paid and share is not None and facts.project_fits(case, row.scope, project):
                    limit = share * _eligible_cost(case, project, choice)
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
    formula="Σ_t x[p,f,t] ≤ φ[f,c,地区类] · 合格投资[p]（建安投资 × 非经营单位部分，未填时用总投资）；分地区类：东部 30、中部 45、西部 60、东北 60、四省涉藏和南疆 80、西藏 100 %",
    unit="万元",
    block=block,
    measure=measure,
    example="建安投资 1,000 万元、非经营单位部分 80 %、占比上限 60 %：中央预算内投资至多 1,000 × 80 % × 60 % = 480.00 万元。",
)
