"""The years of a case: from 设置, else from the years that headers name; never from the clock."""

from __future__ import annotations

from dataclasses import dataclass

from inputs.case.table import Table

MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Horizon:
    """First calendar year (1 when none is named) and number of years."""

    first: int
    years: int

    def position(self, year: int) -> int:
        """Position of a calendar year; negative before the horizon, ≥ ``years`` after it."""
        return year - self.first

    def label(self) -> str:
        """The horizon for messages."""
        return f"{self.first}–{self.first + self.years - 1}"


def find_horizon(first: int | None, years: int | None, funds: Table, others: list[Table]) -> Horizon:
    """Horizon from settings, from 额度:年, or from every header that names a year of the plan."""
    limits = _named_years([funds])
    every = limits | _named_years(others)
    start = first if first is not None else min(every, default=1)
    if years is None:
        last = max(limits or every, default=start)
        years = min(MOST_YEARS, max(1, last - start + 1))
    return Horizon(start, years)


def _named_years(tables: list[Table]) -> set[int]:
    planned = {"额度", "需求", "申报", "已安排", "固定安排"}
    found = set()
    for table in tables:
        for header in table.headers:
            if header.column.name in planned and header.parts and header.parts[-1].isdigit():
                found.add(int(header.parts[-1]))
    return found
