"""people_money: bands around the linkage weights, against tables worked by hand."""

from fractions import Fraction as F

from models import linkage
from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Region
from models.particulars import People, Settled
from models.rules.people_money import setting
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

BAND = Policy("people_money", "偏差", F(20, 100))


def county(name, people, **factors):
    return Region(name, people=People(settled=(Settled("本市", None, people),), **factors))


def two(policy=BAND, sizes=(2000, 2000), limit=1000, people=(300, 100), **given):
    projects = [project("P1", sizes[0], region="甲县"), project("P2", sizes[1], region="乙县")]
    places = (county("甲县", people[0]), county("乙县", people[1]))
    return case(projects, [fund("奖", limit, linked=True)], regions=places, policies=(policy,), **given)


def test_weights_of_three_tiers_decay_cost_and_hardship_by_hand():
    """甲: 0.9·1.1·(1·(2·100 + 1·50) + 0.5·(2·40)) = 0.99·290 = 287.1; 乙: 1·1·(1·60 + 0.5·20) = 70.

    287.1 + 70 = 357.1; 287.1/357.1 = 803,976.477… ppm, 70/357.1 = 196,023.522… ppm; the larger remainder
    (0.522) takes the missing part.
    """
    first = People(
        settled=(Settled("跨省", 2025, 100), Settled("本市", 2025, 50), Settled("跨省", 2024, 40)),
        cost=F(9, 10),
        hardship=F(11, 10),
    )
    second = People(settled=(Settled("本市", 2025, 60), Settled("省内", 2024, 20)))
    options = (("权重:跨省", "2"), ("退坡:1", "1"), ("退坡:2", "1/2"))
    policy = Policy("people_money", "偏差", F(0), options=options)
    c = case(
        [project()], [fund()], regions=(Region("甲县", people=first), Region("乙县", people=second)), policies=(policy,)
    )
    assert linkage.raw_weight(c, policy, c.regions[0]) == F(2871, 10)
    assert linkage.raw_weight(c, policy, c.regions[1]) == 70
    assert linkage.weights(c, policy) == {"甲县": 803_976, "乙县": 196_024}


def test_people_settled_longer_ago_than_the_fading_reaches_no_longer_count():
    people = People(settled=(Settled("本市", 2025, 10), Settled("本市", 2020, 1000)))
    policy = Policy("people_money", "偏差", F(0), options=(("退坡:1", "1"),))
    c = case([project()], [fund()], regions=(Region("甲县", people=people),), policies=(policy,))
    assert linkage.raw_weight(c, policy, c.regions[0]) == 10


def test_the_example_of_the_manual():
    """300 and 100 people: 750,000 and 250,000 ppm; of 1,000 万元 ± 20 %: 600–900 and 200–300."""
    bands = linkage.bands(two(), BAND)
    assert (bands["甲县"].floor, bands["乙县"].floor) == (60_000, 20_000)
    # 乙县's smallest project needs 2,000, more than its 300: the ceiling gives way to one whole project
    assert (bands["甲县"].ceiling, bands["乙县"].ceiling) == (200_000, 200_000)
    small = linkage.bands(two(sizes=(500, 100)), BAND)
    assert (small["甲县"].floor, small["甲县"].ceiling) == (50_000, 90_000)  # 甲县 can absorb 500 only
    assert (small["乙县"].floor, small["乙县"].ceiling) == (10_000, 30_000)


def test_rows_and_measures():
    c = two(sizes=(500, 100))
    assert rows(c, "people_money") == [
        "乙县 下限: 10000 ≤ +1 x[P2,奖,0,乙县]",
        "乙县 上限: +1 x[P2,奖,0,乙县] ≤ 30000",
        "甲县 下限: 50000 ≤ +1 x[P1,奖,0,甲县]",
        "甲县 上限: +1 x[P1,奖,0,甲县] ≤ 90000",
    ]
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "奖", 0, "甲县", 50_000)])
    assert measures(c, "people_money", plan) == [
        ("乙县 下限", ">=", 0, F(10_000), False),
        ("乙县 上限", "<=", 0, F(30_000), True),
        ("甲县 下限", ">=", 50_000, F(50_000), True),
        ("甲县 上限", "<=", 50_000, F(90_000), True),
    ]


def test_share_of_what_is_spent():
    spent = Policy("people_money", "偏差", F(20, 100), options=(("基数", "实际安排"),))
    c = two(spent)
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "奖", 0, "甲县", 1000)])
    found = {m[0]: m[2:] for m in measures(c, "people_money", plan)}
    assert found["甲县 上限"] == (1000, F(900), False)
    assert found["乙县 下限"] == (0, F(200), False)
    nothing = measures(c, "people_money", Allocation.of([], []))
    assert len(nothing) == 4 and all(m[3] == 0 for m in nothing)


def test_a_region_without_weight_has_neither_floor_nor_ceiling():
    assert {row.split()[0] for row in rows(two(people=(5, 0)), "people_money")} == {"甲县"}


def test_what_a_region_absorbs_worked_by_hand():
    """甲县: 100 asked + half of a need of 300 (shared) + share-capped 60 % of 200 = 100 + 150 + 120."""
    projects = [
        project("A", 500, region="甲县", asks={"奖": (100,)}, arrangement="按申报"),
        project("B", 300, shares=(("甲县", F(1, 2)), ("乙县", F(1, 2)))),
        project("C", 200, region="甲县", category="限"),
        project("D", 900, region="甲县", status="禁选"),
    ]
    eligible = (("类", "奖", F(1)), ("限", "奖", F(60, 100)))
    c = case(projects, [fund("奖", 1000)], regions=(county("甲县", 1), county("乙县", 1)), eligible=eligible)
    able = linkage.appetites(c, ("奖",))
    assert able["甲县"] == linkage.Appetite(37_000, 10_000)
    assert able["乙县"].absorb == 15_000
    assert able["丙县"] == linkage.Appetite(0, None)


def test_the_deviation_at_which_a_limit_is_a_given_amount():
    """Of 750,000 ppm of 1,000 万元: 600 and 900 are 20 %, 450 is 40 % below, 1,050 is 40 % above."""
    c = two(sizes=(5000, 100))
    found = [setting(c, BAND, ("甲县", side, ""), F(limit)) for side, limit in (("下限", 45_000), ("上限", 105_000))]
    assert found == [F(40, 100), F(40, 100)]
    wider = linkage.bands(c, Policy("people_money", "偏差", F(40, 100)))["甲县"]
    assert wider.floor == 45_000
    spent = Policy("people_money", "偏差", F(20, 100), options=(("基数", "实际安排"),))
    assert setting(c, spent, ("甲县", "上限", ""), F(1)) is None
    assert setting(c, BAND, ("丙县", "上限", ""), F(1)) is None
