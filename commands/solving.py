"""solve and explain: a case workbook to a plan, and why a project is in it or not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from commands.words import CLASH, DONE, INVALID, NOTHING, print_issues, proof_words, write_json
from inputs.case.read import Reading
from models.rules import RULE_BY_ID
from optimizer.backends import BACKENDS
from optimizer.course import Watch
from optimizer.options import Options
from workbench.proving import write_proof
from workbench.verbs import Outcome, clash_words, invalid_record, open_and_plan


def add(verbs: Any) -> None:
    """Add the verbs."""
    solve = verbs.add_parser("solve", help="求解并写出结果工作簿")
    solve.add_argument("case", type=Path)
    solve.add_argument("-o", "--output", type=Path)
    solve.add_argument("--json", type=Path)
    solve.add_argument("--proof", type=Path, metavar="证明.json", help="写出不靠求解器即可复算的上界证明")
    _solve_options(solve)
    solve.set_defaults(run=_solve)
    explain = verbs.add_parser("explain", help="说明一个项目为何安排或未安排")
    explain.add_argument("case", type=Path)
    explain.add_argument("--project", required=True)
    _solve_options(explain)
    explain.set_defaults(run=_explain)


MOST_SEED = 2**31 - 1
"""What all solvers take."""


def _solve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--time-limit", type=_positive)
    parser.add_argument("--gap", type=_gap)
    parser.add_argument("--seed", type=_seed)
    parser.add_argument("--lock", action="append", default=[])
    parser.add_argument("--ban", action="append", default=[])
    parser.add_argument("--set", action="append", default=[], metavar="规则[对象].参数=值")
    parser.add_argument("--solver", choices=[b.id for b in BACKENDS], default=Options().backend)
    parser.add_argument("--second", choices=[*(b.id for b in BACKENDS), "none"], default="scip")


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"“{text}”不是数") from problem


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_SEED:
        raise argparse.ArgumentTypeError(f"随机种子须是 0 与 {MOST_SEED} 之间的整数")
    return int(text)


def _positive(text: str) -> float:
    value = _float(text)
    if not 0 < value <= 86400:
        raise argparse.ArgumentTypeError("时限须在 0 与 86400 秒之间")
    return value


def _gap(text: str) -> float:
    value = _float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("差距须在 0 与 1 之间，如 0.001 或 0.1%")
    return value


def _options(given: argparse.Namespace) -> Options:
    second = "" if given.second == "none" else given.second
    return Options(
        backend=given.solver,
        second=second,
        locks=tuple(dict.fromkeys(given.lock)),
        bans=tuple(dict.fromkeys(given.ban)),
        sets=tuple(given.set),
    )


def _run_solve(given: argparse.Namespace) -> tuple[Reading, Outcome | None]:
    watch = Watch(_progress) if sys.stderr.isatty() else Watch()
    return open_and_plan(given.case, _options(given), given.time_limit, given.gap, given.seed, watch)


def _progress(stage: str, value: float | None, bound: float | None) -> None:
    if value is not None and bound is not None:
        gap = abs(bound - value) / max(abs(value), 1e-9) * 100
        print(f"\r{stage}：现有最好方案 {value:,.2f}，界 {bound:,.2f}，差距 {gap:.3f} %   ", end="", file=sys.stderr)


def _solve(given: argparse.Namespace) -> int:
    reading, outcome = _run_solve(given)
    print_issues(reading.issues)
    if outcome is None:
        write_json(given.json, invalid_record(reading))
        return INVALID
    write_json(given.json, outcome.record())
    solution = outcome.solution
    print(solution.sentence)
    if solution.status == "infeasible":
        for sentence in clash_words(solution):
            print("  " + sentence)
        return CLASH
    if solution.plan is None:
        return NOTHING
    for name, value in outcome.account().rows:
        if value and name in ("目标值（约数）", "上界", "差距", "第二求解器结论", "与打分排队相比", "独立复核"):
            print(f"  {name}：{value}")
    if given.output is not None:
        outcome.write(given.output)
        print(f"  结果工作簿：{given.output}")
    if given.proof is not None:
        bound = write_proof(outcome.case, given.proof)
        assert solution.value is not None
        print(f"  上界证明：{given.proof}（{proof_words(solution.value, bound)}）")
    return DONE


def _explain(given: argparse.Namespace) -> int:
    reading, outcome = _run_solve(given)
    if outcome is None:
        print_issues(reading.issues)
        return INVALID
    solution = outcome.solution
    if given.project not in outcome.case.project_by_id:
        print(f"项目编号“{given.project}”找不到", file=sys.stderr)
        return INVALID
    if solution.plan is None:
        print(solution.sentence)
        return CLASH if solution.status == "infeasible" else NOTHING
    reason = next((r for r in solution.reasons if r.project == given.project), None)
    if reason is None:
        paid = sum(p.amount for p in solution.plan.payments_of.get(given.project, ()))
        print(f"{given.project} 已安排 {paid / 100:,.2f} 万元（{solution.sentence}）")
    else:
        rule = RULE_BY_ID.get(reason.rule)
        clause = f"依据：{rule.source}。" if rule else ""
        where = outcome.case.project_by_id[given.project].region_label
        place = f"（{where}）" if where else ""
        print(
            f"{given.project}{place} 没有安排（{reason.rule}）：{reason.sentence}。要安排需要：{reason.remedy}。{clause}"
        )
    return DONE
