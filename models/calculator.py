"""What a quota calculator is: a published factor method that splits a total over regions, exactly.

A data step before the model, not a decision in it: the result can be written into 地区 as 配额上限.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.case import Case, Region
from models.units import floor_of


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of a calculator; ``mark`` is 待核实 where no official text was read."""

    name: str
    default: str
    unit: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One region's part: whole units of 0.01 万元, and the factors it came from, for people."""

    region: str
    amount: int
    ask: int | None
    parts: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Calculation:
    """What came out: parts that sum to the total less what nobody may take; or what is missing."""

    shares: tuple[Share, ...] = ()
    left: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculator:
    """A factor method with formula, source, parameters, needed columns of 地区 and a worked example."""

    id: str
    title: str
    source: str
    formula: str
    settings: tuple[Setting, ...]
    columns: tuple[str, ...]
    example: str
    compute: Callable[[Case, int, Settings], Calculation]


@dataclass(frozen=True, slots=True)
class Settings:
    """Parameters as given, defaults filled in."""

    values: Mapping[str, Fraction]

    def __getitem__(self, name: str) -> Fraction:
        return self.values[name]


def settings_of(calculator: Calculator, given: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Parameters as exact numbers, and a sentence for each that is unknown or no number."""
    problems, values = [], {}
    for setting in calculator.settings:
        text = given.get(setting.name, setting.default)
        try:
            values[setting.name] = _number(text)
        except (ValueError, ZeroDivisionError):
            problems.append(f"参数“{setting.name}”的值“{text}”不是数，填数或带 % 的百分数")
            values[setting.name] = _number(setting.default)
    known = [s.name for s in calculator.settings]
    problems += [f"没有参数“{name}”，可用：{'、'.join(known)}" for name in given if name not in known]
    return Settings(values), problems


def _number(text: str) -> Fraction:
    text = text.strip()
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def leaves(case: Case, filled: Callable[[Region], bool]) -> list[Region]:
    """Regions with the needed columns, none of them above another, by name."""
    mine = [r for r in case.regions if filled(r)]
    above = {name for r in mine for name in _ancestors(case, r)}
    return sorted((r for r in mine if r.name not in above), key=lambda r: r.name)


def _ancestors(case: Case, region: Region) -> set[str]:
    found: set[str] = set()
    parent = region.parent
    while parent and parent not in found:
        found.add(parent)
        known = case.region_by_name.get(parent)
        parent = known.parent if known else ""
    return found


def split(total: int, weights: Sequence[Fraction], caps: Sequence[int | None]) -> list[int]:
    """Split a total by weight in whole units, no part above its cap; what is over goes to the others.

    Proportional filling: parts that reach their cap stay there, the rest is shared again by weight;
    the last units go to the largest remainders. The parts sum to min(total, what the caps admit).
    """
    parts = [0] * len(weights)
    open_ones = [i for i, w in enumerate(weights) if w > 0 and caps[i] != 0]
    left = total
    while open_ones and left > 0:
        scale = sum((weights[i] for i in open_ones), Fraction(0))
        exact = {i: left * weights[i] / scale for i in open_ones}
        full = [i for i in open_ones if (cap := caps[i]) is not None and exact[i] >= cap]
        if not full:
            for i in open_ones:
                parts[i] = floor_of(exact[i])
            rest = left - sum(parts[i] for i in open_ones)
            order = sorted(open_ones, key=lambda i: (parts[i] - exact[i], i))
            for i in order[:rest]:
                parts[i] += 1
            return parts
        for i in full:
            parts[i] = caps[i] or 0
        left -= sum(parts[i] for i in full)
        open_ones = [i for i in open_ones if i not in full]
    return parts
