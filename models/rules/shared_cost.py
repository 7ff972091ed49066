"""shared_cost: every region of a shared project pays its agreed share, to one unit.

The unit is 0.01 万元, or the coarsest step of the funds that may pay the project. The region listed
first takes the remainder.
"""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models.allocation import Allocation
from models.case import Case, Project
from models.program import Block, Ints, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """share·X − unit < x[r] ≤ share·X for every region but the first, X the money of the year."""
    rows = Rows("shared_cost", "万元")
    on, policy = built_in(case, "shared_cost")
    for i, project in enumerate(case.projects if on else ()):
        unit = _unit(case, project)
        for region, share in project.shares[1:]:
            for year in range(case.years):
                money = space.money(i, year=year)
                if not money.size:
                    continue
                at = space.x_region[money - space.x[0]] == space.region_index[region]
                cols, values = _year_total(space, i, year)
                terms = [(money[at], share.denominator), (cols, -share.numerator * values)]
                key = (project.id, region, str(case.year_label(year)))
                low = 1 - share.denominator * unit
                rows.add(key, terms, lower=low, upper=0, scale=share.denominator, policy=policy)
    return rows.close()


def _year_total(space: Space, i: int, year: int) -> tuple[Ints, Ints]:
    """X as columns and values: need or ask of the chosen way where that fixes it, else the money itself."""
    project, ways = space.case.projects[i], space.ways_of[i]
    if project.arrangement == "部分":
        money = space.money(i, year=year)
        return money, np.ones(len(money), dtype=np.int64)
    if project.arrangement == "全额":
        return ways, np.array([space.ways[w].need[year] for w in ways], dtype=np.int64)
    return ways, np.array([sum(a[year] for a in space.ways[w].asks.values()) for w in ways], dtype=np.int64)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """What each region but the first pays against its share, rounded down to the unit."""
    on, policy = built_in(case, "shared_cost")
    for project in case.projects if on else ():
        if len(project.shares) < 2 or project.id not in allocation.choice_of:
            continue
        unit = _unit(case, project)
        for region, share in project.shares[1:]:
            for year in range(case.years):
                rows = [p for p in allocation.payments_of.get(project.id, ()) if p.year == year]
                total, mine = sum(p.amount for p in rows), sum(p.amount for p in rows if p.region == region)
                due = share * Fraction(total)
                key = (project.id, region, str(case.year_label(year)))
                if mine > due:
                    yield Measure("shared_cost", key, "<=", mine, due, "万元", policy)
                elif total:
                    least = due - unit + Fraction(1, due.denominator)
                    yield Measure("shared_cost", key, ">=", mine, min(least, due), "万元", policy)


def _unit(case: Case, project: Project) -> int:
    steps = [f.step for f in case.funds if case.may_pay(project, f) and _used(project, f.name)]
    return max(steps, default=1)


def _used(project: Project, fund: str) -> bool:
    return project.arrangement != "按申报" or any(name == fund for s in project.schemes for name, _ in s.asks)


RULE = Rule(
    id="shared_cost",
    title="跨地区项目按比例分摊",
    title_en="Agreed shares of regions",
    source="假设：跨地区项目按分摊表约定的比例出资，尾数由列在首位的地区承担",
    formula="share[r]·X − 单位 < Σ_f x[p,f,t,r] ≤ share[r]·X，X = Σ_{f,r} x[p,f,t,r]",
    unit="万元",
    block=block,
    measure=measure,
    example="2026 年共付 100.00 万元，乙县分摊三分之二：应付 66.66 万元（66.67 以下最近的一分），尾数 33.34 由甲县承担。",
)
