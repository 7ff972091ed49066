"""negative_list: listed projects take no special bonds; other money they may."""

from models.allocation import Allocation, Choice, Payment
from models.particulars import Papers
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def listed():
    return case(
        [project("P1", 10, papers=Papers(negative=True)), project("P2", 10)],
        [fund("专", 20, "专项债券"), fund("般", 20, "一般债券")],
    )


def test_rows():
    assert rows(listed(), "negative_list") == ["P1: +1 x[P1,专,0,甲县] ≤ 0"]


def test_measure():
    def met(name):
        plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", name, 0, "甲县", 1)])
        return measures(listed(), "negative_list", plan)

    assert met("专") == [("P1", "<=", 1, 0, False)]
    assert met("般") == [("P1", "<=", 0, 0, True)]
