"""额度测算表: each region's part, the ask, and the factors it came from."""

from models.calculator import Calculation, Calculator
from models.case import Case
from reports.table import ResultColumn, ResultTable, Row, money_column, notes, text_column

IN_MONEY = ("因素法", "波动区间后", "绩效调整后", "落户奖励", "教育奖励")


def quota_table(case: Case, calculator: Calculator, found: Calculation) -> ResultTable:
    """The result of a calculator; amounts in 万元, totals at the end."""
    steps = [name for name, _ in found.shares[0].parts] if found.shares else []
    columns = (
        text_column("地区", 14),
        money_column("申请额"),
        *(money_column(name) if name in IN_MONEY else ResultColumn(name, "number", 14) for name in steps),
        money_column("测算额度"),
    )
    rows: list[Row] = []
    for share in found.shares:
        values = [round(value) if name in IN_MONEY else value for name, value in share.parts]
        rows.append([share.region, share.ask, *values, share.amount])
    marks = "、".join(s.name for s in calculator.settings if s.mark)
    words = [calculator.source, *([f"待核实的参数：{marks}"] if marks else [])]
    if found.left:
        words.append(f"各地区已到申请额，余 {found.left / 100:,.2f} 万元没有分出")
    return ResultTable("额度测算表", f"{calculator.title}测算表", columns, tuple(rows), (*notes(case), *words))
