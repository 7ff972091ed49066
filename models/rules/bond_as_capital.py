"""bond_as_capital: bonds used as capital are at most 30 % of all project bonds, and only in listed kinds."""

from collections.abc import Iterator

import numpy as np

from models import capital, facts
from models.allocation import Allocation
from models.case import SPECIAL, Case, Scope
from models.program import DEFINITION, Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ e ≤ φ · Σ bonds over the scope; e[p] ≤ Σ x[p] of funds that may be used; 0 outside listed kinds."""
    rows = Rows("bond_as_capital", "万元")
    on, switch = built_in(case, "bond_as_capital")
    bonds = np.array([f.kind == SPECIAL for f in case.funds], dtype=np.bool_)
    for index, share in capital.caps(case):
        scope = case.policies[index].scope if index >= 0 else Scope()
        inside = space.project_mask(scope)
        used = [col for i, col in space.capital.items() if inside[i]]
        money = space.x[inside[space.x_project] & bonds[space.x_fund]]
        terms = [(used, share.denominator), (money, -share.numerator)]
        rows.add((scope.label,), terms, upper=0, scale=share.denominator, policy=index)
    for i, col in space.capital.items():
        key = (case.projects[i].id, "用作资本金")
        usable = space.money(i, space.usable_as_capital)
        rows.add(key, [([col], 1), (usable, -1)], upper=0, policy=DEFINITION)
        if on and not capital.listed(case, case.projects[i]):
            rows.add((case.projects[i].id, "不在清单"), [([col], 1)], upper=0, policy=switch)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Bonds used as capital against the share of all bonds; uses outside the list."""
    on, switch = built_in(case, "bond_as_capital")
    used: dict[str, int] = {}
    for p in allocation.payments:
        if p.capital:
            used[p.project] = used.get(p.project, 0) + p.capital
            if case.fund_by_name[p.fund].capital != "可用作":
                yield Measure("bond_as_capital", (p.project, p.fund, "不可用作资本金"), "<=", p.capital, 0)
    for project, amount in used.items():
        if on and not capital.listed(case, case.project_by_id[project]):
            yield Measure("bond_as_capital", (project, "不在清单"), "<=", amount, 0, "万元", switch)
    for index, share in capital.caps(case):
        scope = case.policies[index].scope if index >= 0 else Scope()
        inside = {p.id for p in case.projects if facts.project_fits(case, scope, p)}
        bonds = sum(
            p.amount for p in allocation.payments if p.project in inside and case.fund_by_name[p.fund].kind == SPECIAL
        )
        total = sum(amount for project, amount in used.items() if project in inside)
        yield Measure("bond_as_capital", (scope.label,), "<=", total, share * bonds, "万元", index)


RULE = Rule(
    id="bond_as_capital",
    title="专项债券用作资本金",
    title_en="Bonds used as capital",
    source="国办发〔2024〕52号：以省份为单位，用作资本金的规模上限为用于项目建设的专项债券规模的 30 %；领域限于清单",
    formula="Σ_p e[p] ≤ 上限占比 · Σ_p Σ_{f∈专项债券} x[p,f]；清单以外 e[p] = 0；e[p] ≤ Σ_{f 可用作} x[p,f]",
    unit="万元",
    block=block,
    measure=measure,
    example="专项债共安排 2,000 万元，上限占比 30 %：用作资本金合计至多 600.00 万元，且只限清单内类别。",
)
