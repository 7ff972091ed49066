"""exclusive: at most one of a group."""

from models.allocation import Allocation, Choice
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_rows_and_measure():
    c = case([project("P1", exclusive=("组",)), project("P2", exclusive=("组",)), project("P3")], [fund()])
    assert rows(c, "exclusive") == ["组: +1 y[P1,0] +1 y[P2,0] ≤ 1"]
    plan = Allocation.of([Choice("P1", "", 0), Choice("P2", "", 0)], [])
    assert measures(c, "exclusive", plan) == [("组", "<=", 2, 1, False)]
