"""约束校验表: every limit with what the plan makes of it, and the clause behind it."""

from __future__ import annotations

from fractions import Fraction

from models.case import Case
from models.program import base_units
from models.rule import Measure
from models.rules import RULE_BY_ID
from models.verify import is_soft
from reports.table import Plan, ResultColumn, ResultTable, Row, notes, text_column

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
    "same_cost",
    "coverage",
    "capital_floor",
    "negative_list",
    "readiness",
    "age_material",
    "pace",
    "key_province",
)


def rule_check(plan: Plan) -> ResultTable:
    """约束校验表: shared limits one by one; rules of single projects as one line each unless broken."""
    columns = (
        text_column("规则", 16), text_column("名称", 22), text_column("对象", 40), text_column("要求", 6), ResultColumn("限值", "number", 15),
        ResultColumn("实际", "number", 15), ResultColumn("余量", "number", 15), text_column("单位", 8), text_column("是否满足", 12),
        text_column("刚性", 8), text_column("依据", 46),
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
    return ResultTable("约束校验表", "约束校验表", columns, tuple(rows), notes(plan.case))


def shown(measure: Measure, value: int | Fraction) -> Fraction:
    """A measure's value in its shown unit."""
    return Fraction(value) / base_units(measure.unit)


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
