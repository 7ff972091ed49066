"""same_cost: subsidies of all kinds together pay no part of the construction cost twice."""

from collections.abc import Iterator

from models.allocation import Allocation
from models.case import SUBSIDY_KINDS, Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_{subsidies} x[p] ≤ 建安投资[p]."""
    rows = Rows("same_cost", "万元")
    on, policy = built_in(case, "same_cost")
    subsidies = tuple(i for i, f in enumerate(case.funds) if f.kind in SUBSIDY_KINDS)
    for i, project in enumerate(case.projects if on else ()):
        money = space.money(i, subsidies)
        if project.building_cost is not None and money.size:
            rows.add((project.id,), [(money, 1)], upper=project.building_cost, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Subsidies paid to each project against its construction cost."""
    on, policy = built_in(case, "same_cost")
    for project in case.projects if on else ():
        if project.building_cost is None:
            continue
        payments = allocation.payments_of.get(project.id, ())
        paid = sum(p.amount for p in payments if case.fund_by_name[p.fund].kind in SUBSIDY_KINDS)
        if paid:
            yield Measure("same_cost", (project.id,), "<=", paid, project.building_cost, "万元", policy)


RULE = Rule(
    id="same_cost",
    title="不重复支持",
    title_en="No cost paid twice",
    source="财综〔2024〕15号：同一建设内容不得重复申请中央财政资金（待核实）",
    formula="Σ_{f∈补助、特别国债} Σ_t x[p,f,t] ≤ 建安投资[p]",
    unit="万元",
    block=block,
    measure=measure,
    example="建安投资 1,000 万元，中央预算内 700、安居工程补助 300 万元：合计 1,000.00，满足；再加省级补助 0.01 即不满足。",
)
