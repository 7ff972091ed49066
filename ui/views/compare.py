"""方案对比: saved plans, the plan in sight and the bureau's own side by side; advised, approved, shared."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from math import floor
from pathlib import Path
from zlib import crc32

import streamlit as st

from inputs.case.changes import CaseSheets, Target
from models.issue import Issue
from optimizer.options import Options
from reports.charts.money import gain_chart
from reports.scenarios import (
    Compared,
    Figure,
    broken_rules,
    difference,
    figures,
    project_differences,
    region_gains,
    underpaid,
)
from ui.desk import desk
from ui.editing import row_words, value_words
from ui.frame import no_case, plain, strip
from ui.plan.since import in_and_out
from ui.tables import amount, grid, issue_table, look, unit_words
from ui.words import t, told
from workbench.own_plan import read_own_plan
from workbench.records import Scenario, in_tree
from workbench.store import Gone, Stale
from workbench.verbs import Outcome, case_options
from workbench.workspace import NAME_LENGTH, Shown, Workspace

NOW = "now"
MOST = 4


def _number(figure: Figure, value: Fraction | str | None, sign: bool = False) -> str:
    """A figure in words: money in the shown unit, shares as percent."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return told(value)
    plus = "+" if sign else ""
    if figure.kind == "money":
        return amount(int(value), sign)
    if figure.kind == "share":
        points = f"{float(value * 100):{plus}.1f}"
        return t("{n} 个百分点", n=points) if sign else f"{points} %"
    if figure.kind == "ratio":
        return f"{float(value):{plus}.4f}"
    return f"{floor(value):{plus},d}" if figure.kind == "whole" else f"{float(value):{plus},.2f}"


def _table(plans: Sequence[Compared], rows: Sequence[Scenario | None]) -> str:
    """The figures as a table: groups, difference to the first in grey, the best of each row in bold."""
    base = f" <small>{t('对照')}</small>" if len(plans) > 1 else ""
    heads = "".join(
        f"<th>{html.escape(p.name)}{_stars(r)}{'' if k else base}</th>"
        for k, (p, r) in enumerate(zip(plans, rows, strict=True))
    )
    lines = [f"<tr><th>{t('指标')}</th>{heads}</tr>"]
    group = ""
    for figure in figures(plans):
        if figure.group != group:
            group = figure.group
            lines.append(f'<tr class="group"><td colspan="{len(plans) + 1}">{t(group)}</td></tr>')
        cells = []
        first = figure.values[0]
        for k, value in enumerate(figure.values):
            text = html.escape(_number(figure, value)).replace("-", "−")
            text = f"<b>{text}</b>" if k in figure.best else text
            if (
                k
                and isinstance(value, Fraction)
                and isinstance(first, Fraction)
                and (less := difference(figure, value, first))
            ):
                text += f" <small>{_number(figure, less, sign=True).replace('-', '−')}</small>"
            cells.append(f"<td>{text}</td>")
        lines.append(f"<tr><th>{html.escape(_label(figure.label))}</th>{''.join(cells)}</tr>")
    return f'<table class="compare">{"".join(lines)}</table>'


def _label(label: str) -> str:
    if label in ("安排总额", "额度结余"):
        return t("{name}（{unit}）", name=t(label), unit=unit_words())
    if label.startswith("其中 "):
        return f"{t('其中')} {label[3:]}"
    head, bracket, unit = label.partition("（")
    return f"{t(head)}（{t(unit.rstrip('）'))}）" if bracket else t(label)


def _stars(row: Scenario | None) -> str:
    if row is None:
        return ""
    words = [f"★{t('建议')}"] if row.advised else []
    if row.frozen:
        words.append(f"{t('审定')} {row.frozen[:10]}")
    return f" <small>{' · '.join(words)}</small>" if words else ""


# ---- what there is to compare


def _offer(work: Workspace, rows: list[Scenario]) -> dict[str, str]:
    """Names of everything that can be compared, by id."""
    found = {row.id: row.name + (" ★" if row.advised else "") for row in rows}
    if work.shown is not None:
        found[NOW] = t("当前方案") + (t("（已过期）") if work.stale else "")
    return found


def _shown(work: Workspace, rows: list[Scenario], key: str) -> Shown | None:
    if key == NOW:
        return work.shown
    return work.scenario(next(row for row in rows if row.id == key))


def _comparison(work: Workspace, rows: list[Scenario], chosen: list[str]) -> None:
    by_id = {row.id: row for row in rows}
    plans: list[Compared] = []
    mine: list[Scenario | None] = []
    settings: list[dict[Target, str]] = []
    for key in chosen:
        shown = _shown(work, rows, key)
        name = by_id[key].name if key in by_id else t("当前方案")
        if shown is None:
            st.warning(t("“{name}”的案例已读不出，没有列入。", name=plain(name)))
            continue
        own = key in by_id and by_id[key].kind == "自带方案"
        plans.append(Compared(name, shown.outcome.plan, shown.outcome.solution, own))
        mine.append(by_id.get(key))
        settings.append(dict(shown.changes))
    if not plans:
        return
    left, right = st.columns([7, 5], gap="medium")
    with left:
        st.html(_table(plans, mine))
        st.caption(t("加粗＝该行最好；小字＝与对照方案之差。"))
    with right:
        if len(plans) > 1:
            for other in plans[1:]:
                title = t("各地区增减：{b} 对 {a}", b=other.name, a=plans[0].name)
                chart = gain_chart(region_gains(plans[0].plan, other.plan), title, look())
                st.altair_chart(chart, theme=None, width="stretch", alt=title)
        else:
            st.caption(t("再选一个方案，这里显示各地区的增减。"))
    if len(plans) > 1:
        table = project_differences(plans)
        st.markdown(f"### {t('项目的进与出')} :gray[{t('{n} 个有差别', n=len(table.rows))}]")
        if table.rows:
            in_and_out(table, f"differences_{len(plans)}")
        _settings(work, plans, settings)
    for number, plan in enumerate(plans):
        broken = broken_rules(plan)
        if broken.rows:
            st.markdown(f"**{t('“{name}”未满足的要求', name=plain(plan.name))}**")
            grid(broken, key=f"broken_{number}")
        if short := underpaid(plan):
            st.caption(t("其中 {n} 个项目的钱没有给足，加权效益仍按整个项目做成计，偏高。", n=len(short)))


def _settings(work: Workspace, plans: list[Compared], settings: list[dict[Target, str]]) -> None:
    """Settings that differ between the plans."""
    targets = [x for x in dict.fromkeys(x for s in settings for x in s) if len({s.get(x) for s in settings}) > 1]
    with st.expander(t("设置的差别（{n}）", n=len(targets)), expanded=bool(targets) and len(targets) <= 12):
        if not targets:
            st.caption(t("几个方案的规则和额度设置相同。"))
            return
        sheets = CaseSheets(work.grids)
        heads = "".join(f"<th>{html.escape(p.name)}</th>" for p in plans)
        lines = [f"<tr><th>{t('设置')}</th>{heads}</tr>"]
        for x in targets:
            cells = "".join(f"<td>{html.escape(value_words(x, s.get(x, sheets.text(x))))}</td>" for s in settings)
            lines.append(f"<tr><th>{html.escape(row_words(work, x))}</th>{cells}</tr>")
        st.html(f'<table class="compare">{"".join(lines)}</table>')


# ---- managing scenarios


def _manage(work: Workspace, rows: list[Scenario]) -> None:
    """Each scenario in the tree of origins, with what can be done to it."""
    for row, depth in in_tree(rows):
        with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"scenario_{row.id}"):
            marks = (" ★" + t("建议") if row.advised else "") + (
                f" · {t('审定')} {row.frozen[:10]}" if row.frozen else ""
            )
            note = f"  \n:gray[{plain(row.note)}]" if row.note else ""
            indent = "　" * depth + ("└ " if depth else "")
            words = f"{indent}**{plain(row.name)}**{marks}　:gray[{t(row.kind)} · {plain(row.author)} · {row.created.replace('T', ' ')}]{note}"  # fmt: skip
            st.markdown(words, width="stretch")
            if st.button(t("载入"), key=f"load_{row.id}", help=t("把它的设置和方案放到桌上，从它继续")):
                _load(work, row)
            if st.button(t("另存"), key=f"copy_{row.id}", help=t("复制一份，从它改起")):
                shown = work.scenario(row)
                if shown is not None:
                    work.keep(shown, t("{name} 副本", name=row.name)[:NAME_LENGTH], row.note, row.kind, row.id)
                st.rerun()
            broken = _broken(work, row)
            if st.button(t("取消建议") if row.advised else t("设为建议"), key=f"advise_{row.id}", disabled=broken and not row.advised, help=t("有不满足的刚性要求，不能设为建议或审定；改好后再上传。") if broken else None):  # fmt: skip
                work.store.advise(work.owner, work.id, row.id, not row.advised)
                st.rerun()
            with st.popover(t("更多")):
                _more(work, row)


def _broken(work: Workspace, row: Scenario) -> bool:
    """Whether a plan of one's own breaks hard rules."""
    shown = work.scenario(row) if row.kind == "自带方案" else None
    return shown is not None and bool(shown.outcome.plan.verdict.failures)


def _load(work: Workspace, row: Scenario) -> None:
    here = desk()
    try:
        loaded = work.load(row)
    except Stale:
        here.reopen()
        st.rerun()
    if not loaded:
        st.warning(t("“{name}”读不出，或不满足刚性要求，不能载入。", name=plain(row.name)))
        return
    here.outside += 1
    here.say("success", t("已载入“{name}”。", name=row.name))
    st.rerun()


def _more(work: Workspace, row: Scenario) -> None:
    if row.frozen:
        st.caption(t("已审定的方案不能改名和删除。撤销审定会记在改动记录里。"))
        sure = st.checkbox(t("确认撤销审定"), key=f"sure_thaw_{row.id}")
        if st.button(t("撤销审定"), key=f"thaw_{row.id}", disabled=not sure):
            work.store.thaw(work.owner, work.id, row.id)
            st.rerun()
        return
    with st.form(f"rename_{row.id}", border=False):
        name = st.text_input(t("名称"), row.name, max_chars=NAME_LENGTH)
        note = st.text_area(t("说明"), row.note, max_chars=400, height=80)
        if st.form_submit_button(t("改名")) and name.strip():
            free = work.unused_name(name.strip(), row.id)
            work.store.rename(work.owner, work.id, row.id, free, note.strip())
            if free != name.strip():
                desk().say("warning", t("“{name}”已有别的方案在用，改成了“{free}”。", name=name.strip(), free=free))
            st.rerun()
    if _broken(work, row):
        st.caption(t("有不满足的刚性要求，不能设为建议或审定；改好后再上传。"))
    with st.container(horizontal=True, vertical_alignment="center"):
        final = st.checkbox(t("冻结后不能改名和删除"), key=f"sure_freeze_{row.id}")
        if st.button(t("冻结为审定"), key=f"freeze_{row.id}", disabled=not final or _broken(work, row)):
            work.store.freeze(work.owner, work.id, row.id)
            st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        sure = st.checkbox(t("删除后不能恢复"), key=f"sure_{row.id}")
        if st.button(t("删除"), key=f"delete_{row.id}", disabled=not sure):
            work.store.drop_scenario(work.owner, work.id, row.id)
            st.rerun()


def _own(work: Workspace) -> None:
    """The bureau's own plan: uploaded, checked by every rule, scored, kept beside the others."""
    with st.expander(t("上传自带方案（安排明细，或项目编号、名称加各资金金额的清单）"), icon=":material/upload_file:"):
        st.caption(
            t(
                "清单一行一个项目：项目编号，加以资金命名的列（可写 资金:年）；或 项目编号、资金、年度、金额 四列。有几种做法的项目加“方案”一列，开工年可另列。单位万元。"
            )
        )
        file = st.file_uploader(t("自带方案文件"), type=["xlsx", "xls", "csv"], key="own_plan", max_upload_size=20, label_visibility="collapsed")  # fmt: skip
        if file is None or work.case is None:
            return
        if file.file_id != st.session_state.get("own_taken"):
            st.session_state.own_taken = file.file_id
            st.session_state.own_found = _read_own(work, Path(file.name), file.getvalue())
            st.rerun()
        issues = st.session_state.get("own_found")
        if issues:
            wrong = sum(i.severity == "error" for i in issues)
            if wrong:
                st.error(t("自带方案有 {n} 处要改：", n=wrong))
            else:
                st.warning(t("自带方案已读入，有 {n} 处请留意：", n=len(issues)))
            issue_table(issues, "own_issues")


def _read_own(work: Workspace, name: Path, content: bytes) -> list[Issue]:
    """Keep the plan of a file beside the others; the findings where it cannot be read."""
    case = work.case
    assert case is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"own{name.suffix.lower()}"
        path.write_bytes(content)
        found = read_own_plan(path, case, name.name)
    if found.solution is None or found.solution.verdict is None:
        return found.issues
    outcome = Outcome(work.reading, case, case_options(case, Options(), None, None, None), found.solution)
    key = work.keep(Shown(outcome, dict(work.changes)), name.stem[:NAME_LENGTH], "", "自带方案", None)
    broken = len(found.solution.verdict.failures)
    words = t("已存为方案“{name}”，按全部规则核对：", name=next(row.name for row in work.scenarios() if row.id == key))
    words += t("{n} 处不满足刚性要求，见下。", n=broken) if broken else t("全部刚性要求都满足。")
    desk().say("warning" if broken else "success", words)
    return found.issues


def _sharing(work: Workspace) -> None:
    with st.expander(t("分享与改动记录"), icon=":material/share:"):
        st.caption(t("拿到链接的人得到一份副本（含方案），改动互不影响。收回后链接失效，已得到的副本仍在。"))
        place = f"link_{work.id}"
        with st.container(horizontal=True):
            if st.button(t("生成分享链接"), key="share"):
                st.session_state[place] = work.store.share(work.owner, work.id)
            if st.button(t("收回链接"), key="unshare"):
                work.store.unshare(work.owner, work.id)
                st.session_state.pop(place, None)
        if link := st.session_state.get(place):
            address = (st.context.url or "").split("?")[0].rsplit("/", 1)[0]
            st.code(f"{address}/?share={link}", language=None)
        rows = work.store.history(work.owner, work.id)
        cells = "".join(
            f"<tr><td>{html.escape(at.replace('T', ' '))}</td><td>{html.escape(told(who))}</td><td>{html.escape(told(what))}</td></tr>"
            for at, who, what in rows[:100]
        )
        heads = "".join(f"<th>{t(h)}</th>" for h in ("时间", "谁", "做了什么"))
        st.html(f'<table class="kv log"><tr>{heads}</tr>{cells}</table>')


def _usual(work: Workspace, rows: list[Scenario], offered: dict[str, str]) -> list[str]:
    """What is compared before anything is chosen: a plan of one's own that came last with the plan in sight, else the
    advised plan and the last ones."""
    if rows and rows[-1].kind == "自带方案":
        saved = work.shown_is()
        beside = saved.id if saved is not None else NOW
        return [rows[-1].id, *([beside] if beside in offered else [r.id for r in rows[-2:-1]])]
    advised = [r.id for r in rows if r.advised]
    usual = [*advised, *[r.id for r in rows if not r.advised][-(2 - len(advised)) :]]
    return list(dict.fromkeys([*usual, *([NOW] if NOW in offered else [])]))[:2]


def _before(work: Workspace, offered: dict[str, str]) -> list[str]:
    """What was being compared, as far as it is still there; nothing where a plan of one's own has come since."""
    case, known, chosen = st.session_state.get("compared", ("", [], []))
    own = any(row.kind == "自带方案" and row.id not in known for row in work.scenarios())
    return [] if case != work.id or own else [key for key in chosen if key in offered]


def _base_first(chosen: list[str], offered: dict[str, str]) -> list[str]:
    """The plans to compare, in front the one that the others are held against, as the user chooses."""
    if len(chosen) < 2:
        return chosen
    base = st.segmented_control(
        t("对照：其余与它比"), chosen, default=chosen[0], required=True, key=f"base_{crc32(''.join(chosen).encode())}", format_func=lambda k: plain(offered[k])
    )  # fmt: skip
    return sorted(chosen, key=lambda k: k != base)


def _page(work: Workspace) -> None:
    rows = work.scenarios()
    offered = _offer(work, rows)
    _own(work)
    if not offered:
        st.info(t("还没有方案。先在“求解与方案”求解并保存，或上传自带方案。"), icon=":material/info:")
    else:
        default = _before(work, offered) or _usual(work, rows, offered)
        key = f"compare_{crc32(''.join(offered).encode())}"
        chosen = st.pills(
            t("选 2–4 个方案"), list(offered), selection_mode="multi", default=default, key=key, format_func=lambda k: plain(offered[k])
        )  # fmt: skip
        if len(chosen) > MOST:
            st.warning(t("一次最多比较 {n} 个，只列前 {n} 个。", n=MOST))
        st.session_state.compared = (work.id, list(offered), list(chosen))
        if not chosen:
            st.info(t("选至少一个方案。"))
        _comparison(work, rows, _base_first(list(chosen)[:MOST], offered))
    if rows:
        st.markdown(f"### {t('已保存的方案')}")
        _manage(work, rows)
    _sharing(work)


strip(t("方案对比"))
work = desk().work
if work is None:
    no_case()
else:
    try:
        _page(work)
    except Gone:
        desk().open(None)
        st.rerun()
