"""capital_floor: own capital, capital subsidies and bonds as capital against a share of the total."""

from fractions import Fraction as F

import pytest

from models import capital
from models.allocation import Allocation, Choice, Payment
from models.case import Category, Policy, Scope
from models.particulars import Finance
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

ROAD = Category("路", capital_floor=F(20, 100), bond_capital=True)
FUNDS = [fund("债", 2000, "专项债券", capital="可用作"), fund("补", 2000, capital="计入")]


def road(share=None, received=5_000, **given):
    finance = Finance(capital_received=received, capital_share=share)
    return project("P1", 1000, category="路", finance=finance, **given)


def test_the_example_of_the_manual():
    """(20 % − 5 points) × 1,000 = 150; 50 are there, 60 come as capital subsidy, 40 must be bonds."""
    lower = Policy("capital_floor", "下浮", F(5, 100), Scope(categories=("路",)))
    c = case([road()], FUNDS, categories=(ROAD,), policies=(lower,))

    def met(bonds_as_capital):
        paid = [Payment("P1", "债", 0, "甲县", 94_000, bonds_as_capital), Payment("P1", "补", 0, "甲县", 6_000)]
        return measures(c, "capital_floor", Allocation.of([Choice("P1", "", 0)], paid))

    assert met(4_000) == [("P1", ">=", 15_000, F(15_000), True)]
    assert met(3_999) == [("P1", ">=", 14_999, F(15_000), False)]


def test_rows():
    c = case([road()], FUNDS, categories=(ROAD,))
    assert rows(c, "capital_floor") == ["P1: 0 ≤ -75000 y[P1,0] +5 x[P1,补,0,甲县] +5 e[P1]"]


@pytest.mark.parametrize(
    ("own", "policies", "share"),
    [
        (None, (), F(20, 100)),
        (F(25, 100), (), F(25, 100)),
        (F(10, 100), (), F(20, 100)),
        (F(25, 100), (Policy("capital_floor", "最低比例", F(15, 100)),), F(15, 100)),
        (None, (Policy("capital_floor", "下浮", F(5, 100)),), F(15, 100)),
        (
            None,
            (Policy("capital_floor", "最低比例", F(18, 100)), Policy("capital_floor", "下浮", F(5, 100))),
            F(13, 100),
        ),
    ],
)
def test_where_the_share_comes_from(own, policies, share):
    c = case([road(own)], FUNDS, categories=(ROAD,), policies=policies)
    assert [s for _, s in capital.floors(c, c.projects[0])] == [share]


def test_nothing_is_asked_of_projects_left_out_or_when_off():
    c = case([road()], FUNDS, categories=(ROAD,))
    assert measures(c, "capital_floor", Allocation.of([], [])) == []
    off = case([road()], FUNDS, categories=(ROAD,), policies=(Policy("capital_floor", value="停用"),))
    assert rows(off, "capital_floor") == []
