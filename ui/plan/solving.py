"""The solve: limits and quick sliders, progress, what ended without a plan, what is outdated."""

from __future__ import annotations

import streamlit as st

from inputs.case.rule_lines import rule_lines
from models.case import Case
from optimizer.finish import AWAITED
from reports.charts.timeline import course_chart
from ui.desk import desk, keep_limit, kept_limit, moved, start_solve, wish
from ui.editing import number_box
from ui.tables import in_unit, look, percent_of, spoken
from ui.words import plain, t
from workbench.adjust import scaled_fund
from workbench.jobs import JOBS, Job
from workbench.verbs import clash_words
from workbench.workspace import Workspace

TAB_OF = {"fund_limit": "资金额度", "region_quota": "地区上下限"}
"""Where a clashing demand is set, if not among the rules."""
SECONDS = (5, 10, 20, 30, 60, 120, 300, 600)


def controls(work: Workspace, case: Case) -> None:
    """Limits of the solve and the quick sliders, on the side."""
    with st.sidebar:
        st.markdown(f"### {t('求解')}")
        wanted, gap = kept_limit(work, "limit"), kept_limit(work, "gap")
        wanted = case.time_limit if wanted is None else wanted
        keys = {name: f"{name}_{work.id}" for name in ("limit", "gap")}
        nearest = min(SECONDS, key=lambda s: abs(s - wanted))
        st.select_slider(
            t("时限（秒）"), SECONDS, value=nearest, key=keys["limit"], persist_state="session", on_change=keep_limit, args=(work, "limit", keys["limit"])
        )  # fmt: skip
        number_box(
            st, t("停止差距（%）"), 0.0, 50.0, float(case.stop_gap) * 100 if gap is None else gap, 0.01, keys["gap"], lambda: keep_limit(work, "gap", keys["gap"]),
            format="%.2f", persist_state="session", help=t("0 表示一直求到证明最优或时限为止"),
        )  # fmt: skip
        running = work.job is not None and work.job.running
        if st.button(t("求解"), type="primary", key="solve", icon=":material/play_arrow:", width="stretch", disabled=running):  # fmt: skip
            start_solve(work)
            st.rerun()
        st.markdown(f"### {t('快速调整')}")
        _sliders(work, case)


def _sliders(work: Workspace, case: Case) -> None:
    """The largest fund of the file, the ceiling of a single region, the band of the linkage; each waits until solved."""
    version = desk().outside
    base = work.reading_of({}).case or case
    fund = max(base.funds, key=lambda f: f.limit)
    if fund.limit:
        now = round(100 * case.fund_by_name[fund.name].limit / fund.limit)
        key = f"quick_fund_{version}"
        st.slider(
            t("{fund}额度（文件的 %）", fund=plain(fund.name)), min(50, now), max(150, -(-now // 5) * 5), now, step=1 if now % 5 else 5, key=key,
            on_change=lambda: wish(scaled_fund(base, fund.name, st.session_state[key])),
        )  # fmt: skip
    for rule, parameter, label in (("region_quota", "上限占比", "单个地区份额上限（%）"), ("people_money", "偏差", "挂钩区间（±%）")):  # fmt: skip
        for line in rule_lines(work.sheets(), work.reading.filled):
            if line.rule != rule or line.key[3] != parameter or "地区=" in line.scope or not line.written:
                continue
            value = percent_of(line.value)
            words = f"{t(label)} {plain(line.scope.replace('资金=', ''))}".strip()
            place = f"quick_{line.key}_{version}"
            st.slider(
                words,
                0.0,
                max(60.0, value),
                value,
                1.0,
                key=place,
                on_change=moved,
                args=(line.target("值"), place, "%"),
            )
            break


@st.fragment(run_every=0.3)
def progress(work: Workspace) -> None:
    """The solver's own best value and bound while it waits and runs; the page follows when there is news."""
    job = work.job
    if job is None or not job.running or work.news:
        st.rerun()
        return
    with st.container(border=True, key="progress"):
        if job.queued:
            ahead, seconds = JOBS.place(job)
            words = t("前面还有 {n} 个求解，至多再等约 {s} 秒", n=ahead, s=f"{seconds:.0f}") if ahead or seconds else t("马上开始")  # fmt: skip
            st.markdown(f":material/hourglass_top: **{t('排队中')}** · {words}")
        else:
            st.markdown(_news(job))
            st.progress(min(1.0, job.elapsed / job.limit))
            st.caption(t("细条是已用时间占时限的比例，不是完成的比例。") + " " + _interim(job))
        if dict(job.changes) != work.changes:
            st.caption(t("正在求的是改动之前的设置；要用改动后的，先结束这一次，再求解。"))
        with st.container(horizontal=True):
            if st.button(t("用现有方案"), key="stop", disabled=(job.value is None and job.first is None) or job.wish is not None):  # fmt: skip
                job.wish = "stop"
            if st.button(t("取消"), key="cancel", disabled=job.wish == "cancel"):
                job.wish = "cancel"
        if len(job.heard) > 2:
            st.altair_chart(course_chart(job.heard, look()), theme=None, width="stretch")
        if job.wish is not None:
            st.caption(t("正在结束……"))


def _interim(job: Job) -> str:
    """What the plan below is worth while the solve goes on; nothing where there is none yet."""
    if job.first is None:
        return ""
    if job.first.solution.status == "optimal" and job.stage != AWAITED:
        return t("下面的方案已证明最优并复核；正按次序比较效益相同的方案。")
    if job.first.solution.status == "optimal":
        return t("下面的方案已证明最优并复核；还在听第二求解器的意见，再按次序比较并列的方案。")
    if job.stage == AWAITED:
        return t("下面的方案已复核；还在听第二求解器的意见，它的方案或界若更好就采用。")
    return t("下面是先出的方案，已复核，差距写在它自己那一行；求解还在找更好的。")


def _news(job: Job) -> str:
    words = f":material/hourglass_top: **{t(job.stage)}** · " + t("已用 {s} 秒，时限 {limit} 秒", s=f"{job.elapsed:.0f}", limit=f"{job.limit:g}")  # fmt: skip
    value = job.best_value
    if value is not None:
        words += " · " + t("现有最好方案 {v}", v=f"{value:,.2f}")
    if job.bound is not None:
        words += " · " + t("上界 {v}", v=f"{job.bound:,.2f}")
    if value and job.bound is not None:
        words += " · " + t("差距 {v} %", v=f"{abs(job.bound - value) / abs(value) * 100:.3f}")
    return words


def stale_banner(work: Workspace) -> None:
    """What is shown was made with other settings: said in words, with the way out.

    It stays at the foot of the window, so that nothing moves under the hand that makes the change.
    """
    with st.container(key="stale"):
        for issue in work.reading.errors[:6]:
            st.error(plain(f"{issue.address} {spoken(issue)}"))
        _way_out(work)


def _way_out(work: Workspace) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        n = len(work.pending)
        st.markdown(t(":material/history: **本页结果已过期。** 求解之后改动了 {n} 项设置，数字仍属原方案。", n=n), width="stretch")  # fmt: skip
        if st.button(t("查看改动"), key="see_changes", type="tertiary"):
            st.switch_page("ui/views/rules.py")
        running = work.job is not None and work.job.running
        if st.button(t("重新求解"), key="solve_again", type="primary", disabled=running or work.case is None):
            start_solve(work)
            st.rerun()


def ending(job: Job, late: bool = False) -> None:
    """How the last solve ended, where it brought no plan; ``late``: the settings were changed since it began."""
    if late and (job.outcome is None or job.outcome.solution.plan is None):
        st.caption(t("下面说的是上一次求解，用的是改动之前的设置。"))
    outcome = job.outcome
    if job.unkept:
        words = t(
            "方案求出来了，但没有存下（{why}）：磁盘可能已满，或存放案例的文件正被占用。请先另存方案或导出，再刷新页面。",
            why=job.unkept,
        )
        st.warning(words, icon=":material/warning:")
    if outcome is None:
        st.error(job.failure, icon=":material/error:")
    elif outcome.solution.plan is not None:
        return
    elif outcome.solution.cancelled:
        words = t("已取消证明；先出的方案已核对，留在下面。") if job.first else t("已取消，没有新的方案。")
        st.info(words, icon=":material/info:")
    elif outcome.solution.status == "infeasible":
        st.error(t("规则冲突：下列要求不能同时满足。"), icon=":material/error:")
        found = clash_words(outcome.solution)
        for words in found or [t("没有能定位到单条规则，请放宽必选项目或额度后再试。")]:
            st.markdown("- " + plain(in_unit(words)))
        if found:
            st.caption(
                t("数是至少要改到的，各条一起改；改了以后，别的要求仍可能不够，再求解会接着指出。上次有方案时，先列后来改的要求。")
                + (t("“或者”的每一条是另一条出路，“或者”之前的就不用改，其中几项要一起改。") if any(c.instead for c in outcome.solution.culprits) else "")
            )  # fmt: skip
        if st.button(t("去改规则与额度"), key="go_rules"):
            first = outcome.solution.culprits[0].rule if outcome.solution.culprits else ""
            st.session_state.rules_open = TAB_OF.get(first, "规则")
            st.switch_page("ui/views/rules.py")
    else:
        st.warning(t("时限内没有找到方案。可延长时限再求解。"), icon=":material/history:")
