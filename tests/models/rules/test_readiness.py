"""readiness: documents for any money; evaluation and review for special bonds."""

import pytest

from models.allocation import Allocation, Choice, Payment
from models.case import Policy
from models.particulars import Papers
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

FUNDS = [fund("专", 20, "专项债券"), fund("补", 20)]


def one(papers, **given):
    return case([project("P1", 10, papers=papers, **given)], FUNDS)


@pytest.mark.parametrize(
    ("papers", "given", "expected"),
    [
        (Papers(), {}, []),
        (Papers((("立项", True), ("环评", False))), {}, ["P1 环评: +1 y[P1,0] ≤ 0"]),
        (Papers((("立项", False), ("环评", False))), {"ongoing": True}, ["P1 立项、环评: +1 y[P1,0] ≤ 0"]),
        (Papers(review="待审"), {}, ["P1 审核待审: +1 x[P1,专,0,甲县] ≤ 0"]),
        (Papers(review="未通过"), {}, ["P1 审核未通过: +1 x[P1,专,0,甲县] ≤ 0"]),
        (Papers(review="未通过"), {"ongoing": True}, []),
        (Papers(review="通过"), {}, []),
        (Papers((("事前绩效评估", False),), "通过"), {}, ["P1 事前绩效评估: +1 x[P1,专,0,甲县] ≤ 0"]),
    ],
)
def test_rows(papers, given, expected):
    assert rows(one(papers, **given), "readiness") == expected


def test_measures_keep_the_reason():
    c = one(Papers((("用地", False),), "待审"))
    plan = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "专", 0, "甲县", 7)])
    assert measures(c, "readiness", plan) == [("P1 用地", "<=", 1, 0, False), ("P1 审核待审", "<=", 7, 0, False)]
    by_subsidy = Allocation.of([Choice("P1", "", 0)], [Payment("P1", "补", 0, "甲县", 7)])
    assert measures(one(Papers(review="待审")), "readiness", by_subsidy) == [("P1 审核待审", "<=", 0, 0, True)]


def test_off():
    c = case([project("P1", papers=Papers((("立项", False),)))], FUNDS, policies=(Policy("readiness", value="停用"),))
    assert rows(c, "readiness") == []
