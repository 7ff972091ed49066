"""Room for new debt of a region by year. Facts of the case. Sources: 预算法第35条, 财预〔2015〕225号."""

from collections.abc import Iterator

from models.case import GENERAL, SPECIAL, Case, Region

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
    """max(0, limit − balance + repaid by the end of the year), for every year of the horizon."""
    known = limit_and_balance(region, kind)
    if known is None:
        return None
    limit, balance = known
    old = due(region, kind)
    return [max(0, limit - balance + sum(amount for when, amount in old if when <= year)) for year in range(case.years)]


def regions_with_room(case: Case) -> Iterator[tuple[Region, str, list[int]]]:
    """Regions whose debt limits are filled, by kind of debt."""
    for region in case.regions:
        for kind in KINDS:
            rooms = room(case, region, kind)
            if rooms is not None:
                yield region, kind, rooms
