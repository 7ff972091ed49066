"""pace: special bonds of a year do not run ahead of the investment that the chosen way can do in it."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import SPECIAL, Case, Policy
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def _funds(case: Case, policy: Policy) -> tuple[str, ...]:
    return policy.scope.funds or tuple(f.name for f in case.funds if f.kind == SPECIAL)


def block(case: Case, space: Space) -> Block:
    """Σ_{special bonds} x[p,f,t] ≤ α · Σ_m need[p,m,t]·y[p,m]."""
    rows = Rows("pace", "万元")
    for index, policy in case.policies_of("pace"):
        share = Fraction(policy.value if policy.value is not None else 1)
        funds = tuple(space.fund_index[name] for name in _funds(case, policy))
        for i in np.flatnonzero(space.project_mask(policy.scope)).tolist():
            ways = space.ways_of[i]
            needs = [space.ways[w].need.tolist() for w in ways.tolist()]
            for year in range(case.years):
                money = space.money(i, funds, year)
                if not money.size:
                    continue
                terms = [(money, share.denominator), (ways, [-share.numerator * need[year] for need in needs])]
                key = (case.projects[i].id, policy.scope.label, str(case.year_label(year)))
                rows.add(key, terms, upper=0, scale=share.denominator, policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Bonds of every chosen project and year against the year's need."""
    for index, policy in case.policies_of("pace"):
        funds = _funds(case, policy)
        for choice in allocation.choices:
            if not facts.project_fits(case, policy.scope, case.project_by_id[choice.project]):
                continue
            payments = allocation.payments_of.get(choice.project, ())
            for year in range(case.years):
                paid = sum(p.amount for p in payments if p.year == year and p.fund in funds)
                if paid:
                    limit = Fraction(policy.value if policy.value is not None else 1)
                    limit *= facts.need_in(case, choice, year)
                    key = (choice.project, policy.scope.label, str(case.year_label(year)))
                    yield Measure("pace", key, "<=", paid, limit, "万元", index)


RULE = Rule(
    id="pace",
    title="支出进度",
    title_en="Pace of spending",
    source="专项债券当年形成实物工作量的要求：年度口径未见正式文本，系数由使用单位设定（待核实）",
    formula="Σ_{f∈专项债券} x[p,f,t] ≤ 系数 · need[p,m,t]，每年，m 为所选做法",
    unit="万元",
    block=block,
    measure=measure,
    example="2026 年需求 400 万元、系数 1.0：2026 年专项债至多 400.00；申报 600 万元集中在 2026 年则不满足，超 200.00。",
)
