"""The coverage ratio that is written against the one that is meant."""

from tests.inputs.clerk.asking import found


def test_against_the_debt_service_written() -> None:
    heads = ["总投资", "净收益", "债券本息", "覆盖倍数"]
    cells = found(heads, ["甲", 1000, 1300, 1000, 1.3], ["乙", 1000, 1300, 1000, "1.5倍"], code="coverage_ratio")
    assert cells == [("F3", "覆盖倍数写 1.5，按净收益除以债券本息算是 1.3")]


def test_against_asks_with_interest() -> None:
    heads = ["总投资", "净收益", "申报:专项债券", "债券期限", "债券利率", "覆盖倍数"]
    cells = found(
        heads, ["甲", 1000, 1920, 1000, 20, "3%", 1.2], ["乙", 1000, 1920, 1000, 20, "3%", 1.6], code="coverage_ratio"
    )
    assert [c for c, _ in cells] == ["H3"]
