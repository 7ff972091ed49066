"""Names of regions as lists write them: with and without 县/区/市, old names, codes, with the prefecture in front."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from inputs import clean

PEOPLES = "回|藏|裕固|蒙古|哈萨克|东乡|保安|撒拉|土"
SUFFIX = re.compile(rf"(?:(?:(?:{PEOPLES})族)*自治[州县]|[省市县区州旗])$")
OWN_LEVEL = re.compile(r"^(?:(.+?)(?:市|州|地区)?)?(?:市|州)(?:本级|直属?|直单位|级)$")
LEAST_BASE = 2


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division of the built-in list."""

    code: str
    name: str
    parent: str
    level: str
    old_name: str
    old_code: str
    source: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a region cell means: the name, and in words why it was changed (empty when it was not)."""

    name: str
    why: str = ""


@cache
def divisions() -> tuple[Division, ...]:
    """The built-in list (甘肃 whole; 青海 and 陕西 as far as the plans name them)."""
    text = resources.files("inputs").joinpath("data/divisions.csv").read_text(encoding="utf-8")
    return tuple(Division(*row) for row in list(csv.reader(text.splitlines()))[1:])


@cache
def tile_positions() -> dict[str, tuple[int, int]]:
    """Column and row of counties laid out by neighbourhood (陇东)."""
    text = resources.files("inputs").joinpath("data/tiles.csv").read_text(encoding="utf-8")
    return {name: (int(column), int(row)) for name, column, row in list(csv.reader(text.splitlines()))[1:]}


LIKE = 0.6
"""How like a name must be to be thought of: one sign of three may be another."""


class Gazetteer:
    """Looks up region names among those of a case (when it has any), then among the built-in divisions."""

    def __init__(self, names: Iterable[str] = (), codes: Iterable[tuple[str, str]] = ()) -> None:
        self._own = list(dict.fromkeys(names))
        self._codes = dict(codes)
        counties = [d for d in divisions() if d.level != "省"]
        self._exact = {clean.tidy(n): n for n in self._own}
        known = self._own or [d.name for d in counties]
        self._short = _short_names(known)
        self._old = {d.old_name: d.name for d in counties if d.old_name}
        if not self._own:
            self._exact = {d.name: d.name for d in counties}
            self._codes = {d.code: d.name for d in counties}
        self._codes |= {d.old_code: d.name for d in counties if d.old_code and d.name in self._exact}
        self._parents = {d.name: d.parent for d in counties}
        self._cache: dict[str, Found | None] = {}

    def find(self, text: str) -> Found | None:
        """The region a cell means, None when that is not certain."""
        if text not in self._cache:
            self._cache[text] = self._find(text)
        return self._cache[text]

    def near(self, text: str) -> str:
        """The known name that is most like a misspelt one; empty where none is."""
        names = list(dict.fromkeys(self._exact.values()))
        return next(iter(difflib.get_close_matches(clean.tidy(text), names, 1, LIKE)), "")

    def named_in(self, text: str) -> list[str]:
        """The regions whose whole names stand in a text, longest first."""
        word = clean.tidy(text)
        return sorted(
            (name for key, name in self._exact.items() if len(key) > 1 and key in word), key=len, reverse=True
        )

    def parent(self, name: str) -> str:
        """The division above, empty when not known."""
        return self._parents.get(name, "")

    def is_prefecture(self, name: str) -> bool:
        """Whether the name is a prefecture of the built-in list."""
        return any(d.name == name and d.level == "地级" for d in divisions())

    def _find(self, text: str) -> Found | None:
        word = clean.tidy(text)
        if not word:
            return None
        if word in self._exact:
            name = self._exact[word]
            return Found(name, "" if name == text else "去掉多余空格")
        if word in self._codes:
            return Found(self._codes[word], "区划代码换成名称")
        if word in self._old and self._old[word] in self._exact:
            return Found(self._old[word], "旧名换成现名")
        if len(self._short.get(word, ())) == 1:
            return Found(self._short[word][0], "补全名称")
        coded = re.fullmatch(r"(\d{6})[-_:/]?([一-鿿].*)", word)
        if coded and coded.group(1) in self._codes:
            named = self.find(coded.group(2))
            return Found(named.name, "去掉区划代码") if named and named.name == self._codes[coded.group(1)] else None
        return self._after_parent(word)

    def _after_parent(self, word: str) -> Found | None:
        """庆阳市西峰区, 庆阳市/西峰区, 甘肃省庆阳市西峰区: the last part, when it belongs to what stands before."""
        for name in sorted(self._exact, key=len, reverse=True):
            if word.endswith(name) and len(word) > len(name):
                before = word[: -len(name)].rstrip("/-—·")
                above = self.parent(self._exact[name])
                if before and before in _ways_to_say(above, self.parent(above)):
                    return Found(self._exact[name], "去掉上级名称")
        return None


@cache
def _ways_to_say(parent: str, province: str) -> frozenset[str]:
    short = SUFFIX.sub("", parent)
    tops = ("", "甘肃省", "青海省", "陕西省", "甘肃", province)
    return frozenset(top + name for top in tops for name in (parent, short) if name) | frozenset(
        t for t in tops[1:] if t
    )


def _short_names(names: Iterable[str]) -> dict[str, list[str]]:
    """Names without their suffix; those that several share are left to the full name."""
    found: dict[str, list[str]] = {}
    for name in names:
        base = SUFFIX.sub("", name)
        if base != name and len(base) >= LEAST_BASE:
            found.setdefault(base, []).append(name)
    return found


def own_level(text: str) -> bool:
    """Whether a cell says 市本级, 市直 and the like."""
    return OWN_LEVEL.fullmatch(clean.tidy(text)) is not None
