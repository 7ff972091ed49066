"""coverage: revenue and top-ups against κ times the debt service, where bonds are taken."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment, Topup
from models.case import Policy, Region, Scope
from models.particulars import Debt, Finance
from models.verify import verify
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

TEN_YEARS = Finance(revenue=150_000, tenor=10, rate=F(3, 100), topups=((0, 10_000),))
BOND = fund("债", 2000, "专项债券", covered=True)


def plan(bond, topup=0):
    topups = [Topup("P1", 0, topup)]
    return Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", bond)], topups)


def test_the_example_of_the_manual():
    """1,000 × (1 + 3 % × 10) = 1,300; 1.2 × 1,300 = 1,560; 1,500 of revenue want 60 of top-up."""
    c = case([project("P1", 1000, finance=TEN_YEARS)], [BOND])
    assert measures(c, "coverage", plan(100_000))[0] == ("P1", ">=", 150_000, F(156_000), False)
    assert measures(c, "coverage", plan(100_000, 6_000))[0] == ("P1", ">=", 156_000, F(156_000), True)
    assert not measures(c, "coverage", plan(100_000, 5_999))[0][-1]


def test_rows():
    c = case([project("P1", 1000, finance=TEN_YEARS)], [BOND])
    # 1.2 · 1.3 = 39/25: 39·b − 25·1,500 − 25·h ≤ 0
    assert rows(c, "coverage") == ["P1: -3750000 y[P1,0] +39 x[P1,债,0,甲县] -25 h[P1,0] ≤ 0"]


def test_old_debt_counts_only_where_bonds_are_taken():
    """Revenue 100 < 1.2 × old service 150: no bonds, yet the project may be done with other money."""
    owes = Finance(revenue=10_000, tenor=1, rate=F(0), old_service=10_000, loan_service=5_000)
    c = case([project("P1", 10, finance=owes)], [BOND, fund("补", 10)])
    assert rows(c, "coverage") == ["P1: +6 x[P1,债,0,甲县] +40000 u[P1,债] ≤ 0"]
    by_subsidy = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "补", 0, "甲县", 1000)])
    assert measures(c, "coverage", by_subsidy) == []
    assert measures(c, "coverage", plan(1)) == [("P1", ">=", 10_000, F(6, 5) * 15_001, False)]


def test_rows_of_the_rule_sheet_take_the_place_of_the_default():
    row = Policy("coverage", "倍数", F(1), Scope(projects=("P1",)))
    c = case([project("P1", finance=TEN_YEARS), project("P2", finance=TEN_YEARS)], [BOND], policies=(row,))
    assert [m[3] for m in measures(c, "coverage", plan(100_000))][:1] == [F(130_000)]
    off = case([project("P1", finance=TEN_YEARS)], [BOND], policies=(Policy("coverage", value="停用"),))
    assert rows(off, "coverage") == []


def test_topups_stay_within_the_offer_and_the_limit_of_the_region():
    region = Region("甲县", debt=Debt(topup_limits=((0, 5_000),)))
    c = case([project("P1", 1000, finance=TEN_YEARS)], [BOND], regions=(region,))
    assert "甲县 分年补助 2026: +1 h[P1,0] ≤ 5000" in rows(c, "coverage")
    found = measures(c, "coverage", plan(100_000, 10_001))
    assert ("P1 分年补助 2026", "<=", 10_001, 10_000, False) in found
    assert ("甲县 分年补助 2026", "<=", 10_001, 5_000, False) in found


def test_a_topup_told_twice_counts_twice_and_a_negative_one_frees_nothing():
    c = case([project("P1", 1000, finance=TEN_YEARS)], [BOND])
    twice = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 100_000)], [Topup("P1", 0, 6_000)] * 2)
    assert [m for m in verify(c, twice).failures if m.rule == "coverage"]  # 10,000 are offered
    other = project("P2", 1, finance=Finance(topups=((0, 5_000),)))
    limit = Region("甲县", debt=Debt(topup_limits=((0, 1_000),)))
    c = case([project("P1", 1000, finance=TEN_YEARS), other], [BOND], regions=(limit,), policies=(Policy("coverage"),))
    for topups in ([Topup("P1", 0, 6_000)], [Topup("P1", 0, 6_000), Topup("P2", 0, -5_000)], [Topup("P9", 0, 1)]):
        found = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 100_000)], topups)
        assert [m for m in verify(c, found).failures if m.rule == "coverage"], topups
