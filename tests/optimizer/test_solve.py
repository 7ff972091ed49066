"""Solving end to end on small cases: optimum, status words, limits, cancel, clash, second opinion."""

import multiprocessing
import time
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.cases import Size, make_case
from inputs.case.read import read_case
from inputs.samples import write_sample
from models.allocation import Allocation, Choice
from models.build import build
from models.case import Pin, Policy, Scope, Target
from models.translate import start_of
from models.verify import verify
from optimizer import clash, course, relax
from optimizer.backends import BACKENDS, WIDE
from optimizer.clash import diagnose
from optimizer.course import Watch
from optimizer.finish import AWAITED, COMPARED, finish
from optimizer.options import Options, apply_options
from optimizer.relax import telling
from optimizer.second import compare
from optimizer.settle import Settled
from optimizer.sight import AT_SIGHT, stuck
from optimizer.solution import Tier, percent_up, status_words
from optimizer.solve import solve
from optimizer.task import Answer, Limits, spread, task_of
from optimizer.workers import POOL, Run, wait_for_news
from tests.cases import case, fund, project, random_case

MINI = ["P03", "P04", "P05", "P06"]


@pytest.fixture(scope="module")
def mini(tmp_path_factory):
    path = tmp_path_factory.mktemp("m") / "mini.xlsx"
    write_sample("mini", path)
    found = read_case(path).case
    assert found is not None
    return found


@pytest.mark.parametrize("backend", [b.id for b in BACKENDS])
def test_every_backend_finds_the_optimum_worked_out_by_hand(mini, backend) -> None:
    second = "scip" if backend != "scip" else "highs"
    found = solve(mini, Options(time_limit=30, backend=backend, second=second))
    assert (found.status, found.value) == ("optimal", 436)
    assert [c.project for c in found.plan.choices] == MINI
    assert found.second is not None and found.second.agrees


def test_ties_prefer_subsidy_then_early_start_then_low_number() -> None:
    twins = [project("P2", 100, 5), project("P1", 100, 5)]
    found = solve(case(twins, [fund(limit=100)]), Options(second=""))
    assert [c.project for c in found.plan.choices] == ["P1"]
    both = [fund("债", 100, "专项债券"), fund("补", 60)]
    found = solve(case([project("P1", 100, 5)], both), Options(second=""))
    assert {p.fund: p.amount for p in found.plan.payments} == {"补": 6000, "债": 4000}
    free = solve(case([project("P1", 100, 5, starts=(0, 1))], [fund(limit=100, years=2)], years=2), Options(second=""))
    assert free.plan.choices[0].start == 0
    assert "并列时依次取" in free.ties


def test_soft_rules_by_penalty_and_by_rank() -> None:
    projects = [project("P1", 100, 10), project("P2", 100, 8)]
    cap = Policy("count_cap", "最多个数", 1, hard=False, penalty=F(3))
    found = solve(case(projects, [fund(limit=200)], policies=(cap,)), Options(second=""))
    assert found.value == 15 and found.verdict.penalty == 3
    ranked = replace(cap, penalty=F(0), rank=1)
    found = solve(case(projects, [fund(limit=200)], policies=(ranked,)), Options(second=""))
    assert found.value == 10 and len(found.tiers) == 2 and found.tiers[0].value == 0


def test_a_rank_that_nothing_can_violate_does_not_shift_the_others() -> None:
    idle = Policy("count_cap", "最多个数", 9, hard=False, rank=1)
    tight = Policy("count_cap", "最多个数", 1, Scope(categories=("类",)), hard=False, rank=2)
    locked = [project("P1", 100, 10, status="必选"), project("P2", 100, 8, status="必选")]
    found = solve(case(locked, [fund(limit=200)], policies=(idle, tight)), Options(second=""))
    assert (found.status, found.value) == ("optimal", 18)
    assert [m.violation for m in found.verdict.soft_violations] == [1]


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


def test_locks_and_bans(mini) -> None:
    found = solve(mini, Options(second="", locks=("P09",), bans=("P03",)))
    chosen = {c.project for c in found.plan.choices}
    assert "P09" in chosen and "P03" not in chosen
    assert apply_options(mini, Options(locks=("P09",))).project_by_id["P09"].status == "必选"


def hard_case():
    projects = [
        project(
            f"P{i:03d}",
            100 + (i * 37) % 91,
            100 + (i * 37) % 91 + (i * 53) % 7,
            asks={f"f{k}": (20 + (i * (k + 3) * 29) % 61,) for k in range(12)},
            arrangement="按申报",
        )
        for i in range(120)
    ]
    return case(projects, [fund(f"f{k}", 1500 + 17 * k) for k in range(12)])


def test_the_limit_is_kept_and_the_best_plan_shown() -> None:
    begun = time.monotonic()
    found = solve(hard_case(), Options(time_limit=4))
    assert time.monotonic() - begun < 9
    assert found.status == "feasible" and found.gap > 0 and found.verdict.passed
    assert found.sentence.startswith("可行（差距 ≤ ")


def test_stop_keeps_the_plan_and_cancel_leaves_no_process() -> None:
    seen = []

    def report(stage, value, bound):
        seen.append((value, bound))

    stop = Watch(report, lambda: "stop" if any(v is not None for v, _ in seen) else None)
    assert solve(hard_case(), Options(time_limit=60), stop).plan is not None
    assert any(v is not None and b is not None and b >= v - 1e-6 for v, b in seen)
    begun = time.monotonic()
    cancel = Watch(ask=lambda: "cancel" if time.monotonic() - begun > 1 else None)
    found = solve(hard_case(), Options(time_limit=60), cancel)
    assert found.plan is None and found.cancelled and time.monotonic() - begun < 6
    POOL.end()
    assert not [p for p in multiprocessing.active_children() if p.name.startswith("fundopt")]


def test_gap_is_a_stopping_rule_not_a_definition() -> None:
    found = solve(hard_case(), Options(time_limit=20, gap=0.05, second=""))
    assert found.status == "feasible" and found.gap <= F(5, 100)


def test_a_disagreement_is_never_called_proven(mini) -> None:
    plan = solve(mini, Options(second=""))
    mine = Settled(plan.plan, plan.verdict)
    wrong = Answer("optimal", None, 400.0, 400.0, "X", 0.1)
    opinion, _, bound = compare("scip", wrong, 436.0, mine, None)
    assert opinion.agrees is False and bound == 436.0
    unable = Answer("unknown", None, None, None, "X", 0.1)
    assert compare("scip", unable, 436.0, mine, None)[0].agrees is None
    impossible = Answer("infeasible", None, None, None, "X", 0.1)
    assert compare("scip", impossible, 436.0, mine, None)[0].agrees is False


def test_a_proven_plan_is_told_before_the_second_solver_is_heard(mini, monkeypatch) -> None:
    """Whatever the second solver takes: plan, value and bound are known by then; its opinion may still change them."""
    plan, told, news, waiting = solve(mini, Options(second="")), [], [], []
    model = build(mini)
    watch = Watch(lambda *n: news.append(n), plan=told.append)
    limits = course.Course(mini, model, Options(time_limit=20), watch, time.monotonic() + 20)

    def heard(_course, _objective, _stage, settled):
        waiting.append(len(told))
        return None, settled, 436.0

    monkeypatch.setattr("optimizer.finish._second_opinion", heard)
    answer = Answer("optimal", None, 436.0, 436.0, "X", 0.1)
    for second, awaited in ((SimpleNamespace(answer=None), 1), (SimpleNamespace(answer=answer), 0)):
        told.clear(), news.clear(), waiting.clear()
        stage = course.Stage("feasible", Settled(plan.plan, plan.verdict), 436.0, answer, second)
        found = finish(limits, model.program.stages[model.program.main], stage)
        assert found.status == "optimal" and waiting == [1] == [len(told)]
        assert [n[1:] for n in news if n[0] == AWAITED] == [(436.0, 436.0)] * awaited
        assert [n[1:] for n in news if n[0] == COMPARED] == [(436.0, 436.0)] * (1 - awaited)
        assert all(t.status == "optimal" and t.value == 436 and not t.reasons for t in told)


@pytest.mark.parametrize(("benefit", "equal"), [(10, True), (5, False)])
def test_a_project_as_good_as_a_funded_one_is_not_called_worse(benefit: int, equal: bool) -> None:
    found = solve(case([project("P1", 100, 10), project("P2", 100, benefit)], [fund(limit=100)]), Options(second=""))
    words = found.reasons[0].sentence
    assert ("得分靠后" in words, "不分先后" in words) == (not equal, equal) and "资金额度已用完" in words


def test_status_words() -> None:
    assert status_words("optimal", F(0)) == "已证明最优"
    assert status_words("feasible", F(1, 3000)) == "可行（差距 ≤ 0.0334 %）"
    assert [status_words(s, None) for s in ("infeasible", "unknown", "invalid")] == [
        "规则冲突",
        "未在时限内找到方案",
        "输入有误",
    ]
    assert percent_up(F(1, 100)) == "1" and percent_up(F(10001, 10**8)) == "0.0101"


def test_every_unfunded_project_has_a_reason_that_names_a_rule_or_a_rival(mini) -> None:
    found = solve(mini, Options(second=""))
    reasons = {r.project: r for r in found.reasons}
    assert set(reasons) == {p.id for p in mini.projects} - set(MINI)
    assert reasons["P07"].rule == "exclusive" and reasons["P07"].rival == "P06"
    assert all(r.sentence and r.remedy and (r.rule != "得分靠后" or r.rival) for r in found.reasons)


def test_reasons_name_clause_and_region() -> None:
    cap = Policy("region_quota", "上限", 30000, Scope(regions=("乙县",)))
    projects = [
        project("P1", 200, 9, region="乙县"),
        project("P2", 200, 5, region="乙县"),
        project("P3", 10, 1, status="禁选"),
    ]
    found = solve(case(projects, [fund(limit=900)], policies=(cap,)), Options(second=""))
    why = {r.project: (r.rule, r.sentence) for r in found.reasons}
    assert (
        why["P2"][0] == "region_quota"
        and "乙县" in why["P2"][1]
        and "100.00" in why["P2"][1]
        and "200.00" in why["P2"][1]
    )
    assert why["P3"][0] == "lock"


def test_solving_the_sample_from_a_fresh_file_twice_gives_the_same_plan(mini, tmp_path: Path) -> None:
    write_sample("mini", tmp_path / "again.xlsx")
    again = read_case(tmp_path / "again.xlsx").case
    assert solve(again, Options(second="")).plan.digest() == solve(mini, Options(second="")).plan.digest()


def test_a_large_plan_keeps_time_to_be_made_whole_but_waits_for_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(Size(300, 3, 8), 2)
    monkeypatch.setattr(
        course, "COLUMNS_PER_SECOND", 1
    )  # everything counts as large: settle as soon as there is a plan
    monkeypatch.setattr(course, "LARGE_SHARE", 1.0)
    found = solve(case, Options(time_limit=20, gap=0.0, second=""))
    assert found.plan is not None
    assert found.status == "feasible"
    assert sum(found.seconds.values()) < 15


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


def test_steps_are_told_by_the_plan_that_came_of_them() -> None:
    """A step ended with a poor plan; the plan of the main aim keeps the rule: the step is as good as that."""
    capped = Policy("count_cap", "最多个数", 1, hard=False, rank=1)
    given = case([project(f"P{k}", 100, 10) for k in range(3)], [fund(limit=300)], policies=(capped,))
    model = build(given)
    limits = course.Course(given, model, Options(), Watch(), time.monotonic() + 5)
    kept = solve(given, Options(second=""))
    assert kept.verdict is not None and len(kept.plan.choices) == 1
    poor = Tier("第 1 顺位", "单位", "feasible", F(2), F(0))
    limits.tiers.append(poor)
    (told,) = course.measured(limits, kept.verdict)
    assert told.value == 0 and told.status == "optimal" and told.gap == 0
    limits.tiers[0] = replace(poor, value=F(0), status="optimal")
    worse = verify(given, Allocation.of([Choice(f"P{k}", given.projects[0].schemes[0].name, 0) for k in range(3)], []))
    (told,) = course.measured(limits, worse)
    assert told.value == 2 and told.status == "feasible"  # what the plan has is told, also where it is worse


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
    floor = Policy("region_quota", "下限", 60000, Scope(regions=("甲县",)))
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
    monkeypatch.setattr(clash, "_enough", lambda *_: None)
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
