"""Parts that are larger than the whole."""

from tests.inputs.clerk.asking import found

HEADS = ["总投资", "累计完成投资", "计划投资"]


def test_a_part_above_the_total() -> None:
    assert [c for c, _ in found(HEADS, ["甲", 100, 120, None], ["乙", 100, 100, None], code="part_above_total")] == [
        "D2"
    ]


def test_done_and_planned_together_above_the_total() -> None:
    assert [c for c, _ in found(HEADS, ["甲", 100, 80, 40], ["乙", 100, 80, 20], code="done_and_planned")] == ["D2"]
