"""earmark: a fund pays only the categories it is for, and cut parts only their own category."""

from collections.abc import Iterator

from models import facts
from models.allocation import Allocation
from models.case import Case, Scope, Slice
from models.limits import limit_measures, limit_rows, part_limits, slice_limits
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """Σ x = 0 where 资金适用 is blank; Σ_{c,r} x ≤ the part of the category, 0 without a part."""
    rows = Rows("earmark", "万元")
    on, policy = built_in(case, "earmark")
    for i, project in enumerate(case.projects if on else ()):
        for f, fund in enumerate(case.funds):
            money = space.money(i, (f,))
            if money.size and case.largest_share(project, fund) == 0:
                rows.add((project.id, fund.name), [(money, 1)], upper=0, policy=policy)
    for (name, region), parts in _parts(case).items() if on else ():
        carries = case.fund_by_name[name].carries
        for category in _categories(case, parts):
            mine = space.money_mask(Scope(funds=(name,), regions=(region,), categories=(category,)))
            limits = slice_limits(case, [s for s in parts if s.category == category])
            limit_rows(rows, space, mine, carries, (name, region, category), limits, policy)
    return rows.close()


def _parts(case: Case) -> dict[tuple[str, str], list[Slice]]:
    """Parts by fund and region, where any of them names a category."""
    found: dict[tuple[str, str], list[Slice]] = {}
    for s in case.slices:
        if s.category:
            found.setdefault((s.fund, s.region), []).append(s)
    return found


def _categories(case: Case, parts: list[Slice]) -> list[str]:
    """Categories with a part, then those of candidates without one."""
    named = list(dict.fromkeys(s.category for s in parts))
    return named + sorted({p.category for p in case.projects} - set(named))


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money for categories a fund is not for; money by category against its part."""
    on, policy = built_in(case, "earmark")
    for project in case.projects if on else ():
        paid: dict[str, int] = {}
        for p in allocation.payments_of.get(project.id, ()):
            paid[p.fund] = paid.get(p.fund, 0) + p.amount
        for fund, amount in paid.items():
            if case.largest_share(project, case.fund_by_name[fund]) == 0:
                yield Measure("earmark", (project.id, fund), "<=", amount, 0, "万元", policy)
    for (name, region), parts in _parts(case).items() if on else ():
        for category in _categories(case, parts):
            scope = Scope(funds=(name,), regions=(region,), categories=(category,))
            spent = [facts.money_in(case, allocation, scope, t) for t in range(case.years)]
            limits, pool = part_limits(case, [s for s in parts if s.category == category])
            carries, key = case.fund_by_name[name].carries, (name, region, category)
            yield from limit_measures("earmark", case, key, carries, spent, limits, pool, policy)


RULE = Rule(
    id="earmark",
    title="专款专用",
    title_en="Earmarked money",
    source="财综〔2024〕15号：住房保障、城中村、老旧小区、棚户区四部分专款专用（待核实）",
    formula="资金适用为空 ⇒ Σ_t x[p,f,t] = 0；切块写了类别 ⇒ Σ_{p∈r,c(p)=c} x ≤ 切块[f,r,c]，没有切块的类别为 0",
    unit="万元",
    block=block,
    measure=measure,
    example="安居工程补助在甲县切块：老旧小区 600、棚户区 400 万元。老旧小区安排 700 万元，超出 100.00 万元，即使棚户区还剩 300 万元。",
)
