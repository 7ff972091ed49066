"""``verify``: a result workbook held against its case, cell by cell, without any solver.

(a) every rule measured again, with the recorded options; (b) every table made again from 安排明细 and
compared cell by cell; (c) objective and digest; (d) the canonical hash of the case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from inputs import clean
from inputs.case.read import read_case
from inputs.case.result import ACCOUNT, DETAIL, MOVES, TOPUPS, Record, load_result, read_plan
from inputs.files.letters import address, column_letters, column_number
from models.allocation import Allocation
from models.build import build
from models.case import Case
from models.issue import CaseError, Issue
from models.lean import lean
from models.rules import RULE_BY_ID
from models.verify import Verdict, verify
from optimizer.baseline import gain_over, scored_list
from optimizer.explain import explain
from optimizer.options import Options, apply_options
from optimizer.solution import PROVEN_GAP, status_words
from reports.account import ALWAYS, about, check_code, exact, key_of
from reports.comparison import compare_words
from reports.contents import result_tables
from reports.rule_check import shown
from reports.table import Plan, ResultTable
from reports.workbook import FIRST_ROW, HEADER_ROW, cell_value, head_of, row_formula, total_formula, total_row

HAIR, GAP_DIGITS = Fraction(1, 10**6), Fraction(2, 10**6)
"""What the printed figures leave off: of a value, and of a gap with four decimals of a per cent."""
PROVEN = status_words("optimal", None)
Where = dict[tuple[str, str, int, str], int]


@dataclass(frozen=True, slots=True)
class Audit:
    """What verify found; empty ``issues`` means that everything holds."""

    issues: list[Issue]
    checked: int = 0
    cells: int = 0

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.issues


def audit(case_path: Path, result_path: Path) -> Audit:
    """Check a result workbook against its case."""
    try:
        record = load_result(result_path)
    except CaseError as error:
        return Audit(error.issues)
    if record.issues:
        return Audit(record.issues)
    _check_codes(record)
    options = options_of(record)
    reading = read_case(case_path, options.sets, options.locks, options.bans)
    if reading.case is None:
        return Audit([*record.issues, *reading.errors])
    if record.value("案例校验码") != reading.case_sha256:
        _found(
            record,
            ACCOUNT,
            record.place("案例校验码"),
            "",
            "案例与求解时不同，或案例校验码被改动",
            "用求解时的案例文件核对",
        )
    case = apply_options(reading.case, replace(options, policies=reading.policies))
    plan, where = read_plan(record, case)
    if any(i.sheet in (DETAIL, TOPUPS, MOVES) for i in record.issues):
        return Audit(record.issues)
    return _check_plan(record, case, plan, where)


def _found(record: Record, sheet: str, cell: str, value: Any, message: str, remedy: str = "用本程序重新导出") -> None:
    record.issues.append(Issue("result_changed", "error", sheet, cell, clean.title(value), message, remedy))


def _check_codes(record: Record) -> None:
    """Every row of 求解说明 still matches its code, and none is missing."""
    key = key_of(record.value)
    names = {row.name for row in record.account}
    for name in ALWAYS:
        if name not in names:
            _found(record, ACCOUNT, "A1", name, f"求解说明缺少“{name}”一行")
    for row in record.account:
        if row.code != check_code(row.name, row.value, key):
            _found(record, ACCOUNT, row.cell, row.value, f"“{row.name}”与校验码不符，内容被改动")


def _check_conclusions(record: Record, case: Case, verdict: Verdict) -> None:
    """What the account says of the plan fits its worth: about figure, bound, gap, status, scored list."""
    value, ranked = verdict.value, scored_list(case)
    bound, gap = _number(record.value("上界")), _number(record.value("主目标差距") or record.value("差距"))
    words = compare_words(gain_over(value, ranked), ranked, bound)
    for name, wanted in (("目标值（约数）", about(value)), ("与打分排队相比", words)):
        if record.value(name) != wanted:
            _found(record, ACCOUNT, record.place(name), record.value(name), f"“{name}”重新核算为“{wanted}”，与记录不符")
    if bound is not None and bound < value - HAIR * max(Fraction(1), abs(value)):
        _found(record, ACCOUNT, record.place("上界"), record.value("上界"), "上界小于目标值，与记录不符")
    elif bound is not None and gap is not None:
        room = max(Fraction(0), bound - value) / max(abs(value), HAIR)
        if not room - HAIR <= gap / 100 <= room + GAP_DIGITS:
            _found(record, ACCOUNT, record.place("差距"), record.value("差距"), "差距与目标值、上界不符")
    if record.value("状态") == PROVEN and (gap is None or gap / 100 > PROVEN_GAP + GAP_DIGITS):
        _found(record, ACCOUNT, record.place("状态"), record.value("状态"), "差距不是零，不能写已证明最优")


def _number(text: str) -> Fraction | None:
    """A figure of the account; None where it has none."""
    try:
        return Fraction(text.removesuffix("%").replace(",", "").strip())
    except ValueError:
        return None


def options_of(record: Record) -> Options:
    """The options that were recorded with the solve."""

    def names(row: str) -> tuple[str, ...]:
        return tuple(part for part in record.value(row).split("、") if part)

    sets = tuple(line for line in record.value("改动规则").split("\n") if line)
    return Options(locks=names("锁定项目"), bans=names("排除项目"), sets=sets)


def _check_plan(record: Record, case: Case, plan: Allocation, where: Where) -> Audit:
    verdict = verify(case, plan)
    for m in verdict.failures:
        key = " ".join(k for k in m.key if k)
        sheet, cell = record.places.get((m.rule, m.key[0]), (DETAIL, _row_cell(where, m.rule, m.key)))
        _found(
            record,
            sheet,
            cell,
            key,
            f"规则 {m.rule}（{RULE_BY_ID[m.rule].title}）不满足：{key}，"
            f"实际 {float(shown(m, m.actual)):.10g}，限值 {float(shown(m, m.limit)):.10g} {m.unit}",
        )
    _check_lean(record, case, plan, where)
    if plan.digest() != record.value("方案校验码"):
        _found(record, ACCOUNT, record.place("方案校验码"), "", "安排明细与求解时的方案不同（方案校验码不符）")
    if exact(verdict.value) != record.value("目标值"):
        message = f"目标值重新核算为 {exact(verdict.value)}，与记录不符"
        _found(record, ACCOUNT, record.place("目标值"), record.value("目标值"), message)
    else:
        _check_conclusions(record, case, verdict)
    cells = _check_tables(record, case, plan, verdict, where) if not _unexplainable(case, plan) else 0
    return Audit(record.issues, len(verdict.measures), cells)


def _check_lean(record: Record, case: Case, plan: Allocation, where: Where) -> None:
    """Capital, top-ups and land moves are the least that the plan needs; what is more was changed."""
    least = lean(case, plan)
    words = "多于方案所需，内容被改动"
    for mine, theirs in zip(plan.payments, least.payments, strict=True):
        if mine.capital > theirs.capital:
            row = where[mine.project, mine.fund, mine.year, mine.region]
            _found(record, DETAIL, f"H{row}", mine.capital / 100, f"其中用作资本金{words}")
    kept = {(t.project, t.year): t.amount for t in least.topups}
    for t in plan.topups:
        if t.amount > kept.get((t.project, t.year), 0):
            sheet, cell = record.places.get(("coverage", t.project), (TOPUPS, ""))
            _found(record, sheet, cell, t.amount / 100, f"分年补助{words}")
    moved = {(m.source, m.target): m.amount for m in least.moves}
    for m in plan.moves:
        if m.amount > moved.get((m.source, m.target), 0):
            sheet, cell = record.places.get(("people_land", m.source), (MOVES, ""))
            _found(record, sheet, cell, m.amount / 10_000, f"带地{words}")


def _row_cell(where: Where, rule: str, key: tuple[str, ...]) -> str:
    rows = [row for (project, fund, _, _), row in where.items() if project in key and (fund in key or len(key) < 3)]
    column = "H" if rule in ("capital_floor", "bond_as_capital") else "G"
    return f"{column}{min(rows)}" if rows else ""


def _unexplainable(case: Case, plan: Allocation) -> bool:
    """A plan with payments that the model has no column for cannot be laid into tables."""
    return any(p.project not in plan.choice_of for p in plan.payments)


# ---- tables, cell by cell


def _check_tables(record: Record, case: Case, plan: Allocation, verdict: Verdict, where: Where) -> int:
    try:
        reasons = tuple(explain(build(case), plan))
    except KeyError:  # a payment where the model has none; verify has named it already
        return 0
    compared = 0
    tables = result_tables(Plan(case, plan, verdict, reasons))
    own = {table.name for table in tables} | {ACCOUNT}
    for name in record.cells.keys() - own:  # a sheet of notes may be added, not one that looks like ours
        if like := next((each for each in own if each in name), ""):
            _found(record, name, "", name, f"工作表“{name}”不是本程序导出的，容易与“{like}”相混", "删去或改名")
    for table in tables:
        if table.name == "约束校验表" and verdict.failures:
            continue  # its rows come in another order once a rule is broken; what is broken was named above
        if table.name not in record.cells:
            _found(record, table.name, "", "", f"结果工作簿缺少“{table.name}”")
            continue
        compared += _check_table(record, table, where)
    return compared


def _check_table(record: Record, table: ResultTable, where: Where) -> int:
    cells = dict(record.cells[table.name])
    expected = _expected(table)
    for place, wanted in expected.items():
        found = cells.pop(place, None)
        if not _same(found, wanted):
            shown = _show(found) if isinstance(found, dict) else found
            message = f"应为“{_show(wanted)}”，现为“{_show(found)}”{_sources(table, place, where)}"
            _found(record, table.name, place, shown, message)
    for place, value in cells.items():
        if value not in (None, ""):
            _found(record, table.name, place, value, "这一格原来没有内容")
    return len(expected)


def _expected(table: ResultTable) -> dict[str, Any]:
    """What every cell of the sheet should hold."""
    cells: dict[str, Any] = {address(row, column): words for (row, column), words in head_of(table).items()}
    totals = table.totals()
    for index, column in enumerate(table.columns):
        letters = column_letters(index)
        cells[f"{letters}{HEADER_ROW + 1}"] = column.name
        for number, row in enumerate(table.rows, start=FIRST_ROW):
            value = cell_value(column, row[index])
            formula = column.sum_of and isinstance(value, int | float)
            cells[f"{letters}{number + 1}"] = (
                {"formula": row_formula(table, column, number), "value": value} if formula else value
            )
        if table.has_total:
            word = "合计" if index == 0 else ""
            total = {"formula": total_formula(table, index), "value": cell_value(column, totals[index])}
            cells[f"{letters}{total_row(table) + 1}"] = total if column.total else word
    return cells


def _same(found: Any, wanted: Any) -> bool:
    if wanted in (None, ""):
        return found in (None, "")
    if isinstance(wanted, dict):
        if not isinstance(found, dict) or found["formula"].replace("$", "") != wanted["formula"]:
            return False
        return found["value"] is None or _same(found["value"], wanted["value"])  # None: nothing false is shown
    if isinstance(wanted, int | float):
        number = isinstance(found, int | float) and not isinstance(found, bool)
        return number and abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return bool(str(found) == str(wanted))


def _show(value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, dict):
        return f"{value['formula']}（显示 {_show(value['value'])}）"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sources(table: ResultTable, address: str, where: Where) -> str:
    """The rows of 安排明细 that stand behind a cell of 资金安排建议表."""
    row = int("".join(ch for ch in address if ch.isdigit())) - 1 - FIRST_ROW
    if table.name != "资金安排建议表" or not 0 <= row < len(table.rows):
        return ""
    rows = sorted(number for (project, _, _, _), number in where.items() if project == table.rows[row][0])
    column = table.columns[_index(address)].name
    letter = {"方案": "B", "开工年": "C"}.get(column, "G")
    return "，对应 " + "、".join(f"{DETAIL}!{letter}{number}" for number in rows) if rows else ""


def _index(address: str) -> int:
    return column_number("".join(ch for ch in address if ch.isalpha())) - 1
