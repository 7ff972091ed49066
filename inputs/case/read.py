"""A case workbook to a Case: every sheet read, every fault reported at once, nothing guessed."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from inputs import clean, clerk
from inputs.case import checks, parts, policy_checks, tags_of
from inputs.case.checks import Book
from inputs.case.horizon import Horizon, find_horizon
from inputs.case.policies import NEEDS, PolicyReader
from inputs.case.projects import SCALE_TOTAL, Frame, read_projects
from inputs.case.rule_rows import Names, RuleRow, apply_sets, read_scope, rows_of
from inputs.case.rule_schema import RULE_SCHEMAS
from inputs.case.table import Record, Table, read_table, read_value
from inputs.files.workbook import Grid, load_grids
from inputs.places import Gazetteer
from inputs.schema import GUIDE, OPTIONS, SETTING_BY_NAME, SHEET_BY_NAME, SHEETS, WEIGHT, Column
from models.aims.tiers import CLASSES
from models.case import OFF, Case, Policy, Project, Scope, Target
from models.fingerprint import case_sha256
from models.issue import CaseError, Issue
from models.particulars import Tiers


@dataclass(slots=True)
class Reading:
    """What came of a workbook: the case (None when a cell is wrong) and every issue.

    ``policies`` are the case's with --set applied; ``rows`` are the rows read of each sheet; ``filled`` are
    the (sheet, column) with content, which say what rules can be switched on.
    """

    case: Case | None
    issues: list[Issue]
    policies: tuple[Policy, ...] = ()
    file_sha256: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    filled: frozenset[tuple[str, str]] = frozenset()
    _case_sha256: str = ""

    @property
    def case_sha256(self) -> str:
        """The canonical hash of the case, worked out when first asked for; empty without a case."""
        if not self._case_sha256 and self.case is not None:
            self._case_sha256 = case_sha256(self.case)
        return self._case_sha256

    @property
    def errors(self) -> list[Issue]:
        """Issues that stop the solve."""
        return [i for i in self.issues if i.severity == "error"]


def read_case(
    path: Path, sets: tuple[str, ...] = (), locks: tuple[str, ...] = (), bans: tuple[str, ...] = ()
) -> Reading:
    """Read a case workbook with the options of a solve. Never raises for what a file may hold."""
    try:
        grids = load_grids(path)
    except CaseError as error:
        return Reading(None, error.issues)
    reading = read_grids(grids, sets, locks, bans)
    reading.file_sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return reading


def read_grids(
    grids: list[Grid], sets: tuple[str, ...] = (), locks: tuple[str, ...] = (), bans: tuple[str, ...] = ()
) -> Reading:
    """Read the sheets of a workbook."""
    reader = _Reader(grids)
    case, policies = reader.run(sets, locks, bans)
    issues = _ordered(reader)
    rows = {name: len(table.records) for name, table in reader.book.tables.items() if table.given}
    if any(i.severity == "error" for i in issues) or case is None:
        return Reading(None, issues, rows=rows, filled=reader.filled)
    return Reading(case, issues, policies, rows=rows, filled=reader.filled)


def _ordered(reader: _Reader) -> list[Issue]:
    weight = {"error": 0, "warning": 1, "note": 2}
    issues = [i for table in reader.book.tables.values() for i in table.issues] + reader.issues
    return sorted(issues, key=lambda i: weight[i.severity])


class _Reader:
    """One pass over the sheets of a workbook."""

    def __init__(self, grids: list[Grid]) -> None:
        self.issues: list[Issue] = []
        self.grids: dict[str, Grid] = {}
        for grid in grids:
            self._keep(grid)
        self._report_extra_sheets()
        self.book = Book({})
        self.settings: dict[str, Any] = {}
        self.weights: dict[str, Fraction] = {}
        self.computed: dict[str, tuple[str, ...]] = {}
        self.filled: frozenset[tuple[str, str]] = frozenset()

    def run(
        self, sets: tuple[str, ...], locks: tuple[str, ...], bans: tuple[str, ...]
    ) -> tuple[Case | None, tuple[Policy, ...]]:
        """The case and its policies with --set applied."""
        self._read_settings()
        self._read_tables()
        book, horizon = self.book, self._horizon()
        self._check_names(horizon)
        weights = self._score_weights()
        frame = self._frame(horizon, weights)
        projects = sorted(read_projects(book["项目"], frame), key=lambda p: p.id)
        checks.check_locks(book, projects, horizon)
        checks.check_choices(projects, locks, bans, self.issues.append)
        names = self._names(projects)
        rows = rows_of(book["规则"]) + self._shorthand_rows()
        policies, tuned = self._policies(rows, sets, names, horizon)
        self._check_policy(tuned, horizon)
        if not projects and not book["项目"].issues:
            book["项目"].report(
                "no_projects", f"A{book['项目'].header_row + 1}", "", "项目表里没有项目", "至少填一个项目"
            )
        try:
            case = self._case(projects, policies, names, horizon)
        except (KeyError, ValueError, TypeError):
            if not any(i.severity == "error" for i in self._all_issues()):
                raise
            return None, ()
        as_solved = replace(case, policies=tuned)
        policy_checks.check_weights(self.book["地区"], as_solved)
        if not any(i.severity == "error" for i in self._all_issues()):
            policy_checks.name_narrow_bands(self.book["地区"], as_solved)
            checks.name_idle_years(self.book["资金"], as_solved)
        return case, tuned

    def _all_issues(self) -> list[Issue]:
        return [i for table in self.book.tables.values() for i in table.issues] + self.issues

    def _policies(
        self, rows: list[RuleRow], sets: tuple[str, ...], names: Names, horizon: Horizon
    ) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
        """Policies as in the file, and with --set; columns that only a rule switched off needs are not asked for."""
        found: list[Issue] = []
        policies = PolicyReader(names, horizon, found.append).read(rows)
        if not sets:
            self.issues.extend(found)
            return policies, policies
        later: list[Issue] = []
        tuned = PolicyReader(names, horizon, later.append).read(apply_sets(rows, sets, later.append))
        self.issues.extend(i for i in found if i.code != NEEDS and i not in later)
        self.issues.extend(later)
        return policies, tuned

    # ---- sheets

    def _keep(self, grid: Grid) -> None:
        """Names that differ by spaces or width only are one name: which of the sheets counts is not guessed."""
        other = self.grids.setdefault(clean.tidy(grid.name), grid)
        if other is not grid and clean.tidy(grid.name) in SHEET_BY_NAME:
            message = f"工作表“{other.name}”和“{grid.name}”名称相同（只差空格或全半角），分不清用哪一张"
            self.issues.append(Issue("sheet_twice", "error", grid.name, "", "", message, "删去其中一张，或改名"))

    def _report_extra_sheets(self) -> None:
        for name, grid in self.grids.items():
            if name in SHEET_BY_NAME or name in (GUIDE, OPTIONS):
                continue
            near = difflib.get_close_matches(name, list(SHEET_BY_NAME), n=1, cutoff=0.6)
            filled = any(value is not None for row in grid.rows for value in row)
            if near and near[0] not in self.grids and filled:
                message = f"工作表“{grid.name}”不认识，是否指“{near[0]}”？没有读"
                self.issues.append(Issue("sheet_near", "warning", grid.name, "", "", message, f"改名为“{near[0]}”"))
            elif filled:
                self.issues.append(
                    Issue("sheet_extra", "note", grid.name, "", "", "不认识的工作表，没有读", "不需要处理")
                )

    def _read_settings(self) -> None:
        table = read_table(self.grids.get("设置"), SHEET_BY_NAME["设置"])
        self.book.tables["设置"] = table
        checks.check_unique(table, "名称")
        for record in table.records:
            name = clean.tidy(record.get("名称"))
            if name.startswith(WEIGHT + ":"):
                self._setting(table, record, Column(name, "number"), partial(self._weigh, name))
            elif name in SETTING_BY_NAME:
                row = SETTING_BY_NAME[name]
                column = Column(name, row.kind, choices=row.choices, least=row.least, most=row.most)
                self._setting(table, record, column, partial(self.settings.__setitem__, name))
            elif name:
                checks.report_unknown(
                    table, table.address(record, "名称"), name, [*SETTING_BY_NAME, WEIGHT + ":准则"], "设置"
                )

    def _weigh(self, name: str, value: Fraction) -> None:
        self.weights[name.partition(":")[2]] = value

    def _setting(self, table: Table, record: Record, column: Column, keep: Callable[[Any], None]) -> None:
        cell = record.cells.get(("值", ()))
        if cell is None:
            return
        try:
            keep(read_value(column, cell.value, ""))
        except clean.Unreadable as problem:
            table.report(
                "cell_unreadable", cell.address, cell.raw, f"{column.name}“{cell.raw}”{problem.message}", problem.remedy
            )

    def setting(self, name: str) -> Any:
        """Value of a setting, or its default."""
        if name in self.settings:
            return self.settings[name]
        row = SETTING_BY_NAME[name]
        return read_value(Column(name, row.kind, choices=row.choices), row.default, "") if row.default else None

    def _read_tables(self) -> None:
        unit = self.setting("金额单位")
        self.book.tables["资金"] = read_table(self.grids.get("资金"), SHEET_BY_NAME["资金"], money_unit=unit)
        funds = tuple(r.get("资金名称") for r in self.book["资金"].records if r.get("资金名称"))
        for sheet in SHEETS:
            if sheet.name not in self.book.tables:
                self.book.tables[sheet.name] = read_table(self.grids.get(sheet.name), sheet, funds, unit)

    def _horizon(self) -> Horizon:
        first, years = self.setting("起始年"), self.setting("年数")
        return find_horizon(first, years, self.book["资金"], [self.book["项目"], self.book["方案"]])

    def _check_names(self, horizon: Horizon) -> None:
        book = self.book
        for sheet, column in (
            ("项目", "项目编号"),
            ("资金", "资金名称"),
            ("地区", "名称"),
            ("类别", "类别"),
            ("资金适用", "类别"),
        ):
            checks.check_unique(book[sheet], column)
        checks.check_unique(book["方案"], "项目编号", "方案")
        checks.check_names(book)
        checks.check_unique(book["迁移"], "迁出地区", "迁入地区")
        checks.check_regions(book)
        checks.check_projects(book)
        checks.check_places(book, self._region_names(), book.values("类别", "类别") or None)
        checks.check_funds(book, horizon)
        checks.check_partners(book)
        checks.check_targets(book, self._outputs())
        clerk.check_projects(book, self._gazetteer())
        checks.check_years(book["目标"], "年度", horizon)

    def _gazetteer(self) -> Gazetteer:
        """Regions of the case; the built-in divisions where it lists none."""
        rows = self.book["地区"].records
        codes = [(r.get("代码"), r.get("名称")) for r in rows if r.get("代码") and r.get("名称")]
        return Gazetteer((r.get("名称") for r in rows if r.get("名称")), codes)

    def _region_names(self) -> set[str]:
        """Known region names; a code in a region cell is turned into the name."""
        table = self.book["地区"]
        codes = {r.get("代码"): r.get("名称") for r in table.records if r.get("代码") and r.get("名称")}
        for sheet, column in (("项目", "地区"), ("切块", "地区"), ("分摊", "地区")):
            for record in self.book[sheet].records:
                cell = record.cells.get((column, ()))
                if cell is not None and cell.value in codes:
                    record.cells[column, ()] = replace(cell, value=codes[cell.value])
        return self.book.values("地区", "名称")

    def _outputs(self) -> set[str]:
        return {
            header.parts[0]
            for sheet in ("项目", "方案")
            for header in self.book[sheet].headers
            if header.column.name == "产出" and header.parts
        }

    # ---- parts of the case

    def _score_weights(self) -> dict[str, Fraction]:
        """Weights of the score columns; all equal when 设置 names none."""
        table = self.book["项目"]
        scores = [h.parts[0] for h in table.headers if h.column.name == "评分"]
        if not self.weights:
            return {name: Fraction(1) for name in scores}
        for name in scores:
            if name not in self.weights:
                where = table.heading("评分", name)
                table.report(
                    "weight_missing",
                    where,
                    f"评分:{name}",
                    f"设置中没有“权重:{name}”",
                    "在设置中加上这一行，或删去该评分列",
                )
        settings = self.book["设置"]
        for record in settings.records:
            name = clean.tidy(record.get("名称"))
            if name.startswith(WEIGHT + ":") and name.partition(":")[2] not in scores:
                checks.report_unknown(
                    settings, settings.address(record, "名称"), name.partition(":")[2], scores, "评分准则"
                )
        return {name: self.weights[name] for name in scores if name in self.weights}

    def _frame(self, horizon: Horizon, weights: dict[str, Fraction]) -> Frame:
        schemes: dict[str, list[Record]] = {}
        for record in self.book["方案"].records:
            if record.get("项目编号") and record.get("方案"):
                schemes.setdefault(record.get("项目编号"), []).append(record)
        partners: dict[str, list[tuple[str, Fraction]]] = {}
        for record in self.book["分摊"].records:
            if record.get("项目编号") and record.get("地区") and record.get("比例"):
                partners.setdefault(record.get("项目编号"), []).append((record.get("地区"), record.get("比例")))
        scale = self.setting("规模口径")
        if scale != SCALE_TOTAL:
            scale = self._known_scale(scale)
        funds = tuple(r.get("资金名称") for r in self.book["资金"].records if r.get("资金名称"))
        return Frame(horizon, funds, weights, scale, schemes, partners, self.book["方案"])

    def _known_scale(self, scale: str) -> str:
        found = checks.full_output(scale, self._outputs())
        if found is None:
            table = self.book["设置"]
            record = next(r for r in table.records if clean.tidy(r.get("名称")) == "规模口径")
            checks.report_unknown(
                table, table.address(record, "值"), scale, [SCALE_TOTAL, *self._outputs()], "规模口径"
            )
            return SCALE_TOTAL
        return found

    def _names(self, projects: list[Project]) -> Names:
        book = self.book
        regions = book.values("地区", "名称") or {name for p in projects for name in p.regions if name}
        self.computed = tags_of.computed(book["地区"], self.setting("全省城镇化率"), self.setting("高海拔线"))
        tags = {tag for r in book["地区"].records for tag in self._tags(r)}
        known = {
            "地区": regions,
            "资金": book.values("资金", "资金名称"),
            "类别": book.values("类别", "类别")
            | book.values("资金适用", "类别")
            | {p.category for p in projects if p.category},
            "标签": tags,
            "部门": {p.department for p in projects if p.department},
            "项目": {p.id for p in projects},
        }
        codes = {r.get("代码"): r.get("名称") for r in book["地区"].records if r.get("代码") and r.get("名称")}
        self.filled = frozenset(self._filled())
        return Names(known, codes, set(self.filled))

    def _filled(self) -> set[tuple[str, str]]:
        """Columns with content; the sheet alone, as (sheet, ""), where it has any row."""
        found = {(name, "") for name, table in self.book.tables.items() if table.records}
        for name, table in self.book.tables.items():
            found |= {
                (name, column) for r in table.records for (column, _), c in r.cells.items() if c.value is not False
            }
        if any(r.get("建设性质") == "续建" for r in self.book["项目"].records):
            return found
        return found - {("项目", "建设性质")}

    def _shorthand_rows(self) -> list[RuleRow]:
        """配额下限/上限 of 地区 and 单项起拨额 of 资金 as rows of 规则."""
        rows = []
        regions, funds = self.book["地区"], self.book["资金"]
        for record in regions.records:
            for family, parameter in (("配额下限", "下限"), ("配额上限", "上限")):
                for (fund,), cell in record.family(family):
                    scope = f"地区={record.get('名称')};资金={fund}"
                    rows.append(
                        _shorthand("region_quota", scope, parameter, cell.value, "地区", cell.address, record.row)
                    )
        for record in funds.records:
            least = record.cells.get(("单项起拨额", ()))
            if least is not None and least.value and record.get("资金名称"):
                scope = f"资金={record.get('资金名称')}"
                rows.append(_shorthand("min_award", scope, "起拨额", least.value, "资金", least.address, record.row))
        return rows

    def _case(self, projects: list[Project], policies: tuple[Policy, ...], names: Names, horizon: Horizon) -> Case:
        aim = self.setting("优化目标")
        tables = self.book.tables.values()
        return Case(
            name=self.setting("案例名称") or "",
            first_year=horizon.first,
            years=horizon.years,
            projects=tuple(projects),
            funds=tuple(parts.fund(r, horizon) for r in self.book["资金"].records),
            regions=tuple(parts.region(r, horizon, self._tags(r)) for r in self.book["地区"].records),
            categories=tuple(parts.category(r) for r in self.book["类别"].records),
            slices=tuple(parts.cut(r, horizon) for r in self.book["切块"].records),
            eligible=self._eligible(),
            targets=self._targets(names, horizon),
            policies=policies,
            discount=self.setting("贴现率"),
            aim=aim,
            time_limit=self.setting("时限秒"),
            stop_gap=self.setting("停止差距"),
            seed=self.setting("随机种子"),
            fictional=any(table.fictional for table in tables),
            migrations=tuple(parts.migration(r) for r in self.book["迁移"].records),
            tiers=Tiers(self._tier_order(), self.setting("分层容差")),
        )

    def _tier_order(self) -> tuple[str, ...]:
        """Classes of 分层次序 in order; those not named follow."""
        order = [word.replace("安全隐患", "安全") for word in clean.names(self.setting("分层次序"))]
        for word in order:
            if word not in CLASSES:
                self._setting_fault("分层次序", word, f"分层次序里的“{word}”不认识", "用 " + "、".join(CLASSES))
        return tuple(dict.fromkeys([*(w for w in order if w in CLASSES), *CLASSES]))

    def _setting_fault(self, name: str, value: Any, message: str, remedy: str) -> None:
        table = self.book["设置"]
        record = next((r for r in table.records if clean.tidy(r.get("名称")) == name), None)
        where = table.address(record, "值") if record else ""
        table.report("setting_wrong", where, value, message, remedy)

    def _tags(self, record: Record) -> tuple[str, ...]:
        """Tags set by hand, and those that a plan's definition gives."""
        return tuple(dict.fromkeys([*(record.get("标签") or ()), *self.computed.get(record.get("名称"), ())]))

    def _check_policy(self, policies: tuple[Policy, ...], horizon: Horizon) -> None:
        """Faults across columns and rules, and columns whose rule is not switched on."""
        on = {p.rule for p in policies if p.value != OFF}
        off = {p.rule for p in policies if p.value == OFF and p.parameter == ""}
        tags = {tag for r in self.book["地区"].records for tag in self._tags(r)}
        policy_checks.check_all(
            self.book, policies, on, off, horizon, self.setting("优化目标"), tags, self._setting_fault
        )
        policy_checks.note_idle_columns(self.book, on | self._by_column(off), self.setting("优化目标"))

    def _by_column(self, off: set[str]) -> set[str]:
        return {schema.id for schema in RULE_SCHEMAS if schema.by_column} - off

    def _eligible(self) -> tuple[tuple[str, str, Fraction], ...] | None:
        table = self.book["资金适用"]
        if not table.given or not table.header_row:
            return None
        rows = ((r.get("类别"), parts[0], cell.value) for r in table.records for parts, cell in r.family(""))
        return tuple(sorted(rows))

    def _targets(self, names: Names, horizon: Horizon) -> tuple[Target, ...]:
        table, targets = self.book["目标"], []
        for record in table.records:
            output = checks.full_output(record.get("产出") or "", self._outputs())
            scope = self._target_scope(table, record, names)
            if output is None or scope is None or record.get("下限") is None:
                continue
            year = record.get("年度")
            position = None if year is None else horizon.position(year)
            targets.append(Target(output, scope, position, Fraction(record.get("下限"))))
        return tuple(targets)

    def _target_scope(self, table: Table, record: Record, names: Names) -> Scope | None:
        """范围: a scope, or the bare name of a region, tag or category."""
        text = record.get("范围")
        if text is None or text == "全部":
            return Scope()
        hits = [key for key in ("地区", "标签", "类别") if text in names.known[key]]
        if "=" not in text and len(hits) != 1:
            message = f"范围“{text}”{'同时是' + '、'.join(hits) if hits else '找不到'}"
            table.report(
                "unknown_name", table.address(record, "范围"), text, message, "写成 地区=名称、标签=名称 或 类别=名称"
            )
            return None
        try:
            return read_scope(text if "=" in text else f"{hits[0]}={text}", names)
        except clean.Unreadable as problem:
            table.report("unknown_name", table.address(record, "范围"), text, problem.message, problem.remedy)
            return None


def _shorthand(rule: str, scope: str, parameter: str, amount: int, sheet: str, address: str, row: int) -> RuleRow:
    places = tuple((column, address) for column in ("规则", "对象", "参数", "值", "刚性"))
    exact = f"{Fraction(amount, 100).numerator / Fraction(amount, 100).denominator:.2f}万元"
    return RuleRow(
        rule, scope=scope, parameter=parameter, value=exact, source=f"{sheet}表", sheet=sheet, row=row, places=places
    )
