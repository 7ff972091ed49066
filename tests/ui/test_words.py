"""The catalogue of English texts is whole: every text of the page is in it, nothing is left loose."""

import ast
import re
import string
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inputs.case.rule_schema import RULE_SCHEMAS
from inputs.lists.fields import PERSONAL, known_fields
from inputs.lists.rows import KINDS
from inputs.samples import SAMPLE_TITLES, write_sample
from inputs.schema import PROJECTS
from models.calculators import CALCULATORS
from optimizer.options import Options
from optimizer.solution import Culprit, Solution
from reports.policy_tables import policy_tables
from ui.tables import amount, in_unit
from ui.words import ENGLISH, catalogue, sentence, sentences, told
from workbench.verbs import clash_words, open_and_plan

HOME = Path(__file__).parent.parent.parent
SOURCES = [HOME / "app.py", *sorted((HOME / "ui").rglob("*.py"))]
SAYING = {
    "report",
    "fault",
    "Issue",
    "Unreadable",
    "Cleaned",
    "_tell",
    "setting_fault",
    "_setting_fault",
    "_issue",
    "_say_empty",
    "_say",
}
WRITTEN = (
    "资金适用", "资金来源", "资金", "规则", "分摊", "切块", "项目", "下限占比", "占比", "必选", "禁选", "地区=", "标签=", "类别=",
    "个月", "年", "月",
)  # fmt: skip
"""What an English sentence may name as it stands in the workbook, longer words first."""
PIECES = {"填其中之一：", "写成 地区=名称;资金=名称，可用的键：", "项目代码X9"}
"""Beginnings that are no sentence."""
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


def unwritten(english: str) -> str:
    """A sentence without what it quotes and the names of the workbook."""
    return re.sub("|".join(WRITTEN), "", re.sub("“[^”]*”|（%）", "", english))


def test_sentences_keep_their_places_and_hold_no_chinese() -> None:
    for text, english in sentences().items():
        places = [{f for _, f, _, _ in string.Formatter().parse(s) if f} for s in (text, english)]
        assert places[0] == places[1], text
        assert not chinese(unwritten(english)), english
        assert chinese(text) or places[0], text
        assert text.count("} 万元") == english.count("} ×10k yuan"), text  # every amount is put into the unit in sight
        assert text not in catalogue()


def literals(tree: ast.AST) -> dict[ast.AST, str]:
    """Chinese texts of a module but its docstrings, with a sample in every place."""
    inside = {v for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
    inside |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    found = {}
    for node in ast.walk(tree):
        if node in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found[node] = node.value
        elif isinstance(node, ast.JoinedStr):
            found[node] = "".join(str(v.value) if isinstance(v, ast.Constant) else "X9" for v in node.values)
    return {node: text for node, text in found.items() if chinese(text)}


def test_what_the_readers_say_is_english(monkeypatch) -> None:
    """Every sentence with which a finding is made, at the place where it is made."""
    monkeypatch.setattr("ui.words.language", lambda: ENGLISH)
    folders = [HOME / "inputs" / part for part in ("case", "clerk", "lists", "files")]
    sources = [p for folder in folders for p in folder.rglob("*.py") if p.name not in ("result.py", "annotate.py")]
    sources += [HOME / "inputs" / "clean.py", HOME / "workbench" / "amount_list.py", HOME / "workbench" / "own_plan.py"]
    left = []
    for path in sources:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = literals(tree)
        saying = [c for c in calls(tree) if ast.unparse(c.func).rpartition(".")[2] in SAYING]
        said = {
            texts[n]
            for c in saying
            for a in (*c.args, *(k.value for k in c.keywords))
            for n in ast.walk(a)
            if n in texts
        }
        left += [f"{path.name} {s}" for s in said if len(s) > 5 and s not in PIECES and chinese(unwritten(told(s)))]
    assert left == [], "\n".join(left)


def test_fields_of_lists_are_english(monkeypatch) -> None:
    monkeypatch.setattr("ui.words.language", lambda: ENGLISH)
    for name in (*known_fields(), PERSONAL, *(column.name for column in PROJECTS.columns)):
        assert not chinese(told(name).partition(":")[0]), name


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("总投资“约100”不是一个确定的数", "Investment “约100” is not a definite number"),
        ("比例“130%”比例超过 100 %", "Share “130%” is more than 100 %"),
        ("列“县级配套（万元）”可能是“资金来源:自筹”，单位万元（把握 70%，列名相近），须确认", "Column “县级配套（万元）” may be “Source: 自筹” in ×10k yuan (70% sure: similar heading); please confirm"),
        ("第 3 行没有读：有金额，没有项目名称", "Row 3 was not read: has an amount but no project name"),
        ("“地区”与 A2 重复", "“地区” repeats A2"),
    ],
)  # fmt: skip
def test_findings_are_told_with_the_text_of_the_cell_as_it_is(text, english, monkeypatch) -> None:
    monkeypatch.setattr("ui.words.language", lambda: ENGLISH)
    assert sentence(text) == english


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


def test_a_clash_is_told_in_english_with_every_way_out(monkeypatch) -> None:
    """By the words that the verbs make, whole: openings and joints are theirs."""
    monkeypatch.setattr("ui.words.language", lambda: ENGLISH)
    found = Solution(
        "infeasible",
        culprits=(
            Culprit("lock", ("P1", "固定安排", "债", "", ">="), Fraction(5), "万元", ">=", Fraction(20)),
            Culprit("fund_limit", ("债", "2026"), Fraction(100), "万元", "<=", instead=1),
            Culprit("exclusive", ("甲",), Fraction(1), "个", "<=", instead=1),
        ),
    )
    first, other = map(told, clash_words(found))
    assert [told(w) for w in clash_words(replace(found, partial=True))][:2] == [first, other]
    assert told(clash_words(replace(found, partial=True))[2]).startswith("these are the clashes that are certain now")
    assert first.endswith(
        "(P1 fixed amount of 债, at least): now 20.00 ×10k yuan, has to fall by 5.00 ×10k yuan at least, to 15.00 ×10k yuan"
    )
    assert (
        other
        == "or keep those above and instead: Fund limits (债 2026): at least 100.00 ×10k yuan must be given up, and Either-or (甲): this group has to allow 1 more; change the either-or group of its projects, or switch the rule off"
    )


@pytest.mark.parametrize(
    ("words", "shown", "english"),
    [
        ("资金额度（债 2026）：至少要让出 1,120.00 万元", "资金额度（债 2026）：至少要让出 0.112 亿元", "Fund limits (债 2026): at least 0.112 ×100m yuan must be given up"),
        ("资金额度（债 2026）：至少要让出 12,345,678.90 万元", "资金额度（债 2026）：至少要让出 1,234.56789 亿元", "Fund limits (债 2026): at least 1,234.56789 ×100m yuan must be given up"),
        ("债 +3 万元、中央 −20,000 万元", "债 +0.0003 亿元、中央 −2.00 亿元", "债 +0.0003 ×100m yuan, 中央 −2.00 ×100m yuan"),
        ("得分靠后；每万元效益 0.5", "得分靠后；每万元效益 0.5", None),
    ],
)  # fmt: skip
def test_amounts_within_sentences_follow_the_unit_shown(words, shown, english, monkeypatch) -> None:
    monkeypatch.setattr("ui.tables.st.session_state", {"unit": "亿元"})
    assert in_unit(words) == shown
    if english is not None:
        monkeypatch.setattr("ui.words.language", lambda: ENGLISH)
        assert in_unit(words) == english
    monkeypatch.setattr("ui.tables.st.session_state", {"unit": "万元"})
    assert in_unit(words) == told(words)


@pytest.mark.parametrize(
    ("value", "wan", "yi"),
    [(145_000, "1,450", "0.1450"), (35_050, "350.50", "0.0351"), (44_517_000_00, "44,517,000", "4,451.70"), (1_000_500_0, "100,050", "10.01"), (-145_000, "-1,450", "-0.1450"), (0, "0", "0.00")],
)  # fmt: skip
def test_small_amounts_keep_their_digits_and_halves_go_up(value: int, wan: str, yi: str, monkeypatch) -> None:
    for unit, shown in (("万元", wan), ("亿元", yi)):
        monkeypatch.setattr("ui.tables.st.session_state", {"unit": unit})
        assert amount(value) == shown
