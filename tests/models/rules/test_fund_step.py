"""fund_step: multiples of the step; the unit of integer columns."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from optimizer.options import Options
from optimizer.solve import solve
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


def test_a_way_that_no_whole_steps_meet_is_out():
    odd, even = project("P1", 95), project("P2", 100)
    assert rows(case([odd, even], [fund(step=1000)]), "fund_step") == ["P1 2026: +1 y[P1,0] ≤ 0"]
    assert rows(case([odd], [fund(step=1000), fund("补", step=500)]), "fund_step") == []  # 90 of one and 5 of the other
    asked = project("P3", 95, arrangement="按申报", asks={"债": (90,), "补": (5,)})
    other = project("P4", 95, arrangement="按申报", asks={"债": (85,), "补": (10,)})
    both = [fund(step=1000), fund("补", step=500)]
    assert rows(case([asked, other], both), "fund_step") == ["P4 债 2026: +1 y[P4,0] ≤ 0"]
    part = project("P5", 95, arrangement="部分", least_fill=F(9, 10))
    much = project("P6", 95, arrangement="部分", least_fill=F(96, 100))
    assert rows(case([part, much], [fund(step=1000)]), "fund_step") == ["P6: +1 y[P6,0] ≤ 0"]


def test_the_reason_names_the_step():
    found = solve(case([project("P1", 95, 50), project("P2", 100, 10)], [fund(step=1000)]), Options(time_limit=10))
    assert list(found.plan.choice_of) == ["P2"] and found.status == "optimal"
    assert found.reasons[0].rule == "fund_step" and "2026" in found.reasons[0].sentence
