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
)
