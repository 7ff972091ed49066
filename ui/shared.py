"""What every page shares: dress, the strip on top, the state of the session."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import streamlit as st

from inputs.case.read import Reading
from reports.table import ResultTable
from workbench.jobs import JOBS, Job

HERE = Path(__file__).parent
SHORT = 15
FICTIONAL = "示例数据（金额为虚构）"


@dataclass(slots=True, weakref_slot=True)
class Desk:
    """One user's work: the uploaded file, what was read, and the id of the last solve.

    The file lies in a folder of its own that goes with the session.
    """

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="fundopt-")))
    file_name: str = ""
    reading: Reading | None = None
    job_id: str | None = None

    @property
    def path(self) -> Path:
        """Where the uploaded workbook lies."""
        return self.folder / "case.xlsx"

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
