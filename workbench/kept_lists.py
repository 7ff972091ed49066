"""Lists on their way to becoming a case, as they are kept: files without personal data, and what was decided about them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inputs.files.workbook import load_source
from inputs.lists.decisions import Decisions
from inputs.lists.to_case import FundRow
from workbench.intake import Intake, open_intake
from workbench.records import KeptFile

BASE = "案例.xlsx"
"""Name under which the case is kept that the lists are put into."""


def state_of(intake: Intake) -> str:
    """All that was decided, as text; equal texts are equal decisions."""
    d = intake.decisions
    tables: dict[str, Any] = {
        "columns": [[code, [[i, *c] for i, c in sorted(columns.items())]] for code, columns in d.columns.items()],
        "read": [[*place, wanted] for place, wanted in d.read.items()],
        "regions": [[*place, region] for place, region in d.regions.items()],
        "totals": [[*place, family] for place, family in d.totals.items()],
        "rows": [[*place, kind] for place, kind in d.rows.items()],
        "cells": [[*place, value] for place, value in d.cells.items()],
    }
    funds = [[f.name, f.kind, f.limit, f.asked] for f in intake.funds]
    known = {
        "funds": funds,
        "name": intake.name,
        "year": intake.year,
        "made": intake.made,
        "onto": intake.base is not None,
    }
    return json.dumps({**tables, **known}, ensure_ascii=False)


def which_of(intake: Intake) -> str:
    """Tells these files, as this session has them, from all others."""
    paths = [s.path for s in intake.opened.sources] + ([intake.base[0]] if intake.base is not None else [])
    return "|".join(f"{path}@{path.stat().st_mtime_ns}" for path in paths)


def files_of(intake: Intake) -> list[KeptFile]:
    """The files as they lie there, after personal data were taken out; the case that they are put into last."""
    found = [KeptFile(s.name, s.path.name, s.path.read_bytes()) for s in intake.opened.sources]
    return [*found, KeptFile(BASE, BASE, intake.base[0].read_bytes())] if intake.base is not None else found


def restored(state: str, files: Iterable[KeptFile], folder: Path) -> Intake:
    """The lists as they were kept, laid into a folder. Raises CaseError when they can no longer be read."""
    kept = json.loads(state)
    laid = []
    for number, file in enumerate(files):
        path = folder / f"kept-{number}" / file.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file.content)
        laid.append((path, file.name))
    base = laid.pop()[0] if kept["onto"] else None
    intake = open_intake(laid, decisions=_decisions(kept))
    intake.base = None if base is None else (base, list(load_source(base).grids))
    intake.funds = [FundRow(*row) for row in kept["funds"]]
    intake.name, intake.year, intake.made = kept["name"], kept["year"], kept["made"]
    intake.read()
    return intake


def _decisions(kept: dict[str, Any]) -> Decisions:
    return Decisions(
        columns={code: {i: (name, unit) for i, name, unit in columns} for code, columns in kept["columns"]},
        read={(f, s): v for f, s, v in kept["read"]},
        regions={(f, s): v for f, s, v in kept["regions"]},
        totals={(f, s): v for f, s, v in kept["totals"]},
        rows={(f, s, n): v for f, s, n, v in kept["rows"]},
        cells={(f, s, a): v for f, s, a, v in kept["cells"]},
    )
