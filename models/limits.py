"""Yearly, carried-over and pooled limits on money, shared by fund_limit and earmark: rows and measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.case import Case, Slice
from models.program import Bools, Key, Rows
from models.rule import Measure
from models.space import Space


def _time(case: Case, year: int, carries: bool) -> str:
    """The year that a limit speaks of; with carry-over all years up to it."""
    label = case.year_label(year)
    return f"至{label}累计" if carries and year else str(label)


# ---- for the solver


def slice_limits(case: Case, slices: Sequence[Slice]) -> tuple[int | None, tuple[int | None, ...]]:
    """Pool and yearly limits of parts of a fund; without a pool a year that is not named has nothing."""
    pools = [s.amount for s in slices if s.year is None]
    years: list[int | None] = [None] * case.years
    for s in slices:
        if s.year is not None:
            years[s.year] = (years[s.year] or 0) + s.amount
    if not pools:
        years = [amount or 0 for amount in years]
    return (sum(pools) if pools else None), tuple(years)


def limit_rows(
    rows: Rows,
    space: Space,
    mask: Bools,
    carries: bool,
    key: Key,
    limits: tuple[int | None, tuple[int | None, ...]],
    policy: int,
) -> None:
    """Rows of one limit: each year, or cumulative sums with carry-over, and the pool."""
    (pool, by_year), known = limits, 0
    for year, amount in enumerate(by_year):
        if amount is None:
            if carries:
                break
            continue
        known = known + amount if carries else amount
        within = (space.x_year <= year) if carries else (space.x_year == year)
        place = (*key, _time(space.case, year, carries))
        rows.add(place, [(space.x[mask & within], 1)], upper=known, policy=policy)
    if pool is not None:
        rows.add((*key, ""), [(space.x[mask], 1)], upper=pool, policy=policy)


# ---- for the checker


def part_limits(case: Case, slices: Sequence[Slice]) -> tuple[dict[int, int | None], int | None]:
    """Yearly limits and pool of parts of a fund, said a second time for the checker."""
    pool = sum(s.amount for s in slices if s.year is None) if any(s.year is None for s in slices) else None
    limits: dict[int, int | None] = {}
    for t in range(case.years):
        given = [s.amount for s in slices if s.year == t]
        limits[t] = sum(given) if given or pool is None else None
    return limits, pool


def limit_measures(
    rule: str,
    case: Case,
    key: Key,
    carries: bool,
    spent: Sequence[int],
    limits: dict[int, int | None],
    pool: int | None,
    policy: int,
) -> Iterator[Measure]:
    """Money of each year (with carry-over: up to it) and of the horizon against the limits."""
    left, used = 0, 0
    for year, money in enumerate(spent):
        limit = limits[year]
        if limit is None:
            if carries:
                break
            continue
        left, used = (left + limit, used + money) if carries else (limit, money)
        yield Measure(rule, (*key, _time(case, year, carries)), "<=", used, left, "万元", policy)
    if pool is not None:
        yield Measure(rule, (*key, ""), "<=", sum(spent), pool, "万元", policy)
