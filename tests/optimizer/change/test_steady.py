"""Money stays where the plan before had it, as far as worth and rules allow; it is never paid for with worth."""

import random
from dataclasses import replace
from fractions import Fraction as F

import pytest

from models.allocation import Allocation
from models.case import OFF, Case, Policy
from models.particulars import Finance
from models.verify import verify
from optimizer.change.steady import AS_BEFORE
from optimizer.change.swift import swift_answer
from optimizer.course import Watch
from optimizer.options import Options
from optimizer.solution import Solution
from optimizer.solve import solve
from tests.cases import case, fund, project, random_case
from tests.policy_cases import with_policy

QUICK = Options(second="", time_limit=20)


def money(plan: Allocation) -> dict[tuple[str, str, int, str], int]:
    return {(p.project, p.fund, p.year, p.region): p.amount for p in plan.payments}


def stays(before: Allocation, now: Allocation) -> int:
    new, chosen = money(now), now.choice_of
    return sum(min(a, new.get(key, 0)) for key, a in money(before).items() if key[0] in chosen)


@pytest.mark.parametrize("wish", ["stop", None])
def test_one_project_banned_leaves_the_mix_of_the_others_alone(wish) -> None:
    """Two subsidies pay for all: which pays for which is open, so nothing but the banned project may change; also where
    the user takes the first plan shown."""
    shown: list[Solution] = []
    projects = [project(f"P{k}", total=100, benefit=10 - k) for k in range(4)]
    wide = case(projects, [fund("补甲", 400), fund("补乙", 400)])
    first = solve(wide, QUICK)
    assert first.plan is not None
    swapped = [replace(p, fund="补乙" if p.fund == "补甲" else "补甲") for p in first.plan.payments]
    last = Allocation.of(first.plan.choices, swapped)
    assert verify(wide, last).passed
    fewer = replace(wide, projects=(*wide.projects[:3], replace(wide.projects[3], status="禁选")))
    watch = Watch(plan=shown.append, ask=lambda: wish if shown else None)
    found = solve(fewer, QUICK, watch, last=last)
    assert found.plan is not None and found.status == "optimal"
    assert money(found.plan) == {key: a for key, a in money(last).items() if key[0] != "P3"}


def test_a_plan_before_whose_funds_and_years_are_gone_is_no_crash() -> None:
    """Nothing of the plan before has a place in the case now."""
    wide = case([project("P1", total=100, benefit=10)], [fund("补甲", 200, years=2)], years=2)
    first = solve(wide, QUICK)
    assert first.plan is not None
    other = replace(wide, years=1, funds=(fund("补乙", 200),))
    found = solve(other, QUICK, last=first.plan)
    assert found.plan is not None and found.status == "optimal" and AS_BEFORE not in found.ties


def test_bonds_as_capital_that_no_rule_asks_for_any_more_are_no_crash() -> None:
    """The plan before lays bonds out as capital; the case now has no place for that, in the quick way and the full one."""
    asked = project("P1", total=100, benefit=10, finance=Finance(capital_share=F(1, 5)))
    wide = case([asked, project("P2", total=100, benefit=5)], [fund("债", 300, kind="专项债券", capital="可用作")])
    first = solve(wide, QUICK)
    assert first.plan is not None and any(p.capital for p in first.plan.payments)
    off = replace(wide, policies=(Policy("capital_floor", "", OFF),))
    cleared = replace(wide, projects=(replace(asked, finance=Finance()), wide.projects[1]))
    for now in (off, cleared):
        found, quick = solve(now, QUICK, last=first.plan), swift_answer(now, first.plan)
        for each in (found, quick):
            assert each is not None and each.plan is not None and not any(p.capital for p in each.plan.payments)
        assert found.status == "optimal" and money(found.plan) == money(first.plan)


def changed(dice: random.Random, given: Case) -> Case:
    """The case with one fund a little smaller or larger."""
    k = dice.randrange(len(given.funds))
    before = given.funds[k]
    other = replace(before, by_year=tuple(None if a is None else a * dice.randint(7, 12) // 10 for a in before.by_year))
    return replace(given, funds=(*given.funds[:k], other, *given.funds[k + 1 :]))


@pytest.mark.parametrize("seed", range(40))
def test_worth_proof_and_rules_are_as_without_it(seed: int) -> None:
    dice = random.Random(seed)
    first_case = with_policy(dice, random_case(seed), 3)
    first = solve(first_case, QUICK)
    if first.plan is None:
        return
    second_case = changed(dice, first_case)
    alone, after = solve(second_case, QUICK), solve(second_case, QUICK, last=first.plan)
    assert after.status == alone.status
    if alone.plan is None or after.plan is None:
        return
    assert verify(second_case, after.plan).passed
    assert after.value == alone.value
    assert stays(first.plan, after.plan) >= stays(first.plan, alone.plan) or after.plan.choices != alone.plan.choices
    if after.ties.endswith(AS_BEFORE):
        assert order(second_case, after) == order(second_case, alone)


def order(given: Case, solution: Solution) -> tuple[int, int, int]:
    """Money that is no debt, sum of starts, sum of places: the stated order of equals."""
    plan = solution.plan
    assert plan is not None
    free = sum(p.amount for p in plan.payments if not given.fund_by_name[p.fund].is_debt)
    places = sum(k for k, p in enumerate(given.projects) if p.id in plan.choice_of)
    return free, sum(c.start for c in plan.choices), places


@pytest.mark.parametrize("seed", range(6))
def test_a_smaller_fund_moves_little_more_money_than_it_must(seed: int) -> None:
    """Many projects paid from three subsidies over two years: most mixes are open."""
    dice = random.Random(seed)
    projects = [project(f"P{k:02d}", total=dice.randint(30, 90), benefit=dice.randint(20, 60)) for k in range(16)]
    wide = case(projects, [fund(name, 120, years=2) for name in ("甲", "乙", "丙")], years=2)
    first = solve(wide, QUICK)
    assert first.plan is not None
    less = replace(wide, funds=(replace(wide.funds[0], by_year=(9000, *wide.funds[0].by_year[1:])), *wide.funds[1:]))
    after, alone = solve(less, QUICK, last=first.plan), solve(less, QUICK)
    assert after.plan is not None and after.value == alone.value and after.status == alone.status == "optimal"
    both = set(first.plan.choice_of) & set(after.plan.choice_of)
    old = sum(p.amount for p in first.plan.payments if p.project in both)
    assert stays(first.plan, after.plan) >= 0.7 * old
    assert stays(first.plan, after.plan) > stays(first.plan, alone.plan) or stays(first.plan, after.plan) == old
