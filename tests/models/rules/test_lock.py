"""lock: 必选, 禁选, 固定安排, 已安排."""

from models.allocation import Allocation, Choice, Payment
from models.case import Pin, Policy
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_golden_rows():
    pins = (Pin("债", 0, "<=", 5000),)
    c = case(
        [
            project("P1", status="必选"),
            project("P2", status="禁选"),
            project("P3", pins=pins, committed=(Pin("债", None, ">=", 100),)),
        ],
        [fund()],
    )
    assert rows(c, "lock") == [
        "P1 必选: 1 ≤ +1 y[P1,0]",
        "P2 禁选: +1 y[P2,0] ≤ 0",
        "P3 必选: 1 ≤ +1 y[P3,0]",
        "P3 已安排 债 >=: 100 ≤ +1 x[P3,债,0,甲县]",
        "P3 固定安排 债 2026 <=: +1 x[P3,债,0,甲县] ≤ 5000",
    ]


def test_an_exact_pin_forces_the_project_and_the_amount():
    c = case([project("P1", 100, pins=(Pin("债", 0, "=", 4000),))], [fund(), fund("补")])
    plan = Allocation.of(
        [Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 4001), Payment("P1", "补", 0, "甲县", 5999)]
    )
    assert [m[-1] for m in measures(c, "lock", plan)] == [True, False]
    assert not measures(c, "lock", Allocation.of([], []))[0][-1]


def test_switched_off_in_the_rules_sheet():
    c = case([project("P1", status="必选")], [fund()], policies=(Policy("lock", value="停用"),))
    assert rows(c, "lock") == [] and measures(c, "lock", Allocation.of([], [])) == []
