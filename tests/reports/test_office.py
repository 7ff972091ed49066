"""LibreOffice opens the result workbook and recalculates its totals to the same numbers."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from inputs.case.read import read_case
from inputs.samples import write_sample
from inputs.template import write_template
from optimizer.options import Options
from reports.briefing import write_briefing
from tests.books import write_book
from workbench.intake import open_intake
from workbench.verbs import open_and_plan

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A function that recalculates a workbook; skipped where LibreOffice is missing."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    home = tmp_path_factory.mktemp("office")
    (home / "user").mkdir()
    (home / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")

    def recalculate(path: Path, folder: Path) -> Path:
        command = [
            program,
            f"-env:UserInstallation=file://{home}",
            "--headless",
            "--norestore",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            folder,
            path,
        ]
        subprocess.run([str(c) for c in command], check=True, capture_output=True, timeout=120)
        return folder / path.name

    return recalculate


def test_the_canary_dies(office, tmp_path: Path) -> None:
    """A planted wrong value must be recalculated, or this whole file proves nothing."""
    with xlsxwriter.Workbook(str(tmp_path / "c.xlsx")) as book:
        book.add_worksheet().write_formula(0, 0, "=SUM(1,2,3)", None, 999)
    out = tmp_path / "out"
    out.mkdir()
    assert load_workbook(office(tmp_path / "c.xlsx", out), data_only=True).active["A1"].value == 6


def test_totals_recalculate_to_the_same(office, tmp_path: Path) -> None:
    write_sample("mini", tmp_path / "case.xlsx")
    _, outcome = open_and_plan(tmp_path / "case.xlsx", Options(second=""))
    outcome.write(tmp_path / "result.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    again = load_workbook(office(tmp_path / "result.xlsx", out), data_only=True)
    first = load_workbook(tmp_path / "result.xlsx", data_only=True)
    formulas = load_workbook(tmp_path / "result.xlsx")
    checked = 0
    for page in formulas.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    checked += 1
                    assert again[page.title][cell.coordinate].value == pytest.approx(
                        first[page.title][cell.coordinate].value
                    )
    assert checked > 20


def test_template_opens(office, tmp_path: Path) -> None:
    from inputs.template import write_template

    write_template(tmp_path / "t.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    assert "项目" in load_workbook(office(tmp_path / "t.xlsx", out)).sheetnames


@pytest.fixture(scope="module")
def convert(office, tmp_path_factory):
    """A function that converts a document to another kind."""

    def run(path: Path, kind: str, folder: Path) -> Path:
        home = tmp_path_factory.mktemp("writer")
        command = [
            "soffice",
            f"-env:UserInstallation=file://{home}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return folder / f"{path.stem}.{kind}"

    return run


def test_the_briefing_becomes_a_pdf_of_some_pages(convert, tmp_path: Path) -> None:
    write_sample("mini", tmp_path / "c.xlsx")
    _, outcome = open_and_plan(tmp_path / "c.xlsx", Options(second=""))
    assert outcome is not None
    write_briefing(tmp_path / "b.docx", outcome.plan, outcome.account())
    content = convert(tmp_path / "b.docx", "pdf", tmp_path).read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    assert content.startswith(b"%PDF") and pages >= 4


def test_the_template_opens_with_its_dropdowns(office, tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    book = load_workbook(office(tmp_path / "t.xlsx", out))
    ours = load_workbook(tmp_path / "t.xlsx")
    for page in ours.worksheets:
        lists = [v for v in page.data_validations.dataValidation if v.type == "list"]
        kept = [v for v in book[page.title].data_validations.dataValidation if v.type == "list"]
        assert len(kept) >= len({str(v.sqref) for v in lists}) - 1, page.title
        assert page.freeze_panes or page.sheet_state == "hidden", page.title
    assert book["项目"].protection.sheet and book["项目"]["C1"].protection.locked
    assert not book["项目"]["C2"].protection.locked
    assert read_case(tmp_path / "t.xlsx").case is not None


def test_an_annotated_list_opens(office, tmp_path: Path) -> None:
    raw = write_book(
        tmp_path / "清单.xlsx",
        储备=[["序号", "项目名称", "总投资（万元）"], [1, "甲道路", "约100"], [2, "乙道路", 200]],
    )
    intake = open_intake([(raw, raw.name)])
    intake.annotate(intake.opened.sources[0], tmp_path / "a.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    book = load_workbook(office(tmp_path / "a.xlsx", out))
    assert book.sheetnames[0] == "问题清单" and "约100" in book["储备"]["C2"].comment.text
