"""The tables of the policy rules: capital, debt service, people and money, people and land."""

from __future__ import annotations

from fractions import Fraction

from inputs.case.result import MOVES, TOPUPS
from models import debt, facts, land, linkage
from models.case import SPECIAL, Case, Policy, Region
from models.rules.people_land import land_by_region
from models.units import LAND_PER_MU, floor_of
from reports.table import Plan, ResultColumn, ResultTable, Row, money_column, notes, text_column


def policy_tables(plan: Plan) -> tuple[ResultTable, ...]:
    """The tables that the case's columns and rules ask for."""
    case = plan.case
    found = []
    bonds = any(f.kind in debt.KINDS for f in case.funds)
    if case.regions and (bonds or any(True for _ in debt.regions_with_room(case))):
        found.append(debt_service(plan))
    if any(p.finance.topups for p in case.projects):
        found.append(topups(plan))
    found += [people_and_money(plan, policy) for _, policy in case.policies_of("people_money")[:1]]
    for _, policy in case.policies_of("people_land")[:1]:
        found.append(people_and_land(plan, policy))
        if case.migrations:
            found.append(moves(plan, policy))
    return tuple(found)


# ---- 资本金使用情况表


def capital_use(plan: Plan) -> ResultTable:
    """资本金使用情况表: special bonds of every paying region, what of them is used as capital, and the share."""
    case = plan.case
    columns = (
        text_column("地区", 16),
        money_column("专项债券合计"),
        money_column("用作资本金"),
        ResultColumn("占比", "share", 9),
    )
    rows: list[Row] = []
    every = [p for p in plan.allocation.payments if case.fund_by_name[p.fund].kind == SPECIAL]
    for region in dict.fromkeys(p.region for p in sorted(every, key=lambda p: p.region)):
        mine = [p for p in every if p.region == region]
        bonds, used = sum(p.amount for p in mine), sum(p.capital for p in mine)
        rows.append([region, bonds, used, Fraction(used, bonds)])
    bonds, used = sum(p.amount for p in every), sum(p.capital for p in every)
    share = f"全部专项债券用作资本金 {float(Fraction(used, bonds) * 100):.2f} %" if bonds else "没有安排专项债券"
    return ResultTable("资本金使用情况表", "专项债券用作资本金情况表", columns, tuple(rows), (*notes(case), share))


# ---- 债务还本付息表


def debt_service(plan: Plan) -> ResultTable:
    """债务还本付息表: by region, kind and year – old maturities, new bonds, their repayment and interest, room."""
    case = plan.case
    columns = (
        text_column("地区", 14), text_column("债务", 8), text_column("年度", 10), money_column("限额", False), money_column("基期余额", False),
        money_column("存量到期本金", False), money_column("本次新增", False), money_column("新增到期本金", False), money_column("新增债券利息", False),
        money_column("年末新增余额", False), money_column("债务空间", False), money_column("剩余空间", False), text_column("状态", 12),
    )  # fmt: skip
    rows: list[Row] = []
    for region in case.regions:
        for kind in debt.KINDS:
            if debt.room(case, region, kind) is not None or _borrows(plan, region, kind):
                rows += _debt_rows(plan, region, kind)
    words = "到期一次还本、每年付息，利息自发行次年起；没有期限的债券在规划期内不还本；本金和利息按项目的债券期限、利率"
    return ResultTable("债务还本付息表", "分地区分年度债务还本付息表", columns, tuple(rows), (*notes(case), words))


def _borrows(plan: Plan, region: Region, kind: str) -> bool:
    return any(
        p.region == region.name and plan.case.fund_by_name[p.fund].kind == kind for p in plan.allocation.payments
    )


def _debt_rows(plan: Plan, region: Region, kind: str) -> list[Row]:
    case = plan.case
    rooms, known, old = debt.room(case, region, kind), debt.limit_and_balance(region, kind), debt.due(region, kind)
    limit, balance = known if known else (None, None)
    rows: list[Row] = []
    for year in range(case.years):
        new, repaid, interest = _service(plan, region, kind, year)
        owed = facts.owed(case, plan.allocation, region.name, kind, year)
        left = None if rooms is None else rooms[year] - owed
        state = "" if limit is None or balance is None else "超限额" if balance > limit else "限额内"
        due = sum(amount for when, amount in old if when == year)
        room = None if rooms is None else rooms[year]
        rows.append(
            [
                region.name,
                debt.SHORT[kind],
                str(case.year_label(year)),
                limit,
                balance,
                due,
                new,
                repaid,
                interest,
                owed,
                room,
                left,
                state,
            ]
        )
    later = [_service(plan, region, kind, year) for year in range(case.years, case.years + 31)]
    repaid, interest = sum(s[1] for s in later), sum(s[2] for s in later)
    rows.append(
        [region.name, debt.SHORT[kind], "规划期以后", None, None, None, None, repaid, interest, None, None, None, ""]
    )
    return rows


def _service(plan: Plan, region: Region, kind: str, year: int) -> tuple[int, int, int]:
    """New bonds, principal repaid and interest paid in one year, interest rounded down to 0.01 万元."""
    case, new, repaid, interest = plan.case, 0, 0, Fraction(0)
    for p in plan.allocation.payments:
        if case.fund_by_name[p.fund].kind != kind or not facts.lies_in(case, p.region, region.name):
            continue
        finance = case.project_by_id[p.project].finance
        tenor, rate = finance.tenor, finance.rate or Fraction(0)
        new += p.amount if p.year == year else 0
        repaid += p.amount if tenor is not None and p.year + tenor == year else 0
        owed_before = p.year < year and (tenor is None or year <= p.year + tenor)
        interest += p.amount * rate if owed_before and (tenor is not None or year < case.years) else 0
    return new, repaid, floor_of(interest)


# ---- 分年补助, 带地


def topups(plan: Plan) -> ResultTable:
    """分年补助表: subsidies promised for debt service, as little as coverage needs."""
    case = plan.case
    columns = (
        text_column("项目编号", 10),
        text_column("项目名称", 34),
        ResultColumn("年度", "whole", 8),
        money_column("可补助", False),
        money_column("补助"),
    )
    rows = tuple(
        [
            t.project,
            case.project_by_id[t.project].name,
            case.year_label(t.year),
            dict(case.project_by_id[t.project].finance.topups)[t.year],
            t.amount,
        ]
        for t in plan.allocation.topups
    )
    return ResultTable(TOPUPS, "专项债券项目分年财政补助表", columns, rows, notes(case))


def moves(plan: Plan, policy: Policy) -> ResultTable:
    """带地进城表: land brought along by migrants, as little as the quotas need."""
    case = plan.case
    most = {(m.source, m.target): (m.people, land.most_moved(case, policy, m)) for m in case.migrations}
    columns = (
        text_column("迁出地区", 14), text_column("迁入地区", 14), ResultColumn("人数", "whole", 9), ResultColumn("可带地(亩)", "number", 12),
        ResultColumn("带地(亩)", "number", 12),
    )  # fmt: skip
    rows = tuple(
        [m.source, m.target, most[m.source, m.target][0], _mu(most[m.source, m.target][1]), _mu(m.amount)]
        for m in plan.allocation.moves
    )
    return ResultTable(MOVES, "带地进城表", columns, rows, notes(case), "亩")


def _mu(amount: int | Fraction) -> Fraction:
    return Fraction(amount) / LAND_PER_MU


# ---- 人钱挂钩, 人地挂钩


def linked_spent(plan: Plan, policy: Policy) -> int:
    """All money of the linked funds that the plan spends, in and outside the linked regions: 100 % of money shares."""
    funds = linkage.funds_of(plan.case, policy)
    return sum(p.amount for p in plan.allocation.payments if p.fund in funds and policy.year in (None, p.year))


def people_and_money(plan: Plan, policy: Policy) -> ResultTable:
    """人钱挂钩表: people share against money share, with the band and what the region can absorb."""
    case, funds = plan.case, linkage.funds_of(plan.case, policy)
    columns = (
        text_column("地区", 14), ResultColumn("新增落户", "whole", 10), ResultColumn("加权落户", "number", 12),
        ResultColumn("权重(百万分之)", "whole", 12), ResultColumn("人口份额", "share", 9), money_column("挂钩资金"),
        ResultColumn("资金份额", "share", 9), ResultColumn("偏差", "share", 9), money_column("下限", False), money_column("上限", False),
        money_column("可承接", False), text_column("状态", 14),
    )  # fmt: skip
    paid = {name: _linked(plan, policy, name) for name in linkage.weights(case, policy)}
    spent = linked_spent(plan, policy)
    limits = _band_limits(plan, policy, spent)
    rows = tuple(_people_row(case, policy, name, paid[name], spent, limits[name]) for name in paid)
    base = sum(case.limit_of(f, policy.year) for f in funds)
    at, above = (sum(row[-1] == state for row in rows) for state in ("达到上限", "高于上限"))
    words = f"挂钩资金额度 {_wan(base)} 万元，安排 {_wan(spent)} 万元，未用 {_wan(base - spent)} 万元；{at} 个地区达到上限，{above} 个高于上限"
    elsewhere = spent - sum(paid.values())
    more = (f"安排中有 {_wan(elsewhere)} 万元由没有落户人口的地区（如市本级）付款，不在表中",) if elsewhere > 0 else ()
    return ResultTable("人钱挂钩表", "人口份额与资金份额对照表", columns, rows, (*notes(case), words, *more))


def _wan(amount: int) -> str:
    return f"{amount // 100:,}.{amount % 100:02d}"


def _linked(plan: Plan, policy: Policy, region: str) -> int:
    funds = linkage.funds_of(plan.case, policy)
    return sum(
        p.amount
        for p in plan.allocation.payments
        if p.fund in funds and policy.year in (None, p.year) and facts.lies_in(plan.case, p.region, region)
    )


def _band_limits(plan: Plan, policy: Policy, spent: int) -> dict[str, tuple[Fraction, Fraction | None, int]]:
    """Floor, ceiling and what can be absorbed, by region."""
    case = plan.case
    if policy.option("基数", "额度") == "额度":
        return {
            name: (Fraction(b.floor), None if b.ceiling is None else Fraction(b.ceiling), b.absorb)
            for name, b in linkage.bands(case, policy).items()
        }
    spread, found = Fraction(policy.value or 0), {}
    able = linkage.appetites(case, linkage.funds_of(case, policy), policy.year)
    for name, weight in linkage.weights(case, policy).items():
        target = Fraction(weight * spent, linkage.MILLION)
        found[name] = ((1 - spread) * target, (1 + spread) * target if weight else None, able[name].absorb)
    return found


def _people_row(
    case: Case, policy: Policy, name: str, paid: int, spent: int, limits: tuple[Fraction, Fraction | None, int]
) -> Row:
    region, weight = case.region_by_name[name], linkage.weights(case, policy)[name]
    people, money = Fraction(weight, linkage.MILLION), Fraction(paid, spent) if spent else Fraction(0)
    floor, ceiling, most = limits
    state = "低于下限" if paid < floor else "在区间内"
    if ceiling is not None and paid >= floor_of(ceiling):
        state = "达到上限" if paid <= ceiling else "高于上限"
    top = None if ceiling is None else floor_of(ceiling)
    return [
        name, region.people.total, linkage.raw_weight(case, policy, region), weight, people, paid, money, money - people,
        -((-floor.numerator) // floor.denominator), top, most, state,
    ]  # fmt: skip


def people_and_land(plan: Plan, policy: Policy) -> ResultTable:
    """人地挂钩表: how each quota comes about and what the plan uses of it, in 亩."""
    case = plan.case
    names = ("用地指标", "落户用地", "存量奖惩", "增减挂钩节余", "带入", "带出", "可用合计", "已用", "余量")
    columns = (
        text_column("地区", 14), ResultColumn("落户人数", "whole", 10), ResultColumn("人均标准(㎡)", "number", 11),
        *(ResultColumn(f"{name}(亩)", "number", 12) for name in names), text_column("状态", 10),
    )  # fmt: skip
    rows: list[Row] = []
    used_by = land_by_region(case, plan.allocation)
    for name, quota in land.quotas(case, policy).items():
        brought = given = 0
        for m in plan.allocation.moves:
            into, out = facts.lies_in(case, m.target, name), facts.lies_in(case, m.source, name)
            brought += m.amount if into and not out else 0
            given += m.amount if out and not into else 0
        used, total = used_by.get(name, Fraction(0)), quota.total + brought - given
        amounts = (quota.base, quota.settled, quota.stock, quota.surplus, brought, given, total, used, total - used)
        state = "超指标" if used > total else "指标内"
        rows.append([name, quota.people, quota.standard, *(_mu(a) for a in amounts), state])
    return ResultTable("人地挂钩表", "新增建设用地与落户人口挂钩表", columns, tuple(rows), notes(case), "亩")
