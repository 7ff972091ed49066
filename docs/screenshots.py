"""Makes the pictures of the guide from the running page: ``python docs/screenshots.py`` (needs Chromium)."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).parent.parent
sys.path.insert(0, str(HOME))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.books import write_book  # noqa: E402
from tests.browser.server import ARGUMENTS, chromium, running_page  # noqa: E402

PICTURES = HOME / "docs" / "pictures"
FAULTY = {
    "项目": [
        ["项目编号", "项目名称", "总投资", "地区", "互斥组"],
        ["P001", "西峰区南街老旧小区改造", "约3000", "西峰区", "甲组"],
        ["P002", "华亭市供水管网更新", 1200, "华亭", "甲祖"],
        ["P002", "静宁县站前连接线", -5, "静宁县", None],
    ],
    "资金": [["资金名称", "类型", "额度:2026"], ["专项债券", "专项债券", 5000]],
    "地区": [["名称"], ["西峰区"], ["华亭市"], ["静宁县"]],
    "规则": [["规则", "对象", "参数", "值"], ["region_quota", "地区=西蜂区", "上限占比", "140%"]],
}
RAW = [
    ["西峰区2026年储备项目清单（示例数据，金额为虚构）"],
    ["填报单位：西峰区财政局", None, None, None, None, None, None, "单位：万元"],
    ["序号", "工程名称", "类别", "总投资", "资金来源", None, None, "投资计划", "联系电话"],
    [None, None, None, None, "中央预算内", "专项债券", "自筹", None, None],
    ["一", "老旧小区改造类", None, 5600, 1600, 2600, 1400, 2000],
    [1, "南街片区老旧小区改造", "老旧小区改造", "3，200", 1000, 1500, 700, 1200, "13800000000"],
    [2, "北关片区老旧小区改造", "老旧小区改造", 2400, 600, 1100, 700, 800, "13800000000"],
    ["二", "管网更新类（2个）"],
    [1, "城区供水管网更新", "供水管网", "约1800", 800, 600, 400, 900, "13800000000"],
    [2, "城区排水管网更新", "排水管网", "0.15亿元", 700, 500, 300, 700, "13800000000"],
    ["合计", None, None, 8700, 3100, 3700, 2100, 3600],
]


def shoot(page: Page, name: str, wait: int = 1500) -> None:
    """Save what the page shows now."""
    page.wait_for_timeout(wait)
    page.screenshot(path=PICTURES / f"{name}.png")


@contextmanager
def _home(folder: str) -> Iterator[None]:
    """Layouts confirmed for the pictures are remembered nowhere else."""
    os.environ["FUNDOPT_HOME"] = folder
    yield


def main() -> None:
    """Walk through the main job once and take a picture at every station."""
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        _home(folder),
        running_page() as (address, _),
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}).new_page()
        page.goto(address)
        page.get_by_role("button", name="用示例开始").wait_for(timeout=60000)
        page.locator("input[type=file]").first.set_input_files(write_book(Path(folder) / "有错误的清单.xlsx", **FAULTY))
        page.get_by_text("处错误").first.wait_for()
        shoot(page, "01-faults")
        raw = write_book(Path(folder) / "西峰区储备清单.xlsx", 储备清单=RAW)
        page.get_by_role("link", name="导入与体检").click()
        page.wait_for_timeout(1000)
        page.locator("input[type=file]").first.set_input_files(raw)
        _lists(page)
        page.get_by_role("link", name="导入与体检").click()
        page.wait_for_timeout(1500)
        page.get_by_role("combobox", name="示例").click()
        page.get_by_text("陇东（庆阳").first.click()
        page.get_by_role("button", name="用示例开始").click()
        page.get_by_text("285 个项目").wait_for(timeout=60000)
        shoot(page, "02-glance")
        page.get_by_role("link", name="规则与额度").click()
        shoot(page, "15-rules", 3000)
        page.get_by_role("tab", name="地区上下限").click()
        shoot(page, "16-quotas", 2500)
        page.get_by_role("link", name="求解与方案").click()
        page.get_by_test_id("stNumberInputField").fill("0.50")
        page.keyboard.press("Enter")
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="求解", exact=True).click()
        page.get_by_text("上界").first.wait_for(timeout=60000)
        shoot(page, "03-progress", 500)
        page.get_by_role("tab", name="分配表").wait_for(timeout=120000)
        page.get_by_text("正在求解").first.wait_for(state="hidden", timeout=120000)
        shoot(page, "04-plan", 2500)
        _tabs(page)
        _workbench(page)
        page.get_by_role("link", name="额度测算").click()
        page.get_by_text("新增专项债务限额（因素法）测算表").first.wait_for(timeout=60000)
        shoot(page, "11-quota", 2000)
        page.get_by_role("link", name="导出").click()
        shoot(page, "09-export", 2000)
        page.get_by_role("link", name="求解与方案").click()
        page.locator(".st-key-switch_language").get_by_text("EN", exact=True).click()
        shoot(page, "21-english", 3000)
        _english(page)
        browser.close()


def _lists(page: Page) -> None:
    """A raw list on its way to a case."""
    page.get_by_role("tab", name="列对应").wait_for(timeout=60000)
    shoot(page, "12-columns", 2500)
    page.get_by_role("tab", name="问题与更正").click()
    shoot(page, "13-corrections", 2500)
    page.get_by_role("tab", name="合计核对").click()
    shoot(page, "14-totals", 2500)


def _english(page: Page) -> None:
    """Every other page in English."""
    for number, name in enumerate(
        ("Import & check", "Tidy lists", "Rules & quotas", "Quota calculator", "Compare", "Export"), start=22
    ):
        page.get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name).first.wait_for(timeout=30000)
        shoot(page, f"{number}-english", 3000)


def _tabs(page: Page) -> None:
    """Every tab of the plan."""
    for name, tab in (
        ("05-regions", "分地区"),
        ("06-years", "分资金与年度"),
        ("18-flow", "资金流向"),
        ("19-time", "时间安排"),
        ("07-rules", "额度与指标"),
        ("08-unfunded", "未安排"),
        ("10-policy", "债务、人口与用地"),
    ):
        page.get_by_role("tab", name=tab).click()
        shoot(page, name, 2500)


def _workbench(page: Page) -> None:
    """Save, change, be outdated, solve again, save, compare."""
    page.get_by_role("tab", name="分配表").click()
    for number in (1, 2):
        page.get_by_role("button", name="保存为方案").click()
        page.get_by_role("button", name="保存", exact=True).click()
        page.get_by_text("已保存为").wait_for(timeout=30000)
        if number == 1:
            slider = page.get_by_test_id("stSlider").filter(has_text="专项债券额度").get_by_role("slider")
            slider.focus()
            slider.press("ArrowLeft")
            slider.press("ArrowLeft")
            page.get_by_text("本页结果已过期").wait_for(timeout=30000)
            shoot(page, "17-stale", 2000)
            page.get_by_role("button", name="重新求解").click()
            page.get_by_text("本页结果已过期").wait_for(state="hidden", timeout=60000)
            page.get_by_text("正在求解").first.wait_for(state="hidden", timeout=120000)
            page.wait_for_timeout(2000)
            page.get_by_role("tab", name="较上次").click()
            shoot(page, "28-since", 2500)
    page.get_by_role("link", name="方案对比").click()
    shoot(page, "20-compare", 3500)


if __name__ == "__main__":
    main()
