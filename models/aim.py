"""What an aim is: stages for the solver, and the exact value of a plan for the checker."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from models.allocation import Allocation
from models.case import Case
from models.program import Objective
from models.space import Space


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim.

    ``objective`` gives the linear aim over the columns; ``value`` the exact value from case and plan
    alone, penalties of soft rules not yet taken off.
    """

    id: str
    title: str
    title_en: str
    source: str
    objective: Callable[[Case, Space], Objective]
    value: Callable[[Case, Allocation], Fraction]


@dataclass(frozen=True, slots=True)
class TieBreak:
    """A preference among plans of equal aim; ``sense`` +1 prefers more, −1 less."""

    title: str
    sense: int
    objective: Callable[[Case, Space], Objective]
    value: Callable[[Case, Allocation], Fraction]
