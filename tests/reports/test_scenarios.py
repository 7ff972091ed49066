"""Figures side by side: differences add up as they are shown."""

from fractions import Fraction as F

import pytest

from reports.scenarios import Figure, difference


@pytest.mark.parametrize(
    ("kind", "value", "first", "less"),
    [
        ("ratio", F(23443, 100_000), F(23677, 100_000), F(-24, 10_000)),  # 0.2344 and 0.2368
        ("share", F(12345, 100_000), F(12449, 100_000), F(-1, 1000)),  # 12.3 % and 12.4 %
        ("money", F(12345), F(12449), F(-104)),
        ("whole", F(7, 2), F(29, 10), F(1)),
        ("number", F(1001, 1000), F(1002, 1000), F(0)),
    ],
)
def test_a_difference_is_that_of_the_figures_shown(kind: str, value: F, first: F, less: F) -> None:
    assert difference(Figure("", "", kind, (first, value)), value, first) == less
