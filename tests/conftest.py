"""Shared tools of the tests; with FUNDOPT_NO_SKIPS set, a skipped test fails the run."""

import multiprocessing
import os
import time
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent


def pytest_runtest_makereport(item, call):
    if (
        os.environ.get("FUNDOPT_NO_SKIPS")
        and call.excinfo is not None
        and call.excinfo.errisinstance(pytest.skip.Exception)
    ):
        pytest.fail(f"skipped where nothing may be skipped: {item.nodeid}", pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory):
    """Nothing is kept in the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDOPT_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture
def no_leftovers():
    """After the test no worker process of ours is left running a solve.

    A quick answer asks its solvers to stop and goes on; on a busy machine they are heard a moment later.
    """
    yield
    from optimizer.workers import POOL

    def left():
        POOL.end()
        return [p for p in multiprocessing.active_children() if p.name.startswith("fundopt")]

    deadline = time.monotonic() + 5
    while left() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left()
