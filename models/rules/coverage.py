"""coverage: revenue (with promised top-ups) covers principal and interest κ times, where bonds are taken."""

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

from models import facts
from models.allocation import Allocation
from models.case import Case, Project
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in

TIMES = Fraction(12, 10)
TENORS = (1, 2, 3, 5, 7, 10, 15, 20, 30)
"""Tenors in years that may be issued. Source: 财库〔2020〕36号等（待核实）."""


def _times(case: Case, project: Project) -> list[tuple[int, Fraction]]:
    """How many times the project must be covered, by policy: the narrowest rows of 规则, else the default."""
    on, switch = built_in(case, "coverage")
    if not on:
        return []
    rows = [(i, p) for i, p in case.policies_of("coverage") if p.parameter == "倍数"]
    mine = [(i, p) for i, p in rows if facts.project_fits(case, p.scope, project)]
    narrowest = max((p.scope.narrowness for _, p in mine), default=0)
    return [(i, Fraction(p.value or 0)) for i, p in mine if p.scope.narrowness == narrowest] or [(switch, TIMES)]


def block(case: Case, space: Space) -> Block:
    """Rev + Σ h ≥ κ·(old + loan + Σ b·(1 + i·T)) wherever b > 0; Σ h ≤ the region's limit by year."""
    rows = Rows("coverage", "万元")
    for i, project in enumerate(case.projects):
        money = space.money(i, space.covered)
        for policy, times in _times(case, project) if money.size else ():
            _add(rows, space, i, project, times, policy)
    _topup_rows(rows, case, space)
    return rows.close()


def _add(rows: Rows, space: Space, i: int, project: Project, times: Fraction, policy: int) -> None:
    finance = project.finance
    each = times * finance.debt_service_per_yuan
    room = finance.revenue - times * (finance.old_service + finance.loan_service)
    scale = lcm(each.denominator, room.denominator)
    support = space.support.get((i, space.covered))
    gate = space.ways_of[i] if support is None else [support]
    topups = space.topups_of.get(i, [])
    terms = [(space.money(i, space.covered), int(each * scale)), (gate, -int(room * scale)), (topups, -scale)]
    rows.add((project.id,), terms, upper=0, scale=scale, policy=policy)


def _topup_rows(rows: Rows, case: Case, space: Space) -> None:
    on, policy = built_in(case, "coverage")
    parts: dict[tuple[int, int], list[tuple[int, Fraction]]] = {}
    for (i, when), col in space.topup.items() if on else ():
        for place, part in space.parts_of(i).items():
            parts.setdefault((place, when), []).append((col, part))
    for region in case.regions if on else ():
        for year, limit in region.debt.topup_limits:
            terms = parts.get((space.region_index[region.name], year), [])
            scale = lcm(1, *(part.denominator for _, part in terms))
            key = (region.name, "分年补助", str(case.year_label(year)))
            entries = [([col], int(part * scale)) for col, part in terms]
            rows.add(key, entries, upper=limit * scale, scale=scale, policy=policy)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Revenue and top-ups against κ times the debt service, for projects with covered money."""
    covered = {f.name for f in case.funds if f.covered}
    for project in case.projects:
        bonds = sum(p.amount for p in allocation.payments_of.get(project.id, ()) if p.fund in covered)
        if not bonds:
            continue
        finance = project.finance
        topup = sum(t.amount for t in allocation.topups if t.project == project.id)
        for policy, times in _times(case, project):
            owed = finance.old_service + finance.loan_service + bonds * finance.debt_service_per_yuan
            yield Measure("coverage", (project.id,), ">=", finance.revenue + topup, times * owed, "万元", policy)
    yield from _topups(case, allocation)


def _topups(case: Case, allocation: Allocation) -> Iterator[Measure]:
    on, policy = built_in(case, "coverage")
    given: dict[tuple[str, int], int] = {}
    for t in allocation.topups:
        given[t.project, t.year] = given.get((t.project, t.year), 0) + t.amount
        if t.amount < 0 or t.project not in case.project_by_id:
            yield Measure("coverage", (t.project, "分年补助不存在或为负"), "<=", 1, 0, "个")
    for (name, when), amount in given.items():
        project = case.project_by_id.get(name)
        offered = dict(project.finance.topups).get(when, 0) if project is not None else 0
        yield Measure("coverage", (name, "分年补助", str(case.year_label(when))), "<=", amount, offered)
    for region in case.regions if on else ():
        for year, limit in region.debt.topup_limits:
            total = Fraction(0)
            for (name, when), amount in given.items():
                if when == year and name in case.project_by_id:
                    total += facts.share_in(case, case.project_by_id[name], region.name) * amount
            key = (region.name, "分年补助", str(case.year_label(year)))
            yield Measure("coverage", key, "<=", total, limit, "万元", policy)


RULE = Rule(
    id="coverage",
    title="收益覆盖",
    title_en="Revenue covers debt service",
    source="财预〔2017〕89号、财预〔2020〕94号：项目收益与融资自求平衡（待核实）；倍数为评审惯例，待核实；国办发〔2024〕52号：可分年安排财政补助偿还",
    formula="b[p] > 0 ⇒ 净收益[p] + Σ_t h[p,t] ≥ κ·(存量债券本息 + 贷款本息 + b[p]·(1 + i·T))，b = Σ_{f 须收益覆盖} x",
    unit="万元",
    block=block,
    measure=measure,
    example="净收益 1,500 万元，专项债 1,000 万元、10 年、年利率 3 %：本息 1,000 × (1 + 3 % × 10) = 1,300，1.2 倍为 1,560.00，差 60.00 万元，由分年补助补足 60.00 才满足。",
    quote="庆政办发〔2022〕71号七（四）：收益综合平衡、债务总量控制和风险有效管控的投融资机制",
)
