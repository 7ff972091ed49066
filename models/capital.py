"""Which share of its cost a project must bring as capital, and whether bonds may count towards it.

Facts of the case, not of a plan. Sources: 国发〔2015〕51号, 国发〔2019〕26号, 国办发〔2024〕52号.
"""

from fractions import Fraction

from models import facts
from models.case import Case, Policy, Project, Scope
from models.switch import built_in

LEAST_SHARE, LOWERED, MOST_SHARE, ALLOWED = "最低比例", "下浮", "上限占比", "允许"
MOST_AS_CAPITAL, MOST_LOWERED = Fraction(30, 100), Fraction(5, 100)


def floors(case: Case, project: Project) -> list[tuple[int, Fraction]]:
    """Capital shares the project must reach, each with the position of its policy.

    The narrowest rows of 规则 with 最低比例 that speak of the project take the place of its columns (资本金比例,
    else 资本金下限 of the category); rows with 下浮 lower what comes from 规则 or the category.
    """
    known = "capital floors", project.id
    if known not in case.facts:
        case.facts[known] = _floors(case, project)
    found: list[tuple[int, Fraction]] = case.facts[known]
    return found


def _floors(case: Case, project: Project) -> list[tuple[int, Fraction]]:
    on, switch = built_in(case, "capital_floor")
    if not on:
        return []
    lowered = sum((Fraction(p.value or 0) for _, p in _rows(case, project, LOWERED)), Fraction(0))
    mine = _rows(case, project, LEAST_SHARE)
    narrowest = max((p.scope.narrowness for _, p in mine), default=0)
    narrow = [(i, p) for i, p in mine if p.scope.narrowness == narrowest]
    rows = [(i, max(Fraction(0), Fraction(p.value or 0) - lowered)) for i, p in narrow]
    if not rows:
        general = case.category_of(project).capital_floor
        own = project.finance.capital_share
        found = [s for s in (own, None if general is None else general - lowered) if s is not None]
        rows = [(switch, max(found))] if found else []
    return [(i, share) for i, share in rows if share > 0]


def _rows(case: Case, project: Project, parameter: str) -> list[tuple[int, Policy]]:
    return [
        (i, p)
        for i, p in case.policies_of("capital_floor")
        if p.parameter == parameter and facts.project_fits(case, p.scope, project)
    ]


def listed(case: Case, project: Project) -> bool:
    """Whether the project is of a kind whose bonds may be used as capital.

    Rows of 规则 with 允许 come first: the narrowest that speaks of the project, 否 before 是 among equals, whatever their
    order; then 债券可作资本金 of the category. Where neither is filled anywhere, every kind counts (a note says so).
    """
    rows = [p for _, p in case.policies_of("bond_as_capital") if p.parameter == ALLOWED]
    mine = [p for p in rows if facts.project_fits(case, p.scope, project)]
    if mine:
        return max(mine, key=lambda p: (p.scope.narrowness, p.value != "是")).value == "是"
    mark = case.category_of(project).bond_capital
    if mark is None:
        return not rows and all(c.bond_capital is None for c in case.categories)
    return mark


def may_use_bonds(case: Case, project: Project) -> bool:
    """Whether the model offers bonds as capital: a listed kind, or the rule is off or soft."""
    if listed(case, project):
        return True
    on, switch = built_in(case, "bond_as_capital")
    return not on or (switch >= 0 and not case.policies[switch].hard)


def caps(case: Case) -> list[tuple[int, Fraction]]:
    """Largest shares of bonds used as capital, each with the position of its policy; 30 % when none is set."""
    on, switch = built_in(case, "bond_as_capital")
    if not on:
        return []
    rows = [(i, Fraction(p.value or 0)) for i, p in case.policies_of("bond_as_capital") if p.parameter == MOST_SHARE]
    if any(case.policies[i].scope == Scope() for i, _ in rows):
        return rows
    used = any(f.capital == "可用作" for f in case.funds)
    return [*rows, (switch, MOST_AS_CAPITAL)] if used else rows
