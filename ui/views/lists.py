"""清单整理: raw lists on their way to a case – columns confirmed, doubtful cells corrected, totals compared."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from inputs import clean
from inputs.files.letters import column_letters
from inputs.files.workbook import load_grids
from inputs.lists import fields
from inputs.lists.mapping_file import write_mapping
from inputs.lists.projects import TOTALS
from inputs.lists.reading import Layout
from inputs.lists.rows import KINDS, Kind
from inputs.lists.to_case import FundRow
from inputs.schema import FUND_KINDS
from models.issue import CaseError, Issue
from ui.desk import desk
from ui.frame import plain, strip
from ui.tables import choice_of, issue_table, labelled, spoken
from ui.words import sentence, t, told
from workbench.intake import Intake

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_UNIT = "—"
UNITS = [NO_UNIT, *clean.MONEY_UNITS, "%", "亩", "公顷", "平方米", "公里", "米", "户", "人", "年", "月"]
READ = {"自动": None, "读": True, "不读": False}
TOTAL_COLUMN = "总投资列"
MOST_SHOWN = 2000
MOST_ASKED = 30
MOST_FILES = 12
WIDTHS = [3, 2, 5, 3]
CHANGED = ["位置", "字段", "原值", "读作", "原因"]
FUND_HEADS = ["资金名称", "类型", "额度（万元）"]
PRINTED = ["工作表", "行", "列", "名称", "清单写的", "各行之和", "范围", "结果"]


def _height(rows: list[Any], most: int) -> int:
    """Pixels that a grid of some rows takes, up to a limit."""
    return min(36 + 31 * max(1, len(rows)), most)


def _files(intake: Intake) -> None:
    """The files that are read, each with a way to take it out."""
    names = [source.name for source in intake.opened.sources]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for k, name in enumerate(names[:MOST_FILES]):
            if st.button(
                plain(name),
                key=f"leave_{k}_{name}",
                icon=":material/close:",
                help=t("移除这份清单；原文件不动，改正后同名再传会代替它。"),
            ):
                if len(names) == 1:
                    desk().intake = None
                else:
                    intake.leave(name)
                st.rerun()
        if more := names[MOST_FILES:]:
            st.caption(t("另有 {n} 份", n=len(more)))


def _figures(intake: Intake) -> None:
    lists = intake.lists
    rows = [row for sheet in lists.sheets for row in sheet.rows]
    waiting = sum(len(layout.open_columns) for layout in lists.layouts.values())
    figures = (
        ("工作表", len(lists.sheets)), ("清单行数", len(rows)), ("读入项目", len(intake.draft.projects)),
        ("没有读成的行", sum(r.kind == "拒绝" for r in rows)), ("有改动的格", len(lists.changes)), ("待确认的列", waiting),
        ("清单错误 · 须改", len(lists.errors)),
    )  # fmt: skip
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(t(label), f"{value:,}", border=True)


# ---- columns


def _layouts(intake: Intake) -> None:
    st.caption(
        t(
            "列名与内容都确定的列已经认下；标“待确认”的列请核对“对应字段”和“单位”，再按确认。同样布局的表只确认一次，下次自动认得。"
        )
    )
    ordered = sorted(intake.lists.layouts.values(), key=lambda layout: not layout.open_columns)
    for layout in ordered:
        waiting = len(layout.open_columns)
        sheets = "、".join(dict.fromkeys(sheet for _, sheet in layout.places))
        mark = t("待确认 {n} 列", n=waiting) if waiting else t("已确认") if layout.confirmed else t("列名都确定")
        with st.expander(f"{plain(sheets[:60])}（{mark}）", expanded=bool(waiting) and layout is ordered[0]):
            _layout(intake, layout)


def _layout(intake: Intake, layout: Layout) -> None:
    rows = []
    for guess in layout.guesses:
        name, unit = layout.columns[guess.index]
        state = t("已确认") if layout.confirmed else t("确定") if guess.sure else t("待确认")
        rows.append(
            {
                "状态": state, "列": column_letters(guess.index), "列名": guess.heading, "示例": "；".join(guess.examples), "对应字段": name, "单位": unit or NO_UNIT,
                "把握": f"{guess.score:.0%}", "依据": told(guess.basis),
            }
        )  # fmt: skip
    used = [row["对应字段"] for row in rows]
    own = [name for g in layout.guesses if g.numeric and not g.sure for name in fields.families_of(g.heading)]
    options = list(dict.fromkeys([*used, *fields.known_fields(), *own]))
    units = list(dict.fromkeys([*UNITS, *(row["单位"] for row in rows)]))
    config = {
        "对应字段": choice_of(options, 190),
        "单位": choice_of(units, 80),
        "示例": st.column_config.TextColumn(width=240),
        "列名": st.column_config.TextColumn(width=190),
    }
    frame = st.data_editor(
        pd.DataFrame(rows), hide_index=True, column_config=labelled(rows, config), disabled=["状态", "列", "列名", "示例", "把握", "依据"],
        key=f"map_{layout.code}", height=_height(rows, 640),
    )  # fmt: skip
    if st.button(t("确认这一布局的列"), key=f"confirm_{layout.code}", type="primary", icon=":material/check:"):
        _confirm(intake, layout, frame)


def _confirm(intake: Intake, layout: Layout, frame: pd.DataFrame) -> None:
    chosen = {
        g.index: (str(frame["对应字段"][k]), str(frame["单位"][k]).replace(NO_UNIT, ""))
        for k, g in enumerate(layout.guesses)
    }
    faults = []
    for name, unit in chosen.values():
        if fields.fault_of(name):
            faults.append(fields.fault_of(name))
        elif fields.kind_of(name) == "money" and unit not in clean.MONEY_UNITS:
            faults.append(t("“{name}”的单位要选 {units} 之一", name=name, units="、".join(clean.MONEY_UNITS)))
    names = [n for n, _ in chosen.values() if n not in (fields.UNUSED, fields.PERSONAL)]
    faults += [t("“{name}”对应了两列", name=n) for n in sorted({n for n in names if names.count(n) > 1})]
    if faults:
        for fault in faults:
            st.error(plain(told(fault)), icon=":material/error:")
        return
    intake.confirm(layout.code, chosen)
    intake.read()
    st.rerun()


# ---- sheets and rows


def _sheets(intake: Intake) -> None:
    words = {value: word for word, value in READ.items()}
    rows = [
        {
            "文件": s.file, "工作表": s.name, "读取": words[s.wanted], "整表地区": intake.decisions.regions.get((s.file, s.name), ""),
            "总投资取自": TOTALS.get(intake.decisions.totals.get((s.file, s.name), ""), TOTAL_COLUMN),
            "总行数": len(s.rows), **{kind: s.counts[kind] for kind in KINDS},
        }
        for s in intake.lists.sheets
    ]  # fmt: skip
    st.caption(
        t(
            "各类行数之和等于工作表的总行数。汇总表、与别的表重复的表请选“不读”。清单里确实没有总投资一列的，在“总投资取自”里选由哪些列加出来（另加已到位资金）。"
        )
    )
    sources = {TOTAL_COLUMN: None} | {word: family for family, word in TOTALS.items()}
    config = {
        "读取": choice_of(list(READ), 80),
        "总投资取自": choice_of(list(sources), 120),
    }
    locked = ["文件", "工作表", "总行数", *KINDS]
    frame = st.data_editor(
        pd.DataFrame(rows), hide_index=True, column_config=labelled(rows, config), disabled=locked, key="sheets_editor", placeholder="—",
        height=_height(rows, 420),
    )  # fmt: skip
    if st.button(t("按此读取"), key="read_so", icon=":material/refresh:"):
        for k, sheet in enumerate(intake.lists.sheets):
            place = (sheet.file, sheet.name)
            wanted, region = READ[str(frame["读取"][k])], str(frame["整表地区"][k] or "").strip()
            _set(intake.decisions.read, place, wanted)
            _set(intake.decisions.regions, place, region or None)
            _set(intake.decisions.totals, place, sources[str(frame["总投资取自"][k])])
        intake.read()
        st.rerun()


def _set(table: dict[Any, Any], key: Any, value: Any) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def _rows(intake: Intake) -> None:
    kinds = [kind for kind in KINDS if any(s.counts[kind] for s in intake.lists.sheets)]
    start = "拒绝" if "拒绝" in kinds else kinds[0]
    kind = st.segmented_control(
        t("去向"), kinds, default=start, required=True, key="row_kind", label_visibility="collapsed", format_func=t
    )
    found = [(s, row) for s in intake.lists.sheets for row in s.rows if row.kind == kind][:MOST_SHOWN]
    places = [(s.file, s.name, r.index + 1) for s, r in found]
    wishes: dict[tuple[str, str, int], Kind] = st.session_state.setdefault("row_wishes", {})
    rows = [
        {"文件": s.file, "工作表": s.name, "行": r.index + 1, "内容": r.label, "说明": told(r.note), "去向": wishes.get(place, r.kind)}
        for place, (s, r) in zip(places, found, strict=True)
    ]  # fmt: skip
    config = {
        "去向": choice_of(list(KINDS), 100),
        "内容": st.column_config.TextColumn(width=360),
        "说明": st.column_config.TextColumn(width=320),
    }
    key = f"rows_{kind}"

    def note() -> None:
        """What was chosen is kept while other kinds of rows are looked at."""
        for number, values in st.session_state[key]["edited_rows"].items():
            wishes[places[int(number)]] = values["去向"]

    st.data_editor(
        pd.DataFrame(rows), hide_index=True, column_config=labelled(rows, config), disabled=["文件", "工作表", "行", "内容", "说明"], key=key,
        height=_height(rows, 420), on_change=note,
    )  # fmt: skip
    words = t("改变去向（{n} 行）", n=len(wishes)) if wishes else t("改变去向")
    if st.button(words, key="move_rows", icon=":material/refresh:", disabled=not wishes):
        intake.decisions.rows |= wishes
        wishes.clear()
        intake.read()
        st.rerun()


# ---- findings and corrections


def _corrections(intake: Intake) -> None:
    """Cells that could not be read, each with a place to write what it should be."""
    asked = [i for i in intake.lists.errors if i.cell and i.code not in ("column_unsure", "sheet_unread", "no_total")]
    if not asked:
        return
    st.markdown(
        t(
            "**看不懂的格**　在“改为”里写上应当是什么，没有这一项就写“无”，不写就不改；原文件不动，改动会记在读取报告里。"
        )
    )
    if len(asked) > MOST_ASKED:
        st.caption(t("先列前 {n} 处，重读后接着列。", n=MOST_ASKED))
    with st.form("form_cells", border=True):
        for part, name in zip(st.columns(WIDTHS), ("位置", "原值", "问题", "改为"), strict=True):
            part.markdown(f"**{t(name)}**")
        written = {}
        for issue in asked[:MOST_ASKED]:
            where, before, words, box = st.columns(WIDTHS, vertical_alignment="center")
            where.text(issue.address)
            before.text(issue.value)
            words.text(sentence(issue.message))
            name = f"cell_{issue.file}_{issue.sheet}_{issue.cell}"
            label = f"{t('改为')} {issue.address}"
            written[issue.file, issue.sheet, issue.cell] = box.text_input(label, key=name, label_visibility="collapsed")
        if st.form_submit_button(t("按更正重读"), type="primary", icon=":material/edit:"):
            intake.decisions.cells |= {cell: value.strip() for cell, value in written.items() if value.strip()}
            intake.read()
            st.rerun()


def _findings(intake: Intake) -> None:
    _corrections(intake)
    own = len(intake.lists.errors)
    if more := sum(i.severity == "error" for i in intake.reading.issues) - own:
        st.caption(t("错误里 {n} 处是清单的，{m} 处是成为案例还缺的（如额度，在“资金与额度”里填）。", n=own, m=more))
    chosen = issue_table(intake.reading.issues, "list_issues")
    if chosen is not None:
        with st.container(border=True, key="list_issue"):
            st.markdown(f"**{plain(chosen.address)}**　{plain(spoken(chosen))}")


# ---- report of reading


def _changes(intake: Intake) -> None:
    changes = intake.lists.changes
    st.caption(t("读入时与原格不同的值共 {n} 格；没有列出的与原表相同。", n=f"{len(changes):,}"))
    rows = [
        {
            "位置": _place(c.file, c.sheet, c.cell),
            "字段": told(c.field),
            "原值": c.before,
            "读作": c.after,
            "原因": told(c.why),
        }
        for c in changes[:MOST_SHOWN]
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=CHANGED), hide_index=True, column_config=labelled(CHANGED), height=460, key="changes"
    )
    if len(changes) > MOST_SHOWN:
        st.caption(t("只显示前 {n} 格，其余见带批注的副本。", n=f"{MOST_SHOWN:,}"))


def _place(file: str, sheet: str, cell: str) -> str:
    return f"{file}·{sheet}!{cell}"


def _totals(intake: Intake) -> None:
    money = st.column_config.NumberColumn(format="%,.2f", alignment="right")
    sums = [
        {"地区": s.region, "字段": told(s.field), "清单各行合计（万元）": float(s.listed), "读入合计（万元）": float(s.taken), "差额": float(s.listed - s.taken), "差额原因": told(s.why)}
        for s in intake.lists.sums()
    ]  # fmt: skip
    st.markdown(f"**{t('读入前后合计')}**")
    names = ("清单各行合计（万元）", "读入合计（万元）", "差额")
    st.dataframe(
        pd.DataFrame(sums),
        hide_index=True,
        height=320,
        column_config=labelled(sums, dict.fromkeys(names, money)),
        key="sums",
    )
    st.markdown(f"**{t('清单自己的合计与各行之和')}**")
    printed = [
        {"工作表": s.name, "行": x.row + 1, "列": column_letters(x.column), "名称": x.label, "清单写的": float(x.value), "各行之和": float(x.summed), "范围": told(x.scope), "结果": t("相符") if x.agrees else t("不符")}
        for s in intake.lists.sheets
        for x in s.totals
    ]  # fmt: skip
    frame = pd.DataFrame(printed, columns=PRINTED)
    st.dataframe(
        frame,
        hide_index=True,
        height=320,
        column_config=labelled(PRINTED, dict.fromkeys(("清单写的", "各行之和"), money)),
        key="printed",
    )


# ---- to a case


def _onto_case(intake: Intake) -> None:
    """Whether the lists go into the case that is open, with its funds, regions and rules."""
    here = desk()
    if here.work is None or here.work.case is None:
        return
    wanted = st.toggle(
        t("并入当前案例，用它的资金、地区和规则（项目接在后面）"), value=intake.base is not None, key="onto"
    )
    if wanted != (intake.base is not None):
        copy = here.folder / "base.xlsx"
        here.work.write_case(copy)
        intake.base = (copy, load_grids(copy)) if wanted else None
        intake.read()
        st.rerun()


def _funds(intake: Intake) -> None:
    _onto_case(intake)
    st.caption(
        t(
            "清单里没有额度。填上各项资金的类型和额度（万元，也可写 3亿元），就能生成案例；规则、地区上下限之后在“规则与额度”里加。"
        )
    )
    rows = [dict(zip(FUND_HEADS, (f.name, f.kind, f.limit), strict=True)) for f in intake.draft.funds]
    rows = rows or [dict.fromkeys(FUND_HEADS, "")]
    config = {"类型": choice_of(list(FUND_KINDS), 120, required=False)}
    frame = st.data_editor(
        pd.DataFrame(rows, columns=FUND_HEADS).astype(str), hide_index=True, num_rows="dynamic", column_config=labelled(FUND_HEADS, config),
        key="funds_editor", placeholder="—",
    )  # fmt: skip
    left, right = st.columns(2)
    settings = {row[0]: row[1] for g in intake.draft.grids if g.name == "设置" for row in g.rows[1:]}
    name = left.text_input(t("案例名称"), intake.name or Path(intake.opened.sources[0].name).stem, key="case_name")
    year = right.number_input(t("起始年"), 2000, 2100, int(settings.get("起始年") or 2026), key="case_year")
    if st.button(t("生成案例"), key="make_case", type="primary", icon=":material/task_alt:"):
        _make_case(intake, frame, name, int(year))


def _make_case(intake: Intake, frame: pd.DataFrame, name: str, year: int) -> None:
    rows = [FundRow(*(_written(r[n]) for n in FUND_HEADS)) for _, r in frame.iterrows()]
    rows = [r for r in rows if r.name or r.kind or r.limit]
    if not rows:
        st.error(t("至少填一项资金：写上名称，选类型，填额度。"), icon=":material/error:")
        return
    if nameless := "、".join(r.limit or r.kind for r in rows if not r.name):
        st.error(
            t("有一项资金没有名称（{what}）：写上名称，不要这一行就删去。", what=nameless), icon=":material/error:"
        )
        return
    if open_ := "、".join(r.name for r in rows if not r.kind):
        st.error(
            t("“{names}”没有选类型；专项债券、补助等受的规则不同，请先选。", names=plain(open_)),
            icon=":material/error:",
        )
        return
    intake.funds, intake.name, intake.year = rows, name, year
    try:
        intake.read()
    except CaseError as error:
        for issue in error.issues:
            st.error(plain(sentence(issue.message)), icon=":material/error:")
        return
    faults = [i for i in intake.reading.issues if i.severity == "error"]
    if faults:
        _tell(faults)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.xlsx"
        intake.write_case(path)
        desk().take(path.read_bytes(), f"{name}.xlsx")
        made = desk().work
        intake.made = made.id if made is not None else ""
        desk().keep_lists()
    st.switch_page("ui/views/import_check.py")


def _written(value: object) -> str:
    """What stands in a cell of an editor; nothing where it is empty."""
    text = str(value if value is not None else "").strip()
    return "" if text in ("None", "nan", "<NA>") else text


def _tell(faults: list[Issue]) -> None:
    for issue in faults[:6]:
        st.error(plain(f"{issue.address}{t('：')}{spoken(issue)}"), icon=":material/error:")
    if len(faults) > 6:
        st.error(t("还有 {n} 处，见“问题与更正”。", n=len(faults) - 6), icon=":material/error:")


# ---- downloads


def _annotated(intake: Intake, number: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        intake.annotate(intake.opened.sources[number], path)
        return path.read_bytes()


def _mapping(intake: Intake) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.xlsx"
        write_mapping(path, intake.lists, intake.decisions)
        return path.read_bytes()


def _downloads(intake: Intake) -> None:
    with st.container(horizontal=True):
        for number, source in enumerate(intake.opened.sources[:6]):
            name = f"批注-{Path(source.name).stem}.xlsx"
            st.download_button(
                t("下载{name}", name=name), partial(_annotated, intake, number), name, XLSX, key=f"annotated_{number}", on_click="ignore", icon=":material/comment:"
            )  # fmt: skip
        st.download_button(
            t("下载映射文件"),
            partial(_mapping, intake),
            "映射.xlsx",
            XLSX,
            key="mapping",
            on_click="ignore",
            icon=":material/table_view:",
        )


desk().bring_lists()
strip(t("清单整理"))
intake = desk().intake
desk().keep_lists()
if intake is None:
    st.info(t("先在“导入与体检”上传县里、部门报来的清单（可以几个文件一起）。"), icon=":material/info:")
    if st.button(t("去导入"), key="go_import"):
        st.switch_page("ui/views/import_check.py")
else:
    _files(intake)
    _figures(intake)
    _downloads(intake)
    names = ["列对应", "工作表", "行去向", "问题与更正", "改动", "合计核对", "资金与额度"]
    for tab, draw in zip(
        st.tabs([t(n) for n in names]), (_layouts, _sheets, _rows, _findings, _changes, _totals, _funds), strict=True
    ):
        with tab:
            draw(intake)
