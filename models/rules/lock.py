"""lock: 必选, 禁选, amounts set by hand (固定安排) and amounts already arranged (已安排)."""

from collections.abc import Iterator

from models.allocation import Allocation
from models.case import Case, Pin, Project
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in


def block(case: Case, space: Space) -> Block:
    """y = 1 or 0 by status; money of a pin equal to, above or below its amount."""
    rows = Rows("lock", "万元")
    on, policy = built_in(case, "lock")
    for i, project in enumerate(case.projects if on else ()):
        ways = (space.ways_of[i], 1)
        if project.status == "必选" or _forced(project):
            rows.add((project.id, "必选"), [ways], lower=1, policy=policy, unit="个")
        if project.status == "禁选":
            rows.add((project.id, "禁选"), [ways], upper=0, policy=policy, unit="个")
        for word, pins in (("已安排", project.committed), ("固定安排", project.pins)):
            for pin in pins:
                money = space.money(i, (space.fund_index[pin.fund],), pin.year)
                lower = None if pin.sense == "<=" else pin.amount
                upper = None if pin.sense == ">=" else pin.amount
                rows.add(_key(case, project, word, pin), [(money, 1)], lower=lower, upper=upper, policy=policy)
    return rows.close()


def _forced(project: Project) -> bool:
    return any(pin.amount and pin.sense != "<=" for pin in (*project.committed, *project.pins))


def _key(case: Case, project: Project, word: str, pin: Pin) -> tuple[str, ...]:
    year = "" if pin.year is None else str(case.year_label(pin.year))
    return (project.id, word, pin.fund, year, pin.sense)


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Chosen or not against status; paid against pinned."""
    on, policy = built_in(case, "lock")
    for project in case.projects if on else ():
        chosen = int(project.id in allocation.choice_of)
        set_money = [pin for pin in (*project.committed, *project.pins) if pin.sense != "<=" and pin.amount > 0]
        if project.status == "必选" or set_money:
            yield Measure("lock", (project.id, "必选"), ">=", chosen, 1, "个", policy)
        if project.status == "禁选":
            yield Measure("lock", (project.id, "禁选"), "<=", chosen, 0, "个", policy)
        payments = allocation.payments_of.get(project.id, ())
        for word, pins in (("已安排", project.committed), ("固定安排", project.pins)):
            for pin in pins:
                paid = sum(p.amount for p in payments if p.fund == pin.fund and pin.year in (None, p.year))
                yield Measure("lock", _key(case, project, word, pin), pin.sense, paid, pin.amount, "万元", policy)


RULE = Rule(
    id="lock",
    title="必选、禁选与固定安排",
    title_en="Locks, bans, fixed and committed amounts",
    source="假设：会议确定的取舍与已下达的资金不得改动",
    formula="必选 Σ_m y = 1；禁选 Σ_m y = 0；Σ_r x[p,f,t] =、≥、≤ 固定额；≥ 已安排额",
    unit="个",
    block=block,
    measure=measure,
    example="P7 设为必选：y = 1；P9 固定安排 专项债 “>=800”：专项债至少 800.00 万元，付 799.99 不满足。",
)
