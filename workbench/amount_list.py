"""A plain list of amounts: a row per project with 项目编号 (or 项目名称, where names are unique) and one column per fund,
or per fund and year (资金:年), or rows of 项目编号, 资金, 年度, 金额; 方案 and 开工年 where the list has them. Every unclear cell is named at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from inputs import clean
from inputs.files.letters import address
from inputs.files.workbook import Grid
from inputs.lists.fields import FUND_LIKE, FUND_WORDS, bare
from inputs.lists.layout import unit_of
from inputs.schema import SHEET_BY_NAME
from models.case import Case, Project
from models.issue import Issue, Severity
from models.units import show_wan

HEADER_ROWS = 8
ID, NAME = ("项目编号", "编号"), ("项目名称", "项目", "名称")
SCHEME, START = ("方案", "做法"), ("开工年", "开工年度")
FUND, YEAR, MONEY = "资金", "年度", "金额"
SUMS = ("合计", "总计", "小计")
BESIDE = ("序号", "备注", "安排合计", "申请额", "付款地区", *SUMS)
"""Columns that may stand in a list without being read, like those of 项目."""
DATED = re.compile(r"(?:(?P<before>20\d\d)年?度?)?(?P<fund>.+?)[:(]?(?:(?P<after>20\d\d)年?度?\)?)?")
"""A heading of fund and year: 债:2027, 债2027年, 债(2027年), 2027年债."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount (0.01 万元) of a project; ``year`` and ``start`` are positions, None where the list does not say."""

    project: Project
    fund: str
    year: int | None
    amount: int
    sheet: str
    cell: str
    scheme: str | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of amounts: where, of which fund and year, in which unit; ``sum`` where the fund has columns by year."""

    index: int
    fund: str
    year: int | None
    unit: str
    sum: bool = False


def header_row(grid: Grid) -> int | None:
    """Position of the row with 项目编号, else 项目名称, among the first rows; None where there is none."""
    for names in (ID, NAME):
        for index, row in enumerate(grid.rows[:HEADER_ROWS]):
            if any(clean.tidy(value) in names for value in row):
                return index
    return None


def read_amounts(grids: Iterable[Grid], case: Case, issues: list[Issue]) -> list[Amount]:
    """The amounts of all sheets that have 项目编号 or 项目名称; what is unclear is added to ``issues``, as is what was left unread.

    A sheet without amounts is an error only where no other has any.
    """
    lists = [_List(grid, header, case, issues) for grid in grids if (header := header_row(grid)) is not None]
    with_amounts = [each for each in lists if each.has_amounts]
    for each in lists:
        if not each.has_amounts:
            each.say_no_amounts("warning" if with_amounts else "error")
    amounts = [amount for each in with_amounts for amount in each.amounts()]
    _once(amounts, case, len(with_amounts) > 1, issues)
    return amounts


def _once(amounts: list[Amount], case: Case, several: bool, issues: list[Issue]) -> None:
    """A project has one amount for each fund and year, with years or without, and one scheme and start; else issues."""
    seen: dict[tuple[str, str, int | None], Amount] = {}
    funds: dict[tuple[str, str], Amount] = {}
    ways: dict[str, Amount] = {}

    def say(each: Amount, other: Amount, words: str, remedy: str) -> None:
        place = f"{other.sheet}!{other.cell}" if several else other.cell
        message = f"{each.project.id} {words.format(cell=place)}"
        issues.append(Issue("own_plan", "error", each.sheet, each.cell, each.project.id, message, remedy))

    for each in amounts:
        first = funds.setdefault((each.project.id, each.fund), each)
        if other := seen.get((each.project.id, each.fund, each.year)):
            when = "" if each.year is None else f" {case.year_label(each.year)} 年"
            say(each, other, f"的{each.fund}{when}已写在 {{cell}}，重复的金额没有相加", "合成一行，或写明各自的年度")
        elif (first.year is None) != (each.year is None):
            say(each, first, f"的{each.fund}在 {{cell}} 和这里一处写了年度、一处没有写", "各处都写年度，或都不写")
        seen[each.project.id, each.fund, each.year] = each
        way = ways.setdefault(each.project.id, each)
        if (way.scheme, way.start) != (each.scheme, each.start):
            say(each, way, "的方案或开工年与 {cell} 所在的行不一样", "各行写成一样的方案和开工年")


class _List:
    """One sheet with its headings."""

    def __init__(self, grid: Grid, header: int, case: Case, issues: list[Issue]) -> None:
        self.grid, self.case, self.issues, self.header = grid, case, issues, header
        self.heads = [clean.tidy(value) for value in grid.rows[header]]
        self.unit = unit_of(grid.rows, list(range(header)))
        self.key = next(i for names in (ID, NAME) for i, head in enumerate(self.heads) if head in names)
        self.named = self._place(NAME)
        self.called: dict[str, list[Project]] = {}
        for project in case.projects if self.named is not None else ():
            self.called.setdefault(clean.title(project.name), []).append(project)
        self.fund, self.year = self._place((FUND,)), self._place((YEAR,))
        self.scheme, self.start = self._place(SCHEME), self._place(START)
        self.money = next((i for i, head in enumerate(self.heads) if bare(head)[0] == MONEY), None)
        long = self.fund is not None and self.money is not None
        self.columns = [] if long else self._fund_columns()
        self.has_amounts = long or bool(self.columns)
        self.money_unit = (
            self._unit(self.money, bare(self.heads[self.money])[1]) if long and self.money is not None else ""
        )
        self.above = {
            (row, self.key): top
            for top, left, bottom, right in grid.merges
            if left <= self.key <= right
            for row in range(top + 1, bottom + 1)
        }

    def say_no_amounts(self, level: Severity) -> None:
        """Tell that the sheet has no column of amounts."""
        message = "清单里没有以资金命名的列，也没有“资金”“金额”两列"
        words = "、".join(f.name for f in self.case.funds)
        self._say(self.header, 0, "", message, f"列名写成资金名称：{words}", level)

    def _place(self, names: tuple[str, ...]) -> int | None:
        return next((i for i, head in enumerate(self.heads) if head in names), None)

    def _say(self, row: int, column: int, value: str, message: str, remedy: str, level: Severity = "error") -> None:
        self.issues.append(Issue("own_plan", level, self.grid.name, address(row, column), value, message, remedy))

    # ---- headings

    def _fund_columns(self) -> list[_Column]:
        """Columns named by a fund, or by fund and year; where a fund has years, its column without year is a sum."""
        found = [c for index, head in enumerate(self.heads) if head and (c := self._fund_column(index, head))]
        dated = {c.fund for c in found if c.year is not None}
        return [_Column(c.index, c.fund, c.year, c.unit, c.year is None and c.fund in dated) for c in found]

    def _fund_column(self, index: int, head: str) -> _Column | None:
        known = {clean.tidy(f.name): f.name for f in self.case.funds}
        if head in known:
            return _Column(index, known[head], None, self._unit(index, ""))
        name, unit = bare(head)
        if name in known:
            return _Column(index, known[name], None, self._unit(index, unit))
        parts = DATED.fullmatch(name)
        fund = parts.group("fund") if parts else ""
        year_text = parts and (parts.group("before") or parts.group("after"))
        if not year_text or fund not in known:
            return None
        year = int(year_text) - self.case.first_year
        if not 0 <= year < self.case.years:
            self._say(self.header, index, head, f"“{head}”的年度不在规划期内", self._years())
            return None
        return _Column(index, known[fund], year, self._unit(index, unit))

    def _unit(self, index: int, unit: str) -> str:
        """The unit of a column of amounts: its own, that of the sheet, else 万元; one that is none of ours is an error."""
        if unit in clean.MONEY_UNITS:
            return unit
        if unit:
            words = "、".join(u for u in clean.MONEY_UNITS if u.endswith("元"))
            message = f"“{self.heads[index]}”看不出金额的单位"
            self._say(self.header, index, self.heads[index], message, f"单位写成其中之一：{words}")
        return self.unit or "万元"

    def _years(self) -> str:
        last = self.case.year_label(self.case.years - 1)
        return f"写成 {self.case.first_year}–{last} 之间的年份"

    # ---- rows

    def amounts(self) -> list[Amount]:
        """The amounts row by row."""
        found: list[Amount] = []
        totals: list[int] = []
        for number in range(self.header + 1, len(self.grid.rows)):
            row = self.grid.rows[number]
            text = clean.title(_at(self.grid.rows[self.above.get((number, self.key), number)], self.key))
            if any(clean.tidy(v).rstrip(":：") in SUMS for v in row[: self.key + 2] if isinstance(v, str)):
                totals.append(number)
                continue
            place, name = self.key, "" if self.named is None else clean.title(_at(row, self.named))
            if clean.is_empty(text) and self.named is not None and not clean.is_empty(name):
                place, text = self.named, name
            if clean.is_empty(text):
                self._nameless(row, number)
                continue
            project = self._project(text, number, place)
            if project is None:
                continue
            if place != self.named and not clean.is_empty(name) and clean.tidy(name) != clean.tidy(project.name):
                message = f"编号 {project.id} 在案例里是“{project.name}”，这一行的名称是“{name}”"
                self._say(number, self.named or 0, name, message, "核对编号和名称，改成一致；名称可以留空")
            found += self._of_row(project, row, number)
        self._check_totals(totals)
        self._unread()
        return found

    def _check_totals(self, totals: list[int]) -> None:
        """What rows of totals say is what the rows add up to: where it is not, one was lost or mistyped."""
        whole = [n for n in totals if not any(clean.tidy(v) == "小计" for v in self.grid.rows[n] if isinstance(v, str))]
        parts = [row for n, row in enumerate(self.grid.rows[self.header + 1 :], self.header + 1) if n not in totals]
        for c in self.columns if whole else ():
            added = sum(_amount(_at(row, c.index), c.unit) or 0 for row in parts)
            for number in whole:
                said = _amount(_at(self.grid.rows[number], c.index), c.unit)
                if said is not None and said != added:
                    text = clean.title(_at(self.grid.rows[number], c.index))
                    message = f"合计写 {show_wan(said)} 万元，各行加起来是 {show_wan(added)} 万元"
                    self._say(number, c.index, text, message, "核对各行金额，把合计改成一致，或删去合计行")

    def _project(self, text: str, number: int, place: int) -> Project | None:
        """The project of a number, or of a name that no other has; ``place`` is the column where that stands."""
        named = self.called.get(text, [])
        if project := self.case.project_by_id.get(text) or (named[0] if len(named) == 1 else None):
            return project
        if named:
            words = "、".join(p.id for p in named)
            self._say(number, place, text, f"有 {len(named)} 个项目都叫“{text}”", f"改写项目编号：{words}")
        elif place == self.named:
            self._say(number, place, text, "案例中没有叫这个名称的项目", "写成案例里的名称或项目编号，或删去这一行")
        else:
            self._say(number, place, text, "项目编号不在案例中", "改编号，或删去这一行")
        return None

    def _nameless(self, row: list[Any], number: int) -> None:
        """A row without 项目编号 must have no amounts."""
        places = [c.index for c in self.columns] or [self.money or 0]
        index = next((i for i in places if _is_amount(_at(row, i))), None)
        if index is not None:
            message = "这一行有金额，没有项目编号或名称"
            self._say(number, self.key, "", message, "补上项目编号或名称；不是项目的行写“合计”“小计”，或删去")

    def _of_row(self, project: Project, row: list[Any], number: int) -> list[Amount]:
        scheme, start = self._way(project, row, number)
        year = self._position(row, self.year, number, "年度") if self.year is not None else None
        found: list[Amount] = []
        sums: list[tuple[_Column, int]] = []
        for c in self.columns or self._named(row, number):
            money = self._money(row, c, number)
            if c.sum:
                sums.append((c, money))
            elif money:
                when = c.year if c.year is not None else year
                found.append(
                    Amount(project, c.fund, when, money, self.grid.name, address(number, c.index), scheme, start)
                )
        for c, money in sums:
            dated = sum(a.amount for a in found if a.fund == c.fund)
            if money and not dated:
                found.append(
                    Amount(project, c.fund, year, money, self.grid.name, address(number, c.index), scheme, start)
                )
            elif money and money != dated:
                message = f"{project.id} 的{c.fund}写 {show_wan(money)} 万元，各年加起来是 {show_wan(dated)} 万元"
                self._say(number, c.index, clean.title(_at(row, c.index)), message, "改成一致")
        return found

    def _way(self, project: Project, row: list[Any], number: int) -> tuple[str | None, int | None]:
        """Scheme and start as the row has them."""
        scheme: str | None = None
        if self.scheme is not None and not clean.is_empty(text := clean.title(_at(row, self.scheme))):
            if project.scheme(text) is None:
                words = "、".join(s.name for s in project.schemes)
                self._say(number, self.scheme, text, f"{project.id} 没有方案“{text}”", f"写成其中之一：{words}")
            scheme = text
        return scheme, None if self.start is None else self._position(row, self.start, number, "开工年")

    def _position(self, row: list[Any], column: int, number: int, what: str) -> int | None:
        """A year as its position in the horizon; None where the cell is empty, and with an issue where it is none."""
        if clean.is_empty(_at(row, column)):
            return None
        try:
            year = clean.whole(_at(row, column), "年") - self.case.first_year
        except clean.Unreadable:
            year = -1
        if 0 <= year < self.case.years:
            return year
        self._say(number, column, clean.title(_at(row, column)), f"{what}不在规划期内", self._years())
        return None

    def _named(self, row: list[Any], number: int) -> list[_Column]:
        """The one amount of a row with 资金 (and 年度)."""
        if self.fund is None or self.money is None:
            return []
        fund = clean.title(_at(row, self.fund))
        if fund not in self.case.fund_by_name:
            self._say(number, self.fund, fund, "资金不在案例中", "改为资金表里的名称")
            return []
        return [_Column(self.money, fund, None, self.money_unit)]

    def _money(self, row: list[Any], column: _Column, number: int) -> int:
        """The amount of a cell; 0 where it is empty, and with an issue where it cannot be read."""
        value, cell = _at(row, column.index), address(number, column.index)
        if cell in self.grid.errors:
            self._say(number, column.index, "#错误值", "金额是错误值（如 #REF!）", "改正公式，或填一个值")
            return 0
        if value is None and cell in self.grid.uncached:
            remedy = "用 Excel 或 WPS 打开并保存一次，或改为数值"
            self._say(number, column.index, "=…", "金额的公式没有保存计算结果", remedy)
            return 0
        if clean.is_empty(value):
            return 0
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
        """Columns with amounts that are neither read nor known from 项目 are named."""
        read = {self.key, self.fund, self.scheme, self.start, self.money, *(c.index for c in self.columns)}
        if any(c.year is None and not c.sum for c in self.columns) or not self.columns:
            read.add(self.year)
        known = {clean.tidy(c.name) for c in SHEET_BY_NAME["项目"].columns} | set(BESIDE)
        told = {issue.cell for issue in self.issues if issue.sheet == self.grid.name}
        for index, head in enumerate(self.heads):
            name = bare(head)[0].partition(":")[0]
            if index in read or not head or name in known or address(self.header, index) in told:
                continue
            if any(_is_amount(_at(row, index)) for row in self.grid.rows[self.header + 1 :]):
                words = "、".join(f.name for f in self.case.funds)
                message = f"“{head}”一列有数，但不是资金的名称，没有读"
                if FUND_LIKE.search(name) or any(words_of.search(name) for _, words_of in FUND_WORDS):
                    remedy = f"是资金就改成资金表里的名称（{words}），不是就删去这一列"
                    self._say(self.header, index, head, message, remedy)
                else:
                    remedy = f"是资金就改成资金表里的名称（{words}），不是可不管"
                    self._say(self.header, index, head, message, remedy, "warning")


def _at(row: list[Any], index: int) -> Any:
    return row[index] if index < len(row) else None


def _amount(value: Any, unit: str = "万元") -> int | None:
    """The amount of a cell (0.01 万元); None where it is empty or none."""
    try:
        return None if clean.is_empty(value) else clean.money(value, unit)
    except clean.Unreadable:
        return None


def _is_amount(value: Any) -> bool:
    """Whether a cell could be an amount."""
    return bool(_amount(value))
