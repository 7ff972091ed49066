"""prerequisite: not before the earlier one is done."""

from models.allocation import Allocation, Choice
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_waits_for_the_duration():
    early = project("P1", 10, duration=1, starts=(0,))
    late = project("P2", 10, starts=(0, 1), prerequisites=("P1",))
    c = case([early, late], [fund(years=2)], years=2)
    assert rows(c, "prerequisite") == ["P2 P1: +1 y[P2,0] ≤ 0", "P2 P1: -1 y[P1,0] +1 y[P2,1] ≤ 0"]

    def met(start):
        return measures(c, "prerequisite", Allocation.of([Choice("P1", "", 0), Choice("P2", "", start)], []))[0][-1]

    assert (met(0), met(1)) == (False, True)


def test_in_a_single_year_both_may_start():
    c = case([project("P1", duration=3), project("P2", prerequisites=("P1",))], [fund()])
    assert rows(c, "prerequisite") == ["P2 P1: -1 y[P1,0] +1 y[P2,0] ≤ 0"]
    assert not measures(c, "prerequisite", Allocation.of([Choice("P2", "", 0)], []))[0][-1]
