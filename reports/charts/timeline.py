"""When projects are paid: a grid of project by year, and the course of a solve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from reports.charts.look import INK, MORE, SHADES, Look, finish, tip
from reports.charts.regions import round_classes
from reports.table import Plan

MOST_ROWS = 24


def timeline_chart(plan: Plan, look: Look, most: int = MOST_ROWS) -> Any:
    """Money of every year in cells, number and shade; all projects first, the largest, then the rest as one row."""
    case = plan.case
    years = [str(case.year_label(t)) for t in range(case.years)]
    paid: dict[str, list[int]] = {}
    for p in plan.allocation.payments:
        paid.setdefault(p.project, [0] * case.years)[p.year] += p.amount
    ranked = sorted(paid, key=lambda k: (-sum(paid[k]), k))
    total = look.say("合计")
    lines = [(look.say("全部项目"), [sum(paid[k][t] for k in paid) for t in range(case.years)])]
    lines += [(f"{k} {case.project_by_id[k].name}", paid[k]) for k in ranked[:most]]
    if rest := ranked[most:]:
        lines.append((look.say("其余 {n} 个项目").format(n=len(rest)), [sum(paid[k][t] for k in rest) for t in range(case.years)]))  # fmt: skip
    rows = [
        {"项目": name, "年度": year, "金额": amount / look.per, "字": f"{amount / look.per:,.{look.decimals}f}" if amount else "—", "一": position not in (0, len(ranked[:most]) + 1)}
        for position, (name, amounts) in enumerate(lines)
        for year, amount in [(total, sum(amounts)), *zip(years, amounts, strict=True)]
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["项目", "年度", "金额", "字", "一"])
    single = frame[frame["一"] & (frame["年度"] != total)]["金额"]
    limits = round_classes(float(single.max()) if len(single) else 0.0)
    order = [name for name, _ in lines]
    y = alt.Y("项目:N", sort=order, scale=alt.Scale(domain=order), axis=alt.Axis(labelAlign="left", labelPadding=272, labelLimit=268, grid=False))  # fmt: skip
    x = alt.X("年度:N", sort=[total, *years], scale=alt.Scale(domain=[total, *years]), axis=alt.Axis(orient="top", grid=False))  # fmt: skip
    shaded = frame[frame["一"] & (frame["年度"] != total) & (frame["金额"] > 0)]
    cells = alt.Chart(shaded).mark_rect(stroke="#fff", strokeWidth=2).encode(
        x=x, y=y, color=alt.Color("金额:Q", scale=alt.Scale(type="threshold", domain=limits, range=list(SHADES)), legend=None), tooltip=tip(look, 项目="N", 年度="N", 金额="Q"),
    )  # fmt: skip
    white = f"datum['一'] && datum['年度'] != '{total}' && datum['金额'] >= {limits[2]}"
    text = alt.Chart(frame).mark_text(fontSize=12, tooltip=None).encode(x=x, y=y, text="字:N", color=alt.condition(white, alt.value("#FFFFFF"), alt.value(INK)))  # fmt: skip
    chart = alt.layer(cells, text).properties(height=80 + 23 * len(order))
    words = look.say(look.unit) + look.say("，按安排额从大到小")
    return finish(chart, look.say("分年度资金安排"), words)


GAPS_IN_SIGHT, LEAST_IN_SIGHT, MARGIN = 4.0, 1e-3, 0.05
"""How many gaps the chart of a solve shows above and below, the least gap as a part of the value, and the space left."""


def course_chart(heard: Sequence[tuple[float, float | None, float | None]], look: Look) -> Any:
    """The solver's own best value and bound over the seconds of a solve."""
    names = {1: look.say("现有最好方案"), 2: look.say("上界")}
    rows = [{"秒": h[0], "线": name, "值": h[k]} for h in heard for k, name in names.items() if h[k] is not None]
    frame = pd.DataFrame(rows, columns=["秒", "线", "值"])
    colour = alt.Color("线:N", scale=alt.Scale(domain=list(names.values()), range=[MORE, "#B26A00"]))
    dash = alt.StrokeDash("线:N", scale=alt.Scale(domain=list(names.values()), range=[[1, 0], [5, 3]]))
    sight = _sight(heard)
    scale = alt.Scale(zero=False) if sight is None else alt.Scale(domain=sight, nice=False)
    lines = alt.Chart(frame).mark_line(interpolate="step-after", clip=True).encode(
        x=alt.X("秒:Q", axis=alt.Axis(format=".0f", tickCount=6, tickMinStep=1)),
        y=alt.Y("值:Q", axis=alt.Axis(format=",.0f", tickCount=4), scale=scale), color=colour, strokeDash=dash,
        tooltip=[alt.Tooltip("线:N", title=look.say("线")), alt.Tooltip("秒:Q", title=look.say("秒"), format=".1f"), alt.Tooltip("值:Q", title=look.say("值"), format=",.2f")],
    )  # fmt: skip
    return finish(lines.properties(height=180), look.say("求解过程"), look.say("横轴为秒；两线之间就是差距"))


def _sight(heard: Sequence[tuple[float, float | None, float | None]]) -> list[float] | None:
    """Where the chart looks: a few gaps around the last value and bound, no further than there was anything.

    The first bounds may be twice as high as the last: in full height the gap could not be seen. None without both.
    """
    value, bound = heard[-1][1:] if heard else (None, None)
    if value is None or bound is None:
        return None
    around = GAPS_IN_SIGHT * max(abs(bound - value), LEAST_IN_SIGHT * abs(value))
    known = [x for h in heard for x in h[1:] if x is not None]
    low, high = max(min(known), min(value, bound) - around), min(max(known), max(value, bound) + around)
    margin = MARGIN * (high - low)
    return [low - margin, high + margin] if low < high else None
