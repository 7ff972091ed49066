"""A plan without what it does not need: bonds used as capital, promised top-ups and land moves.

These decisions only ever help to meet a rule; the model sets no price on them. Each is taken back as far
as the measures of its rule leave room, so that the meeting sees the least that the plan needs.
"""

from __future__ import annotations

from dataclasses import replace

from models.allocation import Allocation, LandMove, Topup
from models.case import Case
from models.facts import lies_in
from models.rules import capital_floor, coverage, people_land
from models.translate import with_capital
from models.units import floor_of


def lean(case: Case, plan: Allocation) -> Allocation:
    """The same choices and payments with the least capital, top-ups and moves."""
    if any(p.capital for p in plan.payments):
        plan = _less_capital(case, plan)
    if plan.topups:
        plan = _less_topup(case, plan)
    return _less_moves(case, plan) if plan.moves else plan


def _less_capital(case: Case, plan: Allocation) -> Allocation:
    spare: dict[str, int] = {}
    for m in capital_floor.measure(case, plan):
        room = floor_of(m.slack)
        spare[m.key[0]] = min(spare.get(m.key[0], room), room)
    capital: dict[str, int] = {}
    for p in plan.payments:
        capital[p.project] = capital.get(p.project, 0) + p.capital
    kept = {key: max(0, amount - max(0, spare.get(key, amount))) for key, amount in capital.items()}
    return replace(plan, payments=tuple(sorted(with_capital(case, plan.payments, kept))))


def _less_topup(case: Case, plan: Allocation) -> Allocation:
    spare: dict[str, int] = {}
    for m in coverage.measure(case, plan):
        if len(m.key) == 1:
            room = floor_of(m.slack)
            spare[m.key[0]] = min(spare.get(m.key[0], room), room)
    kept: list[Topup] = []
    for t in sorted(plan.topups, key=lambda t: (t.project, -t.year)):
        give = min(t.amount, max(0, spare.get(t.project, t.amount)))
        if t.project in spare:
            spare[t.project] -= give
        kept.append(replace(t, amount=t.amount - give))
    return Allocation.of(plan.choices, plan.payments, kept, plan.moves)


def _less_moves(case: Case, plan: Allocation) -> Allocation:
    while True:
        rows = {m.key[0]: floor_of(m.slack) for m in people_land.measure(case, plan) if len(m.key) == 1}
        for move in plan.moves:
            needed = [room for region, room in rows.items() if _helps(case, move, region)]
            give = min([move.amount, *(max(0, room) for room in needed)])
            if give:
                moves = [replace(m, amount=m.amount - give) if m == move else m for m in plan.moves]
                plan = Allocation.of(plan.choices, plan.payments, plan.topups, moves)
                break
        else:
            return plan


def _helps(case: Case, move: LandMove, region: str) -> bool:
    """Whether the move brings land into the region."""
    return lies_in(case, move.target, region) and not lies_in(case, move.source, region)
