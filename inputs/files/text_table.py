"""Delimited text (.csv) in UTF-8 or GB18030 as one sheet of text cells."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

from inputs.files.limits import NOT_TEXT

DELIMITERS = ",\t;，"


def sheets(path: str) -> dict[str, Any]:
    """One sheet, named like the file."""
    csv.field_size_limit(2**20)
    text = _decode(Path(path).read_bytes())
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True))
    wide = max((len(row) for row in rows), default=0)
    cells = [[value or None for value in row] + [None] * (wide - len(row)) for row in rows]
    facts: dict[str, list[Any]] = {
        key: [] for key in ("uncached", "errors", "merges", "hidden_rows", "hidden_columns", "percent")
    }
    sheet = {"name": Path(path).stem, "hidden": False, "rows": cells, **facts}
    return {"kind": "csv", "notes": [], "sheets": [sheet]}


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    sys.exit(NOT_TEXT)


def _delimiter(text: str) -> str:
    """The delimiter that most lines hold outside of quotes."""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()][:50]
    counts = {d: sum(next(csv.reader([line], delimiter=d), []).__len__() > 1 for line in lines) for d in DELIMITERS}
    return max(DELIMITERS, key=lambda d: (counts[d], -DELIMITERS.index(d)))
