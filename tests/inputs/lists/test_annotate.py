"""The user's own file back: marked, and otherwise as it was."""

from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.comments import Comment

from inputs.files.workbook import load_source
from inputs.lists.annotate import annotate_case, annotate_list, scrub_file
from inputs.lists.opening import open_lists
from inputs.lists.reading import read_lists
from inputs.samples import write_sample
from tests.inputs.lists.dirt import Sheet, write_xls


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A list as Excel keeps it: formats, widths, merges, formulas with results, another sheet, a comment."""
    path = tmp_path / "清单.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as made:
        page = made.add_worksheet("储备清单")
        bold = made.add_format({"bold": True, "num_format": "#,##0.00"})
        page.merge_range(0, 0, 0, 5, "某市储备清单", bold)
        page.write_row(1, 0, ["序号", "项目名称", "县区", "总投资（万元）", "联系电话", "备注"])
        page.write_row(2, 0, [1, "甲道路", "环县", "约100", "13812345678", "=1+1"])
        page.write_row(3, 0, [2, "乙道路", "环县"])
        page.write_formula(3, 3, "=100*2", bold, 200)
        page.write(3, 5, "张工 13912345678")
        page.set_column(1, 1, 33)
        other = made.add_worksheet("其他")
        other.write(0, 0, "保留")
        other.write_formula(1, 0, "='储备清单'!D4", None, 200)
        other.write_formula(2, 0, '="文"&"字"', None, "文字")
    kept = load_workbook(path)
    kept["储备清单"]["D3"].comment = Comment("原来的批注", "甲")
    kept.save(path)
    return path


def marked(path: Path, target: Path):
    opened = open_lists([(path, path.name)])
    reading = read_lists(opened)
    annotate_list(opened.sources[0], reading, reading.issues, target)
    return load_workbook(target), reading


def test_findings_are_coloured_commented_and_linked(book: Path, tmp_path: Path) -> None:
    found, reading = marked(book, tmp_path / "a.xlsx")
    assert found.sheetnames == ["问题清单", "储备清单", "其他", "读取报告_行", "读取报告_改动", "读取报告_合计"]
    cell = found["储备清单"]["D3"]
    assert cell.value == "约100" and cell.fill.start_color.rgb == "FFF3C6C2"
    assert cell.comment.text.startswith("原来的批注\n【错误】") and "约" in cell.comment.text
    rows = list(found["问题清单"].iter_rows(min_row=4, values_only=True))
    assert len(rows) == len(reading.issues)
    row = next(n for n, r in enumerate(rows, start=4) if r[3] == "D3")
    assert found["问题清单"].cell(row, 4).hyperlink.location == "'储备清单'!D3"


def test_everything_else_is_kept(book: Path, tmp_path: Path) -> None:
    found, _ = marked(book, tmp_path / "a.xlsx")
    before = load_workbook(book)
    for name in before.sheetnames:
        for row in before[name].iter_rows():
            for cell in row:
                same = found[name][cell.coordinate]
                if cell.coordinate not in ("E3", "F4"):
                    assert (
                        same.value == cell.value
                        and same.number_format == cell.number_format
                        and same.font.bold == cell.font.bold
                    )
    assert found["储备清单"].merged_cells.ranges == before["储备清单"].merged_cells.ranges
    assert found["储备清单"].column_dimensions["B"].width == before["储备清单"].column_dimensions["B"].width


def test_formulas_keep_their_results(book: Path, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "f.xlsx")) as made:
        page = made.add_worksheet("清单")
        page.write_row(0, 0, ["序号", "项目名称", "总投资（万元）", "备注"])
        page.write_row(1, 0, [1, "甲道路"])
        page.write_formula(1, 2, "=100*2", None, 200)
        page.write_formula(1, 3, '="<文>"&"字"', None, "<文>字")
    marked(tmp_path / "f.xlsx", tmp_path / "a.xlsx")
    values, formulas = (
        load_workbook(tmp_path / "a.xlsx", data_only=True)["清单"],
        load_workbook(tmp_path / "a.xlsx")["清单"],
    )
    assert (values["C2"].value, values["D2"].value, formulas["C2"].value) == (200, "<文>字", "=100*2")
    again = read_lists(open_lists([(tmp_path / "a.xlsx", "a.xlsx")]))
    assert "formula_uncached" not in {i.code for i in again.issues}


def test_contacts_are_in_no_output(book: Path, tmp_path: Path) -> None:
    marked(book, tmp_path / "a.xlsx")
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        text = b"".join(archive.read(n) for n in archive.namelist()).decode("utf-8", "replace")
    assert "13812345678" not in text and "13912345678" not in text
    opened = open_lists([(book, book.name)])
    scrub_file(opened.sources[0], opened.sheets, tmp_path / "s.xlsx")
    sheet = load_workbook(tmp_path / "s.xlsx")["储备清单"]
    assert sheet["E3"].value is None and sheet["B3"].value == "甲道路" and "〔个人信息略〕" in sheet["F4"].value


@pytest.mark.parametrize("kind", ["xls", "csv"])
def test_old_and_text_files_come_back_as_xlsx(tmp_path: Path, kind: str) -> None:
    rows = [["序号", "项目名称", "县区", "总投资（万元）"], [1, "甲道路", "环县", "约100"], [2, "=乙道路", "环县", 200]]
    path = tmp_path / f"清单.{kind}"
    if kind == "xls":
        write_xls(path, [Sheet("清单", rows, [], {3})])
    else:
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="gb18030")
    found, _ = marked(path, tmp_path / "a.xlsx")
    page = found["清单"]
    assert page["D2"].comment is not None and page["B3"].value == "=乙道路" and page["B3"].data_type == "s"
    assert page["D3"].value == (200 if kind == "xls" else "200")
    assert page.row_dimensions[3].hidden == (kind == "xls")


def test_a_case_workbook_is_marked_too(tmp_path: Path) -> None:
    from openpyxl import load_workbook as load

    from workbench.intake import annotate_workbook

    write_sample("mini", tmp_path / "c.xlsx")
    book = load(tmp_path / "c.xlsx")
    book["项目"]["E2"] = "约5"
    book.save(tmp_path / "c.xlsx")
    reading = annotate_workbook(tmp_path / "c.xlsx", tmp_path / "a.xlsx")
    assert reading.case is None
    assert "约5" in load(tmp_path / "a.xlsx")["项目"]["E2"].comment.text
    annotate_case(load_source(tmp_path / "c.xlsx"), [], tmp_path / "b.xlsx")
    assert load(tmp_path / "b.xlsx").sheetnames[0] == "问题清单"
