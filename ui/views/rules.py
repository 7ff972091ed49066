"""规则与额度: every rule, fund, quota and weight in editable grids; changes are collected and applied on purpose."""

from __future__ import annotations

import html
from fractions import Fraction
from typing import Any

import pandas as pd
import streamlit as st

from inputs.case.changes import Target
from inputs.case.rule_lines import HARD, NO, SOFT, YES, RuleLine, rule_lines, switch_changes
from models.case import Case
from models.rules import RULE_BY_ID
from models.units import key_words
from reports.rule_check import shown as shown_value
from reports.tables import paying_regions
from ui.desk import desk, moved, start_solve, wish
from ui.editing import edit_grid, number_box, pending_card
from ui.frame import no_case, strip
from ui.tables import Edit, amount, percent_of, unit_words
from ui.words import ENGLISH, language, plain, t, told
from workbench.adjust import crossed, quota_fit, tightest_limits
from workbench.workspace import Workspace

AIMS = ("加权", "分层", "公平", "贴近挂钩", "最少变动")
AIM_WORDS = {
    "加权": "加权效益最大",
    "分层": "按次序逐层最大，再求加权效益",
    "公平": "先抬高最低地区的人均，再求加权效益",
    "贴近挂钩": "先让资金份额贴近人口份额，再求加权效益",
    "最少变动": "先让改动原方案最少，再求加权效益",
}


def _title(rule: str) -> str:
    return RULE_BY_ID[rule].title_en if language() == ENGLISH else RULE_BY_ID[rule].title


def _scope(line: RuleLine) -> str:
    """What a line is about by names alone: funds, categories and regions are told apart without their keys."""
    parts = [part.strip() for part in line.scope.split(";") if part.strip()]
    named = [part.partition("=")[2] if part.startswith(("资金=", "类别=", "地区=")) else part for part in parts]
    return " · ".join([*named, *([line.year] if line.year else [])])


def _nature(line: RuleLine) -> str:
    """Whether the line rests on a document, on one whose text was not read, or on an assumption."""
    unsure = line.parameter is not None and bool(line.parameter.mark)
    if "假设" in line.source or not line.source:
        return t("假设")
    return t("待核实") if "待核实" in line.source or unsure else t("有文号")


# ---- rules


def _lines(work: Workspace) -> list[RuleLine]:
    return rule_lines(work.sheets(), work.reading.filled)


def _rule_frame(lines: list[RuleLine]) -> pd.DataFrame:
    rows = []
    for line in lines:
        known = line.parameter
        name = line.key[3] or (known.name if known else "")
        unsure = "（待核实）" if known and known.mark and "待核实" not in line.source else ""
        rows.append(
            {
                t("启用"): line.enabled, t("规则"): _title(line.rule), t("对象"): _scope(line),
                t("参数"): f"{t(name)}（{t(known.unit)}）" if known and known.unit else t(name), t("值"): line.value,
                t("刚性"): t(HARD if line.hard else SOFT), t("罚分"): line.penalty, t("顺位"): line.rank,
                t("性质"): _nature(line), t("依据"): line.source + unsure,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _rules_tab(work: Workspace) -> None:
    lines = _lines(work)
    if "rule_lines" not in st.session_state or st.session_state.rule_lines[0] != desk().outside:
        st.session_state.rule_lines = (desk().outside, lines)
    laid: list[RuleLine] = st.session_state.rule_lines[1]
    back = {t(HARD): HARD, t(SOFT): SOFT}

    def take(frame: pd.DataFrame, edited: Edit) -> dict[Target, str]:
        wanted: dict[Target, str] = {}
        _explain_edited(laid, edited)
        for number, values in edited.items():
            line = laid[number]
            for name, value in values.items():
                wanted |= _edit(line, name, value, back)
        return wanted

    rule, scope, parameter, nature = (180, 130, 130, 96) if language() == ENGLISH else (160, 178, 108, 62)
    config: dict[str, Any] = {
        t("启用"): st.column_config.CheckboxColumn(width=60),
        t("规则"): st.column_config.TextColumn(width=rule),
        t("对象"): st.column_config.TextColumn(width=scope),
        t("参数"): st.column_config.TextColumn(width=parameter),
        t("值"): st.column_config.TextColumn(width=74, help=t("百分数带 % 号，金额默认万元")),
        t("刚性"): st.column_config.SelectboxColumn(width=74, options=list(back), required=True),
        t("性质"): st.column_config.TextColumn(width=nature),
        t("依据"): st.column_config.TextColumn(width=240),
        t("罚分"): st.column_config.TextColumn(
            width=68 if language() != ENGLISH else 84, help=t("弹性时每违反一个单位扣多少分")
        ),
        t("顺位"): st.column_config.TextColumn(width=68, help=t("弹性时按次序先少违反，1 最先")),
    }
    fixed = [t(n) for n in ("规则", "对象", "参数", "性质", "依据")]
    with st.container(key="fill"):
        edit_grid("rules", lambda: _rule_frame(laid), take, config, fixed, "stretch", t("规则"))
    st.caption(
        t(
            "做法、安排方式、步长三条不能停用。弹性规则可以突破，突破多少在方案里写明。填顺位的，先求突破最少、再求效益，所以别处的安排也可能跟着变；只填罚分的，突破一个单位扣这么多分。缺少所需列的规则不能启用，下方选中规则可看缺什么。"
        )
    )
    _rule_card(work, lines)


def _explain_edited(laid: list[RuleLine], edited: Edit) -> None:
    """Have the card below explain the rule that was edited last."""
    before = st.session_state.get("rules_edited", {})
    fresh = [number for number, values in edited.items() if before.get(number) != values]
    st.session_state.rules_edited = {number: dict(values) for number, values in edited.items()}
    if fresh:
        st.session_state.rule_card = laid[fresh[-1]].rule


def _edit(line: RuleLine, name: str, value: Any, back: dict[str, str]) -> dict[Target, str]:
    """A cell of the rules grid as a change."""
    if name == t("启用"):
        if line.fixed:
            desk().say("warning", t("“{rule}”是基础规则，不能停用。", rule=_title(line.rule)))
            desk().outside += 1  # its box is drawn ticked again
            return {}
        return switch_changes(line, bool(value))
    text = "" if value is None else str(value).strip()
    if name == t("值"):
        return {line.target("值"): text}
    if name == t("刚性"):
        return {line.target("刚性"): back[text]}
    return {line.target("罚分" if name == t("罚分") else "顺位"): text}


def _rule_card(work: Workspace, lines: list[RuleLine]) -> None:
    """The chosen rule: formula, clause, example, what it needs, its tightest demands in the plan."""
    ids = list(dict.fromkeys(line.rule for line in lines))
    chosen = st.selectbox(t("规则说明"), ids, format_func=_title, key="rule_card", persist_state="session")
    rule = RULE_BY_ID[str(chosen)]
    rows = [(t("公式"), rule.formula), (t("依据"), rule.source), (t("条文"), rule.quote), (t("算例"), rule.example)]
    missing = next((line.missing for line in lines if line.rule == rule.id and line.missing), "")
    if missing:
        rows.append((t("启用前要填"), missing))
    if work.shown is not None:
        mine = [m for m in work.shown.outcome.plan.verdict.measures if m.rule == rule.id]
        if mine:
            tight = sum(m.slack == 0 and m.sense != "=" for m in mine)
            rows.append((t("上次求解"), t("核对 {n} 项，{k} 项用到限值", n=len(mine), k=tight)))
            near = sorted((m for m in mine if m.limit and m.sense != "="), key=lambda m: m.slack / abs(Fraction(m.limit)))[:3]  # fmt: skip
            for m in near:
                words = f"{float(shown_value(m, m.actual)):,.6g} / {float(shown_value(m, m.limit)):,.6g} {t(m.unit)}"
                rows.append((told(key_words(m.key)) or t("全部"), words))
    cells = "".join(f"<tr><th>{html.escape(a)}</th><td>{html.escape(b)}</td></tr>" for a, b in rows if b)
    st.html(f'<table class="kv">{cells}</table>')


# ---- funds


def _funds_tab(work: Workspace, case: Case) -> None:
    years = [case.year_label(y) for y in range(case.years)]
    heads = [t("资金"), t("类型"), t("可结转"), t("全期额度"), *(str(y) for y in years), t("合计")]

    def make() -> pd.DataFrame:
        rows = []
        for fund in case.funds:
            amounts = [None if a is None else a / 100 for a in fund.by_year]
            pool = None if fund.pool is None else fund.pool / 100
            rows.append([fund.name, t(fund.kind), fund.carries, pool, *amounts, fund.limit / 100])
        return pd.DataFrame(rows, columns=heads)

    def take(frame: pd.DataFrame, edited: Edit) -> dict[Target, str]:
        wanted: dict[Target, str] = {}
        for number, values in edited.items():
            name = str(frame.iloc[number][heads[0]])
            for head, value in values.items():
                if head == t("可结转"):
                    wanted[Target("资金", (name,), "可结转")] = YES if value else NO
                else:
                    place = "额度" if head == t("全期额度") else f"额度:{head}"
                    none = "" if place == "额度" or case.fund_by_name[name].pool is not None else "0"
                    wanted[Target("资金", (name,), place)] = (
                        none if value is None else f"{value:.2f}".removesuffix(".00")
                    )
        return wanted

    written = [a for f in case.funds for a in (*f.by_year, f.pool) if a is not None]
    decimals = "%,.2f" if any(a % 100 for a in written) else "%,.0f"
    money = {h: st.column_config.NumberColumn(format=decimals, min_value=0.0, max_value=1e8, alignment="right", width=(94 if h == heads[3] else 73) + 18 * (decimals != "%,.0f")) for h in heads[3:]}  # fmt: skip
    config: dict[str, Any] = {heads[0]: st.column_config.TextColumn(width=128, pinned=True), heads[1]: st.column_config.TextColumn(width=76), heads[2]: st.column_config.CheckboxColumn(width=76), **money}  # fmt: skip
    st.caption(
        t(
            "单位：万元。表里的合计在应用后更新，下面的可用资金合计随改随变；有全期额度的，年度留空表示该年没有单独限额；没有的，留空就是 0。"
        )
    )
    edit_grid("funds", make, take, config, [heads[0], heads[1], heads[-1]], "content", t("资金额度"))
    total = sum(f.limit for f in case.funds)
    st.markdown(t("**可用资金合计 {sum} 万元**", sum=f"{total / 100:,.2f}"))


# ---- regional floors and ceilings


def _regions_tab(work: Workspace, case: Case) -> None:
    if not case.regions:
        st.info(t("案例没有“地区”工作表，不能设上下限。"))
        return
    names = [f.name for f in case.funds]
    fund = str(st.selectbox(t("资金"), names, key="region_fund", persist_state="session", width=280))
    heads = [t("地区"), t("常住人口"), t("下限"), t("上限"), t("生效下限"), t("生效上限"), t("当前方案")]
    tightest = tightest_limits(case, fund)
    sheets = work.sheets()
    paid: dict[str, int] = {}
    if work.shown is not None:
        for p in work.shown.outcome.plan.allocation.payments:
            if p.fund == fund:
                paid[p.region] = paid.get(p.region, 0) + p.amount
    regions = [n for n in paying_regions(case) if n] or [r.name for r in case.regions]

    def number(region: str, family: str) -> float | None:
        text = sheets.text(Target("地区", (region,), f"{family}:{fund}"))
        return float(text) if text else None

    def make() -> pd.DataFrame:
        rows = []
        for n in regions:
            holds = [None if x is None else float(x) / 100 for x in tightest.get(n, (None, None))]
            people = case.region_by_name[n].population
            rows.append([n, people, number(n, "配额下限"), number(n, "配额上限"), *holds, paid.get(n, 0) / 100 or None])
        return pd.DataFrame(rows, columns=heads)

    def take(frame: pd.DataFrame, edited: Edit) -> dict[Target, str]:
        families = {t("下限"): "配额下限", t("上限"): "配额上限"}
        return {
            Target("地区", (regions[row],), f"{families[head]}:{fund}"): "" if value is None else f"{value:.2f}".removesuffix(".00")
            for row, values in edited.items()
            for head, value in values.items()
        }  # fmt: skip

    money = {h: st.column_config.NumberColumn(format="%,.2f", min_value=0.0, max_value=1e8, alignment="right", width=112) for h in heads[2:]}  # fmt: skip
    config: dict[str, Any] = {heads[0]: st.column_config.TextColumn(width=130), heads[1]: st.column_config.NumberColumn(format="%,d", alignment="right", width=100), **money}  # fmt: skip
    st.caption(
        t(
            "单位：万元。空 = 不设。“生效”两列是本表和“规则”一栏（含按占比写的、各项资金合计的、上级地区的）里最严的刚性限值，已减去已用额度，在应用、撤销或换页后更新。"
        )
    )
    edit_grid(f"regions_{names.index(fund)}", make, take, config, [heads[0], heads[1], *heads[4:]], "content", t("地区上下限"))  # fmt: skip
    if impossible := crossed(tightest):
        words = plain("、".join(name or t("全部") for name in impossible))
        st.error(
            t("{names}的生效下限高于生效上限，没有方案能满足，请先改其中一个。", names=words),
            icon=":material/error:",
        )
    _fit(work, case, fund, regions)


def _fit(work: Workspace, case: Case, fund: str, regions: list[str]) -> None:
    """Floors together must fit into the fund; ceilings together should let it be spent."""
    fit = quota_fit(work.sheets(), case, fund, regions)
    shown = {
        name: f"{amount(value)} {unit_words()}"
        for name, value in (("f", fit.floors), ("m", fit.money), ("c", fit.ceilings))
    }
    if fit.floors > fit.money:
        over = f"{amount(fit.floors - fit.money)} {unit_words()}"
        st.error(t("下限合计 {f}，比可用资金 {m} 多 {over}。先调低下限。", over=over, **shown))
    elif fit.closed and fit.ceilings < fit.money:
        st.warning(t("上限合计 {c}，比可用资金 {m} 少，用不完。", **shown))
    else:
        ends = t(" ≤ 上限合计 {c}", **shown) if fit.closed else ""
        st.markdown(t("✓ 下限合计 {f} ≤ 可用资金 {m}", **shown) + ends)


# ---- weights, aim, order


def _weights_tab(work: Workspace, case: Case) -> None:
    sheets = work.sheets()
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{t('评分权重')}**")
        scores = [name for name, _ in case.projects[0].scores] if case.projects else []
        if not scores:
            st.caption(t("项目表没有评分列，效益取自“效益”列；该列空着的项目按规模（总投资或设置的规模口径）计。"))
        for name in scores:
            target = Target("设置", (f"权重:{name}",), "值")
            now = float(sheets.text(target) or 1)
            top = max(1.0, now * 2)
            key = f"weight_{name}_{desk().outside}"
            st.slider(plain(name), 0.0, top, now, top / 100, key=key, on_change=moved, args=(target, key, ""))
        if scores:
            total = sum(float(sheets.text(Target("设置", (f"权重:{n}",), "值")) or 1) for n in scores)
            st.caption(t("权重合计 {sum}；谁先谁后只看相互的比例；弹性规则的罚分不随它变。", sum=f"{total:g}"))
    with right:
        target = Target("设置", ("优化目标",), "值")
        now_aim = sheets.text(target) or "加权"
        key = f"aim_{desk().outside}"
        st.radio(
            t("优化目标"), AIMS, index=AIMS.index(now_aim), key=key, format_func=lambda a: t(AIM_WORDS[a]), on_change=moved,
            args=(target, key, ""),
        )  # fmt: skip
        if now_aim == "分层":
            _order(work)
        if now_aim != "加权":
            place = Target("设置", ("分层容差",), "值")
            key = f"give_{desk().outside}"
            number_box(
                st, t("每一步可以让出（%）"), 0.0, 20.0, percent_of(sheets.text(place)), 0.1, key, lambda: moved(place, key, "%"),
                help=t("守住前面各步时允许放弃的比例，0 为一点不让"),
            )  # fmt: skip


def _order(work: Workspace) -> None:
    """The order of the tiers, moved one place at a time."""
    assert work.case is not None
    order = list(work.case.tiers.order)
    st.markdown(f"**{t('分层次序')}**")
    for k, name in enumerate(order):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{'①②③④⑤⑥⑦⑧⑨'[k]} {t(name)}", width="stretch")
            for step, icon in ((-1, "arrow_upward"), (1, "arrow_downward")):
                other = k + step
                label = t("上移") if step < 0 else t("下移")
                if st.button(label, key=f"tier_{k}_{step}", icon=f":material/{icon}:", type="tertiary", disabled=not 0 <= other < len(order)):  # fmt: skip
                    order[k], order[other] = order[other], order[k]
                    wish({Target("设置", ("分层次序",), "值"): ",".join(order)})
                    desk().outside += 1
                    st.rerun()


TABS = ("规则", "资金额度", "地区上下限", "权重与次序")


def _start() -> None:
    work = desk().work
    assert work is not None
    start_solve(work)
    st.switch_page("ui/views/plan.py")


strip(t("规则与额度"))
work = desk().work
case = work.last_good() if work is not None else None
if work is None or case is None:
    no_case()
else:
    left, right = st.columns([10, 3], gap="medium")
    with left:
        first = t(st.session_state.get("rules_open", TABS[0]))
        rules, funds, regions, weights = tabs = st.tabs(
            [t(n) for n in TABS], default=first, on_change="rerun", key="rules_tabs"
        )
        st.session_state.rules_seen = next((n for n, tab in zip(TABS, tabs, strict=True) if tab.open), TABS[0])
        if rules.open:
            with rules:
                _rules_tab(work)
        elif funds.open:
            with funds:
                _funds_tab(work, case)
        elif regions.open:
            with regions:
                _regions_tab(work, case)
        else:
            with weights:
                _weights_tab(work, case)
    with right:
        pending_card(_start)
        if st.button(t("测算额度"), key="go_quota", icon=":material/percent:", width="stretch", help=t("按公开的因素法把总额分到各地区，结果可一键带到地区上下限")):  # fmt: skip
            st.switch_page("ui/views/quota.py")
