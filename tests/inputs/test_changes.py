"""Changes of a case: found by key, exact in the column's unit, the same in memory and in the written file."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from inputs.case.changes import CELL, CaseSheets, Target, changes_from_json, changes_to_json, write_changed
from inputs.case.read import read_case, read_grids
from inputs.case.rule_lines import rule_lines, switch_changes
from inputs.files.workbook import load_grids
from inputs.samples import write_sample
from models.issue import CaseError
from tests.books import SMALL, write_book

P = {p: Target("项目", (p,), "状态") for p in ("L001", "L002")}
CHANGES = {
    Target("资金", ("地方政府专项债券",), "额度:2026"): "12345.67",
    Target("项目", ("L001",), "状态"): "禁选",
    Target("项目", ("L002",), "固定安排:地方政府专项债券"): "<=0.07",
    Target("地区", ("西峰区",), "配额上限:地方政府专项债券"): "30000",
    Target("规则", ("region_quota", "地区=华池县;资金=地方政府专项债券", "", "上限占比"), "值"): "13%",
    Target("设置", ("停止差距",), "值"): "0.5%",
    Target("设置", ("优化目标",), "值"): "公平",
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("changes") / "c.xlsx"
    write_sample("longdong", path)
    return path


def test_changes_reach_the_case_exactly(sample: Path) -> None:
    grids = load_grids(sample)
    before, after = read_grids(grids).case, read_grids(CaseSheets(grids).changed(CHANGES)).case
    assert before is not None and after is not None
    assert after.fund_by_name["地方政府专项债券"].by_year[0] == 1_234_567
    assert after.project_by_id["L001"].status == "禁选"
    pin = after.project_by_id["L002"].pins[-1]
    assert (pin.fund, pin.sense, pin.amount) == ("地方政府专项债券", "<=", 7)
    assert (after.aim, float(after.stop_gap)) == ("公平", 0.005)
    fresh = [p for p in after.policies if p not in before.policies]
    assert {p.scope.regions for p in fresh} >= {("西峰区",), ("华池县",)}


def test_the_written_file_is_the_case_in_memory(sample: Path, tmp_path: Path) -> None:
    write_changed(sample, tmp_path / "n.xlsx", CHANGES)
    again = read_case(tmp_path / "n.xlsx")
    memory = read_grids(CaseSheets(load_grids(sample)).changed(CHANGES))
    assert again.case == memory.case and again.case_sha256 == memory.case_sha256


def test_undoing_everything_is_the_file(sample: Path) -> None:
    grids = load_grids(sample)
    sheets = CaseSheets(grids)
    old = {target: sheets.text(target) for target in CHANGES}
    back = CaseSheets(sheets.changed(CHANGES))
    assert {t: back.text(t) for t in CHANGES} == CHANGES
    kept = {t: text for t, text in old.items() if text}
    assert all(CaseSheets(back.changed(kept)).text(t) == text for t, text in kept.items())


def test_a_row_that_is_gone_is_said_not_added(sample: Path) -> None:
    sheets = CaseSheets(load_grids(sample))
    with pytest.raises(CaseError) as found:
        sheets.changed({Target("项目", ("没有",), "状态"): "必选"})
    assert "没有" in found.value.issues[0].message


def test_changes_survive_keeping() -> None:
    assert changes_from_json(changes_to_json(CHANGES)) == CHANGES


def test_amounts_go_into_the_unit_of_the_column(tmp_path: Path) -> None:
    book = {**SMALL, "资金": [["资金名称", "类型", "额度(亿元)"], ["债", "专项债券", 1]]}
    path = write_book(tmp_path / "c.xlsx", **book)
    target = Target("资金", ("债",), "额度")
    assert CaseSheets(load_grids(path)).text(target) == "10000"
    case = read_grids(CaseSheets(load_grids(path)).changed({target: "12000.07"})).case
    assert case is not None and case.funds[0].pool == 1_200_007


def test_a_cell_is_mended_by_its_address_and_missing_sheets_are_made(tmp_path: Path) -> None:
    rows = [["项目编号", "项目名称", "总投资"], ["P1", "甲", "约5"]]
    path = write_book(tmp_path / "bad.xlsx", 项目=rows, 资金=SMALL["资金"])
    changes = {
        Target("项目", ("C2",), CELL): "5",
        Target("设置", ("案例名称",), "值"): "=1+1",
        Target("规则", ("count_cap", "", "", "最多个数"), "值"): "1",
    }
    reading = read_grids(CaseSheets(load_grids(path)).changed(changes))
    assert reading.case is not None and reading.case.project_by_id["P1"].schemes[0].total == 500
    assert reading.case.policies[0].value == 1 and reading.case.name == "=1+1"
    write_changed(path, tmp_path / "n.xlsx", changes)
    assert read_case(tmp_path / "n.xlsx").case == reading.case


def test_every_rule_is_a_line_and_switches(sample: Path) -> None:
    grids = load_grids(sample)
    reading = read_grids(grids)
    lines = rule_lines(CaseSheets(grids), reading.filled)
    assert len({line.rule for line in lines}) == 35 and reading.case is not None
    on = next(line for line in lines if line.rule == "same_cost")
    assert on.enabled and not on.written
    off = CaseSheets(grids).changed(switch_changes(on, False))
    case = read_grids(off).case
    assert case is not None and any(p.rule == "same_cost" and p.value == "停用" for p in case.policies)
    again = next(line for line in rule_lines(CaseSheets(off), reading.filled) if line.rule == "same_cost")
    assert not again.enabled and again.written
    back = read_grids(CaseSheets(off).changed(switch_changes(again, True))).case
    assert back is not None and not any(p.rule == "same_cost" and p.value == "停用" for p in back.policies)


def test_a_rule_without_its_columns_says_what_is_missing(tmp_path: Path) -> None:
    grids = load_grids(write_book(tmp_path / "c.xlsx", **SMALL))
    lines = {line.rule: line for line in rule_lines(CaseSheets(grids), read_grids(grids).filled)}
    assert "地区.新增落户" in lines["people_money"].missing and not lines["people_money"].enabled


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [("总投资", "1,5", "1,5"), ("总投资", "1,500", 1500), ("总投资", "12 34", "12 34"), ("前置项目", "1,2", "1,2"), ("项目编号", "001", "001")],
)  # fmt: skip
def test_what_is_typed_is_not_turned_into_another_number(tmp_path: Path, column: str, typed: str, kept: object) -> None:
    rows = [[*row, None] for row in SMALL["项目"]]
    rows[0][-1] = "前置项目"
    grids = load_grids(write_book(tmp_path / "c.xlsx", **{**SMALL, "项目": rows}))
    place = {"项目编号": "A2", "总投资": "C2", "前置项目": "E2"}[column]
    (write,) = CaseSheets(grids).writes({Target("项目", (place,), CELL): typed})
    by_column = next(iter(CaseSheets(grids).writes({Target("项目", ("P1",), "总投资"): typed})))
    assert (by_column.value if column == "总投资" else write.value) == kept


def test_a_value_typed_over_a_percent_cell_is_the_same_in_the_written_file(tmp_path: Path) -> None:
    rules = [["规则", "对象", "参数", "值"], ["region_quota", "资金=债", "上限占比", 0.08]]
    path = write_book(tmp_path / "c.xlsx", **{**SMALL, "规则": rules})
    book = load_workbook(path)
    book["规则"]["D2"].number_format = "0%"
    book.save(path)
    changes = {Target("规则", ("region_quota", "资金=债", "", "上限占比"), "值"): "9"}
    grids = load_grids(path)
    here = read_grids(CaseSheets(grids).changed(changes))
    write_changed(path, tmp_path / "d.xlsx", changes)
    there = read_case(tmp_path / "d.xlsx")
    assert not here.errors and not there.errors and here.policies == there.policies


def test_a_mended_amount_is_a_number_in_the_file(tmp_path: Path) -> None:
    rows = [SMALL["项目"][0], ["P1", "甲", "约300", 1]]
    path = write_book(tmp_path / "c.xlsx", **{**SMALL, "项目": rows})
    write_changed(path, tmp_path / "d.xlsx", {Target("项目", ("C2",), CELL): "300"})
    assert load_workbook(tmp_path / "d.xlsx")["项目"]["C2"].value == 300
