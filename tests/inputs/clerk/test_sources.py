"""Sources of money against the total."""

from tests.inputs.clerk.asking import found

HEADS = ["总投资", "资金来源:中央", "资金来源:自筹"]


def test_a_difference_is_told_with_its_amount() -> None:
    assert found(HEADS, ["甲", 1000, 400, 500], ["乙", 900, 400, 500], code="sources_sum") == [
        ("C2", "各项资金来源之和 900.00 万元，总投资 1,000.00 万元，相差 -100.00 万元")
    ]


def test_rows_without_sources_and_rounding_are_left_alone() -> None:
    assert found(HEADS, ["甲", 1000, None, None], ["乙", 900.01, 400, 500], code="sources_sum") == []
