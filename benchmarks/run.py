"""fundopt beside the raw solvers on the samples and on seeded knapsacks, in one run.

Writes its section of docs/benchmarks.md. Every row is the median of three runs in warm workers; the raw solvers get
the same model without settlement, checking or second opinion. Load of the machine is noted.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from benchmarks.page import load, write_section
from inputs.case.read import read_case
from inputs.samples import write_sample
from models.build import build
from models.case import Case, Fund, Project, Scheme
from optimizer.backends import BACKENDS
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Limits, task_of
from optimizer.workers import Run, wait_for_news

REPEATS = 3
SECONDS = 15.0
GAP = 0.001


def cases() -> Iterator[tuple[str, Case, float]]:
    """Name, case and the gap to stop at."""
    with tempfile.TemporaryDirectory() as folder:
        for name, gap in (("mini", 0.0), ("longdong", GAP)):
            path = Path(folder) / f"{name}.xlsx"
            write_sample(name, path)
            case = read_case(path).case
            assert case is not None
            yield name, case, gap
    yield "按申报 105 × 2", _knapsack(105, 2, 7), 0.0
    yield "按申报 60 × 10", _knapsack(60, 10, 8), 0.0
    yield "按申报 220 × 1", _knapsack(220, 1, 9), 0.0


def _knapsack(count: int, funds: int, seed: int) -> Case:
    """Asks of 1–100 万元 from every fund, half of the money asked for."""
    dice = random.Random(seed)
    asks = [[dice.randint(1, 100) * 100 for _ in range(funds)] for _ in range(count)]
    projects = tuple(
        Project(
            id=f"P{i:03d}", name=f"P{i}", shares=(("", Fraction(1)),), category="", arrangement="按申报",
            schemes=(Scheme("", sum(row), Fraction(dice.randint(1, 1000)), None, (sum(row),), tuple((f"f{k}", (a,)) for k, a in enumerate(row))),),
        )
        for i, row in enumerate(asks)
    )  # fmt: skip
    limits = [sum(row[k] for row in asks) // 2 for k in range(funds)]
    return Case("", 1, 1, projects, tuple(Fund(f"f{k}", "补助", limit, (None,)) for k, limit in enumerate(limits)))


def _product(case: Case, gap: float) -> tuple[float, str, float]:
    """Seconds, status and build seconds of the whole product, second solver included."""
    runs = []
    for _ in range(REPEATS):
        begun = time.monotonic()
        found = solve(case, Options(time_limit=SECONDS, gap=gap))
        runs.append((time.monotonic() - begun, found.sentence, found.seconds["build"]))
    middle = statistics.median(r[0] for r in runs)
    return middle, runs[-1][1], statistics.median(r[2] for r in runs)


def _raw(case: Case, gap: float, backend: str) -> tuple[float, str]:
    """Seconds and end of a raw solver on the same model."""
    model = build(case)
    task = task_of(model.program, model.program.stages[model.program.main])
    seconds, words = [], ""
    for _ in range(REPEATS):
        run = Run.start(backend, task, Limits(SECONDS, gap))
        begun = time.monotonic()
        while run.answer is None:
            wait_for_news([run], 0.05)
        seconds.append(time.monotonic() - begun)
        answer = run.answer
        words = answer.outcome
        if answer.value and answer.bound is not None and answer.outcome == "feasible":
            words = f"差距 {abs(answer.bound - answer.value) / abs(answer.value) * 100:.3f} %"
    return statistics.median(seconds), words


def main() -> None:
    """Run everything and write the page."""
    rows = []
    for name, case, gap in cases():
        _product(case, gap)  # warm the workers
        seconds, words, built = _product(case, gap)
        cells = [f"{seconds:.2f} s {words}", f"{built:.2f} s"]
        for backend in BACKENDS:
            raw, end = _raw(case, gap, backend.id)
            cells.append(f"{raw:.2f} s {end}（{raw / seconds:.2f}）")
            print(name, backend.id, cells[-1], file=sys.stderr, flush=True)
        rows.append(f"| {name}（{len(case.projects)} 个项目） | {gap * 100:g} % | {' | '.join(cells)} |")
    heads = " | ".join(f"{b.title} 直接求解" for b in BACKENDS)
    write_section(
        "solve",
        "## 求解\n\n"
        "每格是三次的中位数，工作进程已预热；fundopt 一列包括建模、求解、取整、复核、"
        "第二求解器和并列次序，直接求解各列是同一个模型交给单个求解器、不取整、不复核；括号里是它与 fundopt 用时之比。"
        f"时限 {SECONDS:g} 秒，{os.cpu_count()} 核，结束时系统负载 {load()}。\n\n"
        f"| 案例 | 停止差距 | fundopt | 其中建模 | {heads} |\n|---|---|---|---|{'---|' * len(BACKENDS)}\n"
        + "\n".join(rows),
    )


if __name__ == "__main__":
    main()
