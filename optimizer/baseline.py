"""What bureaus do today: a list sorted by score, cut off where the money ends.

Projects are taken in order of benefit per 万元 of their need; each is paid in full from the funds that
fit it, the smallest fund first, as long as the funds last. The list minds eligibility, shares, fund
limits, bans, either-or groups and companions, but no quota. A project that cannot be paid any more is
passed over and the list goes on, which is kinder to it than a plain cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, takewhile

from models.case import Case, Fund, Project, Scheme

Money = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class ScoredList:
    """The list: its benefit, and what every project on it is paid, by fund and year (0.01 万元, by id)."""

    benefit: Fraction
    bills: dict[str, Money]

    @property
    def paid(self) -> dict[str, int]:
        """The money of every project."""
        return {key: sum(bill.values()) for key, bill in self.bills.items()}


def gain_over(value: Fraction | None, ranked: ScoredList) -> Fraction | None:
    """A plan's worth over the benefit of the scored list, as a share; None where there is nothing to compare."""
    return None if value is None or ranked.benefit <= 0 else (value - ranked.benefit) / ranked.benefit


def out_of_reach(ranked: ScoredList, bound: Fraction | None) -> bool:
    """Whether no plan that keeps the rules is worth as much as the scored list: only then it is they that cost."""
    return bound is not None and bound < ranked.benefit


class _Left:
    """What the funds still have, as their limits have it: by year, carried over, and for all years together."""

    def __init__(self, case: Case, carries: bool) -> None:
        self.case, self.carries = case, carries
        self.spent: Money = {}

    def room(self, fund: Fund, year: int) -> int:
        """The most that a fund can still pay in a year."""
        spent = [self.spent.get((fund.name, t), 0) for t in range(self.case.years)]
        cut = fund.pool is None and all(limit is None for limit in fund.by_year)
        pool = self.case.limit_of(fund.name) if cut else fund.pool  # without one of its own what its 切块 add up to
        rooms = [] if pool is None else [pool - sum(spent)]
        if not (fund.carries and self.carries):
            limit = fund.by_year[year]
            rooms += [] if limit is None else [limit - spent[year]]
        else:  # what is paid in a year is missing in all that follow, as far as they have limits
            known = takewhile(lambda limit: limit is not None, fund.by_year)
            sums = zip(accumulate(limit or 0 for limit in known), accumulate(spent), strict=False)
            rooms += [limit - paid for limit, paid in list(sums)[year:]]
        return max(0, min(rooms, default=0))

    def take(self, fund: str, year: int, amount: int) -> None:
        """Pay an amount."""
        self.spent[fund, year] = self.spent.get((fund, year), 0) + amount


def scored_list(case: Case) -> ScoredList:
    """The better list of two, in favour of what a plan is held against: money carried over, or each year by itself."""
    kinds = (True, False) if any(f.carries for f in case.funds) else (False,)
    return max((_worked_off(case, carries) for carries in kinds), key=lambda found: found.benefit)


def _worked_off(case: Case, carries: bool) -> ScoredList:
    """Work the list off from the top."""
    left = _Left(case, carries)
    companions: dict[str, list[Project]] = {}
    for project in case.projects:
        companions.setdefault(project.companion_of, []).append(project)
    heads = [p for p in companions.get("", []) if p.starts and p.status != "禁选"]
    benefit, paid, groups = Fraction(0), dict[str, Money](), set[str]()
    for head in sorted(heads, key=lambda p: (-_score(p), p.id)):
        members = [head, *companions.get(head.id, [])]
        worth = sum(m.schemes[0].benefit for m in members)
        bills = None if worth < 0 or groups & set(head.exclusive) else _pay_all(case, members, left)
        if bills is not None:
            groups |= set(head.exclusive)
            paid |= {m.id: bill for m, bill in zip(members, bills, strict=True)}
            benefit += sum(m.schemes[0].benefit / (1 + case.discount) ** head.starts[0] for m in members)
    return ScoredList(benefit, paid)


def _score(project: Project) -> Fraction:
    scheme = project.schemes[0]
    asked = sum(sum(a) for _, a in scheme.asks) if project.arrangement == "按申报" else sum(scheme.profile)
    return scheme.benefit / max(1, asked)


def _pay_all(case: Case, members: list[Project], left: _Left) -> list[Money] | None:
    """What every member is paid; None, and nothing taken, when the funds do not suffice."""
    before, bills = dict(left.spent), []
    for member in members:
        pay = _pay_asks if member.arrangement == "按申报" else _pay_need
        paid = pay(case, member, member.schemes[0], members[0].starts[0], left)
        if paid is None:
            left.spent = before
            return None
        bills.append(paid)
    return bills


def _pay_need(case: Case, project: Project, scheme: Scheme, start: int, left: _Left) -> Money | None:
    cost = scheme.total if project.building_cost is None else project.building_cost
    share = {f.name: int(case.largest_share(project, f) * cost) for f in case.funds}
    smallest_first = sorted(case.funds, key=lambda f: f.limit)
    paid: Money = {}
    for year, need in enumerate(scheme.profile[: case.years - start], start=start):
        open_need = need
        for fund in smallest_first:
            amount = min(open_need, share[fund.name], left.room(fund, year)) // fund.step * fund.step
            if amount > 0:
                paid[fund.name, year] = amount
                left.take(fund.name, year, amount)
                share[fund.name] -= amount
                open_need -= amount
        if open_need:
            return None
    return paid


def _pay_asks(case: Case, project: Project, scheme: Scheme, start: int, left: _Left) -> Money | None:
    paid: Money = {}
    for fund, amounts in scheme.asks:
        for year, amount in enumerate(amounts[: case.years - start], start=start):
            if amount > left.room(case.fund_by_name[fund], year):
                return None
            if amount:
                paid[fund, year] = amount
                left.take(fund, year, amount)
    return paid
