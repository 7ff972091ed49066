"""加权: the sum of the benefits of the chosen projects, discounted by start year.

Every other aim ends with it: among plans equally good in its own steps, the most benefit.
"""

from collections.abc import Callable
from fractions import Fraction

from models import facts
from models.aim import Aim, Extra
from models.allocation import Allocation
from models.case import Case, Project
from models.program import Objective
from models.space import Space

WHOLE = Fraction(1)


def everything(project: Project) -> Fraction:
    """Every project counts in full."""
    return WHOLE


def terms(case: Case, space: Space, weight: Callable[[Project], Fraction] = everything) -> dict[int, Fraction]:
    """Benefit of every column times a weight by project; a partly funded project by unit of money."""
    found: dict[int, Fraction] = {}
    factor = [1 / (1 + case.discount) ** year if case.discount and year else WHOLE for year in range(case.years)]
    for w, way in enumerate(space.ways):
        part = weight(case.projects[way.project])
        benefit, counted = way.scheme.benefit, factor[way.start] if part is WHOLE else factor[way.start] * part
        if counted is not WHOLE:
            benefit *= counted
        if benefit and w in space.part:
            found[space.part[w]] = benefit / way.total_need
        elif benefit:
            found[w] = benefit
    return found


def objective(case: Case, space: Space) -> Objective:
    """Σ benefit[m] · y[p,m]; a partly funded project counts benefit/need per unit of money."""
    return Objective("加权效益", "分", 1, terms(case, space))


def value(case: Case, allocation: Allocation, weight: Callable[[Project], Fraction] = everything) -> Fraction:
    """Benefit of every choice times the weight, s-fold for partly funded projects, exact."""
    total = Fraction(0)
    for choice in allocation.choices:
        scheme = facts.scheme_of(case, choice)
        if scheme is not None:
            worth = scheme.benefit * facts.fill(case, allocation, choice) * weight(case.project_by_id[choice.project])
            total += worth / (1 + case.discount) ** choice.start
    return total


def _no_stages(case: Case, space: Space, extra: Extra) -> list[Objective]:
    return []


def _no_values(case: Case, allocation: Allocation) -> list[Fraction]:
    return []


AIM = Aim(
    id="加权",
    title="加权效益最大",
    title_en="Largest weighted benefit",
    source="假设：效益或评分由用户给定",
    stages=_no_stages,
    values=_no_values,
)
