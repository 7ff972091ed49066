"""What a column of a list can mean: the columns of 项目 in the schema, and a few that only lists have.

A field is written as in the case workbook (``总投资``, ``申报:专项债券:2026``, ``资金来源:自筹``). Headings
lead to fields by name, by synonym, by the group they stand under, or by likeness; only the first three
are certain.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from inputs import clean
from inputs.schema import DOCUMENTS, PROJECTS, Kind

SERIAL, SPAN, RECEIVED, OTHER, UNUSED, PERSONAL = "序号", "建设起止", "到位", "其他金额", "不用", "个人信息"
CERTAIN = 1.0
UNCLEAR = "?"
"""A unit of money that is written but not one of ours, or several at once."""
NAMED, GROUPED, ALIKE = "列名", "列名和上级表头", "列名相近"
UNITS = "千万元|百万元|十万元|万元|亿元|千元|元|%|百分比|年|个月|月|亩|公顷|平方米|m2|万平方米|万m2|公里|千米|km|米|m|户|人|万人|个|栋|套|座|张|处|项|倍|吨/日|万吨/日"
UNIT = re.compile(rf"[(\[](?:单位[:：]?)?({UNITS})[)\]]|(?:单位[:：]?)({UNITS})$|/({UNITS})$")
BRACKET = re.compile(r"[(\[【][^)\]】]*[)\]】]")
MONEY = re.compile(r"(?:千万|百万|十万|万|亿|千|百|十)?[美欧港日韩英加澳]?元|亿|^[(\[]万[)\]]$")
NUMBERING = re.compile(r"^(?:[*★☆#]+|\d{1,2}[.、．]|[(]\d{1,2}[)]|[一二三四五六七八九十]+[、.])")
YEAR = re.compile(r"(20\d\d)(?:年度?)?")
SPECIAL_WORDS = {
    "序号": SERIAL, "序": SERIAL, "no": SERIAL, "no.": SERIAL, "№": SERIAL, "顺序号": SERIAL,
    **dict.fromkeys((
        "建设起止年限", "建设起止时间", "建设起止", "起止年限", "起止时间", "起止年月", "建设年限", "建设期限", "建设时间", "项目起止时间",
        "建设起止年月", "开竣工时间", "计划开竣工时间",
    ), SPAN),
}  # fmt: skip
IGNORED = frozenset(
    ("统一社会信用代码", "收入来源", "形象进度", "施工许可", "节能", "节能审查", "水保", "水土保持", "支付率", "进展情况", "项目进展", "当前进展", "是否入国家重大项目库", "存在问题")
)  # fmt: skip
"""Headings that lists often have and that the allocation has no use for; never amounts."""
FUND_WORDS = (
    ("专项债券", re.compile(r"专项债")),
    ("一般债券", re.compile(r"一般债")),
    ("超长期特别国债", re.compile(r"国债")),
    ("中央预算内投资", re.compile(r"中央预算内|(?<!省)(?<!级)预算内投资|国家(?:投资|资金|补助)")),
    ("中央财政补助", re.compile(r"中央(?!预算内)")),
    ("上级资金", re.compile(r"上级")),
    ("保障性安居工程补助", re.compile(r"安居")),
    ("省级补助", re.compile(r"省(?:级|预算内|财政|补助|里|级补助|级资金)")),
    ("市级资金", re.compile(r"^市(?:级|财政|本级|配套)")),
    ("县级资金", re.compile(r"^[县区](?:级|财政|配套|\(区\)级|区级)|县区配套|县\(区\)(?:级|财政|配套|资金|自筹|补助)")),
    (
        "地方财政资金",
        re.compile(
            r"地方(?:财政|配套|资金|自筹)|市县|(?<!中央)(?<!上级)(?<!省级)财政(?:资金|投资|性资金)|本级财政|^财政$"
        ),
    ),
    ("银行贷款", re.compile(r"贷款|融资")),
    ("自筹", re.compile(r"自筹|自有")),
    ("社会资本", re.compile(r"社会|招商|PPP|民间", re.IGNORECASE)),
)
KINDS_OF_FUND = {
    "专项债券": "专项债券", "一般债券": "一般债券", "超长期特别国债": "特别国债", "银行贷款": "贷款", "自筹": "自筹", "社会资本": "社会资本",
    "县级资金": "自筹", "地方财政资金": "自筹",
}  # fmt: skip
JOINED = re.compile(r"[及和与、/]|以及")
"""Two funds in one column: 中央及省级补助."""
ASKED = re.compile(r"申请|需求|申报|争取|拟发|拟用|请求|额度|拟安排|建议安排|拟使用")
NEEDED = re.compile(r"20\d\d年?度?(?:资金|投资|用款)?(?:总?需求|需要)(?:资金|额|量|数)?")
"""What a project needs in one year, from whatever fund: 2026年需求."""
FUND_LIKE = re.compile(r"(?:补助|补贴|资金|公益金|基金|奖补|债|贷款|投资)$")
"""A fund that is none of the usual ones: 乡村振兴补助."""
RECEIVED_WORDS = re.compile(r"到位|已下达|已发行|已安排|已落实|已拨")
SOURCES = re.compile(r"资金来源|资金构成|投资构成|资金筹措|筹资|筹措|资金组成")
PAPERS = re.compile(r"手续|前期|要件|审批|办理情况")
BY_YEAR = re.compile(r"分年|年度投资|投资计划|各年|年度计划|年度资金")
SCALE = re.compile(r"规模|效益|受益|产出|任务|工程量")
SUM_WORDS = re.compile(r"^(?:合计|小计|总计|总额|总数|计|金额|资金)$")
INVESTMENT = re.compile(r"总?投资|估算|概算")
OUTPUTS = (
    (re.compile(r"户数$|^.{0,4}户$"), "户"), (re.compile(r"栋数?$"), "栋"), (re.compile(r"小区(?:个数|数量?)?$"), "个"),
    (re.compile(r"建筑面积|改造面积"), "万平方米"), (re.compile(r"长度|里程|公里数"), "公里"), (re.compile(r"人口|人数|受益"), "人"),
    (re.compile(r"床位"), "张"), (re.compile(r"学位"), "个"), (re.compile(r"车位"), "个"),
)  # fmt: skip
PAPER_WORDS = {
    "立项": re.compile(r"立项|可研|备案|核准|项目建议书|批复文号"),
    "用地": re.compile(r"用地"),
    "规划": re.compile(r"规划"),
    "环评": re.compile(r"环评|环境影响"),
    "事前绩效评估": re.compile(r"绩效"),
}
START, FINISH = (
    re.compile(r"^(?:计划|拟|实际|预计)?(?:开工|开始|起|起始|开工年月)(?:时间|年份?|日期|年月)?$"),
    re.compile(r"^(?:计划|拟|实际|预计)?(?:竣工|完工|结束|止|终止|完成|建成)(?:时间|年份?|日期|年月)?$"),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field that a column may mean: how sure (0–1, 1 is certain by name), on what ground, in which unit.

    ``unsaid``: neither column nor sheet says a unit, this one is only the usual one.
    """

    field: str
    score: float
    basis: str
    unit: str = ""
    unsaid: bool = False


def bare(label: str) -> tuple[str, str]:
    """A heading's label without numbering, stars and unit; and the unit."""
    text = NUMBERING.sub("", clean.tidy(label)).replace("（", "(").replace("）", ")")
    match = UNIT.search(text)
    unit = next((g for g in match.groups() if g), "") if match else ""
    if match:
        text = text[: match.start()] + text[match.end() :]
    elif bracket := next((b for b in BRACKET.finditer(text) if MONEY.search(b.group(0))), None):
        unit = money_unit(bracket.group(0)) or UNCLEAR
        text = text[: bracket.start()] + text[bracket.end() :]
    elif tail := re.search(r"(?<=.)(?:[千百十]?万|亿)元$", text):
        unit, text = tail.group(0), text[: tail.start()]
    text = re.sub(r"\((?:必填|选填|盖章|可选)\)", "", text)
    return text.strip(":：*、"), unit.replace("百分比", "%").replace("千米", "公里").replace("km", "公里")


def money_unit(text: str) -> str:
    """The money unit that words name; empty when none, several, or one of another country."""
    words = {{"亿": "亿元", "万": "万元"}.get(w.strip("()[]"), w.strip("()[]")) for w in MONEY.findall(text)}
    found = words.pop() if len(words) == 1 else ""
    return found if found in clean.MONEY_UNITS else ""


@cache
def kind_of(field: str) -> Kind | str:
    """How cells of a field are read: a kind of the schema, or serial, span, money, region."""
    name = field.partition(":")[0]
    special = {SERIAL: "serial", SPAN: "span", RECEIVED: "money", OTHER: "money", UNUSED: "unused", PERSONAL: "unused"}
    if name in special:
        return special[name]
    if name in ("地区", "市州"):
        return "region"
    if name == "建设周期":
        return "duration"
    column = next((c for c in PROJECTS.columns if c.name == name), None)
    return column.kind if column is not None else "text"


@cache
def known_fields() -> tuple[str, ...]:
    """Names that a user may choose for a column, families with what has to be filled in."""
    plain = [c.name for c in PROJECTS.columns if not c.parts]
    return (
        *plain,
        SERIAL,
        SPAN,
        *(f"手续:{d}" for d in DOCUMENTS),
        *(f"{family}:{fund}" for family in ("申报", "资金来源", RECEIVED) for fund, _ in FUND_WORDS),
        OTHER,
        UNUSED,
    )


def families_of(heading: str) -> tuple[str, ...]:
    """What a column of amounts may be under its own name, or as the need of a year."""
    leaf = bare(heading.rsplit("/", 1)[-1])[0]
    if not leaf:
        return ()
    year = _year(leaf)
    needs = (f"需求:{year}", f"计划投资:{year}") if year else ()
    return (*needs, *(f"{family}:{_label(leaf)}" for family in ("申报", "资金来源", RECEIVED, OTHER)))


def fault_of(field: str) -> str:
    """What is wrong with a field that a user wrote; empty when nothing is."""
    name, _, rest = field.partition(":")
    if field in (SERIAL, SPAN, UNUSED, PERSONAL) or name == OTHER:
        return ""
    if name == RECEIVED:
        return "" if rest else f"“{RECEIVED}:”后面要写资金"
    column = next((c for c in PROJECTS.columns if c.name == name), None)
    if column is None:
        near = difflib.get_close_matches(name, [*known_fields()], n=1)
        return f"没有“{name}”这一列" + (f"，是否指“{near[0]}”" if near else "")
    needed = [part for part in column.parts if not part.endswith("?")]
    words = [word for word in rest.split(":") if word]
    if len(words) < len(needed) or len(words) > len(column.parts):
        return f"“{name}”的写法是 " + ":".join((name, *("年" if "year" in p else "名称" for p in column.parts)))
    if name == "手续" and words[0] not in DOCUMENTS:
        return f"手续只有 {'、'.join(DOCUMENTS)}"
    return ""


@cache
def _names() -> dict[str, str]:
    """Every certain name of a plain field."""
    found = {}
    for column in PROJECTS.columns:
        if not column.parts:
            for name in (column.name, *column.synonyms):
                found[clean.tidy(name)] = column.name
    return {**found, **SPECIAL_WORDS}


def proposals(path: tuple[str, ...]) -> list[Proposal]:
    """Fields for a heading (labels from top to bottom), best first; empty for a heading that says nothing."""
    labels = [bare(label) for label in path if clean.tidy(label)]
    if not labels:
        return []
    unit = next((u for _, u in reversed(labels) if u), "")
    leaf, above = labels[-1][0], "/".join(text for text, _ in labels[:-1])
    found = [*_by_family(path[-1], unit), *_by_group(leaf, above, unit), *_by_name(leaf, above, unit)]
    found += [*_by_words(leaf, unit), *_alike(leaf, unit)]
    best: dict[str, Proposal] = {}
    for p in sorted(found, key=lambda p: -p.score):
        best.setdefault(p.field, p)
    return list(best.values())


def says_something(label: str) -> bool:
    """Whether a cell reads like a heading of a list."""
    text, _ = bare(label)
    if len(text) > 20 or re.search(r"\d", YEAR.sub("", text)) or text.endswith(("办理中", "已完成", "未办理")):
        return False
    groups = (SOURCES, PAPERS, BY_YEAR)
    return (
        text in _names()
        or text in IGNORED
        or any(g.search(text) for g in groups)
        or any(p.score >= 0.8 for p in _by_words(text, ""))
        or re.fullmatch(r"(?:联系|负责|填报|经办).{0,2}(?:人|电话|方式)", text) is not None
    )


def _by_family(label: str, unit: str) -> Iterator[Proposal]:
    """Headings written as in the case workbook: 申报:专项债券:2026(万元)."""
    text = clean.tidy(label)
    if ":" not in text or text.startswith("其中"):
        return
    name = text if text.startswith("产出:") else bare(text)[0]
    column = next((c for c in PROJECTS.columns if c.parts and name.startswith(c.name + ":")), None)
    if column is not None and not fault_of(name):
        yield Proposal(name, CERTAIN, NAMED, unit)


def _by_group(leaf: str, above: str, unit: str) -> Iterator[Proposal]:
    if not above:
        return
    fund, year = fund_of(leaf), _year(leaf) or _year(above)
    if SUM_WORDS.match(leaf):
        yield from _sums(above, unit)
    elif PAPERS.search(above):
        yield from (Proposal(f"手续:{d}", CERTAIN, GROUPED) for d, word in PAPER_WORDS.items() if word.search(leaf))
        yield Proposal(UNUSED, 0.7, GROUPED)
    elif RECEIVED_WORDS.search(above) and fund:
        yield Proposal(f"{RECEIVED}:{fund}", CERTAIN, GROUPED, unit)
    elif SOURCES.search(above):
        yield Proposal(f"资金来源:{fund or _label(leaf)}", CERTAIN if fund else 0.9, GROUPED, unit)
    elif ASKED.search(above) and (asked := _asked(leaf, above, year, unit)) is not None:
        yield asked
    elif BY_YEAR.search(above) and year:
        yield Proposal(f"计划投资:{year}", 0.8, GROUPED, unit)
        yield Proposal(f"需求:{year}", 0.7, GROUPED, unit)
    elif INVESTMENT.search(above) and fund:
        yield Proposal(f"资金来源:{fund}", 0.8, GROUPED, unit)
    elif START.match(leaf):
        yield Proposal("最早开工", CERTAIN, GROUPED)
    elif FINISH.match(leaf):
        yield Proposal("竣工年份", CERTAIN, GROUPED)
    elif SCALE.search(above):
        yield from _outputs(leaf, unit, CERTAIN if unit else 0.8)


def _asked(leaf: str, above: str, year: str, unit: str) -> Proposal | None:
    """A column under a heading of asks or needs: of a fund known, of a year, or of a fund by its own name."""
    if fund := fund_of(leaf) or fund_of(above):
        return Proposal(_ask(fund, year), CERTAIN if fund_of(leaf) or year else 0.8, GROUPED, unit)
    if "需求" in above and year:
        return Proposal(f"需求:{year}", CERTAIN, GROUPED, unit)
    return Proposal(_ask(_label(leaf), year), 0.9, GROUPED, unit) if FUND_LIKE.search(leaf) else None


def _sums(above: str, unit: str) -> Iterator[Proposal]:
    if RECEIVED_WORDS.search(above):
        yield Proposal("已到位资金", CERTAIN, GROUPED, unit)
    elif SOURCES.search(above):
        yield Proposal(f"{OTHER}:资金来源合计", 0.9, GROUPED, unit)
    elif ASKED.search(above) and fund_of(above):
        yield Proposal(_ask(fund_of(above), _year(above)), 0.9, GROUPED, unit)
    elif ASKED.search(above):
        yield Proposal(f"{OTHER}:{_label(above.rpartition('/')[2])}合计", 0.9, GROUPED, unit)
    elif INVESTMENT.search(above):
        yield Proposal("总投资", 0.9, GROUPED, unit)


def _by_name(leaf: str, above: str, unit: str) -> Iterator[Proposal]:
    names = _names()
    inside = "".join(BRACKET.findall(leaf))
    bracketed = 0.7 if fund_of(inside) or re.search(r"其中|不含|扣除|除", inside) else 0.97
    for text, sure in (
        (leaf, CERTAIN),
        (BRACKET.sub("", leaf), bracketed),
        (leaf.removeprefix("其中").strip(":："), 0.9),
    ):
        if text in names:
            yield Proposal(names[text], sure, NAMED, unit)
        elif text in IGNORED:
            yield Proposal(UNUSED, sure, NAMED)
    if leaf in ("编号", "项目序号"):
        yield Proposal(SERIAL, 0.8, NAMED)
    if above in names and leaf not in names:
        yield Proposal(names[above], 0.6, GROUPED, unit)


def _by_words(leaf: str, unit: str) -> Iterator[Proposal]:
    """Asks, means received, sources and outputs told by the words of the heading itself."""
    fund, year = fund_of(leaf), _year(leaf)
    if fund and "资本金" in leaf:
        yield Proposal(f"{OTHER}:{_label(leaf)}", 0.9, NAMED, unit)
    elif fund and RECEIVED_WORDS.search(leaf):
        yield Proposal(f"{RECEIVED}:{fund}", 0.9, NAMED, unit)
    elif fund and ASKED.search(leaf):
        plain = not re.search(r"已|累计|20\d\d年?[-—~至]|缺口", leaf)
        yield Proposal(_ask(fund, year), 0.97 if plain else 0.7, NAMED, unit)
    elif fund:
        yield Proposal(f"资金来源:{fund}", 0.7, ALIKE, unit)
        yield Proposal(_ask(fund, year), 0.6, ALIKE, unit)
    elif year and NEEDED.fullmatch(leaf):
        yield Proposal(f"需求:{year}", 0.97, NAMED, unit)
    elif re.search(r"(?:计划|年度|当年|本年).*投资", leaf):
        usual = re.fullmatch(r"(?:20\d\d年度?|本年度?|当年|年度)?计划(?:完成)?投资额?", leaf)
        yield Proposal(f"计划投资:{year}" if year else "计划投资", 0.96 if usual else 0.9, NAMED, unit)
    elif re.search(r"累计.*(?:完成|投资)|完成投资", leaf):
        yield Proposal("累计完成投资", 0.9, NAMED, unit)
    elif re.search(r"审核|评审", leaf):
        yield Proposal("审核结果", 0.7, ALIKE)
    yield from (
        Proposal(f"手续:{d}", 0.8, ALIKE)
        for d, word in PAPER_WORDS.items()
        if word.search(leaf) and "用地面积" not in leaf
    )
    yield from _outputs(leaf, unit, 0.9)


def _outputs(leaf: str, unit: str, sure: float) -> Iterator[Proposal]:
    for word, usual in OUTPUTS:
        if word.search(leaf) and "用地" not in leaf and unit != UNCLEAR:
            yield Proposal(f"产出:{_label(leaf)}({unit or usual})", sure, NAMED, unit)
            return


def _alike(leaf: str, unit: str) -> Iterator[Proposal]:
    names = _names()
    for name in difflib.get_close_matches(leaf, list(names), n=3, cutoff=0.6):
        yield Proposal(names[name], 0.8 * difflib.SequenceMatcher(None, leaf, name).ratio(), ALIKE, unit)
    for name, field in names.items():
        if len(name) > 2 and len(leaf) > len(name) and name in leaf:
            yield Proposal(field, 0.55 + 0.2 * len(name) / len(leaf), ALIKE, unit)


def fund_of(text: str) -> str:
    """The fund that a heading names, in the product's words; empty when none, or when it names several."""
    found = [fund for fund, word in FUND_WORDS if word.search(text)]
    if len(found) > 1 and JOINED.search(text):
        return ""
    return found[0] if found else ""


def _ask(fund: str, year: str) -> str:
    return f"申报:{fund}:{year}" if year else f"申报:{fund}"


def _year(text: str) -> str:
    """The one year that a heading names; empty for none or a range."""
    found = set(re.findall(r"20\d\d", text))
    return found.pop() if len(found) == 1 and not re.search(r"20\d\d年?(?:以[前后]|至今|[-—~至])", text) else ""


def _label(text: str) -> str:
    """A label that may stand inside a family heading."""
    return re.sub(r"[:：()\[\]]", "", text) or "其他"
