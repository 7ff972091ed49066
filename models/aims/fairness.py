"""公平: leximin of benefit per head over regions with people and candidates, at most five rounds.

Round k maximises the sum of the k smallest values, Θ_k = max k·t − Σ_r d_r with d_r ≥ t − v_r (Ogryczak and
Śliwiński 2003); lexicographic maximisation of Θ_1, Θ_2, … orders plans as leximin does.
"""

from fractions import Fraction

from models.aim import Aim, Extra
from models.aims import weighted
from models.allocation import Allocation
from models.case import Case, Project, Region
from models.program import DEFINITION, Objective
from models.space import Space

ROUNDS = 5
FINE = 2**50
"""Counts of the largest value: benefit per yuan of a large project is a tiny part of it, and is rounded up."""
PEOPLE = 10_000
"""Values are benefit per 10,000 people."""


def regions(case: Case) -> list[Region]:
    """Regions with people that some candidate belongs to, by name."""
    used = {name for p in case.projects if p.status != "禁选" and p.starts for name in p.regions}
    return sorted((r for r in case.regions if r.population and r.name in used), key=lambda r: r.name)


def _part(project: Project, region: Region) -> Fraction:
    return dict(project.shares).get(region.name, Fraction(0)) * PEOPLE / (region.population or 1)


def stages(case: Case, space: Space, extra: Extra) -> list[Objective]:
    """The sum of the k smallest benefits per head, k = 1 … 5."""
    places = regions(case)
    found = [weighted.terms(case, space, lambda p, r=region: _part(p, r)) for region in places]  # type: ignore[misc]
    most = max((_reach(space, row, 1) for row in found), default=Fraction(0))
    least = max((_reach(space, row, -1) for row in found), default=Fraction(0))  # benefits may be negative
    unit = _unit(most + least or Fraction(1))
    ends = int(most * unit) + 1, int(least * unit) + 1 if least else 0
    return [_round(case, extra, k, places, found, unit, ends) for k in range(1, min(ROUNDS, len(places)) + 1)]


def _reach(space: Space, row: dict[int, Fraction], sign: int) -> Fraction:
    """How far a value can go above 0 (``sign`` 1) or below it (−1)."""
    return sum((abs(c) * int(space.upper[j]) for j, c in row.items() if c * sign > 0), Fraction(0))


def _unit(span: Fraction) -> int:
    """Counts in one unit of value, so that values span about FINE counts."""
    return max(1, int(FINE / span))


def _round(
    case: Case, extra: Extra, k: int, places: list[Region], found: list[dict[int, Fraction]], unit: int, ends: tuple[int, int]
) -> Objective:  # fmt: skip
    """Rows t ≤ v_r + d_r with coefficients rounded up, so that the bound stays true.

    Where values may be negative, t is the difference of two columns; ``ends`` are the counts above and below 0.
    """
    above, below = ends
    threshold = extra.column(above, unit)
    under = [extra.column(below, unit)] if below else []
    gaps = [extra.column(above + below, unit) for _ in places]
    for region, row, gap in zip(places, found, gaps, strict=True):
        terms = [([j], -_up(c * unit)) for j, c in row.items()]
        terms += [([column], -1) for column in under]
        extra.rows.add((region.name, str(k)), [([threshold], 1), ([gap], -1), *terms], upper=0, policy=DEFINITION)
    coefficients = {threshold: Fraction(k, unit)} | {column: Fraction(-k, unit) for column in under}
    coefficients |= {gap: Fraction(-1, unit) for gap in gaps}
    return Objective(f"最低的 {k} 个地区每万人效益之和", "分/万人", 1, coefficients)


def _up(value: Fraction) -> int:
    return -((-value.numerator) // value.denominator)


def per_head(case: Case, allocation: Allocation) -> dict[str, Fraction]:
    """Benefit per 10,000 people of every region that is compared, exact."""
    return {
        region.name: weighted.value(case, allocation, lambda p, r=region: _part(p, r))  # type: ignore[misc]
        for region in regions(case)
    }


def values(case: Case, allocation: Allocation) -> list[Fraction]:
    """Sums of the k smallest values, exact."""
    order = sorted(per_head(case, allocation).values())
    return [sum(order[:k], Fraction(0)) for k in range(1, min(ROUNDS, len(order)) + 1)]


AIM = Aim(
    id="公平",
    title="公平：地区人均效益由低到高依次最大",
    title_en="Leximin of benefit per head",
    source="假设：地区之间按常住人口人均效益比较，最多比较五轮",
    stages=stages,
    values=values,
)
