"""The briefing for the meeting, in Word, in the layout of official documents (GB/T 9704): words, tables, charts.

Every sentence is made from the plan; nothing is added that the plan does not know.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from models.rules import RULE_BY_ID
from models.units import key_words, show_wan
from models.verify import is_soft
from reports.account import CHANGED, Account
from reports.charts.look import png
from reports.charts.money import category_chart, region_chart, year_chart
from reports.rule_check import MASS_RULES, shown
from reports.table import FICTIONAL, Plan, ResultTable
from reports.tables import asked, by_category, by_fund, by_region, later_needs, outputs, proposal, unfunded

TITLE, BODY, FIRST, SECOND = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LINE = Pt(28)
LARGEST, EXAMPLES, TIGHT = 10, 6, 10
NUMERALS = "一二三四五六七八九十"


def write_briefing(path: Path, plan: Plan, account: Account) -> None:
    """Write the briefing of a plan. Raises OSError when the file cannot be written."""
    paper = _Paper()
    name = re.sub(r"（[^（）]*金额为虚构[^（）]*）$", "", plan.case.name)
    paper.title(f"{(name or '专项债券与补助资金').removesuffix('安排')}安排情况汇报")
    if plan.case.fictional or name != plan.case.name:
        paper.note(FICTIONAL)
    if plan_name := account.value("方案名称"):
        paper.note(f"方案：{plan_name}（{account.value('方案状态')}）")
    for part in (_overall, _principles, _by_region_and_kind, _largest, _left_out, _rules, _later, _advice):
        part(paper, plan, account)
    _annex(paper, plan)
    paper.document.save(str(path))


# ---- the parts


def _overall(paper: _Paper, plan: Plan, account: Account) -> None:
    case, allocation = plan.case, plan.allocation
    request = sum(asked(case, p, p.schemes[0]) for p in case.projects)
    limit, money = sum(f.limit for f in case.funds), sum(p.amount for p in allocation.payments)
    years = f"{case.first_year}—{case.first_year + case.years - 1}年" if case.years > 1 else f"{case.first_year}年"
    if case.first_year < FIRST_OF_YEARS:  # none was given: years are counted from 1
        years = "本次"
    times = f"，申请额是额度的 {request / limit:.2f} 倍" if limit else ""
    paper.heading("总体情况")
    paper.text(
        f"{years}共收到候选项目 {len(case.projects)} 个，申请资金 {show_wan(request)} 万元；可用资金 {len(case.funds)} 项，额度 {show_wan(limit)} 万元{times}。"
    )
    figures = "、".join(f"{name.partition('(')[0]} {int(done):,} {_unit_of(name)}" for name, done in list(outputs(plan).items())[:6])  # fmt: skip
    paper.text(
        f"建议安排项目 {len(allocation.choices)} 个，金额 {show_wan(money)} 万元，占额度的 {_percent(money, limit)}，结余 {show_wan(limit - money)} 万元。"
        + (f"完成后可形成：{figures}。" if figures else "")
    )
    paper.text(
        f"测算结论：{account.value('状态')}。{_against(account.value('与打分排队相比'))}方案已由不含求解器的程序按整数逐条复核。"
    )
    if basis := account.value("效益口径"):
        paper.text(f"须说明：{basis}。")


FIRST_OF_YEARS = 1900
PROVINCIAL = {"青政": "青海省", "陕政": "陕西省", "甘政": "甘肃省"}
"""Whose documents those are that the rules name as their grounds beside those of the centre."""


def _principles(paper: _Paper, plan: Plan, account: Account) -> None:
    paper.heading("安排原则与依据")
    aim, words = account.value("优化目标"), account.value("目标")
    paper.text(f"优化目标为{words}。" if words.startswith(aim) else f"优化目标为{aim}：{words}。")
    if changed := account.value(CHANGED):
        paper.text(f"设置与导入的文件有下列不同：{changed.replace(chr(10), '；')}。")
    used = Counter(m.rule for m in plan.verdict.measures)
    rules = [RULE_BY_ID[key] for key in RULE_BY_ID if used[key]]
    paper.text(f"本次安排遵守下列 {len(rules)} 条规则：")
    rows = [[rule.title, rule.source, f"{used[rule.id]} 项"] for rule in rules]
    paper.table(["规则", "依据", "核对"], rows, [36, 102, 18], right=(2,))
    issued = [f"“{mark}”是{province}" for mark, province in PROVINCIAL.items() if any(mark in row[1] for row in rows)]
    if issued:
        paper.text(f"依据中{'，'.join(issued)}的文件；不是本省的只作参照，本省的依据由使用单位核定后替换。")


def _by_region_and_kind(paper: _Paper, plan: Plan, account: Account) -> None:
    paper.heading("分地区、分领域安排")
    paper.second("分地区")
    _short_table(
        paper,
        by_region(plan),
        ("地区", "候选项目", "安排项目", "申请额", "本次合计", "占比", "人均(元)"),
        [22, 18, 18, 30, 31, 17, 20],
    )
    if any(len(p.regions) > 1 for p in plan.case.projects):
        paper.text("跨地区项目按分摊计入各地区，项目个数在各参与地区都计，所以个数不列合计。")
    paper.picture(png(region_chart(plan)))
    paper.second("分领域")
    _short_table(
        paper, by_category(plan), ("类别", "候选项目", "安排项目", "申请额", "安排额", "占比"), [40, 18, 18, 31, 29, 18]
    )
    paper.picture(png(category_chart(plan)))
    paper.second("分资金来源、分年度")
    _short_table(
        paper, by_fund(plan), ("资金", "额度性质", "额度", "已安排", "结余", "使用率"), [34, 17, 29, 29, 25, 21]
    )
    paper.picture(png(year_chart(plan)))


def _largest(paper: _Paper, plan: Plan, account: Account) -> None:
    paper.heading("重点项目")
    table = proposal(plan)
    place = table.position("安排合计")
    rows = sorted(table.rows, key=lambda row: -row[place])[:LARGEST]
    paper.text(f"安排额最大的 {len(rows)} 个项目合计 {show_wan(sum(row[place] for row in rows))} 万元：")
    wanted = [table.position(n) for n in ("项目名称", "地区", "类别", "总投资", "安排合计", "安排理由")]
    body = [[row[i] if i not in (wanted[3], place) else show_wan(row[i]) for i in wanted] for row in rows]
    paper.table(
        ["项目", "地区", "类别", "总投资（万元）", "本次安排（万元）", "理由"],
        body,
        [40, 21, 23, 24, 24, 24],
        right=(3, 4),
    )


def _left_out(paper: _Paper, plan: Plan, account: Account) -> None:
    paper.heading("未安排项目说明")
    table = unfunded(plan)
    if not table.rows:
        paper.text("候选项目全部得到安排。")
        return
    money, rule, why = table.position("申请额"), table.position("规则"), table.position("原因")
    paper.text(
        f"未安排项目 {len(table.rows)} 个，申请 {show_wan(sum(row[money] for row in table.rows))} 万元。按原因分："
    )
    groups: dict[str, list[int]] = {}
    for row in table.rows:
        groups.setdefault(str(row[rule]), []).append(row[money])
    body = [
        [name, str(len(found)), show_wan(sum(found))]
        for name, found in sorted(groups.items(), key=lambda g: -len(g[1]))
    ]
    paper.table(["原因", "项目数", "申请额（万元）"], body, [70, 28, 50], right=(1, 2))
    paper.text("申请额较大的未安排项目：")
    for row in sorted(table.rows, key=lambda r: -r[money])[:EXAMPLES]:
        remedy = str(row[table.position("若要安排需调整什么")])
        paper.text(
            f"{row[1]}（{row[2]}，申请 {show_wan(row[money])} 万元）：{row[why]}。"
            + (f"如要安排，{remedy}。" if remedy else "")
        )


def _rules(paper: _Paper, plan: Plan, account: Account) -> None:
    paper.heading("约束执行情况")
    measures = plan.verdict.measures
    broken = [m for m in measures if not m.met and is_soft(plan.case, m)]
    paper.text(f"逐条核对 {len(measures)} 项，刚性规则全部满足；弹性规则未完全满足的 {len(broken)} 项。")
    tight = [m for m in measures if m.rule not in MASS_RULES and m.sense == "<=" and m.limit and m.slack == 0 and m.met]
    if tight:
        paper.text(f"已经用满、对方案起约束作用的限额 {len(tight)} 项，主要有：")
        body = [
            [RULE_BY_ID[m.rule].title, key_words(m.key), f"{float(shown(m, m.limit)):,.2f} {m.unit}"]
            for m in tight[:TIGHT]
        ]
        paper.table(["规则", "对象", "限额"], body, [44, 70, 40], right=(2,))
    for m in broken[:TIGHT]:
        over = float(shown(m, m.slack))
        paper.text(f"弹性规则“{RULE_BY_ID[m.rule].title}”（{key_words(m.key)}）相差 {abs(over):,.2f} {m.unit}。")


def _later(paper: _Paper, plan: Plan, account: Account) -> None:
    paper.heading("后续年度需求")
    table = later_needs(plan)
    if not table.rows:
        paper.text("已安排项目的资金需求在本期内全部满足，没有后续年度需求。")
        return
    year, money = table.position("年度"), table.position("需求额")
    sums: dict[int, int] = {}
    for row in table.rows:
        sums[row[year]] = sums.get(row[year], 0) + row[money]
    paper.text(f"已安排项目在本期以后还需 {show_wan(sum(sums.values()))} 万元，须在以后年度预算中预留：")
    paper.table(
        ["年度", "需求额（万元）"], [[str(y), show_wan(a)] for y, a in sorted(sums.items())], [40, 60], right=(1,)
    )


def _against(words: str) -> str:
    """How the plan stands against the scored list, with what that list does not mind."""
    return f"{words}（打分排队只看资金额度、占比、禁选、互斥和配套，其余规则不顾，只作参考）。" if words else ""


def _advice(paper: _Paper, plan: Plan, account: Account) -> None:
    paper.heading("建议")
    table, found = by_fund(plan), []
    left, name = table.position("结余"), table.position("资金")
    spare = [(str(row[name]), row[left]) for row in table.rows if row[left] > 0]
    if spare:
        words = "、".join(f"{n} {show_wan(a)} 万元" for n, a in sorted(spare, key=lambda s: -s[1])[:4])
        found.append(f"结余资金（{words}）受额度、适用范围或地区上下限所限没有用出，建议核对是否可以调剂或结转。")
    reasons = Counter(r.rule for r in plan.reasons)
    if waiting := reasons["readiness"]:
        found.append(f"有 {waiting} 个项目因手续不全、未过审核没有安排，建议督促补齐后列入下一批。")
    if listed := reasons["negative_list"]:
        found.append(f"有 {listed} 个项目列入负面清单没有安排，补手续也不能用这项资金，建议另找资金来源或退出清单。")
    late = sum(row[later_needs(plan).position("需求额")] for row in later_needs(plan).rows)
    if late:
        found.append(f"已安排项目的后续需求 {show_wan(late)} 万元，建议提前列入以后年度计划，避免资金断档。")
    forecast = [f.name for f in plan.case.funds if f.forecast]
    if forecast:
        found.append(f"{'、'.join(forecast)}的额度为预计数，相关安排是预安排，待正式下达后据实调整。")
    if account.value("差距") and "最优" not in account.value("状态"):
        found.append(
            f"本方案是限时结果，各步与理论最好值的差距不超过 {account.value('差距')}；会前可延长时限再算一次。"
        )
    for number, words in enumerate(found or ["按本方案报批，下达后按月跟踪支出进度。"], start=1):
        paper.text(f"（{NUMERALS[number - 1]}）{words}")


def _annex(paper: _Paper, plan: Plan) -> None:
    """附件: every project with its money."""
    table = proposal(plan)
    paper.apart("附件")
    paper.note("资金安排建议表")
    _short_table(paper, table, ("项目编号", "项目名称", "地区", "类别", "总投资", "安排合计"), [20, 56, 20, 22, 20, 20])


def _unit_of(output: str) -> str:
    """The unit in the name of an output, such as 户 in 户数(户)."""
    return output.partition("(")[2].rstrip(")") or "项"


def _short_table(paper: _Paper, table: ResultTable, names: tuple[str, ...], widths: list[int]) -> None:
    """Some columns of a result table with its totals."""
    present = [n for n in names if any(c.name == n for c in table.columns)]
    places = [table.position(n) for n in present]
    kinds = [table.columns[i].kind for i in places]
    rows: list[list[Any]] = [
        [_shown(kind, row[i]) for kind, i in zip(kinds, places, strict=True)] for row in table.rows
    ]
    if table.has_total:
        totals = table.totals()
        rows.append(
            [
                "合计",
                *(
                    _shown(kind, totals[i]) if totals[i] is not None else ""
                    for kind, i in list(zip(kinds, places, strict=True))[1:]
                ),
            ]
        )
    heads = [f"{n}（万元）" if kind == "money" else n for n, kind in zip(present, kinds, strict=True)]
    right = tuple(k for k, kind in enumerate(kinds) if kind != "text")
    kept = [width for n, width in zip(names, widths, strict=True) if n in present]
    paper.table(heads, rows, kept, right=right, bold_last=table.has_total)


def _shown(kind: str, value: Any) -> str:
    if value is None:
        return "—"
    if kind == "money":
        return show_wan(value)
    if kind == "share":
        return f"{float(value) * 100:.2f}%"
    if kind == "number":
        return f"{float(value):,.2f}"
    return str(value)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole * 100:.2f} %" if whole else "—"


# ---- the paper


class _Paper:
    """A Word document in the layout of official documents."""

    def __init__(self) -> None:
        self.document = Document()
        self.parts = 0
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        _font(self.document.styles["Normal"], BODY, 16)
        for level, family in ((1, FIRST), (2, SECOND)):
            _font(self.document.styles[f"Heading {level}"], family, 16)
        _page_number(section.footer.paragraphs[0])

    def title(self, words: str) -> None:
        """The title, centred, in 小标宋 二号."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run_font(paragraph.add_run(words), TITLE, 22)
        _spacing(paragraph, Pt(36), after=16)

    def note(self, words: str) -> None:
        """A line under the title."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run_font(paragraph.add_run(words), SECOND, 14)
        _spacing(paragraph, LINE)

    def heading(self, words: str) -> None:
        """A numbered part: 一、总体情况."""
        self.parts += 1
        paragraph = self.document.add_heading(f"{NUMERALS[self.parts - 1]}、{words}", 1)
        paragraph.paragraph_format.first_line_indent = Pt(32)
        _spacing(paragraph, LINE, before=6)

    def apart(self, words: str) -> None:
        """A part without a number, on a page of its own."""
        paragraph = self.document.add_heading(words, 1)
        paragraph.paragraph_format.page_break_before = True
        _spacing(paragraph, LINE)

    def second(self, words: str) -> None:
        """A heading inside a part."""
        paragraph = self.document.add_heading(words, 2)
        paragraph.paragraph_format.first_line_indent = Pt(32)
        _spacing(paragraph, LINE)

    def text(self, words: str) -> None:
        """A paragraph indented by two characters."""
        paragraph = self.document.add_paragraph()
        _run_font(paragraph.add_run(words.replace("。。", "。")), BODY, 16)
        paragraph.paragraph_format.first_line_indent = Pt(32)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _spacing(paragraph, LINE)

    def table(
        self, heads: list[str], rows: Iterable[list[Any]], widths: list[int], right: tuple[int, ...] = (), bold_last: bool = False
    ) -> None:  # fmt: skip
        """A table with a repeated heading row; ``widths`` in millimetres, ``right`` are columns of numbers."""
        body = list(rows)
        table = self.document.add_table(1 + len(body), len(heads), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for c, width in enumerate(widths):
            table.columns[c].width = Mm(width)
        for r, row in enumerate([heads, *body]):
            for c, value in enumerate(row):
                cell = table.cell(r, c)
                cell.width = Mm(widths[c])
                paragraph = cell.paragraphs[0]
                bold = r == 0 or (bold_last and r == len(body))
                _run_font(paragraph.add_run(str(value)), FIRST if r == 0 else BODY, 9.5, bold=bold and r > 0)
                paragraph.alignment = (
                    WD_ALIGN_PARAGRAPH.CENTER
                    if r == 0
                    else WD_ALIGN_PARAGRAPH.RIGHT
                    if c in right
                    else WD_ALIGN_PARAGRAPH.LEFT
                )
                _spacing(paragraph, Pt(16))
        _repeat_first_row(table)
        _spacing(self.document.add_paragraph(), Pt(12))

    def picture(self, content: bytes) -> None:
        """A chart across the page."""
        self.document.add_picture(BytesIO(content), width=Mm(154))
        paragraph = self.document.paragraphs[-1]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(6)


def _font(style: Any, family: str, size: float) -> None:
    style.font.name, style.font.size, style.font.bold = family, Pt(size), False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    fonts = fonts if fonts is not None else properties.get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    for name in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(name), family)


def _run_font(run: Any, family: str, size: float, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = family, Pt(size), bold
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)


def _spacing(paragraph: Any, line: Any, before: float = 0, after: float = 0) -> None:
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
    form.space_before, form.space_after = Pt(before), Pt(after)


def _repeat_first_row(table: Any) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


def _page_number(paragraph: Any) -> None:
    """— 1 — in the middle of the footer."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, code in (("— ", None), (None, "PAGE"), (" —", None)):
        run = paragraph.add_run(words or "")
        _run_font(run, "宋体", 14)
        if code:
            for kind in ("begin", None, "end"):
                part = OxmlElement("w:fldChar" if kind else "w:instrText")
                if kind:
                    part.set(qn("w:fldCharType"), kind)
                else:
                    part.text = code
                run._r.append(part)
