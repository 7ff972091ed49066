"""exclusive: at most one project of a group (either-or)."""

from collections.abc import Iterator

import numpy as np

from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_{p∈group} Σ_m y[p,m] ≤ 1."""
    rows = Rows("exclusive", "个")
    on, policy = built_in(case, "exclusive")
    members: dict[str, list[int]] = {}
    for i, project in enumerate(case.projects if on else ()):
        for group in dict.fromkeys(project.exclusive):
            members.setdefault(group, []).append(i)
    for group in sorted(members):
        cols = np.concatenate([space.ways_of[i] for i in members[group]])
        rows.add((group,), [(cols, 1)], upper=1, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Chosen projects of every group."""
    on, policy = built_in(case, "exclusive")
    chosen: dict[str, int] = {}
    for project in case.projects if on else ():
        for group in project.exclusive:
            chosen[group] = chosen.get(group, 0) + int(project.id in allocation.choice_of)
    for group, count in sorted(chosen.items()):
        yield Measure("exclusive", (group,), "<=", count, 1, "个", policy)


RULE = Rule(
    id="exclusive",
    title="互斥项目",
    title_en="Either-or",
    source="青政〔2024〕48号（二十九）：拆除新建、整治提升、拆整结合等方式择一（按组互斥为假设）",
    formula="Σ_{p∈互斥组} Σ_m y[p,m] ≤ 1",
    unit="个",
    block=block,
    measure=measure,
    example="通用机场互斥组有 3 个项目：安排 2 个，实际 2 > 1，不满足。",
)
