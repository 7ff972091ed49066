"""Samples that the program makes itself: real names and quantities, invented amounts, fixed seed."""

from pathlib import Path

from inputs.samples import longdong, mini
from inputs.template import write_workbook

SAMPLES = {"mini": mini, "longdong": longdong}
SAMPLE_TITLES = {"mini": "小例（10 个项目）", "longdong": "陇东（庆阳、平凉 15 个县区）"}


def write_sample(name: str, path: Path) -> None:
    """Write a sample case workbook."""
    write_workbook(path, SAMPLES[name].sheets())
