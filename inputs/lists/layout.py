"""Where in a sheet a list stands: title and unit lines, heading rows (one to four, merged or not), rows of data.

A sheet may hold several lists one below the other; headings repeated at page breaks do not start a new one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from inputs import clean
from inputs.files.workbook import Grid
from inputs.lists import fields

MOST_HEADING_ROWS = 4
LEAST_HITS = 2
UNIT_LINE = re.compile(r"(?:金额)?(?:计量)?单位[:：]\s*([^\s填日联]{1,30})")
TITLED = re.compile(r"表|清单|台账|汇总|附件|名录|项目库|[(（]续|续[)）]|第.{1,3}页")
PLAINLY = re.compile(r"^附[表件]|(?:表|清单|台账|汇总|名录|项目库)(?:[(（].{0,6}[)）])?$|[(（]续|续[)）]|第.{1,3}页")
"""What only a title says."""
FILLER = re.compile(r"填报单位|填报地区|编制单位|填表单位|申报单位[:：]")
NUMBER = re.compile(r"[+-]?[\d,]+(?:\.\d+)?%?")
COUNTING = re.compile(r"^[(\[]?(?:(\d{1,2})|([A-Z])|[甲乙丙丁戊己庚辛]|栏次)[)\]]?(?:=.*)?$")
Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a list: position from 0, labels from top to bottom, and what stands under it in a few rows."""

    index: int
    path: tuple[str, ...]

    @property
    def text(self) -> str:
        """The heading for people: labels joined by a slash."""
        return "/".join(clean.title(label) for label in self.path)


@dataclass(slots=True)
class Block:
    """One list of a sheet. Rows are positions from 0; ``unit`` is the money unit of the unit line, if any."""

    grid: Grid
    cells: Rows
    head: tuple[int, ...]
    body: range
    headings: tuple[Heading, ...]
    unit: str = ""
    repeats: set[int] = field(default_factory=set)
    preface: tuple[int, ...] = ()

    @property
    def layout(self) -> str:
        """A short code of the headings in their order and the money unit; the same for every sheet laid out alike."""
        text = "\x1f".join("\x1e".join("|".join(fields.bare(p)) for p in h.path) for h in self.headings)
        return hashlib.sha256(f"{text}\x1d{self.unit}".encode()).hexdigest()[:10]

    @property
    def named(self) -> bool:
        """Whether the list has headings at all."""
        return bool(self.head)

    def column(self, index: int) -> list[Any]:
        """Filled cells of a column in the body."""
        values = (self.cells[r][index] if index < len(self.cells[r]) else None for r in self.body)
        return [v for v in values if not clean.is_empty(v)]


def find_blocks(grid: Grid) -> list[Block]:
    """The lists of a sheet, top to bottom; empty for an empty sheet."""
    filled = _filled_merges(grid)
    starts = [r for r in range(len(filled)) if _is_heading_row(filled[r])]
    blocks: list[Block] = []
    end = -1
    for row in starts:
        if row <= end:
            continue
        head = _head_rows(grid, filled, row)
        headings = _headings(filled, head)
        end = head[-1]
        last = blocks[-1] if blocks else None
        titles = _titles_above(filled, head[0])
        fresh = any(UNIT_LINE.search(x) or FILLER.search(x) for r in titles for x in _texts(filled[r]))
        if last is not None and _same(last.headings, headings) and not fresh:
            last.repeats |= {*head, *titles}
            continue
        blocks.append(Block(grid, grid.rows, head, range(end + 1, len(filled)), headings))
    if not blocks:
        return _without_headings(grid, filled)
    _close(blocks, filled)
    return blocks


def _close(blocks: list[Block], filled: Rows) -> None:
    """End each list where the next one's title starts; note what stands above and the money unit it names."""
    above = 0
    for k, block in enumerate(blocks):
        end = len(filled)
        if k + 1 < len(blocks):
            end = blocks[k + 1].head[0]
            end = min(_titles_above(filled, end), default=end)
        block.body = range(block.head[-1] + 1, end)
        block.preface = tuple(range(above, block.head[0]))
        inherited = blocks[k - 1].unit if k else ""
        block.unit = unit_of(filled, [*block.preface, *block.head]) or inherited
        above = end


def _titles_above(filled: Rows, row: int) -> set[int]:
    """Title and unit lines directly above a repeated heading."""
    found = set()
    while (
        row > 0 and _is_title_row(filled[row - 1]) and _titled(filled[row - 1]) and not _may_be_project(filled[row - 1])
    ):
        row -= 1
        found.add(row)
    return found


def _may_be_project(row: list[Any]) -> bool:
    """Whether a cell is a number, be it a year, beside a text that only has a word of titles in it: 地表水厂."""
    numbers = any(isinstance(v, int | float) and not isinstance(v, bool) for v in row)
    return numbers and not any(PLAINLY.search(t) or UNIT_LINE.search(t) or FILLER.search(t) for t in _texts(row))


def _titled(row: list[Any]) -> bool:
    """Whether a line of text is a title rather than a group of the list: 附表二, …清单（续）, 单位：万元."""
    return any(TITLED.search(t) or UNIT_LINE.search(t) or FILLER.search(t) for t in _texts(row))


def _filled_merges(grid: Grid) -> Rows:
    """Cells with every merged range filled by its first cell, for reading headings only."""
    rows = [list(row) for row in grid.rows]
    for top, left, bottom, right in grid.merges:
        if bottom - top > MOST_HEADING_ROWS or top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for r in range(top, min(bottom, len(rows) - 1) + 1):
            for c in range(left, min(right, len(rows[r]) - 1) + 1):
                rows[r][c] = value
    return rows


def _texts(row: list[Any]) -> list[str]:
    return [clean.tidy(v) for v in row if isinstance(v, str) and v.strip()]


def _has_number(row: list[Any]) -> bool:
    return any(_is_number(v) for v in row)


def _is_number(value: Any) -> bool:
    """A number, also one written as text; a year is none."""
    if isinstance(value, str):
        text = clean.tidy(value)
        return NUMBER.fullmatch(text) is not None and not re.fullmatch(r"20\d\d", text)
    return isinstance(value, int | float) and not isinstance(value, bool) and not 2000 <= value <= 2100


def _is_heading_row(row: list[Any]) -> bool:
    """At least two different known headings, and no numbers but years."""
    if _has_number(row):
        return False
    texts = set(_texts(row))
    if len(texts) < LEAST_HITS:
        return False
    hits = {t for t in texts if fields.says_something(t)}
    return len(hits) >= LEAST_HITS and 2 * len(hits) >= min(len(texts), 6) - 1


def _is_title_row(row: list[Any]) -> bool:
    """One text (perhaps merged over the sheet), or a line with unit, date and who filled it in."""
    texts = _texts(row)
    if _has_number(row):
        return False
    if len(set(texts)) <= 1:
        return True
    return any(UNIT_LINE.search(t) or FILLER.search(t) for t in texts)


def _head_rows(grid: Grid, filled: Rows, row: int) -> tuple[int, ...]:
    """The rows of a heading around its first known row."""
    top = row
    while top > 0 and row - top < 2 and _joins_above(filled, top - 1, top):
        top -= 1
    bottom = row
    while (
        bottom + 1 < len(filled)
        and bottom + 1 - top < MOST_HEADING_ROWS + 1
        and _joins_below(grid, filled, top, bottom)
    ):
        bottom += 1
    return tuple(range(top, bottom + 1))


def _joins_above(filled: Rows, above: int, row: int) -> bool:
    texts = _texts(filled[above])
    if len(texts) == 1 and not isinstance(filled[above][0], str) and fields.says_something(texts[0]):
        return True
    if len(set(texts)) < 2 or _has_number(filled[above]) or _is_title_row(filled[above]):
        return False
    return (all(len(t) <= 20 for t in texts) and not _is_heading_row(filled[above])) or _spans(filled, above, row)


def _spans(filled: Rows, above: int, row: int) -> bool:
    """Whether a label stands in both rows at the same place (a cell merged downward)."""
    pairs = zip(filled[above], filled[row], strict=False)
    return any(isinstance(a, str) and a.strip() and a == b for a, b in pairs)


def _joins_below(grid: Grid, filled: Rows, top: int, bottom: int) -> bool:
    """Whether the next row still belongs to the heading."""
    row = filled[bottom + 1]
    texts = [clean.tidy(v) for v in row if v is not None and clean.tidy(v)]
    if not texts:
        return any(m[0] <= bottom < m[2] and m[0] >= top for m in grid.merges)
    if _is_counting(texts):
        return True
    if any(m[0] >= top and m[0] <= bottom < m[2] for m in grid.merges):
        return True
    if _has_number(row):
        return False
    under_group = [
        c for c, v in enumerate(row)
        if isinstance(v, str) and v.strip() and (filled[bottom][c] is None or _repeated(filled[bottom], c))
    ]  # fmt: skip
    known = [t for t in texts if fields.says_something(t) or fields.UNIT.fullmatch(t) or fields.fund_of(t)]
    plain = all(len(t) <= 16 for t in texts)
    return (
        plain and 2 * len(known) >= len(texts) and (bool(under_group) or all(fields.UNIT.fullmatch(t) for t in texts))
    )


def _is_counting(texts: list[str]) -> bool:
    """A row that numbers the columns: 1 2 3 …, A B C=A+B, 甲 乙 1 2."""
    found = [COUNTING.match(t) for t in texts]
    if len(texts) < 3 or not all(found):
        return False
    for group in (1, 2):
        marks = [m.group(group) for m in found if m and m.group(group)]
        steps = [b - a for a, b in pairwise([int(m) if group == 1 else ord(m) for m in marks])]
        if any(not 1 <= step <= 3 for step in steps) or 3 * sum(step == 1 for step in steps) < 2 * len(steps):
            return False
    return True


def _repeated(row: list[Any], column: int) -> bool:
    """Whether a label stands beside itself (merged across), or the next cell to its right is blank."""
    value = row[column]
    left = row[column - 1] if column else None
    right = row[column + 1] if column + 1 < len(row) else None
    return value in (left, right) or (value is not None and right is None and column + 1 < len(row))


def _headings(filled: Rows, head: tuple[int, ...]) -> tuple[Heading, ...]:
    wide = max(len(filled[r]) for r in head)
    paths: list[list[str]] = [[] for _ in range(wide)]
    for k, r in enumerate(head):
        row = filled[r] + [None] * (wide - len(filled[r]))
        if k and _is_counting([clean.tidy(v) for v in row if v is not None]):
            continue
        below = [filled[q] + [None] * (wide - len(filled[q])) for q in head[k + 1 :]]
        label = ""
        for c, value in enumerate(row):
            text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
            own = bool(text)
            if own:
                label = text
            elif label and any(b[c] is not None for b in below) and not paths[c]:
                text = label  # a group label that is not merged reaches over the blank cells beside it
            if text and (not paths[c] or paths[c][-1] != text):
                paths[c].append(text)
            if own and all(b[c] is None or b[c] == value for b in below):
                label = ""
    return tuple(Heading(c, tuple(path)) for c, path in enumerate(paths))


def _same(one: tuple[Heading, ...], other: tuple[Heading, ...]) -> bool:
    def labels(headings: tuple[Heading, ...]) -> list[str]:
        return ["/".join(map(clean.tidy, h.path)) for h in headings]

    mine, theirs = labels(one), labels(other)
    return [t for t in mine if t] == [t for t in theirs if t]


def unit_of(filled: Rows, rows: list[int]) -> str:
    """The money unit of a line such as 单位：万元、年、公里; empty when none or several."""
    for r in reversed(rows):
        for text in _texts(filled[r]):
            match = UNIT_LINE.search(text)
            found = fields.money_unit(match.group(1)) if match else ""
            if not match and re.fullmatch(r"[(（]?[千百十]?[万亿千]?元[)）]?", text) and r not in rows[-1:]:
                found = fields.money_unit(text)
            if found:
                return found
    return ""


def _without_headings(grid: Grid, filled: Rows) -> list[Block]:
    """A list that starts at once: from the first row with three or more cells, one of them a number."""
    for r, row in enumerate(filled):
        cells = [v for v in row if not clean.is_empty(v)]
        if len(cells) >= 3 and (_has_number(row) or any(_reads_as_number(v) for v in cells)):
            wide = max(len(x) for x in filled)
            headings = tuple(Heading(c, ()) for c in range(wide))
            block = Block(grid, grid.rows, (), range(r, len(filled)), headings, preface=tuple(range(r)))
            block.unit = unit_of(filled, list(range(r)))
            return [block]
    return []


def _reads_as_number(value: Any) -> bool:
    try:
        clean.number(value)
    except clean.Unreadable:
        return False
    return True
