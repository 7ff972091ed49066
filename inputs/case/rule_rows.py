"""Rows of 规则, --set applied to them, and the scopes they speak of."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from inputs import clean
from inputs.case.rule_schema import RULE_SCHEMA_BY_ID
from inputs.case.table import Table, read_value
from inputs.schema import RULE_ROWS, SCOPE_KEYS, Column
from models.case import Scope
from models.issue import Issue
from models.rules import RULES

RULE_BY_TITLE = {rule.title: rule.id for rule in RULES}
META = ("启用", "刚性", "罚分", "顺位")
SET = re.compile(r"(?P<rule>[^\[\].=]+)(?:\[(?P<scope>.*)\])?\.(?P<name>[^.=\[\]]+)=(?P<value>.*)", re.S)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row of 规则 before it is understood; ``places`` maps column names to addresses."""

    rule: str
    enabled: bool = True
    scope: str = ""
    year: int | None = None
    parameter: str = ""
    value: Any = None
    hard: bool | None = None
    penalty: Fraction | None = None
    rank: int | None = None
    source: str = ""
    sheet: str = "规则"
    row: int = 0
    places: tuple[tuple[str, str], ...] = ()

    def place(self, column: str) -> str:
        """Address of a column of this row."""
        return dict(self.places).get(column, f"A{self.row}" if self.row else "")


@dataclass(slots=True)
class Names:
    """Names that a scope may speak of, by key; ``filled`` are the (sheet, column) that hold anything."""

    known: dict[str, set[str]]
    region_codes: dict[str, str]
    filled: set[tuple[str, str]]


def rows_of(table: Table) -> list[RuleRow]:
    """Rows of the 规则 sheet."""
    rows = []
    for r in table.records:
        if r.get("规则") is None:
            continue
        hard = None if r.get("刚性") is None else r.get("刚性") == "刚性"
        rows.append(
            RuleRow(
                rule=r.get("规则"),
                enabled=r.get("启用") is not False,
                scope=r.get("对象") or "",
                year=r.get("年度"),
                parameter=r.get("参数") or "",
                value=r.get("值"),
                hard=hard,
                penalty=None if r.get("罚分") is None else Fraction(r.get("罚分")),
                rank=r.get("顺位"),
                source=r.get("依据") or "",
                row=r.row,
                places=tuple((c.name, table.address(r, c.name)) for c in RULE_ROWS.columns),
            )
        )
    return rows


def apply_sets(rows: list[RuleRow], sets: tuple[str, ...], report: Callable[[Issue], None]) -> list[RuleRow]:
    """Rows with every ``rule[对象].参数=值`` of --set applied; a set row replaces or is added."""
    for text in sets:
        match = SET.fullmatch(text.strip())
        if match is None:
            report(
                _issue(
                    text, "", "--set 的写法不对", "写成 规则[对象].参数=值，如 region_quota[地区=西峰区].上限占比=13%"
                )
            )
            continue
        rows = _apply_set(rows, text, match, report)
    return rows


def _issue(value: str, cell: str, message: str, remedy: str, sheet: str = "--set") -> Issue:
    return Issue("rule_row", "error", sheet, cell, clean.title(value), message, remedy)


def _apply_set(rows: list[RuleRow], text: str, match: re.Match[str], report: Callable[[Issue], None]) -> list[RuleRow]:
    rule = rule_id(match["rule"]) or match["rule"].strip()
    scope, name, value = match["scope"] or "", match["name"].strip(), match["value"].strip()
    same = [k for k, row in enumerate(rows) if rule_id(row.rule) == rule and same_scope(row.scope, scope)]
    changed = list(rows)
    if name in META:
        update = _meta(name, value, text, report)
        if not clean.tidy(scope):  # without 对象: every row of the rule
            same = [k for k, row in enumerate(rows) if rule_id(row.rule) == rule]
        for k in same:
            changed[k] = replace(rows[k], **update)
        whole = [k for k in same if not rows[k].parameter]
        schema = RULE_SCHEMA_BY_ID.get(rule)
        by_column = schema is not None and schema.by_column and not clean.tidy(scope)
        if same and (whole or not by_column):
            return changed
        return [*changed, RuleRow(rule, scope=scope, sheet="--set", **update)]
    hits = [k for k in same if rows[k].parameter == name]
    for k in hits:
        changed[k] = replace(rows[k], value=value, enabled=True)
    return changed if hits else [*changed, RuleRow(rule, scope=scope, parameter=name, value=value, sheet="--set")]


def same_scope(one: str, other: str) -> bool:
    """Whether two scopes say the same, in whatever order."""

    def parts(text: str) -> set[str]:
        return {clean.tidy(part) for part in re.split("[;；]", text) if clean.tidy(part)}

    return parts(one) == parts(other)


def _meta(name: str, value: str, text: str, report: Callable[[Issue], None]) -> dict[str, Any]:
    column: Column = RULE_ROWS.column(name)
    try:
        result = read_value(column, value, "")
    except clean.Unreadable as problem:
        report(_issue(text, "", f"{name}“{value}”{problem.message}", problem.remedy))
        return {}
    if name == "启用":
        return {"enabled": result}
    if name == "刚性":
        return {"hard": result == "刚性"}
    return {"penalty": Fraction(result)} if name == "罚分" else {"rank": result}


def rule_id(name: str) -> str | None:
    """Id of a rule given by id or Chinese title."""
    text = clean.tidy(name)
    return text if text in RULE_SCHEMA_BY_ID else RULE_BY_TITLE.get(text)


def read_scope(text: str, names: Names) -> Scope:
    """A scope such as ``地区=西峰区;资金=专项债券``; raises Unreadable for unknown keys and names."""
    found: dict[str, tuple[str, ...]] = {}
    for part in re.split("[;；]", clean.title(text)):
        if not part.strip():
            continue
        key, equals, rest = part.replace("＝", "=").partition("=")
        key = clean.tidy(key)
        if not equals or key not in SCOPE_KEYS:
            raise clean.Unreadable(
                f"对象“{part.strip()}”的写法不对", "写成 地区=名称;资金=名称，可用的键：" + "、".join(SCOPE_KEYS)
            )
        if SCOPE_KEYS[key] in found:
            raise clean.Unreadable(f"对象里“{key}”写了两次", f"合成一个：{key}=甲,乙")
        found[SCOPE_KEYS[key]] = tuple(_known_name(key, name, names) for name in clean.names(rest))
        if not found[SCOPE_KEYS[key]]:
            raise clean.Unreadable(f"对象里“{key}=”后面是空的", "填名称，或删去这一段")
    return Scope(**found)


def _known_name(key: str, name: str, names: Names) -> str:
    known = names.known.get(key, set())
    if key == "地区":
        name = names.region_codes.get(name, name)
    for candidate in known:
        if clean.tidy(candidate) == clean.tidy(name):
            return candidate
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.3)
    hint = f"是否指“{near[0]}”" if near else f"改为表中已有的{key}"
    raise clean.Unreadable(f"{key}“{name}”找不到", hint)
