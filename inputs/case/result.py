"""The result workbook read back: the plan of 安排明细 and the account of 求解说明, with addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inputs import clean
from inputs.files.letters import column_letters
from inputs.files.workbook import load_cells
from models.allocation import Allocation, Choice, LandMove, Payment, Topup
from models.case import Case
from models.issue import Issue

DETAIL, ACCOUNT, TOPUPS, MOVES = "安排明细", "求解说明", "分年补助表", "带地进城表"
DETAIL_COLUMNS = ("项目编号", "方案", "开工年", "资金", "年度", "付款地区", "金额", "其中用作资本金")
HEADER = 3
TOTAL_WORD = "合计"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One row of 求解说明."""

    name: str
    value: str
    code: str
    cell: str


@dataclass(slots=True)
class Record:
    """What a result workbook holds; ``places`` leads from a project with top-ups, or a region with moves, to its cell."""

    cells: dict[str, dict[str, Any]]
    account: list[AccountRow]
    issues: list[Issue]
    places: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Value of a row of 求解说明."""
        return next((row.value for row in self.account if row.name == name), "")

    def place(self, name: str) -> str:
        """Address of a row of 求解说明."""
        return next((row.cell for row in self.account if row.name == name), "")


def load_result(path: Path) -> Record:
    """Cells and account of a result workbook. Raises CaseError when it is no readable workbook."""
    cells = load_cells(path)
    record = Record(cells, [], [])
    for sheet in (DETAIL, ACCOUNT):
        if sheet not in cells:
            record.issues.append(
                Issue("sheet_missing", "error", sheet, "", "", f"结果工作簿缺少“{sheet}”", "用本程序重新导出")
            )
    record.account = _account(cells.get(ACCOUNT, {}))
    return record


def _account(cells: dict[str, Any]) -> list[AccountRow]:
    rows, number = [], HEADER + 1
    while f"A{number}" in cells:
        text = [str(cells.get(f"{column}{number}", "") or "") for column in "ABC"]
        rows.append(AccountRow(text[0], text[1], text[2], f"B{number}"))
        number += 1
    return rows


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row of 安排明细 as read: row number and cells by heading."""

    number: int
    cells: dict[str, Any]


def read_plan(record: Record, case: Case) -> tuple[Allocation, dict[tuple[str, str, int, str], int]]:
    """The plan of 安排明细 and the row of each payment; what cannot be is reported in the record."""
    headings = _headings(record, DETAIL, DETAIL_COLUMNS)
    choices: dict[str, Choice] = {}
    first_row: dict[str, int] = {}
    payments: list[Payment] = []
    where: dict[tuple[str, str, int, str], int] = {}
    for row in _rows(record, DETAIL, headings):
        payment = _payment(record, case, row, headings)
        choice = _choice(record, case, row, headings)
        if payment is None or choice is None:
            continue
        if choices.setdefault(choice.project, choice) != choice:
            column = "方案" if choices[choice.project].scheme != choice.scheme else "开工年"
            cell = f"{headings[column]}{row.number}"
            message = f"{choice.project} 的{column}与第 {first_row[choice.project]} 行不一致"
            _report(record, cell, row.cells.get(column), message)
        first_row.setdefault(choice.project, row.number)
        key = (payment.project, payment.fund, payment.year, payment.region)
        if key in where:
            _report(record, f"{headings['金额']}{row.number}", row.cells.get("金额"), f"与第 {where[key]} 行重复")
        where[key] = row.number
        payments.append(payment)
    return Allocation.of(list(choices.values()), payments, _topups(record, case), _moves(record, case)), where


def _topups(record: Record, case: Case) -> list[Topup]:
    """Promised subsidies of 分年补助表; what the case does not offer is reported."""
    if TOPUPS not in record.cells:
        return []
    headings = _headings(record, TOPUPS, ("项目编号", "年度", "补助"))
    found: list[Topup] = []
    for row in _rows(record, TOPUPS, headings):
        project = case.project_by_id.get(clean.title(row.cells["项目编号"]))
        try:
            year, amount = clean.whole(row.cells["年度"]) - case.first_year, clean.money(row.cells["补助"])
        except (clean.Unreadable, TypeError):
            _report(record, f"{headings['补助']}{row.number}", row.cells["补助"], "年度或补助不是数", TOPUPS)
            continue
        if project is None or year not in dict(project.finance.topups):
            _report(
                record, f"{headings['项目编号']}{row.number}", row.cells["项目编号"], "案例中没有这笔分年补助", TOPUPS
            )
            continue
        if amount < 0 or any((t.project, t.year) == (project.id, year) for t in found):
            message = "补助小于零" if amount < 0 else "这笔分年补助已在上面写过"
            _report(record, f"{headings['补助']}{row.number}", row.cells["补助"], message, TOPUPS)
            continue
        record.places.setdefault(("coverage", project.id), (TOPUPS, f"{headings['补助']}{row.number}"))
        found.append(Topup(project.id, year, amount))
    return found


def _moves(record: Record, case: Case) -> list[LandMove]:
    """Land moves of 带地进城表; pairs that the case does not know are reported."""
    if MOVES not in record.cells:
        return []
    headings = _headings(record, MOVES, ("迁出地区", "迁入地区", "带地(亩)"))
    found: list[LandMove] = []
    known = {(m.source, m.target) for m in case.migrations}
    for row in _rows(record, MOVES, headings):
        pair = (clean.title(row.cells["迁出地区"]), clean.title(row.cells["迁入地区"]))
        try:
            amount = clean.land(row.cells["带地(亩)"])
        except (clean.Unreadable, TypeError):
            _report(record, f"{headings['带地(亩)']}{row.number}", row.cells["带地(亩)"], "带地不是数", MOVES)
            continue
        if pair not in known:
            _report(record, f"{headings['迁出地区']}{row.number}", pair[0], "迁移表里没有这一行", MOVES)
            continue
        if amount < 0 or any((m.source, m.target) == pair for m in found):
            message = "带地小于零" if amount < 0 else "这两个地区的带地已在上面写过"
            _report(record, f"{headings['带地(亩)']}{row.number}", row.cells["带地(亩)"], message, MOVES)
            continue
        for region in pair:
            record.places.setdefault(("people_land", region), (MOVES, f"{headings['带地(亩)']}{row.number}"))
        found.append(LandMove(*pair, amount))
    return found


def _report(record: Record, cell: str, value: Any, message: str, sheet: str = DETAIL) -> None:
    record.issues.append(Issue("result_changed", "error", sheet, cell, clean.title(value), message, "用本程序重新导出"))


def _headings(record: Record, sheet: str, names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for address, value in record.cells.get(sheet, {}).items():
        match = re.fullmatch(r"([A-Z]+)(\d+)", address)
        if match and int(match.group(2)) == HEADER:
            found[str(value)] = match.group(1)
    for index, name in enumerate(names):
        if name not in found:
            _report(record, f"A{HEADER}", "", f"缺少列“{name}”", sheet)
            found[name] = column_letters(index)
    return found


def _rows(record: Record, sheet: str, headings: dict[str, str]) -> list[DetailRow]:
    """Rows whose first wanted column is filled, the row of totals apart."""
    cells, first = record.cells.get(sheet, {}), next(iter(headings.values()))
    last = max((int(re.sub(r"\D", "", a)) for a in cells), default=HEADER)
    rows = []
    for number in range(HEADER + 1, last + 1):
        values = {name: cells.get(f"{column}{number}") for name, column in headings.items()}
        key = cells.get(f"{first}{number}")
        if key not in (None, "") and (key != TOTAL_WORD or number < last):
            rows.append(DetailRow(number, values))
    return rows


def _year(record: Record, case: Case, row: DetailRow, column: str, headings: dict[str, str]) -> int | None:
    try:
        position = clean.whole(row.cells[column]) - case.first_year
    except (clean.Unreadable, TypeError):
        position = -1
    if not 0 <= position < case.years:
        _report(record, f"{headings[column]}{row.number}", row.cells[column], f"{column}不在规划期内")
        return None
    return position


def _choice(record: Record, case: Case, row: DetailRow, headings: dict[str, str]) -> Choice | None:
    project = case.project_by_id.get(clean.title(row.cells["项目编号"]))
    if project is None:
        _report(record, f"{headings['项目编号']}{row.number}", row.cells["项目编号"], "项目编号不在案例中")
        return None
    start = _year(record, case, row, "开工年", headings)
    scheme = clean.title(row.cells["方案"])
    if project.scheme(scheme) is None:
        _report(record, f"{headings['方案']}{row.number}", scheme, f"{project.id} 没有这个方案")
        return None
    if start is not None and start not in project.starts:
        _report(record, f"{headings['开工年']}{row.number}", row.cells["开工年"], f"{project.id} 不能在这一年开工")
        return None
    return None if start is None else Choice(project.id, scheme, start)


def _payment(record: Record, case: Case, row: DetailRow, headings: dict[str, str]) -> Payment | None:
    year = _year(record, case, row, "年度", headings)
    fund, region = clean.title(row.cells["资金"]), clean.title(row.cells["付款地区"])
    project = case.project_by_id.get(clean.title(row.cells["项目编号"]))
    if fund not in case.fund_by_name:
        _report(record, f"{headings['资金']}{row.number}", fund, "资金不在案例中")
        return None
    if project is not None and region not in project.regions:
        _report(record, f"{headings['付款地区']}{row.number}", region, f"{project.id} 不由这个地区付款")
        return None
    amounts = []
    for column in ("金额", "其中用作资本金"):
        try:
            amounts.append(clean.money(row.cells[column] if row.cells[column] is not None else 0))
        except clean.Unreadable as problem:
            _report(record, f"{headings[column]}{row.number}", row.cells[column], f"{column}{problem.message}")
            return None
    if year is None or project is None:
        return None
    return Payment(project.id, fund, year, region, amounts[0], amounts[1])
