"""导出: the result workbook, the papers of the meeting, the case as changed, pictures, and the certificate."""

from __future__ import annotations

import html
import json
import re
from functools import partial

import streamlit as st

from inputs.case.changes import CaseSheets
from reports.account import CHANGED
from reports.briefing import write_briefing
from reports.editions import public_edition
from reports.workbook import write_tables
from ui.desk import desk
from ui.frame import strip
from ui.words import plain, t, told
from workbench.exporting import archive, written
from workbench.verbs import Outcome
from workbench.workspace import Shown, Workspace, said

Saved = tuple[tuple[str, str], ...]
NAMES = ("案例名称", "方案名称", CHANGED)
PARTS = (
    ("下载分地区工作簿", "分地区", ":material/location_city:"),
    ("下载分部门工作簿", "分部门", ":material/groups:"),
    ("下载各表数据", "数据", ":material/csv:"),
    ("下载图片", "图", ":material/image:"),
)


LONGEST_PART = 40


def _workbook(outcome: Outcome, saved: Saved) -> bytes:
    return written(lambda path: outcome.write(path, saved), ".xlsx")


def _data(outcome: Outcome) -> bytes:
    return json.dumps(outcome.record(), ensure_ascii=False, indent=1).encode()


def _briefing(outcome: Outcome, saved: Saved) -> bytes:
    return written(lambda path: write_briefing(path, outcome.plan, outcome.account(saved)), ".docx")


def _public(outcome: Outcome) -> bytes:
    return written(lambda path: write_tables(path, public_edition(outcome.plan)), ".xlsx")


def _case(work: Workspace, shown: Shown) -> bytes:
    return written(lambda path: work.write_case(path, shown.changes), ".xlsx")


def _archive(outcome: Outcome, part: str) -> bytes:
    return archive(outcome.plan, outcome.account(), part)


def _saved(work: Workspace, shown: Shown) -> Saved:
    """Under which name the plan in sight was saved, what it was made, and what was set otherwise than in the file: rows
    of its account."""
    mine = work.shown_is()
    rows: list[tuple[str, str]] = []
    if mine is not None:
        state = [f"审定 {mine.frozen}".replace("T", " ")] if mine.frozen else []
        state += ["建议方案"] if mine.advised else []
        rows = [("方案名称", mine.name), ("方案状态", "；".join(state) or "已保存，未审定")]
    sheets = CaseSheets(work.grids)
    lines = (said(x, sheets.text(x), new) for x, new in shown.changes.items())
    return (*rows, *(((CHANGED, "\n".join(lines)),) if shown.changes else ()))


def _certificate(outcome: Outcome, saved: Saved) -> str:
    cells = "".join(
        f"<tr><th>{html.escape(told(name))}</th><td>{html.escape(value if name in NAMES else told(value))}</td></tr>"
        for name, value in outcome.account(saved).rows
        if value
    )
    return f'<table class="kv">{cells}</table>'


def _stem(work: Workspace) -> str:
    """How the names of files begin: the case, and the scenario where the plan was saved as one."""
    mine = work.shown_is()
    parts = [re.sub(r'[\\/:*?"<>|\s]+', "", part)[:LONGEST_PART] for part in (work.name, mine.name if mine else "")]
    return "".join(f"{part}-" for part in parts if part)


def _downloads(work: Workspace, shown: Shown) -> None:
    outcome, stem, saved = shown.outcome, _stem(work), _saved(work, shown)
    st.markdown(f"### {t('结果工作簿')}")
    st.caption(
        t("建议表、明细、未安排原因、各汇总表、约束校验、后续需求、方案对比、绩效目标、图表、求解说明；合计是公式")
    )
    with st.container(horizontal=True):
        st.download_button(
            t("下载结果工作簿"), partial(_workbook, outcome, saved), f"{stem}资金安排结果.xlsx", key="workbook", type="primary", on_click="ignore",
            icon=":material/table_view:",
        )  # fmt: skip
        st.download_button(
            t("下载本方案的案例"), partial(_case, work, shown), f"{stem}案例.xlsx", key="case", on_click="ignore", icon=":material/edit_document:",
            help=t("导入的文件加上本方案所用的全部改动"),
        )  # fmt: skip
    st.markdown(f"### {t('上会材料')}")
    st.caption(t("汇报材料是 Word 公文版式，带表格和图；公示表不含原因和未安排项目"))
    with st.container(horizontal=True):
        st.download_button(
            t("下载汇报材料"), partial(_briefing, outcome, saved), f"{stem}汇报材料.docx", key="briefing", on_click="ignore", icon=":material/article:"
        )  # fmt: skip
        st.download_button(
            t("下载公示表"), partial(_public, outcome), f"{stem}资金安排公示表.xlsx", key="public", on_click="ignore", icon=":material/campaign:"
        )  # fmt: skip
    st.markdown(f"### {t('分发')}")
    st.caption(t("每个地区、每个主管部门一本，只含自己的项目；CSV 供其他系统读取；图片可放进自己的材料"))
    with st.container(horizontal=True):
        for label, part, icon in PARTS:
            none = part == "分部门" and not any(p.department for p in outcome.case.projects)
            st.download_button(
                t(label), partial(_archive, outcome, part), f"{stem}{label.removeprefix('下载')}.zip", key=f"zip_{part}", on_click="ignore", icon=icon,
                disabled=none, help=t("项目表没有填主管部门") if none else None,
            )  # fmt: skip
    st.markdown(f"### {t('方案数据')}")
    st.caption(t("供其他系统读取的 JSON，金额单位万元"))
    st.download_button(
        t("下载方案数据"), partial(_data, outcome), f"{stem}资金安排方案.json", key="data", on_click="ignore", icon=":material/data_object:"
    )  # fmt: skip
    st.markdown(f"### {t('独立复核')}")
    st.caption(t("命令行运行 fundopt verify 案例.xlsx 结果.xlsx，不用求解器逐格核对；案例用上面“本方案的案例”"))


def _which(work: Workspace) -> str:
    """Which plan the files are of, and that another one is frozen."""
    mine = work.shown_is()
    words = t("导出的是当前方案：**{name}**", name=plain(mine.name) if mine else t("还没有存为方案"))
    others = [s.name for s in work.scenarios() if s.frozen and (mine is None or s.id != mine.id)]
    if others:
        words += "　" + t(":orange[审定的是 **{name}**；要导出它，先在“方案对比”载入。]", name=plain("、".join(others)))
    return words


strip(t("导出"))
work = desk().work
shown = work.shown if work is not None else None
if work is None or shown is None:
    st.info(t("还没有方案。先在“求解与方案”求解。"), icon=":material/info:")
else:
    st.markdown(_which(work))
    if work.stale:
        st.warning(t("求解之后改动了 {n} 项设置。下面导出的仍是原方案和它所用的案例。", n=len(work.pending)), icon=":material/history:")  # fmt: skip
    left, right = st.columns([5, 6])
    with left:
        _downloads(work, shown)
    with right:
        st.markdown(f"### {t('结论证书')}")
        st.html(_certificate(shown.outcome, _saved(work, shown)))
