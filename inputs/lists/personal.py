"""Contact names and telephone numbers: dropped as soon as a file is open, before anything is kept or shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from inputs import clean
from inputs.files.letters import address
from inputs.files.workbook import Grid

HEADING = re.compile(
    r"(?:(?:项目|工程|单位|业务|信息)?(?:联系人|联络人|负责人|经办人|填报人|填表人|责任人|包抓领导)(?:姓名|及.*|和.*|、.*)?"
    r"|姓名|.*(?:联系电话|联系方式|电话号码|手机号码|手机|办公电话)|电话|身份证号?码?)(?:\(.*\))?"
)
PHONE = re.compile(r"(?<![\d-])(?:\+?86[- ]?)?(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[-—－ ]?[2-9]\d{6,7})(?![\d-])")
NAMED = re.compile(
    r"((?:联系人|联络人|负责人|经办人|填报人|填表人|制表人|审核人|责任人)\s*[:：]\s*)([一-鿿]{1,2}\s?[一-鿿]{1,2})(?![一-鿿])"
)
HINT = re.compile(r"\d{3}[-—－ ]?\d{4}|人")
"""What a text with something to mask must hold."""
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
HEADING_ROWS = 30
SAMPLE = 400
"""Cells of a column that are looked at for telephone numbers and names."""
DROPPED = "（个人信息，不保留）"
MASK = "〔个人信息略〕"


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A sheet without personal data: the cells that were emptied or masked, and the columns dropped whole."""

    grid: Grid
    emptied: tuple[str, ...]
    masked: tuple[tuple[str, str], ...]
    columns: tuple[int, ...]


def scrub(grid: Grid) -> Scrubbed:
    """Empty columns of contacts, mask telephone numbers and named contacts inside other text."""
    starts = _by_heading(grid) | _by_content(grid)
    rows, emptied, masked = [], [], []
    for r, row in enumerate(grid.rows):
        fresh = row
        for c, first in starts.items():
            if r > first and c < len(row) and row[c] is not None:
                fresh = list(row) if fresh is row else fresh
                fresh[c] = None
                emptied.append(address(r, c))
        for c, value in enumerate(fresh):
            if isinstance(value, str) and HINT.search(value) and (text := mask(value)) != value:
                fresh = list(row) if fresh is row else fresh
                fresh[c] = text
                masked.append((address(r, c), text))
        rows.append(fresh)
    return Scrubbed(replace(grid, rows=rows), tuple(emptied), tuple(masked), tuple(sorted(starts)))


def mask(text: str) -> str:
    """Text with telephone numbers and named contacts masked."""
    return NAMED.sub(lambda m: m.group(1) + MASK, PHONE.sub(MASK, text))


def _by_heading(grid: Grid) -> dict[int, int]:
    """Columns under a heading that asks for a person or a telephone: last heading row by column."""
    starts: dict[int, int] = {}
    for r, row in enumerate(grid.rows[:HEADING_ROWS]):
        for c, value in enumerate(row):
            if isinstance(value, str) and HEADING.fullmatch(clean.tidy(value)) and _is_heading(row):
                bottom, right = _span(grid, r, c)
                starts |= {k: max(bottom, starts.get(k, 0)) for k in range(c, right + 1)}
    return starts


def _is_heading(row: list[Any]) -> bool:
    """A row with several texts: not a line such as 填报人：…."""
    return sum(isinstance(v, str) and bool(v.strip()) for v in row) >= 2


def _span(grid: Grid, row: int, column: int) -> tuple[int, int]:
    for top, left, bottom, right in grid.merges:
        if top <= row <= bottom and left <= column <= right:
            return bottom, right
    return row, column


def _by_content(grid: Grid) -> dict[int, int]:
    """Columns that hold telephone numbers or persons' names without saying so; they are dropped from the first on."""
    starts = {}
    wide = max((len(row) for row in grid.rows), default=0)
    for c in range(wide):
        column = [(r, row[c]) for r, row in enumerate(grid.rows) if c < len(row) and row[c] is not None]
        column = column[:: max(1, len(column) // SAMPLE)]
        if len(column) < 3:
            continue
        for test, distinct in ((_is_phone, 1), (_is_person, 5)):
            hits = [r for r, value in column if test(value)]
            if len(hits) >= max(3, 0.6 * len(column)) and len({clean.tidy(v) for _, v in column}) >= distinct:
                starts[c] = max(-1, hits[0] - max(1, len(grid.rows) // SAMPLE) - 1)
    return starts


def _is_phone(value: Any) -> bool:
    text = clean.tidy(value) if not isinstance(value, dict) else ""
    return PHONE.fullmatch(text) is not None


def _is_person(value: Any) -> bool:
    text = clean.tidy(value) if isinstance(value, str) else ""
    return (
        2 <= len(text) <= 3 and text[0] in SURNAMES and all("一" <= ch <= "鿿" for ch in text) and not _is_place(text)
    )


def _is_place(text: str) -> bool:
    return text[-1] in "县区市州镇乡村局厅委办院校站所路桥" or text in (
        "金额",
        "方案",
        "高速",
        "石油",
        "白银",
        "武威",
        "黄金",
    )
