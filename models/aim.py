"""What an aim is: steps before the weighted benefit, for the solver and, exactly, for the checker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from models.allocation import Allocation
from models.case import Case
from models.program import Objective, Rows
from models.space import Space


@dataclass(slots=True)
class Extra:
    """Columns and rows that the steps of an aim need beside those of the space.

    ``first`` is the number of the first such column; ``per`` counts make one solver unit.
    """

    first: int
    rows: Rows = field(default_factory=lambda: Rows("aim", "个"))
    upper: list[int] = field(default_factory=list)
    per: list[int] = field(default_factory=list)

    def column(self, upper: int, per: int) -> int:
        """A new column between 0 and ``upper``."""
        self.upper.append(upper)
        self.per.append(per)
        return self.first + len(self.upper) - 1


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim: its steps are solved one after the other, then the weighted benefit.

    ``stages`` gives the linear steps over the columns; ``values`` the exact value of each step from case
    and plan alone. Penalties of soft rules count in the weighted benefit only.
    """

    id: str
    title: str
    title_en: str
    source: str
    stages: Callable[[Case, Space, Extra], list[Objective]]
    values: Callable[[Case, Allocation], list[Fraction]]


@dataclass(frozen=True, slots=True)
class TieBreak:
    """A preference among plans of equal aim; ``sense`` +1 prefers more, −1 less."""

    title: str
    sense: int
    objective: Callable[[Case, Space], Objective]
    value: Callable[[Case, Allocation], Fraction]
