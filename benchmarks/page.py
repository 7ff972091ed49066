"""docs/benchmarks.md, section by section: each measurement writes its own and leaves the others."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

TARGET = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = "# 测量\n\n由 `python -m benchmarks.run`（求解）、`python -m benchmarks.sizes`（各种规模）、`python -m benchmarks.growth`（增长、大案例改一处）、`python -m benchmarks.truth`（界）、`python -m benchmarks.lists`（清单与工作簿）和 `python -m benchmarks.workbench`（工作台）生成，不要手改。\n"


def load() -> str:
    """The machine's load, for the note under a table."""
    busy = ", ".join(f"{value:.2f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "未知"
    return f"{busy}（这台机器此时一千万次加法 {_additions():.1f} 秒）"


def _additions() -> float:
    """Seconds for ten million additions in Python: what to divide by when tables of other days are compared."""
    begun, total = time.perf_counter(), 0
    for k in range(10_000_000):
        total += k
    return time.perf_counter() - begun


def write_section(key: str, text: str) -> None:
    """Put a section in place of the one of the same key, or at the end."""
    page = TARGET.read_text(encoding="utf-8") if TARGET.exists() else HEAD
    block = f"<!-- {key} -->\n{text.strip()}\n<!-- /{key} -->\n"
    pattern = re.compile(rf"<!-- {key} -->.*?<!-- /{key} -->\n", re.DOTALL)
    page = pattern.sub(lambda _: block, page) if pattern.search(page) else f"{page.rstrip()}\n\n{block}"
    TARGET.write_text(page, encoding="utf-8")
