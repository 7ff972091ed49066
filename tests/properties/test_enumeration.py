"""Exact agreement with enumeration on hundreds of small cases, feasible and infeasible."""

from fractions import Fraction as F

import pytest

from optimizer.options import Options
from optimizer.solve import solve
from tests.cases import random_case
from tests.enumeration import optimum

SEEDS = [s for s in range(310) if len(random_case(s).projects) <= 3]


def agrees(seed: int, backend: str = "highs") -> None:
    case = random_case(seed)
    best = optimum(case)
    found = solve(case, Options(time_limit=30, backend=backend, second=""))
    if best is None:
        assert found.status == "infeasible", seed
        assert found.culprits, seed
        return
    assert found.value is not None, (seed, found.status)
    assert abs(found.value - best) <= abs(best) * F(1, 10**6) + F(1, 10**6), (seed, float(found.value), float(best))
    assert found.status == "optimal", (seed, found.gap)
    assert found.verdict is not None and found.verdict.passed


@pytest.mark.parametrize("part", range(6))
def test_highs_agrees_with_enumeration(part: int) -> None:
    for seed in SEEDS[part::6]:
        agrees(seed)


@pytest.mark.parametrize("backend", ["scip", "cpsat", "cbc"])
def test_other_backends_agree_with_enumeration(backend: str) -> None:
    for seed in SEEDS[:32]:
        agrees(seed, backend)


def test_enough_cases_of_every_kind() -> None:
    cases = [random_case(s) for s in SEEDS]
    assert len(cases) >= 220
    assert (
        sum(any(p.arrangement != "按申报" for p in c.projects) and len(c.funds) == 2 and c.years == 2 for c in cases)
        >= len(cases) / 3
    )
    assert sum(bool(c.migrations) for c in cases) >= 20 and sum(any(f.covered for f in c.funds) for c in cases) >= 30
    used = {p.rule for c in cases for p in c.policies}
    assert used >= {
        "region_quota",
        "category_quota",
        "tag_share",
        "ongoing_first",
        "min_award",
        "source_count",
        "count_cap",
        "fund_share",
        "earmark",
        "coverage",
        "capital_floor",
        "bond_as_capital",
        "debt_headroom",
        "risk_grade",
        "readiness",
        "age_material",
        "pace",
        "key_province",
        "decline_cap",
        "people_money",
        "people_land",
        "land_priority",
    }
