"""Sets everything up and starts it. Standard library only; the same lines work on Linux and Windows.

python3 start.py             set up, solve the sample, write its result workbook, open the page
python3 start.py --no-page   the same without the page
python3 start.py test        set up and run every check
--wheelhouse DIR             install from a folder of wheels, for sites without internet
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parent
VENV = HOME / ".venv"
OUT = HOME / "out"
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STAMP = VENV / "installed.txt"
SAMPLE = "longdong"
MOST_TESTERS = 4
"""Processes of tests at once, at most; each may start a browser, LibreOffice or two solvers."""


def main() -> int:
    """Run the command asked for; returns the exit code."""
    if sys.version_info < (3, 11):
        print("需要 Python 3.11 或更高版本")
        return 1
    options = _options()
    try:
        set_up("requirements-dev.txt" if options.what == "test" else "requirements.txt", options.wheelhouse)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"安装没有完成：{error}。检查网络，或用 --wheelhouse 指定离线安装包的文件夹。")
        return 1
    if options.what == "test":
        return run_checks()
    code = solve_sample()
    return code if code or options.no_page else run([PYTHON, "cli.py", "ui", "--port", str(options.port)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="资金统筹工作台")
    parser.add_argument("what", nargs="?", choices=["run", "test"], default="run")
    parser.add_argument("--no-page", action="store_true", help="不打开页面")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--wheelhouse", type=Path, help="离线安装包所在的文件夹")
    return parser.parse_args()


def set_up(requirements: str, wheelhouse: Path | None) -> None:
    """The virtual environment with exactly the pinned packages, and the launcher in it."""
    wanted = hashlib.sha256((HOME / requirements).read_bytes()).hexdigest()
    done = STAMP.read_text(encoding="utf-8").split() if STAMP.exists() else []
    if not PYTHON.exists():
        print("建立虚拟环境 .venv ……")
        venv.create(VENV, with_pip=True, clear=VENV.exists())
        done = []
    if wanted not in done:
        print(f"按 {requirements} 安装依赖 ……")
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        command += ["--no-index", "--find-links", str(wheelhouse)] if wheelhouse else []
        subprocess.run([*command, "-r", str(HOME / requirements)], check=True)
        STAMP.write_text("\n".join([*done, wanted]), encoding="utf-8")
    _write_launcher()


def _script(name: str) -> str:
    return f"{name}.cmd" if WINDOWS else name


def _write_launcher() -> None:
    """``fundopt`` in the virtual environment, equal to ``python cli.py``."""
    launcher = BIN / _script("fundopt")
    if WINDOWS:
        launcher.write_bytes(b'@"%~dp0python.exe" "%~dp0..\\..\\cli.py" %*\r\n')
    else:
        text = '#!/bin/sh\nhere=$(cd "$(dirname "$0")" && pwd)\nexec "$here/python" "$here/../../cli.py" "$@"\n'
        launcher.write_bytes(text.encode())
        launcher.chmod(0o755)


def solve_sample() -> int:
    """Write the sample case, solve it, write its result workbook."""
    OUT.mkdir(exist_ok=True)
    case, result = OUT / f"{SAMPLE}.xlsx", OUT / f"{SAMPLE}-结果.xlsx"
    code = run([PYTHON, "cli.py", "sample", SAMPLE, "-o", case])
    print("求解示例（至多 30 秒）……", flush=True)
    return code or run([PYTHON, "cli.py", "solve", case, "-o", result, "--time-limit", "30", "--gap", "0.001"])


def run_checks() -> int:
    """Formatter, linter, type checker and all tests; the first failure decides."""
    checks: list[list[str | Path]] = [
        [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
        [PYTHON, "-m", "ruff", "check", "--quiet", "."],
        [PYTHON, "-m", "mypy"],
        [PYTHON, "-m", "pytest", "--numprocesses", str(min(MOST_TESTERS, os.cpu_count() or 1)), "--dist", "worksteal"],
    ]
    for check in checks:
        print("——", " ".join(str(part) for part in check[2:]), flush=True)
        if code := run(check):
            return code
    return 0


def run(command: list[str | Path]) -> int:
    """Run a command in the project folder with Chinese output intact."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    try:
        return subprocess.run([str(part) for part in command], cwd=HOME, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
