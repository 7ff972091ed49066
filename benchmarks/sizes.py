"""Cases of all sizes: fundopt beside every raw solver on the same model, in one run.

``python -m benchmarks.sizes [--sizes S,M,L] [--seeds 3] [--limit 300]`` writes its section of docs/benchmarks.md.
Raw solvers get the whole model without settlement and checking; a gap that is not reached is marked ≥ the limit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass, field

from benchmarks.cases import SIZES, make_case
from benchmarks.page import load, write_section
from models.build import build
from models.case import Case
from optimizer.backends import BACKENDS
from optimizer.baseline import scored_list
from optimizer.course import Watch
from optimizer.options import Options
from optimizer.solve import solve
from optimizer.task import Limits, task_of
from optimizer.workers import POOL, Run, wait_for_news

GAPS = (0.01, 0.001, 0.0001)
MOMENTS = (10.0, 60.0, 300.0)
RAW = ("highs", "scip", "cpsat", "cbc")


@dataclass(slots=True)
class Trace:
    """Plan and bound over time; seconds until a plan and until each gap, None where not reached."""

    begun: float
    value: float | None = None
    bound: float | None = None
    first: float | None = None
    reached: dict[float, float] = field(default_factory=dict)
    at: list[tuple[float, float]] = field(default_factory=list)

    def hear(self, value: float | None, bound: float | None) -> None:
        """Take in news."""
        now = time.monotonic() - self.begun
        if value is not None and (self.value is None or value > self.value):
            self.value, self.first = value, self.first or now
        if bound is not None:
            self.bound = bound if self.bound is None else min(self.bound, bound)
        if self.value is None or self.bound is None:
            return
        gap = max(0.0, self.bound - self.value) / max(abs(self.value), 1e-9)
        self.at.append((now, gap))
        for target in GAPS:
            if gap <= target:
                self.reached.setdefault(target, now)

    def gap_at(self, moment: float) -> float | None:
        """The gap after some seconds."""
        return next((gap for when, gap in reversed(self.at) if when <= moment), None)


def raw(case: Case, backend: str, limit: float) -> Trace:
    """A solver alone on the whole model; building is not counted."""
    model = build(case)
    run = Run.start(backend, task_of(model.program, model.program.stages[model.program.main]), Limits(limit, GAPS[-1]))
    trace = Trace(time.monotonic())
    while run.answer is None:
        wait_for_news([run], 0.1)
        trace.hear(run.best.value, run.best.bound)
    trace.hear(run.answer.value if run.answer.point is not None else None, run.answer.bound)
    return trace


def product(case: Case, limit: float) -> tuple[Trace, dict[str, float]]:
    """The whole product, building and checking included; the last word is that of the checked plan."""
    trace = Trace(time.monotonic())
    found = solve(case, Options(time_limit=limit, gap=GAPS[-1]), Watch(lambda stage, v, b: trace.hear(v, b)))
    trace.hear(float(found.value) if found.value is not None else None, float(found.bound) if found.bound else None)
    return trace, found.seconds


def _cells(traces: list[Trace], limit: float) -> str:
    times = [[t.first for t in traces], *([t.reached.get(g) for t in traces] for g in GAPS)]
    cells = [_seconds(values, limit) for values in times]
    for moment in MOMENTS:
        if moment > limit:
            cells.append("—")
            continue
        gaps = [t.gap_at(moment) for t in traces]
        known = [g for g in gaps if g is not None]
        cells.append(f"{statistics.median(known) * 100:.3f} %" if len(known) == len(gaps) else "无")
    return " | ".join(cells)


def _seconds(values: list[float | None], limit: float) -> str:
    middle = statistics.median(limit if v is None else v for v in values)
    return f"≥ {limit:g}" if middle >= limit else f"{middle:.2f}"


def measure(name: str, whole: bool, seeds: int, limit: float) -> list[str]:
    """The lines of one size and rule set."""
    cases = [make_case(SIZES[name], seed, whole) for seed in range(1, seeds + 1)]
    label = f"{name}（{cases[0].name}，{'全部规则' if whole else '核心规则'}）"
    mine, built, values = [], [], []
    for case in cases:
        trace, seconds = product(case, limit)
        mine.append(trace)
        built.append(seconds["build"])
        values.append(trace.value)
    lines = [f"| {label} | fundopt（建模 {statistics.median(built):.2f} s） | {_cells(mine, limit)} |"]
    print(lines[-1], file=sys.stderr, flush=True)
    for backend in BACKENDS:
        if backend.id not in RAW:
            continue
        lines.append(f"| | {backend.title} | {_cells([raw(case, backend.id, limit) for case in cases], limit)} |")
        print(lines[-1], file=sys.stderr, flush=True)
        POOL.end()
    return [*lines, _scored(cases, values)]


def _scored(cases: list[Case], values: list[float | None]) -> str:
    parts = []
    for case, value in zip(cases, values, strict=True):
        found = scored_list(case)
        if value:
            parts.append(float(found.benefit) / value)
    words = f"效益为 fundopt 的 {statistics.median(parts) * 100:.1f} %" if parts else "无方案可比"
    return f"| | 打分排队 | {words} | | | | | | |"


def main() -> None:
    """Run everything and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="S,M,L")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300.0)
    given = parser.parse_args()
    for backend in ("decomposition", "highs", "scip"):
        POOL.warm(backend, 1)
    lines = [
        line
        for name in given.sizes.split(",")
        for whole in (False, True)
        for line in measure(name, whole, given.seeds, given.limit)
    ]
    write_section(
        "sizes",
        "## 各种规模\n\n"
        f"随机案例（金额为虚构），{given.seeds} 个种子的中位数，时限 {given.limit:g} 秒，没有达到的记 ≥；{os.cpu_count()} 核，结束时负载 {load()}。"
        "fundopt 一行含建模、取整与复核前的全部时间；其余各行是同一个整体模型直接交给求解器，不含建模。\n\n"
        "| 案例 | 求解 | 首个方案 s | 1 % s | 0.1 % s | 0.01 % s | 10 s 差距 | 60 s 差距 | 300 s 差距 |\n"
        "|---|---|---|---|---|---|---|---|---|\n" + "\n".join(lines),
    )


if __name__ == "__main__":
    main()
