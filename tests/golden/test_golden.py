"""Template, annotated list and deliverables as they were last looked at."""

from pathlib import Path

import pytest

from tests.golden.make import HERE, make

NAMES = ("template.txt", "annotated.txt", "briefing.txt", "public.txt", "county.txt", "tables.txt")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDOPT_HOME", str(tmp_path_factory.mktemp("home")))
        return make(Path(tmp_path_factory.mktemp("golden")))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_has_changed_unseen(made: dict[str, str], name: str) -> None:
    wanted = (HERE / name).read_text(encoding="utf-8")
    assert made[name] == wanted, "looked at and meant? python -m tests.golden.make"
