"""What a rule is: a record with one function for the solver and one for the checker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from models.allocation import Allocation
from models.case import Case, Policy
from models.program import BUILT_IN, Block, Key, Unit
from models.space import Space

Sense = Literal["<=", ">=", "="]


@dataclass(frozen=True, slots=True)
class Measure:
    """Actual against limit for one key, exact.

    ``万元`` measures are in base units of 0.01 万元. ``idle`` says that a share had nothing to be a
    share of; such a measure is reported, not counted as met.
    """

    rule: str
    key: Key
    sense: Sense
    actual: int | Fraction
    limit: int | Fraction
    unit: Unit = "万元"
    policy: int = BUILT_IN
    idle: bool = False

    @property
    def slack(self) -> Fraction:
        """Room left in the measure's own unit; negative when violated."""
        room = Fraction(self.limit) - Fraction(self.actual)
        if self.sense == "<=":
            return room
        return -room if self.sense == ">=" else -abs(room)

    @property
    def violation(self) -> Fraction:
        """By how much the measure is missed, in its own unit; 0 when it is met."""
        return max(Fraction(0), -Fraction(self.slack))

    @property
    def met(self) -> bool:
        """Whether the limit holds."""
        if self.sense == "<=":
            return self.actual <= self.limit
        return self.actual >= self.limit if self.sense == ">=" else self.actual == self.limit


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy rule.

    ``source`` is the document with number and clause, or 假设; ``quote`` a sentence of a plan word for word,
    where there is one; ``formula`` uses the symbols of docs/math.md; ``example`` is worked with numbers; ``always`` rules cannot be switched off or made soft. ``block`` gives the solver's
    rows, ``measure`` the exact check from case and plan alone; neither calls what the other calls. ``setting`` is, where
    a parameter is no amount itself, the exact value of it at which the limit of a key is a given one (in base units);
    None where no value is.
    """

    id: str
    title: str
    title_en: str
    source: str
    formula: str
    unit: Unit
    block: Callable[[Case, Space], Block]
    measure: Callable[[Case, Allocation], Iterable[Measure]]
    example: str
    quote: str = ""
    always: bool = False
    setting: Callable[[Case, Policy, Key, Fraction], Fraction | None] | None = None
