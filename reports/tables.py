"""The tables of money: who gets what, who gets nothing and why, by region, category, fund and year."""

from __future__ import annotations

from fractions import Fraction

from models import facts
from models.case import Case, Pin, Project, Scheme
from models.rules import RULE_BY_ID
from models.units import MONEY_PER_WAN, show_wan
from reports.table import Plan, ResultColumn, ResultTable, Row, money_column, notes, text_column

# ---- 资金安排建议表


def proposal(plan: Plan) -> ResultTable:
    """资金安排建议表: chosen projects with money by fund and by year."""
    case = plan.case
    funds = tuple(f.name for f in case.funds)
    years = tuple(f"{case.year_label(t)}年" for t in range(case.years))
    capital, covered = any(f.capital == "可用作" for f in case.funds), any(f.covered for f in case.funds)
    columns = (
        text_column("项目编号", 10), text_column("项目名称", 34), text_column("地区", 12), text_column("类别", 14), text_column("建设性质", 9), text_column("方案", 9),
        ResultColumn("开工年", "whole", 8), money_column("总投资"), money_column("已到位资金"), money_column("本次申请"),
        *(money_column(name) for name in funds), money_column("安排合计", sum_of=funds), *(money_column(name) for name in years),
        *((money_column("其中用作资本金"),) if capital else ()),
        *((ResultColumn("覆盖倍数", "number", 9), ResultColumn("债券期限", "whole", 8)) if covered else ()), money_column("缺口"), text_column("缺口付款人", 12), ResultColumn("满足率", "share", 9), text_column("安排理由", 30), text_column("项目代码", 24),
        text_column("项目单位", 18), text_column("主管部门", 12), text_column("备注", 24),
    )  # fmt: skip
    rows = tuple(_proposal_row(plan, case.project_by_id[c.project]) for c in plan.allocation.choices)
    first = {p.id: p.schemes[0].name for p in case.projects}
    other = any(c.scheme != first[c.project] for c in plan.allocation.choices)
    more = ("总投资和申请按选中的方案列，各汇总表按项目的第一个方案列",) if other else ()
    return ResultTable("资金安排建议表", f"{case.name or '资金安排'}建议表", columns, rows, (*notes(case), *more))


def _proposal_row(plan: Plan, project: Project) -> Row:
    case, allocation = plan.case, plan.allocation
    choice = allocation.choice_of[project.id]
    scheme = project.scheme(choice.scheme)
    assert scheme is not None
    payments = allocation.payments_of.get(project.id, ())
    by_fund = [sum(p.amount for p in payments if p.fund == f.name) for f in case.funds]
    by_year = [sum(p.amount for p in payments if p.year == t) for t in range(case.years)]
    gap = max(0, facts.need_total(case, choice) - sum(by_fund)) if project.arrangement == "部分" else 0
    more: Row = [sum(p.capital for p in payments)] if any(f.capital == "可用作" for f in case.funds) else []
    if any(f.covered for f in case.funds):
        more += [times_covered(plan, project), project.finance.tenor]
    return [
        project.id, project.name, project.region_label, project.category, "续建" if project.ongoing else "新建", choice.scheme,
        case.year_label(choice.start), scheme.total, project.received, asked(case, project, scheme), *by_fund, sum(by_fund),
        *by_year, *more, gap, _payer(project, gap), facts.fill(case, allocation, choice), _why_in(case, project, scheme),
        project.code, project.owner, project.department, project.remark,
    ]  # fmt: skip


def times_covered(plan: Plan, project: Project) -> Fraction | None:
    """(净收益 + 分年补助) over the debt service of the project; None where it takes no covered bonds."""
    covered = {f.name for f in plan.case.funds if f.covered}
    bonds = sum(p.amount for p in plan.allocation.payments_of.get(project.id, ()) if p.fund in covered)
    if not bonds:
        return None
    finance = project.finance
    topup = sum(t.amount for t in plan.allocation.topups if t.project == project.id)
    owed = finance.old_service + finance.loan_service + bonds * finance.debt_service_per_yuan
    return Fraction(finance.revenue + topup) / owed


def _payer(project: Project, gap: int) -> str:
    if not gap:
        return ""
    return "自筹承诺" if project.own_promise >= gap else "未落实"


def asked(case: Case, project: Project, scheme: Scheme) -> int:
    """What the project asks for in this horizon: its asks, else its need when started earliest."""
    if scheme.asks and project.arrangement == "按申报":
        return sum(sum(amounts) for _, amounts in scheme.asks)
    start = project.starts[0] if project.starts else 0
    return sum(scheme.profile[: max(0, case.years - start)])


def _why_in(case: Case, project: Project, scheme: Scheme) -> str:
    if project.status == "必选":
        return "已设为必选"
    if project.committed:
        return "已有安排，不得调减"
    if pins := "、".join(_pin_words(case, pin) for pin in project.pins if pin.sense != "<="):
        return f"按本次金额要求安排：{pins}"
    density = scheme.benefit * MONEY_PER_WAN / max(1, asked(case, project, scheme))
    prefix = "续建，" if project.ongoing else ""
    return f"{prefix}每万元效益 {float(density):.4g}"


def _pin_words(case: Case, pin: Pin) -> str:
    year = "" if pin.year is None else f" {case.year_label(pin.year)} 年"
    return f"{pin.fund}{year}{'固定为' if pin.sense == '=' else '至少'} {show_wan(pin.amount)} 万元"


# ---- 安排明细


def detail(plan: Plan) -> ResultTable:
    """安排明细: the record of every decision, one payment a row."""
    case = plan.case
    columns = (
        text_column("项目编号", 10), text_column("方案", 10), ResultColumn("开工年", "whole", 8), text_column("资金", 22),
        ResultColumn("年度", "whole", 8), text_column("付款地区", 12), money_column("金额"), money_column("其中用作资本金"), text_column("备注", 10),
    )  # fmt: skip
    rows: list[Row] = []
    for choice in plan.allocation.choices:
        head = [choice.project, choice.scheme, case.year_label(choice.start)]
        payments = plan.allocation.payments_of.get(choice.project, ())
        for p in payments:
            note = "预安排" if case.fund_by_name[p.fund].forecast else ""
            rows.append([*head, p.fund, case.year_label(p.year), p.region, p.amount, p.capital, note])
        if not payments:
            region = case.project_by_id[choice.project].regions[0]
            rows.append([*head, case.funds[0].name, case.year_label(choice.start), region, 0, 0, "不需资金"])
    return ResultTable("安排明细", "安排明细", columns, tuple(rows), notes(case))


# ---- 未安排项目及原因表


def unfunded(plan: Plan) -> ResultTable:
    """未安排项目及原因表: each reason names the rule, or says 得分靠后 with the nearest funded rival."""
    case = plan.case
    columns = (
        text_column("项目编号", 10), text_column("项目名称", 34), text_column("地区", 12), text_column("类别", 14), money_column("申请额"),
        text_column("规则", 16), text_column("原因", 60), text_column("若要安排需调整什么", 40), text_column("最接近的已安排项目", 16),
        text_column("依据", 40),
    )  # fmt: skip
    rows = []
    for reason in plan.reasons:
        p = case.project_by_id[reason.project]
        known = RULE_BY_ID.get(reason.rule)
        rule, source = (known.title, known.source) if known else (reason.rule, "")
        request = asked(case, p, p.schemes[0])
        rows.append(
            [
                p.id,
                p.name,
                p.region_label,
                p.category,
                request,
                rule,
                reason.sentence,
                reason.remedy,
                reason.rival,
                source,
            ]
        )
    return ResultTable("未安排项目及原因表", "未安排项目及原因表", columns, tuple(rows), notes(case))


# ---- summaries


def by_region(plan: Plan) -> ResultTable:
    """分地区汇总表: projects, asks and money of every paying region."""
    case = plan.case
    funds = tuple(f.name for f in case.funds)
    used = any(r.used for r in case.regions)
    columns = (
        text_column("地区", 14), text_column("上级", 12), ResultColumn("常住人口", "whole", 11), ResultColumn("候选项目", "whole", 9),
        ResultColumn("安排项目", "whole", 9), money_column("申请额"), *((money_column("已用额度"),) if used else ()),
        *(money_column(name) for name in funds), money_column("本次合计", sum_of=funds), ResultColumn("占比", "share", 9),
        ResultColumn("人均(元)", "number", 10),
    )  # fmt: skip
    total = sum(p.amount for p in plan.allocation.payments)
    rows = [_region_row(plan, name, total, used) for name in paying_regions(case)]
    note = "跨地区项目按分摊计入各地区，项目个数在各参与地区都计"
    return ResultTable("分地区汇总表", "分地区汇总表", columns, tuple(rows), (*notes(case), note))


def paying_regions(case: Case) -> list[str]:
    """Regions that some candidate belongs to, in the order of 地区."""
    used = {r for p in case.projects for r in p.regions}
    listed = [r.name for r in case.regions if r.name in used]
    return listed + sorted(used - set(listed))


def _region_row(plan: Plan, name: str, total: int, used: bool) -> Row:
    case, region = plan.case, plan.case.region_by_name.get(name)
    here = [p for p in case.projects if name in p.regions]
    payments = [p for p in plan.allocation.payments if p.region == name]
    by_fund = [sum(p.amount for p in payments if p.fund == f.name) for f in case.funds]
    request = sum(int(asked(case, p, p.schemes[0]) * dict(p.shares)[name]) for p in here)
    people = region.population if region else None
    money = sum(by_fund)
    return [
        name, region.parent if region else "", people, len(here), sum(p.id in plan.allocation.choice_of for p in here), request,
        *((sum(a for _, a in region.used) if region else 0,) if used else ()), *by_fund, money,
        Fraction(money, total) if total else Fraction(0), Fraction(money * 100, people) if people else None,
    ]  # fmt: skip


def by_category(plan: Plan) -> ResultTable:
    """分行业汇总表: by category."""
    case = plan.case
    columns = (
        text_column("类别", 18), ResultColumn("候选项目", "whole", 9, True), ResultColumn("安排项目", "whole", 9, True), money_column("总投资"),
        money_column("申请额"), money_column("安排额"), ResultColumn("占比", "share", 9),
    )  # fmt: skip
    total = sum(p.amount for p in plan.allocation.payments)
    rows = []
    for name in sorted({p.category for p in case.projects}):
        mine = [p for p in case.projects if p.category == name]
        money = sum(facts.paid(plan.allocation, p.id) for p in mine)
        chosen = sum(p.id in plan.allocation.choice_of for p in mine)
        totals, asks = sum(p.schemes[0].total for p in mine), sum(asked(case, p, p.schemes[0]) for p in mine)
        rows.append(
            [
                name or "（未填）",
                len(mine),
                chosen,
                totals,
                asks,
                money,
                Fraction(money, total) if total else Fraction(0),
            ]
        )
    return ResultTable("分行业汇总表", "分行业（类别）汇总表", columns, tuple(rows), notes(case))


def by_fund(plan: Plan) -> ResultTable:
    """分资金来源汇总表: limit, arranged, left over; by year what is arranged."""
    case = plan.case
    years = tuple(f"{case.year_label(t)}年安排" for t in range(case.years))
    columns = (
        text_column("资金", 24), text_column("类型", 10), text_column("额度性质", 9), money_column("额度"), *(money_column(name) for name in years),
        money_column("已安排", sum_of=years), money_column("结余"), ResultColumn("使用率", "share", 9),
    )  # fmt: skip
    rows = []
    for fund in case.funds:
        mine = [p for p in plan.allocation.payments if p.fund == fund.name]
        spent = [sum(p.amount for p in mine if p.year == t) for t in range(case.years)]
        limit = case.limit_of(fund.name)
        money = sum(spent)
        nature = "预计" if fund.forecast else "已下达"
        rows.append(
            [
                fund.name,
                fund.kind,
                nature,
                limit,
                *spent,
                money,
                limit - money,
                Fraction(money, limit) if limit else Fraction(0),
            ]
        )
    return ResultTable("分资金来源汇总表", "分资金来源汇总表", columns, tuple(rows), notes(case))


# ---- 后续年度需求表


def later_needs(plan: Plan) -> ResultTable:
    """后续年度需求表: what the chosen projects need after the horizon, by fund where asked."""
    case = plan.case
    columns = (
        text_column("项目编号", 10), text_column("项目名称", 34), text_column("地区", 12), text_column("资金", 22), ResultColumn("年度", "whole", 8), money_column("需求额"),
    )  # fmt: skip
    rows: list[Row] = []
    for choice in plan.allocation.choices:
        project = case.project_by_id[choice.project]
        scheme = project.scheme(choice.scheme)
        assert scheme is not None
        head = [project.id, project.name, project.region_label]
        if project.arrangement == "按申报":
            for fund, amounts in scheme.asks:
                rows += [
                    [*head, fund, case.year_label(choice.start + k), a]
                    for k, a in enumerate(amounts)
                    if a and choice.start + k >= case.years
                ]
        else:
            later = facts.later_need(case, choice).items()
            rows += [[*head, "未定", case.year_label(year), amount] for year, amount in later]
    return ResultTable("后续年度需求表", "后续年度需求表", columns, tuple(rows), notes(case))


# ---- outputs


def outputs(plan: Plan) -> dict[str, Fraction]:
    """Outputs of the plan, exact."""
    case, found = plan.case, dict[str, Fraction]()
    for choice in plan.allocation.choices:
        scheme = facts.scheme_of(case, choice)
        for name, amount in scheme.outputs if scheme else ():
            found[name] = found.get(name, Fraction(0)) + amount * facts.fill(case, plan.allocation, choice)
    return found
