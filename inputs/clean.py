"""One cell to one value: exact, or a sentence why not. Nothing is guessed.

Each reader takes a raw cell (text, number, bool, date or None) and returns the value, or raises
``Unreadable`` with message and remedy. Empty cells never reach a reader.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any

from models.units import LAND_PER_MU, MONEY_PER_WAN

MONEY_UNITS = {
    "万元": Fraction(1),
    "亿元": Fraction(10_000),
    "千万元": Fraction(1000),
    "百万元": Fraction(100),
    "十万元": Fraction(10),
    "亿": Fraction(10_000),
    "万": Fraction(1),
    "千元": Fraction(1, 10),
    "元": Fraction(1, 10_000),
}
NOTHING = {"", "-", "--", "—", "——", "–", "/", "\\", "无", "空", "nan", "none", "null"}
YES = {"是", "√", "✓", "○", "有", "1", "y", "yes", "true", "已通过", "齐全"}
NO = {"否", "×", "✕", "x", "无", "0", "n", "no", "false"}
NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?0*(\d|1\d))?")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
HALF_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
MARKS = re.compile("([²³¹⁰-⁹₀-₉①-⒛⓪-⓿❶-➓¼-¾⅐-⅟])")
SPACE = re.compile(r"\s+")
CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff]")
APART = re.compile(r"\d\s+\d")
THOUSANDS = re.compile(r"\D*\d{1,3}([ \u00a0\u2007\u2009\u202f\u3000]{1,2}\d{3})+\D*(?:\.\d+)?\D*")
SHARE_PARTS = 10**8
HAIR = Fraction(1, 10**6)
MOST = 10**15
"""Numbers beyond it, or smaller than one part of it, are no quantities of a list."""
MOST_MONEY = 10**9 * MONEY_PER_WAN
"""More than all bonds of the country: a larger amount is a slip of the unit."""


class Percent(float):
    """A number whose cell shows it as a percentage: 0.2 seen as 20 %; a plain number for whoever expects no share."""


class Unreadable(Exception):
    """A cell that cannot be read for certain."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def shown(value: Any) -> str:
    """A cell's value as people see it in the sheet: dates without time, numbers without noise."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value["date"])[:10] if "date" in value else str(value.get("formula", ""))
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def tidy(value: Any) -> str:
    """Text of a cell in half width, without stray spaces and line breaks."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value.get("date") or value.get("formula") or "")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _tidy_text(value) if isinstance(value, str) else str(value)


@lru_cache(maxsize=1 << 16)
def _tidy_text(text: str) -> str:
    if not text.isascii():
        parts = MARKS.split(text.replace("m²", "m2"))  # ① and ² are footnotes or numbering, never digits of a number
        text = "".join(part if k % 2 else unicodedata.normalize("NFKC", part) for k, part in enumerate(parts))
    return SPACE.sub("", CONTROL.sub("", text)).strip("'")


def title(value: Any) -> str:
    """Text of a cell for names: letters and digits half width, single spaces and punctuation kept."""
    if value is None or isinstance(value, dict | float | int):
        return tidy(value)
    return _title_text(str(value))


@lru_cache(maxsize=1 << 16)
def _title_text(text: str) -> str:
    plain = CONTROL.sub("", text if text.isascii() else text.translate(HALF_WIDTH))
    return SPACE.sub(" ", plain).strip().strip("'")


def is_empty(value: Any) -> bool:
    """Whether a cell says nothing: blank, or a dash or 无 that stands for nothing."""
    return value is None or (isinstance(value, str) and tidy(value).lower() in NOTHING)


def figures(value: Any) -> str:
    """The tidy text of a cell that should hold one number: digits apart are one only in groups of three."""
    if isinstance(value, str) and APART.search(value) and not THOUSANDS.fullmatch(value.strip()):
        raise Unreadable("数字中间有空格，分不清是一个数还是几个数", "去掉空格，或分到几格")
    return tidy(value)


def number(value: Any) -> Fraction:
    """A number, exact as written."""
    exact = _number(value)
    if exact and not Fraction(1, MOST) <= abs(exact) <= MOST:
        raise Unreadable("太大或太小，不像清单里的数", "核对单位和位数")
    return exact


def _number(value: Any) -> Fraction:
    if isinstance(value, (bool, dict)):
        raise Unreadable("不是数", "填一个数")
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable("不是一个有限的数", "填一个数")
        if value.is_integer():
            return Fraction(int(value))
        if abs(value) < 1 / MOST:
            return Fraction(0)  # what a formula leaves of numbers that cancel out
        return Fraction(Decimal(format(value, ".15g")))  # the digits that spreadsheets hold
    text = figures(value).replace("−", "-")
    if "," in text and NUMBER.fullmatch(text.replace(",", "")):
        if not GROUPED.fullmatch(text):
            raise Unreadable("逗号不在千分位上，分不清是千分位还是别的", "去掉逗号，写成普通的数")
        text = text.replace(",", "")
    if not NUMBER.fullmatch(text):
        raise Unreadable("不是一个确定的数", "填一个数，不带“约”“左右”或区间")
    try:
        return Fraction(Decimal(text))
    except InvalidOperation as error:  # pragma: no cover – the pattern admits no such text
        raise Unreadable("不是数", "填一个数") from error


def bare_number(value: Any) -> Fraction | None:
    """The number that a cell is, typed or as text; None for anything else, such as one with a unit or %."""
    if isinstance(value, str) and not NUMBER.fullmatch(tidy(value)):
        return None
    try:
        return None if value is None else number(value)
    except Unreadable:
        return None


def money(value: Any, unit: str = "万元") -> int:
    """An amount in units of 0.01 万元; a unit in the cell wins over the column's."""
    if unit == "万元" and isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value):
        cents = value * MONEY_PER_WAN
        if abs(cents) <= MOST_MONEY and abs(cents - round(cents)) <= 1e-6 + 1e-15 * abs(cents):
            return round(cents)
    factor = MONEY_UNITS[unit]
    if isinstance(value, str):
        text = figures(value)
        for word in ("亿元", "万元", "千元", "亿", "万", "元"):
            if text.endswith(word):
                factor, value = MONEY_UNITS[word], text[: -len(word)]
                break
    exact = number(value) * factor * MONEY_PER_WAN
    if abs(exact) > MOST_MONEY:
        raise Unreadable("金额超过 10 万亿元", "核对单位")
    return _whole(exact, "金额最细到 0.01 万元（100 元）", "四舍五入到两位小数（万元）后再填")


def _whole(exact: Fraction, message: str, remedy: str) -> int:
    nearest = round(exact)
    if abs(exact - nearest) > HAIR:
        raise Unreadable(message, remedy)
    return nearest


def land(value: Any) -> int:
    """An area in units of 0.0001 亩; 公顷, 平方米 and ㎡ are converted exactly (1 m² = 0.0015 亩)."""
    factor = Fraction(1)
    if isinstance(value, str):
        text = figures(value)
        for word, each in (
            ("公顷", Fraction(15)),
            ("平方米", Fraction(15, 10_000)),
            ("m2", Fraction(15, 10_000)),
            ("亩", Fraction(1)),
        ):
            if text.endswith(word):
                factor, value = each, text[: -len(word)]
                break
    return _whole(number(value) * factor * LAND_PER_MU, "面积最细到 0.0001 亩", "四舍五入到四位小数（亩）后再填")


def share(value: Any, percent_column: bool = False) -> Fraction:
    """A share as a fraction: a % sign or the header's unit decides, else ≤ 1 is a fraction."""
    if isinstance(value, Percent):
        result = number(value)
    elif isinstance(value, str) and figures(value).endswith("%"):
        result = number(figures(value)[:-1]) / 100
    elif percent_column:
        result = number(value) / 100
    else:
        plain = number(value)
        result = plain if abs(plain) <= 1 else plain / 100
    if result > 1:
        raise Unreadable("比例超过 100 %", "填 0–100 % 之间的比例")
    return _not_too_fine(result, "比例最细到 0.000001 %", "四舍五入后再填，如 33.3333 %")


def factor(value: Any) -> Fraction:
    """A factor, as a number, as a multiple (1.2倍) or as a percentage with its sign."""
    text = figures(value).removesuffix("倍") if isinstance(value, str) else ""
    exact = number(text[:-1]) / 100 if text.endswith("%") else number(text or value)
    return _not_too_fine(exact, "倍数、系数最细到小数点后八位", "四舍五入后再填，如 1.3333")


def _not_too_fine(exact: Fraction, message: str, remedy: str) -> Fraction:
    """A share or factor of so few decimals that whole amounts times it stay within 64 bits.

    A formula such as =1/3 is a third to fifteen digits: rounding is the user's to do.
    """
    return Fraction(_whole(exact * SHARE_PARTS, message, remedy), SHARE_PARTS)


def whole(value: Any, unit: str = "") -> int:
    """A whole number; 年, 人, 万人, 个, 户 after it (or 万人 in the heading) are allowed."""
    times = 10_000 if unit == "万人" else 1
    if isinstance(value, str):
        text = figures(value)
        times = 10_000 if text.endswith("万人") else times
        value = re.sub(r"(年|万人|人|个|户|岁)$", "", text)
    exact = number(value) * times
    if exact.denominator != 1:
        raise Unreadable("不是整数", "填一个整数")
    return exact.numerator


def year(value: Any) -> int:
    """A calendar year, also from 2026年, 2026年3月, 2026.03 or a date; small numbers stay positions."""
    if isinstance(value, dict):
        return int(value["date"][:4])
    text = tidy(value)
    match = re.fullmatch(r"((?:19|20|21)\d\d)(?:年(?:\d{1,2}月?(?:\d{1,2}日?)?)?|[-./]\d{1,2}(?:[-./]\d{1,2})?)?", text)
    if match:
        return int(match.group(1))
    result = whole(value)
    if not 1 <= result <= 2199:
        raise Unreadable("不是一个年份", "填四位年份，如 2026")
    return result


def flag(value: Any) -> bool:
    """Yes or no."""
    text = str(int(value)) if isinstance(value, bool) else tidy(value).lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise Unreadable("不是“是”或“否”", "填 是 或 否")


def choice(value: Any, choices: tuple[str, ...]) -> str:
    """One of the listed words."""
    text = tidy(value)
    if text not in choices:
        raise Unreadable("不在可填的范围内", "填其中之一：" + "、".join(choices))
    return text


def names(value: Any) -> tuple[str, ...]:
    """Names separated by comma, semicolon or 、."""
    parts = re.split(r"[,，;；、]", title(value))
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def pin(value: Any, unit: str = "万元") -> tuple[str, int]:
    """A fixed amount: 1200, >=800 or <=1500 as sense and money."""
    if isinstance(value, str):
        text = figures(value).replace("≥", ">=").replace("≤", "<=")
        for sense in (">=", "<="):
            if text.startswith(sense):
                return sense, money(text[2:], unit)
        value = text.removeprefix("=")
    return "=", money(value, unit)
