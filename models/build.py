"""Case to Program: every rule's block, slack columns for soft rows, the aim. No policy in here."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from models.aim import Extra
from models.aims import AIM_BY_ID, weighted
from models.case import Case, Policy
from models.issue import CaseError, Issue
from models.program import (
    DEFINITION,
    FREE,
    WIDEST,
    Block,
    Bools,
    Ints,
    Objective,
    Program,
    Rows,
    TooWide,
    base_units,
    check_width,
)
from models.rules import RULE_BY_ID, RULES
from models.space import Space
from models.ties import TIE_BREAKS
from models.units import LAND_PER_MU, MONEY_PER_WAN, key_words


@dataclass(frozen=True, slots=True)
class Model:
    """The program of a case with the meaning of its columns."""

    space: Space
    program: Program

    @property
    def hard(self) -> Bools:
        """Rows that must hold, shape (rows,): all but those of soft rules, which have columns of their own to give way."""
        return hard_rows(self.space.case, self.program)


def hard_rows(case: Case, program: Program) -> Bools:
    """Rows of a program that must hold, shape (rows,)."""
    return np.array([p < 0 or case.policies[p].hard for p in program.row_policy.tolist()], np.bool_)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for cyclic garbage: a build makes a million objects and no cycle, and looking costs it a fifth."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def build(case: Case) -> Model:
    """The whole model of a case. Raises CaseError where shares of many digits times amounts are wider than 64 bits."""
    try:
        with _no_collection():
            return _build(case)
    except TooWide as wide:
        where = f"（{key_words(wide.key)}）" if any(wide.key) else ""
        message = f"“{RULE_BY_ID[wide.rule].title}”{where}里比例的位数乘上金额，超出精确整数的范围"
        remedy = "把这条规则用到的比例、系数少写几位小数，如 33.33 %"
        raise CaseError([Issue("too_fine", "error", "", "", "", message, remedy)]) from wide


def _build(case: Case) -> Model:
    space = Space(case)
    extra = Extra(space.width)
    steps = AIM_BY_ID[case.aim].stages(case, space, extra)
    blocks = [rule.block(case, space) for rule in RULES] + [_links(space)]
    soft = _SoftColumns(case, space.width + len(extra.upper))
    entries = [_entries(space, block, offset, soft) for block, offset in zip(blocks, _offsets(blocks), strict=True)]
    blocks.append(extra.rows.close())
    entries.append((blocks[-1].row + _offsets(blocks)[-1], blocks[-1].col, blocks[-1].value))
    stages, main = _stages(case, space, soft, steps)
    more = len(extra.upper)
    program = Program(
        upper=np.concatenate([space.upper, np.array(extra.upper, dtype=np.int64), soft.uppers()]),
        integer=np.concatenate([space.integer, np.zeros(more + soft.count, np.bool_)]),
        per=np.concatenate([_per(space), np.array(extra.per, dtype=np.int64), soft.pers()]),
        owner=np.concatenate([space.owner, np.full(more, -1), soft.owners()]),
        ways=len(space.ways),
        row=np.concatenate([e[0] for e in entries]),
        col=np.concatenate([e[1] for e in entries]),
        value=np.concatenate([e[2] for e in entries]),
        row_lower=np.concatenate([b.lower for b in blocks]),
        row_upper=np.concatenate([b.upper for b in blocks]),
        row_margin=np.concatenate([b.margin for b in blocks]),
        row_rule=tuple(b.rule for b in blocks for _ in b.keys),
        row_key=tuple(key for b in blocks for key in b.keys),
        row_policy=np.concatenate([b.policy for b in blocks]),
        row_unit=tuple(unit for b in blocks for unit in b.units),
        row_scale=np.concatenate([b.scale for b in blocks]),
        stages=stages,
        main=main,
    )
    return Model(space, program)


def _offsets(blocks: list[Block]) -> list[int]:
    return [0, *np.cumsum([b.height for b in blocks])[:-1].tolist()]


def _per(space: Space) -> Ints:
    """Base units that make one solver unit: 万元 and 亩, except for columns that count in steps."""
    money = np.where(space.is_money & (space.unit == 1), MONEY_PER_WAN, 1)
    return np.where(space.is_land, LAND_PER_MU, money).astype(np.int64)


def _links(space: Space) -> Block:
    """u[p,F] = 1 wherever money of the funds F flows to p."""
    rows, reach = Rows("support", "个"), space.upper * space.unit
    for (i, funds), col in space.support.items():
        cols = space.money(i, funds)
        most = min(int(reach[cols].sum()), space.most_of(i, funds))
        key = (space.case.projects[i].id, *(space.case.funds[f].name for f in funds))
        rows.add(key, [(cols, 1), ([col], -most)], upper=0, policy=DEFINITION)
    return rows.close()


class _SoftColumns:
    """Violation columns of soft rows, in 1/scale base units of the row."""

    def __init__(self, case: Case, first: int) -> None:
        self.case, self.first = case, first
        self._upper: list[int] = []
        self._per: list[int] = []
        self._owner: list[int] = []
        self.found: list[tuple[int, Policy, Fraction]] = []

    @property
    def count(self) -> int:
        return len(self._upper)

    def uppers(self) -> Ints:
        return np.array(self._upper, dtype=np.int64)

    def pers(self) -> Ints:
        return np.array(self._per, dtype=np.int64)

    def owners(self) -> Ints:
        return np.array(self._owner, dtype=np.int64)

    def policy(self, index: int) -> Policy | None:
        """The soft policy of a row, if it is soft."""
        if index < 0 or self.case.policies[index].hard:
            return None
        return self.case.policies[index]

    def new(self, policy: Policy, most: int, scale: int, unit: str, owner: int) -> int:
        """A violation column; one unit of it is 1/scale base units, worth 1/per of the shown unit."""
        per = scale * base_units(unit)
        self._upper.append(most)
        self._per.append(per)
        self._owner.append(owner)
        column = self.first + self.count - 1
        self.found.append((column, policy, Fraction(1, per)))
        return column


def _entries(space: Space, block: Block, offset: int, soft: _SoftColumns) -> tuple[Ints, Ints, Ints]:
    """Entries of a block in program rows: fund steps multiplied in, violation columns added."""
    unit = space.unit[block.col]
    check_width(block, np.abs(block.value.astype(np.float64)) * unit)
    value = block.value * unit
    rows, cols, values = [block.row], [block.col], [value]
    for r in np.flatnonzero(block.policy >= 0):
        policy = soft.policy(int(block.policy[r]))
        if policy is None:
            continue
        mine = block.row == r
        reach = value[mine].astype(object) * space.upper[block.col[mine]]  # of any width
        over = int(reach[reach > 0].sum()) - int(block.upper[r]) if block.upper[r] < FREE else 0
        owners = np.unique(space.owner[block.col[mine]])
        owner = int(owners[0]) if len(owners) == 1 else -1
        short = int(block.lower[r]) - int(reach[reach < 0].sum()) if block.lower[r] > -FREE else 0
        for most, sign in ((over, -1), (short, 1)):
            if most >= WIDEST:
                raise TooWide(block.rule, block.keys[r])
            if most > 0:
                column = soft.new(policy, most, int(block.scale[r]), block.units[r], owner)
                rows.append(np.array([r]))
                cols.append(np.array([column]))
                values.append(np.array([sign]))
    return np.concatenate(rows) + offset, np.concatenate(cols), np.concatenate(values)


def _stages(case: Case, space: Space, soft: _SoftColumns, steps: list[Objective]) -> tuple[tuple[Objective, ...], int]:
    """Ranks of soft rules, the steps of the aim, the weighted benefit less penalties, tie breaks."""
    ranks = sorted({p.rank for _, p, _ in soft.found if p.rank})
    first = [*(_rank_stage(soft, rank) for rank in ranks), *steps]
    aim = weighted.objective(case, space)
    terms = dict(aim.coefficients)
    for column, policy, worth in soft.found:
        if policy.penalty:
            terms[column] = -policy.penalty * worth * aim.sense
    main = Objective(aim.title, aim.unit, aim.sense, terms, aim.constant)
    return (*first, main, *(tie.objective(case, space) for tie in TIE_BREAKS)), len(first)


def _rank_stage(soft: _SoftColumns, rank: int) -> Objective:
    terms = {column: worth for column, policy, worth in soft.found if policy.rank == rank}
    names = "、".join(dict.fromkeys(RULE_BY_ID[p.rule].title for _, p, _ in soft.found if p.rank == rank))
    return Objective(f"弹性规则第 {rank} 顺位（{names}）的违反量", "单位", -1, terms, rank=rank)
