"""category_quota: floors and ceilings on the money of each category."""

from functools import partial

from models import quota
from models.rule import Rule

RULE = Rule(
    id="category_quota",
    title="类别额度上下限",
    title_en="Category quotas",
    source="陕政办发〔2024〕27号（十八）：分领域加大支持力度；比例为假设",
    formula="Σ_{p∈c} x[p,f,t] ≥ 下限、≤ 上限；或占 Σ额度（Σ安排）的比例",
    unit="万元",
    block=partial(quota.block, "category_quota", "categories"),
    measure=partial(quota.measures, "category_quota", "categories"),
    setting=quota.share_for,
    example="各项额度合计 5,000 万元，老旧小区改造下限占比 8 %：至少安排 400.00 万元。",
    quote="陕政办发〔2024〕27号（十八）：加大省级财政性建设资金、地方政府专项债券对保障性租赁住房、城镇老旧小区改造、城市排水防涝，以及西安、宝鸡“平急两用”公共基础设施建设等项目的支持力度",
)
