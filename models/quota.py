"""Floors and ceilings on money, shared by the quotas of regions, categories and tags.

A quota row applies to each named region (category, tag) separately; without a name, to each one that
occurs among the candidates. 下限/上限 are amounts, 下限占比/上限占比 shares of the funds' limits
(基数 = 额度) or of what the plan spends (基数 = 实际安排). Formula and symbols: docs/math.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np

from models import facts
from models.allocation import Allocation
from models.case import Case, Policy, Project, Scope
from models.program import Block, Key, Rows
from models.rule import Measure, Sense
from models.space import Space

Part = Literal["regions", "categories", "tags"]


def label_of(scope: Scope, policy: Policy, case: Case) -> tuple[str, ...]:
    """Key of a quota row: scope, parameter, year."""
    year = "" if policy.year is None else str(case.year_label(policy.year))
    return (scope.label, policy.parameter, year)


# ---- for the solver


def block(rule: str, part: Part, case: Case, space: Space) -> Block:
    """Quota rows: Σ x within the scope against an amount or a share."""
    rows = Rows(rule, "万元")
    for index, policy in case.policies_of(rule):
        for name in _names_in_space(part, policy, space):
            _add_row(rows, replace(policy.scope, **{part: (name,)}), part, index, policy, space)
    return rows.close()


def _names_in_space(part: Part, policy: Policy, space: Space) -> list[str]:
    named: tuple[str, ...] = getattr(policy.scope, part)
    if named:
        return list(named)
    money = space.money_mask(policy.scope)
    if part == "regions":
        return [space.region_names[i] for i in np.unique(space.x_region[money])]
    if part == "categories":
        return sorted({space.case.projects[i].category for i in np.unique(space.x_project[money])})
    here = np.isin(np.arange(len(space.region_names)), space.x_region[money])
    return [tag for tag, inside in space.tagged.items() if (inside & here).any()]


def _add_row(rows: Rows, scope: Scope, part: Part, index: int, policy: Policy, space: Space) -> None:
    key = label_of(scope, policy, space.case)
    inside = space.x[space.money_mask(scope, policy.year)]
    floor = policy.parameter.startswith("下限")
    if policy.parameter in ("下限", "上限"):
        limit = int(policy.value or 0) - _used(scope, space, policy)
        rows.add(key, [(inside, 1)], lower=limit if floor else None, upper=None if floor else limit, policy=index)
        return
    share = Fraction(policy.value or 0)
    if policy.option("基数", "额度") == "实际安排":
        base = space.x[space.money_mask(replace(scope, **{part: ()}), policy.year)]
        terms = [(inside, share.denominator), (base, -share.numerator)]
        limit = 0
    else:
        exact = share * sum(space.case.limit_of(name, policy.year) for name in scope.funds or space.case.fund_by_name)
        terms, limit = [(inside, exact.denominator)], exact.numerator
        share = exact
    rows.add(
        key,
        terms,
        lower=limit if floor else None,
        upper=None if floor else limit,
        scale=share.denominator,
        policy=index,
    )


def _used(scope: Scope, space: Space, policy: Policy) -> int:
    """已用额度 of the named region's subtree and the funds; it counts against amounts of the whole horizon."""
    if not scope.regions or scope.tags or policy.year is not None:
        return 0
    if scope.categories or scope.departments or scope.projects:
        return 0
    below = space.region_mask(scope)
    spent = [amounts for i, r in enumerate(space.case.regions) if below[i] for amounts in r.used]
    return sum(amount for fund, amount in spent if not scope.funds or fund in scope.funds)


# ---- for the checker


def measures(rule: str, part: Part, case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money of every quota row against its limit, from the plan alone."""
    for index, policy, scope in demands(rule, part, case):
        yield _measure(rule, scope, part, index, policy, case, allocation)


def demands(rule: str, part: Part, case: Case) -> Iterator[tuple[int, Policy, Scope]]:
    """Every quota row: position of its policy, the policy, the scope with the one region, category or tag."""
    for index, policy in case.policies_of(rule):
        for name in _names_in_case(part, policy, case):
            yield index, policy, replace(policy.scope, **{part: (name,)})


def _names_in_case(part: Part, policy: Policy, case: Case) -> list[str]:
    named: tuple[str, ...] = getattr(policy.scope, part)
    if named:
        return list(named)
    found: set[str] = set()
    for project, region in _could_be_paid(case, policy.scope):
        if part == "regions":
            found.add(region)
        elif part == "categories":
            found.add(project.category)
        else:
            found |= {tag for node in case.regions for tag in node.tags if facts.lies_in(case, region, node.name)}
    return sorted(found)


def _could_be_paid(case: Case, scope: Scope) -> Iterator[tuple[Project, str]]:
    """Projects with their regions that some fund of the scope could pay in the horizon."""
    funds = [f for f in case.funds if not scope.funds or f.name in scope.funds]
    for project in case.projects:
        if not facts.kind_fits(scope, project) or not any(_payable(case, project, f.name) for f in funds):
            continue
        for region in project.regions:
            if facts.region_fits(case, scope, region):
                yield project, region


def _payable(case: Case, project: Project, fund: str) -> bool:
    if not case.may_pay(project, case.fund_by_name[fund]):
        return False
    for scheme in project.schemes:
        asks = dict(scheme.asks).get(fund, ()) if project.arrangement == "按申报" else scheme.profile
        for start in project.starts:
            if any(amount for year, amount in enumerate(asks, start) if year < case.years):
                return True
    return False


def _measure(
    rule: str, scope: Scope, part: Part, index: int, policy: Policy, case: Case, allocation: Allocation
) -> Measure:
    sense: Sense = ">=" if policy.parameter.startswith("下限") else "<="
    actual = facts.money_in(case, allocation, scope, policy.year)
    limit, idle = limit_of(case, policy, scope), False
    if limit is None:
        spent = facts.money_in(case, allocation, replace(scope, **{part: ()}), policy.year)
        limit, idle = Fraction(policy.value or 0) * spent, spent == 0
    elif policy.parameter in ("下限", "上限"):
        actual += _used_of(case, scope, policy)
    return Measure(rule, label_of(scope, policy, case), sense, actual, limit, "万元", index, idle)


def limit_of(case: Case, policy: Policy, scope: Scope) -> Fraction | None:
    """The amount (0.01 万元) that a quota row sets for its scope; None where it depends on what the plan spends."""
    if policy.parameter in ("下限", "上限"):
        return Fraction(policy.value or 0)
    if policy.option("基数", "额度") == "实际安排":
        return None
    funds = scope.funds or case.fund_by_name
    return Fraction(policy.value or 0) * sum(case.limit_of(name, policy.year) for name in funds)


def share_for(case: Case, policy: Policy, key: Key, limit: Fraction) -> Fraction | None:
    """The share of the funds' limits that is an amount (0.01 万元); None for amounts, and for shares of what is spent."""
    if not policy.parameter.endswith("占比") or policy.option("基数", "额度") == "实际安排":
        return None
    base = sum(case.limit_of(name, policy.year) for name in policy.scope.funds or case.fund_by_name)
    return limit / base if base else None


def room_of(case: Case, policy: Policy, scope: Scope) -> Fraction | None:
    """What of an amount is still to be had: less what is used already; None where it depends on what the plan spends."""
    limit = limit_of(case, policy, scope)
    counted = policy.parameter in ("下限", "上限")
    return limit if limit is None or not counted else limit - _used_of(case, scope, policy)


def _used_of(case: Case, scope: Scope, policy: Policy) -> int:
    plain = not (scope.tags or scope.categories or scope.departments or scope.projects)
    if policy.year is not None or not plain or not scope.regions:
        return 0
    total = 0
    for region in case.regions:
        if facts.lies_in(case, region.name, scope.regions[0]):
            total += sum(amount for fund, amount in region.used if fund in (scope.funds or case.fund_by_name))
    return total
