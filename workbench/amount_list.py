"""A plain list of amounts: a row per project with 项目编号 and one column per fund, or per fund and year (资金:年), or
rows of 项目编号, 资金, 年度, 金额; 方案 and 开工年 where the list has them. Every unclear cell is named at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inputs import clean
from inputs.files.letters import column_letters
from inputs.files.workbook import Grid
from inputs.schema import SHEET_BY_NAME
from models.case import Case, Project
from models.issue import Issue, Severity

HEADER_ROWS = 8
ID = ("项目编号", "编号")
SCHEME, START = ("方案", "做法"), ("开工年", "开工年度")
FUND, YEAR, MONEY = "资金", "年度", "金额"
SUMS = ("合计", "总计", "小计")
BESIDE = ("序号", "备注", "安排合计", "申请额", "付款地区", *SUMS)
"""Columns that may stand in a list without being read, like those of 项目."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount (0.01 万元) of a project; ``year`` and ``start`` are positions, None where the list does not say."""

    project: Project
    fund: str
    year: int | None
    amount: int
    cell: str
    scheme: str | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of amounts: where, of which fund and year, in which unit."""

    index: int
    fund: str
    year: int | None
    unit: str


def header_row(grid: Grid) -> int | None:
    """Position of the row with 项目编号 among the first rows; None where there is none."""
    for index, row in enumerate(grid.rows[:HEADER_ROWS]):
        if any(clean.tidy(value) in ID for value in row):
            return index
    return None


def read_amounts(grid: Grid, header: int, case: Case, issues: list[Issue]) -> list[Amount]:
    """The amounts of a list; what is unclear is added to ``issues``, as is what was left unread."""
    found = _List(grid, header, case, issues)
    amounts = found.amounts()
    return _once(amounts, case, grid.name, issues)


def _once(amounts: list[Amount], case: Case, sheet: str, issues: list[Issue]) -> list[Amount]:
    """Amounts of which a project has one for each fund and year, and one scheme and start; others are issues."""
    seen: dict[tuple[str, str, int | None], Amount] = {}
    ways: dict[str, Amount] = {}
    for each in amounts:
        key = (each.project.id, each.fund, each.year)
        if other := seen.get(key):
            when = "" if each.year is None else f" {case.year_label(each.year)} 年"
            message = f"{each.project.id} 的{each.fund}{when}已写在 {other.cell}，重复的金额没有相加"
            issues.append(Issue("own_plan", "error", sheet, each.cell, each.project.id, message, "合成一行，或写明各自的年度"))  # fmt: skip
        seen[key] = each
        first = ways.setdefault(each.project.id, each)
        if (first.scheme, first.start) != (each.scheme, each.start):
            message = f"{each.project.id} 的方案或开工年与 {first.cell} 所在的行不一样"
            issues.append(Issue("own_plan", "error", sheet, each.cell, each.project.id, message, "各行写成一样的方案和开工年"))  # fmt: skip
    return amounts


class _List:
    """One sheet with its headings."""

    def __init__(self, grid: Grid, header: int, case: Case, issues: list[Issue]) -> None:
        self.grid, self.case, self.issues = grid, case, issues
        self.heads = [clean.tidy(value) for value in grid.rows[header]]
        self.first = header + 1
        self.key = next(i for i, head in enumerate(self.heads) if head in ID)
        self.fund, self.year = self._place((FUND,)), self._place((YEAR,))
        self.scheme, self.start = self._place(SCHEME), self._place(START)
        self.money = next((i for i, head in enumerate(self.heads) if head.startswith(MONEY)), None)
        self.columns = [] if self.long else self._fund_columns()
        if not self.long and not self.columns:
            message = "清单里没有以资金命名的列，也没有“资金”“金额”两列"
            words = "、".join(f.name for f in case.funds)
            self._say(header, 0, "", message, f"列名写成资金名称：{words}")

    @property
    def long(self) -> bool:
        """Whether every row names its fund."""
        return self.fund is not None and self.money is not None

    def _place(self, names: tuple[str, ...]) -> int | None:
        return next((i for i, head in enumerate(self.heads) if head in names), None)

    def _say(self, row: int, column: int, value: str, message: str, remedy: str, level: Severity = "error") -> None:
        cell = f"{column_letters(column)}{row + 1}"
        self.issues.append(Issue("own_plan", level, self.grid.name, cell, value, message, remedy))

    def _fund_columns(self) -> list[_Column]:
        """Columns named by a fund, or by fund and year; where a fund has years, its column without year is a sum."""
        found, case = [], self.case
        known = {clean.tidy(f.name): f.name for f in case.funds}
        for index, head in enumerate(self.heads):
            fund, _, year = head.partition("(")[0].partition(":")
            digits = year.removesuffix("年")
            position = int(digits) - case.first_year if digits.isdigit() else None
            if fund in known and (not year or (position is not None and 0 <= position < case.years)):
                found.append(_Column(index, known[fund], position, _unit(head)))
        dated = {c.fund for c in found if c.year is not None}
        return [c for c in found if c.year is not None or c.fund not in dated]

    def amounts(self) -> list[Amount]:
        """The amounts row by row."""
        found: list[Amount] = []
        for number, row in enumerate(self.grid.rows[self.first :], start=self.first):
            text = clean.title(_at(row, self.key))
            if clean.is_empty(text) or clean.tidy(text) in SUMS:
                continue
            project = self.case.project_by_id.get(text)
            if project is None:
                self._say(number, self.key, text, "项目编号不在案例中", "改编号，或删去这一行")
                continue
            scheme, start = self._way(project, row, number)
            for c in self.columns or self._named(row, number):
                value = _at(row, c.index)
                if not clean.is_empty(value) and (money := self._money(value, c, number)):
                    cell = f"{column_letters(c.index)}{number + 1}"
                    found.append(Amount(project, c.fund, c.year, money, cell, scheme, start))
        self._unread()
        return found

    def _way(self, project: Project, row: list[Any], number: int) -> tuple[str | None, int | None]:
        """Scheme and start as the row has them."""
        scheme: str | None = None
        start: int | None = None
        if self.scheme is not None and not clean.is_empty(text := clean.title(_at(row, self.scheme))):
            if project.scheme(text) is None:
                words = "、".join(s.name for s in project.schemes)
                self._say(number, self.scheme, text, f"{project.id} 没有方案“{text}”", f"写成其中之一：{words}")
            scheme = text
        if self.start is not None and not clean.is_empty(_at(row, self.start)):
            start = self._position(row, self.start, number, "开工年")
        return scheme, start

    def _position(self, row: list[Any], column: int, number: int, what: str) -> int | None:
        """A year as its position in the horizon; None, and an issue, where it is none of it."""
        try:
            year = clean.whole(_at(row, column), "年") - self.case.first_year
        except clean.Unreadable:
            year = -1
        if 0 <= year < self.case.years:
            return year
        last = self.case.year_label(self.case.years - 1)
        self._say(number, column, clean.title(_at(row, column)), f"{what}不在规划期内", f"写成 {self.case.first_year}–{last} 之间的年份")  # fmt: skip
        return None

    def _named(self, row: list[Any], number: int) -> list[_Column]:
        """The one amount of a row with 资金 (and 年度)."""
        if self.fund is None or self.money is None:
            return []
        fund = clean.title(_at(row, self.fund))
        if fund not in self.case.fund_by_name:
            self._say(number, self.fund, fund, "资金不在案例中", "改为资金表里的名称")
            return []
        year: int | None = None
        if self.year is not None and not clean.is_empty(_at(row, self.year)):
            year = self._position(row, self.year, number, "年度")
            if year is None:
                return []
        return [_Column(self.money, fund, year, _unit(self.heads[self.money]))]

    def _money(self, value: Any, column: _Column, number: int) -> int:
        text = clean.title(value)
        try:
            amount = clean.money(value, column.unit)
        except clean.Unreadable as problem:
            self._say(number, column.index, text, f"金额“{text}”{problem.message}", problem.remedy)
            return 0
        if amount < 0:
            self._say(number, column.index, text, "金额是负数", "填不小于 0 的数")
        return max(0, amount)

    def _unread(self) -> None:
        """Columns with numbers that are neither read nor known from 项目 are named."""
        read = {self.key, self.fund, self.year, self.scheme, self.start, self.money, *(c.index for c in self.columns)}
        known = {clean.tidy(c.name) for c in SHEET_BY_NAME["项目"].columns} | set(BESIDE)
        sums = {clean.tidy(f.name) for f in self.case.funds}
        for index, head in enumerate(self.heads):
            bare = head.partition("(")[0]
            if index in read or not head or bare in sums or bare.partition(":")[0] in known:
                continue
            rows = self.grid.rows[self.first :]
            if any(isinstance(_at(row, index), int | float) for row in rows):
                words = "、".join(f.name for f in self.case.funds)
                self._say(self.first - 1, index, head, f"“{head}”一列有数，但不是资金的名称，没有读", f"是资金就改成资金表里的名称（{words}），不是可不管", "warning")  # fmt: skip


def _at(row: list[Any], index: int) -> Any:
    return row[index] if index < len(row) else None


def _unit(head: str) -> str:
    return next((u for u in ("亿元", "万元", "元") if head.endswith(f"({u})")), "万元")
