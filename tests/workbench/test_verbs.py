"""What is said to whoever asked."""

from fractions import Fraction

from optimizer.solution import Culprit, Solution
from workbench.verbs import clash_words


def test_what_a_clash_must_give_is_rounded_up() -> None:
    culprit = Culprit("fund_limit", ("债",), Fraction(7888, 10000), "万元")
    assert clash_words(Solution("infeasible", culprits=(culprit,)))[0].endswith("至少要让出 0.79 万元")
