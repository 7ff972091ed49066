"""The frame of every page: dress, the strip on top, a user's text made plain."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.desk import COOKIE, Desk, desk, wish
from ui.tables import UNITS
from ui.words import CHINESE, ENGLISH, language, plain, t, told
from workbench.store import Gone
from workbench.workspace import Workspace

HERE = Path(__file__).parent
CHOSEN = ("rule_card", "quota_method", "pin_year", "pin_sense", "sample")
"""Boxes to choose from that would go on showing their choice in the language in which it was made."""
FICTIONAL = "示例数据（金额为虚构）"


def dress() -> None:
    """Style sheet, the owner's cookie, Chinese words for the framework's own, clicks that wait for a cell."""
    here = desk()
    st.html(HERE / "style.css")
    scripts = "".join((HERE / name).read_text(encoding="utf-8") for name in ("chinese.js", "typing.js"))
    speak = f'<script>window.fundoptSpeak = "{language()}";</script>'
    keep = (
        f'<script>document.cookie = "{COOKIE}={here.owner}; path=/; max-age=31536000; SameSite=Strict"'
        ' + (location.protocol === "https:" ? "; Secure" : "");</script>'
    )
    st.html(speak + keep + scripts, unsafe_allow_javascript=True)
    _received(here)


def _received(here: Desk) -> None:
    """A shared link in the address: its case is copied to this owner once."""
    link = st.query_params.get("share")
    if not link:
        return
    del st.query_params["share"]
    try:
        here.open(here.store.receive(here.owner, link))
        here.say("success", t("已得到一份副本。在这里的改动不影响分享人。"))
    except Gone:
        here.say("warning", t("分享链接无效，或已被收回。"))


def _take_edits() -> None:
    """Want what was typed into grids since the last run, so that buttons and banners below see it."""
    for kept in st.session_state.get("grids", {}).values():
        if kept["state"][0] != desk().outside:  # laid out anew before it is drawn again
            continue
        edited = st.session_state.get(kept["key"], {}).get("edited_rows", {})
        if edited and desk().work is not None:
            wish(kept["take"](kept["frame"], {int(row): values for row, values in edited.items()}))


def strip(title: str, of_case: bool = True) -> None:
    """Title, case, plan, status, unit and language: the same on every page; on one that is not ``of_case`` no case."""
    here = desk()
    _take_edits()
    if here.page != title:
        here.page, here.outside = title, here.outside + 1
    work = here.work
    if work is not None:
        work.collect()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        st.markdown(f"# {title}")
        case = work.case if work is not None else None
        if work is not None and of_case:
            st.markdown(f":gray[{plain(work.name)}]", width="content")
            if case is not None and case.fictional and "金额为虚构" not in work.name:
                st.badge(t(FICTIONAL), color="orange")
        st.space("stretch")
        _badge(work if of_case else None)
        _switch("unit", list(UNITS), {name: t(name) for name in UNITS})
        _switch("language", [CHINESE, ENGLISH], {CHINESE: "中文", ENGLISH: "EN"})
    with st.container(key="said"):  # always there: what comes below keeps its place, and its panels stay open
        for kind, words in here.said:
            {"success": st.success, "warning": st.warning, "error": st.error}[kind](plain(words))
    here.said.clear()


def _switch(name: str, options: list[str], words: dict[str, str]) -> None:
    """A choice that every page shares and the owner finds again next time."""

    def keep() -> None:
        st.session_state[name] = st.session_state[f"switch_{name}"]
        desk().store.set_setting(desk().owner, name, st.session_state[name])
        desk().outside += 1
        for page in ("rules", "plan"):  # tabs have other names in the other language; the one that is open stays
            if f"{page}_seen" in st.session_state:
                st.session_state[f"{page}_open"] = st.session_state[f"{page}_seen"]
        for key in CHOSEN:
            if key in st.session_state:
                st.session_state[key] = st.session_state[key]

    st.segmented_control(
        name, options, default=st.session_state[name], format_func=words.__getitem__, required=True,
        key=f"switch_{name}", on_change=keep, label_visibility="collapsed",
    )  # fmt: skip


def _badge(work: Workspace | None) -> None:
    """What the plan in sight is worth: running, outdated, proven, feasible."""
    if work is None:
        return
    job = work.job
    if job is not None and job.running:
        st.badge(t("正在求解"), icon=":material/hourglass_top:", color="blue")
    if work.stale:
        st.badge(t("已过期"), icon=":material/history:", color="orange")
    elif work.shown is not None and not (job is not None and job.running):
        solution = work.shown.outcome.solution
        looks = {"optimal": ("green", "verified"), "feasible": ("blue", "check_circle")}
        colour, icon = looks.get(solution.status, ("gray", "history"))
        st.badge(told(solution.sentence), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]


def no_case() -> None:
    """What a page shows that has no case to work on."""
    st.info(t("先在“导入与体检”上传案例并改好错误。"), icon=":material/info:")
    if st.button(t("去导入"), key="go_import"):
        st.switch_page("ui/views/import_check.py")
