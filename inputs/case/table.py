"""A sheet as records: header found, columns matched to the schema, every cell read or reported."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from inputs import clean
from inputs.files.letters import column_letters
from inputs.files.workbook import Grid
from inputs.schema import DOCUMENTS, Column, Sheet
from models.issue import Issue, Severity

HEADER_ROWS = 12
FICTIONAL = "示例数据(金额为虚构)"
UNIT = re.compile(r"\((亿元|万元|元|%|亩|年|万人|人|个)\)$")


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised column heading: schema column, its parts (year, fund …), unit, position."""

    column: Column
    parts: tuple[str, ...]
    unit: str
    index: int


@dataclass(slots=True)
class Cell:
    """A value read, with the address it came from and the text as it stood there (both made when asked for)."""

    value: Any
    index: int
    row: int
    source: Any

    @property
    def address(self) -> str:
        """Where the cell stands, such as C7."""
        return f"{column_letters(self.index)}{self.row}"

    @property
    def raw(self) -> str:
        """The cell's text."""
        return clean.title(self.source)


@dataclass(slots=True)
class Record:
    """One row: cells by (column, parts)."""

    row: int
    cells: dict[tuple[str, tuple[str, ...]], Cell] = field(default_factory=dict)
    families: Mapping[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def get(self, column: str, *parts: str) -> Any:
        """Value of a cell, None when empty or unreadable."""
        cell = self.cells.get((column, parts))
        return cell.value if cell else None

    def family(self, column: str) -> Iterator[tuple[tuple[str, ...], Cell]]:
        """Filled cells of a family of columns with their parts."""
        for parts in self.families.get(column, ()):
            cell = self.cells.get((column, parts))
            if cell is not None:
                yield parts, cell


@dataclass(slots=True)
class Table:
    """The records of one sheet and what was found wrong in it."""

    sheet: str
    headers: list[Header] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    header_row: int = 0
    given: bool = False
    money_unit: str = "万元"
    fictional: bool = False
    _filled: set[tuple[str, tuple[str, ...]]] | None = None

    def report(self, code: str, cell: str, value: Any, message: str, remedy: str, severity: Severity = "error") -> None:
        """Note an issue at a cell of this sheet."""
        self.issues.append(Issue(code, severity, self.sheet, cell, clean.title(value), message, remedy))

    def address(self, record: Record, column: str, *parts: str) -> str:
        """Address of a cell, filled or not; the row when the column is missing."""
        if (column, parts) in record.cells:
            return record.cells[column, parts].address
        for header in self.headers:
            if header.column.name == column and header.parts == parts:
                return f"{column_letters(header.index)}{record.row}"
        return f"A{record.row}"

    def heading(self, column: str, *parts: str) -> str:
        """Address of a heading; the header row when the column is missing."""
        for header in self.headers:
            if header.column.name == column and header.parts == parts:
                return f"{column_letters(header.index)}{self.header_row}"
        return f"A{self.header_row}"

    def unreadable(self, header: Header) -> bool:
        """Whether a cell of the column was filled but could not be read."""
        letters = column_letters(header.index)
        return any(i.code == "cell_unreadable" and re.sub(r"\d", "", i.cell) == letters for i in self.issues)

    def has(self, column: str, *parts: str) -> bool:
        """Whether any cell of the column (or family, or one column of a family) is filled."""
        if self._filled is None:
            keys = {key for record in self.records for key in record.cells}
            self._filled = keys | {(name, ()) for name, _ in keys}
        return (column, parts) in self._filled


def read_table(grid: Grid | None, sheet: Sheet, funds: tuple[str, ...] = (), money_unit: str = "万元") -> Table:
    """Read one sheet; ``funds`` are the known fund names, ``money_unit`` holds where no unit is written."""
    table = Table(sheet.name, money_unit=money_unit)
    if grid is None:
        if sheet.required:
            table.report(
                "sheet_missing", "", "", f"缺少工作表“{sheet.name}”", f"加上工作表“{sheet.name}”，可从空白模板复制"
            )
        return table
    table.given = True
    position = _header_position(grid, sheet, funds)
    if position is None:
        if sheet.required or any(clean.tidy(v) for row in grid.rows for v in row):
            wanted = "、".join(c.name for c in sheet.columns if c.required)
            message = (
                f"工作表“{sheet.name}”里没有找到表头" if any(map(any, grid.rows)) else f"工作表“{sheet.name}”是空的"
            )
            table.report("header_missing", "A1", "", message, f"第一行写列名，至少要有：{wanted}")
        return table
    table.header_row = position + 1
    _match_headers(table, grid.rows[position], sheet, funds)
    _require_columns(table, sheet)
    families: dict[str, list[tuple[str, ...]]] = {}
    for header in table.headers:
        families.setdefault(header.column.name, []).append(header.parts)
    for offset, row in enumerate(grid.rows[position + 1 :], start=position + 2):
        if any(not clean.is_empty(value) for value in row) or _faulty_row(grid, offset):
            table.records.append(_record(table, grid, row, Record(offset, families=families)))
    _check_percent_columns(table, grid)
    _tell_hidden(table, grid)
    _check_merges(table, grid)
    return table


def _check_merges(table: Table, grid: Grid) -> None:
    """Merged cells hold one value, the others are read as empty: nobody can tell which rows it was meant for."""
    mine = {header.index for header in table.headers}
    for top, left, bottom, right in grid.merges:
        columns = [c for c in range(left, right + 1) if c in mine]
        if top + 1 > table.header_row and (bottom > top or len(columns) > 1) and columns:
            place = f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"
            row = grid.rows[top] if top < len(grid.rows) else []
            value = row[left] if left < len(row) else None
            message = f"{place} 是合并的单元格，只有第一格有值"
            table.report("merged", f"{column_letters(left)}{top + 1}", value, message, "取消合并，逐格填写")


def _faulty_row(grid: Grid, row: int) -> bool:
    return any(re.sub(r"[A-Z]+", "", address) == str(row) for address in grid.uncached | grid.errors)


def _header_position(grid: Grid, sheet: Sheet, funds: tuple[str, ...]) -> int | None:
    """The row among the first ones that holds most known headings, at least one of them required."""
    best, best_count = None, 0
    for index, row in enumerate(grid.rows[:HEADER_ROWS]):
        found = [match_header(value, sheet, funds) for value in row if isinstance(value, str)]
        known = [header for header in found if isinstance(header, Header)]
        if any(header.column.required for header in known) and len(known) > best_count:
            best, best_count = index, len(known)
    return best


def match_header(value: Any, sheet: Sheet, funds: tuple[str, ...], index: int = 0) -> Header | str | None:
    """The schema column of a heading; a sentence when a family part is wrong; None when unknown."""
    text = clean.tidy(value)
    if not text:
        return None
    bare, unit = _strip_unit(text)
    text = text.replace(FICTIONAL, "")
    for column in sheet.columns:
        if not column.parts and bare in (column.name, *map(clean.tidy, column.synonyms)):
            return Header(column, (), unit, index)
    for column in sheet.columns:
        if column.parts:
            found = _match_family(text, bare, unit, column, funds, index)
            if found is not None:
                return found
    return None


def _strip_unit(text: str) -> tuple[str, str]:
    text = text.replace(FICTIONAL, "")
    match = UNIT.search(text)
    return (text[: match.start()], match.group(1)) if match else (text, "")


def _match_family(
    text: str, bare: str, unit: str, column: Column, funds: tuple[str, ...], index: int
) -> Header | str | None:
    if not column.name:  # 资金适用: the heading is the fund itself
        return Header(column, (bare,), unit, index) if bare in map(clean.tidy, funds) else f"资金“{text}”不在资金表中"
    for name in (column.name, *column.synonyms):
        keep_unit = column.name == "产出"
        whole = text if keep_unit else bare
        if whole == name and column.parts[-1].endswith("?") and len(column.parts) == 1:
            return Header(column, ("",), unit, index)
        if whole.startswith(name + ":"):
            return _family_parts(whole[len(name) + 1 :], column, funds, unit, index)
    return None


def _family_parts(rest: str, column: Column, funds: tuple[str, ...], unit: str, index: int) -> Header | str:
    words = rest.split(":")
    if len(words) < len(column.parts) and column.parts[-1].endswith("?"):
        words.append("")
    if len(words) != len(column.parts):
        return f"列名“{column.name}:{rest}”的段数不对"
    parts = []
    for given, part in zip(words, column.parts, strict=True):
        word = given
        if part.startswith("year") and word:
            if not re.fullmatch(r"\d{1,4}年?", word):
                return f"列名里的“{word}”不是年份"
            word = word.removesuffix("年")
        elif part == "fund":
            known = {clean.tidy(f): f for f in funds}
            if word not in known:
                near = difflib.get_close_matches(word, list(known), n=1)
                return f"资金“{word}”不在资金表中" + (f"，是否指“{near[0]}”" if near else "")
            word = known[word]
        elif part == "document" and word not in DOCUMENTS:
            return f"手续“{word}”不在范围内（{'、'.join(DOCUMENTS)}）"
        elif not word and not part.endswith("?"):
            return f"列名“{column.name}:”后面是空的"
        parts.append(word)
    return Header(column, tuple(parts), unit, index)


def _match_headers(table: Table, row: list[Any], sheet: Sheet, funds: tuple[str, ...]) -> None:
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    for index, value in enumerate(row):
        address = f"{column_letters(index)}{table.header_row}"
        found = match_header(value, sheet, funds, index)
        if isinstance(found, str):
            table.report("header_unknown_part", address, value, found, "改成资金表、年份或目录中的写法")
        elif found is None:
            _report_extra(table, sheet, value, address)
        elif (found.column.name, found.parts) in seen:
            where = seen[found.column.name, found.parts]
            table.report("header_duplicate", address, value, f"列“{clean.title(value)}”与 {where} 重复", "只保留一列")
        else:
            table.fictional = table.fictional or FICTIONAL in clean.tidy(value)
            seen[found.column.name, found.parts] = address
            table.headers.append(found)


def _report_extra(table: Table, sheet: Sheet, value: Any, address: str) -> None:
    text = clean.tidy(value)
    if not text or text == "序号":
        return
    known = [column.name for column in sheet.columns if column.name]
    near = difflib.get_close_matches(_strip_unit(text)[0].split(":")[0], known, n=1, cutoff=0.75)
    if near:
        table.report(
            "header_near",
            address,
            value,
            f"列名不认识，是否指“{near[0]}”？本列没有读",
            f"改列名为“{near[0]}”，或删去这一列",
            "warning",
        )
    else:
        table.report(
            "header_extra", address, value, "不认识的列，没有读", "不需要处理；如应参与分配，请改成模板中的列名", "note"
        )


def _require_columns(table: Table, sheet: Sheet) -> None:
    present = {header.column.name for header in table.headers}
    for column in sheet.columns:
        if column.required and column.name not in present:
            cell = f"A{table.header_row}"
            table.report(
                "column_missing", cell, "", f"工作表“{sheet.name}”缺少列“{column.name}”", f"加上列“{column.name}”"
            )


def _record(table: Table, grid: Grid, row: list[Any], record: Record) -> Record:
    faulty = grid.errors or grid.uncached
    for header in table.headers:
        value = row[header.index] if header.index < len(row) else None
        if value is None and not header.column.required and not faulty:
            continue
        address = f"{column_letters(header.index)}{record.row}" if value is None or faulty else ""
        if faulty and address in grid.errors:
            table.report("cell_error", address, "#错误值", "单元格是错误值（如 #REF!）", "改正公式，或填一个值")
        elif value is None and address in grid.uncached:
            table.report(
                "formula_uncached", address, "=…", "公式没有保存计算结果", "用 Excel 或 WPS 打开并保存一次，或改为数值"
            )
        elif clean.is_empty(value):
            if header.column.required:
                table.report("cell_empty", address, "", f"“{header.column.name}”不能为空", f"填写{header.column.name}")
        else:
            shown = _as_shown(grid, header, record.row, value) if grid.percent else value
            _read_cell(table, record, header, shown)
    return record


def _as_shown(grid: Grid, header: Header, row: int, value: Any) -> Any:
    """A number that is shown with % is one of a hundred, whatever the heading says of bare numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float) or header.column.kind not in ("share", "any"):
        return value
    return clean.Percent(value) if f"{column_letters(header.index)}{row}" in grid.percent else value


def _read_cell(table: Table, record: Record, header: Header, value: Any) -> None:
    try:
        result = read_value(header.column, value, header.unit or table.money_unit)
    except clean.Unreadable as problem:
        label = ":".join((header.column.name, *filter(None, header.parts))).strip(":")
        address = f"{column_letters(header.index)}{record.row}"
        table.report(
            "cell_unreadable", address, value, f"{label}“{clean.title(value)}”{problem.message}", problem.remedy
        )
        return
    record.cells[header.column.name, header.parts] = Cell(result, header.index, record.row, value)


def _unit(unit: str) -> str:
    return unit if unit in clean.MONEY_UNITS else "万元"


READERS: dict[str, Callable[[Any, str, Column], Any]] = {
    "money": lambda value, unit, column: clean.money(value, _unit(unit)),
    "pin": lambda value, unit, column: clean.pin(value, _unit(unit)),
    "share": lambda value, unit, column: clean.share(value, unit == "%"),
    "number": lambda value, unit, column: clean.number(value),
    "factor": lambda value, unit, column: clean.factor(value),
    "whole": lambda value, unit, column: clean.whole(value, unit),
    "year": lambda value, unit, column: clean.year(value),
    "land": lambda value, unit, column: clean.land(value),
    "flag": lambda value, unit, column: clean.flag(value),
    "choice": lambda value, unit, column: clean.choice(value, column.choices),
    "names": lambda value, unit, column: clean.names(value),
    "any": lambda value, unit, column: value,
}
"""How a cell of each kind is read; any other kind is text."""


def read_value(column: Column, value: Any, unit: str) -> Any:
    """Read one cell by its column's kind; raises Unreadable."""
    reader = READERS.get(column.kind)
    if reader is None:
        return clean.title(value)
    result = reader(value, unit, column)
    amount: Any = result[1] if column.kind == "pin" else result
    if (isinstance(amount, int) and not isinstance(amount, bool)) or hasattr(amount, "denominator"):
        if column.least is not None and amount < column.least:
            raise clean.Unreadable(
                "是负数" if column.least == 0 else f"小于 {column.least}", f"填不小于 {column.least} 的数"
            )
        if column.most is not None and amount > column.most:
            raise clean.Unreadable(f"大于 {column.most}", f"填不大于 {column.most} 的数")
    return result


def _tell_hidden(table: Table, grid: Grid) -> None:
    """Rows that nobody sees take part all the same; that is said once."""
    if hidden := [r.row for r in table.records if r.cells and r.row in grid.hidden_rows]:
        shown = "、".join(map(str, hidden[:5])) + ("……" if len(hidden) > 5 else "")
        message = f"第 {shown} 行是隐藏或被筛选掉的行（{len(hidden)} 行），照常参与"
        table.report("rows_hidden", f"A{hidden[0]}", "", message, "不该参与的请删去", "warning")


def _check_percent_columns(table: Table, grid: Grid) -> None:
    """A share column that mixes fractions and percents without a sign cannot be read for certain."""
    for header in table.headers:
        if header.column.kind != "share" or header.unit == "%":
            continue
        plain = [
            (record.row, grid.rows[record.row - 1][header.index])
            for record in table.records
            if header.index < len(grid.rows[record.row - 1])
        ]
        place = column_letters(header.index)
        numbers = [
            (row, v) for row, raw in plain if f"{place}{row}" not in grid.percent and (v := clean.bare_number(raw))
        ]
        if any(v <= 1 for _, v in numbers) and any(v > 1 for _, v in numbers):
            row, value = next((row, v) for row, v in numbers if v > 1)
            cell = f"{place}{row}"
            message = f"“{header.column.name}”一列里既有小于 1 的数又有大于 1 的数，分不清是小数还是百分数"
            table.report(
                "share_mixed", cell, f"{float(value):g}", message, "全列写成带 % 的百分数，或在列名后注明（%）"
            )
