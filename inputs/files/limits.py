"""Limits against oversized and hostile workbooks; each may be set by an environment variable."""

import os
from dataclasses import dataclass, fields

PROTECTED, NOT_TEXT, NOT_WRITTEN = 3, 4, 5
"""Exit codes of the child process: the workbook asks for a password; the bytes are no text we know; no place to write."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What a workbook may be at most. Set FUNDOPT_MAX_MEGABYTES and so on to change one."""

    megabytes: int = 20
    unpacked_megabytes: int = 300
    ratio: int = 200
    rows: int = 50_000
    columns: int = 2_000
    cells: int = 3_000_000
    sheets: int = 60
    seconds: int = 60
    memory_megabytes: int = 2_000

    @staticmethod
    def from_environment() -> "FileLimits":
        """The limits with what the environment sets; unreadable values are ignored."""
        given = {f.name: os.environ.get(f"FUNDOPT_MAX_{f.name.upper()}", "") for f in fields(FileLimits)}
        return FileLimits(**{name: int(value) for name, value in given.items() if value.isdigit() and int(value)})
