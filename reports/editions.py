"""Parts of a plan for those who get them: one workbook a county, one a department, and what may be published."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from reports.performance import performance
from reports.table import Plan, ResultColumn, ResultTable, Row, money_column, notes, text_column
from reports.tables import detail, later_needs, proposal, unfunded

Keep = Callable[[str], bool]


def county_editions(plan: Plan) -> Iterator[tuple[str, tuple[ResultTable, ...]]]:
    """Name and tables of every region that has candidates: only its own projects and payments."""
    case = plan.case
    for region in dict.fromkeys(r for p in case.projects for r in p.regions if r):
        mine = {p.id for p in case.projects if region in p.regions}
        yield region, _edition(plan, region, mine, region)


def department_editions(plan: Plan) -> Iterator[tuple[str, tuple[ResultTable, ...]]]:
    """Name and tables of every department that projects name."""
    case = plan.case
    for department in dict.fromkeys(p.department for p in case.projects if p.department):
        mine = {p.id for p in case.projects if p.department == department}
        yield department, _edition(plan, department, mine, "")


def _edition(plan: Plan, title: str, ids: set[str], payer: str) -> tuple[ResultTable, ...]:
    tables = [proposal(plan), detail(plan), unfunded(plan), later_needs(plan), performance(plan)]
    kept = []
    for table in tables:
        rows = [row for row in table.rows if row[0] in ids]
        if table.name == "安排明细" and payer:
            rows = [row for row in rows if row[table.position("付款地区")] == payer]
        if table.name == "未安排项目及原因表":
            rows = [_without_rival(table, row, ids) for row in rows]
        found = replace(table, title=f"{table.title}（{title}）", rows=tuple(rows))
        shared = {key for key in ids if len(plan.case.project_by_id[key].regions) > 1} if payer else set()
        if shared and table.name == "资金安排建议表":
            found = _own_share(plan, found, shared, payer)
        kept.append(found)
    return tuple(kept)


WHOLE_PROJECT = ("总投资", "已到位资金", "本次申请", "缺口")
"""Amounts of a project as a whole: of projects shared with other regions they do not add up to the region's."""


def _own_share(plan: Plan, table: ResultTable, shared: set[str], payer: str) -> ResultTable:
    """The proposal with what the region itself pays; of shared projects what all regions pay stands in a column apart."""
    case = plan.case
    funds = {table.position(f.name): f.name for f in case.funds}
    years = {table.position(f"{case.year_label(t)}年"): t for t in range(case.years)}
    whole = table.position("安排合计")
    columns = [replace(c, total=c.total and c.name not in WHOLE_PROJECT) for c in table.columns]
    columns.insert(whole + 1, ResultColumn("各地区合计", "money", 13))
    rows: list[Row] = []
    for row in table.rows:
        fresh, all_regions = list(row), None
        if row[0] in shared:
            mine = [p for p in plan.allocation.payments_of.get(row[0], ()) if p.region == payer]
            all_regions = row[whole]
            fresh[whole] = sum(p.amount for p in mine)
            for at, name in funds.items():
                fresh[at] = sum(p.amount for p in mine if p.fund == name)
            for at, year in years.items():
                fresh[at] = sum(p.amount for p in mine if p.year == year)
            if any(c.name == "其中用作资本金" for c in table.columns):
                fresh[table.position("其中用作资本金")] = sum(p.capital for p in mine)
        fresh.insert(whole + 1, all_regions)
        rows.append(fresh)
    note = "跨地区项目的各项资金、各年度和安排合计只列本地区承担部分；总投资、申请、缺口、满足率是整个项目的，不列合计"
    return replace(table, columns=tuple(columns), rows=tuple(rows), notes=(*table.notes, note))


def _without_rival(table: ResultTable, row: list[object], ids: set[str]) -> list[object]:
    """Another county's project is not named, neither as the nearest rival nor in the sentence."""
    rival = table.position("最接近的已安排项目")
    if not row[rival] or row[rival] in ids:
        return row
    fresh = list(row)
    for column in (table.position("原因"), table.position("若要安排需调整什么")):
        fresh[column] = re.sub(re.escape(str(row[rival])), "其他地区的项目", str(row[column]))
    fresh[rival] = ""
    return fresh


def public_edition(plan: Plan) -> tuple[ResultTable, ...]:
    """资金安排公示表: what is funded and with how much, without reasons, scores or what was left out."""
    case = plan.case
    funds = tuple(f.name for f in case.funds)
    columns = (
        ResultColumn("序号", "whole", 7), text_column("项目名称", 40), text_column("地区", 14), text_column("类别", 16), text_column("项目单位", 24),
        text_column("建设性质", 9), money_column("总投资"), *(money_column(name) for name in funds), money_column("安排合计", sum_of=funds),
    )  # fmt: skip
    rows = []
    for number, choice in enumerate(plan.allocation.choices, start=1):
        project, payments = case.project_by_id[choice.project], plan.allocation.payments_of.get(choice.project, ())
        scheme = project.scheme(choice.scheme)
        assert scheme is not None
        by_fund = [sum(p.amount for p in payments if p.fund == f) for f in funds]
        nature = "续建" if project.ongoing else "新建"
        rows.append(
            [
                number,
                project.name,
                project.region_label,
                project.category,
                project.owner,
                nature,
                scheme.total,
                *by_fund,
                sum(by_fund),
            ]
        )
    title = f"{case.name or '资金安排'}公示表"
    return (ResultTable("资金安排公示表", title, columns, tuple(rows), notes(case)),)
