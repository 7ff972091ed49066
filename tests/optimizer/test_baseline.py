"""The scored list stays within the limits of the funds as the plan does: by year, carried over, for all years together."""

import random
from dataclasses import replace

import pytest

from models.allocation import Allocation, Choice, Payment
from models.case import Fund, Slice
from models.rules import RULE_BY_ID
from optimizer.baseline import scored_list
from tests.cases import case, fund, project


def spread(pool: int | None, by_year: tuple[int | None, ...], carries: bool = False) -> Fund:
    return replace(fund(years=len(by_year)), pool=pool, by_year=by_year, carries=carries)


def listed(money: Fund, *needs: tuple[int, ...]) -> list[str]:
    projects = [
        replace(
            p := project(f"P{k}", sum(need), 10 ** (4 - k)),
            schemes=(replace(p.schemes[0], profile=tuple(100 * n for n in need)),),
        )
        for k, need in enumerate(needs)
    ]
    return sorted(scored_list(case(projects, [money], years=len(money.by_year))).paid)


def test_a_pool_binds_where_years_have_limits_too() -> None:
    both = spread(15_000, (10_000, 10_000))
    assert listed(both, (80, 0), (0, 90)) == ["P0"]  # the second would fit its year, not the pool
    assert listed(replace(both, pool=17_000), (80, 0), (0, 90)) == ["P0", "P1"]


def test_a_pool_alone_is_not_split_by_years() -> None:
    assert listed(spread(10_000, (None, None)), (90, 0)) == ["P0"]


def test_what_is_left_of_a_year_is_carried_over_and_not_spent_twice() -> None:
    years = (10_000, 10_000)
    assert listed(spread(None, years, carries=True), (40, 0), (0, 150)) == ["P0", "P1"]
    assert listed(spread(None, years), (40, 0), (0, 150)) == ["P0"]
    # what the second year is promised cannot be paid in the first one any more
    assert listed(spread(None, years, carries=True), (0, 150), (60, 0)) == ["P0"]


def test_of_a_list_that_carries_over_and_one_that_does_not_the_better_counts() -> None:
    """Carried over, the second takes what the others need."""
    years = spread(None, (10_000, 10_000), carries=True)
    needs = [project("P0", 20, 1000, profile=(20,)), project("P1", 150, 110, profile=(0, 150)), project("P2", 90, 60, profile=(0, 90)), project("P3", 80, 55, profile=(80,))]  # fmt: skip
    assert sorted(scored_list(case(needs, [years], years=2)).paid) == ["P0", "P2", "P3"]  # 1,115; else 1,110 with P1


def test_a_fund_that_is_cut_for_regions_has_what_its_parts_add_up_to() -> None:
    cut = Fund("切", "补助", None, (None,))
    world = case([project("A", 100, 9), project("B", 100, 5)], [cut], slices=(Slice("切", "甲县", None, 15_000),))
    assert sorted(scored_list(world).paid) == ["A"]


def test_what_does_harm_is_not_on_the_list() -> None:
    assert sorted(scored_list(case([project("A", 100, -9), project("B", 100, 5)], [fund()])).paid) == ["B"]


@pytest.mark.parametrize("seed", range(60))
def test_the_list_never_pays_more_than_the_checker_lets_the_fund_pay(seed: int) -> None:
    dice = random.Random(seed)
    years = dice.choice((1, 2, 3))
    funds = []
    for name in ("债", "补"):
        by_year = tuple(dice.choice((None, dice.randrange(20_000))) for _ in range(years))
        pool = dice.randrange(40_000) if None in by_year or dice.random() < 0.5 else None
        funds.append(Fund(name, "补助", pool, by_year, carries=dice.random() < 0.5))
    projects = []
    for k in range(12):
        p = project(f"P{k:02}", dice.randrange(1, 90), dice.randrange(1, 99), starts=(dice.randrange(years),))
        need = tuple(dice.randrange(6000) for _ in range(dice.randrange(1, years + 1)))
        asks = (("债", need),) if dice.random() < 0.4 else ()
        kind = "按申报" if asks else "全额"
        projects.append(replace(p, arrangement=kind, schemes=(replace(p.schemes[0], profile=need, asks=asks),)))
    world = case(projects, funds, years=years)
    bills = scored_list(world).bills
    payments = [Payment(key, f, t, "甲县", amount) for key, bill in bills.items() for (f, t), amount in bill.items()]
    choices = [Choice(key, "", world.project_by_id[key].starts[0]) for key in bills]
    plan = Allocation.of(choices, payments)
    assert all(m.met for m in RULE_BY_ID["fund_limit"].measure(world, plan))
