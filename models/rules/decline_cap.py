"""decline_cap: in counties that lose people, new building other than renewal stays under a share."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from models import facts, quota
from models.allocation import Allocation
from models.case import Case, Policy, Project, Scope
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space

DECLINING = ("人口流失县", "人口流失", "收缩地区", "高海拔")


def places(case: Case, policy: Policy) -> Scope:
    """The counties the policy speaks of: those of 对象, else all with a tag of DECLINING."""
    if policy.scope.regions or policy.scope.tags:
        return policy.scope
    known = {tag for r in case.regions for tag in r.tags}
    return replace(policy.scope, tags=tuple(t for t in DECLINING if t in known) or DECLINING[:1])


def _counted(case: Case, policy: Policy, project: Project) -> bool:
    """New building of a kind that is not let through."""
    if project.ongoing:
        return False
    named = [part for part in policy.option("允许类别", "").split(",") if part]
    return project.category not in named if named else not case.category_of(project).renewal


def block(case: Case, space: Space) -> Block:
    """Σ_{r declining, new, not let through} x ≤ share · Σ limits (or Σ spent)."""
    rows = Rows("decline_cap", "万元")
    for index, policy in case.policies_of("decline_cap"):
        scope, share = places(case, policy), Fraction(policy.value or 0)
        new = np.array([_counted(case, policy, p) for p in case.projects], dtype=np.bool_)
        inside = space.x[space.money_mask(scope, policy.year) & new[space.x_project]]
        terms = [(inside, share.denominator)]
        if policy.option("基数", "额度") == "实际安排":
            base = space.x[space.money_mask(Scope(funds=policy.scope.funds), policy.year)]
            terms, limit, scale = [*terms, (base, -share.numerator)], 0, share.denominator
        else:
            exact = share * sum(case.limit_of(name, policy.year) for name in policy.scope.funds or case.fund_by_name)
            terms, limit, scale = [(inside, exact.denominator)], exact.numerator, exact.denominator
        rows.add((scope.label,), terms, upper=limit, scale=scale, policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money of new building in the declining counties against the share."""
    for index, policy in case.policies_of("decline_cap"):
        scope, share = places(case, policy), Fraction(policy.value or 0)
        whole = facts.money_in(case, allocation, Scope(funds=policy.scope.funds), policy.year)
        spent = 0
        for p in facts.payments_in(case, allocation, scope, policy.year):
            spent += p.amount if _counted(case, policy, case.project_by_id[p.project]) else 0
        if policy.option("基数", "额度") == "实际安排":
            limit = share * whole
        else:
            limit = share * sum(case.limit_of(name, policy.year) for name in policy.scope.funds or case.fund_by_name)
        yield Measure("decline_cap", (scope.label,), "<=", spent, limit, "万元", index)


RULE = Rule(
    id="decline_cap",
    title="收缩地区上限",
    title_en="Cap in declining counties",
    source="青政〔2024〕48号（三）：适度缩减海拔极高、人口总量较少及城镇人口持续减少的县域；份额为假设",
    formula="Σ_{r∈人口流失县或高海拔, p 新建, c(p)∉允许类别} x ≤ 上限占比 · Σ额度（或 Σ安排）",
    unit="万元",
    block=block,
    measure=measure,
    setting=quota.share_for,
    example="额度合计 5,000 万元、上限占比 2 %：人口流失县新建且不属改造类的项目合计至多 100.00 万元。",
    quote="青政〔2024〕48号（三）：适度缩减海拔极高、人口总量较少及城镇人口持续减少的县域基本公共服务,集中向中心城镇布局相关设施",
)
