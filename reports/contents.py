"""What the result workbook contains, in order."""

from __future__ import annotations

from collections.abc import Callable

from reports.comparison import comparison
from reports.performance import performance
from reports.policy_tables import capital_use, policy_tables
from reports.rule_check import rule_check
from reports.table import Plan, ResultTable
from reports.tables import by_category, by_fund, by_region, detail, later_needs, proposal, unfunded


def result_tables(plan: Plan) -> tuple[ResultTable, ...]:
    """Every table of the result workbook but 求解说明: the fixed ones, then those its rules ask for."""
    makers: tuple[Callable[[Plan], ResultTable], ...] = (
        proposal, detail, unfunded, by_region, by_category, by_fund, capital_use, rule_check, later_needs, comparison, performance,
    )  # fmt: skip
    return (*(maker(plan) for maker in makers), *policy_tables(plan))
