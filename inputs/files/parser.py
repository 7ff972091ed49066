"""The child process that parses a workbook: prints its cells as JSON and ends.

Run by ``workbook.py`` with limits on memory and time, after the size guard. Standard library and
calamine only.
"""

import datetime
import json
import re
import sys
import zipfile
from typing import Any

from python_calamine import CalamineWorkbook

UNCACHED = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')

ERROR = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*\bt="e"')


def main(path: str, memory_megabytes: int) -> None:
    """Print {"sheets": [{name, hidden, rows, uncached, errors}]}."""
    _limit_memory(memory_megabytes)
    book = CalamineWorkbook.from_path(path)
    parts = _sheet_parts(path)
    sheets = []
    for meta in book.sheets_metadata:
        rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
        sheets.append(
            {
                "name": meta.name,
                "hidden": "Visible" not in str(meta.visible),
                "rows": [[_plain(value) for value in row] for row in rows],
                "uncached": [m.decode() for m in UNCACHED.findall(parts.get(meta.name, b""))],
                "errors": [m.decode() for m in ERROR.findall(parts.get(meta.name, b""))],
            }
        )
    json.dump({"sheets": sheets}, sys.stdout, ensure_ascii=False)


def formulas(path: str, memory_megabytes: int) -> None:
    """Print {"sheets": [{name, cells: {address: value or {"formula": text}}}]} with formulas as written."""
    from openpyxl import load_workbook

    _limit_memory(memory_megabytes)
    sheets = []
    for page in load_workbook(path, data_only=False).worksheets:
        cells = {}
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None:
                    formula = cell.data_type == "f"
                    cells[cell.coordinate] = {"formula": str(cell.value)} if formula else _plain(cell.value)
        sheets.append({"name": page.title, "cells": cells})
    json.dump({"sheets": sheets}, sys.stdout, ensure_ascii=False)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return {"date": str(value)}
    return None if value == "" else value


def _sheet_parts(path: str) -> dict[str, bytes]:
    """The XML of every sheet by sheet name; empty for .xls."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
            return {}
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        parts = dict(_relations(links))
        found: dict[str, bytes] = {}
        for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", book):
            name, link = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
            part = parts.get(link.group(1), "") if link else ""
            part = part.lstrip("/") if part.startswith("/") else "xl/" + part
            if name and part in names:
                found[_unescape(name.group(1))] = archive.read(part)
    return found


def _relations(links: str) -> list[tuple[str, str]]:
    pairs = []
    for tag in re.findall(r"<Relationship\s[^>]*>", links):
        key, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'\bTarget="([^"]*)"', tag)
        if key and target:
            pairs.append((key.group(1), target.group(1)))
    return pairs


def _unescape(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


if __name__ == "__main__":
    (formulas if sys.argv[3] == "formulas" else main)(sys.argv[1], int(sys.argv[2]))
