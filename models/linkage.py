"""People–money linkage: weights of regions, what they can absorb, and the bands. Facts of the case.

w_r = 困难 · 成本 · Σ_k 退坡_k · Σ_tier 权重_tier · 落户[r, tier, k], published in parts per million by largest
remainder. Source: 财预〔2022〕60号 (factors; the rates themselves are parameters).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from models import facts
from models.case import Case, Fund, Policy, Project, Region, Scheme
from models.units import floor_of, split_whole

MILLION = 10**6
FADING = "退坡:"


@dataclass(frozen=True, slots=True)
class Band:
    """Weight in parts per million; floor and ceiling in base units; what the region can absorb.

    Floor and ceiling are rounded outward to whole units: money has no smaller part, and a band of
    thirds must not be empty for that alone.
    """

    weight: int
    floor: int
    ceiling: int | None
    absorb: int
    cheapest: int | None


def funds_of(case: Case, policy: Policy) -> tuple[str, ...]:
    """Funds under linkage: those named in 对象, else those marked 参与挂钩."""
    return policy.scope.funds or tuple(f.name for f in case.funds if f.linked)


def linked_regions(case: Case) -> list[Region]:
    """Regions with newly settled people on record, by name."""
    return sorted((r for r in case.regions if r.people.settled), key=lambda r: r.name)


def fading(policy: Policy, age: int) -> Fraction:
    """Share that people settled ``age`` years before the latest year still count; 1 where no 退坡 is given."""
    given = {name: value for name, value in policy.options if name.startswith(FADING)}
    return Fraction(given.get(f"{FADING}{age + 1}", "0")) if given else Fraction(1)


def raw_weight(case: Case, policy: Policy, region: Region) -> Fraction:
    """The weight before it is made a share."""
    latest = max((s.year for r in case.regions for s in r.people.settled if s.year is not None), default=None)
    total = Fraction(0)
    for s in region.people.settled:
        age = 0 if s.year is None or latest is None else latest - s.year
        total += fading(policy, age) * Fraction(policy.option(f"权重:{s.tier}", "1")) * s.people
    return total * region.people.cost * region.people.hardship


def weights(case: Case, policy: Policy) -> dict[str, int]:
    """Weights in whole parts per million, summing to 10⁶; empty when no weight can be formed."""
    regions = linked_regions(case)
    raw = [raw_weight(case, policy, r) for r in regions]
    if not any(raw):
        return {}
    scale = lcm(*(w.denominator for w in raw))
    return dict(zip((r.name for r in regions), split_whole(MILLION, [int(w * scale) for w in raw]), strict=True))


def takes(case: Case, project: Project, scheme: Scheme, start: int, funds: tuple[Fund, ...], year: int | None) -> int:
    """The most that funds which may pay the project could give it done this way, in the horizon or in one year."""
    if project.arrangement == "按申报":
        asks = dict(scheme.asks)
        return sum(_within(case, asks.get(f.name, ()), start, year) for f in funds)
    need = _within(case, scheme.profile, start, year)
    return min(need, sum(_most(case, project, scheme, f, need) for f in funds)) if need else 0


def _within(case: Case, amounts: tuple[int, ...], start: int, year: int | None) -> int:
    """Amounts from a start year on that lie within the horizon, or in one year of it."""
    if year is None:
        return sum(amounts[: case.years - start])
    return amounts[year - start] if 0 <= year - start < len(amounts) else 0


def _most(case: Case, project: Project, scheme: Scheme, fund: Fund, need: int) -> int:
    share = case.largest_share(project, fund)
    if not share or (case.eligible is None and project.building_cost is None):
        return need
    cost = scheme.total if project.building_cost is None else project.building_cost
    if project.building_cost is not None and project.public_part is not None:
        cost = floor_of(project.building_cost * project.public_part)
    return min(need, share.numerator * cost // share.denominator)


@dataclass(slots=True)
class Appetite:
    """``absorb`` is A_r, the most that the candidates of a region can take, their largest ways added up.

    ``cheapest`` is the smallest need of an eligible candidate, None where there is none.
    """

    absorb: int = 0
    cheapest: int | None = None

    def add(self, most: int, least: int) -> None:
        """One more candidate: its largest take and smallest need in the region."""
        self.absorb += most
        self.cheapest = least if self.cheapest is None else min(self.cheapest, least)


def appetites(case: Case, funds: tuple[str, ...], year: int | None = None) -> defaultdict[str, Appetite]:
    """What every region can take of some funds, in the horizon or in one year; regions above others included."""
    known = "appetites", funds, year
    if known not in case.facts:
        case.facts[known] = _appetites(case, funds, year)
    found: defaultdict[str, Appetite] = case.facts[known]
    return found


def _appetites(case: Case, funds: tuple[str, ...], year: int | None) -> defaultdict[str, Appetite]:
    records = tuple(case.fund_by_name[name] for name in funds)
    found: defaultdict[str, Appetite] = defaultdict(Appetite)
    for project in case.projects:
        if project.status == "禁选":
            continue
        pairs = [(s, start) for s in project.schemes for start in project.starts]
        payers = tuple(f for f in records if case.may_pay(project, f))
        most = max((takes(case, project, s, start, payers, year) for s, start in pairs), default=0)
        if not most:
            continue
        least = min(n for s, start in pairs if (n := _need(case, project, s, start, payers, year)))
        parts: dict[str, Fraction] = {}
        for name, share in project.shares:
            for region in facts.upwards(case, name):
                parts[region] = parts[region] + share if region in parts else share
        for region, part in parts.items():
            if part == 1:
                found[region].add(most, least)
            elif part:
                found[region].add(floor_of(part * most), floor_of(part * least))
    return found


def _need(case: Case, project: Project, scheme: Scheme, start: int, funds: tuple[Fund, ...], year: int | None) -> int:
    if project.arrangement == "按申报":
        return takes(case, project, scheme, start, funds, year)
    return _within(case, scheme.profile, start, year)


def bands(case: Case, policy: Policy) -> dict[str, Band]:
    """Floor and ceiling of every linked region with 基数 = 额度."""
    funds, spread = funds_of(case, policy), Fraction(policy.value or 0)
    base = sum(case.limit_of(name, policy.year) for name in funds)
    able = appetites(case, funds, policy.year)
    found = {}
    for name, weight in weights(case, policy).items():
        most, least = able[name].absorb, able[name].cheapest
        share = Fraction(weight, MILLION) * base
        ceiling = max(-floor_of(-(1 + spread) * share), least or 0) if weight else None
        found[name] = Band(weight, min(floor_of((1 - spread) * share), most), ceiling, most, least)
    return found
