"""fund_step: money of a fund comes in multiples of its step.

The step is the unit of the fund's integer columns. What no mix of steps can meet is told by a row of its own, so that
nobody looks for a plan with such a way of doing a project.
"""

from collections.abc import Iterator
from math import gcd

from models.allocation import Allocation
from models.case import Case, Project
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space, Way


def block(case: Case, space: Space) -> Block:
    """y = 0 for every way whose need or ask of a year is no sum of whole steps of the funds that may pay it."""
    rows = Rows("fund_step", "个")
    if any(fund.step > 1 for fund in case.funds):
        for i, project in enumerate(case.projects):
            for w in space.ways_of[i].tolist():
                out = _out_of_step(case, space, project, i, space.ways[w])
                if out is not None:
                    rows.add((project.id, *out), [([w], 1)], upper=0)
    return rows.close()


def _out_of_step(case: Case, space: Space, project: Project, i: int, way: Way) -> tuple[str, ...] | None:
    """Year, or fund and year, that whole steps do not meet; empty where a part would be too little; None where they do.

    The sums of whole steps of several funds are multiples of the greatest common divisor of the steps.
    """
    label = [str(case.year_label(t)) for t in range(case.years)]
    if project.arrangement == "按申报":
        odd = (
            (f, t) for f, asks in way.asks.items() for t, ask in enumerate(asks.tolist()) if ask % case.funds[f].step
        )
        return next(((case.funds[f].name, label[t]) for f, t in odd), None)
    step = [gcd(*(int(space.unit[c]) for c in space.money(i, year=t))) for t in range(case.years)]
    needs = way.need.tolist()
    if project.arrangement == "全额":
        return next(((label[t],) for t, need in enumerate(needs) if step[t] and need % step[t]), None)
    most = sum(need - need % step[t] if step[t] else 0 for t, need in enumerate(needs))
    return () if any(step) and most < project.least_fill * way.total_need else None


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """What is left over after whole steps, for every payment of a stepped fund."""
    for p in allocation.payments:
        fund = case.fund_by_name.get(p.fund)
        if fund is not None and fund.step > 1:
            key = (p.project, p.fund, str(case.year_label(p.year)), p.region)
            yield Measure("fund_step", key, "=", p.amount % fund.step, 0)


RULE = Rule(
    id="fund_step",
    title="安排步长",
    title_en="Step of a fund",
    source="假设：发行与下达以整数额度为单位，步长由资金表给定",
    formula="x[p,f,t,r] = 步长_f · n，n 为整数；某年需求不是可用资金步长的最大公约数的整数倍 → y[p,m,s] = 0",
    unit="万元",
    block=block,
    measure=measure,
    example="步长 10 万元：1,230.00 可以，1,235.00 不可以（余 5.00）。只能用这项资金、某年全额需要 1,235.00 万元的做法凑不出来，不参加求解。",
    always=True,
)
