"""Seeded cases of any size: counties, prefectures and provinces that ask for several times the money there is.

Everything is made up. Costs are lognormal with a few projects fifteen times as large (rail and trunk roads);
a fund pays at most its share of the cost; some projects cannot be funded at all, as in life.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fractions import Fraction

from models.case import OFF, Case, Category, Fund, Policy, Project, Region, Scheme, Scope, Target
from models.particulars import Debt, Finance, LandRecord, People, Settled

WAN = 100
ENOUGH = 20
"""With all rules a county with fewer candidates has no floor: two sources for each and a minimum award could forbid it."""
MU = 10_000
YIELDS = (Fraction(1), Fraction(97, 100), Fraction(94, 100))


@dataclass(frozen=True, slots=True)
class Size:
    """How large a case is, and how its projects are spread.

    ``asked`` is how many times the money is asked for; ``spread`` the standard deviation of the logarithm
    of a cost; ``large`` the share of projects fifteen times as large; ``pairs`` the share of projects in a
    pair (half prerequisites, half either-or); ``quota`` the width of the regional bands.
    """

    projects: int
    years: int
    regions: int
    asked: float = 4.0
    spread: float = 0.9
    large: float = 0.02
    pairs: float = 0.1
    quota: float = 0.5


SIZES = {"S": Size(200, 1, 8), "M": Size(2_000, 3, 15), "L": Size(10_000, 5, 87)}
OTHER = {
    "few large": Size(300, 3, 15, large=0.15, spread=1.2),
    "many tiny": Size(4_000, 2, 15, large=0.0, spread=0.4),
    "tight quotas": Size(1_500, 3, 15, quota=0.1),
    "many pairs": Size(1_500, 3, 15, pairs=0.6),
}

FUNDS = (
    ("专项债券", "专项债券", 0.40, "可用作", True),
    ("一般债券", "一般债券", 0.10, "计入", False),
    ("中央预算内", "补助", 0.20, "计入", False),
    ("超长期特别国债", "特别国债", 0.12, "计入", False),
    ("省级补助", "补助", 0.10, "计入", False),
    ("市县财政", "财政", 0.08, "计入", False),
)
KINDS = (
    ("老旧小区改造", {"中央预算内": "6/10", "省级补助": "3/10", "市县财政": "4/10"}),
    ("供水管网", {"专项债券": "8/10", "超长期特别国债": "8/10", "市县财政": "3/10"}),
    ("排水管网", {"超长期特别国债": "7/10", "中央预算内": "3/10", "市县财政": "2/10"}),
    ("县城公共服务", {"一般债券": "7/10", "中央预算内": "5/10", "省级补助": "2/10"}),
    ("养老托育", {"中央预算内": "5/10", "省级补助": "4/10"}),
    ("停车充电", {"专项债券": "9/10", "市县财政": "3/10"}),
    ("公路连接线", {"一般债券": "5/10", "省级补助": "5/10", "专项债券": "5/10"}),
    ("铁路与枢纽", {"专项债券": "6/10", "中央预算内": "5/10", "超长期特别国债": "2/10"}),
)


def make_case(size: Size, seed: int, whole: bool = False) -> Case:
    """A case of a size; ``whole`` adds minimum awards, coverage, capital, linkage, debt and soft rules."""
    dice = random.Random(f"{size} {seed}")
    regions = _regions(size, dice)
    names = [r.name for r in regions if r.level == "县"]
    projects = [_project(size, dice, k, names) for k in range(size.projects)]
    projects = _paired(size, dice, projects)
    asked = sum(p.schemes[0].total for p in projects)
    money = int(asked / size.asked)
    funds = tuple(
        _fund(size, name, kind, int(money * part), capital, covered) for name, kind, part, capital, covered in FUNDS
    )
    case = Case(
        name=f"{size.projects}×{size.years}×{size.regions}",
        first_year=2026,
        years=size.years,
        projects=tuple(projects),
        funds=funds,
        regions=regions,
        categories=tuple(
            Category(name, bond_capital=name != "停车充电", renewal=k < 3) for k, (name, _) in enumerate(KINDS)
        ),
        eligible=tuple((kind, fund, Fraction(share)) for kind, shares in KINDS for fund, share in shares.items()),
        targets=(Target("户数(户)", Scope(), None, _homes(projects, size)),),
        policies=(Policy("coverage", "", OFF), *_quotas(size, regions, projects, funds)),
        discount=Fraction(3, 100),
        fictional=True,
    )
    return _with_all_rules(case, dice, money) if whole else case


def _regions(size: Size, dice: random.Random) -> tuple[Region, ...]:
    cities = max(1, size.regions // 8)
    found = [Region(f"市{k:02d}", level="市") for k in range(cities)]
    for k in range(size.regions):
        people = dice.randint(50, 600) * 1000
        found.append(
            Region(
                f"县{k:02d}",
                parent=f"市{k % cities:02d}",
                level="县",
                tags=("革命老区",) if k % 3 == 0 else (),
                population=people,
                people=People(settled=(Settled("省内", 2025, people // dice.randint(40, 90)),)),
            )
        )
    return tuple(found)


def _project(size: Size, dice: random.Random, k: int, names: list[str]) -> Project:
    kind = dice.randrange(len(KINDS))
    total = int(dice.lognormvariate(7.3, size.spread) * WAN) + 50 * WAN
    if dice.random() < size.large:
        total, kind = total * 15, len(KINDS) - 1
    duration = min(size.years, dice.choice((1, 1, 2, 2, 3)))
    first = 0 if dice.random() < 0.7 else dice.randrange(size.years)
    starts = tuple(range(first, size.years))
    part = total // duration
    profile = (part + total - part * duration, *[part] * (duration - 1))
    benefit = Fraction(int(total**0.92 * dice.lognormvariate(0, 0.45)), 100)
    homes = Fraction(total // (300 * WAN) + 1) if kind == 0 else Fraction(0)
    return Project(
        id=f"P{k:05d}",
        name=f"{k}号工程",
        shares=((dice.choice(names), Fraction(1)),),
        category=KINDS[kind][0],
        schemes=(Scheme("", total, benefit, duration, profile, outputs=(("户数(户)", homes),) if homes else ()),),
        starts=starts,
        land=int(dice.random() * 40 * MU) if dice.random() < 0.4 else 0,
        ongoing=dice.random() < 0.08,
    )


def _paired(size: Size, dice: random.Random, projects: list[Project]) -> list[Project]:
    order = list(range(len(projects)))
    dice.shuffle(order)
    for k in range(int(len(order) * size.pairs / 2)):
        one, other = order[2 * k], order[2 * k + 1]
        if k % 2:
            projects[one] = replace(projects[one], prerequisites=(projects[other].id,))
        else:
            projects[one] = replace(projects[one], exclusive=(f"组{k}",))
            projects[other] = replace(projects[other], exclusive=(f"组{k}",))
    return projects


def _fund(size: Size, name: str, kind: str, money: int, capital: str, covered: bool) -> Fund:
    yearly = money // size.years // WAN * WAN
    return Fund(name, kind, None, (yearly,) * size.years, capital=capital, covered=covered, linked=not covered)  # type: ignore[arg-type]


def _homes(projects: list[Project], size: Size) -> Fraction:
    return sum((q for p in projects for _, q in p.schemes[0].outputs), Fraction(0)) / int(size.asked * 2)


def _quotas(size: Size, regions: tuple[Region, ...], projects: list[Project], funds: tuple[Fund, ...]) -> list[Policy]:
    """Bands for two funds around each county's part of what could ask for them; land by county."""
    found = []
    for fund in (funds[0], funds[2]):
        can = {r.name: 0 for r in regions}
        for p in projects:
            if fund.name in dict(KINDS)[p.category]:
                can[p.regions[0]] += p.schemes[0].total
        total = sum(can.values()) or 1
        limit = sum(a or 0 for a in fund.by_year)
        for name, most in can.items():
            if most:
                scope = Scope(regions=(name,), funds=(fund.name,))
                fair = limit * most // total
                found.append(Policy("region_quota", "上限", int(fair * (1 + size.quota)), scope))
                found.append(Policy("region_quota", "下限", int(fair * max(0.0, 1 - size.quota) * 0.5), scope))
    return found


def _candidates(case: Case, scope: Scope) -> int:
    """Projects of a county that the fund of a floor may pay."""
    kinds = {kind for kind, fund, _ in case.eligible or () if fund in scope.funds}
    return sum(p.regions[0] in scope.regions and p.category in kinds for p in case.projects)


def _with_all_rules(case: Case, dice: random.Random, money: int) -> Case:
    """Minimum awards, coverage, capital, debt, land, linkage and soft rules on top."""
    projects = []
    for p in case.projects:
        total = p.schemes[0].total
        partial = dice.random() < 0.1
        finance = Finance(
            capital_received=total // 10,
            revenue=int(total * dice.choice((0, 0.4, 0.9, 1.4))),
            tenor=dice.choice((10, 15, 20)),
            rate=Fraction(25, 1000),
        )
        change = {"finance": finance, "building_cost": total * 8 // 10}
        if partial and not p.prerequisites:
            change |= {"arrangement": "部分", "least_fill": Fraction(1, 2), "own_promise": total // 4}
        projects.append(replace(p, **change))
    land = {r.name: sum(p.land for p in projects if p.regions[0] == r.name) for r in case.regions}
    counties = sum(r.level == "县" for r in case.regions)
    debt = Debt(special_limit=money * 8 // 10 // counties * 2, special_balance=money // 10 // counties)
    regions = [
        replace(r, debt=debt, land=LandRecord(per_head=Fraction(120), quota=land[r.name] // 4))
        if r.level == "县"
        else r
        for r in case.regions
    ]
    policies = [
        *(p for p in case.policies[1:] if p.parameter != "下限" or _candidates(case, p.scope) >= ENOUGH),
        Policy("min_award", "", 200 * WAN, Scope(funds=("专项债券",))),
        Policy("min_award", "", 50 * WAN, Scope(funds=("中央预算内", "省级补助"))),
        Policy("source_count", "", 2, Scope(categories=("老旧小区改造", "县城公共服务"))),
        Policy("coverage", "倍数", Fraction(11, 10), Scope()),
        Policy("capital_floor", "最低比例", Fraction(1, 5), Scope(categories=("供水管网", "铁路与枢纽"))),
        Policy("people_money", "", Fraction(1, 5), Scope(), hard=False, penalty=Fraction(1, 10)),
        Policy("people_land", "", None, Scope(), options=(("人均标准", "100"),)),
        Policy("category_quota", "上限占比", Fraction(1, 3), Scope(categories=("公路连接线",)), hard=False, penalty=Fraction(1, 5)),
        Policy("pace", "", Fraction(1), Scope()),
        Policy("count_cap", "", len(projects) // 3, Scope()),
    ]  # fmt: skip
    targets = tuple(replace(t, least=t.least / 3) for t in case.targets)
    return replace(case, projects=tuple(projects), regions=tuple(regions), policies=tuple(policies), targets=targets)
