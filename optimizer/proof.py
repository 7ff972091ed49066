"""A proof of the bound that is checked in whole numbers, without a solver.

It holds prices of rows that several projects share, and prices of each project's own rows in each of its states.
Whatever the prices, what ``upper_bound`` works out from them and from the program is no less than the aim of any
plan (weak duality, project by project); good prices only make it tight. See docs/method.md.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from models.program import FREE, Program

SCALE = 2**60
"""Prices are whole multiples of 1/SCALE."""
PASSES = 5
MOST_SWITCHES = 6
MOST_JOINT = 20_000

Prices = dict[int, int]
Leaf = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """Prices in 1/SCALE of the aim for each base unit of a row of the program.

    ``shared``: rows of several projects, at least 0 on ceilings, at most 0 on floors. ``own``: by project and way
    (−1 = left out), then by the 0/1 columns that are 1, the prices of the project's rows. ``ties``: projects that
    are looked at together with the rows over ways that tie them. ``case`` is the fingerprint of the case.
    """

    case: str
    shared: Prices
    own: dict[tuple[int, int], dict[Leaf, Prices]]
    ties: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]

    def write(self, path: Path) -> None:
        """As JSON; prices as whole numbers."""
        own = [
            [p, w, [[list(ones), list(v.items())] for ones, v in leaves.items()]] for (p, w), leaves in self.own.items()
        ]
        record = {
            "case": self.case,
            "scale": str(SCALE),
            "shared": list(self.shared.items()),
            "own": own,
            "ties": self.ties,
        }
        path.write_text(json.dumps(record), encoding="utf-8")

    @staticmethod
    def read(path: Path) -> Proof:
        """Raises ValueError where the file is no proof."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["scale"] != str(SCALE):
                raise ValueError("scale")
            own = {
                (int(p), int(w)): {
                    tuple(map(int, ones)): {int(r): int(v) for r, v in prices} for ones, prices in leaves
                }
                for p, w, leaves in record["own"]
            }
            shared = {int(r): int(v) for r, v in record["shared"]}
            ties = tuple((tuple(map(int, projects)), tuple(map(int, rows))) for projects, rows in record["ties"])
            return Proof(str(record["case"]), shared, own, ties)
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as problem:
            raise ValueError("不是上界证明文件，或已损坏") from problem


@dataclass(slots=True)
class _Line:
    """A row of one project: ways and own columns with their coefficients, and its limits (None = none)."""

    ways: list[tuple[int, int]]
    own: list[tuple[int, int]]
    lower: int | None
    upper: int | None
    row: int


class _Program:
    """The program by project, in Python integers."""

    def __init__(self, program: Program, shared: Prices) -> None:
        stage = program.stages[program.main]
        self.owner, self.ways = program.owner.tolist(), program.ways
        self.upper = program.upper.tolist()
        self.switch = (program.integer & (program.upper == 1)).tolist()
        lower = [None if v == -FREE else v for v in program.row_lower.tolist()]
        upper = [None if v == FREE else v for v in program.row_upper.tolist()]
        net = [0] * program.width
        for column, coefficient in stage.coefficients.items():
            worth = coefficient * stage.sense * SCALE
            net[column] = -((-worth.numerator) // worth.denominator)
        self.fixed = 0
        prices = {}
        for row, price in shared.items():
            side = upper[row] if price > 0 else lower[row]
            if price and side is not None:  # a price on a side that is open proves nothing and is left out
                prices[row] = price
                self.fixed += price * side
        entries = zip(program.row.tolist(), program.col.tolist(), program.value.tolist(), strict=True)
        rows: dict[int, list[tuple[int, int]]] = {}
        for row, column, value in entries:
            rows.setdefault(row, []).append((column, value))
            if row in prices:
                net[column] -= prices[row] * value
        self.net, self.rows = net, rows
        self.lower, self.limit = lower, upper
        self.lines: dict[int, list[_Line]] = {}
        for row, terms in rows.items():
            owners = {self.owner[c] for c, _ in terms}
            if len(owners) == 1 and -1 not in owners:
                ways = [(c, v) for c, v in terms if c < self.ways]
                own = [(c, v) for c, v in terms if c >= self.ways]
                self.lines.setdefault(owners.pop(), []).append(_Line(ways, own, lower[row], upper[row], row))
        self.own: dict[int, list[int]] = {}
        self.ways_of: dict[int, list[int]] = {}
        for column, project in enumerate(self.owner):
            if project < 0:
                self.fixed += max(0, net[column]) * self.upper[column]
            else:
                (self.ways_of if column < self.ways else self.own).setdefault(project, []).append(column)


def upper_bound(program: Program, proof: Proof) -> Fraction:
    """A bound on the main aim of every plan of the program, exact, in units of the aim (larger is better)."""
    data = _Program(program, {r: v for r, v in proof.shared.items() if 0 <= r < program.height})
    projects = sorted({p for p in data.owner if p >= 0})
    value: dict[tuple[int, int], int] = {}
    for project in projects:
        for way in (-1, *data.ways_of.get(project, ())):
            best = _best(data, project, way, proof.own.get((project, way), {}))
            if best is not None:
                value[project, way] = best
    total, seen = data.fixed, set[int]()
    for members, rows in proof.ties:
        options = [[(w, value[p, w]) for w in (-1, *data.ways_of.get(p, ())) if (p, w) in value] for p in members]
        size = 1
        for each in options:
            size *= len(each)
        if seen & set(members) or len(set(members)) < len(members) or not 0 < size <= MOST_JOINT:
            continue
        seen |= set(members)
        total += max(_joint(data, members, rows, options), default=0)
    for project in projects:
        if project not in seen:
            total += max(
                (value[project, w] for w in (-1, *data.ways_of.get(project, ())) if (project, w) in value), default=0
            )
    stage = program.stages[program.main]
    return Fraction(total, SCALE) + stage.constant * stage.sense


def _joint(
    data: _Program, members: tuple[int, ...], rows: tuple[int, ...], options: list[list[tuple[int, int]]]
) -> list[int]:
    """Values of all combinations that obey the rows over ways of these projects alone."""
    mine = {w for p in members for w in data.ways_of.get(p, ())}
    lines = [
        (dict(data.rows[r]), data.lower[r], data.limit[r])
        for r in rows
        if {c for c, _ in data.rows.get(r, [(-1, 0)])} <= mine
    ]
    found = []
    for combination in itertools.product(*options):
        if all(_within(sum(terms.get(w, 0) for w, _ in combination), lower, limit) for terms, lower, limit in lines):
            found.append(sum(v for _, v in combination))
    return found


def _within(value: int, lower: int | None, limit: int | None) -> bool:
    return (lower is None or value >= lower) and (limit is None or value <= limit)


def _best(data: _Program, project: int, way: int, leaves: dict[Leaf, Prices]) -> int | None:
    """The most that a project can add in a state, in 1/SCALE; None where its own rows forbid the state."""
    lines = []
    for line in data.lines.get(project, ()):
        known = sum(v for c, v in line.ways if c == way)
        lower = None if line.lower is None else line.lower - known
        limit = None if line.upper is None else line.upper - known
        if not line.own:
            if not _within(0, lower, limit):
                return None
            continue
        lines.append((line.own, lower, limit, line.row))
    start = {c: data.upper[c] for c in data.own.get(project, ())}
    found = _branch(data, lines, start, (), leaves)
    if found is None:
        return None
    return found + (data.net[way] if way >= 0 else 0)


_Lines = list[tuple[list[tuple[int, int]], int | None, int | None, int]]


def _branch(data: _Program, lines: _Lines, upper: dict[int, int], ones: Leaf, leaves: dict[Leaf, Prices]) -> int | None:
    """The most over all settings of the 0/1 columns that are still open."""
    tight = _tightened(lines, upper, ones)
    if tight is None:
        return None
    open_ = sorted(c for c, u in tight.items() if u == 1 and data.switch[c] and c not in ones)
    if open_ and len(open_) <= MOST_SWITCHES:
        without = _branch(data, lines, {**tight, open_[0]: 0}, ones, leaves)
        with_ = _branch(data, lines, tight, tuple(sorted((*ones, open_[0]))), leaves)
        return max((v for v in (without, with_) if v is not None), default=None)
    return _weak_duality(data, lines, tight, ones, leaves.get(ones, {}))


def _weak_duality(data: _Program, lines: _Lines, upper: dict[int, int], ones: Leaf, prices: Prices) -> int:
    net = {c: data.net[c] for c in upper}
    total = 0
    for terms, lower, limit, row in lines:
        price = prices.get(row, 0)
        side = limit if price > 0 else lower
        if not price or side is None:
            continue
        total += price * side
        for c, v in terms:
            net[c] -= price * v
    return total + sum(net[c] for c in ones) + sum(max(0, net[c]) * u for c, u in upper.items() if c not in ones)


def _tightened(lines: _Lines, upper: dict[int, int], ones: Leaf) -> dict[int, int] | None:
    """Upper limits that follow from the rows; None where they contradict each other."""
    upper = dict(upper)
    for c in ones:
        if upper[c] < 1:
            return None
    for _ in range(PASSES):
        changed = False
        for terms, lower, limit, _row in lines:
            known = sum(v for c, v in terms if c in ones)
            least = known + sum(v * upper[c] for c, v in terms if v < 0 and c not in ones)
            most = known + sum(v * upper[c] for c, v in terms if v > 0 and c not in ones)
            if (limit is not None and least > limit) or (lower is not None and most < lower):
                return None
            for c, v in terms:
                if c in ones:
                    continue
                room = None
                if v > 0 and limit is not None:
                    room = (limit - least) // v
                elif v < 0 and lower is not None:
                    room = (most - lower) // -v
                if room is not None and room < upper[c]:
                    upper[c], changed = room, True
        if not changed:
            break
    return upper
