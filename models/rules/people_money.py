"""people_money: money follows newly settled people, within a band around each region's weight."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from models import facts, linkage
from models.allocation import Allocation
from models.case import Case, Policy, Scope
from models.program import Block, Key, Rows
from models.rule import Measure, Rule
from models.space import Space

SPENT = "实际安排"


def _scope(case: Case, policy: Policy) -> Scope:
    return replace(policy.scope, funds=linkage.funds_of(case, policy))


def _key(case: Case, policy: Policy, region: str, side: str) -> tuple[str, ...]:
    return (region, side, "" if policy.year is None else str(case.year_label(policy.year)))


def block(case: Case, space: Space) -> Block:
    """min((1−δ)·w·B, A) ≤ Σ_{p∈r} x ≤ max((1+δ)·w·B, cheapest need); with 实际安排 B is Σ x."""
    rows = Rows("people_money", "万元")
    for index, policy in case.policies_of("people_money"):
        scope = _scope(case, policy)
        if policy.option("基数", "额度") == SPENT:
            _spent_rows(rows, space, index, policy, scope)
            continue
        for region, band in linkage.bands(case, policy).items():
            money = space.x[space.money_mask(replace(scope, regions=(region,)), policy.year)]
            for side, limit in (("下限", band.floor), ("上限", band.ceiling)):
                if limit is None or (side == "下限" and limit <= 0):
                    continue
                low, high = (limit, None) if side == "下限" else (None, limit)
                rows.add(_key(case, policy, region, side), [(money, 1)], lower=low, upper=high, policy=index)
    return rows.close()


def _spent_rows(rows: Rows, space: Space, index: int, policy: Policy, scope: Scope) -> None:
    every = space.x[space.money_mask(scope, policy.year)]
    spread = Fraction(policy.value or 0)
    for region, weight in linkage.weights(space.case, policy).items():
        money = space.x[space.money_mask(replace(scope, regions=(region,)), policy.year)]
        share = Fraction(weight, linkage.MILLION)
        for side, part in (("下限", (1 - spread) * share), ("上限", (1 + spread) * share)):
            if weight == 0:
                continue
            terms = [(money, part.denominator), (every, -part.numerator)]
            low, high = (0, None) if side == "下限" else (None, 0)
            key = _key(space.case, policy, region, side)
            rows.add(key, terms, lower=low, upper=high, scale=part.denominator, policy=index)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Linked money of every region against its band."""
    for index, policy in case.policies_of("people_money"):
        scope, spread = _scope(case, policy), Fraction(policy.value or 0)
        by_spent = policy.option("基数", "额度") == SPENT
        every = facts.money_in(case, allocation, scope, policy.year)
        bands = {} if by_spent else linkage.bands(case, policy)
        for region, weight in linkage.weights(case, policy).items():
            money = facts.money_in(case, allocation, replace(scope, regions=(region,)), policy.year)
            if by_spent:
                target = Fraction(weight * every, linkage.MILLION)
                floor: int | Fraction = (1 - spread) * target
                ceiling: int | Fraction | None = (1 + spread) * target if weight else None
            else:
                floor, ceiling = bands[region].floor, bands[region].ceiling
            idle = by_spent and every == 0
            if floor > 0 or idle:
                key = _key(case, policy, region, "下限")
                yield Measure("people_money", key, ">=", money, floor, "万元", index, idle)
            if ceiling is not None:
                key = _key(case, policy, region, "上限")
                yield Measure("people_money", key, "<=", money, ceiling, "万元", index, idle)


def setting(case: Case, policy: Policy, key: Key, limit: Fraction) -> Fraction | None:
    """The deviation at which the floor or ceiling of a region is a given amount; None where the base is what is spent."""
    region, side, _ = key
    base = sum(case.limit_of(name, policy.year) for name in linkage.funds_of(case, policy))
    share = Fraction(linkage.weights(case, policy).get(region, 0), linkage.MILLION) * base
    if policy.option("基数", "额度") == SPENT or not share:
        return None
    return 1 - limit / share if side == "下限" else limit / share - 1


RULE = Rule(
    id="people_money",
    title="人钱挂钩",
    title_en="Money follows people",
    source="财预〔2022〕60号；甘政发〔2024〕57号（五）；标准和退坡率未公开，权重与偏差由使用单位设定（待核实）",
    formula="min((1−δ)·w_r·B, A_r) ≤ Σ_{p∈r, f 挂钩} x ≤ max((1+δ)·w_r·B, 最小项目需求_r)，w_r 为百万分之整数，Σw = 10⁶；下限向下、上限向上取到 0.01 万元",
    unit="万元",
    block=block,
    measure=measure,
    setting=setting,
    example="甲县落户 300 人、乙县 100 人，权重 750,000 与 250,000；B = 1,000 万元、偏差 20 %：甲县 600.00–900.00，乙县 200.00–300.00 万元；甲县候选项目只能承接 500 万元时下限降为 500.00。",
    quote="甘政发〔2024〕57号（五）：推动省预算内投资安排和城镇建设用地增加规模与吸纳农业转移人口落户数量挂钩",
)
