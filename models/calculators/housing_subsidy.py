"""housing_subsidy: renewal of old neighbourhoods by tasks, hardship and performance (财综〔2024〕15号)."""

from __future__ import annotations

from fractions import Fraction

from models.calculator import Calculation, Calculator, Setting, Settings, Share, leaves, split
from models.case import Case, Region

TASKS = ("面积", "户数", "楼栋", "小区")


def compute(case: Case, total: int, settings: Settings) -> Calculation:
    """S·80 %·Σ_f w_f·n·d/Σ(n·d) + S·20 %·(score·task)/Σ(score·task)."""
    regions = leaves(case, lambda r: bool(r.factors.tasks))
    if not regions:
        return Calculation(problems=("地区表没有填 改造任务:面积、户数、楼栋、小区 列，补助资金无法测算",))
    weights = {task: settings[f"权重:{task}"] for task in TASKS}
    problems = [
        f"地区表的 改造任务:{task} 全为空或 0，却占权重；填写，或把 权重:{task} 设为 0"
        for task in TASKS
        if weights[task] and not any(_task(r, task) for r in regions)
    ]
    if sum(weights.values()) != 1:
        problems.append(f"四项权重合计 {float(sum(weights.values()) * 100):g} %，应为 100 %")
    scored = [r.factors.performance or Fraction(0) for r in regions]
    reward = 1 - settings["任务占比"]
    if reward and not any(scored):
        problems.append("任务占比不足 100 %，地区表却没有填 绩效得分；填写，或把 任务占比 设为 100%")
    if problems:
        return Calculation(problems=tuple(problems))
    hard = [_index(regions, weights, r, hardship=True) for r in regions]
    plain = [_index(regions, weights, r, hardship=False) for r in regions]
    score_task = [s * t for s, t in zip(scored, plain, strict=True)]
    by_score = [st / sum(score_task) if any(score_task) else Fraction(0) for st in score_task]
    exact = [settings["任务占比"] * h + reward * s for h, s in zip(hard, by_score, strict=True)]
    caps = [r.factors.asked if settings["不超过申请额"] else None for r in regions]
    amounts = split(total, exact, caps)
    return Calculation(
        tuple(
            Share(r.name, amount, r.factors.asked, (("任务份额（计困难）", h), ("绩效份额", s), ("合成份额", e)))
            for r, amount, h, s, e in zip(regions, amounts, hard, by_score, exact, strict=True)
        ),
        total - sum(amounts),
    )


def _task(region: Region, task: str) -> Fraction:
    return dict(region.factors.tasks).get(task, Fraction(0))


def _index(regions: list[Region], weights: dict[str, Fraction], region: Region, hardship: bool) -> Fraction:
    """The region's share of the tasks: each kind by its weight, times hardship where it counts."""
    total = Fraction(0)
    for task, weight in weights.items():
        every = sum((_task(r, task) * (r.people.hardship if hardship else 1) for r in regions), Fraction(0))
        if every:
            total += weight * _task(region, task) * (region.people.hardship if hardship else 1) / every
    return total


CALCULATOR = Calculator(
    id="housing_subsidy",
    title="老旧小区改造补助资金",
    source="财综〔2024〕15号：80 % 按任务量与财政困难程度，20 % 按绩效；四项权重 40/40/10/10 见 2019 年办法，2024 年版未见（待核实）",
    formula="S_r = S·80 %·Σ_f w_f·n_rf·d_r/Σ_q n_qf·d_q + S·20 %·绩效_r·任务_r/Σ_q 绩效_q·任务_q；f ∈ 面积、户数、楼栋、小区；d 困难系数",
    settings=(
        Setting("任务占比", "80%", "%"),
        *(Setting(f"权重:{t}", v, "%", "待核实") for t, v in zip(TASKS, ("40%", "40%", "10%", "10%"), strict=True)),
        Setting("不超过申请额", "0", "1 是 0 否"),
    ),
    columns=("改造任务:面积", "改造任务:户数", "改造任务:楼栋", "改造任务:小区", "困难系数", "绩效得分", "申请额"),
    example="总额 1,000 万元，两县各项任务都是 3:1，困难系数都为 1，绩效 80 与 80：各份额 75 % 与 25 %，分得 750.00 与 250.00；"
    "乙县困难系数为 3 时任务份额 50 % 与 50 %，分得 400 + 150 = 550.00 与 400 + 50 = 450.00。",
    compute=compute,
)
