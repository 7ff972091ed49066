"""The command line: exit codes, JSON fields, sentences without a traceback."""

import json
from pathlib import Path

import pytest

import cli
from tests.books import SMALL, write_book


def run(*arguments) -> int:
    try:
        return cli.main([str(a) for a in arguments])
    except SystemExit as end:
        return int(end.code or 0)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_book(tmp_path / "case.xlsx", **SMALL)


def test_solve_writes_what_verify_confirms(small: Path, tmp_path: Path, capsys) -> None:
    result, data = tmp_path / "r.xlsx", tmp_path / "o.json"
    assert run("solve", small, "-o", result, "--json", data, "--time-limit", "20", "--seed", "3") == 0
    assert "已证明最优" in capsys.readouterr().out
    record = json.loads(data.read_text(encoding="utf-8"))
    assert record["status"] == "optimal" and record["objective"] == 14 and record["gap"] == 0
    assert record["selected"] == [{"id": "P1", "way": "", "start": 1}, {"id": "P3", "way": "", "start": 1}]
    assert record["amounts"] == {"P1": {"债": {"1": 500}}, "P3": {"债": {"1": 300}}}
    assert set(record) >= {
        "bound",
        "tiers",
        "solver",
        "seconds",
        "capital",
        "topup",
        "land_moves",
        "rules",
        "case_sha256",
        "file_sha256",
        "options",
    }
    assert set(record["seconds"]) == {"read", "build", "solve", "settle", "verify"}
    limit = next(r for r in record["rules"] if r["id"] == "fund_limit")
    assert (limit["limit"], limit["actual"], limit["slack"], limit["unit"], limit["met"]) == (800, 800, 0, "万元", True)
    assert run("verify", small, result) == 0


def test_exit_codes(small: Path, tmp_path: Path) -> None:
    assert run("solve", tmp_path / "none.xlsx") == 2
    assert run("solve", small, "--lock", "P1", "--ban", "P1") == 2
    assert run("solve", small, "--lock", "P9") == 2
    assert run("solve", small, "--lock", "P1", "--lock", "P2") == 3
    assert run("solve", small, "--set", "count_cap.最多个数=-1") == 2
    assert run("check", small) == 0
    assert run("nothing") == 2
    assert run("solve", small, "--time-limit", "0") == 2
    assert run("solve", small, "-o", tmp_path / "no" / "folder.xlsx") == 1


def test_a_required_project_with_a_banned_prerequisite_is_a_clash(tmp_path: Path) -> None:
    rows = [
        ["项目编号", "项目名称", "总投资", "状态", "前置项目"],
        ["P1", "甲", 5, None, None],
        ["P2", "乙", 5, "必选", "P1"],
    ]
    path = write_book(tmp_path / "c.xlsx", 项目=rows, 资金=SMALL["资金"])
    assert run("solve", path, "--ban", "P1") == 3


def test_invalid_json_lists_the_issues(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "c.xlsx", 项目=[["项目编号", "项目名称", "总投资"], ["P1", "甲", "约5"]], 资金=SMALL["资金"]
    )
    data = tmp_path / "o.json"
    assert run("solve", path, "--json", data) == 2
    record = json.loads(data.read_text(encoding="utf-8"))
    assert record["status"] == "invalid"
    assert [(i["sheet"], i["cell"], i["value"]) for i in record["issues"]] == [("项目", "C2", "约5")]


def test_verify_of_a_changed_or_foreign_file(small: Path, tmp_path: Path) -> None:
    assert run("verify", small, small) == 5
    (tmp_path / "t.xlsx").write_text("x", encoding="utf-8")
    assert run("verify", small, tmp_path / "t.xlsx") == 2


def test_explain(small: Path, capsys) -> None:
    assert run("explain", small, "--project", "P2") == 0
    assert "fund_limit" in capsys.readouterr().out
    assert run("explain", small, "--project", "P1") == 0
    assert "已安排 500.00 万元" in capsys.readouterr().out


def test_template_and_samples(tmp_path: Path) -> None:
    assert run("template", "-o", tmp_path / "t.xlsx") == 0
    assert run("check", tmp_path / "t.xlsx") == 0
    assert run("sample", "mini", "-o", tmp_path / "s.xlsx") == 0
    assert run("sample", "nothing", "-o", tmp_path / "s.xlsx") == 2
