"""The pages where rules are moved, plans looked at and compared, in Streamlit's own harness; both languages."""

import time
from pathlib import Path
from zlib import crc32

import pytest
from streamlit.testing.v1 import AppTest

from inputs.case.changes import Target
from models.units import show_wan
from reports.tables import unfunded
from tests.books import SMALL, write_book
from tests.ui.test_pages import HOME, solved, upload
from ui.desk import kept_limit
from ui.editing import row_words, value_words
from ui.plan import table
from ui.tables import mark_of
from workbench.jobs import JOBS
from workbench.workspace import Workspace

VIEWS = ("import_check", "lists", "rules", "quota", "plan", "compare", "export")
REGIONAL = {
    **SMALL,
    "项目": [
        ["项目编号", "项目名称", "总投资", "效益", "地区"],
        ["P1", "甲", 500, 10, "甲县"],
        ["P2", "乙", 400, 9, "乙县"],
    ],
    "地区": [["名称", "常住人口"], ["甲县", 600], ["乙县", 400]],
}
BOTH = ("zh", "en")


@pytest.fixture
def page(monkeypatch):
    monkeypatch.chdir(HOME)
    return AppTest.from_file(str(HOME / "app.py"), default_timeout=60).run()


@pytest.fixture
def sample(page):
    page.button(key="use_sample").click().run()
    return solved(page)


def work(page):
    return page.session_state.desk.work


def go(page, view: str):
    page.switch_page(f"ui/views/{view}.py").run()
    assert not page.exception, page.exception
    return page


def edited(page, name: str, row: int, heading: str, value: object):
    """Put an edit into a grid as the browser would."""
    key = page.session_state["grids"][name]["key"]
    page.session_state[key] = {"edited_rows": {row: {heading: value}}, "added_rows": [], "deleted_rows": []}
    page.run()
    assert not page.exception, page.exception
    return page


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("view", VIEWS)
def test_every_page_draws_with_a_plan_in_both_languages(sample, view: str, language: str) -> None:
    sample.session_state["language"] = language
    go(sample, view)
    assert view == "quota" or not sample.error


@pytest.mark.parametrize("tab", range(8))
def test_every_tab_of_a_plan_draws(sample, tab: int) -> None:
    names = [t.label for t in sample.tabs]
    assert len(names) == 8
    sample.session_state["plan_tabs"] = names[tab]
    sample.run()
    assert not sample.exception
    drawn = len(sample.dataframe) + len(sample.get("vega_lite_chart"))
    assert drawn or names[tab] == "债务、人口与用地"


def test_what_changed_since_the_last_plan_is_told_with_its_cause(sample) -> None:
    mine = work(sample)
    left_in = next(c.project for c in mine.shown.outcome.plan.allocation.choices)
    mine.change({Target("项目", (left_in,), "状态"): "禁选"})
    mine.solve()
    while mine.job.running:
        time.sleep(0.05)
    go(sample, "plan")
    assert "较上次" in [t.label for t in sample.tabs] and len(sample.tabs) == 9
    sample.session_state["plan_tabs"] = "较上次"
    sample.run()
    assert not sample.exception
    words = "\n".join(m.value for m in sample.markdown)
    assert "改了什么（1）" in words and "**禁选**" in words and "退出 2 个" in words and "加权效益减少" in words
    rows = next(d.value for d in sample.dataframe if "上次" in d.value.columns)
    assert left_in in list(rows["项目编号"])


def test_a_limit_is_moved_listed_applied_and_undone(sample) -> None:
    go(sample, "rules")
    first = work(sample).case.funds[0]
    target = Target("资金", (first.name,), "额度:2026")
    work(sample).change({target: "500"})
    sample.run()
    assert any("待应用的改动（1）" in m.value for m in sample.markdown)
    assert any("**500 万元**" in m.value for m in sample.markdown)
    go(sample, "plan")
    assert any("本页结果已过期" in m.value for m in sample.markdown)
    go(sample, "rules")
    sample.button(key="apply").click().run()
    job = work(sample).job
    while job.running:
        time.sleep(0.05)
    sample.run()
    assert not sample.exception and not work(sample).stale
    assert work(sample).before is not None
    go(sample, "rules")
    sample.button(key="restore_0").click().run()
    assert work(sample).changes == {} and work(sample).stale


def test_a_year_without_a_limit_is_nought_where_the_fund_has_no_limit_for_all_years(sample) -> None:
    sample.session_state["rules_open"] = "资金额度"
    go(sample, "rules")
    edited(sample, "funds", 0, "2026", None)
    assert work(sample).changes == {Target("资金", (work(sample).case.funds[0].name,), "额度:2026"): "0"}
    assert work(sample).case.funds[0].by_year == (0,)


def test_an_edit_in_the_rules_grid_is_a_change(sample) -> None:
    go(sample, "rules")
    lines = sample.session_state.rule_lines[1]
    row = next(i for i, line in enumerate(lines) if line.rule == "count_cap")
    edited(sample, "rules", row, "值", "2")
    edited(sample, "rules", row, "启用", True)
    assert {t.sheet for t in work(sample).changes} == {"规则"}
    assert any(p.rule == "count_cap" and p.value == 2 for p in work(sample).case.policies)
    fixed = next(i for i, line in enumerate(lines) if line.fixed)
    edited(sample, "rules", fixed, "启用", False)
    assert not any(t.row[0] == lines[fixed].rule for t in work(sample).changes)


def test_a_wrong_value_is_a_sentence_and_the_case_stays(sample) -> None:
    go(sample, "rules")
    lines = sample.session_state.rule_lines[1]
    row = next(i for i, line in enumerate(lines) if line.rule == "count_cap")
    edited(sample, "rules", row, "值", "很多")
    assert any("很多" in e.value for e in sample.error)
    assert sample.button(key="apply").disabled
    sample.button(key="undo_all").click().run()
    assert not sample.exception and not sample.error and work(sample).case is not None


def test_floors_beyond_the_fund_are_said(page, tmp_path: Path) -> None:
    upload(page, write_book(tmp_path / "c.xlsx", **REGIONAL))
    name = work(page).case.funds[0].name
    go(page, "rules")
    page.session_state["rules_tabs"] = "地区上下限"
    work(page).change({Target("地区", ("甲县",), f"配额下限:{name}"): "99999"})
    page.run()
    assert any("先调低下限" in e.value for e in page.error)


def test_a_lock_in_the_plan_grid_and_what_it_costs(sample) -> None:
    left_out = next(p.id for p in work(sample).case.projects if p.id not in work(sample).shown.outcome.plan.allocation.choice_of)  # fmt: skip
    row = [p.id for p in work(sample).case.projects].index(left_out)
    edited(sample, "plan", row, "锁定", "必选")
    assert work(sample).case.project_by_id[left_out].status == "必选" and work(sample).stale
    sample.selectbox(key="pin_project").set_value(left_out).run()
    sample.button(key="price_必选").click().run()
    assert any("加权效益减少" in i.value for i in sample.info)
    sample.number_input(key="pin_amount").set_value(-5.0).run()
    assert sample.button(key="pin_add").disabled and any("不能小于零" in e.value for e in sample.error)
    sample.number_input(key="pin_amount").set_value(10.0).run()
    sample.button(key="pin_add").click().run()
    assert any(t.column.startswith("固定安排:") for t in work(sample).changes)
    assert any("已加入" in x.value and "固定为 10 万元" in x.value for x in sample.success)
    assert any("这一项已经要求固定为 10 万元" in c.value for c in sample.caption)


def test_cents_are_shown_where_there_are_any(page, tmp_path: Path, monkeypatch) -> None:
    sheets = {
        **SMALL,
        "项目": [["项目编号", "项目名称", "总投资", "效益"], ["P1", "甲", 500.28, 10], ["P2", "乙", 0.28, 9]],
    }
    upload(page, write_book(tmp_path / "c.xlsx", **sheets))
    work(page).solve(10, 0)
    while work(page).job.running:
        time.sleep(0.05)
    config, real = {}, table.edit_grid
    monkeypatch.setattr(table, "edit_grid", lambda *given, **more: (config.update(given[3]), real(*given, **more))[1])
    go(page, "plan")
    assert sorted(page.session_state["grids"]["plan"]["frame"]["安排合计"]) == [0.28, 500.28]
    assert config["安排合计"]["type_config"]["format"] == "%,.2f"


def test_a_plan_without_a_name_is_not_saved_and_that_is_said(sample) -> None:
    go(sample, "plan")
    before = len(work(sample).scenarios())
    sample.text_input(key=f"save_name_{before}").set_value("  ")
    next(b for b in sample.button if b.label == "保存").click().run()
    assert any("先写上名称" in e.value for e in sample.error) and len(work(sample).scenarios()) == before


def test_what_is_exported_says_which_plan_it_is(sample) -> None:
    go(sample, "export")
    assert "方案名称" not in "".join(h.proto.body for h in sample.get("html"))
    key = work(sample).save("甲案", "")
    work(sample).store.freeze(work(sample).owner, work(sample).id, key)
    go(sample, "export")
    words = "".join(h.proto.body for h in sample.get("html"))
    assert "方案名称" in words and "甲案" in words and "审定 20" in words


def test_departments_that_no_project_names_are_not_offered(page, tmp_path: Path) -> None:
    upload(page, write_book(tmp_path / "c.xlsx", **SMALL))
    work(page).solve(10, 0)
    while work(page).job.running:
        time.sleep(0.05)
    go(page, "export")
    assert [b.proto.disabled for b in page.get("download_button") if b.label == "下载分部门工作簿"] == [True]


def test_contradicting_locks_are_told_and_nothing_is_lost(sample) -> None:
    wanted = {Target("项目", (p.id,), "状态"): "必选" for p in work(sample).case.projects}
    work(sample).change(wanted)
    go(sample, "plan")
    before = work(sample).shown
    sample.button(key="solve_again").click().run()
    job = work(sample).job
    while job.running:
        time.sleep(0.05)
    sample.run()
    assert not sample.exception and any("规则冲突" in e.value for e in sample.error)
    assert work(sample).shown is before and work(sample).changes


def test_scenarios_are_saved_compared_advised_and_frozen(sample) -> None:
    work(sample).save("甲案", "")
    work(sample).change({Target("项目", (work(sample).case.projects[0].id,), "状态"): "必选"})
    work(sample).solve()
    while work(sample).job.running:
        time.sleep(0.05)
    work(sample).collect()
    work(sample).save("乙案", "锁一个")
    go(sample, "compare")
    html = "".join(h.proto.body for h in sample.get("html"))
    assert "甲案" in html and "乙案" in html and "加权效益" in html
    rows = work(sample).scenarios()
    sample.button(key=f"advise_{rows[1].id}").click().run()
    sample.checkbox(key=f"sure_freeze_{rows[1].id}").check().run()
    sample.button(key=f"freeze_{rows[1].id}").click().run()
    rows = work(sample).scenarios()
    assert rows[1].advised and rows[1].frozen
    sample.button(key=f"copy_{rows[0].id}").click().run()
    assert [r.name for r in work(sample).scenarios()][-1] == "甲案 副本"
    assert work(sample).scenarios()[-1].parent == rows[0].id
    plan = work(sample).scenario(rows[0]).outcome.solution.plan
    sample.button(key=f"load_{rows[0].id}").click().run()
    assert not sample.exception and work(sample).changes == {}
    go(sample, "plan")
    assert work(sample).shown.outcome.solution.plan == plan and not work(sample).stale
    work(sample).save("丙案", "")
    assert work(sample).scenarios()[-1].parent == rows[0].id
    go(sample, "import_check")
    assert sample.button(key=f"drop_{work(sample).id}").disabled and any("已审定" in m.value for m in sample.markdown)


def test_loading_a_plan_asks_before_changes_are_given_up_and_ends_what_was_said_of_the_last_solve(sample) -> None:
    work(sample).save("甲案", "")
    key = work(sample).scenarios()[0].id
    work(sample).change({Target("资金", (f.name,), f"额度:{work(sample).case.first_year}"): "0" for f in work(sample).case.funds} | {Target("项目", (work(sample).case.projects[0].id,), "状态"): "必选"})  # fmt: skip
    work(sample).solve(10, 0)
    while work(sample).job.running:
        time.sleep(0.05)
    go(sample, "plan")
    assert any("规则冲突" in e.value for e in sample.error)
    go(sample, "compare")
    waiting = len(work(sample).pending)
    assert waiting and any(f"还有 {waiting} 项改动没有求解" in m.value for m in sample.markdown)
    assert sample.button(key=f"load_{key}").label == "放弃改动，载入"
    sample.button(key=f"load_{key}").click().run()
    assert not work(sample).pending
    go(sample, "plan")
    assert not sample.error and not sample.exception
    go(sample, "compare")
    assert sample.button(key=f"load_{key}").label == "载入"


def test_papers_are_refused_in_a_sentence(page) -> None:
    go(page, "import_check")
    page.file_uploader(key="upload").upload("计划.pdf", b"%PDF-1.7").run()
    assert not page.exception and any(
        "是文档，不是表格" in str(e.value) for e in [*page.error, *page.dataframe, *page.markdown]
    )


def test_below_a_table_stands_what_it_adds_up_to(sample) -> None:
    go(sample, "plan")
    plan = work(sample).shown.outcome.plan
    spent = sum(p.amount for p in plan.allocation.payments)
    words = next(c.value for c in sample.caption if "个项目合计" in c.value)
    assert f"安排合计 {show_wan(spent).removesuffix('.00')}" in words and f"上面 {len(plan.case.projects)} 个" in words
    for name in (f.name for f in plan.case.funds):
        money = sum(p.amount for p in plan.allocation.payments if p.fund == name)
        assert not money or f"{name} {show_wan(money).removesuffix('.00')}" in words


def test_an_own_plan_is_checked_scored_and_set_beside(sample, tmp_path: Path) -> None:
    case = work(sample).case
    path = write_book(tmp_path / "自带.xlsx", 清单=[["项目编号", case.funds[0].name], [case.projects[0].id, 123]])
    go(sample, "compare")
    sample.file_uploader(key="own_plan").upload("自带.xlsx", path.read_bytes()).run()
    assert not sample.exception
    assert any("处不满足刚性要求" in w.value for w in sample.warning)
    assert any("没有给足" in c.value for c in sample.caption)  # its benefit is that of the whole project
    own = work(sample).scenarios()[0]
    assert sample.button(key=f"advise_{own.id}").disabled and sample.button(key=f"freeze_{own.id}").disabled
    shown = work(sample).shown
    assert own.kind == "自带方案"
    sample.button(key=f"load_{own.id}").click().run()
    assert any("不能载入" in w.value for w in sample.warning) and work(sample).shown is shown


def test_a_shared_link_gives_a_copy_and_a_guessed_one_nothing(sample) -> None:
    link = work(sample).store.share(work(sample).owner, work(sample).id)
    other = AppTest.from_file(str(HOME / "app.py"), default_timeout=60)
    other.query_params["share"] = link
    other.run()
    assert not other.exception and any("副本" in s.value for s in other.success)
    assert work(other).id != work(sample).id and work(other).shown is not None
    stranger = AppTest.from_file(str(HOME / "app.py"), default_timeout=60)
    stranger.query_params["share"] = "guess"
    stranger.run()
    assert work(stranger) is None and any("分享链接无效" in w.value for w in stranger.warning)


def test_a_deleted_case_is_said_and_the_page_lives(sample) -> None:
    work(sample).store.remove(work(sample).owner, work(sample).id)
    go(sample, "compare")
    assert work(sample) is None and sample.info


def test_a_file_replaced_during_a_solve_is_said(page, tmp_path: Path) -> None:
    page.selectbox(key="sample").set_value("longdong").run()
    page.button(key="use_sample").click().run()
    job = work(page).solve(60, 0)
    go(page, "import_check")
    upload(page, write_book(tmp_path / "c.xlsx", **SMALL))
    assert job.wish == "cancel" and any("求解期间换了文件" in w.value for w in page.warning)
    assert len(page.session_state.desk.store.cases(work(page).owner)) == 2


def test_a_cell_is_mended_on_the_page(page, tmp_path: Path) -> None:
    rows = [["项目编号", "项目名称", "总投资"], ["P1", "甲", "约5"]]
    upload(page, write_book(tmp_path / "坏.xlsx", 项目=rows, 资金=SMALL["资金"]))
    assert work(page).case is None
    mark = mark_of(work(page).reading.issues)
    page.session_state[f"issues_{mark}"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    box = next(x for x in page.text_input if x.label == "改为")
    box.set_value("5")
    next(b for b in page.button if b.label == "保存并重查").click().run()
    assert not page.exception and work(page).case is not None


def test_a_hundred_million_is_a_unit(sample) -> None:
    go(sample, "plan")
    assert any("安排总额（万元）" in m.label for m in sample.metric)
    sample.session_state["unit"] = "亿元"
    go(sample, "plan")
    figure = next(m for m in sample.metric if "安排总额" in m.label)
    assert figure.label == "安排总额（亿元）" and figure.value == "0.1500"


def test_a_case_without_funds_is_told_and_the_page_lives(page, tmp_path: Path) -> None:
    upload(page, write_book(tmp_path / "c.xlsx", 项目=SMALL["项目"], 资金=SMALL["资金"][:1]))
    assert work(page).case is None
    assert any("资金表里没有资金" in str(d.value.values) for d in page.dataframe)
    go(page, "plan")


def test_every_way_to_solve_keeps_to_the_limits_beside_the_plan(sample, monkeypatch) -> None:
    seen = []
    start = JOBS.start
    monkeypatch.setattr(JOBS, "start", lambda reading, options, *rest: (seen.append(options), start(reading, options, *rest))[1])  # fmt: skip
    go(sample, "plan")
    sample.number_input(key=f"gap_{work(sample).id}").set_value(7.0).run()
    sample.select_slider(key=f"limit_{work(sample).id}").set_value(20).run()
    work(sample).change({Target("项目", (work(sample).case.projects[0].id,), "状态"): "必选"})
    go(sample, "plan")
    sample.button(key="solve_again").click().run()
    work(sample).job.wish = "cancel"
    assert [(o.gap, o.time_limit) for o in seen] == [(pytest.approx(0.07), 20.0)]


def test_a_solve_from_another_page_keeps_to_the_limits_set_in_an_earlier_session(sample, monkeypatch) -> None:
    """The sliders beside the plan were not in sight since; those of another case do not count."""
    seen = []
    monkeypatch.setattr(Workspace, "solve", lambda _, limit, gap: seen.append((limit, gap)))
    store, owner, key = work(sample).store, work(sample).owner, work(sample).id
    store.set_setting(owner, f"limit:{key}", "20")
    store.set_setting(owner, "gap:another", "7.0")
    go(sample, "rules")
    sample.button(key="apply").click().run()
    assert seen == [(20.0, None)]


def test_limits_beside_the_plan_are_kept_with_the_case(sample) -> None:
    go(sample, "plan")
    sample.select_slider(key=f"limit_{work(sample).id}").set_value(20).run()
    sample.number_input(key=f"gap_{work(sample).id}").set_value(0.5).run()
    assert not sample.exception
    again = Workspace.open(work(sample).store, work(sample).owner, work(sample).id)
    assert (kept_limit(again, "limit"), kept_limit(again, "gap")) == (20, 0.5)
    again.store.remove(again.owner, again.id)
    assert kept_limit(again, "limit") is None


def test_a_limit_typed_out_of_range_is_said_and_what_it_was_holds(sample) -> None:
    go(sample, "plan")
    sample.number_input(key=f"gap_{work(sample).id}").set_value(0.5).run()
    sample.number_input(key=f"gap_{work(sample).id}").set_value(70.0).run()
    assert any("“停止差距（%）”要在 0 到 50 之间；改好之前仍按 0.5。" in e.value for e in sample.error)
    assert kept_limit(work(sample), "gap") == 0.5
    go(sample, "quota")
    sample.number_input(key="quota_total").set_value(-5.0).run()
    assert any("总额" in e.value for e in sample.error) and not sample.exception


def test_the_rule_that_was_edited_last_is_the_one_explained(sample) -> None:
    go(sample, "rules")
    laid = sample.session_state["rule_lines"][1]
    row = next(k for k, line in enumerate(laid) if not line.fixed and line.enabled and line.rule != laid[0].rule)
    edited(sample, "rules", row, "启用", False)
    assert sample.selectbox(key="rule_card").value == laid[row].rule
    other = next(line.rule for line in laid if line.rule != laid[row].rule)
    sample.selectbox(key="rule_card").set_value(other).run()
    assert sample.selectbox(key="rule_card").value == other  # what is chosen by hand stays


def test_a_copy_of_a_plan_leaves_what_is_being_compared(sample) -> None:
    for name in ("甲案", "乙案", "丙案"):
        work(sample).save(name, "")
    rows = work(sample).scenarios()
    go(sample, "compare")
    [pills] = [b for b in sample.button_group if str(b.key).startswith("compare_")]
    pills.set_value([rows[0].id, rows[2].id]).run()
    sample.button(key=f"copy_{rows[1].id}").click().run()
    [pills] = [b for b in sample.button_group if str(b.key).startswith("compare_")]
    assert len(work(sample).scenarios()) == 4 and pills.value == [rows[0].id, rows[2].id]


def test_a_solve_of_the_settings_before_a_change_says_so(sample, monkeypatch) -> None:
    go(sample, "plan")
    job = JOBS.latest(work(sample).id)
    monkeypatch.setattr(job, "outcome", None)
    sample.run()
    assert not any("改动之前的设置" in c.value for c in sample.caption)
    target = Target("资金", (work(sample).case.funds[0].name,), "额度")
    work(sample).change({target: "1"})
    sample.run()
    assert any("正在求的是改动之前的设置" in c.value for c in sample.caption)


def test_why_a_project_was_left_out_is_written_out_for_the_row_chosen(sample) -> None:
    go(sample, "plan")
    sample.session_state["plan_tabs"] = next(t.label for t in sample.tabs if t.label.startswith("未安排"))
    sample.run()
    assert any("选中一行" in c.value for c in sample.caption)
    rows = work(sample).shown.outcome.table(unfunded).rows
    key = f"unfunded_{crc32(''.join(row[0] for row in rows).encode()):08x}"
    sample.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    sample.run()
    assert not sample.exception
    assert any(x.value.startswith("原因：") for x in sample.text)
    sample.text_input(key="unfunded_search").set_value("没有这个项目").run()
    assert any("没有符合条件的项目" in i.value for i in sample.info)


def test_the_quick_slider_stays_with_its_fund(sample) -> None:
    """Halved, the largest fund of the file is no longer the largest; the slider must not pass on to another."""
    slider = next(s for s in sample.slider if s.key.startswith("quick_fund"))
    assert (slider.value, slider.proto.default) == (100, [100])
    slider.set_value(50).run()
    fund = Target("资金", ("专项债券",), "额度:2026")
    assert work(sample).changes == {fund: "500"}
    again = next(s for s in sample.slider if s.key.startswith("quick_fund"))
    assert again.label.startswith("专项债券") and again.value == 50
    again.set_value(100).run()
    assert work(sample).changes == {}


def test_a_click_that_ends_the_reading_leaves_the_case_on_the_desk(sample, monkeypatch) -> None:
    """The framework ends a run wherever it is called; the desk is never left empty by it."""

    class Ended(BaseException):
        pass

    before = work(sample)

    def ended(*_: object) -> None:
        raise Ended

    here = sample.session_state.desk
    monkeypatch.setattr("ui.desk.Workspace.create", ended)
    with pytest.raises(Ended):
        here.take(before.content, "b.xlsx")
    assert here.work is before
    monkeypatch.setattr("ui.desk.Workspace.open", ended)
    with pytest.raises(Ended):
        here.open(before.id)
    assert here.work is before


def test_a_limit_written_is_there_again_behind_another_tab(page, tmp_path: Path) -> None:
    """The grid of a tab out of sight forgets what was typed; when it comes back it shows what is wanted now."""
    upload(page, write_book(tmp_path / "c.xlsx", **REGIONAL))
    go(page, "rules")

    def open_tab(name: str) -> None:
        page.session_state["rules_tabs"] = name
        page.run()
        assert not page.exception

    open_tab("地区上下限")
    edited(page, "regions_0", 0, "上限", 123.0)
    for _ in range(2):
        open_tab("规则")
        open_tab("地区上下限")
        frame = page.session_state["grids"]["regions_0"]["frame"]
        assert frame["上限"].iloc[0] == 123.0 and len(work(page).pending) == 1


def test_soft_demands_that_are_broken_are_listed_beside_the_plan(sample, tmp_path: Path) -> None:
    assert not [x for x in sample.expander if "弹性要求" in x.label]
    soft = {**REGIONAL, "规则": [["规则", "参数", "值", "刚性", "罚分"], ["count_cap", "最多个数", 1, "弹性", 0.001]]}
    soft["资金"] = [["资金名称", "类型", "额度"], ["债", "补助", 1000]]
    upload(go(sample, "import_check"), write_book(tmp_path / "c.xlsx", **soft))
    assert work(sample).case is not None, work(sample).reading.issues
    page = solved(sample)
    assert [x.label for x in page.expander if "弹性要求" in x.label] == ["突破了的弹性要求（1）"]


def test_an_empty_cell_is_said_as_what_it_stands_for(sample) -> None:
    project = work(sample).case.projects[0].id
    work(sample).change({Target("项目", (project,), "状态"): "禁选"})
    shown = go(sample, "rules")
    assert any(project in m.value and "可选" in m.value and "**禁选**" in m.value for m in shown.markdown)
    assert value_words(Target("规则", ("count_cap", "", "", "最多个数"), "刚性"), "") == "刚性"
    assert value_words(Target("规则", ("people_money", "", "", "偏差"), "刚性"), "") == "弹性"
    assert value_words(Target("地区", ("甲县",), "配额上限:债"), "") == "未设"
    assert value_words(Target("地区", ("甲县",), "配额上限:债"), "1200") == "1,200 万元"
    assert value_words(Target("项目", ("P1",), "固定安排:债"), ">=80") == "至少 80 万元"
    assert value_words(Target("项目", ("P1",), "固定安排:债"), "0.5亿元") == "0.5亿元"
    assert value_words(Target("规则", ("min_award", "", "", "起拨额"), "值"), "50") == "50 万元"
    assert value_words(Target("规则", ("region_quota", "", "", "上限占比"), "值"), "13%") == "13%"


def test_names_of_users_are_text_and_never_links_pictures_or_formulas(sample) -> None:
    desk = sample.session_state.desk
    mean = "![t](http://evil/s.png) [去](http://evil) $a$ *斜*"
    desk.work.save(mean, mean)
    desk.store.set_name(desk.owner, mean)
    desk.work.store.advise(desk.owner, desk.work.id, desk.work.scenarios()[0].id, True)
    for view in ("compare", "export", "import_check"):
        go(sample, view)
        said = [
            e.value
            for kind in ("markdown", "caption", "info", "warning", "success", "error")
            for e in getattr(sample, kind)
        ]
        assert not [words for words in said if "![t](" in words or "[去](" in words]
    assert any("\\[t\\]" in m.value for m in go(sample, "compare").markdown)


def test_lists_are_there_after_a_reload_with_what_was_mended(page, tmp_path: Path) -> None:
    rows = [
        ["序号", "项目名称", "县区", "总投资（万元）"],
        [1, "环县甲小区改造", "环县", 100],
        [2, "环县乙小区改造", "环县", "约200"],
    ]
    upload(page, write_book(tmp_path / "环县.xlsx", 清单=rows))
    go(page, "lists")
    intake = page.session_state.desk.intake
    intake.decisions.cells["环县.xlsx", "清单", "D3"] = "200"
    intake.read()
    go(page, "lists")
    owner = page.session_state.desk.owner
    again = AppTest.from_file(str(HOME / "app.py"), default_timeout=60)
    again.session_state.desk = type(page.session_state.desk)(owner)
    again.session_state.language, again.session_state.unit = "zh", "万元"
    go(again.run(), "lists")
    kept = again.session_state.desk.intake
    assert kept is not intake and [p.values["总投资"] for p in kept.lists.projects if p.taken] == [100, 200]
    assert again.button(key="leave_0_环县.xlsx").click().run().session_state.desk.intake is None
    assert page.session_state.desk.store.lists(owner) is None


def test_settings_are_named_in_the_language_of_the_page(sample, monkeypatch) -> None:
    targets = {
        Target("规则", ("region_quota", "资金=债;地区=甲县", "", "上限占比"), "值"): ("地区额度上下限 · 债·甲县 · 上限占比", "Regional quotas · 债·甲县 · Most, share"),
        Target("设置", ("权重:安全",), "值"): ("权重:安全", "Weight:安全"),
        Target("设置", ("优化目标",), "值"): ("优化目标", "Aim"),
        Target("资金", ("债",), "额度:2026"): ("债 · 额度:2026", "债 · Limit:2026"),
    }  # fmt: skip
    assert [row_words(work(sample), x) for x in targets] == [chinese for chinese, _ in targets.values()]
    for module in ("ui.words", "ui.editing"):
        monkeypatch.setattr(f"{module}.language", lambda: "en")
    assert [row_words(work(sample), x) for x in targets] == [english for _, english in targets.values()]
