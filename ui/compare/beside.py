"""Plans side by side: the figures, projects in and out, settings that differ, and all of it as a workbook."""

from __future__ import annotations

import html
from collections.abc import Sequence
from fractions import Fraction
from math import floor

import streamlit as st

from inputs.case.changes import CaseSheets, Target
from reports.charts.money import gain_chart
from reports.scenarios import (
    Compared,
    Figure,
    broken_rules,
    difference,
    figures,
    project_differences,
    region_gains,
    underpaid,
)
from reports.side_by_side import side_by_side
from reports.workbook import write_tables
from ui.editing import row_words, value_words
from ui.plan.since import in_and_out
from ui.tables import amount, grid, look, unit_words
from ui.words import plain, t, told
from workbench.exporting import safe_name, written
from workbench.records import Scenario
from workbench.workspace import Shown, Workspace, cell_words

NOW = "now"
"""What the plan in sight goes by among saved ones."""


def comparison(work: Workspace, rows: list[Scenario], chosen: list[str]) -> None:
    """The chosen plans side by side, the first of them in front; where one breaks rules, which."""
    by_id = {row.id: row for row in rows}
    plans: list[Compared] = []
    mine: list[Scenario | None] = []
    settings: list[dict[Target, str]] = []
    for key in chosen:
        shown = _shown(work, rows, key)
        name = by_id[key].name if key in by_id else t("当前方案")
        if shown is None:
            st.warning(t("“{name}”的案例已读不出，没有列入。", name=plain(name)))
            continue
        own = key in by_id and by_id[key].kind == "自带方案"
        plans.append(Compared(name, shown.outcome.plan, shown.outcome.solution, own))
        mine.append(by_id.get(key))
        settings.append(dict(shown.changes))
    if not plans:
        return
    left, right = st.columns([7, 5], gap="medium")
    with left:
        st.html(_table(plans, mine))
        st.caption(t("加粗＝该行最好；小字＝与对照方案之差。"))
    with right:
        if len(plans) > 1:
            for other in plans[1:]:
                title = t("各地区增减：{b} 对 {a}", b=other.name, a=plans[0].name)
                chart = gain_chart(region_gains(plans[0].plan, other.plan), title, look())
                st.altair_chart(chart, theme=None, width="stretch", alt=title)
        else:
            st.caption(t("再选一个方案，这里显示各地区的增减。"))
    if len(plans) > 1:
        table = project_differences(plans)
        st.markdown(f"### {t('项目的进与出')} :gray[{t('{n} 个有差别', n=len(table.rows))}]")
        if table.rows:
            in_and_out(table, f"differences_{len(plans)}")
        _settings(work, plans, settings)
        _download(work, plans, settings)
    for number, plan in enumerate(plans):
        broken = broken_rules(plan)
        if broken.rows:
            st.markdown(f"**{t('“{name}”未满足的要求', name=plain(plan.name))}**")
            grid(broken, key=f"broken_{number}")
        if short := underpaid(plan):
            st.caption(t("其中 {n} 个项目的钱没有给足，加权效益仍按整个项目做成计，偏高。", n=len(short)))


def _differing(settings: Sequence[dict[Target, str]]) -> list[Target]:
    """What is not set alike everywhere."""
    return [x for x in dict.fromkeys(x for s in settings for x in s) if len({s.get(x) for s in settings}) > 1]


def _download(work: Workspace, plans: list[Compared], settings: list[dict[Target, str]]) -> None:
    """All of it as a workbook for the meeting."""

    def write() -> bytes:
        sheets = CaseSheets(work.grids)
        rows = [(x.words, [cell_words(x, s.get(x, sheets.text(x))) for s in settings]) for x in _differing(settings)]
        return written(lambda path: write_tables(path, side_by_side(plans, rows)), ".xlsx")

    st.download_button(
        t("下载对比工作簿"), write, f"{safe_name(work.name)}-方案对比.xlsx", key="compared_book", on_click="ignore", icon=":material/table_view:",
        help=t("上面各表：指标、各地区、项目的进与出、设置的差别"),
    )  # fmt: skip


def _settings(work: Workspace, plans: list[Compared], settings: list[dict[Target, str]]) -> None:
    """Settings that differ between the plans."""
    targets = _differing(settings)
    with st.expander(t("设置的差别（{n}）", n=len(targets)), expanded=bool(targets) and len(targets) <= 12):
        if not targets:
            st.caption(t("几个方案的规则和额度设置相同。"))
            return
        sheets = CaseSheets(work.grids)
        heads = "".join(f"<th>{html.escape(p.name)}</th>" for p in plans)
        lines = [f"<tr><th>{t('设置')}</th>{heads}</tr>"]
        for x in targets:
            cells = "".join(f"<td>{html.escape(value_words(x, s.get(x, sheets.text(x))))}</td>" for s in settings)
            lines.append(f"<tr><th>{html.escape(row_words(work, x))}</th>{cells}</tr>")
        st.html(f'<table class="compare">{"".join(lines)}</table>')


def _shown(work: Workspace, rows: list[Scenario], key: str) -> Shown | None:
    if key == NOW:
        return work.shown
    return work.scenario(next(row for row in rows if row.id == key))


def _number(figure: Figure, value: Fraction | str | None, sign: bool = False) -> str:
    """A figure in words: money in the shown unit, shares as percent."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return told(value)
    plus = "+" if sign else ""
    if figure.kind == "money":
        return amount(int(value), sign)
    if figure.kind == "share":
        points = f"{float(value * 100):{plus}.1f}"
        return t("{n} 个百分点", n=points) if sign else f"{points} %"
    if figure.kind == "ratio":
        return f"{float(value):{plus}.4f}"
    return f"{floor(value):{plus},d}" if figure.kind == "whole" else f"{float(value):{plus},.2f}"


def _table(plans: Sequence[Compared], rows: Sequence[Scenario | None]) -> str:
    """The figures as a table: groups, difference to the first in grey, the best of each row in bold."""
    base = f" <small>{t('对照')}</small>" if len(plans) > 1 else ""
    heads = "".join(
        f"<th>{html.escape(p.name)}{_stars(r)}{'' if k else base}</th>"
        for k, (p, r) in enumerate(zip(plans, rows, strict=True))
    )
    lines = [f"<tr><th>{t('指标')}</th>{heads}</tr>"]
    group = ""
    for figure in figures(plans):
        if figure.group != group:
            group = figure.group
            lines.append(f'<tr class="group"><td colspan="{len(plans) + 1}">{t(group)}</td></tr>')
        cells = []
        first = figure.values[0]
        for k, value in enumerate(figure.values):
            text = html.escape(_number(figure, value)).replace("-", "−")
            text = f"<b>{text}</b>" if k in figure.best else text
            if (
                k
                and isinstance(value, Fraction)
                and isinstance(first, Fraction)
                and (less := difference(figure, value, first))
            ):
                text += f" <small>{_number(figure, less, sign=True).replace('-', '−')}</small>"
            cells.append(f"<td>{text}</td>")
        lines.append(f"<tr><th>{html.escape(_label(figure.label))}</th>{''.join(cells)}</tr>")
    return f'<table class="compare">{"".join(lines)}</table>'


def _label(label: str) -> str:
    if label in ("安排总额", "额度结余"):
        return t("{name}（{unit}）", name=t(label), unit=unit_words())
    if label.startswith("其中 "):
        return f"{t('其中')} {label[3:]}"
    head, bracket, unit = label.partition("（")
    return f"{t(head)}（{t(unit.rstrip('）'))}）" if bracket else t(label)


def _stars(row: Scenario | None) -> str:
    if row is None:
        return ""
    words = [f"★{t('建议')}"] if row.advised else []
    if row.frozen:
        words.append(f"{t('审定')} {row.frozen[:10]}")
    return f" <small>{' · '.join(words)}</small>" if words else ""
