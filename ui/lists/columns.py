"""列对应: what every column of a layout means, proposed, chosen, confirmed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from inputs import clean
from inputs.files.letters import column_letters
from inputs.lists import fields
from inputs.lists.reading import Layout
from ui.tables import choice_of, labelled
from ui.words import plain, t, told
from workbench.intake import Intake

NO_UNIT = "—"
UNITS = [NO_UNIT, *clean.MONEY_UNITS, "%", "亩", "公顷", "平方米", "公里", "米", "户", "人", "年", "月"]


def height(rows: list[Any], most: int) -> int:
    """Pixels that a grid of some rows takes, up to a limit."""
    return min(36 + 31 * max(1, len(rows)), most)


def columns_tab(intake: Intake) -> None:
    """Every layout with its columns, those to be confirmed first."""
    st.caption(
        t(
            "列名与内容都确定的列已经认下；标“待确认”的列请核对“对应字段”和“单位”，再按确认。同样布局的表只确认一次，下次自动认得。"
        )
    )
    ordered = sorted(intake.lists.layouts.values(), key=lambda layout: not layout.open_columns)
    for layout in ordered:
        waiting = len(layout.open_columns)
        sheets = "、".join(dict.fromkeys(sheet for _, sheet in layout.places))
        mark = t("待确认 {n} 列", n=waiting) if waiting else t("已确认") if layout.confirmed else t("列名都确定")
        with st.expander(f"{plain(sheets[:60])}（{mark}）", expanded=bool(waiting) and layout is ordered[0]):
            _layout(intake, layout)


def _layout(intake: Intake, layout: Layout) -> None:
    rows = []
    for guess in layout.guesses:
        name, unit = layout.columns[guess.index]
        state = t("已确认") if layout.confirmed else t("确定") if guess.sure else t("待确认")
        rows.append(
            {
                "状态": state, "列": column_letters(guess.index), "列名": guess.heading, "示例": "；".join(guess.examples), "对应字段": name, "单位": unit or NO_UNIT,
                "把握": f"{guess.score:.0%}", "依据": told(guess.basis),
            }
        )  # fmt: skip
    used = [row["对应字段"] for row in rows]
    own = [name for g in layout.guesses if g.numeric and not g.sure for name in fields.families_of(g.heading)]
    options = list(dict.fromkeys([*used, *fields.known_fields(), *own]))
    units = list(dict.fromkeys([*UNITS, *(row["单位"] for row in rows)]))
    config = {
        "对应字段": choice_of(options, 190),
        "单位": choice_of(units, 80),
        "示例": st.column_config.TextColumn(width=240),
        "列名": st.column_config.TextColumn(width=190),
    }
    frame = st.data_editor(
        pd.DataFrame(rows), hide_index=True, column_config=labelled(rows, config), disabled=["状态", "列", "列名", "示例", "把握", "依据"],
        key=f"map_{layout.code}", height=height(rows, 640),
    )  # fmt: skip
    if st.button(t("确认这一布局的列"), key=f"confirm_{layout.code}", type="primary", icon=":material/check:"):
        _confirm(intake, layout, frame)


def _confirm(intake: Intake, layout: Layout, frame: pd.DataFrame) -> None:
    chosen = {
        g.index: (str(frame["对应字段"][k]), str(frame["单位"][k]).replace(NO_UNIT, ""))
        for k, g in enumerate(layout.guesses)
    }
    faults = []
    for name, unit in chosen.values():
        if fields.fault_of(name):
            faults.append(fields.fault_of(name))
        elif fields.kind_of(name) == "money" and unit not in clean.MONEY_UNITS:
            faults.append(t("“{name}”的单位要选 {units} 之一", name=name, units="、".join(clean.MONEY_UNITS)))
    names = [n for n, _ in chosen.values() if n not in (fields.UNUSED, fields.PERSONAL)]
    faults += [t("“{name}”对应了两列", name=n) for n in sorted({n for n in names if names.count(n) > 1})]
    if faults:
        for fault in faults:
            st.error(plain(told(fault)), icon=":material/error:")
        return
    intake.confirm(layout.code, chosen)
    intake.read()
    st.rerun()
