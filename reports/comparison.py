"""方案对比表: the plan beside the scored list, in the figures that the meeting asks for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from models.case import Case
from optimizer.baseline import ScoredList, out_of_reach, scored_list
from reports.table import Plan, ResultColumn, ResultTable, Row, money_column, notes, text_column
from reports.tables import outputs


def comparison(plan: Plan) -> ResultTable:
    """One row a plan: money, projects, households, benefit, and how evenly the regions fare per head."""
    case = plan.case
    homes = _households(case)
    columns = (
        text_column("方案", 26), money_column("额度", False), money_column("安排额", False), money_column("结余", False), ResultColumn("项目数", "whole", 9),
        *((ResultColumn(homes.partition("(")[0], "whole", 12),) if homes else ()), ResultColumn("加权效益", "number", 15),
        ResultColumn("人均安排基尼系数", "number", 12), ResultColumn("人均最高与最低之比", "number", 12), text_column("说明", 44),
    )  # fmt: skip
    mine = {
        c.project: sum(p.amount for p in plan.allocation.payments_of.get(c.project, ()))
        for c in plan.allocation.choices
    }
    ranked = scored_list(case)
    fined = f"；加权效益已扣罚分 {float(plan.verdict.penalty):,.2f}" if plan.verdict.penalty else ""
    rows = (
        _row(case, "本方案", mine, plan.verdict.value, homes, outputs(plan).get(homes), f"经逐条规则复核{fined}"),
        _row(
            case,
            "打分排队、钱尽为止",
            ranked.paid,
            ranked.benefit,
            homes,
            None,
            "只看资金额度、占比、禁选、互斥和配套，其余规则（地区上下限、债务、必选等）不顾，只作比较",
        ),
    )
    words = "基尼系数按各地区人均安排额、以人口加权，0 为完全相同；没有常住人口的地区不计"
    return ResultTable("方案对比表", "方案对比表", columns, rows, (*notes(case), words))


def compare_words(gain: Fraction | None, ranked: ScoredList, bound: Fraction | None) -> str:
    """How the plan stands against the scored list cut off where the money ends.

    Only where no plan can reach the list (``bound``) is it the rules that make the difference.
    """
    if gain is None:
        return "无可比"
    count, benefit = len(ranked.paid), f"{float(ranked.benefit):,.2f}"
    if gain < 0:
        why = "为满足规则" if out_of_reach(ranked, bound) else "（还没有求完）"
        return f"打分排队不顾规则可有 {count} 个项目、效益 {benefit}；本方案{why}低 {float(-gain * 100):.1f} %"
    return f"打分排队、钱尽为止：{count} 个项目，效益 {benefit}；本方案高 {float(gain * 100):.1f} %"


def _households(case: Case) -> str:
    """The output that counts households, if the case has one."""
    names = sorted({name for p in case.projects for s in p.schemes for name, _ in s.outputs})
    return next((name for name in names if name.endswith("(户)")), "")


def _row(
    case: Case, title: str, paid: Mapping[str, int], benefit: Fraction | None, homes: str, done: Fraction | None, words: str
) -> Row:  # fmt: skip
    limit = sum(f.limit for f in case.funds)
    money = sum(paid.values())
    if homes and done is None:
        done = sum(
            (dict(case.project_by_id[key].schemes[0].outputs).get(homes, Fraction(0)) for key in paid), Fraction(0)
        )
    heads = per_head(case, paid)
    return [
        title, limit, money, limit - money, len(paid), *((int(done or 0),) if homes else ()), benefit, gini(heads),
        max(r for r, _ in heads) / low if heads and (low := min(r for r, _ in heads)) else None, words,
    ]  # fmt: skip


def per_head(case: Case, paid: Mapping[str, int]) -> list[tuple[Fraction, int]]:
    """Money per head and people of every region with people and candidates."""
    used = {r for p in case.projects for r in p.regions}
    found = []
    for region in case.regions:
        if region.population and region.name in used:
            money = sum(
                (
                    amount * dict(case.project_by_id[k].shares).get(region.name, Fraction(0))
                    for k, amount in paid.items()
                ),
                Fraction(0),
            )
            found.append((money / region.population, region.population))
    return found


def gini(values: list[tuple[Fraction, int]]) -> Fraction | None:
    """Gini coefficient of (value per head, people), exact; None without any value."""
    ranked, people = sorted(values), sum(n for _, n in values)
    total = sum((v * n for v, n in ranked), Fraction(0))
    if not total:
        return None
    below, area = Fraction(0), Fraction(0)
    for value, count in ranked:
        area += count * (2 * below + value * count)
        below += value * count
    return 1 - area / (people * total)
