"""额度测算: published factor methods that split a total over regions; the result becomes a quota of the case."""

from __future__ import annotations

import streamlit as st

from inputs.case.changes import quota_changes
from models.calculator import Calculation, Calculator
from models.calculators import CALCULATOR_BY_ID, CALCULATORS
from models.case import Case
from models.issue import CaseError
from reports.quota_table import quota_table
from ui.desk import desk, wish
from ui.editing import number_box
from ui.frame import no_case, strip
from ui.tables import exact_amount, grid, spoken, unit_words
from ui.words import plain, t, told
from workbench.verbs import work_out_quota

TITLES = {c.id: c.title for c in CALCULATORS}


def _settings(method: Calculator) -> dict[str, str]:
    """One text box per parameter, its unit and mark in the label."""
    given = {}
    with st.expander(t("参数"), expanded=False):
        columns = st.columns(3)
        for number, setting in enumerate(method.settings):
            mark = f" · {t(setting.mark)}" if setting.mark else ""
            label = f"{t(setting.name)}（{t(setting.unit)}{mark}）"
            given[setting.name] = columns[number % 3].text_input(
                label, setting.default, key=f"{method.id}_{setting.name}", persist_state="session"
            )
    return given


def _result(case: Case, method: Calculator, found: Calculation) -> None:
    for sentence in found.problems:
        st.error(plain(told(sentence)), icon=":material/error:")
    if found.problems:
        return
    table = quota_table(case, method, found)
    st.markdown(f"**{t(table.title)}**")
    st.caption(t("；").join(told(note) for note in table.notes))
    grid(table, key="quota_table")
    st.caption(t("合计 {sum} {unit}", sum=exact_amount(sum(s.amount for s in found.shares)), unit=unit_words()))
    amounts = {s.region: s.amount for s in found.shares}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fund = st.selectbox(
            t("写入资金"), list(case.fund_by_name), key="quota_fund", persist_state="session", width=260
        )
        families = {"配额上限": t("上限"), "配额下限": t("下限")}
        family = st.segmented_control(
            t("作为"),
            list(families),
            default="配额上限",
            required=True,
            key="quota_family",
            persist_state="session",
            format_func=families.__getitem__,
        )
        if st.button(t("带到地区上下限"), key="quota_use", type="primary", icon=":material/edit_square:"):
            _use(str(fund), str(family), amounts)


def _use(fund: str, family: str, amounts: dict[str, int]) -> None:
    """Want the result as quotas; they wait among the changes until applied."""
    here = desk()
    assert here.work is not None
    try:
        wish(quota_changes(here.work.grids, fund, family, amounts))
    except CaseError as error:
        st.error(plain(" ".join(spoken(i) for i in error.issues)))
        return
    here.say("success", t("已带入“{fund}”的地区上下限，应用并求解后生效。", fund=fund))
    st.session_state.rules_open = "地区上下限"
    st.switch_page("ui/views/rules.py")


strip(t("额度测算"))
work = desk().work
if work is None or work.case is None:
    no_case()
else:
    name = st.selectbox(
        t("方法"), list(TITLES), format_func=lambda k: t(TITLES[k]), key="quota_method", persist_state="session"
    )
    chosen = CALCULATOR_BY_ID[str(name)]
    st.markdown(f"{t('公式')}{t('：')}{chosen.formula}")
    st.caption(
        "　".join(
            f"{t(n)}{t('：')}{v}"
            for n, v in (
                ("依据", chosen.source),
                ("需要的列", t("、").join(told(c) for c in chosen.columns)),
                ("算例", chosen.example),
            )
        )
    )
    total = number_box(
        st,
        t("总额（万元）"),
        0.01,
        1e8,
        10000.0,
        100.0,
        "quota_total",
        format="%.2f",
        persist_state="session",
        width=240,
    )
    if unit_words() != t("万元"):
        st.caption(t("即 {sum} {unit}", sum=exact_amount(round(total * 100)), unit=unit_words()))
    _result(work.case, chosen, work_out_quota(work.case, chosen.id, round(total * 100), _settings(chosen)))
