"""The bureau's own plan: 安排明细 of a result workbook, or a plain list of amounts; checked by every rule, scored.

A plain list has a row per project with 项目编号 and one column per fund, or per fund and year (资金:年), or rows
of 项目编号, 资金, 年度, 金额. What is not said – scheme, start, paying region – follows from the case where it
has one answer only, else it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inputs import clean
from inputs.case.result import DETAIL, load_result, read_plan
from inputs.files.letters import column_letters
from inputs.files.workbook import Grid, load_grids
from models.allocation import Allocation, Choice, Payment
from models.case import Case, Project
from models.issue import CaseError, Issue
from models.units import split_whole
from models.verify import verify
from optimizer.complete import complete
from optimizer.solution import Solution

HEADER_ROWS = 8
ID = ("项目编号", "编号")


@dataclass(slots=True)
class OwnPlan:
    """What came of the file: the plan with its verdict, or issues that stop it."""

    solution: Solution | None
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Amount:
    project: Project
    fund: str
    year: int | None
    amount: int
    cell: str


def read_own_plan(path: Path, case: Case, name: str = "") -> OwnPlan:
    """Read a plan file against a case; the plan may break rules, its cells may not be unclear."""
    try:
        grids = load_grids(path)
        if any(clean.tidy(g.name) == DETAIL for g in grids) and path.suffix.lower() == ".xlsx":
            return _of_result(path, case)
        return _of_list(grids, case, name or path.name)
    except CaseError as error:
        return OwnPlan(None, error.issues)


def _of_result(path: Path, case: Case) -> OwnPlan:
    record = load_result(path)
    plan, _ = read_plan(record, case)
    issues = [i for i in record.issues if i.sheet != "求解说明"]
    return OwnPlan(None, issues) if issues else _judged(plan, case)


def _judged(plan: Allocation, case: Case) -> OwnPlan:
    """The plan with its verdict; capital, top-ups and land moves it leaves open are set to the least it needs."""
    verdict = verify(case, plan)
    if not verdict.passed:
        whole = complete(case, plan)
        plan, verdict = whole, verify(case, whole)
    return OwnPlan(Solution("feasible", plan, verdict, None))


def _of_list(grids: list[Grid], case: Case, name: str) -> OwnPlan:
    issues: list[Issue] = []
    for grid in grids:
        header = _header(grid)
        if header is not None:
            amounts = _amounts(grid, header, case, issues)
            if not issues and not amounts:
                message = f"“{name}”里没有大于零的金额"
                issues.append(Issue("own_plan", "error", grid.name, "", "", message, "填各项目的安排额"))
            plan = _plan(amounts, case, grid.name, issues)
            return OwnPlan(None, issues) if issues or plan is None else _judged(plan, case)
    message = f"“{name}”里没有找到“项目编号”一列"
    return OwnPlan(
        None, [Issue("own_plan", "error", "", "", "", message, "用结果工作簿的安排明细，或一行一个项目的清单")]
    )


def _header(grid: Grid) -> int | None:
    for index, row in enumerate(grid.rows[:HEADER_ROWS]):
        if any(clean.tidy(value) in ID for value in row):
            return index
    return None


def _amounts(grid: Grid, header: int, case: Case, issues: list[Issue]) -> list[_Amount]:
    heads = [clean.tidy(value) for value in grid.rows[header]]
    key = next(i for i, head in enumerate(heads) if head in ID)
    long: dict[str, int] = {name: heads.index(name) for name in ("资金", "年度") if name in heads}
    money = next((i for i, head in enumerate(heads) if head.startswith("金额")), None)
    columns = [] if "资金" in long and money is not None else _fund_columns(heads, case)
    if "资金" not in long and not columns:
        text = "清单里没有以资金命名的列，也没有“资金”“金额”两列"
        words = "、".join(f.name for f in case.funds)
        issues.append(Issue("own_plan", "error", grid.name, f"A{header + 1}", "", text, f"列名写成资金名称：{words}"))
    found: list[_Amount] = []
    for number, row in enumerate(grid.rows[header + 1 :], start=header + 2):
        text = clean.title(row[key]) if key < len(row) else ""
        if clean.is_empty(text) or clean.tidy(text) in ("合计", "总计", "小计"):
            continue
        project = case.project_by_id.get(text)
        cell = f"{column_letters(key)}{number}"
        if project is None:
            issues.append(
                Issue("own_plan", "error", grid.name, cell, text, "项目编号不在案例中", "改编号，或删去这一行")
            )
            continue
        for index, fund, year, unit in columns or _long(row, long, money, heads, grid.name, number, case, issues):
            value = row[index] if index < len(row) else None
            if not clean.is_empty(value):
                amount = _money(value, unit, grid.name, f"{column_letters(index)}{number}", issues)
                if amount:
                    found.append(_Amount(project, fund, year, amount, f"{column_letters(index)}{number}"))
    return found


def _unit(head: str) -> str:
    return next((u for u in ("亿元", "万元", "元") if head.endswith(f"({u})")), "万元")


def _fund_columns(heads: list[str], case: Case) -> list[tuple[int, str, int | None, str]]:
    """Columns named by a fund, or by fund and year; where a fund has years, its column without year is a sum."""
    found = []
    for index, head in enumerate(heads):
        bare = head.partition("(")[0]
        fund, _, year = bare.partition(":")
        known = {clean.tidy(f.name): f.name for f in case.funds}
        position = int(year.removesuffix("年")) - case.first_year if year.removesuffix("年").isdigit() else None
        if fund in known and (not year or (position is not None and 0 <= position < case.years)):
            found.append((index, known[fund], position, _unit(head)))
    dated = {fund for _, fund, year, _ in found if year is not None}
    return [c for c in found if c[2] is not None or c[1] not in dated]


def _long(
    row: list[Any], long: dict[str, int], money: int | None, heads: list[str], sheet: str, number: int, case: Case, issues: list[Issue]
) -> list[tuple[int, str, int | None, str]]:  # fmt: skip
    """The one amount of a row with 资金 (and 年度)."""
    if money is None:
        return []
    fund = clean.title(row[long["资金"]])
    year: int | None = None
    if fund not in case.fund_by_name:
        cell = f"{column_letters(long['资金'])}{number}"
        issues.append(Issue("own_plan", "error", sheet, cell, fund, "资金不在案例中", "改为资金表里的名称"))
        return []
    if "年度" in long and not clean.is_empty(row[long["年度"]]):
        cell = f"{column_letters(long['年度'])}{number}"
        try:
            year = clean.whole(row[long["年度"]], "年") - case.first_year
        except clean.Unreadable:
            year = -1
        if not 0 <= year < case.years:
            issues.append(Issue("own_plan", "error", sheet, cell, clean.title(row[long["年度"]]), "年度不在规划期内", "改年度"))  # fmt: skip
            return []
    return [(money, fund, year, _unit(heads[money]))]


def _money(value: Any, unit: str, sheet: str, cell: str, issues: list[Issue]) -> int:
    try:
        amount = clean.money(value, unit)
    except clean.Unreadable as problem:
        text = clean.title(value)
        issues.append(Issue("own_plan", "error", sheet, cell, text, f"金额“{text}”{problem.message}", problem.remedy))
        return 0
    if amount < 0:
        issues.append(Issue("own_plan", "error", sheet, cell, clean.title(value), "金额是负数", "填不小于 0 的数"))
    return max(0, amount)


# ---- amounts to a plan


def _plan(amounts: list[_Amount], case: Case, sheet: str, issues: list[Issue]) -> Allocation | None:
    by_project: dict[str, list[_Amount]] = {}
    for each in amounts:
        by_project.setdefault(each.project.id, []).append(each)
    choices, payments = [], []
    for mine in by_project.values():
        project = mine[0].project
        choice = _choice(project, mine, case)
        if choice is None:
            words = "、".join(s.name for s in project.schemes)
            message = f"{project.id} 有几种做法（{words}），清单看不出用哪一种"
            issues.append(Issue("own_plan", "error", sheet, mine[0].cell, project.id, message, "用安排明细的格式写明方案和开工年"))  # fmt: skip
            continue
        choices.append(choice)
        payments += _payments(project, _by_year(mine, choice, case), case)
    if issues:
        return None
    merged: dict[tuple[str, str, int, str], int] = {}
    for p in payments:
        key = (p.project, p.fund, p.year, p.region)
        merged[key] = merged.get(key, 0) + p.amount
    return Allocation.of(choices, [Payment(*key, amount) for key, amount in merged.items()])


def _choice(project: Project, mine: list[_Amount], case: Case) -> Choice | None:
    """The scheme and start: the only one, or the first start not after the first year with money."""
    if len(project.schemes) != 1:
        return None
    years = [a.year for a in mine if a.year is not None]
    first = min(years) if years else None
    starts = [s for s in project.starts if first is None or s <= first] or list(project.starts[:1])
    start = max(starts) if first is not None else (starts[0] if starts else 0)
    return Choice(project.id, project.schemes[0].name, start)


def _by_year(mine: list[_Amount], choice: Choice, case: Case) -> list[tuple[_Amount, dict[int, int]]]:
    """The amounts of a project by year. Those without a year follow its need, funds of coarse steps in whole steps
    first; the last one fills what then lacks in every year, where it is just that much."""
    scheme = mine[0].project.scheme(choice.scheme)
    assert scheme is not None
    profile = list(scheme.profile[: case.years - choice.start]) or [1]
    lacking = profile.copy()
    found = [(a, {a.year: a.amount}) for a in mine if a.year is not None]
    for a, _ in found:
        if a.year is not None and 0 <= a.year - choice.start < len(lacking):
            lacking[a.year - choice.start] -= a.amount
    undated = sorted((a for a in mine if a.year is None), key=lambda a: -case.fund_by_name[a.fund].step)
    for k, each in enumerate(undated):
        last = k == len(undated) - 1 and sum(lacking) == each.amount and min(lacking) >= 0
        parts = lacking.copy() if last else _in_steps(each.amount, profile, case.fund_by_name[each.fund].step)
        lacking = [a - b for a, b in zip(lacking, parts, strict=True)]
        found.append((each, {choice.start + y: part for y, part in enumerate(parts)}))
    return found


def _in_steps(amount: int, weights: list[int], step: int) -> list[int]:
    """An amount split by weights in whole steps; what is no whole step goes to the largest part."""
    parts = [part * step for part in split_whole(amount // step, weights)]
    parts[parts.index(max(parts))] += amount % step
    return parts


def _payments(project: Project, amounts: list[tuple[_Amount, dict[int, int]]], case: Case) -> list[Payment]:
    """Amounts by year over the paying regions: each but the first pays its share of the year so far, rounded down to
    the fund's step, funds of coarse steps first; the first region pays the rest."""
    total: dict[int, int] = {}
    paid: dict[tuple[int, str], int] = {}
    found = []
    for each, by_year in sorted(amounts, key=lambda pair: -case.fund_by_name[pair[0].fund].step):
        step = case.fund_by_name[each.fund].step
        for year, amount in by_year.items():
            total[year], rest = total.get(year, 0) + amount, amount
            for region, share in reversed(project.shares):
                due = share * total[year] - paid.get((year, region), 0)
                part = rest if region == project.regions[0] else min(rest, max(0, due // step * step))
                paid[year, region] = paid.get((year, region), 0) + part
                rest -= part
                if part:
                    found.append(Payment(project.id, each.fund, year, region, part))
    return found
