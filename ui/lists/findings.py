"""问题与更正, 改动, 合计核对: what could not be read, what was read otherwise, what the sums say."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from inputs.files.letters import column_letters
from models.issue import Issue
from ui.tables import issue_table, labelled, spoken
from ui.words import plain, sentence, t, told
from workbench.intake import Intake

MOST_SHOWN = 2000
MOST_ASKED = 30
WIDTHS = [3, 2, 5, 3]
CHANGED = ["位置", "字段", "原值", "读作", "原因"]
PRINTED = ["工作表", "行", "列", "名称", "清单写的", "各行之和", "范围", "结果"]


def _corrections(intake: Intake) -> None:
    """Cells that could not be read, each with a place to write what it should be."""
    asked: dict[tuple[str, str, str], list[Issue]] = {}
    for issue in intake.lists.errors:
        if issue.cell and issue.code not in ("column_unsure", "sheet_unread", "no_total"):
            asked.setdefault((issue.file, issue.sheet, issue.cell), []).append(issue)
    if not asked:
        return
    st.markdown(
        t(
            "**看不懂的格**　在“改为”里写上应当是什么，没有这一项就写“无”，不写就不改；原文件不动，改动会记在读取报告里。"
        )
    )
    if len(asked) > MOST_ASKED:
        st.caption(t("先列前 {n} 处，重读后接着列。", n=MOST_ASKED))
    with st.form("form_cells", border=True):
        for part, name in zip(st.columns(WIDTHS), ("位置", "原值", "问题", "改为"), strict=True):
            part.markdown(f"**{t(name)}**")
        written = {}
        for (file, sheet, cell), issues in list(asked.items())[:MOST_ASKED]:
            where, before, words, box = st.columns(WIDTHS, vertical_alignment="center")
            where.text(issues[0].address)
            before.text(issues[0].value)
            words.text(t("；").join(sentence(issue.message) for issue in issues))
            label = f"{t('改为')} {issues[0].address}"
            written[file, sheet, cell] = box.text_input(
                label, key=f"cell_{file}_{sheet}_{cell}", label_visibility="collapsed"
            )
        if st.form_submit_button(t("按更正重读"), type="primary", icon=":material/edit:"):
            _read_again(intake, written)


def _read_again(intake: Intake, written: dict[tuple[str, str, str], str]) -> None:
    """Read the lists with what cells should be; what was left empty is no correction."""
    intake.decisions.cells |= {cell: value.strip() for cell, value in written.items() if value.strip()}
    intake.read()
    st.rerun()


def _doubted(intake: Intake, issue: Issue) -> None:
    """A finding in full; a cell that was read, but is doubted or does not fit the others, can be corrected too."""
    with st.container(border=True, key="list_issue"):
        st.markdown(f"**{plain(issue.address)}**　{plain(spoken(issue))}")
        if issue in intake.lists.errors or not issue.cell or not issue.file:  # asked for above
            return
        with (
            st.form("form_doubted", border=False),
            st.container(horizontal=True, vertical_alignment="bottom"),
        ):
            value = st.text_input(t("改为"), width=300, key=f"doubted_{issue.file}_{issue.sheet}_{issue.cell}")
            if st.form_submit_button(t("按更正重读"), icon=":material/edit:"):
                _read_again(intake, {(issue.file, issue.sheet, issue.cell): value})


def findings_tab(intake: Intake) -> None:
    """Cells that could not be read with a place to mend them; every finding."""
    _corrections(intake)
    own = len(intake.lists.errors)
    if more := sum(i.severity == "error" for i in intake.reading.issues) - own:
        st.caption(t("错误里 {n} 处是清单的，{m} 处是成为案例还缺的（如额度，在“资金与额度”里填）。", n=own, m=more))
    chosen = issue_table(intake.reading.issues, "list_issues")
    if chosen is not None:
        _doubted(intake, chosen)


def changes_tab(intake: Intake) -> None:
    """Every value that was read as another than stands there."""
    changes = intake.lists.changes
    st.caption(t("读入时与原格不同的值共 {n} 格；没有列出的与原表相同。", n=f"{len(changes):,}"))
    rows = [
        {
            "位置": _place(c.file, c.sheet, c.cell),
            "字段": told(c.field),
            "原值": c.before,
            "读作": c.after,
            "原因": told(c.why),
        }
        for c in changes[:MOST_SHOWN]
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=CHANGED), hide_index=True, column_config=labelled(CHANGED), height=460, key="changes"
    )
    if len(changes) > MOST_SHOWN:
        st.caption(t("只显示前 {n} 格，其余见带批注的副本。", n=f"{MOST_SHOWN:,}"))


def _place(file: str, sheet: str, cell: str) -> str:
    return f"{file}·{sheet}!{cell}"


def totals_tab(intake: Intake) -> None:
    """Sums before and after reading; the totals of the list against its rows."""
    money = st.column_config.NumberColumn(format="%,.2f", alignment="right")
    sums = [
        {"地区": s.region, "字段": told(s.field), "清单各行合计（万元）": float(s.listed), "读入合计（万元）": float(s.taken), "差额": float(s.listed - s.taken), "差额原因": told(s.why)}
        for s in intake.lists.sums()
    ]  # fmt: skip
    st.markdown(f"**{t('读入前后合计')}**")
    names = ("清单各行合计（万元）", "读入合计（万元）", "差额")
    st.dataframe(
        pd.DataFrame(sums),
        hide_index=True,
        height=320,
        column_config=labelled(sums, dict.fromkeys(names, money)),
        key="sums",
    )
    st.markdown(f"**{t('清单自己的合计与各行之和')}**")
    printed = [
        {"工作表": s.name, "行": x.row + 1, "列": column_letters(x.column), "名称": x.label, "清单写的": float(x.value), "各行之和": float(x.summed), "范围": told(x.scope), "结果": t("相符") if x.agrees else t("不符")}
        for s in intake.lists.sheets
        for x in s.totals
    ]  # fmt: skip
    frame = pd.DataFrame(printed, columns=PRINTED)
    st.dataframe(
        frame,
        hide_index=True,
        height=320,
        column_config=labelled(PRINTED, dict.fromkeys(("清单写的", "各行之和"), money)),
        key="printed",
    )
