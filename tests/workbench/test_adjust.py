"""Limits in force: the tightest hard one of 地区 and 规则, shares of the fund included."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from inputs.case.read import read_case
from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Region, Scope
from models.verify import verify
from tests.books import write_book
from tests.cases import case, fund, project
from workbench.adjust import tightest_limits


def case_with(tmp_path: Path, *rules: list[object]):
    heads = ["规则", "对象", "年度", "参数", "值", "刚性"]
    path = write_book(
        tmp_path / "c.xlsx",
        项目=[["项目编号", "项目名称", "总投资", "地区"], ["P1", "甲路", 100, "甲县"], ["P2", "乙路", 100, "乙县"]],
        资金=[["资金名称", "类型", "额度:2026"], ["债", "专项债券", 1000], ["补", "补助", 500]],
        地区=[["名称", "配额下限:债", "配额上限:债"], ["甲县", 100, 400], ["乙县", None, None]],
        规则=[heads, *rules],
    )
    reading = read_case(path)
    assert reading.case is not None, reading.issues
    return reading.case


def test_the_tightest_of_table_and_rules_is_in_force(tmp_path: Path) -> None:
    case = case_with(
        tmp_path,
        ["region_quota", "地区=甲县;资金=债", None, "上限占比", "30%", None],
        ["region_quota", "地区=甲县;资金=债", None, "下限占比", "5%", None],
        ["region_quota", "资金=债", None, "上限占比", "60%", None],
    )
    found = tightest_limits(case, "债")
    assert found["甲县"] == (Fraction(10_000), Fraction(30_000))
    assert found["乙县"] == (None, Fraction(60_000))
    assert tightest_limits(case, "补") == {}


def test_soft_yearly_and_plan_based_limits_are_not_in_force_for_sure(tmp_path: Path) -> None:
    case = case_with(
        tmp_path,
        ["region_quota", "地区=甲县;资金=债", None, "上限占比", "10%", "弹性"],
        ["region_quota", "地区=甲县;资金=债", None, "基数", "实际安排", None],
        ["region_quota", "地区=甲县;资金=债;项目=P1", None, "上限", 10, None],
    )
    assert tightest_limits(case, "债")["甲县"] == (Fraction(10_000), Fraction(40_000))
    yearly = case_with(tmp_path, ["region_quota", "地区=甲县;资金=债", 2026, "上限", 20, None])
    assert tightest_limits(yearly, "债")["甲县"][1] == 2_000  # the only year
    longer = replace(yearly, years=2, funds=tuple(replace(f, by_year=(*f.by_year, 0)) for f in yearly.funds))
    assert tightest_limits(longer, "债")["甲县"][1] == 40_000


def test_ceilings_of_all_funds_and_of_regions_above_bind_and_what_is_used_counts() -> None:
    """What is told is the most that a plan can give: one more breaks a rule, that much does not."""
    regions = (Region("甲市"), Region("甲县", parent="甲市", used=(("债", 20_000),)), Region("乙县", parent="甲市"))
    cap = Policy("region_quota", "上限", 50_000, Scope(regions=("甲县",), funds=("债",)))
    above = replace(cap, value=45_000, scope=Scope(regions=("甲市",), funds=("债",)))
    every = replace(cap, value=10_000, scope=Scope(regions=("乙县",)))
    given = case([], [fund("债", 1000), fund("补", 1000)], regions=regions, policies=(cap, above, every))
    found = tightest_limits(given, "债")
    assert found == {"甲市": (None, 25_000), "甲县": (None, 25_000), "乙县": (None, 10_000)}
    for name in ("甲县", "乙县"):
        most = int(found[name][1])
        for extra, passes in ((0, True), (1, False)):
            one = project("P1", 0, 1, profile=((most + extra) / 100,), region=name)
            plan = Allocation.of([Choice("P1", one.schemes[0].name, 0)], [Payment("P1", "债", 0, name, most + extra)])
            broken = [m for m in verify(replace(given, projects=(one,)), plan).failures if m.rule == "region_quota"]
            assert (not broken) is passes, (name, extra, broken)
