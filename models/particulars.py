"""Parts of projects and regions that single rules speak of: debt, papers, pipes, people, land.

Money is a whole number of 0.01 万元, land of 0.0001 亩, years are positions in the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

TIERS = ("跨省", "省内", "本市")
DOCUMENTS_OF_A_PROJECT = ("立项", "用地", "规划", "环评")
EVALUATION = "事前绩效评估"


@dataclass(frozen=True, slots=True)
class Finance:
    """Capital, revenue and debt of a project.

    ``topups`` are the subsidies that the locality may promise for debt service, by year, at most;
    their years may lie beyond the horizon. ``old_service`` is 存量债券本息, ``loan_service`` 贷款本息.
    """

    capital_received: int = 0
    capital_share: Fraction | None = None
    revenue: int = 0
    topups: tuple[tuple[int, int], ...] = ()
    tenor: int | None = None
    rate: Fraction | None = None
    old_service: int = 0
    loan_service: int = 0

    @property
    def debt_service_per_yuan(self) -> Fraction:
        """Principal and interest of one unit of new bonds: 1 + i·T (repaid at maturity, yearly interest)."""
        return 1 + (self.rate or Fraction(0)) * (self.tenor or 0)


@dataclass(frozen=True, slots=True)
class Papers:
    """Documents held or missing, review result, 负面清单. ``documents`` empty = no such column."""

    documents: tuple[tuple[str, bool], ...] = ()
    review: str = ""
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Pipe:
    """What is renewed: ``network`` is 燃气, 供水, 排水 or 供热, empty for anything else."""

    network: str = ""
    built: int | None = None
    material: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """Newly settled people of one tier; ``year`` is the calendar year, None where none is written."""

    tier: str
    year: int | None
    people: int


@dataclass(frozen=True, slots=True)
class People:
    """Urbanisation, newly settled people and the factors of the linkage."""

    urban: Fraction | None = None
    settled: tuple[Settled, ...] = ()
    pupils: int = 0
    cost: Fraction = Fraction(1)
    hardship: Fraction = Fraction(1)

    @property
    def total(self) -> int:
        """All newly settled people, whatever tier and year."""
        return sum(s.people for s in self.settled)


@dataclass(frozen=True, slots=True)
class Debt:
    """Debt limits and balances of a region; ``due`` and ``general_due`` are maturities by year."""

    special_limit: int | None = None
    special_balance: int | None = None
    general_limit: int | None = None
    general_balance: int | None = None
    due: tuple[tuple[int, int], ...] = ()
    general_due: tuple[tuple[int, int], ...] = ()
    grade: str = ""
    topup_limits: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LandRecord:
    """Land of a region: present use per head in m², quota, share of idle stock disposed of, surplus."""

    per_head: Fraction | None = None
    quota: int | None = None
    disposal: Fraction | None = None
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class Factors:
    """Columns that only the quota calculators use."""

    revenue: int | None = None
    fund_revenue: int | None = None
    asked: int | None = None
    last_new: int | None = None
    major: int | None = None
    performance: Fraction | None = None
    progress: Fraction | None = None
    tasks: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """People who move with land: from, to, how many, m² each (None = the standard of the destination)."""

    source: str
    target: str
    people: int
    standard: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Tiers:
    """How an aim goes step by step: order of classes, share that a later step may give back."""

    order: tuple[str, ...] = ("续建", "安全", "民生", "其他")
    tolerance: Fraction = field(default=Fraction(0))
