"""A case on the desk: changes, stale plans, scenarios, owners; nothing is lost and nobody sees another's."""

import json
import re
import sqlite3
import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inputs.case.changes import Target
from inputs.case.read import read_case
from inputs.samples import write_sample
from tests.books import SMALL, write_book
from workbench import jobs
from workbench.jobs import JOBS, Job
from workbench.records import Scenario, in_tree
from workbench.store import Gone, Stale, Store
from workbench.workspace import Shown, Workspace, _better


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def work(store: Store, tmp_path: Path) -> Workspace:
    return Workspace.create(store, "我", write_book(tmp_path / "c.xlsx", **SMALL).read_bytes(), "c.xlsx")


def solved(work: Workspace) -> Workspace:
    job = work.solve(10, 0)
    while job.running:
        time.sleep(0.02)
    assert not job.failure, job.failure
    work.collect()
    return work


def status(work: Workspace) -> str:
    assert work.shown is not None
    return work.shown.outcome.solution.status


def fund(work: Workspace) -> Target:
    name = work.case.funds[0].name if work.case else ""
    column = "额度" if work.case and work.case.funds[0].pool is not None else f"额度:{work.case.first_year}"  # type: ignore[union-attr]
    return Target("资金", (name,), column)


def test_a_change_makes_the_plan_stale_and_undoing_makes_it_fresh(work: Workspace) -> None:
    solved(work)
    assert status(work) == "optimal" and not work.stale
    target = fund(work)
    work.change({target: "1"})
    assert work.stale and [d.after for d in work.pending] == ["1"]
    work.undo([target], work.shown.changes if work.shown else None)
    assert not work.stale and work.changes == {}


def test_a_value_equal_to_the_file_is_no_change(work: Workspace) -> None:
    target = fund(work)
    before = work.sheets().text(target)
    work.change({target: "1"})
    work.change({target: before})
    assert work.changes == {} and work.differences() == []


def test_a_new_plan_keeps_the_one_before_for_comparison(work: Workspace) -> None:
    first = solved(work).shown
    work.change({fund(work): "100"})
    solved(work)
    assert work.before is first and work.shown is not first and not work.stale


def test_the_plan_before_is_there_after_a_reload(work: Workspace) -> None:
    first = solved(work).shown
    assert first is not None
    work.change({fund(work): "100"})
    solved(work)
    again = Workspace.open(work.store, "我", work.id)
    assert again.before is not None and again.before.changes == first.changes
    assert again.before.outcome.solution.plan == first.outcome.solution.plan
    key = work.save("乙", "")
    again.load(next(s for s in again.scenarios() if s.id == key))
    kept = Workspace.open(work.store, "我", work.id)
    assert kept.before is not None and kept.before.changes == work.changes


def test_a_file_of_an_earlier_version_gets_the_columns_it_lacks(work: Workspace) -> None:
    solved(work)
    with sqlite3.connect(work.store.path) as db:
        db.execute("alter table cases drop column before")
        db.execute("alter table cases drop column before_changes")
    again = Workspace.open(Store(work.store.path.parent), "我", work.id)
    assert again.shown is not None and again.before is None


def test_a_line_of_changes_says_only_what_changed_and_solves_without_a_plan_too(work: Workspace) -> None:
    ids = [p.id for p in work.case.projects] if work.case else []
    work.change({Target("项目", (ids[0],), "状态"): "必选"})
    work.change({Target("项目", (ids[0],), "状态"): "必选", fund(work): "1"})
    last = work.store.history("我", work.id)[0][2]
    assert "1" in last and "必选" not in last
    solved(work)
    assert work.shown is None and "求解：" in work.store.history("我", work.id)[0][2]


def test_plans_on_the_way_do_not_take_the_place_of_the_one_before(work: Workspace) -> None:
    first = solved(work).shown
    assert first is not None
    work.change({fund(work): "100"})
    job = Job(work.id, dict(work.changes), 10.0)
    JOBS._jobs.append(job)
    solution = first.outcome.solution
    for gap in (0.2, 0.1):
        outcome = replace(first.outcome, solution=replace(solution, bound=solution.value * Fraction(1 + gap)))
        job.first = outcome
        assert work.news and work.collect() and work.shown is not None and work.shown.outcome is outcome
        assert work.before is first and not work.collect() and not work.news
    job.outcome = replace(first.outcome)
    assert work.collect() and work.before is first


def test_an_early_plan_no_better_than_the_one_in_sight_is_passed_over(work: Workspace) -> None:
    """Solved again with nothing changed and cancelled: the plan and its proof stay, here and in the store."""
    shown = solved(work).shown
    assert shown is not None
    solution = shown.outcome.solution
    worse = replace(shown.outcome, solution=replace(solution, status="feasible", bound=solution.value * 2))
    job = Job(work.id, dict(work.changes), 10.0)
    JOBS._jobs.append(job)
    job.first = worse
    assert not work.collect() and work.shown is shown and not work.news
    assert not _better(worse, shown, work.changes) and _better(worse, shown, {fund(work): "1"})
    closer = replace(shown.outcome, solution=replace(solution, bound=solution.value))
    assert _better(closer, Shown(worse, work.changes), work.changes)


def test_a_page_opened_in_the_middle_of_a_solve_has_no_news_it_has_seen(work: Workspace, store: Store) -> None:
    """A reload takes the kept plan; the solve's own object of it must not make the page begin again and again."""
    first = solved(work).shown
    assert first is not None
    job = Job(work.id, dict(work.changes), 10.0)
    JOBS._jobs.append(job)
    job.first = replace(first.outcome)
    again = Workspace.open(store, "我", work.id)
    assert again.shown is not None and not again.news and not again.collect()
    job.first = replace(first.outcome)
    assert again.news


def test_everything_is_there_again_after_a_crash(work: Workspace, store: Store) -> None:
    solved(work)
    work.save("现行口径", "第一版")
    work.change({fund(work): "123.45"})
    again = Workspace.open(Store(store.path.parent), "我", work.id)
    assert again.changes == work.changes and again.stale
    assert again.shown is not None and work.shown is not None
    assert again.shown.outcome.solution.plan == work.shown.outcome.solution.plan
    assert again.shown.outcome.solution.sentence == work.shown.outcome.solution.sentence
    assert tuple(again.shown.outcome.plan.reasons) == tuple(work.shown.outcome.plan.reasons)
    row = again.scenarios()[0]
    found = again.scenario(row)
    assert (row.name, row.note) == ("现行口径", "第一版") and found is not None
    assert found.outcome.solution.verdict == work.shown.outcome.solution.verdict


def test_nobody_sees_another_case_without_its_link(work: Workspace, store: Store) -> None:
    solved(work)
    work.save("甲", "")
    for ask in (store.case, store.scenarios, store.history, store.share):
        with pytest.raises(Gone):
            ask("别人", work.id)
    store.remove("别人", work.id)
    assert store.cases("别人") == [] and len(store.cases("我")) == 1
    with pytest.raises(Gone):
        store.receive("别人", "猜的")
    link = store.share("我", work.id)
    copy = Workspace.open(store, "别人", store.receive("别人", link))
    assert copy.id != work.id and [s.name for s in copy.scenarios()] == ["甲"]
    copy.change({fund(copy): "1"})
    assert Workspace.open(store, "我", work.id).changes == {}
    store.unshare("我", work.id)
    with pytest.raises(Gone):
        store.receive("第三人", link)


def test_a_second_case_of_one_name_is_numbered(work: Workspace, store: Store) -> None:
    again = [Workspace.create(store, "我", work.content, work.file_name).name for _ in range(2)]
    other = Workspace.create(store, "别人", work.content, work.file_name)
    assert again == [f"{work.name}（2）", f"{work.name}（3）"] and other.name == work.name
    copy = Workspace.open(store, "别人", store.receive("别人", store.share("我", work.id)))
    assert copy.name == f"{work.name}（2）"


def test_the_file_holds_no_secret_that_opens_a_case(work: Workspace, store: Store) -> None:
    link = store.share("我的秘密", Workspace.create(store, "我的秘密", work.content, "d.xlsx").id)
    with sqlite3.connect(store.path) as db:
        text = "\n".join(db.iterdump())
    assert "我的秘密" not in text and link not in text
    assert store.path.stat().st_mode & 0o077 == 0


def test_two_windows_do_not_overwrite_each_other(work: Workspace, store: Store) -> None:
    other = Workspace.open(store, "我", work.id)
    work.change({fund(work): "1"})
    with pytest.raises(Stale):
        other.change({fund(other): "2"})
    assert Workspace.open(store, "我", work.id).changes == work.changes


def test_a_frozen_scenario_stays_as_it_is(work: Workspace, store: Store) -> None:
    solved(work)
    key = work.save("送审稿", "")
    second = work.save("备选", "")
    store.advise("我", work.id, key)
    store.advise("我", work.id, second)
    assert [s.advised for s in work.scenarios()] == [False, True]
    store.freeze("我", work.id, key)
    assert not store.rename("我", work.id, key, "改了", "") and not store.drop_scenario("我", work.id, key)
    assert store.drop_scenario("我", work.id, second)
    assert [(s.name, bool(s.frozen)) for s in work.scenarios()] == [("送审稿", True)]
    store.advise("我", work.id, key)
    store.advise("我", work.id, key, False)
    store.thaw("我", work.id, key)
    store.thaw("我", work.id, key)
    assert [(s.advised, s.frozen) for s in work.scenarios()] == [(False, None)]
    assert store.rename("我", work.id, key, "改了", "")
    said = [what for _, _, what in store.history("我", work.id)]
    assert sum(what.startswith("撤销审定“送审稿”") for what in said) == 1
    assert "审定“送审稿”" in said and "“送审稿”不再是建议方案" in said


def test_the_line_says_who(work: Workspace, store: Store) -> None:
    store.set_name("我", "张科长")
    work.change({fund(work): "1"})
    at, who, what = store.history("我", work.id)[0]
    assert at and who == "张科长" and "资金" in what and "1" in what


def test_the_line_says_from_what_to_what_with_the_unit(work: Workspace, store: Store) -> None:
    target = fund(work)
    old = work.differences() or work.sheets().text(target)
    work.change({target: "1"})
    work.change({target: "2"})
    work.undo([target])
    lock = Target("项目", (work.case.projects[0].id,), "状态")  # type: ignore[union-attr]
    work.change({lock: "禁选"})
    lines = [what.partition("：")[2] for _, _, what in store.history("我", work.id)][:4]
    before = work.sheets().text(lock) and lines[0].partition(" → ")[0]
    assert lines == [f"{before} → 禁选", f"2 万元 → {old} 万元", "1 万元 → 2 万元", f"{old} 万元 → 1 万元"]


def test_the_case_as_changed_is_a_workbook_that_verifies(work: Workspace, tmp_path: Path) -> None:
    work.change({fund(work): "123.45"})
    solved(work)
    work.write_case(tmp_path / "n.xlsx")
    assert read_case(tmp_path / "n.xlsx").case == work.case


def test_a_change_to_a_row_that_is_gone_is_an_issue_not_a_crash(work: Workspace) -> None:
    work.change({Target("项目", ("没有这个",), "状态"): "必选"})
    assert work.case is None and "没有这个" in work.reading.errors[0].message
    work.undo(list(work.changes))
    assert work.case is not None


def test_a_fault_at_a_cell_of_the_page_says_that_the_page_wrote_it(work: Workspace) -> None:
    project = work.case.projects[0].id  # type: ignore[union-attr]
    work.change({Target("项目", (project,), "总投资"): "许多"})
    (fault,) = [i for i in work.reading.issues if i.severity == "error"]
    assert fault.value == "许多" and fault.remedy.endswith("（这一格是在页面上改的，也可撤销这项改动）")
    assert fault.address == f"{project} · 总投资"


def test_cells_that_only_the_page_has_are_called_by_their_names(store: Store, tmp_path: Path) -> None:
    """Floor and ceiling set on the page where the file has no such columns: a cell address would lead nowhere."""
    write_sample("longdong", tmp_path / "l.xlsx")
    work = Workspace.create(store, "我", (tmp_path / "l.xlsx").read_bytes(), "l.xlsx")
    ends = {Target("地区", ("崆峒区",), f"{family}:省预算内投资"): amount for family, amount in (("配额下限", "500"), ("配额上限", "100"))}  # fmt: skip
    work.change(ends)
    (fault,) = work.reading.errors
    assert not re.search(r"![A-Z]+\d", fault.address + fault.message)
    assert (
        fault.address + fault.message == "崆峒区 · 配额下限:省预算内投资下限大于上限（崆峒区 · 配额上限:省预算内投资）"
    )


def test_many_threads_write_at_once(store: Store, work: Workspace) -> None:
    import threading

    def write() -> None:
        for k in range(10):
            store.set_name("我", f"{k}")
            store.save_plan("我", work.id, ("{}", "[]"), "写")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sum(what == "写" for _, _, what in store.history("我", work.id)) == 80


def test_a_plan_kept_by_another_version_is_left_out_not_misread(work: Workspace) -> None:
    solved(work)
    key = work.save("旧版", "")
    with sqlite3.connect(work.store.path) as db:
        db.execute("update scenario set solution = replace(solution, '\"version\": 1', '\"version\": 0')")
    again = Workspace.open(work.store, "我", work.id)
    assert again.scenario(next(s for s in again.scenarios() if s.id == key)) is None


def test_a_kept_plan_that_no_longer_passes_is_not_shown(work: Workspace) -> None:
    solved(work)
    with sqlite3.connect(work.store.path) as db:
        (text,) = db.execute("select plan from cases").fetchone()
        found = json.loads(text)
        found["plan"]["payments"][0][4] += 1
        db.execute("update cases set plan = ?", [json.dumps(found)])
    assert Workspace.open(work.store, "我", work.id).shown is None


def test_a_loaded_scenario_stays_on_the_desk_and_after_a_reload(work: Workspace) -> None:
    first = solved(work).shown
    key = work.save("甲", "")
    work.change({fund(work): "100"})
    solved(work)
    assert work.load(next(s for s in work.scenarios() if s.id == key))
    assert not work.collect() and work.shown is not None and first is not None
    assert work.shown.outcome.solution.plan == first.outcome.solution.plan and not work.stale
    again = Workspace.open(work.store, "我", work.id)
    assert not again.collect() and again.shown is not None and again.origin == key
    assert again.shown.outcome.solution.plan == first.outcome.solution.plan


def test_a_wrong_change_leaves_the_other_changes_in_sight(work: Workspace) -> None:
    first, second = work.case.projects[0].id, work.case.projects[1].id  # type: ignore[union-attr]
    work.change({fund(work): "777"})
    work.change({Target("项目", (first,), "状态"): "乱写"})
    work.change({Target("项目", (second,), "状态"): "必选"})
    assert work.case is None
    case = work.last_good()
    assert case is not None
    assert case.funds[0].limit == 77_700 and case.project_by_id[second].status == "必选"
    assert case.project_by_id[first].status == "可选"
    work.change({Target("项目", (second,), "状态"): "也乱写"})
    case = work.last_good()
    assert case is not None and case.funds[0].limit == 77_700 and case.project_by_id[second].status == "可选"


def test_which_scenario_is_in_sight(work: Workspace) -> None:
    assert work.shown_is() is None
    solved(work)
    assert work.shown_is() is None
    work.save("甲案", "")
    assert (found := work.shown_is()) is not None and found.name == "甲案"
    work.change({fund(work): "100"})
    solved(work)
    assert work.shown_is() is None
    work.load(work.scenarios()[0])
    assert (found := work.shown_is()) is not None and found.name == "甲案"


def test_scenarios_stand_under_the_one_they_come_from() -> None:
    def row(key: str, parent: str | None) -> Scenario:
        return Scenario(key, parent, key, "", "求解", "[]", "{}", "", "", False, None)

    rows = [row("a", None), row("b", None), row("c", "a"), row("d", "gone"), row("e", "c"), row("f", "a")]
    assert [(r.id, depth) for r, depth in in_tree(rows)] == [
        ("a", 0), ("c", 1), ("e", 2), ("f", 1), ("b", 0), ("d", 0)
    ]  # fmt: skip


def test_a_window_that_is_behind_neither_loads_nor_solves(work: Workspace, store: Store) -> None:
    solved(work).save("一", "")
    behind = Workspace.open(store, "我", work.id)
    work.change({fund(work): "100"})
    with pytest.raises(Stale):
        behind.load(behind.scenarios()[0])
    with pytest.raises(Stale):
        behind.solve(5)


def test_a_load_that_is_refused_leaves_the_running_solve_alone(work: Workspace, store: Store, monkeypatch) -> None:
    solved(work).save("一", "")
    behind = Workspace.open(store, "我", work.id)
    work.change({fund(work): "100"})
    gate, real = threading.Event(), jobs.plan_case
    monkeypatch.setattr(jobs, "plan_case", lambda *a, **k: (gate.wait(), real(*a, **k))[1])
    job = work.solve(10)
    with pytest.raises(Stale):
        behind.load(behind.scenarios()[0])
    assert job.wish is None
    gate.set()
    wait_for(job)


def test_a_solve_cancelled_at_its_very_end_changes_nothing_that_was_loaded_meanwhile(
    work: Workspace, monkeypatch
) -> None:
    solved(work).save("一", "")
    assert work.shown is not None
    value = work.shown.outcome.solution.value
    work.change({fund(work): "300"})
    gate, there, real = threading.Event(), threading.Event(), jobs.plan_case

    def slow(*arguments, **named):
        found = real(*arguments, **named)
        there.set()
        gate.wait()
        return found

    monkeypatch.setattr(jobs, "plan_case", slow)
    monkeypatch.setattr(jobs, "swift_plan", lambda *a: None)
    job = work.solve(10)
    assert there.wait(20) and work.load(work.scenarios()[0])
    gate.set()
    wait_for(job)
    work.collect()
    assert work.shown.outcome.solution.value == value and not work.stale
    again = Workspace.open(work.store, "我", work.id)
    assert again.shown is not None and again.shown.outcome.solution.value == value
    assert job.outcome is not None and job.outcome.solution.cancelled


def test_a_plan_that_cannot_be_kept_is_shown_and_that_is_said(work: Workspace, monkeypatch) -> None:
    def locked(*_) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Store, "save_plan", locked)
    job = solved(work).job
    assert job is not None and job.unkept == "OperationalError" and not job.failure
    assert status(work) == "optimal"


def test_a_plan_comes_back_with_the_options_it_was_found_with(work: Workspace) -> None:
    job = work.solve(7, 0.02)
    wait_for(job)
    work.collect()
    again = Workspace.open(work.store, "我", work.id)
    assert again.shown is not None
    assert (again.shown.outcome.options.time_limit, again.shown.outcome.options.gap) == (7, 0.02)


def wait_for(job: Job) -> None:
    while job.running:
        time.sleep(0.02)
    assert job.thread is not None
    job.thread.join()


def test_two_scenarios_never_have_one_name(work: Workspace) -> None:
    solved(work)
    first, second, third = (work.save(name, "") for name in ("甲", "甲", "长" * 40))
    fourth = work.save("长" * 40, "")
    names = {row.id: row.name for row in work.scenarios()}
    assert [names[k] for k in (first, second, third)] == ["甲", "甲（2）", "长" * 40]
    assert names[fourth] == "长" * 34 + "（2）"
    assert work.unused_name("甲", besides=first) == "甲" and work.unused_name("甲", besides=second) == "甲（2）"


def test_solving_again_without_a_change_is_level_after_a_reload_too(work: Workspace, store: Store) -> None:
    """What the plan is held against is the plan before it, not the one before that."""
    solved(work)
    work.change({fund(work): "1"})
    solved(work)
    assert work.before is not None and work.before.changes != work.shown.changes  # type: ignore[union-attr]
    lines = len(store.history(work.owner, work.id))
    solved(work)
    assert len(store.history(work.owner, work.id)) == lines + 1  # the plan on the way is no line of its own
    again = Workspace.open(store, work.owner, work.id)
    assert again.shown is not None and again.before is not None
    assert again.before.changes == again.shown.changes
    assert again.before.outcome.solution.plan == again.shown.outcome.solution.plan


def test_settings_of_a_saved_plan_are_solved_from_that_plan(work: Workspace, monkeypatch) -> None:
    solved(work)
    work.save("甲案", "")
    saved = work.shown.outcome.solution.plan
    work.change({fund(work): "400"})
    solved(work)
    assert work.shown.outcome.solution.plan != saved
    work.undo([fund(work)], None)
    seen = []
    start = JOBS.start
    monkeypatch.setattr(JOBS, "start", lambda *given: (seen.append(given[4]), start(*given))[1])
    solved(work)
    assert seen == [saved]
