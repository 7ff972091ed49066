"""加权: the sum of the benefits of the chosen projects, discounted by start year."""

from fractions import Fraction

from models import facts
from models.aim import Aim
from models.allocation import Allocation
from models.case import Case
from models.program import Objective
from models.space import Space


def objective(case: Case, space: Space) -> Objective:
    """Σ benefit[m] · y[p,m]; a partly funded project counts benefit/need per unit of money."""
    terms: dict[int, Fraction] = {}
    for w, way in enumerate(space.ways):
        benefit = way.scheme.benefit / (1 + case.discount) ** way.start
        if w in space.part:
            terms[space.part[w]] = benefit / way.total_need
        else:
            terms[w] = benefit
    return Objective("加权效益", "分", 1, terms)


def value(case: Case, allocation: Allocation) -> Fraction:
    """Benefit of every choice, s-fold for partly funded projects, exact."""
    total = Fraction(0)
    for choice in allocation.choices:
        scheme = facts.scheme_of(case, choice)
        if scheme is not None:
            worth = scheme.benefit * facts.fill(case, allocation, choice)
            total += worth * Fraction(1, 1) / (1 + case.discount) ** choice.start
    return total


AIM = Aim(
    id="加权",
    title="加权效益最大",
    title_en="Largest weighted benefit",
    source="假设：效益或评分由用户给定",
    objective=objective,
    value=value,
)
