"""Limits in force: the tightest hard one of 地区 and 规则, shares of the fund included."""

from fractions import Fraction
from pathlib import Path

from inputs.case.read import read_case
from tests.books import write_book
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
        ["region_quota", "地区=甲县;资金=债", 2026, "上限", 20, None],
        ["region_quota", "地区=甲县", None, "上限", 30, None],
        ["region_quota", "地区=甲县;资金=债", None, "基数", "实际安排", None],
    )
    assert tightest_limits(case, "债")["甲县"] == (Fraction(10_000), Fraction(40_000))
