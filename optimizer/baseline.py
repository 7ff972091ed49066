"""What bureaus do today: a list sorted by score, cut off where the money ends.

Projects are taken in order of benefit per 万元 of their need; each is paid in full from the funds that
fit it, the smallest fund first, as long as the funds last. The list minds eligibility, shares, fund
limits, bans, either-or groups and companions, but no quota. A project that cannot be paid any more is
passed over and the list goes on, which is kinder to it than a plain cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from models.case import Case, Project, Scheme

Money = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class ScoredList:
    """The list: its benefit, and the money of every project on it (0.01 万元 by id)."""

    benefit: Fraction
    paid: dict[str, int]


def gain_over(value: Fraction | None, ranked: ScoredList) -> Fraction | None:
    """A plan's worth over the benefit of the scored list, as a share; None where there is nothing to compare."""
    return None if value is None or ranked.benefit <= 0 else (value - ranked.benefit) / ranked.benefit


def out_of_reach(ranked: ScoredList, bound: Fraction | None) -> bool:
    """Whether no plan that keeps the rules is worth as much as the scored list: only then it is they that cost."""
    return bound is not None and bound < ranked.benefit


def scored_list(case: Case) -> ScoredList:
    """Work the list off from the top."""
    left: Money = {(f.name, t): _limit(f.by_year[t], f.pool, case.years) for f in case.funds for t in range(case.years)}
    companions: dict[str, list[Project]] = {}
    for project in case.projects:
        companions.setdefault(project.companion_of, []).append(project)
    heads = [p for p in companions.get("", []) if p.starts and p.status != "禁选"]
    benefit, paid, groups = Fraction(0), dict[str, int](), set[str]()
    for head in sorted(heads, key=lambda p: (-_score(p), p.id)):
        members = [head, *companions.get(head.id, [])]
        bills = None if groups & set(head.exclusive) else _pay_all(case, members, left)
        if bills is not None:
            for bill in bills:
                for key, amount in bill.items():
                    left[key] -= amount
            groups |= set(head.exclusive)
            paid |= {m.id: sum(bill.values()) for m, bill in zip(members, bills, strict=True)}
            benefit += sum(m.schemes[0].benefit / (1 + case.discount) ** head.starts[0] for m in members)
    return ScoredList(benefit, paid)


def _limit(amount: int | None, pool: int | None, years: int) -> int:
    return amount if amount is not None else (pool or 0) // years


def _score(project: Project) -> Fraction:
    scheme = project.schemes[0]
    asked = sum(sum(a) for _, a in scheme.asks) if project.arrangement == "按申报" else sum(scheme.profile)
    return scheme.benefit / max(1, asked)


def _pay_all(case: Case, members: list[Project], left: Money) -> list[Money] | None:
    """What every member is paid; None when the funds do not suffice."""
    rest, bills = dict(left), []
    for member in members:
        start = members[0].starts[0]
        pay = _pay_asks if member.arrangement == "按申报" else _pay_need
        paid = pay(case, member, member.schemes[0], start, rest)
        if paid is None:
            return None
        bills.append(paid)
        for key, amount in paid.items():
            rest[key] -= amount
    return bills


def _pay_need(case: Case, project: Project, scheme: Scheme, start: int, left: Money) -> Money | None:
    cost = scheme.total if project.building_cost is None else project.building_cost
    room = {f.name: int(case.largest_share(project, f) * cost) for f in case.funds}
    smallest_first = sorted(case.funds, key=lambda f: f.limit)
    paid: Money = {}
    for year, need in enumerate(scheme.profile[: case.years - start], start=start):
        open_need = need
        for fund in smallest_first:
            amount = min(open_need, room[fund.name], left[fund.name, year]) // fund.step * fund.step
            if amount > 0:
                paid[fund.name, year] = amount
                room[fund.name] -= amount
                open_need -= amount
        if open_need:
            return None
    return paid


def _pay_asks(case: Case, project: Project, scheme: Scheme, start: int, left: Money) -> Money | None:
    paid = {
        (fund, year): amount
        for fund, amounts in scheme.asks
        for year, amount in enumerate(amounts[: case.years - start], start=start)
        if amount
    }
    return paid if all(amount <= left[key] for key, amount in paid.items()) else None
