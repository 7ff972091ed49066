"""County, prefecture and the region in the code."""

from tests.inputs.clerk.asking import found


def test_a_county_under_the_wrong_prefecture() -> None:
    cells = found(
        ["总投资", "地区", "市州"], ["甲", 1, "西峰区", "平凉市"], ["乙", 1, "西峰区", "庆阳"], code="prefecture"
    )
    assert cells == [("D2", "“西峰区”属于庆阳市，不属于平凉市")]


def test_a_code_of_another_county() -> None:
    codes = ("2401-620802-04-01-123456", "2401-621000-04-01-123456", "2401-621002-04-01-123456")
    cells = found(["总投资", "地区", "项目代码"], *(["甲" + c, 1, "西峰区", c] for c in codes), code="code_region")
    assert [c for c, _ in cells] == ["E2"]


def test_the_old_code_of_a_renamed_county_is_its_own() -> None:
    assert (
        found(["总投资", "地区", "项目代码"], ["甲", 1, "华亭市", "2401-620824-04-01-123456"], code="code_region") == []
    )
