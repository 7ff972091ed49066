"""The second solver's opinion: does it agree with the first, within the proof tolerance?"""

from __future__ import annotations

from fractions import Fraction

from optimizer.backends import BACKEND_BY_ID
from optimizer.settle import Settled
from optimizer.solution import PROVEN_GAP, SecondOpinion
from optimizer.task import Answer


def compare(
    backend: str, second: Answer, bound: float | None, mine: Settled, theirs: Settled | None
) -> tuple[SecondOpinion, Settled, float | None]:
    """The opinion, and the better plan and bound of both.

    A disagreement is a checked plan of one solver above the bound of the other, or a claim of
    infeasibility against a checked plan.
    """
    assert mine.verdict is not None
    value = mine.verdict.value
    other = theirs.verdict.value if theirs and theirs.verdict else None
    best, settled = value, mine
    if other is not None and other > value and theirs is not None:
        best, settled = other, theirs
    clash = second.outcome == "infeasible" or _above(best, second.bound) or _above(other, bound)
    if clash:
        agrees: bool | None = False
    else:
        agrees = True if second.outcome == "optimal" else None
    opinion = SecondOpinion(
        solver=second.version or BACKEND_BY_ID[backend].title,
        outcome=second.outcome,
        value=other,
        bound=None if second.bound is None else Fraction(second.bound),
        agrees=agrees,
        sentence=_sentence(second, agrees),
    )
    return opinion, settled, _tighter(bound, second.bound, clash)


def _above(value: Fraction | None, bound: float | None) -> bool:
    """Whether a checked plan lies above a bound by more than the proof tolerance."""
    if value is None or bound is None:
        return False
    return value - Fraction(bound) > PROVEN_GAP * max(abs(value), Fraction(1, 10**6))


def _tighter(one: float | None, other: float | None, clash: bool) -> float | None:
    known = [b for b in (one, other) if b is not None]
    if not known:
        return None
    return max(known) if clash else min(known)


def _sentence(second: Answer, agrees: bool | None) -> str:
    if agrees is False:
        return "第二求解器结论不一致，两个数值都列出，方案按可行处理"
    if agrees:
        return "第二求解器独立求解，结论一致"
    if second.outcome == "feasible":
        return "第二求解器在时限内未证明最优，其上界与本方案不矛盾"
    return "第二求解器在时限内没有结论"
