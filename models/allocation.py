"""A plan: every decision, in integers, and nothing derived."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """A project is done in this scheme, starting in this year of the horizon."""

    project: str
    scheme: str
    start: int


@dataclass(frozen=True, slots=True, order=True)
class Payment:
    """Money of one fund to one project in one year, paid by (or counted to) one region."""

    project: str
    fund: str
    year: int
    region: str
    amount: int
    capital: int = 0


@dataclass(frozen=True)
class Allocation:
    """All decisions of a plan. Amounts are whole numbers of 0.01 万元."""

    choices: tuple[Choice, ...]
    payments: tuple[Payment, ...]

    @staticmethod
    def of(choices: list[Choice], payments: list[Payment]) -> Allocation:
        """A plan in canonical order, without empty payments."""
        return Allocation(tuple(sorted(choices)), tuple(sorted(p for p in payments if p.amount)))

    @cached_property
    def choice_of(self) -> Mapping[str, Choice]:
        """How each chosen project is done."""
        return {c.project: c for c in self.choices}

    @cached_property
    def payments_of(self) -> Mapping[str, tuple[Payment, ...]]:
        """Payments grouped by project."""
        grouped: dict[str, list[Payment]] = {}
        for payment in self.payments:
            grouped.setdefault(payment.project, []).append(payment)
        return {project: tuple(rows) for project, rows in grouped.items()}

    def digest(self) -> str:
        """SHA-256 over all decisions in canonical order."""
        rows = [
            [[c.project, c.scheme, c.start] for c in sorted(self.choices)],
            [[p.project, p.fund, p.year, p.region, p.amount, p.capital] for p in sorted(self.payments) if p.amount],
        ]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
