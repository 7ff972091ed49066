"""debt_headroom: new debt within limit − balance + what is repaid by then, special and general apart."""

from models.allocation import Allocation, Choice, Payment
from models.case import Region
from models.particulars import Debt, Finance
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

BOND, GENERAL = fund("专", 2000, "专项债券", years=2), fund("般", 2000, "一般债券", years=2)


def county(**debt):
    return Region("甲县", parent="甲市", debt=Debt(**debt))


def test_the_example_of_the_manual():
    """Limit 10,000, balance 9,500, 300 due in 2027: 500 in 2026, 800 in all by the end of 2027."""
    place = county(special_limit=1_000_000, special_balance=950_000, due=((1, 30_000),))
    c = case([project("P1", 900, profile=(600, 300))], [BOND], 2, regions=(place,))
    assert rows(c, "debt_headroom") == [
        "甲县 专项 2026: +1 x[P1,专,0,甲县] ≤ 50000",
        "甲县 专项 2027: +1 x[P1,专,0,甲县] +1 x[P1,专,1,甲县] ≤ 80000",
    ]
    paid = [Payment("P1", "专", 0, "甲县", 50_000), Payment("P1", "专", 1, "甲县", 30_001)]
    assert measures(c, "debt_headroom", Allocation.of([Choice("P1", "", 0)], paid)) == [
        ("甲县 专项 2026", "<=", 50_000, 50_000, True),
        ("甲县 专项 2027", "<=", 80_001, 80_000, False),
    ]


def test_a_bond_that_falls_due_inside_the_horizon_makes_room():
    place = county(special_limit=1000, special_balance=0)
    one_year = Finance(tenor=1)
    c = case([project("P1", 20, profile=(10, 10), finance=one_year)], [BOND], 2, regions=(place,))
    assert rows(c, "debt_headroom")[1] == "甲县 专项 2027: +1 x[P1,专,1,甲县] ≤ 1000"


def test_above_the_limit_there_is_no_room_but_no_clash():
    place = county(special_limit=1000, special_balance=2000, due=((1, 1500),))
    c = case([project("P1", 5, profile=(5, 0))], [BOND], 2, regions=(place,))
    assert [r.split("≤")[-1] for r in rows(c, "debt_headroom")] == [" 0", " 500"]
    assert all(m[-1] for m in measures(c, "debt_headroom", Allocation.of([], [])))


def test_general_debt_apart_and_the_subtree():
    place = Region("甲市", debt=Debt(general_limit=500, general_balance=100))
    below = Region("甲县", parent="甲市")
    c = case([project("P1", 1)], [fund("专", 9, "专项债券"), fund("般", 9, "一般债券")], regions=(place, below))
    assert rows(c, "debt_headroom") == ["甲市 一般 2026: +1 x[P1,般,0,甲县] ≤ 400"]
