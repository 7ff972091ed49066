"""output_target: units by region and year, partial in proportion."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Scope, Target
from optimizer.options import Options
from optimizer.solve import solve
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_late_projects_do_not_count():
    quick = project("P1", 10, duration=1, outputs={"户": 30})
    slow = project("P2", 10, duration=2, outputs={"户": 50})
    c = case([quick, slow], [fund(years=2)], years=2, targets=(Target("户", Scope(), 0, F(20)),))
    assert rows(c, "output_target") == ["户 全部 2026: 20 ≤ +30 y[P1,0]"]


def test_targets_alike_in_all_but_the_figure_are_told_apart():
    p = project("P1", 10, outputs={"户": 30})
    targets = (Target("户", Scope(), None, F(10)), Target("户", Scope(), 0, F(20)), Target("户", Scope(), None, F(30)))
    c = case([p], [fund()], targets=targets)
    assert [row.partition(":")[0] for row in rows(c, "output_target")] == ["户 全部 1", "户 全部 2026", "户 全部 2"]


def test_partial_counts_in_proportion_and_regions_by_share():
    p = project("P1", 2, arrangement="部分", outputs={"户": 30}, shares=(("甲县", F(1, 2)), ("乙县", F(1, 2))))
    c = case([p], [fund()], targets=(Target("户", Scope(regions=("甲县",)), None, F(10)),))
    assert rows(c, "output_target") == ["户 地区=甲县: 400 ≤ +3 w[P1]"]
    plan = Allocation.of(
        [Choice("P1", "", 0)], [Payment("P1", "债", 0, "甲县", 67), Payment("P1", "债", 0, "乙县", 66)]
    )
    assert measures(c, "output_target", plan) == [("户 地区=甲县", ">=", F(15 * 133, 200), F(10), False)]


def test_large_outputs_of_partial_projects_whose_needs_have_nothing_in_common_fit():
    """Ten million people a project: twelve digits of their share by 0.01 万元 were wider than 64 bits, and refused."""
    needs = (10007, 10009, 10037, 10039, 10061, 10067)
    many = [project(f"P{n}", n, 5, arrangement="部分", outputs={"人": 10**7 + n}) for n in needs]
    c = case(many, [fund(limit=40_000)], targets=(Target("人", Scope(), None, F(39 * 10**6)),))
    found = solve(c, Options(second="", time_limit=20))
    assert found.status in ("optimal", "feasible") and found.verdict is not None and found.verdict.passed
    (reached,) = (m for m in found.verdict.measures if m.rule == "output_target")
    assert reached.actual >= 39 * 10**6
