"""Where the money flows: funds to regions to categories, as ribbons computed here and drawn as areas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import altair as alt
import pandas as pd

from reports.charts.look import FUND_COLOURS, INK, OTHERS, Look, finish, fund_names
from reports.table import Plan

MOST_REGIONS = 13
MOST_CATEGORIES = 10
GAP = 0.012
POINTS = 24
GREY = "#B9C3CF"
REST = "其余"

Pair = dict[tuple[str, str], int]


def flows(plan: Plan) -> tuple[Pair, Pair]:
    """Money (0.01 万元) from fund to region and from region to category; small ones are put together."""
    case, funds = plan.case, set(fund_names(plan.case))
    by_region: dict[str, int] = {}
    by_kind: dict[str, int] = {}
    for p in plan.allocation.payments:
        by_region[p.region] = by_region.get(p.region, 0) + p.amount
        kind = case.project_by_id[p.project].category
        by_kind[kind] = by_kind.get(kind, 0) + p.amount
    regions, kinds = _largest(by_region, MOST_REGIONS), _largest(by_kind, MOST_CATEGORIES)
    first: Pair = {}
    second: Pair = {}
    for p in plan.allocation.payments:
        fund = p.fund if p.fund in funds else OTHERS
        region = p.region if p.region in regions else REST
        category = case.project_by_id[p.project].category
        kind = category if category in kinds else REST
        first[fund, region] = first.get((fund, region), 0) + p.amount
        second[region, kind] = second.get((region, kind), 0) + p.amount
    return first, second


def _largest(amounts: Mapping[str, int], most: int) -> set[str]:
    ranked = sorted(amounts, key=lambda n: -amounts[n])
    return set(ranked) if len(ranked) <= most else set(ranked[: most - 1])


def _column(amounts: dict[str, int], order: list[str], total: int, tallest: int) -> dict[str, tuple[float, float]]:
    """Top and bottom of the nodes of one column, between 0 and 1."""
    free = 1 - GAP * max(0, tallest - 1)
    at, found = 0.0, {}
    for name in order:
        size = amounts[name] / total * free
        found[name] = (at, at + size)
        at += size + GAP
    return found


def flow_chart(plan: Plan, look: Look) -> Any:
    """Funds left, regions in the middle, categories right; the left half in the funds' colours."""
    first, second = flows(plan)
    total = sum(first.values()) or 1
    sums: list[dict[str, int]] = [{}, {}, {}]
    for (fund, region), amount in first.items():
        sums[0][fund] = sums[0].get(fund, 0) + amount
        sums[1][region] = sums[1].get(region, 0) + amount
    for (_, kind), amount in second.items():
        sums[2][kind] = sums[2].get(kind, 0) + amount
    orders = [
        [f for f in fund_names(plan.case) if f in sums[0]],
        *(sorted(s, key=lambda n: (n == REST, -s[n])) for s in sums[1:]),
    ]
    tallest = max((len(o) for o in orders), default=1)
    columns = [_column(s, o, total, tallest) for s, o in zip(sums, orders, strict=True)]
    free = (1 - GAP * max(0, tallest - 1)) / total
    ribbons = [
        *_ribbons(first, columns[0], columns[1], (orders[0], orders[1]), (0.0, 0.5), free, look),
        *_ribbons(second, columns[1], columns[2], (orders[1], orders[2]), (0.5, 1.0), free, look),
    ]
    frame = pd.DataFrame(ribbons, columns=["带", "x", "上", "下", "色", "自", "至", "金额"])
    colours = {name: FUND_COLOURS[i] for i, name in enumerate(fund_names(plan.case))}
    domain = [*colours, GREY]
    colour = alt.Color("色:N", scale=alt.Scale(domain=domain, range=[*colours.values(), GREY]), legend=None)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.2, 1.2], nice=False))
    y = alt.Y("上:Q", axis=None, scale=alt.Scale(domain=[0, 1], reverse=True, nice=False))
    tips = [alt.Tooltip("自:N", title=look.say("从")), alt.Tooltip("至:N", title=look.say("到")), alt.Tooltip("金额:N", title=look.say(look.unit))]  # fmt: skip
    areas = alt.Chart(frame).mark_area(opacity=0.5, interpolate="monotone").encode(x=x, y=y, y2="下:Q", detail="带:N", color=colour, tooltip=tips)  # fmt: skip
    nodes = _nodes(columns, sums, look)
    boxes = alt.Chart(nodes).mark_rect(color="#4A5461", tooltip=None).encode(x=alt.X("左:Q"), x2="右:Q", y=alt.Y("上:Q"), y2="下:Q")  # fmt: skip
    layers: list[Any] = [areas, boxes]
    sides: tuple[tuple[str, Literal["left", "right"], int], ...] = (
        ("左", "right", -5),
        ("中", "left", 5),
        ("右", "left", 5),
    )
    for side, align, dx in sides:
        part = nodes[nodes["侧"] == side]
        layers.append(
            alt.Chart(part).mark_text(align=align, dx=dx, fontSize=12, color=INK, tooltip=None).encode(x=alt.X("左:Q") if side == "左" else alt.X("右:Q"), y=alt.Y("心:Q"), text="字:N")
        )  # fmt: skip
    chart = alt.layer(*layers).properties(height=max(320, 34 * tallest))
    return finish(chart, look.say("资金流向：资金 → 地区 → 类别"), look.say(look.unit))


def _ribbons(
    pairs: Pair,
    left: Mapping[str, tuple[float, float]],
    right: Mapping[str, tuple[float, float]],
    orders: tuple[list[str], list[str]],
    span: tuple[float, float],
    free: float,
    look: Look,
) -> list[list[Any]]:
    out = {name: top for name, (top, _) in left.items()}
    into = {name: top for name, (top, _) in right.items()}
    rows = []
    for a in orders[0]:
        for b in orders[1]:
            if not pairs.get((a, b)):
                continue
            size = pairs[a, b] * free
            y0, y1 = out[a], into[b]
            out[a], into[b] = y0 + size, y1 + size
            for k in range(POINTS):
                t = k / (POINTS - 1)
                bend = 3 * t * t - 2 * t**3
                y = y0 + (y1 - y0) * bend
                name = a if span[0] == 0 else GREY
                shown = f"{pairs[a, b] / look.per:,.{look.decimals}f}"
                rows.append(
                    [f"{span[0]}{a}→{b}", span[0] + (span[1] - span[0]) * t, y, y + size, name, look.say(a), look.say(b), shown]
                )  # fmt: skip
    return rows


def _nodes(columns: list[dict[str, tuple[float, float]]], sums: list[dict[str, int]], look: Look) -> pd.DataFrame:
    rows = []
    for k, (places, amounts) in enumerate(zip(columns, sums, strict=True)):
        for name, (top, bottom) in places.items():
            text = f"{look.say(name)} {amounts[name] / look.per:,.{look.decimals}f}"
            rows.append(
                {"左": k / 2 - 0.006, "右": k / 2 + 0.006, "上": top, "下": bottom, "心": (top + bottom) / 2, "侧": "左中右"[k], "字": text}
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["左", "右", "上", "下", "心", "侧", "字"])
