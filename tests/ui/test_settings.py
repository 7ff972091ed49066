"""Settings of the page's framework that everybody's waiting time hangs on."""

import tomllib
from pathlib import Path

import pytest
from streamlit import config

HOME = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("runner.postScriptGC", False),  # else all users stand still for 0.1–0.2 s after everyone's click
        ("browser.gatherUsageStats", False),
        ("server.address", "127.0.0.1"),
        ("client.showErrorDetails", "none"),
    ],
)
def test_a_setting_is_kept_and_known_to_the_framework(option: str, value: object) -> None:
    section, name = option.split(".")
    kept = tomllib.loads((HOME / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert kept[section][name] == value
    assert option in config.get_config_options(force_reparse=False)
