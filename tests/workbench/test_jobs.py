"""The queue: at most so many at once, place and estimate, a cancel that works while waiting, a plan at once."""

import time
from dataclasses import replace

import pytest

from inputs.case.read import read_case
from inputs.samples import write_sample
from models.allocation import Allocation
from models.verify import verify
from optimizer.options import Options
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

    def slow(reading, options, watch, last):
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
