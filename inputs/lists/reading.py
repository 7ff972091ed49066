"""Lists read: layouts proposed or confirmed, every row accounted for, every cell cleaned or questioned, totals compared.

Columns that nobody has confirmed are read as proposed, so that the report shows what would come of it; an
error at their heading keeps the list from becoming a case until they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inputs import clean
from inputs.files.letters import address
from inputs.files.workbook import Grid
from inputs.lists import fields
from inputs.lists.decisions import Decisions, recall
from inputs.lists.fields import CERTAIN, proposals
from inputs.lists.layout import Block, find_blocks
from inputs.lists.opening import Change, Opened, corrected
from inputs.lists.projects import ListProject, SheetFrame, read_projects
from inputs.lists.propose import Guess, propose
from inputs.lists.rows import Kind, Roles, Row, classify
from inputs.lists.totals import Printed, SumLine, printed_totals, sum_lines
from inputs.places import Gazetteer
from models.issue import Issue
from models.units import show_wan

DECIDED = "已确认"

OWN_MONEY = "资金来源:自筹"


@dataclass(slots=True)
class Layout:
    """One way in which sheets are laid out: its columns, where it occurs, and whether a person has confirmed it."""

    code: str
    guesses: list[Guess]
    columns: dict[int, tuple[str, str]]
    places: list[tuple[str, str]]
    confirmed: bool
    named: bool

    @property
    def open_columns(self) -> list[Guess]:
        """Columns that still have to be confirmed."""
        return [] if self.confirmed else [g for g in self.guesses if not g.sure]


@dataclass(slots=True)
class SheetReport:
    """What became of one sheet: a kind for every row of it, and the totals that it prints."""

    file: str
    name: str
    rows: list[Row] = field(default_factory=list)
    totals: list[Printed] = field(default_factory=list)
    layouts: list[str] = field(default_factory=list)
    wanted: bool | None = None

    @property
    def counts(self) -> Counter[Kind]:
        """Rows by kind; they add up to the rows of the sheet."""
        return Counter(row.kind for row in self.rows)


@dataclass(slots=True)
class ListReading:
    """All that came of a number of lists."""

    opened: Opened
    layouts: dict[str, Layout]
    sheets: list[SheetReport]
    projects: list[ListProject]
    changes: list[Change]
    issues: list[Issue]

    def sums(self, file: str = "") -> list[SumLine]:
        """Amounts by region and field, and in total, as they stand in the rows and as they are read, in 万元."""
        return sum_lines([p for p in self.projects if file in ("", p.file)], self.issues)

    @property
    def errors(self) -> list[Issue]:
        """Issues that keep the lists from becoming a case."""
        return [i for i in self.issues if i.severity == "error"]

    @property
    def unconfirmed(self) -> list[Layout]:
        """Layouts with a column still to be confirmed."""
        return [layout for layout in self.layouts.values() if layout.open_columns]


def read_lists(opened: Opened, decisions: Decisions | None = None, places: Gazetteer | None = None) -> ListReading:
    """Read opened files by what the user has decided so far."""
    decisions, places = decisions or Decisions(), places or Gazetteer()
    reading = ListReading(opened, {}, [], [], list(opened.changes), list(opened.issues))
    for scrubbed in opened.sheets:
        grid = corrected(scrubbed.grid, decisions, reading.changes)
        _read_sheet(reading, grid, scrubbed.columns, decisions, places)
    _questions(reading)
    weight = {"error": 0, "warning": 1, "note": 2}
    reading.issues.sort(key=lambda i: weight[i.severity])
    return reading


def _read_sheet(
    reading: ListReading, grid: Grid, dropped: tuple[int, ...], decisions: Decisions, places: Gazetteer
) -> None:
    report = SheetReport(grid.file, grid.name, wanted=decisions.read.get((grid.file, grid.name)))
    reading.sheets.append(report)
    if report.wanted is False:
        report.rows = _unread(grid, range(len(grid.rows)), "按确认不读")
        return
    blocks = find_blocks(grid)
    cursor = 0
    for block in blocks:
        start = block.head[0] if block.head else block.body.start
        report.rows += _unread(grid, range(cursor, start), "", "标题")
        report.rows += [Row(r, "表头") for r in block.head]
        _read_block(reading, report, block, dropped, decisions, places)
        cursor = block.body.stop
    report.rows += _unread(grid, range(cursor, len(grid.rows)), "不在清单之内")
    if not any(row.kind in ("项目", "拒绝") for row in report.rows):
        _nothing_read(reading, report, grid)
    elif grid.hidden and report.wanted is None:
        message = "这张隐藏的工作表里有清单，读不读请确认"
        _issue(reading, grid, "sheet_hidden", "", message, "在工作表一栏里选 读 或 不读")
    _hidden_rows(reading, report, grid)


def _read_block(
    reading: ListReading, report: SheetReport, block: Block, dropped: tuple[int, ...], decisions: Decisions, places: Gazetteer
) -> None:  # fmt: skip
    grid = block.grid
    layout = _layout(reading, block, dropped, decisions, places)
    report.layouts.append(layout.code)
    _side_by_side(reading, block)
    _twice(reading, block, layout)
    _not_asked(reading, block, layout)
    roles = Roles.of(layout.columns)
    if roles.name < 0:
        report.rows += _unread(grid, block.body, "没有项目名称列")
        return
    wishes = {
        row - 1: kind for (file, sheet, row), kind in decisions.rows.items() if (file, sheet) == (grid.file, grid.name)
    }
    rows = classify(block, roles, places, wishes)
    place = (grid.file, grid.name)
    frame = SheetFrame(
        block, layout.columns, roles, places, decisions.regions.get(place, ""), decisions.totals.get(place, "")
    )
    projects, changes, issues = read_projects(frame, rows)
    reading.projects += projects
    reading.changes += changes
    reading.issues += issues
    report.rows += rows
    for printed in printed_totals(rows):
        report.totals.append(printed)
        if not printed.agrees:
            _total_differs(reading, grid, printed)


def _twice(reading: ListReading, block: Block, layout: Layout) -> None:
    """Two columns that were given one field: only one of them could be read."""
    names = [name for name, _ in layout.columns.values()]
    for index, (name, _) in layout.columns.items():
        if name not in (fields.UNUSED, fields.PERSONAL) and names.count(name) > 1:
            cell = address(block.head[-1] if block.head else 0, index)
            message = f"有 {names.count(name)} 列都对应“{name}”，只能读一列"
            _issue(reading, block.grid, "column_twice", cell, message, "在列对应中改成不同的字段，如 资金来源:别的名称")


def _not_asked(reading: ListReading, block: Block, layout: Layout) -> None:
    """Columns of where the money is to come from, in a list that asks for none: they are kept, not asked for."""
    names = {index: name for index, (name, _) in layout.columns.items()}
    if any(name.startswith("申报:") for name in names.values()):
        return
    sources = {i: n for i, n in names.items() if n.startswith("资金来源:") and n != OWN_MONEY}
    if sources:
        index, name = min(sources.items())
        words = "、".join(n.partition(":")[2] for _, n in sorted(sources.items()))
        message = f"资金来源各列（{words}）只作资料，不作申请额；项目按全部资金需求参与分配"
        remedy = f"要按所列数额申请，在列对应里把“{name}”等改成“{name.replace('资金来源', '申报')}”"
        cell = address(block.head[-1] if block.head else 0, index)
        _issue(reading, block.grid, "sources_not_asked", cell, message, remedy, "warning")


def _side_by_side(reading: ListReading, block: Block) -> None:
    """Two lists beside each other share their rows; only one could be read, so neither is taken as whole."""
    names = [
        h for h in block.headings if (p := proposals(h.path)) and p[0].field == "项目名称" and p[0].score == CERTAIN
    ]
    if len(names) > 1:
        cell = address(block.head[-1], names[1].index)
        message = "一行里有两个“项目名称”列，像是并排的两张清单，只能读一张"
        _issue(reading, block.grid, "side_by_side", cell, message, "把右边的清单移到下面或另一张表")


def _layout(
    reading: ListReading, block: Block, dropped: tuple[int, ...], decisions: Decisions, places: Gazetteer
) -> Layout:
    """The layout of a list: decided now, remembered, or proposed."""
    place = (block.grid.file, block.grid.name)
    code = block.layout if block.named else f"{block.layout[:6]}-{len(reading.layouts)}"
    if code in reading.layouts:
        reading.layouts[code].places.append(place)
        return reading.layouts[code]
    guesses = propose(block, places, dropped)
    now = decisions.columns.get(code)
    settled = now or (recall(code) if block.named else None)
    columns = {g.index: (g.field, g.unit) for g in guesses}
    if settled is not None:
        asked = set() if now else {g.index for g in guesses if g.unsaid or _contradicts(g, settled)}
        columns |= {i: c for i, c in settled.items() if i in columns and i not in dropped and i not in asked}
        settled = {i: c for i, c in settled.items() if i not in asked}
        for guess in guesses:
            if guess.index not in settled and not guess.sure:
                settled = None  # a column with cells that was empty when the layout was confirmed
                break
    layout = Layout(code, guesses, columns, [place], settled is not None, block.named)
    reading.layouts[code] = layout
    return layout


def _contradicts(guess: Guess, settled: Mapping[int, tuple[str, str]]) -> bool:
    """Whether somebody once took a column for another unit than its heading says: that is no word for other lists."""
    return bool(guess.unit) and guess.index in settled and settled[guess.index][1] != guess.unit


def _unread(grid: Grid, rows: Iterable[int], note: str, kind: Kind = "未读") -> list[Row]:
    found = []
    for r in rows:
        blank = all(clean.is_empty(v) for v in grid.rows[r])
        label = next((clean.tidy(v)[:40] for v in grid.rows[r] if isinstance(v, str) and clean.tidy(v)), "")
        found.append(Row(r, "空行" if blank else kind, label, note="" if blank else note))
    return found


def _nothing_read(reading: ListReading, report: SheetReport, grid: Grid) -> None:
    """A sheet without projects: only words is a note, numbers have to be decided about."""
    numbers = [
        address(r, c)
        for r, row in enumerate(grid.rows)
        for c, v in enumerate(row)
        if isinstance(v, int | float) and not isinstance(v, bool)
    ]
    if len(numbers) >= 3:
        message = f"没有认出带项目名称的清单，{len(numbers)} 个数字没有读（如汇总表）"
        _issue(reading, grid, "sheet_unread", numbers[0], message, "汇总表请确认不读；如是清单，请指明项目名称列")
    elif any(row.kind != "空行" for row in report.rows):
        _issue(reading, grid, "sheet_words", "", "没有清单，没有读", "不需要处理", "note")


def _hidden_rows(reading: ListReading, report: SheetReport, grid: Grid) -> None:
    hidden = [
        row.index + 1 for row in report.rows if row.kind in ("项目", "拒绝") and row.index + 1 in grid.hidden_rows
    ]
    if hidden:
        shown = "、".join(map(str, hidden[:8])) + (" 等" if len(hidden) > 8 else "")
        message = f"第 {shown} 行是隐藏或被筛选掉的行（{len(hidden)} 行），已按清单读取"
        _issue(
            reading,
            grid,
            "rows_hidden",
            f"A{hidden[0]}",
            message,
            "不该参与的请删去，或在行一栏里改为“未读”",
            "warning",
        )


def _total_differs(reading: ListReading, grid: Grid, printed: Printed) -> None:
    cents = 100 * (printed.value - printed.summed)
    message = (
        f"“{printed.label}”写的是 {float(printed.value):,.2f} 万元，{printed.scope}之和是 {float(printed.summed):,.2f} 万元，"
        f"相差 {show_wan(abs(round(cents)))} 万元"
    )
    cell = address(printed.row, printed.column)
    _issue(
        reading,
        grid,
        "total_differs",
        cell,
        message,
        "核对合计和各行，改正其中一个；合计行本身不读入",
        "warning",
        f"{float(printed.value):,.2f}",
    )


def _questions(reading: ListReading) -> None:
    """An error at the heading of every column that has to be confirmed."""
    for layout in reading.layouts.values():
        for guess in layout.open_columns:
            file, sheet = layout.places[0]
            block = next(s.grid for s in reading.opened.sheets if (s.grid.file, s.grid.name) == (file, sheet))
            row = _heading_row(reading, file, sheet, layout.code)
            more = f"（同一布局的表共 {len(layout.places)} 张）" if len(layout.places) > 1 else ""
            what = f"可能是“{guess.field}”" + (f"，单位{guess.unit}" if guess.unit else "")
            name = f"“{guess.heading}”" if guess.heading else "没有列名，"
            message = f"列{name}{what}（把握 {guess.score:.0%}，{guess.basis}），须确认{more}"
            _issue(
                reading,
                block,
                "column_unsure",
                address(row, guess.index),
                message,
                "在列对应中确认或改正",
                value=guess.heading,
            )


def _heading_row(reading: ListReading, file: str, sheet: str, code: str) -> int:
    report = next(s for s in reading.sheets if (s.file, s.name) == (file, sheet) and code in s.layouts)
    heads = [row.index for row in report.rows if row.kind == "表头"]
    return heads[-1] if heads else 0


def _issue(
    reading: ListReading, grid: Grid, code: str, cell: str, message: str, remedy: str, severity: str = "error", value: str = ""
) -> None:  # fmt: skip
    reading.issues.append(Issue(code, severity, grid.name, cell, value, message, remedy, grid.file))  # type: ignore[arg-type]
