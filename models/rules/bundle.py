"""bundle: all projects of a bundle are done, or none (片区打捆)."""

from collections.abc import Iterator

from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_m y[p,m] = Σ_m y[first,m] for every member."""
    rows = Rows("bundle", "个")
    on, policy = built_in(case, "bundle")
    for group in sorted({g for p in case.projects for g in p.bundles}) if on else ():
        first, *rest = [i for i, p in enumerate(case.projects) if group in p.bundles]
        for i in rest:
            terms = [(space.ways_of[i], 1), (space.ways_of[first], -1)]
            rows.add((group, case.projects[i].id), terms, lower=0, upper=0, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Every member done exactly when the first of its bundle is."""
    on, policy = built_in(case, "bundle")
    leader: dict[str, str] = {}
    for project in case.projects if on else ():
        for group in project.bundles:
            if group not in leader:
                leader[group] = project.id
                continue
            lead = int(leader[group] in allocation.choice_of)
            chosen = int(project.id in allocation.choice_of)
            yield Measure("bundle", (group, project.id), "=", chosen, lead, "个", policy)


RULE = Rule(
    id="bundle",
    title="捆绑项目同取同舍",
    title_en="All or none",
    source="假设：片区打捆、区域统筹的项目整体安排",
    formula="Σ_m y[p,m] = Σ_m y[q,m]，p、q 同属一个捆绑组",
    unit="个",
    block=block,
    measure=measure,
    example="片区打捆的 3 个项目：只安排其中 2 个，不满足；3 个都安排或都不安排才满足。",
)
