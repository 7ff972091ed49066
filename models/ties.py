"""The stated order among plans of equal aim: most non-debt money, earliest start, lowest 项目编号."""

from fractions import Fraction

import numpy as np

from models.aim import TieBreak
from models.allocation import Allocation
from models.case import Case
from models.program import Objective
from models.space import Space


def _subsidy(case: Case, space: Space) -> Objective:
    free = np.array([not f.is_debt for f in case.funds], dtype=np.bool_)
    cols = space.x[free[space.x_fund]] if len(space.x) else space.x
    worth = {int(u): Fraction(int(u), 100) for u in np.unique(space.unit[cols])}
    terms = {c: worth[u] for c, u in zip(cols.tolist(), space.unit[cols].tolist(), strict=True)}
    return Objective("非债务资金", "万元", 1, terms)


def _subsidy_value(case: Case, allocation: Allocation) -> Fraction:
    return Fraction(sum(p.amount for p in allocation.payments if not case.fund_by_name[p.fund].is_debt), 100)


def _start(case: Case, space: Space) -> Objective:
    return Objective("开工年之和", "年", -1, {w: Fraction(way.start) for w, way in enumerate(space.ways) if way.start})


def _start_value(case: Case, allocation: Allocation) -> Fraction:
    return Fraction(sum(c.start for c in allocation.choices))


def _ids(case: Case, space: Space) -> Objective:
    return Objective("项目次序之和", "位", -1, {w: Fraction(way.project + 1) for w, way in enumerate(space.ways)})


def _ids_value(case: Case, allocation: Allocation) -> Fraction:
    return Fraction(sum(i + 1 for i, p in enumerate(case.projects) if p.id in allocation.choice_of))


TIE_BREAKS = (
    TieBreak("非债务资金最多", 1, _subsidy, _subsidy_value),
    TieBreak("开工最早", -1, _start, _start_value),
    TieBreak("项目编号最小", -1, _ids, _ids_value),
)
