"""key_province: in provinces under special control, no new projects but those for people's basic needs."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case, Policy, Project
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def _spared(case: Case, policy: Policy, project: Project) -> bool:
    named = [part for part in policy.option("民生类别", "").split(",") if part]
    return project.category in named if named else case.category_of(project).livelihood


def block(case: Case, space: Space) -> Block:
    """Σ_m y[p,m] = 0 for new projects outside the named categories."""
    rows = Rows("key_province", "个")
    for index, policy in case.policies_of("key_province"):
        for i in np.flatnonzero(space.project_mask(policy.scope)).tolist():
            project = case.projects[i]
            if not project.ongoing and not _spared(case, policy, project) and len(space.ways_of[i]):
                rows.add((project.id,), [(space.ways_of[i], 1)], upper=0, policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Chosen new projects that are not for basic needs."""
    for index, policy in case.policies_of("key_province"):
        for project in case.projects:
            if project.ongoing or _spared(case, policy, project) or not facts.project_fits(case, policy.scope, project):
                continue
            chosen = int(project.id in allocation.choice_of)
            yield Measure("key_province", (project.id,), "<=", chosen, 0, "个", index)


RULE = Rule(
    id="key_province",
    title="重点省份",
    title_en="Provinces under special control",
    source="国办发〔2023〕47号：文件未公开，适用省份和民生清单由使用单位核定（待核实）；默认停用",
    formula="新建[p] 且 c(p) ∉ 民生类别 ⇒ Σ_m y[p,m] = 0",
    unit="个",
    block=block,
    measure=measure,
    example="民生类别为供水供热管网：8 个新建产业配套项目都不得安排（y = 0），2 个新建供热管网和 3 个续建项目可以。",
)
