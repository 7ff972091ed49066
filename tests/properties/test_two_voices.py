"""``block`` and ``measure`` of every rule say the same about any plan, good or bad."""

import random
from collections import defaultdict

import numpy as np
import pytest

from models.allocation import Allocation, Choice, LandMove, Payment, Topup
from models.program import DEFINITION, FREE
from models.rules import RULES
from models.space import Space
from models.translate import plan_of, point_of, with_capital
from tests.cases import random_case


def random_plan(space: Space, dice: random.Random) -> Allocation:
    """Any ways and any amounts that have a column; most plans break some rule."""
    case = space.case
    choices, payments = [], []
    for i, p in enumerate(case.projects):
        if not space.ways_of[i].size or dice.random() < 0.4:
            continue
        way = space.ways[dice.choice(space.ways_of[i].tolist())]
        choices.append(Choice(p.id, way.scheme.name, way.start))
        for k in range(*space.money_of[i].indices(len(space.x))):
            if dice.random() < 0.6:
                col = int(space.x[k])
                amount = dice.randint(0, int(space.upper[col])) * int(space.unit[col])
                region = space.region_names[space.x_region[k]]
                payments.append(Payment(p.id, case.funds[space.x_fund[k]].name, int(space.x_year[k]), region, amount))
    paid = {p.project for p in payments}
    capital = {
        case.projects[i].id: dice.randint(0, 40)
        for i in space.capital
        if case.projects[i].id in paid and dice.random() < 0.7
    }
    topups = [
        Topup(case.projects[i].id, year, dice.randint(0, int(space.upper[col])))
        for (i, year), col in space.topup.items()
    ]
    moves = [
        LandMove(case.migrations[k].source, case.migrations[k].target, dice.randint(0, int(space.upper[col])))
        for k, col in space.move.items()
    ]
    return Allocation.of(choices, with_capital(case, payments, capital), topups, moves)


def broken_keys(case, space, plan, rule):
    """Keys whose rows are violated, soft or not, at the plan's own point."""
    block = rule.block(case, space)
    point = point_of(space, plan) * space.unit
    activity = np.zeros(block.height, dtype=np.int64)
    np.add.at(activity, block.row, block.value * point[block.col])
    low = (block.lower > -FREE) & (activity < block.lower)
    high = (block.upper < FREE) & (activity > block.upper)
    return {block.keys[r] for r in np.flatnonzero((low | high) & (block.policy != DEFINITION))}, set(block.keys)


@pytest.mark.parametrize("part", range(4))
def test_block_and_measure_agree(part: int) -> None:
    for seed in range(part, 240, 4):
        case = random_case(seed)
        space = Space(case)
        dice = random.Random(seed)
        for _ in range(6):
            plan, unpaid = random_plan(space, dice), set[str]()
            for rule in (r for r in RULES if r.id != "fund_step"):  # its rows speak of ways, its measure of payments
                rows, known = broken_keys(case, space, plan, rule)
                measured = {m.key for m in rule.measure(case, plan) if not m.met}
                if rule.id == "arrangement":
                    unpaid = {k[0] for k in rows}
                    # bonds beyond every need overrun the payer's row as well
                    rows -= {k for k in rows if k[1] == "缺口付款人" and len([r for r in rows if r[0] == k[0]]) > 1}
                    measured -= {
                        k for k in measured if k[1] == "缺口付款人" and len([r for r in measured if r[0] == k[0]]) > 1
                    }
                if rule.id == "shared_cost":  # shares of the need where that is fixed: only paid needs compare
                    rows = {k for k in rows if k[0] not in unpaid}
                    measured = {k for k in measured if k[0] not in unpaid}
                assert rows == {k for k in measured if k in known}, (seed, rule.id, rows, measured)


def test_every_rule_was_broken_and_met_somewhere() -> None:
    seen = defaultdict(set)
    for seed in range(400):
        case = random_case(seed)
        space, dice = Space(case), random.Random(seed)
        plan = random_plan(space, dice)
        for rule in RULES:
            for m in rule.measure(case, plan):
                seen[rule.id].add(m.met)
    without_failure = {"way", "fund_step"}  # a plan laid over the model's columns cannot break these two
    for rule in RULES:
        assert True in seen[rule.id], rule.id
        assert rule.id in without_failure or False in seen[rule.id], rule.id


def test_plans_and_points_lead_back_to_each_other() -> None:
    for seed in range(60):
        space = Space(random_case(seed))
        plan = random_plan(space, random.Random(seed))
        assert plan_of(space, point_of(space, plan)) == plan
