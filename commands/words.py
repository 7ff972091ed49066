"""What every command shares: exit codes, findings in print, arguments with Chinese errors."""

from __future__ import annotations

import argparse
import json
import re
import sys
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from models.issue import Issue

DONE, OTHER, INVALID, CLASH, NOTHING, FAILED = 0, 1, 2, 3, 4, 5
SEVERITY = {"error": "错误", "warning": "提醒", "note": "说明"}
MOST_NOTES = 10
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


class Parser(argparse.ArgumentParser):
    """Argument errors in one Chinese sentence."""

    def error(self, message: str) -> Any:
        """Say it and end."""
        for pattern, words in ARGUMENT_WORDS:
            message = re.sub(pattern, words, message)
        self.exit(INVALID, f"命令写法不对：{message}\n用 {self.prog} -h 看用法\n")


INPUTS, OUTPUTS = ("case", "lists", "base", "result"), ("output", "json", "annotated", "proof", "mapping")


def check_outputs(given: argparse.Namespace) -> None:
    """Refuse to write over what is read, and to begin hours of work whose result has no place. Raises ValueError."""
    taken: dict[Path, str] = {}
    for name in INPUTS:
        found = getattr(given, name, None) or []
        for path in found if isinstance(found, list) else [found]:
            taken[path.resolve()] = f"读入的“{path}”"
    reads_only = {"proof"} if "result" in given else set()  # verify reads proof and result
    for name in OUTPUTS:
        path = getattr(given, name, None)
        if path is None or name in reads_only:
            continue
        folder = _may_be_folder(given, name)
        several = [path / f"批注-{p.stem}.xlsx" for p in _lists_of(given)] if folder and name == "annotated" else []
        for each in (path, *several):
            if each.resolve() in taken:
                raise ValueError(f"--{name} 写出的“{each}”就是{taken[each.resolve()]}，会盖掉它；请换一个名称")
        taken[path.resolve()] = f"另一个写出的文件“{path}”"
        if not folder and not path.parent.is_dir():
            raise ValueError(f"--{name} 的文件夹“{path.parent}”不存在；先建好或换一个")
        if path.is_dir() and not folder:
            raise ValueError(f"--{name} 的“{path}”是文件夹；请写文件名")


def _may_be_folder(given: argparse.Namespace, name: str) -> bool:
    """export writes a folder; annotated copies of several lists go into one. Both are made where they are not there."""
    return (name == "annotated" and len(_lists_of(given)) > 1) or (name == "output" and "result" in given)


def _lists_of(given: argparse.Namespace) -> list[Path]:
    found = getattr(given, "lists", None) or getattr(given, "case", None) or []
    return found if isinstance(found, list) else [found]


def write_json(path: Path | None, record: dict[str, Any]) -> None:
    """Write a record where a path is given."""
    if path is not None:
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")


def print_issues(issues: list[Issue]) -> None:
    """Errors, and the first of the rest, on the error stream."""
    notes = 0
    for issue in issues:
        notes += issue.severity != "error"
        if issue.severity == "error" or notes <= MOST_NOTES:
            print(_line(issue), file=sys.stderr)
    if notes > MOST_NOTES:
        print(f"另有 {notes - MOST_NOTES} 条提醒和说明，用 fundopt check 查看", file=sys.stderr)


def show_issues(issues: list[Issue]) -> None:
    """Every finding on the output."""
    for issue in issues:
        print(_line(issue))


def _line(issue: Issue) -> str:
    """A finding in one line, without what of a user's file a terminal would obey."""
    value = f"“{issue.value}”" if issue.value and issue.value not in issue.message else ""
    text = f"{SEVERITY[issue.severity]} {issue.address} {value}{issue.message}。{issue.remedy}。"
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def proof_words(value: Fraction, bound: Fraction) -> str:
    """Value and proven bound of a plan with the gap, rounded up; a bound may be wider than a float."""
    gap = max(Fraction(0), bound - value) / abs(value) * 100 if value else None
    words = "" if gap is None else f"，差距 ≤ {_four(ceil(gap * 10**4))} %"
    return f"不靠求解器复算的上界 {_four(ceil(bound * 10**4))}，方案目标值 {_four(round(value * 10**4))}{words}"


def _four(parts: int) -> str:
    """A number of ten thousandths with its four decimals."""
    whole, rest = divmod(abs(parts), 10**4)
    return f"{'-' if parts < 0 else ''}{whole:,}.{rest:04d}"
