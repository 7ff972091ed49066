"""age_material: subsidies renew old pipes, or those of a listed material."""

import pytest

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Scope
from models.particulars import Pipe
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows

FUNDS = [fund("专", 20, "专项债券", years=6), fund("补", 20, years=6)]
ON = Policy("age_material")


def water(built, material="", network="供水", policy=ON, starts=(0,)):
    return case([project("P1", 10, pipe=Pipe(network, built, material), starts=starts)], FUNDS, 6, policies=(policy,))


@pytest.mark.parametrize(
    ("network", "built", "material", "barred"),
    [
        ("供水", 1997, "", True), ("供水", 1996, "", False), ("供水", 2020, "石棉管", False), ("供水", 2020, "灰口铸铁", True),
        ("供水", 2020, "无防腐内衬灰口铸铁", False), ("燃气", 2007, "", True), ("燃气", 2006, "PE管", False),
        ("燃气", 2020, "灰口铸铁管", False), ("排水", 1977, "", True), ("排水", 1976, "", False), ("排水", 2020, "平口混凝土管", False),
        ("供热", 2007, "", True), ("供热", 2006, "", False), ("供热", None, "钢管", True), ("供热", None, "", False), ("", 2020, "", False),
    ],
)  # fmt: skip
def test_who_may_be_renewed_in_2026(network, built, material, barred):
    assert bool(rows(water(built, material, network), "age_material")) is barred


def test_a_later_start_may_be_old_enough():
    """Built in 2000 for water: 30 years are full in 2030, the fifth year of the plan."""
    found = rows(water(2000, starts=(0, 1, 2, 3, 4)), "age_material")
    assert len(found) == 1 and "y[P1,4]" in found[0] and "y[P1,3]" not in found[0] and "x[P1,专" not in found[0]
    c = water(2000, starts=(0, 4))

    def money(start):
        return measures(
            c, "age_material", Allocation.of([Choice("P1", "", start)], [Payment("P1", "补", start, "甲县", 5)])
        )

    assert money(0) == [("P1 供水", "<=", 5, 0, False)]
    assert money(4) == []


def test_years_and_funds_may_be_set():
    looser = Policy("age_material", options=(("年限:供水", "20"),))
    assert rows(water(2006, policy=looser), "age_material") == []
    bonds = Policy("age_material", scope=Scope(funds=("专",)))
    assert "x[P1,专" in rows(water(2020, policy=bonds), "age_material")[0]
