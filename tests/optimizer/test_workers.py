"""Worker processes: they start without the script that started them."""

import sys
from multiprocessing import spawn
from types import ModuleType

import pytest

from optimizer.workers import plain_main


def page(path) -> ModuleType:
    """What a run of a page makes the main module."""
    module = ModuleType("__main__")
    module.__file__ = str(path)
    return module


def test_a_page_that_runs_while_a_worker_starts_is_not_run_by_the_worker(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", page(tmp_path / "first.py"))
    assert "init_main_from_path" in spawn.get_preparation_data("w")
    with plain_main():
        sys.modules["__main__"] = page(tmp_path / "second.py")
        given = spawn.get_preparation_data("w")
    assert not [key for key in given if key.startswith("init_main")] and "sys_path" in given
    assert "init_main_from_path" in spawn.get_preparation_data("w")


def test_what_fails_inside_leaves_spawn_as_it_was() -> None:
    known = spawn.get_preparation_data
    with pytest.raises(OSError, match="no process"), plain_main():
        raise OSError("no process")
    assert spawn.get_preparation_data is known
