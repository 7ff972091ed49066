"""A solution as text for keeping, and back; what is derived – verdict, reasons – is worked out anew."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from models.allocation import Allocation, Choice, LandMove, Payment, Topup
from models.case import Case
from models.verify import verify
from optimizer.options import Options
from optimizer.solution import SecondOpinion, Solution, Tier

VERSION = 1
OPTIONS = ("time_limit", "gap", "seed", "backend", "second")


def solution_to_json(solution: Solution, options: Options | None = None) -> str:
    """A solution with a plan as text, with the options it was found with; fractions stay exact."""
    plan, second = solution.plan, solution.second
    assert plan is not None
    return json.dumps(
        {
            "version": VERSION,
            "status": solution.status,
            "plan": {
                "choices": [[c.project, c.scheme, c.start] for c in plan.choices],
                "payments": [[p.project, p.fund, p.year, p.region, p.amount, p.capital] for p in plan.payments],
                "topups": [[t.project, t.year, t.amount] for t in plan.topups],
                "moves": [[m.source, m.target, m.amount] for m in plan.moves],
            },
            "bound": _text(solution.bound),
            "tiers": [
                [t.title, t.unit, t.status, _text(t.value), _text(t.bound), _text(t.best_benefit), _text(t.best_bound), t.of_aim, _text(t.kept)]
                for t in solution.tiers
            ],
            "solver": solution.solver,
            "second": None if second is None else [second.solver, second.outcome, _text(second.value), _text(second.bound), second.agrees, second.sentence],
            "ties": solution.ties,
            "seconds": solution.seconds,
            "remark": solution.remark,
            "options": {} if options is None else {name: getattr(options, name) for name in OPTIONS},
        },
        ensure_ascii=False,
    )  # fmt: skip


def options_from_json(text: str, options: Options) -> Options:
    """``options`` with what a plan was found with; plans kept by earlier versions do not say."""
    kept = json.loads(text).get("options", {})
    return replace(options, **{name: kept[name] for name in OPTIONS if name in kept})


def solution_from_json(text: str, case: Case) -> Solution | None:
    """The solution for its case; None when another version of the program kept it.

    The plan is checked again, reasons are left to whoever shows them.
    """
    found: dict[str, Any] = json.loads(text)
    if found["version"] != VERSION:
        return None
    plan = Allocation(
        tuple(Choice(*c) for c in found["plan"]["choices"]),
        tuple(Payment(*p) for p in found["plan"]["payments"]),
        tuple(Topup(*t) for t in found["plan"]["topups"]),
        tuple(LandMove(*m) for m in found["plan"]["moves"]),
    )
    second = found["second"]
    return Solution(
        found["status"],
        plan,
        verify(case, plan),
        _fraction(found["bound"]),
        tuple(
            Tier(
                title,
                unit,
                status,
                Fraction(value),
                _fraction(bound),
                _fraction(best),
                _fraction(reach),
                of_aim,
                *map(_fraction, kept),
            )
            for title, unit, status, value, bound, best, reach, of_aim, *kept in found["tiers"]
        ),
        found["solver"],
        second
        and SecondOpinion(second[0], second[1], _fraction(second[2]), _fraction(second[3]), second[4], second[5]),
        ties=found["ties"],
        seconds=found["seconds"],
        remark=found.get("remark", ""),
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
