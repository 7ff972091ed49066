"""Projects tied to each other by rows over choices – pairs, bundles, phases – as joint states of a few projects."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import prod

import numpy as np

from models.program import FREE, Bools, Ints
from optimizer.decomposition.split import Split
from optimizer.decomposition.states import States

MOST_PROJECTS = 4
"""A row over choices of more projects than this is priced instead."""
MOST_JOINT = 1500


@dataclass(frozen=True, slots=True)
class Joint:
    """Joint states of tied projects. ``state`` lists the states of each, ``start`` where each begins.

    ``component`` is that of each joint state, sorted; ``of_project`` that of each project; ``kept`` marks the
    rows of the task that joint states obey.
    """

    state: Ints
    start: Ints
    component: Ints
    of_project: Ints
    kept: Bools

    def members(self, which: Ints) -> Ints:
        """The states of some joint states."""
        size = np.diff(np.append(self.start, len(self.state)))[which]
        inside = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        found: Ints = self.state[np.repeat(self.start[which], size) + inside]
        return found


def joint_states(part: Split, states: States) -> Joint:
    """All joint states that are possible and obey the small rows over choices."""
    task = part.task
    count = int(states.project.max(initial=-1)) + 1
    rows = _small_rows(part)
    label = np.arange(count)
    members: dict[int, list[int]] = {}
    for owners in rows.values():
        roots = sorted({_root(label, int(p)) for p in owners})
        for other in roots[1:]:
            label[other] = roots[0]
    for p in sorted({int(p) for owners in rows.values() for p in owners}):
        members.setdefault(_root(label, p), []).append(p)
    first = np.searchsorted(states.project, np.arange(count + 1))
    of_project, kept = np.arange(count), np.zeros(task.height, np.bool_)
    by_root: dict[int, list[int]] = {}
    for r, owners in rows.items():
        by_root.setdefault(_root(label, int(owners[0])), []).append(r)
    lists: list[list[int]] = []
    owner: list[int] = []
    tied = np.zeros(count, np.bool_)
    order = np.lexsort((task.col, task.row))
    row_start = np.searchsorted(task.row[order], np.arange(task.height + 1))
    for root, projects in members.items():
        options = [np.arange(first[p], first[p + 1])[states.possible[first[p] : first[p + 1]]] for p in projects]
        if np.prod([len(o) for o in options], dtype=float) > MOST_JOINT:
            continue
        found = _allowed(part, states, options, [order[row_start[r] : row_start[r + 1]] for r in by_root[root]])
        tied[projects] = True
        of_project[projects] = root
        kept[by_root[root]] = True
        lists += found
        owner += [root] * len(found)
    alone = np.flatnonzero(~tied[states.project])
    component = np.concatenate([states.project[alone], np.array(owner, np.int64)]).astype(np.int64)
    size = np.concatenate([np.ones(len(alone), np.int64), np.array([len(x) for x in lists], np.int64)])
    flat = np.concatenate([alone, np.array(list(itertools.chain.from_iterable(lists)), np.int64)]).astype(np.int64)
    by = np.argsort(component, kind="stable")
    start = np.cumsum(size) - size
    take = np.repeat(start[by], size[by]) + np.arange(len(flat)) - np.repeat(np.cumsum(size[by]) - size[by], size[by])
    return Joint(flat[take], np.cumsum(size[by]) - size[by], component[by], of_project, kept)


def _root(label: Ints, p: int) -> int:
    while label[p] != p:
        label[p] = label[label[p]]
        p = int(label[p])
    return p


def _small_rows(part: Split) -> dict[int, Ints]:
    """Rows over choices of two to a few projects, each with its projects."""
    task = part.task
    mine = part.choice[task.row]
    row, owner = task.row[mine], task.owner[task.col[mine]]
    pairs = np.unique(np.stack([row, owner]), axis=1)
    shared = np.unique(pairs[0][pairs[1] < 0])
    number = np.bincount(pairs[0], minlength=task.height)
    fits = (number >= 2) & (number <= MOST_PROJECTS)
    fits[shared] = False
    keep = fits[pairs[0]]
    rows, owners = pairs[0][keep], pairs[1][keep]
    cut = np.flatnonzero(np.diff(rows)) + 1
    return {int(r[0]): o for r, o in zip(np.split(rows, cut), np.split(owners, cut), strict=True) if len(r)}


def _allowed(part: Split, states: States, options: list[Ints], rows: list[Ints]) -> list[list[int]]:
    """Combinations of states that obey the rows; each row as positions of its entries."""
    task = part.task
    size = [len(o) for o in options]  # numpy has at most 32 axes; there may be more projects with one state each
    grid = np.stack(
        [o[(np.arange(prod(size)) // prod(size[k + 1 :])) % size[k]] for k, o in enumerate(options)], axis=1
    )
    way = states.way[grid]
    good = np.ones(len(grid), np.bool_)
    for entries in rows:
        r = task.row[entries[0]]
        total = np.zeros(len(grid), np.int64)
        for e in entries.tolist():
            total += (way == task.col[e]).any(axis=1) * task.value[e]
        low, high = task.row_lower[r], task.row_upper[r]
        good &= ((low == -FREE) | (total >= low)) & ((high == FREE) | (total <= high))
    return [list(map(int, line)) for line in grid[good]]
