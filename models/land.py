"""Quota of new construction land of a region. Facts of the case, in 0.0001 亩 (1 m² = 15 units).

Sources: 国土资发〔2016〕123号, 自然资规〔2018〕1号; steps and rates that no public text shows are parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from models.case import Case, Policy, Region
from models.particulars import Migration
from models.units import floor_of

UNITS_PER_SQUARE_METRE = 15
STEPS: dict[str, tuple[tuple[Fraction | None, bool, Fraction], ...]] = {
    "国家": ((Fraction(100), True, Fraction(100)), (Fraction(150), True, Fraction(80)), (None, True, Fraction(50))),
    "安徽": (
        (Fraction(100), False, Fraction(100)), (Fraction(120), False, Fraction(88)), (Fraction(150), True, Fraction(80)),
        (None, True, Fraction(50)),
    ),
}  # fmt: skip
"""Present use per head in m² up to (None = any), that limit included or not → m² per settled person."""
REWARD, CUT, MOST_FLOATING = Fraction(10, 100), Fraction(20, 100), Fraction(10, 100)


@dataclass(frozen=True, slots=True)
class LandQuota:
    """How the land quota of a region comes about, exact."""

    base: int
    people: int
    standard: Fraction
    settled: Fraction
    stock: Fraction
    surplus: int

    @property
    def total(self) -> Fraction:
        """Quota before land is brought in or given."""
        return max(Fraction(0), self.base + self.settled + self.stock + self.surplus)


def standard_of(policy: Policy, region: Region) -> Fraction | None:
    """Land per settled person in m², 浮动 included; None when 人均城镇建设用地 is needed but empty."""
    given, floating = policy.option("人均标准", "国家"), 1 + Fraction(policy.option("浮动", "0"))
    if given not in STEPS:
        return Fraction(given) * floating
    per_head = region.land.per_head
    if per_head is None:
        return None
    return floating * next(
        value
        for most, included, value in STEPS[given]
        if most is None or per_head < most or (included and per_head == most)
    )


def quota_of(policy: Policy, region: Region) -> LandQuota | None:
    """The quota of a region; None where none of its columns is filled."""
    land, people = region.land, region.people.total
    if land.quota is None and not people and not land.surplus:
        return None
    base = land.quota or 0
    standard = standard_of(policy, region) or Fraction(0)
    stock = Fraction(0)
    if land.disposal is not None:
        done = land.disposal >= 1
        rate = (
            Fraction(policy.option("处置奖励", str(REWARD))) if done else -Fraction(policy.option("处置核减", str(CUT)))
        )
        stock = base * rate
    return LandQuota(base, people, standard, people * standard * UNITS_PER_SQUARE_METRE, stock, land.surplus)


def quotas(case: Case, policy: Policy) -> dict[str, LandQuota]:
    """Quotas of all regions that have one, by name."""
    found = ((r.name, quota_of(policy, r)) for r in case.regions)
    return {name: quota for name, quota in found if quota is not None}


def most_moved(case: Case, policy: Policy, migration: Migration) -> int:
    """The most land that migrants may bring: people × m² each, else the standard of the destination."""
    target = case.region_by_name.get(migration.target)
    standard = migration.standard
    if standard is None:
        standard = (standard_of(policy, target) if target else None) or Fraction(0)
    return floor_of(migration.people * standard * UNITS_PER_SQUARE_METRE)
