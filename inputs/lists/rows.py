"""What every row of a list is: project, total, group, note, blank … Nothing is left without a kind.

Numbering (一、 （一） 1 1.1 ①) gives rows a level. A row with amounts above deeper rows that have amounts too
is their total when the amounts add up; when they do not and its words do not say that it is a group, it is
left in doubt and refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from inputs import clean
from inputs.files.letters import address
from inputs.lists import fields
from inputs.lists.cells import amount
from inputs.lists.layout import Block
from inputs.places import Gazetteer

Kind = Literal["标题", "表头", "项目", "合计小计", "其中", "分组", "说明", "空行", "拒绝", "未读"]
KINDS: tuple[Kind, ...] = ("标题", "表头", "项目", "合计小计", "其中", "分组", "说明", "空行", "拒绝", "未读")
TOTAL = re.compile(
    r"(?:[一二三四五六七八九十]+[、.]|[(][一二三四五六七八九十]+[)])?(?:[^()]{0,14})(?:合计|小计|总计|共计|累计)(?:[:(].*|\d+[个项])?"
    r"|全[省市县区州](?:合计)?|计|总额|总数|总投资|合计数|汇总"
)
PLAIN_TOTAL = re.compile(r"(?:.{0,8}[省市县区州类部])?(?:合计|小计|总计)|计|全[省市县区州]")
"""What a total is called where the row has a number like a project."""
WITHIN = re.compile(r"^其中|^(?:含|包括)[:：]")
SAID_WITHIN = re.compile(r"^其中[:：]|^其中$")
NOTE = re.compile(
    r"^(?:注|备注|说明|填表说明|附注|审核人?|制表人?|填报人?|填表人|经办人|联系人|联系电话|负责人|单位负责人|分管领导)(?:\d*[:：.、]|$)|^[*※]|^注\d"
)
COUNT = re.compile(r"[(]?(?:共|计)?\d+[个项][^)]*[)]?$")
GROUP_WORDS = re.compile(r"(?:类|领域|方面|片区|项目|工程|部分|县区|行业)(?:[(].*[)])?$")
CHINESE = "一二三四五六七八九十百"
LEVELS = (
    (1, re.compile(rf"^(?:第[{CHINESE}]+[部分类批]*|[{CHINESE}]+)(?:[、.．,，]|$)")),
    (2, re.compile(rf"^[(][{CHINESE}]+[)]")),
    (5, re.compile(r"^(?:[①-⑳]|\d+[.．-]\d+[.．-]\d+)")),
    (4, re.compile(r"^(?:[(]\d{1,3}[)]|\d{1,3}[.．-]\d{1,3}(?:[、.．\s]|$))")),
    (3, re.compile(r"^\d{1,5}(?:[、.．)]|$)")),
)
NATURE = re.compile(r"(?:续建|新建|在建|拟建|改扩建|储备|前期|结转|新开工|收尾|竣工)(?:类|项目|工程)*")
KIND_LABEL = re.compile(r".{1,12}(?:类|领域|方面|部分|行业)(?:项目|工程)?")
AFTER_WITHIN = "接在“其中”之后又没有序号，分不清是分项还是项目"
LETTERED = ((1, re.compile(r"^(?:[A-Z]|[甲乙丙丁戊己庚辛壬癸])[、.)]?$")), (4, re.compile(r"^[a-z][、.)]?$")))
"""Numbering by letters; only the number column may use it."""
COUNTED_ONLY = re.compile(
    r".{0,4}共?\d+[个项](?:项目)?|.{0,6}共\d+[个项](?:项目)?|Total|total|汇总数|.{0,6}小计.{0,2}|平均|占比|比例|比重",
    re.IGNORECASE,
)
"""What is no name of a project: 2个, 环县2个项目, 汇总数."""
UNNUMBERED = 2.5
"""Level of a group without number: inside a numbered one, beside another without number."""
TOLERANCE = Fraction(1, 100)
"""Amounts of a total may differ from their sum by this much, in 万元, per row (rounding of what is shown)."""


@dataclass(slots=True)
class Row:
    """One row: position from 0, what it is, its label and numbering level, and a sentence where one is due.

    ``money`` says that a column of amounts is filled, readable (then in ``amounts``, in 万元) or not;
    ``more`` counts its other filled cells beside number and name.
    """

    index: int
    kind: Kind
    label: str = ""
    level: float | None = None
    note: str = ""
    amounts: dict[int, Fraction] = field(default_factory=dict)
    money: bool = False
    more: int = 0
    serial: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """Which columns play which part: positions, -1 or empty where the list has none; ``units`` of the amounts."""

    name: int
    serial: int
    region: int
    money: Mapping[int, str]

    @staticmethod
    def of(decided: Mapping[int, tuple[str, str]]) -> Roles:
        """From field and unit by column."""
        by_field = {name: index for index, (name, _) in reversed(list(decided.items()))}
        money = {i: u for i, (f, u) in decided.items() if fields.kind_of(f) == "money"}
        return Roles(by_field.get("项目名称", -1), by_field.get(fields.SERIAL, -1), by_field.get("地区", -1), money)


def classify(block: Block, roles: Roles, places: Gazetteer, wishes: Mapping[int, Kind]) -> list[Row]:
    """Every row of the body of a list; ``wishes`` are kinds that the user has set by hand."""
    spanned = _spanned(block)
    rows = [_first_look(block, r, roles, places, spanned) for r in block.body]
    for row in rows:
        if row.index in wishes:
            row.kind, row.note = wishes[row.index], "人工指定"
    free = [row for row in rows if row.index not in wishes]
    _find_parents(free, places)
    _find_plain_groups(free, places)
    _after_within(free)
    _refuse_empty_groups(free, places)
    _refuse_unnamed(free)
    _end_notes(free)
    _name_groups(rows, places)
    return rows


def _spanned(block: Block) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells covered by a merge, with the cell that holds its value."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in block.grid.merges:
        if top in block.body and bottom - top < 2000:
            found |= {
                (r, c): (top, left)
                for r in range(top, bottom + 1)
                for c in range(left, right + 1)
                if (r, c) != (top, left)
            }
    return found


def cell(block: Block, row: int, column: int) -> Any:
    """Value of a cell of the list, None beyond its width."""
    cells = block.cells[row]
    return cells[column] if 0 <= column < len(cells) else None


def _first_look(
    block: Block, r: int, roles: Roles, places: Gazetteer, spanned: dict[tuple[int, int], tuple[int, int]]
) -> Row:
    """The kind of a row by itself, before its neighbours are asked."""
    if r in block.repeats:
        return Row(r, "表头", note="重复的表头或标题")
    filled = [(c, v) for c, v in enumerate(block.cells[r]) if v is not None and not clean.is_empty(v)]
    if not filled:
        faulty = any(a.endswith(str(r + 1)) and re.sub(r"[A-Z]+", "", a) == str(r + 1) for a in block.grid.errors)
        return Row(r, "拒绝" if faulty else "空行", note="整行只有错误值" if faulty else "")
    first = next((clean.tidy(v) for _, v in filled if isinstance(v, str)), "")
    serial, name = clean.tidy(cell(block, r, roles.serial)), clean.tidy(cell(block, r, roles.name))
    region = clean.tidy(cell(block, r, roles.region))
    amounts = _amounts(block, r, roles)
    has_money = (
        bool(amounts) or any(not clean.is_empty(cell(block, r, c)) for c in roles.money) or _has_fault(block, r, roles)
    )
    lead = [t for t in (serial, name, *(clean.tidy(v) for c, v in filled if c <= max(roles.name, 1))) if t]
    label = name or first or serial
    row = Row(r, "项目", label, _level(serial, name or next(iter(lead), "")), amounts=amounts, money=has_money)
    row.serial = serial
    row.more = sum(c not in (roles.serial, roles.name) and c not in roles.money for c, _ in filled)
    within = SAID_WITHIN if serial.isdecimal() else WITHIN
    total = PLAIN_TOTAL if row.level == 3 and clean.tidy(serial).isdecimal() else TOTAL
    if any(total.fullmatch(t) for t in (*lead, "" if name and serial else region)):
        row.kind = "合计小计"
    elif any(t[:1] in "其含包" and within.match(t) for t in (serial, name, *lead[:1]) if t):
        row.kind = "其中"
    elif not has_money and NOTE.match(first):
        row.kind = "说明"
    elif not name:
        _without_name(row, block, r, roles, has_money, filled, spanned, places)
    elif not has_money:
        _without_money(row, serial, name, filled, roles, places)
    return row


def _has_fault(block: Block, r: int, roles: Roles) -> bool:
    if not block.grid.errors and not block.grid.uncached:
        return False
    return any(address(r, c) in block.grid.errors or address(r, c) in block.grid.uncached for c in roles.money)


def _amounts(block: Block, r: int, roles: Roles) -> dict[int, Fraction]:
    found = {}
    for c, unit in roles.money.items():
        value = cell(block, r, c)
        if not clean.is_empty(value):
            try:
                found[c] = amount(value, unit)
            except clean.Unreadable:
                continue
    return found


def _without_name(
    row: Row, block: Block, r: int, roles: Roles, has_money: bool, filled: list[tuple[int, Any]],
    spanned: dict[tuple[int, int], tuple[int, int]], places: Gazetteer,
) -> None:  # fmt: skip
    """No name: a group line, a continued row, a note – or amounts that belong to nobody."""
    anchor = spanned.get((r, roles.name))
    texts = [clean.tidy(v) for c, v in filled if isinstance(v, str) and c not in roles.money]
    row.label = next((t for t in texts if len(t) > 1), texts[0] if texts else "")
    if anchor is not None and anchor[0] < r:
        row.kind = "拒绝" if has_money else "其中"
        row.note = f"项目名称与第 {anchor[0] + 1} 行合并，本行金额属于哪个项目不确定" if has_money else "与上一行合并"
    elif not has_money:
        row.kind = "分组" if len(texts) <= 2 and len(filled) <= 3 else "拒绝"
        row.note = "" if row.kind == "分组" else "没有项目名称"
    elif row.level in (1, 2) or any(places.find(_bare(t)) for t in _leading(filled, roles)):
        row.kind = "分组"
    else:
        row.kind, row.note = "拒绝", "有金额，没有项目名称"


def _leading(filled: list[tuple[int, Any]], roles: Roles) -> list[str]:
    """Texts before the name column: where a group writes its label, unlike the region of a project."""
    return [clean.tidy(v) for c, v in filled if isinstance(v, str) and c <= roles.name and c != roles.region]


def _without_money(
    row: Row, serial: str, name: str, filled: list[tuple[int, Any]], roles: Roles, places: Gazetteer
) -> None:
    """A name without any amount: a group line, or a project whose amounts are missing."""
    more = [c for c, _ in filled if c not in (roles.serial, roles.name, roles.region)]
    like_group = row.level in (1, 2) or places.find(_bare(name)) is not None or not serial
    if len(more) < 2 and (like_group or COUNT.search(name)):
        row.kind = "分组"


def _level(serial: str, label: str) -> float | None:
    lettered = next((level for level, pattern in LETTERED if pattern.match(serial)), None)
    if lettered is not None:
        return lettered
    for text in (serial, label):
        found = _level_of(text)
        if found is not None:
            return found
    return None


def _level_of(text: str) -> float | None:
    if text.isdecimal() and text.isascii() and len(text) <= 5:
        return 3
    plain = text.replace("（", "(").replace("）", ")")
    return next((level for level, pattern in LEVELS if pattern.match(plain)), None) if plain else None


def _bare(label: str) -> str:
    """A label without numbering and count: 一、西峰区（12个） → 西峰区."""
    text = label.replace("（", "(").replace("）", ")")
    for _, pattern in LEVELS:
        text = pattern.sub("", text, count=1)
    return COUNT.sub("", text).strip("、.:： ()")


# ---- rows that stand over others


def _find_parents(rows: list[Row], places: Gazetteer) -> None:
    """From the innermost outward: a row over others is their total, their group, or nobody knows."""
    for k in range(len(rows) - 1, -1, -1):
        row = rows[k]
        if row.kind != "项目" or row.level is None:
            continue
        below = _below(rows, k)
        members = [r for r in below if r.kind in ("项目", "拒绝")]
        if not members or (row.level >= 3 and all(r.level is None for r in members)):
            continue
        if not any(r.money for r in members):
            for member in members:
                member.kind, member.note = "其中", f"第 {row.index + 1} 行的分项，没有金额"
        elif not row.amounts or (
            _adds_up(row, members) and (len(members) > 1 or not row.more or _says_group(row, places))
        ):
            row.kind, row.note = "分组", "金额等于下级各行之和" if row.amounts else ""
        elif _says_group(row, places):
            row.kind, row.note = "分组", "金额与下级各行之和不符"
        else:
            row.kind, row.note = "拒绝", "编号在下级各行之上，金额又不等于它们之和，分不清是项目还是小计"


def _says_group(row: Row, places: Gazetteer) -> bool:
    """Whether the words of a row over others say that it is a group."""
    label = _bare(row.label)
    named = places.find(label) or NATURE.fullmatch(label) or KIND_LABEL.fullmatch(label)
    return bool(named or (COUNT.search(row.label) and not row.more and row.level in (1, 2)))


def _below(rows: list[Row], k: int) -> list[Row]:
    """Rows under row k: until one of its level or above, or a total."""
    level = rows[k].level
    assert level is not None
    found = []
    for index in range(k + 1, len(rows)):
        row = rows[index]
        if row.kind == "合计小计" or (row.level is not None and row.level <= level):
            break
        found.append(row)
    return found


def _find_plain_groups(rows: list[Row], places: Gazetteer) -> None:
    """Rows without number that carry a region's name, 续建项目 and the like, or the sum of the numbered rows below."""
    numbered = sum(r.kind == "项目" and r.level is not None for r in rows) >= 2
    heads = [
        k
        for k, r in enumerate(rows)
        if r.kind == "项目"
        and r.level is None
        and (
            _is_region(r.label, places)
            or (not r.more and (NATURE.fullmatch(_bare(r.label)) or KIND_LABEL.fullmatch(_bare(r.label))))
        )
    ]
    for k, row in enumerate(rows):
        if row.kind != "项目" or row.level is not None or not (numbered or k in heads):
            continue
        run = []
        for index in range(k + 1, len(rows)):
            other = rows[index]
            if (
                other.kind in ("合计小计", "分组")
                or index in heads
                or (numbered and other.kind == "项目" and other.level is None)
            ):
                break
            if other.kind == "项目":
                run.append(other)
        if run and (k in heads or (len(run) > 1 and not row.more and row.amounts and _adds_up(row, run))):
            row.kind = "分组"
            row.note = "金额等于下面各行之和" if _adds_up(row, run) else "金额与下面各行之和不符"


def _after_within(rows: list[Row]) -> None:
    """Rows without number right after 其中 among numbered projects: more of the same, or projects – nobody knows."""
    if sum(r.kind == "项目" and r.level is not None for r in rows) < 2:
        return
    for before, row in pairwise(rows):
        unsure = before.kind == "其中" or (before.kind == "拒绝" and before.note == AFTER_WITHIN)
        if unsure and row.kind == "项目" and row.level is None and row.money:
            row.kind, row.note = "拒绝", AFTER_WITHIN


def _adds_up(row: Row, children: list[Row]) -> bool:
    return all(
        abs(value - sum((c.amounts.get(column, Fraction(0)) for c in children), Fraction(0)))
        <= TOLERANCE * len(children)
        for column, value in row.amounts.items()
    )


def _is_region(label: str, places: Gazetteer) -> bool:
    """Whether a label is no more than a region's name."""
    if len(label) > 4 and label[-1] not in "省市县区州旗级)）":
        return False
    return places.find(_bare(label)) is not None


def _refuse_unnamed(rows: list[Row]) -> None:
    """Counts in place of a name, and numbers that the next row's number begins with (A, A1; 01, 0101): nobody knows."""
    for row in rows:
        if row.kind == "项目" and row.money and COUNTED_ONLY.fullmatch(row.label):
            row.kind, row.note = "拒绝", "名称只是个数或合计的说法，分不清是小计还是项目"
    projects = [row for row in rows if row.kind == "项目"]
    for row, after in pairwise(projects):
        deeper = row.serial and len(after.serial) > len(row.serial) and after.serial.startswith(row.serial)
        if deeper and row.money:
            row.kind, row.note = "拒绝", f"编号“{row.serial}”像是下一行“{after.serial}”的上级，分不清是项目还是小计"


def _refuse_empty_groups(rows: list[Row], places: Gazetteer) -> None:
    """A group with amounts of its own must have rows under it; without any its amounts would be lost.

    A row that is named like a region and has nothing under it is neither group nor project for certain.
    """
    for k, row in enumerate(rows):
        if row.kind == "项目" and row.amounts and _is_region(row.label, places):
            row.kind, row.note = "拒绝", "名称只是地区名，分不清是分组还是项目"
        if row.kind == "分组" and row.amounts:
            below = next((r for r in rows[k + 1 :] if r.kind in ("项目", "拒绝", "分组", "合计小计")), None)
            deeper = (
                below is not None and below.kind == "分组" and (below.level or UNNUMBERED) > (row.level or UNNUMBERED)
            )
            if below is None or not (deeper or below.kind in ("项目", "拒绝")):
                row.kind, row.note = "拒绝", "像分组，下面却没有项目，金额不知属于谁"


def _end_notes(rows: list[Row]) -> None:
    """Lines of text after the last row with amounts are notes, not groups."""
    last = max(
        (k for k, r in enumerate(rows) if r.amounts or r.kind in ("项目", "合计小计", "其中", "拒绝")), default=-1
    )
    for row in rows[last + 1 :]:
        if row.kind == "分组":
            row.kind = "说明"
    for before, row in pairwise(rows):
        if before.kind == "说明" and row.kind == "分组" and _level_of(row.label) in (3, 4):
            row.kind = "说明"


def _name_groups(rows: list[Row], places: Gazetteer) -> None:
    """Give every row the labels of the groups that it stands under, outermost first."""
    stack: list[tuple[float, str]] = []
    for row in rows:
        if row.kind == "分组":
            label = _bare(row.label)
            if row.level is None:
                stack = _beside(stack, label, places)
            else:
                stack = [item for item in stack if item[0] < row.level]
            stack.append((UNNUMBERED if row.level is None else row.level, label))
        elif row.kind == "合计小计" and re.search(r"总计|合计", row.label) and not stack:
            continue
        row.groups = tuple(label for _, label in stack)


def _beside(stack: list[tuple[float, str]], label: str, places: Gazetteer) -> list[tuple[float, str]]:
    """Groups that a group without number stands under: regions end regions, other words end other words."""
    kept = [item for item in stack if item[0] < UNNUMBERED]
    region = places.find(label) is not None
    for item in (item for item in stack if item[0] >= UNNUMBERED):
        if (places.find(item[1]) is not None) == region:
            break
        kept.append(item)
    return kept
