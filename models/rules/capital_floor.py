"""capital_floor: own capital, capital subsidies and bonds used as capital reach a share of the total cost."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models import capital, facts
from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """own + Σ_{capital funds} x + e ≥ ρ · total[m]·y[m]."""
    rows = Rows("capital_floor", "万元")
    counted = tuple(i for i, f in enumerate(case.funds) if f.capital == "计入")
    for i, project in enumerate(case.projects):
        own, ways = project.finance.capital_received, space.ways_of[i]
        totals = np.array([space.ways[w].scheme.total for w in ways], dtype=np.int64)
        bonds = [space.capital[i]] if i in space.capital else []
        for policy, share in capital.floors(case, project) if len(ways) else ():
            num, den = share.numerator, share.denominator
            terms = [(space.money(i, counted), den), (bonds, den), (ways, own * den - num * totals)]
            rows.add((project.id,), terms, lower=0, scale=den, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Capital of every chosen project against its floor."""
    for project in case.projects:
        choice = allocation.choice_of.get(project.id)
        scheme = facts.scheme_of(case, choice) if choice else None
        if scheme is None:
            continue
        brought = project.finance.capital_received
        for p in allocation.payments_of.get(project.id, ()):
            brought += p.amount if case.fund_by_name[p.fund].capital == "计入" else p.capital
        for policy, share in capital.floors(case, project):
            yield Measure("capital_floor", (project.id,), ">=", brought, share * Fraction(scheme.total), "万元", policy)


RULE = Rule(
    id="capital_floor",
    title="资本金下限",
    title_en="Least project capital",
    source="国发〔2015〕51号；国发〔2019〕26号：补短板项目可再下浮不超过 5 个百分点；“其他项目一般 20 %”待核实",
    formula="其中资本金已到位[p] + Σ_{f 计入资本金} x[p,f] + e[p] ≥ (ρ − 下浮) · 总投资[p,m]；ρ 取资本金比例与类别下限中较高者",
    unit="万元",
    block=block,
    measure=measure,
    example="总投资 1,000 万元、类别下限 20 %、下浮 5 个百分点：资本金至少 150.00 万元；已到位资本金 50、补助（计入）60，专项债须用作资本金 40.00 万元。",
)
