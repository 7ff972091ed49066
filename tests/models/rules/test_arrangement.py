"""arrangement: full, partial and as asked; golden rows and hand-made plans."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_full_pays_every_need():
    c = case([project("P1", 500, profile=(300, 200))], [fund(years=2)], years=2)
    assert rows(c, "arrangement") == [
        "P1 2026: 0 ≤ -30000 y[P1,0] +1 x[P1,债,0,甲县] ≤ 0",
        "P1 2027: 0 ≤ -20000 y[P1,0] +1 x[P1,债,1,甲县] ≤ 0",
    ]


def test_a_later_start_moves_the_profile_and_cuts_it_at_the_horizon():
    c = case([project("P1", 500, profile=(300, 200), starts=(0, 1))], [fund(years=2)], years=2)
    assert rows(c, "arrangement")[1] == "P1 2027: 0 ≤ -20000 y[P1,0] -30000 y[P1,1] +1 x[P1,债,1,甲县] ≤ 0"


def test_asked_pays_exactly_the_ask():
    c = case([project("P1", 500, asks={"债": (120,)}, arrangement="按申报")], [fund()])
    assert rows(c, "arrangement") == ["P1 债 2026: 0 ≤ -12000 y[P1,0] +1 x[P1,债,0,甲县] ≤ 0"]
    right = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 12000)])
    wrong = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 11999)])
    assert measures(c, "arrangement", right) == [("P1 债 2026", "=", 12000, 12000, True)]
    assert not measures(c, "arrangement", wrong)[0][-1]


def test_partial_needs_its_least_fill_and_a_payer_for_bonds():
    c = case([project("P1", 300, arrangement="部分", least_fill=F(1, 2), own_promise=5000)], [fund(kind="专项债券")])
    assert "P1 最低满足率: 0 ≤ -30000 y[P1,0] +2 w[P1]" in rows(c, "arrangement")

    def met(amount):
        plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", amount)])
        return {m[0]: m[-1] for m in measures(c, "arrangement", plan)}

    assert met(14999)["P1 最低满足率"] is False
    assert met(24999)["P1 缺口付款人"] is False  # gap 5001 above the promise of 5000
    assert all(met(25000).values())


def test_money_for_what_is_not_chosen_fails():
    c = case([project("P1")], [fund()])
    plan = Allocation.of([], [Payment("P1", "债", 0, "甲县", 1)])
    assert [m[-1] for m in measures(c, "arrangement", plan)] == [False]


def test_strange_funds_regions_and_years_fail():
    c = case([project("P1", 1)], [fund()])
    for payment in (
        Payment("P1", "别的", 0, "甲县", 100),
        Payment("P1", "债", 4, "甲县", 100),
        Payment("P1", "债", 0, "乙县", 100),
    ):
        assert not all(m[-1] for m in measures(c, "arrangement", Allocation.of([Choice("P1", "", 0)], [payment])))
