"""Contacts are dropped at the door; nothing else is."""

import pytest

from inputs.lists.personal import MASK, mask, scrub
from tests.inputs.lists.laid import grid


def test_columns_by_heading_with_their_sub_headings() -> None:
    found = scrub(
        grid(
            ["项目名称", "联系人及电话", None, "总投资"],
            [None, "姓名", "电话", None],
            ["甲", "张伟", "13812345678", 100],
            merges=((0, 1, 0, 2), (0, 0, 1, 0)),
        )
    )
    assert found.grid.rows[2] == ["甲", None, None, 100] and found.columns == (1, 2)


def test_columns_without_heading_by_content() -> None:
    rows = [
        [f"项目{k}", f"0934-82123{k:02d}", f"{'王李张刘陈'[k % 5]}{'伟芳敏静强'[k % 5]}", 100 + k] for k in range(10)
    ]
    found = scrub(grid(*rows))
    assert all(row[1] is None and row[2] is None and row[3] == 100 + k for k, row in enumerate(found.grid.rows))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("电话13812345678", f"电话{MASK}"), ("联系人：张三 0934-8212345", f"联系人：{MASK}{MASK}"), ("填报人:李 四", f"填报人:{MASK}"),
        ("2401-621002-04-01-138123", "2401-621002-04-01-138123"), ("投资13812345678900", "投资13812345678900"), ("负责人待定", "负责人待定"), ("惠及人口3000人", "惠及人口3000人"),
    ],
)  # fmt: skip
def test_words_inside_text(text: str, rest: str) -> None:
    assert mask(text) == rest


def test_amounts_and_offices_stay() -> None:
    rows = [
        ["项目名称", "主管部门", "总投资（元）"],
        *[[f"项目{k}", "住建局", 13_800_000_000 + k] for k in range(4)],
        *[[f"乙{k}", "住建局", 900_000 + k] for k in range(9)],
    ]
    assert scrub(grid(*rows)).grid.rows[1] == ["项目0", "住建局", 13_800_000_000]
