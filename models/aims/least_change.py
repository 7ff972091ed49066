"""最少变动: the least money moved against an earlier plan (原方案), then the weighted benefit."""

from fractions import Fraction

from models.aim import Aim, Extra
from models.allocation import Allocation
from models.case import Case
from models.program import DEFINITION, Objective
from models.space import Space
from models.units import MONEY_PER_WAN


def stages(case: Case, space: Space, extra: Extra) -> list[Objective]:
    """min Σ |x − before| by project, fund and year (or horizon, where no year is given)."""
    coefficients: dict[int, Fraction] = {}
    counted: set[int] = set()
    for i, project in enumerate(case.projects):
        for fund, year, amount in project.before:
            money = space.money(i, (space.fund_index[fund],), year)
            counted.update(money.tolist())
            reach = int((space.upper[money] * space.unit[money]).sum())
            gap = extra.column(max(amount, reach), MONEY_PER_WAN)
            key, units = (project.id, fund, "" if year is None else str(year)), space.unit[money]
            extra.rows.add((*key, "多"), [(money, units), ([gap], -1)], upper=amount, policy=DEFINITION)
            extra.rows.add((*key, "少"), [(money, units), ([gap], 1)], lower=amount, policy=DEFINITION)
            coefficients[gap] = Fraction(1, MONEY_PER_WAN)
    for col in space.x.tolist():
        if col not in counted:
            coefficients[col] = Fraction(int(space.unit[col]), MONEY_PER_WAN)
    return [Objective("与原方案相比变动的资金", "万元", -1, coefficients)]


def values(case: Case, allocation: Allocation) -> list[Fraction]:
    """Exact money moved, in 万元."""
    moved = 0
    for project in case.projects:
        dated = {(fund, year) for fund, year, _ in project.before if year is not None}
        whole = {fund for fund, year, _ in project.before if year is None}
        payments = allocation.payments_of.get(project.id, ())
        for fund, year, amount in project.before:
            paid = sum(p.amount for p in payments if p.fund == fund and year in (None, p.year))
            moved += abs(paid - amount)
        moved += sum(p.amount for p in payments if p.fund not in whole and (p.fund, p.year) not in dated)
    return [Fraction(moved, MONEY_PER_WAN)]


AIM = Aim(
    id="最少变动",
    title="最少变动：与原方案相比变动的资金最少",
    title_en="Least change from an earlier plan",
    source="假设：变动按资金额计，原方案由项目表的 原方案 列给定",
    stages=stages,
    values=values,
)
