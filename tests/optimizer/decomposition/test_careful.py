"""Money made whole with care beside the search: no worse than simple rounding, told once, broken off when asked."""

import time

import numpy as np

from benchmarks.cases import Size, make_case
from optimizer.decomposition import careful as careful_module
from optimizer.decomposition.careful import Careful
from optimizer.decomposition.recourse import is_whole, weights_of
from optimizer.decomposition.repair import allowed, lighter
from optimizer.decomposition.standing import Standing
from optimizer.task import Limits
from tests.optimizer.decomposition.test_money import money_of


def in_part(seed: int):
    """Money of a choice that leaves 0/1 columns between their ends, with the weights of the choice."""
    dual, prices, money = money_of(make_case(Size(150, 3, 5), seed, True))
    task = dual.oracle.part.task
    way = allowed(dual, np.full(int(task.owner.max()) + 1, task.ways), prices)
    for _ in range(20):
        weight = weights_of(dual.oracle, way)
        found = money.together(weight, 10.0)
        assert found is not None
        if found.overrun == 0:
            return money, weight, found
        way = lighter(dual, way, prices, found)
    raise AssertionError("no money for any choice")


def standing_of(money, told, seconds: float = 60.0) -> Standing:
    return Standing(money.oracle.part.task, Limits(seconds, 0.0), lambda news: bool(told.append(news)))


def test_with_care_no_less_than_by_rounding_and_told_once() -> None:
    gained = 0
    for seed in (1, 7, 8):
        money, weight, found = in_part(seed)
        assert not is_whole(money.oracle, found)
        quick, told = money.whole(weight, found, np.inf, 10.0), []
        standing = standing_of(money, told)
        careful = Careful(money, standing)
        careful.offer(weight, found, quick)
        careful.offer(weight, found, quick)  # the same again is no news
        careful.wait()
        careful.end()
        assert standing.best is not None and is_whole(money.oracle, standing.best) and standing.best.overrun == 0
        assert sum(news.point is not None for news in told) == 1
        assert standing.best.value <= found.value * (1 + 1e-6)
        assert quick is not None and quick.overrun == 0
        assert standing.best.value >= quick.value - 1e-9 * abs(quick.value)
        gained += standing.best.value > quick.value * (1 + 1e-6)
    assert gained == 2


def test_what_cannot_be_the_best_plan_is_not_begun() -> None:
    money, weight, found = in_part(1)
    standing = standing_of(money, [])
    careful = Careful(money, standing)
    careful.offer(weight, found, found)
    assert careful.under_way is None and careful.next is None
    careful.end()


def test_it_ends_when_asked_and_the_next_is_forgotten(monkeypatch) -> None:
    begun = []

    def endless(weight, found, seconds, ended):
        begun.append(seconds)
        while not ended():
            time.sleep(0.01)

    money, weight, found = in_part(1)
    monkeypatch.setattr(money, "carefully", endless)
    standing = standing_of(money, [], 0.3)
    careful = Careful(money, standing)
    careful.offer(weight, found, None)
    careful.offer(weight, found, None)
    assert begun and begun[0] <= careful_module.SECONDS and careful.next is not None
    careful.wait()  # until the time is over
    careful.end()
    assert careful.under_way is None and careful.next is None and len(begun) == 1 and standing.best is None
