"""工作表 and 行去向: what is read, and what every row is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from inputs.lists.projects import TOTALS
from inputs.lists.rows import KINDS, Kind
from ui.lists.columns import height
from ui.tables import choice_of, labelled
from ui.words import t, told
from workbench.intake import Intake
from workbench.kept_lists import which_of

READ = {"自动": None, "读": True, "不读": False}
TOTAL_COLUMN = "总投资列"
MOST_SHOWN = 2000


def sheets_tab(intake: Intake) -> None:
    """Whether each sheet is read, for which region, and where its total investment comes from."""
    words = {value: word for word, value in READ.items()}
    rows = [
        {
            "文件": s.file, "工作表": s.name, "读取": words[s.wanted], "整表地区": intake.decisions.regions.get((s.file, s.name), ""),
            "总投资取自": TOTALS.get(intake.decisions.totals.get((s.file, s.name), ""), TOTAL_COLUMN),
            "总行数": len(s.rows), **{kind: s.counts[kind] for kind in KINDS},
        }
        for s in intake.lists.sheets
    ]  # fmt: skip
    st.caption(
        t(
            "各类行数之和等于工作表的总行数。汇总表、与别的表重复的表请选“不读”。清单里确实没有总投资一列的，在“总投资取自”里选由哪些列加出来（另加已到位资金）。"
        )
    )
    sources = {TOTAL_COLUMN: None} | {word: family for family, word in TOTALS.items()}
    config = {
        "读取": choice_of(list(READ), 80),
        "总投资取自": choice_of(list(sources), 120),
    }
    locked = ["文件", "工作表", "总行数", *KINDS]
    frame = st.data_editor(
        pd.DataFrame(rows), hide_index=True, column_config=labelled(rows, config), disabled=locked, key="sheets_editor", placeholder="—",
        height=height(rows, 420),
    )  # fmt: skip
    if st.button(t("按此读取"), key="read_so", icon=":material/refresh:"):
        for k, sheet in enumerate(intake.lists.sheets):
            place = (sheet.file, sheet.name)
            wanted, region = READ[str(frame["读取"][k])], str(frame["整表地区"][k] or "").strip()
            _set(intake.decisions.read, place, wanted)
            _set(intake.decisions.regions, place, region or None)
            _set(intake.decisions.totals, place, sources[str(frame["总投资取自"][k])])
        intake.read()
        st.rerun()


def _set(table: dict[Any, Any], key: Any, value: Any) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def rows_tab(intake: Intake) -> None:
    """Rows by kind, each to be given another."""
    kinds = [kind for kind in KINDS if any(s.counts[kind] for s in intake.lists.sheets)]
    if not kinds:
        st.caption(t("清单里没有行。"))
        return
    start = "拒绝" if "拒绝" in kinds else kinds[0]
    kind = st.segmented_control(
        t("去向"), kinds, default=start, required=True, key="row_kind", label_visibility="collapsed", format_func=t
    )
    found = [(s, row) for s in intake.lists.sheets for row in s.rows if row.kind == kind][:MOST_SHOWN]
    places = [(s.file, s.name, r.index + 1) for s, r in found]
    if st.session_state.get("row_wishes", ("",))[0] != which_of(intake):  # of other files nothing is wanted any more
        st.session_state.row_wishes = (which_of(intake), {})
    wishes: dict[tuple[str, str, int], Kind] = st.session_state.row_wishes[1]
    rows = [
        {"文件": s.file, "工作表": s.name, "行": r.index + 1, "内容": r.label, "说明": told(r.note), "去向": wishes.get(place, r.kind)}
        for place, (s, r) in zip(places, found, strict=True)
    ]  # fmt: skip
    config = {
        "去向": choice_of(list(KINDS), 100),
        "内容": st.column_config.TextColumn(width=360),
        "说明": st.column_config.TextColumn(width=320),
    }
    key = f"rows_{kind}"

    def note() -> None:
        """What was chosen is kept while other kinds of rows are looked at."""
        for number, values in st.session_state[key]["edited_rows"].items():
            wishes[places[int(number)]] = values["去向"]
            if values["去向"] == kind:
                wishes.pop(places[int(number)])

    st.data_editor(
        pd.DataFrame(rows), hide_index=True, column_config=labelled(rows, config), disabled=["文件", "工作表", "行", "内容", "说明"], key=key,
        height=height(rows, 420), on_change=note,
    )  # fmt: skip
    words = t("改变去向（{n} 行）", n=len(wishes)) if wishes else t("改变去向")
    if st.button(words, key="move_rows", icon=":material/refresh:", disabled=not wishes):
        intake.decisions.rows |= wishes
        wishes.clear()
        intake.read()
        st.rerun()
