"""导入与体检: upload or sample, every finding with its cell, the case at a glance."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from inputs.case.read import Reading, read_case
from inputs.files.limits import FileLimits
from inputs.samples import SAMPLE_TITLES, write_sample
from inputs.template import write_template
from models.case import Case
from reports.tables import asked
from ui.shared import desk, strip

LEVELS = {"error": "✕ 错误", "warning": "! 提醒", "note": "✓ 说明"}
COLOURS = {"✕ 错误": "color:#8C1D18", "! 提醒": "color:#7A4900", "✓ 说明": "color:#155C41"}


def _take(content: bytes, name: str) -> None:
    """Make an uploaded or sample workbook the case of this session."""
    here = desk()
    if here.job is not None and here.job.running:
        here.job.wish = "cancel"
    here.path.write_bytes(content)
    here.file_name, here.job_id = name, None
    with st.spinner("正在读取……"):
        here.reading = read_case(here.path)


def _sample(name: str) -> None:
    here = desk()
    write_sample(name, here.path)
    _take(here.path.read_bytes(), f"{name}.xlsx")


@st.cache_data
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        write_template(path)
        return path.read_bytes()


def _doors() -> None:
    """The three ways in."""
    limit = FileLimits.from_environment().megabytes
    file = st.file_uploader("案例工作簿", type=["xlsx", "xls"], key="upload", max_upload_size=limit)
    if file is not None and st.session_state.get("taken") != file.file_id:
        st.session_state.taken = file.file_id
        _take(file.getvalue(), file.name)
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


def _issues(reading: Reading) -> None:
    if not reading.issues:
        st.success("没有发现问题。", icon=":material/check:")
        return
    words = {"全部": None, "错误": "error", "提醒": "warning", "说明": "note"}
    st.markdown("### 问题清单")
    choice = st.segmented_control(
        "级别", list(words), default="全部", required=True, key="level", label_visibility="collapsed"
    )
    wanted = words[str(choice)]
    rows = [
        {"级别": LEVELS[i.severity], "位置": i.address, "原值": i.value, "问题": i.message, "怎么改": i.remedy}
        for i in reading.issues
        if wanted is None or i.severity == wanted
    ]
    frame = pd.DataFrame(rows, columns=["级别", "位置", "原值", "问题", "怎么改"])
    widths = {"级别": 70, "位置": 120, "原值": 130, "问题": 480, "怎么改": 360}
    config = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
    styled = frame.style.map(lambda v: COLOURS.get(v, ""), subset=["级别"])
    st.dataframe(
        styled, hide_index=True, column_config=config, height="content" if len(rows) <= 12 else 420, key="issues"
    )


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
    right.info("上传案例工作簿，或用示例开始。示例的金额都是虚构的。", icon=":material/info:")
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
    _issues(reading)
