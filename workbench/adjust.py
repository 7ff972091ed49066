"""Adjustments that are more than one cell: a fund scaled as a whole, quotas held against the fund."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from inputs.case.changes import CaseSheets, Target, wan_text
from models import quota
from models.case import Case, Scope
from models.facts import lies_in
from models.units import MONEY_PER_WAN


def scaled_fund(base: Case, name: str, percent: int) -> dict[Target, str]:
    """All limits of a fund as a percentage of those of ``base``: exactly those at 100, else in whole 万元."""
    fund = base.fund_by_name[name]
    limits: list[tuple[str, int | None]] = [("额度", fund.pool)]
    limits += [(f"额度:{base.year_label(year)}", limit) for year, limit in enumerate(fund.by_year)]
    return {
        Target("资金", (name,), column): wan_text(
            Fraction(limit, MONEY_PER_WAN) if percent == 100 else Fraction(limit * percent // (100 * MONEY_PER_WAN))
        )
        for column, limit in limits
        if limit is not None
    }


@dataclass(frozen=True, slots=True)
class QuotaFit:
    """Sums of the regions' floors and ceilings of a fund and its money (0.01 万元); ``closed`` = all have a ceiling."""

    floors: int
    ceilings: int
    money: int
    closed: bool


def quota_fit(sheets: CaseSheets, case: Case, fund: str, regions: Iterable[str]) -> QuotaFit:
    """Whether floors fit into a fund and ceilings let it be spent."""
    sums, names = [], list(regions)
    for family in ("配额下限", "配额上限"):
        texts = [sheets.text(Target("地区", (name,), f"{family}:{fund}")) for name in names]
        sums.append((int(sum(Fraction(text) for text in texts if text) * MONEY_PER_WAN), all(texts)))
    return QuotaFit(sums[0][0], sums[1][0], case.limit_of(fund), sums[1][1])


def crossed(limits: Mapping[str, tuple[Fraction | None, Fraction | None]]) -> list[str]:
    """Regions whose floor is above their ceiling: no plan can meet both."""
    return [name for name, (low, high) in limits.items() if low is not None and high is not None and low > high]


def tightest_limits(case: Case, fund: str) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    """The highest floor and the lowest ceiling (0.01 万元, less what is used already) of every region for one fund over
    the whole horizon, from 地区 and 规则 alike.

    Ceilings for several funds and those of the regions above bind a fund too; of limits by year only that of a horizon
    of one year does. Limits that depend on what the plan spends, and soft ones, are not among them.
    """
    floors: dict[str, Fraction] = {}
    ceilings: dict[str, Fraction] = {}
    for _, policy, scope in quota.demands("region_quota", "regions", case):
        name, funds = scope.regions[0], scope.funds or tuple(case.fund_by_name)
        plain = replace(scope, funds=()) == Scope(regions=(name,)) and fund in funds
        limit = quota.room_of(case, policy, scope)
        if limit is None or not plain or not policy.hard or (policy.year is not None and case.years > 1):
            continue
        if not policy.parameter.startswith("下限"):
            ceilings[name] = min(limit, ceilings.get(name, limit))
        elif funds == (fund,):
            floors[name] = max(limit, floors.get(name, limit))
    found = {}
    for region in case.regions:
        above = [ceilings[r] for r in ceilings if lies_in(case, region.name, r)]
        if region.name in floors or above:
            found[region.name] = floors.get(region.name), min(above, default=None)
    return found
