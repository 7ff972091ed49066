"""way: golden rows, and a plan that names what does not exist."""

from models.allocation import Allocation, Choice
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_one_row_per_project_over_all_its_ways():
    c = case([project("P1", starts=(0, 1)), project("P2")], [fund(years=2)], years=2)
    assert rows(c, "way") == ["P1: +1 y[P1,0] +1 y[P1,1] ≤ 1", "P2: +1 y[P2,0] ≤ 1"]


def test_an_unknown_scheme_or_start_fails():
    c = case([project("P1")], [fund()])
    good = Allocation.of([Choice("P1", "", 0)], [])
    assert all(m[-1] for m in measures(c, "way", good))
    for bad in (Choice("P1", "别的", 0), Choice("P1", "", 3), Choice("没有", "", 0)):
        assert not all(m[-1] for m in measures(c, "way", Allocation.of([bad], [])))
    twice = Allocation((Choice("P1", "", 0), Choice("P1", "", 0)), ())
    assert not all(m[-1] for m in measures(c, "way", twice))
