"""The case: projects, funds, regions and switched-on rules, frozen and in integers.

Money is a whole number of 0.01 万元 (see ``units``), shares and benefits are fractions, years are
positions in the horizon counted from 0. Source of the terms: docs/math.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from models.particulars import Debt, Factors, Finance, LandRecord, Migration, Papers, People, Pipe, Tiers

Arrangement = Literal["全额", "部分", "按申报"]
Status = Literal["必选", "禁选", "可选"]
PinSense = Literal["=", ">=", "<="]

Capital = Literal["计入", "可用作", "否"]

DEBT_KINDS = frozenset({"专项债券", "一般债券", "贷款"})
SUBSIDY_KINDS = frozenset({"补助", "特别国债"})
SPECIAL, GENERAL = "专项债券", "一般债券"
OFF = "停用"
"""Value of the policy that switches a rule off as a whole."""
NOTHING, WHOLE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scope alternative (方案) of a project.

    ``profile`` and each ask are money by year counted from the earliest start; they move as a whole
    with the start year. ``outputs`` are quantities by name with unit, e.g. ``户数(户)``.
    """

    name: str
    total: int
    benefit: Fraction
    duration: int | None
    profile: tuple[int, ...]
    asks: tuple[tuple[str, tuple[int, ...]], ...] = ()
    outputs: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """An amount set for one fund by hand or by an earlier decision; ``year`` None = whole horizon."""

    fund: str
    year: int | None
    sense: PinSense
    amount: int


@dataclass(frozen=True, slots=True)
class Project:
    """A candidate project with everything that decides how it may be arranged.

    ``land`` is new construction land in 0.0001 亩; ``before`` the amounts of an earlier plan by fund and
    year (None = whole horizon), for the aim of least change.
    """

    id: str
    name: str
    shares: tuple[tuple[str, Fraction], ...]
    category: str
    schemes: tuple[Scheme, ...]
    received: int = 0
    arrangement: Arrangement = "全额"
    least_fill: Fraction = Fraction(0)
    own_promise: int = 0
    starts: tuple[int, ...] = (0,)
    status: Status = "可选"
    ongoing: bool = False
    building_cost: int | None = None
    public_part: Fraction | None = None
    exclusive: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()
    companion_of: str = ""
    prerequisites: tuple[str, ...] = ()
    committed: tuple[Pin, ...] = ()
    pins: tuple[Pin, ...] = ()
    code: str = ""
    department: str = ""
    owner: str = ""
    remark: str = ""
    finance: Finance = field(default_factory=Finance)
    papers: Papers = field(default_factory=Papers)
    pipe: Pipe = field(default_factory=Pipe)
    land: int = 0
    before: tuple[tuple[str, int | None, int], ...] = ()
    scores: tuple[tuple[str, Fraction], ...] = ()

    @property
    def regions(self) -> tuple[str, ...]:
        """Paying regions in the order given; the first takes rounding remainders."""
        return tuple(name for name, _ in self.shares)

    @property
    def region_label(self) -> str:
        """Regions as shown to people."""
        return "、".join(self.regions)

    def scheme(self, name: str) -> Scheme | None:
        """The scheme of that name, if the project has it."""
        return next((s for s in self.schemes if s.name == name), None)


@dataclass(frozen=True, slots=True)
class Fund:
    """A source of money. ``pool`` limits the horizon, ``by_year`` each year (None = no own limit)."""

    name: str
    kind: str
    pool: int | None
    by_year: tuple[int | None, ...]
    carries: bool = False
    forecast: bool = False
    step: int = 1
    batch: str = ""
    capital: Capital = "否"
    covered: bool = False
    linked: bool = False

    @property
    def is_debt(self) -> bool:
        """Whether the money must be repaid by the locality."""
        return self.kind in DEBT_KINDS

    @property
    def limit(self) -> int:
        """The most that the fund can pay over the horizon."""
        yearly = sum(amount or 0 for amount in self.by_year)
        if self.pool is None:
            return yearly
        return min(self.pool, yearly) if None not in self.by_year else self.pool


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a fund cut for one region (切块); ``year`` None = whole horizon.

    With a ``category`` the part may pay for that category only (专款专用).
    """

    fund: str
    region: str
    year: int | None
    amount: int
    category: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A node of the region forest."""

    name: str
    code: str = ""
    parent: str = ""
    level: str = ""
    tags: tuple[str, ...] = ()
    population: int | None = None
    used: tuple[tuple[str, int], ...] = ()
    people: People = field(default_factory=People)
    debt: Debt = field(default_factory=Debt)
    land: LandRecord = field(default_factory=LandRecord)
    factors: Factors = field(default_factory=Factors)
    altitude: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of project; ``group`` is one of the four groups or 其他."""

    name: str
    group: str = "其他"
    capital_floor: Fraction | None = None
    bond_capital: bool | None = None
    renewal: bool = False
    safety: bool = False
    livelihood: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule row speaks of. Empty parts mean everything. Source: 规则.对象."""

    regions: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    @property
    def narrowness(self) -> int:
        """How many kinds of things the scope names; among rows that replace each other the narrowest wins."""
        parts = (self.regions, self.funds, self.categories, self.tags, self.departments, self.projects)
        return sum(bool(part) for part in parts)

    @property
    def label(self) -> str:
        """The scope in the words of the 规则 sheet; 全部 when it is empty."""
        named = (
            ("地区", self.regions),
            ("资金", self.funds),
            ("类别", self.categories),
            ("标签", self.tags),
            ("部门", self.departments),
            ("项目", self.projects),
        )
        return ";".join(f"{key}={','.join(values)}" for key, values in named if values) or "全部"


@dataclass(frozen=True, slots=True)
class Policy:
    """One switched-on rule with one parameter, hard or soft.

    A soft policy has a ``penalty`` per unit of violation (万元, 个, output unit) or a ``rank``: ranks
    are minimised one after the other before the aim.
    """

    rule: str
    parameter: str = ""
    value: int | Fraction | str | None = None
    scope: Scope = field(default_factory=Scope)
    year: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    hard: bool = True
    penalty: Fraction = Fraction(0)
    rank: int = 0
    source: str = ""

    def option(self, name: str, default: str) -> str:
        """A setting of this policy that is no limit, such as 基数."""
        return dict(self.options).get(name, default)


@dataclass(frozen=True, slots=True)
class Target:
    """At least ``least`` units of an output within a scope, finished by ``year`` (None = any time)."""

    output: str
    scope: Scope
    year: int | None
    least: Fraction


@dataclass(frozen=True)
class Case:
    """Everything a plan is made from and checked against. Projects are sorted by 项目编号."""

    name: str
    first_year: int
    years: int
    projects: tuple[Project, ...]
    funds: tuple[Fund, ...]
    regions: tuple[Region, ...] = ()
    categories: tuple[Category, ...] = ()
    slices: tuple[Slice, ...] = ()
    eligible: tuple[tuple[str, str, Fraction], ...] | None = None
    targets: tuple[Target, ...] = ()
    policies: tuple[Policy, ...] = ()
    discount: Fraction = Fraction(0)
    aim: str = "加权"
    time_limit: int = 60
    stop_gap: Fraction = Fraction(0)
    seed: int = 1
    fictional: bool = False
    migrations: tuple[Migration, ...] = ()
    tiers: Tiers = field(default_factory=Tiers)

    @cached_property
    def project_by_id(self) -> Mapping[str, Project]:
        """Projects by 项目编号."""
        return {p.id: p for p in self.projects}

    @cached_property
    def fund_by_name(self) -> Mapping[str, Fund]:
        """Funds by name."""
        return {f.name: f for f in self.funds}

    @cached_property
    def region_by_name(self) -> Mapping[str, Region]:
        """Regions by name; empty when the case has no 地区 sheet."""
        return {r.name: r for r in self.regions}

    @cached_property
    def above(self) -> Mapping[str, tuple[str, ...]]:
        """Every region with those above it, from below."""
        found: dict[str, tuple[str, ...]] = {}
        for region in self.regions:
            path, name = list[str](), region.name
            while name and name not in path:
                path.append(name)
                known = self.region_by_name.get(name)
                name = known.parent if known else ""
            found[region.name] = tuple(path)
        return found

    @cached_property
    def facts(self) -> dict[Hashable, Any]:
        """What follows from the case alone and takes long, kept by whoever works it out; asked for by every check."""
        return {}

    @cached_property
    def share_by_pair(self) -> Mapping[tuple[str, str], Fraction] | None:
        """Largest share of eligible cost by (category, fund); None when 资金适用 is absent."""
        if self.eligible is None:
            return None
        return {(category, fund): share for category, fund, share in self.eligible}

    @cached_property
    def category_by_name(self) -> Mapping[str, Category]:
        """Categories by name; empty when the case has no 类别 sheet."""
        return {c.name: c for c in self.categories}

    @cached_property
    def committed_projects(self) -> tuple[Project, ...]:
        """Projects with money already arranged (已安排)."""
        return tuple(p for p in self.projects if p.committed)

    def category_of(self, project: Project) -> Category:
        """The project's category; one without any mark when it is not listed."""
        return self.category_by_name.get(project.category) or Category(project.category)

    @cached_property
    def earmark_yields(self) -> bool:
        """Whether funds may pay categories that 资金适用 leaves blank (earmark off or soft)."""
        return any(p.rule == "earmark" and (p.value == OFF or not p.hard) for p in self.policies)

    def may_pay(self, project: Project, fund: Fund) -> bool:
        """Whether the model has money of the fund for the project at all."""
        return bool(self.largest_share(project, fund)) or self.earmark_yields

    def limit_of(self, fund: str, year: int | None = None) -> int:
        """The most a fund can pay, over the horizon or in one year; a fund cut for regions: its parts."""
        record = self.fund_by_name[fund]
        if year is not None and record.by_year[year] is not None:
            return record.by_year[year] or 0
        if record.pool is None and all(amount is None for amount in record.by_year):
            return sum(s.amount for s in self.slices if s.fund == fund and year in (None, s.year))
        return record.limit

    def largest_share(self, project: Project, fund: Fund) -> Fraction:
        """Largest share of the project's eligible cost that the fund may pay; 0 = not eligible."""
        if self.share_by_pair is None:
            return WHOLE
        return self.share_by_pair.get((project.category, fund.name), NOTHING)

    def year_label(self, year: int) -> int:
        """Calendar year (or 1, 2, … without a first year) of a position in the horizon."""
        return self.first_year + year

    @cached_property
    def _policies_by_rule(self) -> Mapping[str, list[tuple[int, Policy]]]:
        found: dict[str, list[tuple[int, Policy]]] = {}
        for i, p in enumerate(self.policies):
            found.setdefault(p.rule, []).append((i, p))
        return found

    def policies_of(self, rule: str) -> list[tuple[int, Policy]]:
        """Switched-on policies of one rule with their positions."""
        return self._policies_by_rule.get(rule, [])
