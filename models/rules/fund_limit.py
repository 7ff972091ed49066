"""fund_limit: a fund pays no more than its limit, by year with carry-over, pooled, or cut by region."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case, Fund, Scope
from models.limits import limit_measures, limit_rows, part_limits, slice_limits
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_p x[p,f,t] + carry[t] = B[f,t] + carry[t−1], written as cumulative sums with carry-over."""
    rows = Rows("fund_limit", "万元")
    on, policy = built_in(case, "fund_limit")
    for fund in case.funds if on else ():
        mine = space.money_mask(Scope(funds=(fund.name,)))
        limit_rows(rows, space, mine, fund.carries, (fund.name, ""), (fund.pool, fund.by_year), policy)
        slices = [s for s in case.slices if s.fund == fund.name]
        covered = np.zeros_like(mine)
        for region in dict.fromkeys(s.region for s in slices):
            part = space.money_mask(Scope(funds=(fund.name,), regions=(region,)))
            covered |= part
            limits = slice_limits(case, [s for s in slices if s.region == region])
            limit_rows(rows, space, part, fund.carries, (fund.name, region), limits, policy)
        if slices and fund.pool is None and all(b is None for b in fund.by_year):
            rows.add((fund.name, "未切块地区", ""), [(space.x[mine & ~covered], 1)], upper=0, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money paid by each fund (and region of a cut fund) against its limits."""
    on, policy = built_in(case, "fund_limit")
    for fund in case.funds if on else ():
        yield from _of_fund(case, allocation, fund, policy)
        yield from _of_slices(case, allocation, fund, policy)


def _of_fund(case: Case, allocation: Allocation, fund: Fund, policy: int) -> Iterator[Measure]:
    spent = [facts.money_in(case, allocation, Scope(funds=(fund.name,)), t) for t in range(case.years)]
    years = dict(enumerate(fund.by_year))
    yield from limit_measures("fund_limit", case, (fund.name, ""), fund.carries, spent, years, fund.pool, policy)


def _of_slices(case: Case, allocation: Allocation, fund: Fund, policy: int) -> Iterator[Measure]:
    slices = [s for s in case.slices if s.fund == fund.name]
    if not slices:
        return
    named = dict.fromkeys(s.region for s in slices)
    for region in named:
        scope = Scope(funds=(fund.name,), regions=(region,))
        spent = [facts.money_in(case, allocation, scope, t) for t in range(case.years)]
        limits, pool = part_limits(case, [s for s in slices if s.region == region])
        yield from limit_measures("fund_limit", case, (fund.name, region), fund.carries, spent, limits, pool, policy)
    if fund.pool is None and set(fund.by_year) == {None}:
        outside = sum(
            p.amount
            for p in allocation.payments
            if p.fund == fund.name and not any(facts.lies_in(case, p.region, region) for region in named)
        )
        yield Measure("fund_limit", (fund.name, "未切块地区", ""), "<=", outside, 0, "万元", policy)


RULE = Rule(
    id="fund_limit",
    title="资金额度",
    title_en="Fund limits",
    source="预算法第三十五条；财预〔2015〕225号：在批准的额度内安排（待核实）",
    formula="Σ_p x[p,f,t] + carry[t] = B[f,t] + carry[t−1]；切块地区 Σ_{p∈r} x ≤ B[f,r,t]",
    unit="万元",
    block=block,
    measure=measure,
    example="额度 2026 年 500、2027 年 300 万元，可结转：2026 年用 450，则 2027 年至多用 350.00；不可结转则至多 300.00。",
)
