"""资金与额度: what lists lack of a case, and the case made of them."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from inputs.files.workbook import load_grids
from inputs.lists.to_case import FundRow
from inputs.schema import FUND_KINDS
from models.issue import CaseError, Issue
from ui.desk import desk
from ui.editing import number_box
from ui.tables import choice_of, labelled, spoken
from ui.words import plain, sentence, t
from workbench.intake import Intake

FUND_HEADS = ["资金名称", "类型", "额度（万元）"]


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


def funds_tab(intake: Intake) -> None:
    """Kind and limit of every fund, name and year: then the lists become a case."""
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
    year = number_box(right, t("起始年"), 2000, 2100, int(settings.get("起始年") or 2026), 1, "case_year")
    if st.button(t("生成案例"), key="make_case", type="primary", icon=":material/task_alt:"):
        _make_case(intake, frame, name, int(year))


def _make_case(intake: Intake, frame: pd.DataFrame, name: str, year: int) -> None:
    rows = [
        _fund(intake, index, [_written(v) for v in row]) for index, *row in frame[FUND_HEADS].itertuples() if any(map(_written, row))
    ]  # fmt: skip
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
    if twice := "、".join(name for name, count in Counter(r.name for r in rows).items() if count > 1):
        st.error(
            t(
                "“{names}”写了两行：一项资金留一行；清单里两列是同一项资金的，在“列对应”里改成同一项。",
                names=plain(twice),
            ),
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


def _fund(intake: Intake, index: int, written: list[str]) -> FundRow:
    """A row of the editor; a fund that lists ask for by another name keeps that."""
    row, before = FundRow(*written), intake.draft.funds[index : index + 1]
    asked = next((b.asked or b.name for b in before), "")
    return replace(row, asked=asked if asked != row.name else "")


def _written(value: object) -> str:
    """What stands in a cell of an editor; nothing where it is empty."""
    text = str(value if value is not None else "").strip()
    return "" if text in ("None", "nan", "<NA>") else text


def _tell(faults: list[Issue]) -> None:
    for issue in faults[:6]:
        st.error(plain(f"{issue.address}{t('：')}{spoken(issue)}"), icon=":material/error:")
    if len(faults) > 6:
        st.error(t("还有 {n} 处，见“问题与更正”。", n=len(faults) - 6), icon=":material/error:")
