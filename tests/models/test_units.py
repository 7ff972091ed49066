"""Words for amounts and keys."""

import pytest

from models.units import key_words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (("地区=甲县,乙县;资金=债", "上限占比", ""), "甲县、乙县·债 上限占比"),
        (("P1", "债", "资金=债"), "P1 债"),
        (("全部", "占比"), "全部 占比"),
        (("a=b",), "a=b"),
        (("P1", "固定安排", "债", "2026", "至少"), "P1 固定安排 债 2026 至少"),
    ],
)
def test_a_key_is_told_by_the_names_in_it(key: tuple[str, ...], words: str) -> None:
    assert key_words(key) == words


def test_what_is_known_already_is_left_out() -> None:
    assert key_words(("P1", "债"), but="P1") == "债"
