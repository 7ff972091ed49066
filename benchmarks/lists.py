"""A province's list and a large result workbook: seconds and memory, each run in a process of its own.

``python -m benchmarks.lists`` writes its section of docs/benchmarks.md.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks.page import load, write_section
from inputs.case.checks import Book
from inputs.case.read import read_grids
from inputs.case.table import read_table
from inputs.clerk import check_projects
from inputs.files.workbook import load_source
from inputs.lists.opening import open_lists
from inputs.lists.reading import read_lists
from inputs.lists.to_case import FundRow, draft_case, read_draft
from inputs.places import Gazetteer
from inputs.schema import SHEETS
from models.allocation import Allocation, Choice, Payment
from models.case import Case
from models.verify import verify
from optimizer.explain import Reason
from reports.account import Account
from reports.table import Plan
from reports.workbook import write_result

ROWS, REPEATS, PROJECTS = 20_000, 3, 10_000
COUNTIES = (
    "西峰区",
    "庆城县",
    "环县",
    "华池县",
    "合水县",
    "正宁县",
    "宁县",
    "镇原县",
    "崆峒区",
    "泾川县",
    "灵台县",
    "崇信县",
    "庄浪县",
    "静宁县",
    "华亭市",
)
KINDS = ("老旧小区改造", "供水管网更新", "污水处理", "公路连接线", "养老服务设施", "教育设施")
HEADS = (
    "序号", "项目名称", "项目代码", "县区", "项目单位", "主管部门", "投向领域", "建设性质", "建设起止年限", "总投资（万元）", "项目资本金（万元）", "资本金比例",
    "已到位资金（万元）", "专项债券需求（万元）", "债券期限", "债券利率", "净收益（万元）", "覆盖倍数", "是否负面清单", "备注", "建设规模及主要内容", "户数（户）",
    "管网长度（公里）", "受益人口（人）", "联系人", "联系电话", "存在问题", "形象进度", "收入来源", "统一社会信用代码", "立项批复文号", "用地预审", "环评批复", "规划许可",
    "用地面积（亩）", "床位数（张）", "车位数（个）", "建筑面积（万平方米）", "竣工时间", "审核结果",
)  # fmt: skip
TARGETS = {"读、清洗、核对": "≤ 8 s，≤ 1 GB", "写结果工作簿": "≤ 15 s"}


def write_list(path: Path, rows: int) -> None:
    """A list of 40 columns with a few percent of text numbers, full width digits and the like."""
    rng = random.Random(7)
    full = str.maketrans("0123456789.", "０１２３４５６７８９．")
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "constant_memory": True}) as book:
        page = book.add_worksheet("储备清单")
        page.write(0, 0, "某省2026年储备项目清单")
        page.write_row(1, 0, HEADS)
        for k in range(1, rows + 1):
            page.write_row(k + 1, 0, [_dirt(rng, v, full) for v in _row(rng, k)])


def _dirt(rng: random.Random, value: Any, full: dict[int, int]) -> Any:
    if isinstance(value, float) and rng.random() < 0.05:
        return rng.choice((f"{value:,.2f}", str(value).translate(full), f" {value} "))
    return value


def _row(rng: random.Random, k: int) -> list[Any]:
    county, kind, start = rng.choice(COUNTIES), rng.choice(KINDS), rng.randint(2024, 2026)
    total = round(rng.uniform(300, 30_000), 2)
    ask, years, rate = round(total * rng.uniform(0.2, 0.6), 2), rng.choice((10, 15, 20)), rng.choice((2.8, 3.0))
    homes, length = round(total / rng.uniform(2, 4)), round(total / rng.uniform(150, 260), 2)
    revenue = round(ask * (1 + rate / 100 * years) * 1.3, 2)
    return [
        k, f"{county}{kind}{k}号工程", f"25{k % 12 + 1:02d}-621000-04-01-{100_000 + k}", county, f"{county}城投公司", rng.choice(("住建局", "发改局", "水务局")), kind,
        rng.choice(("新建", "续建")), f"{start}-{start + 1}", total, round(total * 0.2, 2), "20%", round(total * 0.1, 2), ask, years, f"{rate}%", revenue, 1.3, "否", "",
        f"改造小区{k % 9 + 1}个，配套管网{k % 30 + 1}公里", homes, length, homes * 3, "张伟", f"138{k:08d}", "无", "前期", "水费、停车费", f"91620000MA{k:08d}", f"庆发改〔2024〕{k}号",
        "是", "是", "是", round(rng.uniform(1, 99), 2), k % 50, k % 300, round(total / 3000, 2), start + 1, "通过",
    ]  # fmt: skip


# ---- stages, each in its own process


def stage_read(path: Path) -> dict[str, float]:
    """Open, read and clean, check as a clerk does; then, apart, all that makes it a case (the checks once more)."""
    gc.set_threshold(200_000, 20, 20)
    begun = time.perf_counter()
    opened = open_lists([(path, path.name)])
    t1 = time.perf_counter()
    lists = read_lists(opened)
    t2 = time.perf_counter()
    draft = draft_case(lists, funds=[FundRow("专项债券", "专项债券", "5000000")])
    book = Book(
        {s.name: read_table(g, s) for s in SHEETS for g in [next((g for g in draft.grids if g.name == s.name), None)]}
    )
    check_projects(book, Gazetteer())
    t3 = time.perf_counter()
    reading = read_draft(draft, lists)
    t4 = time.perf_counter()
    return {
        "打开": t1 - begun, "读和清洗": t2 - t1, "核对": t3 - t2, "合计": t3 - begun, "成案例": t4 - t3, "项目": len(draft.projects), "发现": len(reading.issues),
    }  # fmt: skip


def stage_raw(path: Path) -> dict[str, float]:
    """The same file by openpyxl's quick mode, values only, for comparison."""
    from openpyxl import load_workbook

    begun = time.perf_counter()
    count = sum(
        1
        for row in load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
        for _ in row
    )
    return {"合计": time.perf_counter() - begun, "格": count}


def stage_open(path: Path) -> dict[str, float]:
    """Values and facts of the sheet only."""
    begun = time.perf_counter()
    load_source(path)
    return {"合计": time.perf_counter() - begun}


def stage_write(path: Path) -> dict[str, float]:
    """A result workbook of many projects."""
    plan, account = _plan()
    begun = time.perf_counter()
    write_result(path.with_name("r.xlsx"), plan, account)
    return {"合计": time.perf_counter() - begun, "项目": len(plan.case.projects)}


def _plan() -> tuple[Plan, Account]:
    """A plan without a solver: asks granted in order while the money lasts."""
    from inputs.files.workbook import Grid

    rng = random.Random(3)
    heads = ["项目编号", "项目名称", "地区", "类别", "总投资", "申报:专项债券", "产出:户数(户)", "主管部门", "项目单位"]
    rows = [
        [
            f"P{k:05d}",
            f"{k}号工程",
            rng.choice(COUNTIES),
            rng.choice(KINDS),
            900,
            rng.randint(100, 900),
            90,
            "住建局",
            "城投公司",
        ]
        for k in range(PROJECTS)
    ]
    limit = sum(row[5] for row in rows) // 3  # type: ignore[misc]
    grids = [
        Grid("项目", [heads, *rows]),
        Grid("资金", [["资金名称", "类型", "额度"], ["专项债券", "专项债券", limit]]),
        Grid("设置", [["名称", "值"], ["起始年", 2026]]),
    ]
    case = read_grids(grids).case
    assert case is not None
    allocation, left_out = _grant(case, limit * 100)
    reasons = tuple(
        Reason(
            key,
            "fund_limit",
            "专项债券 2026 年额度只余 0.00 万元，本项目至少要 500.00 万元",
            "该项限额提高 500.00 万元",
            "",
        )
        for key in left_out
    )
    return Plan(case, allocation, verify(case, allocation), reasons), Account((("案例名称", "测量"),))


def _grant(case: Case, limit: int) -> tuple[Allocation, list[str]]:
    choices, payments, left_out = [], [], []
    for project in case.projects:
        amount = sum(sum(a) for _, a in project.schemes[0].asks)
        if amount <= limit:
            limit -= amount
            choices.append(Choice(project.id, "", 0))
            payments.append(Payment(project.id, "专项债券", 0, project.regions[0], amount, 0))
        else:
            left_out.append(project.id)
    return Allocation.of(choices, payments, [], []), left_out


STAGES = {"read": stage_read, "raw": stage_raw, "open": stage_open, "write": stage_write}


def _measure(stage: str, path: Path) -> dict[str, float]:
    """Medians over runs in fresh processes; memory is the larger of the process and its child, in MB."""
    runs = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.lists", stage, str(path)], capture_output=True, text=True, check=True
        )
        runs.append(json.loads(done.stdout))
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def main() -> None:
    """Measure and write the section."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write_list(path, ROWS)
        size = path.stat().st_size / 2**20
        read, raw, only, write = (_measure(s, path) for s in ("read", "raw", "open", "write"))
    checked = read["合计"]
    ratio = Fraction(checked / raw["合计"]).limit_denominator(100)
    rows = [
        f"| 读 {ROWS:,} 行 × {len(HEADS)} 列（{size:.1f} MB）：打开、防护、解析、合并与隐藏 | {read['打开']:.1f} s | | |",
        f"| 　认列、分行、清洗、记改动 | {read['读和清洗']:.1f} s | | |",
        f"| 　逐项核对（{read['项目']:,.0f} 个项目） | {read['核对']:.1f} s | | |",
        f"| 　**合计** | **{checked:.1f} s** | {read['内存']:,.0f} MB | {TARGETS['读、清洗、核对']} |",
        f"| 再成为可求解的案例（含同样的核对，{read['发现']:,.0f} 条发现） | {read['成案例']:.1f} s | 同上 | |",
        f"| 对照：openpyxl 只读取值（read_only） | {raw['合计']:.1f} s（本程序全程是它的 {float(ratio):.2f} 倍） | {raw['内存']:,.0f} MB | |",
        f"| 对照：只打开不清洗 | {only['合计']:.1f} s | {only['内存']:,.0f} MB | |",
        f"| 写 {write['项目']:,.0f} 个项目的结果工作簿（全部表和图） | {write['合计']:.1f} s | {write['内存']:,.0f} MB | {TARGETS['写结果工作簿']} |",
    ]
    write_section(
        "lists",
        "## 清单与工作簿\n\n"
        f"{REPEATS} 次的中位数，每次一个新进程；内存取主进程与解析子进程中较大者的峰值。结束时系统负载 {load()}。\n\n"
        "| 做什么 | 用时 | 内存峰值 | 目标 |\n|---|---|---|---|\n" + "\n".join(rows),
    )
    print("\n".join(rows))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        found = STAGES[sys.argv[1]](Path(sys.argv[2]))
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(json.dumps({**found, "内存": peak / 1024}))
    else:
        main()
