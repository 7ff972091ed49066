"""Aims: every step exact against walking over all plans, and what each step gave up."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction as F

import pytest

from models.aims import AIM_BY_ID, fairness, least_change, near_linkage, tiers, weighted
from models.allocation import Allocation, Choice, Payment
from models.case import Case, Category, Policy, Region
from models.particulars import People, Settled, Tiers
from models.verify import verify
from optimizer.options import Options
from optimizer.solve import solve
from tests.cases import case, fund, project

PLACES = tuple(
    Region(n, population=size, people=People(settled=(Settled("本市", None, people),)))
    for n, size, people in (("甲县", 20_000, 30), ("乙县", 50_000, 10), ("丙县", 10_000, 60))
)
KINDS = (Category("安", safety=True), Category("民", livelihood=True), Category("余"))


def random_one(seed: int, aim: str) -> Case:
    """One fund, one year, whole projects: a choice of projects is the whole plan."""
    dice = random.Random(seed)
    projects = [
        project(
            f"P{k}", dice.randint(1, 9), dice.randint(1, 20), region=PLACES[k % 3].name, category=dice.choice(KINDS).name,
            ongoing=dice.random() < 0.25, before=(("债", None, dice.randint(1, 9) * 100),) if dice.random() < 0.4 else (),
        )
        for k in range(6)
    ]  # fmt: skip
    order = dice.sample(tiers.CLASSES, 4)
    built = case(projects, [fund(limit=dice.randint(8, 25), linked=True)], regions=PLACES, categories=KINDS, aim=aim)
    return replace(built, tiers=Tiers(tuple(order)))


def plans(c: Case):
    for size in range(len(c.projects) + 1):
        for chosen in itertools.combinations(c.projects, size):
            paid = [Payment(p.id, "债", 0, p.regions[0], p.schemes[0].total) for p in chosen]
            plan = Allocation.of([Choice(p.id, "", 0) for p in chosen], paid)
            if verify(c, plan).passed:
                yield plan


@pytest.mark.parametrize("aim", ["分层", "公平"])
def test_benefits_below_nothing_are_compared_like_others(aim: str) -> None:
    """公平 counted from 0: a locked project of benefit −5 was said to clash, and −4 proven best where −3 can be."""
    for seed in range(12):
        dice, c = random.Random(seed), random_one(seed, aim)
        fewer = [
            replace(
                p,
                schemes=(replace(p.schemes[0], benefit=F(dice.randint(-20, 9))),),
                status=dice.choice(("可选", "必选", "可选")),
            )
            for p in c.projects
        ]
        c = replace(c, projects=tuple(fewer))
        if not (known := list(plans(c))):
            continue
        best = max((*AIM_BY_ID[aim].values(c, plan), weighted.value(c, plan)) for plan in known)
        found = solve(c, Options(time_limit=30, second=""))
        assert found.status == "optimal" and found.verdict is not None
        assert (*found.verdict.steps, found.verdict.value) == best
        assert all(
            t.bound is not None and abs(t.bound - v) <= 1e-6 * max(1, abs(v))
            for t, v in zip(found.tiers, best, strict=True)
        )


@pytest.mark.parametrize("aim", ["分层", "公平", "贴近挂钩", "最少变动"])
def test_the_plan_is_lexicographically_best_of_all_plans(aim: str) -> None:
    sense = -1 if aim in ("贴近挂钩", "最少变动") else 1
    for seed in range(12):
        c = random_one(seed, aim)

        def worth(plan: Allocation, c: Case = c) -> tuple[F, ...]:
            return (*(sense * v for v in AIM_BY_ID[aim].values(c, plan)), weighted.value(c, plan))

        best = max(worth(plan) for plan in plans(c))
        found = solve(c, Options(time_limit=30, second=""))
        assert found.plan is not None and found.status == "optimal", (seed, found.sentence)
        assert worth(found.plan) == best, (seed, worth(found.plan), best)
        assert [t.value for t in found.tiers] == [abs(v) for v in best], seed
        assert all(t.status == "optimal" for t in found.tiers)


def test_what_each_step_gave_up_is_the_best_benefit_before_it() -> None:
    """Before a step: the best benefit of all plans as good as ours in the steps before."""
    for seed in range(8):
        c = random_one(seed, "分层")
        found = solve(c, Options(time_limit=30, second=""))
        reached: list[F] = []
        for k, tier in enumerate(found.tiers[:-1]):
            rivals = [p for p in plans(c) if AIM_BY_ID["分层"].values(c, p)[:k] == reached]
            assert tier.best_benefit == max(weighted.value(c, p) for p in rivals), (seed, k)
            reached.append(tier.value)


def test_a_tolerance_lets_later_steps_give_back() -> None:
    """10 from the ongoing project, or 95 % of it together with 50 of another: 5 % tolerance takes the second."""
    projects = [project("P1", 5, 100, ongoing=True), project("P2", 4, 95, ongoing=True), project("P3", 1, 50)]
    strict = case(projects, [fund(limit=5)], aim="分层")
    assert set(solve(strict, Options(second="")).plan.choice_of) == {"P1"}
    loose = replace(strict, tiers=Tiers(tolerance=F(5, 100)))
    assert set(solve(loose, Options(second="")).plan.choice_of) == {"P2", "P3"}


def test_leximin_values_by_hand() -> None:
    """甲 10/2 万 = 5, 乙 10/5 万 = 2, 丙 nothing = 0: sums of the smallest 0, 2, 7."""
    c = case(
        [project("P1", 1), project("P2", 1, region="乙县"), project("P3", 9, region="丙县")],
        [fund(limit=2)],
        regions=PLACES,
    )
    plan = Allocation.of([Choice("P1", "", 0), Choice("P2", "", 0)], [])
    assert fairness.values(c, plan) == [0, 2, 7]


def test_leximin_looks_at_five_regions_at_most() -> None:
    places = [Region(f"R{k}", population=1) for k in range(7)]
    c = case([project(f"P{k}", 1, region=f"R{k}") for k in range(7)], [fund()], regions=tuple(places), aim="公平")
    assert len(fairness.values(c, Allocation.of([], []))) == 5


def test_deviation_from_linkage_by_hand() -> None:
    """B = 10: targets 3, 1, 6 万元; paid 5, 0, 5: |2| + |1| + |1| = 4."""
    c = case([project("P1", 5), project("P3", 5, region="丙县")], [fund(limit=10, linked=True)], regions=PLACES)
    paid = [Payment("P1", "债", 0, "甲县", 500), Payment("P3", "债", 0, "丙县", 500)]
    assert near_linkage.values(c, Allocation.of([Choice("P1", "", 0), Choice("P3", "", 0)], paid)) == [4]


def test_money_moved_by_hand() -> None:
    """P1 had 3 and gets 5 (2), P2 had 4 and gets nothing (4), P3 had nothing and gets 1 (1): 7."""
    projects = [
        project("P1", 5, before=(("债", None, 300),)),
        project("P2", 4, before=(("债", None, 400),)),
        project("P3", 1),
    ]
    c = case(projects, [fund()])
    plan = Allocation.of(
        [Choice("P1", "", 0), Choice("P3", "", 0)],
        [Payment("P1", "债", 0, "甲县", 500), Payment("P3", "债", 0, "甲县", 100)],
    )
    assert least_change.values(c, plan) == [7]


def test_classes_follow_the_order() -> None:
    c = case([project("P1", category="安", ongoing=True)], [fund()], categories=KINDS)
    assert tiers.class_of(c, c.projects[0]) == "续建"
    turned = replace(c, tiers=Tiers(("安全", "续建", "民生", "其他")))
    assert tiers.class_of(turned, c.projects[0]) == "安全"


def test_the_linkage_policy_of_the_case_is_used() -> None:
    policy = Policy("people_money", "偏差", F(0), options=(("权重:本市", "2"),), hard=False, rank=99)
    c = case([project("P1")], [fund(linked=True)], regions=PLACES, policies=(policy,))
    assert near_linkage.policy_of(c) is c.policies[0]
