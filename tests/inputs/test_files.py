"""Files that are no case: one clear Chinese sentence each, and quickly."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from inputs.case.read import read_case
from inputs.files.limits import FileLimits
from inputs.files.workbook import load_grids
from models.issue import CaseError
from tests.books import SMALL, write_book


def sentence(path: Path, code: str) -> None:
    reading = read_case(path)
    assert reading.case is None
    assert [i.code for i in reading.errors] == [code]
    assert any("一" <= ch <= "鿿" for ch in reading.errors[0].message) and reading.errors[0].remedy


def test_missing_empty_text_and_corrupt(tmp_path: Path) -> None:
    sentence(tmp_path / "nothing.xlsx", "file_missing")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    sentence(tmp_path / "empty.xlsx", "file_empty")
    (tmp_path / "text.xlsx").write_text("项目编号,项目名称", encoding="utf-8")
    sentence(tmp_path / "text.xlsx", "not_a_workbook")
    whole = write_book(tmp_path / "good.xlsx", **SMALL).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    sentence(tmp_path / "cut.xlsx", "not_a_workbook")
    middle = bytearray(whole)
    middle[200:260] = b"\x00" * 60
    (tmp_path / "bent.xlsx").write_bytes(bytes(middle))
    assert read_case(tmp_path / "bent.xlsx").case is None


def test_another_kind_of_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("readme.txt", "x")
    sentence(tmp_path / "z.xlsx", "not_a_workbook")


def test_encrypted(tmp_path: Path) -> None:
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600
    (tmp_path / "e.xlsx").write_bytes(body)
    sentence(tmp_path / "e.xlsx", "file_encrypted")


def test_a_cell_at_the_far_corner(tmp_path: Path) -> None:
    book = Workbook()
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "far.xlsx")
    sentence(tmp_path / "far.xlsx", "range_too_large")


def test_a_bomb(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", **SMALL)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", b"\x00" * (320 * 2**20))
    sentence(path, "file_too_large")


def test_too_large_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_book(tmp_path / "c.xlsx", **SMALL)
    monkeypatch.setenv("FUNDOPT_MAX_ROWS", "2")
    sentence(path, "range_too_large")
    assert FileLimits.from_environment().rows == 2
    with pytest.raises(CaseError):
        load_grids(path, FileLimits(columns=1))


def test_empty_sheets_and_missing_sheets(tmp_path: Path) -> None:
    path = write_book(tmp_path / "c.xlsx", 项目=[], 资金=SMALL["资金"])
    assert "header_missing" in {i.code for i in read_case(path).errors}
    assert {i.code for i in read_case(write_book(tmp_path / "d.xlsx", 别的=[["a"]])).errors} == {"sheet_missing"}


def test_formulas_stay_text_and_names_are_taken_as_they_are(tmp_path: Path) -> None:
    rows = [["项目编号", "项目名称", "总投资"], ["P1", "'=cmd|calc", 5]]
    case = read_case(write_book(tmp_path / "c.xlsx", 项目=rows, 资金=SMALL["资金"])).case
    assert case is not None and case.projects[0].name == "=cmd|calc"
