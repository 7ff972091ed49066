"""The main job in a real browser: sample, faults, solve, cancel, plan, download, read back."""

import subprocess
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from inputs.samples import write_sample
from tests.books import SMALL, write_book
from tests.browser.on_page import english, press_solve, solve
from workbench.audit import audit

pytestmark = pytest.mark.browser


def workers(process) -> list[str]:
    text = subprocess.run(["ps", "-eo", "ppid,pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in text.splitlines() if line.split()[0] == str(process.pid) and "spawn_main" in line]


def test_sample_to_checked_workbook(page, tmp_path: Path) -> None:
    page.get_by_role("button", name="用示例开始").click()
    page.get_by_text("10 个项目，2026 年申请").wait_for()
    assert english(page) == set()
    solve(page)
    page.get_by_text("已证明最优：在所列规则下").first.wait_for()
    assert page.get_by_text("金额为虚构").first.is_visible()
    for tab in ("分地区", "分资金与年度", "资金流向", "时间安排", "额度与指标", "未安排 6"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(800)
        assert english(page) == set(), tab
    page.get_by_role("link", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载结果工作簿").click()
    download.value.save_as(tmp_path / "r.xlsx")
    write_sample("mini", tmp_path / "c.xlsx")
    assert audit(tmp_path / "c.xlsx", tmp_path / "r.xlsx").passed
    assert load_workbook(tmp_path / "r.xlsx").sheetnames[:2] == ["资金安排建议表", "安排明细"]


def test_upload_with_faults_then_mended(page, tmp_path: Path) -> None:
    bad = write_book(
        tmp_path / "bad.xlsx", 项目=[["项目编号", "项目名称", "总投资"], ["P1", "甲", "约5"]], 资金=SMALL["资金"]
    )
    page.locator("input[type=file]").first.set_input_files(bad)
    page.get_by_text("有 1 处错误").wait_for()
    assert english(page) - {"bad"} == set()
    good = write_book(tmp_path / "good.xlsx", **SMALL)
    page.locator("input[type=file]").first.set_input_files(good)
    page.get_by_text("3 个项目，").wait_for()
    solve(page)
    page.get_by_text("2 / 3").wait_for()


def test_a_hostile_file_leaves_the_page_alive(page, tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("no workbook", encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "t.xlsx")
    page.get_by_text("没有读进来").wait_for()
    page.get_by_role("button", name="用示例开始").click()
    page.get_by_text("10 个项目，2026 年申请").wait_for()


def test_progress_and_cancel_leave_no_worker(page, browser) -> None:
    page.get_by_role("combobox", name="示例").click()
    page.get_by_text("陇东（庆阳").first.click()
    page.get_by_role("button", name="用示例开始").click()
    page.get_by_text("285 个项目").wait_for(timeout=60000)
    page.get_by_role("button", name="下一步：求解与方案").click()
    press_solve(page)
    page.get_by_text("上界").first.wait_for(timeout=60000)
    page.get_by_role("button", name="取消").click()
    page.get_by_text("已取消，没有新的方案").wait_for(timeout=30000)
    time.sleep(1)
    busy = [line for line in workers(browser[2]) if _cpu(line.split()[1]) > 50]
    assert busy == []


def _cpu(pid: str) -> float:
    """CPU percent of a process over half a second."""

    def ticks() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    try:
        before = ticks()
        time.sleep(0.5)
        return (ticks() - before) * 2.0
    except FileNotFoundError:
        return 0.0


def test_two_users_do_not_see_each_other(page, browser) -> None:
    page.get_by_role("button", name="用示例开始").click()
    page.get_by_text("10 个项目，2026 年申请").wait_for()
    found, address, _ = browser
    other = found.new_context(locale="zh-CN").new_page()
    other.goto(address)
    other.get_by_text("上传案例工作簿，或用示例开始").wait_for(timeout=60000)
    assert other.get_by_text("10 个项目").count() == 0
    other.context.close()
