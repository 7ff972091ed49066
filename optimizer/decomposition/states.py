"""Every project in every state – left out, or done in a way – with the rows that bind it alone, tightened.

A state is a small system ``L ≤ A z ≤ U, 0 ≤ z ≤ u`` over the project's own columns. Columns that must be zero,
rows that cannot bind and states that cannot be are taken out first, in whole numbers, so that nothing is lost.
Where 0/1 columns remain (a fund supports the project or not), ``branched`` makes one system for each of their
combinations; a state then is the best of its systems.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.program import FREE, Bools, Ints
from optimizer.decomposition.split import Split

PASSES = 2
MOST_SWITCHES = 6
WIDEST = 2.0**61
MOST_SYSTEMS, FEW_SYSTEMS, TIMES = 120_000, 8_000, 12
"""At most so many systems; below the second number as many as it takes, between them so many times the states.

What is not branched keeps its 0/1 columns as parts: the bound stays one, only wider.
"""


@dataclass(slots=True)
class States:
    """States and their systems with rows, columns and entries, after tightening.

    ``project``, ``way`` (−1 = left out), ``possible``: shape (states,). ``state``: that of each system, sorted.
    Columns of systems: ``column`` (of the task), ``column_system``, ``upper``. Rows: ``row`` (of the task),
    ``row_system``, ``lower``, ``limit``. Entries: ``at_row`` (sorted), ``at_column`` (positions among those), ``value``.
    ``one_system``, ``one_column``: 0/1 columns that are 1 in a system. Whole base units.
    """

    project: Ints
    way: Ints
    possible: Bools
    state: Ints
    column: Ints
    column_system: Ints
    upper: Ints
    row: Ints
    row_system: Ints
    lower: Ints
    limit: Ints
    at_row: Ints
    at_column: Ints
    value: Ints
    one_system: Ints
    one_column: Ints


def states_of(part: Split) -> States:
    """All states of all projects of a task."""
    task = part.task
    owner = task.owner[: task.ways]
    count = int(task.owner.max(initial=-1)) + 1
    project = np.concatenate([np.arange(count), owner])
    way = np.concatenate([np.full(count, -1), np.arange(task.ways)])
    order = np.lexsort((way, project))
    project, way = project[order], way[order]
    rows = np.flatnonzero(part.block)
    columns = np.flatnonzero(part.local)
    of_row = _Grid(part.row_owner[rows], rows, project, task.height, count)
    of_column = _Grid(task.owner[columns], columns, project, task.width, count)
    entry = part.block[task.row]
    row, column, value = task.row[entry], task.col[entry], task.value[entry]
    inner = part.local[column]
    entry_owner = part.row_owner[row[inner]]
    by_owner = np.argsort(entry_owner, kind="stable")
    state, source = _spread(entry_owner[by_owner], project, count)
    source = np.flatnonzero(inner)[by_owner][source]
    at_row = of_row.at(state, row[source])
    by_row = np.argsort(at_row, kind="stable")
    state, source, at_row = state[by_row], source[by_row], at_row[by_row]
    lower, limit = task.row_lower[of_row.item].copy(), task.row_upper[of_row.item].copy()
    _substitute_ways(lower, limit, of_row, row[~inner], column[~inner], value[~inner], way)
    states = States(
        project=project,
        way=way,
        possible=_obeying(part, project, way, count),
        state=np.arange(len(project)),
        column=of_column.item,
        column_system=of_column.state,
        upper=task.upper[of_column.item].copy(),
        row=of_row.item,
        row_system=of_row.state,
        lower=lower,
        limit=limit,
        at_row=at_row,
        at_column=of_column.at(state, column[source]),
        value=value[source],
        one_system=np.zeros(0, np.int64),
        one_column=np.zeros(0, np.int64),
    )
    return _tightened(states)


def branched(part: Split, s: States) -> States:
    """A system for every combination of the 0/1 columns of a state; states with many of them stay as they are."""
    binary = part.task.integer & (part.task.upper == 1)
    most = min(MOST_SYSTEMS, max(FEW_SYSTEMS, TIMES * len(s.state)))
    for _ in range(MOST_SWITCHES):
        number = np.bincount(s.column_system[binary[s.column]], minlength=len(s.state))
        open_ = np.flatnonzero(binary[s.column] & (number <= MOST_SWITCHES)[s.column_system])
        if not len(open_):
            break
        system, first = np.unique(s.column_system[open_], return_index=True)
        column = s.column[open_[first]]
        twice = np.ones(len(s.state), np.int64)
        if len(s.state) + len(system) > most:
            break
        twice[system] = 2
        take = np.repeat(np.arange(len(s.state)), twice)
        second = np.zeros(len(take), np.bool_)
        second[1:] = take[1:] == take[:-1]
        switched = np.full(len(s.state), -1)
        switched[system] = column
        new = _taken(s, take)
        fixed = new.column == switched[take][new.column_system]
        up = second[new.column_system]
        shift = np.zeros(len(new.row), np.int64)
        mine = fixed[new.at_column] & up[new.at_column]
        np.add.at(shift, new.at_row[mine], new.value[mine])
        new.lower[new.lower > -FREE] -= shift[new.lower > -FREE]
        new.limit[new.limit < FREE] -= shift[new.limit < FREE]
        new.upper[fixed] = 0
        ones = np.flatnonzero(second)
        new.one_system = np.concatenate([new.one_system, ones])
        new.one_column = np.concatenate([new.one_column, switched[take][ones]])
        s = _tightened(new)
    return s


def _obeying(part: Split, project: Ints, way: Ints, count: int) -> Bools:
    """States that obey the rows over ways of their project alone."""
    task = part.task
    rows = np.flatnonzero(part.lone)
    grid = _Grid(part.row_owner[rows], rows, project, task.height, count)
    lower, limit = task.row_lower[grid.item].copy(), task.row_upper[grid.item].copy()
    entry = part.lone[task.row]
    _substitute_ways(lower, limit, grid, task.row[entry], task.col[entry], task.value[entry], way)
    possible = np.ones(len(project), np.bool_)
    possible[grid.state[(lower > 0) | (limit < 0)]] = False
    return possible


class _Grid:
    """Rows (or columns) of projects repeated for each state of the project."""

    def __init__(self, owner: Ints, item: Ints, project: Ints, size: int, count: int) -> None:
        order = np.argsort(owner, kind="stable")
        self.state, source = _spread(owner[order], project, count)
        self.item = item[order][source]
        self.size = size
        self.rank = np.zeros(size, np.int64)
        starts = np.searchsorted(owner[order], np.arange(count))
        self.rank[item[order]] = np.arange(len(item)) - starts[owner[order]]
        self.first = np.searchsorted(self.state, np.arange(len(project)))

    def at(self, state: Ints, item: Ints) -> Ints:
        """Positions of items of states."""
        return self.first[state] + self.rank[item]


def _spread(owner: Ints, project: Ints, count: int) -> tuple[Ints, Ints]:
    """Pairs (state, position) for all things sorted by owner, sorted by state."""
    number = np.bincount(owner, minlength=count)
    first = np.concatenate([[0], np.cumsum(number)[:-1]])
    each = number[project]
    state = np.repeat(np.arange(len(project)), each)
    inside = np.arange(len(state)) - np.repeat(np.cumsum(each) - each, each)
    return state, first[project[state]] + inside


def _substitute_ways(lower: Ints, limit: Ints, grid: _Grid, row: Ints, way: Ints, value: Ints, state_way: Ints) -> None:
    """Move the chosen way of a state to the right-hand side of its rows."""
    state_of_way = np.full(int(state_way.max(initial=-1)) + 1, -1)
    state_of_way[state_way[state_way >= 0]] = np.flatnonzero(state_way >= 0)
    at = grid.at(state_of_way[way], row)
    shift = np.zeros(len(lower), np.int64)
    np.add.at(shift, at, value)
    lower[lower > -FREE] -= shift[lower > -FREE]
    limit[limit < FREE] -= shift[limit < FREE]


def _tightened(s: States) -> States:
    """Upper limits that follow from rows; systems, columns and rows that can be left out."""
    fits = s.possible[s.state]
    for _ in range(PASSES):
        least, most, safe = _activity(s)
        fits[s.row_system[safe & ((least > s.limit) | (most < s.lower))]] = False
        before = s.upper.copy()
        _tighten(s, least, most, safe)
        if (before == s.upper).all():
            break
    least, most, safe = _activity(s)
    fits[s.row_system[safe & ((least > s.limit) | (most < s.lower))]] = False
    binding = ~(safe & (least >= s.lower) & (most <= s.limit))
    return _without(s, fits, binding, s.upper > 0)


def _activity(s: States) -> tuple[Ints, Ints, Bools]:
    """Least and most that a row can be, and whether that is known exactly."""
    reach = s.value * s.upper[s.at_column]
    rough = s.value.astype(np.float64) * s.upper[s.at_column]
    first = np.flatnonzero(np.diff(s.at_row, prepend=-1))
    least, most = np.zeros(len(s.row), np.int64), np.zeros(len(s.row), np.int64)
    if len(first):
        least[s.at_row[first]] = np.add.reduceat(np.minimum(reach, 0), first)
        most[s.at_row[first]] = np.add.reduceat(np.maximum(reach, 0), first)
    return least, most, np.bincount(s.at_row, np.abs(rough), len(s.row)) < WIDEST


def _tighten(s: States, least: Ints, most: Ints, safe: Bools) -> None:
    up = (s.value > 0) & safe[s.at_row] & (s.limit[s.at_row] < FREE)
    down = (s.value < 0) & safe[s.at_row] & (s.lower[s.at_row] > -FREE)
    for mask, room in ((up, s.limit - least), (down, most - s.lower)):
        step = np.maximum(room[s.at_row[mask]], 0) // np.abs(s.value[mask])
        np.minimum.at(s.upper, s.at_column[mask], step)


def _without(s: States, systems: Bools, rows: Bools, columns: Bools) -> States:
    """Only some systems, rows and columns; states without a system cannot be."""
    rows, columns = rows & systems[s.row_system], columns & systems[s.column_system]
    keep, ones = rows[s.at_row] & columns[s.at_column], systems[s.one_system]
    system_at, row_at, column_at = np.cumsum(systems) - 1, np.cumsum(rows) - 1, np.cumsum(columns) - 1
    possible = np.bincount(s.state[systems], minlength=len(s.way)) > 0
    return States(
        s.project, s.way, s.possible & possible, s.state[systems],
        s.column[columns], system_at[s.column_system[columns]], s.upper[columns],
        s.row[rows], system_at[s.row_system[rows]], s.lower[rows], s.limit[rows],
        row_at[s.at_row[keep]], column_at[s.at_column[keep]], s.value[keep],
        system_at[s.one_system[ones]], s.one_column[ones],
    )  # fmt: skip


def _taken(s: States, take: Ints) -> States:
    """Systems in a new order, some of them several times."""
    column, column_system = _gathered(s.column_system, take, len(s.state))
    row, row_system = _gathered(s.row_system, take, len(s.state))
    entry, entry_system = _gathered(s.row_system[s.at_row], take, len(s.state))
    one, one_system = _gathered(s.one_system, take, len(s.state))
    row_shift = np.searchsorted(row_system, np.arange(len(take))) - np.searchsorted(s.row_system, take)
    column_shift = np.searchsorted(column_system, np.arange(len(take))) - np.searchsorted(s.column_system, take)
    return States(
        s.project, s.way, s.possible, s.state[take],
        s.column[column], column_system, s.upper[column].copy(),
        s.row[row], row_system, s.lower[row].copy(), s.limit[row].copy(),
        s.at_row[entry] + row_shift[entry_system], s.at_column[entry] + column_shift[entry_system], s.value[entry],
        one_system, s.one_column[one],
    )  # fmt: skip


def _gathered(owner: Ints, take: Ints, count: int) -> tuple[Ints, Ints]:
    """Positions of the things of taken systems, and the new system of each."""
    order = np.argsort(owner, kind="stable")
    system, source = _spread(owner[order], take, count)
    return order[source], system
