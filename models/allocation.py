"""A plan: every decision, in integers, and nothing derived."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True, slots=True, order=True)
class Topup:
    """A subsidy promised to a project's debt service in one year (which may lie beyond the horizon)."""

    project: str
    year: int
    amount: int


@dataclass(frozen=True, slots=True, order=True)
class LandMove:
    """Land in 0.0001 亩 that migrants bring from one region to another."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True)
class Allocation:
    """All decisions of a plan. Amounts are whole numbers of 0.01 万元, land of 0.0001 亩."""

    choices: tuple[Choice, ...]
    payments: tuple[Payment, ...]
    topups: tuple[Topup, ...] = ()
    moves: tuple[LandMove, ...] = ()

    @staticmethod
    def of(
        choices: Iterable[Choice],
        payments: Iterable[Payment],
        topups: Iterable[Topup] = (),
        moves: Iterable[LandMove] = (),
    ) -> Allocation:
        """A plan in canonical order, without empty payments, top-ups and moves."""
        return Allocation(
            tuple(sorted(choices)),
            tuple(sorted(p for p in payments if p.amount)),
            tuple(sorted(t for t in topups if t.amount)),
            tuple(sorted(m for m in moves if m.amount)),
        )

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
            [[t.project, t.year, t.amount] for t in sorted(self.topups) if t.amount],
            [[m.source, m.target, m.amount] for m in sorted(self.moves) if m.amount],
        ]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
