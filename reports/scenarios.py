"""Plans side by side: figures, projects in and out, regions won and lost, rules that are not met."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from models import facts
from models.aims import weighted
from models.allocation import Payment
from models.case import Case
from models.rules import RULE_BY_ID
from models.units import key_words, show_wan
from models.verify import is_known, violation_shown
from optimizer.solution import Solution, percent_up
from reports.comparison import gini, per_head
from reports.policy_tables import people_and_money
from reports.rule_check import shown
from reports.table import Plan, ResultColumn, ResultTable, Row, notes, text_column
from reports.tables import outputs, paying_regions

NOT_IN = "○ 未安排"


@dataclass(frozen=True)
class Compared:
    """A plan with its name and proof; ``own``: the bureau's, in which nobody decided to leave a project out."""

    name: str
    plan: Plan
    solution: Solution
    own: bool = False


DIGITS = {"share": 3, "ratio": 4}
"""Decimals with which figures are shown, of shares in whole ones; two where nothing is said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of all plans: exact values (None = not known), how they are shown, whether more is better."""

    group: str
    label: str
    kind: str
    values: tuple[Fraction | str | None, ...]
    better: int = 0
    broken: frozenset[int] = frozenset()
    """Positions of plans that break hard rules: they are no match for the others."""

    @property
    def best(self) -> frozenset[int]:
        """Positions of the best values where one is better than another, of plans that can be."""
        numbers = {i: v for i, v in enumerate(self.values) if isinstance(v, Fraction) and i not in self.broken}
        if not self.better or len(set(numbers.values())) < 2:
            return frozenset()
        top = max(numbers.values()) if self.better > 0 else min(numbers.values())
        return frozenset(i for i, v in numbers.items() if v == top)


def difference(figure: Figure, value: Fraction, first: Fraction) -> Fraction:
    """The difference of two figures as they are shown, so that it adds up for who reads them."""
    if figure.kind == "money":
        return value - first
    if figure.kind == "whole":
        return Fraction(floor(value) - floor(first))
    digits = DIGITS.get(figure.kind, 2)
    return round(value, digits) - round(first, digits)


def figures(plans: Sequence[Compared]) -> list[Figure]:
    """The figures that the meeting asks for, in four groups; benefits by the weights of the first plan."""
    case = plans[0].plan.case
    worth = tuple(worth_by(case, p.plan) for p in plans)
    same = all(v == p.plan.verdict.value for v, p in zip(worth, plans, strict=True))
    rows = [
        Figure("求解", "状态", "text", tuple(status(p) for p in plans)),
        Figure("求解", "加权效益" if same else "加权效益（按对照方案的权重）", "number", worth, 1),
        Figure("资金", "安排总额", "money", tuple(Fraction(_spent(p.plan)) for p in plans)),
    ]
    for fund in case.funds:
        rows.append(Figure("资金", f"其中 {fund.name}", "money", tuple(Fraction(_spent(p.plan, fund.name)) for p in plans)))  # fmt: skip
    left = tuple(Fraction(sum(f.limit for f in p.plan.case.funds) - _spent(p.plan)) for p in plans)
    rows.append(Figure("资金", "额度结余", "money", left))
    rows.append(Figure("产出", "安排项目（个）", "whole", tuple(Fraction(len(p.plan.allocation.choices)) for p in plans), 1))  # fmt: skip
    done = [outputs(p.plan) for p in plans]
    for name in dict.fromkeys(n for d in done for n in d):
        label, _, unit = name.partition("(")
        values = tuple(d.get(name, Fraction(0)) for d in done)
        rows.append(Figure("产出", f"{label}（{unit.rstrip(')') or '项'}）", "whole", values, 1))
    broken = frozenset(k for k, p in enumerate(plans) if p.plan.verdict.failures)
    return [replace(row, broken=broken) for row in rows + _fairness(plans)]


def worth_by(case: Case, plan: Plan) -> Fraction:
    """What a plan is worth by the weights and the discount of a case; by its own where the case lacks its projects."""
    choices, own = plan.allocation.choices, plan.case
    schemes = (
        [(facts.scheme_of(case, c), facts.scheme_of(own, c)) for c in choices]
        if is_known(case, plan.allocation)
        else []
    )
    alike = case.discount == own.discount and all(a is None or b is None or a.benefit == b.benefit for a, b in schemes)
    if alike or not schemes:
        return plan.verdict.value
    return weighted.value(case, plan.allocation) - plan.verdict.penalty


def status(compared: Compared) -> str:
    """The status in words; a plan of one's own has none but whether it keeps the rules."""
    if compared.plan.verdict.failures:
        return f"不合规（{len(compared.plan.verdict.failures)} 处）"
    return compared.solution.sentence if compared.solution.solver else "自带方案"


def _spent(plan: Plan, fund: str = "") -> int:
    return sum(p.amount for p in plan.allocation.payments if not fund or p.fund == fund)


def _fairness(plans: Sequence[Compared]) -> list[Figure]:
    rows = []
    heads = [per_head(p.plan.case, _paid(p.plan)) for p in plans]
    if all(heads):
        lowest = []
        for each in heads:
            people = sum(n for _, n in each)
            mean = sum((v * n for v, n in each), Fraction(0)) / people
            lowest.append(min(v for v, _ in each) / mean if mean else None)
        rows.append(Figure("公平与合规", "最低地区人均与平均之比", "share", tuple(lowest), 1))
        rows.append(Figure("公平与合规", "人均安排基尼系数", "ratio", tuple(gini(h) for h in heads), -1))
    if all(p.plan.case.policies_of("people_money") for p in plans):
        counts = []
        for p in plans:
            table = people_and_money(p.plan, p.plan.case.policies_of("people_money")[0][1])
            state = table.position("状态")
            counts.append(Fraction(sum(row[state] in ("在区间内", "达到上限") for row in table.rows)))
        rows.append(Figure("公平与合规", "人钱挂钩区间内的地区（个）", "whole", tuple(counts), 1))
    soft = tuple(Fraction(len(p.plan.verdict.soft_violations)) for p in plans)
    hard = tuple(Fraction(len(p.plan.verdict.failures)) for p in plans)
    rows.append(Figure("公平与合规", "突破的弹性要求（处）", "whole", soft, -1))
    rows.append(Figure("公平与合规", "不满足的刚性要求（处）", "whole", hard, -1))
    return rows


def _paid(plan: Plan) -> dict[str, int]:
    found: dict[str, int] = {}
    for p in plan.allocation.payments:
        found[p.project] = found.get(p.project, 0) + p.amount
    return found


def project_differences(plans: Sequence[Compared]) -> ResultTable:
    """Projects whose money differs between the plans: why one leaves them out, what is otherwise where all fund them."""
    paid = [_paid(p.plan) for p in plans]
    columns = (
        text_column("项目编号", 10), text_column("项目名称", 34), text_column("地区", 12),
        *(ResultColumn(p.name, "money", 14) for p in plans), text_column("原因", 50),
    )  # fmt: skip
    rows: list[Row] = []
    case = plans[0].plan.case
    chosen = [set(p.plan.allocation.choice_of) for p in plans]
    for key in sorted({k for p in plans for k in p.plan.case.project_by_id}):
        amounts = [money.get(key, 0) for money in paid]
        into = {key in c for c in chosen}
        if len(set(amounts)) == 1 and len(into) == 1:
            continue
        project = next(p.plan.case.project_by_id[key] for p in plans if key in p.plan.case.project_by_id)
        shown = [money if key in c else None for money, c in zip(amounts, chosen, strict=True)]
        rows.append([key, project.name, project.region_label, *shown, _why(plans, key)])
    return ResultTable("项目的进与出", "项目的进与出", columns, tuple(rows), notes(case))


def _why(plans: Sequence[Compared], key: str) -> str:
    words = [
        f"{p.name}：{'没有列入' if p.own else next((r.sentence for r in p.plan.reasons if r.project == key), '')}"
        for p in plans
        if key not in p.plan.allocation.choice_of
    ]
    words = [w for w in words if not w.endswith("：")]
    return "；".join(words + [w for p in plans[1:] if (w := _otherwise(plans[0], p, key, len(plans) > 2))])


def _otherwise(base: Compared, other: Compared, key: str, named: bool) -> str:
    """What is otherwise with a project that both plans fund: way, start, money by fund."""
    a, b = (p.plan.allocation.choice_of.get(key) for p in (base, other))
    if a is None or b is None:
        return ""
    words = [f"方案 {a.scheme} → {b.scheme}"] if a.scheme != b.scheme else []
    starts = [p.plan.case.year_label(c.start) for p, c in ((base, a), (other, b))]
    words += [f"开工 {starts[0]} → {starts[1]}"] if starts[0] != starts[1] else []
    words += [
        f"{fund} {_signed(change)} 万元" for fund, change in fund_gains(base.plan, other.plan, key).items() if change
    ]
    return (f"{other.name}：" if named and words else "") + "、".join(words)


def _signed(amount: int) -> str:
    return ("+" if amount > 0 else "−") + show_wan(abs(amount)).removesuffix(".00")


def fund_gains(base: Plan, other: Plan, project: str = "") -> dict[str, int]:
    """Money (0.01 万元) of every fund that is more (or less) in ``other`` than in ``base``, in all or for one project."""
    found = {fund.name: 0 for plan in (base, other) for fund in plan.case.funds}
    for sign, plan in ((-1, base), (1, other)):
        payments = plan.allocation.payments_of.get(project, ()) if project else plan.allocation.payments
        for p in payments:
            found[p.fund] = found.get(p.fund, 0) + sign * p.amount
    return found


def moved_between(base: Plan, other: Plan, place: Callable[[Payment], Hashable]) -> int:
    """How many projects have the same sum in both plans, but otherwise spread over places: regions, or funds and years."""
    sums = [{key: _spread(plan, key, place) for key in plan.allocation.choice_of} for plan in (base, other)]
    return sum(
        sums[0][key] != new and sum(sums[0][key].values()) == sum(new.values())
        for key, new in sums[1].items()
        if key in sums[0]
    )


def _spread(plan: Plan, key: str, place: Callable[[Payment], Hashable]) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for p in plan.allocation.payments_of.get(key, ()):
        found[place(p)] = found.get(place(p), 0) + p.amount
    return found


def by_region(plan: Plan) -> dict[str, int]:
    """Money (0.01 万元) of every region that pays anything."""
    found: dict[str, int] = {}
    for p in plan.allocation.payments:
        found[p.region] = found.get(p.region, 0) + p.amount
    return found


def region_gains(base: Plan, other: Plan) -> dict[str, int]:
    """Money (0.01 万元) that every paying region has more (or less) in ``other`` than in ``base``."""
    sums = [by_region(plan) for plan in (base, other)]
    names = dict.fromkeys([*paying_regions(base.case), *sums[0], *sums[1]])
    return {name: sums[1].get(name, 0) - sums[0].get(name, 0) for name in names}


def broken_rules(compared: Compared) -> ResultTable:
    """Every demand that a plan does not meet: which, limit, actual, by how much, hard or soft."""
    plan = compared.plan
    columns = (
        text_column("规则", 22), text_column("对象", 34), text_column("要求", 6), ResultColumn("限值", "number", 14), ResultColumn("实际", "number", 14),
        ResultColumn("差", "number", 14), text_column("单位", 8), text_column("刚性", 8),
    )  # fmt: skip
    signs = {"<=": "≤", ">=": "≥", "=": "="}
    rows: list[Row] = [
        [RULE_BY_ID[m.rule].title, key_words(m.key), signs[m.sense], shown(m, m.limit), shown(m, m.actual), violation_shown(m), m.unit, word]
        for group, word in ((plan.verdict.failures, "刚性"), (plan.verdict.soft_violations, "弹性"))
        for m in group
    ]  # fmt: skip
    return ResultTable("未满足的要求", "未满足的要求", columns, tuple(rows), notes(plan.case))


def underpaid(compared: Compared) -> list[str]:
    """The chosen projects that a plan pays less than they have to get; their benefit counts in full all the same."""
    short = (m for m in compared.plan.verdict.failures if m.rule == "arrangement" and m.sense != "<=")
    return list(dict.fromkeys(m.key[0] for m in short if m.actual < m.limit))


def price_words(before: Compared, after: Compared) -> str:
    """What a change costs: the benefit before and after, and the bounds of what is not yet proven."""
    old, new = worth_by(after.plan.case, before.plan), after.plan.verdict.value
    if not old:
        return ""
    change = (new - old) / abs(old) * 100
    gap = after.solution.gap
    measure = "" if old == before.plan.verdict.value else "按现在的权重，"
    words = (
        f"{measure}加权效益{'增加' if change > 0 else '减少'} {abs(float(change)):.2f} %"
        if change
        else f"{measure}加权效益不变"
    )
    blurred = "，代价在误差之内，还分不清" if gap and gap * abs(new) >= old - new > 0 else ""
    unsure = f"（新方案还可能高 {percent_up(gap)} %{blurred}）" if gap else ""
    money = _spent(after.plan) - _spent(before.plan)
    spent = f"，安排额{'多' if money > 0 else '少'} {show_wan(abs(money)).removesuffix('.00')} 万元" if money else ""
    return words + unsure + spent
