"""The form of project codes."""

import pytest

from inputs.clerk.codes import fault_of
from tests.inputs.clerk.asking import found


@pytest.mark.parametrize("code", ["2401-620802-04-01-123456", "2512-621002-05-02-000001", "2018-620802-48-01-012345"])
def test_right_codes(code: str) -> None:
    assert fault_of(code) is None


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("2401-620802-04-01-12345", "19 位"),
        ("2413-620802-04-01-123456", "不是年月"),
        ("24016208020401123456", "分段"),
        ("XY", "0 位"),
    ],
)
def test_wrong_codes(code: str, word: str) -> None:
    assert word in str(fault_of(code))


def test_missing_and_repeated_codes_are_told() -> None:
    code = "2401-620802-04-01-123456"
    cells = found(
        ["总投资", "项目代码"],
        ["甲", 1, code],
        ["乙", 1, "正在办理"],
        ["丙", 1, code],
        ["丁", 1, None],
        code="project_code",
    )
    assert cells == [("D3", "项目代码还没有办下来"), ("D4", "项目代码与 D2 相同")]
