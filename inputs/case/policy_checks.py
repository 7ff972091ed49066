"""Checks of the columns that the rules of debt, people and land need, and of what they say together."""

from __future__ import annotations

from collections.abc import Callable, Set
from fractions import Fraction
from typing import Any

from inputs.case.horizon import Horizon
from inputs.case.projects import network_of
from inputs.case.rule_schema import RULE_SCHEMA_BY_ID
from inputs.case.table import Record, Table
from inputs.schema import SHEETS, Column
from models import linkage
from models.aims import near_linkage
from models.case import Case, Policy
from models.land import STEPS
from models.particulars import TIERS
from models.rules import RULE_BY_ID
from models.rules.coverage import TENORS
from models.rules.decline_cap import DECLINING
from models.units import show_wan

SettingFault = Callable[[str, Any, str, str], None]


def check_all(
    book: Any,
    policies: tuple[Policy, ...],
    on: Set[str],
    off: Set[str],
    horizon: Horizon,
    aim: str,
    tags: Set[str],
    setting_fault: SettingFault,
) -> None:
    """Every check; faults are reported in the tables they are found in."""
    projects, regions = book["项目"], book["地区"]
    _note_due(regions)
    _check_tenors(projects)
    _check_capital(projects)
    if "coverage" not in off and any(r.get("须收益覆盖") for r in book["资金"].records):
        _check_coverage(book["资金"], projects)
    if "debt_headroom" not in off:
        _check_debt(regions)
    if "readiness" not in off:
        _check_papers(projects)
    if "age_material" in on:
        _check_pipes(projects, book["类别"], horizon)
    for policy in policies:
        if policy.rule == "decline_cap":
            _check_declining(regions, policy, tags)
    _check_settled(regions)
    if aim == "贴近挂钩" and "people_money" not in on:
        _check_linkage(regions, book["资金"], setting_fault)
    for policy in policies:
        if policy.rule == "people_land":
            _check_land(regions, policy)
            _check_moves(book["迁移"], regions, policy)
            _check_quotas(projects, regions)
    _check_years(projects, "分年补助", horizon)
    if aim == "最少变动" and not projects.has("原方案"):
        setting_fault(
            "优化目标", aim, "优化目标为最少变动，项目表却没有填 原方案 列", "填 原方案:资金 列，或改优化目标"
        )
    if aim == "公平" and not regions.has("常住人口"):
        setting_fault("优化目标", aim, "优化目标为公平，地区表却没有填 常住人口 列", "填 常住人口，或改优化目标")


def _check_tenors(table: Table) -> None:
    for record in table.records:
        tenor = record.get("债券期限")
        if tenor is not None and tenor not in TENORS:
            message = f"债券期限 {tenor} 年不在可发行的期限内"
            remedy = "填 " + "、".join(map(str, TENORS)) + " 之一"
            table.report("tenor_unknown", table.address(record, "债券期限"), tenor, message, remedy)


def _check_capital(table: Table) -> None:
    for record in table.records:
        part, whole = record.get("其中资本金已到位"), record.get("已到位资金")
        if part and part > (whole or 0):
            where = table.address(record, "其中资本金已到位")
            message = "其中资本金已到位大于已到位资金"
            table.report("capital_above_received", where, show_wan(part), message, "核对两列")


def _check_coverage(funds: Table, table: Table) -> None:
    """A fund asks for coverage: revenue, tenor and rate of the projects must be known."""
    where = next(funds.address(r, "须收益覆盖") for r in funds.records if r.get("须收益覆盖"))
    for group in (("净收益", "分年补助"), ("债券期限",), ("债券利率",)):
        if not any(table.has(column) for column in group):
            words = "或".join(group)
            message = f"规则 coverage（收益覆盖）需要项目表的 {words} 列，其中没有可用的内容"
            funds.report("rule_columns", where, "是", message, f"填写 {words}，或在规则表停用 coverage")
            return
    for record in table.records:
        earns = record.get("净收益") or any(True for _ in record.family("分年补助"))
        for column in ("债券期限", "债券利率"):
            if earns and record.get(column) is None:
                message = f"{record.get('项目编号')} 有净收益或分年补助，却没有{column}，算不出本息"
                table.report("coverage_cell", table.address(record, column), "", message, f"填{column}")


def _check_debt(table: Table) -> None:
    for record in table.records:
        for kind in ("专项债务", "一般债务"):
            limit, balance = record.get(f"{kind}限额"), record.get(f"{kind}余额")
            if (limit is None) != (balance is None):
                empty = f"{kind}余额" if balance is None else f"{kind}限额"
                message = f"{record.get('名称')} 只填了{kind}的限额与余额之一，算不出债务空间"
                table.report("debt_half", table.address(record, empty), "", message, f"填{empty}")
            elif limit is not None and balance > limit:
                message = f"超限额：{record.get('名称')} {kind}余额大于限额，本次新增{kind[:2]}债券的空间为 0（到期归还后按年恢复）"
                where = table.address(record, f"{kind}余额")
                table.report("debt_above_limit", where, show_wan(balance), message, "核对；不改也可继续", "warning")


def _note_due(table: Table) -> None:
    """到期本金 where both kinds of debt are filled: special debt only, and said."""
    for record in table.records:
        both = record.get("专项债务限额") is not None and record.get("一般债务限额") is not None
        cell = next((c for _, c in record.family("到期本金")), None)
        if both and cell is not None and not any(True for _ in record.family("一般债务到期本金")):
            message = "到期本金按专项债务计；一般债务的到期本金写在 一般债务到期本金:年"
            table.report("due_of_special", cell.address, cell.raw, message, "都是专项债务的不需要处理", "note")
            return


def _check_papers(table: Table) -> None:
    """Empty cells beside filled ones: read as missing, and said, once per column."""
    new = [r for r in table.records if r.get("建设性质") != "续建"]
    for header in table.headers:
        if header.column.name == "手续" and any(r.get("手续", *header.parts) for r in table.records):
            empty = [r for r in new if r.get("手续", *header.parts) is None]
            _say_empty(table, empty, "手续", header.parts, "按没有办理处理", "已办理的填 是 或文号")
    if table.has("审核结果"):
        empty = [r for r in new if r.get("审核结果") is None]
        _say_empty(table, empty, "审核结果", (), "按待审处理，不安排专项债券", "填 通过、未通过或待审")


def _say_empty(table: Table, rows: list[Record], column: str, parts: tuple[str, ...], how: str, remedy: str) -> None:
    if rows:
        names = "、".join(str(r.get("项目编号")) for r in rows[:8]) + (f" 等 {len(rows)} 个" if len(rows) > 8 else "")
        label = ":".join((column, *parts))
        where = table.address(rows[0], column, *parts)
        table.report("paper_empty", where, "", f"“{label}”空着的项目：{names}，{how}", remedy, "warning")


def _check_declining(table: Table, policy: Policy, tags: Set[str]) -> None:
    """A cap on declining counties needs some county that is one."""
    if policy.scope.regions or policy.scope.tags or set(DECLINING) & tags:
        return
    words = "、".join(DECLINING)
    message = f"规则 decline_cap（收缩地区上限）没有适用的地区：没有一个地区带标签 {words}"
    remedy = "在地区表 标签 列标出，或在设置填 高海拔线，或在对象里写明地区、标签"
    table.report("rule_columns", table.heading("标签"), "", message, remedy)


def _check_moves(table: Table, regions: Table, policy: Policy) -> None:
    """Migrants need a standard, and two different places."""
    per_head = {r.get("名称"): r.get("人均城镇建设用地") for r in regions.records}
    by_table = policy.option("人均标准", "国家") in STEPS
    for record in table.records:
        source, target = record.get("迁出地区"), record.get("迁入地区")
        if source is not None and source == target:
            message = f"迁出与迁入都是{source}"
            table.report(
                "move_to_itself", table.address(record, "迁入地区"), source, message, "改其中一个，或删去这一行"
            )
        if by_table and record.get("带地标准") is None and per_head.get(target) is None:
            message = f"{target}没有人均城镇建设用地，这一行也没有带地标准，查不到可带多少地"
            where = table.address(record, "带地标准")
            table.report("per_head_missing", where, "", message, "填带地标准，或填迁入地区的人均城镇建设用地")


def _check_quotas(projects: Table, regions: Table) -> None:
    """Regions with land asked for but no quota of their own or above: unlimited, and said."""
    parents = {r.get("名称"): r.get("上级") for r in regions.records}
    columns = ("用地指标", "增减挂钩节余")
    known = {
        r.get("名称")
        for r in regions.records
        if any(r.get(c) is not None for c in columns) or any(cell.value for _, cell in r.family("新增落户"))
    }
    free: dict[str, None] = {}
    for record in projects.records:
        name, seen = record.get("地区"), set[str]()
        if not record.get("新增建设用地") or name is None:
            continue
        above: str | None = name
        while above and above not in known and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above not in known:
            free[name] = None
    if free:
        message = f"规则 people_land 没有约束这些地区的用地（没有用地指标、落户或节余）：{'、'.join(free)}"
        regions.report(
            "land_unlimited", regions.heading("用地指标"), "", message, "填用地指标，不许新增的填 0", "warning"
        )


def _check_pipes(table: Table, categories: Table, horizon: Horizon) -> None:
    if horizon.first < 1900:
        where = table.heading("建成年份")
        table.report("year_unknown", where, "", "规则 age_material 要按年份算年限，却不知道起始年", "在设置中填 起始年")
        return
    renewal = {r.get("类别") for r in categories.records if r.get("改造类")}
    blank = [r for r in table.records if _unjudged(r, renewal)]
    if blank:
        names = "、".join(str(r.get("项目编号")) for r in blank[:8]) + (
            f" 等 {len(blank)} 个" if len(blank) > 8 else ""
        )
        message = f"没有建成年份和管材，或看不出是燃气、供水、排水还是供热，规则 age_material 没有核对：{names}"
        where = table.address(blank[0], "建成年份")
        table.report("pipe_unjudged", where, "", message, "补 建成年份、管材，或在类别、名称里写明管网种类", "warning")
    for record in table.records:
        built = record.get("建成年份")
        if built is not None and built > horizon.first:
            message = f"建成年份 {built} 晚于起始年 {horizon.first}"
            table.report("built_late", table.address(record, "建成年份"), built, message, "核对建成年份")


def _unjudged(record: Record, renewal: Set[str]) -> bool:
    """A pipe that age and material cannot judge: nothing filled, or no single network named."""
    network = network_of(record.get("类别") or "", record.get("项目名称") or "")
    filled = record.get("建成年份") is not None or bool(record.get("管材"))
    if filled:
        return not network
    return bool(network) and record.get("类别") in renewal


def _check_settled(table: Table) -> None:
    for header in table.headers:
        if header.column.name == "新增落户" and header.parts[0] not in TIERS:
            where = table.heading("新增落户", *header.parts)
            message = f"新增落户的档次“{header.parts[0]}”不认识"
            table.report(
                "tier_unknown", where, header.parts[0], message, "写成 " + "、".join(f"新增落户:{t}" for t in TIERS)
            )
    parents = {r.get("名称"): r.get("上级") for r in table.records if r.get("名称")}
    known = {r.get("名称"): r for r in table.records if any(True for _ in r.family("新增落户"))}
    for name, record in known.items():
        above, seen = parents.get(name), {name}
        while above and above not in seen:
            if above in known:
                where = next(cell.address for _, cell in record.family("新增落户"))
                message = f"{name}与它的上级{above}都填了新增落户，会重复计算"
                table.report("settled_twice", where, name, message, f"清空{above}的新增落户，或清空下级的")
                break
            seen.add(above)
            above = parents.get(above)


def _check_linkage(regions: Table, funds: Table, setting_fault: SettingFault) -> None:
    """The aim of 贴近挂钩 without people_money needs settled people and some fund under linkage."""
    aim = "贴近挂钩"
    if not regions.has("新增落户"):
        setting_fault("优化目标", aim, f"优化目标为{aim}，地区表却没有填 新增落户 列", "填 新增落户:跨省 等列")
    if not any(r.get("参与挂钩") for r in funds.records):
        setting_fault("优化目标", aim, f"优化目标为{aim}，资金表却没有资金 参与挂钩", "在资金表的 参与挂钩 列填 是")


def check_weights(table: Table, case: Case) -> None:
    """Linkage weights that cannot be formed: every settled person counts nothing."""
    if not table.has("新增落户"):
        return
    policies = [p for _, p in case.policies_of("people_money")]
    if case.aim == "贴近挂钩":
        policies = policies or [near_linkage.policy_of(case)]
    if any(not linkage.weights(case, policy) for policy in policies):
        where = next(cell.address for r in table.records for _, cell in r.family("新增落户"))
        message = "新增落户乘权重、退坡、成本系数、困难系数后各地区全为 0，人钱挂钩的权重无法形成"
        table.report("weights_unformed", where, "0", message, "填新增落户，或改 权重、退坡、系数，或停用 people_money")


def _check_land(table: Table, policy: Policy) -> None:
    """The table of standards asks for the present use per head of every region with settled people."""
    if policy.option("人均标准", "国家") not in STEPS:
        return
    for record in table.records:
        settled = any(cell.value for _, cell in record.family("新增落户"))
        if settled and record.get("人均城镇建设用地") is None:
            where = table.address(record, "人均城镇建设用地")
            message = f"{record.get('名称')} 有新增落户却没有人均城镇建设用地，规则 people_land 查不到人均标准"
            table.report("per_head_missing", where, "", message, "填人均城镇建设用地，或把 人均标准 设为每人平方米数")


def _check_years(table: Table, family: str, horizon: Horizon) -> None:
    for record in table.records:
        for parts, cell in record.family(family):
            if horizon.position(int(parts[0])) < 0:
                message = f"{family}的年份 {parts[0]} 早于规划期"
                table.report("year_outside", cell.address, cell.raw, message, "改年份，或删去这一列")


def name_narrow_bands(table: Table, case: Case) -> None:
    """Bands of the linkage that the candidates of a region cannot fill: named before the solve."""
    for _, policy in case.policies_of("people_money"):
        funds, spread = linkage.funds_of(case, policy), Fraction(policy.value or 0)
        base = sum(case.limit_of(name, policy.year) for name in funds)
        able = linkage.appetites(case, funds, policy.year)
        for name, weight in linkage.weights(case, policy).items():
            wanted = (1 - spread) * Fraction(weight * base, linkage.MILLION)
            most = able[name].absorb
            if most < wanted:
                record = next(r for r in table.records if r.get("名称") == name)
                by_limit = policy.option("基数", "额度") == "额度"
                so = "下限按可承接额" if by_limit else "资金全部用完时达不到下限"
                message = f"{name}按落户权重应得挂钩资金不少于 {show_wan(wanted)} 万元，候选项目至多能承接 {show_wan(most)} 万元，{so}"
                remedy = "补充该地区的候选项目，或放宽 people_money 的偏差；不改也可继续"
                table.report("band_narrow", table.address(record, "名称"), name, message, remedy, "warning")


def note_idle_columns(book: Any, on: Set[str], aim: str) -> None:
    """Filled columns whose rule is not switched on: said once each, never in silence."""
    for sheet in SHEETS:
        table = book[sheet.name]
        for column in sheet.columns:
            rule = RULE_BY_ID.get(column.rule)
            if rule is None or rule.id in on or not _says_something(table, column):
                continue
            if rule.id == "people_money" and aim == "贴近挂钩":
                continue
            where = next(c.address for r in table.records for (n, _), c in r.cells.items() if n == column.name)
            word = "被停用" if RULE_SCHEMA_BY_ID[rule.id].by_column else "没有启用"
            message = f"填了“{column.name}”，但规则 {rule.id}（{rule.title}）{word}，不起作用"
            table.report("rule_idle", where, column.name, message, f"要用，请在规则表加一行 {rule.id}", "note")


def _says_something(table: Table, column: Column) -> bool:
    """Whether a column holds more than zeros, 否 and the like."""
    idle = {0, "否", "待审", "绿"}
    return any(
        name == column.name and cell.value not in idle
        for record in table.records
        for (name, _), cell in record.cells.items()
    )
