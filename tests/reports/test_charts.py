"""Charts: what they draw adds up to the plan, in both units; boundaries of users are read with care."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from inputs.samples import write_sample
from models.verify import verify
from optimizer.options import Options
from reports.charts.flow import flow_chart, flows
from reports.charts.look import FUND_COLOURS, Look, png
from reports.charts.money import category_chart, gain_chart, region_chart, year_chart
from reports.charts.regions import boundary_chart, read_boundary, round_classes, share_chart, tile_chart, tiles
from reports.charts.timeline import course_chart, timeline_chart
from reports.policy_tables import linked_spent, people_and_money
from reports.scenarios import (
    Compared,
    broken_rules,
    figures,
    fund_gains,
    moved_between,
    price_words,
    project_differences,
    region_gains,
    underpaid,
    worth_by,
)
from reports.table import Plan
from workbench.verbs import open_and_plan

SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]]


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    path = tmp_path_factory.mktemp("charts") / "c.xlsx"
    write_sample("longdong", path)
    found = []
    for sets in ((), ("region_quota[地区=西峰区].上限占比=8%",)):
        _, outcome = open_and_plan(path, Options(second="", sets=sets), gap=0.02, time_limit=40)
        assert outcome is not None
        found.append(Compared("甲" if not sets else "乙", outcome.plan, outcome.solution))
    return found


def total(plan) -> int:
    return sum(p.amount for p in plan.allocation.payments)


def test_a_gain_of_a_few_cents_is_not_told_as_nothing() -> None:
    drawn = gain_chart({"甲县": -30, "乙县": 0, "丙县": 123_456}, "增减", Look()).to_dict()
    words = [row["字"] for rows in drawn["datasets"].values() for row in rows]
    assert {"−0.30", "不变", "+1,235"} == {w.replace("-", "−") for w in words}


def test_flows_keep_every_cent(plans) -> None:
    for side in flows(plans[0].plan):
        assert sum(side.values()) == total(plans[0].plan)


@pytest.mark.parametrize("look", [Look(), Look(1_000_000, "亿元", 2)])
def test_every_chart_is_a_picture_without_field_names(plans, look: Look) -> None:
    plan = plans[0].plan
    policy = plan.case.policies_of("people_money")[0][1]
    charts = [
        region_chart(plan, look), year_chart(plan, look), category_chart(plan, look), tile_chart(plan, look), share_chart(plan, policy, look),
        flow_chart(plan, look), timeline_chart(plan, look), gain_chart(region_gains(plan, plans[1].plan), "增减", look),
        course_chart([(0.0, None, 9.0), (1.0, 5.0, 8.0)], look),
    ]  # fmt: skip
    for chart in charts:
        assert png(chart)[:4] == b"\x89PNG"
        words = json.dumps(chart.to_dict()["title"], ensure_ascii=False)
        assert look.unit in words or "秒" in words or "%" in words


def test_the_timeline_ends_in_the_rest_and_adds_up(plans) -> None:
    data = timeline_chart(plans[0].plan, Look(1), most=5).to_dict()
    rows = next(rows for rows in data["datasets"].values() if len(rows) > 20)
    sums = [r["金额"] for r in rows if r["年度"] == "合计"]
    assert sums[0] == pytest.approx(sum(sums[1:])) == pytest.approx(total(plans[0].plan))


def test_tiles_do_not_cover_each_other(plans) -> None:
    places = tiles(plans[0].plan.case)
    assert len(set(places.values())) == len(places) == 17
    assert places["西峰区"] == (5, 2)


@pytest.mark.parametrize("largest", [0, 0.3, 7, 640, 99_999])
def test_classes_stand_at_round_numbers(largest: float) -> None:
    limits = round_classes(largest)
    assert len(limits) == 5 and limits == sorted(limits) and limits[0] > 0
    assert largest <= limits[-1] * 1.3


def test_a_boundary_file_is_read_with_care(plans) -> None:
    case, plan = plans[0].plan.case, plans[0].plan

    def file(name: str, geometry: object) -> bytes:
        feature = {"type": "Feature", "geometry": geometry, "properties": {"name": name, "secret": "<script>"}}
        return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()

    good, words = read_boundary(file("西峰区", {"type": "Polygon", "coordinates": SQUARE}), case)
    assert good is not None and "已用 1 个地区" in words and "script" not in json.dumps(good)
    chart = boundary_chart(plan, good, Look())
    assert png(chart)[:4] == b"\x89PNG"
    written = [row for rows in chart.to_dict()["datasets"].values() for row in rows]
    paid = sum(p.amount for p in plan.allocation.payments if p.region == "西峰区")
    assert written[1:] == [{"地区": "西峰区", "x": 0.5, "y": 0.5, "金额": paid / 100}]
    for content in (b"{", b"[]", file("别处", {"type": "Polygon", "coordinates": SQUARE}), file("西峰区", {"type": "Point", "coordinates": [0, 0]}), b"[" * 100_000):  # fmt: skip
        assert read_boundary(content, case)[0] is None


def test_figures_compare_and_the_best_is_bold(plans) -> None:
    found = {f.label: f for f in figures(plans)}
    assert found["安排总额"].values == tuple(total(p.plan) for p in plans)
    values = [p.plan.verdict.value for p in plans]
    assert values[0] != values[1] and found["加权效益"].best == {values.index(max(values))}
    assert found["不满足的刚性要求（处）"].values == (0, 0)


def test_differences_and_gains_add_up(plans) -> None:
    gains = region_gains(plans[0].plan, plans[1].plan)
    assert sum(gains.values()) == total(plans[1].plan) - total(plans[0].plan) and gains["西峰区"] < 0
    table = project_differences(plans)
    a, b = table.position("甲"), table.position("乙")
    assert sum((r[b] or 0) - (r[a] or 0) for r in table.rows) == sum(gains.values())
    assert all(r[table.position("原因")] for r in table.rows if None in (r[a], r[b]))
    assert project_differences([plans[0], plans[0]]).rows == ()
    why = table.position("原因")
    both = [r for r in table.rows if None not in (r[a], r[b])]
    assert both and all(("+" in r[why] or "−" in r[why]) for r in both)
    funds = fund_gains(plans[0].plan, plans[1].plan)
    assert sum(funds.values()) == sum(gains.values())
    for row in both:
        own = fund_gains(plans[0].plan, plans[1].plan, row[0])
        assert sum(own.values()) == row[b] - row[a] and all(fund in row[why] for fund, x in own.items() if x)
    assert moved_between(plans[0].plan, plans[0].plan, lambda p: p.region) == 0 and not any(
        fund_gains(plans[0].plan, plans[0].plan).values()
    )


def test_a_shared_project_of_the_same_sum_borne_otherwise_is_counted(plans) -> None:
    base = plans[0].plan
    paid = next(p for p in base.allocation.payments if p.region == "西峰区")
    moved = replace(
        base.allocation, payments=tuple(replace(p, region="环县") if p is paid else p for p in base.allocation.payments)
    )
    assert moved_between(base, Plan(base.case, moved, base.verdict, ()), lambda p: p.region) == 1
    soft = plans[0].plan.verdict.soft_violations
    assert len(broken_rules(plans[0]).rows) == len(soft)
    assert "加权效益" in price_words(plans[0], plans[1])


def test_projects_that_get_less_than_they_need_are_named_and_still_count_in_full(plans) -> None:
    base = plans[0].plan
    full = next(p for p in base.case.projects if p.arrangement == "全额" and p.id in base.allocation.choice_of)
    paid = next(p for p in base.allocation.payments if p.project == full.id)
    less = replace(
        base.allocation,
        payments=tuple(replace(p, amount=p.amount - 1) if p is paid else p for p in base.allocation.payments),
    )
    verdict = verify(base.case, less)
    short = Compared("丙", Plan(base.case, less, verdict, ()), plans[0].solution, own=True)
    assert underpaid(plans[0]) == [] and underpaid(short) == [full.id]
    assert verdict.benefit == base.verdict.benefit


def test_benefits_by_different_weights_are_held_against_each_other_by_one_measure(plans) -> None:
    base = plans[0]
    dear = replace(
        base.plan.case,
        projects=tuple(
            replace(p, schemes=tuple(replace(s, benefit=2 * s.benefit) for s in p.schemes))
            for p in base.plan.case.projects
        ),
    )
    twice = Compared("倍", Plan(dear, base.plan.allocation, verify(dear, base.plan.allocation), ()), base.solution)
    assert "按现在的权重，加权效益不变" in price_words(base, twice)
    assert worth_by(base.plan.case, twice.plan) == base.plan.verdict.value
    row = next(f for f in figures([base, twice]) if f.label.startswith("加权效益"))
    assert row.label == "加权效益（按对照方案的权重）" and row.values == (base.plan.verdict.value,) * 2 and not row.best
    assert next(f for f in figures([base, base]) if f.label.startswith("加权效益")).label == "加权效益"


def test_a_plan_that_breaks_hard_rules_is_the_best_of_nothing(plans) -> None:
    base = plans[0].plan
    broke = Compared("丁", Plan(base.case, base.allocation, replace(base.verdict, benefit=base.verdict.benefit * 2, failures=base.verdict.measures[:1]), ()), plans[0].solution, own=True)  # fmt: skip
    row = next(f for f in figures([plans[0], plans[1], broke]) if f.label.startswith("加权效益"))
    assert row.values[2] > max(row.values[:2]) and 2 not in row.best and row.best


def test_pictures_are_part_of_the_hand_out(plans, tmp_path: Path) -> None:
    from workbench.exporting import pictures

    names = [name for name, _ in pictures(plans[0].plan)]
    assert len(names) == len(set(names)) == 7


def test_the_chart_of_a_solve_looks_at_the_gap_not_at_the_first_bounds() -> None:
    heard = [(1.0, None, 560.0), (2.0, None, 260.0), (5.0, 240.0, 250.0), (9.0, 246.0, 248.0)]
    chart = course_chart(heard, Look()).to_dict()
    assert [d for d in _found(chart, "domain") if isinstance(d, list) and isinstance(d[0], float)] == [
        [pytest.approx(239.2), pytest.approx(256.8)]
    ]
    unknown = _found(course_chart(heard[:2], Look()).to_dict(), "domain")
    assert not [d for d in unknown if isinstance(d, list) and isinstance(d[0], float)]


def _found(spec, name: str) -> list:
    """All values under a name in nested data."""
    if isinstance(spec, dict):
        return [v for k, v in spec.items() if k == name] + [x for v in spec.values() for x in _found(v, name)]
    return [x for v in spec for x in _found(v, name)] if isinstance(spec, list) else []


def test_the_band_and_the_points_of_shares_have_one_base(plans) -> None:
    plan = plans[0].plan
    policy = plan.case.policies_of("people_money")[0][1]
    table = people_and_money(plan, policy)
    place = {c.name: k for k, c in enumerate(table.columns)}
    drawn = {r["地区"]: r for rows in share_chart(plan, policy, Look()).to_dict()["datasets"].values() for r in rows}
    inside = 0
    for row in table.rows:
        mine = drawn[row[place["地区"]]]
        spent = linked_spent(plan, policy)
        assert mine["资金份额"] == pytest.approx(row[place["挂钩资金"]] / spent * 100)
        assert mine["区间低"] == pytest.approx(row[place["下限"]] / spent * 100)
        if mine["状态"] == "在区间内":
            inside += 1
            assert mine["区间低"] - 1e-6 <= mine["资金份额"] <= mine["区间高"] + 1e-6
    assert inside > 5


def test_funds_differ_in_grey_as_well() -> None:
    """Printed without colour, any two funds of a chart are at least a tenth of the way from black to white apart."""
    parts = [[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in FUND_COLOURS]
    greys = sorted(0.299 * r + 0.587 * g + 0.114 * b for r, g, b in parts)
    assert min(b - a for a, b in pairwise(greys)) >= 24


def test_another_start_is_told_in_years(plans) -> None:
    base = plans[0]
    first = base.plan.allocation.choices[0]
    later = replace(first, start=first.start + 1)
    choices = (later, *base.plan.allocation.choices[1:])
    paid = tuple(
        replace(p, amount=p.amount + 1) if p.project == first.project else p for p in base.plan.allocation.payments
    )
    moved = Plan(base.plan.case, replace(base.plan.allocation, choices=choices, payments=paid), base.plan.verdict, ())
    table = project_differences([base, Compared("乙", moved, base.solution)])
    (row,) = [r for r in table.rows if r[0] == first.project]
    label = base.plan.case.year_label
    assert f"开工 {label(first.start)} → {label(later.start)}" in row[table.position("原因")]
