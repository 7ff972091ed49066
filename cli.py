"""fundopt on the command line: import, check, solve, verify, explain, export, quota, template, sample, ui."""

from __future__ import annotations

import gc
import os
import sys

from commands import basics, lists, results, solving
from commands.words import INVALID, OTHER, Parser, check_outputs, print_issues
from models.issue import CaseError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 2 input wrong, 3 clash, 4 nothing found, 5 not verified, 1 other."""
    gc.set_threshold(200_000, 20, 20)  # a list of 20,000 rows makes millions of objects that all stay
    options = _parser().parse_args(arguments)
    try:
        check_outputs(options)
        code: int = options.run(options)
    except BrokenPipeError:  # whoever reads our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OTHER
    except CaseError as error:
        print_issues(error.issues)
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


def _parser() -> Parser:
    parser = Parser(prog="fundopt", description="专项债与补助资金统筹安排")
    verbs = parser.add_subparsers(required=True, metavar="命令", parser_class=Parser)
    for group in (lists, solving, results, basics):
        group.add(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
