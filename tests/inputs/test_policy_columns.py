"""Columns and rule rows of debt, people, land and aims: read, retuned, refused."""

from fractions import Fraction as F
from pathlib import Path

import pytest

from inputs.case.read import Reading, read_case
from inputs.case.rule_schema import RULE_SCHEMAS
from models.particulars import Settled
from models.rules import RULES
from optimizer.options import Options
from optimizer.solve import solve
from tests.books import SMALL, write_book

FULL = {
    "项目": [
        [
            "项目编号", "项目名称", "地区", "类别", "总投资", "已到位资金", "其中资本金已到位", "资本金比例", "净收益", "分年补助:2026", "分年补助:2040",
            "债券期限", "债券利率", "存量债券本息", "贷款本息", "新增建设用地(亩)", "手续:立项", "手续:事前绩效评估", "审核结果", "负面清单", "建成年份", "管材", "效益",
            "原方案:债:2026", "建设性质",
        ],
        ["P1", "甲项目", "甲县", "供水管网", 500, 100, 50, "25%", 700, 10, 20, 10, "3%", 5, 6, 1.5, "批复〔2025〕3号", "否", "待审", "否", 1990, "石棉管", 10, 300, "新建"],
        ["P2", "乙项目", "乙县", "道路", 400, None, None, None, 50, None, None, 5, "2%", None, None, "1公顷", None, "是", None, "是", None, None, 9, None, "续建"],
    ],
    "资金": [["资金名称", "类型", "额度:2026", "资本金", "须收益覆盖", "参与挂钩"], ["债", "专项债券", 800, "可用作", "是", "否"], ["补", "补助", 300, "计入", None, "是"]],
    "类别": [["类别", "资本金下限", "债券可作资本金", "改造类", "安全类", "民生类"], ["供水管网", "20%", "是", "是", "是", "否"], ["道路", None, "否", None, None, "是"]],
    "地区": [
        [
            "名称", "上级", "标签", "常住人口", "城镇化率", "新增落户:跨省:2025", "新增落户:本市:2024", "成本系数", "困难系数", "专项债务限额", "专项债务余额",
            "到期本金:2027", "风险等级", "人均城镇建设用地", "用地指标", "存量处置率", "增减挂钩节余", "海拔", "分年补助上限:2026",
        ],
        ["甲县", None, None, 200000, "40%", 30, 20, 1.1, 0.9, 5000, 4000, 100, "黄", 120, 10, "100%", 2, 1200, 8],
        ["乙县", None, "人口流失县", 80000, "45%", 5, None, None, None, None, None, None, None, 90, None, None, None, 3200, None],
    ],
    "迁移": [["迁出地区", "迁入地区", "人数", "带地标准"], ["乙县", "甲县", 12, None]],
    "切块": [["资金", "地区", "额度", "类别"], ["补", "甲县", 300, "供水管网"]],
    "设置": [["名称", "值"], ["起始年", 2026], ["年数", 2], ["分层次序", "安全隐患,续建"], ["分层容差", "1%"], ["全省城镇化率", "52%"], ["高海拔线", 3000]],
}  # fmt: skip


def read(tmp_path: Path, sets=(), **sheets) -> Reading:
    return read_case(write_book(tmp_path / "c.xlsx", **{**FULL, **sheets}), sets=sets)


def test_every_column_arrives(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert reading.case is not None, reading.errors
    case = reading.case
    one, two = case.projects
    finance = one.finance
    assert (finance.capital_received, finance.capital_share, finance.revenue) == (5_000, F(1, 4), 70_000)
    assert finance.topups == ((0, 1_000), (14, 2_000))
    assert (finance.tenor, finance.rate, finance.old_service, finance.loan_service) == (10, F(3, 100), 500, 600)
    assert (one.land, two.land) == (15_000, 150_000)
    assert one.papers.documents == (("事前绩效评估", False), ("立项", True)) and one.papers.review == "待审"
    assert (
        two.papers.documents == (("事前绩效评估", True), ("立项", True))
        and two.papers.review == ""
        and two.papers.negative
    )
    assert (one.pipe.network, one.pipe.built, one.pipe.material) == ("供水", 1990, "石棉管")
    assert one.before == (("债", 0, 30_000),)
    assert [(f.capital, f.covered, f.linked) for f in case.funds] == [("可用作", True, False), ("计入", False, True)]
    assert (case.categories[0].capital_floor, case.categories[0].bond_capital, case.categories[1].livelihood) == (
        F(1, 5),
        True,
        True,
    )
    first, second = case.regions
    assert first.people.settled == (Settled("本市", 2024, 20), Settled("跨省", 2025, 30))
    assert (first.people.cost, first.people.hardship, second.people.cost) == (F(11, 10), F(9, 10), 1)
    assert (first.debt.special_limit, first.debt.due, first.debt.grade, first.debt.topup_limits) == (
        500_000,
        ((1, 10_000),),
        "黄",
        ((0, 800),),
    )
    assert (first.land.per_head, first.land.quota, first.land.disposal, first.land.surplus) == (120, 100_000, 1, 20_000)
    assert first.tags == ("潜力地区",) and second.tags == ("人口流失县", "高海拔")
    assert case.migrations[0].standard is None and case.slices[0].category == "供水管网"
    assert case.tiers.order == ("安全", "续建", "民生", "其他") and case.tiers.tolerance == F(1, 100)


def test_computed_tags_give_way_to_those_set_by_hand(tmp_path: Path) -> None:
    rows = [list(r) for r in FULL["地区"]]
    rows[2][2] = "潜力地区"
    case = read(tmp_path, 地区=rows).case
    assert case is not None
    assert [r.tags for r in case.regions] == [(), ("潜力地区", "高海拔")]


def only(reading: Reading, code: str) -> list[str]:
    return [i.address for i in reading.errors if i.code == code]


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (["coverage", None, "倍数", 1.1], ("coverage", "须收益覆盖")),
        (["capital_floor", None, None, None], ("capital_floor", "资本金下限")),
        (["bond_as_capital", None, "上限占比", "20%"], ("bond_as_capital", "资本金")),
        (["debt_headroom", None, None, None], ("debt_headroom", "专项债务限额")),
        (["risk_grade", None, "红", 0], ("risk_grade", "风险等级")),
        (["negative_list", None, None, None], ("negative_list", "负面清单")),
        (["readiness", None, None, None], ("readiness", "手续")),
        (["age_material", None, None, None], ("age_material", "建成年份")),
        (["key_province", None, None, None], ("key_province", "民生类")),
        (["decline_cap", None, "上限占比", "2%"], ("decline_cap", "标签")),
        (["people_money", None, "偏差", "10%"], ("people_money", "新增落户")),
        (["people_land", None, None, None], ("people_land", "新增建设用地")),
        (["land_priority", None, "下限占比", "10%"], ("land_priority", "新增建设用地")),
        (["same_cost", None, None, None], ("same_cost", "建安投资")),
        (["earmark", None, None, None], ("earmark", "资金适用")),
        (["tag_share", None, "下限占比", "10%"], ("tag_share", "标签")),
        (["ongoing_first", None, "方式", "先排"], ("ongoing_first", "建设性质")),
        (["prerequisite", None, None, None], ("prerequisite", "前置项目")),
    ],
)
def test_a_rule_without_its_columns_is_an_error_that_names_both(tmp_path: Path, row: list, names: tuple) -> None:
    path = write_book(tmp_path / "c.xlsx", **SMALL, 规则=[["规则", "对象", "参数", "值"], row])
    reading = read_case(path)
    found = [i for i in reading.errors if i.address == "规则!A2"]
    assert found and all(name in found[0].message for name in names), [i.message for i in reading.errors]
    off = write_book(tmp_path / "d.xlsx", **SMALL, 规则=[["规则", "对象", "参数", "值", "启用"], [*row, "否"]])
    assert read_case(off).case is not None


def changed(sheet: str, row: int, column: str, value) -> dict:
    rows = [list(r) for r in FULL[sheet]]
    rows[row][rows[0].index(column)] = value
    return {sheet: rows}


@pytest.mark.parametrize(
    ("change", "address", "code"),
    [
        (changed("项目", 1, "债券期限", 4), "项目!L2", "tenor_unknown"),
        (changed("项目", 1, "债券期限", None), "项目!L2", "coverage_cell"),
        (changed("项目", 1, "债券利率", None), "项目!M2", "coverage_cell"),
        (changed("项目", 1, "其中资本金已到位", 101), "项目!G2", "capital_above_received"),
        (changed("项目", 0, "分年补助:2026", "分年补助:2020"), "项目!J2", "year_outside"),
        (changed("项目", 1, "审核结果", "通过了"), "项目!S2", "cell_unreadable"),
        (changed("地区", 1, "专项债务余额", None), "地区!K2", "debt_half"),
        (changed("地区", 1, "风险等级", "紫"), "地区!M2", "cell_unreadable"),
        (changed("地区", 0, "新增落户:跨省:2025", "新增落户:国外:2025"), "地区!F1", "tier_unknown"),
        (changed("地区", 2, "上级", "甲县"), "地区!F3", "settled_twice"),
        (changed("资金", 1, "资本金", "一半"), "资金!D2", "cell_unreadable"),
        (changed("设置", 3, "值", "续建,美观"), "设置!B4", "setting_wrong"),
        ({"迁移": [["迁出地区", "迁入地区", "人数"], ["乙县", "丙县", 12]]}, "迁移!B2", "unknown_name"),
        ({"迁移": [["迁出地区", "迁入地区", "人数"], ["乙县", "甲县", 12], ["乙县", "甲县", 1]]}, "迁移!A3", "duplicate"),
        ({"设置": [*FULL["设置"], ["优化目标", "贴近挂钩"]], "资金": [r[:5] for r in FULL["资金"]]}, "设置!B8", "setting_wrong"),
        ({"规则": [["规则", "参数", "值"], ["people_land", "人均标准", "火星"]]}, "规则!C2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["people_land", "浮动", "20%"]]}, "规则!C2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["risk_grade", "红", 1.5]]}, "规则!C2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["risk_grade", "紫", 0.5]]}, "规则!B2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["capital_floor", "下浮", "6%"]]}, "规则!C2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["key_province", "民生类别", "供水管网,公圆"]]}, "规则!C2", "rule_row"),
        ({"规则": [["规则", "对象", "参数", "值"], ["people_money", "地区=甲县", "偏差", "5%"]]}, "规则!B2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["people_money", "权重:跨省", 0], ["people_money", "权重:本市", 0]]}, "地区!F2", "weights_unformed"),
        ({"规则": [["规则", "参数", "值"], ["land_priority", None, None]]}, "规则!B2", "rule_row"),
    ],
)  # fmt: skip
def test_bad_cells(tmp_path: Path, change: dict, address: str, code: str) -> None:
    reading = read(tmp_path, **change)
    assert address in only(reading, code), [(i.address, i.code, i.message) for i in reading.errors]


def test_land_table_needs_the_present_use_per_head(tmp_path: Path) -> None:
    rule = [["规则", "参数", "值"], ["people_land", None, None]]
    change = {**changed("地区", 1, "人均城镇建设用地", None), "规则": rule}
    assert only(read(tmp_path, **change), "per_head_missing") == ["地区!N2", "迁移!D2"]
    change["规则"] = [["规则", "参数", "值"], ["people_land", "人均标准", "80 m²"]]
    assert read(tmp_path, **change).case is not None


def test_above_the_debt_limit_is_a_finding_and_no_error(tmp_path: Path) -> None:
    reading = read(tmp_path, **changed("地区", 1, "专项债务余额", 6000))
    assert reading.case is not None
    assert [i.severity for i in reading.issues if i.code == "debt_above_limit"] == ["warning"]


def test_empty_papers_are_said(tmp_path: Path) -> None:
    reading = read(tmp_path, **changed("项目", 2, "建设性质", "新建"))
    assert {i.message.split("”")[0] for i in reading.issues if i.code == "paper_empty"} == {"“手续:立项", "“审核结果"}
    assert reading.case is not None and reading.case.projects[1].papers.review == "待审"


def test_every_rule_can_be_switched_off_and_made_soft(tmp_path: Path) -> None:
    """On the full book: --set rule.启用=否 silences a rule, --set rule.刚性=弹性 makes all its policies soft."""
    rules = [["规则", "对象", "参数", "值"]] + [
        [s.id, None, p.name, _value(p)]
        for s in RULE_SCHEMAS
        if not s.by_column
        for p in s.parameters
        if p.limit or s.bare
    ]
    rules = [
        r
        for r in rules
        if r[2] not in ("下限", "上限占比", "下限占比", "基数") or r[0] in ("decline_cap", "land_priority")
    ]
    rules = [[*r[:2], r[2] + ":1" if r[2] == "退坡" else r[2], r[3]] for r in rules]
    rules[0] = ["规则", "对象", "参数", "值"]
    sheets = {
        "规则": rules,
        "项目": [
            [*FULL["项目"][0], "建安投资", "互斥组", "捆绑组", "前置项目"],
            [*FULL["项目"][1], 400, "组", "捆", None],
            [*FULL["项目"][2], 300, "组", "捆", "P1"],
        ],
    }
    base = read(tmp_path, **sheets)
    assert base.case is not None, [i.message for i in base.errors]
    for rule in RULES:
        if rule.always:
            continue
        off = read(tmp_path, sets=(f"{rule.id}.启用=否",), **sheets)
        assert off.case is not None, (rule.id, [i.message for i in off.errors])
        mine = [p for p in off.policies if p.rule == rule.id]
        assert all(p.value == "停用" for p in mine), rule.id
        soft = read(tmp_path, sets=(f"{rule.id}.刚性=弹性", f"{rule.id}.罚分=2"), **sheets)
        mine = [p for p in soft.policies if p.rule == rule.id]
        if soft.case is None:  # no column of the rule is filled in this book: said, not swallowed
            assert rule.id in ("together", "shared_cost", "output_target", "lock"), rule.id
            assert all(rule.id in i.message for i in soft.errors)
            continue
        assert mine and all(not p.hard and p.penalty == 2 for p in mine), rule.id


def _value(parameter) -> object:
    samples = {
        "names": "供水管网",
        "choice": "占比",
        "text": "国家",
        "whole": 20,
        "money": 5,
        "share": "5%",
        "number": 1,
        "factor": "50%",
    }
    return parameter.default if parameter.name == "方式" else samples[parameter.kind]


def test_people_money_is_soft_unless_said_otherwise(tmp_path: Path) -> None:
    rows = [["规则", "参数", "值"], ["people_money", "偏差", "20%"]]
    reading = read(tmp_path, 规则=rows)
    policy = next(p for p in reading.policies if p.rule == "people_money")
    assert (policy.hard, policy.rank) == (False, 99)
    assert not [i for i in reading.issues if i.code == "soft_default"]
    hard = read(tmp_path, sets=("people_money.刚性=刚性",), 规则=rows)
    assert next(p for p in hard.policies if p.rule == "people_money").hard


def test_settings_of_a_rule_are_kept_exactly(tmp_path: Path) -> None:
    rows = [
        ["规则", "参数", "值"],
        ["people_money", "偏差", "20%"],
        ["people_money", "退坡:1", 1],
        ["people_money", "退坡:2", 0.35],
        ["people_money", "权重:跨省", 1.5],
    ]
    policy = next(p for p in read(tmp_path, 规则=rows).policies if p.rule == "people_money")
    assert policy.value == F(1, 5)
    assert dict(policy.options) == {"退坡:1": "1", "退坡:2": "7/20", "权重:跨省": "3/2"}


def test_the_full_book_is_solved_and_checked(tmp_path: Path) -> None:
    rules = [
        ["规则", "参数", "值"],
        ["people_money", "偏差", "20%"],
        ["people_land", None, None],
        ["age_material", None, None],
    ]
    reading = read(tmp_path, 规则=rules)
    assert reading.case is not None
    solution = solve(reading.case, Options(time_limit=20))
    assert solution.verdict is not None and solution.verdict.passed


def test_bands_that_cannot_be_filled_are_named_before_the_solve(tmp_path: Path) -> None:
    """Nine tenths of 900 万元 belong to 甲县, whose one project can take 100."""
    book = {
        "项目": [["项目编号", "项目名称", "地区", "总投资"], ["P1", "甲", "甲县", 100], ["P2", "乙", "乙县", 500]],
        "资金": [["资金名称", "额度", "参与挂钩"], ["奖", 900, "是"]],
        "地区": [["名称", "新增落户:本市"], ["甲县", 90], ["乙县", 10]],
        "规则": [["规则", "参数", "值"], ["people_money", "偏差", "10%"]],
    }
    found = [i for i in read_case(write_book(tmp_path / "c.xlsx", **book)).issues if i.code == "band_narrow"]
    assert [(i.address, i.severity) for i in found] == [("地区!A2", "warning")]
    assert "729.00" in found[0].message and "100.00" in found[0].message


def test_shares_by_region_class_are_read(tmp_path: Path) -> None:
    rows = [
        ["规则", "对象", "参数", "值"],
        ["fund_share", "资金=补", "分地区类", "是"],
        ["fund_share", "资金=补", "西部", "55%"],
    ]
    policy = next(p for p in read(tmp_path, 规则=rows).policies if p.rule == "fund_share")
    assert (policy.parameter, policy.value, policy.options) == ("分地区类", "是", (("西部", "11/20"),))


def test_set_reaches_the_rows_of_a_rule_whatever_their_scope(tmp_path: Path) -> None:
    rows = [
        ["规则", "对象", "参数", "值"],
        ["tag_share", "标签=人口流失县", "下限占比", "5%"],
        ["pace", "资金=债", "系数", 0.9],
    ]
    off = read(tmp_path, sets=("tag_share.启用=否",), 规则=rows)
    assert not [p for p in off.policies if p.rule == "tag_share"]
    soft = read(tmp_path, sets=("tag_share.刚性=弹性", "tag_share.罚分=1"), 规则=rows)
    assert [(p.hard, p.penalty) for p in soft.policies if p.rule == "tag_share"] == [(False, 1)]
    one = read(tmp_path, sets=("pace[资金=债].系数=2",), 规则=rows)
    assert [p.value for p in one.policies if p.rule == "pace"] == [2]


@pytest.mark.parametrize(
    ("sets", "code"),
    [
        (("people_land.启用=是",), "per_head_missing"),
        (("people_land.人均标准=国家",), "per_head_missing"),
        (("people_money.偏差=5%", "people_money.权重:跨省=0", "people_money.权重:本市=0"), "weights_unformed"),
    ],
)
def test_what_set_switches_on_is_checked_like_a_row(tmp_path: Path, sets: tuple, code: str) -> None:
    reading = read(tmp_path, sets=sets, **changed("地区", 1, "人均城镇建设用地", None))
    assert only(reading, code), [i.message for i in reading.issues]


@pytest.mark.parametrize(
    ("change", "sets"),
    [
        (changed("项目", 1, "债券期限", None), ("coverage.启用=否",)),
        (changed("地区", 1, "专项债务余额", None), ("debt_headroom.启用=否",)),
        ({"规则": [["规则"], ["shared_cost"]]}, ("shared_cost.启用=否",)),
    ],
)
def test_what_set_switches_off_needs_no_columns(tmp_path: Path, change: dict, sets: tuple) -> None:
    assert read(tmp_path, **change).case is None
    assert read(tmp_path, sets=sets, **change).case is not None


@pytest.mark.parametrize(
    ("change", "address", "code"),
    [
        ({"规则": [["规则", "参数", "值"], ["coverage", "倍数", 0.5]]}, "规则!C2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["bond_as_capital", "上限占比", "35%"]]}, "规则!C2", "rule_row"),
        ({"规则": [["规则", "参数", "值"], ["people_land", None, None]], "迁移": [["迁出地区", "迁入地区", "人数"], ["乙县", "乙县", 9]]}, "迁移!B2", "move_to_itself"),
        ({"规则": [["规则", "对象", "参数", "值"], ["tag_share", "标签=没有", "下限占比", "5%"]]}, "规则!B2", "rule_row"),
    ],
)  # fmt: skip
def test_more_bad_cells(tmp_path: Path, change: dict, address: str, code: str) -> None:
    reading = read(tmp_path, **change)
    assert address in only(reading, code), [(i.address, i.code, i.message) for i in reading.errors]


def test_a_cap_on_declining_counties_needs_one(tmp_path: Path) -> None:
    rows = [list(r) for r in FULL["地区"]]
    rows[2][2], rows[2][17] = "其他", 100
    rule = [["规则", "参数", "值"], ["decline_cap", "上限占比", "5%"]]
    assert only(read(tmp_path, 地区=rows, 规则=rule), "rule_columns") == ["地区!C1"]


def test_what_the_rules_cannot_judge_is_said(tmp_path: Path) -> None:
    rows = [["规则", "参数", "值"], ["age_material", None, None], ["people_land", None, None]]
    change = {**changed("项目", 1, "类别", "道路"), "规则": rows}
    change["地区"] = [*FULL["地区"], ["丙县", *[None] * 18]]
    change["项目"] = [
        *change["项目"],
        ["P3", "丙", "丙县", "道路", 50, *[None] * 10, 3, "是", "是", None, None, None, None, 1, None, "续建"],
    ]
    codes = {i.code for i in read(tmp_path, **change).issues}
    assert {"pipe_unjudged", "land_unlimited"} <= codes


def test_people_in_ten_thousands(tmp_path: Path) -> None:
    rows = [list(r) for r in FULL["地区"]]
    rows[0][3], rows[1][3], rows[2][3] = "常住人口(万人)", 20, 8.5
    case = read(tmp_path, 地区=rows).case
    assert case is not None and [r.population for r in case.regions] == [200_000, 85_000]
