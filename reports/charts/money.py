"""Money by region, by year, by category; who gains and who loses between two plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from reports.charts.look import (
    FUND_COLOURS,
    INK,
    LESS,
    MORE,
    OTHERS,
    Look,
    finish,
    fund_colour,
    fund_names,
    tip,
)
from reports.table import Plan
from reports.tables import by_category, paying_regions


def payment_frame(plan: Plan, look: Look | None = None) -> pd.DataFrame:
    """Payments by 地区, 资金, 年度 in the look's unit."""
    shown, per = fund_names(plan.case), (look or Look()).per
    rows = [
        {
            "地区": p.region or "（未填地区）",
            "资金": p.fund if p.fund in shown else OTHERS,
            "年度": str(plan.case.year_label(p.year)),
            "金额": p.amount / per,
        }
        for p in plan.allocation.payments
    ]
    return pd.DataFrame(rows, columns=["地区", "资金", "年度", "金额"])


def _sums(frame: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """金额 added up by the keys."""
    return frame.groupby(list(keys))["金额"].sum().reset_index()


def region_chart(plan: Plan, look: Look | None = None) -> Any:
    """Stacked bars by region, longest first, total at the end."""
    look = look or Look()
    frame = payment_frame(plan, look)
    order = frame.groupby("地区")["金额"].sum().sort_values(ascending=False).index.tolist()
    order += [name for name in paying_regions(plan.case) if name and name not in order]
    index = {name: i for i, name in enumerate(fund_names(plan.case))}
    frame = _sums(frame, "地区", "资金")
    frame["次序"] = frame["资金"].map(index)
    totals = _sums(frame, "地区")
    y = alt.Y("地区:N", sort=order, scale=alt.Scale(domain=order))
    x = alt.X("金额:Q", axis=alt.Axis(format=look.format, tickCount=5))
    bars = alt.Chart(frame).mark_bar(size=17, stroke="#fff", strokeWidth=0.6).encode(
        x=x, y=y, color=fund_colour(plan.case), order=alt.Order("次序:Q"), tooltip=tip(look, 地区="N", 资金="N", 金额="Q")
    )  # fmt: skip
    text = alt.Chart(totals).mark_text(align="left", dx=5, fontSize=12, color=INK, tooltip=None).encode(
        x="金额:Q", y=y, text=alt.Text("金额:Q", format=look.format)
    )  # fmt: skip
    chart = alt.layer(bars, text).properties(height=110 + 26 * len(order))
    return finish(chart, look.say("分地区安排"), look.say(look.unit) + look.say("，按合计从多到少"))


def year_chart(plan: Plan, look: Look | None = None) -> Any:
    """Stacked bars by year."""
    look = look or Look()
    frame = _sums(payment_frame(plan, look), "年度", "资金")
    frame["次序"] = frame["资金"].map({name: i for i, name in enumerate(fund_names(plan.case))})
    totals = _sums(frame, "年度")
    top = float(totals["金额"].max()) if len(totals) else 1.0
    years = [str(plan.case.year_label(t)) for t in range(plan.case.years)]
    x = alt.X(
        "年度:N", sort=years, scale=alt.Scale(domain=years), axis=alt.Axis(labelExpr=f"datum.label+'{look.say('年')}'")
    )
    y = alt.Y("金额:Q", axis=alt.Axis(format=look.format, tickCount=5), scale=alt.Scale(domain=[0, 1.08 * top]))
    bars = alt.Chart(frame).mark_bar(size=46, stroke="#fff", strokeWidth=0.6).encode(
        x=x, y=y, color=fund_colour(plan.case), order=alt.Order("次序:Q"), tooltip=tip(look, 年度="N", 资金="N", 金额="Q")
    )  # fmt: skip
    text = alt.Chart(totals).mark_text(dy=-8, fontSize=12, color=INK, tooltip=None).encode(
        x=x, y="金额:Q", text=alt.Text("金额:Q", format=look.format)
    )  # fmt: skip
    words = look.say(look.unit) + look.say("，按资金堆叠")
    return finish(alt.layer(bars, text).properties(height=340), look.say("分年度安排"), words, legend_columns=3)


def category_chart(plan: Plan, look: Look | None = None) -> Any:
    """Asked and arranged by category, side by side."""
    look = look or Look()
    table = by_category(plan)
    kind, asks, money = (table.position(n) for n in ("类别", "申请额", "安排额"))
    names = [look.say("申请"), look.say("安排")]
    rows = [{"类别": r[kind], "项": names[0], "金额": r[asks] / look.per} for r in table.rows]
    rows += [{"类别": r[kind], "项": names[1], "金额": r[money] / look.per} for r in table.rows]
    frame = pd.DataFrame(rows, columns=["类别", "项", "金额"])
    order = [r[kind] for r in sorted(table.rows, key=lambda r: -r[asks])]
    colour = alt.Color("项:N", scale=alt.Scale(domain=names, range=["#C9CCD1", FUND_COLOURS[0]]))
    bars = alt.Chart(frame).mark_bar().encode(
        x=alt.X("金额:Q", axis=alt.Axis(format=look.format, tickCount=5)), y=alt.Y("类别:N", sort=order, scale=alt.Scale(domain=order)),
        yOffset=alt.YOffset("项:N", sort=names), color=colour, tooltip=tip(look, 类别="N", 项="N", 金额="Q"),
    )  # fmt: skip
    chart = bars.properties(height=110 + 34 * len(order))
    return finish(chart, look.say("分领域申请与安排"), look.say(look.unit))


def _signed(amount: float, decimals: int) -> str:
    """An amount with its sign; one that would round to nothing with two decimals."""
    text = f"{amount:+,.{decimals}f}"
    return text if text.strip("+-0.,") else f"{amount:+,.2f}"


def gain_chart(gains: Mapping[str, int], title: str, look: Look) -> Any:
    """Gain and loss by region between two plans (0.01 万元): bars to the right and left, unchanged written out."""
    rows: list[dict[str, Any]] = [
        {
            "地区": name or "（未填地区）", "差额": amount / look.per,
            "字": _signed(amount / look.per, look.decimals) if amount else look.say("不变"), "类": look.say("增加" if amount > 0 else "减少"),
        }
        for name, amount in gains.items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["地区", "差额", "字", "类"])
    order = [r["地区"] for r in sorted(rows, key=lambda r: -float(str(r["差额"])))]
    reach = max((abs(float(str(r["差额"]))) for r in rows), default=1.0) or 1.0
    y = alt.Y("地区:N", sort=order, scale=alt.Scale(domain=order))
    x = alt.X(
        "差额:Q",
        axis=alt.Axis(format=look.format, tickCount=5, tickMinStep=1 if look.decimals == 0 else 0.01),
        scale=alt.Scale(domain=[-1.35 * reach, 1.35 * reach]),
    )
    colour = alt.Color("类:N", scale=alt.Scale(domain=[look.say("增加"), look.say("减少")], range=[MORE, LESS]))
    bars = alt.Chart(frame).mark_bar(size=16).encode(x=x, y=y, color=colour, tooltip=tip(look, 地区="N", 差额="Q"))
    more = alt.Chart(frame[frame["差额"] >= 0]).mark_text(align="left", dx=4, fontSize=12, color=INK, tooltip=None)
    less = alt.Chart(frame[frame["差额"] < 0]).mark_text(align="right", dx=-4, fontSize=12, color=INK, tooltip=None)
    words = [layer.encode(x="差额:Q", y=y, text="字:N") for layer in (more, less)]
    return finish(alt.layer(bars, *words).properties(height=110 + 25 * len(order)), title, look.say(look.unit))
