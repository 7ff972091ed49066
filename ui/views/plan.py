"""求解与方案: solve with progress and cancel, then the plan, its charts, checks and reasons."""

from __future__ import annotations

import streamlit as st

from models.case import Case
from optimizer.options import Options
from reports.charts import region_chart, year_chart
from reports.policy_tables import policy_tables
from reports.rule_check import rule_check
from reports.tables import by_fund, by_region, key_figures, proposal, unfunded
from ui.shared import desk, grid, strip
from workbench.jobs import JOBS, Job
from workbench.verbs import Outcome, case_options, clash_words

HIDDEN = ("类别", "建设性质", "方案", "总投资", "已到位资金", "项目代码", "项目单位", "缺口付款人", "备注")
SECONDS = (5, 10, 20, 30, 60, 120, 300, 600)


def _controls(case: Case) -> None:
    with st.sidebar:
        st.markdown("### 求解")
        nearest = min(SECONDS, key=lambda s: abs(s - case.time_limit))
        limit = st.select_slider("时限（秒）", SECONDS, value=nearest, key="limit")
        gap = st.number_input(
            "停止差距（%）",
            0.0,
            50.0,
            float(case.stop_gap) * 100,
            0.01,
            format="%.2f",
            key="gap",
            help="0 表示一直求到证明最优或时限为止",
        )
        job = desk().job
        if st.button(
            "求解",
            type="primary",
            key="solve",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=job is not None and job.running,
        ):
            reading = desk().reading
            assert reading is not None
            options = case_options(case, Options(), float(limit), gap / 100, None)
            desk().job_id = JOBS.start(reading, options).id
            st.rerun()


@st.fragment(run_every=0.5)
def _progress() -> None:
    """The solver's own best value and bound while it runs."""
    job = desk().job
    if job is None or not job.running:
        st.rerun()
        return
    with st.container(border=True, key="progress"):
        words = f":material/hourglass_top: **{job.stage}** · 已用 {job.elapsed:.0f} 秒，时限 {job.limit:g} 秒"
        if job.value is not None:
            words += f" · 现有最好方案 {job.value:,.2f}"
        if job.bound is not None:
            words += f" · 上界 {job.bound:,.2f}"
        if job.value and job.bound is not None:
            words += f" · 差距 {abs(job.bound - job.value) / abs(job.value) * 100:.3f} %"
        st.markdown(words)
        st.progress(min(1.0, job.elapsed / job.limit))
        with st.container(horizontal=True):
            if st.button("用现有方案", key="stop", disabled=job.value is None or job.wish is not None):
                job.wish = "stop"
            if st.button("取消", key="cancel", disabled=job.wish == "cancel"):
                job.wish = "cancel"
        if job.wish is not None:
            st.caption("正在结束……")


def _sentence(outcome: Outcome) -> None:
    solution = outcome.solution
    if solution.status == "optimal":
        before = "" if outcome.case.aim == "加权" else "守住前面各步时，"
        st.markdown(f"**已证明最优：在所列规则下，{before}没有任何方案的加权效益高于本方案。**")
    elif solution.status == "feasible":
        gap = outcome.account().value("差距")
        st.markdown(f"**{solution.sentence}：最多还能提高 {gap}。**" if gap else f"**{solution.sentence}**")
    rows = dict(outcome.account().rows)
    second = rows["第二求解器结论"]
    st.caption(
        f"目标值 {rows['目标值（约数）']} · 上界 {rows['上界']} · {second + ' · ' if second else ''}独立复核通过 · {rows['与打分排队相比']}"
    )


def _steps(outcome: Outcome) -> None:
    """The steps before the main aim, and what each gave up."""
    rows = [(name, value) for name, value in outcome.account().rows if name.startswith(("第 ", "放弃", "与纯效益"))]
    with st.expander("各步的结果和放弃的效益", expanded=outcome.case.aim != "加权"):
        for name, value in rows:
            st.markdown(f"- {name}：{value}")


def _plan(outcome: Outcome) -> None:
    plan = outcome.plan
    figures = key_figures(plan)[:6]
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value, border=True)
    _sentence(outcome)
    if len(outcome.solution.tiers) > 1:
        _steps(outcome)
    names = [
        "分配表",
        "分地区",
        "分资金与年度",
        "债务、人口与用地",
        "规则核对",
        f"未安排 {len(outcome.solution.reasons)}",
    ]
    table, regions, funds, policy, rules, left_out = st.tabs(names)
    with table:
        grid(proposal(plan), hide=HIDDEN, height=520, key="proposal")
    with regions:
        st.altair_chart(region_chart(plan), theme=None, width="stretch")
        grid(by_region(plan), key="by_region")
    with funds:
        st.altair_chart(year_chart(plan), theme=None, width="stretch")
        grid(by_fund(plan), key="by_fund")
    with policy:
        for number, each in enumerate(policy_tables(plan)):
            st.markdown(f"**{each.title}**")
            st.caption("；".join(each.notes))
            grid(each, key=f"policy_{number}")
    with rules:
        grid(rule_check(plan), height=520, key="rules")
    with left_out:
        grid(unfunded(plan), hide=("类别", "申请额"), height=520, key="unfunded")


def _ended(job: Job) -> None:
    outcome = job.outcome
    if outcome is None:
        st.error(job.failure, icon=":material/error:")
    elif outcome.solution.plan is not None:
        _plan(outcome)
    elif outcome.solution.cancelled:
        st.info("已取消，没有新的方案。", icon=":material/info:")
    elif outcome.solution.status == "infeasible":
        st.error("规则冲突：下列要求不能同时满足。", icon=":material/error:")
        for words in clash_words(outcome.solution) or ["没有能定位到单条规则，请放宽必选项目或额度后再试。"]:
            st.markdown("- " + words)
    else:
        st.warning("时限内没有找到方案。可延长时限再求解。", icon=":material/history:")


strip("求解与方案")
reading = desk().reading
if reading is None or reading.case is None:
    st.info("先在“导入与体检”上传案例并改好错误。", icon=":material/info:")
    if st.button("去导入", key="go_import"):
        st.switch_page("ui/views/import_check.py")
else:
    _controls(reading.case)
    job = desk().job
    if job is None:
        st.info("在左侧设定时限，按“求解”。", icon=":material/info:")
    elif job.running:
        _progress()
    else:
        _ended(job)
        if (
            job.outcome is not None
            and job.outcome.solution.plan is not None
            and st.button("下一步：导出", key="next", icon=":material/download:")
        ):
            st.switch_page("ui/views/export.py")
