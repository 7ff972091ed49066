"""check and import: findings of a case workbook or of raw lists, and lists made into a case."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from commands.words import DONE, INVALID, show_issues, write_json
from inputs import clean
from inputs.case.read import read_case
from inputs.lists.decisions import Decisions
from inputs.lists.fields import KINDS_OF_FUND
from inputs.lists.mapping_file import read_mapping, write_mapping
from inputs.lists.to_case import FundRow
from workbench.intake import Intake, annotate_workbook, are_lists, intake_record, open_intake
from workbench.verbs import invalid_record


def add(verbs: Any) -> None:
    """Add the verbs."""
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


def _check(given: argparse.Namespace) -> int:
    if are_lists(given.case):
        return _check_lists(given)
    path = given.case[0]
    reading = annotate_workbook(path, given.annotated) if given.annotated else read_case(path)
    show_issues(reading.issues)
    if given.annotated:
        print(f"带批注的副本：{given.annotated}")
    write_json(given.json, {**invalid_record(reading), "status": "valid" if reading.case else "invalid"})
    if reading.case is None:
        print(f"共 {len(reading.errors)} 处错误，改正后才能求解")
        return INVALID
    print(f"可以求解：{len(reading.case.projects)} 个项目，{len(reading.case.funds)} 项资金，{reading.case.years} 年")
    return DONE


def _check_lists(given: argparse.Namespace) -> int:
    intake = open_intake(_named(given.case), decisions=_mapping(given.mapping))
    show_issues(intake.lists.issues)
    _tell_intake(intake)
    _annotate(intake, given.annotated)
    write_json(given.json, intake_record(intake))
    if intake.lists.errors:
        print(f"共 {len(intake.lists.errors)} 处须改正或确认，之后用 fundopt import 整理成案例")
        return INVALID
    print("清单没有须改正的地方，用 fundopt import 整理成案例")
    return DONE


def _named(paths: list[Path]) -> list[tuple[Path, str]]:
    return [(path, path.name) for path in paths]


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
    show_issues(intake.reading.issues)
    _tell_intake(intake)
    _annotate(intake, given.annotated)
    write_json(given.json, intake_record(intake))
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
