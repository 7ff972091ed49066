"""The mapping assistant: a field for every column of a list, with how sure it is and why.

By heading first; where a heading is missing or says nothing, by content and by the order in which such
lists usually run. Only a certain heading whose cells agree is taken without being asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from inputs import clean
from inputs.lists import fields
from inputs.lists.content import Column, agrees, columns_of, fit
from inputs.lists.fields import ALIKE, Proposal
from inputs.lists.layout import Block
from inputs.places import Gazetteer

SURE = 0.95
CONTENT = "按内容推测"
NOTHING_IN_IT = "空列"
NO_UNIT = "单位不明"
DISPUTED = "两列争同一字段"
DISAGREES = "列名与内容不符"
UNKNOWN = "列名不认识，金额先另记"
EXAMPLES = 3
COMMON_WORDS = {"资金", "金额", "项目", "工程", "安排"}
ORDER = (
    "序号", "项目名称", "项目代码", "市州", "地区", "项目单位", "主管部门", "类别", "建设性质", "建设内容", "建设起止", "最早开工", "竣工年份", "建设周期",
    "总投资", "项目资本金", "资本金比例", "资金来源:中央预算内投资", "资金来源:省级补助", "资金来源:县级资金", "资金来源:自筹", "已到位资金", "累计完成投资",
    "计划投资", "申报:专项债券", "债券期限", "债券利率", "净收益", "债券本息", "覆盖倍数", "手续:立项", "手续:用地", "手续:规划", "手续:环评",
    "手续:事前绩效评估", "审核结果", "负面清单", "新增建设用地", "产出:户数(户)", "建成年份", "备注",
)  # fmt: skip
"""The usual order of a reserve list (储备项目清单)."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One column: what its heading says, the field proposed, how sure (0–1), why, and a few cells."""

    index: int
    heading: str
    field: str
    unit: str
    score: float
    basis: str
    examples: tuple[str, ...]
    numeric: bool
    unsaid: bool = False
    """The list says no unit: it has to be asked for in every file anew."""

    @property
    def sure(self) -> bool:
        """Whether it may be taken without being asked."""
        return self.score >= SURE


def propose(block: Block, places: Gazetteer, dropped: tuple[int, ...] = ()) -> list[Guess]:
    """A guess for every column that has a heading or cells; ``dropped`` columns held personal data."""
    columns = columns_of(block)
    columns_by = {c.index: c for c in columns}
    found: dict[int, Proposal] = {}
    for heading, column in zip(block.headings, columns, strict=True):
        if column.index in dropped:
            found[column.index] = Proposal(fields.PERSONAL, fields.CERTAIN, "个人信息在入口丢弃")
        elif (named := _by_heading(heading.path, column, places)) is not None:
            found[column.index] = named
    _settle_disputes(found, block, columns, places)
    taken = {p.field for p in found.values()}
    unnamed = [c for c in columns if c.index not in found and c.texts]
    by_content = _by_content(unnamed, columns, places, taken)
    paths = {h.index: h.path for h in block.headings}
    found |= {i: _not_against(paths[i], columns_by[i], p) for i, p in by_content.items()}
    guesses = []
    for heading, column in zip(block.headings, columns, strict=True):
        if column.index in found:
            found[column.index] = _with_unit(_as_said(found[column.index], heading.path), block)
        if column.index in found or heading.path or column.texts:
            guesses.append(_guess(heading.text, column, found.get(column.index), column.index in dropped))
    return guesses


def _as_said(p: Proposal, path: tuple[str, ...]) -> Proposal:
    """What was guessed by content takes the money unit that its heading says."""
    said = next((unit for label in reversed(path) if (unit := fields.bare(label)[1]) in clean.MONEY_UNITS), "")
    return replace(p, unit=said) if said and not p.unit and fields.kind_of(p.field) == "money" else p


def _with_unit(p: Proposal, block: Block) -> Proposal:
    """The unit of the column, else of the sheet; amounts and areas without any are asked for."""
    kind = fields.kind_of(p.field)
    if kind == "money" and p.unit not in clean.MONEY_UNITS:
        unit = block.unit or "万元"
        if p.unit == fields.UNCLEAR:
            return _doubt(p, unit)
        return Proposal(p.field, p.score, p.basis, unit) if block.unit else _doubt(p, unit)
    if kind == "land" and not p.unit:
        return _doubt(p, "亩")
    return Proposal(p.field, p.score, p.basis) if p.unit == fields.UNCLEAR else p


def _doubt(p: Proposal, unit: str) -> Proposal:
    return Proposal(p.field, min(p.score, 0.9), NO_UNIT if p.score >= SURE else p.basis, unit, unsaid=True)


def _guess(heading: str, column: Column, p: Proposal | None, dropped: bool) -> Guess:
    examples = () if dropped else tuple(dict.fromkeys(t[:24] for t in column.texts))[:EXAMPLES]
    numeric = column.numeric >= 0.3
    if p is None:
        empty = not column.texts
        p = Proposal(fields.UNUSED, fields.CERTAIN if empty else 0.3, NOTHING_IN_IT if empty else "看不出含义")
    return Guess(column.index, heading, p.field, p.unit, round(p.score, 2), p.basis, examples, numeric, p.unsaid)


def _by_heading(path: tuple[str, ...], column: Column, places: Gazetteer) -> Proposal | None:
    options = fields.proposals(path)
    if not options or (options[0].score < 0.5 and options[0].basis == ALIKE):
        return None
    best = options[0]
    if best.field in ("项目编号", fields.SERIAL) and {"项目编号", fields.SERIAL} <= {p.field for p in options[:2]}:
        best = Proposal(fields.SERIAL, fields.CERTAIN, "列名和内容") if column.counts else best
    if not agrees(best.field, column, places):
        other = next((p for p in options[1:] if p.score >= 0.8 and agrees(p.field, column, places)), None)
        return Proposal((other or best).field, 0.4, DISAGREES, best.unit)
    return best


def _settle_disputes(found: dict[int, Proposal], block: Block, columns: list[Column], places: Gazetteer) -> None:
    """Two columns for one field: the surer keeps it, the others take their next choice; both are then asked."""
    by_field: dict[str, list[int]] = {}
    for index, p in found.items():
        if p.field not in (fields.UNUSED, fields.PERSONAL):
            by_field.setdefault(p.field, []).append(index)
    paths = {h.index: h.path for h in block.headings}
    column_of = {c.index: c for c in columns}
    for field, indices in by_field.items():
        if len(indices) < 2:
            continue
        indices.sort(key=lambda i: (-found[i].score, -len(column_of[i].texts), i))
        first = found[indices[0]]
        if found[indices[1]].score >= SURE:
            found[indices[0]] = Proposal(first.field, 0.6, DISPUTED, first.unit)
        for index in indices[1:]:
            taken = {p.field for i, p in found.items() if i != index}
            options = [p for p in fields.proposals(paths[index]) if p.field not in taken | {field}]
            options = [p for p in options if agrees(p.field, column_of[index], places)]
            best = options[0] if options else Proposal(_kept(paths[index], column_of[index]), 0.4, DISPUTED)
            found[index] = Proposal(best.field, min(best.score, 0.6), DISPUTED, found[index].unit)


def _not_against(path: tuple[str, ...], column: Column, p: Proposal) -> Proposal:
    """Numbers under a heading that says something unknown are not guessed into a field: they are kept beside.

    A guess that shares a word with the heading, as 总投资 with 投资规模, is left to be asked about.
    """
    label = fields.bare(path[-1])[0] if path else ""
    words = {a + b for a, b in pairwise(p.field)} - COMMON_WORDS
    if any(word in label for word in words):
        return p
    amounts = fields.kind_of(p.field) == "money" or p.field.startswith("产出:")
    if amounts and column.numeric >= 0.5 and len(label) > 1:
        return Proposal(_kept(path, column), 0.4, UNKNOWN, fields.bare(path[-1])[1])
    return p


def _kept(path: tuple[str, ...], column: Column) -> str:
    """Numbers that nobody claims are kept beside; text is not used."""
    label = fields.bare(path[-1])[0] if path else f"第{column.index + 1}列"
    return f"{fields.OTHER}:{label}" if column.numeric >= 0.5 else fields.UNUSED


def _by_content(unnamed: list[Column], every: list[Column], places: Gazetteer, taken: set[str]) -> dict[int, Proposal]:
    """Fields by content, keeping to the usual order where that explains more; never certain."""
    scores = [{f: s for f, s in fit(c, every, places).items() if f not in taken} for c in unnamed]
    aligned, greedy = _aligned(scores), _greedy(scores)
    best = max((aligned, greedy), key=lambda plan: sum(s + 0.05 * (plan is aligned) for _, s in plan.values()))
    return {
        unnamed[k].index: Proposal(field, min(0.9, 0.3 + 0.6 * score), CONTENT) for k, (field, score) in best.items()
    }


def _aligned(scores: list[dict[str, float]]) -> dict[int, tuple[str, float]]:
    """Fields along ORDER: the choice of largest total in which later columns take later fields."""
    n, m = len(scores), len(ORDER)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            match = scores[i].get(ORDER[j], 0.0)
            take = match + best[i + 1][j + 1] if match else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], take)
    plan, i, j = {}, 0, 0
    while i < n and j < m:
        match = scores[i].get(ORDER[j], 0.0)
        if match and best[i][j] == match + best[i + 1][j + 1]:
            plan[i] = (ORDER[j], match)
            i, j = i + 1, j + 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            i += 1
    return plan


def _greedy(scores: list[dict[str, float]]) -> dict[int, tuple[str, float]]:
    """Fields by the best fit first, whatever the order."""
    pairs = sorted(((s, i, f) for i, options in enumerate(scores) for f, s in options.items()), reverse=True)
    plan: dict[int, tuple[str, float]] = {}
    used: set[str] = set()
    for score, i, field in pairs:
        if i not in plan and field not in used:
            plan[i] = (field, score)
            used.add(field)
    return plan
