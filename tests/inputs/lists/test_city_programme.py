"""A hand-laid city programme of 26 sheets in the old format, every sheet laid out differently; no amount is lost."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from inputs.lists.decisions import Decisions
from inputs.lists.opening import open_lists
from inputs.lists.reading import read_lists
from tests.inputs.lists.dirt import Sheet, write_xls

N = None
FUNDS = ["中央预算内", "省级补助", "专项债券", "自筹"]


def programme() -> tuple[list[Sheet], dict[str, dict[str, Decimal]]]:
    """Sheets, and the totals in 万元 of every project by sheet."""
    sheets, truth = [], {}

    def add(name: str, rows: list[list], projects: dict[str, object], merges=(), hidden=()) -> None:
        wide = max(len(row) for row in rows)
        sheets.append(Sheet(name, [[*row, *[N] * (wide - len(row))] for row in rows], list(merges), set(hidden)))
        truth[name] = {key: Decimal(str(value)) for key, value in projects.items()}

    add("封面", [["某市2025年城市建设计划"], ["市住房和城乡建设局"], ["二〇二五年一月"]], {})
    add("目录", [["目录"], ["一、市政道路"], ["二、管网更新"]], {})
    add(
        "汇总表",
        [
            ["汇总表", N, N],
            ["类别", "项目个数", "总投资（万元）"],
            ["道路", 3, 600],
            ["管网", 4, 900],
            ["合计", 7, 1500],
        ],
        {},
    )
    top = [
        "序号",
        "项目名称",
        "建设规模及内容",
        "建设年限",
        "总投资",
        "资金来源",
        N,
        N,
        N,
        "2025年计划投资",
        "责任单位",
        "备注",
    ]
    low = [N, N, N, N, N, *FUNDS, N, N, N]
    merged = [(2, k, 3, k) for k in (0, 1, 2, 3, 4, 9, 10, 11)] + [(2, 5, 2, 8), (0, 0, 0, 11)]
    add(
        "1市政道路",
        [
            ["市政道路项目计划表"], [N] * 10 + ["单位：万元"], top, low,
            ["合计", N, N, N, 600, 100, 100, 300, 100, 250, N, N], ["一", "续建项目", N, N, 400, 50, 50, 250, 50, 150, N, N],
            [1, "东环路", "2.1公里", "2023-2025", 150, 20, 20, 90, 20, 50, "住建局", N], [2, "西环路", "3公里", "2024-2025", 250, 30, 30, 160, 30, 100, "住建局", N],
            ["二", "新建项目", N, N, 200, 50, 50, 50, 50, 100, N, N], [1, "南环路", "1公里", "2025-2026", 200, 50, 50, 50, 50, 100, "住建局", N],
            ["注：以概算批复为准"],
        ],
        {"东环路": 150, "西环路": 250, "南环路": 200}, merged,
    )  # fmt: skip
    add(
        "2管网更新",
        [
            ["单位：亿元"],
            ["序号", "工程名称", "总投资"],
            [1, "供水管网一期", 0.02],
            [2, "供水管网二期", 0.035],
            ["合计", N, 0.055],
        ],
        {"供水管网一期": 200, "供水管网二期": 350},
    )
    add(
        "3片区改造",
        [
            ["编号", "项目名称", "县区", "总投资（万元）"],
            [1, "南片区改造", "西峰区", 300],
            ["1.1", "南片区甲小区", "西峰区", 100],
            ["1.2", "南片区乙小区", "西峰区", 200],
            [2, "北片区改造", "西峰区", 88],
        ],
        {"南片区甲小区": 100, "南片区乙小区": 200, "北片区改造": 88},
    )
    add(
        "4换页",
        [
            ["序号", "项目名称", "总投资（万元）"],
            [1, "甲厂", 1],
            [2, "乙厂", 2],
            ["（续表）"],
            ["序号", "项目名称", "总投资（万元）"],
            [3, "丙厂", 3],
            ["合计", N, 6],
        ],
        {"甲厂": 1, "乙厂": 2, "丙厂": 3},
    )
    add(
        "5县区合并",
        [
            ["序号", "县区", "项目名称", "总投资（万元）"],
            [1, "环县", "丁路", 10],
            [2, N, "戊路", 20],
            [3, "宁县", "己路", 30],
        ],
        {"丁路": 10, "戊路": 20, "己路": 30},
        [(1, 1, 2, 1)],
    )
    add(
        "6分组",
        [
            ["序号", "项目名称", "总投资（万元）"],
            ["一、西峰区"],
            [1, "庚桥", 5],
            ["二、环 县（1个）"],
            [1, "辛桥", 6],
            [N, "小计", 6],
        ],
        {"庚桥": 5, "辛桥": 6},
    )
    add(
        "7其中",
        [["序号", "项目名称", "总投资（万元）"], [1, "壬厂", 50], [N, "其中：征拆", 20], [2, "癸厂", 60]],
        {"壬厂": 50, "癸厂": 60},
    )
    add(
        "8文字数",
        [
            ["序号", "项目名称", "总投资（万元）"],
            [1, "子园", "１，２００．５"],
            [2, "丑园", " 300 "],
            [3, "寅园", "0.5亿元"],
            [4, "卯园", "约700"],
        ],
        {"子园": "1200.5", "丑园": 300, "寅园": 5000},
    )
    add(
        "9空列",
        [["序号", N, "项目名称", N, "总投资（万元）"], [1, N, "辰路", N, 7], [2, N, "巳路", N, 8]],
        {"辰路": 7, "巳路": 8},
    )
    add(
        "10右侧说明",
        [
            ["序号", "项目名称", "总投资（万元）", N, "说明：红字为新增"],
            [1, "午路", 9, N, N],
            [2, "未路", 11, N, "已核"],
        ],
        {"午路": 9, "未路": 11},
    )
    add(
        "11隐藏行",
        [["序号", "项目名称", "总投资（万元）"], [1, "申路", 12], [2, "酉路", 13]],
        {"申路": 12, "酉路": 13},
        hidden=[3],
    )
    add(
        "12名称合并",
        [["序号", "项目名称", "总投资（万元）"], [1, "戌路", 14], [2, N, 15], [3, "亥路", 16]],
        {"戌路": 14, "亥路": 16},
        [(1, 1, 2, 1)],
    )
    add(
        "13金额合并",
        [["序号", "项目名称", "总投资（万元）"], [1, "金路", 17], [2, "木路", N], [3, "水路", 18]],
        {"金路": 17, "水路": 18},
        [(1, 2, 2, 2)],
    )
    add(
        "14列号",
        [["序号", "项目名称", "总投资（万元）"], [1, 2, 3], [1, "火路", 19], [2, "土路", 21]],
        {"火路": 19, "土路": 21},
    )
    add("15无单位", [["序号", "项目名称", "总投资"], [1, "天路", 22], [2, "地路", 23]], {"天路": 22, "地路": 23})
    add(
        "16千元",
        [["单位：千元"], ["序号", "项目名称", "总投资"], [1, "玄路", 240], [2, "黄路", 250]],
        {"玄路": 24, "黄路": 25},
    )
    add(
        "17元",
        [["序号", "项目名称", "总投资（元）"], [1, "宇路", 260000], [2, "宙路", 275000.5]],
        {"宇路": 26, "宙路": "27.50"},
    )
    add(
        "18表头换行",
        [["序\n号", "项 目\n名 称", "总投资\n（万元）"], [1, "洪路", 28], [2, "荒路", 29]],
        {"洪路": 28, "荒路": 29},
    )
    add(
        "19两段",
        [
            ["单位：万元"],
            ["序号", "项目名称", "总投资"],
            [1, "日路", 30],
            [],
            ["附表二"],
            ["单位：亿元"],
            ["序号", "项目名称", "总投资"],
            [1, "月路", 0.0031],
        ],
        {"日路": 30, "月路": 31},
    )
    add(
        "20层级",
        [
            ["序号", "项目名称", "总投资（万元）"],
            ["一", "交通类", 65],
            ["（一）", "公路", 32],
            [1, "盈路", 32],
            ["（二）", "铁路", 33],
            [1, "昃路", 33],
        ],
        {"盈路": 32, "昃路": 33},
    )
    add(
        "21无序号",
        [["项目名称", "总投资（万元）"], ["西峰区", 69], ["辰站", 34], ["宿站", 35], ["环县", 36], ["列站", 36]],
        {"辰站": 34, "宿站": 35, "列站": 36},
    )
    add(
        "22合计在前",
        [["序号", "项目名称", "总投资（万元）"], [N, "总计", 75], [1, "张站", 37], [2, "寒站", 38]],
        {"张站": 37, "寒站": 38},
    )
    add(
        "23缺名称",
        [["序号", "项目名称", "总投资（万元）"], [1, "来站", 39], [2, N, 40], [3, "暑站", 41]],
        {"来站": 39, "暑站": 41},
    )
    return sheets, truth


@pytest.fixture(scope="module")
def read_programme(tmp_path_factory):
    path = tmp_path_factory.mktemp("city") / "城建计划.xls"
    sheets, truth = programme()
    write_xls(path, sheets)
    opened = open_lists([(Path(path), path.name)])
    first = read_lists(opened)
    decided = Decisions(columns={code: layout.columns for code, layout in first.layouts.items()})
    return first, read_lists(opened, decided), sheets, truth


def test_every_project_and_amount_is_there_and_nothing_else(read_programme) -> None:
    _, reading, sheets, truth = read_programme
    assert len(sheets) == 26
    for name, wanted in truth.items():
        found = {
            p.values.get("项目名称"): p.values.get("总投资") for p in reading.projects if p.sheet == name and p.taken
        }
        assert {k: Fraction(str(v)) for k, v in found.items()} == {k: Fraction(v) for k, v in wanted.items()}, name


def test_what_is_not_taken_is_an_error_at_its_cell(read_programme) -> None:
    _, reading, _, _ = read_programme
    told = {(i.sheet, i.cell) for i in reading.errors}
    assert {("8文字数", "C5"), ("12名称合并", "B3"), ("13金额合并", "C3"), ("23缺名称", "B3")} <= told
    assert {i.sheet for i in reading.errors} <= {"8文字数", "12名称合并", "13金额合并", "23缺名称", "汇总表"}


def test_rows_add_up_sheet_by_sheet(read_programme) -> None:
    _, reading, sheets, _ = read_programme
    for sheet, report in zip(sheets, reading.sheets, strict=True):
        last = max((r for r, row in enumerate(sheet.rows, 1) if any(v is not None for v in row)), default=0)
        assert [row.index for row in report.rows] == list(range(last)), sheet.name


def test_totals_of_the_list_agree_where_they_do(read_programme) -> None:
    _, reading, _, _ = read_programme
    differ = {i.sheet for i in reading.issues if i.code == "total_differs"}
    assert differ == set()


def test_nothing_unsure_was_taken_without_asking(read_programme) -> None:
    first, _, _, _ = read_programme
    asked = {i.sheet for i in first.issues if i.code == "column_unsure"}
    assert "15无单位" in asked and "1市政道路" not in asked
