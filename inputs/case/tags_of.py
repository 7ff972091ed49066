"""Tags of regions that a plan's definition gives; what it leaves open is set by the user.

潜力地区: 青政〔2024〕48号四、总述 – more than 100,000 residents and urbanisation below the province's; its third
condition (产业基础较好) is not in the workbook and said in the note. 高海拔: no plan gives a height; the user's.
"""

from fractions import Fraction

from inputs.case.table import Table
from models.rules.tag_share import POTENTIAL_PEOPLE

POTENTIAL, HIGH = "潜力地区", "高海拔"


def computed(table: Table, province: Fraction | None, height: Fraction | None) -> dict[str, tuple[str, ...]]:
    """Computed tags by region; 潜力地区 only where nobody was given it by hand."""
    found: dict[str, list[str]] = {}
    by_hand = any(POTENTIAL in (r.get("标签") or ()) for r in table.records)
    parents = {r.get("上级") for r in table.records}
    for record in table.records:
        name, people, urban = record.get("名称"), record.get("常住人口"), record.get("城镇化率")
        counts = province is not None and not by_hand and name not in parents and people and urban is not None
        if counts and people > POTENTIAL_PEOPLE and urban < province:
            found.setdefault(name, []).append(POTENTIAL)
        altitude = record.get("海拔")
        if height is not None and altitude is not None and altitude >= height:
            found.setdefault(name, []).append(HIGH)
    _say(table, found, POTENTIAL, "常住人口超过 10 万且城镇化率低于全省；产业基础一项表里没有，请核对")
    _say(table, found, HIGH, "海拔不低于设置中的高海拔线")
    return {name: tuple(tags) for name, tags in found.items()}


def _say(table: Table, found: dict[str, list[str]], tag: str, why: str) -> None:
    names = [name for name, tags in found.items() if tag in tags]
    if names:
        message = f"按定义算出“{tag}”：{'、'.join(names)}（{why}）"
        table.report("tag_computed", "", tag, message, "要自己定，请在 标签 列填写", "note")
