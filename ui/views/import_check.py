"""导入与体检: upload, sample or a kept case; every finding with its cell, mended in place; the case at a glance."""

from __future__ import annotations

import html
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from inputs.case.changes import CELL, Target
from inputs.case.read import Reading
from inputs.files.limits import FileLimits
from inputs.samples import SAMPLE_TITLES, write_sample
from inputs.template import write_template
from models.case import Case
from models.issue import CaseError, Issue
from reports.tables import asked
from ui.desk import desk, wish
from ui.editing import undo
from ui.frame import strip
from ui.tables import LEVELS, amount, issue_table, unit_words
from ui.words import plain, sentence, t, told
from workbench.intake import are_lists, open_intake

TYPES = ["xlsx", "xlsm", "xls", "et", "csv"]
# Often tried: refused in a sentence, where the framework would only turn red.
PAPERS = ["pdf", "doc", "docx", "wps", "ofd"]
LOST_TOLD = 8


def _take(files: list[Any]) -> None:
    """One case workbook becomes the case; anything else goes to 清单整理, beside the lists that are there already."""
    here = desk()
    here.faulty = None
    if papers := [f.name for f in files if Path(f.name).suffix.lower().lstrip(".") in PAPERS]:
        message, remedy = "这是文档，不是表格，读不出项目", "把里面的表格另存为 .xlsx 再传"
        here.refuse([Issue("file_kind", "error", name, "", "", message, remedy) for name in papers], papers[0])
        return
    folder = Path(tempfile.mkdtemp(dir=here.folder))
    paths = []
    for number, file in enumerate(files):
        path = folder / f"{number}{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getvalue())
        paths.append((path, file.name))
    with st.spinner(t("正在读取……")):
        try:
            lists = are_lists([path for path, _ in paths])
            if lists:
                here.bring_lists()
                if here.intake is None:
                    here.intake = open_intake(paths)
                else:
                    before = {source.name for source in here.intake.opened.sources}
                    _say_lost(here.intake.add(paths))
                    _say_replaced([name for name in dict.fromkeys(n for _, n in paths) if name in before])
                here.intake.keep_scrubbed()
        except CaseError as error:
            here.refuse(_named(error.issues, paths), paths[0][1])
            return
        if not lists:
            here.take(paths[0][0].read_bytes(), paths[0][1])
            return
    st.switch_page("ui/views/lists.py")


def _say_lost(lost: list[str]) -> None:
    """Corrections of rows that are others in the new file: they have to be looked at again."""
    if lost:
        more = told(f"另有 {len(lost) - LOST_TOLD} 项") if len(lost) > LOST_TOLD else ""
        words = t(
            "新文件里对不上行的更正没有带过来，请重看：{places}",
            places="；".join([*lost[:LOST_TOLD], *[more] * bool(more)]),
        )
        desk().say("warning", words)


def _say_replaced(names: list[str]) -> None:
    """Lists whose place was taken: what a corrected list is meant to do, and another county's is not."""
    if names:
        words = t(
            "“{names}”与已有的清单同名，已代替它。若是另一份（如别的县的），请改个文件名再传。", names="、".join(names)
        )
        desk().say("warning", words)


def _named(issues: list[Issue], paths: list[tuple[Path, str]]) -> list[Issue]:
    """Findings with the names that the user knows in place of those of the stored files."""
    names = {path.name: name for path, name in paths}

    def renamed(text: str) -> str:
        return next((text.replace(own, name) for own, name in names.items() if own in text), text)

    return [replace(i, sheet=renamed(i.sheet), message=renamed(i.message)) for i in issues]


def _sample(name: str) -> None:
    here = desk()
    path = here.folder / "sample.xlsx"
    write_sample(name, path)
    here.take(path.read_bytes(), f"{name}.xlsx")


@st.cache_data
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        write_template(path)
        return path.read_bytes()


def _doors() -> None:
    """The ways in."""
    limit = FileLimits.from_environment().megabytes
    files = st.file_uploader(
        t("案例工作簿或原始清单"),
        type=[*TYPES, *PAPERS],
        key="upload",
        max_upload_size=limit,
        accept_multiple_files=True,
    )
    work = desk().work
    if work is not None and work.job is not None and work.job.running:
        st.caption(t("“{name}”正在求解：换成别的案例或示例，这次求解就取消。", name=plain(work.name)))
    taken: set[str] = st.session_state.setdefault("taken", set())
    if fresh := [file for file in files if file.file_id not in taken]:
        taken |= {file.file_id for file in fresh}
        _take(fresh)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            t("示例"),
            list(SAMPLE_TITLES),
            format_func=lambda k: t(SAMPLE_TITLES[k]),
            key="sample",
            persist_state="session",
            width=260,
        )
        if st.button(t("用示例开始"), key="use_sample", icon=":material/science:"):
            _sample(name)
            st.rerun()
        st.download_button(
            t("下载空白模板"),
            _template,
            "案例模板.xlsx",
            key="template",
            on_click="ignore",
            icon=":material/table_view:",
        )


def _my_cases() -> None:
    """The owner's cases: open, delete, share; the name that the line of changes shows."""
    here = desk()
    cases = here.store.cases(here.owner)
    with st.expander(t("我的案例（{n}）", n=len(cases)), expanded=False):
        name = st.text_input(
            t("我的姓名"), here.store.name_of(here.owner), key="owner_name", max_chars=40, width=260,
            help=t("记入改动记录，由使用者自填，不作身份认证。"),
        )  # fmt: skip
        if name.strip() and name != here.store.name_of(here.owner):
            here.store.set_name(here.owner, name)
        for line in cases:
            mine = here.work is not None and here.work.id == line.id
            with st.container(horizontal=True, vertical_alignment="center"):
                words = f"**{plain(line.name)}**" if mine else plain(line.name)
                st.markdown(f"{words}  \n:gray[{plain(line.file_name)} · {line.created.replace('T', ' ')} · {t('已保存方案 {n} 个', n=line.scenarios)}]", width="stretch")  # fmt: skip
                if not mine and st.button(t("打开"), key=f"open_{line.id}"):
                    here.open(line.id)
                    st.rerun()
                with st.popover(t("删除")):
                    if line.frozen:
                        st.markdown(t("有 {n} 个方案已审定，不能删除；要删先在“方案对比”撤销审定。", n=line.frozen))
                    else:
                        st.markdown(t("删除后不能恢复，方案和记录一起删去。"))
                    if st.button(t("确认删除"), key=f"drop_{line.id}", disabled=line.frozen > 0):
                        here.store.remove(here.owner, line.id)
                        here.say("success", t("已删除“{name}”。", name=line.name))
                        if mine:
                            here.open(None)
                        st.rerun()
        st.caption(t("案例存在本机，只有这个浏览器能打开；换浏览器用分享链接（在“方案对比”页）。"))


def _counts(reading: Reading) -> None:
    case = reading.case
    number = {level: sum(i.severity == level for i in reading.issues) for level in LEVELS}
    figures = (
        ("读到项目", f"{reading.rows.get('项目', 0):,}"), ("可参与分配", f"{sum(bool(p.starts) for p in case.projects):,}" if case else "—"),
        ("错误 · 须改", f"{number['error']:,}"), ("提醒 · 可继续", f"{number['warning']:,}"), ("说明 · 已记录", f"{number['note']:,}"),
    )  # fmt: skip
    for column, (label, value) in zip(st.columns(5), figures, strict=True):
        column.metric(t(label), value, border=True)


def _glance(case: Case) -> None:
    """The case at a glance: what is asked, what there is, by fund and by category."""
    able = [p for p in case.projects if p.starts]
    request = sum(asked(case, p, p.schemes[0]) for p in able)
    money = sum(f.limit for f in case.funds)
    years = f"{case.first_year}–{case.first_year + case.years - 1}" if case.years > 1 else f"{case.first_year}"
    times = t("，申请是额度的 {x} 倍", x=f"{request / money:.2f}") if money else ""
    words = t(
        "{n} 个项目，{years} 年申请 {ask} {unit}；{k} 项资金共 {sum} {unit}", n=f"{len(able):,}", years=years,
        ask=amount(request), unit=unit_words(), k=len(case.funds), sum=amount(money),
    )  # fmt: skip
    st.markdown(f"**{words}{times}{t('。')}**")
    if late := len(case.projects) - len(able):
        st.caption(t("另有 {n} 个项目开工年不在规划期内，不参与分配，这里都没有计入。", n=f"{late:,}"))
    left, right = st.columns(2)
    money_head = t("额度（{unit}）", unit=unit_words())
    funds = [
        {
            t("资金"): f.name,
            t("类型"): t(f.kind),
            money_head: amount(f.limit),
            t("可结转"): t("是") if f.carries else t("否"),
        }
        for f in case.funds
    ]
    kinds: dict[str, list[int]] = {}
    for p in able:
        kinds.setdefault(p.category or t("（未填）"), []).append(asked(case, p, p.schemes[0]))
    ask_head = t("申请（{unit}）", unit=unit_words())
    groups = [{t("类别"): k, t("项目"): len(v), ask_head: amount(sum(v))} for k, v in sorted(kinds.items())]
    right_aligned = st.column_config.TextColumn(alignment="right")
    left.dataframe(pd.DataFrame(funds), hide_index=True, column_config={money_head: right_aligned}, key="funds")
    right.dataframe(pd.DataFrame(groups), hide_index=True, column_config={ask_head: right_aligned}, key="kinds")


def _sheets(reading: Reading) -> None:
    rows = [
        {
            t("工作表"): name,
            t("读取行"): count,
            t("错误"): sum(i.sheet == name and i.severity == "error" for i in reading.issues),
        }
        for name, count in reading.rows.items()
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content" if len(rows) <= 5 else 220, key="sheets")


def _mend(issue: Issue) -> None:
    """The chosen finding: cell, value, what to do, a box for the right value."""
    work = desk().work
    with st.container(border=True, key="mend"):
        st.markdown(
            f"**{plain(issue.address)}**　{plain(sentence(issue.message))}  \n:gray[{plain(sentence(issue.remedy))}]"
        )
        if (
            work is None
            or desk().faulty is not None
            or not issue.cell
            or issue.sheet not in {g.name for g in work.grids}
        ):
            st.caption(t("这一处请在文件里改好后重新上传。"))
            return
        target = Target(issue.sheet, (issue.cell,), CELL)
        with st.form("mend_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            value = st.text_input(t("改为"), work.sheets().text(target), width=300)
            if st.form_submit_button(t("保存并重查"), type="primary"):
                wish({target: value})
                desk().outside += 1
                st.rerun()


def _refused() -> None:
    """A file that could not be read; the case that was open still is."""
    here = desk()
    st.error(
        t("“{name}”没有读进来，原因见下表；改好文件后重新上传。", name=plain(here.faulty_name)),
        icon=":material/error:",
    )
    if here.work is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(t("原来的案例“{name}”没有动。", name=plain(here.work.name)), width="content")
            if st.button(t("回到原来的案例"), key="back_to_case", icon=":material/undo:"):
                here.faulty = None
                st.rerun()


def _mended() -> None:
    """Cells mended on this page, each can be taken back."""
    work = desk().work
    if work is None or desk().faulty is not None:
        return
    found = [d for d in work.differences() if d.target.column == CELL]
    for number, each in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{plain(each.target.sheet)}!{each.target.row[0]}　:gray[{plain(each.before or t('空'))}] → **{plain(each.after or t('空'))}**")  # fmt: skip
            if st.button(t("撤销"), key=f"unmend_{number}", type="tertiary"):
                undo(work, [each.target], None)


def _of_lists() -> None:
    """Where the findings of the lists are that the case was made of."""
    here = desk()
    here.bring_lists()
    if here.faulty is not None or here.intake is None or here.work is None or here.intake.made != here.work.id:
        return
    left = sum(i.severity != "error" for i in here.intake.reading.issues)
    st.caption(
        t("由 {n} 个清单生成；读清单时的 {k} 处提醒和说明还在“清单整理”里。", n=len(here.intake.opened.sources), k=left)
    )
    if st.button(t("看清单的问题"), key="go_lists", icon=":material/checklist:"):
        st.switch_page("ui/views/lists.py")


def _what_for() -> None:
    """What the program is for and how one goes through it, where there is no case yet."""
    steps = {
        "导入与体检": "读案例工作簿，看出哪一格有问题、怎么改；原始清单先到“清单整理”",
        "规则与额度": "启用、调整规则，设各项资金的额度和地区上下限",
        "求解与方案": "求出方案和它的证明；锁定项目、固定金额，看谁进谁出和理由",
        "方案对比": "几个方案并排，自带的方案也可上传；标出建议方案，冻结审定",
        "导出": "结果工作簿、分县表、汇报稿和图",
    }
    st.markdown(
        t("把专项债券、补助等几项资金，按额度、债务、人地钱挂钩等规则，分到各项目、地区和年度。每个方案都经独立复核。")
    )
    rows = "".join(
        f"<tr><th>{n} {html.escape(t(name))}</th><td>{html.escape(t(words))}</td></tr>"
        for n, (name, words) in enumerate(steps.items(), 1)
    )
    st.html(f'<table class="kv">{rows}</table>')


strip(t("导入与体检"))
left, right = st.columns([5, 6])
with left:
    _doors()
    _my_cases()
here = desk()
reading = here.reading
if reading is None:
    words = t(
        "上传案例工作簿，或用示例开始。县里报来的原始清单（可几个文件）也从这里上传，先到“清单整理”。示例的金额都是虚构的。"
    )
    with right:
        _what_for()
        st.info(words, icon=":material/info:")
else:
    with right:
        st.caption(plain(here.work.file_name if here.work is not None and here.faulty is None else here.faulty_name))
        _sheets(reading)
        _of_lists()
    _counts(reading)
    if reading.case is not None:
        _glance(reading.case)
        with st.container(horizontal=True):
            if st.button(t("下一步：求解与方案"), type="primary", key="next", icon=":material/arrow_forward:"):
                st.switch_page("ui/views/plan.py")
            if st.button(t("先看规则与额度"), key="go_rules", icon=":material/tune:"):
                st.switch_page("ui/views/rules.py")
    elif here.faulty is not None:
        _refused()
    else:
        st.error(
            t("有 {n} 处错误。选中一行就地改正，或按“怎么改”一栏改好后重新上传。", n=len(reading.errors)),
            icon=":material/error:",
        )
    st.markdown(f"### {t('问题清单')}")
    chosen = issue_table(reading.issues, "issues")
    if chosen is not None:
        _mend(chosen)
    _mended()
