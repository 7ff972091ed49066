"""verify, export and quota: a result workbook checked again and handed over, quotas worked out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from commands.words import DONE, FAILED, INVALID, print_issues, proof_words, write_json
from inputs import clean
from inputs.case.changes import quota_changes, write_changed
from inputs.case.read import read_case
from inputs.files.workbook import load_grids
from models.calculators import CALCULATOR_BY_ID, CALCULATORS
from reports.quota_table import quota_table
from workbench.audit import audit
from workbench.exporting import export_all, plan_of_result
from workbench.proving import proven_bound
from workbench.verbs import work_out_quota


def add(verbs: Any) -> None:
    """Add the verbs."""
    verify = verbs.add_parser("verify", help="不用求解器，独立复核结果工作簿")
    verify.add_argument("case", type=Path)
    verify.add_argument("result", type=Path)
    verify.add_argument("--proof", type=Path, metavar="证明.json", help="求解时写出的上界证明，一并复算")
    verify.set_defaults(run=_verify)
    export = verbs.add_parser("export", help="由结果工作簿写出汇报材料、公示表、分地区分部门工作簿和 CSV")
    export.add_argument("case", type=Path)
    export.add_argument("result", type=Path)
    export.add_argument("-o", "--output", type=Path, required=True, metavar="文件夹")
    export.set_defaults(run=_export)
    quota = verbs.add_parser("quota", help="额度测算：按公开的因素法把总额分到地区")
    quota.add_argument("case", type=Path)
    quota.add_argument(
        "name", choices=[c.id for c in CALCULATORS], help="、".join(f"{c.id} {c.title}" for c in CALCULATORS)
    )
    quota.add_argument("--total", type=_total, required=True, metavar="万元")
    quota.add_argument("--param", action="append", default=[], metavar="参数=值")
    quota.add_argument("--fund", help="写入 配额上限:资金 或 配额下限:资金")
    quota.add_argument("--as", dest="family", choices=("上限", "下限"), default="上限")
    quota.add_argument("-o", "--output", type=Path, help="写回的工作簿副本")
    quota.add_argument("--json", type=Path)
    quota.set_defaults(run=_quota)


def _total(text: str) -> int:
    try:
        amount = clean.money(text)
    except clean.Unreadable as problem:
        raise argparse.ArgumentTypeError(f"总额“{text}”{problem.message}") from problem
    if amount <= 0:
        raise argparse.ArgumentTypeError("总额须大于 0")
    return amount


def _verify(given: argparse.Namespace) -> int:
    code = _audited(given)
    return code if code != DONE or given.proof is None else _check_proof(given)


def _audited(given: argparse.Namespace) -> int:
    found = audit(given.case, given.result)
    for issue in found.issues:
        print(f"不符 {issue.address} {issue.message}。{issue.remedy}。")
    if found.passed:
        print(f"复核通过：规则 {found.checked} 项、单元格 {found.cells} 个逐一核对无误")
        return DONE
    file_only = all(issue.code.startswith("file") or issue.code == "not_a_workbook" for issue in found.issues)
    return INVALID if file_only else FAILED


def _check_proof(given: argparse.Namespace) -> int:
    """Work out the bound of a proof and hold the plan's value against it."""
    plan, _ = plan_of_result(given.case, given.result)
    try:
        bound = proven_bound(plan.case, given.proof)
    except (OSError, ValueError) as problem:
        words = f"“{given.proof}”打不开" if isinstance(problem, OSError) else str(problem)
        print(f"不符 {given.proof} {words}。", file=sys.stderr)
        return INVALID
    print(f"上界复算：{proof_words(plan.verdict.value, bound)}")
    return DONE if bound >= plan.verdict.value else FAILED


def _export(given: argparse.Namespace) -> int:
    """Only a result that passes verify is handed on."""
    code = _audited(given)
    if code != DONE:
        return code
    plan, account = plan_of_result(given.case, given.result)
    for path in export_all(given.output, plan, account):
        print(f"  {path}")
    return DONE


def _quota(given: argparse.Namespace) -> int:
    reading = read_case(given.case)
    if reading.case is None:
        print_issues(reading.issues)
        return INVALID
    if bool(given.output) != bool(given.fund) or (given.fund and given.fund not in reading.case.fund_by_name):
        known = "、".join(reading.case.fund_by_name)
        print(f"写回要同时给 -o 和 --fund，资金为其中之一：{known}", file=sys.stderr)
        return INVALID
    params = dict(text.partition("=")[::2] for text in given.param)
    found = work_out_quota(reading.case, given.name, given.total, params)
    for sentence in found.problems:
        print(f"错误 {sentence}", file=sys.stderr)
    if found.problems:
        return INVALID
    calculator = CALCULATOR_BY_ID[given.name]
    table = quota_table(reading.case, calculator, found)
    print(f"{table.title}（{'；'.join(table.notes)}）")
    for share in found.shares:
        print(f"  {share.region}：{share.amount / 100:,.2f} 万元")
    print(f"  合计：{sum(s.amount for s in found.shares) / 100:,.2f} 万元")
    amounts = {s.region: s.amount for s in found.shares}
    write_json(
        given.json,
        {"calculator": given.name, "amounts": {k: a / 100 for k, a in amounts.items()}, "left": found.left / 100},
    )
    if given.output is not None:
        changes = quota_changes(load_grids(given.case), given.fund, f"配额{given.family}", amounts)
        write_changed(given.case, given.output, changes)
        print(f"  已写入 地区.配额{given.family}:{given.fund}：{given.output}（图形、图表不保留）")
    return DONE
