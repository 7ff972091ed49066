"""The guard before any parser: kind and size of a file, its cell references, no bombs, no passwords."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from inputs.files.letters import column_number
from inputs.files.limits import FileLimits
from models.issue import CaseError, Issue

CELL = re.compile(rb'<(?:\w+:)?(c|row)\s[^>]*?\br="([A-Z]{0,3})([0-9]{1,9})"')
ROWS = re.compile(rb' r="[A-Z]{0,3}([0-9]{1,9})"')
COLUMNS = re.compile(rb' r="([A-Z]{1,3})[0-9]')
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CHUNK = 1 << 20
TEXT_SUFFIXES = (".csv", ".tsv")
Format = Literal["zip", "ole", "text"]


def refuse(path: Path, code: str, message: str, remedy: str) -> CaseError:
    """A refusal of the whole file."""
    return CaseError([Issue(code, "error", path.name, "", "", message, remedy)])


def check_file(path: Path, limits: FileLimits) -> Format:
    """The kind of file by its content. Raises CaseError for what is no readable list or workbook of reasonable size."""
    if not path.is_file():
        raise refuse(path, "file_missing", f"找不到文件“{path.name}”", "检查文件名和所在文件夹")
    size = path.stat().st_size
    if size == 0:
        raise refuse(path, "file_empty", f"文件“{path.name}”是空的", "重新导出工作簿后再传")
    if size > limits.megabytes * 2**20:
        message = f"文件“{path.name}”超过 {limits.megabytes} MB 的上限，没有读取"
        raise refuse(path, "file_too_large", message, "只保留清单所在的工作表后再传")
    with path.open("rb") as file:
        head = file.read(8)
    if head == OLE:
        _guard_ole(path)
        return "ole"
    if path.suffix.lower() in TEXT_SUFFIXES:
        return "text"
    if not zipfile.is_zipfile(path):
        raise refuse(
            path,
            "not_a_workbook",
            f"文件“{path.name}”不是 Excel 工作簿或已损坏",
            "用 Excel 或 WPS 打开，另存为 .xlsx 后再传",
        )
    _guard_zip(path, limits)
    return "zip"


def _guard_ole(path: Path) -> None:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise refuse(
            path, "file_encrypted", f"工作簿“{path.name}”设有打开密码，不能读取", "在 Excel 或 WPS 中取消密码后再传"
        )
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise refuse(
            path, "not_a_workbook", f"文件“{path.name}”不是 Excel 工作簿", "用 Excel 或 WPS 打开，另存为 .xlsx 后再传"
        )


def _guard_zip(path: Path, limits: FileLimits) -> None:
    """Unpack every member once, counting real bytes, and look at cell references before any parser."""
    too_large = refuse(
        path, "file_too_large", f"文件“{path.name}”展开后超过上限，没有读取", "只保留清单所在的工作表后再传"
    )
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
                raise refuse(
                    path,
                    "not_a_workbook",
                    f"文件“{path.name}”不是 Excel 工作簿",
                    "用 Excel 或 WPS 打开，另存为 .xlsx 后再传",
                )
            sheets = [n for n in names if n.startswith("xl/worksheets/") and n.endswith(".xml")]
            if len(sheets) > limits.sheets:
                raise too_large
            total = 0
            for name in names:
                total += _member_size(archive, name, path, limits, name in sheets, total)
                if total > limits.unpacked_megabytes * 2**20:
                    raise too_large
            if total > 2**22 and total > limits.ratio * path.stat().st_size:
                raise too_large
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise refuse(
            path, "file_corrupt", f"文件“{path.name}”已损坏，不能读取", "用 Excel 或 WPS 打开，另存为新文件后再传"
        ) from error


def _member_size(
    archive: zipfile.ZipFile, name: str, path: Path, limits: FileLimits, is_sheet: bool, before: int
) -> int:
    size, tail = 0, b""
    with archive.open(name) as member:
        while chunk := member.read(CHUNK):
            size += len(chunk)
            if before + size > limits.unpacked_megabytes * 2**20:
                break
            if is_sheet:
                tail = _check_references(tail + chunk, path, limits)
    return size


def _check_references(text: bytes, path: Path, limits: FileLimits) -> bytes:
    rows, columns = set(ROWS.findall(text)), set(COLUMNS.findall(text))
    if any(int(r) > limits.rows for r in rows) or any(column_number(c.decode()) > limits.columns for c in columns):
        where = next((m for m in CELL.finditer(text) if _beyond(m, limits)), None)
        place = f"在 {where.group(2).decode()}{int(where.group(3))} 处" if where else ""
        message = f"文件“{path.name}”{place}还有内容，超出 {limits.rows:,} 行、{limits.columns:,} 列的上限，没有读取"
        raise refuse(path, "range_too_large", message, "删去清单以外的行列（含格式）后再传")
    return text[-200:]


def _beyond(match: re.Match[bytes], limits: FileLimits) -> bool:
    return int(match.group(3)) > limits.rows or column_number(match.group(2).decode()) > limits.columns
