"""Solving end to end on small cases: optimum, status words, limits, cancel, second opinion."""

import multiprocessing
import time
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.cases import Size, make_case
from inputs.case.read import read_case
from inputs.samples import write_sample
from models.allocation import Allocation, Choice
from models.build import build
from models.case import Policy, Scope
from models.verify import verify
from optimizer import course
from optimizer.backends import BACKENDS
from optimizer.course import Watch
from optimizer.finish import AWAITED, COMPARED, finish
from optimizer.options import Options, apply_options
from optimizer.second import compare
from optimizer.settle import Settled
from optimizer.solution import Tier, percent_up, status_words
from optimizer.solve import solve
from optimizer.task import Answer
from optimizer.workers import POOL
from tests.cases import case, fund, project

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
    assert status_words("feasible", F(10**9)) == "可行（上界在方案的 10 倍以上）"
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


def test_what_a_partly_funded_project_lacks_is_told_over_all_years() -> None:
    """Half of 200 over two years: 90 are left in 2026, so that 10 more are enough; 50 were asked for in 2027."""
    part = project("P", 200, 5, profile=(100, 100), arrangement="部分", least_fill=F(1, 2), own_promise=10**6)
    best = project("Q", 80, 50, profile=(70, 10))
    given = case([part, best], [fund("补", (160, 10))], years=2)
    (reason,) = solve(given, Options(second="")).reasons
    assert "至少提高 10.00 万元" in reason.remedy and "50.00" not in reason.sentence + reason.remedy
    more = replace(given, funds=(fund("补", (170, 10)),))
    assert "P" in {c.project for c in solve(more, Options(second="")).plan.choices}
