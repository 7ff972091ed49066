"""Plain facts of a plan for the checker: needs, money in a scope, finished outputs.

Written in Python integers from case and allocation alone; nothing here is used to build the model.
"""

from collections.abc import Iterator
from fractions import Fraction

from models.allocation import Allocation, Choice, Payment
from models.case import Case, Project, Scheme, Scope


def scheme_of(case: Case, choice: Choice) -> Scheme | None:
    """The chosen scheme; None when project or scheme does not exist."""
    project = case.project_by_id.get(choice.project)
    return project.scheme(choice.scheme) if project else None


def need_in(case: Case, choice: Choice, year: int) -> int:
    """What the project needs in one year of the horizon when done this way."""
    scheme = scheme_of(case, choice)
    offset = year - choice.start
    return scheme.profile[offset] if scheme and 0 <= offset < len(scheme.profile) else 0


def need_total(case: Case, choice: Choice) -> int:
    """What the project needs inside the horizon when done this way."""
    return sum(need_in(case, choice, year) for year in range(case.years))


def later_need(case: Case, choice: Choice) -> dict[int, int]:
    """Needs after the horizon by position of the year."""
    scheme = scheme_of(case, choice)
    if scheme is None:
        return {}
    years = ((choice.start + offset, amount) for offset, amount in enumerate(scheme.profile))
    return {year: amount for year, amount in years if year >= case.years and amount}


def paid(allocation: Allocation, project: str) -> int:
    """Money paid to a project over the horizon."""
    return sum(p.amount for p in allocation.payments_of.get(project, ()))


def fill(case: Case, allocation: Allocation, choice: Choice) -> Fraction:
    """Share of the project done: paid over needed for 部分, else 1."""
    project = case.project_by_id[choice.project]
    total = need_total(case, choice)
    if project.arrangement != "部分" or total == 0:
        return Fraction(1)
    return Fraction(paid(allocation, choice.project), total)


def lies_in(case: Case, region: str, node: str) -> bool:
    """Whether a region is the node or lies below it."""
    return region == node or node in upwards(case, region)


def upwards(case: Case, region: str) -> tuple[str, ...]:
    """A region and those above it, from below."""
    return case.above.get(region, (region,) if region else ())


def share_in(case: Case, project: Project, region: str) -> Fraction:
    """The part of a project that lies in a region's subtree, by its agreed shares."""
    return sum((share for name, share in project.shares if lies_in(case, name, region)), Fraction(0))


def has_tag(case: Case, region: str, tag: str) -> bool:
    """Whether a region or one above it carries the tag."""
    return any(tag in node.tags and lies_in(case, region, node.name) for node in case.regions)


def region_fits(case: Case, scope: Scope, region: str) -> bool:
    """Whether the scope speaks of the region."""
    if scope.regions and not any(lies_in(case, region, node) for node in scope.regions):
        return False
    return not scope.tags or any(has_tag(case, region, tag) for tag in scope.tags)


def kind_fits(scope: Scope, project: Project) -> bool:
    """Whether the scope speaks of the project's category, department and id."""
    if scope.categories and project.category not in scope.categories:
        return False
    if scope.departments and project.department not in scope.departments:
        return False
    return not scope.projects or project.id in scope.projects


def project_fits(case: Case, scope: Scope, project: Project) -> bool:
    """Whether the scope speaks of the project in any of its regions."""
    return kind_fits(scope, project) and any(region_fits(case, scope, r) for r in project.regions)


def payments_in(case: Case, allocation: Allocation, scope: Scope, year: int | None = None) -> Iterator[Payment]:
    """Payments that the scope (and year) speaks of."""
    fits: dict[str, bool] = {}
    for payment in allocation.payments:
        if year is not None and payment.year != year:
            continue
        if scope.funds and payment.fund not in scope.funds:
            continue
        project = case.project_by_id.get(payment.project)
        if project is None or not kind_fits(scope, project):
            continue
        if payment.region not in fits:
            fits[payment.region] = region_fits(case, scope, payment.region)
        if fits[payment.region]:
            yield payment


def money_in(case: Case, allocation: Allocation, scope: Scope, year: int | None = None) -> int:
    """Money that the scope (and year) speaks of."""
    return sum(p.amount for p in payments_in(case, allocation, scope, year))


def owed(case: Case, allocation: Allocation, region: str, kind: str, year: int) -> int:
    """New bonds of one kind in a region that are still owed at the end of a year."""
    total = 0
    for p in allocation.payments:
        if case.fund_by_name[p.fund].kind != kind or p.year > year or not lies_in(case, p.region, region):
            continue
        tenor = case.project_by_id[p.project].finance.tenor
        if tenor is None or p.year + tenor > year:
            total += p.amount
    return total


def lag_of(case: Case, scheme: Scheme) -> int:
    """Years a successor must wait: the duration, 0 when not given or when the horizon is one year."""
    return 0 if case.years == 1 or scheme.duration is None else scheme.duration


def finish_of(choice: Choice, scheme: Scheme) -> int:
    """Last year of construction, as position in the horizon."""
    return choice.start + last_offset(scheme)


def last_offset(scheme: Scheme) -> int:
    """Years from start to the last year of construction."""
    if scheme.duration is not None:
        return scheme.duration - 1
    needed = [offset for offset, amount in enumerate(scheme.profile) if amount]
    return needed[-1] if needed else 0
