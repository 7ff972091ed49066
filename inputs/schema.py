"""Every sheet and column of the case workbook, once: for the reader, the template, the checks, the docs.

A family column (``需求:年``) has a name and parts; each part is checked against years, funds and so on.
``rule`` names the rule that uses the column, when only that rule does; ``checked`` columns take no part in
the model, they are held against the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text",
    "money",
    "share",
    "number",
    "factor",
    "whole",
    "year",
    "flag",
    "choice",
    "names",
    "pin",
    "land",
    "scope",
    "any",
]
Part = Literal["year", "year?", "fund", "word", "document"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column (or family of columns) of a sheet."""

    name: str
    kind: Kind = "text"
    required: bool = False
    parts: tuple[Part, ...] = ()
    choices: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    least: int | None = 0
    most: int | None = None
    hint: str = ""
    example: str = ""
    rule: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the case workbook."""

    name: str
    columns: tuple[Column, ...]
    required: bool = False
    about: str = ""

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)


FUND_KINDS = ("专项债券", "一般债券", "补助", "特别国债", "贷款", "自筹", "社会资本")
ARRANGEMENTS = ("全额", "部分", "按申报")
GROUPS = ("老旧小区改造", "管网更新", "县城设施", "交通连接", "其他")
DOCUMENTS = ("立项", "用地", "规划", "环评", "事前绩效评估")

PROJECTS = Sheet(
    "项目",
    (
        Column(
            "项目编号", required=True, synonyms=("编号", "项目序号"), hint="唯一，其他表用它指这个项目", example="P001"
        ),
        Column(
            "项目名称",
            required=True,
            synonyms=("工程名称", "名称", "建设项目名称", "建设项目"),
            example="西峰区老旧小区改造（第一批）",
        ),
        Column(
            "地区",
            synonyms=(
                "县区",
                "所属市州/县区",
                "行政区划",
                "县(市、区)",
                "所属地区",
                "所属县区",
                "所属县(市、区)",
                "县(区)",
                "县(市区)",
                "县市区",
                "建设地点",
                "所在地",
                "区划代码",
            ),
            example="西峰区",
        ),
        Column(
            "类别",
            synonyms=(
                "项目类型",
                "投向领域",
                "专项债领域",
                "领域",
                "项目类别",
                "行业",
                "所属行业",
                "债券类别",
                "资金投向",
            ),
            example="老旧小区改造",
        ),
        Column("建设性质", "choice", choices=("新建", "续建"), synonyms=("项目性质",), hint="空为新建", example="新建"),
        Column(
            "总投资",
            "money",
            required=True,
            synonyms=("估算总投资", "概算总投资", "项目总投资", "计划总投资", "投资总额", "总投资额", "投资估算"),
            example="1200",
        ),
        Column(
            "已到位资金",
            "money",
            synonyms=("已到位", "已下达资金", "已到位/已下达资金", "已到位资金合计", "累计到位资金"),
            example="0",
        ),
        Column("其中资本金已到位", "money", rule="capital_floor", example="0"),
        Column("建安投资", "money", synonyms=("建安工程投资",), hint="填了则占比上限按它计算", example="1000"),
        Column("非经营单位部分", "share", hint="合格投资 = 建安投资 × 本列", example="100%"),
        Column("资本金比例", "share", rule="capital_floor", example="20%"),
        Column(
            "净收益",
            "money",
            synonyms=("项目净收益", "预期净收益", "项目预期净收益", "预计净收益"),
            rule="coverage",
            example="0",
        ),
        Column("分年补助", "money", parts=("year",), rule="coverage", example="0"),
        Column(
            "债券期限",
            "whole",
            synonyms=("期限", "发行期限"),
            rule="coverage",
            hint="年：1、2、3、5、7、10、15、20、30",
            example="20",
        ),
        Column("债券利率", "share", synonyms=("利率", "年利率", "发行利率"), rule="coverage", example="3%"),
        Column("存量债券本息", "money", rule="coverage", example="0"),
        Column("贷款本息", "money", rule="coverage", example="0"),
        Column("自筹承诺", "money", hint="部分安排时缺口由谁补：自筹可承担的数额", example="0"),
        Column(
            "最早开工",
            "year",
            synonyms=("开工时间", "计划开工", "计划开工时间", "开工日期", "开工年份"),
            example="2026",
        ),
        Column("最晚开工", "year", hint="空为不推迟，同最早开工", example="2027"),
        Column("建设周期", "whole", least=1, most=30, synonyms=("建设工期",), hint="年", example="2"),
        Column(
            "需求",
            "money",
            parts=("year",),
            hint="按最早开工时的分年资金需求，合计 = 总投资 − 已到位资金",
            example="600",
        ),
        Column(
            "新增建设用地",
            "land",
            synonyms=("新增建设用地面积", "用地面积", "拟用地面积"),
            rule="people_land",
            example="0",
        ),
        Column("安排方式", "choice", choices=ARRANGEMENTS, hint="空：填了申报列为按申报，否则全额", example="全额"),
        Column("最低满足率", "share", hint="部分安排时至少满足的比例", example="60%"),
        Column("效益", "number", least=None, hint="空则由评分与权重算出", example="86.5"),
        Column("评分", "number", parts=("word",), most=100, hint="0–100", example="80"),
        Column("产出", "number", parts=("word",), hint="列名如 产出:户数(户)", example="320"),
        Column("状态", "choice", choices=("必选", "禁选", "可选"), hint="空为可选", example="可选"),
        Column("手续", "text", parts=("document",), rule="readiness", example="是"),
        Column("审核结果", "choice", choices=("通过", "未通过", "待审"), rule="readiness", example="通过"),
        Column(
            "负面清单",
            "flag",
            synonyms=("是否负面清单", "是否列入负面清单", "是否属于负面清单"),
            rule="negative_list",
            example="否",
        ),
        Column(
            "建成年份",
            "whole",
            synonyms=("建成时间", "建成年代"),
            least=1900,
            most=2100,
            rule="age_material",
            example="1998",
        ),
        Column("管材", "text", rule="age_material", example="灰口铸铁"),
        Column("互斥组", "names", hint="同组至多安排一个", example=""),
        Column("捆绑组", "names", synonyms=("打捆组",), hint="同组同取同舍", example=""),
        Column("同步主项目", "text", hint="与该项目同时安排、同年开工", example=""),
        Column("前置项目", "names", hint="项目编号，逗号分隔；完工后本项目才能开工", example=""),
        Column(
            "申报", "money", parts=("fund", "year?"), synonyms=("申请",), hint="向某项资金申报的数额", example="1200"
        ),
        Column("已安排", "money", parts=("fund", "year?"), hint="已下达，不得调减", example="0"),
        Column(
            "原方案",
            "money",
            parts=("fund", "year?"),
            rule="最少变动",
            hint="此前方案的数额，优化目标为最少变动时用",
            example="",
        ),
        Column("固定安排", "pin", parts=("fund", "year?"), hint="1200、>=800 或 <=1500", example=""),
        Column(
            "项目代码",
            synonyms=(
                "投资项目统一代码",
                "在线平台代码",
                "重大项目库编码",
                "统一代码",
                "审批监管平台代码",
                "项目统一代码",
            ),
            example="",
        ),
        Column("主管部门", synonyms=("行业主管部门", "部门", "主管单位", "责任部门", "牵头部门"), example="住建局"),
        Column(
            "项目单位",
            synonyms=(
                "建设单位",
                "实施单位",
                "业主",
                "业主单位",
                "项目业主",
                "项目法人",
                "申报单位",
                "责任单位",
                "实施主体",
            ),
            example="",
        ),
        Column("备注", synonyms=("说明", "备注说明"), example=""),
        Column("市州", synonyms=("所属市州", "市(州)", "所属市(州)", "地市", "所属地市"), checked=True, example=""),
        Column(
            "竣工年份", "year", synonyms=("竣工时间", "计划竣工", "计划竣工时间", "完工时间", "竣工日期"), checked=True
        ),
        Column(
            "建设内容",
            synonyms=("建设规模及主要内容", "建设规模及内容", "主要建设内容", "建设内容及规模", "建设规模"),
            checked=True,
        ),
        Column("资金来源", "money", parts=("word",), hint="各项来源合计应等于总投资", checked=True),
        Column(
            "项目资本金", "money", synonyms=("资本金", "资本金总额"), hint="应等于总投资 × 资本金比例", checked=True
        ),
        Column("债券本息", "money", synonyms=("本息合计", "债券本息合计", "还本付息合计"), checked=True),
        Column("覆盖倍数", "factor", synonyms=("本息覆盖倍数", "收益覆盖倍数", "覆盖率"), checked=True),
        Column("累计完成投资", "money", synonyms=("累计完成", "已完成投资", "截至上年底累计完成投资"), checked=True),
        Column(
            "计划投资",
            "money",
            parts=("year?",),
            synonyms=("年度计划投资", "本年计划投资", "当年计划投资"),
            checked=True,
        ),
    ),
    required=True,
    about="候选项目，一行一个",
)

FUNDS = Sheet(
    "资金",
    (
        Column("资金名称", required=True, synonyms=("资金", "资金来源"), example="专项债券"),
        Column("类型", "choice", choices=FUND_KINDS, hint="空为补助", example="专项债券"),
        Column(
            "额度",
            "money",
            parts=("year?",),
            synonyms=("资金额度", "总额度"),
            hint="不写年为全期总额；写年为当年额度",
            example="50000",
        ),
        Column("额度性质", "choice", choices=("已下达", "预计"), hint="预计的年度标为预安排", example="已下达"),
        Column("批次", example=""),
        Column("可结转", "flag", hint="当年未用的可以转入下年", example="否"),
        Column("单项起拨额", "money", hint="给一个项目至少这么多", example="0"),
        Column("安排步长", "money", hint="金额须为它的整数倍", example="1"),
        Column("资本金", "choice", choices=("计入", "可用作", "否"), rule="capital_floor", example="否"),
        Column("须收益覆盖", "flag", rule="coverage", example="否"),
        Column("参与挂钩", "flag", rule="people_money", example="否"),
    ),
    required=True,
    about="各项资金和额度",
)

SLICES = Sheet(
    "切块",
    (
        Column("资金", required=True, example="专项债券"),
        Column("地区", required=True, example="西峰区"),
        Column("年度", "year", hint="空为全期", example="2026"),
        Column("额度", "money", required=True, example="3000"),
        Column("类别", hint="写了类别的部分只能用于该类别（专款专用）", example=""),
    ),
    about="切块到地区的额度；未列出的地区只能用资金表额度的余量，资金表没有额度时不得安排",
)

ELIGIBILITY = Sheet(
    "资金适用",
    (Column("类别", required=True, example="老旧小区改造"), Column("", "share", parts=("fund",), example="60%")),
    about="行是类别，列是资金，格子是占合格投资的最大比例，空为不适用；没有此表则各项资金都适用",
)

CATEGORIES = Sheet(
    "类别",
    (
        Column("类别", required=True, example="老旧小区改造"),
        Column("大类", "choice", choices=GROUPS, example="老旧小区改造"),
        Column("资本金下限", "share", rule="capital_floor", example="20%"),
        Column("债券可作资本金", "flag", rule="bond_as_capital", example="否"),
        Column("改造类", "flag", rule="decline_cap", example="是"),
        Column("安全类", "flag", rule="tiers", example="否"),
        Column("民生类", "flag", rule="tiers", example="是"),
    ),
    about="项目类别；有此表时未列出的类别是错误",
)

REGIONS = Sheet(
    "地区",
    (
        Column("代码", synonyms=("区划代码", "行政区划代码"), example="621002"),
        Column("名称", required=True, synonyms=("地区", "地区名称"), example="西峰区"),
        Column("上级", synonyms=("上级地区",), example="庆阳市"),
        Column("层级", example="县"),
        Column("标签", "names", example="潜力地区"),
        Column("常住人口", "whole", example="513856"),
        Column("城镇化率", "share", rule="tags", example="61.94%"),
        Column("新增落户", "whole", parts=("word", "year?"), rule="people_money", example="1200"),
        Column("随迁子女", "whole", rule="people_money", example="0"),
        Column("成本系数", "number", rule="people_money", example="1"),
        Column("困难系数", "number", rule="people_money", example="1"),
        *(
            Column(n, "money", rule="debt_headroom", example="0")
            for n in ("综合财力", "政府性基金财力", "专项债务限额", "专项债务余额", "一般债务限额", "一般债务余额")
        ),
        Column("到期本金", "money", parts=("year",), rule="debt_headroom", hint="专项债务到期本金", example="0"),
        Column("一般债务到期本金", "money", parts=("year",), rule="debt_headroom", example=""),
        Column("分年补助上限", "money", parts=("year",), rule="coverage", hint="各项目分年补助合计不超过", example=""),
        Column("风险等级", "choice", choices=("绿", "黄", "橙", "红"), rule="risk_grade", example="绿"),
        *(Column(n, "money", rule="quota_calculators", example="") for n in ("申请额", "上年新增额", "重大项目支出")),
        Column(
            "改造任务", "number", parts=("word",), rule="quota_calculators", hint="面积、户数、楼栋、小区", example=""
        ),
        Column("绩效得分", "number", rule="quota_calculators", example="90"),
        Column("支出进度", "share", rule="quota_calculators", example="80%"),
        Column("人均城镇建设用地", "number", rule="people_land", example="100"),
        Column("用地指标", "land", rule="people_land", example="0"),
        Column("存量处置率", "share", rule="people_land", example="100%"),
        Column("增减挂钩节余", "land", rule="people_land", example="0"),
        Column("海拔", "number", rule="decline_cap", example="1400"),
        Column("已用额度", "money", parts=("fund",), hint="此前已用去的额度，计入该地区上下限", example="0"),
        Column("配额下限", "money", parts=("fund",), hint="等于规则 region_quota 的一行", example=""),
        Column("配额上限", "money", parts=("fund",), hint="等于规则 region_quota 的一行", example=""),
    ),
    about="地区及其上下级；有此表时未列出的地区是错误",
)

MOVES = Sheet(
    "迁移",
    (
        Column("迁出地区", required=True, rule="people_land", example="环县"),
        Column("迁入地区", required=True, rule="people_land", example="西峰区"),
        Column("人数", "whole", required=True, rule="people_land", example="500"),
        Column("带地标准", "number", rule="people_land", example="100"),
    ),
    about="带地进城的人口",
)

SCHEMES = Sheet(
    "方案",
    (
        Column("项目编号", required=True, example="P001"),
        Column("方案", required=True, example="完善类"),
        Column("总投资", "money", example="900"),
        Column("效益", "number", least=None, example="70"),
        Column("产出", "number", parts=("word",), example="280"),
        Column("需求", "money", parts=("year",), example="450"),
        Column("申报", "money", parts=("fund", "year?"), example="900"),
        Column("建设周期", "whole", least=1, most=30, example="2"),
    ),
    about="同一项目的几种做法，只能选其一；空格沿用项目表",
)

PARTNERS = Sheet(
    "分摊",
    (
        Column("项目编号", required=True, example="P001"),
        Column("地区", required=True, example="西峰区"),
        Column("比例", "share", required=True, example="60%"),
    ),
    about="跨地区项目由各地区按比例承担，合计 100 %，尾数由列在首位的地区承担",
)

TARGETS = Sheet(
    "目标",
    (
        Column("产出", required=True, hint="与项目表 产出: 列的名称一致", example="户数(户)"),
        Column("范围", "scope", hint="地区、标签或类别；空为全部", example="西峰区"),
        Column("年度", "year", hint="到这一年完工的才计；空为不限", example="2027"),
        Column("下限", "number", required=True, example="1000"),
    ),
    about="至少要达到的产出",
)

RULE_ROWS = Sheet(
    "规则",
    (
        Column("规则", required=True, hint="编号或中文名", example="region_quota"),
        Column("启用", "flag", hint="空为启用", example="是"),
        Column("对象", "scope", hint="如 地区=西峰区;资金=专项债券；空为全部", example="地区=西峰区"),
        Column("年度", "year", hint="空为全期", example=""),
        Column("参数", example="上限占比"),
        Column("值", "any", example="60%"),
        Column("刚性", "choice", choices=("刚性", "弹性"), hint="空为刚性", example="刚性"),
        Column("罚分", "number", hint="弹性时每违反一个单位扣多少分", example=""),
        Column("顺位", "whole", least=1, most=99, hint="弹性时按次序先少违反", example=""),
        Column("依据", example="假设"),
    ),
    about="启用的规则和参数",
)

SETTINGS = Sheet(
    "设置",
    (Column("名称", required=True, example="起始年"), Column("值", "any", example="2026")),
    about="案例名称、年份、目标和权重",
)

SHEETS = (
    PROJECTS, FUNDS, SLICES, ELIGIBILITY, CATEGORIES, REGIONS, MOVES, SCHEMES, PARTNERS, TARGETS, RULE_ROWS, SETTINGS,
)  # fmt: skip
GUIDE, OPTIONS = "填写说明", "选项"
"""Sheets of the template that help to fill it in; the reader passes over them."""
SHEET_BY_NAME = {sheet.name: sheet for sheet in SHEETS}

SCOPE_KEYS = {
    "地区": "regions",
    "资金": "funds",
    "类别": "categories",
    "标签": "tags",
    "部门": "departments",
    "项目": "projects",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of 设置."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    least: int | None = 0
    most: int | None = None
    default: str = ""


SETTING_ROWS = (
    Setting("案例名称", "text"),
    Setting("起始年", "whole", least=1, most=2100),
    Setting("年数", "whole", least=1, most=10),
    Setting("金额单位", "choice", choices=("万元", "亿元", "元"), default="万元"),
    Setting("优化目标", "choice", choices=("加权", "分层", "公平", "贴近挂钩", "最少变动"), default="加权"),
    Setting("规模口径", "text", default="总投资"),
    Setting("贴现率", "share", default="0"),
    Setting("时限秒", "whole", least=1, most=86400, default="60"),
    Setting("停止差距", "share", default="0"),
    Setting("分层次序", "text", default="续建,安全,民生,其他"),
    Setting("分层容差", "share", default="0"),
    Setting("全省城镇化率", "share"),
    Setting("高海拔线", "number"),
    Setting("随机种子", "whole", default="1", most=2**31 - 1),
)
SETTING_BY_NAME = {setting.name: setting for setting in SETTING_ROWS}
WEIGHT = "权重"
