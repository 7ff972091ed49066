"""Zipped workbooks (.xlsx, .xlsm, .xlsb): values by calamine, the rest by one look at the sheet XML."""

from __future__ import annotations

import datetime
import re
import zipfile
from typing import Any

from python_calamine import CalamineWorkbook

PREFIX = rb"<(?:\w+:)?"
UNCACHED = re.compile(
    PREFIX
    + rb'c r="([A-Z]+[0-9]+)"[^>]*>\s*<(?:\w+:)?f[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>'
)
ERROR = re.compile(PREFIX + rb'c r="([A-Z]+[0-9]+)"[^>]*\bt="e"')
MERGE = re.compile(PREFIX + rb'mergeCell\s[^>]*?\bref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
ROW = re.compile(PREFIX + rb'row\s[^>]*?\bhidden="(?:1|true)"[^>]*>')
ROW_NUMBER = re.compile(rb'\br="([0-9]+)"')
COLUMN = re.compile(PREFIX + rb'col\s[^>]*?\bhidden="(?:1|true)"[^>]*>')
STYLED = rb'c r="([A-Z]+[0-9]+)"[^>]*?\bs="(?:%s)"'
DROPPED = (
    ("xl/vbaProject.bin", "宏"),
    ("xl/externalLinks/", "外部链接"),
    ("xl/embeddings/", "嵌入对象"),
    ("xl/connections.xml", "数据连接"),
)
LITERAL = re.compile(rb"&quot;.*?&quot;|\\.")
"""What a number format shows as it stands: a percent sign in it does not multiply."""
PICTURES = (("xl/charts/", "图表"), ("xl/drawings/drawing", "图形"))


def sheets(path: str) -> dict[str, Any]:
    """Values and facts of every sheet, in the order of the tabs."""
    book, found = CalamineWorkbook.from_path(path), []
    with zipfile.ZipFile(path) as archive:
        parts = members(archive)
        percents = _percent_styles(archive)
        for meta in book.sheets_metadata:
            if "WorkSheet" not in str(meta.typ):
                continue
            rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            text = archive.read(parts[meta.name]) if meta.name in parts else b""
            found.append(
                {
                    "name": meta.name,
                    "hidden": not str(meta.visible).endswith(".Visible"),
                    "rows": [[plain(value) for value in row] for row in rows],
                    **_facts(text, percents),
                }
            )
        notes = _notes(archive)
    return {"kind": "xlsx", "notes": notes, "sheets": found}


def formulas(path: str) -> dict[str, Any]:
    """Cells of every sheet by address: value, or {"formula": text, "value": what is stored as its result}."""
    from openpyxl import load_workbook

    found, stored = [], CalamineWorkbook.from_path(path)
    for page in load_workbook(path, data_only=False).worksheets:
        cells: dict[str, Any] = {}
        results = stored.get_sheet_by_name(page.title).to_python(skip_empty_area=False)
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None:
                    if cell.data_type != "f":
                        cells[cell.coordinate] = plain(cell.value)
                        continue
                    inside = cell.row <= len(results) and cell.column <= len(results[cell.row - 1])
                    result = plain(results[cell.row - 1][cell.column - 1]) if inside else None
                    cells[cell.coordinate] = {"formula": str(cell.value), "value": result}
        found.append({"name": page.title, "cells": cells})
    return {"sheets": found}


def plain(value: Any) -> Any:
    """A cell value as JSON can carry it; empty text is no value."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return {"date": str(value)}
    return None if value == "" else value


def _facts(text: bytes, percents: bytes) -> dict[str, Any]:
    """What calamine does not tell; a pattern runs only over a sheet that holds its key word at all."""
    percent = re.compile(PREFIX + STYLED % percents).findall(text) if percents else []
    hidden = b"hidden=" in text
    rows = ROW.findall(text) if hidden else []
    return {
        "uncached": [m.decode() for m in UNCACHED.findall(text)] if b"f>" in text or b"f/>" in text else [],
        "errors": [m.decode() for m in ERROR.findall(text)] if b't="e"' in text else [],
        "merges": [_range(m) for m in MERGE.findall(text)] if b"mergeCell" in text else [],
        "hidden_rows": [int(m.group(1)) for tag in rows if (m := ROW_NUMBER.search(tag))],
        "hidden_columns": [n for tag in COLUMN.findall(text) for n in _span(tag)] if hidden else [],
        "percent": [m.decode() for m in percent],
    }


def _range(found: tuple[bytes, ...]) -> list[int]:
    """First row, first column, last row, last column, counted from 0."""
    left, top, right, bottom = found
    return [int(top) - 1, _number(left) - 1, int(bottom) - 1, _number(right) - 1]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _span(tag: bytes) -> range:
    first, last = re.search(rb'\bmin="([0-9]+)"', tag), re.search(rb'\bmax="([0-9]+)"', tag)
    if first is None or last is None:
        return range(0)
    return range(int(first.group(1)), min(int(last.group(1)), 16_384) + 1)


def _percent_styles(archive: zipfile.ZipFile) -> bytes:
    """Positions of the cell styles that show percent, as alternatives of a pattern."""
    if "xl/styles.xml" not in archive.namelist():
        return b""
    text = archive.read("xl/styles.xml")
    formats = re.findall(PREFIX + rb'numFmt\s[^>]*?numFmtId="([0-9]+)"[^>]*?formatCode="([^"]*)"', text)
    wanted = {b"9", b"10", *(number for number, code in formats if b"%" in LITERAL.sub(b"", code))}
    block = re.search(PREFIX + rb"cellXfs[ >].*?</(?:\w+:)?cellXfs>", text, re.DOTALL)
    styles = re.findall(PREFIX + rb'xf\s[^>]*?numFmtId="([0-9]+)"', block.group(0)) if block else []
    return b"|".join(str(i).encode() for i, number in enumerate(styles) if number in wanted)


def _notes(archive: zipfile.ZipFile) -> list[str]:
    """What the workbook carries that is not read, or not kept in an annotated copy."""
    names = archive.namelist()
    return [word for part, word in (*DROPPED, *PICTURES) if any(name.startswith(part) for name in names)]


def members(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive member of every sheet by sheet name."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    parts = dict(_relations(links))
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", book):
        name, link = re.search(r'\bname="([^"]*)"', tag), re.search(r'\b(?:\w+:)?id="([^"]*)"', tag)
        part = parts.get(link.group(1), "") if link else ""
        part = part.lstrip("/") if part.startswith("/") else "xl/" + part
        if name and part in names:
            found[_unescape(name.group(1))] = part
    return found


def _relations(links: str) -> list[tuple[str, str]]:
    pairs = []
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", links):
        key, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'\bTarget="([^"]*)"', tag)
        if key and target:
            pairs.append((key.group(1), target.group(1)))
    return pairs


def _unescape(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text
