"""fund_share: shares of eligible cost, by matrix and by rule row."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Region, Scope
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


def test_shares_by_region_class():
    """西部 60 %, 四省涉藏 80 % (the larger of two tags), a shared project by its shares; no class, no limit."""
    places = (
        Region("省", tags=("西部",)), Region("甲县", parent="省"), Region("乙县", parent="省", tags=("四省涉藏",)), Region("丙县"),
    )  # fmt: skip
    projects = [
        project("P1", 100), project("P2", 100, region="乙县"), project("P3", 100, region="丙县"),
        project("P4", 100, shares=(("甲县", F(1, 4)), ("乙县", F(3, 4)))),
    ]  # fmt: skip
    row = Policy("fund_share", "分地区类", "是", Scope(funds=("债",)))
    c = case(projects, [fund()], regions=places, policies=(row,))
    assert rows(c, "fund_share") == [
        "P1 债 资金=债: -30000 y[P1,0] +5 x[P1,债,0,甲县] ≤ 0",
        "P2 债 资金=债: -40000 y[P2,0] +5 x[P2,债,0,乙县] ≤ 0",
        "P4 债 资金=债: -30000 y[P4,0] +4 x[P4,债,0,甲县] +4 x[P4,债,0,乙县] ≤ 0",
    ]
    plan = Allocation.of([Choice("P2", "", 0)], [Payment("P2", "债", 0, "乙县", 8001)])
    assert measures(c, "fund_share", plan) == [("P2 债 资金=债", "<=", 8001, F(8000), False)]
    lower = case(
        projects[:1],
        [fund()],
        regions=places,
        policies=(Policy("fund_share", "分地区类", "是", options=(("西部", "1/2"),)),),
    )
    assert rows(lower, "fund_share") == ["P1 债 全部: -10000 y[P1,0] +2 x[P1,债,0,甲县] ≤ 0"]
