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
)
