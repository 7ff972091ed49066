"""Every parameter of every rule, once: for the reader, the checks, the docs.

``needs`` are the columns a rule cannot do without: of each group at least one must be filled. A rule that
is ``by_column`` is on as soon as its columns are filled, any other when 规则 names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from inputs.schema import SCOPE_KEYS, Kind
from models.capital import MOST_AS_CAPITAL
from models.land import CUT, REWARD
from models.rules.age_material import YEARS
from models.rules.coverage import TIMES
from models.rules.fund_share import CLASSES

UNSURE = "待核实"
Needs = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a rule in 规则.

    ``limit`` parameters make a policy of their own; the others are settings of it. ``mark`` is 待核实 where
    no official text was read; ``family`` says that the name is followed by a part (退坡:1). ``most`` is the
    largest sensible value, ``by_scope`` that rows with other 对象 speak of other things.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    default: str = ""
    limit: bool = True
    unit: str = ""
    mark: str = ""
    family: bool = False
    least: int | None = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class RuleSchema:
    """Which parameters, scope keys and years a rule takes, and which columns it needs."""

    id: str
    parameters: tuple[Parameter, ...] = ()
    keys: tuple[str, ...] = ()
    by_year: bool = False
    fixed: bool = False
    by_column: bool = True
    soft: bool = False
    bare: bool = False
    needs: Needs = ()


ALL_KEYS = tuple(SCOPE_KEYS)
BASE = Parameter("基数", "choice", choices=("额度", "实际安排"), default="额度", limit=False)
QUOTA = (
    Parameter("下限", "money", unit="万元"),
    Parameter("上限", "money", unit="万元"),
    Parameter("下限占比", "share", unit="%"),
    Parameter("上限占比", "share", unit="%"),
    BASE,
)


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g}%"


def _setting(
    name: str,
    kind: Kind,
    default: str = "",
    unit: str = "",
    mark: str = UNSURE,
    family: bool = False,
    least: int | None = 0,
    most: int | None = None,
) -> Parameter:
    return Parameter(name, kind, (), default, False, unit, mark, family, least, most)


RULE_SCHEMAS = (
    RuleSchema("way", fixed=True),
    RuleSchema("arrangement", fixed=True),
    RuleSchema("lock"),
    RuleSchema("fund_step", fixed=True),
    RuleSchema("fund_limit"),
    RuleSchema(
        "fund_share",
        (
            Parameter("上限占比", "share", unit="%", mark=UNSURE), Parameter("分地区类", "choice", choices=("是", "否")),
            *(
                _setting(n, "share", v, "%", "")
                for n, v in ((name, _percent(share)) for name, share in CLASSES.items())
            ),
        ),
        ALL_KEYS,
    ),
    RuleSchema("same_cost", needs=((("项目", "建安投资"),),)),
    RuleSchema("earmark", needs=((("资金适用", ""), ("切块", "类别")),)),
    RuleSchema("source_count", (Parameter("最多来源", "whole", unit="个"),), ALL_KEYS, by_column=False),
    RuleSchema("min_award", (Parameter("起拨额", "money", unit="万元"),), ALL_KEYS, by_column=False),
    RuleSchema(
        "coverage", (Parameter("倍数", "number", default=f"{float(TIMES):g}", unit="倍", mark=UNSURE),), ALL_KEYS,
        needs=((("资金", "须收益覆盖"),), (("项目", "净收益"), ("项目", "分年补助")), (("项目", "债券期限"),), (("项目", "债券利率"),)),
    ),
    RuleSchema(
        "capital_floor", (Parameter("最低比例", "share", unit="%"), Parameter("下浮", "share", unit="个百分点")), ALL_KEYS,
        needs=((("类别", "资本金下限"), ("项目", "资本金比例"), ("规则", "最低比例")),),
    ),
    RuleSchema(
        "bond_as_capital",
        (Parameter("上限占比", "share", default=_percent(MOST_AS_CAPITAL), unit="%"), Parameter("允许", "choice", choices=("是", "否"))), ALL_KEYS,
        needs=((("资金", "资本金"),),),
    ),
    RuleSchema("debt_headroom", needs=((("地区", "专项债务限额"), ("地区", "一般债务限额")),)),
    RuleSchema(
        "risk_grade", tuple(_setting(g, "factor", "1", "系数 0–1", most=1) for g in ("绿", "黄", "橙", "红")),
        by_column=False, bare=True, needs=((("地区", "风险等级"),),),
    ),
    RuleSchema("negative_list", needs=((("项目", "负面清单"),),)),
    RuleSchema("readiness", needs=((("项目", "手续"), ("项目", "审核结果")),)),
    RuleSchema(
        "age_material",
        tuple(_setting(f"年限:{n}", "whole", y, "年", "") for n, y in ((name, str(years)) for name, years in YEARS.items())),
        ALL_KEYS, by_column=False, bare=True, needs=((("项目", "建成年份"), ("项目", "管材")),),
    ),
    RuleSchema(
        "ongoing_first",
        (
            Parameter("方式", "choice", choices=("先排", "占比"), default="先排", limit=False),
            Parameter("下限占比", "share", unit="%"),
        ),
        ALL_KEYS, by_year=True, by_column=False, bare=True, needs=((("项目", "建设性质"),),),
    ),
    RuleSchema("pace", (Parameter("系数", "number", default="1.0", unit="倍", mark=UNSURE),), ALL_KEYS, by_column=False, bare=True),
    RuleSchema(
        "key_province", (_setting("民生类别", "names", "类别表的民生类"),), ALL_KEYS, by_column=False, bare=True,
        needs=((("类别", "民生类"), ("规则", "民生类别")),),
    ),
    RuleSchema("region_quota", QUOTA, ALL_KEYS, by_year=True, by_column=False),
    RuleSchema("category_quota", QUOTA, ALL_KEYS, by_year=True, by_column=False),
    RuleSchema("tag_share", QUOTA, ALL_KEYS, by_year=True, by_column=False, needs=((("地区", "标签"),),)),
    RuleSchema(
        "decline_cap",
        (Parameter("上限占比", "share", unit="%", mark=UNSURE), _setting("允许类别", "names", "类别表的改造类", mark=""), BASE),
        ALL_KEYS, by_year=True, by_column=False, needs=((("地区", "标签"), ("地区", "海拔"), ("规则", "对象")),),
    ),
    RuleSchema(
        "people_money",
        (
            Parameter("偏差", "share", default="0", unit="%", mark=UNSURE),
            *(_setting(f"权重:{t}", "number", "1", "倍") for t in ("跨省", "省内", "本市")),
            _setting("退坡", "number", "1", "倍", family=True), BASE,
        ),
        ("资金",), by_year=True, by_column=False, bare=True, soft=True,
        needs=((("地区", "新增落户"),), (("资金", "参与挂钩"), ("规则", "资金"))),
    ),
    RuleSchema(
        "people_land",
        (
            _setting("人均标准", "text", "国家", "国家、安徽或 m²/人"),
            _setting("浮动", "share", "0", "%，−10 到 10", least=None),
            _setting("处置奖励", "share", _percent(REWARD), "%"),
            _setting("处置核减", "share", _percent(CUT), "%"),
        ),
        by_column=False, bare=True,
        needs=((("项目", "新增建设用地"),), (("地区", "用地指标"), ("地区", "新增落户"), ("地区", "增减挂钩节余"))),
    ),
    RuleSchema(
        "land_priority", (Parameter("下限占比", "share", unit="%", mark=UNSURE),), ("地区", "标签", "类别"), by_column=False,
        needs=((("项目", "新增建设用地"),), (("类别", "民生类"), ("规则", "类别"))),
    ),
    RuleSchema("prerequisite", needs=((("项目", "前置项目"),),)),
    RuleSchema("exclusive", needs=((("项目", "互斥组"),),)),
    RuleSchema("bundle", needs=((("项目", "捆绑组"),),)),
    RuleSchema("together", needs=((("项目", "同步主项目"),),)),
    RuleSchema("shared_cost", needs=((("分摊", "比例"),),)),
    RuleSchema("output_target", needs=((("目标", "下限"),),)),
    RuleSchema("count_cap", (Parameter("最多个数", "whole", unit="个"),), ALL_KEYS, by_column=False),
)  # fmt: skip
RULE_SCHEMA_BY_ID = {schema.id: schema for schema in RULE_SCHEMAS}
