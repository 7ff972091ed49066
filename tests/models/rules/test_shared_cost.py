"""shared_cost: agreed shares, to one unit, remainder to the first."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Slice
from models.verify import verify
from optimizer.options import Options
from optimizer.solve import solve
from tests.cases import REGIONS, case, fund, project
from tests.models.rules.golden import measures, rows

THIRDS = (("甲县", F(1, 3)), ("乙县", F(2, 3)))


def shared():
    return case([project("P1", 1, shares=(("甲县", F(1, 3)), ("乙县", F(2, 3))))], [fund()])


def test_rows():
    assert rows(shared(), "shared_cost") == ["P1 乙县 2026: -2 ≤ -200 y[P1,0] +3 x[P1,债,0,乙县] ≤ 0"]


def test_rounded_down_with_the_remainder_to_the_first():
    def met(first, second):
        plan = Allocation.of(
            [Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", first), Payment("P1", "债", 0, "乙县", second)]
        )
        return measures(shared(), "shared_cost", plan)[0][-1]

    assert met(34, 66)  # 2/3 of 100 is 66.67
    assert not met(33, 67)
    assert not met(35, 65)


def test_a_coarse_step_is_the_unit():
    c = case([project("P1", 100, shares=(("甲县", F(1, 3)), ("乙县", F(2, 3))))], [fund(step=1000)])
    plan = Allocation.of(
        [Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 4000), Payment("P1", "债", 0, "乙县", 6000)]
    )
    assert measures(c, "shared_cost", plan)[0][-1]


def test_a_fund_asked_beyond_the_horizon_gives_the_model_the_unit_of_the_check():
    """The fund with a step of 10 万元 is asked in the third year of two: 60 to 40 is within a step of a third."""
    asks = {"补": (100,), "债": (0, 0, 100)}
    shared = project("P1", 200, profile=(100, 0, 100), asks=asks, duration=3, arrangement="按申报", shares=THIRDS)
    other = project("P2", 10, 1, asks={"补": (10,)}, arrangement="按申报")
    slices = (Slice("补", "甲县", None, 20_000), Slice("补", "乙县", None, 6_000))
    funds = [fund("补", (None, None)), fund("债", 1000, "专项债券", 2, step=1000)]
    c = case([shared, other], funds, 2, regions=REGIONS, slices=slices)
    money = [("P1", "甲县", 4000), ("P1", "乙县", 6000), ("P2", "甲县", 1000)]
    plan = Allocation.of(
        [Choice("P1", "", 0), Choice("P2", "", 0)], [Payment(key, "补", 0, place, sum_) for key, place, sum_ in money]
    )
    assert verify(c, plan).passed
    assert solve(c, Options(second="", time_limit=10)).value == verify(c, plan).value == 11
