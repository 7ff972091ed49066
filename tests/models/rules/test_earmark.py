"""earmark: blank cells of 资金适用, and parts of a fund cut for one category."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Slice
from models.space import Space
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def paid(amount, key="P1", name="债"):
    return Allocation.of([Choice(key, "", 0)], [Payment(key, name, 0, "甲县", amount)])


def test_a_blank_cell_has_no_column_and_no_money():
    c = case([project("P1", 100)], [fund()], eligible=())
    assert Space(c).x.size == 0
    assert measures(c, "earmark", paid(10_000)) == [("P1 债", "<=", 10_000, 0, False)]


def test_soft_or_off_the_column_exists():
    soft = case([project("P1", 100)], [fund()], eligible=(), policies=(Policy("earmark", hard=False, penalty=F(1)),))
    assert rows(soft, "earmark") == ["P1 债: +1 x[P1,债,0,甲县] ≤ 0"]
    assert rows(soft, "fund_share") == []
    off = case([project("P1", 100)], [fund()], eligible=(), policies=(Policy("earmark", value="停用"),))
    assert Space(off).x.size == 1 and rows(off, "earmark") == []


def test_parts_by_category_and_nothing_without_a_part():
    c = case(
        [
            project("P1", 700, category="老旧小区"),
            project("P2", 700, category="棚户区"),
            project("P3", 700, category="公园"),
        ],
        [fund("安居", 2000)],
        slices=(Slice("安居", "甲县", None, 60_000, "老旧小区"), Slice("安居", "甲县", None, 40_000, "棚户区")),
    )
    assert rows(c, "earmark") == [
        "安居 甲县 老旧小区: +1 x[P1,安居,0,甲县] ≤ 60000",
        "安居 甲县 棚户区: +1 x[P2,安居,0,甲县] ≤ 40000",
        "安居 甲县 公园 2026: +1 x[P3,安居,0,甲县] ≤ 0",
    ]
    found = measures(c, "earmark", paid(70_000, name="安居"))
    assert ("安居 甲县 老旧小区", "<=", 70_000, 60_000, False) in found


def test_the_parts_are_also_the_limit_of_the_region():
    c = case([project("P1")], [fund("安居", None)], slices=(Slice("安居", "甲县", None, 60_000, "类"),))
    assert "安居 甲县: +1 x[P1,安居,0,甲县] ≤ 60000" in rows(c, "fund_limit")
