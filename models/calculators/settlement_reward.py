"""settlement_reward: rewards for settled people and for their children's schooling (财预〔2022〕60号)."""

from __future__ import annotations

from fractions import Fraction

from models.calculator import Calculation, Calculator, Setting, Settings, Share, leaves, split
from models.case import Case, Policy, Region
from models.linkage import raw_weight
from models.particulars import TIERS
from models.units import floor_of

FADINGS = 5


def compute(case: Case, total: int, settings: Settings) -> Calculation:
    """The settlement part by weighted people, the schooling part by pupils, both by cost and hardship."""
    regions = leaves(case, lambda r: bool(r.people.settled) or r.people.pupils > 0)
    if not regions:
        return Calculation(problems=("地区表没有填 新增落户 或 随迁子女 列，奖励资金无法测算",))
    policy = Policy(
        "people_money",
        options=(
            *((f"权重:{tier}", str(settings[f"权重:{tier}"])) for tier in TIERS),
            *((f"退坡:{k}", str(settings[f"退坡:{k}"])) for k in range(1, FADINGS + 1)),
        ),
    )
    people = [raw_weight(case, policy, r) for r in regions]
    pupils = [r.people.pupils * r.people.cost * r.people.hardship for r in regions]
    schooling = floor_of(settings["教育占比"] * total)
    problems = []
    if not any(people) and total > schooling:
        problems.append("按给定的权重和退坡，落户人数的权重全为 0，落户奖励无法分配")
    if not any(pupils) and schooling:
        problems.append("教育占比大于 0，地区表却没有填 随迁子女；填写，或把 教育占比 设为 0")
    if problems:
        return Calculation(problems=tuple(problems))
    caps = [r.factors.asked if settings["不超过申请额"] else None for r in regions]
    settled = split(total - schooling, people, [None] * len(regions))
    taught = split(schooling, pupils, [None] * len(regions))
    wanted = [Fraction(a + b) for a, b in zip(settled, taught, strict=True)]
    amounts = split(total, wanted, caps)
    return Calculation(
        tuple(
            Share(
                r.name,
                amount,
                _ask(r),
                (("加权落户", w), ("加权随迁子女", Fraction(p)), ("落户奖励", Fraction(a)), ("教育奖励", Fraction(b))),
            )
            for r, amount, w, p, a, b in zip(regions, amounts, people, pupils, settled, taught, strict=True)
        ),
        total - sum(amounts),
    )


def _ask(region: Region) -> int | None:
    return region.factors.asked


CALCULATOR = Calculator(
    id="settlement_reward",
    title="农业转移人口市民化奖励资金",
    source="财预〔2022〕60号第 1–4 条；每人标准和退坡率未公开（待核实）；教育占比取 2022 年全国 50/400",
    formula="A_r = A落户·w_r/Σw + A教育·e_r/Σe；w_r = 困难·成本·Σ_k 退坡_k·Σ_档 权重·落户；e_r = 随迁子女·成本·困难",
    settings=(
        Setting("教育占比", "12.5%", "%", "待核实"),
        *(Setting(f"权重:{tier}", "1", "倍", "待核实") for tier in TIERS),
        *(Setting(f"退坡:{k}", "1", "倍", "待核实") for k in range(1, FADINGS + 1)),
        Setting("不超过申请额", "0", "1 是 0 否"),
    ),
    columns=("新增落户", "随迁子女", "成本系数", "困难系数", "申请额"),
    example="总额 800 万元，教育占比 12.5 %：落户 700、教育 100。甲县落户 300 人、随迁子女 50，乙县 100 人、50：甲县 525 + 50 = 575.00，乙县 175 + 50 = 225.00。",
    compute=compute,
)
