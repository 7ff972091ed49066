"""From prices to choices: what projects do on the average of the pricings that carry the best prices.

The duals of the price model weigh its cuts; the pricings they come from, so weighed, are nearly a solution of the
linear relaxation (Barahona and Anbil 2000). Almost every project does one thing in all of them. The few others are
decided by a small program in which each state takes the money it takes on the average.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from models.program import Floats, Ints
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.highs import program, solver
from optimizer.decomposition.recourse import PENALTY
from optimizer.decomposition.split import ByColumn

NOTHING = 1e-6
GAP, SECONDS = 1e-3, 2.0


@dataclass(frozen=True, slots=True)
class Average:
    """``weight`` of every state, shape (states,), summing up to 1 for each project; and what a state with a weight
    takes of the project's own columns, as entries (state, task column, value in solver units)."""

    weight: Floats
    state: Ints
    column: Ints
    value: Floats


def average(dual: Dual, points: list[tuple[Ints, Floats]], shares: list[Floats]) -> Average:
    """The average of pricings: points as (task columns, values), and the share of each in every group of projects."""
    states, task = dual.oracle.states, dual.oracle.part.task
    none = np.flatnonzero(states.way < 0)
    weight = np.zeros(len(states.way))
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for (column, value), share in zip(points, shares, strict=True):
        if not share.any():
            continue
        mine = share[dual.group]
        ways = np.full(len(none), -1)
        ways[task.owner[column[column < task.ways]]] = column[column < task.ways]
        state = dual.oracle.picked(ways)
        weight += np.bincount(state, mine, len(weight))
        own = column >= task.ways
        owner = task.owner[column[own]]
        found.append((state[owner], column[own], mine[owner] * value[own]))
    state, column, value = (np.concatenate([f[k] for f in found]) for k in range(3))
    taken = (value != 0) & (weight[state] > NOTHING)
    state, column, value = state[taken], column[taken], value[taken]
    return Average(np.where(weight > NOTHING, weight, 0.0), state, column, value / weight[state])


def rounded(dual: Dual, mean: Average, scale: Floats) -> Ints | None:
    """Ways by project (−1 = left out) near an average; None where the rows over choices leave none.

    ``scale`` is a typical price of every row: money that lacks is weighed by it, for the money of these ways can be
    found anew.
    """
    states = dual.oracle.states
    kept = mean.weight > 0
    open_ = np.flatnonzero(kept & (np.bincount(states.project, kept)[states.project] > 1))
    lp = solver(SECONDS, mip_rel_gap=GAP)
    lp.passModel(_choice(dual, mean, open_, scale))
    lp.run()
    if lp.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    kept[open_] = np.array(lp.getSolution().col_value)[: len(open_)] > 0.5
    picked = np.flatnonzero(kept)
    way = np.full(int(dual.oracle.part.task.owner.max(initial=-1)) + 1, -1)
    way[states.project[picked]] = states.way[picked]
    return way


def _choice(dual: Dual, mean: Average, open_: Ints, scale: Floats) -> highspy.HighsLp:
    """Which of the open states: they first, then shared columns, then what lacks above and below money rows.

    Rows are those that open states or shared columns speak of, less what the others take; then one for each project.
    """
    part, states = dual.oracle.part, dual.oracle.states
    task, numbers = part.task, part.numbers
    chosen = np.flatnonzero((mean.weight > 0) & (states.way >= 0))
    column = np.concatenate([mean.column, states.way[chosen]])
    value = np.concatenate([mean.value, np.ones(len(chosen))])
    at_state = np.full(len(states.way), -1)
    at_state[open_] = np.arange(len(open_))
    at = at_state[np.concatenate([mean.state, chosen])]
    point = np.bincount(column[at < 0], value[at < 0], task.width)
    used = np.bincount(task.row, numbers.value * point[task.col], task.height)
    at, column, value = at[at >= 0], column[at >= 0], value[at >= 0]
    shared = np.flatnonzero(part.shared)
    rows = ByColumn(part, part.coupling | part.choice)
    row, which, entry = rows.of(column)
    shared_row, which_shared, shared_entry = rows.of(shared)
    names = np.unique(np.concatenate([row, shared_row]))
    at_row = np.full(task.height, -1)
    at_row[names] = np.arange(len(names))
    projects, of_project = np.unique(states.project[open_], return_inverse=True)
    short = np.flatnonzero(part.coupling[names])
    n, height, lacking = len(open_), len(names), np.arange(len(short))
    above = n + len(shared)
    below = above + len(short)
    entries = (
        np.concatenate([at_row[row], at_row[shared_row], height + of_project, short, short]),
        np.concatenate([at[which], n + which_shared, np.arange(n), above + lacking, below + lacking]),
        np.concatenate([entry * value[which], shared_entry, np.ones(n), -np.ones(len(short)), np.ones(len(short))]),
    )
    penalty = np.tile(-PENALTY * scale[names[short]], 2)
    aim = np.bincount(at, numbers.objective[column] * value, n)
    cost = np.concatenate([aim, numbers.objective[shared], penalty])
    upper = np.concatenate([np.ones(n), numbers.upper[shared], np.full(len(penalty), np.inf)])
    one = np.ones(len(projects))
    sides = (
        np.concatenate([numbers.row_lower[names] - used[names], one]),
        np.concatenate([numbers.row_upper[names] - used[names], one]),
    )
    return program(cost, (np.zeros(len(upper)), upper), sides, entries, np.arange(len(upper)) < n)
