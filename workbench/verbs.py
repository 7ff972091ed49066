"""Open a case, plan it, export the plan: what the command line and the page both do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from pathlib import Path
from typing import Any

from inputs.case.read import Reading, read_case
from models.allocation import Allocation
from models.calculator import Calculation, settings_of
from models.calculators import CALCULATOR_BY_ID
from models.case import Case
from models.rules import RULE_BY_ID
from models.units import key_words, show_wan
from models.verify import verify
from optimizer.baseline import ScoredList, gain_over, scored_list
from optimizer.change.swift import swift_answer
from optimizer.course import Watch
from optimizer.explain import Reasons
from optimizer.options import Options, apply_options
from optimizer.solution import Culprit, Solution
from optimizer.solve import solve
from reports.account import Account, make_account
from reports.comparison import compare_words
from reports.record import issue_record, solution_record
from reports.table import Plan, ResultTable
from reports.workbook import write_result

INSTEAD, AND = "或者保留上面的，另改：", "，同时 "
"""What another way out begins with, and what stands between its parts."""
SENSES = {"=": "", ">=": "至少", "<=": "至多"}
KEPT_IN = {"fund_share": "资金适用"}
"""The sheet that a demand is set in where the page has no cell for it."""
MOST_TOLD = 12
"""Clashing demands that are told one by one."""


@dataclass(frozen=True)
class Outcome:
    """A solved case: the case as solved, the options, the solution; and the reading it came from."""

    reading: Reading
    case: Case
    options: Options
    solution: Solution

    @cached_property
    def plan(self) -> Plan:
        """The plan for reports, with reasons; only for outcomes with a plan."""
        solution = self.solution
        assert solution.plan is not None and solution.verdict is not None
        reasons = solution.reasons or Reasons(self.case, solution.plan)
        return Plan(self.case, solution.plan, solution.verdict, reasons)

    @cached_property
    def _tables(self) -> dict[Any, ResultTable]:
        return {}

    def table(self, maker: Callable[[Plan], ResultTable]) -> ResultTable:
        """A table of the plan, made once."""
        if maker not in self._tables:
            self._tables[maker] = maker(self.plan)
        return self._tables[maker]

    @cached_property
    def ranked(self) -> ScoredList:
        """The scored list of the same case, for comparison."""
        return scored_list(self.case)

    @property
    def gain(self) -> Fraction | None:
        """The plan's benefit over that of the scored list, as a share; None where there is nothing to compare."""
        return gain_over(self.solution.value, self.ranked)

    @property
    def of_size(self) -> str:
        """What the benefit counts where projects have none of their own; empty where all have one."""
        return next((i.message for i in self.reading.issues if i.code in ("benefit_none", "benefit_mixed")), "")

    def account(self, saved: tuple[tuple[str, str], ...] = ()) -> Account:
        """The rows of 求解说明; ``saved``: under which name the plan was saved, and whether it is approved."""
        basis = (("效益口径", self.of_size),) if self.of_size else ()
        extra = (*saved, *basis, ("与打分排队相比", compare_words(self.gain, self.ranked, self.solution.bound)))
        reading = self.reading
        return make_account(self.case, self.solution, self.options, reading.file_sha256, reading.case_sha256, extra)

    def record(self) -> dict[str, Any]:
        """The plan as plain data."""
        reading = self.reading
        told = self.solution if self.solution.plan is None else replace(self.solution, reasons=tuple(self.plan.reasons))
        return solution_record(self.case, told, self.options, reading.file_sha256, reading.case_sha256)

    def write(self, path: Path, saved: tuple[tuple[str, str], ...] = ()) -> None:
        """Write the result workbook."""
        write_result(path, self.plan, self.account(saved))


def case_options(case: Case, given: Options, time_limit: float | None, gap: float | None, seed: int | None) -> Options:
    """Options with what was not given taken from 设置."""
    return replace(
        given,
        time_limit=float(case.time_limit) if time_limit is None else time_limit,
        gap=float(case.stop_gap) if gap is None else gap,
        seed=case.seed if seed is None else seed,
    )


def swift_plan(reading: Reading, options: Options, last: Allocation) -> Outcome | None:
    """A checked plan near the last one within about two seconds; None where only the full solve can tell."""
    assert reading.case is not None
    solution = swift_answer(reading.case, last)
    if solution is None or solution.plan is None:
        return None
    return _outcome(reading, reading.case, options, solution)


def early_plan(reading: Reading, options: Options, solution: Solution) -> Outcome:
    """A plan that was checked while the solve goes on, as an outcome; it has passed the exact checker once more."""
    assert reading.case is not None and solution.plan is not None
    options = replace(options, policies=reading.policies if options.sets else None)
    return _outcome(reading, apply_options(reading.case, options), options, solution)


def _outcome(reading: Reading, case: Case, options: Options, solution: Solution) -> Outcome:
    """What is shown; no plan is that fails the exact check."""
    if solution.plan is not None and not verify(case, solution.plan).passed:
        raise AssertionError("a plan that fails the exact check was about to be shown")
    return Outcome(reading, case, options, solution)


def plan_case(
    reading: Reading,
    options: Options,
    watch: Watch | None = None,
    read_seconds: float = 0.0,
    last: Allocation | None = None,
    start: Allocation | None = None,
) -> Outcome:
    """Solve a case that was read without errors; the plan has passed the exact checker once more.

    ``last`` is the plan before, ``start`` one found near it to start from.
    """
    assert reading.case is not None
    options = replace(options, policies=reading.policies if options.sets else None)
    solution = solve(reading.case, options, watch, last, start)
    case = apply_options(reading.case, options)
    begun = time.monotonic()
    outcome = _outcome(reading, case, options, solution)
    solution.seconds["verify"] = time.monotonic() - begun
    solution.seconds["read"] = read_seconds
    return outcome


def open_and_plan(
    path: Path,
    options: Options,
    time_limit: float | None = None,
    gap: float | None = None,
    seed: int | None = None,
    watch: Watch | None = None,
) -> tuple[Reading, Outcome | None]:
    """Read a workbook and solve it; the outcome is None when a cell is wrong."""
    begun = time.monotonic()
    reading = read_case(path, options.sets, options.locks, options.bans)
    if reading.case is None:
        return reading, None
    options = case_options(reading.case, options, time_limit, gap, seed)
    return reading, plan_case(reading, options, watch, time.monotonic() - begun)


def work_out_quota(case: Case, calculator: str, total: int, given: Mapping[str, str]) -> Calculation:
    """Split a total (0.01 万元) over the regions by a published factor method; problems are told, not raised."""
    method = CALCULATOR_BY_ID[calculator]
    settings, problems = settings_of(method, given)
    found = method.compute(case, total, settings)
    return replace(found, problems=(*problems, *found.problems)) if problems else found


def invalid_record(reading: Reading) -> dict[str, Any]:
    """Plain data for a case that could not be read."""
    return {"status": "invalid", "status_text": "输入有误", "issues": [issue_record(i) for i in reading.issues]}


MORE_MAY_FOLLOW = "以上是现在能确定的冲突；这样改了如果还不够，再求解时接着指出"


def clash_words(solution: Solution) -> list[str]:
    """The demands that clash, one sentence each, those on many projects together; each other way out in one."""
    first = _clash_sentences([c for c in solution.culprits if not c.instead])
    words = first[:MOST_TOLD] + ([f"另有 {len(first) - MOST_TOLD} 项"] if len(first) > MOST_TOLD else [])
    for number in sorted({c.instead for c in solution.culprits} - {0}):
        words.append(INSTEAD + AND.join(_clash_sentences([c for c in solution.culprits if c.instead == number])))
    return [*words, MORE_MAY_FOLLOW] if words and solution.partial else words


def _clash_sentences(culprits: Iterable[Culprit]) -> list[str]:
    """A sentence for each; demands to choose projects, alike but for the project, are one."""
    alike: dict[tuple[object, ...], list[Culprit]] = {}
    for number, c in enumerate(culprits):
        status = c.rule == "lock" and c.unit == "个" and len(c.key) == 2
        alike.setdefault(("", c.key[1]) if status else (number,), []).append(c)
    words = (_clash_sentence(each[0]) if len(each) == 1 else _group_sentence(each) for each in alike.values())
    return list(dict.fromkeys(words))


def _percent(share: Fraction, up: bool = True) -> str:
    """A share in percent with two decimals, rounded up or down."""
    return f"{float(Fraction((ceil if up else floor)(share * 10_000), 100)):g}"


def _group_sentence(culprits: Sequence[Culprit]) -> str:
    title, status, projects = RULE_BY_ID["lock"].title, culprits[0].key[1], "、".join(c.key[0] for c in culprits)
    return f"{title}（{status}）：这 {len(culprits)} 个项目都要取消{status}：{projects}"


def _clash_sentence(c: Culprit) -> str:
    words = _limit_sentence(c)
    if c.setting is None:
        return words
    name, now, needed = c.setting
    return f"{words}，即{name}由 {_percent(now)} % 改为 {_percent(needed, needed > now)} %"


def _limit_sentence(c: Culprit) -> str:
    key = key_words(tuple(SENSES.get(k, k) for k in c.key))
    where = RULE_BY_ID[c.rule].title + (f"（{key}）" if key else "")
    if c.rule == "lock" and c.unit == "个":
        return f"{where}：要取消"
    if c.rule == "exclusive":
        return f"{where}：这一组要放宽 {_figure(c.amount, c.unit)}，改项目的互斥组，或停用这条规则"
    if c.limit is None:
        kept = f"（占比写在案例的“{KEPT_IN[c.rule]}”表里）" if c.rule in KEPT_IN else ""
        figure = _figure(c.amount, c.unit)
        return (
            f"{where}：至少要让出 {figure}{kept}"
            if c.least
            else f"{where}：让出 {figure} 就有方案，少一些也许也够{kept}"
        )
    rises = c.sense == "<="
    target = c.limit + c.amount if rises else c.limit - c.amount
    if not c.least:
        verb = "提高到" if rises else "降低到"
        return f"{where}：现为 {_figure(c.limit, c.unit, not rises)}，{verb} {_figure(target, c.unit, rises)} 就有方案，少改一些也许也够"
    return (
        f"{where}：现为 {_figure(c.limit, c.unit, not rises)}，至少要{'提高' if rises else '降低'} {_figure(c.amount, c.unit)}，"
        f"到 {_figure(target, c.unit, rises)}"
    )


def _figure(value: Fraction, unit: str, up: bool = True) -> str:
    """A figure with its unit; money of parts of 0.01 万元 rounded up or down."""
    if unit != "万元":
        return f"{float(value):.6g} {unit}"
    return f"{show_wan((ceil if up else floor)(value * 100))} 万元"
