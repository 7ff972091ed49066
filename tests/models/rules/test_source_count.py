"""source_count: funds per project."""

from models.allocation import Allocation, Choice, Payment
from models.case import Policy
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_rows_and_measure():
    c = case([project("P1", 100)], [fund(), fund("补")], policies=(Policy("source_count", "最多来源", 1),))
    assert rows(c, "source_count") == ["P1 全部: +1 u[P1,债] +1 u[P1,补] ≤ 1"]
    plan = Allocation.of(
        [Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 5000), Payment("P1", "补", 0, "甲县", 5000)]
    )
    assert measures(c, "source_count", plan) == [("P1 全部", "<=", 2, 1, False)]
