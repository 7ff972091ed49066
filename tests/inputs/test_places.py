"""Region names as lists write them."""

import pytest

from inputs.places import Gazetteer, divisions, own_level


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("西峰区", "西峰区"), ("西峰", "西峰区"), ("环 县", "环县"), ("621002", "西峰区"), ("庆阳市西峰区", "西峰区"), ("甘肃省庆阳市西峰区", "西峰区"),
        ("华亭县", "华亭市"), ("620824", "华亭市"), ("庆阳", "庆阳市"), ("张家川", "张家川回族自治县"), ("大通县", None), ("临夏", None),
        ("平凉市西峰区", None), ("西峰区、环县", None), ("环", None), ("", None),
    ],
)  # fmt: skip
def test_names(text: str, name: str | None) -> None:
    found = Gazetteer().find(text)
    assert (found.name if found else None) == name
    assert found is None or bool(found.why) == (text != name)


def test_regions_of_the_case_come_first() -> None:
    places = Gazetteer(["西峰新区", "环县"], [("1", "环县")])
    assert places.find("西峰") is None and places.find("1").name == "环县" and places.find("西峰区") is None


def test_own_level() -> None:
    assert own_level("市本级") and own_level("庆阳市本级") and own_level("市直") and not own_level("西峰区")


def test_the_list_is_whole_and_says_where_it_is_from() -> None:
    found = divisions()
    assert len({d.code for d in found}) == len(found) and all(d.source for d in found)
    names = {d.name for d in found}
    assert all(d.parent in names for d in found if d.level != "省")
    assert sum(d.code.startswith("62") and d.level == "县级" for d in found) == 87


@pytest.mark.parametrize(("wrong", "right"), [("西丰区", "西峰区"), ("镇愿县", "镇原县"), ("崆同区", "崆峒区")])
def test_a_misspelt_county_is_asked_about(wrong: str, right: str) -> None:
    places = Gazetteer()
    assert places.find(wrong) is None and places.near(wrong) == right
    assert Gazetteer(["甲县", "乙县"]).near("西峰区") == ""
