"""The figures on top of a plan, its proof in a sentence, and saving it."""

from __future__ import annotations

from fractions import Fraction

import streamlit as st

from optimizer.baseline import out_of_reach
from optimizer.solution import MOST_TIMES, percent_up
from reports.table import Plan
from reports.tables import outputs
from ui.desk import desk
from ui.tables import amount, unit_words
from ui.words import ENGLISH, language, plain, t, told
from workbench.verbs import Outcome
from workbench.workspace import NAME_LENGTH, Workspace

FAR = Fraction(1, 5)
"""A gap from which a plan is said to be of no use yet."""


def key_figures(work: Workspace, plan: Plan) -> None:
    """Key figures, each with its change against the plan before."""
    before = work.before.outcome.plan if work.before else None

    def spent(p: Plan) -> int:
        return sum(x.amount for x in p.allocation.payments)

    cells: list[tuple[str, str, str | None, str]] = []
    money = None if before is None else spent(plan) - spent(before)
    cells.append((t("安排总额（{unit}）", unit=unit_words()), amount(spent(plan)), _delta(money, amount(money or 0, True, spent(plan))), "off"))  # fmt: skip
    chosen = None if before is None else len(plan.allocation.choices) - len(before.allocation.choices)
    cells.append((t("安排项目（个）"), f"{len(plan.allocation.choices):,} / {len(plan.case.projects):,}", _delta(chosen, f"{chosen or 0:+,d}"), "normal"))  # fmt: skip
    old = outputs(before) if before is not None else {}
    for name, value in list(outputs(plan).items())[:4]:
        label, _, unit = name.partition("(")
        change = None if before is None else int(value) - int(old.get(name, Fraction(0)))
        cells.append((t("{name}（{unit}）", name=t(label), unit=t(unit.rstrip(")") or "项")), f"{int(value):,}", _delta(change, f"{change or 0:+,d}"), "normal"))  # fmt: skip
    for place, (label, text, delta, colour) in zip(st.columns(len(cells)), cells, strict=True):
        same = delta == t("持平")
        place.metric(
            label, text, delta, delta_color="off" if same else colour, border=True,  # type: ignore[arg-type]
            delta_arrow="off" if same else "auto", delta_description=t("较上次") if delta else None,
        )  # fmt: skip


def _delta(change: int | None, words: str) -> str | None:
    """A change for a figure; None without a plan before."""
    if change is None:
        return None
    return words if change else t("持平")


def proof(outcome: Outcome) -> None:
    """What the plan is worth, in a sentence; figures of the proof below."""
    solution = outcome.solution
    if solution.status == "optimal":
        before = "" if outcome.case.aim == "加权" else t("守住前面各步时，")
        st.markdown(f"**{t('已证明最优：在所列规则下，{before}没有任何方案的加权效益高于本方案。', before=before)}**")
    elif solution.gap is not None:
        gap = f"{percent_up(solution.gap)} %"
        more = (
            ""
            if solution.gap > MOST_TIMES
            else t("：最多还能提高 {gap}。", gap=gap)
            if len(solution.tiers) < 2
            else t("（各步差距里最大的一个；守住前面各步，加权效益最多还能提高 {gap}）。", gap=gap)
        )
        st.markdown(f"**{told(solution.sentence)}{more}**")
    else:
        st.markdown(f"**{told(solution.sentence)}**")
        if solution.remark:
            st.caption(told(solution.remark))
    widest = solution.widest_gap
    if solution.status == "feasible" and widest is not None and widest > FAR:
        words = t("离上界还很远，这个方案还不能用来上会：请延长时限再求解。")
        st.warning(words, icon=":material/hourglass_top:")
    if outcome.of_size:
        st.warning(told(outcome.of_size), icon=":material/info:")
    rows = dict(outcome.account().rows)
    parts = [f"{t('目标值')} {_cents(solution.value)}", f"{t('上界')} {_cents(solution.shown_bound)}", told(rows["第二求解器结论"]), t("独立复核通过"), _against_list(outcome)]  # fmt: skip
    st.caption(" · ".join(part for part in parts if part))


def _cents(figure: Fraction | None) -> str:
    """A figure with two decimals; all of its digits stand in the certificate."""
    return "—" if figure is None else f"{float(figure):,.2f}"


def _against_list(outcome: Outcome) -> str:
    """How the plan stands against the scored list."""
    ranked, gain = outcome.ranked, outcome.gain
    if gain is None:
        return ""
    words = t(
        "打分排队、钱尽为止（只看资金额度、占比、禁选、互斥和配套，其余规则不顾）：{n} 个项目，效益 {v}",
        n=f"{len(ranked.paid):,}",
        v=f"{float(ranked.benefit):,.2f}",
    )
    percent = f"{abs(float(gain * 100)):.1f}"
    if gain >= 0:
        return words + t("；本方案高 {p} %", p=percent)
    if out_of_reach(ranked, outcome.solution.bound):
        return words + t("；本方案为满足规则低 {p} %", p=percent)
    return words + t("；本方案低 {p} %，还没有求完", p=percent)


def steps(outcome: Outcome) -> None:
    """The steps before the main aim, and what each gave up."""
    rows = [(name, value) for name, value in outcome.account().rows if name.startswith(("第 ", "放弃", "与纯效益"))]
    with st.expander(t("各步的结果和放弃的效益"), expanded=outcome.case.aim != "加权"):
        for name, value in rows:
            st.markdown(f"- {told(name)}{t('：')}{plain(told(value))}")


def save_form(work: Workspace) -> None:
    """Save the plan under a name."""
    names = "一二三四五六七八九十"
    count = len(work.scenarios())
    with st.popover(
        t("保存为方案"), icon=":material/bookmark_add:", key=f"save_{count}"
    ):  # closes with each that is saved
        default = f"{t('方案')}{names[count] if count < 10 and language() != ENGLISH else f' {count + 1}'}"
        with st.form("save_form", border=False):
            name = st.text_input(t("名称"), default, max_chars=NAME_LENGTH, key=f"save_name_{count}")
            note = st.text_area(t("说明"), "", max_chars=400, height=80, key=f"save_note_{count}")
            wanted = st.form_submit_button(t("保存"), type="primary")
            if wanted and not name.strip():
                st.error(t("没有保存：先写上名称。"), icon=":material/error:")
            elif wanted:
                key = work.save(name.strip(), note.strip())
                saved = next(row.name for row in work.scenarios() if row.id == key)
                desk().say("success", t("已保存为“{name}”，在“方案对比”里。", name=saved))
                if work.stale:
                    desk().say("warning", t("保存的是改动之前的方案和设置；还没有求解的改动不在内。"))
                st.rerun()
