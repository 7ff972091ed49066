"""Confirmed layouts of the tests are not remembered anywhere but here."""

import pytest


@pytest.fixture(autouse=True)
def _own_memory(tmp_path_factory, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path_factory.mktemp("home")))
