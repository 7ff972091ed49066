"""导出: the result workbook, the plan as data, and the certificate."""

from __future__ import annotations

import html
import json
import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from reports.briefing import write_briefing
from reports.editions import public_edition
from reports.workbook import write_tables
from ui.shared import desk, strip
from workbench.exporting import archive
from workbench.verbs import Outcome

PARTS = (
    ("分地区工作簿", "分地区", ":material/location_city:"),
    ("分部门工作簿", "分部门", ":material/groups:"),
    ("各表数据", "数据", ":material/csv:"),
)


def _workbook(outcome: Outcome) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.xlsx"
        outcome.write(path)
        return path.read_bytes()


def _data(outcome: Outcome) -> bytes:
    return json.dumps(outcome.record(), ensure_ascii=False, indent=1).encode()


def _briefing(outcome: Outcome) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.docx"
        write_briefing(path, outcome.plan, outcome.account())
        return path.read_bytes()


def _public(outcome: Outcome) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.xlsx"
        write_tables(path, public_edition(outcome.plan))
        return path.read_bytes()


def _archive(outcome: Outcome, part: str) -> bytes:
    return archive(outcome.plan, outcome.account(), part)


def _certificate(outcome: Outcome) -> str:
    cells = "".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
        for name, value in outcome.account().rows
        if value
    )
    return f'<table class="kv">{cells}</table>'


strip("导出")
job = desk().job
outcome = job.outcome if job else None
if outcome is None or outcome.solution.plan is None:
    st.info("还没有方案。先在“求解与方案”求解。", icon=":material/info:")
else:
    left, right = st.columns([5, 6])
    with left:
        st.markdown("### 结果工作簿")
        st.caption(
            "建议表、明细、未安排原因、各汇总表、约束校验、后续需求、方案对比、绩效目标、图表、求解说明；合计是公式"
        )
        st.download_button(
            "下载结果工作簿",
            partial(_workbook, outcome),
            "资金安排结果.xlsx",
            key="workbook",
            type="primary",
            on_click="ignore",
            icon=":material/table_view:",
        )
        st.markdown("### 上会材料")
        st.caption("汇报材料是 Word 公文版式，带表格和图；公示表不含原因和未安排项目")
        with st.container(horizontal=True):
            st.download_button(
                "下载汇报材料", partial(_briefing, outcome), "汇报材料.docx", key="briefing", on_click="ignore", icon=":material/article:"
            )  # fmt: skip
            st.download_button(
                "下载公示表", partial(_public, outcome), "资金安排公示表.xlsx", key="public", on_click="ignore", icon=":material/campaign:"
            )  # fmt: skip
        st.markdown("### 分发")
        st.caption("每个地区、每个主管部门一本，只含自己的项目；CSV 供其他系统读取")
        with st.container(horizontal=True):
            for label, part, icon in PARTS:
                st.download_button(
                    f"下载{label}", partial(_archive, outcome, part), f"{label}.zip", key=f"zip_{part}", on_click="ignore", icon=icon
                )  # fmt: skip
        st.markdown("### 方案数据")
        st.caption("供其他系统读取的 JSON，金额单位万元")
        st.download_button(
            "下载方案数据",
            partial(_data, outcome),
            "资金安排方案.json",
            key="data",
            on_click="ignore",
            icon=":material/data_object:",
        )
        st.markdown("### 独立复核")
        st.caption("命令行运行 fundopt verify 案例.xlsx 结果.xlsx，不用求解器逐格核对")
    with right:
        st.markdown("### 结论证书")
        st.html(_certificate(outcome))
