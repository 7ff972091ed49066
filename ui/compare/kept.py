"""Saved plans and what can be done with them, the bureau's own plan, sharing and the line of who did what."""

from __future__ import annotations

import html
import tempfile
from pathlib import Path

import streamlit as st

from models.issue import Issue
from optimizer.options import Options
from ui.desk import desk
from ui.tables import issue_table
from ui.words import plain, t, told
from workbench.own_plan import read_own_plan
from workbench.records import Scenario, in_tree
from workbench.store import Stale
from workbench.verbs import Outcome, case_options
from workbench.workspace import NAME_LENGTH, Shown, Workspace


def saved_plans(work: Workspace, rows: list[Scenario]) -> None:
    """Each scenario in the tree of origins, with what can be done to it."""
    for row, depth in in_tree(rows):
        with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"scenario_{row.id}"):
            marks = (" ★" + t("建议") if row.advised else "") + (
                f" · {t('审定')} {row.frozen[:10]}" if row.frozen else ""
            )
            note = f"  \n:gray[{plain(row.note)}]" if row.note else ""
            indent = "　" * depth + ("└ " if depth else "")
            words = f"{indent}**{plain(row.name)}**{marks}　:gray[{t(row.kind)} · {plain(row.author)} · {row.created.replace('T', ' ')}]{note}"  # fmt: skip
            st.markdown(words, width="stretch")
            _load_button(work, row)
            if st.button(t("另存"), key=f"copy_{row.id}", help=t("复制一份，从它改起")):
                shown = work.scenario(row)
                if shown is not None:
                    work.keep(shown, t("{name} 副本", name=row.name)[:NAME_LENGTH], row.note, row.kind, row.id)
                st.rerun()
            broken = _broken(work, row)
            if st.button(t("取消建议") if row.advised else t("设为建议"), key=f"advise_{row.id}", disabled=broken and not row.advised, help=t("有不满足的刚性要求，不能设为建议或审定；改好后再上传。") if broken else None):  # fmt: skip
                work.store.advise(work.owner, work.id, row.id, not row.advised)
                st.rerun()
            with st.popover(t("更多")):
                _more(work, row)


def _broken(work: Workspace, row: Scenario) -> bool:
    """Whether a plan of one's own breaks hard rules."""
    shown = work.scenario(row) if row.kind == "自带方案" else None
    return shown is not None and bool(shown.outcome.plan.verdict.failures)


def _load_button(work: Workspace, row: Scenario) -> None:
    """Put a scenario on the desk; changes that no plan was made with yet are not given up without being asked."""
    words, waiting = t("把它的设置和方案放到桌上，从它继续"), len(work.pending)
    if not waiting:
        if st.button(t("载入"), key=f"load_{row.id}", help=words):
            _load(work, row)
        return
    with st.popover(t("载入"), help=words):
        st.markdown(t("还有 {n} 项改动没有求解，载入后就没有了（改动记录里可以查到）。", n=waiting))
        if st.button(t("放弃改动，载入"), key=f"load_{row.id}"):
            _load(work, row)


def _load(work: Workspace, row: Scenario) -> None:
    here = desk()
    try:
        loaded = work.load(row)
    except Stale:
        here.reopen()
        st.rerun()
    if not loaded:
        st.warning(t("“{name}”读不出，或不满足刚性要求，不能载入。", name=plain(row.name)))
        return
    here.outside += 1
    here.say("success", t("已载入“{name}”。", name=row.name))
    st.rerun()


def _more(work: Workspace, row: Scenario) -> None:
    if row.frozen:
        st.caption(t("已审定的方案不能改名和删除。撤销审定会记在改动记录里。"))
        sure = st.checkbox(t("确认撤销审定"), key=f"sure_thaw_{row.id}")
        if st.button(t("撤销审定"), key=f"thaw_{row.id}", disabled=not sure):
            work.store.thaw(work.owner, work.id, row.id)
            st.rerun()
        return
    with st.form(f"rename_{row.id}", border=False):
        name = st.text_input(t("名称"), row.name, max_chars=NAME_LENGTH)
        note = st.text_area(t("说明"), row.note, max_chars=400, height=80)
        if st.form_submit_button(t("改名")) and name.strip():
            free = work.unused_name(name.strip(), row.id)
            work.store.rename(work.owner, work.id, row.id, free, note.strip())
            if free != name.strip():
                desk().say("warning", t("“{name}”已有别的方案在用，改成了“{free}”。", name=name.strip(), free=free))
            st.rerun()
    if _broken(work, row):
        st.caption(t("有不满足的刚性要求，不能设为建议或审定；改好后再上传。"))
    with st.container(horizontal=True, vertical_alignment="center"):
        final = st.checkbox(t("冻结后不能改名和删除"), key=f"sure_freeze_{row.id}")
        if st.button(t("冻结为审定"), key=f"freeze_{row.id}", disabled=not final or _broken(work, row)):
            work.store.freeze(work.owner, work.id, row.id)
            st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        sure = st.checkbox(t("删除后不能恢复"), key=f"sure_{row.id}")
        if st.button(t("删除"), key=f"delete_{row.id}", disabled=not sure):
            work.store.drop_scenario(work.owner, work.id, row.id)
            st.rerun()


def own_plan(work: Workspace) -> None:
    """The bureau's own plan: uploaded, checked by every rule, scored, kept beside the others."""
    with st.expander(t("上传自带方案（安排明细，或项目编号、名称加各资金金额的清单）"), icon=":material/upload_file:"):
        st.caption(
            t(
                "清单一行一个项目：项目编号，加以资金命名的列（可写 资金:年）；或 项目编号、资金、年度、金额 四列。有几种做法的项目加“方案”一列，开工年可另列。单位万元。"
            )
        )
        file = st.file_uploader(t("自带方案文件"), type=["xlsx", "xls", "csv"], key="own_plan", max_upload_size=20, label_visibility="collapsed")  # fmt: skip
        if file is None or work.case is None:
            return
        if file.file_id != st.session_state.get("own_taken"):
            st.session_state.own_taken = file.file_id
            st.session_state.own_found = _read_own(work, Path(file.name), file.getvalue())
            st.rerun()
        issues = st.session_state.get("own_found")
        if issues:
            wrong = sum(i.severity == "error" for i in issues)
            if wrong:
                st.error(t("自带方案有 {n} 处要改：", n=wrong))
            else:
                st.warning(t("自带方案已读入，有 {n} 处请留意：", n=len(issues)))
            issue_table(issues, "own_issues")


def _read_own(work: Workspace, name: Path, content: bytes) -> list[Issue]:
    """Keep the plan of a file beside the others; the findings where it cannot be read."""
    case = work.case
    assert case is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"own{name.suffix.lower()}"
        path.write_bytes(content)
        found = read_own_plan(path, case, name.name)
    if found.solution is None or found.solution.verdict is None:
        return found.issues
    outcome = Outcome(work.reading, case, case_options(case, Options(), None, None, None), found.solution)
    key = work.keep(Shown(outcome, dict(work.changes)), name.stem[:NAME_LENGTH], "", "自带方案", None)
    broken = len(found.solution.verdict.failures)
    words = t("已存为方案“{name}”，按全部规则核对：", name=next(row.name for row in work.scenarios() if row.id == key))
    words += t("{n} 处不满足刚性要求，见下。", n=broken) if broken else t("全部刚性要求都满足。")
    desk().say("warning" if broken else "success", words)
    return found.issues


def sharing(work: Workspace) -> None:
    """A link that gives others a copy, and the line of who did what."""
    with st.expander(t("分享与改动记录"), icon=":material/share:"):
        st.caption(t("拿到链接的人得到一份副本（含方案），改动互不影响。收回后链接失效，已得到的副本仍在。"))
        place = f"link_{work.id}"
        with st.container(horizontal=True):
            if st.button(t("生成分享链接"), key="share"):
                st.session_state[place] = work.store.share(work.owner, work.id)
            if st.button(t("收回链接"), key="unshare"):
                work.store.unshare(work.owner, work.id)
                st.session_state.pop(place, None)
        if link := st.session_state.get(place):
            address = (st.context.url or "").split("?")[0].rsplit("/", 1)[0]
            st.code(f"{address}/?share={link}", language=None)
        rows = work.store.history(work.owner, work.id)
        cells = "".join(
            f"<tr><td>{html.escape(at.replace('T', ' '))}</td><td>{html.escape(told(who))}</td><td>{html.escape(told(what))}</td></tr>"
            for at, who, what in rows[:100]
        )
        heads = "".join(f"<th>{t(h)}</th>" for h in ("时间", "谁", "做了什么"))
        st.html(f'<table class="kv log"><tr>{heads}</tr>{cells}</table>')
