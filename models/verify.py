"""The exact check of a plan: every rule measured again from the case alone, in whole numbers.

No solver is imported here or below; a test runs it with the solver packages made unimportable.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from models.aims import AIM_BY_ID, weighted
from models.allocation import Allocation
from models.case import Case
from models.program import base_units
from models.rule import Measure
from models.rules import RULES


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found: every measure, the exact benefit and penalty, and the aim's earlier steps.

    ``steps`` are the exact values of the stages that the aim puts before the weighted benefit.
    """

    measures: tuple[Measure, ...]
    failures: tuple[Measure, ...]
    soft_violations: tuple[Measure, ...]
    benefit: Fraction
    penalty: Fraction
    steps: tuple[Fraction, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every hard rule holds exactly."""
        return not self.failures

    @property
    def value(self) -> Fraction:
        """The aim after penalties of soft rules."""
        return self.benefit - self.penalty


def is_known(case: Case, allocation: Allocation) -> bool:
    """Whether a case has all projects, funds and years that an allocation speaks of; else it cannot be verified.

    A plan from before a fund was renamed or a project left out is not.
    """
    return all(c.project in case.project_by_id for c in allocation.choices) and all(
        p.project in case.project_by_id and p.fund in case.fund_by_name and p.year < case.years
        for p in allocation.payments
    )


def verify(case: Case, allocation: Allocation) -> Verdict:
    """Measure every rule on a plan."""
    measures = tuple(m for rule in RULES for m in rule.measure(case, allocation))
    broken = [m for m in measures if not m.met]
    soft = tuple(m for m in broken if is_soft(case, m))
    return Verdict(
        measures=measures,
        failures=tuple(m for m in broken if not is_soft(case, m)),
        soft_violations=soft,
        benefit=weighted.value(case, allocation),
        penalty=sum((_penalty(case, m) for m in soft), Fraction(0)),
        steps=tuple(AIM_BY_ID[case.aim].values(case, allocation)),
    )


def is_soft(case: Case, measure: Measure) -> bool:
    """Whether the measure belongs to a soft policy."""
    return measure.policy >= 0 and not case.policies[measure.policy].hard


def rank_value(case: Case, verdict: Verdict, rank: int) -> Fraction:
    """Total violation of the soft rules of one rank, each in its own unit."""
    mine = [m for m in verdict.soft_violations if case.policies[m.policy].rank == rank]
    return sum((violation_shown(m) for m in mine), Fraction(0))


def violation_shown(measure: Measure) -> Fraction:
    """The violation in its shown unit (万元 for money)."""
    return Fraction(measure.violation) / base_units(measure.unit)


def _penalty(case: Case, measure: Measure) -> Fraction:
    return case.policies[measure.policy].penalty * violation_shown(measure)
