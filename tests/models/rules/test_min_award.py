"""min_award: nothing, or at least the minimum."""

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Scope
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_rows_and_measure():
    c = case(
        [project("P1", 100)],
        [fund(), fund("补")],
        policies=(Policy("min_award", "起拨额", 3000, Scope(funds=("债",))),),
    )
    assert rows(c, "min_award") == ["P1 债 资金=债: 0 ≤ +1 x[P1,债,0,甲县] -3000 u[P1,债]"]
    plan = Allocation.of(
        [Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 2999), Payment("P1", "补", 0, "甲县", 7001)]
    )
    assert measures(c, "min_award", plan) == [("P1 债 资金=债", ">=", 2999, 3000, False)]
    nothing = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "补", 0, "甲县", 10000)])
    assert measures(c, "min_award", nothing) == []
