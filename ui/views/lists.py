"""清单整理: raw lists on their way to a case – columns confirmed, doubtful cells corrected, totals compared."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from inputs.lists.mapping_file import write_mapping
from ui.desk import desk
from ui.frame import strip
from ui.lists.columns import columns_tab
from ui.lists.findings import changes_tab, findings_tab, totals_tab
from ui.lists.making import funds_tab
from ui.lists.rows import rows_tab, sheets_tab
from ui.words import plain, t
from workbench.intake import Intake

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FILES = 12


def _files(intake: Intake) -> None:
    """The files that are read, each with a way to take it out."""
    names = [source.name for source in intake.opened.sources]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for k, name in enumerate(names[:MOST_FILES]):
            with st.popover(plain(name), icon=":material/description:"):
                st.markdown(t("移除后，对它的更正和行去向一起丢掉；原文件不动。改正后同名再传，不用先移除。"))
                if st.button(t("移除这份清单"), key=f"leave_{k}_{name}", icon=":material/close:"):
                    if len(names) == 1:
                        desk().intake = None
                    else:
                        intake.leave(name)
                    st.rerun()
        if more := names[MOST_FILES:]:
            st.caption(t("另有 {n} 份", n=len(more)))


def _figures(intake: Intake) -> None:
    lists = intake.lists
    rows = [row for sheet in lists.sheets for row in sheet.rows]
    waiting = sum(len(layout.open_columns) for layout in lists.layouts.values())
    figures = (
        ("工作表", len(lists.sheets)), ("清单行数", len(rows)), ("读入项目", len(intake.draft.projects)),
        ("没有读成的行", sum(r.kind == "拒绝" for r in rows)), ("有改动的格", len(lists.changes)), ("待确认的列", waiting),
        ("清单错误 · 须改", len(lists.errors)),
    )  # fmt: skip
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(t(label), f"{value:,}", border=True)


def _no_list(intake: Intake) -> None:
    """Files in which no list was found: said before anything else, with what to do."""
    if intake.draft.projects or intake.lists.errors:
        return
    st.warning(
        t(
            "没有认出任何项目清单：要有“项目名称”和金额的列。换一个文件；确是清单的，在“工作表”里把它的“读取”改成“读”，再到“列对应”里指定各列。"
        ),
        icon=":material/warning:",
    )


def _annotated(intake: Intake, number: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        intake.annotate(intake.opened.sources[number], path)
        return path.read_bytes()


def _mapping(intake: Intake) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.xlsx"
        write_mapping(path, intake.lists, intake.decisions)
        return path.read_bytes()


def _downloads(intake: Intake) -> None:
    with st.container(horizontal=True):
        for number, source in enumerate(intake.opened.sources[:6]):
            name = f"批注-{Path(source.name).stem}.xlsx"
            st.download_button(
                t("下载{name}", name=name), partial(_annotated, intake, number), name, XLSX, key=f"annotated_{number}", on_click="ignore", icon=":material/comment:"
            )  # fmt: skip
        st.download_button(
            t("下载映射文件"),
            partial(_mapping, intake),
            "映射.xlsx",
            XLSX,
            key="mapping",
            on_click="ignore",
            icon=":material/table_view:",
        )


desk().bring_lists()
strip(t("清单整理"), of_case=False)
intake = desk().intake
desk().keep_lists()
if intake is None:
    st.info(t("先在“导入与体检”上传县里、部门报来的清单（可以几个文件一起）。"), icon=":material/info:")
    if st.button(t("去导入"), key="go_import"):
        st.switch_page("ui/views/import_check.py")
else:
    _files(intake)
    _figures(intake)
    _no_list(intake)
    _downloads(intake)
    names = ["列对应", "工作表", "行去向", "问题与更正", "改动", "合计核对", "资金与额度"]
    for tab, draw in zip(
        st.tabs([t(n) for n in names]),
        (columns_tab, sheets_tab, rows_tab, findings_tab, changes_tab, totals_tab, funds_tab),
        strict=True,
    ):
        with tab:
            draw(intake)
