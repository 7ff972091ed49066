"""source_count: a project draws on at most so many funds."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """Σ_f u[p,f] ≤ most."""
    rows = Rows("source_count", "个")
    for index, policy in case.policies_of("source_count"):
        for i in np.flatnonzero(space.project_mask(policy.scope)):
            supports = [space.support.get((int(i), (f,))) for f in space.funds_of(policy.scope)]
            cols = [col for col in supports if col is not None]
            key = (case.projects[i].id, policy.scope.label)
            rows.add(key, [(cols, 1)], upper=int(policy.value or 0), policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Funds that pay each project against the most allowed."""
    for index, policy in case.policies_of("source_count"):
        for project in case.projects:
            if facts.project_fits(case, policy.scope, project):
                funds = {p.fund for p in allocation.payments_of.get(project.id, ())}
                count = len(funds & set(policy.scope.funds or case.fund_by_name))
                key = (project.id, policy.scope.label)
                yield Measure("source_count", key, "<=", count, int(policy.value or 0), "个", index)


RULE = Rule(
    id="source_count",
    title="资金来源个数上限",
    title_en="Most sources per project",
    source="假设：减少一个项目多头申请、多头监管",
    formula="Σ_f u[p,f] ≤ 最多来源",
    unit="个",
    block=block,
    measure=measure,
    example="最多来源 2 个：P1 同时用专项债、中央预算内、市县财政三项，实际 3 > 2，不满足。",
    quote="青政〔2024〕48号（二十）：避免低水平重复建设和“撒胡椒面”",
)
