"""prerequisite: a project starts only after the earlier one is done (its duration later)."""

from collections.abc import Iterator

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space, Way
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_{m from s} y[p,m] ≤ Σ_{m' ready by s} y[q,m'] for every start year s of p."""
    rows = Rows("prerequisite", "个")
    on, policy = built_in(case, "prerequisite")
    for i, project in enumerate(case.projects if on else ()):
        for earlier in project.prerequisites:
            before = space.ways_of[space.project_index[earlier]]
            ready = np.array([_ready(case, space.ways[w]) for w in before], dtype=np.int64)
            for start in project.starts:
                mine = [w for w in space.ways_of[i] if space.ways[w].start == start]
                done = before[ready <= start] if len(before) else before
                rows.add((project.id, earlier), [(mine, 1), (done, -1)], upper=0, policy=policy)
    return rows.close()


def _ready(case: Case, way: Way) -> int:
    duration = way.scheme.duration
    return way.start if case.years == 1 or duration is None else way.start + duration


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """1 when a chosen project starts before its prerequisite is ready or without it."""
    on, policy = built_in(case, "prerequisite")
    for project in case.projects if on else ():
        choice = allocation.choice_of.get(project.id)
        for earlier in project.prerequisites:
            broken = 0
            if choice is not None:
                first = allocation.choice_of.get(earlier)
                scheme = facts.scheme_of(case, first) if first else None
                in_time = first and scheme and choice.start >= first.start + facts.lag_of(case, scheme)
                broken = int(not in_time)
            yield Measure("prerequisite", (project.id, earlier), "<=", broken, 0, "个", policy)


RULE = Rule(
    id="prerequisite",
    title="前置项目",
    title_en="Prerequisites",
    source="假设：分期工程后一期以前一期完工为条件，滞后年数取前置项目的建设周期",
    formula="start[p] ≥ start[q] + 建设周期[q]，q 为 p 的前置项目且须安排",
    unit="个",
    block=block,
    measure=measure,
    example="一期 2026 年开工、建设周期 2 年：二期最早 2028 年开工；一期不安排，二期也不安排。",
)
