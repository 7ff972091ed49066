"""negative_list: no special bonds for projects on the negative list."""

from collections.abc import Iterator

from models.allocation import Allocation
from models.case import SPECIAL, Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_{special bonds} x[p] = 0 for listed projects."""
    rows = Rows("negative_list", "万元")
    on, policy = built_in(case, "negative_list")
    for i, project in enumerate(case.projects if on else ()):
        money = space.money(i, space.bonds)
        if project.papers.negative and money.size:
            rows.add((project.id,), [(money, 1)], upper=0, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Special bonds of every listed project that is in the plan."""
    on, policy = built_in(case, "negative_list")
    for project in case.projects if on else ():
        if project.papers.negative:
            payments = allocation.payments_of.get(project.id, ())
            paid = sum(p.amount for p in payments if case.fund_by_name[p.fund].kind == SPECIAL)
            yield Measure("negative_list", (project.id,), "<=", paid, 0, "万元", policy)


RULE = Rule(
    id="negative_list",
    title="负面清单",
    title_en="Negative list",
    source="国办发〔2024〕52号：专项债券投向领域“负面清单”管理",
    formula="负面清单[p] = 是 ⇒ Σ_{f∈专项债券} x[p,f] = 0",
    unit="万元",
    block=block,
    measure=measure,
    example="P3 列入负面清单：专项债安排 0.01 万元即不满足；其他资金不受此限。",
)
