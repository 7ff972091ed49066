"""Choices near a choice: a lighter one where the money does not suffice, and a core of what is worth changing."""

from __future__ import annotations

import numpy as np

from models.program import Bools, Floats, Ints
from optimizer.decomposition.duals import Core, Dual
from optimizer.decomposition.recourse import Recourse

MARGIN = 1.02


def _subset(dual: Dual, picked: Bools) -> Bools:
    """Joint states that do nothing but leave out what is chosen now."""
    new = (dual.oracle.states.way >= 0) & ~picked
    obeys: Bools = np.add.reduceat(new[dual.joint.state].astype(np.int64), dual.joint.start) == 0
    return obeys


def _current(dual: Dual, way: Ints) -> tuple[Bools, Ints]:
    """The states of chosen ways as a mask, and the joint state of every component, −1 where there is none."""
    states, joint = dual.oracle.states, dual.joint
    chosen = states.way >= 0
    picked = np.zeros(len(states.way), np.bool_)
    picked[chosen] = way[states.project[chosen]] == states.way[chosen]
    picked[~chosen] = way[states.project[~chosen]] < 0
    now = np.minimum.reduceat((picked & states.possible)[joint.state], joint.start)
    current = np.full(int(joint.component.max(initial=-1)) + 1, -1)
    current[joint.component[now]] = np.flatnonzero(now)
    return picked, current


def allowed(dual: Dual, way: Ints, prices: Floats) -> Ints:
    """Ways by project, those that the rows over choices forbid replaced by the best allowed ones at prices."""
    joint, states = dual.joint, dual.oracle.states
    gain_of = dual.left(np.add.reduceat(dual.gains(prices)[joint.state], joint.start))
    _, current = _current(dual, way)
    order = np.lexsort((gain_of, joint.component))
    best = order[np.flatnonzero(np.diff(joint.component[order], append=-1))]
    result = way.copy()
    take = best[current[joint.component[best]] < 0]
    members = joint.members(take)
    result[states.project[members]] = states.way[members]
    return result


def lighter(dual: Dual, way: Ints, prices: Floats, money: Recourse) -> Ints | None:
    """Ways by project with less use of the rows that were overdrawn; None where none is found.

    Projects step back in the order of aim lost (at ``prices``) per relief (at the recourse's prices),
    until the overrun is covered.
    """
    oracle, joint = dual.oracle, dual.joint
    states = oracle.states
    gain = dual.gains(prices)
    use = oracle.least(oracle.cost(oracle.clean(money.prices), 0.0))
    gain_of = np.add.reduceat(gain[joint.state], joint.start)
    use_of = np.add.reduceat(use[joint.state], joint.start)
    picked, current = _current(dual, way)
    here = current[joint.component]
    if (here < 0).any():
        return None
    loss, relief = np.maximum(gain_of[here] - gain_of, 0.0), use_of[here] - use_of
    helps = (relief > 1e-9) & np.isfinite(loss) & _subset(dual, picked)
    order = np.flatnonzero(helps)[np.argsort(loss[helps] / relief[helps], kind="stable")]
    _, first = np.unique(joint.component[order], return_index=True)
    order = order[np.sort(first)]
    over = float(money.over[money.over > 0].sum())  # floors are not met by leaving out
    enough = np.searchsorted(np.cumsum(relief[order]), MARGIN * over) + 1
    if over == 0 or enough > len(order):
        return None
    result = way.copy()
    end = np.append(joint.start, len(joint.state))
    for k in order[:enough].tolist():
        for state in joint.state[end[k] : end[k + 1]].tolist():
            result[states.project[state]] = states.way[state]
    return result


def near(dual: Dual, way: Ints, prices: Floats, free: float) -> Core:
    """About ``free`` projects may change, those that at prices would lose least by it or gain; all else stays.

    Those whose ways the rows over choices of few projects forbid may change too.
    """
    joint, task = dual.joint, dual.oracle.part.task
    gain_of = np.add.reduceat(dual.gains(prices)[joint.state], joint.start)
    _, current = _current(dual, way)
    here = current[joint.component]
    score = np.where(here == np.arange(len(gain_of)), -np.inf, gain_of - gain_of[here])
    best = np.full(len(current), -np.inf)
    np.maximum.at(best, joint.component, score)
    best[joint.component[here < 0]] = np.inf
    forced = int(np.isposinf(best).sum())
    most = np.argsort(-best, kind="stable")[: forced + int(free)]
    free_now = np.isin(joint.of_project, most[best[most] > -np.inf])
    kept = way[~free_now & (way >= 0)]
    able = np.zeros(task.width, np.bool_)
    able[: task.ways] = free_now[task.owner[: task.ways]]
    able[kept] = True
    return Core(able, kept, np.inf)
