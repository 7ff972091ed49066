"""The catalogue of English texts is whole: every text of the page is in it, nothing is left loose."""

import ast
import re
import string
from pathlib import Path

import pytest

from inputs.case.rule_schema import RULE_SCHEMAS
from inputs.lists.rows import KINDS
from inputs.samples import SAMPLE_TITLES, write_sample
from models.calculators import CALCULATORS
from optimizer.options import Options
from reports.policy_tables import policy_tables
from ui.words import ENGLISH, catalogue, sentences, told
from workbench.verbs import open_and_plan

HOME = Path(__file__).parent.parent.parent
SOURCES = [HOME / "app.py", *sorted((HOME / "ui").rglob("*.py"))]
SPEAKING = {"caption", "markdown", "info", "error", "warning", "success", "button", "toggle", "expander", "popover", "metric"}  # fmt: skip


def chinese(text: object) -> bool:
    return isinstance(text, str) and any("\u4e00" <= c <= "\u9fff" for c in text)


def calls(tree: ast.AST):
    return (n for n in ast.walk(tree) if isinstance(n, ast.Call))


def spoken() -> dict[str, str]:
    """Texts inside t(…) with where they stand."""
    found = {}
    for path in SOURCES:
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call.func, ast.Name) and call.func.id == "t" and call.args:
                for node in ast.walk(call.args[0]):
                    if isinstance(node, ast.Constant) and chinese(node.value):
                        found[str(node.value)] = f"{path.name}:{node.lineno}"
    return found


def test_every_text_has_its_english() -> None:
    assert {text: where for text, where in spoken().items() if text not in catalogue()} == {}


def test_no_text_of_t_is_put_together() -> None:
    for path in SOURCES:
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call.func, ast.Name) and call.func.id == "t" and call.args:
                assert not isinstance(call.args[0], ast.JoinedStr), f"{path.name}:{call.lineno}"


def test_no_chinese_is_shown_past_the_catalogue() -> None:
    for path in SOURCES:
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call.func, ast.Attribute) and call.func.attr in SPEAKING and call.args:
                first = call.args[0]
                assert not (isinstance(first, ast.Constant) and chinese(first.value)), f"{path.name}:{call.lineno}"


def test_english_has_the_same_places_and_no_chinese_words() -> None:
    names = {"安排明细", "项目编号", "资金", "年度", "金额", "亿元", "效益", "地区", "国家", "安徽", "方案", "开工年"}
    for text, english in catalogue().items():
        places = [{f for _, f, _, _ in string.Formatter().parse(s) if f} for s in (text, english)]
        assert places[0] == places[1], text
        bare = english
        for name in names:
            bare = bare.replace(name, "")
        assert not chinese(bare), english


def test_names_that_are_not_in_the_pages_have_their_english_too() -> None:
    parameters = [p for schema in RULE_SCHEMAS for p in schema.parameters]
    settings = [s for method in CALCULATORS for s in method.settings]
    names = {p.name for p in parameters} | {p.unit for p in parameters} | {s.name for s in settings}
    names |= {s.unit for s in settings} | {m.title for m in CALCULATORS} | set(KINDS) | set(SAMPLE_TITLES.values())
    places = {"南疆", "四省涉藏", "西藏"}
    assert {n for n in names - places if chinese(n) and n not in catalogue()} == set()


def test_sentences_keep_their_places_and_hold_no_chinese() -> None:
    for text, english in sentences().items():
        places = [{f for _, f, _, _ in string.Formatter().parse(s) if f} for s in (text, english)]
        assert places[0] == places[1], text
        assert not any("\u4e00" <= c <= "\u9fff" for c in english), english
        assert chinese(text) or places[0], text
        assert text not in catalogue()


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    path = tmp_path_factory.mktemp("words") / "c.xlsx"
    write_sample("longdong", path)
    _, outcome = open_and_plan(path, Options(second=""), gap=0.05, time_limit=30)
    return outcome


def test_what_the_model_says_of_a_plan_is_english(planned, monkeypatch) -> None:
    """Reasons, remedies, the account and the notes of the sample: nothing Chinese is left but the user's own names."""
    monkeypatch.setattr("ui.words.language", lambda: ENGLISH)
    case = planned.case
    own = {name for p in case.projects for name in (p.category, p.name, *p.exclusive, *p.bundles)}
    own |= {f.name for f in case.funds} | set(case.region_by_name)
    said = [words for r in planned.plan.reasons for words in (r.sentence, r.remedy)]
    said += [told(words) for row in planned.account().rows if row[0] not in ("案例名称", "改动规则") for words in row]
    said += [note for table in policy_tables(planned.plan) for note in table.notes]
    left = "\n".join(re.sub(r"\(.*\)", "", told(words)) for words in said)
    for name in sorted(own, key=len, reverse=True):
        left = left.replace(name, "")
    assert re.findall("[\u4e00-\u9fff]{2,}.*", left) == []
