"""count_cap: at most so many projects in a scope (against 撒胡椒面)."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """Σ y ≤ most over the scope; with 资金, Σ u over projects that those funds support."""
    rows = Rows("count_cap", "个")
    for index, policy in case.policies_of("count_cap"):
        inside = np.flatnonzero(space.project_mask(policy.scope))
        if policy.scope.funds:
            funds = space.funds_of(policy.scope)
            cols = [space.support[int(i), funds] for i in inside if (int(i), funds) in space.support]
        else:
            cols = [int(w) for i in inside for w in space.ways_of[i]]
        rows.add((policy.scope.label,), [(cols, 1)], upper=int(policy.value or 0), policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Chosen (or supported) projects of the scope."""
    for index, policy in case.policies_of("count_cap"):
        count = 0
        for choice in allocation.choices:
            if not facts.project_fits(case, policy.scope, case.project_by_id[choice.project]):
                continue
            funds = {p.fund for p in allocation.payments_of.get(choice.project, ())}
            count += int(not policy.scope.funds or bool(funds & set(policy.scope.funds)))
        yield Measure("count_cap", (policy.scope.label,), "<=", count, int(policy.value or 0), "个", index)


RULE = Rule(
    id="count_cap",
    title="项目个数上限",
    title_en="Most projects",
    source="青政〔2024〕48号（二十）：避免低水平重复建设和“撒胡椒面”",
    formula="Σ_{p∈范围} Σ_m y[p,m] ≤ 最多个数",
    unit="个",
    block=block,
    measure=measure,
    example="公共服务设施最多 8 个：安排 9 个，实际 9 > 8，不满足。",
    quote="青政〔2024〕48号（二十）：避免低水平重复建设和“撒胡椒面”",
)
