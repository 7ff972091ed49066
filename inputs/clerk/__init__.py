"""What an experienced clerk looks at in a list of projects: one file a question, each only reports, none corrects."""

from collections.abc import Callable

from inputs.case.checks import Book
from inputs.clerk import (
    capital,
    codes,
    coverage,
    dates,
    duplicates,
    magnitude,
    prefecture,
    progress,
    sources,
    unit_costs,
)
from inputs.places import Gazetteer

CHECKS: tuple[Callable[[Book, Gazetteer], None], ...] = (
    sources.check, capital.check, coverage.check, codes.check, prefecture.check, dates.check, progress.check,
    magnitude.check, unit_costs.check, duplicates.check,
)  # fmt: skip


def check_projects(book: Book, places: Gazetteer) -> None:
    """Ask every question of the sheet 项目."""
    for check in CHECKS:
        check(book, places)
