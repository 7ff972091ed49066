"""Amounts that are off by ten thousand."""

from tests.inputs.clerk.asking import found


def test_a_total_written_in_yuan() -> None:
    rows = [[f"甲{k}", 1000 + 10 * k] for k in range(6)]
    cells = found(["总投资"], *rows, ["乙", 12_000_000], ["丙", 0.12], code="magnitude")
    assert [c for c, _ in cells] == ["C8", "C9"]


def test_a_part_written_in_yuan() -> None:
    cells = found(["总投资", "累计完成投资"], ["甲", 1000, 9_000_000], ["乙", 1000, 900], code="magnitude")
    assert [c for c, _ in cells] == ["D2"]


def test_a_large_project_is_no_fault() -> None:
    rows = [[f"甲{k}", 1000 + 10 * k] for k in range(6)]
    assert found(["总投资"], *rows, ["乙", 300_000], code="magnitude") == []
