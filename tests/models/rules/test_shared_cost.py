"""shared_cost: agreed shares, to one unit, remainder to the first."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


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
