"""One case on the desk: its file, the changes against it, its last plan and its scenarios, all kept in the store."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from inputs.case.changes import CELL, CaseSheets, Target, changes_from_json, changes_to_json, write_changed
from inputs.case.read import Reading, read_grids
from inputs.files.workbook import Grid, load_source
from models.case import Case
from models.issue import CaseError, Issue
from models.rules import RULE_BY_ID
from optimizer.options import Options
from optimizer.solution import EARLY
from workbench.jobs import JOBS, Job, order_of
from workbench.kept import options_from_json, solution_from_json, solution_to_json
from workbench.records import Kept, Scenario
from workbench.store import Stale, Store
from workbench.verbs import Outcome, case_options

KEPT_READINGS = 8
NAME_LENGTH = 40
"""The most characters of a scenario's name."""


@dataclass(frozen=True)
class Shown:
    """A plan with the changes of the case it was made with."""

    outcome: Outcome
    changes: Mapping[Target, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change as people read it: what, from, to."""

    target: Target
    before: str
    after: str


@dataclass(slots=True)
class Workspace:
    """A case of an owner. ``changes`` are what the user wants now, against the file.

    ``shown`` is the plan in sight, ``before`` the one it took the place of, ``origin`` the scenario that
    what is on the desk was loaded from or last saved as.
    """

    store: Store
    owner: str
    id: str
    name: str
    file_name: str
    content: bytes
    grids: list[Grid]
    file_sha256: str
    revision: int
    changes: dict[Target, str]
    geojson: bytes | None = None
    shown: Shown | None = None
    before: Shown | None = None
    origin: str | None = None
    past: Job | None = None
    """A solve whose ending is no longer of interest: a saved plan was loaded since."""
    _collected: Outcome | None = None
    _readings: dict[str, Reading] = field(default_factory=dict)
    _scenarios: dict[str, Shown] = field(default_factory=dict)

    # ---- opening

    @staticmethod
    def create(store: Store, owner: str, content: bytes, file_name: str) -> Workspace:
        """Keep a workbook as a new case of the owner. Raises CaseError when the file cannot be read."""
        grids, digest = _grids(content, file_name)
        case = read_grids(grids).case
        key = store.create(owner, case.name if case and case.name else file_name, file_name, content)
        return Workspace._of(store, owner, key, grids, digest)

    @staticmethod
    def open(store: Store, owner: str, key: str) -> Workspace:
        """A kept case. Raises Gone; CaseError when its file can no longer be read."""
        row = store.case(owner, key)
        grids, digest = _grids(row.content, row.file_name)
        return Workspace._of(store, owner, key, grids, digest)

    @staticmethod
    def _of(store: Store, owner: str, key: str, grids: list[Grid], digest: str) -> Workspace:
        job = JOBS.latest(key)
        collected = job.best if job is not None else None  # kept by then: the store has it
        row = store.case(owner, key)
        store.set_current(owner, key)
        found = Workspace(
            store, owner, key, row.name, row.file_name, row.content, grids, digest, row.revision,
            changes_from_json(row.changes), row.geojson, origin=row.origin, _collected=collected,
        )  # fmt: skip
        if row.plan and row.plan_changes is not None:
            kept = found._shown(row.plan, row.plan_changes)
            found.shown = kept if kept is not None and kept.outcome.plan.verdict.passed else None
        if found.shown is not None and row.before and row.before_changes is not None:
            found.before = found._shown(row.before, row.before_changes)
        return found

    # ---- what the case is now

    @property
    def reading(self) -> Reading:
        """The case with all changes."""
        return self.reading_of(self.changes)

    @property
    def case(self) -> Case | None:
        """The case with all changes; None when a cell is wrong."""
        return self.reading.case

    def last_good(self) -> Case | None:
        """The case with all changes; where one is wrong, without it (else without the newest ones); None where the
        file itself is wrong."""
        if self.case is not None or not self.changes:
            return self.case
        targets = list(self.changes)
        fewer = [[t for t in targets if t != wrong] for wrong in reversed(targets)]
        fewer += [targets[:n] for n in reversed(range(len(targets) - 1))]
        for kept in fewer:
            if found := self.reading_of({t: self.changes[t] for t in kept}).case:
                return found
        return None

    def reading_of(self, changes: Mapping[Target, str]) -> Reading:
        """The case with certain changes; what cannot be applied is an issue."""
        key = changes_to_json(changes)
        if key not in self._readings:
            try:
                sheets = CaseSheets(self.grids)
                found = read_grids(sheets.changed(changes))
                places = sheets.places(changes)
                found.issues = [_of_page(issue, places) for issue in found.issues]
            except CaseError as error:
                found = Reading(None, error.issues)
            found.file_sha256 = self.file_sha256
            self._readings[key] = found
            while len(self._readings) > KEPT_READINGS:
                del self._readings[next(iter(self._readings))]
        return self._readings[key]

    def sheets(self) -> CaseSheets:
        """The sheets with all changes; without them where they cannot be applied."""
        sheets = CaseSheets(self.grids)
        try:
            return CaseSheets(sheets.changed(self.changes))
        except CaseError:
            return sheets

    # ---- changing

    def change(self, changes: Mapping[Target, str], what: str = "") -> None:
        """Want other values; a value equal to the file's is no change. Raises Stale, Gone."""
        sheets = CaseSheets(self.grids)
        wanted = dict(self.changes)
        for target, text in changes.items():
            wanted.pop(target, None)
            if text != sheets.text(target):
                wanted[target] = text
        fresh = [t for t in changes if wanted.get(t) != self.changes.get(t)]
        self._want(wanted, what or "；".join(said(t, self.changes.get(t, sheets.text(t)), changes[t]) for t in fresh))

    def undo(self, targets: list[Target], to: Mapping[Target, str] | None = None) -> None:
        """Take changes back: to the file's values, or to those of ``to``. Raises Stale, Gone."""
        wanted, sheets = dict(self.changes), CaseSheets(self.grids)
        for target in targets:
            wanted.pop(target, None)
            if to is not None and target in to:
                wanted[target] = to[target]
        own = {t: sheets.text(t) for t in targets}
        undone = (said(t, self.changes.get(t, own[t]), wanted.get(t, own[t])) for t in targets)
        self._want(wanted, "撤销 " + "；".join(undone))

    def take_over(self, changes: Mapping[Target, str], what: str) -> None:
        """Want exactly the changes of a scenario. Raises Stale, Gone."""
        self._still_here()
        self._want(dict(changes), what)

    def _still_here(self) -> None:
        """Raises Stale where another window changed the case since, Gone where it was removed."""
        if self.store.revision(self.owner, self.id) != self.revision:
            raise Stale(self.id)

    def _want(self, wanted: dict[Target, str], what: str) -> None:
        if wanted == self.changes:
            return
        text = changes_to_json(wanted)
        self.revision = self.store.save_changes(self.owner, self.id, text, what[:300], self.revision)
        self.changes = wanted

    def differences(self, base: Mapping[Target, str] | None = None) -> list[Difference]:
        """What is wanted against ``base`` (default: the file)."""
        base, sheets = base or {}, CaseSheets(self.grids)
        targets = [t for t in {**base, **self.changes} if base.get(t) != self.changes.get(t)]
        return [
            Difference(t, base.get(t, sheets.text(t)), self.changes.get(t, sheets.text(t))) for t in targets
        ]  # fmt: skip

    @property
    def pending(self) -> list[Difference]:
        """What changed since the plan that is shown; against the file while there is none."""
        return self.differences(self.shown.changes if self.shown else None)

    @property
    def stale(self) -> bool:
        """Whether the plan shown was made with other settings than are wanted now."""
        return self.shown is not None and bool(self.pending)

    def write_case(self, target: Path, changes: Mapping[Target, str] | None = None) -> None:
        """Write the case workbook with changes in it."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / f"case{Path(self.file_name).suffix.lower() or '.xlsx'}"
            source.write_bytes(self.content)
            write_changed(source, target, self.changes if changes is None else changes, self.file_name)

    # ---- solving

    @property
    def job(self) -> Job | None:
        """The last solve of this case."""
        return JOBS.latest(self.id)

    def solve(self, limit: float | None = None, gap: float | None = None) -> Job:
        """Start a solve of the case as wanted now, from the plan shown, or a better one that was saved with these very
        settings; a running one is cancelled. Raises Stale, Gone."""
        self._still_here()
        reading = self.reading
        assert reading.case is not None
        self.cancel()
        options = case_options(reading.case, Options(), limit, gap, None)
        shown, wanted = self.shown, dict(self.changes)
        near = self._best_of(wanted)
        last = near.outcome.solution.plan if near is not None else None

        def keep(outcome: Outcome) -> None:
            solution = outcome.solution
            disputed = solution.second is not None and solution.second.agrees is False
            if solution.plan is None:
                self.store.note(self.owner, self.id, f"求解：{solution.sentence}")
            elif _better(outcome, shown, wanted) or disputed:  # one kept as proven on the way may be this very plan
                plan = _text_of(Shown(outcome, wanted))
                before = _text_of(shown) if shown is not None else None
                what = "" if solution.ties == EARLY else f"求解：{solution.sentence}"  # on the way: the end has a line
                self.store.save_plan(self.owner, self.id, plan, what, before)
            elif (
                shown is not None and solution.ties != EARLY
            ):  # ended with nothing better: the plan stays, level with itself
                kept = _text_of(shown)
                self.store.save_plan(self.owner, self.id, kept, f"求解：{solution.sentence}", kept)

        return JOBS.start(reading, options, self.id, self.changes, last, keep)

    def _best_of(self, wanted: Mapping[Target, str]) -> Shown | None:
        """The best plan known with these settings, shown or saved; without any the one shown."""
        alike = [r for r in self.scenarios() if r.kind != "自带方案" and changes_from_json(r.changes) == wanted]
        known = [self.shown, *map(self.scenario, alike)]
        mine = [s for s in known if s is not None and dict(s.changes) == wanted]
        return max(mine, key=lambda s: order_of(s.outcome.solution), default=self.shown)

    def cancel(self) -> None:
        """Cancel a solve that runs."""
        if self.job is not None and self.job.running:
            self.job.wish = "cancel"

    @property
    def news(self) -> bool:
        """Whether the last solve has a plan that was not taken into sight yet."""
        return self.job is not None and self.job.best is not None and self.job.best is not self._collected

    def collect(self) -> bool:
        """Take the best plan of the last solve into sight, once; whether anything new came.

        A plan on the way that is no better than the one in sight, made with the same settings, is passed over.
        """
        job = self.job
        best = job.best if job else None
        if job is None or best is None or best is self._collected:
            return False
        if best is not job.outcome and not _better(best, self.shown, job.changes):
            self._collected = best
            return False
        if self.shown is None or self.shown.changes is not job.changes:  # not an earlier plan of the same solve
            self.before = self.shown
        self.shown, self._collected = Shown(best, job.changes), best
        return True

    # ---- scenarios

    def scenarios(self) -> list[Scenario]:
        """Saved plans. Raises Gone."""
        return self.store.scenarios(self.owner, self.id)

    def shown_is(self) -> Scenario | None:
        """The scenario that is the plan shown; None where that was not saved."""
        if self.shown is None:
            return None
        plan, changes = self.shown.outcome.solution.plan, changes_to_json(self.shown.changes)
        same = (row for row in self.scenarios() if row.changes == changes)
        return next((row for row in same if (kept := self.scenario(row)) and kept.outcome.solution.plan == plan), None)

    def save(self, name: str, note: str) -> str:
        """Save the plan shown as a scenario that comes from the one on the desk. Raises Gone."""
        assert self.shown is not None
        key = self.keep(self.shown, name, note, "求解", self.origin)
        self._comes_from(key)
        return key

    def load(self, row: Scenario) -> bool:
        """Put the settings and the plan of a scenario on the desk; False when it cannot be read or breaks rules.

        Raises Stale, Gone.
        """
        found = self.scenario(row)
        if found is None or not found.outcome.plan.verdict.passed:
            return False
        self.take_over(found.changes, f"载入方案“{row.name}”")
        self.cancel()
        self.before, self.shown = self.shown, found
        self.past = self.job
        self._collected = self.job.best if self.job else None
        before = _text_of(self.before) if self.before is not None else None
        plan = (row.solution, changes_to_json(found.changes))
        self.store.save_plan(self.owner, self.id, plan, f"载入方案“{row.name}”", before)
        self._comes_from(row.id)
        return True

    def _comes_from(self, scenario: str) -> None:
        self.origin = scenario
        self.store.set_origin(self.owner, self.id, scenario)

    def unused_name(self, name: str, besides: str = "") -> str:
        """The name, with a number behind it where another scenario than ``besides`` has it already."""
        taken = {row.name for row in self.scenarios() if row.id != besides}
        tries = (name, *(f"{name[: NAME_LENGTH - 6]}（{n}）" for n in range(2, len(taken) + 3)))
        return next(each for each in tries if each not in taken)

    def keep(self, shown: Shown, name: str, note: str, kind: str, parent: str | None) -> str:
        """Save a plan as a scenario; where its name is taken, with a number behind. Raises Gone."""
        name = self.unused_name(name)
        key = self.store.add_scenario(
            self.owner, self.id, name, note, kind, changes_to_json(shown.changes),
            solution_to_json(shown.outcome.solution, shown.outcome.options), parent,
        )  # fmt: skip
        self._scenarios[key] = shown
        return key

    def scenario(self, row: Scenario) -> Shown | None:
        """The plan of a scenario; None when it or its case can no longer be read."""
        if row.id not in self._scenarios:
            found = self._shown(row.solution, row.changes)
            if found is None:
                return None
            self._scenarios[row.id] = found
        return self._scenarios[row.id]

    def _shown(self, solution: str, changes: str) -> Shown | None:
        wanted = changes_from_json(changes)
        reading = self.reading_of(wanted)
        if reading.case is None:
            return None
        kept = solution_from_json(solution, reading.case)
        if kept is None:
            return None
        options = options_from_json(solution, case_options(reading.case, Options(), None, None, None))
        return Shown(Outcome(reading, reading.case, options, kept), wanted)


def _of_page(issue: Issue, places: Mapping[tuple[str, str], Target]) -> Issue:
    """A finding with cells that were changed on the page called by their names: the user's own file has another value
    there, and for new columns no such cell."""
    message = issue.message
    for (sheet, cell), target in places.items():
        if f"{sheet}!{cell}" in message:
            message = target.words.join(re.split(rf"{re.escape(sheet)}!{cell}(?!\d)", message))
    here = places.get((issue.sheet, issue.cell))
    if here is None:
        return replace(issue, message=message)
    remedy = f"{issue.remedy}（这一格是在页面上改的，也可撤销这项改动）"
    return replace(issue, message=message, remedy=remedy, place=here.words)


def _better(found: Outcome, shown: Shown | None, changes: Mapping[Target, str]) -> bool:
    """Whether a plan should take the place of the one in sight: made with other settings, or worth more, or closer
    proven."""
    if shown is None or dict(shown.changes) != dict(changes):
        return True
    return order_of(found.solution) > order_of(shown.outcome.solution)


def _text_of(shown: Shown) -> Kept:
    """A plan and its changes as they are kept."""
    bare = replace(shown.outcome.solution, reasons=())
    return solution_to_json(bare, shown.outcome.options), changes_to_json(shown.changes)


def said(target: Target, old: str, new: str) -> str:
    """A change as the line of who did what tells it: what, from, to."""
    row = target.row
    if target.sheet == "规则" and target.column != CELL and row[0] in RULE_BY_ID:
        row = (RULE_BY_ID[row[0]].title, *row[1:])
    name = " ".join(part for part in row if part)
    return f"{target.sheet} {name} {target.column}：{cell_words(target, old)} → {cell_words(target, new)}"


def cell_words(target: Target, text: str) -> str:
    """What a cell is or was set to, amounts with their unit."""
    return f"{text}{' 万元' if target.is_money else ''}" if text else "（空）"


def _grids(content: bytes, file_name: str) -> tuple[list[Grid], str]:
    """The sheets of a file, read behind the guard, and its hash."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"case{Path(file_name).suffix.lower() or '.xlsx'}"
        path.write_bytes(content)
        return list(load_source(path, name=file_name).grids), hashlib.sha256(content).hexdigest()
