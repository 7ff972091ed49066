"""bundle: all or none."""

from models.allocation import Allocation, Choice
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_rows_and_measure():
    c = case([project("P1", bundles=("组",)), project("P2", bundles=("组",))], [fund()])
    assert rows(c, "bundle") == ["组 P2: 0 ≤ -1 y[P1,0] +1 y[P2,0] ≤ 0"]
    assert measures(c, "bundle", Allocation.of([Choice("P1", "", 0)], [])) == [("组 P2", "=", 0, 1, False)]
