"""方案对比: saved plans, the plan in sight and the bureau's own side by side; advised, approved, shared."""

from __future__ import annotations

from zlib import crc32

import streamlit as st

from ui.compare.beside import NOW, comparison
from ui.compare.kept import own_plan, saved_plans, sharing
from ui.desk import desk
from ui.frame import no_case, strip
from ui.words import plain, t
from workbench.records import Scenario
from workbench.store import Gone
from workbench.workspace import Workspace

MOST = 4


def _offer(work: Workspace, rows: list[Scenario]) -> dict[str, str]:
    """Names of everything that can be compared, by id."""
    found = {row.id: row.name + (" ★" if row.advised else "") for row in rows}
    if work.shown is not None:
        found[NOW] = t("当前方案") + (t("（已过期）") if work.stale else "")
    return found


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
    own_plan(work)
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
        comparison(work, rows, _base_first(list(chosen)[:MOST], offered))
    if rows:
        st.markdown(f"### {t('已保存的方案')}")
        saved_plans(work, rows)
    sharing(work)


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
