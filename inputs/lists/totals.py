"""Totals that a list prints, held against the sums of its rows; sums before and after reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from inputs.lists.fields import kind_of
from inputs.lists.projects import ListProject
from inputs.lists.rows import TOLERANCE, Row
from models.issue import Issue

COUNTED = ("项目", "拒绝")
EVERYWHERE = "合计"
TOTAL_WORD = re.compile(r"合计|总计|共计|累计")


@dataclass(frozen=True, slots=True)
class Printed:
    """A total of a list in one column: the row and column, what is printed, the sum it should be, in 万元.

    ``scope`` says in words which rows the sum is of; ``agrees`` allows for the rounding of what is shown.
    """

    row: int
    column: int
    label: str
    value: Fraction
    summed: Fraction
    scope: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class SumLine:
    """Sums of one field over a region (合计 over all): as listed in its rows, as taken, and what makes them differ."""

    region: str
    field: str
    listed: Fraction
    taken: Fraction
    why: str


def sum_lines(projects: list[ListProject], issues: list[Issue]) -> list[SumLine]:
    """Sums by field and region, then in total; amounts that could not be read are counted in words."""
    unread = {
        (i.file, i.sheet, i.cell) for i in issues if i.code in ("cell_unreadable", "cell_error", "formula_uncached")
    }
    sums: dict[tuple[str, str], _Sum] = {}
    for p in projects:
        region = str(p.values.get("地区") or "（未写地区）")
        for name in p.letters:
            if kind_of(name) != "money":
                continue
            for key in ((name, region), (name, EVERYWHERE)):
                line = sums.setdefault(key, _Sum())
                line.add(p, name, (p.file, p.sheet, p.place(name)) in unread)
    order = {name: k for k, name in enumerate(dict.fromkeys(name for name, _ in sums))}
    keys = sorted(sums, key=lambda k: (order[k[0]], k[1] == EVERYWHERE, k[1]))
    return [SumLine(region, name, *sums[name, region].close()) for name, region in keys]


@dataclass(slots=True)
class _Sum:
    listed: Fraction = Fraction(0)
    taken: Fraction = Fraction(0)
    refused: int = 0
    unread: int = 0
    rounded: int = 0

    def add(self, project: ListProject, name: str, unread: bool) -> None:
        amount = project.amounts.get(name)
        self.unread += unread
        if amount is None:
            return
        self.listed += amount
        if not project.taken:
            self.refused += 1
            return
        value = project.values.get(name)
        read = Fraction(str(value)) if value is not None else Fraction(0)
        self.taken += read
        self.rounded += read != amount

    def close(self) -> tuple[Fraction, Fraction, str]:
        words = ((self.refused, "行没有读"), (self.unread, "格看不懂，未计"), (self.rounded, "格四舍五入"))
        return self.listed, self.taken, "，".join(f"{n} {w}" for n, w in words if n)


def printed_totals(rows: list[Row]) -> Iterator[Printed]:
    """Every total of a list (合计 and 小计 rows, groups with amounts) with the sum it is nearest to being."""
    for k, row in enumerate(rows):
        if row.kind not in ("合计小计", "分组") or not row.amounts:
            continue
        scopes = _scopes(rows, k)
        for column, value in row.amounts.items():
            yield _compare(row, column, value, scopes)


def _scopes(rows: list[Row], k: int) -> list[tuple[str, list[Row]]]:
    """Rows that a total may be the sum of, the likeliest first."""
    row = rows[k]
    every = [r for r in rows if r.kind in COUNTED]
    if row.kind == "分组":
        return [("下面本组各行", _run_below(rows, k))]
    above = [r for r in rows[:k] if r.kind in COUNTED]
    below = [r for r in rows[k + 1 :] if r.kind in COUNTED]
    run = _run_above(rows, k)
    scopes = [
        ("上面本段各行", run),
        ("上面全部各行", above),
        ("全表各行", every),
        ("下面全部各行", below),
        ("下面本段各行", _run_below(rows, k)),
    ]
    if not above:
        return [("下面全部各行", below), ("下面本段各行", _run_below(rows, k))]
    if TOTAL_WORD.search(row.label) and not below:
        return [("全表各行", every), *scopes]
    return [s for s in scopes if s[1]]


def _run_above(rows: list[Row], k: int) -> list[Row]:
    """Projects since the last total or the start of the group that the total closes."""
    found: list[Row] = []
    for row in reversed(rows[:k]):
        if row.kind == "合计小计":
            break
        if row.kind == "分组" and found:
            break
        if row.kind in COUNTED:
            found.append(row)
    return found


def _run_below(rows: list[Row], k: int) -> list[Row]:
    """Projects until the next group of the same or a higher level, or the next total."""
    level = rows[k].level
    found: list[Row] = []
    for row in rows[k + 1 :]:
        if row.kind == "合计小计" and (rows[k].kind == "合计小计" or found):
            break
        beside = row.level is not None and level is not None and row.level <= level
        if rows[k].kind == "分组" and (beside or (row.kind == "分组" and level is None)):
            break
        if row.kind in COUNTED:
            found.append(row)
    return found


def _compare(row: Row, column: int, value: Fraction, scopes: list[tuple[str, list[Row]]]) -> Printed:
    best: Printed | None = None
    for scope, members in scopes:
        summed = sum((m.amounts.get(column, Fraction(0)) for m in members), Fraction(0))
        agrees = abs(value - summed) <= TOLERANCE * max(1, len(members))
        found = Printed(row.index, column, row.label, value, summed, scope, agrees)
        if agrees:
            return found
        best = best or found
    return best or Printed(row.index, column, row.label, value, Fraction(0), "没有可以相加的行", value == 0)
