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
    part, states = dual.oracle.part, dual.oracle.states
    task, numbers = part.task, part.numbers
    kept = mean.weight > 0
    several = np.bincount(states.project, kept)[states.project] > 1
    chosen = np.flatnonzero(kept & (states.way >= 0))
    state = np.concatenate([mean.state, chosen])
    column = np.concatenate([mean.column, states.way[chosen]])
    value = np.concatenate([mean.value, np.ones(len(chosen))])
    sure, open_ = ~several[state], several[state]
    point = np.bincount(column[sure], value[sure], task.width)
    used = np.bincount(task.row, numbers.value * point[task.col], task.height)
    free, shared = np.flatnonzero(kept & several), np.flatnonzero(part.shared)
    at_state = np.full(len(states.way), -1)
    at_state[free] = np.arange(len(free))
    rows = ByColumn(part, part.coupling | part.choice)
    row, which, entry = rows.of(column[open_])
    of_shared, which_shared, entry_shared = rows.of(shared)
    names = np.unique(np.concatenate([row, of_shared]))
    at_row = np.full(task.height, -1)
    at_row[names] = np.arange(len(names))
    projects, of_project = np.unique(states.project[free], return_inverse=True)
    short = np.flatnonzero(part.coupling[names])
    n, m, k, s = len(free), len(names), len(projects), len(short)
    first, second = n + len(shared), n + len(shared) + s
    entries = (
        np.concatenate([at_row[row], at_row[of_shared], m + of_project, short, short]),
        np.concatenate(
            [at_state[state[open_]][which], n + which_shared, np.arange(n), first + np.arange(s), second + np.arange(s)]
        ),
        np.concatenate([entry * value[open_][which], entry_shared, np.ones(n), -np.ones(s), np.ones(s)]),
    )
    aim = np.bincount(at_state[state[open_]], (numbers.objective[column] * value)[open_], n)
    penalty = -PENALTY * scale[names[short]]
    sides = (
        np.concatenate([numbers.row_lower[names] - used[names], np.ones(k)]),
        np.concatenate([numbers.row_upper[names] - used[names], np.ones(k)]),
    )
    upper = np.concatenate([np.ones(n), numbers.upper[shared], np.full(2 * s, np.inf)])
    lp = solver(SECONDS, mip_rel_gap=GAP)
    cost = np.concatenate([aim, numbers.objective[shared], penalty, penalty])
    lp.passModel(program(cost, (np.zeros(len(upper)), upper), sides, entries, np.arange(len(upper)) < n))
    lp.run()
    if lp.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    taken = np.array(lp.getSolution().col_value)[:n] > 0.5
    picked = np.concatenate([np.flatnonzero(kept & ~several), free[taken]])
    way = np.full(int(task.owner.max(initial=-1)) + 1, -1)
    way[states.project[picked]] = states.way[picked]
    return way
