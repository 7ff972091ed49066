"""Parts of a task that only wide money rows join."""

import numpy as np
import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from optimizer.decomposition.regions import parts_of
from optimizer.decomposition.split import split
from optimizer.task import task_of


@pytest.mark.parametrize("whole", [False, True])
def test_counties_are_parts_and_every_narrow_row_is_of_one(whole: bool) -> None:
    case = make_case(Size(450, 2, 15), 1, whole)
    program = build(case).program
    part = split(task_of(program, program.stages[program.main]))
    parts = parts_of(part)
    county = [p.regions[0] for p in case.projects]
    pairs = {(c, k) for c, k in zip(county, parts.of_project.tolist(), strict=True)}
    assert parts.count == 15
    assert len(pairs) == 15
    task = part.task
    for row in np.flatnonzero(part.coupling):
        owners = task.owner[task.col[task.row == row]]
        where = set(parts.of_project[owners[owners >= 0]].tolist())
        assert parts.wide[row] or where == {parts.of_row[row]}
        assert not parts.wide[row] or parts.of_row[row] == -1
    assert {str(program.row_rule[r]) for r in np.flatnonzero(parts.wide)} >= {"fund_limit"}


def test_one_county_is_one_part() -> None:
    program = build(make_case(Size(60, 1, 1), 1)).program
    assert parts_of(split(task_of(program, program.stages[program.main]))).count == 1
