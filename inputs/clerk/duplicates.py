"""Is it the same project twice: the same name, or nearly, perhaps from two departments?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from inputs import clean
from inputs.case.checks import Book
from inputs.case.table import Record, Table
from inputs.places import Gazetteer

GENERIC = re.compile(r"项目|工程|建设|甘肃省|青海省|陕西省|[\s·,，。、“”\"'—\-()（）]")
ALIKE, ALIKE_SAME_TOTAL = 0.8, 0.5
NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+(?=[期标段批号])|[东西南北中甲乙丙丁]")
SMALL = 150
"""Groups up to this size are compared pair by pair, larger ones within the same beginning or end of name."""


def check(book: Book, places: Gazetteer) -> None:
    """Names without generic words, within a region: equal, or alike; numbers in the names (一期、二期) must not differ."""
    table = book["项目"]
    told: set[int] = set()
    for first, second, words in _pairs(table):
        if second.row in told:
            continue
        told.add(second.row)
        where, other = table.address(second, "项目名称"), table.address(first, "项目名称")
        departments = {first.get("主管部门") or "", second.get("主管部门") or ""}
        more = (
            f"，分别由{'、'.join(sorted(d for d in departments if d))}报送"
            if len(departments) == 2 and "" not in departments
            else ""
        )
        message = f"与 {other}“{first.get('项目名称')}”{words}{more}，疑为同一项目"
        table.report(
            "same_project", where, second.get("项目名称"), message, "是同一项目的删去一行；不是的不用改", "warning"
        )


def _pairs(table: Table) -> Iterator[tuple[Record, Record, str]]:
    regions: dict[str, list[tuple[Record, str, frozenset[str]]]] = defaultdict(list)
    for record in table.records:
        name = record.get("项目名称")
        if name is not None:
            core = _core(name, record.get("地区") or "")
            regions[record.get("地区") or ""].append(
                (record, core, frozenset(core[i : i + 2] for i in range(len(core) - 1)))
            )
    for members in regions.values():
        yield from _equal(members)
        for block in _blocks(members):
            yield from _alike(block)


def _equal(members: list[tuple[Record, str, frozenset[str]]]) -> Iterator[tuple[Record, Record, str]]:
    seen: dict[str, Record] = {}
    for record, core, _ in members:
        if core in seen and core:
            same = record.get("总投资") == seen[core].get("总投资")
            yield seen[core], record, "同名" + ("、同额" if same else "，总投资不同")
        seen.setdefault(core, record)


def _blocks(members: list[tuple[Record, str, frozenset[str]]]) -> Iterator[list[tuple[Record, str, frozenset[str]]]]:
    if len(members) <= SMALL:
        yield members
        return
    for ends in (slice(3), slice(-3, None)):
        blocks: dict[str, list[tuple[Record, str, frozenset[str]]]] = defaultdict(list)
        for member in members:
            blocks[member[1][ends]].append(member)
        yield from (block for block in blocks.values() if 1 < len(block) <= SMALL)


def _alike(block: list[tuple[Record, str, frozenset[str]]]) -> Iterator[tuple[Record, Record, str]]:
    for k, (first, core, pairs) in enumerate(block):
        for second, other, others in block[k + 1 :]:
            small, large = sorted((len(pairs), len(others)))
            if not small or small < ALIKE_SAME_TOTAL * large or core == other:
                continue
            common = len(pairs & others)
            likeness = common / (len(pairs) + len(others) - common)
            if likeness < ALIKE_SAME_TOTAL or NUMBERS.findall(core) != NUMBERS.findall(other):
                continue
            same = first.get("总投资") == second.get("总投资") and first.get("总投资")
            if likeness >= ALIKE or same:
                yield first, second, "名称相近" + ("、同额" if same else "")


def _core(name: str, region: str) -> str:
    text = clean.tidy(name)
    for word in (region, region[:-1] if len(region) > 2 else ""):
        text = text.replace(word, "") if word else text
    return GENERIC.sub("", text)
