"""What one more change would cost, and which cannot be at all; nothing of it is kept."""

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inputs.case.changes import Target
from inputs.samples import write_sample
from workbench import pricing
from workbench.pricing import cannot_be, price_of
from workbench.store import Store
from workbench.workspace import Workspace

BOND = "固定安排:专项债券"


def on(project: str, column: str) -> Target:
    return Target("项目", (project,), column)


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    write_sample("mini", tmp_path / "mini.xlsx")
    return Workspace.create(Store(tmp_path / "home"), "我", (tmp_path / "mini.xlsx").read_bytes(), "mini.xlsx")


@pytest.mark.parametrize("amount", ["99999999", ">=9999"])
def test_more_than_a_project_can_take_cannot_be(work: Workspace, amount: str) -> None:
    assert "P01" in "".join(cannot_be(work, {on("P01", BOND): amount}))
    assert work.changes == {}


def test_money_for_what_is_banned_cannot_be(work: Workspace) -> None:
    work.change({on("P01", "状态"): "禁选"})
    assert cannot_be(work, {on("P01", BOND): ">=1"})
    assert not cannot_be(work, {on("P01", BOND): "<=1"})


def test_what_can_be_is_not_refused_and_a_wrong_cell_is_said(work: Workspace) -> None:
    assert cannot_be(work, {on("P01", BOND): ">=10"}) == []
    assert "0.003" in cannot_be(work, {on("P01", BOND): "0.003"})[0]


def test_what_cannot_be_already_does_not_blame_the_next_change(work: Workspace) -> None:
    work.change({on("P01", BOND): "99999999"})
    assert cannot_be(work, {on("P02", BOND): ">=10"}) == []


def test_the_price_of_a_ban_tells_who_leaves(work: Workspace) -> None:
    job = work.solve(10, 0)
    while job.running:
        time.sleep(0.02)
    work.collect()
    assert work.shown is not None
    key = next(iter(work.shown.outcome.plan.allocation.choice_of))
    price = price_of(work, {on(key, "状态"): "禁选"})
    assert price.plan is not None and any(words.startswith(f"{key} ") for words in price.left)
    assert work.changes == {}


def test_a_price_within_the_error_names_nobody(work: Workspace, monkeypatch) -> None:
    """Who would go and come is as uncertain as the price; a price that is certain names them."""
    job = work.solve(30.0)
    while job.running:
        time.sleep(0.05)
    work.collect()
    banned = {on("P06", "状态"): "禁选"}
    sure = price_of(work, banned)
    assert sure.left and "代价小于误差" not in sure.words
    answer = pricing.swift_plan

    def blurred(reading, options, last):
        outcome = answer(reading, options, last)
        assert outcome is not None and outcome.solution.verdict is not None
        wide = replace(outcome.solution, status="feasible", bound=outcome.solution.verdict.value * Fraction(5, 4))
        return replace(outcome, solution=wide)

    monkeypatch.setattr(pricing, "swift_plan", blurred)
    monkeypatch.setattr(pricing, "UNCLEAR", 0.9)
    monkeypatch.setattr(pricing, "plan_case", None)
    unsure = price_of(work, banned)
    assert "代价小于误差" in unsure.words and not unsure.left and not unsure.joined
