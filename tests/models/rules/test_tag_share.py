"""tag_share: money of tagged regions, tags inherited from above."""

from fractions import Fraction as F

from models.allocation import Allocation, Choice, Payment
from models.case import Policy, Region, Scope
from tests.cases import case, fund, project
from tests.models.rules.golden import measures, rows


def test_a_tag_holds_for_the_subtree():
    regions = (Region("市", tags=("潜力",)), Region("甲县", parent="市"), Region("乙县"))
    projects = [project("P1", 10), project("P2", 10, region="乙县")]
    row = Policy("tag_share", "下限占比", F(1, 2), Scope(tags=("潜力",)))
    c = case(projects, [fund(limit=16)], regions=regions, policies=(row,))
    assert rows(c, "tag_share") == ["标签=潜力 下限占比: 800 ≤ +1 x[P1,债,0,甲县]"]
    plan = Allocation.of([Choice("P2", "", 0)], [Payment("P2", "债", 0, "乙县", 1000)])
    assert measures(c, "tag_share", plan) == [("标签=潜力 下限占比", ">=", 0, F(800), False)]
