"""A case workbook changed cell by cell: in memory for the next solve, and in a copy of the user's own file.

A change names its cell as people do – sheet, row by its key, column – so that it can be listed, undone and
carried to another version of the file. Amounts are written in 万元 whatever unit the column has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from inputs import clean
from inputs.case.rule_rows import rule_id, same_scope
from inputs.case.rule_schema import RULE_SCHEMA_BY_ID
from inputs.case.table import Header, Record, Table, match_header, read_table
from inputs.files.letters import column_letters, column_number
from inputs.files.workbook import Grid, Source, load_source, write_copy
from inputs.schema import FUNDS, SETTINGS, SHEET_BY_NAME
from models.issue import CaseError, Issue
from models.rules import RULE_BY_ID
from models.units import MONEY_PER_WAN

KEYS = {
    "项目": ("项目编号",),
    "资金": ("资金名称",),
    "地区": ("名称",),
    "设置": ("名称",),
    "规则": ("规则", "对象", "年度", "参数"),
}
"""Columns that name a row of a sheet that can be changed."""
CELL = "单元格"
"""Column of a target that is a cell by its address: ``row`` holds the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a change sets: a column of the row with these keys; or, with column 单元格, the cell of that address."""

    sheet: str
    row: tuple[str, ...]
    column: str

    @property
    def words(self) -> str:
        """Where it is, as people say it: row and column; the value of a rule by its parameter."""
        if self.column == CELL:
            return f"{self.sheet}!{self.row[0]}"
        row, column = list(self.row), self.column
        if self.sheet == "规则":
            rule = RULE_BY_ID.get(row[0])
            row[0] = rule.title if rule is not None else row[0]
        return " · ".join(part for part in (*row, column if column != "值" else "") if part)

    @property
    def is_money(self) -> bool:
        """Whether what it sets is an amount, written in 万元."""
        if self.column == CELL:
            return False
        if self.sheet == "规则":
            known = RULE_SCHEMA_BY_ID.get(self.row[0]) if self.column == "值" else None
            return known is not None and any(p.kind == "money" and p.name == self.row[3] for p in known.parameters)
        head = self.column.partition(":")[0]
        return any(c.name == head and c.kind in ("money", "pin") for c in SHEET_BY_NAME[self.sheet].columns)


Changes = Mapping[Target, str]
"""New text by target; an empty text empties the cell."""


@dataclass(frozen=True, slots=True)
class Write:
    """One cell to be written, rows and columns counted from 1."""

    sheet: str
    row: int
    column: int
    value: Any

    @property
    def address(self) -> str:
        """The cell, such as C7."""
        return f"{column_letters(self.column - 1)}{self.row}"


def changes_to_json(changes: Changes) -> str:
    """Changes as text for keeping."""
    return json.dumps([[t.sheet, list(t.row), t.column, value] for t, value in changes.items()], ensure_ascii=False)


def changes_from_json(text: str) -> dict[Target, str]:
    """Changes as kept by ``changes_to_json``."""
    return {Target(sheet, tuple(row), column): value for sheet, row, column, value in json.loads(text)}


class CaseSheets:
    """The sheets of a case workbook, where changes find their cells."""

    def __init__(self, grids: Iterable[Grid]) -> None:
        self.grids = list(grids)
        self._by_name = {clean.tidy(g.name): g for g in self.grids}
        settings = self.table("设置", SETTINGS.name)
        unit = next((r.get("值") for r in settings.records if clean.tidy(r.get("名称")) == "金额单位"), None)
        self.unit = unit if unit in clean.MONEY_UNITS else "万元"
        funds = read_table(self._by_name.get("资金"), FUNDS, money_unit=self.unit)
        self.funds = tuple(r.get("资金名称") for r in funds.records if r.get("资金名称"))
        self._tables: dict[str, Table] = {"资金": funds}

    def table(self, name: str, sheet: str = "") -> Table:
        """A sheet as read, amounts in the case's unit."""
        if sheet:
            return read_table(self._by_name.get(name), SHEET_BY_NAME[sheet])
        if name not in self._tables:
            self._tables[name] = read_table(self._by_name.get(name), SHEET_BY_NAME[name], self.funds, self.unit)
        return self._tables[name]

    def text(self, target: Target) -> str:
        """What stands in the target now, amounts in 万元; empty when there is no such cell."""
        if target.column == CELL:
            return self._text_at(target.sheet, target.row[0])
        table = self.table(target.sheet)
        record, header = self._record(table, target), self._header(table, target.column)
        cell = record.cells.get((header.column.name, header.parts)) if record and header else None
        if cell is None or header is None:
            return self._text_at(target.sheet, _place(record, header)) if record and header else ""
        if header.column.kind == "money":
            return wan_text(Fraction(cell.value, MONEY_PER_WAN))
        if header.column.kind == "pin":
            sense, amount = cell.value
            return f"{'' if sense == '=' else sense}{wan_text(Fraction(amount, MONEY_PER_WAN))}"
        if header.column.kind == "flag":
            return "是" if cell.value else "否"
        return cell.raw

    def _text_at(self, sheet: str, address: str) -> str:
        grid = self._by_name.get(clean.tidy(sheet))
        row, column = _position(address)
        if grid is None or row >= len(grid.rows) or column >= len(grid.rows[row]):
            return ""
        return clean.title(grid.rows[row][column])

    # ---- where changes go

    def writes(self, changes: Changes) -> list[Write]:
        """The cells that changes set, headings and rows that are new included.

        Rows are added to 规则 and 设置 only; raises CaseError for a project, fund or region that is not there.
        """
        return _Writer(self).run(changes)

    def places(self, changes: Changes) -> dict[tuple[str, str], Target]:
        """Sheet and address of every cell that changes set, and the change that did."""
        writer = _Writer(self)
        found: dict[tuple[str, str], Target] = {}
        for target, text in changes.items():
            before = len(writer.found)
            found |= {(w.sheet, w.address): target for w in writer.run({target: text})[before:]}
        return found

    def changed(self, changes: Changes) -> list[Grid]:
        """The sheets with the changes in them."""
        by_sheet: dict[str, list[Write]] = {}
        for write in self.writes(changes):
            by_sheet.setdefault(write.sheet, []).append(write)
        grids = [_with(g, by_sheet.pop(g.name)) if g.name in by_sheet else g for g in self.grids]
        return grids + [_with(Grid(name, []), writes) for name, writes in by_sheet.items()]

    def _record(self, table: Table, target: Target) -> Record | None:
        keys = KEYS[target.sheet]
        if target.sheet == "规则":
            return next((r for r in table.records if _is_rule_row(r, target.row)), None)
        wanted = clean.tidy(target.row[0])
        return next((r for r in table.records if clean.tidy(r.get(keys[0])) == wanted), None)

    def _header(self, table: Table, column: str) -> Header | None:
        wanted = match_header(column, SHEET_BY_NAME[table.sheet], self.funds)
        if not isinstance(wanted, Header):
            return None
        return next((h for h in table.headers if (h.column, h.parts) == (wanted.column, wanted.parts)), None)


def wan_text(value: Fraction) -> str:
    """An amount in 万元 as plain digits."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def _place(record: Record, header: Header) -> str:
    return f"{column_letters(header.index)}{record.row}"


def _position(address: str) -> tuple[int, int]:
    """Row and column of an address, counted from 0."""
    found = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", address)
    assert found is not None, address
    return int(found[2]) - 1, column_number(found[1]) - 1


def _is_rule_row(record: Record, key: tuple[str, ...]) -> bool:
    rule, scope, year, parameter = key
    if rule_id(record.get("规则") or "") != rule or not same_scope(record.get("对象") or "", scope):
        return False
    return str(record.get("年度") or "") == year and clean.tidy(record.get("参数")) == clean.tidy(parameter)


def _with(grid: Grid, writes: list[Write]) -> Grid:
    """A copy of a sheet with cells written; a written cell is neither a formula nor a percent any more."""
    rows = [list(row) for row in grid.rows]
    for write in writes:
        while len(rows) < write.row:
            rows.append([])
        row = rows[write.row - 1]
        row.extend([None] * (write.column - len(row)))
        row[write.column - 1] = write.value
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([None] * (width - len(row)))
    gone = {write.address for write in writes}
    return replace(
        grid, rows=rows, uncached=grid.uncached - gone, errors=grid.errors - gone, percent=grid.percent - gone
    )


class _Writer:
    """Finds the cell of every change; what is not there yet is put behind the last column or row."""

    def __init__(self, sheets: CaseSheets) -> None:
        self.sheets = sheets
        self.found: list[Write] = []
        self._columns: dict[tuple[str, str], tuple[int, str]] = {}
        self._rows: dict[tuple[str, tuple[str, ...]], int] = {}
        self._last_row: dict[str, int] = {}
        self._last_column: dict[str, int] = {}

    def run(self, changes: Changes) -> list[Write]:
        """Cells to write, in the order of the changes."""
        for target, text in changes.items():
            if target.column == CELL:
                row, column = _position(target.row[0])
                self._put(target.sheet, row + 1, column + 1, _value(text, self._kind_at(target.sheet, column), "万元"))
            else:
                self._set(target, text)
        return self.found

    def _kind_at(self, sheet: str, column: int) -> str:
        """What a cell holds by its heading; an amount is typed there in the unit of its column."""
        header = next((h for h in self.sheets.table(sheet).headers if h.index == column), None)
        return header.column.kind if header is not None else "any"

    def _put(self, sheet: str, row: int, column: int, value: Any) -> None:
        self.found.append(Write(self._title(sheet), row, column, value))

    def _title(self, sheet: str) -> str:
        """The sheet's name as the file has it."""
        grid = self.sheets._by_name.get(clean.tidy(sheet))
        return grid.name if grid else sheet

    def _set(self, target: Target, text: str) -> None:
        column, unit = self._column(target.sheet, target.column)
        kind = SHEET_BY_NAME[target.sheet].column(target.column.partition(":")[0]).kind
        self._put(target.sheet, self._row(target), column, _value(text, kind, unit))

    def _column(self, sheet: str, column: str) -> tuple[int, str]:
        """Column number and money unit; a heading is added where there is none."""
        key = (sheet, clean.tidy(column))
        if key not in self._columns:
            table = self.sheets.table(sheet)
            header = self.sheets._header(table, column)
            if header is not None:
                self._columns[key] = header.index + 1, header.unit or table.money_unit
            else:
                number = self._next(self._last_column, sheet, self._width(sheet))
                kind = SHEET_BY_NAME[sheet].column(column.partition(":")[0]).kind
                money = kind in ("money", "pin")
                self._put(sheet, table.header_row or 1, number, f"{column}(万元)" if money else column)
                self._columns[key] = number, "万元"
        return self._columns[key]

    def _row(self, target: Target) -> int:
        """Row number; a row with its keys is added where there is none."""
        key = (target.sheet, target.row)
        if key not in self._rows:
            table = self.sheets.table(target.sheet)
            record = self.sheets._record(table, target)
            if record is not None:
                self._rows[key] = record.row
            elif target.sheet not in ("规则", "设置"):
                message = f"工作表“{target.sheet}”里没有“{target.row[0]}”，对它的改动不能应用"
                raise CaseError(
                    [Issue("change_lost", "error", target.sheet, "", target.row[0], message, "撤销这项改动")]
                )
            else:
                grid = self.sheets._by_name.get(target.sheet)
                number = self._next(self._last_row, target.sheet, max(len(grid.rows) if grid else 0, 1))
                self._rows[key] = number
                for name, text in zip(KEYS[target.sheet], target.row, strict=True):
                    if text:
                        self._put(
                            target.sheet,
                            number,
                            self._column(target.sheet, name)[0],
                            _value(text, SHEET_BY_NAME[target.sheet].column(name).kind, "万元"),
                        )
        return self._rows[key]

    def _width(self, sheet: str) -> int:
        grid = self.sheets._by_name.get(sheet)
        return max((len(row) for row in grid.rows), default=0) if grid else 0

    @staticmethod
    def _next(last: dict[str, int], sheet: str, known: int) -> int:
        last[sheet] = last.get(sheet, known) + 1
        return last[sheet]


WORDS = frozenset({"text", "names", "choice", "flag"})
"""Kinds of columns whose cells stay text, be they digits: 001 and 1,2 are names."""


def _value(text: str, kind: str, unit: str) -> Any:
    """The cell of a text: a number where it is one, amounts turned from 万元 into the column's unit."""
    bare = clean.tidy(text)
    if not bare:
        return None
    if kind in WORDS or (clean.APART.search(text) and not clean.THOUSANDS.fullmatch(text.strip())):
        return clean.title(text)
    sense, digits = "", bare
    if kind == "pin":
        sense, digits = next(((s, bare[len(s) :]) for s in (">=", "<=", "=") if bare.startswith(s)), ("", bare))
    if clean.GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    if not re.fullmatch(r"-?\d+(\.\d+)?", digits):
        return clean.title(text)
    exact = Fraction(digits) / clean.MONEY_UNITS[unit] if kind in ("money", "pin") else Fraction(digits)
    plain = wan_text(exact)
    if sense:
        return f"{sense}{plain}"
    number = int(exact) if exact.denominator == 1 else float(exact)
    return number if clean.number(number) == exact else plain


# ---- the user's own file


def write_changed(source: Path, target: Path, changes: Changes, name: str = "") -> None:
    """Write a copy of a case workbook with changes in it; everything else stays as the library keeps it.

    ``.xls`` and ``.csv`` come back as an .xlsx of their values. Raises CaseError when the file cannot be read.
    """
    found: Source = load_source(source, name=name)
    cells: dict[str, dict[str, Any]] = {}
    for write in CaseSheets(found.grids).writes(changes):
        cells.setdefault(write.sheet, {})[write.address] = "" if write.value is None else write.value
    write_copy(found, target, cells)


def quota_changes(grids: Iterable[Grid], fund: str, family: str, amounts: Mapping[str, int]) -> dict[Target, str]:
    """``amounts`` (0.01 万元 by region) as 配额上限 or 配额下限 of a fund in 地区.

    Raises CaseError when the workbook has no 地区 sheet.
    """
    if not CaseSheets(grids).table("地区").header_row:
        message = "没有可写入的“地区”工作表"
        raise CaseError([Issue("write_back", "error", "地区", "", "", message, "加上“地区”工作表")])
    return {
        Target("地区", (region,), f"{family}:{fund}"): wan_text(Fraction(amount, MONEY_PER_WAN))
        for region, amount in amounts.items()
    }
