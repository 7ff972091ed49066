"""求解说明: status, bound, gap, solvers, options and hashes, each row with a check code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from models.aims import AIM_BY_ID
from models.case import Case
from optimizer.change.steady import AS_BEFORE
from optimizer.options import Options
from optimizer.solution import PROVEN_GAP, SecondOpinion, Solution, Tier, percent_up

VERSION = "0.4.0"
SHEET = "求解说明"
STEPS = {
    "read": "读取", "build": "建模", "solve": "求解", "settle": "取整", "second": "等第二求解器", "explain": "说明", "verify": "复核",
}  # fmt: skip
OPTION_ROWS = ("时限秒", "停止差距", "随机种子", "求解器", "第二求解器", "锁定项目", "排除项目", "改动规则")


ALWAYS = (
    "案例名称", "状态", "优化目标", "目标", "目标值", "目标值（约数）", "上界", "差距", "并列次序", "求解器与版本", "第二求解器结论", "第二求解器值与界", "独立复核",
    "重算说明", "用时（秒）", "与打分排队相比", *OPTION_ROWS, "程序版本", "输入文件校验码", "案例校验码", "方案校验码",
)  # fmt: skip
"""Rows that every account has."""
CHANGED = "与导入文件不同的设置"
"""A row that says what was set on the page, one setting a line."""


@dataclass(frozen=True, slots=True)
class Account:
    """Rows of 求解说明 in order: name and value as text."""

    rows: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str:
        """Value of a row, empty when it is not there."""
        return dict(self.rows).get(name, "")


def make_account(
    case: Case,
    solution: Solution,
    options: Options,
    file_sha256: str,
    case_sha256: str,
    extra: tuple[tuple[str, str], ...] = (),
) -> Account:
    """The account of a solve."""
    assert solution.plan is not None
    second = solution.second
    rows = [
        ("案例名称", case.name),
        ("状态", solution.sentence),
        ("优化目标", AIM_BY_ID[case.aim].title),
        ("目标", aim_words(case)),
        ("目标值", exact(solution.value)),
        ("目标值（约数）", about(solution.value)),
        ("上界", about(solution.shown_bound)),
        ("差距", _percent(solution.widest_gap)),
        *((("上界说明", solution.remark),) if solution.remark else ()),
        *((("主目标差距", _percent(solution.gap)),) if len(solution.tiers) > 1 else ()),
        *((f"第 {k} 步 {tier.title}", tier_words(tier)) for k, tier in enumerate(solution.tiers[:-1], start=1)),
        *given_up(solution),
        ("并列次序", solution.ties),
        ("求解器与版本", solution.solver),
        ("第二求解器结论", "" if second is None else second.sentence),
        (
            "第二求解器值与界",
            "" if second is None else _second_numbers(second),
        ),
        ("独立复核", "通过：全部规则由不含求解器的程序按整数重新核算"),
        ("重算说明", _again(solution)),
        ("用时（秒）", "；".join(f"{STEPS[k]} {solution.seconds[k]:.2f}" for k in STEPS if k in solution.seconds)),
        *extra,
        *option_rows(options),
        ("程序版本", VERSION),
        ("输入文件校验码", file_sha256),
        ("案例校验码", case_sha256),
        ("方案校验码", solution.plan.digest()),
    ]
    return Account(tuple(rows))


def _percent(gap: Fraction | None) -> str:
    return "" if gap is None else f"{percent_up(gap)} %"


def _second_numbers(second: SecondOpinion) -> str:
    """Value and bound of the second solver, as far as it has any."""
    if second.value is None and second.bound is None:
        return f"{second.solver}：没有给出方案和界"
    value = "没有方案" if second.value is None else f"值 {about(second.value)}"
    bound = "没有界" if second.bound is None else f"界 {about(second.bound)}"
    return f"{second.solver}：{value}，{bound}"


def _again(solution: Solution) -> str:
    """What a second solve of the same would give."""
    if solution.status != "optimal":
        return "限时结果，重算可能不同"
    if solution.ties.endswith(AS_BEFORE):
        return (
            "相同输入、选项和版本、从同一上次方案出发，效益和并列次序相同；资金尽量留在上次的地方是限时的，分法可能不同"
        )
    return "相同输入、选项和版本得到相同方案"


def aim_words(case: Case) -> str:
    """What the value shown is the value of."""
    if case.aim == "加权":
        return "加权效益最大（弹性规则的罚分已扣除）"
    return f"在守住前面各步（容差 {percent_up(case.tiers.tolerance)} %）的方案中，加权效益最大（弹性规则的罚分已扣除）"


def tier_words(tier: Tier) -> str:
    """Value, bound and status of one step."""
    status = {"optimal": "已证明最优"}.get(
        tier.status, f"可行，差距 ≤ {percent_up(tier.gap)} %" if tier.gap is not None else "可行"
    )
    kept = "" if tier.kept is None else f"；方案为 {about(tier.kept)}，在容差之内让给后面的目标"
    return f"{about(tier.value)} {tier.unit}（{status}，界 {about(tier.bound)}）{kept}"


def given_up(solution: Solution) -> list[tuple[str, str]]:
    """What each step of the aim gave up of the best pure benefit, one row each."""
    steps = [t for t in solution.tiers if t.of_aim]
    if not steps or solution.value is None:
        return []
    # what is in reach later was in reach before: without proof the best found so far counts
    reach = [solution.value]
    for tier in reversed(steps):
        reach.append(max(reach[-1], tier.best_benefit if tier.best_benefit is not None else reach[-1]))
    reach.reverse()
    rows = []
    for tier, before, left in zip(steps, reach[:-1], reach[1:], strict=True):
        proven = tier.best_bound is not None and tier.best_bound - before <= PROVEN_GAP * abs(before)
        limit = "" if tier.best_bound is None else f"，至多 {about(max(tier.best_bound, before))}"
        unproven = f"（未证明{limit}）"
        words = f"此前够得着的最大加权效益 {about(before)}{'' if proven else unproven}，守住这一步后 {about(left)}"
        rows.append((f"放弃的效益：{tier.title}", f"{words}，放弃 {about(before - left)}"))
    if reach[0]:
        lost, most = reach[0] - solution.value, steps[0].best_bound
        words = f"共放弃 {about(lost)}（{percent_up(lost / abs(reach[0]))} %）"
        if most is None:
            words = f"与已找到的最大加权效益相比{words}；纯效益最优没有证明，可能更多"
        elif most - reach[0] > PROVEN_GAP * abs(reach[0]):
            worst = max(Fraction(0), most - solution.value)
            share = f"（{percent_up(worst / abs(most))} %）" if most else ""
            words = f"与已找到的最大加权效益相比{words}；纯效益最优没有证明，至多放弃 {about(worst)}{share}"
        rows.append(("与纯效益最优相比", words))
    return rows


def option_rows(options: Options) -> list[tuple[str, str]]:
    """Every option given, as recorded and applied again by verify."""
    values = (
        f"{options.time_limit:g}", f"{options.gap:g}", str(options.seed), options.backend, options.second or "无",
        "、".join(options.locks), "、".join(options.bans), "\n".join(options.sets),
    )  # fmt: skip
    return list(zip(OPTION_ROWS, values, strict=True))


def exact(value: Fraction | None) -> str:
    """A fraction as text, exactly."""
    if value is None:
        return ""
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def about(value: Fraction | None) -> str:
    """A fraction for people."""
    if value is None:
        return "无"
    return f"{float(value):,.6f}".rstrip("0").rstrip(".")


def check_code(name: str, value: str, key: str) -> str:
    """Code of one row; a changed row, or one of another plan, no longer matches it."""
    return hashlib.sha256(f"{name}\x1f{value}\x1f{key}".encode()).hexdigest()[:12]


def key_of(value: Callable[[str], str]) -> str:
    """What the codes of all rows hang on: the case, the plan and its worth; ``value`` gives that of a row."""
    return "\x1f".join(map(value, ("案例校验码", "方案校验码", "目标值")))
