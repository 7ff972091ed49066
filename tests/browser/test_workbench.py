"""The workbench in a real browser: slider, lock, pin, undo, reload amid a solve, compare, own plan, share, English."""

import re
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from inputs.case.read import read_case
from tests.books import write_book
from tests.browser.on_page import at_rest, english, open_cell, press_solve, solve
from tests.browser.test_page import _cpu, workers
from workbench.audit import audit

pytestmark = pytest.mark.browser


def start(page, sample: str, words: str) -> None:
    if sample != "小例":
        page.get_by_role("combobox", name="示例").click()
        page.get_by_role("option", name=re.compile(sample)).click()
    page.get_by_role("button", name="用示例开始").click()
    page.get_by_text(words).first.wait_for(timeout=60000)


def nudge(page, label: str, times: int) -> None:
    """Move a slider by keys."""
    slider = page.get_by_test_id("stSlider").filter(has_text=label).get_by_role("slider")
    slider.focus()
    for _ in range(abs(times)):
        slider.press("ArrowLeft" if times < 0 else "ArrowRight")
        page.wait_for_timeout(250)
    page.wait_for_timeout(1200)


def test_slider_lock_pin_and_undo(page, tmp_path: Path) -> None:
    start(page, "小例", "10 个项目，2026 年申请")
    solve(page)
    page.get_by_text("已证明最优：在所列规则下").first.wait_for()
    nudge(page, "专项债券额度", -4)
    page.get_by_text("本页结果已过期").wait_for()
    page.get_by_role("button", name="重新求解").click()
    page.get_by_text("本页结果已过期").wait_for(state="hidden", timeout=30000)
    page.get_by_text("较上次").first.wait_for(timeout=30000)
    page.get_by_text("已证明最优：在所列规则下").first.wait_for(timeout=30000)
    open_cell(page, ".st-key-short canvas, .st-key-fill canvas", 400, 1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("本页结果已过期").wait_for(timeout=15000)
    page.get_by_role("button", name="查看改动").click()
    page.get_by_text("待应用的改动（1）").wait_for(timeout=15000)
    assert page.get_by_text("状态").first.is_visible()
    page.get_by_role("button", name="撤销", exact=True).first.click()
    page.get_by_text("待应用的改动（0）").wait_for(timeout=15000)
    page.get_by_role("link", name="求解与方案").click()
    page.wait_for_timeout(2500)
    page.get_by_text("固定某个项目的金额").click()
    page.wait_for_timeout(1000)
    page.get_by_role("combobox", name="项目", exact=True).first.click()
    page.wait_for_timeout(500)
    page.keyboard.type("P01", delay=60)
    page.wait_for_timeout(800)
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="试算必选").click()
    page.get_by_text("试算：加权效益").wait_for(timeout=30000)
    assert english(page) == set(), english(page)
    page.get_by_role("link", name="导出").click()
    for name, file in (("下载结果工作簿", "r.xlsx"), ("下载本方案的案例", "c.xlsx")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        download.value.save_as(tmp_path / file)
    assert read_case(tmp_path / "c.xlsx").case is not None
    assert audit(tmp_path / "c.xlsx", tmp_path / "r.xlsx").passed


def test_a_unit_typed_in_a_number_cell_is_not_passed_over(page) -> None:
    """The grid's number cells drop 亿: beside the cell it is said that they do."""
    start(page, "小例", "10 个项目，2026 年申请")
    page.get_by_role("link", name="规则与额度").click()
    page.get_by_role("tab", name="资金额度").click()
    page.wait_for_timeout(2500)
    open_cell(page, "[data-testid=stDataFrame] canvas:visible", -230, 0)
    page.keyboard.press("Control+A")
    page.keyboard.type("10", delay=40)
    assert not page.get_by_text("“亿”“万”不会读入").is_visible()
    page.keyboard.insert_text("亿")
    page.get_by_text("“亿”“万”不会读入").wait_for(timeout=3000)
    page.keyboard.press("Enter")
    page.get_by_text("待应用的改动（1）").wait_for(timeout=15000)
    page.get_by_text("“亿”“万”不会读入").wait_for(state="hidden", timeout=10000)
    page.get_by_role("link", name="求解与方案").click()
    page.get_by_role("spinbutton", name="停止差距").click()
    page.keyboard.insert_text("万")
    page.get_by_text("“亿”“万”不会读入").wait_for(timeout=3000)


def test_a_base_rule_that_is_switched_off_is_drawn_ticked_again(page) -> None:
    start(page, "小例", "10 个项目，2026 年申请")
    page.get_by_role("link", name="规则与额度").click()
    canvas = page.locator("[data-testid=stDataFrame] canvas:visible").first
    canvas.wait_for()
    page.wait_for_timeout(2500)
    box = at_rest(canvas)
    page.mouse.click(box["x"] + 30, box["y"] + 36 + 15)
    page.get_by_text("是基础规则，不能停用").wait_for(timeout=15000)
    page.wait_for_timeout(1500)
    assert page.locator("#glide-cell-0-0").first.text_content() == "true"


def test_a_reload_amid_a_solve_loses_nothing_and_cancel_leaves_no_worker(page, browser) -> None:
    start(page, "陇东", "285 个项目")
    page.get_by_role("button", name="下一步：求解与方案").click()
    press_solve(page)
    page.get_by_text("上界").first.wait_for(timeout=60000)
    page.reload()
    page.get_by_text("正在求解").first.wait_for(timeout=60000)
    page.get_by_text("上界").first.wait_for(timeout=60000)
    page.get_by_role("button", name="取消").click()
    page.get_by_text(re.compile("已取消(，没有新的方案|证明；先出的方案)")).wait_for(timeout=30000)
    time.sleep(1.5)
    assert [line for line in workers(browser[2]) if _cpu(line.split()[1]) > 50] == []


def save(page, name: str) -> None:
    page.get_by_role("button", name="保存为方案").click()
    page.get_by_role("textbox", name="名称").fill(name)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text(f"已保存为“{name}”").wait_for(timeout=15000)


def test_two_scenarios_an_own_plan_and_a_shared_copy(page, browser, tmp_path: Path) -> None:
    start(page, "小例", "10 个项目，2026 年申请")
    solve(page)
    page.get_by_text("已证明最优：在所列规则下").first.wait_for()
    save(page, "现行口径")
    nudge(page, "专项债券额度", -8)
    page.get_by_role("button", name="重新求解").click()
    page.get_by_text("本页结果已过期").wait_for(state="hidden", timeout=30000)
    page.get_by_text("已证明最优：在所列规则下").first.wait_for(timeout=30000)
    save(page, "债券减四成")
    page.get_by_role("link", name="方案对比").click()
    page.get_by_text("项目的进与出").first.wait_for(timeout=30000)
    assert english(page) == set(), english(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载对比工作簿").click()
    download.value.save_as(tmp_path / "对比.xlsx")
    book = load_workbook(tmp_path / "对比.xlsx", data_only=True)
    assert book.sheetnames == ["方案对比", "各地区安排额", "项目的进与出", "设置的差别"]
    assert {"现行口径", "债券减四成"} < {c.value for c in book["方案对比"][3]}
    assert any(
        "专项债券 · 额度" in str(row[0].value) and "万元" in row[1].value
        for row in book["设置的差别"].iter_rows(min_row=4)
    )
    page.get_by_text("上传自带方案").click()
    own = write_book(tmp_path / "自带.xlsx", 清单=[["项目编号", "专项债券"], ["P01", 99999]])
    page.locator("input[type=file]").first.set_input_files(own)
    page.get_by_text("处不满足刚性要求").first.wait_for(timeout=30000)
    page.get_by_text("分享与改动记录").click()
    page.get_by_role("button", name="生成分享链接").click()
    link = page.locator("code").filter(has_text="share=").first.text_content(timeout=15000).strip()
    found, address, _ = browser
    assert link.startswith(address)
    other = found.new_context(locale="zh-CN").new_page()
    other.goto(address)
    other.get_by_text("上传案例工作簿，或用示例开始").wait_for(timeout=60000)
    assert other.get_by_text("现行口径").count() == 0
    other.goto(link)
    other.get_by_text("已得到一份副本").wait_for(timeout=60000)
    other.get_by_role("link", name="方案对比").click()
    other.get_by_text("债券减四成").first.wait_for(timeout=30000)
    other.context.close()


def test_english_and_back(page) -> None:
    start(page, "小例", "10 个项目，2026 年申请")
    page.get_by_role("link", name="规则与额度").click()
    explained = "document.querySelector('.st-key-rule_card input')?.value.startsWith"
    page.wait_for_function(f"{explained}('做法与开工年')", timeout=15000)
    page.locator(".st-key-switch_language").get_by_text("EN", exact=True).click()
    page.get_by_role("heading", name="Rules & quotas").wait_for(timeout=15000)
    page.wait_for_function(f"{explained}('At most one way')", timeout=15000)
    page.get_by_role("tab", name="Fund limits").click()
    page.locator(".st-key-switch_language").get_by_text("中文", exact=True).click()
    page.locator("[role=tab][aria-selected=true]").get_by_text("资金额度").wait_for(timeout=15000)
    page.locator(".st-key-switch_language").get_by_text("EN", exact=True).click()
    page.locator("[role=tab][aria-selected=true]").get_by_text("Fund limits").wait_for(timeout=15000)
    page.get_by_role("link", name="Import & check").click()
    page.get_by_role("heading", name="Import & check").wait_for(timeout=15000)
    for name in ("Rules & quotas", "Solve & plan", "Compare", "Export", "Tidy lists", "Quota calculator"):
        page.get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name).wait_for(timeout=15000)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    page.get_by_role("heading", name="Quota calculator").wait_for(timeout=30000)
    page.locator(".st-key-switch_language").get_by_text("中文", exact=True).click()
    page.get_by_role("heading", name="额度测算").wait_for(timeout=15000)
    page.wait_for_timeout(800)
    assert english(page) == set()


def test_nothing_is_cut_off_and_keys_reach_everything(page) -> None:
    start(page, "小例", "10 个项目，2026 年申请")
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        for name in ("规则与额度", "求解与方案", "方案对比", "导出"):
            page.get_by_role("link", name=name).click()
            page.wait_for_timeout(1200)
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
            assert not wide, (name, width)
    page.get_by_role("link", name="求解与方案").click()
    page.wait_for_timeout(1200)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.innerText || document.activeElement.getAttribute('role') || document.activeElement.type || ''").strip())  # fmt: skip
    assert any(r.endswith("求解") for r in reached) and reached & {"slider", "range"}, reached
