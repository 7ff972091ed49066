"""The page in two languages: every Chinese text of the page goes through ``t``; the catalogue is ``english.json``.

Sentences that the model wrote are recognised by ``sentences.json``, those of the readers by ``findings.json`` (``told``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from models.rules import RULE_BY_ID
from workbench.verbs import AND, INSTEAD

CHINESE, ENGLISH = "zh", "en"
LONGEST, MOST_PARTS = 1500, 30
"""Characters of a sentence that is recognised, and its parts by colons; nothing that the program says is longer."""
FORMS = {"number": r"[+−-]?[\d,.]+"}
"""What a part of a sentence looks like by its name, where not everything goes."""
CHINESE_SIGN = re.compile("[\u4e00-\u9fff]")


@cache
def catalogue() -> dict[str, str]:
    """English by Chinese text."""
    found: dict[str, str] = json.loads((Path(__file__).parent / "english.json").read_text(encoding="utf-8"))
    return found


def language() -> str:
    """The language of this session."""
    return str(st.session_state.get("language", CHINESE))


def t(text: str, **values: Any) -> str:
    """A text of the page in the session's language, with values put in."""
    found = catalogue().get(text, text) if language() == ENGLISH else text
    return found.format(**values) if values else found


def told(sentence: str) -> str:
    """A sentence of the model or the kept records in the session's language; one that is not known stays Chinese."""
    return _english(sentence) if language() == ENGLISH else sentence


def sentence(text: str) -> str:
    """A finding in the session's language, with a capital letter where it has one."""
    english = told(text)
    return english if english == text else english[:1].upper() + english[1:]


@cache
def sentences() -> dict[str, str]:
    """English by Chinese sentence; ``{name}`` stands for what differs from one to the next, ``{raw}`` for a user's text."""
    folder = Path(__file__).parent
    return {
        text: english
        for name in ("sentences.json", "findings.json")
        for text, english in json.loads((folder / name).read_text(encoding="utf-8")).items()
    }


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a Chinese sentence is recognised: its longest piece, for a quick look, and the whole; its English."""

    piece: str
    whole: re.Pattern[str]
    english: str

    def read(self, sentence: str) -> str | None:
        """The English of a sentence of this form, else None; a form without a word of its own has to know a part."""
        if self.piece not in sentence or not (match := self.whole.fullmatch(sentence)):
            return None
        parts = match.groupdict()
        known = {n: p if n.startswith("raw") else _english(p) for n, p in parts.items()}
        if not CHINESE_SIGN.search(self.piece) and known == parts:
            return None
        return self.english.format(**known)


@cache
def _patterns() -> tuple[list[Pattern], list[Pattern]]:
    """The forms of sentences, the most particular first; apart, those that have no word of their own."""
    ordered = sorted(sentences().items(), key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0])))
    found: tuple[list[Pattern], list[Pattern]] = ([], [])
    for text, english in ordered:
        parts = re.split(r"\{(\w+)\}", text)
        whole = "".join(f"(?P<{p}>{FORMS.get(p, '.+?')})" if k % 2 else re.escape(p) for k, p in enumerate(parts))
        pattern = Pattern(max(parts[::2], key=len), re.compile(whole, re.DOTALL), english)
        found[not CHINESE_SIGN.search("".join(parts[::2]))].append(pattern)
    return found


@lru_cache(maxsize=20_000)
def _english(sentence: str) -> str:
    if not CHINESE_SIGN.search(sentence) or len(sentence) > LONGEST or sentence.count("：") > MOST_PARTS:
        return sentence
    if known := catalogue().get(sentence) or sentences().get(sentence) or _rule_titles().get(sentence):
        return known
    if sentence.startswith(INSTEAD):  # what follows are whole sentences, each of a form of its own
        return "or keep those above and instead: " + _english(sentence.removeprefix(INSTEAD))
    if AND in sentence:
        return ", and ".join(_english(part) for part in sentence.split(AND))
    own, loose = _patterns()
    if found := next((e for p in own if (e := p.read(sentence)) is not None), None):
        return found
    for mark, other in (("；", "; "), ("、", ", ")):
        if mark in sentence:
            return other.join(_english(part) for part in sentence.split(mark))
    return next((e for p in loose if (e := p.read(sentence)) is not None), sentence)


@cache
def _rule_titles() -> dict[str, str]:
    return {rule.title: rule.title_en for rule in RULE_BY_ID.values()}


@cache
def _words() -> dict[str, str]:
    return sentences() | catalogue()


def column(name: str) -> str:
    """A heading of a result table: known words are translated, names of funds and years stay."""
    if language() != ENGLISH:
        return name
    known = _words()
    if name in known:
        return known[name]
    if year := re.fullmatch(r"(\d{4})年(安排)?", name):
        return year[1] + (known["年安排"] if year[2] else "")
    head, bracket, unit = name.partition("（")
    if bracket and head in known:
        return f"{known[head]} ({known.get(unit.rstrip('）'), unit.rstrip('）'))})"
    return name


def plain(text: str) -> str:
    """Text of a user that markdown must not read: no links, pictures, formulas or emphasis of their own."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$:])", r"\\\1", text)
