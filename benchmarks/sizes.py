"""Cases of all sizes: fundopt beside every raw solver on the same model, in one run.

``python -m benchmarks.sizes [--sizes S,M,L,longdong] [--seeds 3] [--limit 300]`` writes a section of docs/benchmarks.md
for each size. Raw solvers get the whole model without settlement and checking; a gap that is not reached is marked
≥ the limit. Every run has a process of its own, its workers warmed up; memory is the peak of it and of its workers.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from benchmarks.cases import SIZES, Size, make_case
from benchmarks.page import load, write_section
from inputs.case.read import read_case
from inputs.samples import write_sample
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
    """Plan and bound over time; seconds until a plan and until each gap, None where not reached.

    ``shown`` are the seconds until a plan was whole and had passed the exact checker.
    """

    begun: float
    value: float | None = None
    bound: float | None = None
    first: float | None = None
    shown: float | None = None
    reached: dict[float, float] = field(default_factory=dict)
    at: list[tuple[float, float]] = field(default_factory=list)
    build: float = 0.0
    memory: float = 0.0
    checked: bool = False
    proven: float | None = None

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

    def show(self) -> None:
        """A plan is whole and checked now."""
        self.shown = self.shown or time.monotonic() - self.begun

    def gap_at(self, moment: float) -> float | None:
        """The gap after some seconds."""
        return next((gap for when, gap in reversed(self.at) if when <= moment), None)


def apart(work: Callable[..., Trace], *given: object) -> Trace:
    """Do it in a process of its own and note the peak memory of that process and its workers in MB."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, work, given).result()


def _measured(work: Callable[..., Trace], given: tuple[object, ...]) -> Trace:
    trace = work(*given)
    POOL.end()
    own, theirs = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    trace.memory = max(own, theirs) / 1024
    return trace


def warmed(*backends: str) -> None:
    """Workers that have loaded their library."""
    model = build(make_case(Size(8, 1, 2), 1))
    task = task_of(model.program, model.program.stages[model.program.main])
    runs = [Run.start(backend, task, Limits(20.0)) for backend in backends]
    while any(run.answer is None for run in runs):
        wait_for_news(runs, 0.1)


def _case(name: str, seed: int, whole: bool) -> Case:
    if name in SIZES:
        return make_case(SIZES[name], seed, whole)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.xlsx"
        write_sample(name, path)
        case = read_case(path).case
    assert case is not None
    return case


def raw(name: str, seed: int, whole: bool, backend: str, limit: float) -> Trace:
    """A solver alone on the whole model; building is not counted."""
    warmed(backend)
    model = build(_case(name, seed, whole))
    task = task_of(model.program, model.program.stages[model.program.main])
    run = Run.start(backend, task, Limits(limit, GAPS[-1]))
    trace = Trace(time.monotonic())
    while run.answer is None:
        wait_for_news([run], 0.1)
        trace.hear(run.best.value, run.best.bound)
    trace.hear(run.answer.value if run.answer.point is not None else None, run.answer.bound)
    trace.proven = time.monotonic() - trace.begun if run.answer.outcome == "optimal" else None
    return trace


def product(name: str, seed: int, whole: bool, limit: float) -> Trace:
    """The whole product, building and checking included; the last word is that of the checked plan."""
    warmed("decomposition", "highs", "scip", "cpsat", "dive")  # as the page has them
    case = _case(name, seed, whole)
    trace = Trace(time.monotonic())
    watch = Watch(lambda stage, v, b: trace.hear(v, b), plan=lambda found: trace.show())
    found = solve(case, Options(time_limit=limit, gap=GAPS[-1]), watch)
    trace.hear(float(found.value) if found.value is not None else None, float(found.bound) if found.bound else None)
    trace.proven = time.monotonic() - trace.begun
    trace.build = found.seconds["build"]
    trace.checked = found.verdict is not None and found.verdict.passed
    if trace.checked:
        trace.show()
    return trace


def _cells(traces: list[Trace], limit: float) -> str:
    times = [[t.first for t in traces], *([t.reached.get(g) for t in traces] for g in GAPS), [t.proven for t in traces]]
    cells = [_seconds(values, limit) for values in times]
    cells.insert(1, _seconds([t.shown for t in traces], limit) if any(t.shown for t in traces) else "—")
    for moment in MOMENTS:
        if moment > limit:
            cells.append("—")
            continue
        gaps = [t.gap_at(moment) for t in traces]
        known = [g for g in gaps if g is not None]
        cells.append(f"{statistics.median(known) * 100:.3f} %" if len(known) == len(gaps) else "无")
    cells.append(f"{max(t.memory for t in traces):.0f}")
    return " | ".join(cells)


def _seconds(values: list[float | None], limit: float) -> str:
    middle = statistics.median(limit if v is None else v for v in values)
    return f"≥ {limit:g}" if middle >= limit else f"{middle:.2f}"


def measure(name: str, whole: bool, seeds: int, limit: float, solvers: tuple[str, ...]) -> list[str]:
    """The lines of one size and rule set."""
    numbers = range(1, seeds + 1) if name in SIZES else range(1, 2)
    cases = [_case(name, seed, whole) for seed in numbers]
    label = (
        f"{name}（{cases[0].name}）"
        if name not in SIZES
        else f"{name}（{cases[0].name}，{'全部规则' if whole else '核心规则'}）"
    )
    mine = [apart(product, name, seed, whole, limit) for seed in numbers]
    built = statistics.median(t.build for t in mine)
    passed = "全部通过复核" if all(t.checked for t in mine) else "有未通过复核的"
    lines = [f"| {label} | fundopt（建模 {built:.2f} s，{passed}） | {_cells(mine, limit)} | |"]
    print(lines[-1], file=sys.stderr, flush=True)
    for backend in BACKENDS:
        if backend.id in solvers:
            theirs = [apart(raw, name, seed, whole, backend.id, limit) for seed in numbers]
            lines.append(f"| | {backend.title} | {_cells(theirs, limit)} | {_ratio(mine, theirs, limit)} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return [*lines, _scored(cases, [t.value for t in mine])]


def _ratio(mine: list[Trace], theirs: list[Trace], limit: float) -> str:
    """How much longer the other took to 0.1 %: median over the seeds."""
    if any(t.reached.get(0.001) is None for t in mine):
        return "—"
    reached = [t.reached.get(0.001) for t in theirs]
    times = statistics.median(
        (limit if b is None else b) / a.reached[0.001] for a, b in zip(mine, reached, strict=True)
    )
    return f"{'≥ ' if None in reached else ''}{times:.1f} 倍"


def _scored(cases: list[Case], values: list[float | None]) -> str:
    parts = [float(scored_list(case).benefit) / value for case, value in zip(cases, values, strict=True) if value]
    words = f"效益为 fundopt 的 {statistics.median(parts) * 100:.1f} %" if parts else "无方案可比"
    return f"| | 打分排队（不顾地区上下限、挂钩和债务约束，只作比较） | {words} |" + " |" * 9


def main() -> None:
    """Run everything and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="S,M,L")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300.0)
    parser.add_argument("--solvers", default=",".join(RAW))
    given = parser.parse_args()
    for name in given.sizes.split(","):
        lines = [
            line
            for whole in ((False, True) if name in SIZES else (True,))
            for line in measure(name, whole, given.seeds, given.limit, tuple(given.solvers.split(",")))
        ]
        seeds = f"{given.seeds} 个种子的中位数" if name in SIZES else "一次"
        write_section(
            f"sizes-{name}",
            f"## 规模 {name}\n\n"
            f"金额为虚构，{seeds}，时限 {given.limit:g} 秒，没有达到的记 ≥；{os.cpu_count()} 核，结束时负载 {load()}。"
            "fundopt 一行含建模、取整与复核的全部时间；其余各行是同一个整体模型直接交给求解器，不含建模。"
            "“首个方案”是求解器自己报的，“首个已复核”是取整到 0.01 万元并逐条复核过的。“结束”是停在 0.01 % 或证明最优的时间；末列是到 0.1 % 的用时与 fundopt 之比。\n\n"
            "| 案例 | 求解 | 首个方案 s | 首个已复核 s | 1 % s | 0.1 % s | 0.01 % s | 结束 s | 10 s 差距 | 60 s 差距 | 300 s 差距 | 内存 MB | 到 0.1 % 之比 |\n"
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n" + "\n".join(lines),
        )


if __name__ == "__main__":
    main()
