"""A 项目 sheet asked by the clerk: what is found, by code and cell."""

from inputs.case.read import read_grids
from inputs.files.workbook import Grid


def found(heads: list, *rows: list, code: str, **sheets: list) -> list[tuple[str, str]]:
    """Cell and message of every warning of a code; the first columns 项目编号 and 项目名称 are added."""
    grids = [
        Grid(
            "项目",
            [["项目编号", "项目名称", *heads], *([f"P{k}", row[0], *row[1:]] for k, row in enumerate(rows, start=1))],
        ),
        Grid("资金", [["资金名称", "额度"], ["专项债券", 90000]]),
        Grid("设置", [["名称", "值"], ["起始年", 2025]]),
        *(Grid(name, content) for name, content in sheets.items()),
    ]
    reading = read_grids(grids)
    assert not reading.errors, reading.errors
    return [(i.cell, i.message) for i in reading.issues if i.code == code and i.severity == "warning"]
