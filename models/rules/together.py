"""together: a companion is done with its main project and starts in the same year."""

from collections.abc import Iterator

from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_{m from s} y[companion,m] = Σ_{m from s} y[main,m] for every start year s."""
    rows = Rows("together", "个")
    on, policy = built_in(case, "together")
    for i, project in enumerate(case.projects if on else ()):
        if not project.companion_of:
            continue
        main = space.project_index[project.companion_of]
        for start in range(case.years):
            mine = [w for w in space.ways_of[i] if space.ways[w].start == start]
            lead = [w for w in space.ways_of[main] if space.ways[w].start == start]
            if mine or lead:
                key = (project.id, project.companion_of, str(case.year_label(start)))
                rows.add(key, [(mine, 1), (lead, -1)], lower=0, upper=0, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Start by start: companion against main."""
    on, policy = built_in(case, "together")
    for project in case.projects if on else ():
        if not project.companion_of:
            continue
        main = case.project_by_id[project.companion_of]
        mine, lead = allocation.choice_of.get(project.id), allocation.choice_of.get(main.id)
        for start in sorted({*project.starts, *main.starts}):
            key = (project.id, main.id, str(case.year_label(start)))
            chosen = int(mine is not None and mine.start == start)
            led = int(lead is not None and lead.start == start)
            yield Measure("together", key, "=", chosen, led, "个", policy)


RULE = Rule(
    id="together",
    title="同步实施",
    title_en="Done together",
    source="甘政发〔2024〕57号（二十七）：更新改造管道时同步加强物联感知设施部署",
    formula="Σ_{m: start=s} y[配套,m] = Σ_{m: start=s} y[主项目,m]",
    unit="个",
    block=block,
    measure=measure,
    example="管网更新 2027 年开工，配套物联感知也须 2027 年开工；只做管网不做感知，不满足。",
    quote="甘政发〔2024〕57号（二十七）：更新改造城市燃气、供排水、供热等老化管道和设施时，同步加强物联感知设施部署和联网监测",
)
