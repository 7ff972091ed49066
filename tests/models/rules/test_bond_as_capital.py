"""bond_as_capital: at most 30 % of all project bonds, only listed kinds, never more than the bonds paid."""

from fractions import Fraction as F

import pytest

from models import capital
from models.allocation import Allocation, Choice, Payment
from models.case import Category, Policy, Scope
from models.particulars import Finance
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

ROAD = Category("路", capital_floor=F(20, 100), bond_capital=True)
MALL = Category("商", capital_floor=F(20, 100), bond_capital=False)
FUNDS = [fund("债", 2000, "专项债券", capital="可用作"), fund("补", 2000)]


def road(key="P1", category="路"):
    return project(key, 1000, category=category, finance=Finance())


def plan(bond, used, name="债"):
    return Allocation.of([Choice("P1", "", 0)], [Payment("P1", name, 0, "甲县", bond, used)])


def test_thirty_percent_of_all_project_bonds():
    c = case([road()], FUNDS, categories=(ROAD,))
    assert rows(c, "bond_as_capital") == [
        "全部: -3 x[P1,债,0,甲县] +10 e[P1] ≤ 0",
        "P1 用作资本金: -1 x[P1,债,0,甲县] +1 e[P1] ≤ 0",
    ]
    assert measures(c, "bond_as_capital", plan(200_000, 60_000)) == [("全部", "<=", 60_000, F(60_000), True)]
    assert not measures(c, "bond_as_capital", plan(200_000, 60_001))[0][-1]


def test_a_lower_figure_may_be_set():
    c = case([road()], FUNDS, categories=(ROAD,), policies=(Policy("bond_as_capital", "上限占比", F(10, 100)),))
    assert measures(c, "bond_as_capital", plan(200_000, 20_001)) == [("全部", "<=", 20_001, F(20_000), False)]


def test_kinds_outside_the_list_have_no_column():
    c = case([road("P1", "商")], FUNDS, categories=(ROAD, MALL))
    assert not any("e[" in row for row in rows(c, "bond_as_capital"))
    assert ("P1 不在清单", "<=", 1, 0, False) in measures(c, "bond_as_capital", plan(100, 1))


@pytest.mark.parametrize(
    ("categories", "policies", "listed"),
    [
        ((), (), True),
        ((ROAD,), (), True),
        ((MALL, Category("路")), (), False),
        ((), (Policy("bond_as_capital", "允许", "是", Scope(categories=("商",))),), False),
        ((MALL, ROAD), (Policy("bond_as_capital", "允许", "否", Scope(categories=("路",))),), False),
        ((), (Policy("bond_as_capital", "允许", "是", Scope(categories=("路",))),), True),
    ],
)
def test_what_is_on_the_list(categories, policies, listed):
    c = case([road()], FUNDS, categories=categories, policies=policies)
    assert capital.listed(c, c.projects[0]) is listed


def test_a_fund_that_may_not_be_used():
    c = case([road()], FUNDS, categories=(ROAD,))
    assert ("P1 补 不可用作资本金", "<=", 5, 0, False) in measures(c, "bond_as_capital", plan(100, 5, "补"))


def test_of_lines_that_speak_of_a_project_the_narrowest_counts_whatever_their_order():
    wide, narrow = (
        Policy("bond_as_capital", capital.ALLOWED, "是"),
        Policy("bond_as_capital", capital.ALLOWED, "否", Scope(categories=("路",))),
    )
    again = Policy("bond_as_capital", capital.ALLOWED, "是", Scope(categories=("路",)))
    for lines in ((wide, narrow), (narrow, wide), (again, narrow, wide), (narrow, again)):
        c = case([road()], FUNDS, categories=(ROAD,), policies=lines)
        assert not capital.listed(c, c.projects[0])
    for lines in ((wide,), (again, wide)):
        c = case([road()], FUNDS, categories=(ROAD,), policies=lines)
        assert capital.listed(c, c.projects[0])
