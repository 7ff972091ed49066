"""What comes back from a solve: an answer that a report can show, whatever happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from models.allocation import Allocation
from models.program import Key
from models.rule import Sense
from models.verify import Verdict
from optimizer.explain import Reason

Status = Literal["optimal", "feasible", "infeasible", "unknown", "invalid"]

MOST_TIMES = 10
"""A gap from which no per cent is told: the plan is worth next to nothing."""
PROVEN_GAP = Fraction(1, 1_000_000)
EARLY = "未比较（先出的方案）"
"""What is said of ties with a plan that came before the search has ended."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One stage solved before the main aim, or the main aim itself.

    ``best_benefit`` and ``best_bound`` are value and bound of the weighted benefit that was still within
    reach before a step of the aim was taken; None where it was not asked or not found. ``kept`` is what the
    plan has of it where a tolerance let later steps give some back.
    """

    title: str
    unit: str
    status: Status
    value: Fraction
    bound: Fraction | None
    best_benefit: Fraction | None = None
    best_bound: Fraction | None = None
    of_aim: bool = False
    kept: Fraction | None = None

    @property
    def gap(self) -> Fraction | None:
        """(bound − value) / |value| whatever the sense, never negative."""
        if self.bound is None:
            return None
        return relative_gap(self.value, self.value + abs(self.bound - self.value))


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the second solver found for the main aim."""

    solver: str
    outcome: str
    value: Fraction | None
    bound: Fraction | None
    agrees: bool | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Culprit:
    """A demand that clashes with others: which rule, which key, and the least by which it must give.

    ``sense``: "<=" where an upper limit has to rise, ">=" where a lower one has to fall; ``limit``: what it is now, in
    ``unit``, where it is a plain number; ``setting``: where that is worked out from another parameter, its name, what it
    is now and what it has to become. ``least``: whether less is known not to do. ``instead``: 0 for what has to give
    first; those of one number above are together another way out, with the ones before kept.
    """

    rule: str
    key: Key
    amount: Fraction
    unit: str
    sense: Sense
    limit: Fraction | None = None
    instead: int = 0
    least: bool = True
    setting: tuple[str, Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan with its proof, or the reason why there is none."""

    status: Status
    plan: Allocation | None = None
    verdict: Verdict | None = None
    bound: Fraction | None = None
    tiers: tuple[Tier, ...] = ()
    solver: str = ""
    second: SecondOpinion | None = None
    culprits: tuple[Culprit, ...] = ()
    partial: bool = False
    """Whether others may clash beside the culprits: it is not known that these are all."""
    ties: str = ""
    reasons: tuple[Reason, ...] = ()
    cancelled: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    remark: str = ""
    """Why there is no bound, where that is known."""

    @property
    def value(self) -> Fraction | None:
        """The aim of the plan after penalties."""
        return self.verdict.value if self.verdict else None

    @property
    def shown_bound(self) -> Fraction | None:
        """The bound; never below the value of a checked plan (float solvers may end a hair lower)."""
        if self.bound is None or self.value is None:
            return self.bound
        return max(self.bound, self.value)

    @property
    def gap(self) -> Fraction | None:
        """(bound − value) / |value|, never negative; None without a plan or a bound."""
        return relative_gap(self.value, self.bound)

    @property
    def widest_gap(self) -> Fraction | None:
        """The widest gap of all steps; None where one of them is not known."""
        gaps = [*(t.gap for t in self.tiers[:-1]), self.gap]
        known = [gap for gap in gaps if gap is not None]
        return max(known) if len(known) == len(gaps) else None

    @property
    def sentence(self) -> str:
        """The status in the fixed words; the gap is the widest of all steps."""
        return status_words(self.status, self.widest_gap)


def relative_gap(value: Fraction | None, bound: Fraction | None) -> Fraction | None:
    """Gap of a maximisation, relative to the value."""
    if value is None or bound is None:
        return None
    room = max(Fraction(0), bound - value)
    if room == 0:
        return Fraction(0)
    return room / max(abs(value), Fraction(1, 10**9))


def status_words(status: Status, gap: Fraction | None) -> str:
    """Only these words are used for a status."""
    if status == "optimal":
        return "已证明最优"
    if status == "feasible" and gap is not None and gap > MOST_TIMES:
        return f"可行（上界在方案的 {MOST_TIMES} 倍以上）"
    if status == "feasible":
        return f"可行（差距 ≤ {percent_up(gap)} %）" if gap is not None else "可行（差距未知）"
    return {"infeasible": "规则冲突", "unknown": "未在时限内找到方案", "invalid": "输入有误"}[status]


def percent_up(share: Fraction) -> str:
    """A share as percent with up to four decimals, rounded up."""
    scaled = share * 1_000_000
    units = -((-scaled.numerator) // scaled.denominator)
    whole, rest = divmod(units, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") if rest else str(whole)
