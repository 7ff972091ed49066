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

POLICY = {
    "项目": [
        [
            "项目编号",
            "项目名称",
            "地区",
            "类别",
            "总投资",
            "净收益",
            "分年补助:2026",
            "债券期限",
            "债券利率",
            "新增建设用地(亩)",
            "效益",
        ],
        ["P1", "甲县连接线", "甲县", "公路", 1000, 1500, 100, 10, "3%", 50, 10],
    ],
    "资金": [["资金名称", "类型", "额度:2026", "资本金", "须收益覆盖"], ["专项债", "专项债券", 1000, "可用作", "是"]],
    "类别": [["类别", "资本金下限", "债券可作资本金"], ["公路", "20%", "是"]],
    "地区": [["名称", "人均城镇建设用地", "用地指标"], ["甲县", 90, 48], ["乙县", 90, 10]],
    "迁移": [["迁出地区", "迁入地区", "人数"], ["乙县", "甲县", 20]],
    "规则": [["规则", "参数", "值"], ["people_land", "人均标准", "国家"]],
}
"""One road by hand: bonds 1,000, of them 200 as capital (20 %); 1.2 × 1,300 − 1,500 = 60 of top-up; 2 亩 brought along."""
