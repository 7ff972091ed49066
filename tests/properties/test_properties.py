"""Looser never lowers the aim; order and unit of the input change nothing; the same input, the same plan."""

import random
from dataclasses import replace
from fractions import Fraction as F

from models.fingerprint import case_sha256
from optimizer.options import Options
from optimizer.solve import solve
from tests.cases import random_case

QUICK = Options(time_limit=20, second="")


def value(case):
    return solve(case, QUICK).value


def test_a_larger_fund_never_lowers_the_aim() -> None:
    for seed in range(0, 60, 2):
        case = random_case(seed)
        if any(
            p.rule in ("region_quota", "category_quota", "tag_share") and p.parameter.startswith("下限")
            for p in case.policies
        ):
            continue
        if any(dict(p.options).get("基数") for p in case.policies):
            continue
        more = tuple(replace(f, by_year=tuple(a + 200 for a in f.by_year)) for f in case.funds)
        before, after = value(case), value(replace(case, funds=more))
        assert before is None or (after is not None and after >= before - F(1, 10**6)), seed


def test_without_a_rule_the_aim_is_no_lower() -> None:
    for seed in range(1, 60, 2):
        case = random_case(seed)
        before, after = value(case), value(replace(case, policies=()))
        assert before is None or (after is not None and after >= before - F(1, 10**6)), seed


def test_order_of_projects_changes_nothing() -> None:
    for seed in range(12):
        case = random_case(seed)
        shuffled = list(case.projects)
        random.Random(seed).shuffle(shuffled)
        again = replace(case, projects=tuple(sorted(shuffled, key=lambda p: p.id)))
        assert case_sha256(case) == case_sha256(replace(case, projects=tuple(shuffled)))
        assert solve(case, QUICK).plan == solve(again, QUICK).plan


def test_same_input_same_plan() -> None:
    for seed in range(20, 32):
        case = random_case(seed)
        first, second = solve(case, QUICK), solve(case, QUICK)
        assert (first.plan, first.value, first.status) == (second.plan, second.value, second.status)
