"""The queue: at most so many at once, place and estimate, a cancel that works while waiting, a plan at once."""

import random
import time
from dataclasses import replace

import pytest

from inputs.case.read import Reading, read_case
from inputs.samples import write_sample
from models.allocation import Allocation
from models.verify import verify
from optimizer.options import Options
from optimizer.solve import solve
from tests.cases import case, fund, project
from workbench.jobs import Jobs
from workbench.verbs import plan_case


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    for name in ("mini", "longdong"):
        write_sample(name, folder / f"{name}.xlsx")
    return {name: read_case(folder / f"{name}.xlsx") for name in ("mini", "longdong")}


def until(true, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def test_the_second_waits_knows_its_place_and_can_be_cancelled(readings, no_leftovers) -> None:
    jobs = Jobs(1)
    first = jobs.start(readings["longdong"], Options(time_limit=40, second=""))
    until(lambda: first.began is not None)
    second = jobs.start(readings["mini"], Options(time_limit=5, second=""))
    third = jobs.start(readings["mini"], Options(time_limit=7, second=""))
    time.sleep(0.3)
    assert second.queued and third.queued
    ahead, seconds = jobs.place(third)
    assert ahead == 1 and 30 < seconds <= 45
    third.wish = "cancel"
    until(lambda: not third.running, 5)
    assert third.outcome is not None and third.outcome.solution.cancelled
    first.wish = "cancel"
    until(lambda: not first.running, 5)
    until(lambda: not second.running)
    assert second.outcome is not None and second.outcome.solution.status == "optimal"


def test_money_stays_near_the_plan_that_was_in_sight_not_near_the_quick_one(no_leftovers) -> None:
    """A smaller fund breaks the plan in sight, the quick plan deals its money anew: the proven one goes back to it."""
    quick = Options(second="", time_limit=20)
    for seed in (0, 4):
        dice = random.Random(seed)
        projects = [project(f"P{k:02d}", dice.randint(30, 90), dice.randint(20, 60)) for k in range(16)]
        wide = case(projects, [fund(name, 120, years=2) for name in ("甲", "乙", "丙")], years=2)
        last = solve(wide, quick).plan
        less = replace(
            wide, funds=(replace(wide.funds[0], by_year=(9000, *wide.funds[0].by_year[1:])), *wide.funds[1:])
        )
        alone = solve(less, quick, last=last).plan
        done = Jobs(1).start(Reading(less, []), quick, "案", {}, last)
        until(lambda job=done: not job.running)
        assert last is not None and alone is not None and done.outcome is not None and not verify(less, last).passed
        plan = done.outcome.solution.plan
        assert plan is not None and stays(last, plan) >= 0.95 * stays(last, alone)


def stays(before: Allocation, now: Allocation) -> int:
    """Money that is where it was."""
    new = {(p.project, p.fund, p.year): p.amount for p in now.payments}
    return sum(min(p.amount, new.get((p.project, p.fund, p.year), 0)) for p in before.payments)


def test_a_plan_comes_before_the_proof_and_both_are_kept(readings, no_leftovers) -> None:
    jobs, kept = Jobs(1), []
    done = jobs.start(readings["mini"], Options(time_limit=10, second=""))
    until(lambda: not done.running)
    assert done.outcome is not None and done.first is not None
    assert done.first.solution.value == done.outcome.solution.value  # proven, told before ties are compared
    last = done.outcome.solution.plan
    again = jobs.start(readings["mini"], Options(time_limit=10, second=""), "案", {}, last, kept.append)
    until(lambda: not again.running)
    assert again.first is not None and again.outcome is not None
    values = [o.solution.value for o in kept]
    assert len(kept) >= 2 and kept[-1] is again.outcome and values == sorted(values)
    assert again.first.solution.value in values[:-1]
    assert jobs.latest("案") is again and jobs.latest("别的") is None


def test_plans_on_the_way_are_kept_and_shown_each_better_than_the_last(readings, monkeypatch) -> None:
    """The solve tells of three checked plans, one of them worse; the page may show the better ones meanwhile."""
    reading, told, shown, kept = readings["mini"], [], [], []
    best = plan_case(reading, Options(time_limit=10, second=""))
    assert best.solution.plan is not None
    few = Allocation((), ())
    worse = replace(best.solution, plan=few, verdict=verify(best.case, few), status="feasible", bound=None)
    assert worse.verdict.passed

    def slow(reading, options, watch, last, start):
        for solution in (worse, best.solution, worse):
            watch.plan(solution)
            told.append(solution)
            shown.append(job.best)
        return best

    monkeypatch.setattr("workbench.jobs.plan_case", slow)
    jobs = Jobs(1)
    with jobs._free:
        job = jobs.start(reading, Options(time_limit=10, second=""), "案", {}, None, kept.append)
    until(lambda: not job.running)
    assert len(told) == 3
    assert [o.solution.value for o in shown] == [worse.value, best.solution.value, best.solution.value]
    assert [o.solution.value for o in kept] == [worse.value, best.solution.value, best.solution.value]
    assert job.best is best and job.first is not None


def test_what_breaks_is_a_sentence(readings, monkeypatch) -> None:
    monkeypatch.setattr("workbench.jobs.plan_case", lambda *a, **k: 1 / 0)
    monkeypatch.setattr("threading.excepthook", lambda args: None)
    job = Jobs(1).start(readings["mini"], Options(time_limit=1))
    until(lambda: not job.running)
    assert "求解没有完成" in job.failure
