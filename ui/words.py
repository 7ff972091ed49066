"""The page in two languages: every Chinese text of the page goes through ``t``; the catalogue is ``english.json``."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

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
