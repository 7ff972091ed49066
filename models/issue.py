"""One fault or remark about a cell, in words that say what to do."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding at a cell: what is wrong, with which value, and how to mend it; ``file`` for lists of several files.

    ``error`` stops the solve, ``warning`` lets it go on, ``note`` records what was tidied.
    """

    code: str
    severity: Severity
    sheet: str
    cell: str
    value: str
    message: str
    remedy: str
    file: str = ""
    place: str = ""

    @property
    def address(self) -> str:
        """Where to look, such as ``项目!C7``; with the file in front where several are read; ``place`` where given."""
        if self.place:
            return self.place
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return f"{self.file}·{place}" if self.file and self.sheet != self.file else place


class CaseError(Exception):
    """The input cannot be turned into a case; carries every issue found."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__(issues[0].message if issues else "输入有误")
        self.issues = issues
