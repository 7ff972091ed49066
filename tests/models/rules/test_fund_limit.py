"""fund_limit: by year, carried over, pooled, cut by region."""

from models.allocation import Allocation, Choice, Payment
from models.case import Region, Slice
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def two_years(**given):
    return case([project("P1", 30, profile=(10, 20))], [fund("债", (15, 15), **given)], years=2)


def paid(*amounts):
    return Allocation.of(
        [Choice("P1", "", 0)], [Payment("P1", "债", t, "甲县", a * 100) for t, a in enumerate(amounts)]
    )


def test_by_year():
    assert rows(two_years(), "fund_limit") == [
        "债 2026: +1 x[P1,债,0,甲县] ≤ 1500",
        "债 2027: +1 x[P1,债,1,甲县] ≤ 1500",
    ]
    assert [m[-1] for m in measures(two_years(), "fund_limit", paid(10, 20))] == [True, False]


def test_carry_over_adds_what_is_left():
    c = two_years(carries=True)
    assert rows(c, "fund_limit")[1] == "债 至2027累计: +1 x[P1,债,0,甲县] +1 x[P1,债,1,甲县] ≤ 3000"
    assert all(m[-1] for m in measures(c, "fund_limit", paid(10, 20)))
    assert not all(m[-1] for m in measures(c, "fund_limit", paid(16, 14)))


def test_years_are_caps_inside_the_pool():
    c = case([project("P1", 30, profile=(10, 20))], [fund("债", (None, 20), pool=2500)], years=2)
    assert rows(c, "fund_limit") == [
        "债 2027: +1 x[P1,债,1,甲县] ≤ 2000",
        "债: +1 x[P1,债,0,甲县] +1 x[P1,债,1,甲县] ≤ 2500",
    ]


def test_slices_bind_their_region_and_leave_nothing_to_the_unlisted():
    projects = [project("P1", 10), project("P2", 10, region="乙县")]
    c = case(
        projects,
        [fund("债", (None,))],
        regions=(Region("甲县"), Region("乙县")),
        slices=(Slice("债", "甲县", None, 800),),
    )
    assert rows(c, "fund_limit") == ["债 甲县: +1 x[P1,债,0,甲县] ≤ 800", "债 未切块地区: +1 x[P2,债,0,乙县] ≤ 0"]
