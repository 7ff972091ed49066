"""Capital, top-ups and land moves from the workbook to the plan, into the result, and back through verify."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

import cli
from inputs.case.changes import quota_changes, write_changed
from inputs.case.read import read_case
from inputs.files.workbook import load_grids
from models.issue import CaseError
from models.rules import RULE_BY_ID
from tests.books import POLICY, SMALL, write_book


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    case, result, record = write_book(folder / "c.xlsx", **POLICY), folder / "r.xlsx", folder / "r.json"
    assert cli.main(["solve", str(case), "-o", str(result), "--json", str(record), "--time-limit", "20"]) == 0
    return case, result, json.loads(record.read_text(encoding="utf-8"))


def test_the_least_that_the_plan_needs(solved) -> None:
    _, _, record = solved
    assert record["status"] == "optimal"
    assert record["capital"] == {"P1": {"专项债": {"2026": 200}}}
    assert record["topup"] == {"P1": {"2026": 60}}
    assert record["land_moves"] == [{"from": "乙县", "to": "甲县", "mu": 2}]


def cells(result: Path, sheet: str) -> list[tuple]:
    return list(load_workbook(result)[sheet].iter_rows(min_row=3, values_only=True))


def test_the_tables_of_the_result(solved) -> None:
    _, result, _ = solved
    assert cells(result, "分年补助表")[1][:5] == ("P1", "甲县连接线", 2026, 100, 60)
    assert cells(result, "带地进城表")[1] == ("乙县", "甲县", 20, 3, 2)
    assert cells(result, "资本金使用情况表")[1] == ("甲县", 1000, 200, 0.2)
    land = dict(zip(*cells(result, "人地挂钩表")[:2], strict=True))
    assert (land["带入(亩)"], land["可用合计(亩)"], land["已用(亩)"], land["余量(亩)"]) == (2, 50, 50, 0)
    debt = [
        dict(zip(cells(result, "债务还本付息表")[0], row, strict=True)) for row in cells(result, "债务还本付息表")[1:]
    ]
    assert (debt[0]["本次新增"], debt[1]["年度"], debt[1]["新增到期本金"], debt[1]["新增债券利息"]) == (
        1000,
        "规划期以后",
        1000,
        300,
    )
    row = dict(zip(*cells(result, "资金安排建议表")[:2], strict=True))
    assert (row["其中用作资本金"], row["覆盖倍数"], row["债券期限"]) == (200, 1.2, 10)


def test_verify_accepts_and_refuses(solved, tmp_path: Path, capsys) -> None:
    case, result, _ = solved
    assert cli.main(["verify", str(case), str(result)]) == 0
    for sheet, cell, value in (
        ("安排明细", "H4", 199), ("安排明细", "H4", 201), ("安排明细", "H4", "=100+50"), ("分年补助表", "E4", 59), ("分年补助表", "E4", 61),
        ("分年补助表", "E4", "=60"), ("分年补助表", "C4", 2027), ("带地进城表", "E4", 1.9), ("带地进城表", "E4", 2.5), ("带地进城表", "E4", "=2"),
        ("带地进城表", "A4", "丙县"), ("人地挂钩表", "L4", 49), ("债务还本付息表", "G4", 999), ("资本金使用情况表", "C4", 0),
    ):  # fmt: skip
        book = load_workbook(result)
        book[sheet][cell] = value
        book.save(tmp_path / "t.xlsx")
        capsys.readouterr()
        assert cli.main(["verify", str(case), str(tmp_path / "t.xlsx")]) == 5, (sheet, cell)
        words = capsys.readouterr().out
        assert f"{sheet}!{cell}" in words or cell == "C4", (sheet, cell, words)
        assert f"{sheet}!" in words and "156000" not in words and len(words.splitlines()) <= 25, (sheet, cell, words)


def test_a_hard_band_no_county_can_meet_is_a_clash(tmp_path: Path, capsys) -> None:
    """甲 has nine tenths of the people and room for 100 only; share of what is spent, 0 % deviation."""
    book = {
        "项目": [
            ["项目编号", "项目名称", "地区", "总投资", "状态"],
            ["P1", "甲", "甲县", 100, "必选"],
            ["P2", "乙", "乙县", 500, "必选"],
        ],
        "资金": [["资金名称", "额度", "参与挂钩"], ["奖", 900, "是"]],
        "地区": [["名称", "新增落户:本市"], ["甲县", 90], ["乙县", 10]],
        "规则": [
            ["规则", "参数", "值", "刚性"],
            ["people_money", "偏差", "10%", "刚性"],
            ["people_money", "基数", "实际安排", "刚性"],
        ],
    }
    assert cli.main(["solve", str(write_book(tmp_path / "c.xlsx", **book)), "--time-limit", "10"]) == 3
    assert "人钱挂钩" in capsys.readouterr().out
    book["规则"] = [r[:3] for r in book["规则"]]
    assert cli.main(["solve", str(write_book(tmp_path / "d.xlsx", **book)), "--time-limit", "10"]) == 0


def test_quota_by_command_and_written_back(tmp_path: Path, capsys) -> None:
    book = {**SMALL, "地区": [["名称", "政府性基金财力", "申请额"], ["甲县", 600, None], ["乙县", 400, 150]]}
    case = write_book(tmp_path / "c.xlsx", **book)
    out = tmp_path / "n.xlsx"
    assert cli.main(["quota", str(case), "new_debt", "--total", "1000", "--fund", "债", "-o", str(out)]) == 0
    assert "甲县：850.00 万元" in capsys.readouterr().out
    policies = read_case(out).policies
    assert {(p.scope.regions, p.parameter, p.value) for p in policies} == {
        (("甲县",), "上限", 85_000),
        (("乙县",), "上限", 15_000),
    }
    again = tmp_path / "again.xlsx"
    assert cli.main(["quota", str(out), "new_debt", "--total", "0.1亿元", "--fund", "债", "-o", str(again)]) == 0
    assert len(read_case(again).policies) == 2
    assert cli.main(["quota", str(case), "housing_subsidy", "--total", "1000"]) == 2
    assert "改造任务" in capsys.readouterr().err
    assert cli.main(["quota", str(case), "new_debt", "--total", "1000", "--fund", "国债", "-o", str(out)]) == 2


def test_an_amount_in_the_unit_of_the_column(tmp_path: Path) -> None:
    book = {**SMALL, "地区": [["名称", "配额上限:债(亿元)"], ["甲县", 1]]}
    case = write_book(tmp_path / "c.xlsx", **book)
    write_changed(case, tmp_path / "n.xlsx", quota_changes(load_grids(case), "债", "配额上限", {"甲县": 850_000}))
    assert load_workbook(tmp_path / "n.xlsx")["地区"]["B2"].value == 0.85
    assert read_case(tmp_path / "n.xlsx").policies[0].value == 850_000


def test_without_a_sheet_of_regions_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        quota_changes(load_grids(write_book(tmp_path / "c.xlsx", **SMALL)), "债", "配额上限", {})


def test_thirds_of_people_leave_no_empty_band(tmp_path: Path) -> None:
    """Three counties alike, 1,000 万元, no spread: 333.34 and 333.33 – the band is rounded outward to 0.01."""
    rows = [[f"P{k}", "甲", f"{k}县", 900, "部分", 900] for k in (1, 2, 3)]
    book = {
        "项目": [["项目编号", "项目名称", "地区", "总投资", "安排方式", "自筹承诺"], *rows],
        "资金": [["资金名称", "额度", "参与挂钩"], ["奖", 1000, "是"]],
        "地区": [["名称", "新增落户:本市"], *([f"{k}县", 10] for k in (1, 2, 3))],
        "规则": [["规则", "参数", "值", "刚性"], ["people_money", "偏差", "0%", "刚性"]],
    }
    record = tmp_path / "r.json"
    case = str(write_book(tmp_path / "c.xlsx", **book))
    assert cli.main(["solve", case, "--json", str(record), "--time-limit", "10"]) == 0
    found = json.loads(record.read_text(encoding="utf-8"))
    assert found["status"] == "optimal" and len(found["selected"]) == 3


def test_bonds_already_arranged_above_the_limit_are_no_clash(tmp_path: Path) -> None:
    book = {
        "项目": [
            ["项目编号", "项目名称", "地区", "总投资", "已安排:债"],
            ["P1", "甲", "甲县", 100, 100],
            ["P2", "乙", "甲县", 50, None],
        ],
        "资金": [["资金名称", "类型", "额度"], ["债", "专项债券", 500]],
        "地区": [["名称", "专项债务限额", "专项债务余额"], ["甲县", 1000, 1200]],
    }
    record = tmp_path / "r.json"
    case = str(write_book(tmp_path / "c.xlsx", **book))
    assert cli.main(["solve", case, "--json", str(record), "--time-limit", "10"]) == 0
    assert [p["id"] for p in json.loads(record.read_text(encoding="utf-8"))["selected"]] == ["P1"]


@pytest.mark.parametrize(
    ("project", "more", "rule", "word"),
    [
        ({"新增建设用地": 30}, {"地区": [["名称", "用地指标"], ["甲县", 20]], "规则": [["规则"], ["people_land"]]}, "people_land", "10.0000 亩"),
        ({"类别": "供水管网", "建成年份": 2015}, {"规则": [["规则"], ["age_material"]], "设置": [["名称", "值"], ["起始年", 2026]]}, "age_material", "供水"),
        ({"类别": "路"}, {"类别": [["类别", "资本金下限"], ["路", "20%"]]}, "capital_floor", "资本金下限"),
        ({"负面清单": "是"}, {}, "negative_list", "债"),
        ({"手续:环评": "否"}, {}, "readiness", "环评"),
    ],
)  # fmt: skip
def test_the_reason_names_rule_clause_and_region(
    tmp_path: Path, capsys, project: dict, more: dict, rule: str, word: str
) -> None:
    kind = "补助" if rule == "age_material" else "专项债券"
    rows = [["项目编号", "项目名称", "地区", "总投资", *project], ["P1", "甲", "甲县", 100, *project.values()]]
    if rule == "readiness":
        rows.append(["P2", "乙", "甲县", 100, "是"])
    book = {"项目": rows, "资金": [["资金名称", "类型", "额度"], ["债", kind, 500]], **more}
    record = tmp_path / "r.json"
    case = str(write_book(tmp_path / "c.xlsx", **book))
    assert cli.main(["solve", case, "--json", str(record), "--time-limit", "10"]) == 0
    reason = json.loads(record.read_text(encoding="utf-8"))["unfunded"][0]
    assert reason["rule"] == rule and word in reason["reason"], reason
    capsys.readouterr()
    assert cli.main(["explain", case, "--project", "P1", "--time-limit", "10"]) == 0
    words = capsys.readouterr().out
    assert "甲县" in words and RULE_BY_ID[rule].source in words


def test_a_new_project_waits_for_the_ongoing_one(tmp_path: Path) -> None:
    book = {
        "项目": [["项目编号", "项目名称", "总投资", "建设性质"], ["P1", "甲", 900, "续建"], ["P2", "乙", 100, "新建"]],
        "资金": [["资金名称", "额度"], ["债", 500]],
        "规则": [["规则", "参数", "值"], ["ongoing_first", "方式", "先排"]],
    }
    record = tmp_path / "r.json"
    case = str(write_book(tmp_path / "c.xlsx", **book))
    assert cli.main(["solve", case, "--json", str(record), "--time-limit", "10"]) == 0
    reasons = {r["id"]: r for r in json.loads(record.read_text(encoding="utf-8"))["unfunded"]}
    assert reasons["P2"]["rule"] == "ongoing_first" and "P1" in reasons["P2"]["reason"]


def test_a_clash_names_enough_to_give_up(tmp_path: Path, capsys) -> None:
    """Floors of 60 % and 60 % on 150 with two whole projects of 100: one floor must give all of its 90."""
    book = {
        "项目": [["项目编号", "项目名称", "地区", "总投资"], ["P1", "甲", "甲县", 100], ["P2", "乙", "乙县", 100]],
        "资金": [["资金名称", "额度"], ["债", 150]],
        "地区": [["名称"], ["甲县"], ["乙县"]],
        "规则": [
            ["规则", "对象", "参数", "值"],
            ["region_quota", "地区=甲县", "下限占比", "60%"],
            ["region_quota", "地区=乙县", "下限占比", "60%"],
        ],
    }
    assert cli.main(["solve", str(write_book(tmp_path / "c.xlsx", **book)), "--time-limit", "10"]) == 3
    words = capsys.readouterr().out
    assert "50.00" in words or "90.00" in words, words
