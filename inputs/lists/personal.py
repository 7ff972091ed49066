"""Contact names and telephone numbers: dropped as soon as a file is open, before anything is kept or shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from inputs import clean
from inputs.files.letters import address
from inputs.files.workbook import Grid
from inputs.lists.layout import Block, find_blocks

PERSON = "联系人|联络人|对接人|督办人|县长|区长|市长|局长|科长|微信|邮箱|电子邮件|专班成员|负责人|经办人|填报人|填表人|责任人|经手人|领导|法定代表人|法人代表|项目经理|总监"
HEADING = re.compile(
    rf".{{0,8}}(?:{PERSON})(?:.{{0,8}})|姓名|.*(?:联系电话|联系方式|电话号码|手机号码|手机|办公电话).{{0,6}}|电话|身份证号?码?"
)
PHONE = re.compile(r"(?<![\d-])(?:\+?86[- ]?)?(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[-—－ ]?[2-9]\d{6,7})(?![\d-])")
NAMED = re.compile(
    rf"((?:{PERSON}|制表|审核|复核|填报|填表|审批|经办)人?(?:[(（][^)）]{{0,8}}[)）])?\s*[:：]\s*)([一-鿿]{{1,2}}\s?[一-鿿]{{1,2}})(?![一-鿿])"
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
GLUED = re.compile(
    rf"(?<![一-鿿])[{''.join(sorted(SURNAMES))}][一-鿿]{{1,2}}[:：\s]{{0,2}}(?={PHONE.pattern.removeprefix('(?<![0-9-])')})"
)
IDENTITY = re.compile(r"(?<!\d)\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
BESIDE = re.compile(
    rf"((?:联系人|联络人|对接人|经办人|填报人|负责人|联系)[:：]?)([{''.join(sorted(SURNAMES))}][一-鿿]{{1,2}})(?=[，,。；;、\s〔)）]|$)"
)
LABEL_HINT = re.compile("人|名|电话|手机|联系|领导|经理|总监|代表|身份")
SPACED = re.compile(rf"((?:{PERSON})\s+)([{''.join(sorted(SURNAMES))}][一-鿿]{{1,2}})(?![一-鿿])")
HINT = re.compile(r"联系|\d{3}[-—－ ]?\d{4}|[人表核报审办批导监][:：(（]|人")
"""What a text with something to mask must hold."""
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
    blocks = find_blocks(grid)
    named = {h.index for block in blocks for h in block.headings if h.path}
    starts = _by_content(grid, named) | _by_heading(grid, blocks)
    beside = _beside_labels(grid, {r for block in blocks for r in block.head})
    rows, emptied, masked = [], [], []
    for r, row in enumerate(grid.rows):
        fresh = row
        for c, first in starts.items():
            if r > first and c < len(row) and row[c] is not None:
                fresh = list(row) if fresh is row else fresh
                fresh[c] = None
                emptied.append(address(r, c))
        for _, c in (place for place in beside if place[0] == r):
            if fresh[c] is not None:
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
    text = IDENTITY.sub(MASK, GLUED.sub(MASK, text))
    masked = NAMED.sub(lambda m: m.group(1) + MASK, PHONE.sub(MASK, text))
    masked = SPACED.sub(lambda m: m.group(1) + MASK, masked)
    return BESIDE.sub(lambda m: m.group(1) + MASK, masked)


def _by_heading(grid: Grid, blocks: list[Block]) -> dict[int, int]:
    """Columns under a heading that asks for a person or a telephone: last heading row by column.

    Only headings of a list count, and never a column of numbers that are no telephone numbers.
    """
    starts: dict[int, int] = {}
    for block in blocks:
        for r in block.head:
            for c, value in enumerate(grid.rows[r]):
                if isinstance(value, str) and HEADING.fullmatch(clean.tidy(value)):
                    right = _right_end(grid, r, c)
                    starts |= {
                        k: block.head[-1] for k in range(c, right + 1) if not _is_amounts(grid, k, block.head[-1])
                    }
    return starts


def _right_end(grid: Grid, row: int, column: int) -> int:
    for top, left, bottom, right in grid.merges:
        if top <= row <= bottom and left <= column <= right:
            return right
    return column


def _is_amounts(grid: Grid, column: int, head: int) -> bool:
    cells = [row[column] for row in grid.rows[head + 1 :] if column < len(row) and row[column] is not None]
    numbers = [v for v in cells if isinstance(v, int | float) and not isinstance(v, bool) and not _is_phone(v)]
    return len(numbers) > 0.5 * len(cells)


def _beside_labels(grid: Grid, heads: set[int]) -> set[tuple[int, int]]:
    """Cells right of a label outside the headings: 联系人 | 王建国 | 电话 | 13800000000."""
    found = set()
    for r, row in enumerate(grid.rows):
        if r in heads:
            continue
        for c, value in enumerate(row[:-1]):
            if not isinstance(value, str) or len(value) > 12 or not LABEL_HINT.search(value):
                continue
            if HEADING.fullmatch(clean.tidy(value).rstrip(":")):
                after = next((k for k in range(c + 1, len(row)) if row[k] is not None), None)
                if after is not None and (_is_phone(row[after]) or _is_person(row[after])):
                    found.add((r, after))
    return found


def _by_content(grid: Grid, named: set[int]) -> dict[int, int]:
    """Columns that hold telephone numbers or persons' names without saying so; they are dropped from the first on.

    Under a heading only telephone numbers count: short names of counties look like names of persons.
    """
    starts = {}
    wide = max((len(row) for row in grid.rows), default=0)
    for c in range(wide):
        column = [(r, row[c]) for r, row in enumerate(grid.rows) if c < len(row) and row[c] is not None]
        column = column[:: max(1, len(column) // SAMPLE)]
        if len(column) < 3:
            continue
        for test, distinct in ((_is_phone, 1), (_is_person, 5)):
            hits = [r for r, value in column if test(value)] if test is _is_phone or c not in named else []
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
