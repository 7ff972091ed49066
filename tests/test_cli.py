"""The command line: exit codes, JSON fields, sentences without a traceback."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook

import cli
from commands.words import proof_words
from inputs.samples import write_sample
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


def test_a_proof_is_written_checked_and_refused_for_another_case(small: Path, tmp_path: Path, capsys) -> None:
    result, proof = tmp_path / "r.xlsx", tmp_path / "p.json"
    assert run("solve", small, "-o", result, "--proof", proof) == 0
    assert "不靠求解器复算的上界" in capsys.readouterr().out
    assert run("verify", small, result, "--proof", proof) == 0
    assert "差距 ≤" in capsys.readouterr().out
    record = json.loads(proof.read_text(encoding="utf-8"))
    proof.write_text(json.dumps(record | {"case": "0" * 64}), encoding="utf-8")
    assert run("verify", small, result, "--proof", proof) == 2
    assert "另一个案例" in capsys.readouterr().err
    proof.write_text("{", encoding="utf-8")
    assert run("verify", small, result, "--proof", proof) == 2
    assert run("verify", small, result, "--proof", tmp_path / "none.json") == 2


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


# ---- lists


LIST = [
    ["序号", "项目名称", "县区", "总投资（万元）", "本年专项债需求（万元）", "联系电话"],
    [1, "甲道路", "西峰", 500, 400, "13812345678"], [2, "乙管网", "环县", "约300", 200, "13812345679"],
]  # fmt: skip


def test_lists_are_checked_mapped_imported_and_solved(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    raw = write_book(tmp_path / "清单.xlsx", 储备=LIST)
    case, notes, mapping, data = (tmp_path / n for n in ("c.xlsx", "a.xlsx", "m.xlsx", "o.json"))
    assert run("check", raw, "--annotated", notes, "--json", data) == 2
    text = capsys.readouterr().out
    assert "清单.xlsx·储备!D3" in text and "3 行（表头 1，项目 1，拒绝 1）" in text and "13812345678" not in text
    assert load_workbook(notes).sheetnames[0] == "问题清单"
    assert json.loads(data.read_text(encoding="utf-8"))["projects"][0]["values"]["总投资"] == 500
    assert run("import", raw, "-o", case, "--mapping", mapping, "--fund", "专项债券=450") == 2
    assert not case.exists() and "没有写出" in capsys.readouterr().out
    book = load_workbook(mapping)
    book["更正"].append(["清单.xlsx", "储备", "D3", 300])
    book.save(mapping)
    assert run("import", raw, "-o", case, "--mapping", mapping, "--fund", "专项债券=450", "--year", "2026") == 0
    assert run("solve", case, "--second", "none", "-o", tmp_path / "r.xlsx") == 0
    assert run("export", case, tmp_path / "r.xlsx", "-o", tmp_path / "out") == 0
    assert {"汇报材料.docx", "资金安排公示表.xlsx", "分地区"} <= {p.name for p in (tmp_path / "out").iterdir()}


def test_several_lists_at_once_with_equal_names(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path / "home"))
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_book(tmp_path / folder / "清单.xlsx", 储备=[LIST[0], [1, f"{folder}道路", "环县", 100, 50, None]])
    paths = [str(tmp_path / f / "清单.xlsx") for f in ("a", "b")]
    assert run("check", *paths, "--annotated", tmp_path / "notes") == 0
    assert "清单(2).xlsx" in capsys.readouterr().out
    assert len(list((tmp_path / "notes").iterdir())) == 2


def test_a_tampered_result_is_not_exported(tmp_path, capsys) -> None:
    case, result = tmp_path / "c.xlsx", tmp_path / "r.xlsx"
    write_sample("mini", case)
    assert run("solve", case, "--second", "none", "-o", result) == 0
    book = load_workbook(result)
    book["安排明细"]["G4"] = 1
    book.save(result)
    assert run("export", case, result, "-o", tmp_path / "out") == 5
    assert not (tmp_path / "out").exists()


def test_bad_arguments_of_import(tmp_path, capsys) -> None:
    raw = write_book(tmp_path / "清单.xlsx", 储备=LIST)
    assert run("import", raw, "--fund", "专项债券=很多") == 1
    assert "额度" in capsys.readouterr().err
    assert run("import", tmp_path / "无.xlsx") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "{case}", "-o", "{case}"), ("solve", "{case}", "--json", "{case}"), ("solve", "{case}", "-o", "{folder}"),
        ("check", "{case}", "--annotated", "{case}"), ("check", "{case}", "--annotated", "{folder}/no/x.xlsx"),
        ("import", "{list}", "-o", "{list}"), ("import", "{list}", "-o", "{folder}/a.xlsx", "--base", "{folder}/a.xlsx"),
        ("template", "-o", "{folder}/no/a.xlsx"), ("sample", "mini", "-o", "{folder}"), ("ui", "--port", "999999"),
        ("solve", "{case}", "-o", "{folder}/r.xlsx", "--json", "{folder}/r.xlsx"),
    ],
)  # fmt: skip
def test_what_is_read_is_never_written_over_and_every_place_is_tried_first(
    small: Path, tmp_path: Path, capsys, arguments
) -> None:
    rows = [["序号", "项目名称", "县区", "总投资（万元）"], [1, "环县甲小区改造", "环县", 100]]
    lists = write_book(tmp_path / "l.xlsx", 清单=rows)
    before = {path: path.read_bytes() for path in (small, lists)}
    words = [a.format(case=small, folder=tmp_path, list=lists) for a in arguments]
    assert run(*words) != 0
    assert {path: path.read_bytes() for path in before} == before
    said = capsys.readouterr().err
    assert "Traceback" not in said and ("没有完成" in said or "命令写法不对" in said)


def test_a_workbook_that_is_no_mapping_is_refused_and_stays(small: Path, tmp_path: Path, capsys) -> None:
    rows = [["序号", "项目名称", "县区", "投资规模"], [1, "环县甲小区改造", "环县", 100]]
    before = small.read_bytes()
    assert run("import", write_book(tmp_path / "l.xlsx", 清单=rows), "--mapping", small) == 2
    assert small.read_bytes() == before and "不是映射文件" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path, capsys) -> None:
    sheets = {**SMALL, "项目": [*SMALL["项目"], ["P4", "丁", "\x9b31m约5", 1]]}
    assert run("check", write_book(tmp_path / "c.xlsx", **sheets)) == 2
    out = capsys.readouterr().out
    assert "不是一个确定的数" in out and "\x9b" not in out


def test_a_bound_wider_than_a_float_is_told_in_full() -> None:
    words = proof_words(Fraction(12345, 100), Fraction(10**400))
    assert "方案目标值 123.4500" in words and words.count("000,000") > 50
    assert proof_words(Fraction(-1, 2), Fraction(1, 3)) == (
        "不靠求解器复算的上界 0.3334，方案目标值 -0.5000，差距 ≤ 166.6667 %"
    )


@pytest.mark.parametrize("seed", ["99999999999", "-1", "一"])
def test_a_seed_out_of_range_is_refused_in_a_sentence(small: Path, seed: str, capsys) -> None:
    assert run("solve", small, f"--seed={seed}") != 0
    assert "随机种子须是 0 与 2147483647 之间的整数" in "".join(capsys.readouterr())


def test_a_proof_is_written_without_the_banner_of_a_solver(small: Path, tmp_path: Path, capfd) -> None:
    assert run("solve", small, "-o", tmp_path / "r.xlsx", "--proof", tmp_path / "p.json", "--time-limit", "10") == 0
    assert "HiGHS (git" not in (out := "".join(capfd.readouterr())) and "Running HiGHS" not in out
