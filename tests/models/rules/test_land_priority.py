"""land_priority: schools and housing get at least a share of the land that is used."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice
from models.case import Category, Policy, Scope
from tests.cases import REGIONS, case, fund, project
from tests.models.rules.golden import measures, rows

MU = 10_000


def three(policy, **given):
    projects = [
        project("P1", category="学校", land=29 * MU), project("P2", category="商", land=71 * MU),
        project("P3", category="学校", land=MU, region="乙县"),
    ]  # fmt: skip
    return case(projects, [fund()], regions=REGIONS, policies=(policy,), **given)


def both(*keys):
    return Allocation.of([Choice(k, "", 0) for k in keys], [])


def test_the_share_of_all_land_used():
    c = three(Policy("land_priority", "下限占比", F(30, 100), Scope(categories=("学校",))))
    assert rows(c, "land_priority") == ["类别=学校: 0 ≤ +203000 y[P1,0] -213000 y[P2,0] +7000 y[P3,0]"]
    assert measures(c, "land_priority", both("P1", "P2")) == [("类别=学校", ">=", 29 * MU, F(30 * MU), False)]
    assert not measures(c, "land_priority", both("P1", "P2", "P3"))[0][-1]  # 30 of 101, needed 30.3
    assert measures(c, "land_priority", both("P1"))[0][-1]


def test_each_named_region_apart():
    c = three(Policy("land_priority", "下限占比", F(29, 100), Scope(categories=("学校",), regions=("甲县", "乙县"))))
    assert [m[0] for m in measures(c, "land_priority", both("P1", "P2"))] == [
        "地区=甲县;类别=学校",
        "地区=乙县;类别=学校",
    ]
    assert all(m[-1] for m in measures(c, "land_priority", both("P1", "P2")))


def test_without_categories_the_mark_of_the_category_counts():
    marks = (Category("学校", livelihood=True), Category("商"))
    c = three(Policy("land_priority", "下限占比", F(1)), categories=marks)
    assert not measures(c, "land_priority", both("P2"))[0][-1]
    assert measures(c, "land_priority", both("P1", "P3"))[0][-1]
