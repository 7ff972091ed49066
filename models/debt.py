"""Room for new debt of a region by year. Facts of the case. Sources: 预算法第35条, 财预〔2015〕225号."""

from collections.abc import Iterator
from fractions import Fraction

from models import facts
from models.case import GENERAL, SPECIAL, Case, Region
from models.units import floor_of

KINDS = (SPECIAL, GENERAL)
SHORT = {SPECIAL: "专项", GENERAL: "一般"}


def limit_and_balance(region: Region, kind: str) -> tuple[int, int] | None:
    """Debt limit and balance of one kind; None where they are not filled."""
    debt = region.debt
    limit, balance = (
        (debt.special_limit, debt.special_balance) if kind == SPECIAL else (debt.general_limit, debt.general_balance)
    )
    return None if limit is None else (limit, balance or 0)


def due(region: Region, kind: str) -> tuple[tuple[int, int], ...]:
    """Maturities of old debt by year. 到期本金 is special debt; where only 一般债务限额 is filled, general."""
    debt = region.debt
    if kind == SPECIAL:
        return debt.due if debt.special_limit is not None or debt.general_limit is None else ()
    return debt.general_due or (debt.due if debt.special_limit is None else ())


def room(case: Case, region: Region, kind: str) -> list[int] | None:
    """max(0, limit − balance + repaid by the end of the year), for every year of the horizon.

    Never below what is already arranged (已安排): a county above its limit is a finding, not a clash.
    """
    known = limit_and_balance(region, kind)
    if known is None:
        return None
    limit, balance = known
    old = due(region, kind)
    free = [max(0, limit - balance + sum(a for when, a in old if when <= year)) for year in range(case.years)]
    return [max(amount, _committed(case, region, kind, year)) for year, amount in enumerate(free)]


def _committed(case: Case, region: Region, kind: str, year: int) -> int:
    """Bonds already arranged in the region and still owed at the end of a year, shared projects by their shares."""
    total = Fraction(0)
    for project in case.committed_projects:
        pins = [p for p in project.committed if case.fund_by_name[p.fund].kind == kind]
        if not pins:
            continue
        part = facts.share_in(case, project, region.name)
        tenor = project.finance.tenor
        for pin in pins:
            owed = pin.year is None or (pin.year <= year and (tenor is None or year < pin.year + tenor))
            total += part * pin.amount if owed else 0
    return -floor_of(-total)


def regions_with_room(case: Case) -> Iterator[tuple[Region, str, list[int]]]:
    """Regions whose debt limits are filled, by kind of debt."""
    for region in case.regions:
        for kind in KINDS:
            rooms = room(case, region, kind)
            if rooms is not None:
                yield region, kind, rooms
