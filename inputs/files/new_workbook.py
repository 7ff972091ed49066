"""A workbook to be written: texts stay texts, and what goes wrong with the file is an OSError like any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError


@contextmanager
def new_workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """The workbook, written when the block ends. Raises OSError when the file cannot be written."""
    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            yield book
    except FileCreateError as error:
        cause = error.args[0] if error.args else None
        raise OSError(getattr(cause, "errno", None), str(error), str(path)) from error
