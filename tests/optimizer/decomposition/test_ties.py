"""Joint states of many projects, most of which have one state only."""

import numpy as np

from models.build import build
from optimizer.decomposition.fit import fitted
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import split
from optimizer.decomposition.ties import joint_states
from optimizer.task import task_of
from tests.cases import case, fund, project

COUNT = 40


def test_more_projects_than_an_array_has_axes_are_tied_where_most_are_banned() -> None:
    """A chain of either-or groups through forty projects, three of which may be chosen."""
    free = (0, 1, 39)
    projects = [
        project(f"P{k:02}", 5, exclusive=(f"g{k}", f"g{k + 1}"), status="可选" if k in free else "禁选")
        for k in range(COUNT)
    ]
    program = build(case(projects, [fund(limit=12)])).program
    part = split(fitted(task_of(program, program.stages[program.main])))
    states = Oracle(part).states
    joint = joint_states(part, states)
    ends = np.append(joint.start[1:], len(joint.state))
    chosen = {
        tuple(int(states.project[s]) for s in joint.state[a:b] if states.way[s] >= 0)
        for a, b in zip(joint.start.tolist(), ends.tolist(), strict=True)
        if b - a == COUNT
    }
    assert chosen == {(), (0,), (1,), (39,), (0, 39), (1, 39)}
