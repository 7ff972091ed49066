"""A file as sheets of cells with addresses, read behind a guard and in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inputs.files.guard import check_file, refuse
from inputs.files.limits import NOT_TEXT, NOT_WRITTEN, PROTECTED, FileLimits

Merge = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of one sheet from A1 on, as they stand in the file.

    ``uncached`` are formulas without a stored value, ``errors`` #REF! and such, ``percent`` numbers shown
    with a percent sign (all by address); ``merges`` are first row, first column, last row, last column from
    0; hidden rows and columns count from 1. ``file`` is the name of the file.
    """

    name: str
    rows: list[list[Any]]
    uncached: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    hidden: bool = False
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    percent: frozenset[str] = frozenset()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: its sheets, its kind, and in words what it carries besides cells (宏、图表 …)."""

    path: Path
    name: str
    kind: Literal["xlsx", "xls", "csv"]
    grids: tuple[Grid, ...]
    carries: tuple[str, ...] = ()


def load_source(path: Path, limits: FileLimits | None = None, name: str = "") -> Source:
    """Every sheet of a workbook or text table; ``name`` is what the user calls the file.

    Raises CaseError with one clear sentence for anything that is not a readable file of reasonable size.
    """
    limits = limits or FileLimits.from_environment()
    name = name or path.name
    found = _parse(path, limits, check_file(path, limits))
    grids = tuple(_grid(sheet, name) for sheet in found["sheets"])
    for grid in grids:
        if len(grid.rows) > limits.rows or any(len(row) > limits.columns for row in grid.rows[:1]):
            message = f"文件“{name}”的“{grid.name}”有 {len(grid.rows):,} 行，超出 {limits.rows:,} 行、{limits.columns:,} 列的上限，没有读取"
            raise refuse(path, "range_too_large", message, "删去清单以外的行列（含格式）后再传")
    spread = sum(len(grid.rows) * len(grid.rows[0]) for grid in grids if grid.rows)
    if spread > limits.cells:  # empty ones count: one stray cell far out makes a sheet of millions
        message = f"文件“{name}”的各表展开共 {spread:,} 格，超出 {limits.cells:,} 格的上限，没有读取"
        raise refuse(path, "range_too_large", message, "删去清单以外的行列（含格式）后再传")
    return Source(path, name, found["kind"], grids, tuple(found["notes"]))


def load_grids(path: Path, limits: FileLimits | None = None) -> list[Grid]:
    """The sheets of ``load_source``."""
    return list(load_source(path, limits).grids)


def load_cells(path: Path, limits: FileLimits | None = None) -> dict[str, dict[str, Any]]:
    """Cells of every sheet by address; a formula comes as {"formula": text, "value": its stored result}. Raises CaseError."""
    limits = limits or FileLimits.from_environment()
    if check_file(path, limits) != "zip":
        raise refuse(path, "not_a_workbook", f"文件“{path.name}”不是 .xlsx 工作簿", "用本程序导出的 .xlsx")
    return {sheet["name"]: sheet["cells"] for sheet in _parse(path, limits, "formulas")["sheets"]}


def _grid(sheet: dict[str, Any], file: str) -> Grid:
    return Grid(
        sheet["name"],
        sheet["rows"],
        frozenset(sheet["uncached"]),
        frozenset(sheet["errors"]),
        sheet["hidden"],
        tuple((a, b, c, d) for a, b, c, d in sheet["merges"]),
        frozenset(sheet["hidden_rows"]),
        frozenset(sheet["hidden_columns"]),
        frozenset(sheet["percent"]),
        file,
    )


def run_child(script: str, path: Path, limits: FileLimits, *more: str, given: str = "") -> str:
    """Run a script of this room on a file with limits on memory and time; returns what it printed.

    Raises CaseError when it fails, asks for a password, finds no text, or takes too long; OSError when it cannot write.
    """
    command = [sys.executable, "-I", str(Path(__file__).with_name(script)), str(path.resolve())]
    command += [str(limits.memory_megabytes), *more]
    try:
        done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=limits.seconds, check=False)
    except subprocess.TimeoutExpired as error:
        message = f"文件“{path.name}”在 {limits.seconds} 秒内没有读完"
        raise refuse(path, "file_too_slow", message, "只保留清单所在的工作表后再传") from error
    if done.returncode == PROTECTED:
        message = f"工作簿“{path.name}”设有打开密码，不能读取"
        raise refuse(path, "file_encrypted", message, "在 Excel 或 WPS 中取消密码后再传")
    if done.returncode == NOT_TEXT:
        message = f"文件“{path.name}”的文字编码不认识，不能读取"
        raise refuse(path, "file_encoding", message, "另存为 UTF-8 编码的 .csv 或 .xlsx 后再传")
    if done.returncode == NOT_WRITTEN:
        raise OSError(done.stderr.decode(errors="replace").strip() or path.name)
    if done.returncode != 0:
        message = f"文件“{path.name}”已损坏或格式不符，不能读取"
        raise refuse(path, "file_corrupt", message, "用 Excel 或 WPS 打开，另存为 .xlsx 后再传")
    return done.stdout.decode()


def write_copy(
    source: Source, target: Path, cells: dict[str, dict[str, Any]], marks: Any = None, tables: Any = None
) -> None:
    """A copy of a user's file: ``cells`` (by sheet and address, "" empties one) written, ``marks`` and ``tables`` put in.

    Formats, other sheets and stored results of formulas stay; ``.xls`` and ``.csv`` come back as an .xlsx of their values.
    Raises CaseError when the file cannot be read, OSError when the copy cannot be written.
    """
    job = {
        "target": str(target.resolve()), "marks": marks or {}, "tables": tables or [], "cells": cells,
        "grids": [] if source.kind == "xlsx" else [plain_grid(g) for g in source.grids],
    }  # fmt: skip
    run_child("marker.py", source.path, FileLimits.from_environment(), given=json.dumps(job, ensure_ascii=False))


def plain_grid(grid: Grid) -> dict[str, Any]:
    """A sheet as plain data for the marking child."""
    return {
        "name": grid.name,
        "rows": grid.rows,
        "merges": grid.merges,
        "percent": sorted(grid.percent),
        "hidden_rows": sorted(grid.hidden_rows),
        "hidden_columns": sorted(grid.hidden_columns),
    }


def _parse(path: Path, limits: FileLimits, what: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run_child("parser.py", path, limits, what))
    return found
