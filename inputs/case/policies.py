"""Rule rows to switched-on policies, every fault reported with its cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from inputs import clean
from inputs.case.horizon import Horizon
from inputs.case.rule_rows import RULE_BY_TITLE, Names, RuleRow, read_scope, rule_id
from inputs.case.rule_schema import RULE_SCHEMA_BY_ID, Parameter, RuleSchema
from inputs.case.table import read_value
from inputs.schema import SCOPE_KEYS, Column
from models.capital import MOST_AS_CAPITAL, MOST_LOWERED
from models.case import OFF, Policy, Scope
from models.issue import Issue
from models.land import MOST_FLOATING, STEPS
from models.rules import RULE_BY_ID

NEEDS = "rule_needs"
"""Code of the issue that a rule is switched on without the columns it needs."""
LAST_RANK = 99
"""Rank of rules that are soft by default: after every rank the user wrote."""


def _as_text(value: Any) -> str:
    """A setting as text: exact fractions, names joined by commas."""
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _beyond(schema: RuleSchema, parameter: Parameter, value: Any) -> tuple[str, str] | None:
    """What is wrong with a value that could be read, and the remedy."""
    if parameter.name == "浮动" and abs(value) > MOST_FLOATING:
        return "超出 ±10 %", "填 −10 % 到 10 %"
    if parameter.name == "下浮" and value > MOST_LOWERED:
        return "超过 5 个百分点", "填不大于 5 % 的数"
    if schema.id == "coverage" and value < 1:
        return "小于 1，等于不要求覆盖", "填不小于 1 的数，或停用 coverage"
    if schema.id == "bond_as_capital" and parameter.name == "上限占比" and value > MOST_AS_CAPITAL:
        return "超过 30 %", "填不大于 30 % 的数"
    if parameter.name == "人均标准" and value not in STEPS and not re.fullmatch(r"\d+(\.\d+)?", value):
        return "不是已有的标准表，也不是数", "填 " + "、".join(STEPS) + "，或每人平方米数"
    return None


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
                continue
            if row.enabled:
                self._check_needs(RULE_SCHEMA_BY_ID[rule], Scope(), [row])
            if row.enabled and RULE_SCHEMA_BY_ID[rule].parameters and row.parameter:
                parameter = self._parameter(RULE_SCHEMA_BY_ID[rule], row)  # its faults are told as well
                if parameter is not None:
                    self._value(RULE_SCHEMA_BY_ID[rule], parameter, row)
        return tuple(
            p for (rule, scope, year), group in groups.items() for p in self._policies(rule, scope, year, group)
        )

    def fault(self, row: RuleRow, column: str, value: Any, message: str, remedy: str, code: str = "rule_row") -> None:
        """Report an error of a row."""
        cell = row.place(column)
        self.report(Issue(code, "error", row.sheet, cell, clean.title(value), message, remedy))

    def _rule(self, row: RuleRow) -> str | None:
        found = rule_id(row.rule)
        if found is None:
            known = [*RULE_SCHEMA_BY_ID, *RULE_BY_TITLE]
            near = difflib.get_close_matches(clean.tidy(row.rule), known, n=1, cutoff=0.5)
            hint = f"是否指“{near[0]}”" if near else "填规则编号或中文名，见 docs/rules.md"
            self.fault(row, "规则", row.rule, f"没有名为“{row.rule}”的规则", hint)
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
        live = [row for row in group if row.enabled]
        if live:
            self._check_scope(schema, scope, year, live[0])
            self._check_needs(schema, scope, live)
        if not schema.parameters:
            return self._switches(schema, scope, year, group)
        whole = [row for row in group if not row.parameter and clean.is_empty(row.value)]
        options: list[tuple[str, str]] = []
        limits: list[tuple[RuleRow, Parameter, Any]] = []
        for row in live:
            parameter = None if row in whole else self._parameter(schema, row)
            value = None if parameter is None else self._value(schema, parameter, row)
            if parameter is None or value is None:
                continue
            if parameter.limit:
                limits.append((row, parameter, value))
            else:
                options.append((clean.tidy(row.parameter) or parameter.name, _as_text(value)))
        if schema.by_column:
            return self._of_columns(schema, scope, year, group, whole, limits, options)
        return self._of_rows(schema, scope, year, live, limits, options)

    def _of_columns(
        self,
        schema: RuleSchema,
        scope: Scope,
        year: int | None,
        group: list[RuleRow],
        whole: list[RuleRow],
        limits: list[tuple[RuleRow, Parameter, Any]],
        options: list[tuple[str, str]],
    ) -> list[Policy]:
        """A rule that columns switch on: rows retune it, a bare row switches it off or makes it soft."""
        found = self._limit_policies(schema, scope, year, limits, options)
        replaced = any(p.default or p.name == "最低比例" for p in schema.parameters)
        off = replaced and scope == Scope() and not any(row.enabled for row in group)
        if whole or off:
            found += self._switches(schema, scope, year, whole or group[-1:])
        return found

    def _of_rows(
        self,
        schema: RuleSchema,
        scope: Scope,
        year: int | None,
        live: list[RuleRow],
        limits: list[tuple[RuleRow, Parameter, Any]],
        options: list[tuple[str, str]],
    ) -> list[Policy]:
        """A rule that is on because a row names it."""
        if not live:
            return []
        if schema.id == "ongoing_first":
            return self._ongoing(scope, year, live, limits, dict(options))
        if limits:
            return self._limit_policies(schema, scope, year, limits, options)
        main = next((p for p in schema.parameters if p.limit), None)
        if schema.bare:
            value = None if main is None else read_value(Column(main.name, main.kind), main.default, "")
            return [
                self._policy(schema, scope, year, live[0], "" if main is None else main.name, value, tuple(options))
            ]
        names = [p.name for p in schema.parameters if p.limit]
        if any(clean.tidy(row.parameter) in names for row in live):  # there is one, and what is wrong with it was said
            return []
        if options or all(not row.parameter for row in live):
            words = "、".join(names)
            self.fault(live[0], "参数", live[0].parameter, f"规则 {schema.id} 没有写限值", f"加一行参数：{words}")
        return []

    def _limit_policies(
        self,
        schema: RuleSchema,
        scope: Scope,
        year: int | None,
        limits: list[tuple[RuleRow, Parameter, Any]],
        options: list[tuple[str, str]],
    ) -> list[Policy]:
        self._check_pairs(limits)
        return [
            self._policy(schema, scope, year, row, parameter.name, value, tuple(options))
            for row, parameter, value in limits
        ]

    def _ongoing(
        self,
        scope: Scope,
        year: int | None,
        live: list[RuleRow],
        limits: list[tuple[RuleRow, Parameter, Any]],
        options: dict[str, str],
    ) -> list[Policy]:
        schema = RULE_SCHEMA_BY_ID["ongoing_first"]
        way = options.get("方式", "占比" if limits else "先排")
        if way == "占比":
            if not limits:
                self.fault(live[0], "参数", "方式", "方式为占比时要写 下限占比", "加一行 参数=下限占比")
            return self._limit_policies(schema, scope, year, limits, [])
        return [self._policy(schema, scope, year, live[0], "方式", "先排")]

    def _switches(self, schema: RuleSchema, scope: Scope, year: int | None, group: list[RuleRow]) -> list[Policy]:
        row = group[-1]
        if scope != Scope() or year is not None:
            self.fault(row, "对象", row.scope, f"规则 {schema.id} 只能整体启用、停用或改为弹性", "对象和年度留空")
        if row.parameter and not schema.parameters:
            self.fault(row, "参数", row.parameter, f"规则 {schema.id} 没有参数", "参数和值留空")
        if schema.fixed and (not row.enabled or row.hard is False):
            self.fault(row, "刚性" if row.enabled else "启用", "", f"规则 {schema.id} 不能停用或改为弹性", "删去这一行")
            return []
        return [self._policy(schema, Scope(), None, row, "", None if row.enabled else OFF)]

    def _policy(
        self,
        schema: RuleSchema,
        scope: Scope,
        year: int | None,
        row: RuleRow,
        parameter: str,
        value: Any,
        options: tuple[tuple[str, str], ...] = (),
    ) -> Policy:
        by_default = schema.soft and row.hard is None
        hard = row.hard is not False and not by_default
        rank, penalty = row.rank or 0, row.penalty or Fraction(0)
        if by_default and not rank and not penalty:
            rank = LAST_RANK
        if not hard and not rank and not penalty:
            rank = 1
            message = "弹性规则没有写罚分或顺位，按顺位 1 处理"
            self.report(Issue("soft_default", "warning", row.sheet, row.place("刚性"), "弹性", message, "填罚分或顺位"))
        return Policy(
            rule=schema.id,
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
        for parameter in schema.parameters:
            if parameter.name == name or (parameter.family and re.fullmatch(f"{parameter.name}:[1-9]\\d?", name)):
                return parameter
        words = "、".join(f"{p.name}:1…n" if p.family else p.name for p in schema.parameters)
        message = f"规则 {schema.id} 没有参数“{row.parameter}”" if name else f"规则 {schema.id} 要写参数"
        self.fault(row, "参数", row.parameter, message, f"填其中之一：{words}")
        return None

    def _value(self, schema: RuleSchema, parameter: Parameter, row: RuleRow) -> Any:
        if clean.is_empty(row.value):
            self.fault(row, "值", "", f"参数“{row.parameter or parameter.name}”没有值", "填值")
            return None
        column = Column(
            parameter.name, parameter.kind, choices=parameter.choices, least=parameter.least, most=parameter.most
        )
        try:
            value = read_value(column, row.value, "")
            if parameter.name == "人均标准":
                value = re.sub(r"(m2|平方米)(/人)?$", "", clean.tidy(value))
            if problem := _beyond(schema, parameter, value):
                raise clean.Unreadable(*problem)
        except clean.Unreadable as problem:
            message = f"{row.parameter or parameter.name}“{clean.title(row.value)}”{problem.message}"
            self.fault(row, "值", row.value, message, problem.remedy)
            return None
        if parameter.name in ("民生类别", "允许类别"):
            return self._categories(row, value)
        return value

    def _categories(self, row: RuleRow, names: tuple[str, ...]) -> tuple[str, ...] | None:
        for name in names:
            if name not in self.names.known["类别"]:
                near = difflib.get_close_matches(name, sorted(self.names.known["类别"]), n=1, cutoff=0.3)
                hint = f"是否指“{near[0]}”" if near else "改为已有的类别"
                self.fault(row, "值", name, f"类别“{name}”找不到", hint)
                return None
        return names

    def _check_scope(self, schema: RuleSchema, scope: Scope, year: int | None, row: RuleRow) -> None:
        if year is not None and not schema.by_year and schema.parameters:
            self.fault(row, "年度", row.year, f"规则 {schema.id} 不能按年设置", "年度留空")
        if not schema.parameters:
            return
        for key, part in SCOPE_KEYS.items():
            if getattr(scope, part) and key not in schema.keys:
                allowed = "对象只能写：" + "、".join(schema.keys) if schema.keys else "对象留空"
                self.fault(row, "对象", row.scope, f"规则 {schema.id} 不能按{key}设置", allowed)

    def _check_needs(self, schema: RuleSchema, scope: Scope, live: list[RuleRow]) -> None:
        """A rule that is switched on without the columns it needs is an error that names both."""
        written = {clean.tidy(row.parameter) for row in live}
        written |= {key for key, part in SCOPE_KEYS.items() if getattr(scope, part)}
        written |= {"对象"} if scope != Scope() else set()
        for group in schema.needs:
            if any(
                (sheet, name) in self.names.filled or (sheet == "规则" and name in written) for sheet, name in group
            ):
                continue
            words = "或".join(
                f"{sheet}表的 {name} 列" if name else f"工作表 {sheet}" for sheet, name in group if sheet != "规则"
            )
            more = "".join(f"，或在这条规则里写 {name}" for sheet, name in group if sheet == "规则")
            message = f"规则 {schema.id}（{RULE_BY_ID[schema.id].title}）需要{words}，其中没有可用的内容"
            self.fault(live[0], "规则", live[0].rule, message, f"填写{words}{more}，或停用这一行", NEEDS)

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
