"""docs/rules.md is what the program says today, and says everything of every rule."""

from pathlib import Path

from inputs.schema import LATER_RULES
from models.rules import RULES
from reports.rulebook import TARGET, rulebook


def test_the_page_is_current() -> None:
    assert Path(TARGET).read_text(encoding="utf-8") == rulebook(), "run: python -m reports.rulebook"


def test_every_rule_is_there_with_formula_source_and_parameters() -> None:
    page = rulebook()
    for rule in RULES:
        assert f"## {rule.id} · {rule.title}" in page and rule.formula in page and rule.source in page
    assert all(f"| {name} |" in page for name in LATER_RULES)
