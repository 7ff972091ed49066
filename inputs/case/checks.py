"""Checks across cells and sheets: names that do not exist, duplicates, cycles, contradictions."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from inputs import clean
from inputs.case.horizon import Horizon
from inputs.case.table import Record, Table
from inputs.schema import FUND_KINDS
from models.case import Case, Pin, Project
from models.issue import Issue
from models.units import show_wan


@dataclass(slots=True)
class Book:
    """The tables of a case workbook by sheet name."""

    tables: dict[str, Table]

    def __getitem__(self, sheet: str) -> Table:
        return self.tables[sheet]

    def values(self, sheet: str, column: str) -> set[str]:
        """Filled values of a text column."""
        return {r.get(column) for r in self[sheet].records if r.get(column) is not None}


def check_unique(table: Table, *columns: str) -> None:
    """Report rows that repeat the key of an earlier row."""
    seen: dict[tuple[object, ...], str] = {}
    for record in table.records:
        key = tuple(record.get(c) for c in columns)
        if key[0] is None:
            continue
        where = table.address(record, columns[0])
        key = tuple(clean.tidy(k) if isinstance(k, str) else k for k in key)
        if key in seen:
            shown = "、".join(str(k) for k in key if k is not None)
            table.report("duplicate", where, shown, f"“{shown}”与 {seen[key]} 重复", "改名称或编号，或删去其中一行")
        else:
            seen[key] = where


def check_known(table: Table, column: str, known: Iterable[str], what: str) -> None:
    """Report values of a column (one name or several) that are not among the known."""
    names = sorted(set(known))
    for record in table.records:
        value = record.get(column)
        for name in value if isinstance(value, tuple) else (value,):
            if name is not None and name not in names:
                report_unknown(table, table.address(record, column), name, names, what)


def report_unknown(table: Table, address: str, name: str, known: list[str], what: str) -> None:
    """A name that does not exist, with the nearest that does."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    remedy = f"改为“{near[0]}”" if near else f"改为已有的{what}"
    table.report("unknown_name", address, name, f"{what}“{name}”找不到", remedy)


def check_regions(book: Book) -> None:
    """Parents exist and the region forest has no cycle."""
    table = book["地区"]
    names = book.values("地区", "名称")
    check_known(table, "上级", names, "地区")
    parents = {r.get("名称"): r.get("上级") for r in table.records if r.get("名称")}
    _check_cycles(table, {k: (v,) if v else () for k, v in parents.items()}, "名称", "上级", "上级关系")


RESERVED_IDS = ("合计", "小计", "总计")
RESERVED_FUNDS = ("安排合计", "本次合计", "合计", "总投资", "申请额", "本次申请", "已到位", "缺口", "地区", "类别")
"""Names that result tables use for themselves: a row or column called so could not be told from them."""


def check_names(book: Book) -> None:
    """Project ids and fund names that results can keep apart from their own words and from each other."""
    for sheet, column, reserved, marks in (
        ("项目", "项目编号", RESERVED_IDS, "、\n"),
        ("资金", "资金名称", RESERVED_FUNDS, "\n"),
    ):
        table = book[sheet]
        for record in table.records:
            name = record.get(column)
            if name is None:
                continue
            if name in reserved:
                table.report("name_reserved", table.address(record, column), name, f"{column}不能叫“{name}”，结果表用它作自己的名目", "换一个名称")  # fmt: skip
            elif any(mark in name for mark in marks):
                table.report(
                    "name_mark", table.address(record, column), name, f"{column}里不能有顿号或换行", "改用别的符号"
                )


def check_projects(book: Book) -> None:
    """References between projects, group names and cycles."""
    table = book["项目"]
    ids = book.values("项目", "项目编号")
    for column in ("同步主项目", "前置项目"):
        check_known(table, column, ids, "项目编号")
        edges: dict[str, tuple[str, ...]] = {}
        for r in table.records:
            value = r.get(column)
            if r.get("项目编号") and value is not None:
                edges[r.get("项目编号")] = value if isinstance(value, tuple) else (value,)
        _check_cycles(table, edges, "项目编号", column, column)
    for column in ("互斥组", "捆绑组"):
        _check_groups(table, column)
    for sheet in ("方案", "分摊"):
        check_known(book[sheet], "项目编号", ids, "项目编号")


def _check_groups(table: Table, column: str) -> None:
    """A group with one member holds nothing: most likely a misspelt name."""
    members: dict[str, list[Record]] = {}
    for record in table.records:
        for name in record.get(column) or ():
            members.setdefault(name, []).append(record)
    for name, records in members.items():
        if len(records) == 1:
            near = difflib.get_close_matches(name, [m for m in members if m != name], n=1, cutoff=0.5)
            remedy = f"是否指“{near[0]}”" if near else "改组名，或清空这一格"
            where = table.address(records[0], column)
            table.report("group_of_one", where, name, f"{column}“{name}”只有一个项目，不起作用", remedy)


def _check_cycles(table: Table, edges: dict[str, tuple[str, ...]], key: str, column: str, what: str) -> None:
    for record in table.records:
        start = record.get(key)
        trail, queue, seen = start, list(edges.get(start, ())), set[str]()
        while queue:
            node = queue.pop()
            if node == trail:
                table.report(
                    "cycle",
                    table.address(record, column),
                    start,
                    f"{what}绕成了圈：“{start}”最终指回自己",
                    f"改{column}",
                )
                break
            if node not in seen:
                seen.add(node)
                queue.extend(edges.get(node, ()))


def check_places(book: Book, regions: set[str], categories: set[str] | None) -> None:
    """Regions and categories that projects and other sheets name."""
    if regions:
        for sheet, column in (
            ("项目", "地区"),
            ("切块", "地区"),
            ("分摊", "地区"),
            ("迁移", "迁出地区"),
            ("迁移", "迁入地区"),
        ):
            check_known(book[sheet], column, regions, "地区")
    if categories is not None:
        for sheet in ("项目", "切块"):
            check_known(book[sheet], "类别", categories, "类别")
    matrix = book.values("资金适用", "类别")
    if matrix:
        check_known(book["项目"], "类别", matrix, "资金适用表中的类别")
        for record in book["项目"].records:
            if record.get("类别") is None:
                where = book["项目"].address(record, "类别")
                book["项目"].report("cell_empty", where, "", "有资金适用表时类别不能为空", "填类别")


def check_funds(book: Book, horizon: Horizon) -> None:
    """There is a fund; every one has a limit of its own or slices; slices name known funds and years."""
    table, slices = book["资金"], book["切块"]
    if not table.records and not any(i.severity == "error" for i in table.issues):
        table.report("no_funds", f"A{table.header_row + 1}", "", "资金表里没有资金", "至少填一项资金，写上类型和额度")
    names = book.values("资金", "资金名称")
    check_known(slices, "资金", names, "资金")
    check_unique(slices, "资金", "地区", "年度", "类别")
    check_years(slices, "年度", horizon)
    cut = book.values("切块", "资金")
    for record in table.records:
        amounts = [cell for _, cell in record.family("额度")]
        name = record.get("资金名称")
        if name is not None and not amounts and name not in cut:
            where = next(
                (table.address(record, "额度", *h.parts) for h in table.headers if h.column.name == "额度"), ""
            )
            table.report(
                "limit_missing", where, name, f"资金“{name}”没有额度", "填 额度 或 额度:年，没有限制时填一个足够大的数"
            )
        _check_kind(table, record, name)
        for parts, cell in record.family("额度"):
            if parts[0] and not 0 <= horizon.position(int(parts[0])) < horizon.years:
                message = f"额度的年份 {parts[0]} 不在规划期 {horizon.label()} 内"
                table.report("year_outside", cell.address, cell.raw, message, "改年份，或改设置中的起始年、年数")


def _check_kind(table: Table, record: Record, name: str | None) -> None:
    """A fund without a kind counts as a subsidy; where its name says another kind, that is said."""
    likely = next((k for k in FUND_KINDS if k != "补助" and k.removesuffix("券") in (name or "")), None)
    if record.get("类型") is None and likely is not None:
        message = f"“{name}”没有写类型，按补助处理；看名称像{likely}，债务、期限等规则就不会管它"
        place = table.address(record, "类型") if table.has("类型") else table.address(record, "资金名称")
        table.report("kind_missing", place, "", message, f"在类型列写“{likely}”；确是补助的写“补助”", "warning")


def name_idle_years(table: Table, case: Case) -> None:
    """Limits of years in which no project that a fund may pay needs money: they cannot be used, named before the solve."""
    for record in table.records:
        fund = case.fund_by_name[str(record.get("资金名称"))]
        needed = {
            t for p in case.projects if p.status != "禁选" and case.may_pay(p, fund) for t in _years_of(p, fund.name)
        }
        idle = [t for t, amount in enumerate(fund.by_year) if amount and t < case.years and t not in needed]
        if fund.carries:  # what is left goes to the years after
            idle = [t for t in idle if not any(later > t for later in needed)]
        if not idle or not needed:
            continue
        years = "、".join(str(case.year_label(t)) for t in idle)
        amount = show_wan(sum(fund.by_year[t] or 0 for t in idle))
        message = (
            f"{fund.name} {years} 年的额度 {amount} 万元用不上：没有项目在这几年有需求（没填最晚开工的项目不会推迟）"
        )
        place = table.address(record, "额度", str(case.year_label(idle[0])))
        remedy = "要让项目推迟到这几年，填项目的最晚开工；或把额度改到有需求的年份；不改也可继续"
        table.report("year_idle", place, amount, message, remedy, "warning")


def _years_of(project: Project, fund: str) -> set[int]:
    """Years (from the first of the horizon) in which a project may need money of a fund."""
    found = set()
    for scheme in project.schemes:
        asked = project.arrangement == "按申报"
        profile = dict(scheme.asks).get(fund, ()) if asked else scheme.profile
        found |= {start + k for start in project.starts for k, amount in enumerate(profile) if amount}
    return found


def check_years(table: Table, column: str, horizon: Horizon) -> None:
    """Years of a column lie in the horizon."""
    for record in table.records:
        value = record.get(column)
        if value is not None and not 0 <= horizon.position(value) < horizon.years:
            where = table.address(record, column)
            table.report(
                "year_outside",
                where,
                value,
                f"{column} {value} 不在规划期 {horizon.label()} 内",
                "改年份，或改设置中的起始年、年数",
            )


def check_partners(book: Book) -> None:
    """Shares of every shared project add up to one."""
    table = book["分摊"]
    check_unique(table, "项目编号", "地区")
    totals: dict[str, tuple[Fraction, Record]] = {}
    for record in table.records:
        key = record.get("项目编号")
        if key is not None:
            sum_before = totals[key][0] if key in totals else Fraction(0)
            totals[key] = (sum_before + (record.get("比例") or 0), record)
    for key, (total, record) in totals.items():
        if total != 1:
            where = table.address(record, "比例")
            shown = f"{float(total * 100):.6g} %"
            table.report(
                "share_sum", where, shown, f"项目 {key} 的分摊比例合计 {shown}，应为 100 %", "改比例，使合计为 100 %"
            )


def check_targets(book: Book, outputs: set[str]) -> None:
    """Targets speak of outputs that some project has."""
    table = book["目标"]
    for record in table.records:
        name = record.get("产出")
        if name is not None and full_output(name, outputs) is None:
            report_unknown(table, table.address(record, "产出"), name, sorted(outputs), "产出")


def full_output(name: str, outputs: set[str]) -> str | None:
    """The output of that name, the unit in brackets may be left out."""
    text = clean.tidy(name)
    hits = [o for o in outputs if o == text or o.partition("(")[0] == text]
    return hits[0] if len(hits) == 1 else (text if text in outputs else None)


def check_locks(book: Book, projects: list[Project], horizon: Horizon) -> None:
    """状态, 已安排, 固定安排 and 申报 of one project do not contradict each other."""
    table = book["项目"]
    by_id = {p.id: p for p in projects}
    for record in table.records:
        project = by_id.get(record.get("项目编号"))
        if project is not None:
            _check_lock(table, record, project, horizon)


def _check_lock(table: Table, record: Record, project: Project, horizon: Horizon) -> None:
    forcing = [pin for pin in (*project.committed, *project.pins) if pin.sense != "<=" and pin.amount]
    if project.status == "禁选" and forcing:
        where = table.address(record, "状态")
        table.report(
            "lock_clash",
            where,
            "禁选",
            f"{project.id} 设为禁选，却有{forcing[0].fund}的已安排或固定安排",
            "改状态，或清空该金额",
        )
    for pin in project.pins:
        for other in project.committed:
            if (pin.fund, pin.year) == (other.fund, other.year) and pin.sense != ">=" and pin.amount < other.amount:
                message = (
                    f"{project.id} {pin.fund}固定安排 {show_wan(pin.amount)} 小于已安排 {show_wan(other.amount)} 万元"
                )
                table.report(
                    "lock_clash",
                    _pin_address(table, record, pin, horizon),
                    show_wan(pin.amount),
                    message,
                    "两者改为一致",
                )
    if project.arrangement == "按申报":
        _check_against_asks(table, record, project, horizon)


def _check_against_asks(table: Table, record: Record, project: Project, horizon: Horizon) -> None:
    if len(project.schemes) > 1 or len(project.starts) != 1:
        return
    asks = dict(project.schemes[0].asks)
    for word, pins in (("固定安排", project.pins), ("已安排", project.committed)):
        for pin in pins:
            amounts = {project.starts[0] + k: a for k, a in enumerate(asks.get(pin.fund, ()))}
            inside = sum(a for year, a in amounts.items() if year < horizon.years)
            asked = inside if pin.year is None else amounts.get(pin.year, 0)
            misses = asked < pin.amount if pin.sense == ">=" else asked > pin.amount
            if misses or (pin.sense == "=" and asked != pin.amount):
                where = _pin_address(table, record, pin, horizon, word)
                message = f"{project.id} 按申报安排，{pin.fund}申报 {show_wan(asked)}，与{word} {show_wan(pin.amount)} 万元不符"
                table.report("lock_clash", where, show_wan(pin.amount), message, "两者改为一致，或改安排方式")


def _pin_address(table: Table, record: Record, pin: Pin, horizon: Horizon, word: str = "固定安排") -> str:
    year = "" if pin.year is None else str(horizon.first + pin.year)
    return table.address(record, word, pin.fund, year)


def check_choices(
    projects: list[Project], locks: tuple[str, ...], bans: tuple[str, ...], report: Callable[[Issue], None]
) -> None:
    """--lock and --ban name known projects and do not contradict each other or the sheet."""
    by_id = {p.id: p for p in projects}

    def fault(word: str, key: str, message: str, remedy: str) -> None:
        report(Issue("lock_clash" if key in by_id else "unknown_name", "error", "命令行", word, key, message, remedy))

    for word, ids in (("--lock", locks), ("--ban", bans)):
        for key in ids:
            if key not in by_id:
                near = difflib.get_close_matches(key, list(by_id), n=1)
                remedy = f"是否指“{near[0]}”" if near else "改为已有的项目编号"
                fault(word, key, f"项目编号“{key}”找不到", remedy)
    for key in sorted(set(locks) & set(bans) & set(by_id)):
        fault("--lock", key, f"{key} 同时被 --lock 和 --ban", "留下其中一个")
    for key in bans:
        project = by_id.get(key)
        pinned = project and any(pin.amount and pin.sense != "<=" for pin in (*project.committed, *project.pins))
        if project is not None and (project.status == "必选" or pinned):
            fault("--ban", key, f"{key} 在项目表中设为必选或已有安排，又被 --ban", "留下其中一个")
    for key in locks:
        if key in by_id and by_id[key].status == "禁选":
            fault("--lock", key, f"{key} 在项目表中设为禁选，又被 --lock", "留下其中一个")
