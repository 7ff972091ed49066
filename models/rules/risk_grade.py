"""risk_grade: new bonds of a region by its risk grade, as a factor on its room for new debt."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models import debt, facts, linkage
from models.allocation import Allocation
from models.case import GENERAL, SPECIAL, Case, Policy, Region
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.rules.debt_headroom import owed_mask
from models.space import Space

BONDS = (SPECIAL, GENERAL)


def _limits(case: Case, policy: Policy) -> Iterator[tuple[Region, str, int | None, Fraction]]:
    """Limits by region, kind (empty = both) and year (None = horizon) for grades with a factor below 1."""
    bonds = tuple(f.name for f in case.funds if f.kind in BONDS)
    able = None
    for region in case.regions:
        factor = Fraction(policy.option(region.debt.grade, "1")) if region.debt.grade else Fraction(1)
        if factor >= 1:
            continue
        rooms = [(kind, rooms) for kind in debt.KINDS if (rooms := debt.room(case, region, kind)) is not None]
        for kind, by_year in rooms:
            for year, room in enumerate(by_year):
                yield region, kind, year, factor * room
        if not rooms:
            able = linkage.appetites(case, bonds) if able is None else able
            yield region, "", None, factor * able[region.name].absorb


def _key(case: Case, region: Region, kind: str, year: int | None) -> tuple[str, ...]:
    return (
        region.name,
        region.debt.grade,
        debt.SHORT.get(kind, ""),
        "" if year is None else str(case.year_label(year)),
    )


def block(case: Case, space: Space) -> Block:
    """New bonds ≤ θ[grade] · room; where no debt limit is filled, θ · what the candidates could take."""
    rows = Rows("risk_grade", "万元")
    bonds = np.array([f.kind in BONDS for f in case.funds], dtype=np.bool_)
    for index, policy in case.policies_of("risk_grade"):
        for region, kind, year, limit in _limits(case, policy):
            if year is None:
                mine = space.under[:, space.region_index[region.name]][space.x_region] & bonds[space.x_fund]
            else:
                mine = owed_mask(space, region.name, kind, year)
            terms = [(space.x[mine], limit.denominator)]
            key = _key(case, region, kind, year)
            rows.add(key, terms, upper=limit.numerator, scale=limit.denominator, policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """New bonds of graded regions against their limits."""
    for index, policy in case.policies_of("risk_grade"):
        for region, kind, year, limit in _limits(case, policy):
            if year is None:
                total = 0
                for p in allocation.payments:
                    if case.fund_by_name[p.fund].kind in BONDS and facts.lies_in(case, p.region, region.name):
                        total += p.amount
            else:
                total = facts.owed(case, allocation, region.name, kind, year)
            yield Measure("risk_grade", _key(case, region, kind, year), "<=", total, limit, "万元", index)


RULE = Rule(
    id="risk_grade",
    title="债务风险等级",
    title_en="Debt risk grade",
    source="债务率分红橙黄绿四档管理：正式文件未公开，系数由使用单位设定（待核实）",
    formula="Σ_{p∈r} 新增债券（未到期） ≤ θ[等级] · 债务空间[r,t]；没有填限额的地区 ≤ θ · 候选项目最多可用的债券 A_r",
    unit="万元",
    block=block,
    measure=measure,
    example="橙色系数 0.7、债务空间 800 万元：新增债券至多 560.00 万元；红色系数 0：不得新增。",
)
