"""One cell of a list to one value of the case workbook: the value, and in words what was changed.

Every reader raises ``Unreadable`` where the meaning is not certain. A change of mere spelling (full width,
thousands separators, a unit in the cell, a date to its year) is no guess, but it is always told.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from inputs import clean
from inputs.clean import Unreadable
from inputs.lists import fields
from inputs.places import Gazetteer, own_level
from inputs.schema import PROJECTS
from models.units import MONEY_PER_WAN

OPEN_WORDS = re.compile(
    r"(?:待定|待核[定实]?|待批复?|待测算|未定|不详|暂无|测算中|另行安排|见附件|同上|〃|″|\"|待补充?)$"
)
SERIAL_DAY = (20_000, 60_000)
"""Excel day numbers between 1954 and 2064; a year is never that large."""
NATURES = {"在建": "续建", "续建": "续建", "新建": "新建"}
OTHER_NATURES = ("改扩建", "改建", "扩建", "迁建", "拟建", "拆除重建", "新开工", "重建", "改造")
REVIEWS = {"是": "通过", "√": "通过", "已通过": "通过", "审核通过": "通过", "否": "未通过", "×": "未通过", "不通过": "未通过", "审核中": "待审", "待审核": "待审", "未审核": "待审"}  # fmt: skip
LENGTHS = {"公里": Fraction(1000), "米": Fraction(1), "m": Fraction(1)}
AREAS = {"万平方米": Fraction(10_000), "万m2": Fraction(10_000), "平方米": Fraction(1), "m2": Fraction(1)}
PEOPLE = {"万人": Fraction(10_000), "人": Fraction(1)}
LAND = {"亩": Fraction(1), "公顷": Fraction(15), "平方米": Fraction(15, 10_000), "m2": Fraction(15, 10_000)}
MOMENT = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)(?:年度?|[./-])?(?:(?P<month>\d{1,2})(?:月份?|[./-](?P<day>\d{1,2})日?)?(?:\d{1,2}日)?)?(?:底|初|末|[上中下]旬)?"
)
NUMERAL_DATE = re.compile(r"^([一二])([〇零○ＯO一二三四五六七八九]{3})年(?:(十[一二]?|[一二三四五六七八九])月)?")
NUMERALS = {"〇": 0, "零": 0, "○": 0, "Ｏ": 0, "O": 0, "十": 10} | {
    c: n for n, c in enumerate("一二三四五六七八九", start=1)
}
PLAN_WORDS = re.compile(r"^(?:拟|计划|预计|已)?于?|(?:开工|竣工|完工|建成|开始)$")
SPAN_MARK = re.compile(r"[—–―~～]+|至|到|-{1,2}(?=(?:19|20)\d\d)")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A value as the case workbook takes it (text, number), and why it differs from the cell (empty if not).

    ``doubt`` is a warning that goes with the value.
    """

    value: Any
    why: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A year, and the month where one is written and certain."""

    year: int
    month: int | None


def clean_cell(field: str, raw: Any, unit: str, percent: bool, places: Gazetteer, kind: str = "") -> dict[str, Cleaned]:
    """The values of a filled cell by field (a span of years gives several). Raises Unreadable."""
    kind = kind or fields.kind_of(field)
    if kind == "span":
        return _span(raw)
    if kind == "unused":
        return {}
    reader = READERS.get(kind)
    if reader is not None:
        return {field: reader(raw, unit, percent)}
    if kind == "region":
        return {field: _region(raw, places)}
    if field == "建设性质":
        return {field: _nature(raw)}
    if field == "审核结果":
        return {field: _review(raw)}
    if kind == "choice":
        column = PROJECTS.column(field)
        return {field: Cleaned(clean.choice(raw, column.choices))}
    return {field: _text(raw)}


def is_open(raw: str) -> bool:
    """Whether a cell says that its value is not settled yet: 待定, 暂无, 同上 …."""
    return OPEN_WORDS.search(clean.tidy(raw)) is not None


def amount(raw: Any, unit: str) -> Fraction:
    """An amount in 万元 exactly as written, for sums before any rounding. Raises Unreadable."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        exact = clean.number(raw)
        return exact if unit == "万元" else exact * clean.MONEY_UNITS[unit]
    text, factor = clean.tidy(raw), clean.MONEY_UNITS[unit]
    for word in ("亿元", "万元", "千元", "亿", "万", "元"):
        if text.endswith(word):
            text, factor = text[: -len(word)], clean.MONEY_UNITS[word]
            break
    return clean.number(text) * factor


def moments(raw: Any) -> list[Moment]:
    """The one or two points in time that a cell names. Raises Unreadable."""
    if isinstance(raw, dict):
        text = raw["date"][:10]
        return [Moment(int(text[:4]), int(text[5:7]))]
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return [_numbered(raw)]
    text = clean.tidy(raw)
    if re.fullmatch(r"\d{5}", text):
        return [_numbered(int(text))]
    parts = SPAN_MARK.split(text)
    if len(parts) > 2 or not all(parts):
        raise Unreadable("不是确定的起止时间", "写成 2025-2027 或 2025年3月—2027年12月")
    return [_moment(part) for part in parts]


def _numbered(raw: float) -> Moment:
    if float(raw).is_integer():
        whole = int(raw)
        if SERIAL_DAY[0] <= whole <= SERIAL_DAY[1]:
            day = datetime.date(1899, 12, 30) + datetime.timedelta(days=whole)
            return Moment(day.year, day.month)
        return _moment(str(whole))
    text = format(raw, ".15g")
    year, _, month = text.partition(".")
    # 2024.1 may be January or October typed as a number: the month is left open
    return Moment(_year(int(year)), int(month) if len(month) == 2 and 1 <= int(month) <= 12 else None)


def _in_digits(found: re.Match[str]) -> str:
    """二〇二六年五月 as 2026年5月."""
    year = "".join(str(NUMERALS[c]) for c in found[1] + found[2])
    return f"{year}年" + (f"{sum(NUMERALS[c] for c in found[3])}月" if found[3] else "")


def _moment(text: str) -> Moment:
    word = NUMERAL_DATE.sub(_in_digits, PLAN_WORDS.sub("", text))
    match = re.fullmatch(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(?:\d\d)?", word) or MOMENT.fullmatch(word)
    if match is None:
        raise Unreadable("不是确定的时间", "写成 2025、2025年3月 或 2025-2027")
    year, month = int(match.group(1)), match.group(2)
    if month is not None and not 1 <= int(month) <= 12:
        raise Unreadable("月份不在 1–12 之间", "写成 2025年3月")
    return Moment(_year(year), int(month) if month else None)


def _year(year: int) -> int:
    if not 1900 <= year <= 2199:
        raise Unreadable("不是一个年份", "填四位年份，如 2026")
    return year


def _span(raw: Any) -> dict[str, Cleaned]:
    text = clean.tidy(raw) if isinstance(raw, str) else ""
    months = re.fullmatch(r"(\d{1,3})(个月|月|年)", text)
    if months and not re.fullmatch(r"(?:19|20)\d\d年", text):
        return {"建设周期": _duration(raw, "", False)}
    found = moments(raw)
    start = Cleaned(found[0].year, "取起始年")
    if len(found) == 1:
        return {"最早开工": start}
    years = found[1].year - found[0].year + 1
    finish = Cleaned(found[1].year, "取终止年")
    if years < 1:
        return {"最早开工": start, "竣工年份": finish}  # the order is questioned where all dates are compared
    return {"最早开工": start, "竣工年份": finish, "建设周期": Cleaned(years, "由起止年份算出")}


def _money(raw: Any, unit: str, percent: bool) -> Cleaned:
    if (
        isinstance(raw, float | int)
        and not isinstance(raw, bool)
        and unit == "万元"
        and math.isfinite(raw)
        and raw >= 0
    ):
        cents = raw * MONEY_PER_WAN
        if abs(cents - round(cents)) <= 1e-6 + 1e-15 * cents:
            return Cleaned(int(raw) if float(raw).is_integer() else raw)
    clean.figures(raw)
    exact = amount(raw, unit) * MONEY_PER_WAN
    if exact < 0:
        raise Unreadable("是负数", "填不小于 0 的数")
    cents = (2 * exact + 1) // 2
    whole = abs(exact - round(exact)) <= clean.HAIR
    cents = round(exact) if whole else cents
    if exact > 0 and cents == 0:
        raise Unreadable("不到 0.01 万元，四舍五入就没有了", "核对单位")
    value = cents // MONEY_PER_WAN if cents % MONEY_PER_WAN == 0 else cents / MONEY_PER_WAN
    reasons = (
        _spelling(raw)
        + ([f"{unit}换算为万元"] if _converted(raw, unit) else [])
        + ([] if whole else ["四舍五入到 0.01 万元"])
    )
    return Cleaned(value, "，".join(reasons))


def _converted(raw: Any, unit: str) -> bool:
    text = clean.tidy(raw) if isinstance(raw, str) else ""
    return unit != "万元" and not text.endswith(("万", "万元"))


def _spelling(raw: Any) -> list[str]:
    """What a text that holds a number has besides it."""
    if not isinstance(raw, str):
        return []
    text = clean.tidy(raw)
    found = [] if raw.strip() == raw and not re.search(r"\s", raw) else ["去掉空格"]
    if any("０" <= ch <= "９" or ch in "．，％" for ch in raw):
        found.append("全角改半角")
    if "," in text:
        found.append("去掉千分位")
    unit = next((w for w in ("亿元", "万元", "千元", "亿", "万", "元", "%") if text.endswith(w)), "")
    if unit:
        found.append(f"单位“{unit}”写在格内")
    return found or ["文字改为数值"]


def _share(raw: Any, unit: str, percent: bool) -> Cleaned:
    clean.figures(raw)
    if percent and not isinstance(raw, str):
        value = clean.number(raw)
        if value > 1:
            raise Unreadable("比例超过 100 %", "填 0–100 % 之间的比例")
    else:
        value = clean.share(raw, unit == "%")
    if value < 0:
        raise Unreadable("是负数", "填 0–100 % 之间的比例")
    shown = f"{float(value * 100):.10g}%"
    plain = raw == shown
    return Cleaned(shown, "" if plain or (percent and not isinstance(raw, str)) else "写成百分数")


def _scaled(raw: Any, unit: str, tables: tuple[dict[str, Fraction], ...]) -> tuple[Fraction, list[str]]:
    """A quantity in its column's unit; another unit of the same kind in the cell is converted."""
    if not isinstance(raw, str):
        return clean.number(raw), []
    clean.figures(raw)
    text, reasons = clean.tidy(raw).replace("千米", "公里").replace("km", "公里"), _spelling(raw)
    match = re.fullmatch(r"([+-]?[\d,.]+)([^\d,.]+\d?)", text)
    if match is None:
        return clean.number(text), reasons
    word = match.group(2)
    for table in tables:
        if word in table and (unit in table or not unit):
            target = table.get(unit, Fraction(1)) if unit else table[word]
            factor = table[word] / target
            return clean.number(match.group(1)) * factor, ["单位写在格内" if factor == 1 else f"{word}换算为{unit}"]
    if word == unit or (not unit and word in ("户", "栋", "个", "座", "套", "张", "处", "人", "亩", "年")):
        return clean.number(match.group(1)), ["单位写在格内"]
    raise Unreadable(f"带的单位“{word}”与本列“{unit or '（未注明）'}”不同", "换算成本列的单位")


def _number(raw: Any, unit: str, percent: bool) -> Cleaned:
    exact, reasons = _scaled(raw, unit, (LENGTHS, AREAS, PEOPLE))
    return Cleaned(_plain(exact), "，".join(reasons))


def _whole(raw: Any, unit: str, percent: bool) -> Cleaned:
    found = _number(raw, unit, percent)
    if not isinstance(found.value, int):
        raise Unreadable("不是整数", "填一个整数")
    return found


def _land(raw: Any, unit: str, percent: bool) -> Cleaned:
    exact, reasons = _scaled(raw, unit or "亩", (LAND,))
    mu = exact * LAND.get(unit, Fraction(1))
    parts = mu * 10_000
    whole = abs(parts - round(parts)) <= clean.HAIR
    rounded = Fraction((2 * parts + 1) // 2, 10_000) if not whole else Fraction(round(parts), 10_000)
    more = [f"{unit}换算为亩"] if unit in LAND and unit != "亩" else []
    return Cleaned(_plain(rounded), "，".join([*reasons, *more, *([] if whole else ["四舍五入到 0.0001 亩"])]))


def _factor(raw: Any, unit: str, percent: bool) -> Cleaned:
    why = "" if not isinstance(raw, str) else "去掉“倍”" if raw.strip().endswith("倍") else "文字改为数值"
    return Cleaned(_plain(clean.factor(raw)), why)


def _duration(raw: Any, unit: str, percent: bool) -> Cleaned:
    text = clean.tidy(raw)
    match = re.fullmatch(r"(\d{1,3}(?:\.\d)?)(个月|月|年)?", text)
    if match is None:
        raise Unreadable("不是确定的年数", "填整年数，或写 18个月")
    months = match.group(2) in ("个月", "月") or (not match.group(2) and unit in ("月", "个月"))
    count = clean.number(match.group(1)) / (12 if months else 1)
    years = -((-count.numerator) // count.denominator)
    if not 1 <= years <= 30:
        raise Unreadable("不在 1–30 年之间", "填整年数")
    why = (
        "月数折成年，不足一年按一年"
        if months
        else "不足一年按一年"
        if years != count
        else "去掉“年”"
        if match.group(2)
        else ""
    )
    return Cleaned(years, why)


def _date(raw: Any, unit: str, percent: bool) -> Cleaned:
    found = moments(raw)
    if len(found) != 1:
        raise Unreadable("写了两个时间", "只写一个；起止时间请对应“建设起止”")
    plain = raw == found[0].year or (isinstance(raw, str) and raw == str(found[0].year))
    return Cleaned(found[0].year, "" if plain else "取年份")


def _flag(raw: Any, unit: str, percent: bool) -> Cleaned:
    value = "是" if clean.flag(raw) else "否"
    return Cleaned(value, "" if raw == value else f"按“{value}”读")


def _pin(raw: Any, unit: str, percent: bool) -> Cleaned:
    sense, cents = clean.pin(raw, unit or "万元")
    value = cents / MONEY_PER_WAN
    return Cleaned(value if sense == "=" else f"{sense}{value:.10g}")


def _serial(raw: Any, unit: str, percent: bool) -> Cleaned:
    return Cleaned(clean.tidy(raw))


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def _nature(raw: Any) -> Cleaned:
    text = clean.tidy(raw)
    if text in NATURES:
        return Cleaned(NATURES[text], "" if raw == NATURES[text] else f"“{text}”即{NATURES[text]}")
    if text in OTHER_NATURES:
        return Cleaned("新建", "不是续建的按新建", f"“{text}”按新建读（不属续建）；如已开工，请改为续建")
    raise Unreadable("不是建设性质", "填 新建 或 续建")


def _review(raw: Any) -> Cleaned:
    text = clean.tidy(raw)
    value = REVIEWS.get(text, text)
    return Cleaned(clean.choice(value, ("通过", "未通过", "待审")), "" if raw == value else f"“{text}”即{value}")


def _region(raw: Any, places: Gazetteer) -> Cleaned:
    text = clean.tidy(raw)
    found = places.find(text)
    if found is not None:
        return Cleaned(found.name, found.why or ("" if raw == found.name else "去掉多余空格"))
    if own_level(text):
        return Cleaned(text, "" if raw == text else "去掉多余空格")
    if re.search(r"[、,;/]|(?<=[县区市])和", text):
        raise Unreadable("写了不止一个地区", "只写一个；跨地区项目在“分摊”表里写各地区比例")
    text = clean.title(raw).replace(" ", "")
    doubt = f"“{text}”不在区划目录中，按原名保留"
    if likely := places.near(text):
        doubt = f"“{text}”不在区划目录中，按原名保留；是不是“{likely}”？"
    return Cleaned(text, "" if raw == text else "去掉多余空格", doubt)


def _text(raw: Any) -> Cleaned:
    if isinstance(raw, str):
        return _text_of(raw)
    return Cleaned(clean.title(raw), "日期按文字读" if isinstance(raw, dict) else "")


@lru_cache(maxsize=1 << 14)
def _text_of(raw: str) -> Cleaned:
    text = clean.title(raw)
    return Cleaned(text, "" if text == raw else "去掉空格换行、全角改半角")


READERS: dict[str, Callable[[Any, str, bool], Cleaned]] = {
    "money": _money, "share": _share, "number": _number, "whole": _whole, "land": _land, "factor": _factor, "year": _date,
    "flag": _flag, "pin": _pin, "serial": _serial, "duration": _duration,
}  # fmt: skip
