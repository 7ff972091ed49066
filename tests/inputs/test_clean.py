"""One cell to one value, exact or refused."""

from fractions import Fraction as F

import pytest

from inputs import clean


@pytest.mark.parametrize(
    ("value", "unit", "units"),
    [
        (1200, "万元", 120000), (1200.5, "万元", 120050), ("1,234.50", "万元", 123450), ("１２３．４", "万元", 12340),
        ("1，234", "万元", 123400), ("0.3亿元", "万元", 300000), ("3000万", "亿元", 300000), (0.3, "亿元", 300000),
        ("35000元", "万元", 350), (0.1 + 0.2, "万元", 30), ("  5 ", "万元", 500),
    ],
)  # fmt: skip
def test_money(value, unit, units) -> None:
    assert clean.money(value, unit) == units


@pytest.mark.parametrize(
    "value", ["约3000", "1.2-1.5亿", "待定", "三百", True, {"date": "2026-01-01"}, "12.345", float("nan"), "1e400x"]
)
def test_money_refused(value) -> None:
    with pytest.raises(clean.Unreadable):
        clean.money(value)


@pytest.mark.parametrize(
    ("value", "percent", "share"),
    [
        ("20%", False, F(1, 5)),
        (0.2, False, F(1, 5)),
        (20, False, F(1, 5)),
        (1, False, F(1)),
        (20, True, F(1, 5)),
        ("60％", False, F(3, 5)),
    ],
)
def test_share(value, percent, share) -> None:
    assert clean.share(value, percent) == share


@pytest.mark.parametrize("value", ["140%", 101, "六成"])
def test_share_refused(value) -> None:
    with pytest.raises(clean.Unreadable):
        clean.share(value)


@pytest.mark.parametrize(
    ("value", "year"),
    [(2026, 2026), ("2026年", 2026), ("2026年3月", 2026), ("2026.03", 2026), ({"date": "2026-03-01"}, 2026), (3, 3)],
)
def test_year(value, year) -> None:
    assert clean.year(value) == year


def test_flags_names_and_pins() -> None:
    assert [clean.flag(v) for v in ("是", "√", 1, True, "否", 0)] == [True, True, True, True, False, False]
    assert clean.names("甲,乙；丙、甲") == ("甲", "乙", "丙")
    assert clean.pin(">=800") == (">=", 80000)
    assert clean.pin("≤1500万元") == ("<=", 150000)
    assert clean.pin(1200) == ("=", 120000)


def test_nothing_stands_for_nothing() -> None:
    assert all(clean.is_empty(v) for v in (None, "", "  ", "—", "/", "无"))
    assert not clean.is_empty(0)


def test_land_is_exact() -> None:
    assert clean.land("1公顷") == 150000
    assert clean.land("100平方米") == 1500


def test_a_doubtful_amount_is_told_for_what_is_doubtful() -> None:
    for value, words in (("约1,200", "不是一个确定的数"), ("1,20", "逗号不在千分位上")):
        with pytest.raises(clean.Unreadable) as told:
            clean.number(value)
        assert words in str(told.value.args)


@pytest.mark.parametrize("value", ["120\n300", "12 34", "2 50", "100\n200 300", "1 000\n000"])
def test_digits_apart_are_not_one_number(value) -> None:
    for reader in (clean.number, clean.money, clean.share, clean.whole, clean.land, clean.factor):
        with pytest.raises(clean.Unreadable, match="分不清是一个数还是几个数"):
            reader(value)


def test_groups_of_three_are_one_number() -> None:
    assert clean.number("1 234 567.5") == F("1234567.5") and clean.money("12\u00a0000 万元") == 1_200_000


@pytest.mark.parametrize("value", ["62E00401", "1e9999999", "1e400", "1e-400%", "9" * 5000, 1e300, "1e16"])
def test_numbers_without_measure_are_refused_at_once(value) -> None:
    with pytest.raises(clean.Unreadable):
        clean.share(value) if str(value).endswith("%") else clean.number(value)


def test_what_a_formula_leaves_of_numbers_that_cancel_is_zero() -> None:
    assert clean.number(0.1 + 0.2 - 0.3) == 0


def test_control_characters_are_no_part_of_a_name() -> None:
    assert clean.title("甲\x01县") == clean.tidy("甲\x01县") == "甲县"
