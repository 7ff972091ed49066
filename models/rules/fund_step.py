"""fund_step: money of a fund comes in multiples of its step.

The step is the unit of the fund's integer columns, so the rule needs no rows of its own.
"""

from collections.abc import Iterator

from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """No rows: ``space.unit`` already holds the steps."""
    return Rows("fund_step", "万元").close()


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
    formula="x[p,f,t,r] = 步长_f · n，n 为整数",
    unit="万元",
    block=block,
    measure=measure,
    example="步长 10 万元：1,230.00 可以，1,235.00 不可以（余 5.00）。",
    always=True,
)
