"""What surrounds a build."""

import gc

import pytest

from models.build import build
from tests.cases import case, fund, project


def test_garbage_is_looked_for_again_after_a_build_whatever_happens() -> None:
    build(case([project("P1", 5)], [fund()]))
    assert gc.isenabled()
    with pytest.raises(AttributeError):
        build(None)  # type: ignore[arg-type]
    assert gc.isenabled()
