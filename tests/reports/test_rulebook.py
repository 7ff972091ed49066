"""docs/rules.md is what the program says today, and says everything of every rule."""

import re
from pathlib import Path

from inputs.case.rule_schema import RULE_SCHEMA_BY_ID
from models.rules import RULES
from reports.rulebook import TARGET, rulebook


def test_the_page_is_current() -> None:
    assert Path(TARGET).read_text(encoding="utf-8") == rulebook(), "run: python -m reports.rulebook"


def test_every_rule_is_there_with_all_it_must_say() -> None:
    page = rulebook()
    for rule in RULES:
        section = page.partition(f"## {rule.id} · {rule.title}\n")[2].partition("\n## ")[0]
        for word in ("依据", "公式", "违反量的单位", "参数", "需要的列", "启用", "算例"):
            line = next((x for x in section.splitlines() if x.startswith(f"| {word} |")), "")
            assert len(line.removeprefix(f"| {word} |").strip(" |")) >= 1, (rule.id, word)
        assert re.search(r"\d", rule.example), rule.id
        assert any(mark in rule.source for mark in ("〔", "号", "法第", "规划", "假设", "待核实")), rule.id
        schema = RULE_SCHEMA_BY_ID[rule.id]
        for parameter in schema.parameters:
            assert parameter.name in section and (not parameter.default or parameter.default in section), rule.id
            assert parameter.kind in ("names", "choice", "text") or parameter.unit or parameter.choices, (
                rule.id,
                parameter.name,
            )


def test_quotes_name_document_and_clause() -> None:
    for rule in RULES:
        if rule.quote:
            place, _, sentence = rule.quote.partition("：")
            assert re.search(r"〔\d{4}〕\d+号", place) and len(sentence) >= 8, rule.id


def test_what_is_out_of_scope_is_said() -> None:
    page = rulebook()
    assert all(word in page for word in ("用途调整", "自审自发", "时限", "名单"))
