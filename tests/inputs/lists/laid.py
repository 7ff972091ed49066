"""Lists laid by hand for tests: rows in, reading out."""

from pathlib import Path

from inputs.files.workbook import Grid, Source
from inputs.lists.decisions import Decisions
from inputs.lists.opening import Opened, tell_dropped
from inputs.lists.personal import scrub
from inputs.lists.reading import ListReading, read_lists

HEADS = ["序号", "项目名称", "县区", "总投资（万元）", "本年专项债需求（万元）"]


def opened(*grids: Grid) -> Opened:
    """Grids as if they had just been read from a file."""
    found = Opened([Source(Path("清单.xlsx"), "清单.xlsx", "xlsx", grids)], [scrub(g) for g in grids], [], [])
    for sheet in found.sheets:
        tell_dropped(found, sheet)
    return found


def grid(*rows: list, name: str = "清单", **facts) -> Grid:
    """A sheet; rows are filled up to one width."""
    wide = max(len(row) for row in rows)
    return Grid(name, [[*row, *[None] * (wide - len(row))] for row in rows], file="清单.xlsx", **facts)


def read(*rows: list, decisions: Decisions | None = None, **facts) -> ListReading:
    """One sheet read."""
    return read_lists(opened(grid(*rows, **facts)), decisions)


def kinds(reading: ListReading) -> list[str]:
    """The kind of every row of the first sheet."""
    return [row.kind for row in reading.sheets[0].rows]


def values(reading: ListReading, name: str) -> list:
    """A field of every project taken."""
    return [p.values.get(name) for p in reading.projects if p.taken]
