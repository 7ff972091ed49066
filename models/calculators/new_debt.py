"""new_debt: quotas of new special debt by factors (财预〔2017〕35号)."""

from __future__ import annotations

from fractions import Fraction

from models.calculator import Calculation, Calculator, Setting, Settings, Share, leaves, split
from models.case import Case, Region

GRADES = ("绿", "黄", "橙", "红")


def compute(case: Case, total: int, settings: Settings) -> Calculation:
    """(F·k1 + M·k2)·ρ held between last year's bounds, adjusted by performance, never above the ask."""
    regions = leaves(case, lambda r: r.factors.fund_revenue is not None)
    if not regions:
        return Calculation(problems=("地区表没有填 政府性基金财力 列，新增专项债务限额无法测算",))
    major = settings["重大项目占比"] * total
    revenue, projects = sum(_revenue(r) for r in regions), sum(r.factors.major or 0 for r in regions)
    problems = []
    if revenue == 0:
        problems.append("各地区政府性基金财力合计为 0，权重无法形成")
    if major and projects == 0:
        problems.append("重大项目占比大于 0，地区表却没有填 重大项目支出")
    if problems:
        return Calculation(problems=tuple(problems))
    first = (total - major) / revenue
    second = major / projects if major else Fraction(0)
    known = [r.factors.performance for r in regions if r.factors.performance is not None]
    mean = sum(known, Fraction(0)) / len(known) if known else Fraction(0)
    rows = [_raw(r, first, second, mean, settings) for r in regions]
    capped = settings["不超过申请额"] != 0
    caps = [r.factors.asked if capped else None for r in regions]
    amounts = split(total, [row[-1][1] for row in rows], caps)
    shares = tuple(
        Share(r.name, amount, r.factors.asked, tuple(row))
        for r, amount, row in zip(regions, amounts, rows, strict=True)
    )
    return Calculation(shares, total - sum(amounts))


def _revenue(region: Region) -> int:
    return region.factors.fund_revenue or 0


def _raw(
    region: Region, first: Fraction, second: Fraction, mean: Fraction, settings: Settings
) -> list[tuple[str, Fraction]]:
    """The steps of one region, in units of 0.01 万元."""
    factors, grade = region.factors, region.debt.grade
    by_factor = _revenue(region) * first + (factors.major or 0) * second
    risk = settings[f"风险系数:{grade}"] if grade in GRADES else Fraction(1)
    held = by_factor * risk
    if factors.last_new is not None:
        low, high = (1 + settings["增幅下限"]) * factors.last_new, (1 + settings["增幅上限"]) * factors.last_new
        held = max(low, min(held, high))
    adjusted = held
    if factors.performance is not None and mean:
        adjusted = max(Fraction(0), held * (1 + settings["绩效调整"] * (factors.performance - mean) / mean))
    return [("因素法", by_factor), ("风险系数", risk), ("波动区间后", held), ("绩效调整后", adjusted)]


CALCULATOR = Calculator(
    id="new_debt",
    title="新增专项债务限额（因素法）",
    source="财预〔2017〕35号第 2、5、6、12、13 条；第 8 条公式和系数未读到正式文本（待核实）",
    formula="Q_r = min(申请额, 按 q_r 分配)；q_r = clip((F_r·k1 + M_r·k2)·ρ_r, (1+增幅下限)·上年, (1+增幅上限)·上年)·(1 + 绩效调整·(得分−均值)/均值)；"
    "k1 = (Q − Q重)/ΣF，k2 = Q重/ΣM；F 政府性基金财力，M 重大项目支出；到申请额的不再增加，余额按 q 再分",
    settings=(
        Setting("重大项目占比", "0", "%", "待核实"),
        *(
            Setting(f"风险系数:{g}", v, "系数", "待核实")
            for g, v in zip(GRADES, ("1", "0.9", "0.7", "0.4"), strict=True)
        ),
        Setting("增幅下限", "-100%", "%", "待核实"),
        Setting("增幅上限", "1000%", "%", "待核实"),
        Setting("绩效调整", "0", "系数", "待核实"),
        Setting("不超过申请额", "1", "1 是 0 否"),
    ),
    columns=("政府性基金财力", "重大项目支出", "风险等级", "上年新增额", "绩效得分", "申请额"),
    example="总额 1,000 万元，甲县财力 600、绿，乙县财力 400、橙（0.7），乙县申请 150：q = 600 与 280；按 q 分为 681.82 与 318.18，"
    "乙县不超过 150.00，余额归甲县：850.00 与 150.00。",
    compute=compute,
)
