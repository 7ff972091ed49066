"""What bureaus do today: a list sorted by score, cut off where the money ends.

Projects are taken in order of benefit per 万元 of their need; each is paid in full from the funds that
fit it, cheapest to use elsewhere first, as long as the funds last. Only eligibility, shares and fund
limits are minded. A project that cannot be paid any more is passed over and the list goes on until the
money has really ended, which is kinder to the list than a plain cut.
"""

from __future__ import annotations

from fractions import Fraction

from models.case import Case, Project, Scheme


def scored_list(case: Case) -> tuple[Fraction, int]:
    """Benefit and number of projects of the scored list."""
    left = {(f.name, t): _limit(f.by_year[t], f.pool, case.years) for f in case.funds for t in range(case.years)}
    order = sorted((p for p in case.projects if p.starts and p.status != "禁选"), key=lambda p: (-_score(p), p.id))
    benefit, count = Fraction(0), 0
    for project in order:
        paid = _pay(case, project, project.schemes[0], left)
        if paid is None:
            continue
        for key, amount in paid.items():
            left[key] -= amount
        benefit += project.schemes[0].benefit / (1 + case.discount) ** project.starts[0]
        count += 1
    return benefit, count


def _limit(amount: int | None, pool: int | None, years: int) -> int:
    return amount if amount is not None else (pool or 0) // years


def _score(project: Project) -> Fraction:
    scheme = project.schemes[0]
    asked = sum(sum(a) for _, a in scheme.asks) if project.arrangement == "按申报" else sum(scheme.profile)
    return scheme.benefit / max(1, asked)


def _pay(
    case: Case, project: Project, scheme: Scheme, left: dict[tuple[str, int], int]
) -> dict[tuple[str, int], int] | None:
    """Amounts by fund and year; None when the funds that fit do not suffice."""
    if project.arrangement == "按申报":
        return _pay_asks(case, project, scheme, left)
    cost = scheme.total if project.building_cost is None else project.building_cost
    room = {f.name: int(case.largest_share(project, f) * cost) for f in case.funds}
    narrow_first = sorted(case.funds, key=lambda f: sum(_limit(a, f.pool, case.years) for a in f.by_year))
    paid: dict[tuple[str, int], int] = {}
    for offset, need in enumerate(scheme.profile):
        year = project.starts[0] + offset
        if year >= case.years:
            break
        open_need = need
        for fund in narrow_first:
            amount = min(open_need, room[fund.name], left[fund.name, year]) // fund.step * fund.step
            if amount > 0:
                paid[fund.name, year] = amount
                room[fund.name] -= amount
                open_need -= amount
        if open_need:
            return None
    return paid


def _pay_asks(
    case: Case, project: Project, scheme: Scheme, left: dict[tuple[str, int], int]
) -> dict[tuple[str, int], int] | None:
    paid = {
        (fund, project.starts[0] + k): amount
        for fund, amounts in scheme.asks
        for k, amount in enumerate(amounts)
        if amount and project.starts[0] + k < case.years
    }
    return paid if all(amount <= left[key] for key, amount in paid.items()) else None
