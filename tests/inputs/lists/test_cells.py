"""One cell of a list: its value and what is told of it, or a sentence why not."""

import pytest

from inputs.clean import Unreadable
from inputs.lists.cells import clean_cell, is_open, moments
from inputs.places import Gazetteer

PLACES = Gazetteer()


def one(field: str, raw, unit: str = "", percent: bool = False):
    found = clean_cell(field, raw, unit, percent, PLACES)
    return {name: cleaned.value for name, cleaned in found.items()}, [c.why for c in found.values() if c.why]


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        (1234.5, "万元", 1234.5), ("１２３４．５０", "万元", 1234.5), ("1,234.50", "万元", 1234.5), ("1，234", "万元", 1234), ("3000万", "万元", 3000),
        ("0.3亿元", "万元", 3000), ("1.2亿", "元", 12000), (0.3, "亿元", 3000), (12345678, "元", 1234.57), ("3000万", "亿元", 3000), ("1 234", "万元", 1234),
        (1333.33333, "万元", 1333.33), ("  88 ", "万元", 88), (5, "千元", 0.5),
    ],
)  # fmt: skip
def test_amounts(raw, unit: str, value: float) -> None:
    found, why = one("总投资", raw, unit)
    assert found == {"总投资": value}
    assert bool(why) == (not (isinstance(raw, int | float) and unit == "万元" and raw == value))


@pytest.mark.parametrize(
    "raw",
    [
        "约3000",
        "3000左右",
        "待定x",
        "12 34",
        "1,2",
        -5,
        "100-200",
        "三千万",
        "3000+500",
        "1200（含征拆）",
        "￥12",
        True,
    ],
)
def test_amounts_that_are_not_certain(raw) -> None:
    with pytest.raises(Unreadable):
        one("总投资", raw, "万元")


@pytest.mark.parametrize(
    ("raw", "months"),
    [
        ("2024年3月", [(2024, 3)]), ("2024.03", [(2024, 3)]), (2024.03, [(2024, 3)]), (2024.1, [(2024, None)]), ("2024-3-1", [(2024, 3)]), (202403, [(2024, 3)]),
        ("20240315", [(2024, 3)]), (45352, [(2024, 3)]), ("45352", [(2024, 3)]), (2024, [(2024, None)]), ({"date": "2024-03-01 00:00:00"}, [(2024, 3)]),
        ("2024年3月—2026年12月", [(2024, 3), (2026, 12)]), ("2024-2026", [(2024, None), (2026, None)]), ("2024.03-2026.12", [(2024, 3), (2026, 12)]),
        ("拟2025年6月开工", [(2025, 6)]), ("2024年底", [(2024, None)]), ("2024/3至2025/6", [(2024, 3), (2025, 6)]),
    ],
)  # fmt: skip
def test_moments(raw, months) -> None:
    assert [(m.year, m.month) for m in moments(raw)] == months


@pytest.mark.parametrize(
    ("raw", "year", "month"),
    [("二〇二六年五月", 2026, 5), ("二○二七年", 2027, None), ("拟二零二六年十二月开工", 2026, 12), ("一九九八年十月", 1998, 10)],
)  # fmt: skip
def test_dates_in_chinese_numerals_are_read(raw, year, month) -> None:
    assert [(m.year, m.month) for m in moments(raw)] == [(year, month)]


@pytest.mark.parametrize("raw", ["24年", "十四五", "2024年-", "2024年13月", "2024-25", "近期", 99999])
def test_moments_that_are_not_certain(raw) -> None:
    with pytest.raises(Unreadable):
        moments(raw)


def test_spans_give_start_end_and_duration() -> None:
    assert one("建设起止", "2024年3月—2026年12月")[0] == {"最早开工": 2024, "竣工年份": 2026, "建设周期": 3}
    assert one("建设起止", "24个月")[0] == {"建设周期": 2}
    assert one("建设起止", "2026-2024")[0] == {"最早开工": 2026, "竣工年份": 2024}


@pytest.mark.parametrize(
    ("raw", "unit", "percent", "value"),
    [
        (0.2, "", False, "20%"),
        ("20%", "", False, "20%"),
        ("２０％", "", False, "20%"),
        (20, "", False, "20%"),
        (0.5, "%", False, "0.5%"),
        (0.2, "", True, "20%"),
    ],
)
def test_shares(raw, unit: str, percent: bool, value: str) -> None:
    assert one("资本金比例", raw, unit, percent)[0] == {"资本金比例": value}


@pytest.mark.parametrize(
    ("field", "raw", "unit", "value"),
    [
        ("覆盖倍数", "1.25倍", "", 1.25), ("覆盖倍数", "125%", "", 1.25), ("负面清单", "√", "", "是"), ("负面清单", "○", "", "是"), ("负面清单", "×", "", "否"),
        ("建设性质", "在建", "", "续建"), ("建设性质", "改扩建", "", "新建"), ("审核结果", "是", "", "通过"), ("地区", "华亭县", "", "华亭市"),
        ("新增建设用地", 2, "公顷", 30), ("新增建设用地", "3000平方米", "亩", 4.5), ("产出:管网长度(公里)", "3200米", "公里", 3.2), ("产出:户数(户)", "320户", "户", 320),
        ("建设周期", "18个月", "", 2), ("债券期限", "20年", "", 20), ("备注", "　=SUM(A1) ", "", "=SUM(A1)"), ("地区", "平凉工业园区（高新区）", "", "平凉工业园区（高新区）"),
    ],
)  # fmt: skip
def test_other_kinds(field: str, raw, unit: str, value) -> None:
    assert one(field, raw, unit)[0] == {field: value}


def test_words_that_leave_the_value_open() -> None:
    assert is_open("待定") and is_open("暂无") and is_open("同上") and not is_open("无")
