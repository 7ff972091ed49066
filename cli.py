"""fundopt on the command line: import, check, solve, verify, explain, quota, template, sample, ui."""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import Any

from inputs import clean
from inputs.case.read import Reading, read_case
from inputs.case.write_back import write_quotas
from inputs.lists.decisions import Decisions
from inputs.lists.fields import KINDS_OF_FUND
from inputs.lists.mapping_file import read_mapping, write_mapping
from inputs.lists.to_case import FundRow
from inputs.samples import SAMPLES, write_sample
from inputs.template import write_template
from models.calculators import CALCULATOR_BY_ID, CALCULATORS
from models.issue import CaseError, Issue
from models.rules import RULE_BY_ID
from optimizer.backends import BACKENDS
from optimizer.course import Watch
from optimizer.options import Options
from reports.quota_table import quota_table
from workbench.audit import audit
from workbench.intake import Intake, annotate_workbook, are_lists, intake_record, open_intake
from workbench.verbs import Outcome, clash_words, invalid_record, open_and_plan, work_out_quota

DONE, OTHER, INVALID, CLASH, NOTHING, FAILED = 0, 1, 2, 3, 4, 5
SEVERITY = {"error": "错误", "warning": "提醒", "note": "说明"}
MOST_NOTES = 10


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except BrokenPipeError:  # whoever reads our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OTHER
    except CaseError as error:
        _print_issues(error.issues)
        return INVALID
    except (OSError, ValueError) as error:
        print(f"没有完成：{_reason(error)}", file=sys.stderr)
        return OTHER
    except KeyboardInterrupt:
        print("已取消", file=sys.stderr)
        return OTHER
    return code


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"文件“{error.filename}”不能读写（检查路径、权限，或是否正被其他程序打开）"
    return str(error)


class _Parser(argparse.ArgumentParser):
    """Argument errors in one Chinese sentence."""

    def error(self, message: str) -> Any:
        for pattern, words in ARGUMENT_WORDS:
            message = re.sub(pattern, words, message)
        self.exit(INVALID, f"命令写法不对：{message}\n用 {self.prog} -h 看用法\n")


ARGUMENT_WORDS = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"argument ([^:]*): expected one argument", r"\1 后面要跟一个值"),
    (r"argument ([^:]*): invalid choice: '?([^']*)'? \(choose from (.*)\)", r"\1 没有“\2”，可选：\3"),
    (r"argument ([^:]*): invalid (?:int|float) value: '([^']*)'", r"\1 的值“\2”不是数"),
    (r"unrecognized arguments: (.*)", r"不认识的参数 \1"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 写得不全，可能是 \2"),
    (r"argument ([^:]*): ", r"\1："),
)
"""What argparse says, in Chinese."""


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="fundopt", description="专项债与补助资金统筹安排")
    verbs = parser.add_subparsers(required=True, metavar="命令", parser_class=_Parser)
    solve = verbs.add_parser("solve", help="求解并写出结果工作簿")
    solve.add_argument("case", type=Path)
    solve.add_argument("-o", "--output", type=Path)
    solve.add_argument("--json", type=Path)
    _solve_options(solve)
    solve.set_defaults(run=_solve)
    check = verbs.add_parser("check", help="检查案例工作簿，或原始清单（可几个文件）")
    check.add_argument("case", type=Path, nargs="+", metavar="工作簿或清单")
    check.add_argument("--annotated", type=Path, metavar="批注.xlsx", help="写出带批注的副本；几个文件时写一个文件夹")
    check.add_argument("--mapping", type=Path, metavar="映射.xlsx", help="清单的列对应")
    check.add_argument("--json", type=Path)
    check.set_defaults(run=_check)
    take = verbs.add_parser("import", help="把原始清单整理成案例工作簿")
    take.add_argument("lists", type=Path, nargs="+", metavar="清单")
    take.add_argument("-o", "--output", type=Path, metavar="案例.xlsx")
    take.add_argument("--mapping", type=Path, metavar="映射.xlsx", help="没有则写出建议，确认后再运行一次")
    take.add_argument("--base", type=Path, metavar="案例.xlsx", help="资金、地区、规则取自这个案例工作簿")
    take.add_argument("--fund", action="append", default=[], metavar="资金=万元", help="没有 --base 时给出额度")
    take.add_argument("--year", type=int, metavar="起始年")
    take.add_argument("--annotated", type=Path, metavar="批注.xlsx", help="写出带批注的副本；几个文件时写一个文件夹")
    take.add_argument("--json", type=Path)
    take.set_defaults(run=_import)
    verify = verbs.add_parser("verify", help="不用求解器，独立复核结果工作簿")
    verify.add_argument("case", type=Path)
    verify.add_argument("result", type=Path)
    verify.set_defaults(run=_verify)
    explain = verbs.add_parser("explain", help="说明一个项目为何安排或未安排")
    explain.add_argument("case", type=Path)
    explain.add_argument("--project", required=True)
    _solve_options(explain)
    explain.set_defaults(run=_explain)
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
    template = verbs.add_parser("template", help="写出空白模板")
    template.add_argument("-o", "--output", type=Path, required=True)
    template.set_defaults(run=_template)
    sample = verbs.add_parser("sample", help="写出示例案例")
    sample.add_argument("name", choices=sorted(SAMPLES))
    sample.add_argument("-o", "--output", type=Path, required=True)
    sample.set_defaults(run=_sample)
    page = verbs.add_parser("ui", help="打开页面")
    page.add_argument("--port", type=int, default=8501)
    page.set_defaults(run=_ui)
    return parser


def _solve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--time-limit", type=_positive)
    parser.add_argument("--gap", type=_gap)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--lock", action="append", default=[])
    parser.add_argument("--ban", action="append", default=[])
    parser.add_argument("--set", action="append", default=[], metavar="规则[对象].参数=值")
    parser.add_argument("--solver", choices=[b.id for b in BACKENDS], default="highs")
    parser.add_argument("--second", choices=[*(b.id for b in BACKENDS), "none"], default="scip")


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"“{text}”不是数") from problem


def _total(text: str) -> int:
    try:
        amount = clean.money(text)
    except clean.Unreadable as problem:
        raise argparse.ArgumentTypeError(f"总额“{text}”{problem.message}") from problem
    if amount <= 0:
        raise argparse.ArgumentTypeError("总额须大于 0")
    return amount


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
    _print_issues(reading.issues)
    if outcome is None:
        _write_json(given.json, invalid_record(reading))
        return INVALID
    _write_json(given.json, outcome.record())
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
    return DONE


def _write_json(path: Path | None, record: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")


def _print_issues(issues: list[Issue]) -> None:
    notes = 0
    for issue in issues:
        notes += issue.severity != "error"
        if issue.severity == "error" or notes <= MOST_NOTES:
            value = f"“{issue.value}”" if issue.value and issue.value not in issue.message else ""
            print(
                f"{SEVERITY[issue.severity]} {issue.address} {value}{issue.message}。{issue.remedy}。", file=sys.stderr
            )
    if notes > MOST_NOTES:
        print(f"另有 {notes - MOST_NOTES} 条提醒和说明，用 fundopt check 查看", file=sys.stderr)


def _check(given: argparse.Namespace) -> int:
    if are_lists(given.case):
        return _check_lists(given)
    path = given.case[0]
    reading = annotate_workbook(path, given.annotated) if given.annotated else read_case(path)
    _show_issues(reading.issues)
    if given.annotated:
        print(f"带批注的副本：{given.annotated}")
    _write_json(given.json, {**invalid_record(reading), "status": "valid" if reading.case else "invalid"})
    if reading.case is None:
        print(f"共 {len(reading.errors)} 处错误，改正后才能求解")
        return INVALID
    print(f"可以求解：{len(reading.case.projects)} 个项目，{len(reading.case.funds)} 项资金，{reading.case.years} 年")
    return DONE


def _show_issues(issues: list[Issue]) -> None:
    for issue in issues:
        value = f"“{issue.value}”" if issue.value and issue.value not in issue.message else ""
        print(f"{SEVERITY[issue.severity]} {issue.address} {value}{issue.message}。{issue.remedy}。")


def _check_lists(given: argparse.Namespace) -> int:
    intake = open_intake(_named(given.case), decisions=_mapping(given.mapping))
    _show_issues(intake.lists.issues)
    _tell_intake(intake)
    _annotate(intake, given.annotated)
    _write_json(given.json, intake_record(intake))
    if intake.lists.errors:
        print(f"共 {len(intake.lists.errors)} 处须改正或确认，之后用 fundopt import 整理成案例")
        return INVALID
    print("清单没有须改正的地方，用 fundopt import 整理成案例")
    return DONE


def _named(paths: list[Path]) -> list[tuple[Path, str]]:
    """Paths with the names shown; those of equal name get a number, so that every cell has one address."""
    seen: dict[str, int] = {}
    found = []
    for path in paths:
        seen[path.name] = seen.get(path.name, 0) + 1
        again = seen[path.name]
        found.append((path, path.name if again == 1 else f"{path.stem}({again}){path.suffix}"))
    return found


def _mapping(path: Path | None) -> Decisions:
    return read_mapping(path) if path is not None and path.exists() else Decisions()


def _tell_intake(intake: Intake) -> None:
    for sheet in intake.lists.sheets:
        counts = "，".join(f"{kind} {count}" for kind, count in sheet.counts.items())
        print(f"  {sheet.file}·{sheet.name}：{len(sheet.rows)} 行（{counts}）")
    for line in intake.lists.sums():
        if line.region == "合计":
            words = f"，差 {float(line.listed - line.taken):,.2f}（{line.why}）" if line.listed != line.taken else ""
            print(f"  {line.field}：清单 {float(line.listed):,.2f} 万元，读入 {float(line.taken):,.2f} 万元{words}")
    print(f"  读入项目 {len(intake.draft.projects)} 个，改动 {len(intake.lists.changes)} 格")


def _annotate(intake: Intake, target: Path | None) -> None:
    if target is None:
        return
    sources = intake.opened.sources
    if len(sources) > 1:
        target.mkdir(parents=True, exist_ok=True)
    for source in sources:
        path = target / f"批注-{Path(source.name).stem}.xlsx" if len(sources) > 1 else target
        intake.annotate(source, path)
        print(f"带批注的副本：{path}")


def _import(given: argparse.Namespace) -> int:
    intake = open_intake(_named(given.lists), given.base, _mapping(given.mapping))
    intake.funds, intake.year, intake.name = _funds(given.fund), given.year, given.lists[0].stem
    intake.read()
    for code in intake.decisions.columns.keys() & intake.lists.layouts.keys():
        intake.confirm(code, intake.decisions.columns[code])
    _show_issues(intake.reading.issues)
    _tell_intake(intake)
    _annotate(intake, given.annotated)
    _write_json(given.json, intake_record(intake))
    if given.mapping is not None and (not given.mapping.exists() or intake.lists.unconfirmed):
        write_mapping(given.mapping, intake.lists, intake.decisions)
        print(f"列对应的建议：{given.mapping}（在“确认”一列填 是，再运行一次）")
    if given.output is not None and intake.lists.errors:
        print("清单里还有没读成或没确认的内容，案例没有写出，以免漏项")
    elif given.output is not None:
        intake.write_case(given.output)
        print(f"案例工作簿：{given.output}")
    if intake.reading.case is None:
        print(f"还有 {len(intake.reading.errors)} 处须改正或确认，案例暂不能求解")
        return INVALID
    return DONE


def _funds(given: list[str]) -> list[FundRow]:
    rows = []
    for text in given:
        name, _, amount = text.partition("=")
        try:
            clean.money(amount)
        except clean.Unreadable as problem:
            raise ValueError(f"--fund “{text}”：额度{problem.message}") from problem
        rows.append(FundRow(name, KINDS_OF_FUND.get(name, "补助"), amount))
    return rows


def _verify(given: argparse.Namespace) -> int:
    found = audit(given.case, given.result)
    for issue in found.issues:
        print(f"不符 {issue.address} {issue.message}。{issue.remedy}。")
    if found.passed:
        print(f"复核通过：规则 {found.checked} 项、单元格 {found.cells} 个逐一核对无误")
        return DONE
    file_only = all(issue.code.startswith("file") or issue.code == "not_a_workbook" for issue in found.issues)
    return INVALID if file_only else FAILED


def _explain(given: argparse.Namespace) -> int:
    reading, outcome = _run_solve(given)
    if outcome is None:
        _print_issues(reading.issues)
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


def _quota(given: argparse.Namespace) -> int:
    reading = read_case(given.case)
    if reading.case is None:
        _print_issues(reading.issues)
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
    _write_json(
        given.json,
        {"calculator": given.name, "amounts": {k: a / 100 for k, a in amounts.items()}, "left": found.left / 100},
    )
    if given.output is not None:
        write_quotas(given.case, given.output, given.fund, f"配额{given.family}", amounts)
        print(f"  已写入 地区.配额{given.family}:{given.fund}：{given.output}（图形、图表不保留）")
    return DONE


def _template(given: argparse.Namespace) -> int:
    write_template(given.output)
    print(f"空白模板：{given.output}")
    return DONE


def _sample(given: argparse.Namespace) -> int:
    write_sample(given.name, given.output)
    print(f"示例案例（金额为虚构）：{given.output}")
    return DONE


def _ui(given: argparse.Namespace) -> int:
    home = Path(__file__).parent
    command = [sys.executable, "-m", "streamlit", "run", str(home / "app.py"), "--server.port", str(given.port)]
    threading.Thread(target=_show_page, args=(given.port,), daemon=True).start()
    return subprocess.run(command, cwd=home, env=os.environ.copy(), check=False).returncode


def _show_page(port: int) -> None:
    """Open the page in the user's browser once it answers; where there is no screen, only say where it is."""
    for _ in range(240):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.25)
    address = f"http://127.0.0.1:{port}"
    print(f"页面：{address}（Ctrl+C 结束）", flush=True)
    if sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)


if __name__ == "__main__":
    sys.exit(main())
