"""The comparison as a workbook: figures by row with their differences, regions, projects, settings, broken rules."""

from dataclasses import replace
from pathlib import Path

from openpyxl import load_workbook

from models.build import build
from models.verify import verify
from optimizer.explain import explain
from optimizer.options import Options
from optimizer.solve import solve
from reports.scenarios import Compared
from reports.side_by_side import side_by_side
from reports.table import Plan
from reports.workbook import write_tables
from tests.cases import case, fund, project


def compared(name: str, limit: int) -> Compared:
    projects = [project("P1", 300, 9, region="甲县"), project("P2", 200, 5, region="乙县", outputs={"户数(户)": 30})]
    world = case(projects, [fund("债", limit)])
    found = solve(world, Options(second=""))
    assert found.plan is not None and found.verdict is not None
    return Compared(name, Plan(world, found.plan, found.verdict, found.reasons), found)


def cells(tables, folder: Path) -> dict[str, list[list]]:
    write_tables(folder / "b.xlsx", tables)
    book = load_workbook(folder / "b.xlsx", data_only=True)
    return {page.title: [[c.value for c in row] for row in page.iter_rows(min_row=3)] for page in book}


def test_figures_stand_by_row_with_unit_and_difference(tmp_path: Path) -> None:
    found = cells(side_by_side([compared("全做", 500), compared("少给", 300)], [("额度", ["500", "300"])]), tmp_path)
    assert list(found) == ["方案对比", "各地区安排额", "项目的进与出", "设置的差别"]
    head, *rows = found["方案对比"]
    assert head == ["指标", "单位", "全做", "少给", "少给 比 全做"]
    figures = {row[0]: row[1:] for row in rows}
    assert figures["状态"] == [None, "已证明最优", "已证明最优", None]
    assert figures["安排总额"] == ["万元", 500, 300, -200] and figures["其中 债"] == ["万元", 500, 300, -200]
    assert figures["户数"] == ["户", 30, 0, -30] and figures["安排项目"] == ["个", 2, 1, -1]
    assert figures["加权效益"] == [None, 14, 9, -5]
    assert found["各地区安排额"][1:] == [["乙县", 200, 0, -200], ["甲县", 300, 300, 0], ["合计", 500, 300, -200]]
    assert [row[:5] for row in found["项目的进与出"][1:]] == [["P2", "项目P2", "乙县", 200, None]]
    assert found["设置的差别"][1:] == [["额度", "500", "300"]]


def test_a_plan_that_breaks_rules_says_which(tmp_path: Path) -> None:
    base = compared("全做", 500)
    tight = replace(base.plan.case, funds=(fund("债", 400),))
    plan = base.plan.allocation
    own = Plan(tight, plan, verify(tight, plan), tuple(explain(build(tight), plan)))
    found = cells(side_by_side([base, Compared("自带", own, base.solution, True)]), tmp_path)
    assert "设置的差别" not in found
    (row,) = found["未满足的要求2"][1:]
    assert row[3:7] == [400, 500, 100, "万元"]
    assert {r[0]: r[3] for r in found["方案对比"]}["状态"] == "不合规（1 处）"


def test_whole_figures_have_no_bare_point(tmp_path: Path) -> None:
    write_tables(tmp_path / "b.xlsx", side_by_side([compared("全做", 500)]))
    page = load_workbook(tmp_path / "b.xlsx")["方案对比"]
    formats = {
        c.value: c.number_format for row in page.iter_rows(min_row=4) for c in row if isinstance(c.value, int | float)
    }
    assert formats[500] == "#,##0" and all("." not in f for v, f in formats.items() if v == int(v))
