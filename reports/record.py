"""The plan as plain data for other programs (``--json``); amounts in 万元."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from models.allocation import Allocation
from models.case import Case
from models.issue import Issue
from models.rule import Measure
from models.rules import RULE_BY_ID
from models.units import LAND_PER_MU
from optimizer.explain import Reason
from optimizer.options import Options
from optimizer.solution import Culprit, Solution
from reports.account import option_rows
from reports.rule_check import shown


def solution_record(
    case: Case, solution: Solution, options: Options, file_sha256: str, case_sha256: str
) -> dict[str, Any]:
    """The fields of ``--json``, fixed in the manual."""
    plan, verdict = solution.plan, solution.verdict
    return {
        "status": solution.status,
        "status_text": solution.sentence,
        "objective": number(solution.value),
        "bound": number(solution.shown_bound),
        "gap": number(solution.gap),
        "tiers": [
            {
                "title": t.title,
                "status": t.status,
                "value": number(t.value),
                "bound": number(t.bound),
                "gap": number(t.gap),
                "kept": number(t.kept),
                "unit": t.unit,
                "best_benefit": number(t.best_benefit),
                "best_bound": number(t.best_bound),
            }
            for t in solution.tiers
        ],
        "solver": solution.solver,
        "second": None
        if solution.second is None
        else {
            "solver": solution.second.solver,
            "agrees": solution.second.agrees,
            "value": number(solution.second.value),
            "bound": number(solution.second.bound),
            "text": solution.second.sentence,
        },
        "seconds": {k: round(solution.seconds.get(k, 0.0), 3) for k in ("read", "build", "solve", "settle", "verify")},
        "selected": [] if plan is None else [_selected(case, c) for c in plan.choices],
        "amounts": {} if plan is None else _amounts(case, plan, "amount"),
        "capital": {} if plan is None else _amounts(case, plan, "capital"),
        "topup": {} if plan is None else _topups(case, plan),
        "land_moves": []
        if plan is None
        else [{"from": m.source, "to": m.target, "mu": number(Fraction(m.amount, LAND_PER_MU))} for m in plan.moves],
        "rules": [] if verdict is None else [_measure(m) for m in verdict.measures],
        "unfunded": [_left_out(r) for r in solution.reasons],
        "clash": [_clashing(c) for c in solution.culprits],
        "case_sha256": case_sha256,
        "file_sha256": file_sha256,
        "options": dict(option_rows(options)),
    }


def number(value: Fraction | int | None) -> int | float | None:
    """A fraction as a JSON number: whole where it is whole."""
    if value is None:
        return None
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else float(exact)


def _selected(case: Case, choice: Any) -> dict[str, Any]:
    return {"id": choice.project, "way": choice.scheme, "start": case.year_label(choice.start)}


def _amounts(case: Case, plan: Allocation, part: Literal["amount", "capital"]) -> dict[str, dict[str, dict[str, Any]]]:
    """Money (or what of it is used as capital) by project, fund and year, in 万元."""
    found: dict[str, dict[str, dict[str, Fraction]]] = {}
    for p in plan.payments:
        money = p.amount if part == "amount" else p.capital
        if money:
            years, year = found.setdefault(p.project, {}).setdefault(p.fund, {}), str(case.year_label(p.year))
            years[year] = years.get(year, Fraction(0)) + Fraction(money, 100)
    return {p: {f: {y: number(a) for y, a in ys.items()} for f, ys in fs.items()} for p, fs in found.items()}


def _topups(case: Case, plan: Allocation) -> dict[str, dict[str, int | float | None]]:
    """Promised subsidies by project and year, in 万元."""
    found: dict[str, dict[str, int | float | None]] = {}
    for t in plan.topups:
        found.setdefault(t.project, {})[str(case.year_label(t.year))] = number(Fraction(t.amount, 100))
    return found


def _left_out(reason: Reason) -> dict[str, Any]:
    return {
        "id": reason.project,
        "rule": reason.rule,
        "reason": reason.sentence,
        "remedy": reason.remedy,
        "rival": reason.rival,
        "source": RULE_BY_ID[reason.rule].source if reason.rule in RULE_BY_ID else "",
    }


def _clashing(c: Culprit) -> dict[str, Any]:
    return {
        "rule": c.rule, "key": list(c.key), "amount": number(c.amount), "unit": c.unit, "sense": c.sense,
        "limit": None if c.limit is None else number(c.limit), "instead": c.instead,
        **({} if c.setting is None else {"parameter": c.setting[0], "value": number(c.setting[1]), "needed": number(c.setting[2])}),
    }  # fmt: skip


def _measure(m: Measure) -> dict[str, Any]:
    return {
        "id": m.rule,
        "key": list(m.key),
        "sense": m.sense,
        "limit": number(shown(m, m.limit)),
        "actual": number(shown(m, m.actual)),
        "slack": number(shown(m, m.slack)),
        "unit": m.unit,
        "met": m.met and not m.idle,
        "idle": m.idle,
    }


def issue_record(issue: Issue) -> dict[str, str]:
    """An issue as plain data."""
    return {
        "code": issue.code,
        "severity": issue.severity,
        "sheet": issue.sheet,
        "cell": issue.cell,
        "value": issue.value,
        "message": issue.message,
        "remedy": issue.remedy,
        **({"file": issue.file} if issue.file else {}),
    }
