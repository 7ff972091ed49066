"""The child process that parses one file: prints its cells as JSON and ends.

Run by ``workbook.py`` with limits on memory and time, after the guard. It knows three kinds of file:
zipped workbooks (calamine for values, one pass over the sheet XML for what calamine does not tell),
old workbooks (xlrd) and delimited text.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # the interpreter runs isolated

from inputs.files import old_excel, text_table, zipped

READERS = {"formulas": zipped.formulas, "zip": zipped.sheets, "ole": old_excel.sheets, "text": text_table.sheets}


def main(path: str, what: str) -> None:
    """Print {"kind", "notes", "sheets"}; for ``formulas`` the cells of every sheet by address."""
    sys.stdout.write(json.dumps(READERS[what](path), ensure_ascii=False))


def limit_memory(megabytes: int) -> None:
    """Bound the memory of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))


def _run(arguments: list[str]) -> Any:
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    limit_memory(int(arguments[1]))
    main(arguments[0], arguments[2])


if __name__ == "__main__":
    _run(sys.argv[1:])
