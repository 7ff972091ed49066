"""tag_share: floors and ceilings on the money of each tag."""

from functools import partial

from models import quota
from models.rule import Rule

POTENTIAL_PEOPLE = 100_000
"""Residents above which a county may be 潜力地区 (青政〔2024〕48号四、总述)."""

RULE = Rule(
    id="tag_share",
    title="标签地区份额",
    title_en="Shares of tagged regions",
    source="青政〔2024〕48号四、总述：潜力地区；份额为假设",
    formula="Σ_{p: r(p) 带标签} x ≥ 下限占比 · Σ额度（Σ安排）",
    unit="万元",
    block=partial(quota.block, "tag_share", "tags"),
    measure=partial(quota.measures, "tag_share", "tags"),
    setting=quota.share_for,
    example="各项额度合计 5,000 万元，潜力地区下限占比 52 %：带标签各县合计至少 2,600.00 万元。",
    quote="青政〔2024〕48号四、总述：原则上选择常住人口规模超过10万、产业基础较好且城镇化率低于全省平均水平的县域为潜力地区",
)
