"""What the cells of a column say about its meaning: shares of kinds, and how well each field fits."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from inputs import clean
from inputs.lists import fields
from inputs.lists.layout import Block
from inputs.places import Gazetteer

SAMPLE = 300
CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")
SERIAL = re.compile(
    r"\d{1,5}(?:\.\d{1,3}){0,2}[.、]?|[（(]?[一二三四五六七八九十百]{1,3}[)）]?[、.]?|[（(]\d{1,3}[)）]|[①-⑳]"
)
DATE = re.compile(r"(?:19|20)\d\d(?:[年./-]\d{0,2}(?:月|[./-]\d{1,2})?日?)?|(?:19|20)\d{4}")
SPAN = re.compile(r"(?:19|20)\d\d.{0,4}(?:[—–~～-]+|至).{0,2}(?:19|20)\d\d.{0,4}")
FLAGS = re.compile(r"是|否|√|×|○|有|无|✓|✕")
NATURE = re.compile(r"新建|续建|改扩建|改建|扩建|在建|迁建|拟建")
REVIEW = re.compile(r"(?:审核)?(?:通过|未通过|待审|不通过|已通过)")
WORKS = re.compile(r"项目|工程|改造|建设|更新|管网|中心|小区|道路|连接线|整治|修复|提升")
OWNER = re.compile(r"(?:公司|中心|集团|政府|委员会|管委会|医院|学校|大队|办公室|街道办|水务|供电)$")
OFFICE = re.compile(r"(?:局|委|办|厅|委员会|部)$")
CATEGORY = re.compile(
    r"老旧小区|管网|供水|排水|燃气|供热|污水|垃圾|公路|铁路|道路|交通|教育|医疗|养老|文化|产业园|园区|冷链|停车|棚户|棚改|保障|市政|水利|生态|环保|县城|社会事业|城乡|基础设施"
)
PAPER = re.compile(
    r"[一-鿿]{1,6}[〔\[(（]?20\d\d[〕\])）]?第?\d{1,5}号|已办理?|未办理?|办理中|正在办理|待批|已取得|不涉及"
)
OPEN = re.compile(r"\d|[待未无]")
TENORS = frozenset((1, 2, 3, 5, 7, 10, 15, 20, 30))


@dataclass(frozen=True, slots=True)
class Column:
    """Shares (0–1) of the filled cells of a column that look like something; numbers in the sheet's own unit."""

    index: int
    filled: float
    texts: tuple[str, ...]
    numbers: tuple[float, ...]
    numeric: float
    distinct: float

    def share(self, pattern: re.Pattern[str]) -> float:
        """Share of cells that match a pattern whole."""
        return sum(pattern.fullmatch(t) is not None for t in self.texts) / max(1, len(self.texts))

    def holds(self, pattern: re.Pattern[str]) -> float:
        """Share of cells in which a pattern occurs."""
        return sum(pattern.search(t) is not None for t in self.texts) / max(1, len(self.texts))

    @property
    def counts(self) -> bool:
        """Whether the cells run 1, 2, 3 …, perhaps anew in every group."""
        rising = [n for n in self.numbers if n == int(n)]
        jumps = sum(b <= a for a, b in pairwise(rising))
        return len(rising) >= 0.5 * len(self.texts) and bool(rising) and rising[0] <= 2 and 4 * jumps <= len(rising)

    @property
    def length(self) -> float:
        """Mean length of the text."""
        return statistics.fmean(map(len, self.texts)) if self.texts else 0.0

    @property
    def middle(self) -> float:
        """Median of the numbers."""
        return statistics.median(self.numbers) if self.numbers else 0.0


def columns_of(block: Block) -> list[Column]:
    """The columns of a list, from the rows that look like data."""
    body = (block.cells[r] for r in block.body if r not in block.repeats)
    rows = list(islice((row for row in body if sum(not clean.is_empty(v) for v in row) >= 3), SAMPLE))
    return [_column(h.index, [row[h.index] if h.index < len(row) else None for row in rows]) for h in block.headings]


def _column(index: int, cells: list[Any]) -> Column:
    given = [v for v in cells if not clean.is_empty(v)]
    texts = tuple(clean.tidy(v) for v in given)
    numbers = [n for v in given if (n := _number(v)) is not None]
    return Column(
        index,
        len(given) / max(1, len(cells)),
        texts,
        tuple(numbers),
        len(numbers) / max(1, len(given)),
        len(set(texts)) / max(1, len(texts)),
    )


def _number(value: Any) -> float | None:
    try:
        text = re.sub(r"(?:万元|亿元|亿|万|元)$", "", clean.tidy(value)) if isinstance(value, str) else value
        return float(clean.number(text))
    except clean.Unreadable:
        return None


def agrees(field: str, column: Column, places: Gazetteer) -> bool:
    """Whether what stands in a column can be what its heading says; an empty column agrees with anything."""
    if not column.texts:
        return True
    kind = fields.kind_of(field)
    if kind in ("money", "number", "land", "pin", "whole", "factor"):
        return column.numeric >= 0.5 or (column.numeric >= 0.2 and column.holds(OPEN) >= 0.8)
    if kind == "share":
        return column.numeric + column.share(re.compile(r"[\d.]+%")) >= 0.5
    if field == "项目名称":
        return column.numeric < 0.5 and column.share(CODE) < 0.5
    if kind == "region":
        return _places(column, places) >= 0.3 or (column.numeric < 0.2 and column.length < 12)
    if kind in ("year", "span"):
        return column.share(DATE) + column.share(SPAN) + column.holds(re.compile(r"20\d\d")) >= 0.3
    return True


def fit(column: Column, others: list[Column], places: Gazetteer) -> dict[str, float]:
    """How well each field fits a column by content alone (0–1); fields that do not fit are left out."""
    if not column.texts:
        return {}
    found = {**_fit_text(column, places), **_fit_number(column, others)}
    return {name: round(score, 3) for name, score in found.items() if score > 0.15}


def _places(column: Column, places: Gazetteer) -> float:
    return sum(places.find(t) is not None for t in column.texts) / max(1, len(column.texts))


def _fit_text(column: Column, places: Gazetteer) -> dict[str, float]:
    here = _places(column, places)
    upper = sum(places.is_prefecture(f.name) for t in column.texts if (f := places.find(t))) / max(1, len(column.texts))
    words = column.numeric < 0.3
    flags = column.share(FLAGS)
    return {
        "序号": column.share(SERIAL) * 0.9 * column.counts,
        "项目代码": column.share(CODE),
        "地区": here - upper * 0.6 if words or column.share(re.compile(r"\d{6}")) > 0.6 else 0.0,
        "市州": upper * 0.95,
        "建设起止": column.share(SPAN),
        "最早开工": column.share(DATE) * 0.7,
        "竣工年份": column.share(DATE) * 0.6,
        "建成年份": (column.share(re.compile(r"(?:19[5-9]|200)\d年?")) * 0.95),
        "建设性质": column.share(NATURE),
        "审核结果": column.share(REVIEW) if column.distinct < 0.5 else 0.0,
        "手续:立项": column.share(PAPER) * 0.7 + flags * 0.35,
        "手续:用地": column.share(PAPER) * 0.6 + flags * 0.4,
        "手续:规划": column.share(PAPER) * 0.6 + flags * 0.38,
        "手续:环评": column.share(PAPER) * 0.6 + flags * 0.36,
        "手续:事前绩效评估": flags * 0.4,
        "负面清单": flags * (0.6 if set(column.texts) <= {"否", "无"} else 0.3),
        "项目名称": words * column.holds(WORKS) * min(1.0, column.distinct * 1.1) * (1.0 if 5 <= column.length <= 30 else 0.55),
        "建设内容": words * (column.length > 14) * column.holds(re.compile(r"\d")) * 0.95,
        "项目单位": words * column.holds(OWNER) * 0.9,
        "主管部门": words * column.holds(OFFICE) * (0.95 if column.length <= 8 and column.distinct < 0.6 else 0.4),
        "类别": words * column.holds(CATEGORY) * (0.95 if column.distinct < 0.5 and column.length <= 12 else 0.1),
        "备注": words * (1 - column.filled) * 0.5,
    }  # fmt: skip


def _fit_number(column: Column, others: list[Column]) -> dict[str, float]:
    percent = column.share(re.compile(r"[\d.]+%"))
    if column.numeric + percent < 0.5:
        return {}
    whole = all(n == int(n) for n in column.numbers)
    mid, top = column.middle, max((c.middle for c in others if c.filled > 0.7), default=0.0)
    small = all(n in TENORS for n in column.numbers) and bool(column.numbers)
    found = {
        "债券期限": 0.95 if small and mid >= 5 and len(set(column.numbers)) <= 6 else 0.0,
        "债券利率": _inside(column, 0.015, 0.06) * 0.95
        + _inside(column, 1.5, 6) * 0.5
        + percent * _percent(column, 1.5, 6),
        "资本金比例": _inside(column, 0.1, 1) * 0.7
        + percent * _percent(column, 10, 100)
        + _inside(column, 10, 100) * 0.2,
        "覆盖倍数": _inside(column, 0.8, 4) * (0.3 if whole else 0.85),
        "建成年份": 0.95 * whole * _inside(column, 1950, 2012),
        "最早开工": 0.8 * whole * _inside(column, 2015, 2035),
        "建设周期": 0.8 * whole * _inside(column, 1, 6) * (len(set(column.numbers)) <= 6),
        "产出:户数(户)": 0.55 * whole * (mid > 20),
    }
    if mid > 50 or (column.numbers and max(column.numbers) > 300):
        found["总投资"] = (0.9 if mid >= top > 0 else 0.3) * min(1.0, column.filled + 0.05)
        found["申报:专项债券"] = 0.6 * (mid < top or top == 0)
        found["净收益"] = 0.5
        found["已到位资金"] = 0.55 * (mid <= 0.6 * top)
        found["项目资本金"] = 0.45 * (mid < 0.6 * top)
        found["计划投资"] = 0.4 * (mid < top)
        found["债券本息"] = 0.4
        found["累计完成投资"] = 0.35 * (mid < top)
        for fund in ("中央预算内投资", "省级补助", "县级资金", "自筹"):
            found[f"资金来源:{fund}"] = 0.45 * (mid < top)
    found["新增建设用地"] = 0.45 * (not whole) * (0 < mid < 500)
    return found


def _inside(column: Column, low: float, high: float) -> float:
    return sum(low <= n <= high for n in column.numbers) / max(1, len(column.texts))


def _percent(column: Column, low: float, high: float) -> float:
    found = [float(t[:-1]) for t in column.texts if re.fullmatch(r"[\d.]+%", t)]
    return 0.95 * sum(low <= n <= high for n in found) / max(1, len(found))
