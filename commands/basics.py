"""template, sample and ui: what one needs to begin."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import Any

from commands.words import DONE
from inputs.samples import SAMPLES, write_sample
from inputs.template import write_template

HOME = Path(__file__).parent.parent


def add(verbs: Any) -> None:
    """Add the verbs."""
    template = verbs.add_parser("template", help="写出空白模板")
    template.add_argument("-o", "--output", type=Path, required=True)
    template.set_defaults(run=_template)
    sample = verbs.add_parser("sample", help="写出示例案例")
    sample.add_argument("name", choices=sorted(SAMPLES))
    sample.add_argument("-o", "--output", type=Path, required=True)
    sample.set_defaults(run=_sample)
    page = verbs.add_parser("ui", help="打开页面")
    page.add_argument("--port", type=_port, default=8501)
    page.set_defaults(run=_ui)


def _template(given: argparse.Namespace) -> int:
    write_template(given.output)
    print(f"空白模板：{given.output}")
    return DONE


def _sample(given: argparse.Namespace) -> int:
    write_sample(given.name, given.output)
    print(f"示例案例（金额为虚构）：{given.output}")
    return DONE


def _ui(given: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "streamlit", "run", str(HOME / "app.py"), "--server.port", str(given.port)]
    threading.Thread(target=_show_page, args=(given.port,), daemon=True).start()
    return subprocess.run(command, cwd=HOME, env=os.environ.copy(), check=False).returncode


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"端口“{text}”须在 1–65535 之间")
    return int(text)


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
