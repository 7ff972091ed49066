"""output_target: at least so many units of an output, by region, tag or category, by a year."""

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case, Target
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in

WIDEST = 10**9
FINE = 10**12
MOST = 2**60
"""What a coefficient and the target stay below, in units of the row: fewer digits where outputs are large."""


def block(case: Case, space: Space) -> Block:
    """Σ output of finished projects ≥ target; 部分 counts in proportion to the money."""
    rows = Rows("output_target", "产出")
    on, policy = built_in(case, "output_target")
    for number, target in enumerate(case.targets if on else ()):
        terms = _coefficients(case, space, target)
        scale = lcm(target.least.denominator, *(c.denominator for c in terms.values()))
        margin, most = 0, max(target.least, *terms.values(), Fraction(1))
        if scale > WIDEST or most * scale > MOST:
            scale = FINE
            while scale > 1 and most * scale > MOST:
                scale //= 10
            margin = sum(int(space.upper[col]) for col in terms) + 1
        cols = np.array(list(terms), dtype=np.int64)
        values = [-((-c.numerator * scale) // c.denominator) for c in terms.values()]
        lower = target.least.numerator * scale // target.least.denominator  # coefficients up, the target down
        key = _key(case, number, target)
        rows.add(key, [(cols, values)], lower=lower, scale=scale, policy=policy, margin=margin)
    return rows.close()


def _coefficients(case: Case, space: Space, target: Target) -> dict[int, Fraction]:
    inside, chosen = space.region_mask(target.scope), space.project_mask(target.scope)
    terms: dict[int, Fraction] = {}
    for w, way in enumerate(space.ways):
        amount = dict(way.scheme.outputs).get(target.output, Fraction(0))
        late = target.year is not None and way.start + way.length - 1 > target.year
        if not chosen[way.project] or not amount or late:
            continue
        amount *= space.share_in(way.project, inside)
        if w in space.part:
            terms[space.part[w]] = amount / way.total_need
        else:
            terms[w] = amount
    return {col: c for col, c in terms.items() if c}


def _key(case: Case, number: int, target: Target) -> tuple[str, ...]:
    """Output, scope and year; where targets have all three in common, which of them."""
    alike = [k for k, t in enumerate(case.targets) if _place(t) == _place(target)]
    year = "" if target.year is None else str(case.year_label(target.year))
    return (target.output, target.scope.label, year, str(alike.index(number) + 1) if len(alike) > 1 else "")


def _place(target: Target) -> tuple[str, str, int | None]:
    return target.output, target.scope.label, target.year


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Outputs of the plan, exact fractions, against every target."""
    on, policy = built_in(case, "output_target")
    for number, target in enumerate(case.targets if on else ()):
        reached = Fraction(0)
        for choice in allocation.choices:
            project, scheme = case.project_by_id[choice.project], facts.scheme_of(case, choice)
            if scheme is None or not facts.kind_fits(target.scope, project):
                continue
            if target.year is not None and facts.finish_of(choice, scheme) > target.year:
                continue
            part = sum((s for r, s in project.shares if facts.region_fits(case, target.scope, r)), Fraction(0))
            amount = dict(scheme.outputs).get(target.output, Fraction(0))
            reached += amount * part * facts.fill(case, allocation, choice)
        yield Measure("output_target", _key(case, number, target), ">=", reached, target.least, "产出", policy)


RULE = Rule(
    id="output_target",
    title="产出目标",
    title_en="Output targets",
    source="财预〔2021〕61号：绩效目标与资金同步申报、同步审核",
    formula="Σ_{p 完工 ≤ 年度} 产出[p] · s[p] ≥ 目标",
    unit="产出",
    block=block,
    measure=measure,
    example="目标 2028 年前改造小区 100 个：2028 年前完工的项目合计 98 个，差 2 个；部分安排的按满足率折算。",
)
