"""What became of the plan before: which settings were changed, what that costs, who came in, went out, got more or less."""

from __future__ import annotations

import streamlit as st

from inputs.case.changes import CaseSheets, Target
from reports.charts.money import gain_chart
from reports.scenarios import Compared, price_words, project_differences, region_gains
from ui.editing import row_words, value_words
from ui.shared import grid, look
from ui.words import t, told
from workbench.workspace import Shown, Workspace

MOST = 12


def since_last(work: Workspace, before: Shown, now: Shown) -> None:
    """The tab 较上次: causes first, then consequences, by project and by region."""
    plans = [
        Compared(t(name), each.outcome.plan, each.outcome.solution) for name, each in (("上次", before), ("本次", now))
    ]
    sheets = CaseSheets(work.grids)
    changed = [x for x in {**before.changes, **now.changes} if before.changes.get(x) != now.changes.get(x)]
    left, right = st.columns([7, 5], gap="medium")
    with left:
        st.markdown(f"**{t('改了什么（{n}）', n=len(changed))}**")
        st.markdown("\n".join(_line(work, sheets, x, before, now) for x in changed[:MOST]))
        if len(changed) > MOST:
            st.caption(t("另有 {n} 项改动", n=len(changed) - MOST))
        if not changed:
            st.caption(t("设置没有变，是同一设置下的再次求解。"))
        st.markdown(f"**{t('结果')}**　{told(price_words(*plans))}")
        st.markdown(_counts(before, now))
    with right:
        gains = region_gains(plans[0].plan, plans[1].plan)
        if any(gains.values()):
            title = t("各地区增减：{b} 对 {a}", b=plans[1].name, a=plans[0].name)
            st.altair_chart(gain_chart(gains, title, look()), theme=None, width="stretch", alt=title)
    table = project_differences(plans)
    if table.rows:
        grid(table, key="since", height=440 if len(table.rows) > 12 else None)
    else:
        st.caption(t("没有项目进出，各项目的安排额也没有变。"))


def _line(work: Workspace, sheets: CaseSheets, target: Target, before: Shown, now: Shown) -> str:
    """One setting: from → to."""
    old, new = (value_words(target, s.changes.get(target, sheets.text(target))) for s in (before, now))
    return f"- {row_words(work, target)}：:gray[{old}] → **{new}**"


def _counts(before: Shown, now: Shown) -> str:
    """How many projects came in, went out, have more, have less."""
    old, new = before.outcome.plan.allocation, now.outcome.plan.allocation
    sums = [
        {key: sum(p.amount for p in each.payments_of.get(key, ())) for key in each.choice_of} for each in (old, new)
    ]
    both = [sums[1][key] - sums[0][key] for key in sums[1] if key in sums[0]]
    return t(
        "新进 {a} 个，退出 {b} 个，增加 {c} 个，减少 {d} 个。",
        a=sum(key not in sums[0] for key in sums[1]), b=sum(key not in sums[1] for key in sums[0]),
        c=sum(x > 0 for x in both), d=sum(x < 0 for x in both),
    )  # fmt: skip
