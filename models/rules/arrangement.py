"""arrangement: 全额 pays every need, 部分 between the least fill and the need, 按申报 exactly the ask."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from models import facts
from models.allocation import Allocation, Choice
from models.case import Case, Project
from models.program import DEFINITION, Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def block(case: Case, space: Space) -> Block:
    """Money of each project tied to its chosen way."""
    rows = Rows("arrangement", "万元")
    for i, project in enumerate(case.projects):
        if project.arrangement == "按申报":
            _asked_rows(rows, case, space, i, project)
        else:
            _need_rows(rows, case, space, i, project)
        if project.arrangement == "部分":
            _fill_rows(rows, space, i, project)
            _payer_rows(rows, space, i, project)
    return rows.close()


def _asked_rows(rows: Rows, case: Case, space: Space, i: int, project: Project) -> None:
    ways = space.ways_of[i]
    for f in sorted({f for w in ways for f in space.ways[w].asks}):
        asks = np.array([space.ways[w].asks.get(f, np.zeros(case.years, np.int64)) for w in ways])
        for t in np.flatnonzero(asks.any(axis=0)):
            units = space.money(i, (f,), int(t)), 1
            key = (project.id, case.funds[f].name, str(case.year_label(int(t))))
            rows.add(key, [units, (ways, -asks[:, t])], lower=0, upper=0)


def _need_rows(rows: Rows, case: Case, space: Space, i: int, project: Project) -> None:
    ways = space.ways_of[i]
    by_year = zip(*(space.ways[w].need.tolist() for w in ways.tolist()), strict=True)
    lower = 0 if project.arrangement == "全额" else None
    for t, needs in enumerate(by_year):
        if any(needs):
            key = (project.id, str(case.year_label(t)))
            rows.add(key, [(space.money(i, year=t), 1), (ways, [-n for n in needs])], lower=lower, upper=0)


def _fill_rows(rows: Rows, space: Space, i: int, project: Project) -> None:
    """w[m] is the money paid in way m: 0 elsewhere, between least fill and need where chosen."""
    parts = [(w, space.part[w]) for w in space.ways_of[i].tolist() if w in space.part]
    units = space.money(i), 1
    rows.add((project.id, "按做法"), [units, ([col for _, col in parts], -1)], lower=0, upper=0, policy=DEFINITION)
    least = project.least_fill
    for w, col in parts:
        total = space.ways[w].total_need
        rows.add((project.id, "按做法"), [([col], 1), ([w], -total)], upper=0, policy=DEFINITION)
        terms = [([col], least.denominator), ([w], -least.numerator * total)]
        rows.add((project.id, "最低满足率"), terms, lower=0, scale=least.denominator)


def _payer_rows(rows: Rows, space: Space, i: int, project: Project) -> None:
    """Special bonds only where 自筹承诺 covers the gap."""
    if i not in space.payer:
        return
    gate = space.payer[i]
    most = max(space.ways[w].total_need for w in space.ways_of[i])
    rows.add((project.id, "缺口付款人"), [(space.money(i, space.bonds), 1), ([gate], -most)], upper=0)
    needs = [space.ways[w].total_need for w in space.ways_of[i]]
    gap = [(space.ways_of[i], needs), (space.money(i), -1), ([gate], most)]
    rows.add((project.id, "缺口付款人"), gap, upper=project.own_promise + most, policy=DEFINITION)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Money of every project against need or ask, year by year; nothing for the unchosen."""
    for project in case.projects:
        choice = allocation.choice_of.get(project.id)
        if choice is None:
            if money := facts.paid(allocation, project.id):
                yield Measure("arrangement", (project.id, "未安排却有资金"), "<=", money, 0)
        elif project.arrangement == "按申报":
            yield from _asked(case, allocation, project, choice)
        else:
            yield from _needed(case, allocation, project, choice)
    yield from _strangers(case, allocation)


def _strangers(case: Case, allocation: Allocation) -> Iterator[Measure]:
    for p in allocation.payments:
        project = case.project_by_id.get(p.project)
        known = project is not None and p.fund in case.fund_by_name and p.region in project.regions
        if not known or not 0 <= p.year < case.years or p.amount < 0 or not 0 <= p.capital <= p.amount:
            yield Measure("arrangement", (p.project, p.fund, "资金、年度、付款地区或金额不存在"), "<=", 1, 0, "个")


def _asked(case: Case, allocation: Allocation, project: Project, choice: Choice) -> Iterator[Measure]:
    money: dict[tuple[str, int], int] = {}
    for p in allocation.payments_of.get(project.id, ()):
        money[p.fund, p.year] = money.get((p.fund, p.year), 0) + p.amount
    scheme = facts.scheme_of(case, choice)
    asks: dict[tuple[str, int], int] = {}
    for fund, amounts in scheme.asks if scheme else ():
        for offset, amount in enumerate(amounts):
            if amount and choice.start + offset < case.years:
                asks[fund, choice.start + offset] = amount
    for fund, year in sorted(asks.keys() | money.keys()):
        key = (project.id, fund, str(case.year_label(year)))
        yield Measure("arrangement", key, "=", money.get((fund, year), 0), asks.get((fund, year), 0))


def _needed(case: Case, allocation: Allocation, project: Project, choice: Choice) -> Iterator[Measure]:
    paid = [0] * case.years
    for p in allocation.payments_of.get(project.id, ()):
        if 0 <= p.year < case.years:
            paid[p.year] += p.amount
    sense = "=" if project.arrangement == "全额" else "<="
    for year in range(case.years):
        need = facts.need_in(case, choice, year)
        if need or paid[year]:
            yield Measure("arrangement", (project.id, str(case.year_label(year))), sense, paid[year], need)  # type: ignore[arg-type]
    if project.arrangement == "部分":
        yield from _partly(case, allocation, project, choice, sum(paid))


def _partly(case: Case, allocation: Allocation, project: Project, choice: Choice, paid: int) -> Iterator[Measure]:
    total = facts.need_total(case, choice)
    if total:
        yield Measure("arrangement", (project.id, "最低满足率"), ">=", paid, project.least_fill * Fraction(total))
    payments = allocation.payments_of.get(project.id, ())
    bonds = sum(p.amount for p in payments if _is_bond(case, p.fund))
    if total - paid > project.own_promise:
        yield Measure("arrangement", (project.id, "缺口付款人"), "<=", bonds, 0)


def _is_bond(case: Case, fund: str) -> bool:
    return fund in case.fund_by_name and case.fund_by_name[fund].kind == "专项债券"


RULE = Rule(
    id="arrangement",
    title="安排方式",
    title_en="Full, partial or as asked",
    source="政府投资条例（国令第712号）：资金来源须落实（待核实）",
    formula="全额 Σ_f x[p,f,t] = need[p,m,t]；部分 ≤ 且 Σx ≥ 最低满足率·Σneed；按申报 x = ask",
    unit="万元",
    block=block,
    measure=measure,
    example="总投资 1,000 万元、已到位 200 万元，2026、2027 年需求各 400 万元。全额：两年各付 400.00。部分、最低满足率 60 %：两年合计 480.00–800.00。按申报：申报专项债 500 万元就付 500.00，或不安排。",
    always=True,
)
