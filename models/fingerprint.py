"""The canonical hash of a case: the same content gives the same hash, whatever the order of rows."""

import dataclasses
import hashlib
import json
from fractions import Fraction

from models.case import Case

SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
FIELD_NAMES: dict[type, tuple[str, ...]] = {}
Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]


def case_sha256(case: Case) -> str:
    """SHA-256 of the case as read: sorted, exact, without cell positions."""
    text = json.dumps(_plain(case), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> Plain:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple):
        return _plain_tuple(value)
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"no canonical form for {type(value).__name__}")
    names = FIELD_NAMES.get(type(value))
    if names is None:
        names = FIELD_NAMES[type(value)] = tuple(f.name for f in dataclasses.fields(value))
    return {name: _plain(getattr(value, name)) for name in names}


def _plain_tuple(value: tuple[object, ...]) -> Plain:
    """Rows of records are a set and sorted; plain sequences (profiles, shares) keep their order."""
    items = [_plain(item) for item in value]
    if len(items) > 1 and dataclasses.is_dataclass(value[0]):
        items.sort(key=SORTED.encode)
    return items
