"""ongoing_first: ongoing before new, or a share of the money."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice
from models.case import Policy
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_first_gate():
    c = case(
        [project("P1", ongoing=True), project("P2")], [fund()], policies=(Policy("ongoing_first", "方式", "先排"),)
    )
    assert rows(c, "ongoing_first") == ["P1 续建: -1 y[P1,0] +1 a ≤ 0", "P2 全部: +1 y[P2,0] -1 a ≤ 0"]
    plan = Allocation.of([Choice("P2", "", 0)], [])
    assert measures(c, "ongoing_first", plan) == [("P2 全部", "<=", 1, 0, False)]
    both = Allocation.of([Choice("P1", "", 0), Choice("P2", "", 0)], [])
    assert measures(c, "ongoing_first", both) == [("P2 全部", "<=", 1, 1, True)]


def test_a_banned_ongoing_project_does_not_hold_up_others():
    c = case(
        [project("P1", ongoing=True, status="禁选"), project("P2")],
        [fund()],
        policies=(Policy("ongoing_first", "方式", "先排"),),
    )
    assert measures(c, "ongoing_first", Allocation.of([Choice("P2", "", 0)], []))[0][-1]


def test_share():
    c = case(
        [project("P1", 10, ongoing=True), project("P2", 10)],
        [fund()],
        policies=(Policy("ongoing_first", "下限占比", F(1, 3)),),
    )
    assert rows(c, "ongoing_first") == ["全部 占比: 0 ≤ +2 x[P1,债,0,甲县] -1 x[P2,债,0,甲县]"]
