"""region_quota: amounts, shares of limits, shares of what is spent, subtrees."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Region, Scope
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

CITY = (Region("市"), Region("甲县", parent="市"), Region("乙县", parent="市", used=(("债", 500),)))


def two():
    return [project("P1", 10), project("P2", 10, region="乙县")]


def test_a_quota_at_a_node_sums_its_subtree():
    c = case(two(), [fund()], regions=CITY, policies=(Policy("region_quota", "上限", 1500, Scope(regions=("市",))),))
    assert rows(c, "region_quota") == ["地区=市 上限: +1 x[P1,债,0,甲县] +1 x[P2,债,0,乙县] ≤ 1000"]


def test_without_a_region_each_one_has_the_quota():
    c = case(two(), [fund(limit=20)], regions=CITY, policies=(Policy("region_quota", "上限占比", F(2, 5)),))
    assert rows(c, "region_quota") == [
        "地区=甲县 上限占比: +1 x[P1,债,0,甲县] ≤ 800",
        "地区=乙县 上限占比: +1 x[P2,债,0,乙县] ≤ 800",
    ]


def test_what_was_used_before_counts():
    c = case(
        two(),
        [fund()],
        regions=CITY,
        policies=(Policy("region_quota", "上限", 1200, Scope(regions=("乙县",), funds=("债",))),),
    )
    assert rows(c, "region_quota") == ["资金=债 上限: +1 x[P2,债,0,乙县] ≤ 700".replace("资金=债", "地区=乙县;资金=债")]
    plan = Allocation.of([Choice("P2", "", 0)], [Payment("P2", "债", 0, "乙县", 1000)])
    assert measures(c, "region_quota", plan) == [("地区=乙县;资金=债 上限", "<=", 1500, F(1200), False)]


def test_share_of_what_is_spent():
    row = Policy("region_quota", "下限占比", F(1, 2), Scope(regions=("乙县",)), options=(("基数", "实际安排"),))
    c = case(two(), [fund()], regions=CITY, policies=(row,))
    assert rows(c, "region_quota") == ["地区=乙县 下限占比: 0 ≤ -1 x[P1,债,0,甲县] +1 x[P2,债,0,乙县]"]


def test_a_share_of_nothing_is_reported_as_idle():
    from models.rules import RULE_BY_ID

    row = Policy("region_quota", "下限占比", F(1, 2), Scope(regions=("乙县",)), options=(("基数", "实际安排"),))
    c = case(two(), [fund()], regions=CITY, policies=(row,))
    (m,) = RULE_BY_ID["region_quota"].measure(c, Allocation.of([], []))
    assert m.idle


def test_by_year():
    row = Policy("region_quota", "上限占比", F(1, 2), Scope(regions=("甲县",)), year=1)
    c = case([project("P1", 10, profile=(4, 6))], [fund("债", (10, 8))], years=2, regions=CITY, policies=(row,))
    assert rows(c, "region_quota") == ["地区=甲县 上限占比 2027: +1 x[P1,债,1,甲县] ≤ 400"]
