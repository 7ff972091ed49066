"""Small cases for tests: builders by hand, random ones by seed, and plain enumeration of the optimum.

The enumeration knows nothing of Space, Block or any rule's ``block``: it walks over all choices of ways,
writes every limit anew from the case, and asks for the money part an exact whole-number search.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction as F

from models.case import Case, Fund, Pin, Policy, Project, Region, Scheme, Scope, Slice, Target
from tests.policy_cases import with_everything, with_policy


def project(key="P1", total=500, benefit=10, **given) -> Project:
    """A project with one scheme; amounts in 万元, given as whole numbers."""
    scheme = Scheme(
        name=given.pop("scheme", ""),
        total=total * 100,
        benefit=F(benefit),
        duration=given.pop("duration", None),
        profile=tuple(a * 100 for a in given.pop("profile", (total,))),
        asks=tuple((f, tuple(a * 100 for a in amounts)) for f, amounts in given.pop("asks", {}).items()),
        outputs=tuple((n, F(v)) for n, v in given.pop("outputs", {}).items()),
    )
    region = given.pop("region", "甲县")
    given.setdefault("shares", ((region, F(1)),))
    return Project(id=key, name=f"项目{key}", category=given.pop("category", "类"), schemes=(scheme,), **given)


def fund(name="债", limit=600, kind="补助", years=1, **given) -> Fund:
    """A fund with the same limit every year; ``limit`` may be a tuple by year, in 万元."""
    amounts = limit if isinstance(limit, tuple) else (limit,) * years
    return Fund(name, kind, given.pop("pool", None), tuple(None if a is None else a * 100 for a in amounts), **given)


def case(projects, funds, years=1, **given) -> Case:
    """A case over ``years`` from 2026."""
    return Case("试例", 2026, years, tuple(sorted(projects, key=lambda p: p.id)), tuple(funds), **given)


REGIONS = (Region("甲市"), Region("甲县", parent="甲市", tags=("潜力",)), Region("乙县", parent="甲市"))


def random_case(seed: int) -> Case:
    """2–4 projects, 1–2 funds, 1–2 years, small amounts, a random handful of rules; often infeasible."""
    dice = random.Random(seed)
    years, count = dice.choice((1, 2, 2)), dice.choice((2, 2, 3, 3, 4))
    funds = [
        fund(
            name,
            tuple(dice.randint(2, 9) for _ in range(years)),
            kind,
            carries=dice.random() < 0.3,
            step=dice.choice((1, 1, 200)),
        )
        for name, kind in (("债", "专项债券"), ("补", "补助"))[: dice.choice((1, 2, 2, 2))]
    ]
    projects = [_random_project(dice, k, years, [f.name for f in funds]) for k in range(count)]
    projects = _link(dice, projects)
    eligible = None
    if dice.random() < 0.4:
        eligible = tuple(("类", f.name, F(dice.choice((1, 2, 4)), 4)) for f in funds)
    slices = (Slice("债", "甲县", None, dice.randint(1, 6) * 100),) if dice.random() < 0.15 else ()
    targets = (Target("户", Scope(regions=("甲市",)), None, F(dice.randint(1, 8))),) if dice.random() < 0.2 else ()
    built = case(
        projects, funds, years, regions=REGIONS, eligible=eligible, slices=slices, targets=targets,
        policies=tuple(_random_policies(dice, [f.name for f in funds], years)), discount=F(dice.choice((0, 0, 3)), 100),
    )  # fmt: skip
    kind = seed % 4
    return (
        built
        if kind == 0
        else with_everything(dice, built)
        if kind == 3 and seed % 3 == 0
        else with_policy(dice, built, 2 * kind)
    )


def _random_project(dice: random.Random, k: int, years: int, funds: list[str]) -> Project:
    kind = dice.choice(("全额", "全额", "部分", "按申报"))
    profile = tuple(dice.randint(1, 4) for _ in range(dice.randint(1, years)))
    given = {}
    if kind == "按申报":
        given["asks"] = {name: tuple(dice.randint(0, 3) for _ in profile) for name in funds}
    if kind == "部分":
        given |= {"least_fill": F(dice.choice((0, 1, 2)), 3), "own_promise": dice.choice((0, 100, 1000))}
    last = dice.randint(0, years - 1)
    shares = ((("甲县", F(1, 3)), ("乙县", F(2, 3))),) if dice.random() < 0.12 else None
    built = project(
        f"P{k}", sum(profile), dice.randint(1, 12), profile=profile, arrangement=kind, region=dice.choice(("甲县", "乙县")),
        starts=tuple(range(last + 1)), ongoing=dice.random() < 0.3, status=dice.choice(("可选",) * 8 + ("必选", "禁选")),
        outputs={"户": dice.randint(0, 5)}, duration=dice.choice((None, len(profile))), **given,
    )  # fmt: skip
    if shares:
        built = replace(built, shares=shares[0])
    if dice.random() < 0.15:
        other = replace(
            built.schemes[0],
            name="简",
            total=200,
            profile=(200,),
            benefit=F(dice.randint(1, 6)),
            asks=tuple((n, (100,)) for n in funds[:1]),
        )
        built = replace(built, schemes=(replace(built.schemes[0], name="全"), other))
    if dice.random() < 0.1:
        pin = Pin(funds[0], 0, dice.choice((">=", "<=", "=")), 100)
        built = replace(built, pins=(pin,)) if built.status != "禁选" else built
    return built


def _link(dice: random.Random, projects: list[Project]) -> list[Project]:
    kind, (a, b) = dice.choice(("", "", "x", "b", "t", "p")), projects[:2]
    if kind == "x":
        a, b = replace(a, exclusive=("组",)), replace(b, exclusive=("组",))
    elif kind == "b":
        a, b = replace(a, bundles=("组",)), replace(b, bundles=("组",))
    elif kind == "t":
        b = replace(b, companion_of=a.id)
    elif kind == "p":
        b = replace(b, prerequisites=(a.id,))
    return [a, b, *projects[2:]]


def _random_policies(dice: random.Random, funds: list[str], years: int) -> list[Policy]:
    one = Scope(funds=(funds[0],))
    menu = [
        Policy("region_quota", "上限", dice.randint(1, 9) * 100, Scope(regions=("甲县",))),
        Policy("region_quota", "下限", dice.randint(1, 4) * 100, Scope(regions=("乙县",), funds=(funds[-1],))),
        Policy("region_quota", "上限占比", F(dice.randint(1, 3), 4), Scope(), options=(("基数", "实际安排"),)),
        Policy(
            "category_quota",
            "上限占比",
            F(dice.randint(1, 3), 3),
            Scope(categories=("类",), funds=(funds[0],)),
            year=dice.choice((None, years - 1)),
        ),
        Policy(
            "tag_share", "下限占比", F(dice.randint(1, 3), 5), Scope(tags=("潜力",)), options=(("基数", "实际安排"),)
        ),
        Policy("ongoing_first", "方式", "先排", dice.choice((Scope(), one))),
        Policy("ongoing_first", "下限占比", F(1, 2)),
        Policy("min_award", "起拨额", dice.randint(1, 3) * 100, one),
        Policy("source_count", "最多来源", 1),
        Policy("count_cap", "最多个数", dice.randint(1, 2), dice.choice((Scope(), one, Scope(regions=("甲县",))))),
        Policy("fund_share", "上限占比", F(dice.randint(1, 3), 4), one),
    ]
    chosen = dice.sample(menu, dice.choice((0, 1, 1, 2, 3)))
    return [replace(p, hard=False, penalty=F(dice.randint(1, 6))) if dice.random() < 0.25 else p for p in chosen]


# ---- enumeration


def ways(p: Project, years: int):
    """Every way of a project, None for not done."""
    yield None
    for scheme in p.schemes:
        for start in p.starts:
            yield scheme, start


def selections(c: Case):
    """Every combination of ways."""
    return itertools.product(*(list(ways(p, c.years)) for p in c.projects))
