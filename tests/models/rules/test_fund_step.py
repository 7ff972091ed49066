"""fund_step: multiples of the step; the unit of integer columns."""

from models.allocation import Allocation, Choice, Payment
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_the_step_is_the_unit_of_the_column():
    c = case([project("P1", 100)], [fund(step=1000)])
    assert rows(c, "fund_step") == []
    assert rows(c, "arrangement") == ["P1 2026: 0 ≤ -10000 y[P1,0] +1000 x[P1,债,0,甲县] ≤ 0"]


def test_an_odd_amount_fails():
    c = case([project("P1", 100)], [fund(step=1000)])
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 9500)])
    assert measures(c, "fund_step", plan) == [("P1 债 2026 甲县", "=", 500, 0, False)]
