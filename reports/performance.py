"""绩效目标表: for every chosen project the indicators that the case knows; what it does not know is marked."""

from __future__ import annotations

from fractions import Fraction

from models import facts
from models.case import Project, Scheme
from reports.table import Plan, ResultTable, Row, money_column, notes, text_column

TO_FILL = "〔待填〕"
"""Marks what only the project's own bureau can write; the workbook colours it."""
BLANKS = (
    ("产出指标", "质量指标", "验收合格率"),
    ("效益指标", "经济效益", "项目收益或节约"),
    ("效益指标", "社会效益", "受益范围"),
    ("效益指标", "生态效益", "生态环境影响"),
    ("效益指标", "可持续影响", "建成后运行管护"),
    ("满意度指标", "服务对象满意度", "受益群众满意度"),
)


def performance(plan: Plan) -> ResultTable:
    """One row an indicator, project after project, so that the sheet can be read again."""
    columns = (
        text_column("项目编号", 10), text_column("项目名称", 34), text_column("填报单位（盖章）", 16), text_column("项目属性", 9),
        text_column("主管部门及编码", 16), text_column("项目单位", 18), text_column("负责人", 9), text_column("起止时间", 12), money_column("资金总额", total=False),
        text_column("资金构成（万元）", 34), text_column("目标期", 9), text_column("一级指标", 12), text_column("二级指标", 14), text_column("指标内容", 20),
        text_column("指标值", 16), text_column("备注", 12),
    )  # fmt: skip
    rows = [row for choice in plan.allocation.choices for row in _rows(plan, choice.project)]
    words = f"{TO_FILL}由项目单位填写；产出数量按本次安排的比例计算，向下取整"
    return ResultTable("绩效目标表", "项目绩效目标表", columns, tuple(rows), (*notes(plan.case), words))


def _rows(plan: Plan, key: str) -> list[Row]:
    case, project = plan.case, plan.case.project_by_id[key]
    choice = plan.allocation.choice_of[key]
    scheme = project.scheme(choice.scheme)
    assert scheme is not None
    start = case.year_label(choice.start)
    finish = start + (scheme.duration or 1) - 1
    payments = plan.allocation.payments_of.get(key, ())
    by_fund = {f.name: sum(p.amount for p in payments if p.fund == f.name) for f in case.funds}
    parts = "；".join(f"{name} {amount / 100:,.2f}" for name, amount in by_fund.items() if amount)
    head = [
        project.id, project.name, TO_FILL, "延续" if project.ongoing else "新增", project.department or TO_FILL, project.owner or TO_FILL, TO_FILL,
        f"{start}–{finish}", sum(by_fund.values()), parts,
    ]  # fmt: skip
    again = [*head[:9], ""]  # how the money is made up stands once: it would make every row three lines high
    found = _indicators(plan, project, scheme, finish)
    return [[*(again if k else head), *indicator] for k, indicator in enumerate(found)]


def _indicators(plan: Plan, project: Project, scheme: Scheme, finish: int) -> list[Row]:
    fill = facts.fill(plan.case, plan.allocation, plan.allocation.choice_of[project.id])
    found: list[Row] = []
    for name, amount in scheme.outputs:
        label, _, unit = name.partition("(")
        done = amount * fill
        shown = f"{int(done):,}" if amount.denominator == 1 else f"{float(Fraction(int(done * 100), 100)):,.2f}"
        target = f"≥ {shown} {unit.rstrip(')')}".strip()
        if done > 0 and int(done * (1 if amount.denominator == 1 else 100)) == 0:  # a part of one is told as progress
            target = f"完成进度 ≥ {int(fill * 100)} %"
        found.append(["长期", "产出指标", "数量指标", label, target, ""])
    if not scheme.outputs:
        found.append(["长期", "产出指标", "数量指标", TO_FILL, TO_FILL, ""])
    found.append(["长期", "产出指标", "时效指标", "完工年份", f"{finish} 年底前", ""])
    found.append(["长期", "产出指标", "成本指标", "总投资", f"≤ {scheme.total / 100:,.2f} 万元", ""])
    found += [["长期", first, second, content, TO_FILL, ""] for first, second, content in BLANKS]
    found.append(["年度", "产出指标", "数量指标", "当年完成量", TO_FILL, ""])
    return found
