"""region_quota: floors and ceilings on the money of each region."""

from functools import partial

from models import quota
from models.rule import Rule

RULE = Rule(
    id="region_quota",
    title="地区额度上下限",
    title_en="Regional quotas",
    source="财预〔2017〕35号第二条、第五条：在下达额度内分地区测算（办法正文待核实）",
    formula="Σ_{p∈r} x[p,f,t] ≥ 下限、≤ 上限；或占 Σ额度（Σ安排）的比例",
    unit="万元",
    block=partial(quota.block, "region_quota", "regions"),
    measure=partial(quota.measures, "region_quota", "regions"),
    setting=quota.share_for,
    example="专项债额度 1,000 万元、西峰区上限占比 13 %：至多 130.00 万元；此前已用 30 万元，只对按金额写的上下限计入。",
    quote="青政〔2024〕48号（三）：推动项目向中心城市汇集、资金向人口集聚区域投入",
)
