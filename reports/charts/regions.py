"""Regions: tiles laid by neighbourhood, the user's own boundaries, and people share against money share."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from inputs.places import tile_positions
from models.case import Case, Policy
from reports.charts.look import BAND, INK, MORE, SHADES, Look, finish, tip
from reports.policy_tables import linked_spent, people_and_money
from reports.table import Plan
from reports.tables import paying_regions

ACROSS = 7
BOUNDARY_BYTES = 8_000_000
STEPS = (1, 2, 2.5, 5, 10)
OPEN_BAND = 100.0
"""Where a band without ceiling ends, in per cent."""


def tiles(case: Case) -> dict[str, tuple[int, int]]:
    """Column and row of every paying region: by neighbourhood where known, the others below, by parent."""
    names = [name for name in paying_regions(case) if name]
    placed = {name: tile_positions()[name] for name in names if name in tile_positions()}
    below = max((row for _, row in placed.values()), default=-1) + 1
    parents: dict[str, list[str]] = {}
    for name in names:
        if name not in placed:
            region = case.region_by_name.get(name)
            parents.setdefault(region.parent if region else "", []).append(name)
    for members in parents.values():
        for k, name in enumerate(members):
            placed[name] = (k % ACROSS, below + k // ACROSS)
        below += (len(members) - 1) // ACROSS + 1
    return placed


def _money(plan: Plan, look: Look) -> dict[str, float]:
    found: dict[str, int] = {}
    for p in plan.allocation.payments:
        found[p.region] = found.get(p.region, 0) + p.amount
    return {name: found.get(name, 0) / look.per for name in paying_regions(plan.case)}


def round_classes(largest: float) -> list[float]:
    """Five limits at round numbers that part 0…largest in six classes."""
    if largest <= 0:
        return [1, 2, 3, 4, 5]
    rough = largest / 6
    power = 10.0 ** (len(str(int(rough))) - 1) if rough >= 1 else 0.1 if rough >= 0.1 else 0.01
    step = next(s * power for s in STEPS if s * power >= rough)
    return [step * k for k in range(1, 6)]


def _shade(limits: list[float]) -> alt.Color:
    return alt.Color("金额:Q", scale=alt.Scale(type="threshold", domain=limits, range=list(SHADES)), legend=None)


def tile_chart(plan: Plan, look: Look) -> Any:
    """One tile a region, name and money inside, shaded by classes at round numbers."""
    money, places = _money(plan, look), tiles(plan.case)
    rows = [
        {"地区": name, "列": c, "行": r, "金额": money[name], "字": f"{money[name]:,.{look.decimals}f}"}
        for name, (c, r) in places.items()
    ]
    frame = pd.DataFrame(rows, columns=["地区", "列", "行", "金额", "字"])
    limits = round_classes(max(money.values(), default=0))
    axes = {
        "x": alt.X("列:O", axis=None, sort=list(range(max((c for c, _ in places.values()), default=0) + 1)), scale=alt.Scale(domain=list(range(max((c for c, _ in places.values()), default=0) + 1)), paddingInner=0)),
        "y": alt.Y("行:O", axis=None, scale=alt.Scale(domain=list(range(max((r for _, r in places.values()), default=0) + 1)), paddingInner=0)),
    }  # fmt: skip
    ink = alt.condition(f"datum['金额'] >= {limits[2]}", alt.value("#FFFFFF"), alt.value(INK))
    squares = alt.Chart(frame).mark_rect(stroke="#fff", strokeWidth=3, cornerRadius=3).encode(
        **axes, color=_shade(limits), tooltip=tip(look, 地区="N", 金额="Q")
    )  # fmt: skip
    names = alt.Chart(frame).mark_text(dy=-8, fontSize=12, fontWeight=600, tooltip=None).encode(**axes, text="地区:N", color=ink)  # fmt: skip
    values = alt.Chart(frame).mark_text(dy=9, fontSize=12, tooltip=None).encode(**axes, text="字:N", color=ink)
    height = 40 + 62 * (max((r for _, r in places.values()), default=0) + 1)
    words = (
        look.say(look.unit) + look.say("；位置按相邻关系示意，不是地图；分级：") + "、".join(f"{v:,g}" for v in limits)
    )
    return finish(alt.layer(squares, names, values).properties(height=height), look.say("各地区安排额"), words)


# ---- the user's own boundaries


def read_boundary(content: bytes, case: Case) -> tuple[dict[str, Any] | None, str]:
    """A GeoJSON of areas with a name, and a sentence; None when it cannot be used.

    Only geometry and name are kept. Names must be those of the case.
    """
    if len(content) > BOUNDARY_BYTES:
        return None, f"边界文件超过 {BOUNDARY_BYTES // 1_000_000} MB，请先简化"
    try:
        found = json.loads(content)
        features: list[dict[str, Any]] = [
            {"type": "Feature", "geometry": _ring(f["geometry"]), "properties": {"地区": str(f["properties"]["name"])}}
            for f in found["features"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, "边界文件不是 GeoJSON，或要素没有 name 属性"
    wanted = {name for name in paying_regions(case) if name}
    known = [f for f in features if f["properties"]["地区"] in wanted]
    if not known:
        return None, "边界文件里没有本案例的地区名称"
    lacking = sorted(wanted - {f["properties"]["地区"] for f in known})
    words = f"已用 {len(known)} 个地区的边界" + (f"；缺 {'、'.join(lacking[:8])}" if lacking else "")
    return {"type": "FeatureCollection", "features": known}, words


def _ring(geometry: dict[str, Any]) -> dict[str, Any]:
    """An area with numbers only. Raises ValueError for anything else."""
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(geometry["type"])

    def plain(part: Any, depth: int) -> Any:
        return [float(v) for v in part[:2]] if depth == 0 else [plain(p, depth - 1) for p in part]

    depth = 2 if geometry["type"] == "Polygon" else 3
    return {"type": geometry["type"], "coordinates": plain(geometry["coordinates"], depth)}


def boundary_chart(plan: Plan, boundary: dict[str, Any], look: Look) -> Any:
    """Areas of the user's boundary file, shaded by money."""
    money = _money(plan, look)
    limits = round_classes(max(money.values(), default=0))
    coloured = [
        {**f, "properties": {**f["properties"], "金额": money.get(f["properties"]["地区"], 0.0)}}
        for f in boundary["features"]
    ]
    data = alt.InlineData(values=coloured)
    areas = alt.Chart(data).mark_geoshape(stroke="#fff", strokeWidth=1).encode(
        color=alt.Color("properties.金额:Q", scale=alt.Scale(type="threshold", domain=limits, range=list(SHADES)), legend=None),
        tooltip=[alt.Tooltip("properties.地区:N", title=look.say("地区")), alt.Tooltip("properties.金额:Q", title=look.say("金额"), format=look.format)],
    )  # fmt: skip
    rows = [(*_middle(f), f["properties"]["金额"]) for f in coloured]
    names = pd.DataFrame(rows, columns=["地区", "x", "y", "金额"])
    ink = alt.condition(f"datum['金额'] >= {limits[2]}", alt.value("#FFFFFF"), alt.value(INK))
    words = alt.Chart(names).mark_text(fontSize=12, fontWeight=600, tooltip=None).encode(
        longitude="x:Q", latitude="y:Q", text="地区:N", color=ink
    )  # fmt: skip
    chart = alt.layer(areas, words).project(type="identity", reflectY=True).properties(height=420)
    subtitle = look.say(look.unit) + look.say("；边界由使用者提供")
    return finish(chart, look.say("各地区安排额"), subtitle)


def _middle(feature: dict[str, Any]) -> tuple[str, float, float]:
    """The name of an area and the middle of its longest ring, where the name is written."""
    geometry = feature["geometry"]
    areas = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    ring = max((area[0] for area in areas), key=len)
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    return feature["properties"]["地区"], (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


# ---- people share against money share


def share_chart(plan: Plan, policy: Policy, look: Look) -> Any:
    """Money share of every region against its people share and the band around it."""
    table = people_and_money(plan, policy)
    place = {
        name: table.position(name) for name in ("地区", "人口份额", "资金份额", "下限", "上限", "挂钩资金", "状态")
    }
    spent = linked_spent(plan, policy) or 1
    states = {"低于下限": look.say("低于"), "在区间内": look.say("在区间内"), "达到上限": look.say("在区间内"), "高于上限": look.say("高于")}  # fmt: skip
    rows: list[dict[str, Any]] = []
    for row in table.rows:
        people, money = float(row[place["人口份额"]]) * 100, float(row[place["资金份额"]]) * 100
        top = row[place["上限"]]
        state = states[row[place["状态"]]]
        out = state != look.say("在区间内")
        rows.append(
            {
                "地区": row[place["地区"]], "人口份额": people, "资金份额": money, "区间低": row[place["下限"]] / spent * 100,
                "区间高": OPEN_BAND if top is None else top / spent * 100, "状态": state, "字": f"{money - people:+.1f} {look.say('个百分点')}".replace("-", "−") if out else "",
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=["地区", "人口份额", "资金份额", "区间低", "区间高", "状态", "字"])
    order = [r["地区"] for r in sorted(rows, key=lambda r: -float(str(r["人口份额"])))]
    points_at = [float(str(r[name])) for r in rows for name in ("人口份额", "资金份额")]
    ends = [high for r in rows if (high := float(str(r["区间高"]))) < OPEN_BAND]
    widest = max(max(points_at, default=1.0) * 1.35, max(ends, default=0.0) * 1.05)
    y = alt.Y("地区:N", sort=order, scale=alt.Scale(domain=order))
    x = alt.X("资金份额:Q", axis=alt.Axis(format=".0f", tickCount=6), scale=alt.Scale(domain=[0, widest], clamp=True))
    names = [look.say("在区间内"), look.say("高于"), look.say("低于")]
    colour = alt.Color("状态:N", scale=alt.Scale(domain=names, range=[MORE, "#B26A00", "#9E4E2B"]))
    shape = alt.Shape("状态:N", scale=alt.Scale(domain=names, range=["circle", "triangle-right", "triangle-left"]))
    tips = [alt.Tooltip("地区:N", title=look.say("地区"))] + [
        alt.Tooltip(f"{n}:Q", title=f"{look.say(n)}（%）", format=".2f") for n in ("人口份额", "资金份额")
    ]
    bands = alt.Chart(frame).mark_bar(size=13, color=BAND, tooltip=None).encode(x=alt.X("区间低:Q", scale=alt.Scale(domain=[0, widest], clamp=True)), x2="区间高:Q", y=y)  # fmt: skip
    ticks = alt.Chart(frame).mark_tick(thickness=2, color=INK, tooltip=None).encode(x="人口份额:Q", y=y)
    points = alt.Chart(frame).mark_point(filled=True, size=105, opacity=1).encode(x=x, y=y, color=colour, shape=shape, tooltip=tips)  # fmt: skip
    words = alt.Chart(frame[frame["字"] != ""]).mark_text(align="left", dx=9, fontSize=12, color=INK, tooltip=None).encode(x="资金份额:Q", y=y, text="字:N")  # fmt: skip
    chart = alt.layer(bands, ticks, points, words).properties(height=100 + 25 * len(order))
    title, unit = look.say("人口份额与资金份额"), look.say("%；竖线是落户人口份额，灰条是允许的区间，点是资金份额")
    return finish(chart, title, unit)
