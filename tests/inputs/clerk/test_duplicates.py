"""The same project twice."""

from tests.inputs.clerk.asking import found

HEADS = ["地区", "主管部门", "总投资"]


def test_one_project_from_two_departments() -> None:
    cells = found(
        HEADS,
        ["西峰区南街片区老旧小区改造项目", "西峰区", "住建局", 3000],
        ["南街片区老旧小区改造工程", "西峰区", "发改局", 3000],
        code="same_project",
    )
    assert cells[0][0] == "B3" and "同名、同额" in cells[0][1] and "住建局、发改局" in cells[0][1]


def test_small_changes_of_wording() -> None:
    cells = found(
        HEADS,
        ["城区供水管网更新改造", "环县", "住建局", 800],
        ["城区供水管网更新", "环县", "水务局", 800],
        code="same_project",
    )
    assert [c for c, _ in cells] == ["B3"]


def test_phases_and_other_counties_are_other_projects() -> None:
    rows = [
        ["城区供水管网更新（一期）", "环县", "", 800],
        ["城区供水管网更新（二期）", "环县", "", 800],
        ["城区供水管网更新（一期）", "宁县", "", 800],
    ]
    assert found(HEADS, *rows, code="same_project") == []
