"""age_material: subsidies renew only pipes that are old enough or of a listed material."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import SUBSIDY_KINDS, Case, Policy, Project
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space

YEARS = {"燃气": 20, "供水": 30, "排水": 50, "供热": 20}
LISTED = {
    "燃气": ("灰口铸铁",),
    "供水": ("水泥管", "石棉管", "石棉水泥", "无防腐内衬灰口铸铁", "无防腐内衬的灰口铸铁"),
    "排水": ("平口混凝土", "无钢筋素混凝土", "无钢筋的素混凝土"),
    "供热": (),
}


def least_age(policy: Policy, network: str) -> int:
    """Years from which a pipe of the network counts as old."""
    return int(policy.option(f"年限:{network}", str(YEARS[network])))


def _spoken_of(case: Case, policy: Policy, project: Project) -> bool:
    """Whether the rule can judge the project: a known network, a year or a material, and no listed material."""
    pipe = project.pipe
    if not pipe.network or (pipe.built is None and not pipe.material):
        return False
    if any(word in pipe.material for word in LISTED[pipe.network]):
        return False
    return facts.project_fits(case, policy.scope, project)


def block(case: Case, space: Space) -> Block:
    """Σ_{subsidies} x[p] ≤ Σ_{m: start − built ≥ years} need[m]·y[m]."""
    rows = Rows("age_material", "万元")
    for index, policy in case.policies_of("age_material"):
        named = space.funds_of(policy.scope)
        subsidies = tuple(f for f in named if policy.scope.funds or case.funds[f].kind in SUBSIDY_KINDS)
        for i, project in enumerate(case.projects):
            money = space.money(i, subsidies)
            if not money.size or not _spoken_of(case, policy, project):
                continue
            oldest = (
                None if project.pipe.built is None else project.pipe.built + least_age(policy, project.pipe.network)
            )
            ways = space.ways_of[i]
            starts = np.array([case.year_label(space.ways[w].start) for w in ways], dtype=np.int64)
            old = ways[starts >= oldest] if oldest is not None else ways[:0]
            if len(old) < len(ways):
                most = int((space.upper[money] * space.unit[money]).sum())
                key = (project.id, project.pipe.network)
                rows.add(key, [(money, 1), (old, -most)], upper=0, policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Subsidies of projects whose pipes are too young when work begins."""
    for index, policy in case.policies_of("age_material"):
        for choice in allocation.choices:
            project = case.project_by_id[choice.project]
            if not _spoken_of(case, policy, project):
                continue
            built, limit = project.pipe.built, least_age(policy, project.pipe.network)
            if built is not None and case.first_year + choice.start - built >= limit:
                continue
            paid = 0
            for p in allocation.payments_of.get(project.id, ()):
                named = p.fund in policy.scope.funds if policy.scope.funds else _subsidy(case, p.fund)
                paid += p.amount if named else 0
            yield Measure("age_material", (project.id, project.pipe.network), "<=", paid, 0, "万元", index)


def _subsidy(case: Case, fund: str) -> bool:
    return case.fund_by_name[fund].kind in SUBSIDY_KINDS


RULE = Rule(
    id="age_material",
    title="年限与管材",
    title_en="Age and material of pipes",
    source="国办发〔2022〕22号：燃气、供热满 20 年，供水满 30 年，排水满 50 年；所列材质不限年限",
    formula="开工年 − 建成年份 < 年限[燃气、供水、排水、供热]，且管材不在所列材质中 ⇒ Σ_{f∈补助、特别国债} x[p,f] = 0",
    unit="万元",
    block=block,
    measure=measure,
    example="供水管 2000 年建成、2026 年开工：26 年 < 30 年，补助为 0；管材为石棉管则不限年限；推到 2030 年开工满 30 年，可以。",
    quote="甘政发〔2024〕57号（二十三）：加快推进材质落后、使用年限较长、不符合标准的城市燃气、供排水、供热等老化管道更新改造",
)
