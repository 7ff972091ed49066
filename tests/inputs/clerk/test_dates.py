"""Projects that end before they begin, or last otherwise than they say."""

from tests.inputs.clerk.asking import found

HEADS = ["总投资", "最早开工", "竣工年份", "建设周期"]


def test_the_end_before_the_beginning() -> None:
    assert [c for c, _ in found(HEADS, ["甲", 1, 2026, 2025, None], ["乙", 1, 2025, 2026, 2], code="dates_order")] == [
        "E2"
    ]


def test_a_duration_that_does_not_fit() -> None:
    assert [c for c, _ in found(HEADS, ["甲", 1, 2025, 2026, 5], ["乙", 1, 2025, 2026, 1], code="dates_length")] == [
        "E2"
    ]
