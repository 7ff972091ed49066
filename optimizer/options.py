"""What a user may ask for beyond the case: limits, locks, bans and retuned rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from models.case import Case, Policy


@dataclass(frozen=True, slots=True)
class Options:
    """Options of one solve. ``policies`` replace the case's (``--set``); None = as in the case."""

    time_limit: float = 60.0
    gap: float = 0.0
    seed: int = 1
    backend: str = "decomposition"
    second: str = "scip"
    locks: tuple[str, ...] = ()
    bans: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    policies: tuple[Policy, ...] | None = field(default=None, repr=False)


def apply_options(case: Case, options: Options) -> Case:
    """The case with locks, bans and retuned rules; contradictions were refused by the reader."""
    locked, banned = set(options.locks), set(options.bans)
    projects = tuple(
        replace(p, status="必选") if p.id in locked else replace(p, status="禁选") if p.id in banned else p
        for p in case.projects
    )
    policies = case.policies if options.policies is None else options.policies
    return replace(case, projects=projects, policies=policies)
