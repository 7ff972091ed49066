"""verify: an untouched result passes; whatever is changed afterwards fails with sheet and cell."""

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer.options import Options
from tests.books import write_book
from workbench.audit import audit
from workbench.verbs import open_and_plan

BOOK = {
    "项目": [
        [
            "项目编号",
            "项目名称",
            "总投资",
            "效益",
            "地区",
            "最早开工",
            "最晚开工",
            "需求:2026",
            "需求:2027",
            "安排方式",
            "最低满足率",
        ],
        ["P1", "甲", 500, 10, None, 2026, 2027, 300, 200, "全额", None],
        ["P2", "乙", 400, 9, "甲县", 2026, None, 400, None, "部分", "50%"],
        ["P3", "丙", 300, 4, "乙县", 2026, 2026, 300, None, "全额", None],
        ["P4", "丁", 900, 2, "乙县", 2026, 2026, 900, None, "全额", None],
    ],
    "资金": [["资金名称", "类型", "额度:2026", "额度:2027"], ["债", "专项债券", 400, 300], ["补", "补助", 400, 100]],
    "分摊": [["项目编号", "地区", "比例"], ["P1", "甲县", "60%"], ["P1", "乙县", "40%"]],
    "方案": [["项目编号", "方案", "总投资", "效益", "需求:2026"], ["P3", "大", 300, 4, 300], ["P3", "小", 100, 1, 100]],
    "规则": [["规则", "对象", "参数", "值"], ["region_quota", "地区=甲县", "上限占比", "70%"]],
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    case = write_book(folder / "case.xlsx", **BOOK)
    reading, outcome = open_and_plan(
        case, Options(second="", bans=("P4",), sets=("region_quota[地区=甲县].上限占比=80%",))
    )
    assert outcome is not None and outcome.solution.status == "optimal", reading.issues
    outcome.write(folder / "result.xlsx")
    return case, folder / "result.xlsx"


def tampered(pair, tmp_path: Path, change) -> set[str]:
    """Addresses that verify names after a change to the result."""
    case, result = pair
    copy = tmp_path / "changed.xlsx"
    shutil.copy(result, copy)
    book = load_workbook(copy)
    change(book)
    book.save(copy)
    found = audit(case, copy)
    assert not found.passed
    text = " ".join(i.message for i in found.issues)
    return {i.address for i in found.issues} | {
        word for word in text.replace("、", " ").replace("，对应", " ").split() if "!" in word
    }


def test_an_untouched_result_passes_also_after_a_round_trip(pair, tmp_path: Path) -> None:
    case, result = pair
    assert audit(case, result).passed
    load_workbook(result).save(tmp_path / "again.xlsx")
    assert audit(case, tmp_path / "again.xlsx").passed


def test_every_single_amount_is_guarded(pair, tmp_path: Path) -> None:
    page = load_workbook(pair[1])["安排明细"]
    for row in range(4, page.max_row):

        def change(book, row=row):
            book["安排明细"][f"G{row}"] = book["安排明细"][f"G{row}"].value + 0.01

        assert f"安排明细!G{row}" in tampered(pair, tmp_path, change), row


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "named"),
    [
        ("安排明细", "B4", "大", "安排明细!B4"),
        ("安排明细", "C4", 2026, None),
        ("安排明细", "D4", "没有", "安排明细!D4"),
        ("安排明细", "F4", "丙县", "安排明细!F4"),
        ("安排明细", "A4", "P9", "安排明细!A4"),
        ("安排明细", "H4", 1, None),
        ("资金安排建议表", "K4", 1, "资金安排建议表!K4"),
        ("资金安排建议表", "G4", 2030, "资金安排建议表!G4"),
        ("资金安排建议表", "B4", "改名", "资金安排建议表!B4"),
        ("分地区汇总表", "F4", 1, "分地区汇总表!F4"),
        ("约束校验表", "F8", 1, "约束校验表!F8"),
        ("未安排项目及原因表", "G4", "别的原因", "未安排项目及原因表!G4"),
    ],
)
def test_one_cell_changed(pair, tmp_path: Path, sheet, cell, value, named) -> None:
    found = tampered(pair, tmp_path, lambda book: book[sheet].__setitem__(cell, value))
    assert named is None or named in found
    assert any(address.startswith(sheet) or address.startswith("求解说明") for address in found)


def test_every_row_of_the_account_is_guarded(pair, tmp_path: Path) -> None:
    page = load_workbook(pair[1])["求解说明"]
    for row in range(4, page.max_row + 1):
        found = tampered(pair, tmp_path, lambda book, row=row: book["求解说明"].__setitem__(f"B{row}", "9"))
        assert f"求解说明!B{row}" in found or page[f"A{row}"].value == "案例校验码", (row, found)


def test_rows_and_sheets_taken_out_or_added(pair, tmp_path: Path) -> None:
    assert tampered(pair, tmp_path, lambda book: book["安排明细"].delete_rows(4))
    assert tampered(pair, tmp_path, lambda book: book.remove(book["分地区汇总表"]))
    assert tampered(pair, tmp_path, lambda book: book["资金安排建议表"].__setitem__("AZ9", "旁注"))


def test_another_case_is_refused(pair, tmp_path: Path) -> None:
    changed = {
        **BOOK,
        "资金": [
            ["资金名称", "类型", "额度:2026", "额度:2027"],
            ["债", "专项债券", 400, 301],
            ["补", "补助", 400, 100],
        ],
    }
    other = write_book(tmp_path / "other.xlsx", **changed)
    assert {i.sheet for i in audit(other, pair[1]).issues} >= {"求解说明"}


def test_totals_are_formulas_with_their_values(pair) -> None:
    live, stored = load_workbook(pair[1]), load_workbook(pair[1], data_only=True)
    page, values = live["资金安排建议表"], stored["资金安排建议表"]
    total = page.max_row
    assert page[f"A{total}"].value == "合计" and str(page[f"K{total}"].value).startswith("=SUM(")
    amounts = [values[f"K{r}"].value for r in range(4, total)]
    assert values[f"K{total}"].value == pytest.approx(sum(amounts))


def test_wide_sheets_pass_too(tmp_path: Path) -> None:
    """Nine funds over two years make 资金安排建议表 several pages wide: its unit stands with the notes."""
    book = {**BOOK, "资金": [BOOK["资金"][0], *[[f"资金{k}", "补助", 400, 200] for k in range(9)]]}
    case = write_book(tmp_path / "case.xlsx", **book)
    _, outcome = open_and_plan(case, Options(second=""))
    assert outcome is not None
    outcome.write(tmp_path / "result.xlsx")
    page = load_workbook(tmp_path / "result.xlsx")["资金安排建议表"]
    assert "单位：万元" in page["A2"].value
    assert audit(case, tmp_path / "result.xlsx").passed, audit(case, tmp_path / "result.xlsx").issues


def test_conclusions_must_fit_the_plan_even_with_a_code_of_their_own(pair, tmp_path: Path) -> None:
    """Rows forged with the right code, rows of another plan of the same case, and rows left out."""
    from reports.account import check_code, key_of

    def forge(**wanted: str):
        def change(book) -> None:
            page = book["求解说明"]
            values = {page.cell(r, 1).value: page.cell(r, 2).value for r in range(4, page.max_row + 1)}
            for row in range(4, page.max_row + 1):
                name = page.cell(row, 1).value
                if name in wanted:
                    page.cell(row, 2).value = wanted[name]
                    page.cell(row, 3).value = check_code(name, wanted[name], key_of(lambda n: values.get(n) or ""))

        return change

    for wanted in ({"上界": "1"}, {"差距": "3 %"}, {"目标值（约数）": "99"}, {"与打分排队相比": "本方案高 90 %"}):
        assert any(a.startswith("求解说明!") for a in tampered(pair, tmp_path, forge(**wanted))), wanted
    for name in ("状态", "差距", "上界", "独立复核"):

        def leave_out(book, name=name) -> None:
            page = book["求解说明"]
            row = next(r for r in range(4, page.max_row + 1) if page.cell(r, 1).value == name)
            page.delete_rows(row)

        assert any(a.startswith("求解说明!") for a in tampered(pair, tmp_path, leave_out)), name


def test_a_sheet_that_looks_like_one_of_ours_is_named_one_of_notes_is_not(pair, tmp_path: Path) -> None:
    assert "资金安排建议表(新)" in {
        a.partition("!")[0] for a in tampered(pair, tmp_path, lambda b: b.create_sheet("资金安排建议表(新)"))
    }
    case, result = pair
    book = load_workbook(result)
    book.create_sheet("会议记录")["A1"] = "同意"
    book.save(tmp_path / "notes.xlsx")
    assert audit(case, tmp_path / "notes.xlsx").passed


def test_a_total_that_shows_another_number_is_named(pair, tmp_path: Path) -> None:
    """The formula is right, the result stored with it is not: whoever opens the file without calculating sees it."""
    case, result = pair
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(result) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text, count = re.subn(rb"(<f>SUM\([^<]*</f><v>)[^<]*(</v>)", rb"\g<1>99999\2", text)
                assert count
            new.writestr(name, text)
    found = audit(case, path)
    assert len([i for i in found.issues if "99999" in i.message]) == count
