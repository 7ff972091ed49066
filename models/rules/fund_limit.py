"""fund_limit: a fund pays no more than its limit, by year with carry-over, pooled, or cut by region."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case, Fund, Scope, Slice
from models.program import Block, Bools, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_p x[p,f,t] + carry[t] = B[f,t] + carry[t−1], written as cumulative sums with carry-over."""
    rows = Rows("fund_limit", "万元")
    on, policy = built_in(case, "fund_limit")
    for fund in case.funds if on else ():
        mine = space.money_mask(Scope(funds=(fund.name,)))
        _limit_rows(rows, space, fund, mine, "", fund.pool, fund.by_year, policy)
        slices = [s for s in case.slices if s.fund == fund.name]
        covered = np.zeros_like(mine)
        for region in dict.fromkeys(s.region for s in slices):
            part = space.money_mask(Scope(funds=(fund.name,), regions=(region,)))
            covered |= part
            pool, by_year = _slice_limits(case, [s for s in slices if s.region == region])
            _limit_rows(rows, space, fund, part, region, pool, by_year, policy)
        if slices and fund.pool is None and all(b is None for b in fund.by_year):
            rows.add((fund.name, "未切块地区", ""), [(space.x[mine & ~covered], 1)], upper=0, policy=policy)
    return rows.close()


def _slice_limits(case: Case, slices: list[Slice]) -> tuple[int | None, tuple[int | None, ...]]:
    pools = [s.amount for s in slices if s.year is None]
    years: list[int | None] = [None] * case.years
    for s in slices:
        if s.year is not None:
            years[s.year] = (years[s.year] or 0) + s.amount
    if not pools:
        years = [amount or 0 for amount in years]
    return (sum(pools) if pools else None), tuple(years)


def _limit_rows(
    rows: Rows,
    space: Space,
    fund: Fund,
    mask: Bools,
    region: str,
    pool: int | None,
    by_year: tuple[int | None, ...],
    policy: int,
) -> None:
    case, known = space.case, 0
    for year, amount in enumerate(by_year):
        if amount is None:
            if fund.carries:
                break
            continue
        known = known + amount if fund.carries else amount
        within = (space.x_year <= year) if fund.carries else (space.x_year == year)
        key = (fund.name, region, str(case.year_label(year)))
        rows.add(key, [(space.x[mask & within], 1)], upper=known, policy=policy)
    if pool is not None:
        rows.add((fund.name, region, ""), [(space.x[mask], 1)], upper=pool, policy=policy)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money paid by each fund (and region of a cut fund) against its limits."""
    on, policy = built_in(case, "fund_limit")
    for fund in case.funds if on else ():
        yield from _of_fund(case, allocation, fund, policy)
        yield from _of_slices(case, allocation, fund, policy)


def _of_fund(case: Case, allocation: Allocation, fund: Fund, policy: int) -> Iterator[Measure]:
    spent = [facts.money_in(case, allocation, Scope(funds=(fund.name,)), t) for t in range(case.years)]
    yield from _against(case, fund, "", spent, dict(enumerate(fund.by_year)), fund.pool, policy)


def _of_slices(case: Case, allocation: Allocation, fund: Fund, policy: int) -> Iterator[Measure]:
    slices = [s for s in case.slices if s.fund == fund.name]
    if not slices:
        return
    named = dict.fromkeys(s.region for s in slices)
    for region in named:
        scope = Scope(funds=(fund.name,), regions=(region,))
        spent = [facts.money_in(case, allocation, scope, t) for t in range(case.years)]
        mine = [s for s in slices if s.region == region]
        pool = sum(s.amount for s in mine if s.year is None) if any(s.year is None for s in mine) else None
        limits: dict[int, int | None] = {}
        for t in range(case.years):
            given = [s.amount for s in mine if s.year == t]
            limits[t] = sum(given) if given or pool is None else None
        yield from _against(case, fund, region, spent, limits, pool, policy)
    if fund.pool is None and set(fund.by_year) == {None}:
        outside = sum(
            p.amount
            for p in allocation.payments
            if p.fund == fund.name and not any(facts.lies_in(case, p.region, region) for region in named)
        )
        yield Measure("fund_limit", (fund.name, "未切块地区", ""), "<=", outside, 0, "万元", policy)


def _against(
    case: Case,
    fund: Fund,
    region: str,
    spent: list[int],
    limits: dict[int, int | None],
    pool: int | None,
    policy: int,
) -> Iterator[Measure]:
    left, used = 0, 0
    for year, money in enumerate(spent):
        limit = limits[year]
        if limit is None:
            if fund.carries:
                break
            continue
        left, used = (left + limit, used + money) if fund.carries else (limit, money)
        yield Measure("fund_limit", (fund.name, region, str(case.year_label(year))), "<=", used, left, "万元", policy)
    if pool is not None:
        yield Measure("fund_limit", (fund.name, region, ""), "<=", sum(spent), pool, "万元", policy)


RULE = Rule(
    id="fund_limit",
    title="资金额度",
    title_en="Fund limits",
    source="预算法第三十五条；财预〔2015〕225号：在批准的额度内安排（待核实）",
    formula="Σ_p x[p,f,t] + carry[t] = B[f,t] + carry[t−1]；切块地区 Σ_{p∈r} x ≤ B[f,r,t]",
    unit="万元",
    block=block,
    measure=measure,
)
