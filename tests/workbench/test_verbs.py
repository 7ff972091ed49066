"""What is said to whoever asked."""

from fractions import Fraction

from optimizer.solution import Culprit, Solution
from workbench.verbs import clash_words


def test_what_a_clash_must_give_is_rounded_up() -> None:
    culprit = Culprit("fund_limit", ("债",), Fraction(7888, 10000), "万元")
    assert clash_words(Solution("infeasible", culprits=(culprit,)))[0].endswith("至少要让出 0.79 万元")


def test_a_clash_without_a_reason_says_nothing_of_demands() -> None:
    """The page has its own sentence for that; "these demands" would name none."""
    assert clash_words(Solution("infeasible", partial=True)) == []
    assert (
        len(
            clash_words(
                Solution("infeasible", culprits=(Culprit("exclusive", ("甲",), Fraction(1), "个"),), partial=True)
            )
        )
        == 2
    )
