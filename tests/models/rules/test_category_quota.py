"""category_quota: floors and ceilings by category."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Scope
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_named_and_each():
    projects = [project("P1", 10, category="路"), project("P2", 10, category="水")]
    c = case(
        projects,
        [fund(limit=20)],
        policies=(
            Policy("category_quota", "上限占比", F(1, 4)),
            Policy("category_quota", "下限", 300, Scope(categories=("路",))),
        ),
    )
    assert rows(c, "category_quota") == [
        "类别=水 上限占比: +1 x[P2,债,0,甲县] ≤ 500",
        "类别=路 上限占比: +1 x[P1,债,0,甲县] ≤ 500",
        "类别=路 下限: 300 ≤ +1 x[P1,债,0,甲县]",
    ]
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 1000)])
    assert [m[-1] for m in measures(c, "category_quota", plan)] == [True, False, True]
