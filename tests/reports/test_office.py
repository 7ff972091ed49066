"""LibreOffice opens the result workbook and recalculates its totals to the same numbers."""

import shutil
import subprocess
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from inputs.samples import write_sample
from optimizer.options import Options
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
