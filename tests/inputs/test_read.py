"""Every fault at its cell, all at once; a clean book becomes the case that it says."""

from fractions import Fraction as F
from pathlib import Path

import pytest
from openpyxl import load_workbook

from inputs.case.read import read_case
from inputs.samples import write_sample
from inputs.template import write_template
from tests.books import SMALL, write_book


def found(path: Path, **options):
    """Errors as (sheet!cell, code)."""
    return {(i.address, i.code) for i in read_case(path, **options).errors}


def one_error(tmp_path: Path, sheets: dict, address: str, code: str, **options) -> None:
    reading = read_case(write_book(tmp_path / "c.xlsx", **sheets), **options)
    match = [i for i in reading.errors if i.address == address and i.code == code]
    assert match, [(i.address, i.code, i.message) for i in reading.issues]
    assert match[0].message and match[0].remedy
    assert reading.case is None


def with_rows(name: str, *rows, base=None) -> dict:
    return {**(base or SMALL), name: [list(r) for r in rows]}


def test_the_smallest_case(tmp_path: Path) -> None:
    reading = read_case(write_book(tmp_path / "c.xlsx", **SMALL))
    assert not reading.errors
    assert reading.case is not None
    assert (reading.case.first_year, reading.case.years) == (1, 1)
    assert [p.schemes[0].total for p in reading.case.projects] == [50000, 40000, 30000]
    assert {p.arrangement for p in reading.case.projects} == {"全额"}


def test_required_columns_alone_are_enough(tmp_path: Path) -> None:
    rows = [["项目编号", "项目名称", "总投资"], ["P1", "甲", 5]]
    reading = read_case(write_book(tmp_path / "c.xlsx", 项目=rows, 资金=SMALL["资金"]))
    assert reading.case is not None
    assert reading.case.projects[0].schemes[0].benefit == 5


def warned(tmp_path: Path, code: str, **sheets) -> list[tuple[str, str]]:
    reading = read_case(write_book(tmp_path / "c.xlsx", **sheets))
    assert reading.case is not None
    return [(i.address, i.message) for i in reading.issues if i.code == code and i.severity == "warning"]


def test_money_of_a_year_that_no_project_can_use_is_named(tmp_path: Path) -> None:
    heads = ["项目编号", "项目名称", "总投资", "最晚开工"]
    funds = [["资金名称", "类型", "额度:2026", "额度:2027", "可结转"], ["补", "补助", 800, 300, "否"]]
    years = [["名称", "值"], ["起始年", 2026], ["年数", 2]]
    now = [heads, ["P1", "甲", 500, None], ["P2", "乙", 400, 2026]]
    [(place, message)] = warned(tmp_path, "year_idle", 项目=now, 资金=funds, 设置=years)
    assert place == "资金!D2" and "2027 年的额度 300.00 万元用不上" in message
    later = [heads, ["P1", "甲", 500, 2027]]
    assert not warned(tmp_path, "year_idle", 项目=later, 资金=funds, 设置=years)
    banned = [[*heads, "状态"], ["P1", "甲", 500, 2027, "禁选"], ["P2", "乙", 400, None, None]]
    assert warned(tmp_path, "year_idle", 项目=banned, 资金=funds, 设置=years)
    carried = [funds[0], [*funds[1][:2], 800, 300, "是"]]
    assert warned(tmp_path, "year_idle", 项目=now, 资金=carried, 设置=years)  # nothing comes after it
    early = [heads, ["P1", "甲", 500, None, 2027], ["P2", "乙", 400, None, 2027]]
    early[0] = [*heads, "最早开工"]
    assert warned(tmp_path, "year_idle", 项目=early, 资金=funds, 设置=years)[0][0] == "资金!C2"
    assert not warned(tmp_path, "year_idle", 项目=early, 资金=carried, 设置=years)


def test_a_fund_whose_name_says_another_kind_than_its_empty_cell_is_named(tmp_path: Path) -> None:
    for name, likely in (("地方政府专项债券", "专项债券"), ("超长期特别国债", "特别国债"), ("银行贷款", "贷款")):
        [(place, message)] = warned(tmp_path, "kind_missing", **{**SMALL, "资金": [["资金名称", "额度"], [name, 800]]})
        assert place == "资金!A2" and f"看名称像{likely}" in message
    named = [["资金名称", "类型", "额度"], ["专项债补贴", "补助", 800], ["中央补助", None, 5]]
    assert not warned(tmp_path, "kind_missing", **{**SMALL, "资金": named})


P = ["项目编号", "项目名称", "总投资"]


@pytest.mark.parametrize(
    ("sheets", "address", "code"),
    [
        (with_rows("项目", P, ["P1", "甲", -4]), "项目!C2", "cell_unreadable"),
        (with_rows("项目", P, ["P1", "甲", "约3000"]), "项目!C2", "cell_unreadable"),
        (with_rows("项目", P, ["P1", "甲", 5], ["P1", "乙", 5]), "项目!A3", "duplicate"),
        (with_rows("项目", P, ["P1", None, 5]), "项目!B2", "cell_empty"),
        (with_rows("项目", ["项目编号", "总投资"], ["P1", 5]), "项目!A1", "column_missing"),
        (with_rows("项目", [*P, "状态"], ["P1", "甲", 5, "必须"]), "项目!D2", "cell_unreadable"),
        (with_rows("项目", [*P, "申报:专项"], ["P1", "甲", 5, 5]), "项目!D1", "header_unknown_part"),
        (with_rows("项目", [*P, "需求:2026", "需求:2027"], ["P1", "甲", 5, 2, 2]), "项目!D2", "need_sum"),
        (with_rows("项目", [*P, "已到位资金"], ["P1", "甲", 5, 6]), "项目!D2", "received_above_total"),
        (with_rows("项目", [*P, "互斥组"], ["P1", "甲", 5, "A组"], ["P2", "乙", 5, "A祖"]), "项目!D3", "group_of_one"),
        (with_rows("项目", [*P, "前置项目"], ["P1", "甲", 5, "P2"], ["P2", "乙", 5, "P1"]), "项目!D2", "cycle"),
        (with_rows("项目", [*P, "前置项目"], ["P1", "甲", 5, "P9"]), "项目!D2", "unknown_name"),
        (with_rows("项目", [*P, "同步主项目"], ["P1", "甲", 5, "P9"]), "项目!D2", "unknown_name"),
        (with_rows("项目", [*P, "最早开工", "最晚开工"], ["P1", "甲", 5, 2027, 2026]), "项目!E2", "start_order"),
        (with_rows("项目", [*P, "状态", "已安排:债"], ["P1", "甲", 5, "禁选", 3]), "项目!D2", "lock_clash"),
        (with_rows("项目", [*P, "申报:债", "固定安排:债"], ["P1", "甲", 5, 5, 3]), "项目!E2", "lock_clash"),
        (with_rows("项目", [*P, "安排方式"], ["P1", "甲", 5, "按申报"]), "项目!D2", "ask_missing"),
        (with_rows("项目", [*P, "最低满足率"], ["P1", "甲", 5, 0.5], ["P2", "乙", 5, 60]), "项目!D3", "share_mixed"),
        (with_rows("项目", [*P, "总投资(亿元)"], ["P1", "甲", 5, 6]), "项目!D1", "header_duplicate"),
        (with_rows("资金", ["资金名称", "额度"], ["债", None]), "资金!B2", "limit_missing"),
        (with_rows("资金", ["资金名称", "额度", "类型"], ["债", 5, "债"]), "资金!C2", "cell_unreadable"),
        (with_rows("切块", ["资金", "地区", "额度"], ["债券", "甲县", 5]), "切块!A2", "unknown_name"),
        (with_rows("分摊", ["项目编号", "地区", "比例"], ["P1", "甲县", "60%"], ["P1", "乙县", "30%"]), "分摊!C3", "share_sum"),
        (with_rows("分摊", ["项目编号", "地区", "比例"], ["P1", "甲县", "130%"]), "分摊!C2", "cell_unreadable"),
        (with_rows("方案", ["项目编号", "方案"], ["P9", "大"]), "方案!A2", "unknown_name"),
        (with_rows("目标", ["产出", "下限"], ["户数", 5]), "目标!A2", "unknown_name"),
        (with_rows("设置", ["名称", "值"], ["起始年份", 2026]), "设置!A2", "unknown_name"),
        (with_rows("设置", ["名称", "值"], ["年数", 20]), "设置!B2", "cell_unreadable"),
        (with_rows("设置", ["名称", "值"], ["优化目标", "公平"]), "设置!B2", "setting_wrong"),
        (with_rows("规则", ["规则", "参数", "值"], ["regional", "上限", 5]), "规则!A2", "rule_row"),
        (with_rows("规则", ["规则", "参数", "值"], ["region_quota", "最大", 5]), "规则!B2", "rule_row"),
        (with_rows("规则", ["规则", "参数", "值"], ["region_quota", "上限占比", "140%"]), "规则!C2", "rule_row"),
        (with_rows("规则", ["规则", "对象", "参数", "值"], ["region_quota", "资金=国债", "上限", 5]), "规则!B2", "rule_row"),
        (with_rows("规则", ["规则", "对象", "参数", "值"], ["count_cap", "县=甲", "最多个数", 5]), "规则!B2", "rule_row"),
        (with_rows("规则", ["规则", "参数", "值"], ["category_quota", "下限", 9], ["category_quota", "上限", 5]), "规则!C2", "rule_row"),
        (with_rows("规则", ["规则", "参数", "值"], ["count_cap", "最多个数", 9], ["count_cap", "最多个数", 5]), "规则!B3", "rule_row"),
        (with_rows("规则", ["规则", "参数", "值"], ["coverage", "倍数", 1.2]), "规则!A2", "rule_needs"),
        (with_rows("规则", ["规则", "刚性"], ["arrangement", "弹性"]), "规则!C2".replace("C", "B"), "rule_row"),
        (with_rows("规则", ["规则", "参数", "值"], ["tag_share", "下限占比", "20%"]), "规则!A2", "rule_needs"),
        (with_rows("规则", ["规则", "参数", "值"], ["ongoing_first", "方式", "先排"]), "规则!A2", "rule_needs"),
        (with_rows("地区", ["名称", "上级"], ["甲县", "甲市"]), "地区!B2", "unknown_name"),
        (with_rows("地区", ["名称", "上级"], ["甲", "乙"], ["乙", "甲"]), "地区!B2", "cycle"),
    ],
)  # fmt: skip
def test_one_fault(tmp_path: Path, sheets: dict, address: str, code: str) -> None:
    one_error(tmp_path, sheets, address, code)


def test_unlisted_region_and_category_are_errors_once_listed(tmp_path: Path) -> None:
    project = [["项目编号", "项目名称", "总投资", "地区", "类别"], ["P1", "甲", 5, "华亭", "路"]]
    sheets = {"项目": project, "资金": SMALL["资金"], "地区": [["名称"], ["华亭市"]], "类别": [["类别"], ["道路"]]}
    path = write_book(tmp_path / "c.xlsx", **sheets)
    assert found(path) == {("项目!D2", "unknown_name"), ("项目!E2", "unknown_name")}
    remedies = {i.remedy for i in read_case(path).errors}
    assert "改为“华亭市”" in remedies


def test_all_faults_at_once(tmp_path: Path) -> None:
    sheets = {
        "项目": [[*P, "互斥组"], ["P1", "甲", "约5", "G"], ["P1", "乙", -1, None]],
        "资金": [["资金名称", "额度"], ["债", "待定"]],
        "规则": [["规则", "对象", "参数", "值"], ["region_quota", "地区=没有", "上限占比", "150%"]],
    }
    errors = found(write_book(tmp_path / "c.xlsx", **sheets))
    assert {a for a, _ in errors} >= {
        "项目!C2",
        "项目!A3",
        "项目!C3",
        "项目!D2",
        "资金!B2",
        "规则!C2".replace("C", "B"),
        "规则!D2",
    }


def test_quota_named_twice_in_two_sheets(tmp_path: Path) -> None:
    sheets = {
        **SMALL,
        "地区": [["名称", "配额上限:债"], ["甲县", 5]],
        "规则": [["规则", "对象", "参数", "值"], ["region_quota", "地区=甲县;资金=债", "上限", 9]],
    }
    assert {("地区!B2", "rule_row")} <= found(write_book(tmp_path / "c.xlsx", **sheets))


def test_error_cells_and_formulas_without_value_are_not_blank(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "c.xlsx", **{**SMALL, "项目": [[*P, "效益"], ["P1", "甲", "=1+2", 3], ["P2", "乙", "#REF!", 3]]}
    )
    errors = found(path)
    assert ("项目!C2", "formula_uncached") in errors
    assert ("项目!C3", "cell_error") in errors


def test_units_and_header_variants(tmp_path: Path) -> None:
    rows = [
        ["某市储备清单"],
        ["单位：亿元"],
        ["编号", "工程名称", "总投资（亿元）", "备注1"],
        ["Ｐ１", "甲", 0.05, ""],
        ["P2", "乙", "400万元", ""],
    ]
    reading = read_case(write_book(tmp_path / "c.xlsx", **{**SMALL, "项目": rows}))
    assert reading.case is not None, reading.issues
    assert [p.schemes[0].total for p in reading.case.projects] == [50000, 40000]
    assert any(i.code == "header_near" for i in reading.issues)


def test_changing_the_unit_changes_nothing(tmp_path: Path) -> None:
    wan = read_case(write_book(tmp_path / "a.xlsx", **SMALL))
    yi = {
        "项目": [
            ["项目编号", "项目名称", "总投资(亿元)", "效益"],
            ["P1", "甲项目", 0.05, 10],
            ["P2", "乙项目", 0.04, 9],
            ["P3", "丙项目", 0.03, 4],
        ],
        "资金": [["资金名称", "额度(亿元)"], ["债", 0.08]],
    }
    assert wan.case_sha256 == read_case(write_book(tmp_path / "b.xlsx", **yi)).case_sha256
    plain = {
        **yi,
        "项目": [["项目编号", "项目名称", "总投资", "效益"], *yi["项目"][1:]],
        "资金": [["资金名称", "额度"], ["债", 0.08]],
        "设置": [["名称", "值"], ["金额单位", "亿元"]],
    }
    assert wan.case_sha256 == read_case(write_book(tmp_path / "d.xlsx", **plain)).case_sha256


def test_order_of_rows_and_columns_changes_nothing(tmp_path: Path) -> None:
    head, *rows = SMALL["项目"]
    turned = {"资金": SMALL["资金"], "项目": [head[::-1], *[r[::-1] for r in rows[::-1]]]}
    one, other = (read_case(write_book(tmp_path / f"{n}.xlsx", **s)) for n, s in (("a", SMALL), ("b", turned)))
    assert one.case_sha256 == other.case_sha256


def test_time(tmp_path: Path) -> None:
    """Even spread takes the remainder first; asks follow the profile; the horizon comes from the headers."""
    rows = [
        [*P, "建设周期", "最早开工", "最晚开工", "申报:债", "需求:2027", "需求:2028"],
        ["P1", "甲", 100, 3, 2026, 2027, None, None, None],
        ["P2", "乙", 90, None, None, None, 10, 30, 60],
    ]
    funds = [["资金名称", "额度:2026", "额度:2027"], ["债", 50, 50]]
    case = read_case(write_book(tmp_path / "c.xlsx", 项目=rows, 资金=funds)).case
    assert case is not None
    assert (case.first_year, case.years) == (2026, 2)
    one, two = case.projects
    assert one.schemes[0].profile == (3334, 3333, 3333)
    assert one.starts == (0, 1)
    assert (two.starts, two.schemes[0].profile, two.arrangement) == ((1,), (3000, 6000), "按申报")
    assert two.schemes[0].asks == (("债", (333, 667)),)


def test_schemes_replace_the_project_row(tmp_path: Path) -> None:
    sheets = {**SMALL, "方案": [["项目编号", "方案", "总投资", "效益"], ["P1", "大", 600, 12], ["P1", "小", None, 3]]}
    case = read_case(write_book(tmp_path / "c.xlsx", **sheets)).case
    assert case is not None
    assert [(s.name, s.total, s.benefit) for s in case.projects[0].schemes] == [("大", 60000, 12), ("小", 50000, 3)]


def test_scores_and_weights(tmp_path: Path) -> None:
    rows = [[*P, "评分:民生", "评分:安全"], ["P1", "甲", 100, 80, 50]]
    settings = [["名称", "值"], ["权重:民生", 0.6], ["权重:安全", 0.4]]
    case = read_case(write_book(tmp_path / "c.xlsx", 项目=rows, 资金=SMALL["资金"], 设置=settings)).case
    assert case is not None
    assert case.projects[0].schemes[0].benefit == (F(6, 10) * 80 + F(4, 10) * 50) * 100


def test_filled_columns_whose_rule_is_off_are_said_aloud(tmp_path: Path) -> None:
    sheets = {**SMALL, "地区": [["名称", "用地指标"], ["甲县", 5]]}
    issues = read_case(write_book(tmp_path / "c.xlsx", **sheets)).issues
    assert [(i.severity, i.cell) for i in issues if i.code == "rule_idle"] == [("note", "B2")]
    off = {
        **SMALL,
        "项目": [[*P, "负面清单"], ["P1", "甲", 5, "是"]],
        "规则": [["规则", "启用"], ["negative_list", "否"]],
    }
    found_off = [i.message for i in read_case(write_book(tmp_path / "d.xlsx", **off)).issues if i.code == "rule_idle"]
    assert len(found_off) == 1 and "被停用" in found_off[0]


@pytest.mark.parametrize(
    "options",
    [
        {"locks": ("P9",)},
        {"locks": ("P1",), "bans": ("P1",)},
        {"sets": ("没有.上限=3",)},
        {"sets": ("region_quota",)},
        {"sets": ("count_cap.最多个数=两个",)},
    ],
)
def test_wrong_options_are_input_errors(tmp_path: Path, options: dict) -> None:
    assert found(write_book(tmp_path / "c.xlsx", **SMALL), **options)


def test_sets_replace_and_add(tmp_path: Path) -> None:
    sheets = {**SMALL, "规则": [["规则", "参数", "值"], ["count_cap", "最多个数", 2]]}
    path = write_book(tmp_path / "c.xlsx", **sheets)
    assert [p.value for p in read_case(path, sets=("count_cap.最多个数=1",)).policies] == [1]
    assert read_case(path, sets=("count_cap.启用=否",)).policies == ()
    soft = read_case(path, sets=("count_cap.刚性=弹性", "count_cap.罚分=3")).policies[0]
    assert (soft.hard, soft.penalty) == (False, 3)
    added = read_case(path, sets=("min_award[资金=债].起拨额=50",)).policies
    assert [p.rule for p in added] == ["count_cap", "min_award"]


@pytest.mark.parametrize("name", ["mini", "longdong"])
def test_samples_read_without_a_finding(tmp_path: Path, name: str) -> None:
    write_sample(name, tmp_path / "s.xlsx")
    reading = read_case(tmp_path / "s.xlsx")
    assert [i for i in reading.issues if i.code != "tag_computed"] == []
    assert reading.case is not None and reading.case.fictional


def test_template_reads_and_is_solvable(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    reading = read_case(tmp_path / "t.xlsx")
    assert not reading.errors, reading.errors


def test_longdong_is_what_it_says(tmp_path: Path) -> None:
    write_sample("longdong", tmp_path / "s.xlsx")
    case = read_case(tmp_path / "s.xlsx").case
    assert case is not None
    groups = {c.name: c.group for c in case.categories}
    count = {g: sum(groups[p.category] == g for p in case.projects) for g in groups.values()}
    assert len(case.projects) >= 200 and case.years == 5 and len(case.funds) == 6
    assert all(count[g] >= 10 for g in ("老旧小区改造", "管网更新", "县城设施", "交通连接"))
    assert len({p.name for p in case.projects}) == len(case.projects)
    asks = sum(p.schemes[0].total - p.received for p in case.projects)
    assert 3 <= asks / sum(f.limit for f in case.funds) <= 5
    assert sum(bool(r.population) for r in case.regions) == 15


def test_merged_cells_are_named_not_read_as_empty(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = write_book(tmp_path / "c.xlsx", **SMALL)
    book = load_workbook(path)
    page = book["项目"]
    letters = page.cell(1, 2).column_letter
    page.merge_cells(f"{letters}2:{letters}3")
    book.save(path)
    found = read_case(path)
    assert found.case is None and ("merged", f"{letters}2") in {(i.code, i.cell) for i in found.errors}


def test_names_that_results_could_not_tell_apart_are_refused(tmp_path: Path) -> None:
    rows = [["项目编号", "项目名称", "总投资"], ["合计", "甲", 10], ["P1、P2", "乙", 10], ["P3", "丙", 10]]
    funds = [
        ["资金名称", "类型", "额度"],
        ["安排合计", "补助", 10],
        ["补助（A）", "补助", 10],
        ["补助(Ａ)", "补助", 10],
    ]
    found = read_case(write_book(tmp_path / "c.xlsx", 项目=rows, 资金=funds))
    wrong = {(i.code, i.sheet, i.cell) for i in found.errors}
    assert {("name_reserved", "项目", "A2"), ("name_mark", "项目", "A3"), ("name_reserved", "资金", "A2")} <= wrong
    assert ("duplicate", "资金", "A4") in wrong


def test_a_percent_cell_is_what_is_seen(tmp_path: Path) -> None:
    """20 % typed into a cell is 20 %, also under a heading that says (%); 120 % is refused."""
    heads = [*SMALL["项目"][0], "资本金比例(%)"]
    path = write_book(tmp_path / "c.xlsx", **with_rows("项目", heads, *[[*row, 0.2] for row in SMALL["项目"][1:]]))
    book = load_workbook(path)
    for row in (2, 3, 4):
        book["项目"].cell(row, len(heads)).number_format = "0%"
    book.save(path)
    case = read_case(path).case
    assert case is not None and {p.finance.capital_share for p in case.projects} == {F(1, 5)}
    book["项目"].cell(3, len(heads)).value = 1.2
    book.save(path)
    assert {i.address for i in read_case(path).errors} == {"项目!E3"}


def test_shares_written_as_text_may_be_fractions_or_percent_too(tmp_path: Path) -> None:
    heads = [*SMALL["项目"][0], "资本金比例"]
    rows = [[*row, share] for row, share in zip(SMALL["项目"][1:], ("0.5", "20", "1"), strict=True)]
    one_error(tmp_path, with_rows("项目", heads, *rows), "项目!E3", "share_mixed")


def test_two_sheets_of_one_name_are_told_apart_by_nobody(tmp_path: Path) -> None:
    one_error(tmp_path, {**SMALL, "资金 ": [["资金名称", "额度"], ["债", 1]]}, "资金 ", "sheet_twice")


def test_hidden_rows_take_part_and_that_is_said(tmp_path: Path) -> None:
    path = write_book(tmp_path / "c.xlsx", **SMALL)
    book = load_workbook(path)
    book["项目"].row_dimensions[3].hidden = True
    book.save(path)
    reading = read_case(path)
    assert reading.case is not None and len(reading.case.projects) == 3
    assert [(i.address, i.severity) for i in reading.issues if i.code == "rows_hidden"] == [("项目!A3", "warning")]


def test_benefits_of_some_projects_only_are_warned_of(tmp_path: Path) -> None:
    rows = [SMALL["项目"][0], SMALL["项目"][1], [*SMALL["项目"][2][:3], None], SMALL["项目"][3]]
    reading = read_case(write_book(tmp_path / "c.xlsx", **with_rows("项目", *rows)))
    assert [i.address for i in reading.issues if i.code == "benefit_mixed"] == ["项目!D3"]
    everywhere = [row[:3] for row in SMALL["项目"]]
    reading = read_case(write_book(tmp_path / "d.xlsx", **with_rows("项目", *everywhere)))
    assert [(i.code, i.severity) for i in reading.issues if i.code.startswith("benefit_")] == [
        ("benefit_none", "warning")
    ]


@pytest.mark.parametrize("shown", ['0"%"', "0\\%"])
def test_a_percent_sign_that_is_only_text_does_not_multiply(tmp_path: Path, shown: str) -> None:
    heads = [*SMALL["项目"][0], "资本金比例"]
    path = write_book(tmp_path / "c.xlsx", **with_rows("项目", heads, *[[*row, 30] for row in SMALL["项目"][1:]]))
    book = load_workbook(path)
    for row in (2, 3, 4):
        book["项目"].cell(row, len(heads)).number_format = shown
    book.save(path)
    case = read_case(path).case
    assert case is not None and {p.finance.capital_share for p in case.projects} == {F(3, 10)}


def test_numbers_that_are_no_shares_may_be_shown_as_percent(tmp_path: Path) -> None:
    """A column 值 formatted 0% throughout: 最多个数 8 is 8, 上限占比 1.2 is 120 % and refused."""
    rules = [
        ["规则", "对象", "参数", "值"],
        ["count_cap", None, "最多个数", 8],
        ["region_quota", "资金=债", "上限占比", 0.5],
    ]
    path = write_book(tmp_path / "c.xlsx", **{**SMALL, "规则": rules})
    book = load_workbook(path)
    for row in (2, 3):
        book["规则"].cell(row, 4).number_format = "0%"
    book.save(path)
    reading = read_case(path)
    assert [p.value for p in reading.policies if p.rule == "count_cap"] == [8]
    book["规则"].cell(3, 4).value = 1.2
    book.save(path)
    assert [i.address for i in read_case(path).errors] == ["规则!D3"]


def test_only_sheets_that_are_read_must_have_names_of_their_own(tmp_path: Path) -> None:
    reading = read_case(write_book(tmp_path / "c.xlsx", **{**SMALL, "附注 1": [["甲"]], "附注1": [["乙"]]}))
    assert reading.case is not None and not [i for i in reading.issues if i.code == "sheet_twice"]


@pytest.mark.parametrize("share", [1 / 3, "0.3333333333", "33.33333333 %"])
def test_a_share_of_too_many_digits_is_one_fault_with_what_to_do(tmp_path: Path, share) -> None:
    """A third to fifteen digits times amounts is wider than whole numbers of 64 bits; eight decimals are enough."""
    rows = [["规则", "对象", "参数", "值"], ["region_quota", "地区=甲县", "上限占比", share]]
    regions = [["地区"], ["甲县"], ["乙县"]]
    reading = read_case(write_book(tmp_path / "c.xlsx", **SMALL, 规则=rows, 地区=regions))
    (fault,) = [i for i in reading.errors if i.sheet == "规则"]
    assert fault.address == "规则!D2" and "0.000001 %" in fault.message and "四舍五入" in fault.remedy
    assert not any("0.33333333" in i.value for i in read_case(write_book(tmp_path / "d.xlsx", **SMALL, 规则=[rows[0], [*rows[1][:3], "33.333333 %"]], 地区=regions)).errors)  # fmt: skip
