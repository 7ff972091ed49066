"""Random features of the policy rules, laid over a small case: one function per rule."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction as F

from models.case import Case, Category, Policy, Project, Scope, Slice
from models.particulars import LandRecord, Migration, People, Pipe, Settled

TWO = ("甲县", "乙县")


def _projects(case: Case, change) -> Case:
    return replace(case, projects=tuple(change(p) for p in case.projects))


def _regions(case: Case, change) -> Case:
    return replace(case, regions=tuple(change(r) if r.name in TWO else r for r in case.regions))


def _funds(case: Case, **given) -> Case:
    """The first fund changed: it is the special bonds."""
    return replace(case, funds=(replace(case.funds[0], **given), *case.funds[1:]))


def _policies(case: Case, *policies: Policy) -> Case:
    return replace(case, policies=(*case.policies, *policies))


def _soft(dice: random.Random, policy: Policy) -> Policy:
    return replace(policy, hard=False, penalty=F(dice.randint(1, 6))) if dice.random() < 0.3 else policy


def same_cost(dice, case):
    return _projects(case, lambda p: replace(p, building_cost=dice.randint(1, 6) * 100))


def earmark(dice, case):
    cut = Slice(
        case.funds[-1].name, dice.choice(("甲县", "甲市")), None, dice.randint(1, 5) * 100, dice.choice(("类", "别"))
    )
    case = replace(case, slices=(*case.slices, cut))
    kind = dice.random()
    if kind < 0.3:
        return _policies(case, _soft(dice, Policy("earmark")))
    return _policies(case, Policy("earmark", value="停用")) if kind < 0.4 else case


def coverage(dice, case):
    def change(p: Project) -> Project:
        topups = ((dice.choice((0, 3)), dice.randint(1, 200)),) if dice.random() < 0.5 else ()
        finance = replace(
            p.finance, revenue=dice.randint(0, 5) * 100, topups=topups, tenor=dice.choice((1, 2, 5)), rate=F(dice.randint(0, 8), 100),
            old_service=dice.choice((0, 0, 150)), loan_service=dice.choice((0, 0, 70)),
        )  # fmt: skip
        return replace(p, finance=finance)

    case = _funds(_projects(case, change), covered=True)
    if dice.random() < 0.3:
        case = _regions(case, lambda r: replace(r, debt=replace(r.debt, topup_limits=((0, dice.randint(0, 150)),))))
    if dice.random() < 0.5:
        return _policies(case, _soft(dice, Policy("coverage", "倍数", F(dice.randint(10, 15), 10))))
    return case


def capital(dice, case):
    """capital_floor and bond_as_capital go together."""
    case = _funds(case, capital="可用作")
    if len(case.funds) > 1 and dice.random() < 0.4:
        case = replace(case, funds=(case.funds[0], replace(case.funds[1], capital="计入")))
    mark = dice.choice((None, True, True, False))
    case = replace(case, categories=(Category("类", capital_floor=F(dice.randint(1, 3), 10), bond_capital=mark),))
    own = dice.choice((0, 0, 40))
    case = _projects(case, lambda p: replace(p, finance=replace(p.finance, capital_received=own)))
    if dice.random() < 0.5:
        case = _policies(case, _soft(dice, Policy("bond_as_capital", "上限占比", F(dice.randint(1, 4), 10))))
    if dice.random() < 0.4:
        case = _policies(case, _soft(dice, Policy("capital_floor", "最低比例", F(dice.randint(1, 4), 10))))
    return case


def _with_debt(dice, case):
    def change(r):
        debt = replace(
            r.debt, special_limit=1000, special_balance=1000 - dice.randint(-1, 5) * 100, due=((case.years - 1, dice.randint(0, 2) * 100),)
        )  # fmt: skip
        return replace(r, debt=debt)

    tenor = dice.choice((1, None))
    case = _projects(case, lambda p: replace(p, finance=replace(p.finance, tenor=p.finance.tenor or tenor)))
    return _regions(case, change)


def debt_headroom(dice, case):
    case = _with_debt(dice, case)
    return _policies(case, _soft(dice, Policy("debt_headroom"))) if dice.random() < 0.5 else case


def risk_grade(dice, case):
    if dice.random() < 0.5:
        case = _with_debt(dice, case)
    case = _regions(case, lambda r: replace(r, debt=replace(r.debt, grade=dice.choice(("绿", "橙", "红")))))
    return _policies(
        case, _soft(dice, Policy("risk_grade", options=(("橙", "1/2"), ("红", dice.choice(("0", "1/5"))))))
    )


def negative_list(dice, case):
    return _projects(case, lambda p: replace(p, papers=replace(p.papers, negative=dice.random() < 0.5)))


def readiness(dice, case):
    def change(p: Project) -> Project:
        documents = (("立项", dice.random() < 0.8), ("事前绩效评估", dice.random() < 0.7))
        return replace(
            p, papers=replace(p.papers, documents=documents, review=dice.choice(("通过", "待审", "未通过", "")))
        )

    case = _projects(case, change)
    return _policies(case, _soft(dice, Policy("readiness"))) if dice.random() < 0.5 else case


def age_material(dice, case):
    def change(p: Project) -> Project:
        return replace(p, pipe=Pipe("供热", dice.choice((2007, 2006, 2000, None)), dice.choice(("", "钢管"))))

    return _policies(_projects(case, change), _soft(dice, Policy("age_material")))


def pace(dice, case):
    return _policies(case, _soft(dice, Policy("pace", "系数", F(dice.randint(2, 5), 4))))


def key_province(dice, case):
    options = (("民生类别", dice.choice(("类", "别"))),)
    return _policies(case, _soft(dice, Policy("key_province", options=options)))


def decline_cap(dice, case):
    options = (("基数", dice.choice(("额度", "实际安排"))), ("允许类别", "别"))
    scope = Scope(regions=("甲县",)) if dice.random() < 0.5 else Scope(tags=("潜力",))
    return _policies(
        case, _soft(dice, Policy("decline_cap", "上限占比", F(dice.randint(0, 3), 10), scope, options=options))
    )


def people_money(dice, case):
    def change(r):
        settled = tuple(Settled(t, y, dice.randint(0, 40)) for t in ("跨省", "本市") for y in (2024, 2025))
        return replace(r, people=People(settled=settled, hardship=F(dice.randint(8, 12), 10)))

    case = _regions(case, change)
    case = replace(case, funds=(*case.funds[:-1], replace(case.funds[-1], linked=True)))
    options = (("权重:跨省", "2"), ("退坡:1", "1"), ("退坡:2", "1/2"), ("基数", dice.choice(("额度", "实际安排"))))
    return _policies(case, _soft(dice, Policy("people_money", "偏差", F(dice.randint(1, 6), 10), options=options)))


def people_land(dice, case):
    def change(r):
        land = LandRecord(
            per_head=F(dice.choice((90, 120, 160))), quota=dice.randint(0, 3) * 10_000, disposal=dice.choice((None, F(1), F(1, 2))),
            surplus=dice.choice((0, 5_000)),
        )  # fmt: skip
        people = replace(r.people, settled=r.people.settled or (Settled("本市", None, dice.randint(0, 10)),))
        return replace(r, land=land, people=people)

    case = _projects(_regions(case, change), lambda p: replace(p, land=dice.randint(0, 3) * 7_000))
    if dice.random() < 0.6:
        case = replace(
            case,
            migrations=(Migration("甲县", "乙县", dice.randint(1, 10), F(100)), Migration("乙县", "甲县", 3, F(80))),
        )
    return _policies(case, _soft(dice, Policy("people_land")))


def land_priority(dice, case):
    case = _projects(
        case, lambda p: replace(p, land=p.land or dice.randint(0, 3) * 7_000, category=dice.choice(("类", "别")))
    )
    scope = Scope(categories=("别",)) if dice.random() < 0.6 else Scope(categories=("别",), regions=TWO)
    return _policies(case, _soft(dice, Policy("land_priority", "下限占比", F(dice.randint(1, 6), 10), scope)))


FEATURES = (
    same_cost, earmark, coverage, capital, debt_headroom, risk_grade, negative_list, readiness, age_material, pace,
    key_province, decline_cap, people_money, people_land, land_priority,
)  # fmt: skip


def with_policy(dice: random.Random, case: Case, most: int) -> Case:
    """The case with 1 … ``most`` features in random order."""
    chosen = dice.sample(FEATURES, dice.randint(1, most))
    for feature in sorted(chosen, key=lambda f: f is land_priority):
        case = feature(dice, case)
    if case.eligible is not None and any(p.category == "别" for p in case.projects):
        case = replace(case, eligible=(*case.eligible, *(("别", f, s) for _, f, s in case.eligible)))
    return case


def with_everything(dice: random.Random, case: Case) -> Case:
    """The case with every feature at once."""
    return with_policy_of(dice, case, FEATURES)


def with_policy_of(dice: random.Random, case: Case, features) -> Case:
    """The case with the given features."""
    for feature in features:
        case = feature(dice, case)
    return case
