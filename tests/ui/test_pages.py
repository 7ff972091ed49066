"""Every page in Streamlit's own test harness: what it draws, and that nothing is computed wrong."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from inputs.samples import write_sample
from tests.books import SMALL, write_book

HOME = Path(__file__).parent.parent.parent


@pytest.fixture
def page(monkeypatch):
    monkeypatch.chdir(HOME)
    return AppTest.from_file(str(HOME / "app.py"), default_timeout=60).run()


def upload(page, path: Path):
    page.file_uploader(key="upload").upload(path.name, path.read_bytes()).run()
    return page


def solved(page):
    page.switch_page("ui/views/plan.py").run()
    page.button(key="solve").click().run()
    for _ in range(120):
        job = page.session_state.desk.work.job
        if job is not None and not job.running:
            break
        time.sleep(0.25)
    return page.run()


def test_first_sight_tells_what_to_do(page) -> None:
    assert not page.exception
    assert "上传案例工作簿，或用示例开始" in page.info[0].value


def test_faults_are_listed_with_cells(page, tmp_path: Path) -> None:
    bad = write_book(
        tmp_path / "坏.xlsx", 项目=[["项目编号", "项目名称", "总投资"], ["P1", "甲", "约5"]], 资金=SMALL["资金"]
    )
    upload(page, bad)
    assert not page.exception
    table = next(d.value for d in page.dataframe if "怎么改" in d.value.columns)
    assert table.iloc[0]["位置"] == "项目!C2" and table.iloc[0]["级别"] == "✕ 错误"
    assert "有 1 处错误" in page.error[0].value


def test_a_file_that_is_no_workbook_leaves_the_page_alive(page, tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("not a workbook", encoding="utf-8")
    upload(page, tmp_path / "t.xlsx")
    assert not page.exception
    assert any("不是 Excel 工作簿" in str(d.value.values) for d in page.dataframe)


def test_a_file_that_cannot_be_read_leaves_the_case_that_was_open(page, tmp_path: Path) -> None:
    page.button(key="use_sample").click().run()
    (tmp_path / "t.xlsx").write_text("not a workbook", encoding="utf-8")
    upload(page, tmp_path / "t.xlsx")
    assert not page.exception and page.session_state.desk.work is not None
    assert any("没有读进来" in e.value for e in page.error)
    page.switch_page("ui/views/plan.py").run()
    assert not page.exception and page.button(key="solve")
    page.switch_page("ui/views/import_check.py").run()
    page.button(key="back_to_case").click().run()
    assert not page.error and any("10 个项目" in m.value for m in page.markdown)


def test_what_was_wrong_with_a_file_goes_when_another_is_read(page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    (tmp_path / "t.xlsx").write_text("not a workbook", encoding="utf-8")
    upload(page, tmp_path / "t.xlsx")
    assert page.session_state.desk.faulty is not None
    upload(page, write_book(tmp_path / "清单.xlsx", 储备=LIST))
    assert not page.exception and page.session_state.desk.faulty is None


def test_from_sample_to_plan_to_export(page) -> None:
    page.button(key="use_sample").click().run()
    assert any("10 个项目" in m.value for m in page.markdown)
    solved(page)
    assert not page.exception
    assert any("已证明最优：在所列规则下" in m.value for m in page.markdown)
    assert [m.value for m in page.metric][1] == "4 / 10"
    proposal = next(d.value for d in page.dataframe if "安排合计" in d.value.columns)
    assert proposal["安排合计"].sum() == pytest.approx(1500)
    page.switch_page("ui/views/export.py").run()
    assert not page.exception
    assert page.download_button(key="workbook").label == "下载结果工作簿"


def test_a_clash_is_told_in_words(page, tmp_path: Path) -> None:
    rows = [["项目编号", "项目名称", "总投资", "状态"], ["P1", "甲", 900, "必选"]]
    upload(page, write_book(tmp_path / "c.xlsx", 项目=rows, 资金=SMALL["资金"]))
    solved(page)
    assert not page.exception
    assert "规则冲突" in page.error[0].value
    assert any("100.00 万元" in m.value for m in page.markdown)


def test_a_new_file_takes_the_old_plan_away(page, tmp_path: Path) -> None:
    page.button(key="use_sample").click().run()
    solved(page)
    page.switch_page("ui/views/import_check.py").run()
    upload(page, write_book(tmp_path / "c.xlsx", **SMALL))
    page.switch_page("ui/views/plan.py").run()
    assert not any("已证明最优" in m.value for m in page.markdown)


def test_pages_without_a_case_point_back(page) -> None:
    for view in ("ui/views/plan.py", "ui/views/rules.py", "ui/views/compare.py", "ui/views/export.py"):
        page.switch_page(view).run()
        assert not page.exception
        assert page.info


def test_sample_file_round_trip(page, tmp_path: Path) -> None:
    write_sample("longdong", tmp_path / "陇东.xlsx")
    upload(page, tmp_path / "陇东.xlsx")
    assert not page.exception
    assert [m.value for m in page.metric][:3] == ["285", "285", "0"]


def test_a_quota_is_worked_out_and_used(page, tmp_path: Path) -> None:
    book = {**SMALL, "地区": [["名称", "政府性基金财力", "申请额"], ["甲县", 600, None], ["乙县", 400, 150]]}
    upload(page, write_book(tmp_path / "c.xlsx", **book))
    page.switch_page("ui/views/quota.py").run()
    page.number_input(key="quota_total").set_value(1000.0).run()
    assert not page.exception
    table = next(d.value for d in page.dataframe if "测算额度" in d.value.columns)
    assert list(table["测算额度"]) == [150.0, 850.0]
    page.button(key="quota_use").click().run()
    assert not page.exception and "已带入" in page.success[0].value
    assert {p.value for p in page.session_state.desk.work.reading.policies} == {85_000, 15_000}
    assert any("待应用的改动（2）" in m.value for m in page.markdown)


def test_what_a_calculator_lacks_is_said(page, tmp_path: Path) -> None:
    upload(page, write_book(tmp_path / "c.xlsx", **SMALL))
    page.switch_page("ui/views/quota.py").run()
    assert not page.exception and "政府性基金财力" in page.error[0].value


LIST = [
    ["序号", "项目名称", "县区", "总投资（万元）", "专项债券需求（万元）", "联系电话"],
    [1, "甲道路工程", "西峰", 500, 400, "13812345678"], [2, "乙管网工程", "环县", "约300", 200, "13812345679"],
]  # fmt: skip


@pytest.fixture
def listed(page, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    upload(page, write_book(tmp_path / "清单.xlsx", 储备=LIST))
    page.switch_page("ui/views/lists.py").run()
    assert not page.exception
    return page


def figure(page, label: str) -> str:
    return next(m.value for m in page.metric if m.label == label)


def test_a_list_is_reported_row_by_row(listed) -> None:
    assert (figure(listed, "清单行数"), figure(listed, "读入项目"), figure(listed, "没有读成的行")) == ("3", "1", "1")
    assert any("约300" in str(d.value.values) for d in listed.dataframe)
    kept = [p.read_bytes() for p in listed.session_state.desk.folder.rglob("*") if p.is_file()]
    assert kept and not any(b"13812345678" in content for content in kept)
    assert all(
        p.suffix == ".xlsx" and "略" in p.name for p in listed.session_state.desk.folder.rglob("*") if p.is_file()
    )


def test_a_correction_and_a_limit_make_a_case(listed) -> None:
    intake = listed.session_state.desk.intake
    intake.decisions.cells["清单.xlsx", "储备", "D3"] = "300"
    intake.read()
    listed.run()
    assert figure(listed, "读入项目") == "2" and figure(listed, "清单错误 · 须改") == "0"
    listed.session_state["funds_editor"] = {
        "edited_rows": {0: {"额度（万元）": "450"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    button = next(b for b in listed.button if b.label == "生成案例")
    button.click().run()
    assert not listed.exception
    case = listed.session_state.desk.reading.case
    assert case is not None and [p.name for p in case.projects] == ["甲道路工程", "乙管网工程"]


def test_a_fund_of_the_lists_that_is_renamed_stays_one_fund(listed) -> None:
    intake = listed.session_state.desk.intake
    intake.decisions.cells["清单.xlsx", "储备", "D3"] = "300"
    intake.read()
    listed.run()
    added = [{"资金名称": "新增专项债", "类型": "专项债券", "额度（万元）": "9"}]
    row = {"资金名称": "新增专项债", "类型": "专项债券", "额度（万元）": "450"}
    for rows in (added, []):
        listed.session_state["funds_editor"] = {"edited_rows": {0: row}, "added_rows": rows, "deleted_rows": []}
        next(b for b in listed.button if b.label == "生成案例").click().run()
        assert any("写了两行" in e.value for e in listed.error) == bool(rows)
    assert not listed.exception
    case = listed.session_state.desk.reading.case
    assert case is not None and [(f.name, f.limit) for f in case.funds] == [("新增专项债", 45000)]


def test_a_case_with_missing_limits_is_refused_in_a_sentence(listed) -> None:
    next(b for b in listed.button if b.label == "生成案例").click().run()
    assert not listed.exception and any("约300" in e.value or "额度" in e.value for e in listed.error)


def test_an_empty_workbook_is_told_and_the_page_lives(page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    upload(page, write_book(tmp_path / "空.xlsx", Sheet1=[]))
    page.switch_page("ui/views/lists.py").run()
    assert not page.exception and any("没有行" in c.value for c in page.caption)


def test_a_second_list_joins_the_first(listed, tmp_path: Path) -> None:
    listed.switch_page("ui/views/import_check.py").run()
    upload(listed, write_book(tmp_path / "环县.xlsx", 储备=[LIST[0], [1, "丙道路工程", "环县", 100, 90, None]]))
    listed.switch_page("ui/views/lists.py").run()
    assert not listed.exception and figure(listed, "工作表") == "2" and figure(listed, "读入项目") == "2"


def test_a_list_can_be_taken_out_and_the_last_one_leaves_the_page_empty(listed, tmp_path: Path) -> None:
    listed.switch_page("ui/views/import_check.py").run()
    upload(listed, write_book(tmp_path / "环县.xlsx", 储备=[LIST[0], [1, "丙道路工程", "环县", 100, 90, None]]))
    listed.switch_page("ui/views/lists.py").run()
    listed.button(key="leave_0_清单.xlsx").click().run()
    assert not listed.exception and figure(listed, "读入项目") == "1" and figure(listed, "没有读成的行") == "0"
    listed.button(key="leave_0_环县.xlsx").click().run()
    assert not listed.exception and not listed.metric and listed.session_state.desk.intake is None


def test_a_list_without_totals_takes_them_from_the_column_chosen(page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    rows = [
        ["序号", "项目名称", "县区", "2026年需求（万元）"],
        [1, "甲道路工程", "环县", 100],
        [2, "乙道路工程", "环县", 90],
    ]
    upload(page, write_book(tmp_path / "清单.xlsx", 储备=rows))
    page.switch_page("ui/views/lists.py").run()
    assert figure(page, "清单错误 · 须改") == "1"
    page.session_state["sheets_editor"] = {
        "edited_rows": {0: {"总投资取自": "各年需求之和"}}, "added_rows": [], "deleted_rows": []
    }  # fmt: skip
    page.button(key="read_so").click().run()
    assert not page.exception and figure(page, "清单错误 · 须改") == "0"
    assert [p.values["总投资"] for p in page.session_state.desk.intake.lists.projects] == [100, 90]


def test_two_faults_of_one_cell_ask_for_it_once(page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    rows = [["序号", "项目名称", "县区", "总投资（万元）", "2026年需求（万元）"], [1, "#REF!", "环县", 100, 90]]
    upload(page, write_book(tmp_path / "清单.xlsx", 储备=rows))
    page.switch_page("ui/views/lists.py").run()
    places = [(i.file, i.sheet, i.cell) for i in page.session_state.desk.intake.lists.errors if i.cell]
    assert len(places) > len(set(places)), "the case is of interest where one cell has two faults"
    assert not page.exception
    boxes = [b for b in page.text_input if b.key and b.key.startswith("cell_")]
    assert len(boxes) == len(set(places))


def test_files_without_any_list_are_told_so(page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    upload(page, write_book(tmp_path / "通讯录.xlsx", 人员=[["姓名", "电话"], ["张三", "1"], ["李四", "2"]]))
    page.switch_page("ui/views/lists.py").run()
    assert not page.exception and any("没有认出任何项目清单" in w.value for w in page.warning)


def test_a_list_that_takes_the_place_of_one_of_its_name_is_said(page, tmp_path: Path) -> None:
    heads = ["序号", "项目名称", "县区", "总投资（万元）"]
    for folder, name in (("a", "甲道路工程"), ("b", "乙道路工程")):
        (tmp_path / folder).mkdir()
        page.switch_page("ui/views/import_check.py").run()
        upload(page, write_book(tmp_path / folder / "清单.xlsx", 储备=[heads, [1, name, "环县", 100]]))
        assert not page.exception
    assert any("“清单.xlsx”与已有的清单同名，已代替它" in w.value for w in page.warning)
    assert len(page.session_state.desk.intake.opened.sources) == 1


def test_a_case_that_is_deleted_is_said(page, tmp_path: Path) -> None:
    upload(page, write_book(tmp_path / "c.xlsx", **SMALL))
    work = page.session_state.desk.work
    page.button(key=f"drop_{work.id}").click().run()
    assert not page.exception and page.session_state.desk.work is None
    assert any("已删除" in x.value for x in page.success)
