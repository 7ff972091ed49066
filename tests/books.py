"""Case workbooks for tests, written with openpyxl as a bureau's own file would be."""

from pathlib import Path

from openpyxl import Workbook


def write_book(path: Path, **sheets) -> Path:
    """One sheet per keyword, rows as lists."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


SMALL = {
    "项目": [
        ["项目编号", "项目名称", "总投资", "效益"],
        ["P1", "甲项目", 500, 10],
        ["P2", "乙项目", 400, 9],
        ["P3", "丙项目", 300, 4],
    ],
    "资金": [["资金名称", "额度"], ["债", 800]],
}
