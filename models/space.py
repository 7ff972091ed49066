"""The decisions of a case as numbered columns, with numpy selections over them.

Column groups, in order: y (project done in a way), x (money by project, fund, year, paying region),
w (money paid to a partly funded project in a way), u (project supported by a set of funds),
g (the gap of a partly funded project has a payer), a (all ongoing projects of a scope are done),
e (bonds of a project used as its capital), h (subsidy top-up of a project by year), move (land brought
along by migrants). Symbols: docs/math.md.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from models import capital, land
from models.case import Case, Project, Scheme, Scope
from models.program import Bools, Ints
from models.units import floor_of


@dataclass(frozen=True, slots=True)
class Way:
    """A project done in one scheme from one start year; needs and asks inside the horizon, ``total_need`` in all."""

    project: int
    scheme: Scheme
    start: int
    need: Ints
    asks: dict[int, Ints]
    total_need: int

    @property
    def length(self) -> int:
        """Years of construction: the duration, else up to the last year with a need."""
        if self.scheme.duration is not None:
            return self.scheme.duration
        return max((k + 1 for k, amount in enumerate(self.scheme.profile) if amount), default=1)


class Space:
    """All columns of the exact model of a case.

    ``x_project``, ``x_fund``, ``x_year``, ``x_region`` describe the money columns (positions into
    projects, funds, horizon and ``region_names``); ``x`` holds their column numbers.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.project_index = {p.id: i for i, p in enumerate(case.projects)}
        self.fund_index = {f.name: i for i, f in enumerate(case.funds)}
        self._money_among: dict[tuple[tuple[int, ...] | None, int | None], tuple[Ints, list[int]]] = {}
        self._kind_masks: dict[tuple[tuple[str, ...], ...], Bools] = {}
        self._regions_above: dict[int, list[int]] = {}
        self._make_regions()
        self.ways = [way for i in range(len(case.projects)) for way in self._ways_of(i)]
        self.way_project = np.array([way.project for way in self.ways], dtype=np.int64)
        bounds = np.searchsorted(self.way_project, np.arange(len(case.projects) + 1)).tolist()
        self.ways_of = [np.arange(a, b, dtype=np.int64) for a, b in itertools.pairwise(bounds)]
        self._upper: list[int] = [1] * len(self.ways)
        self._unit: list[int] = [1] * len(self.ways)
        self._make_money()
        self._make_part_payments()
        self._make_supports()
        self._make_payers()
        self._make_gates()
        self._make_capital()
        self._make_topups()
        self._make_moves()
        self.upper = np.array(self._upper, dtype=np.int64)
        self.unit = np.array(self._unit, dtype=np.int64)
        self.is_money = np.zeros(self.width, dtype=np.bool_)
        self.is_money[self.x] = True
        for group in (self.part, self.capital, self.topup):
            self.is_money[list(group.values())] = True
        self.is_land = np.zeros(self.width, dtype=np.bool_)
        self.is_land[list(self.move.values())] = True
        self.owner = self._owners()
        self.integer = ~(self.is_money | self.is_land) | (self.unit > 1)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self._upper)

    def _owners(self) -> Ints:
        """The project of every column, −1 for gates and land moves; shape (width,)."""
        owner = np.full(self.width, -1, dtype=np.int64)
        owner[: len(self.ways)] = self.way_project
        owner[self.x] = self.x_project
        for group in (self.payer, self.capital):
            owner[list(group.values())] = list(group)
        for pairs in (self.support, self.topup):
            owner[list(pairs.values())] = [key[0] for key in pairs]
        owner[list(self.part.values())] = self.way_project[list(self.part)]
        return owner

    # ---- regions

    def _make_regions(self) -> None:
        named = [r.name for r in self.case.regions]
        extra = sorted({name for p in self.case.projects for name in p.regions} - set(named))
        self.region_names = named + extra
        self.region_index = {name: i for i, name in enumerate(self.region_names)}
        count = len(self.region_names)
        parent = np.arange(count)
        for i, region in enumerate(self.case.regions):
            if region.parent in self.region_index:
                parent[i] = self.region_index[region.parent]
        self.under = np.eye(count, dtype=np.bool_)
        climb = np.arange(count)
        for _ in range(count):
            climb = parent[climb]
            self.under[np.arange(count), climb] = True
            if (climb == parent[climb]).all():
                break
        tags = sorted({tag for r in self.case.regions for tag in r.tags})
        has = np.zeros((count, len(tags)), dtype=np.bool_)
        for i, region in enumerate(self.case.regions):
            has[i] = [tag in region.tags for tag in tags]
        self.tagged = dict(zip(tags, (self.under.astype(int) @ has.astype(int) > 0).T, strict=True))

    def share_in(self, project: int, inside: Bools) -> Fraction:
        """The part of a project that lies in some regions, by its agreed shares."""
        shares = self.case.projects[project].shares
        return sum((share for name, share in shares if inside[self.region_index[name]]), Fraction(0))

    def parts_of(self, project: int) -> dict[int, Fraction]:
        """The part of a project in every region it lies in and those above, by position of the region."""
        found: dict[int, Fraction] = {}
        for name, share in self.case.projects[project].shares:
            for region in self._above(self.region_index[name]):
                found[region] = found.get(region, Fraction(0)) + share
        return {region: part for region, part in found.items() if part}

    def _above(self, region: int) -> list[int]:
        if region not in self._regions_above:
            self._regions_above[region] = np.flatnonzero(self.under[region]).tolist()
        return self._regions_above[region]

    def region_mask(self, scope: Scope) -> Bools:
        """Regions within the scope, subtrees included; shape (regions,)."""
        inside = np.ones(len(self.region_names), dtype=np.bool_)
        if scope.regions:
            inside &= self.under[:, [self.region_index[r] for r in scope.regions if r in self.region_index]].any(axis=1)
        if scope.tags:
            none = np.zeros(len(self.region_names), dtype=np.bool_)
            inside &= np.any([self.tagged.get(tag, none) for tag in scope.tags], axis=0)
        return inside

    # ---- ways

    def _ways_of(self, index: int) -> list[Way]:
        project = self.case.projects[index]
        return [self._way(index, scheme, start) for scheme in project.schemes for start in project.starts]

    def _way(self, index: int, scheme: Scheme, start: int) -> Way:
        years = self.case.years
        asks = {self.fund_index[fund]: _shift(amounts, start, years) for fund, amounts in scheme.asks}
        need = _shift(scheme.profile, start, years)
        return Way(index, scheme, start, need, asks, int(need.sum()))

    # ---- columns

    def _make_money(self) -> None:
        rows: list[tuple[int, int, int, int]] = []
        first = self.width
        for i, project in enumerate(self.case.projects):
            regions = [self.region_index[name] for name in project.regions]
            for fund, limits in self._most_by_fund(i, project):
                unit = self.case.funds[fund].step
                for year, most in enumerate(limits.tolist()):
                    for region in regions if most else ():
                        rows.append((i, fund, year, region))
                        self._upper.append(most // unit)
                        self._unit.append(unit)
        table = np.array(rows, dtype=np.int64).reshape(-1, 4)
        self.x_project, self.x_fund, self.x_year, self.x_region = table.T
        self.x = np.arange(first, first + len(rows), dtype=np.int64)
        bounds = np.searchsorted(self.x_project, np.arange(len(self.case.projects) + 1))
        self.money_of = [slice(int(a), int(b)) for a, b in itertools.pairwise(bounds)]

    def _most_by_fund(self, index: int, project: Project) -> list[tuple[int, Ints]]:
        """The most that each fund can pay the project in each year, over all its ways."""
        ways = [self.ways[w] for w in self.ways_of[index]]
        none = np.zeros(self.case.years, dtype=np.int64)
        need = ways[0].need if len(ways) == 1 else np.max([none, *(way.need for way in ways)], axis=0)
        most: list[tuple[int, Ints]] = []
        for fund in range(len(self.case.funds)):
            if not self.case.may_pay(project, self.case.funds[fund]):
                continue
            asked = project.arrangement == "按申报"
            most.append((fund, np.max([none, *(w.asks.get(fund, none) for w in ways)], axis=0) if asked else need))
        return most

    def _make_part_payments(self) -> None:
        self.capital: dict[int, int] = {}
        self.topup: dict[tuple[int, int], int] = {}
        self.move: dict[int, int] = {}
        self.part: dict[int, int] = {}
        for w, way in enumerate(self.ways):
            if self.case.projects[way.project].arrangement == "部分" and way.total_need:
                self.part[w] = self._new(way.total_need)

    def _make_supports(self) -> None:
        self.support: dict[tuple[int, tuple[int, ...]], int] = {}
        for policy in self.case.policies:
            if policy.rule not in ("min_award", "source_count", "count_cap"):
                continue
            if policy.rule == "count_cap" and not policy.scope.funds:
                continue
            for i in np.flatnonzero(self.project_mask(policy.scope)):
                for funds in self._fund_sets(policy.rule, policy.scope):
                    if self.money(int(i), funds).size and (int(i), funds) not in self.support:
                        self.support[int(i), funds] = self._new(1)

        for k, project in enumerate(self.case.projects):
            owes = project.finance.old_service + project.finance.loan_service > 0
            if owes and self.money(k, self.covered).size and (k, self.covered) not in self.support:
                self.support[k, self.covered] = self._new(1)

    @cached_property
    def covered(self) -> tuple[int, ...]:
        """Positions of the funds that revenue must cover."""
        return tuple(i for i, f in enumerate(self.case.funds) if f.covered)

    @cached_property
    def usable_as_capital(self) -> tuple[int, ...]:
        """Positions of the funds of which a part may be used as project capital."""
        return tuple(i for i, f in enumerate(self.case.funds) if f.capital == "可用作")

    def _fund_sets(self, rule: str, scope: Scope) -> list[tuple[int, ...]]:
        funds = self.funds_of(scope)
        return [funds] if rule == "count_cap" else [(f,) for f in funds]

    def _make_payers(self) -> None:
        bonds = tuple(i for i, f in enumerate(self.case.funds) if f.kind == "专项债券")
        self.bonds = bonds
        self.payer = {
            i: self._new(1)
            for i, p in enumerate(self.case.projects)
            if p.arrangement == "部分" and self.money(i, bonds).size
        }

    def _make_gates(self) -> None:
        self.gate = {k: self._new(1) for k, p in self.case.policies_of("ongoing_first") if p.value == "先排"}

    def _make_capital(self) -> None:
        """One column per project: the bonds that it may use as capital."""
        for i, project in enumerate(self.case.projects):
            some = self.money(i, self.usable_as_capital).size
            if some and capital.floors(self.case, project) and capital.may_use_bonds(self.case, project):
                self.capital[i] = self._new(max(s.total for s in project.schemes))

    def _make_topups(self) -> None:
        for i, project in enumerate(self.case.projects):
            if self.covered and self.money(i, self.covered).size:
                for year, amount in project.finance.topups:
                    if amount:
                        self.topup[i, year] = self._new(amount)

    @cached_property
    def topups_of(self) -> dict[int, list[int]]:
        """Columns of a project's top-ups."""
        found: dict[int, list[int]] = {}
        for (i, _), column in self.topup.items():
            found.setdefault(i, []).append(column)
        return found

    def _make_moves(self) -> None:
        policy = next((p for _, p in self.case.policies_of("people_land")), None)
        if policy is None:
            return
        for k, migration in enumerate(self.case.migrations):
            self.move[k] = self._new(land.most_moved(self.case, policy, migration))

    def _new(self, upper: int) -> int:
        self._upper.append(upper)
        self._unit.append(1)
        return len(self._upper) - 1

    @cached_property
    def x_repaid(self) -> Ints:
        """The year in which bonds of each money column are repaid, far away where no tenor is given."""
        tenor = np.array([p.finance.tenor or 10**6 for p in self.case.projects], dtype=np.int64)
        return self.x_year + tenor[self.x_project]

    # ---- selections

    def funds_of(self, scope: Scope) -> tuple[int, ...]:
        """Positions of the funds in the scope."""
        if not scope.funds:
            return tuple(range(len(self.case.funds)))
        return tuple(self.fund_index[name] for name in scope.funds if name in self.fund_index)

    def project_mask(self, scope: Scope) -> Bools:
        """Projects the scope speaks of, whatever fund pays; shape (projects,)."""
        owner, region = self._places
        chosen = np.bincount(owner[self.region_mask(scope)[region]], minlength=len(self.case.projects)) > 0
        return chosen & self._kind_mask(scope)

    @cached_property
    def _places(self) -> tuple[Ints, Ints]:
        """Projects and their regions, one pair for each region of a project."""
        pairs = [(i, self.region_index[r]) for i, p in enumerate(self.case.projects) for r in p.regions]
        table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    def _kind_mask(self, scope: Scope) -> Bools:
        kind = scope.categories, scope.departments, scope.projects
        if kind not in self._kind_masks:
            tests = [
                (not scope.categories or p.category in scope.categories)
                and (not scope.departments or p.department in scope.departments)
                and (not scope.projects or p.id in scope.projects)
                for p in self.case.projects
            ]
            self._kind_masks[kind] = np.array(tests, dtype=np.bool_)
        return self._kind_masks[kind]

    def money_mask(self, scope: Scope, year: int | None = None) -> Bools:
        """Money columns within the scope (and year); shape of ``x``."""
        inside = self.region_mask(scope)[self.x_region] & self._kind_mask(scope)[self.x_project]
        inside &= np.isin(self.x_fund, self.funds_of(scope))
        return inside if year is None else inside & (self.x_year == year)

    def money(self, project: int, funds: tuple[int, ...] | None = None, year: int | None = None) -> Ints:
        """Column numbers of a project's money, by funds and year when given."""
        if (funds, year) not in self._money_among:
            self._money_among[funds, year] = self._among(funds, year)
        columns, bounds = self._money_among[funds, year]
        return columns[bounds[project] : bounds[project + 1]]

    def _among(self, funds: tuple[int, ...] | None, year: int | None) -> tuple[Ints, list[int]]:
        """All money columns of some funds in a year, and where each project's begin; asked for thousands of times."""
        keep = np.ones(len(self.x), np.bool_) if funds is None else np.isin(self.x_fund, funds)
        if year is not None:
            keep &= self.x_year == year
        bounds = np.searchsorted(self.x_project[keep], np.arange(len(self.case.projects) + 1))
        return self.x[keep], bounds.tolist()

    def most_of(self, project: int, funds: tuple[int, ...]) -> int:
        """The most that some funds can pay a project over the horizon: need or asks, and shares of the cost."""
        record = self.case.projects[project]
        most = 0
        for w in self.ways_of[project].tolist():
            way = self.ways[w]
            if record.arrangement == "按申报":
                most = max(most, sum(int(way.asks[f].sum()) for f in funds if f in way.asks))
            else:
                most = max(most, min(way.total_need, sum(self._share_cap(record, w, f) for f in funds)))
        return most

    def _share_cap(self, project: Project, w: int, fund: int) -> int:
        """What the table of shares lets a fund pay; the need where it says nothing or may be overruled."""
        share = self.case.largest_share(project, self.case.funds[fund])
        free = not share or (self.case.eligible is None and project.building_cost is None)
        if free or self._table_may_be_overruled:
            return self.ways[w].total_need
        return share.numerator * self.cost_of_way[w][0] // share.denominator

    @cached_property
    def _table_may_be_overruled(self) -> bool:
        return any(p.parameter == "" for _, p in self.case.policies_of("fund_share"))

    @cached_property
    def cost_of_way(self) -> list[tuple[int, bool]]:
        """Eligible cost in each way and whether it is 建安投资 × 非经营单位部分 (else 总投资)."""
        return [self._eligible_cost(way) for way in self.ways]

    def _eligible_cost(self, way: Way) -> tuple[int, bool]:
        project = self.case.projects[way.project]
        if project.building_cost is None:
            return way.scheme.total, False
        if project.public_part is None:
            return project.building_cost, True
        return floor_of(project.building_cost * project.public_part), True


def _shift(profile: tuple[int, ...], start: int, years: int) -> Ints:
    """Money by year of the horizon when the profile begins in ``start``; what lies beyond is cut off."""
    row = np.zeros(years, dtype=np.int64)
    part = profile[: max(0, years - start)]
    row[start : start + len(part)] = part
    return row
