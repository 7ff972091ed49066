"""What the user has confirmed or set about lists: columns by layout, sheets, rows, corrected cells."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inputs.home import home_folder
from inputs.lists.rows import Kind

Place = tuple[str, str]
"""File and sheet."""


@dataclass(slots=True)
class Decisions:
    """All that a user has settled by hand; empty to begin with.

    ``columns``: field and unit by column position, for each layout confirmed. ``read``: whether a sheet is
    read. ``regions``: the region of a whole sheet. ``totals``: the field
    whose amounts, with what is received, stand for 总投资 in a sheet that has none. ``rows``: the kind of a row (from 1). ``cells``: a value
    in place of what stands in a cell (by address); None empties it.
    """

    columns: dict[str, dict[int, tuple[str, str]]] = field(default_factory=dict)
    read: dict[Place, bool] = field(default_factory=dict)
    regions: dict[Place, str] = field(default_factory=dict)
    totals: dict[Place, str] = field(default_factory=dict)
    rows: dict[tuple[str, str, int], Kind] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], Any] = field(default_factory=dict)


def memory_folder() -> Path:
    """Where confirmed layouts are remembered."""
    return home_folder() / "layouts"


def remember(layout: str, columns: Mapping[int, tuple[str, str]]) -> None:
    """Keep a confirmed layout for the next list of the same headings: positions, fields and units, nothing else."""
    folder = memory_folder()
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({str(i): list(choice) for i, choice in sorted(columns.items())}, ensure_ascii=False)
    fresh = folder / f"{layout}.{hashlib.sha256(text.encode()).hexdigest()[:8]}.tmp"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / f"{layout}.json")


def recall(layout: str) -> dict[int, tuple[str, str]] | None:
    """A remembered layout, None when there is none or its file is unreadable."""
    if not re.fullmatch(r"[0-9a-f]{10}", layout):
        return None
    try:
        found = json.loads((memory_folder() / f"{layout}.json").read_text(encoding="utf-8"))
        return {int(i): (str(name), str(unit)) for i, (name, unit) in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return None
