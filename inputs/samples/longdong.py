"""longdong: 庆阳 and 平凉, five years, six funds, the projects that the two city plans name.

Names, places, quantities and populations are real (``data/``, with document and clause); every amount,
score and year is drawn from a fixed seed and labelled 示例数据（金额为虚构）. City-wide totals (663 小区,
2,809 公里 …) are split into county batches by population; no project stands twice.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import resources

from inputs.case.projects import network_of
from inputs.samples import longdong_policy as policy
from inputs.template import SheetData
from models.rules.tag_share import POTENTIAL_PEOPLE
from models.units import split_even, split_whole

NOTE = "示例数据（金额为虚构）"
SEED = 20260301
FIRST, YEARS, NEED_YEARS = 2026, 5, 9
BOND, CENTRAL, HOUSING, SETTLED, PROVINCE, LOCAL = (
    "地方政府专项债券", "中央预算内投资", "保障性安居工程补助", "市民化奖励资金", "省预算内投资", "市县财政资金",
)  # fmt: skip
FUNDS = (BOND, CENTRAL, HOUSING, SETTLED, PROVINCE, LOCAL)
FUND_SHARES = {BOND: 0.42, CENTRAL: 0.2, HOUSING: 0.07, SETTLED: 0.06, PROVINCE: 0.14, LOCAL: 0.11}
YEAR_SHARES = (0.24, 0.23, 0.21, 0.18, 0.14)
ASKED_OVER = 3.7
"""How many times the needs exceed the limits."""
POTENTIAL_URBANISATION = 0.5223


@dataclass(frozen=True, slots=True)
class Kind:
    """A category: group, shares of eligible cost by fund (percent), range of totals, unit price, duration."""

    group: str
    shares: tuple[int, int, int, int, int, int]
    low: int
    high: int
    duration: tuple[int, int]
    scores: tuple[int, int, int]


KINDS = {
    "老旧小区改造": Kind("老旧小区改造", (50, 60, 80, 40, 30, 20), 900, 5200, (1, 2), (70, 88, 40)),
    "棚户区改造": Kind("老旧小区改造", (70, 40, 60, 30, 20, 20), 6000, 22000, (2, 3), (72, 84, 52)),
    "城市更新片区": Kind("老旧小区改造", (80, 30, 0, 30, 30, 20), 8000, 26000, (2, 4), (52, 66, 70)),
    "燃气管网": Kind("管网更新", (70, 60, 0, 20, 40, 20), 1500, 9000, (1, 2), (92, 74, 38)),
    "供水供热管网": Kind("管网更新", (80, 60, 0, 20, 40, 20), 1800, 12000, (1, 3), (84, 82, 42)),
    "排水防涝": Kind("管网更新", (30, 80, 0, 20, 60, 40), 1600, 9500, (1, 3), (90, 70, 36)),
    "污水垃圾处理": Kind("县城设施", (80, 50, 0, 20, 30, 20), 2500, 15000, (1, 3), (70, 68, 44)),
    "公共服务设施": Kind("县城设施", (60, 70, 0, 60, 40, 30), 1500, 14000, (1, 3), (50, 90, 50)),
    "市政道路": Kind("县城设施", (30, 30, 0, 40, 60, 50), 1200, 9000, (1, 2), (46, 62, 58)),
    "产业配套": Kind("县城设施", (90, 30, 0, 10, 30, 20), 2500, 18000, (1, 3), (30, 44, 88)),
    "公园生态": Kind("县城设施", (30, 50, 0, 30, 50, 40), 800, 6000, (1, 2), (34, 58, 34)),
    "文物文旅": Kind("其他", (40, 50, 0, 10, 50, 30), 600, 6500, (1, 2), (28, 42, 62)),
    "铁路机场": Kind("交通连接", (80, 50, 0, 0, 40, 20), 9000, 42000, (3, 5), (44, 60, 90)),
    "干线公路": Kind("交通连接", (60, 60, 0, 0, 50, 20), 6000, 26000, (2, 4), (56, 64, 82)),
    "农村公路": Kind("交通连接", (0, 60, 0, 20, 60, 40), 900, 6500, (1, 2), (66, 76, 40)),
}

CATEGORY_BY_WORD = (
    ("老旧小区", "老旧小区改造"), ("棚户区", "棚户区改造"), ("保障性住房", "棚户区改造"), ("成片改造", "城市更新片区"),
    ("综合开发", "城市更新片区"), ("燃气", "燃气管网"), ("供水", "供水供热管网"), ("供热", "供水供热管网"),
    ("排水", "排水防涝"), ("水利", "排水防涝"), ("污水", "污水垃圾处理"), ("垃圾", "污水垃圾处理"),
    ("生态环保", "污水垃圾处理"), ("医疗", "公共服务设施"), ("社会福利", "公共服务设施"), ("文化设施", "公共服务设施"),
    ("应急", "公共服务设施"), ("智慧城市", "公共服务设施"), ("重点镇", "公共服务设施"), ("市政道路", "市政道路"),
    ("特色小镇", "文物文旅"), ("文旅", "文物文旅"), ("文物", "文物文旅"), ("公园", "公园生态"), ("生态修复", "公园生态"),
    ("铁路", "铁路机场"), ("机场", "铁路机场"), ("高速", "干线公路"), ("国省干线", "干线公路"), ("连接线", "干线公路"),
    ("农村公路", "农村公路"),
)  # fmt: skip
LEFT_OUT = {
    "S060": "与 S152 同一项目", "S115": "与 S110–S113 重叠", "S206": "跨省方向，没有单列项目", "S077": "企业投资的新能源",
    "S174": "企业投资的基站", "S244": "争取中的国家布局",
}  # fmt: skip
SPLIT = {
    "S001": 2,
    "S086": 1,
    "S087": 1,
    "S170": 1,
    "S171": 1,
    "S172": 1,
    "S173": 1,
    "S085": 1,
    "S007": 1,
    "S008": 1,
    "S176": 1,
}
SHARED = {
    "S152": (("崆峒区", 30), ("西峰区", 30), ("泾川县", 20), ("镇原县", 20)),
    "S061": (("西峰区", 40), ("合水县", 30), ("华池县", 30)),
    "S155": (("静宁县", 55), ("崆峒区", 45)),
    "S068": (("西峰区", 55), ("镇原县", 45)),
    "S066": (("西峰区", 60), ("合水县", 40)),
    "S161": (("灵台县", 40), ("崇信县", 30), ("华亭市", 30)),
    "S162": (("镇原县", 50), ("崆峒区", 50)),
    "S119": (("崇信县", 50), ("华亭市", 50)),
    "S166": (("崆峒区", 60), ("泾川县", 40)),
    "S065": (("合水县", 50), ("华池县", 50)),
    "S164": (("崆峒区", 50), ("灵台县", 50)),
    "S023": (("庆城县", 25), ("环县", 25), ("华池县", 25), ("合水县", 25)),
    "S136": (("崆峒区", 40), ("泾川县", 30), ("静宁县", 30)),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One project of the sample before amounts are drawn."""

    key: str
    name: str
    region: str
    category: str
    quantity: int
    unit: str
    source: str


def _read(name: str) -> list[dict[str, str]]:
    text = resources.files("inputs.samples").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _category(row: dict[str, str]) -> str:
    return next((kind for word, kind in CATEGORY_BY_WORD if word in row["category"]), "产业配套")


def _named_rows(regions: list[dict[str, str]]) -> Iterator[Row]:
    """Named projects, city totals split into county batches."""
    for row in _read("named_projects.csv"):
        if row["id"] in LEFT_OUT:
            continue
        source = f"{row['document']} {row['clause']}"
        number = re.match(r"\d+", row["quantity"])
        quantity, unit = int(number.group()) if number else 1, re.split("[（(]", row["unit"])[0]
        base = Row(row["id"], row["name"], "", _category(row), quantity, unit, source)
        if row["id"] in SPLIT:
            yield from _batches(base, [r for r in regions if r["city"] == row["city"]], SPLIT[row["id"]])
        else:
            yield replace(base, region=_county(row, regions))


def _batches(base: Row, counties: list[dict[str, str]], rounds: int) -> Iterator[Row]:
    people = [int(r["resident_population_2020"]) for r in counties]
    amounts = split_whole(base.quantity, people) if base.quantity >= len(counties) else tuple(1 for _ in counties)
    for county, amount in zip(counties, amounts, strict=True):
        for batch, part in enumerate(split_whole(amount, [1] * rounds), start=1):
            word = f"（{'一二三'[batch - 1]}批）" if rounds > 1 else ""
            yield replace(base, key=f"{base.key}-{county['code'][2:]}-{batch}", region=county["name"], quantity=part,
                          name=f"{county['name']}{base.name.replace('（十四五合计）', '')}{word}")  # fmt: skip


def _county(row: dict[str, str], regions: list[dict[str, str]]) -> str:
    """The county that the plan names first; else the city's own level."""
    if row["id"] in SHARED:
        return ""
    for region in sorted(regions, key=lambda r: row["county"].find(r["name"]) if r["name"] in row["county"] else 99):
        if region["name"] in row["county"] and region["city"] == row["city"]:
            return region["name"]
    return f"{row['city'][:2]}市本级"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A project with its invented numbers."""

    row: Row
    total: int
    received: int
    ongoing: bool
    start: int
    latest: int | None
    duration: int
    scores: tuple[int, int, int]
    least_fill: int | None


def _draw(row: Row, dice: random.Random) -> Drawn:
    kind = KINDS[row.category]
    spread = dice.betavariate(1.3, 3.2)
    total = round(kind.low + (kind.high - kind.low) * spread, -1)
    ongoing = dice.random() < 0.16 or row.key in COMMITTED
    duration = dice.randint(*kind.duration)
    start = FIRST if ongoing else dice.choice((FIRST, FIRST, FIRST, FIRST + 1, FIRST + 1, FIRST + 2, FIRST + 3))
    latest = start + 1 if not ongoing and dice.random() < 0.45 else None
    scores = tuple(max(5, min(100, round(dice.gauss(mean, 11)))) for mean in kind.scores)
    received = round(total * dice.uniform(0.2, 0.5), -1) if ongoing else 0
    least = dice.choice((50, 60, 70)) if dice.random() < 0.07 and not ongoing and row.key not in SHARED else None
    return Drawn(row, int(total), int(received), ongoing, start, latest, duration, scores, least)  # type: ignore[arg-type]


def sheets() -> list[SheetData]:
    """The sheets of the case workbook."""
    dice = random.Random(SEED)
    regions = _read("regions_longdong.csv")
    drawn = [_draw(row, dice) for row in _named_rows(regions)]
    ids = {d.row.key: f"L{number:03d}" for number, d in enumerate(drawn, start=1)}
    open_need = sum(d.total - d.received for d in drawn)
    return [
        _project_sheet(drawn, ids, regions),
        _fund_sheet(open_need),
        _eligibility_sheet(),
        policy.category_rows({name: kind.group for name, kind in KINDS.items()}),
        _region_sheet(regions, open_need),
        policy.moves_sheet(),
        policy.slices_sheet(HOUSING, _limits(HOUSING, open_need)),
        _scheme_sheet(drawn, ids),
        _partner_sheet(ids),
        _target_sheet(drawn),
        _rule_sheet(),
        SheetData(
            "设置",
            ("名称", "值"),
            (
                ("案例名称", "陇东 2026–2030 年资金统筹（示例数据，金额为虚构）"), ("起始年", FIRST), ("年数", YEARS),
                ("优化目标", "加权"), ("权重:安全", 0.35), ("权重:民生", 0.4), ("权重:带动", 0.25), ("贴现率", "3%"), ("时限秒", 60),
                ("全省城镇化率", "52.23%"),
            ),
        ),
    ]  # fmt: skip


# ---- sheets

EXCLUSIVE = {"S103": "天门塬路网", "S104": "天门塬路网", "S160": "平凉高速北通道", "S164": "平凉高速北通道", "S058": "庆阳通用机场", "S059": "庆阳通用机场", "S157": "平凉通用机场", "S158": "平凉通用机场", "S159": "平凉通用机场", "S237": "静宁特色小镇", "S240": "静宁特色小镇"}  # fmt: skip
BUNDLES = {"S002": "西峰老城片区", "S003": "西峰老城片区", "S088": "崆峒棚改片区", "S089": "崆峒棚改片区", "S126": "静宁县城管网", "S127": "静宁县城管网"}  # fmt: skip
BEFORE = {"S146": "S108", "S147": "S110", "S165": "S156", "S245": "S067", "S091": "S090", "S121": "S123"}
COMPANIONS = {
    "S024": "西峰城区燃气管网物联感知",
    "S118": "崆峒中心城区燃气管网物联感知",
    "S125": "庄浪县供热管网物联感知",
}
MUST = {"S030", "S129"}
BANNED = {"S102"}
FIXED = {"S129": (CENTRAL, ">=600")}
COMMITTED = {"S057": (BOND, 500)}
HEADINGS = (
    "项目编号", "项目名称", "地区", "类别", "建设性质", f"总投资(万元){NOTE}", f"已到位资金(万元){NOTE}", f"建安投资(万元){NOTE}",
    "非经营单位部分(%)", f"最早开工{NOTE}", f"最晚开工{NOTE}", f"建设周期{NOTE}", "安排方式", "最低满足率(%)", f"自筹承诺(万元){NOTE}",
    f"评分:安全{NOTE}", f"评分:民生{NOTE}", f"评分:带动{NOTE}", "产出:小区(个)", "产出:道路(公里)", "产出:住房(套)", "产出:设施(项)", "状态", "互斥组",
    "捆绑组", "同步主项目", "前置项目", *policy.PROJECT_HEADINGS, *(f"需求:{year}(万元){NOTE}" for year in range(FIRST, FIRST + NEED_YEARS)), f"固定安排:{CENTRAL}:2026(万元){NOTE}", f"已安排:{BOND}:2026(万元){NOTE}", "主管部门", "备注",
)  # fmt: skip
DEPARTMENTS = {
    "老旧小区改造": "住建局",
    "管网更新": "住建局",
    "县城设施": "发改委",
    "交通连接": "交通运输局",
    "其他": "文旅局",
}


def _project_sheet(drawn: list[Drawn], ids: dict[str, str], regions: list[dict[str, str]]) -> SheetData:
    rows = [_project_row(d, ids) for d in drawn]
    for number, (main, name) in enumerate(COMPANIONS.items(), start=1):
        lead = next(d for d in drawn if d.row.key == main)
        small = replace(lead, row=replace(lead.row, key=f"IOT{number}", name=name), total=max(80, lead.total // 12 // 10 * 10), received=0, ongoing=False, least_fill=None, scores=(20, 20, 20))  # fmt: skip
        row = list(_project_row(small, {**ids, f"IOT{number}": f"L{len(drawn) + number:03d}"}))
        row[HEADINGS.index("同步主项目")] = ids[main]
        row[HEADINGS.index("备注")] = "甘政发〔2024〕57号（二十七）同步加装物联感知"
        rows.append(tuple(row))
    return SheetData("项目", HEADINGS, tuple(rows))


def _project_row(d: Drawn, ids: dict[str, str]) -> tuple[object, ...]:
    key, kind = d.row.key, KINDS[d.row.category]
    part = d.least_fill is not None
    fixed = FIXED[key][1] if key in FIXED else None
    committed = COMMITTED[key][1] if key in COMMITTED else None
    outputs = _outputs(d)
    return (
        ids[key], d.row.name, d.row.region or None, d.row.category, "续建" if d.ongoing else "新建", d.total, d.received or None,
        round(d.total * 0.9, -1), 80 if kind.group == "管网更新" else 100, d.start, d.latest, d.duration, "部分" if part else "全额",
        d.least_fill, round(d.total * 0.5, -1) if part else None, *d.scores, *outputs,
        "必选" if key in MUST else "禁选" if key in BANNED else None, EXCLUSIVE.get(key), BUNDLES.get(key), None,
        ids[BEFORE[key]] if key in BEFORE else None, *_policy_cells(d), *_needs(d), fixed, committed, DEPARTMENTS[kind.group], d.row.source,
    )  # fmt: skip


def _policy_cells(d: Drawn) -> tuple[object, ...]:
    """Columns of debt, papers, pipes and land."""
    linked = {*BEFORE, *BEFORE.values(), *COMPANIONS, *BUNDLES, *MUST, *FIXED, *COMMITTED}
    sure = d.row.key in linked or d.row.key.startswith("IOT")
    network = network_of(d.row.category, d.row.name) if d.row.category in policy.MATERIALS else ""
    cells = policy.project_cells(d.row.key, d.row.category, bool(network), d.total, d.received, d.ongoing, sure)
    return policy.with_negative(d.row.key, cells)


def _needs(d: Drawn) -> tuple[int | None, ...]:
    """Needs by year in round amounts, the first years taking the remainder."""
    parts = split_even((d.total - d.received) // 10, d.duration)
    row: list[int | None] = [None] * NEED_YEARS
    for offset, part in enumerate(parts):
        row[d.start - FIRST + offset] = part * 10
    return tuple(row)


def _outputs(d: Drawn) -> tuple[int | None, ...]:
    """Quantities that the plans give; a project named without a quantity counts one facility."""
    units = ("个小区", "公里", "套")
    found = [d.row.quantity if d.row.unit == unit else None for unit in units]
    return (*found, None if any(found) else d.row.quantity)


def _fund_sheet(open_need: int) -> SheetData:
    """Limits of all funds, with what counts as capital, must be covered, is under linkage."""
    kinds = {BOND: "专项债券", LOCAL: "自筹"}
    capital = {BOND: "可用作", CENTRAL: "计入", PROVINCE: "计入", LOCAL: "计入"}
    rows = []
    for fund in FUNDS:
        limits = _limits(fund, open_need)
        carries = "是" if fund in (CENTRAL, HOUSING, PROVINCE) else "否"
        nature = "已下达" if fund in (BOND, LOCAL) else "预计"
        step = {BOND: 10, LOCAL: 1}.get(fund)
        marks = (capital.get(fund, "否"), "是" if fund == BOND else "否", "是" if fund in (SETTLED, PROVINCE) else "否")
        rows.append((fund, kinds.get(fund, "补助"), *limits, nature, carries, step, *marks))
    headings = (
        "资金名称", "类型", *(f"额度:{FIRST + t}(万元){NOTE}" for t in range(YEARS)), "额度性质", "可结转",
        f"安排步长(万元){NOTE}", "资本金", "须收益覆盖", "参与挂钩",
    )  # fmt: skip
    return SheetData("资金", headings, tuple(rows))


def _limits(fund: str, open_need: int) -> list[float]:
    """Invented limits of a fund by year."""
    return [round(open_need / ASKED_OVER * FUND_SHARES[fund] * year, -2) for year in YEAR_SHARES]


def _eligibility_sheet() -> SheetData:
    rows = tuple((name, *(f"{s}%" if s else None for s in kind.shares)) for name, kind in KINDS.items())
    return SheetData("资金适用", ("类别", *FUNDS), rows)


def _region_sheet(regions: list[dict[str, str]], open_need: int) -> SheetData:
    bonds, blank = open_need / ASKED_OVER * FUND_SHARES[BOND], (None,) * len(policy.REGION_HEADINGS)
    rows: list[tuple[object, ...]] = [
        ("621000", "庆阳市", None, "市", "西部", None, None, None, *blank),
        ("620800", "平凉市", None, "市", "西部", None, None, None, *blank),
    ]
    for city in ("庆阳市", "平凉市"):
        name = f"{city[:2]}市本级"
        rows.append((None, name, city, "市本级", None, None, None, None, *policy.own_level_cells(name, bonds)))
    for r in regions:
        people, urban = int(r["resident_population_2020"]), float(r["urbanisation_rate_2020"])
        potential = people > POTENTIAL_PEOPLE and urban < POTENTIAL_URBANISATION
        tags = ",".join([r["level"], *(["人口流失县"] if r["name"] in policy.DECLINING else [])])
        floor = round(open_need / ASKED_OVER * FUND_SHARES[PROVINCE] * 0.035, -1) if potential else None
        more = policy.region_cells(r["name"], people, bonds)
        rows.append((r["code"], r["name"], r["city"], "县", tags, people, f"{urban * 100:.2f}%", floor, *more))
    headings = (
        "代码", "名称", "上级", "层级", f"标签{NOTE}", "常住人口", "城镇化率", f"配额下限:{PROVINCE}(万元){NOTE}",
        *policy.REGION_HEADINGS,
    )  # fmt: skip
    return SheetData("地区", headings, tuple(rows))


def _scheme_sheet(drawn: list[Drawn], ids: dict[str, str]) -> SheetData:
    """Two scopes for some renovation batches: 基础类 and 完善类."""
    chosen = [
        d
        for d in drawn
        if d.row.key.startswith("S001") and d.row.key.endswith("-1") and d.least_fill is None and not d.ongoing
    ]
    rows = []
    for d in chosen[:5]:
        basic = round(d.total * 0.6 / 10 / d.duration) * 10 * d.duration
        lean = replace(d, total=basic)
        rows.append((ids[d.row.key], "完善类", d.total, d.row.quantity, *_needs(d)))
        rows.append((ids[d.row.key], "基础类", basic, max(1, round(d.row.quantity * 0.65)), *_needs(lean)))
    needs = (f"需求:{year}(万元){NOTE}" for year in range(FIRST, FIRST + NEED_YEARS))
    return SheetData("方案", ("项目编号", "方案", f"总投资(万元){NOTE}", "产出:小区(个)", *needs), tuple(rows))


def _partner_sheet(ids: dict[str, str]) -> SheetData:
    rows = tuple((ids[key], region, f"{share}%") for key, parts in SHARED.items() for region, share in parts)
    return SheetData("分摊", ("项目编号", "地区", f"比例{NOTE}"), rows)


def _target_sheet(drawn: list[Drawn]) -> SheetData:
    blocks = sum(d.row.quantity for d in drawn if d.row.unit == "个小区")
    roads = sum(d.row.quantity for d in drawn if "公里" in d.row.unit)
    rows = (
        ("小区(个)", "庆阳市", 2028, round(blocks * 0.42)),
        ("道路(公里)", "平凉市", None, round(roads * 0.4)),
        ("设施(项)", "标签=潜力地区", None, 40),
    )
    return SheetData("目标", ("产出", "范围", "年度", f"下限{NOTE}"), rows)


def _rule_sheet() -> SheetData:
    assumed = "假设"
    rows: tuple[tuple[object, ...], ...] = (
        ("region_quota", "地区=庆阳市本级", "上限占比", "8%", None, None, assumed),
        ("region_quota", f"资金={BOND}", "上限占比", "13%", None, None, assumed),
        ("region_quota", f"地区=西峰区;资金={CENTRAL}", "上限占比", "4%", None, None, assumed),
        (
            "category_quota",
            "类别=老旧小区改造",
            "下限占比",
            "8%",
            None,
            None,
            "庆政办发〔2022〕71号 七（一）；比例为假设",
        ),
        ("category_quota", f"类别=铁路机场;资金={BOND}", "上限占比", "12%", None, None, assumed),
        ("category_quota", f"类别=产业配套;资金={BOND}", "上限占比", "16%", None, None, assumed),
        (
            "tag_share",
            "标签=潜力地区",
            "下限占比",
            "52%",
            None,
            None,
            "借用青政〔2024〕48号口径，假设",
        ),
        ("ongoing_first", f"资金={BOND}", "下限占比", "24%", None, None, "国办发〔2024〕52号；比例为假设"),
        ("min_award", f"资金={BOND}", "起拨额", "500万元", None, None, "青政〔2024〕48号（二十）；数额为假设"),
        ("source_count", "类别=公共服务设施", "最多来源", 3, None, None, assumed),
        ("count_cap", "类别=公共服务设施", "最多个数", 8, None, None, assumed),
        ("count_cap", "地区=崆峒区;类别=市政道路", "最多个数", 3, None, None, assumed),
        ("fund_share", f"资金={LOCAL};类别=干线公路", "上限占比", "4%", None, None, assumed),
        ("region_quota", f"地区=平凉市;资金={CENTRAL}", "下限占比", "62%", "弹性", 0.5, assumed),
    )
    more = (*rows, *policy.rule_rows(BOND, CENTRAL))
    headings = ("规则", "启用", "对象", "参数", "值", "刚性", "罚分", "依据")
    switched = ((row[0], "否" if row[0] == "key_province" else None, *row[1:]) for row in more)
    return SheetData("规则", headings, tuple(switched))
