"""risk_grade: a factor on the room for new debt, or on what the candidates could take."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Region
from models.particulars import Debt
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

GRADES = Policy("risk_grade", options=(("橙", "7/10"), ("红", "0")))
BOND = fund("专", 2000, "专项债券")


def graded(grade, **debt):
    return case(
        [project("P1", 800)], [BOND], regions=(Region("甲县", debt=Debt(grade=grade, **debt)),), policies=(GRADES,)
    )


def plan(amount):
    return Allocation.of([Choice("P1", "", 0)], [Payment("P1", "专", 0, "甲县", amount)])


def test_seventy_percent_of_the_room():
    c = graded("橙", special_limit=180_000, special_balance=100_000)
    assert rows(c, "risk_grade") == ["甲县 橙 专项 2026: +1 x[P1,专,0,甲县] ≤ 56000"]
    assert measures(c, "risk_grade", plan(56_001)) == [("甲县 橙 专项 2026", "<=", 56_001, F(56_000), False)]


def test_red_with_factor_zero_gets_nothing_even_without_limits():
    c = graded("红")
    assert rows(c, "risk_grade") == ["甲县 红: +1 x[P1,专,0,甲县] ≤ 0"]
    assert not measures(c, "risk_grade", plan(1))[0][-1]


def test_without_debt_limits_the_factor_is_on_what_the_candidates_can_take():
    assert rows(graded("橙"), "risk_grade") == ["甲县 橙: +1 x[P1,专,0,甲县] ≤ 56000"]


def test_green_and_ungraded_have_no_limit():
    assert rows(graded("绿"), "risk_grade") == rows(graded(""), "risk_grade") == []
