"""The allocation table: filters, locks in the grid, pins with their price."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from inputs.case.changes import Target
from models.case import Case, Project
from reports.table import Plan
from ui.desk import desk, wish
from ui.editing import SENSES, edit_grid, row_words, value_words
from ui.tables import SHORT, Edit, amount, in_unit, look, unit_words
from ui.words import ENGLISH, language, plain, t, told
from workbench.pricing import cannot_be, price_of
from workbench.workspace import Workspace

STATUS = ("可选", "必选", "禁选")
LARGE = 1500


def _amounts(plan: Plan) -> dict[str, dict[Any, int]]:
    """Money by project: "" = all, by fund name, by position of the year, by both."""
    found: dict[str, dict[Any, int]] = {}
    for p in plan.allocation.payments:
        mine = found.setdefault(p.project, {})
        for key in ("", p.fund, p.year, (p.fund, p.year)):
            mine[key] = mine.get(key, 0) + p.amount
    return found


class _Rows:
    """What the table shows: projects that pass the filters, money of this plan and of the one before."""

    def __init__(self, work: Workspace, plan: Plan) -> None:
        self.work, self.plan, self.case = work, plan, plan.case
        before = work.before.outcome.plan if work.before else None
        self.now, self.old = _amounts(plan), _amounts(before) if before else None
        self.chosen = plan.allocation.choice_of
        self.was = before.allocation.choice_of if before else {}

    def change(self, key: str) -> int:
        """Money more or less than in the plan before; 0 where there is none."""
        return 0 if self.old is None else self.now.get(key, {}).get("", 0) - self.old.get(key, {}).get("", 0)

    def changed(self, key: str) -> bool:
        """Whether the project is in where it was not, or has another sum than in the plan before."""
        return self.old is not None and (self.change(key) != 0 or (key in self.chosen) != (key in self.was))

    def shifted(self, key: str) -> bool:
        """Whether only the funds or years of the money are others than in the plan before."""
        return self.old is not None and not self.changed(key) and self.now.get(key, {}) != self.old.get(key, {})

    def filtered(self) -> tuple[list[Project], str, str]:
        """The projects that pass the filters, which columns are wanted, and what all was chosen by."""
        groups = {
            "all": (t("全部"), list(self.case.projects)),
            "in": (t("已安排"), [p for p in self.case.projects if p.id in self.chosen]),
            "out": (t("未安排"), [p for p in self.case.projects if p.id not in self.chosen]),
            "changed": (t("有变化"), [p for p in self.case.projects if self.changed(p.id)]),
            "shifted": (t("只换资金"), [p for p in self.case.projects if self.shifted(p.id)]),
        }
        if not groups["shifted"][1]:
            del groups["shifted"]
        with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
            group = st.segmented_control(
                t("范围"), list(groups), default="all", required=True, key="plan_group", persist_state="session", label_visibility="collapsed",
                format_func=lambda g: f"{groups[g][0]} {len(groups[g][1]):,}",
            )  # fmt: skip
            regions = set(
                _choose(t("全部地区"), {r for p in self.case.projects for r in p.regions if r}, "plan_regions")
            )
            kinds = set(_choose(t("全部类别"), {p.category for p in self.case.projects if p.category}, "plan_kinds"))
            text = st.text_input(
                t("查找项目"),
                key="plan_search",
                persist_state="session",
                placeholder=t("查找项目"),
                label_visibility="collapsed",
                width=130,
            )
            parts = {"fund": t("分资金"), "year": t("分年度"), "why": t("理由")}
            part = st.segmented_control(
                t("列"), list(parts), default="fund", required=True, key="plan_part", persist_state="session", label_visibility="collapsed",
                format_func=parts.__getitem__,
            )  # fmt: skip
        rows = [
            p
            for p in groups[str(group)][1]
            if (not regions or set(p.regions) & regions)
            and (not kinds or p.category in kinds)
            and (not text or text in p.id or text in p.name)
        ]
        mark = f"{group}|{sorted(regions)}|{sorted(kinds)}|{text}|{part}|{id(self.plan)}"
        return rows, str(part), mark


def _choose(words: str, options: set[str], key: str) -> list[str]:
    return st.multiselect(
        words,
        sorted(options),
        key=key,
        persist_state="session",
        placeholder=words,
        label_visibility="collapsed",
        width=140,
    )


def allocation_table(work: Workspace, plan: Plan) -> None:
    """The table with locks; what is locked waits among the changes until solved."""
    shown = _Rows(work, plan)
    rows, part, mark = shown.filtered()
    if not rows:
        st.info(t("没有符合条件的项目，放宽筛选再看。"))
        return
    if len(rows) > LARGE:
        st.caption(t("显示前 {n} 个，共 {all} 个；用筛选或查找缩小范围。", n=f"{LARGE:,}", all=f"{len(rows):,}"))
    heads = [t("编号"), t("项目"), t("锁定"), t("结果"), t("安排合计"), t("较上次")]
    places: list[tuple[str, Any]] = []
    if part == "fund":
        places = [(f.name, f.name) for f in plan.case.funds]
    elif part == "year":
        places = [(str(plan.case.year_label(y)), y) for y in range(plan.case.years)]
    more = [t("理由")] if part == "why" else []
    words = {t(s): s for s in STATUS}

    def take(frame: pd.DataFrame, edited: Edit) -> dict[Target, str]:
        return {
            Target("项目", (str(frame.iloc[row][heads[0]]),), "状态"): words[values[heads[2]]]
            for row, values in edited.items()
            if values.get(heads[2]) in words
        }

    cents = any(amount % 100 for p in rows for amount in shown.now.get(p.id, {}).values())
    short = len(rows) <= SHORT
    with st.container(key="short" if short else "fill"):
        edit_grid(
            "plan", lambda: _frame(shown, rows[:LARGE], heads, places, more), take, _config(heads, places, list(words), cents),
            [h for h in (*heads, *(n for n, _ in places), *more) if h != heads[2]], "content" if short else "stretch", t("分配表"), mark
        )  # fmt: skip
    sums = {name: sum(shown.now.get(p.id, {}).get(place, 0) for p in rows) for name, place in [(heads[4], ""), *places]}
    told_sums = t("；").join(f"{name} {amount(money)}" for name, money in sums.items() if money)
    st.caption(
        t(
            "上面 {n} 个项目合计（{unit}）：{sums}。锁定后再求解。",
            n=f"{len(rows):,}",
            unit=unit_words(),
            sums=plain(told_sums) or 0,
        )
    )
    _pins(work, plan.case)


def _frame(
    shown: _Rows, rows: list[Project], heads: list[str], places: list[tuple[str, Any]], more: list[str]
) -> pd.DataFrame:
    per, wanted = look().per, shown.work.case or shown.case
    reasons = {r.project: in_unit(r.sentence) for r in shown.plan.reasons} if more else {}
    lines: list[list[Any]] = []
    for p in rows:
        money = shown.now.get(p.id, {})
        state = f"● {t('安排')}" if p.id in shown.chosen else f"○ {t('未安排')}"
        state += f" · {t('换资金')}" if shown.shifted(p.id) else ""
        live = wanted.project_by_id.get(p.id, p)
        sums = [money.get(place, 0) / per or None for place in ("", *(place for _, place in places))]
        line: list[Any] = [p.id, p.name, t(live.status), state, sums[0], _difference(shown, p.id, per), *sums[1:]]
        lines.append([*line, *(reasons.get(p.id, "") for _ in more)])
    return pd.DataFrame(lines, columns=[*heads, *(name for name, _ in places), *more])


def _difference(shown: _Rows, key: str, per: int) -> float | None:
    """More or less money than in the plan before."""
    return shown.change(key) / per if shown.changed(key) else None


def _config(heads: list[str], places: list[tuple[str, Any]], words: list[str], cents: bool) -> dict[str, Any]:
    digits = f",.{2 * look().decimals or 2 * cents}f"
    plain, signed = f"%{digits}", f"%+{digits}"
    return {
        heads[0]: st.column_config.TextColumn(width=66, pinned=True),
        heads[1]: st.column_config.TextColumn(width=240),
        heads[2]: st.column_config.SelectboxColumn(
            width=76, options=words, required=True, help=t("必选：一定安排；禁选：一定不安排")
        ),
        heads[3]: st.column_config.TextColumn(
            width=112 if language() != ENGLISH else 150, help=t("换资金：总额没变，资金或年度变了")
        ),
        heads[4]: st.column_config.NumberColumn(format=plain, alignment="right", width=90),
        heads[5]: st.column_config.NumberColumn(format=signed, alignment="right", width=80),
        **{
            n: st.column_config.NumberColumn(format=plain, alignment="right", width=max(92, 13 * len(n) + 22))
            for n, _ in places
        },
        t("理由"): st.column_config.TextColumn(width=460),
    }


def _pins(work: Workspace, case: Case) -> None:
    """An amount pinned for one project, with its price before it is taken."""
    with st.expander(t("固定某个项目的金额，先看代价"), icon=":material/push_pin:", key="pins", on_change="rerun"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            names = {p.id: f"{p.id} {p.name}" for p in case.projects}
            key = st.selectbox(t("项目"), list(names), index=None, format_func=names.__getitem__, key="pin_project", placeholder=t("选择项目"), width=300)  # fmt: skip
            fund = st.selectbox(t("资金"), list(case.fund_by_name), key="pin_fund", width=170)
            years = ["", *(str(case.year_label(y)) for y in range(case.years))]
            year = st.selectbox(t("年度"), years, format_func=lambda y: y or t("全期"), key="pin_year", width=90)
            sense = st.selectbox(t("要求"), list(SENSES), format_func=lambda s: t(SENSES[s]), key="pin_sense", width=100)  # fmt: skip
            value = st.number_input(t("金额（万元）"), None, 1e8, 0.0, 10.0, format="%.2f", key="pin_amount", width=150)
        with st.container(horizontal=True):
            ready = key is not None and value >= 0
            status = {t("试算必选"): "必选", t("试算禁选"): "禁选"}
            price = st.button(t("试算代价"), key="pin_price", disabled=not ready or work.shown is None)
            add = st.button(t("加入金额要求"), key="pin_add", type="primary", disabled=not ready)
            locks = {word: st.button(word, key=f"price_{s}", disabled=not ready or work.shown is None) for word, s in status.items()}  # fmt: skip
        if value < 0:
            st.error(t("金额不能小于零。"), icon=":material/error:")
            return
        if key is None:
            st.caption(t("选一个项目，写下资金和金额；试算不改变方案。"))
            return
        place = f"固定安排:{fund}" + (f":{year}" if year else "")
        pin = {Target("项目", (str(key),), place): f"{'' if sense == '=' else sense}{value:.2f}".removesuffix(".00")}
        place_at, asked = next(iter(pin.items()))
        if (kept := work.sheets().text(place_at)) == asked:
            st.caption(
                t(
                    "这一项已经要求{kept}，求解后生效；撤销在“规则与额度”右侧的改动里。",
                    kept=_required(place_at, kept),
                )
            )
        elif kept:
            st.caption(t("这一项已有金额要求：{kept}；加入会代替它。", kept=_required(place_at, kept)))
        if add and not _refused(work, pin):
            wish(pin)
            desk().say(
                "success",
                t(
                    "已加入：{what} {kept}，求解后生效。",
                    what=row_words(work, place_at),
                    kept=_required(place_at, asked),
                ),
            )
            st.rerun()
        if price:
            _price(work, pin)
        for word, pressed in locks.items():
            if pressed:
                _price(work, {Target("项目", (str(key),), "状态"): status[word]})
                st.caption(t("要照办，在上面的表里把“锁定”一列改成{status}。", status=t(status[word])))


def _required(target: Target, text: str) -> str:
    """What an amount is required to be, in words."""
    words = value_words(target, text)
    return words if text.startswith((">=", "<=")) else f"{t(SENSES['='])} {words}"


def _refused(work: Workspace, changes: dict[Target, str]) -> bool:
    """Whether no plan can have these changes: then it is said why, and nothing is changed."""
    with st.spinner(t("正在核对……")):
        why = cannot_be(work, changes)
    if why:
        st.warning(t("没有加入：没有方案能满足这一要求。先改下面各项再加。"))
        st.markdown("\n".join(f"- {plain(told(words))}" for words in why))
    return bool(why)


def _price(work: Workspace, changes: dict[Target, str]) -> None:
    """What a change would cost, found by a quick solve from the plan in sight."""
    with st.spinner(t("正在试算……")):
        found = price_of(work, changes)
    (st.info if found.plan is not None else st.warning)(told(found.words))
    if found.left or found.joined:
        if found.left:
            st.markdown(f"{t('退出')}：" + "、".join(found.left))
        if found.joined:
            st.markdown(f"{t('进入')}：" + "、".join(found.joined))
