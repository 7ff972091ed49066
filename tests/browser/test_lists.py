"""A dirty list in a real browser: upload, confirm columns, correct a cell, funds, case, plan; the marked copy re-read."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.books import write_book
from tests.browser.on_page import english, open_cell, solve

pytestmark = pytest.mark.browser
LIST = [
    ["某市2026年储备清单"],
    ["序号", "项目名称", "县区", "投资规模", "专项债券需求（万元）", "联系电话"],
    [1, "甲道路工程", "西峰", 500, 400, "13812345678"],
    [2, "乙管网工程", "环 县", "约300", 200, "13812345679"],
    ["合计", None, None, 800, 600, None],
]


def type_into(page, right: int, row: int, text: str, leave: bool = True) -> None:
    """Edit a cell of the grid in sight: ``right`` pixels from its right edge, ``row`` from 0; the cell may stay open."""
    open_cell(page, "[data-testid=stDataFrame] canvas:visible", -right, row, 34)
    page.keyboard.type(text, delay=40)
    if leave:
        page.keyboard.press("Enter")
        page.wait_for_timeout(800)


def press(page, name: str) -> None:
    """Press a button at once, without waiting for the page to settle."""
    box = page.get_by_role("button", name=name).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_from_a_dirty_list_to_a_plan(page, tmp_path: Path) -> None:
    raw = write_book(tmp_path / "清单.xlsx", 储备=LIST)
    page.locator("input[type=file]").first.set_input_files(raw)
    page.get_by_role("tab", name="列对应").wait_for(timeout=60000)
    assert english(page) <= {"清单"}, english(page)
    page.get_by_text("待确认 1 列").wait_for()
    page.get_by_role("button", name="确认这一布局的列").click()
    page.get_by_text("已确认").first.wait_for(timeout=30000)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载批注-清单.xlsx").click()
    download.value.save_as(tmp_path / "a.xlsx")
    notes = load_workbook(tmp_path / "a.xlsx")
    assert notes.sheetnames[0] == "问题清单" and "约300" in notes["储备"]["D4"].comment.text
    assert notes["储备"]["F3"].value is None
    page.get_by_role("tab", name="问题与更正").click()
    page.wait_for_timeout(2000)
    page.get_by_label("改为").first.click()
    page.keyboard.type("300", delay=40)
    press(page, "按更正重读")
    page.get_by_text("看不懂的格").wait_for(state="hidden", timeout=30000)
    page.get_by_role("tab", name="资金与额度").click()
    page.wait_for_timeout(1500)
    assert english(page) == set(), english(page)
    type_into(page, 60, 0, "450", leave=False)
    page.keyboard.press("Enter")
    press(page, "生成案例")
    page.get_by_text("2 个项目，").wait_for(timeout=30000)
    solve(page)
    page.get_by_text("1 / 2").wait_for()
