"""pace: bonds of a year within a multiple of the need of the chosen way."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

FUNDS = [fund("专", 900, "专项债券", years=2), fund("补", 900, years=2)]


def asked(policy):
    p = project("P1", 800, profile=(400, 400), asks={"专": (600,)}, arrangement="按申报")
    return case([p], FUNDS, 2, policies=(policy,))


def test_the_example_of_the_manual():
    c = asked(Policy("pace", "系数", F(1)))
    assert rows(c, "pace") == ["P1 全部 2026: -40000 y[P1,0] +1 x[P1,专,0,甲县] ≤ 0"]
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "专", 0, "甲县", 60_000)])
    assert measures(c, "pace", plan) == [("P1 全部 2026", "<=", 60_000, F(40_000), False)]


def test_a_larger_factor():
    c = asked(Policy("pace", "系数", F(3, 2)))
    assert rows(c, "pace") == ["P1 全部 2026: -120000 y[P1,0] +2 x[P1,专,0,甲县] ≤ 0"]


def test_other_money_does_not_count():
    c = case([project("P1", 8)], FUNDS, 2, policies=(Policy("pace", "系数", F(1, 2)),))
    assert rows(c, "pace") == ["P1 全部 2026: -800 y[P1,0] +2 x[P1,专,0,甲县] ≤ 0"]
