"""The tables of a plan: one definition for the result workbook, the pages and the re-check.

Money cells are integers of 0.01 万元; totals and differences are formulas with their values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from models import facts
from models.allocation import Allocation
from models.case import Case, Project, Scheme
from models.rule import Measure
from models.rules import RULE_BY_ID
from models.units import MONEY_PER_WAN, show_wan
from models.verify import Verdict, is_soft
from optimizer.explain import Reason

CellKind = Literal["text", "money", "whole", "share", "number"]
Row = list[Any]
FICTIONAL = "示例数据（金额为虚构）"


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column: heading, kind of cell, width, and whether the last row totals it.

    ``sum_of`` names the columns that a cell of this column adds up, by formula.
    """

    name: str
    kind: CellKind = "text"
    width: int = 12
    total: bool = False
    sum_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultTable:
    """One sheet of the result workbook."""

    name: str
    title: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def has_total(self) -> bool:
        """Whether the sheet ends in a row of totals."""
        return any(column.total for column in self.columns)

    def position(self, name: str) -> int:
        """Position of a column."""
        return next(i for i, column in enumerate(self.columns) if column.name == name)

    def totals(self) -> Row:
        """Values of the row of totals."""
        return [sum(row[i] or 0 for row in self.rows) if c.total else None for i, c in enumerate(self.columns)]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with all that its tables are made from."""

    case: Case
    allocation: Allocation
    verdict: Verdict
    reasons: tuple[Reason, ...]


def result_tables(plan: Plan) -> tuple[ResultTable, ...]:
    """Every table of the result workbook but 求解说明."""
    makers: tuple[Callable[[Plan], ResultTable], ...] = (
        proposal, detail, unfunded, by_region, by_category, by_fund, rule_check, later_needs,
    )  # fmt: skip
    return tuple(maker(plan) for maker in makers)


def _text(name: str, width: int = 12) -> ResultColumn:
    return ResultColumn(name, "text", width)


def _money(name: str, total: bool = True, sum_of: tuple[str, ...] = (), width: int = 13) -> ResultColumn:
    return ResultColumn(name, "money", width, total, sum_of)


# ---- 资金安排建议表


def proposal(plan: Plan) -> ResultTable:
    """资金安排建议表: chosen projects with money by fund and by year."""
    case = plan.case
    funds = tuple(f.name for f in case.funds)
    years = tuple(f"{case.year_label(t)}年" for t in range(case.years))
    columns = (
        _text("项目编号", 10), _text("项目名称", 34), _text("地区", 12), _text("类别", 14), _text("建设性质", 9), _text("方案", 9),
        ResultColumn("开工年", "whole", 8), _money("总投资"), _money("已到位资金"), _money("本次申请"),
        *(_money(name) for name in funds), _money("安排合计", sum_of=funds), *(_money(name) for name in years),
        _money("缺口"), _text("缺口付款人", 12), ResultColumn("满足率", "share", 9), _text("安排理由", 30), _text("项目代码", 24),
        _text("项目单位", 18), _text("主管部门", 12), _text("备注", 24),
    )  # fmt: skip
    rows = tuple(_proposal_row(plan, case.project_by_id[c.project]) for c in plan.allocation.choices)
    return ResultTable("资金安排建议表", f"{case.name or '资金安排'}建议表", columns, rows, _notes(case))


def _notes(case: Case) -> tuple[str, ...]:
    return (FICTIONAL,) if case.fictional else ()


def _proposal_row(plan: Plan, project: Project) -> Row:
    case, allocation = plan.case, plan.allocation
    choice = allocation.choice_of[project.id]
    scheme = project.scheme(choice.scheme)
    assert scheme is not None
    payments = allocation.payments_of.get(project.id, ())
    by_fund = [sum(p.amount for p in payments if p.fund == f.name) for f in case.funds]
    by_year = [sum(p.amount for p in payments if p.year == t) for t in range(case.years)]
    gap = max(0, facts.need_total(case, choice) - sum(by_fund)) if project.arrangement == "部分" else 0
    return [
        project.id, project.name, project.region_label, project.category, "续建" if project.ongoing else "新建", choice.scheme,
        case.year_label(choice.start), scheme.total, project.received, asked(case, project, scheme), *by_fund, sum(by_fund),
        *by_year, gap, _payer(project, gap), facts.fill(case, allocation, choice), _why_in(case, project, scheme),
        project.code, project.owner, project.department, project.remark,
    ]  # fmt: skip


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
    if project.committed or any(pin.sense != "<=" for pin in project.pins):
        return "已有安排，不得调减"
    density = scheme.benefit * MONEY_PER_WAN / max(1, asked(case, project, scheme))
    prefix = "续建，" if project.ongoing else ""
    return f"{prefix}每万元效益 {float(density):.4g}"


# ---- 安排明细


def detail(plan: Plan) -> ResultTable:
    """安排明细: the record of every decision, one payment a row."""
    case = plan.case
    columns = (
        _text("项目编号", 10), _text("方案", 10), ResultColumn("开工年", "whole", 8), _text("资金", 22),
        ResultColumn("年度", "whole", 8), _text("付款地区", 12), _money("金额"), _money("其中用作资本金"), _text("备注", 10),
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
    return ResultTable("安排明细", "安排明细", columns, tuple(rows), _notes(case))


# ---- 未安排项目及原因表


def unfunded(plan: Plan) -> ResultTable:
    """未安排项目及原因表: each reason names the rule, or says 得分靠后 with the nearest funded rival."""
    case = plan.case
    columns = (
        _text("项目编号", 10), _text("项目名称", 34), _text("地区", 12), _text("类别", 14), _money("申请额"),
        _text("规则", 16), _text("原因", 60), _text("若要安排需调整什么", 40), _text("最接近的已安排项目", 16),
    )  # fmt: skip
    rows = []
    for reason in plan.reasons:
        p = case.project_by_id[reason.project]
        rule = RULE_BY_ID[reason.rule].title if reason.rule in RULE_BY_ID else reason.rule
        request = asked(case, p, p.schemes[0])
        rows.append(
            [p.id, p.name, p.region_label, p.category, request, rule, reason.sentence, reason.remedy, reason.rival]
        )
    return ResultTable("未安排项目及原因表", "未安排项目及原因表", columns, tuple(rows), _notes(case))


# ---- summaries


def by_region(plan: Plan) -> ResultTable:
    """分地区汇总表: projects, asks and money of every paying region."""
    case = plan.case
    funds = tuple(f.name for f in case.funds)
    used = any(r.used for r in case.regions)
    columns = (
        _text("地区", 14), _text("上级", 12), ResultColumn("常住人口", "whole", 11), ResultColumn("候选项目", "whole", 9),
        ResultColumn("安排项目", "whole", 9), _money("申请额"), *((_money("已用额度"),) if used else ()),
        *(_money(name) for name in funds), _money("本次合计", sum_of=funds), ResultColumn("占比", "share", 9),
        ResultColumn("人均(元)", "number", 10),
    )  # fmt: skip
    total = sum(p.amount for p in plan.allocation.payments)
    rows = [_region_row(plan, name, total, used) for name in paying_regions(case)]
    note = "跨地区项目按分摊计入各地区，项目个数在各参与地区都计"
    return ResultTable("分地区汇总表", "分地区汇总表", columns, tuple(rows), (*_notes(case), note))


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
        _text("类别", 18), ResultColumn("候选项目", "whole", 9, True), ResultColumn("安排项目", "whole", 9, True), _money("总投资"),
        _money("申请额"), _money("安排额"), ResultColumn("占比", "share", 9),
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
    return ResultTable("分行业汇总表", "分行业（类别）汇总表", columns, tuple(rows), _notes(case))


def by_fund(plan: Plan) -> ResultTable:
    """分资金来源汇总表: limit, arranged, left over; by year what is arranged."""
    case = plan.case
    years = tuple(f"{case.year_label(t)}年安排" for t in range(case.years))
    columns = (
        _text("资金", 24), _text("类型", 10), _text("额度性质", 9), _money("额度"), *(_money(name) for name in years),
        _money("已安排", sum_of=years), _money("结余"), ResultColumn("使用率", "share", 9),
    )  # fmt: skip
    rows = []
    for fund in case.funds:
        mine = [p for p in plan.allocation.payments if p.fund == fund.name]
        spent = [sum(p.amount for p in mine if p.year == t) for t in range(case.years)]
        limit = _limit(case, fund.name)
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
    return ResultTable("分资金来源汇总表", "分资金来源汇总表", columns, tuple(rows), _notes(case))


def _limit(case: Case, fund: str) -> int:
    record = case.fund_by_name[fund]
    if record.pool is None and all(amount is None for amount in record.by_year):
        return sum(s.amount for s in case.slices if s.fund == fund)
    return record.limit


# ---- 约束校验表

MASS_RULES = (
    "way",
    "arrangement",
    "fund_step",
    "fund_share",
    "min_award",
    "source_count",
    "lock",
    "shared_cost",
    "prerequisite",
    "bundle",
    "together",
    "exclusive",
)


def rule_check(plan: Plan) -> ResultTable:
    """约束校验表: shared limits one by one; rules of single projects as one line each unless broken."""
    columns = (
        _text("规则", 16), _text("名称", 22), _text("对象", 40), _text("要求", 6), ResultColumn("限值", "number", 15),
        ResultColumn("实际", "number", 15), ResultColumn("余量", "number", 15), _text("单位", 8), _text("是否满足", 12),
        _text("刚性", 8), _text("依据", 46),
    )  # fmt: skip
    rows: list[Row] = []
    for rule in RULE_BY_ID.values():
        mine = [m for m in plan.verdict.measures if m.rule == rule.id]
        mass = rule.id in MASS_RULES
        rows.extend(_measure_row(plan.case, m) for m in mine if not mass or not m.met)
        if mass and mine:
            held = sum(m.met for m in mine)
            words = "满足" if held == len(mine) else f"{len(mine) - held} 项不满足，见上"
            rows.append(
                [rule.id, rule.title, f"逐项核对 {len(mine)} 项", "", None, None, None, "项", words, "", rule.source]
            )
    return ResultTable("约束校验表", "约束校验表", columns, tuple(rows), _notes(plan.case))


def shown(measure: Measure, value: int | Fraction) -> Fraction:
    """A measure's value in its shown unit."""
    return Fraction(value) / MONEY_PER_WAN if measure.unit == "万元" else Fraction(value)


def _measure_row(case: Case, m: Measure) -> Row:
    rule = RULE_BY_ID[m.rule]
    soft = is_soft(case, m)
    words = "基数为零" if m.idle else "满足" if m.met else "弹性未满足" if soft else "不满足"
    source = case.policies[m.policy].source if m.policy >= 0 and case.policies[m.policy].source else rule.source
    signs = {"<=": "≤", ">=": "≥", "=": "="}
    numbers = [shown(m, m.limit), shown(m, m.actual), shown(m, m.slack)]
    return [
        m.rule,
        rule.title,
        " ".join(k for k in m.key if k),
        signs[m.sense],
        *numbers,
        m.unit,
        words,
        "弹性" if soft_policy(case, m) else "刚性",
        source,
    ]


def soft_policy(case: Case, m: Measure) -> bool:
    """Whether the measure's policy is soft, met or not."""
    return m.policy >= 0 and not case.policies[m.policy].hard


# ---- 后续年度需求表


def later_needs(plan: Plan) -> ResultTable:
    """后续年度需求表: what the chosen projects need after the horizon, by fund where asked."""
    case = plan.case
    columns = (
        _text("项目编号", 10), _text("项目名称", 34), _text("地区", 12), _text("资金", 22), ResultColumn("年度", "whole", 8), _money("需求额"),
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
    return ResultTable("后续年度需求表", "后续年度需求表", columns, tuple(rows), _notes(case))


# ---- key figures


def key_figures(plan: Plan) -> list[tuple[str, str]]:
    """The figures at the top of the page: money, projects, outputs."""
    case, allocation = plan.case, plan.allocation
    total = sum(p.amount for p in allocation.payments)
    figures = [
        ("安排总额（万元）", show_wan(total).removesuffix(".00")),
        ("安排项目（个）", f"{len(allocation.choices)} / {len(case.projects)}"),
    ]
    for name, amount in outputs(plan).items():
        label, _, unit = name.partition("(")
        figures.append((f"{label}（{unit.rstrip(')') or '项'}）", f"{int(amount):,}"))
    return figures


def outputs(plan: Plan) -> dict[str, Fraction]:
    """Outputs of the plan, exact."""
    case, found = plan.case, dict[str, Fraction]()
    for choice in plan.allocation.choices:
        scheme = facts.scheme_of(case, choice)
        for name, amount in scheme.outputs if scheme else ():
            found[name] = found.get(name, Fraction(0)) + amount * facts.fill(case, plan.allocation, choice)
    return found
