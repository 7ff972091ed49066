"""What became of the plan before: which settings were changed, what that costs, who came in, went out, got more or less."""

from __future__ import annotations

from zlib import crc32

import streamlit as st

from inputs.case.changes import CaseSheets, Target
from optimizer.change.steady import AS_BEFORE
from reports.charts.money import gain_chart
from reports.scenarios import Compared, fund_gains, moved_between, price_words, project_differences, region_gains
from reports.table import ResultTable
from ui.editing import row_words, value_words
from ui.tables import amount, grid, in_unit, look, unit_words
from ui.words import plain, t
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
        st.markdown(f"**{t('结果')}**　{in_unit(price_words(*plans))}")
        st.markdown(_counts(before, now))
        if moved := moved_between(plans[0].plan, plans[1].plan, lambda p: (p.fund, p.year)):
            near = now.outcome.solution.ties.endswith(AS_BEFORE)
            words = (
                "另有 {n} 个项目总额没有变、资金或年度换了；钱已尽量留在上次的地方。"
                if near
                else "另有 {n} 个项目总额没有变、资金或年度换了。"
            )
            st.markdown(t(words, n=moved))
        funds = {fund: x for fund, x in fund_gains(plans[0].plan, plans[1].plan).items() if x}
        if funds:
            words = t("；").join(f"{fund} {amount(x, sign=True)}" for fund, x in funds.items())
            st.markdown(t("按资金（{unit}）：{words}。", unit=unit_words(), words=plain(words)))
    with right:
        gains = region_gains(plans[0].plan, plans[1].plan)
        if any(gains.values()):
            title = t("各地区增减：{b} 对 {a}", b=plans[1].name, a=plans[0].name)
            st.altair_chart(gain_chart(gains, title, look()), theme=None, width="stretch", alt=title)
        if shared := moved_between(plans[0].plan, plans[1].plan, lambda p: p.region):
            words = t("{n} 个跨地区项目总额没有变，各地区出的钱变了，也记在上图里。", n=shared)
            st.caption(words)
    table = project_differences(plans)
    if table.rows:
        in_and_out(table, "since")
    else:
        st.caption(t("没有项目进出，各项目的安排额也没有变。"))


def in_and_out(table: ResultTable, key: str) -> None:
    """Projects in, out and changed; the reason that a cell is too narrow for is written out for the row selected."""
    above = st.container()
    mark = crc32("".join(str(row[0]) for row in table.rows).encode())  # other rows, no row selected
    chosen = grid(table, key=f"{key}_{mark:08x}", height=440 if len(table.rows) > 12 else None, selectable=True)
    with above:
        if chosen is None:
            st.caption(t("选中一行，这里写出原因全文。"))
            return
        row = dict(zip((c.name for c in table.columns), table.rows[chosen], strict=True))
        with st.container(border=True):
            st.markdown(f"**{plain(str(row['项目编号']))} {plain(str(row['项目名称']))}**")
            st.text(in_unit(str(row["原因"])))


def _line(work: Workspace, sheets: CaseSheets, target: Target, before: Shown, now: Shown) -> str:
    """One setting: from → to."""
    old, new = (value_words(target, s.changes.get(target, sheets.text(target))) for s in (before, now))
    return f"- {plain(row_words(work, target))}{t('：')}:gray[{plain(old)}] → **{plain(new)}**"


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
