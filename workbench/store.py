"""Cases, scenarios and the line of who did what, kept in one embedded SQLite file that survives a crash.

Owners and shared links are known by the hash of a secret only, so that the file gives nobody access. Every
question names the owner; a case of somebody else is as if it were not there.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.records import CaseLine, CaseRow, Kept, KeptFile, Scenario

TABLES = """
create table if not exists owner(key text primary key, name text not null default '', current text);
create table if not exists setting(owner text not null, name text not null, value text not null, primary key(owner, name));
create table if not exists cases(
    id text primary key, owner text not null, name text not null, file_name text not null, content blob not null,
    changes text not null default '[]', plan text, plan_changes text, before text, before_changes text, geojson blob, origin text, revision integer not null default 0,
    created text not null, link text);
create table if not exists scenario(
    id text primary key, case_id text not null references cases(id) on delete cascade, parent text, name text not null,
    note text not null default '', kind text not null, changes text not null, solution text not null, author text not null,
    created text not null, advised integer not null default 0, frozen text);
create table if not exists history(
    number integer primary key autoincrement, case_id text not null references cases(id) on delete cascade,
    at text not null, who text not null, what text not null);
create table if not exists lists(owner text primary key, state text not null, files text not null);
create table if not exists list_file(
    owner text not null, position integer not null, name text not null, file text not null, content blob not null,
    primary key(owner, position));
create index if not exists cases_of_owner on cases(owner);
create index if not exists scenarios_of_case on scenario(case_id);
"""
ADDED = {"cases": ("before", "before_changes")}
"""Columns (text) that files of earlier versions do not have yet."""
WAIT_SECONDS = 10.0
NAMELESS = "未署名"


class Gone(LookupError):
    """The case or scenario is not there, or belongs to somebody else."""


class Stale(RuntimeError):
    """The case was changed from another window since it was read."""


def new_secret() -> str:
    """An unguessable word for a cookie, a link or an id (128 bits)."""
    return secrets.token_urlsafe(16)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")


def _free_name(db: sqlite3.Connection, owner: str, name: str) -> str:
    """The name, numbered where the owner has a case that goes by it."""
    mine = {row["name"] for row in db.execute("select name from cases where owner = ?", [_hash(owner)])}
    return next(n for n in (name, *(f"{name}（{k}）" for k in range(2, len(mine) + 2))) if n not in mine)


class Store:
    """The file; safe for many threads and processes at once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "workbench.sqlite"
        with self._open() as db:
            db.execute("pragma journal_mode = wal")
            db.executescript(TABLES)
            for table, names in ADDED.items():
                there = {row["name"] for row in db.execute(f"pragma table_info({table})")}
                for name in (n for n in names if n not in there):
                    db.execute(f"alter table {table} add column {name} text")
        self.path.chmod(0o600)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=WAIT_SECONDS)
        db.row_factory = sqlite3.Row
        try:
            db.execute("pragma foreign_keys = on")
            with db:
                yield db
        finally:
            db.close()

    # ---- owners

    def name_of(self, owner: str) -> str:
        """The name that the owner goes by, as given by themselves."""
        with self._open() as db:
            row = db.execute("select name from owner where key = ?", [_hash(owner)]).fetchone()
        return str(row["name"]) if row and row["name"] else NAMELESS

    def set_name(self, owner: str, name: str) -> None:
        """Take a name for the line of who did what."""
        with self._open() as db:
            db.execute(
                "insert into owner(key, name) values(?, ?) on conflict(key) do update set name = excluded.name",
                [_hash(owner), name.strip()[:40]],
            )

    def current(self, owner: str) -> str | None:
        """The case the owner worked on last."""
        with self._open() as db:
            row = db.execute("select current from owner where key = ?", [_hash(owner)]).fetchone()
        return row["current"] if row else None

    def set_current(self, owner: str, case: str | None) -> None:
        """Remember the case the owner works on."""
        with self._open() as db:
            db.execute(
                "insert into owner(key, current) values(?, ?) on conflict(key) do update set current = excluded.current",
                [_hash(owner), case],
            )

    def setting(self, owner: str, name: str) -> str:
        """A choice that the owner wants to find again; empty when never made."""
        with self._open() as db:
            row = db.execute("select value from setting where owner = ? and name = ?", [_hash(owner), name]).fetchone()
        return str(row["value"]) if row else ""

    def set_setting(self, owner: str, name: str, value: str) -> None:
        """Keep a choice of the owner."""
        with self._open() as db:
            db.execute(
                "insert into setting values(?, ?, ?) on conflict(owner, name) do update set value = excluded.value",
                [_hash(owner), name, value],
            )

    # ---- lists on their way to becoming a case

    def save_lists(self, owner: str, state: str, which: str, files: Callable[[], list[KeptFile]]) -> None:
        """Keep what was decided about an owner's lists; ``files`` too where those kept are not ``which``.

        Another window may have kept other files meanwhile: decisions never land on those.
        """
        key = _hash(owner)
        with self._open() as db:
            row = db.execute("select files from lists where owner = ?", [key]).fetchone()
            if row is None or row["files"] != which:
                db.execute("delete from list_file where owner = ?", [key])
                rows = [[key, n, f.name, f.file, f.content] for n, f in enumerate(files())]
                db.executemany("insert into list_file values(?, ?, ?, ?, ?)", rows)
            db.execute(
                "insert into lists values(?, ?, ?)"
                " on conflict(owner) do update set state = excluded.state, files = excluded.files",
                [key, state, which],
            )

    def lists(self, owner: str) -> tuple[str, list[KeptFile]] | None:
        """What was decided about an owner's lists, and their files; None where there are none."""
        key = _hash(owner)
        with self._open() as db:
            row = db.execute("select state from lists where owner = ?", [key]).fetchone()
            files = db.execute("select name, file, content from list_file where owner = ? order by position", [key])
            return None if row is None else (str(row["state"]), [KeptFile(*file) for file in files.fetchall()])

    def forget_lists(self, owner: str) -> None:
        """Delete an owner's lists."""
        with self._open() as db:
            db.execute("delete from lists where owner = ?", [_hash(owner)])
            db.execute("delete from list_file where owner = ?", [_hash(owner)])

    # ---- cases

    def create(self, owner: str, name: str, file_name: str, content: bytes) -> str:
        """Keep a workbook as a new case, numbered where the owner has one of that name; returns its id."""
        key = new_secret()
        with self._open() as db:
            db.execute(
                "insert into cases(id, owner, name, file_name, content, created) values(?, ?, ?, ?, ?, ?)",
                [key, _hash(owner), _free_name(db, owner, name), file_name, content, _now()],
            )
            self._log(db, key, owner, f"导入 {file_name}")
        self.set_current(owner, key)
        return key

    def cases(self, owner: str) -> list[CaseLine]:
        """The owner's cases, newest first."""
        with self._open() as db:
            rows = db.execute(
                "select id, name, file_name, created, (select count(*) from scenario where case_id = cases.id) as n,"
                " (select count(*) from scenario where case_id = cases.id and frozen is not null) as frozen"
                " from cases where owner = ? order by created desc, rowid desc",
                [_hash(owner)],
            ).fetchall()
        return [CaseLine(r["id"], r["name"], r["file_name"], r["created"], r["n"], r["frozen"]) for r in rows]

    def case(self, owner: str, case: str) -> CaseRow:
        """A case of the owner. Raises Gone."""
        with self._open() as db:
            row = db.execute("select * from cases where id = ? and owner = ?", [case, _hash(owner)]).fetchone()
        if row is None:
            raise Gone(case)
        return CaseRow(**{name: row[name] for name in CaseRow.__slots__})

    def revision(self, owner: str, case: str) -> int:
        """How often the case was changed. Raises Gone."""
        with self._open() as db:
            row = db.execute("select revision from cases where id = ? and owner = ?", [case, _hash(owner)]).fetchone()
        if row is None:
            raise Gone(case)
        return int(row["revision"])

    def remove(self, owner: str, case: str) -> None:
        """Forget a case and everything that belongs to it."""
        with self._open() as db:
            db.execute("delete from cases where id = ? and owner = ?", [case, _hash(owner)])
            db.execute("delete from setting where owner = ? and name like '%:' || ?", [_hash(owner), case])

    def save_changes(self, owner: str, case: str, changes: str, what: str, revision: int) -> int:
        """Keep the changes; returns the new revision. Raises Stale when the case moved on since ``revision``."""
        with self._open() as db:
            done = db.execute(
                "update cases set changes = ?, revision = revision + 1 where id = ? and owner = ? and revision = ?",
                [changes, case, _hash(owner), revision],
            )
            if done.rowcount == 0:
                raise Stale(case)
            self._log(db, case, owner, what)
        return revision + 1

    def save_plan(self, owner: str, case: str, plan: Kept, what: str, before: Kept | None = None) -> None:
        """Keep the last plan and the one before it, with a line of ``what`` was done unless that is empty; a case that is
        gone meanwhile is passed over."""
        with self._open() as db:
            done = db.execute(
                "update cases set plan = ?, plan_changes = ?, before = ?, before_changes = ? where id = ? and owner = ?",
                [*plan, *(before or (None, None)), case, _hash(owner)],
            )
            if done.rowcount and what:
                self._log(db, case, owner, what)

    def note(self, owner: str, case: str, what: str) -> None:
        """Write a line of who did what that changes nothing; a case that is gone is passed over."""
        with self._open() as db:
            if db.execute("select 1 from cases where id = ? and owner = ?", [case, _hash(owner)]).fetchone():
                self._log(db, case, owner, what)

    def save_boundary(self, owner: str, case: str, geojson: bytes | None) -> None:
        """Keep the user's own boundary file with the case."""
        with self._open() as db:
            db.execute("update cases set geojson = ? where id = ? and owner = ?", [geojson, case, _hash(owner)])

    def set_origin(self, owner: str, case: str, scenario: str) -> None:
        """Keep which scenario the work on the desk comes from."""
        with self._open() as db:
            db.execute("update cases set origin = ? where id = ? and owner = ?", [scenario, case, _hash(owner)])

    # ---- scenarios

    def add_scenario(
        self, owner: str, case: str, name: str, note: str, kind: str, changes: str, solution: str, parent: str | None
    ) -> str:
        """Save a plan under a name; returns its id. Raises Gone."""
        self.revision(owner, case)
        key = new_secret()
        with self._open() as db:
            db.execute(
                "insert into scenario(id, case_id, parent, name, note, kind, changes, solution, author, created)"
                " values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [key, case, parent, name, note, kind, changes, solution, self.name_of(owner), _now()],
            )
            self._log(db, case, owner, f"保存方案“{name}”")
        return key

    def scenarios(self, owner: str, case: str) -> list[Scenario]:
        """The scenarios of a case in the order they were saved. Raises Gone."""
        self.revision(owner, case)
        with self._open() as db:
            rows = db.execute("select * from scenario where case_id = ? order by created, rowid", [case]).fetchall()
        found: list[dict[str, Any]] = [{name: row[name] for name in Scenario.__slots__} for row in rows]
        return [Scenario(**{**each, "advised": bool(each["advised"])}) for each in found]

    def advise(self, owner: str, case: str, scenario: str, on: bool = True) -> None:
        """Make a scenario the advised one, or no longer; there is one at most."""
        name = self._scenario_name(owner, case, scenario)
        with self._open() as db:
            db.execute("update scenario set advised = (id = ? and ?) where case_id = ?", [scenario, on, case])
            self._log(db, case, owner, f"把“{name}”设为建议方案" if on else f"“{name}”不再是建议方案")

    def freeze(self, owner: str, case: str, scenario: str) -> None:
        """Freeze a scenario as approved: it can no longer be renamed or deleted."""
        name = self._scenario_name(owner, case, scenario)
        with self._open() as db:
            db.execute("update scenario set frozen = ? where id = ? and frozen is null", [_now(), scenario])
            self._log(db, case, owner, f"审定“{name}”")

    def thaw(self, owner: str, case: str, scenario: str) -> None:
        """Take an approval back; the line of who did what keeps when it was given and taken back."""
        name = self._scenario_name(owner, case, scenario)
        with self._open() as db:
            row = db.execute("select frozen from scenario where id = ?", [scenario]).fetchone()
            if row["frozen"]:
                db.execute("update scenario set frozen = null where id = ?", [scenario])
                self._log(db, case, owner, f"撤销审定“{name}”（审定于 {row['frozen'][:10]}）")

    def rename(self, owner: str, case: str, scenario: str, name: str, note: str) -> bool:
        """Give a scenario another name and note; False when it is frozen."""
        before = self._scenario_name(owner, case, scenario)
        with self._open() as db:
            done = db.execute(
                "update scenario set name = ?, note = ? where id = ? and frozen is null", [name, note, scenario]
            )
            if done.rowcount:
                self._log(db, case, owner, f"方案“{before}”改名为“{name}”" if name != before else f"改“{name}”的说明")
        return bool(done.rowcount)

    def drop_scenario(self, owner: str, case: str, scenario: str) -> bool:
        """Delete a scenario; False when it is frozen."""
        name = self._scenario_name(owner, case, scenario)
        with self._open() as db:
            done = db.execute("delete from scenario where id = ? and frozen is null", [scenario])
            if done.rowcount:
                self._log(db, case, owner, f"删除方案“{name}”")
        return bool(done.rowcount)

    def _scenario_name(self, owner: str, case: str, scenario: str) -> str:
        self.revision(owner, case)
        with self._open() as db:
            row = db.execute("select name from scenario where id = ? and case_id = ?", [scenario, case]).fetchone()
        if row is None:
            raise Gone(scenario)
        return str(row["name"])

    # ---- who did what

    def history(self, owner: str, case: str) -> list[tuple[str, str, str]]:
        """When, who, what; newest first. Raises Gone."""
        self.revision(owner, case)
        with self._open() as db:
            rows = db.execute(
                "select at, who, what from history where case_id = ? order by number desc limit 500", [case]
            ).fetchall()
        return [(r["at"], r["who"], r["what"]) for r in rows]

    def _log(self, db: sqlite3.Connection, case: str, owner: str, what: str) -> None:
        row = db.execute("select name from owner where key = ?", [_hash(owner)]).fetchone()
        who = row["name"] if row and row["name"] else NAMELESS
        db.execute("insert into history(case_id, at, who, what) values(?, ?, ?, ?)", [case, _now(), who, what])

    # ---- shared on purpose

    def share(self, owner: str, case: str) -> str:
        """A word that lets others take a copy of the case; a new one replaces the old one. Raises Gone."""
        link = new_secret()
        with self._open() as db:
            done = db.execute("update cases set link = ? where id = ? and owner = ?", [_hash(link), case, _hash(owner)])
            if not done.rowcount:
                raise Gone(case)
            self._log(db, case, owner, "生成分享链接")
        return link

    def unshare(self, owner: str, case: str) -> None:
        """Take the link back."""
        with self._open() as db:
            db.execute("update cases set link = null where id = ? and owner = ?", [case, _hash(owner)])
            self._log(db, case, owner, "收回分享链接")

    def receive(self, owner: str, link: str) -> str:
        """Copy a shared case with its scenarios to another owner; returns the copy's id. Raises Gone."""
        with self._open() as db:
            row = db.execute("select * from cases where link = ?", [_hash(link)]).fetchone()
            if row is None:
                raise Gone(link)
            if row["owner"] == _hash(owner):
                return str(row["id"])
            key, ids = new_secret(), {}
            db.execute(
                "insert into cases(id, owner, name, file_name, content, changes, plan, plan_changes, geojson, created)"
                " select ?, ?, ?, file_name, content, changes, plan, plan_changes, geojson, ? from cases where id = ?",
                [key, _hash(owner), _free_name(db, owner, row["name"]), _now(), row["id"]],
            )
            kept = db.execute(
                "select * from scenario where case_id = ? order by created, rowid", [row["id"]]
            ).fetchall()
            for each in kept:
                ids[each["id"]] = new_secret()
                values = {**dict(each), "id": ids[each["id"]], "case_id": key, "parent": ids.get(each["parent"])}
                marks = ", ".join("?" * len(values))
                db.execute(f"insert into scenario({', '.join(values)}) values({marks})", list(values.values()))
            self._log(db, key, owner, "由分享链接得到副本")
        self.set_current(owner, key)
        return key
