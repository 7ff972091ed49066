"""Rules as lines that a person switches and tunes: the rows of 规则, and every rule that has no row yet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inputs import clean
from inputs.case.changes import CaseSheets, Target
from inputs.case.rule_rows import RuleRow, rows_of, rule_id
from inputs.case.rule_schema import RULE_SCHEMA_BY_ID, RULE_SCHEMAS, Parameter, RuleSchema
from models.rules import RULE_BY_ID

YES, NO = "是", "否"
HARD, SOFT = "刚性", "弹性"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One parameter of one rule for one scope. ``missing`` names what the rule needs before it can be on."""

    key: tuple[str, ...]
    rule: str
    scope: str
    year: str
    parameter: Parameter | None
    value: str
    enabled: bool
    hard: bool
    penalty: str
    rank: str
    source: str
    written: bool
    missing: str = ""

    @property
    def fixed(self) -> bool:
        """Whether the rule cannot be switched off."""
        return RULE_SCHEMA_BY_ID[self.rule].fixed

    def target(self, column: str) -> Target:
        """The cell of this line that a column of the page sets."""
        return Target("规则", self.key, column)


def rule_lines(sheets: CaseSheets, filled: frozenset[tuple[str, str]]) -> list[RuleLine]:
    """Every line in the order of the rules; rules without a row follow the rows that name them as one line each."""
    rows: dict[str, list[RuleRow]] = {}
    for row in rows_of(sheets.table("规则")):
        rows.setdefault(rule_id(row.rule) or "", []).append(row)
    lines = []
    for schema in RULE_SCHEMAS:
        missing = _missing(schema, filled)
        mine = [_of_row(schema, row, missing) for row in rows.get(schema.id, [])]
        mine = [line for line in mine if line is not None]
        lines += mine or _absent(schema, missing)
    return lines


def _of_row(schema: RuleSchema, row: RuleRow, missing: str) -> RuleLine:
    name = clean.tidy(row.parameter)
    parameter = next((p for p in schema.parameters if p.name == name or (p.family and name.startswith(p.name))), None)
    if parameter is None and not name and row.value is not None:
        parameter = next((p for p in schema.parameters if p.limit), None)
    return RuleLine(
        key=(schema.id, row.scope, str(row.year or ""), row.parameter),
        rule=schema.id,
        scope=row.scope,
        year=str(row.year or ""),
        parameter=replace(parameter, name=name or parameter.name) if parameter else None,
        value=clean.title(row.value),
        enabled=row.enabled,
        hard=row.hard is not False and not (schema.soft and row.hard is None),
        penalty="" if row.penalty is None else f"{float(row.penalty):g}",
        rank="" if row.rank is None else str(row.rank),
        source=row.source or RULE_BY_ID[schema.id].source,
        written=True,
        missing=missing,
    )


def _absent(schema: RuleSchema, missing: str) -> list[RuleLine]:
    """A rule that 规则 does not name: on where its columns switch it on, tunable where it has a limit."""
    limit = next((p for p in schema.parameters if p.limit), None)
    on = schema.fixed or (schema.by_column and not missing)
    key = (schema.id, "", "", limit.name if limit and (limit.default or not schema.by_column) else "")
    return [
        RuleLine(
            key=key, rule=schema.id, scope="", year="", parameter=limit if key[3] else None, value=limit.default if limit and key[3] else "",
            enabled=on, hard=not schema.soft, penalty="", rank="", source=RULE_BY_ID[schema.id].source, written=False, missing=missing,
        )
    ]  # fmt: skip


def _missing(schema: RuleSchema, filled: frozenset[tuple[str, str]]) -> str:
    """The columns that the rule cannot do without and that hold nothing, in words."""
    lacking = [
        [(s, c) for s, c in group if s != "规则"]
        for group in schema.needs
        if not any(need in filled or need[0] == "规则" for need in group)
    ]
    return "；".join("或".join(f"{s}.{c}" if c else s for s, c in group) for group in lacking if group)


def switch_changes(line: RuleLine, on: bool) -> dict[Target, str]:
    """What switches a line on or off: a rule without a row gets one, without parameter where it is switched off."""
    if line.written:
        return {line.target("启用"): YES if on else NO}
    if on and line.parameter is not None:
        return {line.target("值"): line.value} if line.value else {}
    return {Target("规则", (line.rule, "", "", ""), "启用"): YES if on else NO}
