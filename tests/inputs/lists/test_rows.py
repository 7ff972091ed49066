"""What every row of a list is, and totals against sums."""

import pytest

from inputs.lists.decisions import Decisions
from tests.inputs.lists.laid import HEADS, kinds, read, values


def codes(reading) -> set[str]:
    return {i.code for i in reading.issues}


def test_groups_totals_and_notes() -> None:
    reading = read(
        ["某市储备清单"], ["填报单位：财政局", None, None, None, "单位：万元"], HEADS,
        ["合计", None, None, 700, 300],
        ["一", "西峰区", None, 300, 100], [1, "甲道路", None, 100, 40], [2, "乙道路", None, 200, 60],
        ["二", "环 县（1个）"], [1, "丙道路", None, 400, 200],
        [None, "小计", None, 400, 200], [], ["注：以批复为准"], ["2.金额为概算"],
    )  # fmt: skip
    assert kinds(reading) == [
        "标题",
        "标题",
        "表头",
        "合计小计",
        "分组",
        "项目",
        "项目",
        "分组",
        "项目",
        "合计小计",
        "空行",
        "说明",
        "说明",
    ]
    assert values(reading, "地区") == ["西峰区", "西峰区", "环县"] and values(reading, "总投资") == [100, 200, 400]
    assert "total_differs" not in codes(reading)
    assert len(reading.sheets[0].totals) == 6


def test_a_total_that_differs_is_told_at_its_cell() -> None:
    reading = read(
        HEADS, [1, "甲道路", "环县", 100, 40], [2, "乙道路", "环县", 200, 60], ["合计", None, None, 310, 100]
    )
    (issue,) = [i for i in reading.issues if i.code == "total_differs"]
    assert (issue.cell, issue.severity) == ("D4", "warning") and "310.00" in issue.message and "300.00" in issue.message


def test_parents_with_children_are_not_counted_twice() -> None:
    reading = read(
        HEADS,
        [1, "南街片区改造", "环县", 300, 100],
        ["1.1", "小区甲", "环县", 100, 40],
        ["1.2", "小区乙", "环县", 200, 60],
        [2, "丙道路", "环县", 50, 10],
    )
    assert kinds(reading) == ["表头", "分组", "项目", "项目", "项目"] and sum(values(reading, "总投资")) == 350


def test_a_parent_that_does_not_add_up_is_refused_and_said() -> None:
    reading = read(
        HEADS,
        [1, "南街片区改造", "环县", 333, 100],
        ["1.1", "小区甲", "环县", 100, 40],
        ["1.2", "小区乙", "环县", 200, 60],
    )
    assert kinds(reading)[1] == "拒绝" and "row_refused" in codes(reading)


def test_children_without_amounts_belong_to_their_parent() -> None:
    reading = read(
        HEADS,
        [1, "南街片区改造", "环县", 333, 100],
        ["1.1", "道路硬化"],
        ["1.2", "雨污分流"],
        [2, "丙道路", "环县", 50, 10],
    )
    assert kinds(reading) == ["表头", "项目", "其中", "其中", "项目"]


def test_within_rows_are_not_projects() -> None:
    reading = read(
        HEADS,
        [1, "甲道路", "环县", 100, 40],
        [None, "其中：征拆", None, 30, None],
        ["合计", None, None, 100, 40],
        [None, "其中：新建", None, 100, 40],
    )
    assert kinds(reading) == ["表头", "项目", "其中", "合计小计", "其中"] and values(reading, "总投资") == [100]


def test_amounts_without_a_name_are_refused_not_lost() -> None:
    reading = read(HEADS, [1, "甲道路", "环县", 100, 40], [2, None, "环县", 77, 7])
    assert kinds(reading)[2] == "拒绝" and "row_refused" in codes(reading)
    (line,) = [s for s in reading.sums() if s.region == "合计" and s.field == "总投资"]
    assert (line.listed, line.taken, line.why) == (177, 100, "1 行没有读")


def test_a_group_with_amounts_and_nothing_under_it_is_refused() -> None:
    reading = read(
        HEADS,
        ["一", "西峰区", None, 300, 100],
        [1, "甲道路", None, 300, 100],
        ["二", "环县", None, 77, 7],
        ["合计", None, None, 377, 107],
    )
    assert kinds(reading) == ["表头", "分组", "项目", "拒绝", "合计小计"] and "row_refused" in codes(reading)


def test_names_that_look_like_totals_or_numbers_are_projects() -> None:
    names = [
        "综合设计中心",
        "2024年老旧小区改造",
        "10千伏线路改造",
        "小计量站改造工程",
        "会计核算中心",
        "3.5公里连接线",
    ]
    reading = read(HEADS, *[[k, name, "环县", 100, 1] for k, name in enumerate(names, start=1)])
    assert kinds(reading) == ["表头", *["项目"] * len(names)]


def test_headings_repeated_at_page_breaks() -> None:
    reading = read(HEADS, [1, "甲道路", "环县", 100, 40], ["某市清单（续）"], HEADS, [2, "乙道路", "环县", 200, 60])
    assert kinds(reading) == ["表头", "项目", "表头", "表头", "项目"] and len(reading.layouts) == 1


def test_two_lists_on_one_sheet() -> None:
    reading = read(
        HEADS,
        [1, "甲道路", "环县", 100, 40],
        [],
        ["附表二"],
        ["序号", "工程名称", "投资估算（亿元）"],
        [1, "乙道路", 0.02],
    )
    assert values(reading, "总投资") == [100, 200] and len(reading.layouts) == 2


def test_merged_amounts_and_names_are_questioned() -> None:
    rows = (
        HEADS,
        [1, "甲道路", "环县", 100, 40],
        [2, "乙道路", None, None, 60],
        [3, "丙道路", "环县", 50, 5],
        [4, None, "环县", 60, 6],
    )
    reading = read(*rows, merges=((1, 2, 2, 2), (1, 3, 2, 3), (3, 1, 4, 1)))
    told = {(i.code, i.cell) for i in reading.issues if i.severity == "error"}
    assert ("cell_merged", "D3") in told and ("row_refused", "B5") in told
    assert values(reading, "地区")[0] == "环县"


def test_a_blank_region_is_taken_from_above_with_a_warning() -> None:
    reading = read(HEADS, [1, "甲道路", "环县", 100, 40], [2, "乙道路", None, 200, 60])
    assert values(reading, "地区") == ["环县", "环县"]
    assert [i.cell for i in reading.issues if i.code == "region_blank"] == ["C3"]


def test_a_blank_region_is_asked_for_where_the_name_says_another() -> None:
    reading = read(HEADS, [1, "甲道路", "华池县", 100, 40], [2, "合水县雨污分流工程", None, 200, 60])
    assert values(reading, "地区") == ["华池县", None]
    (found,) = [i for i in reading.issues if i.code == "region_blank"]
    assert (found.severity, found.cell) == ("error", "C3") and "合水县" in found.message


@pytest.mark.parametrize("name", ["庆阳市环县供水工程", "庆阳市供水工程", "环县至合水县公路", "供水工程"])
def test_a_blank_region_is_taken_from_above_where_the_name_does_not_contradict(name: str) -> None:
    reading = read(HEADS, [1, "甲道路", "环县", 100, 40], [2, name, None, 200, 60])
    assert values(reading, "地区") == ["环县", "环县"]
    assert [i.severity for i in reading.issues if i.code == "region_blank"] == ["warning"]


def test_hidden_rows_and_hidden_sheets_are_said() -> None:
    reading = read(HEADS, [1, "甲道路", "环县", 100, 40], [2, "乙道路", "环县", 200, 60], hidden_rows=frozenset({3}))
    assert "rows_hidden" in codes(reading) and len(reading.projects) == 2
    assert "sheet_hidden" in codes(read(HEADS, [1, "甲道路", "环县", 100, 40], hidden=True))


def test_summary_sheets_are_asked_about_and_can_be_left_out() -> None:
    rows = [["类别", "项目个数", "总投资（万元）"], ["道路", 3, 400], ["管网", 2, 500]]
    assert "sheet_unread" in codes(read(*rows))
    reading = read(*rows, decisions=Decisions(read={("清单.xlsx", "清单"): False}))
    assert reading.errors == [] and set(kinds(reading)) == {"未读"}


def test_a_row_can_be_set_by_hand() -> None:
    reading = read(
        HEADS,
        [1, "甲道路", "环县", 100, 40],
        [2, "乙道路", "环县", 200, 60],
        decisions=Decisions(rows={("清单.xlsx", "清单", 3): "未读"}),
    )
    assert kinds(reading) == ["表头", "项目", "未读"] and values(reading, "总投资") == [100]


def test_a_cell_can_be_corrected_and_that_is_told() -> None:
    reading = read(
        HEADS, [1, "甲道路", "环县", "约100", 40], decisions=Decisions(cells={("清单.xlsx", "清单", "D2"): "100"})
    )
    assert values(reading, "总投资") == [100] and reading.errors == []
    assert ("D2", "约100", "100", "人工更正") in {(c.cell, c.before, c.after, c.why) for c in reading.changes}


def test_faulty_cells_are_questioned() -> None:
    reading = read(
        HEADS,
        [1, "甲道路", "环县", None, None],
        [2, "乙道路", "环县", 5, None],
        errors=frozenset({"D2"}),
        uncached=frozenset({"E3"}),
    )
    assert {(i.code, i.cell) for i in reading.errors} >= {("cell_error", "D2"), ("formula_uncached", "E3")}


def test_one_sheet_per_county_and_the_name_of_who_filled_it_in() -> None:
    assert values(read(["序号", "项目名称", "总投资（万元）"], [1, "甲道路", 100], name="3.西峰"), "地区") == ["西峰区"]
    rows = [["填报单位：环县财政局"], ["序号", "项目名称", "总投资（万元）"], [1, "甲道路", 100]]
    assert values(read(*rows), "地区") == ["环县"]


def test_sources_of_money_in_a_list_that_asks_for_none_are_said_not_to_be_asked_for() -> None:
    heads = ["序号", "项目名称", "县区", "总投资（万元）", "资金来源（万元）", None]
    reading = read(heads, [None, None, None, None, "专项债券", "自筹"], [1, "甲道路", "环县", 100, 40, 60])
    (issue,) = [i for i in reading.issues if i.code == "sources_not_asked"]
    assert issue.severity == "warning" and issue.cell == "E2" and "专项债券" in issue.message and "自筹" not in issue.message  # fmt: skip
    assert "申报:专项债券" in issue.remedy
    asked = read([*heads[:4], "专项债券需求（万元）", "资金来源：自筹"], [1, "甲道路", "环县", 100, 40, 60])
    assert "sources_not_asked" not in codes(asked)
