"""One session: whose it is, the case and the lists at work, what is wanted of them."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from inputs.case.changes import Target
from inputs.case.read import Reading
from inputs.home import home_folder
from models.issue import CaseError, Issue
from ui.words import CHINESE, t
from workbench.intake import Intake
from workbench.kept_lists import files_of, restored, state_of, which_of
from workbench.store import Gone, Stale, Store, new_secret
from workbench.workspace import Workspace

COOKIE = "fundopt_owner"


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
    lists_kept: tuple[str, str] | None = None
    """What was last kept of the lists: decisions, and which files they are about."""
    said: list[tuple[str, str]] = field(default_factory=list)
    outside: int = 0
    page: str = ""

    @property
    def store(self) -> Store:
        """Where cases are kept."""
        return _store(home_folder())

    @property
    def reading(self) -> Reading | None:
        """What was wrong with the file that came last, else the case as it is now."""
        return self.faulty or (self.work.reading if self.work is not None else None)

    def take(self, content: bytes, name: str) -> None:
        """Make a workbook a new case; a solve that runs for the old one is cancelled. The old one stays where the new
        cannot be read.

        A click elsewhere may end the run at any call of the framework: the desk changes only when the case is there.
        """
        try:
            work = Workspace.create(self.store, self.owner, content, name)
        except CaseError as error:
            self.refuse(error.issues, name)
            return
        before, self.work, self.faulty = self.work, work, None
        self.outside += 1
        if before is not None and before.job is not None and before.job.running:
            before.cancel()
            self.say("warning", t("求解期间换了文件，那次求解已取消；原来的案例和设置都在“我的案例”里。"))

    def refuse(self, issues: list[Issue], name: str) -> None:
        """Show what is wrong with a file that could not be read; the case at work stays."""
        self.faulty, self.faulty_name = Reading(None, issues), name
        self.outside += 1

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
        self.lists_kept = ("", "")
        found = self.store.lists(self.owner)
        if found is None:
            return
        try:
            self.intake = restored(*found, self.folder)
        except (CaseError, OSError, ValueError, LookupError, TypeError):
            self.store.forget_lists(self.owner)
            self.say("warning", t("上次没整理完的清单读不出来了，请重新上传。"))

    def keep_lists(self) -> None:
        """Keep the lists as they are now, where something was decided or their files are others."""
        kept = self.intake
        if kept is None:
            if self.lists_kept not in (None, ("", "")):
                self.store.forget_lists(self.owner)
            self.lists_kept = ("", "")
            return
        try:
            now = (state_of(kept), which_of(kept))
            if now != self.lists_kept:
                self.store.save_lists(self.owner, *now, lambda: files_of(kept))
                self.lists_kept = now
        except (sqlite3.Error, OSError):
            self.say(
                "warning", t("清单没有存下：磁盘可能已满，或存放案例的文件正被占用；离开或刷新前请先下载映射文件。")
            )

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


def kept_limit(work: Workspace, name: str) -> float | None:
    """A limit of the solve as it was last set beside the plan of this case; None where it never was."""
    text = work.store.setting(work.owner, f"{name}:{work.id}")
    return float(text) if text else None


def keep_limit(work: Workspace, name: str, key: str) -> None:
    """Keep a limit with its case, as a widget has it."""
    work.store.set_setting(work.owner, f"{name}:{work.id}", str(st.session_state[key]))


def start_solve(work: Workspace) -> None:
    """Solve the case as wanted now, with the limits last set beside the plan, else with the case's own."""
    gap = kept_limit(work, "gap")
    try:
        work.solve(kept_limit(work, "limit"), None if gap is None else gap / 100)
    except Stale:
        desk().reopen()
    except Gone:
        desk().open(work.id)
