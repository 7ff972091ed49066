"""count_cap: projects in a scope, or projects a fund supports."""

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Scope
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_projects_in_a_scope():
    c = case(
        [project("P1"), project("P2", category="路")],
        [fund()],
        policies=(Policy("count_cap", "最多个数", 0, Scope(categories=("路",))),),
    )
    assert rows(c, "count_cap") == ["类别=路: +1 y[P2,0] ≤ 0"]
    assert measures(c, "count_cap", Allocation.of([Choice("P2", "", 0)], [])) == [("类别=路", "<=", 1, 0, False)]


def test_projects_a_fund_supports():
    c = case(
        [project("P1", 10)], [fund(), fund("补")], policies=(Policy("count_cap", "最多个数", 0, Scope(funds=("债",))),)
    )
    assert rows(c, "count_cap") == ["资金=债: +1 u[P1,债] ≤ 0"]
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "补", 0, "甲县", 1000)])
    assert measures(c, "count_cap", plan)[0][-1]
