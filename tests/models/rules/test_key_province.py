"""key_province: no new projects outside the named categories; off unless switched on."""

from models.allocation import Allocation, Choice
from models.case import Category, Policy
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def three(*policies, categories=()):
    projects = [project("P1", category="热"), project("P2", category="商"), project("P3", category="商", ongoing=True)]
    return case(projects, [fund()], policies=policies, categories=categories)


def test_off_by_default():
    assert rows(three(), "key_province") == []


def test_named_categories_and_ongoing_projects_are_spared():
    c = three(Policy("key_province", options=(("民生类别", "热"),)))
    assert rows(c, "key_province") == ["P2: +1 y[P2,0] ≤ 0"]
    plan = Allocation.of([Choice(k, "", 0) for k in ("P1", "P2", "P3")], [])
    assert measures(c, "key_province", plan) == [("P2", "<=", 1, 0, False)]


def test_without_names_the_mark_of_the_category_counts():
    c = three(Policy("key_province"), categories=(Category("热"), Category("商", livelihood=True)))
    assert rows(c, "key_province") == ["P1: +1 y[P1,0] ≤ 0"]
