"""Rows of 规则 (and of --set) to switched-on policies."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from inputs import clean
from inputs.horizon import Horizon
from inputs.schema import (
    LATER_RULES,
    RULE_ROWS,
    RULE_SCHEMA_BY_ID,
    SCOPE_KEYS,
    Column,
    Parameter,
    RuleSchema,
)
from inputs.table import Table, read_value
from models.case import Policy, Scope
from models.issue import Issue
from models.rules import RULES
from models.switch import OFF

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
    """Names that a scope may speak of, by key."""

    known: dict[str, set[str]]
    region_codes: dict[str, str]


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
    same = [k for k, row in enumerate(rows) if rule_id(row.rule) == rule and _same(row.scope, scope)]
    changed = list(rows)
    if name in META:
        update = _meta(name, value, text, report)
        for k in same:
            changed[k] = replace(rows[k], **update)
        return changed if same else [*changed, RuleRow(rule, scope=scope, sheet="--set", **update)]
    hits = [k for k in same if rows[k].parameter == name]
    for k in hits:
        changed[k] = replace(rows[k], value=value, enabled=True)
    return changed if hits else [*changed, RuleRow(rule, scope=scope, parameter=name, value=value, sheet="--set")]


def _same(one: str, other: str) -> bool:
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
    """Id of a rule given by id or Chinese title, of this version or a later one."""
    text = clean.tidy(name)
    if text in RULE_SCHEMA_BY_ID or text in LATER_RULES:
        return text
    later = {title: rule for rule, title in LATER_RULES.items()}
    return RULE_BY_TITLE.get(text) or later.get(text)


class PolicyReader:
    """Turns rule rows into policies, reporting every fault with its cell."""

    def __init__(self, names: Names, horizon: Horizon, report: Callable[[Issue], None]) -> None:
        self.names, self.horizon, self.report = names, horizon, report

    def read(self, rows: list[RuleRow]) -> tuple[Policy, ...]:
        """Policies of all rows; rows of one rule, scope and year share their options (基数, 方式)."""
        groups: dict[tuple[str, Scope, int | None], list[RuleRow]] = {}
        for row in rows:
            rule = self._rule(row)
            if rule is None:
                continue
            scope, year = self._scope(row), self._year(row)
            if scope is not None:
                groups.setdefault((rule, scope, year), []).append(row)
            elif row.enabled and RULE_SCHEMA_BY_ID[rule].parameters:
                parameter = self._parameter(RULE_SCHEMA_BY_ID[rule], row)  # its faults are told as well
                if parameter is not None:
                    self._value(parameter, row)
        return tuple(
            p for (rule, scope, year), group in groups.items() for p in self._policies(rule, scope, year, group)
        )

    def fault(self, row: RuleRow, column: str, value: Any, message: str, remedy: str) -> None:
        """Report an error of a row."""
        cell = row.place(column)
        self.report(Issue("rule_row", "error", row.sheet, cell, clean.title(value), message, remedy))

    def _rule(self, row: RuleRow) -> str | None:
        found = rule_id(row.rule)
        if found is None:
            known = [*RULE_SCHEMA_BY_ID, *RULE_BY_TITLE]
            near = difflib.get_close_matches(clean.tidy(row.rule), known, n=1, cutoff=0.5)
            hint = f"是否指“{near[0]}”" if near else "填规则编号或中文名，见 docs/rules.md"
            self.fault(row, "规则", row.rule, f"没有名为“{row.rule}”的规则", hint)
            return None
        if found in LATER_RULES:
            if row.enabled:
                message = f"规则 {found}（{LATER_RULES[found]}）在本版本中还不能执行"
                self.fault(row, "规则", row.rule, message, "把这一行的 启用 改为 否，再求解")
            return None
        return found

    def _year(self, row: RuleRow) -> int | None:
        if row.year is None:
            return None
        position = self.horizon.position(row.year)
        if not 0 <= position < self.horizon.years:
            self.fault(row, "年度", row.year, f"年度 {row.year} 不在规划期 {self.horizon.label()} 内", "改年度，或留空")
            return None
        return position

    def _scope(self, row: RuleRow) -> Scope | None:
        try:
            return read_scope(row.scope, self.names)
        except clean.Unreadable as problem:
            self.fault(row, "对象", row.scope, problem.message, problem.remedy)
            return None

    def _policies(self, rule: str, scope: Scope, year: int | None, group: list[RuleRow]) -> list[Policy]:
        schema = RULE_SCHEMA_BY_ID[rule]
        if not schema.parameters:
            return self._switches(schema, scope, year, group)
        self._check_scope(schema, scope, year, group[0])
        options, limits = [], []
        for row in group:
            if not row.enabled:
                continue
            parameter = self._parameter(schema, row)
            if parameter is None:
                continue
            value = self._value(parameter, row)
            if value is None:
                continue
            if parameter.limit:
                limits.append((row, parameter, value))
            else:
                options.append((parameter.name, value))
        return self._limit_policies(schema, scope, year, group, limits, options)

    def _limit_policies(
        self,
        schema: RuleSchema,
        scope: Scope,
        year: int | None,
        group: list[RuleRow],
        limits: list[tuple[RuleRow, Parameter, Any]],
        options: list[tuple[str, str]],
    ) -> list[Policy]:
        if schema.id == "ongoing_first":
            return self._ongoing(scope, year, group, limits, dict(options))
        self._check_pairs(limits)
        if options and not limits:
            self.fault(
                group[0],
                "参数",
                group[0].parameter,
                "只写了选项，没有写限值",
                "加一行 上限、下限、上限占比 或 下限占比",
            )
        return [
            self._policy(schema.id, scope, year, row, parameter.name, value, tuple(options))
            for row, parameter, value in limits
        ]

    def _ongoing(
        self,
        scope: Scope,
        year: int | None,
        group: list[RuleRow],
        limits: list[tuple[RuleRow, Parameter, Any]],
        options: dict[str, str],
    ) -> list[Policy]:
        live = [row for row in group if row.enabled]
        if not live:
            return []
        way = options.get("方式", "占比" if limits else "先排")
        if way == "占比":
            if not limits:
                self.fault(live[0], "参数", "方式", "方式为占比时要写 下限占比", "加一行 参数=下限占比")
            return [self._policy("ongoing_first", scope, year, row, "下限占比", value) for row, _, value in limits]
        return [self._policy("ongoing_first", scope, year, live[0], "方式", "先排")]

    def _switches(self, schema: RuleSchema, scope: Scope, year: int | None, group: list[RuleRow]) -> list[Policy]:
        row = group[-1]
        if scope != Scope() or year is not None:
            self.fault(row, "对象", row.scope, f"规则 {schema.id} 只能整体启用、停用或改为弹性", "对象和年度留空")
        if row.parameter:
            self.fault(row, "参数", row.parameter, f"规则 {schema.id} 没有参数", "参数和值留空")
        if schema.fixed and (not row.enabled or row.hard is False):
            self.fault(row, "刚性" if row.enabled else "启用", "", f"规则 {schema.id} 不能停用或改为弹性", "删去这一行")
            return []
        policy = self._policy(schema.id, Scope(), None, row, "", None if row.enabled else OFF)
        return [policy]

    def _policy(
        self,
        rule: str,
        scope: Scope,
        year: int | None,
        row: RuleRow,
        parameter: str,
        value: Any,
        options: tuple[tuple[str, str], ...] = (),
    ) -> Policy:
        hard = row.hard is not False
        rank, penalty = row.rank or 0, row.penalty or Fraction(0)
        if not hard and not rank and not penalty:
            rank = 1
            message = "弹性规则没有写罚分或顺位，按顺位 1 处理"
            self.report(Issue("soft_default", "warning", row.sheet, row.place("刚性"), "弹性", message, "填罚分或顺位"))
        return Policy(
            rule=rule,
            parameter=parameter,
            value=value,
            scope=scope,
            year=year,
            options=options,
            hard=hard,
            penalty=penalty if not hard else Fraction(0),
            rank=rank if not hard else 0,
            source=row.source,
        )

    def _parameter(self, schema: RuleSchema, row: RuleRow) -> Parameter | None:
        name = clean.tidy(row.parameter)
        limits = [p for p in schema.parameters if p.limit]
        if not name and (len(limits) == 1 and row.value is not None):
            return limits[0]
        if not name and schema.id == "ongoing_first":
            return None
        for parameter in schema.parameters:
            if parameter.name == name:
                return parameter
        words = "、".join(p.name for p in schema.parameters)
        message = f"规则 {schema.id} 没有参数“{row.parameter}”" if name else f"规则 {schema.id} 要写参数"
        self.fault(row, "参数", row.parameter, message, f"填其中之一：{words}")
        return None

    def _value(self, parameter: Parameter, row: RuleRow) -> Any:
        if clean.is_empty(row.value):
            self.fault(row, "值", "", f"参数“{parameter.name}”没有值", "填值")
            return None
        column = Column(parameter.name, parameter.kind, choices=parameter.choices)
        try:
            return read_value(column, row.value, "")
        except clean.Unreadable as problem:
            self.fault(
                row, "值", row.value, f"{parameter.name}“{clean.title(row.value)}”{problem.message}", problem.remedy
            )
            return None

    def _check_scope(self, schema: RuleSchema, scope: Scope, year: int | None, row: RuleRow) -> None:
        if year is not None and not schema.by_year:
            self.fault(row, "年度", row.year, f"规则 {schema.id} 不能按年设置", "年度留空")
        needs = {"tag_share": ("标签", "地区表的 标签 列"), "ongoing_first": ("续建", "项目表的 建设性质 列")}
        if schema.id in needs and row.enabled and not self.names.known.get(needs[schema.id][0]):
            column = needs[schema.id][1]
            self.fault(
                row,
                "规则",
                row.rule,
                f"规则 {schema.id} 需要{column}，其中没有可用的内容",
                f"填写{column}，或停用这一行",
            )

    def _check_pairs(self, limits: list[tuple[RuleRow, Parameter, Any]]) -> None:
        seen: dict[str, tuple[RuleRow, Any]] = {}
        for row, parameter, value in limits:
            if parameter.name in seen:
                first = seen[parameter.name][0]
                message = f"与 {first.sheet}!{first.place('参数')} 重复：同一对象、年度的“{parameter.name}”写了两次"
                self.fault(row, "参数", parameter.name, message, "只留一行")
            seen[parameter.name] = (row, value)
        for low, high in (("下限", "上限"), ("下限占比", "上限占比")):
            if low in seen and high in seen and seen[low][1] > seen[high][1]:
                row = seen[low][0]
                message = f"{low}大于{high}（{seen[high][0].sheet}!{seen[high][0].place('值')}）"
                self.fault(row, "值", row.value, message, f"调低{low}或调高{high}")


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
