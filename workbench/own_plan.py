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
from models.case import Case, Project, Scheme
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
    if verdict.failures or verdict.soft_violations:
        whole = complete(case, plan)
        plan, verdict = whole, verify(case, whole)
    return OwnPlan(Solution("feasible", plan, verdict, None), issues or [])


def _of_list(grids: list[Grid], case: Case, name: str) -> OwnPlan:
    issues: list[Issue] = []
    if all(header_row(grid) is None for grid in grids):
        message, remedy = (
            f"“{name}”里没有找到“项目编号”或“项目名称”一列",
            "用结果工作簿的安排明细，或一行一个项目的清单",
        )
        return OwnPlan(None, [Issue("own_plan", "error", "", "", "", message, remedy)])
    amounts = read_amounts(grids, case, issues)
    if not _stopped(issues) and not amounts:
        message = f"“{name}”里没有大于零的金额"
        issues.append(Issue("own_plan", "error", "", "", "", message, "填各项目的安排额"))
    plan = _plan(amounts, case, issues)
    issues.sort(key=lambda i: i.severity != "error")
    return OwnPlan(None, issues) if _stopped(issues) or plan is None else _judged(plan, case, issues)


# ---- amounts to a plan


def _plan(amounts: list[Amount], case: Case, issues: list[Issue]) -> Allocation | None:
    by_project: dict[str, list[Amount]] = {}
    for each in amounts:
        by_project.setdefault(each.project.id, []).append(each)
    choices, payments, open_starts = [], [], list[Amount]()
    for mine in by_project.values():
        project = mine[0].project
        choice = _choice(project, mine, case, open_starts)
        if choice is None:
            words = "、".join(s.name for s in project.schemes)
            message = f"{project.id} 有几种做法（{words}），清单看不出用哪一种"
            remedy = "在清单里加“方案”一列写明做法，也可加“开工年”一列"
            issues.append(Issue("own_plan", "error", mine[0].sheet, mine[0].cell, project.id, message, remedy))
            continue
        choices.append(choice)
        if not _stopped(issues):
            payments += _payments(project, _by_year(mine, choice, case), case)
    if open_starts:
        message = f"{len(open_starts)} 个项目有几个开工年，清单看不出用哪一个，按最早的算"
        first = open_starts[0]
        remedy = "不对的在清单里加“开工年”一列写明，或把金额写到各年"
        issues.append(Issue("own_plan", "warning", first.sheet, first.cell, first.project.id, message, remedy))
    if _stopped(issues):
        return None
    merged: dict[tuple[str, str, int, str], int] = {}
    for p in payments:
        key = (p.project, p.fund, p.year, p.region)
        merged[key] = merged.get(key, 0) + p.amount
    return Allocation.of(choices, [Payment(*key, amount) for key, amount in merged.items()])


def _choice(project: Project, mine: list[Amount], case: Case, open_starts: list[Amount]) -> Choice | None:
    """The scheme and start: as written; else the only scheme, or the only one that needs just these amounts, and the
    start for which they are what is needed.

    Where several starts fit, the earliest, and the project is added to ``open_starts``; where none fits, the last one
    not after the first year with money.
    """
    scheme = mine[0].scheme
    given = [mine[0].start] if mine[0].start is not None else sorted(project.starts) or [0]
    if scheme is None:
        able = {
            s.name for s in project.schemes if any(_fits(mine, Choice(project.id, s.name, at), case) for at in given)
        }
        if len(project.schemes) > 1 and len(able) != 1:
            return None
        scheme = able.pop() if len(project.schemes) > 1 else project.schemes[0].name
    if mine[0].start is not None:
        return Choice(project.id, scheme, mine[0].start)
    starts = [Choice(project.id, scheme, start) for start in sorted(project.starts)] or [Choice(project.id, scheme, 0)]
    fitting = [choice for choice in starts if len(starts) > 1 and _fits(mine, choice, case)]
    if fitting:
        if len(fitting) > 1:
            open_starts.append(mine[0])
        return fitting[0]
    first = min((a.year for a in mine if a.year is not None), default=None)
    if first is None:
        if len(starts) > 1:
            open_starts.append(mine[0])
        return starts[0]
    return next((choice for choice in reversed(starts) if choice.start <= first), starts[0])


def _fits(mine: list[Amount], choice: Choice, case: Case) -> bool:
    """Whether the amounts by year are what the project needs when it starts then, each year from funds that have money."""
    scheme = mine[0].project.scheme(choice.scheme)
    if scheme is None:
        return False
    paid: dict[int, int] = {}
    for each, by_year in _by_year(mine, choice, case):
        for year, amount in by_year.items():
            paid[year] = paid.get(year, 0) + amount
            if amount and not _has_money(case, each.fund, year):
                return False
    need = {choice.start + y: amount for y, amount in enumerate(scheme.profile) if choice.start + y < case.years}
    return {y: a for y, a in paid.items() if a} == {y: a for y, a in need.items() if a}


def _has_money(case: Case, fund: str, year: int) -> bool:
    """Whether a fund has money of its own in a year, or carried into it."""
    given = case.fund_by_name[fund]
    years = given.by_year[: year + 1] if given.carries else given.by_year[year : year + 1]
    return any(amount is None or amount > 0 for amount in years)


def _by_year(mine: list[Amount], choice: Choice, case: Case) -> list[tuple[Amount, dict[int, int]]]:
    """The amounts of a project by year. Those without a year follow what it asks of the fund, else its need in the
    years in which the fund has money; funds of few years and coarse steps first. The last one fills what then lacks in
    every year, where it is just that much."""
    scheme = mine[0].project.scheme(choice.scheme)
    assert scheme is not None
    profile = list(scheme.profile[: case.years - choice.start]) or [1]
    lacking = profile.copy()
    found = [(a, {a.year: a.amount}) for a in mine if a.year is not None]
    for a, _ in found:
        if a.year is not None and 0 <= a.year - choice.start < len(lacking):
            lacking[a.year - choice.start] -= a.amount
    weights = {a.fund: _weights(mine[0].project, scheme, a.fund, choice.start, case) for a in mine if a.year is None}
    undated = sorted(
        (a for a in mine if a.year is None),
        key=lambda a: (sum(w > 0 for w in weights[a.fund]), -case.fund_by_name[a.fund].step),
    )
    for k, each in enumerate(undated):
        last = k == len(undated) - 1 and sum(lacking) == each.amount and min(lacking) >= 0
        step = case.fund_by_name[each.fund].step
        left = [min(w, max(0, gap)) for w, gap in zip(weights[each.fund], lacking, strict=True)]
        parts = lacking.copy() if last else _in_steps(each.amount, left if any(left) else weights[each.fund], step)
        lacking = [a - b for a, b in zip(lacking, parts, strict=True)]
        found.append((each, {choice.start + y: part for y, part in enumerate(parts)}))
    return found


def _weights(project: Project, scheme: Scheme, fund: str, start: int, case: Case) -> list[int]:
    """How an amount of a fund without years is dealt over the years from the start."""
    profile = list(scheme.profile[: case.years - start]) or [1]
    asks = next((list(by_year[: len(profile)]) for name, by_year in scheme.asks if name == fund), [])
    if project.arrangement == "按申报" and any(asks):
        return asks + [0] * (len(profile) - len(asks))
    open_years = [need if _has_money(case, fund, start + y) else 0 for y, need in enumerate(profile)]
    return open_years if any(open_years) else profile


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
