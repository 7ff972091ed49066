"""What every page shares: dress, the strip on top, the state of the session."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import streamlit as st

from inputs.case.read import Reading, read_case
from models.issue import Issue
from reports.table import ResultTable
from workbench.intake import Intake
from workbench.jobs import JOBS, Job

HERE = Path(__file__).parent
SHORT = 15
FICTIONAL = "示例数据（金额为虚构）"


@dataclass(slots=True, weakref_slot=True)
class Desk:
    """One user's work: the case file, what was read, lists on their way to a case, and the id of the last solve.

    The file lies in a folder of its own that goes with the session.
    """

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="fundopt-")))
    file_name: str = ""
    reading: Reading | None = None
    job_id: str | None = None
    intake: Intake | None = None

    @property
    def path(self) -> Path:
        """Where the uploaded workbook lies."""
        return self.folder / "case.xlsx"

    def take(self, content: bytes, name: str) -> None:
        """Make a workbook the case of this session; a solve that runs for the old one is cancelled."""
        if self.job is not None and self.job.running:
            self.job.wish = "cancel"
        self.path.write_bytes(content)
        self.file_name, self.job_id, self.intake = name, None, None
        self.reading = read_case(self.path)

    @property
    def job(self) -> Job | None:
        """The last solve of this case."""
        return JOBS.get(self.job_id)


def desk() -> Desk:
    """The desk of this session."""
    if "desk" not in st.session_state:
        fresh = Desk()
        weakref.finalize(fresh, shutil.rmtree, fresh.folder, ignore_errors=True)
        st.session_state.desk = fresh
    found: Desk = st.session_state.desk
    return found


def dress() -> None:
    """Style sheet and Chinese words for the framework's own."""
    st.html(HERE / "style.css")
    st.html((HERE / "chinese.js").read_text(encoding="utf-8"), unsafe_allow_javascript=True)


def strip(title: str) -> None:
    """Title, case name and status badge, the same on every page."""
    here = desk()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        st.markdown(f"# {title}")
        case = here.reading.case if here.reading else None
        if case is not None:
            st.markdown(f":gray[{case.name or here.file_name}]")
            if case.fictional and FICTIONAL not in case.name:
                st.badge(FICTIONAL, color="orange")
        st.space("stretch")
        _badge(here.job)


def _badge(job: Job | None) -> None:
    if job is None:
        return
    if job.running:
        st.badge("正在求解", icon=":material/hourglass_top:", color="blue")
    elif job.outcome is not None:
        solution = job.outcome.solution
        looks = {"optimal": ("green", "verified"), "feasible": ("blue", "check_circle"), "infeasible": ("red", "error")}
        colour, icon = looks.get(solution.status, ("gray", "history"))
        words = "已取消" if solution.cancelled else solution.sentence
        st.badge(words, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]


def frame_of(table: ResultTable) -> pd.DataFrame:
    """A result table for the grid: money in 万元, shares in percent."""
    columns = {}
    for index, column in enumerate(table.columns):
        values = [row[index] for row in table.rows]
        if column.kind == "money":
            columns[column.name] = [None if not v else float(v) / 100 for v in values]
        elif column.kind == "share":
            columns[column.name] = [None if v is None else float(v) * 100 for v in values]
        elif column.kind == "number":
            columns[column.name] = [None if v is None else float(v) for v in values]
        else:
            columns[column.name] = values
    return pd.DataFrame(columns)


LEVELS = {"error": "✕ 错误", "warning": "! 提醒", "note": "✓ 说明"}
COLOURS = {"✕ 错误": "color:#8C1D18", "! 提醒": "color:#7A4900", "✓ 说明": "color:#155C41"}


def issue_table(issues: list[Issue], key: str) -> None:
    """Findings with a choice of level: where, what stood there, what is wrong, what to do."""
    if not issues:
        st.success("没有发现问题。", icon=":material/check:")
        return
    words = {"全部": None, "错误": "error", "提醒": "warning", "说明": "note"}
    choice = st.segmented_control(
        "级别", list(words), default="全部", required=True, key=f"level_{key}", label_visibility="collapsed"
    )
    wanted = words[str(choice)]
    rows = [
        {"级别": LEVELS[i.severity], "位置": i.address, "原值": i.value, "问题": i.message, "怎么改": i.remedy}
        for i in issues
        if wanted is None or i.severity == wanted
    ]
    frame = pd.DataFrame(rows, columns=["级别", "位置", "原值", "问题", "怎么改"])
    widths = {"级别": 70, "位置": 150, "原值": 130, "问题": 460, "怎么改": 360}
    config = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
    styled = frame.style.map(lambda v: COLOURS.get(v, ""), subset=["级别"]) if len(rows) <= 5000 else frame
    st.dataframe(styled, hide_index=True, column_config=config, height="content" if len(rows) <= 12 else 420, key=key)


def grid(table: ResultTable, hide: tuple[str, ...] = (), height: int | None = None, key: str | None = None) -> None:
    """A result table on the page: numbers right-aligned, zero and empty as a dash."""
    frame = frame_of(table).drop(columns=[c for c in hide if c in [k.name for k in table.columns]])
    formats = {"money": "%,.2f", "share": "%.2f%%", "number": "%,.2f", "whole": "%d"}
    shown = {}
    for column in table.columns:
        if column.kind in formats:
            shown[column.name] = st.column_config.NumberColumn(
                format=formats[column.kind], alignment="right", width=max(column.width * 8, len(column.name) * 13 + 26)
            )
        else:
            shown[column.name] = st.column_config.TextColumn(width=max(60, column.width * 8))
    rows = len(frame)
    st.dataframe(
        frame,
        hide_index=True,
        column_config=shown,
        height=height or ("content" if rows <= SHORT else 560),
        key=key,
        placeholder="—",
        width="stretch",
    )
