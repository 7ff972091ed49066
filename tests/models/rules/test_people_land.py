"""people_land: quotas against a table worked by hand; land moves; never above the quota, exactly."""

from fractions import Fraction as F

import pytest

from models import land
from models.allocation import Allocation, Choice, LandMove
from models.case import Policy, Region
from models.particulars import LandRecord, Migration, People, Settled
from models.verify import verify
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

ON = Policy("people_land")
MU = 10_000


def county(name, per_head=90, people=0, **given):
    settled = (Settled("本市", None, people),) if people else ()
    return Region(name, people=People(settled=settled), land=LandRecord(per_head=F(per_head), **given))


@pytest.mark.parametrize(
    ("table", "per_head", "standard"),
    [
        ("国家", 90, 100), ("国家", 100, 100), ("国家", 101, 80), ("国家", 150, 80), ("国家", 151, 50),
        ("安徽", 99, 100), ("安徽", 100, 88), ("安徽", 119, 88), ("安徽", 120, 80), ("安徽", 150, 80), ("安徽", 151, 50), ("65", 999, 65),
    ],
)  # fmt: skip
def test_standards(table, per_head, standard):
    assert land.standard_of(Policy("people_land", options=(("人均标准", table),)), county("甲", per_head)) == standard


def test_the_example_of_the_manual():
    """10 + 10 % · 10 + 200 people · 100 m² · 0.0015 + 2 = 43 亩; 3 亩 are brought in: 46."""
    place = county("甲县", 90, 200, quota=10 * MU, disposal=F(1), surplus=2 * MU)
    quota = land.quota_of(ON, place)
    assert quota is not None
    assert (quota.settled, quota.stock, quota.total) == (30 * MU, 1 * MU, 43 * MU)
    c = case(
        [project("P1", land=46 * MU)],
        [fund()],
        regions=(place, Region("乙县")),
        policies=(ON,),
        migrations=(Migration("乙县", "甲县", 20),),
    )
    assert land.most_moved(c, ON, c.migrations[0]) == 20 * 100 * 15 == 3 * MU
    assert rows(c, "people_land") == ["甲县: +460000 y[P1,0] -1 m[乙县,甲县] ≤ 430000"]

    def met(moved):
        return measures(
            c, "people_land", Allocation.of([Choice("P1", "", 0)], [], moves=[LandMove("乙县", "甲县", moved)])
        )

    assert met(3 * MU) == [("甲县", "<=", 43 * MU, 43 * MU, True), ("乙县 甲县 带地", "<=", 3 * MU, 3 * MU, True)]
    assert [m[-1] for m in met(3 * MU - 1)] == [False, True]
    assert [m[-1] for m in met(3 * MU + 1)] == [True, False]


def test_a_task_not_done_cuts_the_quota():
    place = county("甲县", quota=10 * MU, disposal=F(99, 100))
    assert land.quota_of(ON, place).total == 8 * MU
    milder = Policy("people_land", options=(("处置核减", "1/10"),))
    assert land.quota_of(milder, place).total == 9 * MU


def test_floating_ten_percent():
    up = Policy("people_land", options=(("浮动", "1/10"),))
    assert land.quota_of(up, county("甲县", 120, 100)).settled == 100 * 88 * 15


def test_land_given_counts_for_the_giver_and_moves_inside_a_prefecture_cancel():
    places = (
        Region("市", land=LandRecord(quota=5 * MU)), Region("甲县", parent="市", land=LandRecord(quota=2 * MU)),
        Region("乙县", parent="市", land=LandRecord(quota=3 * MU)),
    )  # fmt: skip
    c = case(
        [project("P1", land=MU)],
        [fund()],
        regions=places,
        policies=(ON,),
        migrations=(Migration("乙县", "甲县", 1, F(100)),),
    )
    assert rows(c, "people_land") == [
        "市: +10000 y[P1,0] ≤ 50000",
        "甲县: +10000 y[P1,0] -1 m[乙县,甲县] ≤ 20000",
        "乙县: +1 m[乙县,甲县] ≤ 30000",
    ]


def test_a_shared_project_uses_land_by_its_shares():
    place = Region("甲县", land=LandRecord(quota=1))
    shared = project("P1", land=2, shares=(("甲县", F(1, 3)), ("乙县", F(2, 3))))
    c = case([shared], [fund()], regions=(place, Region("乙县")), policies=(ON,))
    assert rows(c, "people_land") == ["甲县: +2 y[P1,0] ≤ 3"]
    assert measures(c, "people_land", Allocation.of([Choice("P1", "", 0)], [])) == [("甲县", "<=", F(2, 3), 1, True)]


def test_moves_without_the_rule_are_refused():
    c = case([project("P1")], [fund()], migrations=(Migration("乙县", "甲县", 1, F(100)),))
    plan = Allocation.of([], [], moves=[LandMove("乙县", "甲县", 1)])
    assert not measures(c, "people_land", plan)[0][-1]


def test_land_brought_twice_counts_twice_and_what_is_brought_is_not_negative():
    c = case(
        [project("P1", 10, land=3 * MU)],
        [fund()],
        regions=(county("甲县", quota=MU), county("乙县", quota=MU)),
        policies=(ON,),
        migrations=(Migration("乙县", "甲县", 10, F(100)), Migration("甲县", "乙县", 10, F(100))),  # 1.5 亩 each
    )
    for moves in (
        [LandMove("乙县", "甲县", MU)] * 2,
        [LandMove("甲县", "乙县", -2 * MU)],
        [LandMove("乙县", "甲县", 3 * MU), LandMove("乙县", "甲县", -MU)],
    ):
        found = Allocation.of([Choice("P1", "", 0)], [], (), moves)
        assert [m for m in verify(c, found).failures if m.rule == "people_land"], moves
