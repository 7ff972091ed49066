"""图表: native charts of the result workbook, drawn from the cells of its tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import xlsxwriter

from reports.charts.look import FUND_COLOURS
from reports.table import ResultTable

SHEET = "图表"
FIRST, HEAD = 3, 2
"""Row of the first record and of the headings, from 0."""


def add_charts(book: xlsxwriter.Workbook, tables: Iterable[ResultTable], funds: tuple[str, ...]) -> None:
    """Four charts on a sheet of their own: by region, fund, category and year."""
    found = {table.name: table for table in tables}
    page = book.add_worksheet(SHEET)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 1)
    regions, kinds, money = found["分地区汇总表"], found["分行业汇总表"], found["分资金来源汇总表"]
    years = tuple(c.name for c in money.columns if c.name.endswith("年安排"))
    charts = (
        _stacked(book, regions, "地区", funds, "分地区安排（万元）"),
        _plain(book, money, "资金", ("额度", "已安排"), "分资金额度与安排（万元）"),
        _plain(book, kinds, "类别", ("申请额", "安排额"), "分行业申请与安排（万元）"),
        _by_year(book, money, years),
    )
    for k, chart in enumerate(charts):
        chart.set_size({"width": 760, "height": 420})
        page.insert_chart(22 * (k // 2), 12 * (k % 2), chart)


def _cells(table: ResultTable, column: str) -> list[Any]:
    index = table.position(column)
    return [table.name, FIRST, index, FIRST + max(1, len(table.rows)) - 1, index]


def _series(table: ResultTable, labels: str, column: str, colour: str) -> dict[str, Any]:
    return {
        "name": [table.name, HEAD, table.position(column)],
        "categories": _cells(table, labels),
        "values": _cells(table, column),
        "fill": {"color": colour},
        "gap": 60,
    }


def _finish(chart: Any, title: str) -> Any:
    font = {"name": "Microsoft YaHei", "size": 9}
    chart.set_title(
        {"name": title, "name_font": {"name": "Microsoft YaHei", "size": 12, "bold": True}, "overlay": False}
    )
    chart.set_x_axis({"num_font": font, "line": {"color": "#5B6776"}})
    chart.set_y_axis(
        {"num_font": font, "num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E3E8EE"}}}
    )
    chart.set_legend({"position": "top", "font": font})
    return chart


def _stacked(book: xlsxwriter.Workbook, table: ResultTable, labels: str, columns: tuple[str, ...], title: str) -> Any:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for k, column in enumerate(columns):
        chart.add_series(_series(table, labels, column, FUND_COLOURS[k % len(FUND_COLOURS)]))
    return _finish(chart, title)


def _plain(book: xlsxwriter.Workbook, table: ResultTable, labels: str, columns: tuple[str, ...], title: str) -> Any:
    chart = book.add_chart({"type": "column"})
    for column, colour in zip(columns, ("#C9CCD1", FUND_COLOURS[0]), strict=True):
        chart.add_series(_series(table, labels, column, colour))
    return _finish(chart, title)


def _by_year(book: xlsxwriter.Workbook, table: ResultTable, years: tuple[str, ...]) -> Any:
    """Years side by side, each stacked by fund: a series is a row of the table."""
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    first, last = table.position(years[0]), table.position(years[-1])
    for k in range(len(table.rows)):
        chart.add_series(
            {
                "name": [table.name, FIRST + k, table.position("资金")],
                "categories": [table.name, HEAD, first, HEAD, last],
                "values": [table.name, FIRST + k, first, FIRST + k, last],
                "fill": {"color": FUND_COLOURS[k % len(FUND_COLOURS)]},
                "gap": 80,
            }
        )
    return _finish(chart, "分年度安排（万元）")
