"""The columns of longdong that the rules of debt, people and land speak of; all invented, from a seed of its own.

Tenors are those that may be issued; everything else – revenue, rates, documents, debt, settled people, land –
is drawn and labelled 示例数据（金额为虚构）.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from inputs.template import SheetData

NOTE = "示例数据（金额为虚构）"
SEED = 20260302
FIRST = 2026
Row = tuple[object, ...]

REVENUE = {
    "老旧小区改造": (10, 45), "棚户区改造": (90, 170), "城市更新片区": (80, 150), "燃气管网": (60, 130), "供水供热管网": (60, 130),
    "排水防涝": (0, 20), "污水垃圾处理": (60, 130), "公共服务设施": (10, 80), "市政道路": (0, 15), "产业配套": (90, 190),
    "公园生态": (0, 8), "文物文旅": (0, 40), "铁路机场": (40, 110), "干线公路": (10, 60), "农村公路": (0, 0),
}  # fmt: skip
"""Net revenue over the life of the debt, in percent of the total cost."""
LAND = {
    "棚户区改造": 40, "城市更新片区": 45, "污水垃圾处理": 30, "公共服务设施": 18, "市政道路": 22, "产业配套": 60, "公园生态": 25,
    "铁路机场": 160, "干线公路": 120, "农村公路": 0,
}  # fmt: skip
"""Typical new construction land of a project in 亩."""
PROJECT_HEADINGS = (
    f"其中资本金已到位(万元){NOTE}", f"净收益(万元){NOTE}", f"分年补助:2030(万元){NOTE}", f"债券期限{NOTE}", f"债券利率{NOTE}",
    f"存量债券本息(万元){NOTE}", f"新增建设用地(亩){NOTE}", f"手续:立项{NOTE}", f"手续:用地{NOTE}", f"手续:规划{NOTE}", f"手续:环评{NOTE}",
    f"手续:事前绩效评估{NOTE}", f"审核结果{NOTE}", f"负面清单{NOTE}", f"建成年份{NOTE}", f"管材{NOTE}",
)  # fmt: skip
MATERIALS = {
    "燃气管网": ("灰口铸铁", "钢管"),
    "供水供热管网": ("石棉管", "钢管"),
    "排水防涝": ("平口混凝土", "混凝土管"),
}


def project_cells(key: str, category: str, network: bool, total: int, received: int, ongoing: bool, sure: bool) -> Row:
    """The policy columns of one project; ``sure`` projects have papers, revenue and old pipes for certain.

    ``network`` says that the project renews pipes of one known kind.
    """
    dice = random.Random(f"{SEED}:{key}")
    low, high = REVENUE[category]
    revenue = round(total * dice.uniform(low, high) / 100, -1)
    if sure:
        revenue = max(revenue, round(total * 0.9, -1))
    topup = round(total * dice.uniform(0.03, 0.1), -1) if dice.random() < 0.12 and revenue else None
    tenor = dice.choice((7, 10, 10, 15, 15, 20))
    rate = f"{dice.choice((2.1, 2.3, 2.5, 2.7))}%"
    old = (
        round(received * dice.uniform(0.2, 0.6), -1)
        if ongoing and dice.random() < 0.4 and revenue > total * 0.5
        else None
    )
    land = round(LAND.get(category, 0) * dice.uniform(0.2, 1.6), 1) if not ongoing else 0
    held = ["是" if ongoing or sure or dice.random() < odds else "否" for odds in (0.99, 0.96, 0.97, 0.97, 0.93)]
    review = None if ongoing else "通过" if sure or dice.random() < 0.9 else dice.choice(("待审", "未通过"))
    built = material = None
    if network:
        built, material = dice.randint(1975, 2009), dice.choice(MATERIALS[category])
        built = 1975 if sure else built
    return (
        round(received * 0.6, -1) or None, int(revenue) or None, topup, tenor, rate, old, land or None, *held, review,
        "否", built, material,
    )  # fmt: skip


NEGATIVE = frozenset({"S100", "S102", "S145"})
"""Trade halls and towers that the table of policy.md marks as competitive business."""


def with_negative(key: str, cells: Row) -> Row:
    """The cells with 负面清单 = 是 for the commercial buildings."""
    if key not in NEGATIVE:
        return cells
    place = [h.startswith("负面清单") for h in PROJECT_HEADINGS].index(True)
    return (*cells[:place], "是", *cells[place + 1 :])


# ---- regions

REGION_HEADINGS = (
    *(f"新增落户:{tier}:{year}{NOTE}" for year in (2024, 2025) for tier in ("跨省", "省内", "本市")), f"随迁子女{NOTE}", f"成本系数{NOTE}", f"困难系数{NOTE}",
    f"综合财力(万元){NOTE}", f"政府性基金财力(万元){NOTE}", f"专项债务限额(万元){NOTE}", f"专项债务余额(万元){NOTE}",
    f"到期本金:2027(万元){NOTE}", f"到期本金:2029(万元){NOTE}", f"风险等级{NOTE}", f"申请额(万元){NOTE}", f"上年新增额(万元){NOTE}",
    f"重大项目支出(万元){NOTE}", f"绩效得分{NOTE}", f"人均城镇建设用地{NOTE}", f"用地指标(亩){NOTE}", f"存量处置率{NOTE}",
    f"增减挂钩节余(亩){NOTE}", f"海拔{NOTE}", f"改造任务:面积{NOTE}", f"改造任务:户数{NOTE}", f"改造任务:楼栋{NOTE}", f"改造任务:小区{NOTE}",
)  # fmt: skip
DECLINING = frozenset({"华池县", "灵台县"})
MAGNETS = {"西峰区": 3.2, "崆峒区": 3.0, "华亭市": 1.4}
GRADES = {"西峰区": "黄", "崆峒区": "黄", "华亭市": "橙", "庆城县": "橙", "庆阳市本级": "黄", "平凉市本级": "黄"}


def region_cells(name: str, people: int, money: float) -> Row:
    """Policy columns of a county; ``people`` its residents, ``money`` the special bonds of the case."""
    dice = random.Random(f"{SEED}:{name}")
    pull = MAGNETS.get(name, 1.0)
    settled = [
        round(people * pull * rate * dice.uniform(0.7, 1.3) / 1000) for _ in (2024, 2025) for rate in (0.05, 0.16, 0.48)
    ]
    share = people / 4_000_000 * (1.4 if pull > 1 else 1.0)
    limit = round(money * share * 12, -2)
    room = round(money * share * dice.uniform(0.8, 1.5), -2)
    return (
        *settled, round(sum(settled) * 0.15), round(dice.uniform(0.9, 1.1), 2), round(dice.uniform(0.9, 1.2), 2), round(limit * 0.6, -2), round(limit * 0.15, -2),
        limit, limit - room, round(room * 0.15, -1), round(room * 0.1, -1), GRADES.get(name, "绿"), round(room * 1.3, -2),
        round(room * 0.5, -2), round(room * dice.uniform(0.2, 0.6), -2), dice.randint(72, 96), dice.randint(92, 165),
        round(people / 26000 * dice.uniform(0.7, 1.2), 1), dice.choice(("100%", "85%", "100%")), round(dice.uniform(0, 25), 1),
        dice.randint(1050, 1700), dice.randint(6, 40), dice.randint(700, 4000), dice.randint(20, 120), dice.randint(4, 24),
    )  # fmt: skip


def own_level_cells(name: str, money: float) -> Row:
    """Policy columns of a prefecture's own level: debt only."""
    blank: list[object] = [None] * len(REGION_HEADINGS)
    limit = round(money * 1.6, -2)
    for heading, value in (
        ("专项债务限额", limit), ("专项债务余额", round(limit - money * 0.25, -2)), ("风险等级", GRADES[name]), ("用地指标", 320),
    ):  # fmt: skip
        blank[next(i for i, h in enumerate(REGION_HEADINGS) if h.startswith(heading))] = value
    return tuple(blank)


def moves_sheet() -> SheetData:
    """People who move to the two city districts and bring land with them."""
    rows = (
        ("环县", "西峰区", 420, None), ("镇原县", "西峰区", 380, 100), ("宁县", "西峰区", 300, None), ("庄浪县", "崆峒区", 360, 100),
        ("静宁县", "崆峒区", 300, None), ("泾川县", "崆峒区", 180, None),
    )  # fmt: skip
    return SheetData("迁移", ("迁出地区", "迁入地区", f"人数{NOTE}", f"带地标准{NOTE}"), rows)


def slices_sheet(fund: str, limits: list[float]) -> SheetData:
    """Housing money by part: 老旧小区 and 棚户区 of each prefecture, each year of the plan."""
    rows = []
    for year, limit in enumerate(limits):
        for city, part in (("庆阳市", 0.55), ("平凉市", 0.45)):
            for category, share in (("老旧小区改造", 0.7), ("棚户区改造", 0.3)):
                rows.append((fund, city, FIRST + year, round(limit * part * share, -1), category))
    return SheetData("切块", ("资金", "地区", "年度", f"额度(万元){NOTE}", "类别"), tuple(rows))


def category_rows(groups: Mapping[str, str]) -> SheetData:
    """Marks of every category."""
    floors = {"铁路机场": "20%", "干线公路": "20%"}
    lower = {"燃气管网", "供水供热管网", "排水防涝", "污水垃圾处理", "公共服务设施"}
    capital = {"燃气管网", "供水供热管网", "污水垃圾处理", "铁路机场", "干线公路", "产业配套"}
    renewal = {"老旧小区改造", "棚户区改造", "城市更新片区", "燃气管网", "供水供热管网", "排水防涝"}
    safety = {"燃气管网", "供水供热管网", "排水防涝"}
    people = {"老旧小区改造", "棚户区改造", "公共服务设施", "污水垃圾处理"}

    def mark(name: str, names: set[str]) -> str:
        return "是" if name in names else "否"

    rows = tuple(
        (
            name,
            group,
            floors.get(name, "15%" if name in lower else "20%"),
            *(mark(name, s) for s in (capital, renewal, safety, people)),
        )
        for name, group in groups.items()
    )
    return SheetData("类别", ("类别", "大类", "资本金下限", "债券可作资本金", "改造类", "安全类", "民生类"), rows)


def rule_rows(bond: str, central: str) -> tuple[Row, ...]:
    """Rows of 规则 for the policy rules: rule, scope, parameter, value, 刚性, 罚分, source."""
    practice, assumed, open_figure = "评审惯例（待核实）", "假设", "比例待核实"
    return (
        ("coverage", None, "倍数", 1.2, None, None, practice),
        ("bond_as_capital", None, "上限占比", "30%", None, None, "国办发〔2024〕52号"),
        ("risk_grade", None, "橙", 0.8, None, None, open_figure),
        ("risk_grade", None, "红", 0, None, None, open_figure),
        ("age_material", None, "年限:燃气", 20, None, None, "国办发〔2022〕22号"),
        ("pace", None, "系数", 0.9, None, None, open_figure),
        ("key_province", None, "民生类别", "供水供热管网,燃气管网,公共服务设施", None, None, "默认停用（待核实）"),
        ("decline_cap", "标签=人口流失县", "上限占比", "4%", None, None, "青政〔2024〕48号（三）；比例为假设"),
        ("people_money", None, "偏差", "40%", "弹性", 0.2, "甘政发〔2024〕57号（五）；比例为假设"),
        ("people_money", None, "权重:跨省", 1.5, "弹性", 0.2, open_figure),
        ("people_money", None, "权重:省内", 1.2, "弹性", 0.2, open_figure),
        ("people_money", None, "退坡:1", 1, "弹性", 0.2, open_figure),
        ("people_money", None, "退坡:2", 0.6, "弹性", 0.2, open_figure),
        ("people_land", None, "人均标准", "国家", None, None, "国土资发〔2016〕123号"),
        ("people_land", None, "处置奖励", "10%", None, None, open_figure),
        ("people_land", None, "处置核减", "20%", None, None, open_figure),
        ("land_priority", "类别=公共服务设施,棚户区改造", "下限占比", "12%", None, None, assumed),
        (
            "fund_share",
            f"资金={central};类别=燃气管网,供水供热管网,排水防涝",
            "分地区类",
            "是",
            None,
            None,
            "发改投资规〔2022〕910号（文号待核实）",
        ),
        ("fund_share", f"资金={bond};类别=产业配套", "上限占比", "80%", None, None, assumed),
    )
