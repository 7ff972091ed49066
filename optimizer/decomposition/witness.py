"""From prices to a proof: everything the bound rests on, as whole numbers."""

from __future__ import annotations

import numpy as np

from models.program import Floats
from optimizer.decomposition.bundle import good_prices
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import split
from optimizer.proof import SCALE, Proof
from optimizer.task import Task

CLOSE = 1e-6


def witness(task: Task, case: str, seconds: float) -> Proof:
    """The proof of the best prices found within some seconds; ``case`` is the fingerprint it speaks of."""
    dual = Dual(Oracle(split(task)))
    _, prices = good_prices(dual, seconds, CLOSE)
    return proof_at(dual, prices, case)


def proof_at(dual: Dual, prices: Floats, case: str) -> Proof:
    """The proof of given prices."""
    oracle = dual.oracle
    numbers, systems, states = oracle.part.numbers, oracle.systems, oracle.states
    prices = dual.clean(prices)
    unit = numbers.objective_scale / numbers.divisor
    shared = {int(r): _whole(prices[r] * unit[r]) for r in np.flatnonzero(prices)}
    ones: list[list[int]] = [[] for _ in systems.state]
    for system, column in zip(systems.one_system.tolist(), systems.one_column.tolist(), strict=True):
        ones[system].append(column)
    own: dict[tuple[int, int], dict[tuple[int, ...], dict[int, int]]] = {}
    system, row, price = oracle.duals(dual.costs(prices))
    for k, r, v in zip(system.tolist(), row.tolist(), (-price * unit[row]).tolist(), strict=True):
        state = int(systems.state[k])
        leaves = own.setdefault((int(states.project[state]), int(states.way[state])), {})
        leaves.setdefault(tuple(sorted(ones[k])), {})[r] = _whole(v)
    return Proof(case, shared, own, _ties(dual))


def _ties(dual: Dual) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    joint, task = dual.joint, dual.oracle.part.task
    members: dict[int, list[int]] = {}
    for project, root in enumerate(joint.of_project.tolist()):
        members.setdefault(root, []).append(project)
    rows: dict[int, list[int]] = {}
    for row in np.flatnonzero(joint.kept).tolist():
        first = task.col[np.flatnonzero(task.row == row)[0]]
        rows.setdefault(int(joint.of_project[task.owner[first]]), []).append(row)
    return tuple((tuple(members[root]), tuple(mine)) for root, mine in rows.items())


def _whole(price: float) -> int:
    return round(price * SCALE)
