"""What all charts have in common: fonts, colours, units, words; and the picture for print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from models.case import Case

FONT = "'Noto Sans SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif"
FUND_COLOURS = ("#1D4F91", "#7CC4E6", "#C0703F", "#F3CB77", "#3F7C62", "#E4E6EA", "#35244F")
SHADES = ("#EAF0F7", "#C9DAEC", "#9CBBDC", "#4274AE", "#2A5C9B", "#163D70")
MORE, LESS = "#1D4F91", "#C98A6A"
OTHERS = "其他"
INK, QUIET, GRID, BAND = "#111821", "#5B6776", "#E3E8EE", "#DCE3EB"


def _as_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Look:
    """Unit of money and language: ``per`` base units make one shown unit, ``say`` translates a Chinese word."""

    per: int = 100
    unit: str = "万元"
    decimals: int = 0
    say: Callable[[str], str] = _as_is

    @property
    def format(self) -> str:
        """Number format of amounts."""
        return f",.{self.decimals}f"


def fund_names(case: Case) -> list[str]:
    """Funds with a colour of their own; from the eighth on they are one group."""
    names = [f.name for f in case.funds]
    return names if len(names) <= len(FUND_COLOURS) else [*names[: len(FUND_COLOURS) - 1], OTHERS]


def fund_colour(case: Case) -> alt.Color:
    """The colour scale of funds, always in the same order."""
    names = fund_names(case)
    return alt.Color("资金:N", scale=alt.Scale(domain=names, range=list(FUND_COLOURS[: len(names)])))


def tip(look: Look, **titles: str) -> list[alt.Tooltip]:
    """Tooltips: field with its kind, such as 金额="Q", and words as titles."""
    return [
        alt.Tooltip(f"{name}:{kind}", title=look.say(name), format=look.format if kind == "Q" else alt.Undefined)
        for name, kind in titles.items()
    ]


PADDING = {"left": 5, "right": 5, "top": 5, "bottom": 15}
"""Room around a chart in pixels; without any the page cuts off the tops of titles."""


def finish(chart: Any, title: str, subtitle: str, legend_columns: int = 6) -> Any:
    """The common look: title with unit line, fonts, hairlines, legend on top."""
    words = alt.TitleParams(
        title, subtitle=subtitle, anchor="start", fontSize=13, fontWeight=600, subtitleColor=QUIET, subtitlePadding=5
    )
    return (
        chart.properties(title=words, padding=PADDING)
        .configure(font=FONT)
        .configure_axis(
            labelFontSize=12, labelColor=INK, gridColor=GRID, labelAngle=0, labelPadding=5, labelLimit=160, title=None
        )
        .configure_view(stroke=None)
        .configure_legend(
            orient="top",
            direction="horizontal",
            symbolType="square",
            columns=legend_columns,
            title=None,
            labelFontSize=12,
            labelLimit=260,
        )
    )


def png(chart: Any, width: int = 640) -> bytes:
    """A chart as a picture for print."""
    content: bytes = vl_convert.vegalite_to_png(chart.properties(width=width).to_dict(), scale=2)
    return content
