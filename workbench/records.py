"""What the store keeps, as rows: cases, scenarios with the tree of their origins, files of lists."""

from __future__ import annotations

from dataclasses import dataclass

Kept = tuple[str, str]
"""A plan and the changes of the case it was made with, as texts."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as kept. ``changes`` are against the file; ``plan`` is the last plan, made with ``plan_changes``.

    ``before`` is the plan that it took the place of, made with ``before_changes``.
    """

    id: str
    name: str
    file_name: str
    content: bytes
    changes: str
    plan: str | None
    plan_changes: str | None
    before: str | None
    before_changes: str | None
    geojson: bytes | None
    origin: str | None
    revision: int
    created: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list of cases, with how many plans were saved and how many of them are approved."""

    id: str
    name: str
    file_name: str
    created: str
    scenarios: int
    frozen: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan that was saved under a name, with the changes of the case it was made with."""

    id: str
    parent: str | None
    name: str
    note: str
    kind: str
    changes: str
    solution: str
    author: str
    created: str
    advised: bool
    frozen: str | None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as kept: what the user calls it, what it is called where it lies (sheets of .csv are), its bytes."""

    name: str
    file: str
    content: bytes


def in_tree(rows: list[Scenario]) -> list[tuple[Scenario, int]]:
    """Scenarios with their depth, each right under the one it comes from; one whose origin is deleted stands alone."""
    known = {row.id for row in rows}
    below: dict[str, list[Scenario]] = {}
    for row in rows:
        below.setdefault(row.parent if row.parent in known and row.parent else "", []).append(row)
    found: list[tuple[Scenario, int]] = []
    waiting = [(row, 0) for row in reversed(below.get("", []))]
    while waiting:
        row, depth = waiting.pop()
        found.append((row, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(row.id, []))]
    return found
