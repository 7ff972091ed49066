"""What a plan is handed over as: every part holds what it should, and nothing of others."""

import csv
import io
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from inputs.samples import write_sample
from models.units import show_wan
from optimizer.options import Options
from reports.briefing import write_briefing
from reports.comparison import comparison, gini
from reports.contents import result_tables
from reports.csv_tables import csv_of
from reports.editions import county_editions, department_editions, public_edition
from reports.performance import TO_FILL, performance
from reports.table import ResultTable, money_column, text_column
from workbench.exporting import archive, export_all, plan_of_result, safe_name
from workbench.verbs import open_and_plan


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("longdong")
    write_sample("longdong", folder / "c.xlsx")
    _, found = open_and_plan(folder / "c.xlsx", Options(second=""), time_limit=8, gap=0.05)
    assert found is not None and found.solution.plan is not None
    return found


def test_sheets_of_the_manual_in_their_order(outcome, tmp_path: Path) -> None:
    outcome.write(tmp_path / "r.xlsx")
    names = load_workbook(tmp_path / "r.xlsx").sheetnames
    wanted = [
        "资金安排建议表",
        "安排明细",
        "未安排项目及原因表",
        "分地区汇总表",
        "分行业汇总表",
        "分资金来源汇总表",
        "资本金使用情况表",
        "约束校验表",
        "后续年度需求表",
        "方案对比表",
        "绩效目标表",
    ]
    assert names[: len(wanted)] == wanted and names[-2:] == ["图表", "求解说明"]


def test_native_charts_draw_from_cells(outcome, tmp_path: Path) -> None:
    outcome.write(tmp_path / "r.xlsx")
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive_:
        charts = [n for n in archive_.namelist() if n.startswith("xl/charts/chart")]
        text = b"".join(archive_.read(n) for n in charts).decode()
    assert len(charts) == 4
    for name in ("分地区汇总表", "分资金来源汇总表", "分行业汇总表"):
        assert f"'{name}'!$" in text or f"{name}!$" in text


def test_title_unit_print_and_marks(outcome, tmp_path: Path) -> None:
    outcome.write(tmp_path / "r.xlsx")
    page = load_workbook(tmp_path / "r.xlsx")["绩效目标表"]
    assert page["A1"].font.name == "方正小标宋简体" and page.cell(2, page.max_column).value == "单位：万元"
    assert (
        page.page_setup.orientation == "landscape"
        and page.page_setup.paperSize in (8, 9)
        and page.print_title_rows == "$3:$3"
    )
    marked = [c for row in page.iter_rows(min_row=4) for c in row if c.value == TO_FILL]
    assert marked and all(c.fill.start_color.rgb == "FFFFF3CF" for c in marked)


def test_performance_targets_of_every_chosen_project(outcome) -> None:
    table, plan = performance(outcome.plan), outcome.plan
    ids = {row[0] for row in table.rows}
    assert ids == {c.project for c in plan.allocation.choices}
    first = {row[table.position("二级指标")] for row in table.rows if row[0] == table.rows[0][0]}
    assert {"数量指标", "质量指标", "时效指标", "成本指标", "服务对象满意度"} <= first


def test_counties_get_only_their_own(outcome) -> None:
    case, allocation = outcome.case, outcome.plan.allocation
    seen = set()
    for region, tables in county_editions(outcome.plan):
        mine = {p.id for p in case.projects if region in p.regions}
        for table in tables:
            assert {row[0] for row in table.rows} <= mine, (region, table.name)
        by_name = {t.name: t for t in tables}
        detail = by_name["安排明细"]
        paid = sum(row[detail.position("金额")] for row in detail.rows)
        assert paid == sum(p.amount for p in allocation.payments if p.region == region)
        table = by_name["资金安排建议表"]  # its totals are the region's money, also where projects are shared
        totals = dict(zip((c.name for c in table.columns), table.totals(), strict=True))
        assert totals["安排合计"] == paid == sum(totals[f.name] or 0 for f in case.funds), region
        assert paid == sum(totals[f"{case.year_label(t)}年"] for t in range(case.years))
        text = str([t.rows for t in tables])
        others = {p.id for p in case.projects} - mine
        assert not any(f"'{key}'" in text or f" {key}" in text for key in others), region
        seen |= mine
    assert seen == {p.id for p in case.projects}


def test_departments_get_only_their_own(outcome) -> None:
    for department, tables in department_editions(outcome.plan):
        mine = {p.id for p in outcome.case.projects if p.department == department}
        assert mine and all({row[0] for row in table.rows} <= mine for table in tables)


def test_what_is_published_has_no_reasons(outcome) -> None:
    (table,) = public_edition(outcome.plan)
    assert not any("理由" in c.name or "原因" in c.name for c in table.columns)
    total = table.totals()[table.position("安排合计")]
    assert total == sum(p.amount for p in outcome.plan.allocation.payments) and len(table.rows) == len(
        outcome.plan.allocation.choices
    )


def test_the_briefing_has_its_parts_and_the_right_figures(outcome, tmp_path: Path) -> None:
    write_briefing(tmp_path / "b.docx", outcome.plan, outcome.account())
    paper = Document(str(tmp_path / "b.docx"))
    heads = [p.text for p in paper.paragraphs if p.style.name == "Heading 1"]
    assert heads == [
        "一、总体情况",
        "二、安排原则与依据",
        "三、分地区、分领域安排",
        "四、重点项目",
        "五、未安排项目说明",
        "六、约束执行情况",
        "七、后续年度需求",
        "八、建议",
        "附件",
    ]
    assert len(paper.tables[-1].rows) == len(outcome.plan.allocation.choices) + 2
    assert paper.tables[-1].rows[-1].cells[-1].text == show_wan(sum(p.amount for p in outcome.plan.allocation.payments))
    text = "\n".join(p.text for p in paper.paragraphs)
    money = sum(p.amount for p in outcome.plan.allocation.payments)
    assert show_wan(money) in text and outcome.account().value("状态") in text and "示例数据（金额为虚构）" in text
    assert "“甘政”是甘肃省" in text and "本省的依据由使用单位核定" in text
    assert len(paper.inline_shapes) == 3 and len(paper.tables) >= 7
    section = paper.sections[0]
    assert (round(section.page_width.mm), round(section.top_margin.mm), round(section.left_margin.mm)) == (210, 37, 28)


def test_csv_keeps_numbers_and_disarms_formulas() -> None:
    table = ResultTable(
        "表", "表", (text_column("名称"), money_column("金额")), (["=cmd|x", -5], ["@甲", 123456], ["甲\n乙,丙", None])
    )
    rows = list(csv.reader(io.StringIO(csv_of(table).decode("utf-8-sig"))))
    assert rows == [["名称", "金额(万元)"], ["'=cmd|x", "-0.05"], ["'@甲", "1234.56"], ["甲\n乙,丙", ""]]


def test_export_of_a_result_equals_that_of_the_solve(outcome, tmp_path: Path) -> None:
    outcome.write(tmp_path / "r.xlsx")
    write_sample("longdong", tmp_path / "c.xlsx")
    plan, account = plan_of_result(tmp_path / "c.xlsx", tmp_path / "r.xlsx")
    assert [t.rows for t in result_tables(plan)] == [t.rows for t in result_tables(outcome.plan)]
    files = export_all(tmp_path / "out", plan, account)
    assert {p.suffix for p in files} == {".docx", ".xlsx", ".csv", ".png"} and all(p.stat().st_size for p in files)
    with zipfile.ZipFile(io.BytesIO(archive(plan, account, "分地区"))) as packed:
        assert len(packed.namelist()) == len(list(county_editions(plan))) and all(
            n.startswith("分地区/") for n in packed.namelist()
        )


def test_the_briefing_says_which_plan_it_is_and_what_was_set_otherwise(outcome, tmp_path: Path) -> None:
    saved = (
        ("方案名称", "甲案"),
        ("方案状态", "审定 2026-11-29"),
        ("与导入文件不同的设置", "资金 债 额度：5 万元 → 7 万元\n项目 P1 状态：可选 → 禁选"),
    )
    write_briefing(tmp_path / "b.docx", outcome.plan, outcome.account(saved))
    text = "\n".join(p.text for p in Document(str(tmp_path / "b.docx")).paragraphs)
    assert "方案：甲案（审定 2026-11-29）" in text and "额度：5 万元 → 7 万元；项目 P1 状态：可选 → 禁选。" in text


def test_names_of_files_are_never_paths() -> None:
    assert (
        safe_name("../../etc/passwd") == "_.._etc_passwd"
        and safe_name(" .. ") == "未命名"
        and safe_name('a:b*c?"') == "a_b_c__"
    )


def test_comparison_and_gini(outcome) -> None:
    table = comparison(outcome.plan)
    mine, ranked = table.rows
    assert (
        mine[table.position("安排额")] == sum(p.amount for p in outcome.plan.allocation.payments)
        and mine[0] == "本方案"
    )
    assert mine[table.position("加权效益")] == outcome.solution.value and ranked[table.position("项目数")] > 0
    assert (
        gini([(Fraction(1), 10), (Fraction(1), 5)]) == 0
        and gini([(Fraction(0), 1), (Fraction(2), 1)]) == Fraction(1, 2)
        and gini([]) is None
    )
