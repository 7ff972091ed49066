"""Exact units, and words for what is counted in them: money is a whole number of 0.01 万元, land of 0.0001 亩.

Everything people see is made from these integers; floats exist only inside the solvers.
"""

import re
from fractions import Fraction

MONEY_PER_WAN = 100
LAND_PER_MU = 10_000
SCOPE = re.compile(r"(?:(?:^|;)(?:地区|资金|类别|标签|部门|项目)=[^;=]+)+")
"""A scope as the 规则 sheet has it, such as 地区=甲县;资金=债."""


def wan(amount: int | Fraction) -> Fraction:
    """Money units to 万元, exactly."""
    return Fraction(amount) / MONEY_PER_WAN


def show_wan(amount: int | Fraction) -> str:
    """Money units as text in 万元 with thousands separators and two decimals."""
    cents = floor_of(Fraction(amount))
    sign, whole = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{whole // MONEY_PER_WAN:,}.{whole % MONEY_PER_WAN:02d}"


def floor_of(value: Fraction) -> int:
    """Largest integer not above ``value``."""
    return value.numerator // value.denominator


def split_whole(total: int, weights: list[int]) -> tuple[int, ...]:
    """Split ``total`` over ``weights`` in whole units by largest remainder; ties go to the first.

    The parts sum to ``total`` exactly. All weights zero puts everything on the first place.
    """
    scale = sum(weights)
    if scale == 0:
        return tuple(total if i == 0 else 0 for i in range(len(weights)))
    parts = [total * weight // scale for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % scale), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)


def split_even(total: int, years: int) -> tuple[int, ...]:
    """Spread ``total`` evenly over ``years`` in whole units, the first years taking the remainder."""
    base, rest = divmod(total, years)
    return tuple(base + (1 if i < rest else 0) for i in range(years))


def key_words(key: tuple[str, ...], but: str = "") -> str:
    """A key as people say it: of a scope only the names in it, nothing twice, without ``but``."""
    parts = (
        re.sub("(^|;)..=", r"\1", k).replace(";", "·").replace(",", "、") if SCOPE.fullmatch(k) else k for k in key
    )
    return " ".join(part for part in dict.fromkeys(parts) if part and part != but)
