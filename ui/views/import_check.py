"""导入与体检: upload or sample, every finding with its cell, the case at a glance."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from inputs.case.read import Reading
from inputs.files.limits import FileLimits
from inputs.samples import SAMPLE_TITLES, write_sample
from inputs.template import write_template
from models.case import Case
from models.issue import CaseError, Issue
from reports.tables import asked
from ui.shared import LEVELS, desk, issue_table, strip
from workbench.intake import are_lists, open_intake

TYPES = ["xlsx", "xlsm", "xls", "et", "csv"]


def _take(files: list[Any]) -> None:
    """One case workbook becomes the case; anything else goes to 清单整理, beside the lists that are there already."""
    here = desk()
    folder = Path(tempfile.mkdtemp(dir=here.folder))
    paths = []
    for number, file in enumerate(files):
        path = folder / f"{number}{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getvalue())
        paths.append((path, file.name))
    with st.spinner("正在读取……"):
        try:
            lists = are_lists([path for path, _ in paths])
            if lists:
                old = here.intake
                here.intake = open_intake(
                    paths, decisions=old.decisions if old else None, before=old.opened if old else None
                )
                here.intake.keep_scrubbed()
        except CaseError as error:
            here.reading, here.intake, here.job_id = Reading(None, _named(error.issues, paths)), None, None
            here.file_name = paths[0][1]
            return
        if not lists:
            here.take(paths[0][0].read_bytes(), paths[0][1])
            return
    st.switch_page("ui/views/lists.py")


def _named(issues: list[Issue], paths: list[tuple[Path, str]]) -> list[Issue]:
    """Findings with the names that the user knows in place of those of the stored files."""
    names = {path.name: name for path, name in paths}

    def told(text: str) -> str:
        return next((text.replace(own, name) for own, name in names.items() if own in text), text)

    return [replace(i, sheet=told(i.sheet), message=told(i.message)) for i in issues]


def _sample(name: str) -> None:
    here = desk()
    write_sample(name, here.path)
    here.take(here.path.read_bytes(), f"{name}.xlsx")


@st.cache_data
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        write_template(path)
        return path.read_bytes()


def _doors() -> None:
    """The three ways in."""
    limit = FileLimits.from_environment().megabytes
    files = st.file_uploader(
        "案例工作簿或原始清单", type=TYPES, key="upload", max_upload_size=limit, accept_multiple_files=True
    )
    taken: set[str] = st.session_state.setdefault("taken", set())
    if fresh := [file for file in files if file.file_id not in taken]:
        taken |= {file.file_id for file in fresh}
        _take(fresh)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("示例", list(SAMPLE_TITLES), format_func=SAMPLE_TITLES.__getitem__, key="sample", width=260)
        if st.button("用示例开始", key="use_sample", icon=":material/science:"):
            _sample(name)
            st.rerun()
        st.download_button(
            "下载空白模板", _template, "案例模板.xlsx", key="template", on_click="ignore", icon=":material/table_view:"
        )


def _counts(reading: Reading) -> None:
    case = reading.case
    number = {level: sum(i.severity == level for i in reading.issues) for level in LEVELS}
    figures = (
        ("读到项目", reading.rows.get("项目", 0)), ("可参与分配", len(case.projects) if case else "—"), ("错误 · 须改", number["error"]),
        ("提醒 · 可继续", number["warning"]), ("说明 · 已记录", number["note"]),
    )  # fmt: skip
    for column, (label, value) in zip(st.columns(5), figures, strict=True):
        column.metric(label, value, border=True)


def _glance(case: Case) -> None:
    """The case at a glance: what is asked, what there is, by fund and by category."""
    request = sum(asked(case, p, p.schemes[0]) for p in case.projects)
    money = sum(f.limit for f in case.funds)
    years = f"{case.first_year}–{case.first_year + case.years - 1}" if case.years > 1 else f"{case.first_year}"
    times = f"，申请是额度的 {request / money:.1f} 倍" if money else ""
    st.markdown(
        f"**{len(case.projects)} 个项目，{years} 年申请 {request / 100:,.0f} 万元；{len(case.funds)} 项资金共 {money / 100:,.0f} 万元{times}。**"
    )
    left, right = st.columns(2)
    funds = [
        {"资金": f.name, "类型": f.kind, "额度（万元）": f.limit / 100, "可结转": "是" if f.carries else "否"}
        for f in case.funds
    ]
    kinds: dict[str, list[int]] = {}
    for p in case.projects:
        kinds.setdefault(p.category or "（未填）", []).append(asked(case, p, p.schemes[0]))
    groups = [{"类别": k, "项目": len(v), "申请（万元）": sum(v) / 100} for k, v in sorted(kinds.items())]
    money_column = st.column_config.NumberColumn(format="%,.0f", alignment="right")
    left.dataframe(pd.DataFrame(funds), hide_index=True, column_config={"额度（万元）": money_column}, key="funds")
    right.dataframe(pd.DataFrame(groups), hide_index=True, column_config={"申请（万元）": money_column}, key="kinds")


def _sheets(reading: Reading) -> None:
    rows = [
        {
            "工作表": name,
            "读取行": count,
            "错误": sum(i.sheet == name and i.severity == "error" for i in reading.issues),
        }
        for name, count in reading.rows.items()
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content" if len(rows) <= 5 else 220, key="sheets")


strip("导入与体检")
left, right = st.columns([5, 6])
with left:
    _doors()
reading = desk().reading
if reading is None:
    words = "上传案例工作簿，或用示例开始。县里报来的原始清单（可几个文件）也从这里上传，先到“清单整理”。示例的金额都是虚构的。"
    right.info(words, icon=":material/info:")
else:
    with right:
        st.caption(f"{desk().file_name}")
        _sheets(reading)
    _counts(reading)
    if reading.case is not None:
        _glance(reading.case)
        if st.button("下一步：求解与方案", type="primary", key="next", icon=":material/arrow_forward:"):
            st.switch_page("ui/views/plan.py")
    else:
        st.error(f"有 {len(reading.errors)} 处错误。按“怎么改”一栏改好后重新上传。", icon=":material/error:")
    st.markdown("### 问题清单")
    issue_table(reading.issues, "issues")
