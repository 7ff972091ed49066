"""贴近挂钩: the least deviation of linked money from each region's weight, then the weighted benefit."""

from dataclasses import replace
from fractions import Fraction

from models import facts, linkage
from models.aim import Aim, Extra
from models.allocation import Allocation
from models.case import Case, Policy, Scope
from models.program import DEFINITION, Objective
from models.space import Space
from models.units import MONEY_PER_WAN

LINKED = Policy("people_money")


def policy_of(case: Case) -> Policy:
    """The case's people_money policy, else one with equal weights and no fading."""
    return next((p for _, p in case.policies_of("people_money")), LINKED)


def targets(case: Case) -> dict[str, Fraction]:
    """w_r · B of every linked region, in base units."""
    policy = policy_of(case)
    base = sum(case.limit_of(name, policy.year) for name in linkage.funds_of(case, policy))
    return {name: Fraction(w * base, linkage.MILLION) for name, w in linkage.weights(case, policy).items()}


def _scope(case: Case, region: str) -> Scope:
    policy = policy_of(case)
    return replace(policy.scope, funds=linkage.funds_of(case, policy), regions=(region,))


def stages(case: Case, space: Space, extra: Extra) -> list[Objective]:
    """min Σ_r |Σ_{p∈r} x − w_r·B|, counted in millionths of a base unit so that nothing is rounded."""
    coefficients: dict[int, Fraction] = {}
    for region, target in targets(case).items():
        money = space.x[space.money_mask(_scope(case, region), policy_of(case).year)]
        reach = int((space.upper[money] * space.unit[money]).sum())
        goal = int(target * linkage.MILLION)
        gap = extra.column(max(goal, reach * linkage.MILLION), MONEY_PER_WAN * linkage.MILLION)
        each = linkage.MILLION * space.unit[money]
        extra.rows.add((region, "高"), [(money, each), ([gap], -1)], upper=goal, policy=DEFINITION)
        extra.rows.add((region, "低"), [(money, each), ([gap], 1)], lower=goal, policy=DEFINITION)
        coefficients[gap] = Fraction(1, MONEY_PER_WAN * linkage.MILLION)
    return [Objective("与挂钩目标的偏离", "万元", -1, coefficients)] if coefficients else []


def values(case: Case, allocation: Allocation) -> list[Fraction]:
    """Exact deviation in 万元."""
    goals, year = targets(case), policy_of(case).year
    gaps = [abs(facts.money_in(case, allocation, _scope(case, name), year) - goal) for name, goal in goals.items()]
    return [sum(gaps, Fraction(0)) / MONEY_PER_WAN] if goals else []


AIM = Aim(
    id="贴近挂钩",
    title="贴近挂钩：与人钱挂钩权重的偏离最小",
    title_en="Nearest to the linkage",
    source="甘政发〔2024〕57号（五）；权重见人钱挂钩",
    stages=stages,
    values=values,
)
