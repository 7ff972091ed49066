"""Layouts that once cost an amount, a region or a name; each was found by laying it by hand."""

import pytest

from inputs.files.workbook import load_grids
from inputs.lists.decisions import Decisions, remember
from inputs.lists.fields import bare, proposals
from inputs.lists.personal import scrub
from inputs.lists.reading import read_lists
from tests.inputs.lists.laid import HEADS, grid, kinds, opened, read, values

PLAIN = ["序号", "项目名称", "县区", "总投资"]


def test_sheets_of_equal_headings_in_different_units() -> None:
    wan, yi = (grid([f"单位：{u}"], PLAIN, [1, f"{u}道路", "环县", 1.5], name=u) for u in ("万元", "亿元"))
    reading = read_lists(opened(wan, yi))
    assert values(reading, "总投资") == [1.5, 15000] and len(reading.layouts) == 2


def test_a_remembered_layout_in_another_unit() -> None:
    first = read(["单位：万元"], PLAIN, [1, "甲道路", "环县", 1.5])
    ((code, layout),) = first.layouts.items()
    remember(code, layout.columns)
    assert values(read(["单位：亿元"], PLAIN, [1, "甲道路", "环县", 1.5]), "总投资") == [15000]


def test_two_lists_of_equal_headings_on_one_sheet() -> None:
    reading = read(
        ["单位：万元"], PLAIN, [1, "甲道路", "环县", 3], [], ["附表二"], ["单位：亿元"], PLAIN, [1, "乙道路", "环县", 3]
    )
    assert values(reading, "总投资") == [3, 30000]
    short = ["序号", "项目名称", "总投资（万元）"]
    reading = read(["填报单位：环县"], short, [1, "甲道路", 3], ["填报单位：宁县"], short, [1, "乙道路", 4])
    assert values(reading, "地区") == ["环县", "宁县"]


def test_a_group_just_before_a_repeated_heading() -> None:
    rows = [HEADS, ["一、西峰区"], [1, "甲道路", None, 10, 1], ["二、华池县"], HEADS, [1, "乙道路", None, 20, 2]]
    assert values(read(*rows), "地区") == ["西峰区", "华池县"]


def test_names_that_begin_or_end_like_other_rows() -> None:
    names = ["含油污泥处理厂建设", "老旧小区改造（共计5个小区）", "农村公路项目共计12项", "包括水厂", "总部经济设计园"]
    assert values(read(HEADS, *[[k, n, "环县", 9, 1] for k, n in enumerate(names, 1)]), "项目名称") == names


def test_groups_in_groups_some_without_amounts() -> None:
    rows = [
        HEADS, ["一", "交通类", None, 5000, 0], ["（一）", "公路"], [1, "甲路", "环县", 2000, 0], [2, "乙路", "环县", 3000, 0],
        ["二", "水利类", None, 700, 0], ["（一）", "水厂"], [1, "丙厂", "环县", 700, 0],
    ]  # fmt: skip
    reading = read(*rows)
    assert values(reading, "项目名称") == ["甲路", "乙路", "丙厂"]


def test_a_subtotal_over_rows_that_cannot_be_read() -> None:
    reading = read(
        HEADS, ["一", "交通类", None, 1500, 0], [1, "甲路", "环县", "约500", 0], [2, "乙路", "环县", "待定", 0]
    )
    assert kinds(reading) == ["表头", "分组", "拒绝", "拒绝"] and len(reading.errors) == 2


def test_subtotals_without_any_numbering() -> None:
    heads = ["项目名称", "县区", "总投资（万元）"]
    reading = read(
        heads, ["西峰区", None, 20], ["甲厂", None, 12], ["乙厂", None, 8], ["华池县", None, 18], ["丙厂", None, 18]
    )
    assert values(reading, "项目名称") == ["甲厂", "乙厂", "丙厂"] and values(reading, "地区") == [
        "西峰区",
        "西峰区",
        "华池县",
    ]
    reading = read(heads, ["续建项目", None, 12], ["甲厂", "环县", 12], ["新建项目", None, 19], ["乙厂", "环县", 18])
    assert values(reading, "建设性质") == ["续建", "新建"] and "total_differs" in {i.code for i in reading.issues}


def test_more_rows_after_within_are_asked_about() -> None:
    reading = read(
        HEADS,
        [1, "甲路", "环县", 300, 1],
        [None, "其中：路基", None, 100, None],
        [None, "路面", None, 200, None],
        [2, "乙路", "环县", 50, 1],
    )
    assert kinds(reading) == ["表头", "项目", "其中", "拒绝", "项目"]


def test_totals_by_other_names_and_in_other_columns() -> None:
    rows = [
        HEADS,
        [None, None, "合计", 30, 2],
        [1, "甲厂", "西峰区", 10, 1],
        [2, "乙厂", "环县", 20, 1],
        [None, "全市", None, 30, 2],
        [None, "总额", None, 30, 2],
        [None, "计", None, 30, 2],
    ]
    reading = read(*rows)
    assert kinds(reading) == ["表头", "合计小计", "项目", "项目", "合计小计", "合计小计", "合计小计"]


def test_rows_of_text_are_no_headings() -> None:
    rows = [
        ["序号", "项目名称", "楼栋", "户数", "总投资（万元）", "前期手续"],
        ["1", "东街小区改造", "12栋", "320户", "1200", "前期手续办理中"],
        ["2", "西街小区改造", "8栋", "210户", "800", "已完成立项"],
    ]
    assert values(read(*rows), "总投资") == [1200, 800]


@pytest.mark.parametrize("raw", ["1200①", "800²", "½", "(50)"])
def test_footnote_marks_are_no_digits(raw: str) -> None:
    reading = read(HEADS, [1, "甲厂", "环县", raw, 1], [2, "乙厂", "环县", 5, 1], [3, "丙厂", "环县", 6, 1])
    assert values(reading, "总投资") == [5, 6] and [i.cell for i in reading.errors] == ["D2"]


def test_labels_beside_names_do_not_drop_a_column_of_amounts() -> None:
    rows = [
        ["填报单位：", "环县住建局", "联系人", "王建国", "联系电话", "0934-8613333"],
        HEADS,
        [1, "甲厂", "环县", 1200, 100],
        ["填报人", "陈玉兰", "电话", 13893412345],
    ]
    found = scrub(grid(*rows))
    assert found.grid.rows[2][3:5] == [1200, 100] and found.columns == ()
    assert not {"王建国", "0934-8613333", "陈玉兰", 13893412345} & {v for row in found.grid.rows for v in row}
    assert values(read(*rows), "申报:专项债券") == [100]


def test_persons_under_other_headings_and_in_footers() -> None:
    heads = ["序号", "项目名称", "总投资（万元）", "分管领导", "技术负责人及电话", "包联县级领导", "法定代表人"]
    rows = [
        heads,
        [1, "甲厂", 12, "王建国", "李晓明13893412345", "张志强", "陈玉兰"],
        ["单位负责人（签字）：王建国  填表人：李晓明"],
        ["制表：张志强"],
        ["联系人 刘永红 13993487654"],
    ]
    text = str(scrub(grid(*rows)).grid.rows)
    assert not [n for n in ("王建国", "李晓明", "张志强", "陈玉兰", "刘永红", "13893412345") if n in text]


def test_two_lists_side_by_side_are_refused() -> None:
    rows = [
        ["序号", "项目名称", "总投资（万元）", None, "序号", "项目名称", "总投资（万元）"],
        [1, "甲厂", 1, None, 1, "乙厂", 2],
    ]
    reading = read(*rows)
    decided = Decisions(columns={code: layout.columns for code, layout in reading.layouts.items()})
    assert "side_by_side" in {i.code for i in read(*rows, decisions=decided).errors}


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("总投资（亿）", "亿元"),
        ("已到位资金（亿元，截至10月底）", "亿元"),
        ("总投资/亿元", "亿元"),
        ("总投资亿元", "亿元"),
        ("总投资（含征拆）", ""),
        ("总投资（万）", "万元"),
    ],
)
def test_units_in_headings(label: str, unit: str) -> None:
    assert bare(label)[1] == unit


@pytest.mark.parametrize(
    ("path", "field", "sure"),
    [
        (("资金来源", "中央财政资金"), "资金来源:中央财政补助", True), (("资金来源", "省预算内投资"), "资金来源:省级补助", True),
        (("资金来源", "上级财政资金"), "资金来源:上级资金", True), (("资金来源", "中央及省级补助"), "资金来源:中央及省级补助", False),
        (("资金来源", "企业自筹及银行贷款"), "资金来源:企业自筹及银行贷款", False), (("2025-2027年专项债券资金需求",), "申报:专项债券", False),
        (("已申请专项债券",), "申报:专项债券", False), (("已到位资金（专项债券）",), "", False), (("2026年专项债券需求",), "申报:专项债券:2026", True),
    ],
)  # fmt: skip
def test_headings_of_money(path: tuple[str, ...], field: str, sure: bool) -> None:
    best = proposals(path)[0]
    assert (best.score >= 0.95) == sure and (not field or best.field == field)


def test_an_end_before_the_beginning_within_one_year() -> None:
    reading = read(
        ["序号", "项目名称", "总投资（万元）", "建设起止年限"],
        [1, "甲厂", 5, "2026年9月-2026年3月"],
        [2, "乙厂", 5, "2026年3月-2026年9月"],
    )
    assert [i.cell for i in reading.issues if i.code == "dates_order"] == ["D2"]


def test_headings_that_differ_only_in_their_unit_are_two_layouts() -> None:
    wan, yuan = (grid(["序号", "项目名称", f"总投资（{u}）"], [1, f"{u}厂", 260_000], name=u) for u in ("万元", "元"))
    assert values(read_lists(opened(wan, yuan)), "总投资") == [260_000, 26]


def test_an_amount_that_would_round_to_nothing_is_questioned() -> None:
    reading = read(["序号", "项目名称", "总投资（元）"], [1, "甲厂", 26], [2, "乙厂", 260_000], [3, "丙厂", 270_000])
    assert [i.cell for i in reading.errors] == ["C2"]


def test_units_that_are_not_plain() -> None:
    assert values(read(["单位：百万元"], PLAIN, [1, "甲厂", "环县", 3]), "总投资") == [300]
    for line, head in (("单位：万美元", "总投资"), ("单位：万元", "总投资（万美元）"), ("单位：万元、亿元", "总投资")):
        reading = read([line], ["序号", "项目名称", head], [1, "甲厂", 3], [2, "乙厂", 4])
        assert "column_unsure" in {i.code for i in reading.errors}, (line, head)


def test_a_region_with_its_code_in_front() -> None:
    assert values(read(HEADS, [1, "甲厂", "621002 西峰区", 3, 1], [2, "乙厂", "621002环县", 3, 1]), "地区") == [
        "西峰区",
        "621002环县",
    ]


def test_a_heading_that_repeats_only_its_last_labels_is_another() -> None:
    merges = (
        (0, 0, 1, 0),
        (0, 1, 1, 1),
        (0, 2, 1, 2),
        (0, 3, 0, 4),
        (3, 0, 4, 0),
        (3, 1, 4, 1),
        (3, 2, 4, 2),
        (3, 3, 3, 4),
    )
    low = [None, None, None, "专项债券", "自筹"]
    top = ["序号", "项目名称", "总投资（万元）"]
    reading = read(
        [*top, "已到位资金（万元）", None],
        low,
        [1, "甲厂", 9, 5, 4],
        [*top, "资金需求（万元）", None],
        low,
        [1, "乙厂", 9, 7, 1],
        merges=merges,
    )
    assert values(reading, "已到位资金") == [9, None] and values(reading, "申报:专项债券") == [None, 7]


def test_a_project_above_others_is_no_group_by_chance() -> None:
    assert values(
        read(
            HEADS,
            [1, "甲厂", "环县", 9, 1],
            [None, "乙厂", "环县", 30, 3],
            [2, "丙厂", "环县", 10, 1],
            [3, "丁厂", "环县", 20, 2],
        ),
        "总投资",
    ) == [9, 30, 10, 20]
    for rows in (
        [["一", "西峰区供水工程", "西峰区", 30, 1], [1, "西峰区道路工程", "西峰区", 30, 1]],
        [["一", "西峰区水环境治理工程", "西峰区", 90, 1], [1, "截污", "西峰区", 30, 1], [2, "护岸", "西峰区", 20, 1]],
        [["1", "污水处理站（12个）", "环县", 60, 1], ["1.1", "曲子站", "环县", 5, 1]],
    ):
        reading = read(HEADS, *rows)
        assert kinds(reading)[1] == "拒绝" and "row_refused" in {i.code for i in reading.errors}, rows


def test_short_names_of_counties_are_no_persons() -> None:
    names = ["高台", "金塔", "武都", "金川", "康县", "高台", "金塔"]
    reading = read(HEADS, *[[k, f"{k}号厂", n, 9, 1] for k, n in enumerate(names, 1)])
    assert values(reading, "地区")[:3] == ["高台县", "金塔县", "武都区"]


def test_one_field_for_two_columns_is_an_error_even_when_confirmed() -> None:
    rows = [["序号", "项目名称", "总投资（万元）", "本级投入（万元）", "县级配套（万元）"], [1, "甲厂", 9, 3, 1]]
    ((code, layout),) = read(*rows).layouts.items()
    columns = {**layout.columns, 3: ("资金来源:县级资金", "万元"), 4: ("资金来源:县级资金", "万元")}
    found = read(*rows, decisions=Decisions(columns={code: columns}))
    assert {i.cell for i in found.errors if i.code == "column_twice"} == {"D1", "E1"}


def test_regions_of_sheets_and_nested_groups() -> None:
    short = ["序号", "项目名称", "总投资（万元）"]
    assert values(read(short, [1, "甲厂", 9], name="市本级"), "地区") == ["市本级"]
    rows = [
        short,
        [None, "西峰区"],
        [None, "续建项目"],
        [1, "甲厂", 9],
        [None, "新建项目"],
        [2, "乙厂", 9],
        [None, "环县"],
        [3, "丙厂", 9],
    ]
    reading = read(*rows)
    assert values(reading, "地区") == ["西峰区", "西峰区", "环县"] and values(reading, "建设性质")[:2] == [
        "续建",
        "新建",
    ]
    assert values(read(short, ["一、城关"], [1, "甲厂", 9], name="环县"), "地区") == ["环县"]


def test_two_counties_in_a_cell_are_not_replaced_by_the_row_above() -> None:
    reading = read(HEADS, [1, "甲厂", "环县", 9, 1], [2, "乙厂", "庆城县和环县", 9, 1])
    assert values(reading, "地区") == ["环县", None] and "region_blank" not in {i.code for i in reading.issues}


def test_numbered_projects_of_the_whole_county_and_named_like_parts() -> None:
    rows = [[1, "农村公路", "全县", 100, 50], [2, "其中村道路硬化", "环县", 10, 1], [3, "乙路", "西峰区", 110, 51]]
    assert values(read(HEADS, *rows), "总投资") == [100, 10, 110]


def test_counts_are_no_names_and_prefixes_are_no_projects() -> None:
    heads = ["县区", "项目名称", "总投资（万元）"]
    reading = read(heads, ["环县", "2个", 100], ["环县", "甲厂", 60], ["环县", "乙厂", 40])
    assert values(reading, "总投资") == [60, 40] and "row_refused" in {i.code for i in reading.errors}
    for rows in (
        [["A", "环县项目", None, 300, 1], ["A1", "甲路", "环县", 100, 1], ["A2", "乙路", "环县", 200, 1]],
        [["01", "水利", "环县", 301, 1], ["0101", "甲路", "环县", 100, 1], ["0102", "乙路", "环县", 200, 1]],
        [[1, "大项目", "环县", 301, 1], ["a", "甲路", "环县", 100, 1], ["b", "乙路", "环县", 200, 1]],
        [["甲", "水利类", None, 300, 1], [1, "甲路", "环县", 100, 1], [2, "乙路", "环县", 200, 1]],
    ):
        assert values(read(HEADS, *rows), "项目名称") == ["甲路", "乙路"], rows


def test_a_telephone_number_is_no_amount() -> None:
    reading = read(HEADS, [1, "甲厂", "环县", 13893412345, 1], [2, "乙厂", "环县", 20, 1], [3, "丙厂", "环县", 20, 1])
    assert [i.cell for i in reading.errors] == ["D2"] and "13893412345" not in str(reading.issues)


@pytest.mark.parametrize(
    "text",
    [
        "联系人王建国，13893412345",
        "环县住建局（张志强 0934-8613333）",
        "李晓明 138 9341 2345",
        "身份证622801198001011234",
        "对接人：赵国庆",
        "负责人张志强，副局长",
    ],
)
def test_personal_words_of_other_kinds(text: str) -> None:
    from inputs.lists.personal import mask

    assert not [w for w in ("王建国", "张志强", "李晓明", "622801198001011234", "赵国庆", "9341") if w in mask(text)]


def test_the_year_above_a_fund_and_missing_regions() -> None:
    assert proposals(("2027年资金需求", "专项债券"))[0].field == "申报:专项债券:2027"
    reading = read(["序号", "项目名称", "总投资（万元）"], [1, "甲厂", 9])
    assert "region_missing" in {i.code for i in reading.issues}


def test_a_project_above_a_repeated_heading_is_no_title() -> None:
    row = ["1", "环县地表水厂项目", None, 2025]
    reading = read(PLAIN, [1, "甲道路", "环县", 100], row, PLAIN, [2, "乙道路", "环县", 200])
    assert kinds(reading)[2] != "表头" and [i.cell for i in reading.errors if "地区" in i.message or i.cell] != []


def test_separators_that_only_a_program_sees_do_not_end_a_row(tmp_path) -> None:
    for mark in "\u2028\x0b\x85\x1c":
        path = tmp_path / "a.csv"
        path.write_text(
            f"项目名称,县区,备注,总投资（万元）\n甲道路,环县,一{mark}二,800\n乙道路,环县,,900\n", encoding="utf-8"
        )
        assert [row[-1] for row in load_grids(path)[0].rows] == ["总投资（万元）", "800", "900"]


def test_shares_as_text_of_a_csv_are_mixed_too() -> None:
    heads = ["项目名称", "县区", "总投资（万元）", "资本金比例"]
    reading = read(heads, *[[f"{k}号道路", "环县", "100", share] for k, share in enumerate(("0.5", "20", "1"))])
    assert any("分不清是小数还是百分数" in i.message for i in reading.errors)


def test_titles_between_two_parts_of_a_list_may_hold_numbers() -> None:
    for line in (
        ["2026 年度项目清单（续）", "单位：万元", None, 2026],
        ["附表2（续）", "单位：万元", "填表年份", 2026],
        [2026, "年项目清单（续）", None, None],
    ):
        reading = read(["单位：万元"], PLAIN, [1, "甲道路", "环县", 100], line, PLAIN, [2, "乙道路", "环县", 200])
        assert values(reading, "项目名称") == ["甲道路", "乙道路"] and kinds(reading)[3] in ("表头", "标题"), line


def test_line_ends_of_every_kind_end_lines(tmp_path) -> None:
    for end in ("\r", "\n", "\r\n"):
        path = tmp_path / "a.csv"
        path.write_bytes(end.join(("项目名称,县区,总投资（万元）", "甲道路,环县,800")).encode())
        assert [row[-1] for row in load_grids(path)[0].rows] == ["总投资（万元）", "800"], repr(end)
