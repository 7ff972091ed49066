"""min_award: a fund that supports a project pays it at least a minimum (against 撒胡椒面)."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """Σ_t x[p,f,t] ≥ least · u[p,f]; u = 1 wherever money flows (``links``)."""
    rows = Rows("min_award", "万元")
    for index, policy in case.policies_of("min_award"):
        least = int(policy.value or 0)
        for i in np.flatnonzero(space.project_mask(policy.scope)):
            for f in space.funds_of(policy.scope):
                support = space.support.get((int(i), (f,)))
                if support is not None:
                    key = (case.projects[i].id, case.funds[f].name, policy.scope.label)
                    terms = [(space.money(int(i), (f,)), 1), ([support], -least)]
                    rows.add(key, terms, lower=0, policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Every payment total by project and fund against the minimum."""
    for index, policy in case.policies_of("min_award"):
        for project in case.projects:
            if not facts.project_fits(case, policy.scope, project):
                continue
            paid: dict[str, int] = {}
            for p in allocation.payments_of.get(project.id, ()):
                paid[p.fund] = paid.get(p.fund, 0) + p.amount
            for fund in policy.scope.funds or case.fund_by_name:
                if paid.get(fund):
                    key = (project.id, fund, policy.scope.label)
                    yield Measure("min_award", key, ">=", paid[fund], int(policy.value or 0), "万元", index)


RULE = Rule(
    id="min_award",
    title="单项起拨额",
    title_en="Minimum award",
    source="青政〔2024〕48号（二十）：避免“撒胡椒面”",
    formula="Σ_t x[p,f,t] ≥ 起拨额_f · u[p,f]",
    unit="万元",
    block=block,
    measure=measure,
    example="专项债起拨额 500 万元：给 P1 的专项债或为 0，或至少 500.00；付 300.00 差 200.00 万元。",
    quote="青政〔2024〕48号（二十）：避免低水平重复建设和“撒胡椒面”",
)
