"""Dirty lists with known truth: clean projects, laid out and dirtied at random, written as .xlsx, .xls or .csv.

``make(seed, folder)`` gives files, the truth by (file, sheet, row), and the cells that cannot be read for
certain. Whoever reads them must come to the truth, or question the cell.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font

from inputs.files.letters import address

COUNTIES = ("西峰区", "庆城县", "环县", "华池县", "合水县", "宁县", "镇原县", "崆峒区", "泾川县", "华亭市")
CODES = {"西峰区": "621002", "庆城县": "621021", "环县": "621022", "华池县": "621023", "合水县": "621024", "宁县": "621026", "镇原县": "621027", "崆峒区": "620802", "泾川县": "620821", "华亭市": "620881"}  # fmt: skip
KINDS = ("老旧小区改造", "供水管网更新", "污水处理", "公路连接线", "养老服务设施")
FUNDS = ("中央预算内投资", "专项债券", "自筹")
SOURCE_NAMES = {"中央预算内投资": ("中央预算内", "中央预算内投资"), "专项债券": ("专项债券", "地方政府专项债券"), "自筹": ("企业自筹", "自筹资金", "业主自筹")}  # fmt: skip
HEADINGS = {
    "项目名称": ("项目名称", "工程名称", "项 目 名 称", "建设项目名称"), "项目代码": ("项目代码", "投资项目统一代码", "在线平台代码"),
    "地区": ("县区", "所属县（市、区）", "县（区）", "地区"), "项目单位": ("项目单位", "建设单位", "业主单位"), "主管部门": ("主管部门", "行业主管部门"),
    "类别": ("投向领域", "项目类型", "类别"), "建设性质": ("建设性质", "建设\n性质"), "建设起止": ("建设起止年限", "起止年限", "建设年限"),
    "总投资": ("总投资", "项目总投资", "估算总投资"), "资本金比例": ("资本金比例",), "已到位资金": ("已到位资金", "已到位"),
    "申报:专项债券": ("本年专项债需求", "拟申请专项债券额度", "专项债券需求"), "债券期限": ("债券期限",), "债券利率": ("债券利率", "利率"),
    "净收益": ("净收益", "项目预期净收益"), "覆盖倍数": ("本息覆盖倍数", "覆盖倍数"), "负面清单": ("是否负面清单", "负面清单"), "备注": ("备注",),
}  # fmt: skip
MONEY = (
    "总投资",
    "已到位资金",
    "申报:专项债券",
    "净收益",
    "资金来源:中央预算内投资",
    "资金来源:专项债券",
    "资金来源:自筹",
)
UNIT_FACTOR = {"万元": Decimal(1), "亿元": Decimal(10_000), "元": Decimal("0.0001")}
FULL = str.maketrans("0123456789.,%()", "０１２３４５６７８９．，％（）")
DASHES = ("—", "/", "无", "-", "——")


@dataclass
class Sheet:
    """One sheet to write: rows, merges (from 0), hidden rows (from 1), percent-formatted cells."""

    name: str
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Made:
    """Files with their truth: fields by (file, sheet, row from 1); cells that must be questioned; phone numbers."""

    files: list[Path]
    truth: dict[tuple[str, str, int], dict[str, Any]]
    unsure: set[tuple[str, str, str]]
    secrets: list[str]
    rows: dict[tuple[str, str], int]


def project(rng: random.Random, k: int) -> dict[str, Any]:
    """A clean project; money is exact decimals in 万元."""
    county, kind = rng.choice(COUNTIES), rng.choice(KINDS)
    parts = [Decimal(rng.randrange(100, 900_000)) / 100 for _ in FUNDS]
    total, start = sum(parts), rng.randint(2024, 2027)
    service = parts[1] * Decimal("1.6")
    return {
        "项目名称": f"{county}{rng.choice(('城区', '东湖', '南街', '北关', '河西'))}{rng.choice(('一', '二', '三', '四', '五'))}片区{kind}{k}号工程",
        "项目代码": f"25{rng.randint(1, 12):02d}-{CODES[county]}-04-01-{100_000 + k}",
        "地区": county, "项目单位": f"{county}城市建设投资有限公司", "主管部门": rng.choice(("住建局", "发改局", "交通局", "民政局")), "类别": kind,
        "建设性质": rng.choice(("新建", "续建")), "最早开工": start, "竣工年份": start + rng.randint(0, 3), "总投资": total,
        "资本金比例": Decimal(rng.choice((20, 25, 30, 40))), "已到位资金": Decimal(0) if rng.random() < 0.5 else parts[0], "申报:专项债券": parts[1],
        "债券期限": rng.choice((5, 10, 15, 20)), "债券利率": Decimal(rng.choice(("2.8", "3", "3.25"))), "净收益": (service * Decimal("1.3")).quantize(Decimal("0.01")),
        "覆盖倍数": Decimal("1.3"), "负面清单": "否", "备注": rng.choice(("", "急需", "=SUM(A1)", "+第二批", "@联系")),
        **{f"资金来源:{f}": p for f, p in zip(FUNDS, parts, strict=True)},
    }  # fmt: skip


class Maker:
    """Lays projects out on sheets, with dirt."""

    def __init__(self, seed: int, kind: str = "", grouped: bool | None = None) -> None:
        self.rng = random.Random(seed)
        self.kind = kind or self.rng.choice(("xlsx", "xlsx", "xls", "csv"))
        self.truth: dict[tuple[str, str, int], dict[str, Any]] = {}
        self.unsure: set[tuple[str, str, str]] = set()
        self.secrets: list[str] = []
        self.counter = 0
        self.unit = self.rng.choice(("万元", "万元", "万元", "亿元", "元"))
        self.grouped = self.rng.random() < 0.4 if grouped is None else grouped

    def make(self, folder: Path) -> Made:
        """Write one to two files of one to three sheets."""
        files, counts = [], {}
        for f in range(self.rng.randint(1, 2)):
            name = f"清单{f + 1}.{self.kind}"
            several = 1 if self.kind == "csv" else self.rng.randint(1, 3)
            sheets = [self.sheet(name, s) for s in range(several)]
            path = folder / name
            {"xlsx": write_xlsx, "xls": write_xls, "csv": self.write_csv}[self.kind](path, sheets)
            files.append(path)
            counts |= {(name, s.name): len(s.rows) if self.kind == "csv" else _length(s) for s in sheets}
        return Made(files, self.truth, self.unsure, self.secrets, counts)

    # ---- one sheet

    def sheet(self, file: str, s: int) -> Sheet:
        rng = self.rng
        county = rng.choice(COUNTIES)
        by_sheet = rng.random() < 0.3 and self.kind != "csv"
        page = Sheet(Path(file).stem if self.kind == "csv" else f"{county}{s}" if not by_sheet else f"{s + 1}.{county}")
        fields = self.choose_fields(without_region=by_sheet or self.grouped)
        projects = [project(rng, self.next()) for _ in range(rng.randint(3, 14))]
        for p in projects:
            if by_sheet:
                p["地区"] = county
        if rng.random() < 0.8:
            self.preface(page, len(fields))
        self.header(page, fields)
        unit_told = any("单位" in str(v) for row in page.rows for v in row if v)
        self.body(file, page, fields, projects, unit_told)
        if rng.random() < 0.5:
            page.rows.append(["注：本表数据以批复为准"] + [None] * (len(fields) - 1))
        if rng.random() < 0.3:
            phone = f"139{rng.randrange(10**8):08d}"
            self.secrets.append(phone)
            page.rows.append([f"填报人：赵敏    联系电话：{phone}"] + [None] * (len(fields) - 1))
            self.secrets.append("赵敏")
        return page

    def next(self) -> int:
        self.counter += 1
        return self.counter

    def choose_fields(self, without_region: bool) -> list[str]:
        rng = self.rng
        middle = [
            "项目代码",
            "项目单位",
            "主管部门",
            "类别",
            "建设性质",
            "建设起止",
            "总投资",
            "来源",
            "资本金比例",
            "已到位资金",
            "申报:专项债券",
            "债券期限",
            "债券利率",
            "净收益",
            "覆盖倍数",
            "负面清单",
        ]
        chosen = [f for f in middle if f == "总投资" or rng.random() < 0.7]
        if not without_region:
            chosen.insert(rng.randint(0, 2), "地区")
        if rng.random() < 0.3:
            rng.shuffle(chosen)
        fields = ["序号", "项目名称"]
        for f in chosen:
            fields += [f"资金来源:{x}" for x in FUNDS] if f == "来源" else [f]
        fields += [x for x in ("联系人", "联系电话") if rng.random() < 0.5]
        return [*fields, "备注"]

    def preface(self, page: Sheet, wide: int) -> None:
        rng = self.rng
        page.rows.append(["庆阳市2025年地方政府专项债券项目储备清单"] + [None] * (wide - 1))
        if rng.random() < 0.6:
            page.merges.append((len(page.rows) - 1, 0, len(page.rows) - 1, wide - 1))
        line: list[Any] = [None] * wide
        line[0], line[-1] = "填报单位（盖章）：市财政局", f"单位：{self.unit}、年"
        page.rows.append(line)
        if rng.random() < 0.2:
            page.rows.append([None] * wide)

    def header(self, page: Sheet, fields: list[str]) -> None:
        rng = self.rng
        told = any("单位" in str(v) for row in page.rows for v in row if v)
        top: list[Any] = []
        for f in fields:
            if f.startswith("资金来源:"):
                top.append("资金来源")
            else:
                word = f if f in ("序号", "联系人", "联系电话") else rng.choice(HEADINGS[f])
                money = f in MONEY and (not told or rng.random() < 0.3)
                top.append(word + (f"（{self.unit}）" if money else ""))
        row = len(page.rows)
        sources = [k for k, f in enumerate(fields) if f.startswith("资金来源:")]
        if sources:
            first, last = sources[0], sources[-1]
            if not told:
                top[first] = f"资金来源（{self.unit}）"
            for k in sources[1:]:
                top[k] = None
            below: list[Any] = [None] * len(fields)
            for k in sources:
                below[k] = rng.choice(SOURCE_NAMES[fields[k].split(":")[1]])
            page.rows += [top, below]
            if self.kind != "csv":
                page.merges.append((row, first, row, last))
                page.merges += [(row, k, row + 1, k) for k in range(len(fields)) if k not in sources]
        else:
            page.rows.append(top)
        if rng.random() < 0.2:
            page.rows.append(list(range(1, len(fields) + 1)))

    def body(self, file: str, page: Sheet, fields: list[str], projects: list[dict[str, Any]], unit_told: bool) -> None:
        rng = self.rng
        first = len(page.rows)
        if self.grouped:
            self.groups(file, page, fields, projects)
        else:
            for k, p in enumerate(projects, start=1):
                self.row(file, page, fields, p, str(k) if rng.random() < 0.2 else k)
                if rng.random() < 0.05:
                    page.rows.append([None] * len(fields))
            if rng.random() < 0.3 and "地区" in fields and self.kind == "xlsx":
                self.merge_regions(file, page, fields, first)
        if rng.random() < 0.7:
            self.total(page, fields, projects, rng.choice(("合计", "合 计", "总计", "合计：")))
        if rng.random() < 0.15 and self.kind != "csv":
            data = [r for (f, s, r) in self.truth if (f, s) == (file, page.name)]
            page.hidden.add(rng.choice(data))

    def groups(self, file: str, page: Sheet, fields: list[str], projects: list[dict[str, Any]]) -> None:
        """一、西峰区 … rows with only the name, or with sub-totals; projects take their region."""
        rng = self.rng
        counties = rng.sample(COUNTIES, 2)
        half = max(1, len(projects) // 2)
        totals = rng.random() < 0.5
        for number, county, mine in zip("一二", counties, (projects[:half], projects[half:]), strict=True):
            for p in mine:
                p["地区"] = county
            if not mine:
                continue
            line: list[Any] = [None] * len(fields)
            if rng.random() < 0.5:
                line[0] = f"{number}、{county}"
            else:
                line[0], line[1] = number, county if rng.random() < 0.7 else f"{county}（{len(mine)}个）"
            if totals:
                self.sums(line, fields, mine)
            page.rows.append(line)
            for k, p in enumerate(mine, start=1):
                self.row(file, page, fields, p, k)
            if not totals and rng.random() < 0.4:
                self.total(page, fields, mine, "小计")

    def total(self, page: Sheet, fields: list[str], projects: list[dict[str, Any]], word: str) -> None:
        line: list[Any] = [None] * len(fields)
        line[self.rng.randint(0, 1)] = word
        self.sums(line, fields, projects)
        page.rows.append(line)

    def sums(self, line: list[Any], fields: list[str], projects: list[dict[str, Any]]) -> None:
        for k, f in enumerate(fields):
            if f in MONEY:
                line[k] = float(sum(p[f] for p in projects) / UNIT_FACTOR[self.unit])

    def merge_regions(self, file: str, page: Sheet, fields: list[str], first: int) -> None:
        """The county only in the first of its rows, merged downward."""
        k = fields.index("地区")
        rows = [r for r in range(first, len(page.rows)) if (file, page.name, r + 1) in self.truth]
        if len(rows) < 2 or rows != list(range(rows[0], rows[-1] + 1)):
            return
        county = self.truth[file, page.name, rows[0] + 1]["地区"]
        for r in rows:
            self.truth[file, page.name, r + 1]["地区"] = county
            page.rows[r][k] = county if r == rows[0] else None
            self.unsure.discard((file, page.name, address(r, k)))
        page.merges.append((rows[0], k, rows[-1], k))

    # ---- one row, one cell

    def row(self, file: str, page: Sheet, fields: list[str], p: dict[str, Any], serial: Any) -> None:
        cells: list[Any] = []
        r = len(page.rows)
        known = {k: v for k, v in p.items() if k in fields or (k == "地区")}
        if "建设起止" in fields:
            known |= {"最早开工": p["最早开工"], "竣工年份": p["竣工年份"]}
        self.truth[file, page.name, r + 1] = known
        for c, f in enumerate(fields):
            if f == "序号":
                cells.append(serial)
            elif f == "联系人":
                person = self.rng.choice(("张伟", "王芳", "李秀英", "刘洋"))
                self.secrets.append(person)
                cells.append(person)
            elif f == "联系电话":
                phone = f"138{self.rng.randrange(10**8):08d}"
                self.secrets.append(phone)
                cells.append(int(phone) if self.rng.random() < 0.3 and self.kind != "csv" else phone)
            else:
                cells.append(self.dirty(f, p, page, r, c, file))
        page.rows.append(cells)

    def dirty(self, f: str, p: dict[str, Any], page: Sheet, r: int, c: int, file: str) -> Any:
        if f in MONEY:
            return self.money(f, p, (file, page.name, address(r, c)))
        if f == "建设起止":
            return self.span(p["最早开工"], p["竣工年份"])
        if f in ("资本金比例", "债券利率"):
            return self.percent(p[f], page, r, c)
        if f == "覆盖倍数":
            return self.rng.choice((float(p[f]), f"{p[f]}倍", str(p[f])))
        if f == "负面清单":
            return self.rng.choice(("否", "否", "×", "0"))
        if f == "地区":
            return self.county(p[f])
        if f == "建设性质" and p[f] == "续建":
            return self.rng.choice(("续建", "在建"))
        return self.words(p[f])

    def money(self, f: str, p: dict[str, Any], where: tuple[str, str, str]) -> Any:
        rng, value = self.rng, p[f] / UNIT_FACTOR[self.unit]
        if value == 0:
            return rng.choice((0, *DASHES, None))
        way = rng.random()
        if way < 0.62:
            return float(value)
        text = f"{value.normalize():f}"
        if way < 0.68:
            return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"
        if way < 0.73:
            return text.translate(FULL)
        if way < 0.78:
            return f" {text}\u3000"
        if way < 0.84:
            return f"{p[f].normalize():f}万元" if rng.random() < 0.5 else f"{p[f].normalize():f}万"
        if way < 0.89:
            return f"{(p[f] / 10_000).normalize():f}亿元"
        if way < 0.93:
            return text
        self.unsure.add(where)
        return rng.choice((f"约{text}", "待定", f"{text}左右", f"{text}-{text}", "#待核#", "3千多万"))

    def span(self, start: int, end: int) -> str:
        return self.rng.choice(
            (
                f"{start}-{end}",
                f"{start}—{end}年",
                f"{start}年3月—{end}年12月",
                f"{start}.03-{end}.12",
                f"{start}年-{end}年",
                f"{start}年5月至{end}年10月",
                f"{start}~{end}",
            )
        )

    def percent(self, value: Decimal, page: Sheet, r: int, c: int) -> Any:
        """One way for a whole column, since bare numbers of two kinds in a column would be in doubt."""
        way = random.Random(f"{page.name}{c}{len(page.merges)}").random()
        if way < 0.35:
            return f"{value}%"
        if way < 0.6:
            return float(value / 100)
        if way < 0.8 and value > 1:
            return float(value)
        if self.kind == "csv":
            return f"{value}%".translate(FULL)
        page.percent.add((r, c))
        return float(value / 100)

    def county(self, name: str) -> Any:
        ways = [name, name, f" {name}", f"{name[0]} {name[1:]}", f"{name}\n"]
        if len(name) > 2:
            ways.append(name[:-1])
        if name == "华亭市":
            ways.append("华亭县")
        else:
            ways.append(CODES[name])
        return self.rng.choice(ways)

    def words(self, text: Any) -> Any:
        if not isinstance(text, str) or not text:
            return float(text) if isinstance(text, Decimal) else text or None
        way = self.rng.random()
        if way < 0.7:
            return text
        return f"{text} " if way < 0.85 else f"\u3000{text}\u00a0"

    def write_csv(self, path: Path, sheets: list[Sheet]) -> None:
        encoding = self.rng.choice(("utf-8-sig", "gb18030", "utf-8"))
        with path.open("w", encoding=encoding, newline="", errors="replace") as file:
            for row in sheets[0].rows:
                csv.writer(file).writerow(["" if v is None else _csv(v) for v in row])


def _length(sheet: Sheet) -> int:
    """Rows up to the last that holds anything; no format keeps blank rows after it."""
    return max(r for r, row in enumerate(sheet.rows, start=1) if any(v is not None for v in row))


def _csv(value: Any) -> str:
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return str(value).replace("\u00a0", " ")


def write_xlsx(path: Path, sheets: list[Sheet]) -> None:
    """As Excel would hold it."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for r, row in enumerate(sheet.rows, start=1):
            for c, value in enumerate(row, start=1):
                cell = page.cell(r, c)
                cell.value = value
                if isinstance(value, str) and value.startswith("="):
                    cell.data_type = "s"
                if (r - 1, c - 1) in sheet.percent:
                    cell.number_format = "0.00%"
        page["A1"].font = Font(bold=True)
        for top, left, bottom, right in sheet.merges:
            page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for r in sheet.hidden:
            page.row_dimensions[r].hidden = True
        if not sheet.rows:
            page["A1"] = None
    book.save(path)


def write_xls(path: Path, sheets: list[Sheet]) -> None:
    """The old format."""
    book = xlwt.Workbook(encoding="utf-8")
    shown = xlwt.easyxf(num_format_str="0.00%")
    plain = xlwt.easyxf()
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        covered = {
            (r, c) for t, u, b, q in sheet.merges for r in range(t, b + 1) for c in range(u, q + 1) if (r, c) != (t, u)
        }
        corners = {(t, u): (b, q) for t, u, b, q in sheet.merges}
        for r, row in enumerate(sheet.rows):
            for c, value in enumerate(row):
                if (r, c) in covered:
                    continue
                style = shown if (r, c) in sheet.percent else plain
                if (r, c) in corners:
                    page.write_merge(r, corners[r, c][0], c, corners[r, c][1], value, style)
                elif value is not None:
                    page.write(r, c, value, style)
        for r in sheet.hidden:
            page.row(r - 1).hidden = True
    book.save(str(path))


def make(seed: int, folder: Path, kind: str = "", grouped: bool | None = None) -> Made:
    """Files of a seed."""
    return Maker(seed, kind, grouped).make(folder)
