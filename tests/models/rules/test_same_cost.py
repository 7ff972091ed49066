"""same_cost: all subsidies together stay within the construction cost."""

from models.allocation import Allocation, Choice, Payment
from models.case import Policy
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

FUNDS = [fund("中央"), fund("安居"), fund("债", kind="专项债券")]


def test_rows_count_subsidies_only():
    c = case([project("P1", 12, building_cost=100_000)], FUNDS)
    assert rows(c, "same_cost") == ["P1: +1 x[P1,中央,0,甲县] +1 x[P1,安居,0,甲县] ≤ 100000"]


def test_the_example_of_the_manual():
    """700 + 300 of 1,000 hold; one unit more does not; bonds beside them do not count."""
    c = case([project("P1", 1200, building_cost=100_000)], FUNDS)

    def met(more):
        paid = [Payment("P1", f, 0, "甲县", a) for f, a in (("中央", 70_000), ("安居", 30_000 + more), ("债", 20_000))]
        return measures(c, "same_cost", Allocation.of([Choice("P1", "", 0)], paid))

    assert met(0) == [("P1", "<=", 100_000, 100_000, True)]
    assert met(1) == [("P1", "<=", 100_001, 100_000, False)]


def test_without_construction_cost_or_switched_off_it_says_nothing():
    assert rows(case([project("P1")], FUNDS), "same_cost") == []
    off = case([project("P1", building_cost=1)], FUNDS, policies=(Policy("same_cost", value="停用"),))
    assert rows(off, "same_cost") == []
