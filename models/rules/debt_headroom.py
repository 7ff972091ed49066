"""debt_headroom: new debt still owed stays within limit − balance + what is repaid by then."""

from collections.abc import Iterator

import numpy as np

from models import debt, facts
from models.allocation import Allocation
from models.case import Case
from models.program import Block, Bools, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ_{p∈r} Σ_{τ ≤ t < τ+T} x[p,f,τ] ≤ room[r,t], special and general debt apart, each year."""
    rows = Rows("debt_headroom", "万元")
    on, policy = built_in(case, "debt_headroom")
    for region, kind, rooms in debt.regions_with_room(case) if on else ():
        for year, room in enumerate(rooms):
            mine = owed_mask(space, region.name, kind, year)
            key = (region.name, debt.SHORT[kind], str(case.year_label(year)))
            rows.add(key, [(space.x[mine], 1)], upper=room, policy=policy)
    return rows.close()


def owed_mask(space: Space, region: str, kind: str, year: int) -> Bools:
    """Money columns of one kind of bond in a region that are still owed at the end of a year."""
    case = space.case
    kinds = np.array([f.kind == kind for f in case.funds], dtype=np.bool_)
    inside = space.under[:, space.region_index[region]][space.x_region] & kinds[space.x_fund]
    return inside & (space.x_year <= year) & (year < space.x_repaid)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """New debt owed at the end of each year against the room."""
    on, policy = built_in(case, "debt_headroom")
    for region, kind, rooms in debt.regions_with_room(case) if on else ():
        for year, room in enumerate(rooms):
            key = (region.name, debt.SHORT[kind], str(case.year_label(year)))
            owed = facts.owed(case, allocation, region.name, kind, year)
            yield Measure("debt_headroom", key, "<=", owed, room, "万元", policy)


RULE = Rule(
    id="debt_headroom",
    title="债务空间",
    title_en="Room for new debt",
    source="预算法第三十五条；财预〔2015〕225号：债务余额不得超过批准的限额（条文待核实）",
    formula="Σ_{p∈r} Σ_{τ≤t<τ+T[p]} x[p,f,τ] ≤ max(0, 限额 − 余额 + Σ_{τ≤t} 到期本金[τ])，专项与一般债务分别核算；已安排的不得调减，空间不低于已安排",
    unit="万元",
    block=block,
    measure=measure,
    example="限额 10,000、余额 9,500、2027 年到期 300 万元：2026 年新增至多 500.00，到 2027 年底累计至多 800.00；1 年期债券次年归还后不再占用。",
    quote="庆政办发〔2022〕71号七（四）：收益综合平衡、债务总量控制和风险有效管控的投融资机制",
)
