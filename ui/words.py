"""The page in two languages: every Chinese text of the page goes through ``t``; the catalogue is ``english.json``.

Sentences that the model wrote are recognised by ``sentences.json`` (``told``).
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from models.rules import RULE_BY_ID

CHINESE, ENGLISH = "zh", "en"


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


@cache
def sentences() -> dict[str, str]:
    """English by Chinese sentence; ``{name}`` stands for what differs from one to the next."""
    found: dict[str, str] = json.loads((Path(__file__).parent / "sentences.json").read_text(encoding="utf-8"))
    return found


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """How a Chinese sentence is recognised, and its English; the most particular first."""
    ordered = sorted(sentences().items(), key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0])))
    return [(_pattern(text), english) for text, english in ordered]


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", text)
    return re.compile("".join(f"(?P<{p}>.+?)" if k % 2 else re.escape(p) for k, p in enumerate(parts)), re.DOTALL)


@lru_cache(maxsize=20_000)
def _english(sentence: str) -> str:
    if not re.search(r"[\u4e00-\u9fff]", sentence):
        return sentence
    if known := catalogue().get(sentence) or _rule_titles().get(sentence):
        return known
    for pattern, english in _patterns():
        if match := pattern.fullmatch(sentence):
            return english.format(**{name: _english(part) for name, part in match.groupdict().items()})
    for mark, other in (("；", "; "), ("、", ", ")):
        if mark in sentence:
            return other.join(_english(part) for part in sentence.split(mark))
    return sentence


@cache
def _rule_titles() -> dict[str, str]:
    return {rule.title: rule.title_en for rule in RULE_BY_ID.values()}


def column(name: str) -> str:
    """A heading of a result table: known words are translated, names of funds and years stay."""
    if language() != ENGLISH:
        return name
    known = catalogue()
    if name in known:
        return known[name]
    if year := re.fullmatch(r"(\d{4})年(安排)?", name):
        return year[1] + (known["年安排"] if year[2] else "")
    head, bracket, unit = name.partition("（")
    if bracket and head in known:
        return f"{known[head]} ({known.get(unit.rstrip('）'), unit.rstrip('）'))})"
    return name
