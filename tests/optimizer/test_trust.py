"""Where numbers differ too much for floats, nothing they say is told: only whole numbers prove."""

import itertools
import random
import time
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest

from models.allocation import Allocation, Choice, Payment
from models.build import build
from models.case import Category, Policy, Region, Scope, Target
from models.issue import CaseError
from models.verify import verify
from optimizer.backends import BLURRED, WIDE, beyond_floats, highs, load
from optimizer.change.swift import swift_answer
from optimizer.course import Course, Stage, Watch
from optimizer.finish import _second_opinion, finish
from optimizer.options import Options
from optimizer.settle import Settled
from optimizer.solve import solve
from optimizer.task import DUAL_IN_MIP, Answer, Limits, blur, dual_tolerance, scaled, spread, task_of, whole_bound
from tests.cases import case, fund, project

QUICK = Options(time_limit=10)


def wide_case():
    """A railway of 200 billion yuan beside works of a few thousand."""
    projects = [project("P0", 20_000_000, 300, profile=(20_000_000,))]
    projects += [project(f"P{k}", 3 + k, 20 + k) for k in range(1, 9)]
    return case(projects, [fund(limit=20_000_020)])


def test_float_solvers_keep_their_plan_and_say_no_bound(monkeypatch) -> None:
    program = build(wide_case()).program
    task = task_of(program, program.stages[program.main])
    assert spread(task) >= WIDE > spread(task_of(*_narrow()))
    heard: list[float | None] = []
    answer = load("highs")(task, Limits(5.0), lambda news: bool(heard.append(news.bound)))
    assert answer.point is not None and answer.bound is None and answer.outcome == "feasible"
    assert not any(bound is not None for bound in heard)


def _narrow() -> tuple:
    program = build(case([project("P1", 5), project("P2", 4)], [fund(limit=6)])).program
    return program, program.stages[program.main]


def test_the_proof_comes_from_whole_numbers() -> None:
    found = solve(wide_case(), QUICK)
    assert found.status == "optimal" and found.second is not None and found.second.solver.startswith("CP-SAT")
    best = max(
        300 * a + sum(20 + k for k in range(1, 9) if which >> k & 1)
        for a in (0, 1)
        for which in range(0, 512, 2)
        if 20_000_000 * a + sum(3 + k for k in range(1, 9) if which >> k & 1) <= 20_000_020
    )
    assert found.value == best == found.bound
    alone = solve(wide_case(), replace(QUICK, second=""))
    assert alone.value is not None and alone.value <= best
    assert alone.bound is None or alone.bound >= best


def one_large_benefit(benefit: int, rest: int = 6):
    """A banned project of that benefit beside others, half of them paid by the part: a few hundredths per 万元."""
    dice = random.Random(5)
    projects = [project("A", 100, benefit, status="禁选")]
    for k in range(rest):
        need, part = dice.randint(20_000, 60_000), k % 2 == 0
        worth = dice.randint(1, 9) if part else dice.randint(20, 200)
        projects.append(project(f"P{k:03d}", need, worth, arrangement="部分" if part else "全额"))
    return case(projects, [fund(limit=sum(p.schemes[0].total for p in projects[1:]) // 100 * 9 // 10)])


@pytest.mark.parametrize("backend", ["highs", "scip", "decomposition"])
def test_a_large_benefit_does_not_hide_the_small_ones(backend: str) -> None:
    """A reduced cost below 1e-7 is none to a solver: the parts were paid anyhow, and it was told as optimal."""
    plain = solve(one_large_benefit(1), replace(QUICK, backend="cpsat", second=""))
    for benefit in (10**7, 10**8):
        found = solve(one_large_benefit(benefit), replace(QUICK, backend=backend, second=""))
        assert found.value is not None and plain.value is not None and found.status == plain.status == "optimal"
        assert abs(found.value - plain.value) <= plain.value / 10**6
    assert plain.plan is not None
    swift = swift_answer(one_large_benefit(10**7), plain.plan)
    assert swift is not None and swift.bound is not None and swift.bound >= plain.value - plain.value / 10**6


def test_beyond_what_scaling_mends_nothing_is_proven_by_floats() -> None:
    program = build(one_large_benefit(10**11)).program
    task = task_of(program, program.stages[program.main])
    assert blur(scaled(task)) > BLURRED and spread(task) < WIDE and beyond_floats(task)
    answer = load("highs")(task, Limits(5.0), lambda news: False)
    assert answer.bound is None and answer.outcome == "feasible"


def test_what_ties_show_to_be_a_false_bound_ends_its_proof(monkeypatch) -> None:
    """The plan that is compared with its equals turns out better than the bound allowed."""
    given = case([project("P1", 5, 40), project("P2", 5, 50)], [fund(limit=5)])
    model, best = build(given), solve(given, QUICK)
    poor = Allocation.of([Choice("P1", given.projects[0].schemes[0].name, 0)], [Payment("P1", "债", 0, "甲县", 500)])
    stage = Stage(
        "feasible", Settled(poor, verify(given, poor)), 40.0, Answer("optimal", None, 40.0, 40.0, "X", 0.1), None
    )
    monkeypatch.setattr("optimizer.finish._break_ties", lambda *_: (Settled(best.plan, best.verdict), "唯一"))
    found = finish(
        Course(given, model, QUICK, Watch(), time.monotonic() + 10), model.program.stages[model.program.main], stage
    )
    assert (found.value, found.bound, found.status) == (50, None, "feasible")


def near_ties(seed: int, count: int):
    """Projects paid in part whose benefits per 万元 differ by a thousandth at most, under a soft ceiling; and the truth,
    by the order of the benefits."""
    dice = random.Random(seed)
    projects = []
    for k in range(count):
        total = dice.randint(5_000, 10_000)
        benefit = Fraction(total, 10_000) * (1 + Fraction(dice.randint(0, 1000), 10**6))
        projects.append(project(f"P{k:03d}", total, benefit, arrangement="部分", least_fill=Fraction(0)))
    money = sum(p.schemes[0].total for p in projects) // 4
    ceiling = Policy("category_quota", "上限", money, Scope(categories=("类",)), hard=False, penalty=Fraction(1))
    given = case(projects, [fund(limit=2 * money // 100)], categories=(Category("类"),), policies=(ceiling,))
    left, truth = money, Fraction(0)
    for each in sorted(projects, key=lambda p: -p.schemes[0].benefit / p.schemes[0].total):
        part = min(left, each.schemes[0].total)
        left, truth = left - part, truth + each.schemes[0].benefit * part / each.schemes[0].total
    return given, truth


@pytest.mark.parametrize("backend", ["highs", "decomposition"])
@pytest.mark.parametrize("seed", range(6))
def test_benefits_that_hardly_differ_are_told_apart(seed: int, backend: str) -> None:
    given, truth = near_ties(seed, 40)
    program = build(given).program
    answer = load(backend)(task_of(program, program.stages[program.main]), Limits(5.0), lambda news: False)
    assert answer.value == pytest.approx(float(truth), rel=1e-7)
    assert answer.bound is not None and answer.bound >= float(truth) * (1 - 1e-7)


def dear_ties(seed: int, count: int = 24):
    """Whole projects of a few billion yuan each, with benefits of about one that hardly differ per 万元."""
    dice, kinds, regions, projects = random.Random(seed), ("甲类", "乙类", "丙类"), ("甲县", "乙县"), []
    for k in range(count):
        need = dice.randint(250_000, 1_000_000)
        worth = round(Fraction(need, 10**6) * (1 + Fraction(dice.randint(0, 10**6), 10**8)), 9)
        kind, region = dice.choice(kinds), dice.choice(regions)
        projects.append(project(f"P{k:02d}", need, worth, category=kind, region=region))
    money = sum(p.schemes[0].total for p in projects) // 100
    funds = [fund(f"资{f}", money // 12 + dice.randint(0, 100_000)) for f in range(3)]
    may = tuple(
        (kind, f.name, Fraction(dice.randint(3, 8), 10)) for kind in kinds for f in funds if dice.random() < 0.8
    )
    quotas = tuple(
        Policy(
            "region_quota", "上限", money * 100 // 18 * dice.randint(9, 12) // 10, Scope(regions=(r,), funds=(f.name,))
        )
        for r, f in zip(regions, dice.choices(funds, k=2), strict=True)
    )
    return case(projects, funds, categories=tuple(map(Category, kinds)), eligible=may, policies=quotas, regions=tuple(map(Region, regions)))  # fmt: skip


@pytest.mark.parametrize("backend", ["highs", "scip", "cbc", "decomposition"])
@pytest.mark.parametrize("seed", (4, 5, 8, 12, 18, 31, 48, 49))
def test_what_little_each_unit_of_much_money_brings_is_not_nothing(seed: int, backend: str) -> None:
    """A benefit of one on half a million 万元: the reduced costs of the money were below the tolerance of solvers."""
    program = build(dear_ties(seed)).program
    task = task_of(program, program.stages[program.main])
    truth, answer = (load(b)(task, Limits(8.0), lambda news: False) for b in ("cpsat", backend))
    assert truth.value is not None and answer.value is not None
    assert answer.bound is None or answer.bound >= truth.value * (1 - 1e-6)
    assert answer.outcome != "optimal" or answer.value >= truth.value * (1 - 1e-6)


def test_what_highs_does_not_see_is_a_small_part_of_what_money_brings() -> None:
    """Whatever makes it hold rows loosely: a dear project, or a target whose row of whole columns has large coefficients."""
    for seed, people in itertools.product(range(10), (0, 5 * 10**6)):
        given = dear_ties(seed)
        outputs = {p.id: (("户", Fraction(people + k)),) for k, p in enumerate(given.projects)}
        projects = tuple(
            replace(p, schemes=tuple(replace(s, outputs=outputs[p.id]) for s in p.schemes)) for p in given.projects
        )
        wanted = (Target("户", Scope(), None, Fraction(people)),) if people else ()
        program = build(replace(given, projects=projects, targets=wanted)).program
        task = task_of(program, program.stages[program.main])
        numbers = scaled(task)
        seen = DUAL_IN_MIP * highs.tolerance_of(Limits(5.0), numbers)
        assert numbers.noise > 1e-8 and not beyond_floats(task)
        assert seen <= dual_tolerance(numbers) * (1 + 1e-9) and blur(numbers) <= BLURRED


@pytest.mark.parametrize("seed", range(6))
def test_the_relaxation_of_a_dive_bounds_what_hardly_differs(seed: int) -> None:
    """Its bound is told after a change, and beside the whole model."""
    given, truth = near_ties(seed, 40)
    program = build(given).program
    answer = load("dive")(task_of(program, program.stages[program.main]), Limits(5.0), lambda news: False)
    assert answer.bound is not None and answer.bound >= float(truth) * (1 - 1e-7)


def test_a_bound_of_what_is_left_after_cuts_without_proof_is_none_of_the_whole(monkeypatch) -> None:
    """The second solver was asked about the task without a choice that may have a plan."""
    given = case([project("P1", 5, 40), project("P2", 5, 50)], [fund(limit=5)])
    model, poor = build(given), solve(replace(given, projects=given.projects[:1]), QUICK)
    course = Course(given, model, QUICK, Watch(), time.monotonic() + 10)
    theirs = Answer("optimal", None, None, 40.0, "SCIP", 0.1)
    monkeypatch.setattr("optimizer.finish.await_second", lambda *_: theirs)
    answer = Answer("feasible", None, 40.0, 90.0, "HiGHS", 0.1)
    stage = Stage("feasible", Settled(poor.plan, verify(given, poor.plan)), 90.0, answer, SimpleNamespace(worker=SimpleNamespace(backend="scip")))  # type: ignore[arg-type]  # fmt: skip
    assert stage.settled is not None
    for proven, bound in ((True, 40.0), (False, 90.0)):
        course.cuts_proven = proven
        opinion, _, told = _second_opinion(course, model.program.stages[model.program.main], stage, stage.settled)
        assert (told, course.told(40.0)) == (bound, 40.0 if proven else None)
        assert opinion is not None and opinion.agrees is (True if proven else None)


def test_rows_wider_than_64_bits_make_no_false_claims() -> None:
    """A third to fifteen digits, which no file brings in any more, times a thousand 万元."""
    third = Fraction(10**15 // 3, 10**15)
    for seed in range(8):
        dice = random.Random(seed)
        regions = tuple(Region(f"县{k}", population=1000) for k in range(3))
        projects = [
            project(f"P{k:02d}", total := dice.randint(300, 1000), dice.randint(1, 100), region=f"县{k % 3}", profile=(total,))
            for k in range(9)
        ]  # fmt: skip
        money = sum(p.schemes[0].total for p in projects) // 200
        plans = []
        for share in (third, Fraction(1, 3)):
            quota = Policy("region_quota", "上限占比", share, Scope(regions=("县0",)), options=(("基数", "实际安排"),))
            given = case(projects, [fund("资", money)], regions=regions, policies=(quota,))
            plans.append((given, solve(given, QUICK)))
        (given, wide), (_, plain) = plans
        assert plain.plan is not None
        witness = verify(given, plain.plan)
        assert wide.status != "infeasible" or not witness.passed, seed
        if witness.passed and wide.bound is not None:
            assert wide.bound >= witness.value, seed


def test_a_share_too_fine_for_its_amounts_is_refused_in_a_sentence() -> None:
    share = Fraction(10**15 // 3, 10**15)
    given = case([project("P1", 90_000_000, 9, arrangement="部分", least_fill=share)], [fund(limit=90_000_000)])
    with pytest.raises(CaseError) as told:
        solve(given, QUICK)
    assert "精确整数" in told.value.issues[0].message and "小数" in told.value.issues[0].remedy


def test_a_bound_that_cp_sat_does_not_have_is_none() -> None:
    """Stopped at once it says 0; where nothing good can be reached 0 is a bound."""
    given = case([project("P1", 5, 40)], [fund(limit=5)])
    program = build(given).program
    task = task_of(program, program.stages[program.main])
    assert whole_bound(task, 0.0) is None and whole_bound(task, 40 * task.whole_scale) == 40
    assert whole_bound(replace(task, whole_objective=-task.whole_objective), 0.0) == 0
