"""What every page shares: whose desk it is, dress, the strip on top, grids and amounts."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from inputs import clean
from inputs.case.changes import Target
from inputs.case.read import Reading
from inputs.home import home_folder
from models.issue import CaseError, Issue
from reports.charts.look import Look
from reports.table import ResultTable
from ui.words import CHINESE, ENGLISH, column, language, sentence, t, told
from workbench.intake import Intake
from workbench.kept_lists import files_of, restored, state_of
from workbench.store import Gone, Stale, Store, new_secret
from workbench.workspace import Workspace

HERE = Path(__file__).parent
SHORT = 15
FICTIONAL = "示例数据（金额为虚构）"
COOKIE = "fundopt_owner"
UNITS = {"万元": 100, "亿元": 1_000_000}
OWN_WORDS = ("项目编号", "项目名称", "地区", "主管部门", "项目单位")
"""Columns of result tables that hold the user's own names."""
Edit = dict[int, dict[str, Any]]
"""New values of a grid by row and heading."""


@st.cache_resource
def _store(folder: Path) -> Store:
    return Store(folder)


@dataclass(slots=True, weakref_slot=True)
class Desk:
    """One session: whose it is, the case at work, what was read of a file that is no case, lists on their way.

    ``said`` is shown once on the next page; ``outside`` counts what changed other than in the grid at hand.
    The folder holds uploads and goes with the session.
    """

    owner: str
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="fundopt-")))
    work: Workspace | None = None
    faulty: Reading | None = None
    faulty_name: str = ""
    intake: Intake | None = None
    lists_kept: tuple[str, tuple[str, ...]] | None = None
    """What was last kept of the lists: decisions, and the names of their files."""
    said: list[tuple[str, str]] = field(default_factory=list)
    outside: int = 0
    page: str = ""

    @property
    def store(self) -> Store:
        """Where cases are kept."""
        return _store(home_folder())

    @property
    def reading(self) -> Reading | None:
        """The case as it is now, or what was wrong with the file."""
        return self.work.reading if self.work is not None else self.faulty

    def take(self, content: bytes, name: str) -> None:
        """Make a workbook a new case; a solve that runs for the old one is cancelled.

        A click elsewhere may end the run at any call of the framework: the desk changes only when the case is there.
        """
        work, faulty = None, None
        try:
            work = Workspace.create(self.store, self.owner, content, name)
        except CaseError as error:
            faulty = Reading(None, error.issues)
        before, self.work = self.work, work
        self.faulty, self.faulty_name = faulty, name
        self.outside += 1
        if before is not None and before.job is not None and before.job.running:
            before.cancel()
            self.say("warning", t("求解期间换了文件，那次求解已取消；原来的案例和设置都在“我的案例”里。"))

    def open(self, key: str | None) -> None:
        """Put a kept case on the desk; one that is gone is said."""
        store, work = self.store, None
        try:
            work = None if key is None else Workspace.open(store, self.owner, key)
        except (Gone, CaseError):
            store.set_current(self.owner, None)
            self.say("warning", t("这个案例已不在（被删除，或链接已收回）。请从“我的案例”另选，或重新上传。"))
        self.work, self.faulty = work, None
        self.outside += 1

    def bring_lists(self) -> None:
        """Put lists on the desk that were kept before this session; once."""
        if self.intake is not None or self.lists_kept is not None:
            return
        self.lists_kept = ("", ())
        found = self.store.lists(self.owner)
        if found is None:
            return
        try:
            self.intake = restored(*found, self.folder)
        except (CaseError, OSError, ValueError, KeyError, TypeError):
            self.store.forget_lists(self.owner)
            self.say("warning", t("上次没整理完的清单读不出来了，请重新上传。"))

    def keep_lists(self) -> None:
        """Keep the lists as they are now, where something was decided or their files are others."""
        if self.intake is None:
            if self.lists_kept not in (None, ("", ())):
                self.store.forget_lists(self.owner)
            self.lists_kept = ("", ())
            return
        files = (*(str(s.path) for s in self.intake.opened.sources), str(self.intake.base and self.intake.base[0]))
        now = (state_of(self.intake), files)
        if now != self.lists_kept:
            fresh = self.lists_kept is None or files != self.lists_kept[1]
            self.store.save_lists(self.owner, now[0], files_of(self.intake) if fresh else None)
            self.lists_kept = now

    def reopen(self) -> None:
        """Take the case anew after it was changed in another window."""
        assert self.work is not None
        self.open(self.work.id)
        self.say("warning", t("这个案例在另一个窗口里改过，已载入最新的设置；刚才的改动没有记下，请再做一次。"))

    def say(self, kind: str, words: str) -> None:
        """Show a sentence once, on whatever page comes next."""
        self.said.append((kind, words))


def desk() -> Desk:
    """The desk of this session; on the first call the owner's last case is put on it."""
    if "desk" not in st.session_state:
        cookie = str(st.context.cookies.get(COOKIE, ""))
        fresh = Desk(cookie if re.fullmatch(r"[\w-]{20,64}", cookie) else new_secret())
        weakref.finalize(fresh, shutil.rmtree, fresh.folder, ignore_errors=True)
        st.session_state.desk = fresh
        st.session_state.language = fresh.store.setting(fresh.owner, "language") or CHINESE
        st.session_state.unit = fresh.store.setting(fresh.owner, "unit") or "万元"
        if current := fresh.store.current(fresh.owner):
            fresh.open(current)
    found: Desk = st.session_state.desk
    return found


def wish(changes: dict[Any, str], what: str = "") -> None:
    """Want changes of the case; what happened in another window meanwhile is said.

    Widgets call it when they change, before the page is drawn: buttons and banners see what is wanted now.
    """
    here = desk()
    assert here.work is not None
    try:
        here.work.change(changes, what)
    except Stale:
        here.reopen()


def moved(target: Target, key: str, unit: str) -> None:
    """Want what a widget was moved to."""
    value = st.session_state[key]
    wish({target: f"{value:g}{unit}" if isinstance(value, float) else str(value)})


def start_solve(work: Workspace) -> None:
    """Solve the case as wanted now, with the limits set beside the plan; before they were seen, with the case's."""
    limit, gap = st.session_state.get("limit"), st.session_state.get("gap")
    try:
        work.solve(None if limit is None else float(limit), None if gap is None else gap / 100)
    except Stale:
        desk().reopen()
    except Gone:
        desk().open(work.id)


# ---- dress


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


def strip(title: str) -> None:
    """Title, case, plan, status, unit and language: the same on every page."""
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
        if work is not None:
            st.markdown(f":gray[{plain(work.name)}]", width="content")
            if case is not None and case.fictional and "金额为虚构" not in work.name:
                st.badge(t(FICTIONAL), color="orange")
        st.space("stretch")
        _badge(work)
        _switch("unit", list(UNITS), {name: t(name) for name in UNITS})
        _switch("language", [CHINESE, ENGLISH], {CHINESE: "中文", ENGLISH: "EN"})
    for kind, words in here.said:
        {"success": st.success, "warning": st.warning, "error": st.error}[kind](plain(words))
    here.said.clear()


def plain(text: str) -> str:
    """Text of a user that markdown must not read: no links, pictures, formulas or emphasis of their own."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$:])", r"\\\1", text)


def _switch(name: str, options: list[str], words: dict[str, str]) -> None:
    """A choice that every page shares and the owner finds again next time."""

    def keep() -> None:
        st.session_state[name] = st.session_state[f"switch_{name}"]
        desk().store.set_setting(desk().owner, name, st.session_state[name])
        desk().outside += 1

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


# ---- amounts


def look() -> Look:
    """Unit and language for charts."""
    unit = str(st.session_state.get("unit", "万元"))
    return Look(UNITS[unit], unit, 0 if unit == "万元" else 2, t)


def unit_words() -> str:
    """The unit in the session's language."""
    return t(str(st.session_state.get("unit", "万元")))


def amount(value: float | int | None, sign: bool = False) -> str:
    """An amount of 0.01 万元 in the shown unit: 万元 without decimals where it is whole, 亿元 with two."""
    if value is None:
        return "—"
    unit = str(st.session_state.get("unit", "万元"))
    decimals = 2 if unit == "亿元" or value % 100 else 0
    return f"{value / UNITS[unit]:{'+' if sign and value else ''},.{decimals}f}"


def exact_amount(value: int) -> str:
    """An amount of 0.01 万元 with all its digits, in 亿元 as many as it takes."""
    if st.session_state.get("unit") != "亿元" or value % 10**4 == 0:
        return amount(value)
    return f"{Decimal(value) / 10**6:,.6f}".rstrip("0")


def percent_of(text: str) -> float:
    """A share as written in a cell (13%, 0.13), in percent; 0 where it is none."""
    try:
        return float(clean.share(text) * 100)
    except clean.Unreadable:
        return 0.0


def frame_of(table: ResultTable) -> pd.DataFrame:
    """A result table for the grid: money in the shown unit, shares in percent, headings in the session's language."""
    per = UNITS[str(st.session_state.get("unit", "万元"))]
    columns: dict[str, list[Any]] = {}
    for index, each in enumerate(table.columns):
        values = [row[index] for row in table.rows]
        if each.kind == "money":
            columns[_heading(each.name)] = [None if not v else float(v) / per for v in values]
        elif each.kind == "share":
            columns[_heading(each.name)] = [None if v is None else float(v) * 100 for v in values]
        elif each.kind == "number":
            columns[_heading(each.name)] = [None if v is None else float(v) for v in values]
        elif each.kind == "text" and each.name not in OWN_WORDS:
            columns[_heading(each.name)] = [told(str(v)) if v else v for v in values]
        else:
            columns[_heading(each.name)] = values
    return pd.DataFrame(columns)


def _heading(name: str) -> str:
    """A heading in the session's language; names of funds are the user's own."""
    work = desk().work
    case = work.case if work is not None else None
    return name if case is not None and name in case.fund_by_name else column(name)


def money_format(table: ResultTable) -> str:
    """Number format of a table's money: 万元 without decimals where all is whole."""
    if st.session_state.get("unit") == "亿元":
        return "%,.4f"
    places = [i for i, c in enumerate(table.columns) if c.kind == "money"]
    return "%,.2f" if any((row[i] or 0) % 100 for row in table.rows for i in places) else "%,.0f"


def grid(
    table: ResultTable,
    hide: tuple[str, ...] = (),
    height: int | None = None,
    key: str | None = None,
    selectable: bool = False,
) -> int | None:
    """A result table on the page: numbers right-aligned, zero and empty as a dash, the first column kept in sight.

    Where rows are ``selectable``, the position of the one selected.
    """
    frame = frame_of(table).drop(columns=[_heading(c) for c in hide if c in [k.name for k in table.columns]])
    formats = {"money": money_format(table), "share": "%.2f%%", "number": "%,.2f", "whole": "%d"}
    shown = {}
    for index, each in enumerate(table.columns):
        name = _heading(each.name)
        if each.kind in formats:
            shown[name] = st.column_config.NumberColumn(
                format=formats[each.kind], alignment="right", width=max(each.width * 8, len(name) * 13 + 26)
            )
        else:
            shown[name] = st.column_config.TextColumn(width=max(60, each.width * 8), pinned=index == 0 or None)
    rows = len(frame)
    if not rows:
        st.caption(t("没有可列的行。"))
        return None
    picked = st.dataframe(
        frame, hide_index=True, column_config=shown, height=height or ("content" if rows <= SHORT else 560), key=key,
        placeholder="—", width="stretch", alt=t(table.title), on_select="rerun" if selectable else "ignore", selection_mode="single-row",
    )  # fmt: skip
    chosen = picked["selection"]["rows"] if selectable else []  # type: ignore[index]
    return chosen[0] if chosen and chosen[0] < rows else None


def labelled(rows: Any, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Column settings with headings in the session's language; ``rows`` are names, or records that have them."""
    names = rows if not rows or isinstance(rows[0], str) else list(rows[0])
    return {name: {**((config or {}).get(name) or {}), "label": t(name)} for name in names}


def choice_of(options: Sequence[str], width: int, required: bool = True) -> Any:
    """A column of an editor to choose from, in the session's language."""
    return st.column_config.SelectboxColumn(
        options=options, required=required, width=width, format_func=lambda value: told(str(value))
    )


# ---- findings

LEVELS = {"error": "✕ 错误", "warning": "! 提醒", "note": "✓ 说明"}
INK = {"error": "color:#8C1D18", "warning": "color:#7A4900", "note": "color:#155C41"}


def mark_of(issues: list[Issue]) -> str:
    """A short mark of a list of findings: where it is another, nothing in its table stays selected."""
    return f"{zlib.crc32('|'.join(f'{i.address} {i.value} {i.message}' for i in issues).encode()):08x}"


def spoken(issue: Issue) -> str:
    """What is wrong and what to do, as two sentences."""
    return t("{what}。{remedy}。", what=sentence(issue.message), remedy=sentence(issue.remedy))


def issue_table(issues: list[Issue], key: str) -> Issue | None:
    """Findings with a choice of level: where, what stood there, what is wrong, what to do; the one selected."""
    if not issues:
        st.success(t("没有发现问题。"), icon=":material/check:")
        return None
    counts = {level: sum(i.severity == level for i in issues) for level in LEVELS}
    options = ["all", *(level for level in LEVELS if counts[level])]
    words = {"all": f"{t('全部')} {len(issues)}"} | {k: f"{t(LEVELS[k])} {counts[k]}" for k in counts}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = st.segmented_control(
            t("级别"), options, default="all", required=True, key=f"level_{key}", label_visibility="collapsed",
            format_func=words.__getitem__,
        )  # fmt: skip
        text = st.text_input(
            t("查找"),
            key=f"search_{key}",
            placeholder=t("查找位置、原值或问题"),
            label_visibility="collapsed",
            width=220,
        )
    told_of = {i: (i.address, i.value, sentence(i.message), sentence(i.remedy)) for i in issues}
    found = [i for i in issues if choice in ("all", i.severity) and (not text or text in " ".join(told_of[i]))]
    names = [t(n) for n in ("级别", "位置", "原值", "问题", "怎么改")]
    rows = [[t(LEVELS[i.severity]), *told_of[i]] for i in found]
    frame = pd.DataFrame(rows, columns=names)
    config = {n: st.column_config.TextColumn(width=w) for n, w in zip(names, (70, 240, 110, 420, 360), strict=True)}
    ink = {t(LEVELS[k]): v for k, v in INK.items()}
    styled = frame.style.map(lambda v: ink.get(v, ""), subset=[*names[:1]]) if len(rows) <= 5000 else frame
    picked = st.dataframe(
        styled, hide_index=True, column_config=config, height="content" if len(rows) <= 12 else 420, key=f"{key}_{mark_of(found)}",
        on_select="rerun", selection_mode="single-row", alt=t("问题清单"),
    )  # fmt: skip
    chosen = picked.selection.rows if hasattr(picked, "selection") else []
    return found[chosen[0]] if chosen and chosen[0] < len(found) else None
