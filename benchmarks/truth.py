"""Bounds of the way by prices against the exact optimum on a thousand small cases and plans on middle ones.

``python -m benchmarks.truth [--small 1000] [--middle 200]`` writes its section of docs/benchmarks.md and fails where
a bound is below the truth. Small: every bound heard on the way and the proof in whole numbers against CP-SAT, which
knows nothing but whole numbers. Middle: the bound and every row of the pool against plans of HiGHS.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from benchmarks.cases import OTHER, Size, make_case
from benchmarks.page import load, write_section
from models.build import build
from models.program import Objective
from optimizer.decomposition.room import Room, Unfit
from optimizer.decomposition.witness import witness
from optimizer.proof import upper_bound
from optimizer.task import Limits, Progress, Task, task_of
from optimizer.workers import POOL, Run, wait_for_news
from tests.cases import random_case

SMALL_SECONDS, MIDDLE_SECONDS = 0.3, 3.0
SLACK = Fraction(1, 10**9)


@dataclass(slots=True)
class Count:
    """What was compared, and what was wrong."""

    cases: int = 0
    infeasible: int = 0
    whole_model: int = 0
    bounds: int = 0
    proofs: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def small(count: int) -> Count:
    """Random cases of two to four projects over all rules."""
    found = Count()
    for seed in range(10_000, 10_000 + count):
        case = random_case(seed)
        program = build(case).program
        task = task_of(program, program.stages[program.main])
        best = _exact(task, program.stages[program.main])
        if isinstance(best, str):
            continue
        found.cases += 1
        found.rules.update({p.rule for p in case.policies} | set(program.row_rule))
        heard: list[float] = []

        def hear(news: Progress, heard: list[float] = heard) -> bool:
            if news.bound is not None:
                heard.append(news.bound)
            return False

        try:
            out = Room(task, Limits(SMALL_SECONDS, 0.0), hear).run()
        except Unfit:
            found.whole_model += 1
            out = None
        if out is not None and out.bound is not None:
            heard.append(out.bound)
        if best is None:
            found.infeasible += 1
            if out is not None and out.proven:
                found.wrong.append(f"{seed}: a proven plan of a case that has none")
            continue
        found.bounds += len(heard)
        give = SLACK * (1 + abs(best))
        if heard and Fraction(min(heard)) < best - give:
            found.wrong.append(f"{seed}: bound {min(heard)} < {float(best)}")
        exact = upper_bound(program, witness(task, "", 0.2)) - program.stages[program.main].constant
        found.proofs += 1
        if exact < best:
            found.wrong.append(f"{seed}: proof {float(exact)} < {float(best)}")
    return found


def _exact(task: Task, stage: Objective) -> Fraction | str | None:
    """The optimum in whole numbers by CP-SAT; None where there is none, "open" where it was not found in time."""
    run = Run.start("cpsat", task, Limits(10.0))
    while run.answer is None:
        wait_for_news([run], 0.1)
    point = run.answer.point
    if run.answer.outcome == "infeasible":
        return None
    if run.answer.outcome != "optimal" or point is None:
        return "open"
    return sum((c * stage.sense * round(point[j]) for j, c in stage.coefficients.items()), Fraction(0))


def middle(count: int) -> Count:
    """Counties of all spreads; no plan of HiGHS may be worth more than the bound."""
    found, spreads = Count(), list(OTHER.values())
    for seed in range(count):
        size = spreads[seed % len(spreads)]
        part = Size(80, size.years, 4, size.asked, size.spread, min(size.large, 0.05), size.pairs, size.quota)
        program = build(make_case(part, seed, seed % 2 == 1)).program
        task = task_of(program, program.stages[program.main])
        run = Run.start("highs", task, Limits(MIDDLE_SECONDS, 1e-4))
        try:
            out = Room(task, Limits(MIDDLE_SECONDS, 1e-4), lambda news: False).run()
        except Unfit:
            found.whole_model += 1
            out = None
        while run.answer is None:
            wait_for_news([run], 0.1)
        found.cases += 1
        theirs = run.answer.value if run.answer.point is not None else None
        if theirs is None:
            found.infeasible += run.answer.outcome == "infeasible"
        elif out is not None and out.bound is not None:
            found.bounds += 1
            if out.bound < theirs - 1e-6 * abs(theirs):
                found.wrong.append(f"middle {seed}: bound {out.bound} < {theirs}")
    return found


def main() -> None:
    """Run both and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--middle", type=int, default=200)
    given = parser.parse_args()
    one, two = small(given.small), middle(given.middle)
    POOL.end()
    wrong = [*one.wrong, *two.wrong]
    rules = len(one.rules)
    write_section(
        "truth",
        "## 界是真的\n\n"
        f"由 `python -m benchmarks.truth` 生成，负载 {load()}。\n\n"
        "| 案例 | 个数 | 无可行方案 | 不适用价格分解 | 比过的界 | 比过的整数证明 | 界低于真值 |\n|---|---|---|---|---|---|---|\n"
        f"| 小案例（2–4 个项目，{rules} 条规则混合），对 CP-SAT 的整数最优 | {one.cases} | {one.infeasible} | {one.whole_model} "
        f"| {one.bounds} | {one.proofs} | {len(one.wrong)} |\n"
        f"| 中等案例（80 个项目，四种分布，一半带全部规则），对 HiGHS 的方案 | {two.cases} | {two.infeasible} | {two.whole_model} "
        f"| {two.bounds} | — | {len(two.wrong)} |",
    )
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
