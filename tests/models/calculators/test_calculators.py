"""Quota calculators against tables worked by hand; sums exact, never above the ask."""

import random
from fractions import Fraction as F

import pytest

from models.calculator import settings_of, split
from models.calculators import CALCULATOR_BY_ID, CALCULATORS
from models.case import Region
from models.particulars import Debt, Factors, People, Settled
from tests.cases import case, fund, project


def run(key, total, regions, **given):
    calculator = CALCULATOR_BY_ID[key]
    settings, problems = settings_of(calculator, given)
    assert not problems, problems
    c = case([project()], [fund()], regions=tuple(regions))
    return calculator.compute(c, total * 100, settings)


def amounts(found):
    return {s.region: F(s.amount, 100) for s in found.shares}


def test_new_debt_by_hand() -> None:
    """q = 600 and 400·0.7 = 280; by q 681.82 and 318.18; 乙 asked for 150 only, the rest goes to 甲."""
    first = Region("甲县", debt=Debt(grade="绿"), factors=Factors(fund_revenue=60_000))
    second = Region("乙县", debt=Debt(grade="橙"), factors=Factors(fund_revenue=40_000))
    assert amounts(run("new_debt", 1000, [first, second])) == {"甲县": F("681.82"), "乙县": F("318.18")}
    asked = Region("乙县", debt=Debt(grade="橙"), factors=Factors(fund_revenue=40_000, asked=15_000))
    assert amounts(run("new_debt", 1000, [first, asked])) == {"甲县": 850, "乙县": 150}


def test_new_debt_with_projects_bounds_and_performance_by_hand() -> None:
    """Q = 1,000, 40 % for projects: k1 = 600/1,000, k2 = 400/200.

    甲: 600·0.6 + 50·2 = 460, last year 400, at most +10 %: 440; score 90 against a mean of 75: 440·(1 + 0.5·0.2) = 484.
    乙: 400·0.6 + 150·2 = 540, no last year; score 60: 540·(1 − 0.1) = 486. Of 970: 484/970 and 486/970 of 1,000.
    """
    regions = [
        Region("甲县", factors=Factors(fund_revenue=60_000, major=5_000, last_new=40_000, performance=F(90))),
        Region("乙县", factors=Factors(fund_revenue=40_000, major=15_000, performance=F(60))),
    ]
    found = run("new_debt", 1000, regions, 重大项目占比="40%", 增幅上限="10%", 绩效调整="0.5")
    steps = {s.region: dict(s.parts) for s in found.shares}
    assert [steps["甲县"][k] / 100 for k in ("因素法", "波动区间后", "绩效调整后")] == [460, 440, 484]
    assert [steps["乙县"][k] / 100 for k in ("因素法", "波动区间后", "绩效调整后")] == [540, 540, 486]
    assert amounts(found) == {"甲县": F("498.97"), "乙县": F("501.03")}


def test_when_all_asks_are_met_money_is_left() -> None:
    region = Region("甲县", factors=Factors(fund_revenue=1, asked=30_000))
    found = run("new_debt", 1000, [region])
    assert (amounts(found), found.left) == ({"甲县": 300}, 70_000)


def test_settlement_reward_by_hand() -> None:
    """700 for 300 : 100 people, 100 for 50 : 50 pupils."""
    regions = [
        Region(n, people=People(settled=(Settled("本市", 2025, k),), pupils=50))
        for n, k in (("甲县", 300), ("乙县", 100))
    ]
    assert amounts(run("settlement_reward", 800, regions)) == {"甲县": 575, "乙县": 225}


def test_settlement_reward_weights_and_fading_by_hand() -> None:
    """甲: 1.5·(2·10 + 0.5·20) = 45, 乙: 5·1 = 5; no schooling part: 90 % and 10 %."""
    first = People(settled=(Settled("跨省", 2025, 10), Settled("本市", 2024, 20)), hardship=F(3, 2))
    regions = [Region("甲县", people=first), Region("乙县", people=People(settled=(Settled("本市", 2025, 5),)))]
    found = run("settlement_reward", 1000, regions, **{"教育占比": "0", "权重:跨省": "2", "退坡:2": "0.5"})
    assert amounts(found) == {"甲县": 900, "乙县": 100}


def renewal(name, factor, hardship=1, score=80):
    tasks = tuple((t, F(factor * k)) for t, k in (("户数", 100), ("小区", 1), ("楼栋", 5), ("面积", 9)))
    return Region(name, people=People(hardship=F(hardship)), factors=Factors(performance=F(score), tasks=tasks))


def test_housing_subsidy_by_hand() -> None:
    assert amounts(run("housing_subsidy", 1000, [renewal("甲县", 3), renewal("乙县", 1)])) == {"甲县": 750, "乙县": 250}
    # hardship 1 and 3: task shares 3:3; performance by tasks alone 3:1
    assert amounts(run("housing_subsidy", 1000, [renewal("甲县", 3), renewal("乙县", 1, 3)])) == {
        "甲县": 550,
        "乙县": 450,
    }
    # scores 100 and 0: the 20 % goes to 甲 alone: 600 + 200
    assert amounts(run("housing_subsidy", 1000, [renewal("甲县", 3, score=100), renewal("乙县", 1, score=0)])) == {
        "甲县": 800,
        "乙县": 200,
    }


@pytest.mark.parametrize(
    ("key", "given", "word"),
    [
        ("new_debt", {}, "政府性基金财力"),
        ("settlement_reward", {}, "新增落户"),
        ("housing_subsidy", {}, "改造任务"),
    ],
)
def test_missing_columns_are_named(key, given, word) -> None:
    found = run(key, 100, [Region("甲县")], **given)
    assert not found.shares and word in found.problems[0]


def test_weights_that_do_not_add_up_and_missing_scores_are_said() -> None:
    regions = [Region("甲县", factors=Factors(tasks=(("面积", F(1)),)))]
    words = run("housing_subsidy", 100, regions, **{"权重:面积": "50%"}).problems
    assert (
        any("改造任务:户数" in w for w in words)
        and any("110 %" in w for w in words)
        and any("绩效得分" in w for w in words)
    )


def test_unknown_parameters_and_bad_numbers_are_said() -> None:
    _, problems = settings_of(CALCULATOR_BY_ID["new_debt"], {"系数": "1", "绩效调整": "高"})
    assert len(problems) == 2


def test_splits_are_exact_and_never_above_the_cap() -> None:
    dice = random.Random(5)
    for _ in range(400):
        count = dice.randint(1, 8)
        weights = [F(dice.randint(0, 50), dice.randint(1, 7)) for _ in range(count)]
        caps = [dice.choice((None, dice.randint(0, 400))) for _ in range(count)]
        total = dice.randint(0, 2000)
        parts = split(total, weights, caps)
        assert all(p >= 0 and (c is None or p <= c) for p, c in zip(parts, caps, strict=True))
        room = [c for w, c in zip(weights, caps, strict=True) if w > 0]
        most = sum(c for c in room if c is not None) if None not in room and room else None
        expected = 0 if not room else total if most is None else min(total, most)
        assert sum(parts) == expected


def test_every_calculator_is_fully_described() -> None:
    for calculator in CALCULATORS:
        assert all((calculator.title, calculator.source, calculator.formula, calculator.columns, calculator.example))
        assert "待核实" in calculator.source or any(s.mark for s in calculator.settings)
