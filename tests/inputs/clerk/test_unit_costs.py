"""Costs of one household or kilometre that are out of line with their kind."""

from tests.inputs.clerk.asking import found

HEADS = ["类别", "总投资", "产出:户数(户)"]


def test_ten_times_the_usual_cost_per_household() -> None:
    rows = [[f"甲{k}", "老旧小区改造", 3 * n, n] for k, n in enumerate((100, 150, 180, 200, 260, 300, 320))]
    cells = found(HEADS, *rows, ["乙", "老旧小区改造", 3000, 100], code="unit_cost")
    assert cells == [("E9", "30 万元/户，老旧小区改造一般为 3 万元/户")]


def test_other_kinds_are_not_compared() -> None:
    rows = [[f"甲{k}", f"类{k}", 3 * 10**k, 10] for k in range(7)]
    assert found(HEADS, *rows, code="unit_cost") == []
