"""Why there is no plan: what is named, by how much it gives, and that giving it is enough."""

import time
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from models.case import Pin, Policy, Scope, Slice, Target
from models.translate import start_of
from optimizer.backends import WIDE
from optimizer.conflict import clash, relax
from optimizer.conflict.clash import diagnose
from optimizer.conflict.relax import telling
from optimizer.conflict.sight import AT_SIGHT, stuck
from optimizer.course import Watch
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Answer, Limits, spread, task_of
from optimizer.workers import Run, wait_for_news
from tests.cases import REGIONS, case, fund, project, random_case
from workbench.verbs import clash_words

THIRDS = (("甲县", F(1, 3)), ("乙县", F(2, 3)))


def test_a_clash_names_rules_and_amounts() -> None:
    locked = [project("P1", 500, status="必选"), project("P2", 400, status="必选")]
    found = solve(case(locked, [fund(limit=600)]), Options(second=""))
    assert found.status == "infeasible" and found.plan is None
    told = [(c.rule, c.amount, c.unit, c.instead) for c in found.culprits]
    assert told == [("fund_limit", F(300), "万元", 0), ("lock", F(1), "个", 1), ("lock", F(1), "个", 2)]


def test_a_floor_above_what_can_be_absorbed_is_found_without_a_solver() -> None:
    floor = Policy("region_quota", "下限", 60000, Scope(regions=("甲县",)))
    found = solve(case([project("P1", 500)], [fund("a"), fund("b")], policies=(floor,)))
    assert found.status == "infeasible" and found.solver == "无须求解"
    assert [(c.rule, c.amount) for c in found.culprits] == [("region_quota", F(100))]


def test_a_pin_below_the_least_award_is_named_whatever_the_rest_of_the_case() -> None:
    """The project's own rows clash: only they are told, at once."""
    least = Policy("min_award", "起拨额", 5000, Scope(funds=("债",)))
    many = [project(f"P{k}", 100, 10, arrangement="部分") for k in range(40)]
    pinned = replace(many[7], pins=(Pin("债", None, "=", 3000),))
    given = case([*many[:7], pinned, *many[8:]], [fund(limit=900), fund("补", 900)], policies=(least,))
    found = solve(given, Options(second="", time_limit=5))
    assert found.status == "infeasible" and {c.key[0] for c in found.culprits} == {"P7"}, found.culprits
    assert {c.rule for c in found.culprits} == {"min_award", "lock"}


def test_a_pin_on_a_year_without_need_clashes() -> None:
    pinned = project("P1", 100, pins=(Pin("债", 1, ">=", 5000),))
    assert solve(case([pinned], [fund(years=2)], years=2), Options(second="")).status == "infeasible"


@pytest.mark.parametrize(
    ("outcome", "value", "bound", "tells"),
    [
        ("optimal", -10.0, -10.0, True),
        ("feasible", -10.0, -9.0, True),
        ("feasible", -1e9, -9.0, False),
        ("unknown", None, -9.0, False),
        ("feasible", -10.0, None, True),
    ],
)  # fmt: skip
def test_only_a_relaxation_near_the_cheapest_tells_what_clashes(outcome, value, bound, tells: bool) -> None:
    """The first point that a solver stumbles on gives every demand up by sums that nobody has."""
    assert telling(Answer(outcome, None, value, bound, "X", 0.1), early=True) is tells


def test_the_first_relaxation_within_the_limit_tells_nothing_without_a_bound() -> None:
    assert not telling(Answer("feasible", None, -10.0, None, "X", 4.9), early=False)


def test_a_clash_names_every_way_out() -> None:
    """Either of two that exclude each other, or the rule between them."""
    two = [project(f"P{k}", 100, status="必选", exclusive=("甲",)) for k in (1, 2)]
    found = solve(case(two, [fund(limit=900)]), Options(second=""))
    told = [(c.rule, c.key[0], c.instead) for c in found.culprits]
    assert {t[:2] for t in told[:2]} == {("lock", "P1"), ("lock", "P2")} and [t[2] for t in told] == [0, 1, 2]
    assert told[2][:2] == ("exclusive", "甲")


def test_what_was_changed_since_the_last_plan_is_named_first_and_in_full() -> None:
    """Two floors set after a plan: they are told with all that they must give, not the rules that held before."""
    many = [project(f"P{k}", 100, 10, shares=((f"县{k % 2}", F(1)),)) for k in range(6)]
    least = Policy("min_award", "起拨额", 9000, Scope(funds=("债",)))
    given = case(many, [fund(limit=400)], policies=(least,))
    before = solve(given, Options(second=""))
    floors = tuple(
        Policy("region_quota", "下限", amount, Scope(regions=(name,)))
        for name, amount in (("县0", 30000), ("县1", 25000))
    )
    found = solve(replace(given, policies=(least, *floors)), Options(second=""), last=before.plan)
    first = [c for c in found.culprits if not c.instead]
    assert found.status == "infeasible" and {c.rule for c in first} == {"region_quota"}
    assert sum(c.amount for c in first) >= 150
    eased = tuple(
        replace(p, value=p.value - int(sum(c.amount * 100 for c in first if p.scope.regions[0] in c.key[0])))
        for p in floors
    )
    assert solve(replace(given, policies=(least, *eased)), Options(second="")).plan is not None


def test_a_project_that_must_come_in_and_cannot_is_found_without_a_search() -> None:
    least = Policy("min_award", "起拨额", 9000, Scope(funds=("债",)))
    many = [project(f"P{k}", 200, 10) for k in range(20)]
    given = case([*many, project("X", 50, 1, status="必选")], [fund(limit=900)], policies=(least,))
    found = solve(given, Options(second=""))
    assert (found.status, found.solver, found.partial) == ("infeasible", AT_SIGHT, False)
    assert {(c.rule, c.key[0]) for c in found.culprits} == {("lock", "X"), ("min_award", "X")}


def test_clashes_in_several_places_are_told_at_once_and_giving_them_all_is_enough() -> None:
    """A floor that nothing can fill, a project barred by its award, two that exclude each other, and too little money."""
    least = Policy("min_award", "起拨额", 9000, Scope(funds=("债",)))
    floor = Policy("region_quota", "下限", 120000, Scope(regions=("甲县",)))
    held = [project(f"P{k}", 200, 10, status="必选", exclusive=("甲",) * (k < 2)) for k in range(5)]
    given = case([*held, project("X", 50, 1, status="必选", region="甲县")], [fund(limit=500)], policies=(least, floor))
    found = solve(given, Options(second=""))
    first = [c for c in found.culprits if not c.instead]
    assert (found.status, found.solver, found.partial) == ("infeasible", AT_SIGHT, False)
    assert {"region_quota", "fund_limit"} <= {c.rule for c in first} and len(first) >= 4
    out = {c.key[0] for c in first if c.rule == "lock"}
    gives = {c.rule: int(c.amount * 100) for c in first}
    eased = replace(
        given,
        projects=tuple(replace(p, status="可选") if p.id in out else p for p in given.projects),
        policies=(replace(least, value=9000 - gives.get("min_award", 0)), replace(floor, value=60000 - gives["region_quota"])),
        funds=(fund(limit=500 + gives["fund_limit"] // 100),),
    )  # fmt: skip
    assert solve(eased, Options(second="")).plan is not None


def test_a_target_whose_row_is_scaled_far_up_can_give_way() -> None:
    """Its row is scaled by 10¹²; what it gives was capped below what it needs, and no clash was told at all."""
    many = [project(f"P{k}", 100, 10, outputs={"户": 20 + F(1, n)}) for k, n in enumerate((10007, 10009, 10037, 10039))]
    coarse = replace(fund(limit=400), step=7000)  # no project can be paid in whole steps
    given = case(many, [coarse], targets=(Target("户", Scope(), None, F(40)),))
    found = solve(given, Options(second=""))
    first = [(c.rule, c.amount) for c in found.culprits if not c.instead]
    assert found.status == "infeasible" and first == [("output_target", F(40))]


def test_a_clash_is_told_where_no_bound_of_floats_counts() -> None:
    """One project of 80 billion yuan beside one of a hundred: the relaxation has no bound, and tells all the same."""
    two = [project("P0", 8_000_000, 9, status="必选"), project("P1", 0.01, 1, status="必选")]
    given = case(two, [fund(limit=7_000_000)])
    found = solve(given, Options(second=""))
    program = build(given).program
    assert spread(task_of(program, program.stages[program.main])) > WIDE
    assert found.status == "infeasible" and found.culprits


def test_what_is_called_stuck_has_no_plan_by_cp_sat_on_the_whole_case() -> None:
    """200 random cases with a project that must come in; the whole case in base units is asked each time."""
    seen = 0
    for seed in range(200):
        given = random_case(seed)
        first = replace(given.projects[0], status="必选")
        program = (model := build(replace(given, projects=(first, *given.projects[1:])))).program
        task = task_of(program, program.stages[program.main])
        if stuck(model):
            seen += 1
            whole = replace(task, integer=np.ones_like(task.integer), start=None)
            run = Run.start("cpsat", whole, Limits(20.0))
            while run.answer is None:
                wait_for_news([run], 0.1)
            assert run.answer.outcome == "infeasible", seed
    assert seen > 5


def test_what_is_told_from_a_relaxation_is_held_against_whole_projects(monkeypatch) -> None:
    """In parts the two projects of 400 fill their floors of 350 with 100 万元 more; whole they take 200 more."""
    monkeypatch.setattr(clash, "SMALL", 0)
    floors = [Policy("region_quota", "下限", 35000, Scope(regions=(name,))) for name in ("甲县", "乙县")]
    two = [project("A", 400, 10, region="甲县"), project("B", 400, 20, region="乙县")]
    given = case(two, [fund(limit=600)], policies=tuple(floors))
    found = solve(given, Options(second=""))
    (first,) = (c for c in found.culprits if not c.instead)
    assert not found.partial and (first.rule, first.amount) == ("fund_limit", 200)
    eased = replace(given, funds=(fund(limit=800),))
    assert solve(eased, Options(second="")).plan is not None
    monkeypatch.setattr(clash, "WIDEST_WHOLE", 0)
    monkeypatch.setattr(clash._Diagnosis, "_enough", lambda *_: None)
    assert solve(given, Options(second="")).partial  # the time does not tell: it is said that more may follow


def test_a_small_clash_is_told_in_hundredths_of_wan() -> None:
    """In whole 万元 a share had to give as well; the fund's limit alone is enough."""
    found = solve(random_case(7310060), Options(second=""))
    assert [(c.rule, c.amount) for c in found.culprits if not c.instead] == [("fund_limit", 2)]


def test_a_clash_of_whole_steps_is_told_with_what_is_enough_in_whole_steps(monkeypatch) -> None:
    """A floor of 250 on money that comes in steps of 100: in parts of steps nothing stands against it."""
    monkeypatch.setattr("optimizer.task.MOST_STEPS", 0)
    two = [project("A", 260, 10, region="甲县", arrangement="部分"), project("B", 300, 9, region="乙县")]
    coarse = replace(fund(limit=600), step=10_000)
    given = case(two, [coarse])
    before = solve(given, Options(second=""))
    floor = Policy("region_quota", "下限", 25_000, Scope(regions=("甲县",)))
    found = solve(replace(given, policies=(floor,)), Options(second=""), last=before.plan)
    (first,) = (c for c in found.culprits if not c.instead)
    assert found.status == "infeasible" and (first.rule, first.amount, first.least) == ("region_quota", 50, True)
    eased = replace(given, policies=(replace(floor, value=20_000),))
    assert solve(eased, Options(second="")).plan is not None


def test_changes_whose_least_relaxation_is_not_found_are_told_with_one_that_is_enough(monkeypatch) -> None:
    monkeypatch.setattr(relax, "telling", lambda *_: False)
    given = case([project("A", 260, 10, region="甲县"), project("B", 300, 9, region="乙县")], [fund(limit=600)])
    before = solve(given, Options(second=""))
    floor = Policy("region_quota", "下限", 25_000, Scope(regions=("甲县",)))
    hard = replace(given, funds=(fund(limit=250),), policies=(floor,))
    program = (model := build(hard)).program
    point = start_of(model.space, before.plan, program.width)
    told = diagnose(model, task_of(program, program.stages[program.main]), 5.0, point)
    assert told.culprits and not any(c.least for c in told.culprits)


def test_a_demand_that_another_one_makes_needless_is_not_told() -> None:
    """The floor cannot be filled with 40 of the fund; with the 110 that the project must have it is."""
    floor = Policy("region_quota", "下限", 9000, Scope(regions=("乙县",)))
    held = project("P1", 110, 10, region="乙县", status="必选")
    given = case([held], [fund(limit=40)], policies=(floor,))
    found = solve(given, Options(second=""))
    assert [(c.rule, c.amount) for c in found.culprits if not c.instead] == [("fund_limit", 70)] and not found.partial
    assert solve(replace(given, funds=(fund(limit=110),)), Options(second="")).plan is not None


def test_what_is_told_in_parts_of_steps_is_told_in_whole_amounts(monkeypatch) -> None:
    """Money that only large tasks count in parts: three thirds of 100.00 with one more unit for each of two rows."""
    monkeypatch.setattr(clash, "SMALL", 0)
    held = [project(f"P{k}", 100, 10, status="必选", shares=THIRDS) for k in range(2)]
    slices = tuple(Slice("债", name, None, 3333) for name, _ in THIRDS)
    given = case(held, [fund(limit=200)], slices=slices, regions=REGIONS)
    found = solve(given, Options(second=""))
    first = [c for c in found.culprits if not c.instead]
    model = build(given)
    assert first and all((c.amount * 100).denominator == 1 for c in first) and not found.partial
    given_up = {(r, 1): int(c.amount * 100 * model.program.row_scale[r]) for c in first for r in range(model.program.height) if (model.program.row_rule[r], model.program.row_key[r]) == (c.rule, c.key)}  # fmt: skip
    task = task_of(model.program, model.program.stages[model.program.main])
    run = Run.start("cpsat", relax.eased(given_up)(replace(task, integer=np.ones_like(task.integer))), Limits(10.0))
    while run.answer is None:
        wait_for_news([run], 0.1)
    assert run.answer.point is not None


def test_whoever_cancels_need_not_wait_for_the_reasons() -> None:
    """A third of the projects must be in, three times the money: the search for what clashes is long."""
    large = make_case(Size(600, 3, 12), 1)
    forced = tuple(replace(p, status="必选") if k % 3 == 0 else p for k, p in enumerate(large.projects))
    begun, asked = time.monotonic(), []

    def ask():
        asked.append(time.monotonic() - begun)
        return "cancel" if asked[-1] > 1 else None

    found = solve(replace(large, projects=forced), Options(time_limit=60, second=""), Watch(ask=ask))
    assert found.plan is None and time.monotonic() - begun < 5
    assert found.cancelled or found.status == "infeasible"


def test_two_lines_of_one_rule_are_told_apart() -> None:
    lines = tuple(Policy("category_quota", "上限", 5000, Scope(categories=("类",)), year=y) for y in (0, 1))
    held = project("P1", 200, 10, status="必选", profile=(100, 100))
    found = solve(case([held], [fund(limit=500, years=2)], 2, policies=lines), Options(second=""))
    words = clash_words(found)
    assert len(words) == len(set(words)) and any("2026" in w for w in words) and any("2027" in w for w in words)


def test_a_soft_demand_that_the_last_plan_breaks_is_no_part_of_a_clash(monkeypatch) -> None:
    soft = Policy("region_quota", "上限", 10000, Scope(regions=("乙县",)), hard=False, penalty=F(1, 100))
    projects = [project("P1", 300), project("P2", 300, 90, region="乙县")]
    given = case(projects, [fund(limit=600)], policies=(soft,), regions=REGIONS)
    last = solve(given, Options(second="")).plan
    assert last is not None and set(last.choice_of) == {"P1", "P2"}
    floor = Policy("category_quota", "下限", 70000, Scope(categories=("类",)))
    model = build(replace(given, policies=(soft, floor)))
    task = task_of(model.program, model.program.stages[model.program.main])
    asked, real = [], clash.best_relaxation
    monkeypatch.setattr(clash, "best_relaxation", lambda p, t, rows, *r, **m: (asked.append(rows), real(p, t, rows, *r, **m))[1])  # fmt: skip
    told = diagnose(model, task, 5.0, start_of(model.space, last, task.width)).culprits
    assert "category_quota" in {c.rule for c in told} <= {"category_quota", "fund_limit"}
    assert asked and not any(np.isin("region_quota", np.array(model.program.row_rule)[rows]) for rows in asked)
