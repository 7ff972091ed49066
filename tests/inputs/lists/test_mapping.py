"""The mapping assistant: headings gone or columns permuted, nine in ten columns are still proposed rightly."""

import random
from decimal import Decimal

from inputs.files.workbook import Grid
from inputs.lists.layout import find_blocks
from inputs.lists.propose import propose
from inputs.places import Gazetteer
from tests.inputs.lists.dirt import HEADINGS, project

FIELDS = (
    "序号", "项目名称", "项目代码", "地区", "项目单位", "主管部门", "类别", "建设性质", "建设起止", "总投资", "资本金比例", "已到位资金", "申报:专项债券",
    "债券期限", "债券利率", "净收益", "覆盖倍数", "负面清单",
)  # fmt: skip
SEEDS = range(60)


def cell(name: str, p: dict, k: int):
    if name == "序号":
        return k
    if name == "建设起止":
        return f"{p['最早开工']}-{p['竣工年份']}"
    if name in ("资本金比例", "债券利率"):
        return f"{p[name]}%"
    return float(p[name]) if isinstance(p[name], Decimal) else p[name]


def table(seed: int, order: list[str], headings: bool) -> Grid:
    rng = random.Random(seed)
    projects = [project(rng, k) for k in range(1, 31)]
    rows = [[cell(name, p, k) for name in order] for k, p in enumerate(projects, start=1)]
    names = [HEADINGS[n][0] if n in HEADINGS else n for n in order]
    top = [["项目清单", *[None] * (len(order) - 2), "单位：万元"], names] if headings else []
    return Grid("清单", [*top, *rows], file="a.xlsx")


def guesses(grid: Grid):
    (block,) = find_blocks(grid)
    return {g.index: g for g in propose(block, Gazetteer())}


def test_without_headings_nine_in_ten_are_right_and_none_is_taken() -> None:
    right = every = 0
    for seed in SEEDS:
        found = guesses(table(seed, list(FIELDS), headings=False))
        assert not any(g.sure for g in found.values()), seed
        right += sum(found[i].field == name for i, name in enumerate(FIELDS))
        every += len(FIELDS)
    assert right / every >= 0.9, right / every


def test_permuted_columns_are_known_by_their_names() -> None:
    right = every = 0
    for seed in SEEDS:
        order = list(FIELDS)
        random.Random(seed).shuffle(order)
        found = guesses(table(seed, order, headings=True))
        right += sum(found[i].field == name for i, name in enumerate(order))
        every += len(order)
        assert all(found[i].field == name for i, name in enumerate(order) if found[i].sure), seed
    assert right / every >= 0.99, right / every


def test_a_heading_that_its_cells_deny_is_asked_about() -> None:
    rows = [["序号", "项目名称", "总投资（万元）"], *[[k, f"{k}号道路工程", f"住建局{k}"] for k in range(1, 9)]]
    found = guesses(Grid("清单", rows, file="a.xlsx"))
    assert not found[2].sure and found[2].basis == "列名与内容不符"


def test_without_a_unit_anywhere_amounts_are_asked_about() -> None:
    rows = [["序号", "项目名称", "总投资"], *[[k, f"{k}号道路工程", 100 * k] for k in range(1, 9)]]
    found = guesses(Grid("清单", rows, file="a.xlsx"))
    assert (found[2].field, found[2].unit, found[2].sure) == ("总投资", "万元", False)


def test_two_columns_for_one_field_are_both_asked_about() -> None:
    rows = [
        ["序号", "项目名称", "总投资（万元）", "项目总投资（万元）"],
        *[[k, f"{k}号道路工程", 100 * k, 90 * k] for k in range(1, 9)],
    ]
    found = guesses(Grid("清单", rows, file="a.xlsx"))
    assert not found[2].sure and not found[3].sure


def test_an_unknown_column_of_numbers_is_never_dropped_silently() -> None:
    rows = [
        ["序号", "项目名称", "总投资（万元）", "征拆补偿"],
        *[[k, f"{k}号道路工程", 100 * k, 7 * k] for k in range(1, 9)],
    ]
    found = guesses(Grid("清单", rows, file="a.xlsx"))
    assert not found[3].sure and found[3].numeric


def test_needs_of_a_year_and_funds_unknown_are_told_by_their_words() -> None:
    heads = ["序号", "项目名称", "总投资", "资金需求", None, "2026年需求", "2027年度资金需求", "彩票公益金"]
    below = [None, None, None, "专项债券", "乡村振兴补助", None, None, None]
    body = [[k, f"{k}号道路工程", 900 + k, 300, 200 + k, 250, 260 + k, 40] for k in range(1, 9)]
    merges = ((1, 3, 1, 4), *((1, c, 2, c) for c in (0, 1, 2, 5, 6, 7)))
    sheet = Grid("清单", [["2026年清单（单位：万元）"], heads, below, *body], file="a.xlsx", merges=merges)
    found = guesses(sheet)
    assert [found[i].field for i in range(3, 8)] == [
        "申报:专项债券", "申报:乡村振兴补助", "需求:2026", "需求:2027", "其他金额:彩票公益金"
    ]  # fmt: skip
    assert found[3].sure and found[5].sure and not found[4].sure and not found[7].sure


def test_numbers_under_an_unknown_heading_are_kept_beside_not_guessed() -> None:
    for word in ("征拆补偿", "三年缺口", "甲乙丙"):
        rows = [["序号", "项目名称", "总投资（万元）", word], *[[k, f"{k}号道路", 100 * k, 7 * k] for k in range(1, 9)]]
        found = guesses(Grid("清单", rows, file="a.xlsx"))
        assert found[3].field == f"其他金额:{word}" and not found[3].sure


def test_a_guess_that_shares_a_word_with_the_heading_is_offered() -> None:
    rows = [["序号", "项目名称", "县区", "投资规模"], *[[k, f"{k}号道路工程", "环县", 100 * k] for k in range(1, 8)]]
    found = guesses(Grid("清单", rows, file="a.xlsx"))
    assert found[3].field == "总投资" and not found[3].sure
