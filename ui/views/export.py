"""导出: the result workbook, the plan as data, and the certificate."""

from __future__ import annotations

import html
import json
import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from ui.shared import desk, strip
from workbench.verbs import Outcome


def _workbook(outcome: Outcome) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.xlsx"
        outcome.write(path)
        return path.read_bytes()


def _data(outcome: Outcome) -> bytes:
    return json.dumps(outcome.record(), ensure_ascii=False, indent=1).encode()


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
            "资金安排建议表、安排明细、未安排项目及原因、分地区、分行业、分资金来源、约束校验、后续年度需求、求解说明；合计是公式"
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
