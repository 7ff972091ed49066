"""额度测算: published factor methods that split a total over regions; the result becomes a quota of the case."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from inputs.case.read import read_case
from inputs.case.write_back import write_quotas
from models.calculator import Calculation, Calculator
from models.calculators import CALCULATOR_BY_ID, CALCULATORS
from models.case import Case
from reports.quota_table import quota_table
from ui.shared import desk, grid, strip
from workbench.verbs import work_out_quota

TITLES = {c.id: c.title for c in CALCULATORS}


def _settings(method: Calculator) -> dict[str, str]:
    """One text box per parameter, its unit and mark in the label."""
    given = {}
    with st.expander("参数", expanded=False):
        columns = st.columns(3)
        for number, setting in enumerate(method.settings):
            mark = f" · {setting.mark}" if setting.mark else ""
            label = f"{setting.name}（{setting.unit}{mark}）"
            given[setting.name] = columns[number % 3].text_input(
                label, setting.default, key=f"{method.id}_{setting.name}"
            )
    return given


def _copy(amounts: Mapping[str, int], fund: str, family: str) -> bytes:
    """The case workbook with the quotas written in."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "case.xlsx"
        write_quotas(desk().path, target, fund, family, amounts)
        return target.read_bytes()


def _result(case: Case, method: Calculator, found: Calculation) -> None:
    for sentence in found.problems:
        st.error(sentence, icon=":material/error:")
    if found.problems:
        return
    table = quota_table(case, method, found)
    st.markdown(f"**{table.title}**")
    st.caption("；".join(table.notes))
    grid(table, key="quota_table")
    st.caption(f"合计 {sum(s.amount for s in found.shares) / 100:,.2f} 万元")
    amounts = {s.region: s.amount for s in found.shares}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fund = st.selectbox("写入资金", list(case.fund_by_name), key="quota_fund", width=260)
        family = st.segmented_control(
            "作为", ["配额上限", "配额下限"], default="配额上限", required=True, key="quota_family"
        )
        if st.button("写入地区表并改用", key="quota_use", type="primary", icon=":material/edit_square:"):
            here = desk()
            here.path.write_bytes(_copy(amounts, str(fund), str(family)))
            here.reading, here.job_id = read_case(here.path), None
            st.session_state.quota_said = f"已写入 地区.{family}:{fund}，求解时按它约束"
            st.rerun()


strip("额度测算")
reading = desk().reading
if said := st.session_state.pop("quota_said", None):
    st.success(said, icon=":material/check:")
if reading is None or reading.case is None:
    st.info("先在“导入与体检”上传案例并改好错误。", icon=":material/info:")
    if st.button("去导入", key="go_import"):
        st.switch_page("ui/views/import_check.py")
else:
    name = st.selectbox("方法", list(TITLES), format_func=TITLES.__getitem__, key="quota_method")
    chosen = CALCULATOR_BY_ID[str(name)]
    st.markdown(f"公式：{chosen.formula}")
    st.caption(f"依据：{chosen.source}　需要的列：{'、'.join(chosen.columns)}　算例：{chosen.example}")
    total = st.number_input(
        "总额（万元）", min_value=0.01, value=10000.0, step=100.0, format="%.2f", key="quota_total", width=240
    )
    _result(reading.case, chosen, work_out_quota(reading.case, chosen.id, round(total * 100), _settings(chosen)))
