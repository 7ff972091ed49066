"""The tabs of a plan beside its table: what changed, regions, funds, flow, time, limits, policy, what is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from models.rule import Measure
from models.rules import RULE_BY_ID
from models.units import key_words
from reports.charts.flow import flow_chart
from reports.charts.money import category_chart, region_chart, year_chart
from reports.charts.regions import boundary_chart, read_boundary, share_chart, tile_chart
from reports.charts.timeline import timeline_chart
from reports.policy_tables import policy_tables
from reports.rule_check import rule_check, shown
from reports.table import Plan
from reports.tables import by_fund, by_region, later_needs, unfunded
from ui.desk import desk
from ui.plan.since import since_last
from ui.plan.table import allocation_table
from ui.tables import grid, in_unit, look
from ui.words import ENGLISH, column, language, plain, t, told
from workbench.verbs import Outcome
from workbench.workspace import Workspace

QUOTAS = (
    "fund_limit",
    "region_quota",
    "category_quota",
    "tag_share",
    "decline_cap",
    "count_cap",
    "people_money",
    "debt_headroom",
)


def _regions(work: Workspace, plan: Plan) -> None:
    shape = json.loads(work.geojson) if work.geojson else None
    left, right = st.columns(2, gap="medium")
    with left:
        chart = boundary_chart(plan, shape, look()) if shape else tile_chart(plan, look())
        st.altair_chart(chart, theme=None, width="stretch", alt=t("各地区安排额"))
        with st.expander(t("换成自己的边界文件")):
            file = st.file_uploader(t("GeoJSON，要素的 name 是地区名称"), type=["json", "geojson"], key="boundary", max_upload_size=8)  # fmt: skip
            if file is not None and file.file_id != st.session_state.get("boundary_taken"):
                st.session_state.boundary_taken = file.file_id
                found, words = read_boundary(file.getvalue(), plan.case)
                if found is not None:
                    work.geojson = json.dumps(found, ensure_ascii=False).encode()
                    work.store.save_boundary(work.owner, work.id, work.geojson)
                desk().say("success" if found else "error", words)
                st.rerun()
            if shape and st.button(t("改回示意图"), key="no_boundary"):
                work.geojson = None
                work.store.save_boundary(work.owner, work.id, None)
                st.rerun()
    with right:
        policies = plan.case.policies_of("people_money")
        if policies:
            st.altair_chart(share_chart(plan, policies[0][1], look()), theme=None, width="stretch", alt=t("人口份额与资金份额"))  # fmt: skip
        else:
            st.altair_chart(region_chart(plan, look()), theme=None, width="stretch", alt=t("分地区安排"))
    if policies:
        st.altair_chart(region_chart(plan, look()), theme=None, width="stretch", alt=t("分地区安排"))
    grid(by_region(plan), key="by_region")


def _funds(plan: Plan) -> None:
    left, right = st.columns(2, gap="medium")
    left.altair_chart(year_chart(plan, look()), theme=None, width="stretch", alt=t("分年度安排"))
    right.altair_chart(category_chart(plan, look()), theme=None, width="stretch", alt=t("分领域申请与安排"))
    grid(by_fund(plan), key="by_fund")


def _limits(outcome: Outcome) -> None:
    """Use of every quota, outputs against targets, every rule line by line."""
    plan = outcome.plan
    if plan.case.targets:
        st.markdown(f"**{t('产出与目标')}**")
        mine = [m for m in plan.verdict.measures if m.rule == "output_target"]
        _use_table(mine, "targets")
    shared = [m for m in plan.verdict.measures if m.rule in QUOTAS and m.limit and m.sense != "="]
    st.markdown(f"**{t('额度使用率')}**")
    _use_table(shared, "uses")
    st.markdown(f"**{t('规则核对')}**")
    grid(outcome.table(rule_check), hide=("规则",), height=520, key="rules")


def _use_table(measures: list[Measure], key: str) -> None:
    rows = []
    for m in measures:
        actual, limit = float(shown(m, m.actual)), float(shown(m, m.limit))
        share = 100 * actual / limit if limit else 0.0
        rows.append([_rule_title(m.rule), told(key_words(m.key)), "≤" if m.sense == "<=" else "≥", limit, actual, share, t(m.unit)])  # fmt: skip
    if not rows:
        st.caption(t("没有可列的行。"))
        return
    heads = [t("规则"), t("对象"), t("要求"), t("限值"), t("实际"), t("使用率"), t("单位")]
    frame = pd.DataFrame(rows, columns=heads)
    number = st.column_config.NumberColumn(format="%,.2f", alignment="right", width=110)
    config = {
        heads[0]: st.column_config.TextColumn(width=170), heads[1]: st.column_config.TextColumn(width=300), heads[2]: st.column_config.TextColumn(width=50), heads[3]: number,
        heads[4]: number, heads[5]: st.column_config.ProgressColumn(format="%.2f%%", min_value=0, max_value=100, width=170), heads[6]: st.column_config.TextColumn(width=60),
    }  # fmt: skip
    st.dataframe(frame, hide_index=True, column_config=config, height="content" if len(rows) <= 10 else 360, key=key)


def _rule_title(rule: str) -> str:
    return RULE_BY_ID[rule].title_en if language() == ENGLISH else RULE_BY_ID[rule].title


def _times(plan: Plan, outcome: Outcome) -> None:
    st.altair_chart(timeline_chart(plan, look()), theme=None, width="stretch", alt=t("时间安排"))
    st.markdown(f"**{t('后续年度需求')}**")
    grid(outcome.table(later_needs), key="later")


def _policy(plan: Plan) -> None:
    tables = policy_tables(plan)
    if not tables:
        st.info(t("本案例没有债务、人口和用地的数据。"))
    for number, each in enumerate(tables):
        st.markdown(f"**{t(each.title)}**")
        st.caption(t("；").join(told(note) for note in each.notes))
        grid(each, key=f"policy_{number}")


def plan_tabs(work: Workspace, outcome: Outcome) -> None:
    """The tabs; only the one in sight is drawn."""
    plan = outcome.plan
    left_out = len(plan.case.projects) - len(plan.allocation.choices)
    before, now = work.before, work.shown
    drawn: dict[str, Callable[[], None]] = {
        t("分配表"): lambda: allocation_table(work, plan),
    }
    if before is not None and now is not None:
        drawn[t("较上次")] = lambda: since_last(work, before, now)
    drawn |= {
        t("分地区"): lambda: _regions(work, plan),
        t("分资金与年度"): lambda: _funds(plan),
        t("资金流向"): lambda: _flow(plan),
        t("时间安排"): lambda: _times(plan, outcome),
        t("额度与指标"): lambda: _limits(outcome),
        t("债务、人口与用地"): lambda: _policy(plan),
        t("未安排 {n}", n=f"{left_out:,}"): lambda: _unfunded(outcome),
    }
    names = list(drawn)
    last = min(st.session_state.get("plan_open", 0), len(names) - 1)  # the same one in the other language
    tabs = st.tabs(names, default=names[last], on_change="rerun", key="plan_tabs")
    for number, (tab, draw) in enumerate(zip(tabs, drawn.values(), strict=True)):
        if tab.open:
            st.session_state.plan_seen = number
            with tab:
                draw()


def _unfunded(outcome: Outcome) -> None:
    """Projects left out, by region and name; what a cell is too narrow for is written out for the row selected."""
    table = outcome.table(unfunded)
    name, region = table.position("项目名称"), table.position("地区")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        regions = set(
            st.multiselect(
                t("全部地区"), sorted({str(row[region]) for row in table.rows if row[region]}), key="unfunded_regions", persist_state="session", placeholder=t("全部地区"),
                label_visibility="collapsed", width=260,
            )
        )  # fmt: skip
        text = st.text_input(
            t("查找项目"),
            key="unfunded_search",
            persist_state="session",
            placeholder=t("查找项目"),
            label_visibility="collapsed",
            width=200,
        )
    rows = tuple(
        row
        for row in table.rows
        if (not regions or row[region] in regions) and (not text or text in row[0] or text in row[name])
    )
    if not rows:
        st.info(t("没有符合条件的项目，放宽筛选再看。"))
        return
    above = st.container()
    mark = crc32("".join(row[0] for row in rows).encode())
    chosen = grid(
        replace(table, rows=rows), hide=("类别", "申请额"), height=440, key=f"unfunded_{mark:08x}", selectable=True
    )
    with above:
        if chosen is None:
            st.caption(t("选中一行，这里写出原因全文。"))
        else:
            _in_full(outcome, dict(zip((c.name for c in table.columns), rows[chosen], strict=True)))


def _in_full(outcome: Outcome, row: dict[str, Any]) -> None:
    """Why one project was left out, in full sentences."""
    rival = outcome.case.project_by_id.get(str(row["最接近的已安排项目"]))
    lines = {"原因": row["原因"], "若要安排需调整什么": row["若要安排需调整什么"], "依据": row["依据"]}
    lines["最接近的已安排项目"] = f"{rival.id} {rival.name}" if rival else ""
    with st.container(border=True, key="in_full"):
        st.markdown(f"**{plain(str(row['项目编号']))} {plain(str(row['项目名称']))}**")
        for name, words in lines.items():
            if words:
                st.text(f"{column(name)}{t('：')}{in_unit(str(words))}")


def _flow(plan: Plan) -> None:
    st.altair_chart(flow_chart(plan, look()), theme=None, width="stretch", alt=t("资金流向"))
