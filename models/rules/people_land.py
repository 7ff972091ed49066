"""people_land: new construction land follows settled people, disposal of idle stock and land brought along."""

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

import numpy as np

from models import facts, land
from models.allocation import Allocation
from models.case import Case
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """Σ_{p∈r} land[p]·y[p] − brought + given ≤ quota[r]."""
    rows = Rows("people_land", "亩")
    for index, policy in case.policies_of("people_land"):
        quotas = land.quotas(case, policy)
        used = _land_by_region(case, space) if quotas else {}
        for region, quota in quotas.items():
            inside = space.under[:, space.region_index[region]]
            terms = list(used.get(space.region_index[region], ()))
            for k, col in space.move.items():
                move = case.migrations[k]
                source, target = (bool(inside[space.region_index[n]]) for n in (move.source, move.target))
                if source != target:
                    terms.append((col, Fraction(1 if source else -1)))
            total = quota.total
            scale = lcm(total.denominator, *(c.denominator for _, c in terms))
            entries = (
                np.array([c for c, _ in terms], np.int64),
                np.array([int(c * scale) for _, c in terms], np.int64),
            )
            rows.add((region,), [entries], upper=int(total * scale), scale=scale, policy=index)
    return rows.close()


def _land_by_region(case: Case, space: Space) -> dict[int, list[tuple[int, Fraction]]]:
    """Way and land of every project that uses land, by position of the region and those above it."""
    found: dict[int, list[tuple[int, Fraction]]] = {}
    for i, project in enumerate(case.projects):
        for region, part in space.parts_of(i).items() if project.land else ():
            mine = found.setdefault(region, [])
            mine.extend((w, part * project.land) for w in space.ways_of[i].tolist())
    return found


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Land used, less brought in, plus given, against the quota; moves against what migrants may bring."""
    for index, policy in case.policies_of("people_land"):
        by_region = land_by_region(case, allocation)
        for region, quota in land.quotas(case, policy).items():
            used = by_region.get(region, Fraction(0))
            for move in allocation.moves:
                used += move.amount * (
                    int(facts.lies_in(case, move.source, region)) - int(facts.lies_in(case, move.target, region))
                )
            yield Measure("people_land", (region,), "<=", used, quota.total, "亩", index)
        offered: dict[tuple[str, str], int] = {}
        for m in case.migrations:
            offered[m.source, m.target] = offered.get((m.source, m.target), 0) + land.most_moved(case, policy, m)
        moved: dict[tuple[str, str], int] = {}
        for move in allocation.moves:
            moved[move.source, move.target] = moved.get((move.source, move.target), 0) + move.amount
            if move.amount < 0:
                yield Measure("people_land", (move.source, move.target, "带地为负"), "<=", 1, 0, "个")
        for pair, amount in moved.items():
            yield Measure("people_land", (*pair, "带地"), "<=", amount, offered.get(pair, 0), "亩")
    if allocation.moves and not case.policies_of("people_land"):
        yield Measure("people_land", ("没有启用却有带地",), "<=", len(allocation.moves), 0, "个")


def land_by_region(case: Case, allocation: Allocation) -> dict[str, Fraction]:
    """New construction land of the chosen projects in every region and those above it, by their shares."""
    found: dict[str, Fraction] = {}
    for choice in allocation.choices:
        project = case.project_by_id[choice.project]
        for name, share in project.shares if project.land else ():
            for region in facts.upwards(case, name):
                found[region] = found.get(region, Fraction(0)) + share * project.land
    return found


RULE = Rule(
    id="people_land",
    title="人地挂钩",
    title_en="Land follows people",
    source="国土资发〔2016〕123号；自然资规〔2018〕1号：存量处置奖惩比例待核实；甘政发〔2024〕57号（五）：带土地进城",
    formula="Σ_{p∈r} 用地[p]·y[p] ≤ 指标_r + 标准·落户_r ± 存量处置 + 增减挂钩节余 + Σ带入 − Σ带出；带地 ≤ 人数·带地标准；1 m² = 0.0015 亩",
    unit="亩",
    block=block,
    measure=measure,
    example="指标 10 亩、存量处置完成（奖 10 %）、落户 200 人 × 100 m² × 0.0015 = 30 亩、节余 2 亩、迁入带地 3 亩：至多 10 + 1 + 30 + 2 + 3 = 46.0000 亩。",
    quote="甘政发〔2024〕57号（五）：推动省内跨地区转移人口带土地进城",
)
