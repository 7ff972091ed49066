"""Lists into a case: what stands where, ids, regions, funds; findings back at the list's own cells."""

from pathlib import Path

from inputs.case.read import read_case, read_grids
from inputs.files.workbook import load_grids
from inputs.lists.decisions import Decisions
from inputs.lists.to_case import FundRow, draft_case, first_year_of, gazetteer_of, read_draft, write_draft
from tests.books import write_book
from tests.inputs.lists.laid import HEADS, read

ROWS = (["某市2026年清单"], HEADS, [1, "甲道路", "西峰", 100.5, 40], [2, "乙道路", "华亭县", "0.02亿元", 60])


def test_a_fresh_case_can_be_solved(tmp_path: Path) -> None:
    lists = read(*ROWS)
    draft = draft_case(lists, funds=[FundRow("专项债券", "专项债券", "90")], name="试")
    reading = read_draft(draft, lists)
    assert reading.case is not None, reading.errors
    assert [(p.id, p.name, p.region_label, p.schemes[0].total) for p in reading.case.projects] == [
        ("P0001", "甲道路", "西峰区", 10_050), ("P0002", "乙道路", "华亭市", 20_000),
    ]  # fmt: skip
    assert reading.case.first_year == 2026 == first_year_of(lists)
    assert {(r.name, r.code, r.parent) for r in reading.case.regions} == {
        ("庆阳市", "621000", ""), ("平凉市", "620800", ""), ("西峰区", "621002", "庆阳市"), ("华亭市", "620881", "平凉市"),
    }  # fmt: skip
    write_draft(draft, tmp_path / "c.xlsx")
    again = read_case(tmp_path / "c.xlsx")
    assert again.case_sha256 == reading.case_sha256


def test_without_limits_the_fund_is_asked_for() -> None:
    lists = read(*ROWS)
    issues = read_draft(draft_case(lists), lists).errors
    assert [i.code for i in issues] == ["limit_missing"]


def test_findings_of_the_case_stand_at_the_cells_of_the_list() -> None:
    rows = [HEADS, [1, "甲道路", "环县", 100, 400], [2, "甲道路工程", "环县", 100, 60]]
    lists = read(*rows)
    found = read_draft(draft_case(lists, funds=[FundRow("专项债券", "专项债券", "90")]), lists)
    by_code = {i.code: i for i in found.issues}
    assert (by_code["ask_above_total"].file, by_code["ask_above_total"].sheet, by_code["ask_above_total"].cell) == (
        "清单.xlsx",
        "清单",
        "E2",
    )
    assert by_code["same_project"].cell == "B3" and "清单!B2“甲道路”" in by_code["same_project"].message


def test_a_list_without_a_total_takes_it_from_what_the_user_names() -> None:
    heads = [
        "序号",
        "项目名称",
        "县区",
        "2026年需求(万元)",
        "2027年需求(万元)",
        "已到位资金(万元)",
        "申报:专项债券(万元)",
    ]
    rows = [heads, [1, "甲道路", "环县", 100.5, 40, 10, 90], [2, "乙道路", "环县", 100, None, None, 60]]
    place = ("清单.xlsx", "清单")
    bare = read(*rows)
    assert [i.code for i in bare.errors] == ["no_total"] and "总投资取自" in bare.errors[0].remedy
    for family, totals in (("需求", [150.5, 100]), ("申报", [100, 60])):
        lists = read(*rows, decisions=Decisions(totals={place: family}))
        assert lists.errors == [] and [p.values["总投资"] for p in lists.projects] == totals
        assert {c.cell for c in lists.changes if c.field == "总投资"} == (
            {"D2", "D3"} if family == "需求" else {"G2", "G3"}
        )
    plain = [[v for k, v in enumerate(row) if k not in (3, 4, 6)] for row in rows]
    (issue,) = read(*plain, decisions=Decisions(totals={place: "需求"})).errors
    assert issue.code == "no_total" and "各年需求之和" in issue.message


def test_an_error_of_the_list_keeps_the_case_away() -> None:
    lists = read(HEADS, [1, "甲道路", "环县", "约100", 40], [2, "乙道路", "环县", 100, 40])
    found = read_draft(draft_case(lists, funds=[FundRow("专项债券", "专项债券", "90")]), lists)
    assert found.case is None and [(i.code, i.cell) for i in found.errors] == [("cell_unreadable", "D2")]


def test_onto_a_base_workbook(tmp_path: Path) -> None:
    base = write_book(
        tmp_path / "b.xlsx",
        项目=[["项目编号", "项目名称", "地区", "总投资(亿元)"], ["P0001", "旧项目", "环县", 0.05]],
        资金=[["资金名称", "额度(万元)"], ["中央预算内投资", 800]],
        地区=[["代码", "名称"], ["621022", "环县"], ["621002", "西峰区"], ["1", "华亭市"]],
        规则=[["规则", "对象", "参数", "值"], ["region_quota", "地区=环县", "上限占比", "80%"]],
    )
    grids = load_grids(base)
    lists = read(*ROWS)
    draft = draft_case(lists, (base, grids), [FundRow("专项债券", "专项债券", "90")])
    reading = read_draft(draft, lists)
    assert reading.case is not None, reading.errors
    totals = {p.id: (p.name, p.schemes[0].total) for p in reading.case.projects}
    assert totals == {"P0001": ("旧项目", 50_000), "P0002": ("甲道路", 10_050), "P0003": ("乙道路", 20_000)}
    assert [f.name for f in reading.case.funds] == ["中央预算内投资", "专项债券"] and reading.case.policies
    write_draft(draft, tmp_path / "c.xlsx")
    assert read_case(tmp_path / "c.xlsx").case_sha256 == reading.case_sha256
    assert gazetteer_of(grids).find("1").name == "华亭市"


def test_a_fund_that_lists_ask_for_can_be_given_another_name(tmp_path: Path) -> None:
    lists = read(*ROWS)
    named = FundRow("新增专项债", "专项债券", "90", asked="专项债券")
    draft = draft_case(lists, funds=[named])
    case = read_draft(draft, lists).case
    assert case is not None and draft.funds == [named] and [f.name for f in case.funds] == ["新增专项债"]
    assert [p.schemes[0].asks[0] for p in case.projects] == [("新增专项债", (4000,)), ("新增专项债", (6000,))]
    faulty = read(HEADS, [1, "甲道路", "环县", 100, 400])
    found = read_draft(draft_case(faulty, funds=[named]), faulty).issues
    assert {i.code: i.cell for i in found}["ask_above_total"] == "E2"  # still the cell of the list


def test_a_fund_of_a_list_can_be_that_of_the_case_which_it_goes_into(tmp_path: Path) -> None:
    base = write_book(
        tmp_path / "b.xlsx",
        项目=[["项目编号", "项目名称", "地区", "总投资(万元)"], ["P0001", "旧项目", "环县", 500]],
        资金=[["资金名称", "额度(万元)"], ["省级专项债", 800]],
        地区=[["代码", "名称"], ["621022", "环县"], ["621002", "西峰区"], ["1", "华亭市"]],
    )
    lists, named = read(*ROWS), FundRow("省级专项债", "专项债券", "90", asked="专项债券")
    draft = draft_case(lists, (base, load_grids(base)), [named])
    case = read_draft(draft, lists).case
    assert case is not None and [(f.name, f.limit) for f in case.funds] == [("省级专项债", 80000)]
    assert [p.schemes[0].asks for p in case.projects[1:]] == [(("省级专项债", (4000,)),), (("省级专项债", (6000,)),)]
    assert draft.funds == [named]


def test_two_funds_of_a_list_do_not_become_one(tmp_path: Path) -> None:
    heads = [*HEADS[:4], "申报:专项债券(万元)", "申报:一般债券(万元)"]
    lists = read(heads, [1, "甲道路", "环县", 100, 40, 30])
    draft = draft_case(
        lists, funds=[FundRow("一般债券", "专项债券", "90", asked="专项债券"), FundRow("一般债券", "一般债券", "9")]
    )
    assert len([c for c in draft.columns if c.startswith("申报")]) == 2


def test_amounts_nobody_asked_for_stay_visible_in_the_case() -> None:
    rows = [
        ["序号", "项目名称", "县区", "总投资（万元）", "其中：专项债用作资本金（万元）"],
        *[[k, f"{k}号道路", "环县", 100, 30] for k in range(1, 6)],
    ]
    lists = read(*rows)
    draft = draft_case(lists, funds=[FundRow("补助", "补助", "90")])
    assert any(name.startswith("其他金额:") for name in draft.columns)
    heads = draft.grids[0].rows[0]
    assert any("专项债用作资本金" in str(h) for h in heads)
    assert read_grids(draft.grids).case is not None


def test_a_repeated_id_names_the_other_cell_of_the_list() -> None:
    heads = ["项目编号", "项目名称", "县区", "总投资（万元）", "专项债券需求（万元）"]
    lists = read(
        ["某市清单"],
        heads,
        ["X1", "甲道路", "环县", 100, 40],
        ["X2", "乙道路", "环县", 90, 30],
        ["X1", "丙桥", "环县", 80, 20],
    )
    found = read_draft(draft_case(lists, funds=[FundRow("专项债券", "专项债券", "90")]), lists)
    (issue,) = [i for i in found.issues if i.code == "duplicate"]
    row = issue.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert row == "5" and "清单!" in issue.message and "3 重复" in issue.message


def test_a_county_with_its_kind_in_brackets_is_no_money_and_money_of_the_county_is_its_own() -> None:
    heads = ["序号", "项目名称", "所在县（区）", "总投资（万元）", "县级资金申请（万元）"]
    lists = read(heads, [1, "甲道路", "环县", 100, 40])
    assert lists.projects[0].values["地区"] == "环县"
    draft = draft_case(lists)
    assert [(f.name, f.kind) for f in draft.funds] == [("县级资金", "自筹")]
