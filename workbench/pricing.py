"""What one more change would cost: a quick solve from the plan in sight, shown and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inputs.case.changes import Target
from models.build import build
from models.issue import CaseError, Issue
from optimizer.conflict.clash import culprits_of
from optimizer.conflict.sight import seen_at_once
from optimizer.options import Options
from optimizer.solution import Solution, percent_up
from reports.scenarios import Compared, price_words
from reports.table import Plan
from workbench.verbs import case_options, clash_words, plan_case, swift_plan
from workbench.workspace import Workspace

PATIENCE, UNCLEAR = 10.0, 0.1


@dataclass(frozen=True, slots=True)
class Price:
    """The cost in a sentence, the plan behind it, and who leaves and joins."""

    words: str
    plan: Plan | None = None
    left: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


def cannot_be(work: Workspace, changes: Mapping[Target, str]) -> list[str]:
    """Why no plan can have these changes beside those wanted already, one sentence each; empty where none is seen at
    once, or where the case without them cannot be met either."""
    reading, now = work.reading_of({**work.changes, **changes}), work.case
    if reading.case is None:
        return [_wrong(i) for i in reading.errors] if now is not None else []
    try:
        model = build(reading.case)
        seen = seen_at_once(model)
        if not seen or now is None or seen_at_once(build(now)):
            return []
    except CaseError as error:
        return [_wrong(i) for i in error.issues]
    return clash_words(Solution("infeasible", culprits=culprits_of(model, seen), partial=True))


def _wrong(issue: Issue) -> str:
    return f"{issue.address} {issue.message}。{issue.remedy}"


def price_of(work: Workspace, changes: Mapping[Target, str]) -> Price:
    """Try changes on top of what the plan in sight was made with; nothing is kept."""
    assert work.shown is not None
    reading = work.reading_of({**work.shown.changes, **changes})
    if reading.case is None:
        return Price("；".join(_wrong(i) for i in reading.errors[:3]))
    last = work.shown.outcome.solution.plan
    assert last is not None
    options = case_options(reading.case, Options(second=""), PATIENCE, 0.005, None)
    try:
        outcome = swift_plan(reading, options, last)
        if outcome is None or outcome.solution.gap is None or outcome.solution.gap > UNCLEAR:
            start = outcome.solution.plan if outcome is not None else None
            outcome = plan_case(reading, options, last=last, start=start)
    except CaseError as error:
        return Price("；".join(_wrong(i) for i in error.issues))
    if outcome.solution.plan is None:
        if outcome.solution.status != "infeasible":
            return Price("试算没有在限时内找到方案。放宽金额或其他要求再试。")
        clash = "；".join(clash_words(outcome.solution))
        return Price(f"按这一改动没有可行方案。{f'冲突的要求：{clash}。' if clash else ''}放宽金额或其他要求再试。")
    gap = outcome.solution.gap
    if gap is None or gap > UNCLEAR:
        return Price(
            f"{PATIENCE:g} 秒内只有差距 {UNCLEAR:.0%} 以上的方案，代价说不准；可先加入改动，再用更长的时限求解。"
        )
    before, after = work.shown.outcome.plan, outcome.plan
    waiting = len(set(work.changes.items()) - set(work.shown.changes.items()))
    without = f"还没有求解的 {waiting} 项改动没有算在内。" if waiting else ""
    lost = before.verdict.value - after.verdict.value
    if 0 < lost <= gap * abs(after.verdict.value):  # who would go and come is not known either
        share = percent_up(lost / abs(before.verdict.value)) if before.verdict.value else "0"
        return Price(
            f"试算：代价小于误差，加权效益至多减少 {share} %；谁进谁出，加入改动、求解之后才知道。{without}", after
        )
    names = {p.id: p.name for p in (*before.case.projects, *after.case.projects)}
    old, new = set(before.allocation.choice_of), set(after.allocation.choice_of)
    words = price_words(
        Compared("", before, work.shown.outcome.solution), Compared("", after, outcome.solution)
    )  # fmt: skip
    return Price(
        f"试算：{words}。{without}", after, tuple(f"{k} {names[k]}" for k in sorted(old - new)), tuple(f"{k} {names[k]}" for k in sorted(new - old))
    )  # fmt: skip
