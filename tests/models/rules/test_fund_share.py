"""fund_share: shares of eligible cost, by matrix and by rule row."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Scope
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_matrix_on_total_and_on_building_cost():
    projects = [project("P1", 100), project("P2", 100, building_cost=8000, public_part=F(3, 4))]
    c = case(projects, [fund()], eligible=(("类", "债", F(3, 5)),))
    assert rows(c, "fund_share") == [
        "P1 债: -30000 y[P1,0] +5 x[P1,债,0,甲县] ≤ 0",
        "P2 债: -18000 y[P2,0] +5 x[P2,债,0,甲县] ≤ 0",
    ]


def test_a_rule_row_speaks_of_its_scope():
    row = Policy("fund_share", "上限占比", F(1, 4), Scope(projects=("P1",)))
    c = case([project("P1", 100), project("P2", 100)], [fund()], policies=(row,))
    assert rows(c, "fund_share") == ["P1 债 项目=P1: -10000 y[P1,0] +4 x[P1,债,0,甲县] ≤ 0"]
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 2501)])
    assert measures(c, "fund_share", plan) == [("P1 债 项目=P1", "<=", 2501, F(2500), False)]
