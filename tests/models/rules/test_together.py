"""together: same start year as the main project."""

from models.allocation import Allocation, Choice
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_rows_and_measure():
    c = case([project("P1", starts=(0, 1)), project("P2", starts=(0,), companion_of="P1")], [fund(years=2)], years=2)
    assert rows(c, "together") == [
        "P2 P1 2026: 0 ≤ -1 y[P1,0] +1 y[P2,0] ≤ 0",
        "P2 P1 2027: 0 ≤ -1 y[P1,1] ≤ 0",
    ]
    plan = Allocation.of([Choice("P1", "", 1), Choice("P2", "", 0)], [])
    assert [m[-1] for m in measures(c, "together", plan)] == [False, False]
