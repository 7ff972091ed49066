"""求解与方案: solve with progress and cancel, then the plan – figures, table with locks, charts, checks, reasons."""

from __future__ import annotations

import streamlit as st

from reports.scenarios import Compared, broken_rules
from ui.desk import desk
from ui.frame import no_case, strip
from ui.plan.figures import key_figures, proof, save_form, steps
from ui.plan.solving import controls, ending, progress, stale_banner
from ui.plan.tabs import plan_tabs
from ui.tables import grid
from ui.words import t
from workbench.verbs import Outcome
from workbench.workspace import Workspace


def _plan(work: Workspace, outcome: Outcome) -> None:
    key_figures(work, outcome.plan)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            proof(outcome)
        save_form(work)
        if st.button(t("下一步：导出"), key="next", icon=":material/download:"):
            st.switch_page("ui/views/export.py")
    if len(outcome.solution.tiers) > 1:
        steps(outcome)
    broken = broken_rules(Compared("", outcome.plan, outcome.solution))
    if broken.rows:
        with st.expander(t("突破了的弹性要求（{n}）", n=len(broken.rows))):
            grid(broken, key="broken")
    plan_tabs(work, outcome)


def _page(work: Workspace) -> None:
    if work.case is not None:
        controls(work, work.case)
    job = work.job
    if job is not None and job.running:
        progress(work)
    elif job is not None and job is not work.past:
        ending(job, late=dict(job.changes) != work.changes)
    if work.shown is None:
        if job is None:
            st.info(t("在左侧设定时限，按“求解”。"), icon=":material/info:")
        return
    with st.container(key="result_old" if work.stale else "result"):
        _plan(work, work.shown.outcome)
    if work.stale:
        stale_banner(work)


strip(t("求解与方案"))
work = desk().work
if work is None or (work.case is None and work.shown is None):
    no_case()
else:
    _page(work)
