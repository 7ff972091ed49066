"""The project's own capital: as large as it says, and not below the floor of its kind."""

from tests.inputs.clerk.asking import found

HEADS = ["类别", "总投资", "项目资本金", "资本金比例"]


def test_below_the_floor_of_its_kind() -> None:
    cells = found(
        HEADS,
        ["甲", "铁路", 1000, 190, None],
        ["乙", "铁路", 1000, 200, None],
        ["丙", "养老", 1000, 10, None],
        code="capital",
    )
    assert cells == [("E2", "资本金占 19 %，低于下限 20 %（国发〔2015〕51号）")]


def test_the_floor_of_the_sheet_comes_first() -> None:
    kinds = [["类别", "资本金下限"], ["铁路", "15%"], ["养老", "30%"]]
    cells = found(HEADS, ["甲", "铁路", 1000, 190, None], ["丙", "养老", 1000, None, "25%"], code="capital", 类别=kinds)
    assert cells == [("F3", "资本金占 25 %，低于下限 30 %（类别表）")]


def test_amount_and_share_that_do_not_agree() -> None:
    cells = found(HEADS, ["甲", "养老", 1000, 300, "20%"], ["乙", "养老", 1000, 1200, None], code="capital")
    assert [c for c, _ in cells] == ["F2", "E3"]
