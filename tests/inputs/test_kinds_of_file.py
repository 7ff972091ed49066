"""Every kind of file that bureaus send: values, merges, hidden rows, faults – or one sentence."""

from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook

from inputs.case.read import read_case
from inputs.files.workbook import load_source
from inputs.lists.opening import open_lists
from inputs.samples import write_sample
from models.issue import CaseError


def test_facts_of_a_new_workbook(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page.title = "甲&乙"
    page["A1"], page["B2"], page["C3"] = "标题", 0.2, "=1+1"
    page["B2"].number_format = "0%"
    page.merge_cells("A1:C1")
    page.row_dimensions[2].hidden = True
    page.column_dimensions["B"].hidden = True
    page["D4"] = "#REF!"
    page["D4"].data_type = "e"
    book.create_sheet("藏").sheet_state = "hidden"
    book.create_sheet("深藏").sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    grid, *others = load_source(tmp_path / "a.xlsx").grids
    assert [grid.hidden, *(g.hidden for g in others)] == [False, True, True]
    assert (grid.name, grid.merges, grid.hidden_rows, grid.hidden_columns) == ("甲&乙", ((0, 0, 0, 2),), {2}, {2})
    assert (grid.percent, grid.uncached, grid.errors) == ({"B2"}, {"C3"}, {"D4"})


def test_facts_of_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("老表")
    page.write_merge(0, 0, 0, 2, "标题")
    page.write(1, 1, 0.2, xlwt.easyxf(num_format_str="0.00%"))
    page.write(2, 0, 45352, xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    page.write(2, 1, True)
    page.row(1).hidden = True
    book.add_sheet("藏").visibility = 1
    book.save(str(tmp_path / "a.xls"))
    source = load_source(tmp_path / "a.xls")
    grid = source.grids[0]
    assert source.kind == "xls" and [g.hidden for g in source.grids] == [False, True]
    assert (grid.merges, grid.hidden_rows, grid.percent) == (((0, 0, 0, 2),), {2}, {"B2"})
    assert grid.rows[2][:2] == [{"date": "2024-03-01 00:00:00"}, True]


def test_a_case_in_the_old_format_is_read(tmp_path: Path) -> None:
    write_sample("mini", tmp_path / "c.xlsx")
    new = read_case(tmp_path / "c.xlsx")
    book = xlwt.Workbook()
    for grid in load_source(tmp_path / "c.xlsx").grids:
        page = book.add_sheet(grid.name)
        for r, row in enumerate(grid.rows):
            for c, value in enumerate(row):
                if value is not None:
                    page.write(r, c, value)
    book.save(str(tmp_path / "c.xls"))
    old = read_case(tmp_path / "c.xls")
    assert new.case is not None and old.case_sha256 == new.case_sha256


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "清单.csv"
    path.write_text(f"项目名称{delimiter}总投资\n甲道路{delimiter}100\n\n乙{delimiter}\n", encoding=encoding)
    (grid,) = load_source(path).grids
    assert grid.name == "清单" and grid.rows == [["项目名称", "总投资"], ["甲道路", "100"], [None, None], ["乙", None]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"\xff\x00\x01\x02" * 50),
        ("a.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("a.et", b"PK something else"),
        ("a.xls", b"<html><table>"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CaseError) as told:
        load_source(tmp_path / name)
    (issue,) = told.value.issues
    assert any("一" <= ch <= "鿿" for ch in issue.message) and issue.remedy


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("序号,项目名称,总投资（万元）\n1,甲道路,100\n", encoding="utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"x")
    opened = open_lists([(tmp_path / "b.xlsx", "b.xlsx"), (tmp_path / "a.csv", "a.csv")])
    assert len(opened.sources) == 1 and [i.file for i in opened.issues] == ["b.xlsx"]


def test_macros_and_links_are_named(tmp_path: Path) -> None:
    import zipfile

    write_sample("mini", tmp_path / "c.xlsx")
    with zipfile.ZipFile(tmp_path / "c.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<x/>")
    assert load_source(tmp_path / "c.xlsx").carries[:2] == ("宏", "外部链接")
