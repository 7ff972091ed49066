"""The bureau's own plan: 安排明细 of a result workbook, or a plain list of amounts; checked by every rule, scored.

What a plain list does not say – scheme, start, paying region – follows from the case where it has one answer only,
else it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from inputs import clean
from inputs.case.result import DETAIL, load_result, read_plan
from inputs.files.workbook import Grid, load_grids
from models.allocation import Allocation, Choice, Payment
from models.case import Case, Project
from models.issue import CaseError, Issue
from models.units import split_whole
from models.verify import verify
from optimizer.complete import complete
from optimizer.solution import Solution
from workbench.amount_list import Amount, header_row, read_amounts


@dataclass(slots=True)
class OwnPlan:
    """What came of the file: the plan with its verdict, or issues that stop it; warnings may stand beside a plan."""

    solution: Solution | None
    issues: list[Issue] = field(default_factory=list)


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


def _stopped(issues: list[Issue]) -> bool:
    return any(issue.severity == "error" for issue in issues)


def _judged(plan: Allocation, case: Case, issues: list[Issue] | None = None) -> OwnPlan:
    """The plan with its verdict; capital, top-ups and land moves it leaves open are set to the least it needs."""
    verdict = verify(case, plan)
    if not verdict.passed:
        whole = complete(case, plan)
        plan, verdict = whole, verify(case, whole)
    return OwnPlan(Solution("feasible", plan, verdict, None), issues or [])


def _of_list(grids: list[Grid], case: Case, name: str) -> OwnPlan:
    issues: list[Issue] = []
    for grid in grids:
        header = header_row(grid)
        if header is not None:
            amounts = read_amounts(grid, header, case, issues)
            if not _stopped(issues) and not amounts:
                message = f"“{name}”里没有大于零的金额"
                issues.append(Issue("own_plan", "error", grid.name, "", "", message, "填各项目的安排额"))
            plan = _plan(amounts, case, grid.name, issues)
            issues.sort(key=lambda i: i.severity != "error")
            return OwnPlan(None, issues) if _stopped(issues) or plan is None else _judged(plan, case, issues)
    message = f"“{name}”里没有找到“项目编号”一列"
    return OwnPlan(
        None, [Issue("own_plan", "error", "", "", "", message, "用结果工作簿的安排明细，或一行一个项目的清单")]
    )


# ---- amounts to a plan


def _plan(amounts: list[Amount], case: Case, sheet: str, issues: list[Issue]) -> Allocation | None:
    by_project: dict[str, list[Amount]] = {}
    for each in amounts:
        by_project.setdefault(each.project.id, []).append(each)
    choices, payments = [], []
    for mine in by_project.values():
        project = mine[0].project
        choice = _choice(project, mine)
        if choice is None:
            words = "、".join(s.name for s in project.schemes)
            message = f"{project.id} 有几种做法（{words}），清单看不出用哪一种"
            remedy = "在清单里加“方案”一列写明做法，也可加“开工年”一列"
            issues.append(Issue("own_plan", "error", sheet, mine[0].cell, project.id, message, remedy))
            continue
        choices.append(choice)
        if not _stopped(issues):
            payments += _payments(project, _by_year(mine, choice, case), case)
    if _stopped(issues):
        return None
    merged: dict[tuple[str, str, int, str], int] = {}
    for p in payments:
        key = (p.project, p.fund, p.year, p.region)
        merged[key] = merged.get(key, 0) + p.amount
    return Allocation.of(choices, [Payment(*key, amount) for key, amount in merged.items()])


def _choice(project: Project, mine: list[Amount]) -> Choice | None:
    """The scheme and start: as written; else the only one, and the first start not after the first year with money."""
    scheme = mine[0].scheme
    if scheme is None:
        if len(project.schemes) != 1:
            return None
        scheme = project.schemes[0].name
    if mine[0].start is not None:
        return Choice(project.id, scheme, mine[0].start)
    years = [a.year for a in mine if a.year is not None]
    first = min(years) if years else None
    starts = [s for s in project.starts if first is None or s <= first] or list(project.starts[:1])
    start = max(starts) if first is not None else (starts[0] if starts else 0)
    return Choice(project.id, scheme, start)


def _by_year(mine: list[Amount], choice: Choice, case: Case) -> list[tuple[Amount, dict[int, int]]]:
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


def _payments(project: Project, amounts: list[tuple[Amount, dict[int, int]]], case: Case) -> list[Payment]:
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
