"""Rows of a list to projects: values by field, each with the cell it came from; changes and faults told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from inputs import clean
from inputs.files.letters import address, column_letters
from inputs.lists import fields
from inputs.lists.cells import Cleaned, Moment, amount, clean_cell, is_open, moments
from inputs.lists.content import CATEGORY
from inputs.lists.layout import FILLER, Block
from inputs.lists.opening import Change
from inputs.lists.rows import Roles, Row
from inputs.places import Gazetteer, own_level
from inputs.schema import PROJECTS
from models.issue import Issue, Severity

NATURE_GROUP = re.compile(r"续建|在建|新建|新开工")
FILLED_DOWN = frozenset(("地区", "市州", "类别", "主管部门", "项目单位", "建设性质", "备注", "建设内容", "审核结果"))
"""Fields whose merged cells hold for every row they cover; amounts are never repeated."""
TELEPHONE = re.compile(r"1[3-9]\d{9}")
REPEATED = frozenset(("region", "choice", "flag", "span", "year", "share", "factor", "duration"))
"""Kinds of column in which the same text comes again and again; it is read once."""
NEEDED = ("项目名称", "总投资")
TOTALS = {"需求": "各年需求之和", "申报": "申报之和"}
"""What may stand for 总投资 where a list has no such column, by family of columns; only when the user says so."""


@dataclass(slots=True)
class ListProject:
    """One project of a list: values by field, the months of its dates, its amounts before rounding.

    ``letters`` are the columns of the list by field; ``origin`` has the address of what came from elsewhere.
    """

    file: str
    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    dates: tuple[Moment, ...] = ()
    amounts: dict[str, Fraction] = field(default_factory=dict)
    taken: bool = True

    def place(self, name: str) -> str:
        """Address of a field's cell; the row where the field has none."""
        return self.origin.get(name) or f"{self.letters.get(name, 'A')}{self.row + 1}"


@dataclass(slots=True)
class SheetFrame:
    """One list with its columns decided, the region set for its whole sheet and what stands for 总投资 (empty if none)."""

    block: Block
    columns: Mapping[int, tuple[str, str]]
    roles: Roles
    places: Gazetteer
    region: str
    total_from: str = ""

    def sheet_region(self) -> tuple[str, str]:
        """The region that the sheet as a whole speaks of, and from where that is known."""
        if self.region:
            return self.region, "人工指定"
        grid = self.block.grid
        found = self.places.find(re.sub(r"^\d+[.、-]?|[(（].*[)）]$", "", clean.tidy(grid.name)))
        if found is not None:
            return found.name, "取自工作表名"
        if own_level(grid.name):
            return clean.tidy(grid.name), "取自工作表名"
        for r in self.block.preface:
            for value in grid.rows[r]:
                text = clean.tidy(value) if isinstance(value, str) else ""
                if FILLER.search(text):
                    word = re.split(r"[:：]", text, maxsplit=1)[-1]
                    named = self.places.find(re.match(r"[一-鿿]*?[县区市州旗](?=[一-鿿]|$)|", word).group(0))  # type: ignore[union-attr]
                    if named is not None:
                        return named.name, "取自填报单位"
        return "", ""


class _Reader:
    """One pass over the rows of a list."""

    def __init__(self, frame: SheetFrame) -> None:
        self.frame, self.block, self.grid = frame, frame.block, frame.block.grid
        self.changes: list[Change] = []
        self.issues: list[Issue] = []
        self.projects: list[ListProject] = []
        self.merged = self._merged_down()
        self.mixed = self._mixed_shares()
        self.sheet_region, self.sheet_why = frame.sheet_region()
        self.wanted = [
            (index, name, unit, fields.kind_of(name))
            for index, (name, unit) in frame.columns.items()
            if name not in (fields.UNUSED, fields.PERSONAL)
        ]
        self.received = [name for _, name, _, _ in self.wanted if name.startswith(fields.RECEIVED + ":")]
        self.letters: dict[str, str] = {}
        for index, name, _, _ in self.wanted:
            self.letters.setdefault(name, column_letters(index))
        self.faulty = self.grid.errors | self.grid.uncached
        self.has = {name for name, _ in frame.columns.values()}
        family = frame.total_from + ":" if frame.total_from and "总投资" not in self.has else ""
        self.total_columns = [name for _, name, _, _ in self.wanted if family and name.startswith(family)]
        self.seen: dict[tuple[int, str, bool] | None, dict[str, Cleaned]] = {}
        self.doubted: dict[tuple[str, str], list[str]] = {}

    # ---- telling

    def change(self, cell: str, name: str, before: Any, after: Any, why: str) -> None:
        self.changes.append(
            Change(self.grid.file, self.grid.name, cell, name, clean.shown(before), clean.shown(after), why)
        )

    def issue(self, code: str, severity: Severity, cell: str, value: Any, message: str, remedy: str) -> None:
        self.issues.append(
            Issue(code, severity, self.grid.name, cell, clean.shown(value), message, remedy, self.grid.file)
        )

    # ---- the sheet as a whole

    def _merged_down(self) -> dict[tuple[int, int], tuple[int, int]]:
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for top, left, bottom, _ in self.grid.merges:
            if bottom > top and top in self.block.body:
                found |= {(r, left): (top, left) for r in range(top + 1, bottom + 1)}
        return found

    def _mixed_shares(self) -> set[int]:
        """Columns of shares in which bare numbers may be fractions or percents."""
        mixed = set()
        for index, (name, unit) in self.frame.columns.items():
            if fields.kind_of(name) == "share" and unit != "%":
                bare = [
                    abs(v)
                    for r in self.block.body
                    if address(r, index) not in self.grid.percent and (v := clean.bare_number(self._raw(r, index)))
                ]
                if any(v <= 1 for v in bare) and any(v > 1 for v in bare):
                    mixed.add(index)
        return mixed

    def _raw(self, row: int, column: int) -> Any:
        cells = self.block.cells[row]
        return cells[column] if column < len(cells) else None

    # ---- one row

    def read(self, row: Row) -> None:
        project = ListProject(self.grid.file, self.grid.name, row.index, letters=self.letters)
        cells = self.block.cells[row.index]
        for index, name, unit, kind in self.wanted:
            raw = cells[index] if index < len(cells) else None
            if raw is None and not self.faulty and (row.index, index) not in self.merged:
                continue
            self._read_cell(project, row, (index, name, unit, kind), raw)
        self._months(project)
        self._region(project, row)
        self._from_groups(project, row)
        self._received(project)
        self._total(project)
        self._decide(project, row)
        self.projects.append(project)

    def _read_cell(self, project: ListProject, row: Row, column: tuple[int, str, str, str], raw: Any) -> None:
        index, name, _, _ = column
        cell = address(row.index, index)
        if cell in self.faulty:
            if cell in self.grid.errors:
                self.issue(
                    "cell_error", "error", cell, "#错误值", f"{name}是错误值（如 #REF!）", "改正公式，或填一个值"
                )
                return
            if raw is None:
                remedy = "用 Excel 或 WPS 打开并保存一次，或改为数值"
                self.issue("formula_uncached", "error", cell, "=…", f"{name}的公式没有保存计算结果", remedy)
                return
        if raw is None and (row.index, index) in self.merged:
            raw = self._from_merge(row, index, name, cell)
        if raw is None:
            return
        if isinstance(raw, str) and clean.is_empty(raw):
            if raw.strip():
                self.change(cell, name, raw, "", "表示没有，按空读")
            return
        self._clean(project, row, column, raw, cell)

    def _from_merge(self, row: Row, index: int, name: str, cell: str) -> Any:
        """A cell under a merge: words hold for every row it covers, amounts belong to none of them for certain."""
        top, left = self.merged[row.index, index]
        value = self._raw(top, left)
        if clean.is_empty(value):
            return None
        if name in FILLED_DOWN or fields.kind_of(name) in ("text", "choice", "flag"):
            self.change(cell, name, "", value, "合并单元格，取首格")
            return value
        if name not in (fields.SERIAL, "项目名称"):
            message = f"{name}与第 {top + 1} 行合并，本行占多少不确定；金额只计在首行"
            self.issue("cell_merged", "error", cell, clean.shown(value), message, "取消合并，各行分别填写")
        return None

    def _clean(self, project: ListProject, row: Row, column: tuple[int, str, str, str], raw: Any, cell: str) -> None:
        index, name, unit, kind = column
        percent = bool(self.grid.percent) and cell in self.grid.percent
        if self.mixed and index in self.mixed and clean.bare_number(raw) is not None and not percent:
            message = f"{name}一列里既有小于 1 的数又有大于 1 的数，分不清是小数还是百分数"
            self.issue("share_mixed", "error", cell, raw, message, "写成带 % 的百分数")
            return
        try:
            if kind == "money" and unit != "元" and TELEPHONE.fullmatch(clean.tidy(raw)):
                raw = "（11 位数字）"
                raise clean.Unreadable("像电话号码，不像金额", "填金额")
            if kind == "money":
                project.amounts[name] = row.amounts[index] if index in row.amounts else amount(raw, unit)
            key = (index, raw, percent) if isinstance(raw, str) and kind in REPEATED else None
            found = self.seen.get(key) if key is not None else None
            if found is None:
                found = clean_cell(name, raw, unit, percent, self.frame.places, kind)
                if key is not None:
                    self.seen[key] = found
        except clean.Unreadable as caught:
            value = clean.title(raw)
            unsettled = isinstance(raw, str) and is_open(raw)
            problem = clean.Unreadable("还没有确定", "写上确定的内容；没有这一项就写“无”") if unsettled else caught
            self.issue("cell_unreadable", "error", cell, value, f"{name}“{value}”{problem.message}", problem.remedy)
            return
        if kind in ("year", "span"):
            self._keep_dates(project, raw)
        for target, cleaned in found.items():
            self._keep(project, target, cleaned, raw, cell)

    def _keep(self, project: ListProject, name: str, cleaned: Cleaned, raw: Any, cell: str) -> None:
        if name in project.values and project.values[name] != cleaned.value:
            return  # the year of a span says the same as a column of its own, or the dates are questioned below
        project.values[name] = cleaned.value
        if name not in self.letters:
            project.origin[name] = cell
        if cleaned.why:
            self.change(cell, name, raw, cleaned.value, cleaned.why)
        if cleaned.doubt:
            self.doubted.setdefault((name, cleaned.doubt), []).append(cell)

    def _keep_dates(self, project: ListProject, raw: Any) -> None:
        try:
            project.dates = (*project.dates, *moments(raw))
        except clean.Unreadable:
            return

    def _months(self, project: ListProject) -> None:
        """Beginning and end within one year, by their months; other years are compared when all is read."""
        if len(project.dates) == 2:
            start, end = project.dates
            if start.year == end.year and start.month and end.month and end.month < start.month:
                message = f"{end.year}年{end.month}月竣工，早于{start.month}月开工"
                self.issue("dates_order", "warning", project.place("竣工年份"), "", message, "核对起止时间")

    # ---- what a row has from elsewhere

    def _region(self, project: ListProject, row: Row) -> None:
        grouped = next((f for label in reversed(row.groups) if (f := self.frame.places.find(label))), None)
        places = self.frame.places
        if grouped and grouped.why and self.sheet_region:
            # a short name that several counties share with a town of this one: 城关 on the sheet of 环县
            near = {self.sheet_region, places.parent(self.sheet_region)}
            grouped = grouped if near & {grouped.name, places.parent(grouped.name)} else None
        local = next((label for label in reversed(row.groups) if own_level(label)), "")
        own = project.values.get("地区")
        cell = project.place("地区")
        if own is not None:
            named = grouped.name if grouped else self.sheet_region
            if (
                named
                and named != own
                and self.frame.places.parent(str(own)) != named
                and self.frame.places.find(str(own))
            ):
                message = f"地区写的是“{own}”，而这一行在“{named}”之下"
                self.issue("region_clash", "warning", cell, own, message, "核对地区；现按本格读取")
            return
        if grouped is not None or local:
            name, why = (grouped.name, f"取自分组行“{grouped.name}”") if grouped else (local, f"取自分组行“{local}”")
        elif self.sheet_region:
            name, why = self.sheet_region, self.sheet_why
        else:
            name, why = self._region_above(project)
        if name:
            project.values["地区"] = name
            self.change(cell, "地区", "", name, why)

    def _region_above(self, project: ListProject) -> tuple[str, str]:
        """The region of the row above, where a region column is blank; told as a doubt, for it may be a slip."""
        if "地区" not in self.has or not self.projects or "地区" not in self.projects[-1].values:
            return "", ""
        if any(i.cell == project.place("地区") and i.severity == "error" for i in self.issues[-8:]):
            return "", ""
        name = str(self.projects[-1].values["地区"])
        places, title = self.frame.places, str(project.values.get("项目名称", ""))
        above = {name, places.parent(name)}  # 庆阳市环县供水 says 环县, not another region
        said = places.named_in(title)
        if name not in said and (others := [each for each in said if each not in above]):
            message = f"地区空着；上一行是“{name}”，项目名称里写的却是“{others[0]}”"
            self.issue("region_blank", "error", project.place("地区"), "", message, "填上地区")
            return "", ""
        message = f"地区空着，按上一行“{name}”读取"
        self.issue("region_blank", "warning", project.place("地区"), "", message, "不对的请填上地区")
        return name, "空格，按上一行"

    def _from_groups(self, project: ListProject, row: Row) -> None:
        for label in reversed(row.groups):
            nature = NATURE_GROUP.search(label)
            if nature and "建设性质" not in self.has and "建设性质" not in project.values:
                value = "续建" if nature.group(0) in ("续建", "在建") else "新建"
                project.values["建设性质"] = value
                self.change(project.place("建设性质"), "建设性质", "", value, f"取自分组行“{label}”")
            if "类别" not in self.has and "类别" not in project.values and CATEGORY.search(label):
                value = re.sub(r"(?:类|项目|工程)$", "", label)
                project.values["类别"] = value
                self.change(project.place("类别"), "类别", "", value, f"取自分组行“{label}”")

    def _total(self, project: ListProject) -> None:
        """总投资 from needs or asks and what is received, in a sheet where the user said so."""
        parts = {n: project.values[n] for n in self.total_columns if n in project.values}
        if not parts:
            return
        first = next(iter(parts))
        project.values["总投资"] = _sum([*parts.values(), project.values.get("已到位资金", 0)])
        project.origin["总投资"] = project.place(first)
        why = f"按确认取{TOTALS[self.frame.total_from]}" + ("加已到位资金" if "已到位资金" in project.values else "")
        self.change(project.place(first), "总投资", "", project.values["总投资"], why)

    def _received(self, project: ListProject) -> None:
        """已到位资金 from its parts where the list has only these."""
        if not self.received:
            return
        parts = {n: project.values[n] for n in self.received if n in project.values}
        if not parts:
            return
        exact = _sum(parts.values())
        if "已到位资金" not in self.has:
            project.values["已到位资金"] = exact
            project.origin["已到位资金"] = project.place(next(iter(parts)))
            if len(parts) > 1:
                self.change(project.place("已到位资金"), "已到位资金", "", exact, "各项到位资金之和")
        elif "已到位资金" in project.values and Fraction(str(project.values["已到位资金"])) < Fraction(str(exact)):
            message = f"已到位资金 {project.values['已到位资金']} 小于各项到位之和 {exact}"
            self.issue(
                "received_sum",
                "warning",
                project.place("已到位资金"),
                project.values["已到位资金"],
                message,
                "核对各项到位资金",
            )

    def _decide(self, project: ListProject, row: Row) -> None:
        """A project without a name or total cannot be taken: its row is refused, with the reason in the list."""
        if row.kind == "拒绝":
            project.taken = False
            message = f"第 {row.index + 1} 行没有读：{row.note}"
            remedy = "改正后重读，或在行一栏里指定它是什么"
            self.issue("row_refused", "error", project.place("项目名称"), row.label, message, remedy)
            return
        missing = [n for n in NEEDED if n not in project.values]
        faulty = {i.cell for i in self.issues if i.severity == "error"} if missing else set()
        for name in missing:
            if name in self.has and project.place(name) not in faulty:
                remedy = f"填写{name}，或把这一行标为“未读”"
                self.issue("cell_empty", "error", project.place(name), "", f"{name}是空的", remedy)
        if missing and ("总投资" in self.has or self.total_columns):
            project.taken = False
            row.kind, row.note = "拒绝", f"缺少{'、'.join(missing)}"

    def finish(self) -> None:
        for (name, doubt), cells in self.doubted.items():
            more = f"（共 {len(cells)} 格）" if len(cells) > 1 else ""
            self.issue("cell_doubt", "warning", cells[0], "", f"{name}{doubt}{more}", "核对；不改也可继续")
        lost = [p for p in self.projects if p.taken and "地区" not in p.values]
        if lost:
            message = f"{len(lost)} 个项目没有地区（列、分组、工作表名、填报单位里都看不出）"
            self.issue(
                "region_missing", "warning", lost[0].place("地区"), "", message, "填上地区，或在工作表一栏里写整表地区"
            )
        if "总投资" not in self.has and not self.total_columns and self.projects:
            row = self.block.head[-1] if self.block.head else 0
            wanted = TOTALS.get(self.frame.total_from)
            message = f"清单里没有总投资一列，也没有能算{wanted}的列" if wanted else "清单里没有总投资一列"
            remedy = "在列对应中指明哪一列是总投资；确实没有这一列的，在“工作表”里选“总投资取自”"
            self.issue("no_total", "error", address(row, 0), "", message, remedy)


def read_projects(frame: SheetFrame, rows: list[Row]) -> tuple[list[ListProject], list[Change], list[Issue]]:
    """Projects of a list (refused rows too, not taken), what was changed, what is wrong."""
    reader = _Reader(frame)
    for row in rows:
        if row.kind in ("项目", "拒绝"):
            reader.read(row)
    reader.finish()
    return reader.projects, reader.changes, reader.issues


def _sum(amounts: Iterable[Any]) -> int | float:
    """Exact sum of amounts in 万元, each of at most two decimals."""
    total = sum((Fraction(round(Fraction(str(v)) * 100), 100) for v in amounts), Fraction(0))
    return total.numerator if total.denominator == 1 else float(total)


def family_order(name: str) -> tuple[int, str]:
    """Position of a field among the columns of 项目; fields that only lists have come last."""
    head = name.partition(":")[0]
    names = [c.name for c in PROJECTS.columns]
    return (names.index(head) if head in names else len(names), name)
