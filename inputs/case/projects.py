"""Records of 项目, 方案 and 分摊 to projects: profiles, asks, schemes, locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from inputs import clean
from inputs.case.horizon import Horizon
from inputs.case.table import Record, Table
from models.case import Arrangement, Pin, PinSense, Project, Scheme
from models.particulars import Finance, Papers, Pipe
from models.units import show_wan, split_even, split_whole

SCALE_TOTAL = "总投资"
NOT_HELD = {
    "否",
    "无",
    "未办",
    "未办理",
    "没有",
    "未",
    "×",
    "✕",
    "x",
    "待办",
    "待批",
    "办理中",
    "正在办理",
    "0",
    "no",
    "n",
    "—",
    "-",
    "/",
}
"""Words in a 手续 cell that say the document is missing; anything else is 是, √ or a document number."""
NEEDS_REMEDY = (
    "补齐各年需求（规划期以后的年份也要列），或改总投资；"
    "补不齐的清空各年需求（清单里把年度列对应为“不用”），按工期平均分年"
)
NETWORKS = ("燃气", "供水", "排水", "供热")


@dataclass(frozen=True, slots=True)
class Frame:
    """What reading a project needs from the other sheets."""

    horizon: Horizon
    funds: tuple[str, ...]
    weights: Mapping[str, Fraction]
    scale: str
    schemes: Mapping[str, list[Record]]
    partners: Mapping[str, list[tuple[str, Fraction]]]
    scheme_table: Table


def read_projects(table: Table, frame: Frame) -> list[Project]:
    """Every readable project; what is wrong is reported in the table."""
    known = [r for r in table.records if all(r.get(c) is not None for c in ("项目编号", "项目名称", "总投资"))]
    if not frame.weights:
        _tell_benefits(table, known, frame)
    return [_project(table, record, frame) for record in known]


def _tell_benefits(table: Table, known: list[Record], frame: Frame) -> None:
    """Benefits given for no project, or for some only: the others count by their size, which is no benefit."""
    without = [r for r in known if r.get("效益") is None and not _given_by_schemes(r, frame)]
    if not without:
        return
    scale = "总投资" if frame.scale == SCALE_TOTAL else frame.scale
    if len(without) == len(known):
        message = f"没有项目填效益，也没有评分：都按{scale}计，每万元的效益都相近，方案只是把钱尽量用完"
        table.report("benefit_none", "", "", message, "加“效益”一列，或加“评分:…”各列并在设置里给权重", "warning")
        return
    names = "、".join(str(r.get("项目编号")) for r in without[:5]) + ("等" if len(without) > 5 else "")
    message = (
        f"{len(known) - len(without)} 个项目填了效益，{len(without)} 个没有（{names}），没有的按{scale}计，两者不可比"
    )
    where = table.address(without[0], "效益")
    table.report("benefit_mixed", where, "", message, "补齐效益，或全部留空", "warning")


def _given_by_schemes(record: Record, frame: Frame) -> bool:
    rows = frame.schemes.get(record.get("项目编号"), [])
    return bool(rows) and all(row.get("效益") is not None for row in rows)


def _project(table: Table, record: Record, frame: Frame) -> Project:
    key = record.get("项目编号")
    rows = frame.schemes.get(key, [])
    asked = any(name == "申报" for r in (record, *rows) for name, _ in r.cells)
    arrangement = record.get("安排方式") or ("按申报" if asked else "全额")
    if arrangement == "按申报" and not asked:
        where = table.address(record, "安排方式")
        table.report(
            "ask_missing", where, "按申报", f"{key} 按申报安排，却没有填任何 申报 列", "填 申报:资金 列，或改安排方式"
        )
    first = _earliest(table, record, rows, frame)
    starts = _starts(table, record, rows, first, frame)
    schemes = _schemes(table, record, rows, first, arrangement, frame)
    region = record.get("地区") or ""
    return Project(
        id=key,
        name=record.get("项目名称"),
        shares=tuple(frame.partners.get(key, [])) or ((region, Fraction(1)),),
        category=record.get("类别") or "",
        schemes=schemes,
        received=record.get("已到位资金") or 0,
        arrangement=cast(Arrangement, arrangement),
        least_fill=record.get("最低满足率") or Fraction(0),
        own_promise=record.get("自筹承诺") or 0,
        starts=starts,
        status=record.get("状态") or "可选",
        ongoing=record.get("建设性质") == "续建",
        building_cost=record.get("建安投资"),
        public_part=record.get("非经营单位部分"),
        exclusive=record.get("互斥组") or (),
        bundles=record.get("捆绑组") or (),
        companion_of=record.get("同步主项目") or "",
        prerequisites=record.get("前置项目") or (),
        committed=_pins(table, record, "已安排", frame),
        pins=_pins(table, record, "固定安排", frame),
        code=record.get("项目代码") or "",
        department=record.get("主管部门") or "",
        owner=record.get("项目单位") or "",
        remark=record.get("备注") or "",
        finance=_finance(record, frame.horizon),
        papers=_papers(table, record),
        pipe=_pipe(record),
        land=record.get("新增建设用地") or 0,
        before=_before(record, frame.horizon),
        scores=tuple(sorted((parts[0], Fraction(cell.value)) for parts, cell in record.family("评分"))),
    )


def _finance(record: Record, horizon: Horizon) -> Finance:
    topups = [(horizon.position(int(parts[0])), cell.value) for parts, cell in record.family("分年补助")]
    return Finance(
        capital_received=record.get("其中资本金已到位") or 0,
        capital_share=record.get("资本金比例"),
        revenue=record.get("净收益") or 0,
        topups=tuple(sorted((year, amount) for year, amount in topups if year >= 0 and amount)),
        tenor=record.get("债券期限"),
        rate=record.get("债券利率"),
        old_service=record.get("存量债券本息") or 0,
        loan_service=record.get("贷款本息") or 0,
    )


def _papers(table: Table, record: Record) -> Papers:
    """Documents of filled columns only; an empty cell of a new project is a missing document."""
    ongoing = record.get("建设性质") == "续建"
    documents = []
    for header in table.headers:
        if header.column.name == "手续" and table.has("手续", *header.parts):
            text = record.get("手续", *header.parts)
            held = ongoing if text is None else clean.tidy(text).lower() not in NOT_HELD
            documents.append((header.parts[0], held))
    review = record.get("审核结果") or ("待审" if table.has("审核结果") and not ongoing else "")
    return Papers(tuple(sorted(documents)), review, bool(record.get("负面清单")))


def _pipe(record: Record) -> Pipe:
    """The network by the words of category and name; none where they name no or several networks."""
    network = network_of(record.get("类别") or "", record.get("项目名称") or "")
    return Pipe(network, record.get("建成年份"), record.get("管材") or "")


def network_of(category: str, name: str) -> str:
    """燃气, 供水, 排水 or 供热 by the words of the category, else of the name; empty when not exactly one."""
    for text in (category, name):
        named = [word for word in NETWORKS if word in text]
        if len(named) == 1:
            return named[0]
    return ""


def _before(record: Record, horizon: Horizon) -> tuple[tuple[str, int | None, int], ...]:
    found = [
        (fund, horizon.position(int(year)) if year else None, cell.value)
        for (fund, year), cell in record.family("原方案")
    ]
    return tuple((f, y, a) for f, y, a in found if y is None or 0 <= y < horizon.years)


# ---- time


def _earliest(table: Table, record: Record, rows: list[Record], frame: Frame) -> int:
    """First possible start: 最早开工, else the first year with a need or ask, else the first year."""
    given = record.get("最早开工")
    if given is not None:
        return max(0, frame.horizon.position(given))
    years = [
        int(parts[-1])
        for r in (record, *rows)
        for name in ("需求", "申报")
        for parts, cell in r.family(name)
        if parts[-1].isdigit() and cell.value
    ]
    return max(0, min((frame.horizon.position(y) for y in years), default=0))


def _starts(table: Table, record: Record, rows: list[Record], first: int, frame: Frame) -> tuple[int, ...]:
    horizon, latest = frame.horizon, record.get("最晚开工")
    last = first if latest is None else horizon.position(latest)
    if last < first and not (last < 0 and record.get("最早开工") is None):
        where = table.address(record, "最晚开工")
        table.report(
            "start_order", where, latest, "最晚开工早于最早开工（或早于首笔需求）", "改最晚开工，或留空表示不推迟"
        )
        last = first
    if first >= horizon.years:
        where = table.address(record, "最早开工")
        message = f"开工年不在规划期 {horizon.label()} 内，本次不会安排"
        table.report(
            "start_outside",
            where,
            record.get("最早开工") or "",
            message,
            "如应参与，改最早开工或设置中的年数",
            "warning",
        )
        return ()
    dated = any(parts[-1].isdigit() and cell.value for r in (record, *rows) for parts, cell in r.family("申报"))
    if dated and last > first:
        where = table.address(record, "最晚开工")
        table.report(
            "ask_dated",
            where,
            latest,
            "申报已按年填写，开工年随之固定，不再推迟",
            "要允许推迟，请填不带年的申报列",
            "warning",
        )
        last = first
    return tuple(range(first, min(last, horizon.years - 1) + 1))


# ---- schemes


def _schemes(
    table: Table, record: Record, rows: list[Record], first: int, arrangement: str, frame: Frame
) -> tuple[Scheme, ...]:
    if not rows:
        return (_scheme(table, record, None, first, arrangement, frame),)
    return tuple(_scheme(table, record, row, first, arrangement, frame) for row in rows)


def _scheme(table: Table, record: Record, row: Record | None, first: int, arrangement: str, frame: Frame) -> Scheme:
    def pick(column: str) -> Any:
        value = row.get(column) if row is not None else None
        return record.get(column) if value is None else value

    total = pick("总投资")
    duration = pick("建设周期")
    outputs = _merged(record, row, "产出")
    profile = _profile(table, record, row, total, duration, first, frame)
    return Scheme(
        name=row.get("方案") if row is not None else "",
        total=total,
        benefit=_benefit(table, record, row, total, outputs, frame),
        duration=duration,
        profile=profile,
        asks=_asks(table, record, row, total, profile, first, arrangement, frame),
        outputs=tuple(sorted((name, Fraction(value)) for name, value in outputs.items() if value)),
    )


def _merged(record: Record, row: Record | None, family: str) -> dict[str, Any]:
    """Cells of a family, the scheme's winning over the project's."""
    merged = {":".join(parts): cell.value for parts, cell in record.family(family)}
    if row is not None:
        merged |= {":".join(parts): cell.value for parts, cell in row.family(family)}
    return merged


def _source(table: Table, row: Record | None, column: str, frame: Frame) -> Table:
    own = row is not None and any(name == column for name, _ in row.cells)
    return frame.scheme_table if own else table


def _profile(
    table: Table, record: Record, row: Record | None, total: int, duration: int | None, first: int, frame: Frame
) -> tuple[int, ...]:
    """Needs by year from the earliest start; they must add up to 总投资 − 已到位资金."""
    open_amount = total - (record.get("已到位资金") or 0)
    if open_amount < 0:
        where = table.address(record, "已到位资金")
        table.report(
            "received_above_total",
            where,
            show_wan(record.get("已到位资金")),
            "已到位资金大于总投资",
            "核对总投资和已到位资金",
        )
        return (0,)
    source = _source(table, row, "需求", frame)
    owner = row if row is not None and source is frame.scheme_table else record
    cells = list(owner.family("需求"))
    if not cells:
        return split_even(open_amount, duration or 1)
    by_offset = _by_offset(source, cells, first, frame)
    profile = tuple(by_offset.get(k, 0) for k in range(max(by_offset, default=0) + 1))
    if sum(profile) != open_amount:
        cell = cells[0][1]
        message = (
            f"{record.get('项目编号')} 各年需求合计 {show_wan(sum(profile))} 万元，"
            f"应等于总投资减已到位资金 {show_wan(open_amount)} 万元"
        )
        source.report("need_sum", cell.address, cell.raw, message, NEEDS_REMEDY)
    return profile


def _by_offset(table: Table, cells: list[Any], first: int, frame: Frame) -> dict[int, int]:
    found: dict[int, int] = {}
    for parts, cell in cells:
        position = frame.horizon.position(int(parts[-1]))
        if position < first and cell.value:
            table.report(
                "year_before_start",
                cell.address,
                cell.raw,
                f"{parts[-1]} 年早于规划期或最早开工",
                "移到开工以后的年份，或改最早开工",
            )
        elif cell.value:
            found[position - first] = found.get(position - first, 0) + cell.value
    return found


def _asks(
    table: Table,
    record: Record,
    row: Record | None,
    total: int,
    profile: tuple[int, ...],
    first: int,
    arrangement: str,
    frame: Frame,
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Asks by fund and year from the start; without a year they follow the need profile."""
    source = _source(table, row, "申报", frame)
    owner = row if row is not None and source is frame.scheme_table else record
    asks: dict[str, dict[int, int]] = {}
    for fund in frame.funds:
        mine = [(parts, cell) for parts, cell in owner.family("申报") if parts[0] == fund]
        dated = [(parts, cell) for parts, cell in mine if parts[1]]
        loose = [cell for parts, cell in mine if not parts[1]]
        if dated and any(cell.value for cell in loose):
            where = loose[0].address
            source.report("ask_twice", where, loose[0].raw, f"{fund}的申报既按年填又填了总额", "只留一种写法")
        by_offset = _by_offset(source, dated, first, frame)
        for cell in loose if not dated else ():
            spread = split_whole(cell.value, list(profile)) if profile else (cell.value,)
            by_offset = {k: amount for k, amount in enumerate(spread) if amount}
        if by_offset:
            asks[fund] = by_offset
    _large_ask(source, record, owner, asks, total, profile, arrangement)
    return tuple((fund, tuple(by.get(k, 0) for k in range(max(by) + 1))) for fund, by in asks.items())


def _large_ask(
    table: Table,
    record: Record,
    owner: Record,
    asks: dict[str, dict[int, int]],
    total: int,
    profile: tuple[int, ...],
    arrangement: str,
) -> None:
    """More than a project costs is not to be paid; more than it still needs is asked about."""
    asked = sum(sum(by.values()) for by in asks.values())
    if arrangement != "按申报" or asked <= sum(profile):
        return
    cell, key = next(cell for _, cell in owner.family("申报")), record.get("项目编号")
    if asked > total:
        message = f"{key} 申报合计 {show_wan(asked)} 万元，多于总投资 {show_wan(total)} 万元"
        table.report("ask_above_total", cell.address, cell.raw, message, "核对申报和总投资，改成不多于总投资")
    else:
        message = f"{key} 申报合计 {show_wan(asked)} 万元，多于所需 {show_wan(sum(profile))} 万元"
        table.report("ask_above_need", cell.address, cell.raw, message, "核对申报和总投资；不改也可继续", "warning")


def _benefit(
    table: Table, record: Record, row: Record | None, total: int, outputs: dict[str, Any], frame: Frame
) -> Fraction:
    """效益, else Σ weight · score × size; without any score column, the size itself."""
    given = row.get("效益") if row is not None else None
    given = record.get("效益") if given is None else given
    if given is not None:
        return Fraction(given)
    size = Fraction(total, 100) if frame.scale == SCALE_TOTAL else Fraction(outputs.get(frame.scale, 0))
    if not frame.weights:
        return size
    missing = [name for name in frame.weights if record.get("评分", name) is None]
    if missing:
        where = table.address(record, "评分", missing[0])
        message = f"{record.get('项目编号')} 没有效益，也缺少评分：{'、'.join(missing)}"
        table.report("score_missing", where, "", message, "补评分，或直接填效益")
    return size * sum((w * (record.get("评分", n) or 0) for n, w in frame.weights.items()), Fraction(0))


# ---- amounts set beforehand


def _pins(table: Table, record: Record, family: str, frame: Frame) -> tuple[Pin, ...]:
    pins = []
    for (fund, year), cell in record.family(family):
        sense, amount = cell.value if family == "固定安排" else (">=", cell.value)
        position = frame.horizon.position(int(year)) if year else None
        if position is not None and not 0 <= position < frame.horizon.years:
            message = f"{family}的年份 {year} 不在规划期 {frame.horizon.label()} 内"
            table.report("year_outside", cell.address, cell.raw, message, "改年份，或改设置中的起始年、年数")
        elif amount or sense != ">=":
            pins.append(Pin(fund, position, cast(PinSense, sense), amount))
    return tuple(pins)
