"""Rules that are on because columns are filled: is one switched off or made soft in 规则?"""

from models.case import OFF, Case
from models.program import BUILT_IN


def built_in(case: Case, rule: str) -> tuple[bool, int]:
    """Whether the rule is on, and the position of the row in 规则 that retunes it (else BUILT_IN)."""
    for index, policy in case.policies_of(rule):
        if policy.parameter == "":
            return policy.value != OFF, index
    return True, BUILT_IN
