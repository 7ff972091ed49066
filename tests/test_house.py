"""The house: one-way imports, libraries in their rooms, files = RULES = tests."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from models.rules import RULES

HOME = Path(__file__).parent.parent
MAY_IMPORT = {
    "models": set(),
    "inputs": {"models"},
    "optimizer": {"models"},
    "reports": {"models", "optimizer", "inputs"},
    "workbench": {"models", "optimizer", "inputs", "reports"},
    "ui": {"models", "optimizer", "inputs", "reports", "workbench"},
    "app.py": {"ui"},
    "commands": {"models", "optimizer", "inputs", "reports", "workbench"},
    "cli.py": {"models", "commands"},
    "start.py": set(),
}
LIBRARY_ROOMS = {
    "streamlit": {"app.py", "ui"},
    "pandas": {"inputs", "reports", "ui"},
    "openpyxl": {"inputs", "reports"},
    "xlsxwriter": {"inputs", "reports"},
    "python_calamine": {"inputs"},
    "xlrd": {"inputs"},
    "docx": {"reports"},
    "altair": {"reports"},
    "ortools": {"optimizer"},
    "pulp": {"optimizer"},
    "highspy": {"optimizer"},
}


def sources():
    for room in MAY_IMPORT:
        path = HOME / room
        yield from ((room, f) for f in ([path] if path.is_file() else sorted(path.rglob("*.py"))))


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize(("room", "path"), list(sources()), ids=lambda v: v if isinstance(v, str) else v.name)
def test_imports_run_one_way(room: str, path: Path) -> None:
    names = imported(path)
    rooms = {r for r in MAY_IMPORT if r in names} - {room}
    assert rooms <= MAY_IMPORT[room], path
    for library, homes in LIBRARY_ROOMS.items():
        assert library not in names or room in homes, (path, library)


def test_solver_libraries_only_in_backends() -> None:
    for path in (HOME / "optimizer").glob("*.py"):
        assert not imported(path) & {"ortools", "pulp", "highspy"}, path


def test_files_rules_and_tests_are_the_same_list() -> None:
    files = {p.stem for p in (HOME / "models/rules").glob("*.py")} - {"__init__"}
    tests = {p.stem.removeprefix("test_") for p in (HOME / "tests/models/rules").glob("test_*.py")}
    ids = {rule.id for rule in RULES}
    assert files == ids == tests
    assert len(ids) == len(RULES)


def test_every_rule_is_fully_described() -> None:
    for rule in RULES:
        for text in (rule.title, rule.title_en, rule.source, rule.formula):
            assert text.strip(), rule.id


def test_no_address_of_a_registry_and_no_web_address_in_the_product() -> None:
    for _, path in sources():
        text = path.read_text(encoding="utf-8")
        assert "://" not in text.replace("http://www.w3.org", "").replace("http://127.0.0.1", ""), path
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (HOME / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "libraries", [("highspy",), ("ortools.sat.python.cp_model",), ("ortools.math_opt.python.mathopt",), ("pulp",)]
)
def test_solver_imports_that_a_worker_really_makes(libraries: tuple[str, ...]) -> None:
    code = ";".join(f"import {name}" for name in libraries)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_verify_runs_with_the_solver_packages_unimportable(tmp_path: Path) -> None:
    """A plan is checked in a process where importing any solver raises."""
    from inputs.samples import write_sample
    from optimizer.options import Options
    from workbench.verbs import open_and_plan

    case, result = tmp_path / "c.xlsx", tmp_path / "r.xlsx"
    write_sample("mini", case)
    _, outcome = open_and_plan(case, Options(second=""))
    assert outcome is not None
    outcome.write(result)
    (tmp_path / "block.py").write_text(
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('highspy', 'ortools', 'pulp'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "import cli\n"
        "sys.exit(cli.main(sys.argv[1:]))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, tmp_path / "block.py", "verify", case, result],
        cwd=HOME, env={"PYTHONPATH": str(HOME), "PYTHONUTF8": "1", "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "复核通过" in done.stdout
