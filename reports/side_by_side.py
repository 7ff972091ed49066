"""对比工作簿: plans side by side as a workbook for the meeting – figures, regions, projects in and out, settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

from reports.scenarios import (
    DIGITS,
    Compared,
    Figure,
    broken_rules,
    by_region,
    difference,
    figures,
    project_differences,
)
from reports.table import ResultColumn, ResultTable, Row, money_column, notes, text_column
from reports.tables import paying_regions

Setting = tuple[str, Sequence[str]]
"""A setting in words and what it is in each plan."""


def side_by_side(plans: Sequence[Compared], settings: Sequence[Setting] = ()) -> tuple[ResultTable, ...]:
    """The sheets of a comparison; the first plan is the one that the others are held against."""
    tables = [_figures(plans), _regions(plans), project_differences(plans)]
    if settings:
        heads = (text_column("设置", 44), *(text_column(p.name, 22) for p in plans))
        rows = tuple([words, *values] for words, values in settings)
        tables.append(ResultTable("设置的差别", "设置的差别", heads, rows))
    for number, plan in enumerate(plans, start=1):
        broken = broken_rules(plan)
        if broken.rows:
            tables.append(replace(broken, name=f"未满足的要求{number}", title=f"“{plan.name}”未满足的要求"))
    return tuple(tables)


def _figures(plans: Sequence[Compared]) -> ResultTable:
    """One row a figure: its unit, its value in every plan, what the others have more than the first."""
    columns = (
        text_column("指标", 30), text_column("单位", 8), *(ResultColumn(p.name, "number", 20) for p in plans),
        *(ResultColumn(f"{p.name} 比 {plans[0].name}", "number", 20) for p in plans[1:]),
    )  # fmt: skip
    rows: list[Row] = []
    for figure in figures(plans):
        label, _, unit = figure.label.partition("（")
        unit = {"money": "万元", "share": "%"}.get(figure.kind, "" if label == "加权效益" else unit.rstrip("）"))
        name = figure.label if label == "加权效益" else label
        first = figure.values[0]
        more = [
            _in_unit(figure, difference(figure, v, first))
            if isinstance(v, Fraction) and isinstance(first, Fraction)
            else None
            for v in figure.values[1:]
        ]
        rows.append([name, unit, *(_in_unit(figure, v) for v in figure.values), *more])
    words = (f"差是各方案比“{plans[0].name}”多出的",) if len(plans) > 1 else ()
    return ResultTable(
        "方案对比", "方案对比", columns, tuple(rows), (*notes(plans[0].plan.case), *words), unit="见各行"
    )


def _in_unit(figure: Figure, value: Fraction | str | None) -> Fraction | str | None:
    """A value in the unit of its row, with as many digits as the page shows."""
    if not isinstance(value, Fraction):
        return value
    if figure.kind == "money":
        return value / 100
    if figure.kind == "share":
        return round(value, DIGITS["share"]) * 100
    return Fraction(floor(value)) if figure.kind == "whole" else round(value, DIGITS.get(figure.kind, 2))


def _regions(plans: Sequence[Compared]) -> ResultTable:
    """One row a paying region: its money in every plan, what the others give it more than the first."""
    columns = (
        text_column("地区", 16), *(money_column(p.name, width=18) for p in plans), *(money_column(f"{p.name} 比 {plans[0].name}", width=20) for p in plans[1:])
    )  # fmt: skip
    sums = [by_region(p.plan) for p in plans]
    names = dict.fromkeys([*paying_regions(plans[0].plan.case), *(name for found in sums for name in found)])
    rows = []
    for name in names:
        money = [found.get(name, 0) for found in sums]
        rows.append([name, *money, *(amount - money[0] for amount in money[1:])])
    return ResultTable("各地区安排额", "各地区安排额", columns, tuple(rows), notes(plans[0].plan.case))
