"""decline_cap: new building that is no renewal, in counties that lose people."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Category, Policy, Region, Scope
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

PLACES = (Region("甲县", tags=("人口流失县",)), Region("乙县"), Region("丙县", tags=("高海拔",)))
KINDS = (Category("新"), Category("改", renewal=True))


def four(policy):
    projects = [
        project("P1", 10, category="新"), project("P2", 10, category="改"), project("P3", 10, category="新", ongoing=True),
        project("P4", 10, category="新", region="乙县"), project("P5", 10, category="新", region="丙县"),
    ]  # fmt: skip
    return case(projects, [fund("债", 50)], regions=PLACES, categories=KINDS, policies=(policy,))


def test_share_of_the_limits():
    """2 % of 50 万元 is 1 万元 = 100 units; renewal, ongoing projects and other counties do not count."""
    c = four(Policy("decline_cap", "上限占比", F(2, 100)))
    assert rows(c, "decline_cap") == ["标签=人口流失县,高海拔: +1 x[P1,债,0,甲县] +1 x[P5,债,0,丙县] ≤ 100"]
    everything = [
        Payment(k, "债", 0, r, 100)
        for k, r in (("P1", "甲县"), ("P2", "甲县"), ("P3", "甲县"), ("P4", "乙县"), ("P5", "丙县"))
    ]
    plan = Allocation.of([Choice(f"P{k}", "", 0) for k in range(1, 6)], everything)
    assert measures(c, "decline_cap", plan) == [("标签=人口流失县,高海拔", "<=", 200, F(100), False)]


def test_share_of_what_is_spent_and_let_through_categories():
    options = (("基数", "实际安排"), ("允许类别", "改"))
    c = four(Policy("decline_cap", "上限占比", F(1, 2), Scope(regions=("甲县",)), options=options))
    paid = [Payment("P1", "债", 0, "甲县", 100), Payment("P4", "债", 0, "乙县", 100)]
    plan = Allocation.of([Choice("P1", "", 0), Choice("P4", "", 0)], paid)
    assert measures(c, "decline_cap", plan) == [("地区=甲县", "<=", 100, F(100), True)]
    more = Allocation.of(plan.choices, [*paid, Payment("P5", "债", 0, "丙县", 1)])
    assert measures(c, "decline_cap", more)[0][3] == F(201, 2)
