"""Everything that a plan is handed over as: workbook, briefing, parts for counties and departments, publication, CSV."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from inputs.case.read import read_case
from inputs.case.result import Record, load_result, read_plan
from models.build import build
from models.verify import verify
from optimizer.explain import explain
from optimizer.options import apply_options
from reports.account import Account
from reports.briefing import write_briefing
from reports.charts.flow import flow_chart
from reports.charts.look import Look, png
from reports.charts.money import category_chart, region_chart, year_chart
from reports.charts.regions import share_chart, tile_chart
from reports.charts.timeline import timeline_chart
from reports.contents import result_tables
from reports.csv_tables import csv_of
from reports.editions import county_editions, department_editions, public_edition
from reports.table import Plan, ResultTable
from reports.workbook import write_tables
from workbench.audit import options_of

RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
"""Names of devices on Windows, no file's."""
WIDE = 900
"""Width of a picture in pixels before doubling for print."""


def safe_name(text: str) -> str:
    """A name that may be a file's: without separators and control characters, never a path."""
    name = re.sub(r"[\\/:*?\"<>|\x00-\x1f]", "_", text).strip(". ")[:80].strip(". ") or "未命名"
    return f"{name}_" if RESERVED.fullmatch(name.partition(".")[0]) else name


def _own_name(text: str, taken: set[str]) -> str:
    """A safe name that no other file of the folder has, on systems that do not tell capitals apart either."""
    name, number = safe_name(text), 1
    while name.casefold() in taken:
        number += 1
        name = f"{safe_name(text)}({number})"
    taken.add(name.casefold())
    return name


def deliverables(plan: Plan, account: Account) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Relative names of the files beside the result workbook, each with what writes it."""
    yield "汇报材料.docx", lambda path: write_briefing(path, plan, account)
    yield "资金安排公示表.xlsx", lambda path: write_tables(path, public_edition(plan))
    for folder, editions in (("分地区", county_editions(plan)), ("分部门", department_editions(plan))):
        taken: set[str] = set()
        for name, tables in editions:
            yield f"{folder}/{_own_name(name, taken)}.xlsx", _workbook(tables)
    for name, chart in pictures(plan):
        yield f"图/{name}.png", _picture(chart)
    for table in result_tables(plan):
        yield f"数据/{table.name}.csv", _csv(table)


def pictures(plan: Plan) -> Iterator[tuple[str, Any]]:
    """Names and charts that go out as pictures."""
    look = Look()
    yield "分地区安排", region_chart(plan)
    yield "各地区安排额", tile_chart(plan, look)
    yield "分年度安排", year_chart(plan)
    yield "分领域申请与安排", category_chart(plan)
    yield "资金流向", flow_chart(plan, look)
    yield "分年度资金安排", timeline_chart(plan, look)
    for _, policy in plan.case.policies_of("people_money")[:1]:
        yield "人口份额与资金份额", share_chart(plan, policy, look)


def _picture(chart: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(png(chart, WIDE))

    return write


def _workbook(tables: tuple[ResultTable, ...]) -> Callable[[Path], None]:
    return lambda path: write_tables(path, tables)


def _csv(table: ResultTable) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(csv_of(table))

    return write


def export_all(folder: Path, plan: Plan, account: Account) -> list[Path]:
    """Write every deliverable into a folder; returns the files."""
    written = []
    for name, write in deliverables(plan, account):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
        written.append(path)
    return written


def written(write: Callable[[Path], None], suffix: str) -> bytes:
    """What a writer puts into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        write(path)
        return path.read_bytes()


def archive(plan: Plan, account: Account, part: str = "") -> bytes:
    """The deliverables (or those whose name begins with ``part``) as a zip file."""
    content = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, (name, write) in enumerate(deliverables(plan, account)):
            if name.startswith(part):
                path = Path(folder) / f"{number}{Path(name).suffix}"
                write(path)
                packed.write(path, name)
    return content.getvalue()


def plan_of_result(case_path: Path, result_path: Path) -> tuple[Plan, Account]:
    """The plan of a result workbook that has passed ``verify``, with its account."""
    record: Record = load_result(result_path)
    options = options_of(record)
    reading = read_case(case_path, options.sets, options.locks, options.bans)
    assert reading.case is not None
    case = apply_options(reading.case, replace(options, policies=reading.policies))
    allocation, _ = read_plan(record, case)
    reasons = tuple(explain(build(case), allocation))
    account = Account(tuple((row.name, row.value) for row in record.account))
    return Plan(case, allocation, verify(case, allocation), reasons), account
