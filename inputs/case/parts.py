"""Records of 资金, 地区, 类别, 切块 and 迁移 to parts of the case."""

from fractions import Fraction
from typing import cast

from inputs.case.horizon import Horizon
from inputs.case.table import Record
from models.case import Capital, Category, Fund, Region, Slice
from models.particulars import Debt, Factors, LandRecord, Migration, People, Settled

Amounts = tuple[tuple[int, int], ...]


def fund(record: Record, horizon: Horizon) -> Fund:
    """A fund with its yearly limits and pool."""
    by_year: list[int | None] = [None] * horizon.years
    pool = record.get("额度", "")
    for parts, cell in record.family("额度"):
        if parts[0] and 0 <= horizon.position(int(parts[0])) < horizon.years:
            by_year[horizon.position(int(parts[0]))] = cell.value
    if pool is None and any(amount is not None for amount in by_year):
        by_year = [amount or 0 for amount in by_year]
    return Fund(
        name=record.get("资金名称"),
        kind=record.get("类型") or "补助",
        pool=pool,
        by_year=tuple(by_year),
        carries=bool(record.get("可结转")),
        forecast=record.get("额度性质") == "预计",
        step=record.get("安排步长") or 1,
        batch=record.get("批次") or "",
        capital=cast(Capital, record.get("资本金") or "否"),
        covered=bool(record.get("须收益覆盖")),
        linked=bool(record.get("参与挂钩")),
    )


def by_year(record: Record, family: str, horizon: Horizon) -> Amounts:
    """Amounts of a family by position of the year, in order."""
    return tuple(sorted((horizon.position(int(parts[0])), cell.value) for parts, cell in record.family(family)))


def region(record: Record, horizon: Horizon, tags: tuple[str, ...]) -> Region:
    """A region with everything that rules ask of it."""
    return Region(
        name=record.get("名称"),
        code=record.get("代码") or "",
        parent=record.get("上级") or "",
        level=record.get("层级") or "",
        tags=tags,
        population=record.get("常住人口"),
        used=tuple((parts[0], cell.value) for parts, cell in record.family("已用额度")),
        people=_people(record),
        debt=Debt(
            special_limit=record.get("专项债务限额"),
            special_balance=record.get("专项债务余额"),
            general_limit=record.get("一般债务限额"),
            general_balance=record.get("一般债务余额"),
            due=by_year(record, "到期本金", horizon),
            general_due=by_year(record, "一般债务到期本金", horizon),
            grade=record.get("风险等级") or "",
            topup_limits=by_year(record, "分年补助上限", horizon),
        ),
        land=LandRecord(
            per_head=_fraction(record, "人均城镇建设用地"),
            quota=record.get("用地指标"),
            disposal=record.get("存量处置率"),
            surplus=record.get("增减挂钩节余") or 0,
        ),
        factors=Factors(
            revenue=record.get("综合财力"),
            fund_revenue=record.get("政府性基金财力"),
            asked=record.get("申请额"),
            last_new=record.get("上年新增额"),
            major=record.get("重大项目支出"),
            performance=_fraction(record, "绩效得分"),
            progress=record.get("支出进度"),
            tasks=tuple(sorted((parts[0], Fraction(cell.value)) for parts, cell in record.family("改造任务"))),
        ),
        altitude=_fraction(record, "海拔"),
    )


def _people(record: Record) -> People:
    settled = [
        Settled(tier, int(year) if year else None, cell.value) for (tier, year), cell in record.family("新增落户")
    ]
    return People(
        urban=record.get("城镇化率"),
        settled=tuple(sorted(settled, key=lambda s: (s.tier, s.year or 0))),
        pupils=record.get("随迁子女") or 0,
        cost=_fraction(record, "成本系数") if record.get("成本系数") is not None else Fraction(1),  # type: ignore[arg-type]
        hardship=_fraction(record, "困难系数") if record.get("困难系数") is not None else Fraction(1),  # type: ignore[arg-type]
    )


def _fraction(record: Record, column: str) -> Fraction | None:
    value = record.get(column)
    return None if value is None else Fraction(value)


def category(record: Record) -> Category:
    """A category with its marks."""
    return Category(
        record.get("类别"),
        record.get("大类") or "其他",
        capital_floor=record.get("资本金下限"),
        bond_capital=record.get("债券可作资本金"),
        renewal=bool(record.get("改造类")),
        safety=bool(record.get("安全类")),
        livelihood=bool(record.get("民生类")),
    )


def cut(record: Record, horizon: Horizon) -> Slice:
    """A part of a fund cut for a region, and for a category where one is named."""
    year = record.get("年度")
    position = None if year is None else horizon.position(year)
    return Slice(record.get("资金"), record.get("地区"), position, record.get("额度"), record.get("类别") or "")


def migration(record: Record) -> Migration:
    """People who move with land."""
    return Migration(record.get("迁出地区"), record.get("迁入地区"), record.get("人数"), _fraction(record, "带地标准"))
