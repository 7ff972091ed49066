"""Amounts, grids and findings as every page shows them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
import streamlit as st

from inputs import clean
from models.issue import Issue
from reports.charts.look import Look
from reports.table import ResultTable
from ui.desk import desk
from ui.words import column, plain, sentence, t, told

SHORT = 15
UNITS = {"万元": 100, "亿元": 1_000_000}
FEW = 10 * UNITS["亿元"]
MANY = 10_000
OWN_WORDS = ("项目编号", "项目名称", "地区", "主管部门", "项目单位")
"""Columns of result tables that hold the user's own names."""
SENTENCES = ("原因", "若要安排需调整什么")
"""Columns of result tables that hold sentences with amounts."""
Edit = dict[int, dict[str, Any]]
"""New values of a grid by row and heading."""

# ---- amounts


def look() -> Look:
    """Unit and language for charts."""
    unit = str(st.session_state.get("unit", "万元"))
    return Look(UNITS[unit], unit, 0 if unit == "万元" else 2, t)


def unit_words() -> str:
    """The unit in the session's language."""
    return t(str(st.session_state.get("unit", "万元")))


def amount(value: float | int | None, sign: bool = False, beside: int = 0) -> str:
    """An amount of 0.01 万元 in the shown unit, halves rounded up: 万元 without decimals where it is whole; 亿元 with two,
    less than ten of them with four, so that small cases add up. ``beside`` is an amount that has as many digits."""
    if value is None:
        return "—"
    unit = str(st.session_state.get("unit", "万元"))
    decimals = (4 if 0 < (abs(beside) or abs(value)) < FEW else 2) if unit == "亿元" else 2 if value % 100 else 0
    exact = (Decimal(value) / UNITS[unit]).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:{'+' if sign and value else ''},.{decimals}f}"


def exact_amount(value: int) -> str:
    """An amount of 0.01 万元 with all its digits, in 亿元 as many as it takes."""
    if st.session_state.get("unit") != "亿元" or value % 10**4 == 0:
        return amount(value)
    return f"{Decimal(value) / 10**6:,.6f}".rstrip("0")


def in_unit(words: str) -> str:
    """A sentence in the session's language with every amount of 万元 in the shown unit, all its digits kept."""
    words = told(words)
    if st.session_state.get("unit") != "亿元":
        return words
    return re.sub(
        rf"(\d[\d,]*(?:\.\d+)?) {re.escape(t('万元'))}",
        lambda found: f"{_hundred_millions(found[1])} {t('亿元')}",
        words,
    )


def _hundred_millions(wan: str) -> str:
    whole, _, rest = f"{Decimal(wan.replace(',', '')) / 10**4:,f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def percent_of(text: str) -> float:
    """A share as written in a cell (13%, 0.13), in percent; 0 where it is none."""
    try:
        return float(clean.share(text) * 100)
    except clean.Unreadable:
        return 0.0


def frame_of(table: ResultTable) -> pd.DataFrame:
    """A result table for the grid: money in the shown unit, shares in percent, headings in the session's language."""
    per = UNITS[str(st.session_state.get("unit", "万元"))]
    columns: dict[str, list[Any]] = {}
    for index, each in enumerate(table.columns):
        values = [row[index] for row in table.rows]
        if each.kind == "money":
            columns[_heading(each.name)] = [None if not v else float(v) / per for v in values]
        elif each.kind == "share":
            columns[_heading(each.name)] = [None if v is None else float(v) * 100 for v in values]
        elif each.kind == "number":
            columns[_heading(each.name)] = [None if v is None else float(v) for v in values]
        elif each.kind == "text" and each.name not in OWN_WORDS:
            say = in_unit if each.name in SENTENCES else told
            columns[_heading(each.name)] = [say(str(v)) if v else v for v in values]
        else:
            columns[_heading(each.name)] = values
    return pd.DataFrame(columns)


def _heading(name: str) -> str:
    """A heading in the session's language; names of funds are the user's own."""
    work = desk().work
    case = work.case if work is not None else None
    return name if case is not None and name in case.fund_by_name else column(name)


def money_format(table: ResultTable) -> str:
    """Number format of a table's money: 万元 without decimals where all is whole."""
    if st.session_state.get("unit") == "亿元":
        return "%,.4f"
    places = [i for i, c in enumerate(table.columns) if c.kind == "money"]
    return "%,.2f" if any((row[i] or 0) % 100 for row in table.rows for i in places) else "%,.0f"


def grid(
    table: ResultTable,
    hide: tuple[str, ...] = (),
    height: int | None = None,
    key: str | None = None,
    selectable: bool = False,
) -> int | None:
    """A result table on the page: numbers right-aligned, zero and empty as a dash, the first column kept in sight.

    Where rows are ``selectable``, the position of the one selected.
    """
    frame = frame_of(table).drop(columns=[_heading(c) for c in hide if c in [k.name for k in table.columns]])
    formats = {"money": money_format(table), "share": "%.2f%%", "number": "%,.2f"}
    shown = {}
    for index, each in enumerate(table.columns):
        name = _heading(each.name)
        if each.kind != "text":
            many = each.kind == "whole" and any((row[index] or 0) >= MANY for row in table.rows)  # a year is none
            form = formats.get(each.kind, "%,d" if many else "%d")
            shown[name] = st.column_config.NumberColumn(
                format=form, alignment="right", width=max(each.width * 8, len(name) * 13 + 26)
            )
        else:
            shown[name] = st.column_config.TextColumn(width=max(60, each.width * 8), pinned=index == 0 or None)
    rows = len(frame)
    if not rows:
        st.caption(t("没有可列的行。"))
        return None
    picked = st.dataframe(
        frame, hide_index=True, column_config=shown, height=height or ("content" if rows <= SHORT else 560), key=key,
        placeholder="—", width="stretch", alt=t(table.title), on_select="rerun" if selectable else "ignore", selection_mode="single-row",
    )  # fmt: skip
    if words := _totals(table, hide):
        st.caption(words)
    elif any(c.kind == "money" and c.name not in hide for c in table.columns):
        st.caption(t("单位：{unit}", unit=unit_words()))
    chosen = picked["selection"]["rows"] if selectable else []  # type: ignore[index]
    return chosen[0] if chosen and chosen[0] < rows else None


def _totals(table: ResultTable, hide: tuple[str, ...]) -> str:
    """What the columns add up to, below the grid: a row of sums would be sorted among the others."""
    summed = [
        (_heading(c.name), amount(total) if c.kind == "money" else f"{total:,}")
        for c, total in zip(table.columns, table.totals(), strict=True)
        if c.total and total and c.name not in hide
    ]
    if len(table.rows) < 2 or not summed:
        return ""
    sums = t("；").join(f"{name} {figure}" for name, figure in summed)
    return plain(t("合计（{unit}）：{sums}", unit=unit_words(), sums=sums))


def labelled(rows: Any, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Column settings with headings in the session's language; ``rows`` are names, or records that have them."""
    names = rows if not rows or isinstance(rows[0], str) else list(rows[0])
    return {name: {**((config or {}).get(name) or {}), "label": t(name)} for name in names}


def choice_of(options: Sequence[str], width: int, required: bool = True) -> Any:
    """A column of an editor to choose from, in the session's language."""
    return st.column_config.SelectboxColumn(
        options=options, required=required, width=width, format_func=lambda value: told(str(value))
    )


# ---- findings

LEVELS = {"error": "✕ 错误", "warning": "! 提醒", "note": "✓ 说明"}
INK = {"error": "color:#8C1D18", "warning": "color:#7A4900", "note": "color:#155C41"}


def mark_of(issues: list[Issue]) -> str:
    """A short mark of a list of findings: where it is another, nothing in its table stays selected."""
    return f"{zlib.crc32('|'.join(f'{i.address} {i.value} {i.message}' for i in issues).encode()):08x}"


def spoken(issue: Issue) -> str:
    """What is wrong and what to do, as two sentences."""
    return t("{what}。{remedy}。", what=sentence(issue.message), remedy=sentence(issue.remedy))


def issue_table(issues: list[Issue], key: str) -> Issue | None:
    """Findings with a choice of level: where, what stood there, what is wrong, what to do; the one selected."""
    if not issues:
        st.success(t("没有发现问题。"), icon=":material/check:")
        return None
    counts = {level: sum(i.severity == level for i in issues) for level in LEVELS}
    options = ["all", *(level for level in LEVELS if counts[level])]
    words = {"all": f"{t('全部')} {len(issues)}"} | {k: f"{t(LEVELS[k])} {counts[k]}" for k in counts}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = st.segmented_control(
            t("级别"), options, default="all", required=True, key=f"level_{key}", label_visibility="collapsed",
            format_func=words.__getitem__,
        )  # fmt: skip
        text = st.text_input(
            t("查找"),
            key=f"search_{key}",
            placeholder=t("查找位置、原值或问题"),
            label_visibility="collapsed",
            width=220,
        )
    told_of = {i: (i.address, i.value, sentence(i.message), sentence(i.remedy)) for i in issues}
    found = [i for i in issues if choice in ("all", i.severity) and (not text or text in " ".join(told_of[i]))]
    names = [t(n) for n in ("级别", "位置", "原值", "问题", "怎么改")]
    rows = [[t(LEVELS[i.severity]), *told_of[i]] for i in found]
    frame = pd.DataFrame(rows, columns=names)
    config = {n: st.column_config.TextColumn(width=w) for n, w in zip(names, (70, 240, 110, 420, 360), strict=True)}
    ink = {t(LEVELS[k]): v for k, v in INK.items()}
    styled = frame.style.map(lambda v: ink.get(v, ""), subset=[*names[:1]]) if len(rows) <= 5000 else frame
    picked = st.dataframe(
        styled, hide_index=True, column_config=config, height="content" if len(rows) <= 12 else 420, key=f"{key}_{mark_of(found)}",
        on_select="rerun", selection_mode="single-row", alt=t("问题清单"),
    )  # fmt: skip
    chosen = picked.selection.rows if hasattr(picked, "selection") else []
    return found[chosen[0]] if chosen and chosen[0] < len(found) else None
