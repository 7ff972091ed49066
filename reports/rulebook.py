"""Writes docs/rules.md from RULES and the schema: ``python -m reports.rulebook``."""

from __future__ import annotations

from pathlib import Path

from inputs.case.rule_schema import RULE_SCHEMA_BY_ID, Parameter, RuleSchema
from models.aims import AIMS
from models.calculators import CALCULATORS
from models.rule import Rule
from models.rules import RULES

TARGET = Path(__file__).parent.parent / "docs" / "rules.md"
HEAD = """# 规则手册

本页由 `python -m reports.rulebook` 从程序生成，不要手改。符号见 [math.md](math.md)。

每条规则都有两种写法：给求解器的行，和不含求解器的整数核算；两者互相检验。标有“待核实”的文号或数字须由使用单位核对，
标有“假设”的是可调参数，不是政策规定。`规则` 表的一行写 规则、启用、对象、年度、参数、值、刚性、罚分、顺位、依据。
region_quota、category_quota、tag_share 的一行写了几个地区（类别、标签）就逐个适用；不写则对候选项目里出现的每一个都适用。
任何一条（始终启用的除外）都可以用 `--set '规则[对象].参数=值'`、`--set 规则.启用=否`、`--set 规则.刚性=弹性` 临时改动。
`--set` 不写对象时，启用、刚性、罚分、顺位 对这条规则的所有行生效，参数=值 只改（或新增）对象为空的那一行。
几行都说到同一个项目时，coverage 的倍数和 capital_floor 的最低比例以写得最细的一行为准；其余规则各行都要满足。
"""
OUT_OF_SCOPE = """## 不在范围内的

- 债券发行以后的用途调整（财预〔2021〕110号的程序）；
- 专项债券项目“自审自发”试点的审核程序；
- 资金下达、拨付的时限；
- 只存在于工作簿以外的名单（国库、重大项目库等），使用单位须把结果填进 审核结果、负面清单 等列。
"""


def rulebook() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(rule) for rule in RULES), _aims(), _calculators(), OUT_OF_SCOPE])


def _section(rule: Rule) -> str:
    schema = RULE_SCHEMA_BY_ID[rule.id]
    lines = [
        f"## {rule.id} · {rule.title}",
        "",
        "| | |",
        "|---|---|",
        f"| 依据 | {rule.source} |",
        *([f"| 规划原文 | {rule.quote} |"] if rule.quote else []),
        f"| 公式 | {rule.formula} |",
        f"| 违反量的单位 | {rule.unit} |",
        f"| 参数 | {_parameters(schema)} |",
        f"| 需要的列 | {_needs(schema)} |",
        f"| 启用 | {_switch(rule, schema)} |",
        f"| 算例 | {rule.example} |",
        "",
    ]
    return "\n".join(lines)


def _parameters(schema: RuleSchema) -> str:
    if not schema.parameters:
        return "没有；由列决定"
    return "；".join(_parameter(p) for p in schema.parameters)


def _parameter(p: Parameter) -> str:
    name = f"{p.name}:1…n" if p.family else p.name
    notes = [p.unit or "/".join(p.choices), f"默认 {p.default}" if p.default else "", p.mark]
    return f"{name}（{'，'.join(note for note in notes if note)}）"


def _needs(schema: RuleSchema) -> str:
    def words(group: tuple[tuple[str, str], ...]) -> str:
        return "或".join(f"{sheet}.{column}" if column else sheet for sheet, column in group)

    return "；".join(words(group) for group in schema.needs) or "没有另外的要求"


def _switch(rule: Rule, schema: RuleSchema) -> str:
    if rule.always:
        return "始终启用，不能改为弹性"
    if schema.by_column:
        more = "；在规则表写参数可以改限值" if schema.parameters else ""
        return f"相应的列填了就启用；在规则表写一行（不写参数）可整体停用或改为弹性{more}"
    soft = "，默认弹性（排在所有顺位之后）" if schema.soft else ""
    return f"在规则表写一行即启用{soft}；可按对象设置、停用或改为弹性"


def _aims() -> str:
    rows = "\n".join(f"| {aim.id} | {aim.title} | {aim.source} |" for aim in AIMS)
    return f"""## 优化目标

| 设置 | 含义 | 依据 |
|---|---|---|
{rows}

除“加权”外，先依次求各步，守住每一步的结果（可给容差），最后求加权效益最大；弹性规则的顺位在它们之前，罚分只在最后一步计。
每一步都给出状态、值、界，以及在它之前还够得着的最大加权效益，由此看出每一步放弃了多少。
"""


def _calculators() -> str:
    parts = ["## 额度测算\n"]
    for c in CALCULATORS:
        settings = "；".join(
            f"{s.name}（{s.unit}，默认 {s.default}{'，' + s.mark if s.mark else ''}）" for s in c.settings
        )
        rows = (
            ("依据", c.source),
            ("公式", c.formula),
            ("参数", settings),
            ("需要的列", "、".join(c.columns)),
            ("算例", c.example),
        )
        lines = "\n".join(f"| {name} | {words} |" for name, words in rows)
        parts.append(f"### {c.id} · {c.title}\n\n| | |\n|---|---|\n{lines}\n")
    parts.append(
        "用 `fundopt quota 案例.xlsx 方法 --total 万元` 或“额度测算”页计算；结果合计精确，到申请额的不再增加。"
        "`-o 新案例.xlsx --fund 资金` 把结果写进 地区.配额上限:资金。\n"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(rulebook(), encoding="utf-8")
