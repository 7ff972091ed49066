"""Writes docs/rules.md from RULES and the schema: ``python -m reports.rulebook``."""

from __future__ import annotations

from pathlib import Path

from inputs.schema import LATER_RULES, RULE_SCHEMA_BY_ID, RuleSchema
from models.rule import Rule
from models.rules import RULES

TARGET = Path(__file__).parent.parent / "docs" / "rules.md"
HEAD = """# 规则手册

本页由 `python -m reports.rulebook` 从程序生成，不要手改。符号见 [math.md](math.md)。

每条规则都有两种写法：给求解器的行，和不含求解器的整数核算；两者互相检验。标有“待核实”的文号或数字须由使用单位核对，
标有“假设”的是可调参数，不是政策规定。`规则` 表的一行写 规则、启用、对象、年度、参数、值、刚性、罚分、顺位、依据。
region_quota、category_quota、tag_share 的一行写了几个地区（类别、标签）就逐个适用；不写则对候选项目里出现的每一个都适用。
"""


def rulebook() -> str:
    """The whole page."""
    parts = [HEAD, *(_section(rule) for rule in RULES), _later()]
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    schema = RULE_SCHEMA_BY_ID[rule.id]
    lines = [
        f"## {rule.id} · {rule.title}",
        "",
        "| | |",
        "|---|---|",
        f"| 公式 | {rule.formula} |",
        f"| 违反量的单位 | {rule.unit} |",
        f"| 依据 | {rule.source} |",
        f"| 参数 | {_parameters(schema)} |",
        f"| 启用 | {_switch(rule, schema)} |",
        "",
    ]
    return "\n".join(lines)


def _parameters(schema: RuleSchema) -> str:
    units = {"money": "万元", "share": "%", "whole": "个", "choice": ""}
    if not schema.parameters:
        return "没有；由列决定"
    words = []
    for p in schema.parameters:
        extra = "/".join(p.choices) if p.choices else units[p.kind]
        default = f"，默认 {p.default}" if p.default else ""
        words.append(f"{p.name}（{extra}{default}）")
    return "、".join(words)


def _switch(rule: Rule, schema: RuleSchema) -> str:
    if rule.always:
        return "始终启用，不能改为弹性"
    if schema.parameters:
        return "在规则表写一行即启用；可按对象设置、停用或改为弹性"
    return "相应的列填了就启用；可在规则表整体停用或改为弹性"


def _later() -> str:
    rows = "\n".join(f"| {rule} | {title} |" for rule, title in LATER_RULES.items())
    return f"""## 本版本还不执行的规则

在规则表里启用它们会被当作错误退回；填了它们的列会给出提醒，内容计入案例校验码，但不约束方案。

| 编号 | 名称 |
|---|---|
{rows}
"""


if __name__ == "__main__":
    TARGET.write_text(rulebook(), encoding="utf-8")
