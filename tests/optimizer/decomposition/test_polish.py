"""A plan made better beside the search: never worse, obeys every row, told by the caller, broken off when asked."""

import time
from dataclasses import replace

import numpy as np

from benchmarks.cases import Size, make_case
from optimizer.decomposition import polish as polish_module
from optimizer.decomposition.polish import Polish
from optimizer.decomposition.recourse import is_whole, weights_of
from optimizer.decomposition.repair import allowed, lighter
from optimizer.decomposition.standing import Standing
from optimizer.task import Limits
from tests.optimizer.decomposition.test_money import money_of


def in_part(seed: int):
    """Money of a choice that leaves 0/1 columns between their ends, the weights of the choice, what systems lose."""
    dual, prices, money = money_of(make_case(Size(150, 3, 5), seed, True))
    task = dual.oracle.part.task
    way = allowed(dual, np.full(int(task.owner.max()) + 1, task.ways), prices)
    for _ in range(20):
        weight = weights_of(dual.oracle, way)
        found = money.together(weight, 10.0)
        assert found is not None
        if found.overrun == 0:
            return money, weight, found, dual.system_regret(prices)
        way = lighter(dual, way, prices, found)
    raise AssertionError("no money for any choice")


def standing_of(money, told, seconds: float = 60.0) -> Standing:
    return Standing(money.oracle.part.task, Limits(seconds, 0.0), lambda news: bool(told.append(news)))


def obeyed(part, point) -> bool:
    numbers, task = part.numbers, part.task
    total = np.bincount(task.row, numbers.value * point[task.col], task.height)
    room = 1e-6 * np.maximum(1.0, np.bincount(task.row, np.abs(numbers.value * point[task.col]), task.height))
    return bool(((total >= numbers.row_lower - room) & (total <= numbers.row_upper + room)).all())


def test_polished_plans_are_better_obey_all_rows_and_are_told_by_the_caller() -> None:
    gained = 0
    for seed in (1, 7, 8):
        money, weight, found, regret = in_part(seed)
        quick = money.whole(weight, found, np.inf, 10.0)
        assert quick is not None and quick.overrun == 0 and not is_whole(money.oracle, found)
        told: list = []
        standing = standing_of(money, told)
        standing.hear_plan(quick)
        polish = Polish(money, standing)
        polish.offer(quick, lambda: regret)
        polish.wait()
        polish.end()
        best = standing.best
        assert best is not None and is_whole(money.oracle, best) and obeyed(money.oracle.part, best.point)
        assert best.value >= quick.value
        assert abs(best.value - float(money.oracle.part.numbers.objective @ best.point)) <= 1e-6 * abs(best.value)
        values = [news.value for news in told if news.point is not None]
        assert values == sorted(values)
        gained += best.value > quick.value * (1 + 1e-6)
    assert gained == 3


def test_a_plan_not_better_than_the_one_begun_with_does_not_take_its_place() -> None:
    money, weight, found, regret = in_part(7)
    quick = money.whole(weight, found, np.inf, 10.0)
    polish = Polish(money, standing_of(money, []))
    polish.ended.set()  # nothing is worked on here
    polish.offer(quick, lambda: regret)
    first = polish.work
    polish.offer(quick, lambda: regret)
    assert polish.work is first
    first.plan = replace(quick, value=quick.value + 100)  # gained since
    polish.offer(replace(quick, value=quick.value + 10), lambda: regret)
    assert polish.work is first
    polish.offer(replace(quick, value=quick.value + 60), lambda: regret)
    assert polish.work is not first
    polish.end()


def test_it_ends_when_asked(monkeypatch) -> None:
    money, weight, found, regret = in_part(1)
    begun = []

    def endless(self, seconds, gap, ended):
        begun.append(seconds)
        while not ended():
            time.sleep(0.01)
        return None, False

    monkeypatch.setattr(polish_module.Margin, "better", endless)
    standing = standing_of(money, [], 0.3)
    polish = Polish(money, standing)
    polish.offer(money.whole(weight, found, np.inf, 10.0), lambda: regret)
    polish.wait()  # until the time is over
    polish.end()
    assert len(begun) == 1 and begun[0] <= 0.3 and not polish.thread.is_alive()


def test_a_plan_offered_in_the_middle_of_a_look_does_not_end_the_work(monkeypatch) -> None:
    """Work that is done is replaced by other work between two looks: the thread goes on with what is there."""
    money, weight, found, regret = in_part(7)
    quick = money.whole(weight, found, np.inf, 10.0)
    polish = Polish(money, standing_of(money, []))
    looked, plain = [], polish_module._waits

    def late(work):
        if not looked:  # the first look finds work that is done; other work comes before it is asked for
            looked.append(work)
            work.failed, work.left = polish_module.MOST_FAILED, []
            polish.work = replace(work, failed=0, left=[0])
        return plain(work)

    monkeypatch.setattr(polish_module, "_waits", late)
    polish.offer(quick, lambda: regret)
    until = time.monotonic() + 20
    while plain(polish.work) and time.monotonic() < until:
        time.sleep(0.05)
    assert looked and polish.thread.is_alive() and not plain(polish.work)
    polish.end()
