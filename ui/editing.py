"""Grids whose edits become changes of the case, and the card that lists what is not yet applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from zlib import crc32

import pandas as pd
import streamlit as st

from inputs.case.changes import CELL, Target
from inputs.case.rule_lines import HARD, NO, SOFT, YES
from inputs.case.rule_schema import RULE_SCHEMA_BY_ID
from models.rules import RULE_BY_ID
from models.units import MONEY_PER_WAN, key_words
from ui.desk import desk
from ui.tables import Edit, exact_amount, spoken, unit_words
from ui.words import ENGLISH, column, language, plain, t
from workbench.store import Stale
from workbench.workspace import Difference, Workspace

SENSES = {"=": "固定为", ">=": "至少", "<=": "至多"}
"""What an amount is required to be, by the sign that a cell has it with."""


def edit_grid(
    name: str,
    make: Callable[[], pd.DataFrame],
    take: Callable[[pd.DataFrame, Edit], dict[Target, str]],
    config: dict[str, Any],
    disabled: list[str],
    height: int | Literal["auto", "stretch", "content"] = "auto",
    alt: str = "",
    mark: str = "",
) -> None:
    """An editable grid: what the user types is wanted on the next run, before anything is drawn (``strip``).

    The grid keeps its own edits while it is in sight; it is laid out anew when the case changes elsewhere, when
    ``mark`` – what its rows are chosen by – changes, or when it comes back into sight from behind another tab.
    """
    outside = desk().outside
    kept = st.session_state.setdefault("grids", {}).setdefault(name, {"state": None, "laid": 0, "key": ""})
    if kept["state"] != (outside, mark) or kept["key"] not in st.session_state:
        kept["state"], kept["frame"], kept["laid"] = (outside, mark), make(), kept["laid"] + 1
        kept["key"] = f"{name}_{outside}_{crc32(mark.encode())}_{kept['laid']}"
    kept["take"] = take
    st.data_editor(
        kept["frame"], key=kept["key"], column_config=config, disabled=disabled, hide_index=True, height=height,
        num_rows="fixed", placeholder="—", alt=alt or None,
    )  # fmt: skip


def number_box(
    where: Any, label: str, least: float, most: float, value: float, step: float, key: str, changed: Callable[[], None] | None = None, **more: Any
) -> float:  # fmt: skip
    """A number box that says in a sentence when what was typed lies outside its limits; what it had before then holds.

    The framework's own limits would drop the typed number without a word.
    """

    def moved() -> None:
        if changed is not None and least <= st.session_state[key] <= most:
            changed()

    typed = where.number_input(label, value=value, step=step, key=key, on_change=moved, **more)
    if least <= typed <= most:
        return float(typed)
    words = t("“{label}”要在 {least} 到 {most} 之间；改好之前仍按 {value}。", label=label, least=f"{least:,g}", most=f"{most:,g}", value=f"{value:,g}")  # fmt: skip
    where.error(words, icon=":material/error:")
    return value


def row_words(work: Workspace, target: Target) -> str:
    """What a target is, as people say it."""
    if target.column == CELL:
        return f"{target.sheet}!{target.row[0]}"
    if target.sheet == "规则":
        rule, scope, year, parameter = target.row
        title = RULE_BY_ID[rule].title_en if language() == ENGLISH else RULE_BY_ID[rule].title
        what = (
            _in_words(parameter) if target.column == "值" else f"{_in_words(parameter)} {column(target.column)}".strip()
        )
        parts = [title, key_words((scope,)), year, what]
        return " · ".join(part for part in parts if part)
    case = work.last_good()
    name = target.row[0]
    if target.sheet == "项目" and case is not None and name in case.project_by_id:
        name = f"{name} {case.project_by_id[name].name}"
    if target.sheet == "设置":
        name = _in_words(name)
    return f"{name} · {_in_words(target.column)}" if target.column != "值" else name


def _in_words(heading: str) -> str:
    """A heading such as 额度:2026 or 权重:安全 in the session's language; what stands behind the colon is the user's own."""
    head, colon, rest = heading.partition(":")
    return f"{column(head)}{colon}{rest}"


def value_words(target: Target, text: str) -> str:
    """A value as shown: amounts in the session's unit; an empty cell as what it stands for, else as 未设."""
    if not text and target.column == "刚性":
        return t(SOFT if RULE_SCHEMA_BY_ID[target.row[0]].soft else HARD)
    if target.sheet == "规则" and target.column == "启用":
        return t({YES: "启用", NO: "停用"}.get(text, "默认"))
    if not text:
        return t("可选" if target.column == "状态" else "未设")
    if target.is_money:
        return _money_words(text)
    return t(text)


def _money_words(text: str) -> str:
    """An amount as written in a cell, with its unit; what is no plain number of 万元 stays as it is."""
    sense = next((s for s in (">=", "<=") if text.startswith(s)), "")
    try:
        value = round(float(text.removeprefix(sense)) * MONEY_PER_WAN)
    except ValueError:
        return text
    return f"{t(SENSES[sense]) if sense else ''} {exact_amount(value)} {unit_words()}".strip()


def pending_card(start: Callable[[], None]) -> None:
    """待应用的改动: errors as sentences; apply and solve, in sight however many; from → to, each with its undo."""
    here = desk()
    work = here.work
    assert work is not None
    found = work.pending
    with st.container(border=True, key="pending"):
        st.markdown(f"### {t('待应用的改动（{n}）', n=len(found))}")
        st.caption(t("相对当前方案") if work.shown else t("相对导入的文件"))
        base = work.shown.changes if work.shown else None
        for issue in work.reading.errors[:6]:
            st.error(plain(f"{issue.address} {spoken(issue)}"))
        for issue in [i for i in work.reading.issues if i.code == "soft_default"][:3]:
            st.warning(plain(f"{issue.address} {spoken(issue)}"), icon=":material/info:")
        running = work.job is not None and work.job.running
        if st.button(
            t("应用并求解") if found or work.shown is None else t("重新求解"), key="apply", type="primary", width="stretch",
            icon=":material/play_arrow:", disabled=work.case is None or running,
        ):  # fmt: skip
            start()
        for number, each in enumerate(found[:40]):
            _line(work, each, number, base)
        if len(found) > 40:
            st.caption(t("另有 {n} 项改动", n=len(found) - 40))
        if not found:
            st.caption(t("没有未应用的改动。"))
        if found and st.button(t("全部撤销"), key="undo_all", width="stretch"):
            undo(work, [d.target for d in found], base)
    _all_changes(work)


def _line(work: Workspace, each: Difference, number: int, base: Any) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"pending_{number}"):
        before, after = value_words(each.target, each.before), value_words(each.target, each.after)
        st.markdown(
            f"{plain(row_words(work, each.target))}  \n:gray[{plain(before)}] → **{plain(after)}**", width="stretch"
        )
        if st.button(t("撤销"), key=f"undo_{number}", type="tertiary"):
            undo(work, [each.target], base)


def undo(work: Workspace, targets: list[Target], base: Any) -> None:
    """Take changes back and lay the grids out anew."""
    here = desk()
    try:
        work.undo(targets, base)
    except Stale:
        here.reopen()
    here.outside += 1
    st.rerun()


def _all_changes(work: Workspace) -> None:
    """与导入文件的全部差别, each can be undone, or all."""
    found = work.differences()
    with st.expander(t("与导入文件的差别（{n}）", n=len(found)), expanded=st.session_state.get("differs", False)):
        if not found:
            st.caption(t("与导入的文件相同。"))
        for number, each in enumerate(found[:60]):
            with st.container(horizontal=True, vertical_alignment="center"):
                before, after = value_words(each.target, each.before), value_words(each.target, each.after)
                st.markdown(
                    f"{plain(row_words(work, each.target))}  \n:gray[{plain(before)}] → **{plain(after)}**",
                    width="stretch",
                )
                if st.button(t("还原"), key=f"restore_{number}", type="tertiary"):
                    st.session_state.differs = len(found) > 1  # open as long as there is more: the label is another
                    undo(work, [each.target], None)
        if found and st.button(t("全部还原为导入文件"), key="restore_all", width="stretch"):
            undo(work, [d.target for d in found], None)
