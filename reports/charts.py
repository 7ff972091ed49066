"""Charts of a plan in Altair; one configuration for screen and export, all words Chinese."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from reports.table import Plan
from reports.tables import by_category, paying_regions

FONT = "'Noto Sans SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif"
FUND_COLOURS = ("#1D4F91", "#62B5DC", "#9E4E2B", "#EBB350", "#4B8A72", "#C9CCD1", "#7A6A9B")
OTHERS = "其他"
INK, QUIET, GRID = "#111821", "#5B6776", "#E3E8EE"


def _fund_names(plan: Plan) -> list[str]:
    """Funds with a colour of their own; from the eighth on they are one group."""
    names = [f.name for f in plan.case.funds]
    return names if len(names) <= len(FUND_COLOURS) else [*names[: len(FUND_COLOURS) - 1], OTHERS]


def payment_frame(plan: Plan) -> pd.DataFrame:
    """Payments in 万元 by 地区, 资金, 年度."""
    shown = _fund_names(plan)
    rows = [
        {
            "地区": p.region or "（未填地区）",
            "资金": p.fund if p.fund in shown else OTHERS,
            "年度": str(plan.case.year_label(p.year)),
            "金额": p.amount / 100,
        }
        for p in plan.allocation.payments
    ]
    return pd.DataFrame(rows, columns=["地区", "资金", "年度", "金额"])


def _finish(chart: Any, title: str, subtitle: str) -> Any:
    words = alt.TitleParams(title, subtitle=subtitle, anchor="start", fontSize=13, fontWeight=600, subtitleColor=QUIET)
    return (
        chart.properties(title=words)
        .configure(font=FONT)
        .configure_axis(
            labelFontSize=12, labelColor=INK, gridColor=GRID, labelAngle=0, labelPadding=5, labelLimit=160, title=None
        )
        .configure_view(stroke=None)
        .configure_legend(
            orient="top",
            direction="horizontal",
            symbolType="square",
            columns=6,
            title=None,
            labelFontSize=12,
            labelLimit=260,
        )
    )


def _sums(frame: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """金额 added up by the keys."""
    return frame.groupby(list(keys))["金额"].sum().reset_index()


def _colour(plan: Plan) -> alt.Color:
    names = _fund_names(plan)
    return alt.Color("资金:N", scale=alt.Scale(domain=names, range=list(FUND_COLOURS[: len(names)])))


def region_chart(plan: Plan) -> Any:
    """Stacked bars by region, longest first, total at the end."""
    frame = payment_frame(plan)
    order = frame.groupby("地区")["金额"].sum().sort_values(ascending=False).index.tolist()
    order += [name for name in paying_regions(plan.case) if name and name not in order]
    index = {name: i for i, name in enumerate(_fund_names(plan))}
    frame = _sums(frame, "地区", "资金")
    frame["次序"] = frame["资金"].map(index)
    totals = _sums(frame, "地区")
    y = alt.Y("地区:N", sort=order, scale=alt.Scale(domain=order))
    tips = [alt.Tooltip("地区:N"), alt.Tooltip("资金:N"), alt.Tooltip("金额:Q", format=",.0f", title="万元")]
    x = alt.X("金额:Q", axis=alt.Axis(format=",.0f", tickCount=5))
    bars = alt.Chart(frame).mark_bar(size=17, stroke="#fff", strokeWidth=0.6).encode(
        x=x, y=y, color=_colour(plan), order=alt.Order("次序:Q"), tooltip=tips
    )  # fmt: skip
    text = alt.Chart(totals).mark_text(align="left", dx=5, fontSize=12, color=INK, tooltip=None).encode(
        x="金额:Q", y=y, text=alt.Text("金额:Q", format=",.0f")
    )  # fmt: skip
    chart = alt.layer(bars, text).properties(height=max(120, 26 * len(order)))
    return _finish(chart, "分地区安排", "万元，按合计从多到少")


def year_chart(plan: Plan) -> Any:
    """Stacked bars by year."""
    frame = _sums(payment_frame(plan), "年度", "资金")
    frame["次序"] = frame["资金"].map({name: i for i, name in enumerate(_fund_names(plan))})
    totals = _sums(frame, "年度")
    top = float(totals["金额"].max()) if len(totals) else 1.0
    years = [str(plan.case.year_label(t)) for t in range(plan.case.years)]
    x = alt.X("年度:N", sort=years, scale=alt.Scale(domain=years), axis=alt.Axis(labelExpr="datum.label+'年'"))
    y = alt.Y("金额:Q", axis=alt.Axis(format=",.0f", tickCount=5), scale=alt.Scale(domain=[0, 1.08 * top]))
    tips = [alt.Tooltip("年度:N"), alt.Tooltip("资金:N"), alt.Tooltip("金额:Q", format=",.0f", title="万元")]
    bars = alt.Chart(frame).mark_bar(size=46, stroke="#fff", strokeWidth=0.6).encode(
        x=x, y=y, color=_colour(plan), order=alt.Order("次序:Q"), tooltip=tips
    )  # fmt: skip
    text = alt.Chart(totals).mark_text(dy=-8, fontSize=12, color=INK, tooltip=None).encode(
        x=x, y="金额:Q", text=alt.Text("金额:Q", format=",.0f")
    )  # fmt: skip
    return _finish(alt.layer(bars, text).properties(height=340), "分年度安排", "万元，按资金堆叠")


def category_chart(plan: Plan) -> Any:
    """Asked and arranged by category, side by side."""
    table = by_category(plan)
    kind, asks, money = (table.position(n) for n in ("类别", "申请额", "安排额"))
    rows = [{"类别": r[kind], "项": "申请", "金额": r[asks] / 100} for r in table.rows]
    rows += [{"类别": r[kind], "项": "安排", "金额": r[money] / 100} for r in table.rows]
    frame = pd.DataFrame(rows, columns=["类别", "项", "金额"])
    order = [r[kind] for r in sorted(table.rows, key=lambda r: -r[asks])]
    colour = alt.Color("项:N", scale=alt.Scale(domain=["申请", "安排"], range=["#C9CCD1", FUND_COLOURS[0]]))
    bars = alt.Chart(frame).mark_bar().encode(
        x=alt.X("金额:Q", axis=alt.Axis(format=",.0f", tickCount=5)), y=alt.Y("类别:N", sort=order, scale=alt.Scale(domain=order)),
        yOffset=alt.YOffset("项:N", sort=["申请", "安排"]), color=colour,
        tooltip=[alt.Tooltip("类别:N"), alt.Tooltip("项:N"), alt.Tooltip("金额:Q", format=",.0f", title="万元")],
    )  # fmt: skip
    return _finish(bars.properties(height=max(120, 34 * len(order))), "分领域申请与安排", "万元")


def png(chart: Any, width: int = 640) -> bytes:
    """A chart as a picture for print."""
    content: bytes = vl_convert.vegalite_to_png(chart.properties(width=width).to_dict(), scale=2)
    return content
