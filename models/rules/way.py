"""way: a project is done in at most one scheme, from one start year."""

from collections import Counter
from collections.abc import Iterator

from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """Σ_m y[p,m] ≤ 1."""
    rows = Rows("way", "个")
    for i, project in enumerate(case.projects):
        rows.add((project.id,), [(space.ways_of[i], 1)], upper=1)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Choices per project, and choices of a scheme or start that does not exist."""
    count = Counter(c.project for c in allocation.choices)
    for project in case.projects:
        yield Measure("way", (project.id,), "<=", count[project.id], 1, "个")
    for choice in allocation.choices:
        known = case.project_by_id.get(choice.project)
        if known is None or known.scheme(choice.scheme) is None or choice.start not in known.starts:
            yield Measure("way", (choice.project, "方案或开工年不存在"), "<=", 1, 0, "个")


RULE = Rule(
    id="way",
    title="做法与开工年（至多选一种）",
    title_en="At most one way per project",
    source="假设：同一项目不能同时按两个方案或从两个年份开工",
    formula="Σ_m y[p,m] ≤ 1",
    unit="个",
    block=block,
    measure=measure,
    example="项目 P1 有“基础类”“完善类”两个方案、可在 2026 或 2027 年开工：四种做法里至多取一种，取完善类 2027 年开工后，其余三个 y 都为 0。",
    quote="青政〔2024〕48号（二十九）：采取拆除新建、整治提升、拆整结合等多种方式,有序推进城中村改造",
    always=True,
)
