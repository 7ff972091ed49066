"""Results of a quota calculator written into a copy of the user's own workbook, sheet 地区."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from openpyxl import load_workbook

from inputs import clean
from inputs.case.table import Table, read_table
from inputs.files.workbook import load_grids
from inputs.schema import FUNDS, REGIONS
from models.issue import CaseError, Issue
from models.units import MONEY_PER_WAN


def write_quotas(source: Path, target: Path, fund: str, family: str, amounts: Mapping[str, int]) -> None:
    """Write ``amounts`` (0.01 万元 by region) as 配额上限 or 配额下限 of a fund.

    An existing column of that name is overwritten in its own unit, else a column is added. Everything else
    of the workbook stays as openpyxl keeps it (shapes and charts are lost). Raises CaseError when the file
    is no .xlsx or has no 地区 sheet.
    """
    grids = {clean.tidy(g.name): g for g in load_grids(source)}
    funds = read_table(grids.get("资金"), FUNDS)
    names = tuple(r.get("资金名称") for r in funds.records if r.get("资金名称"))
    table = read_table(grids.get("地区"), REGIONS, names)
    if not table.header_row or source.suffix.lower() == ".xls":
        message = "没有可写入的“地区”工作表" if source.suffix.lower() != ".xls" else ".xls 文件不能写回"
        raise CaseError([Issue("write_back", "error", "地区", "", "", message, "存为 .xlsx，并加上“地区”工作表")])
    book = load_workbook(source)
    page = next(sheet for sheet in book.worksheets if clean.tidy(sheet.title) == "地区")
    column, unit = _column(table, family, fund)
    if column is None:
        column, unit = max(h.index for h in table.headers) + 2, "万元"
        page.cell(table.header_row, column, f"{family}:{fund}(万元)")
    for record in table.records:
        amount = amounts.get(record.get("名称"))
        if amount is not None:
            exact = Fraction(amount, MONEY_PER_WAN) / clean.MONEY_UNITS[unit]
            page.cell(record.row, column, float(exact))
    book.save(target)


def _column(table: Table, family: str, fund: str) -> tuple[int | None, str]:
    """Column number (from 1) and money unit of 配额上限:资金, if the sheet has it."""
    for header in table.headers:
        if header.column.name == family and header.parts == (fund,):
            return header.index + 1, header.unit or table.money_unit
    return None, ""
