"""A project's own rules: which of them makes a way of doing it impossible, whatever other projects do.

Works on the rows of the model that speak of one project alone; no solver is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from models.build import hard_rows
from models.case import Project
from models.program import DEFINITION, FREE, Ints, Program
from models.space import Space

NO_LIMIT = ("exclusive", "prerequisite", "bundle", "together", "support", "aim", "way")
"""Rules of choices, not of amounts."""
OWN_ALWAYS = ("arrangement", "lock", "fund_limit", "shared_cost")


@dataclass(frozen=True, slots=True)
class Bar:
    """A rule of the project itself that makes a way impossible: row (−1 = the shares of all funds), shortfall.

    ``fund`` is the fund that the row bars altogether.
    """

    row: int
    short: int
    fund: str = ""


class OwnRules:
    """Hard rows that hold columns of one project only, and what they leave of each fund."""

    def __init__(self, space: Space, program: Program, logic: tuple[str, ...]) -> None:
        self.space, self.program, self.case = space, program, space.case
        self._money = set(space.x.tolist())
        order = np.argsort(program.col, kind="stable")
        self._rows, self._values = program.row[order], program.value[order]
        self._edges = np.searchsorted(program.col[order], np.arange(program.width + 1))
        by_row = np.argsort(program.row, kind="stable")
        self._cols_of_row, self._values_of_row = program.col[by_row], program.value[by_row]
        self._row_edges = np.searchsorted(program.row[by_row], np.arange(program.height + 1))
        low, high = self._owners()
        outside = np.isin(np.array(program.row_rule), logic)
        self.shared = (high > low) & ~outside
        self._lone = high == low
        hard = hard_rows(self.case, program)
        given = np.isin(np.array(program.row_rule), OWN_ALWAYS) | (program.row_policy == DEFINITION)
        self._kept: dict[int, tuple[Ints, Ints, int]] = {}
        self._own: dict[int, list[int]] = {}
        for r in np.flatnonzero(self._lone & hard & ~given & ~outside).tolist():
            self._own.setdefault(int(high[r]), []).append(r)

    def _owners(self) -> tuple[Ints, Ints]:
        """Lowest and highest project that each row speaks of."""
        space = self.space
        owner = np.full(self.program.width, -1, dtype=np.int64)
        owner[: len(space.ways)] = space.way_project
        owner[space.x] = space.x_project
        for (i, _), col in (*space.support.items(), *space.topup.items()):
            owner[col] = i
        for i, col in (*space.capital.items(), *space.payer.items()):
            owner[col] = i
        for w, col in space.part.items():
            owner[col] = space.ways[w].project
        low = np.full(self.program.height, FREE)
        high = np.full(self.program.height, -1, dtype=np.int64)
        who = owner[self.program.col]
        np.minimum.at(low, self.program.row[who >= 0], who[who >= 0])
        np.maximum.at(high, self.program.row[who >= 0], who[who >= 0])
        return low, high

    def entries(self, col: int) -> dict[int, int]:
        """Rows and values of a column."""
        part = slice(self._edges[col], self._edges[col + 1])
        return dict(zip(self._rows[part].tolist(), self._values[part].tolist(), strict=True))

    def of_project(self, index: int) -> list[int]:
        """Hard rows that speak of this project alone, apart from its arrangement."""
        return self._own.get(index, [])

    def _row(self, r: int) -> tuple[Ints, Ints]:
        """Columns and values of a row."""
        part = slice(self._row_edges[r], self._row_edges[r + 1])
        return self._cols_of_row[part], self._values_of_row[part]

    def _beside(self, r: int) -> tuple[Ints, Ints, int]:
        """Columns and values of a project's own row that are no ways, and the least that they can add up to."""
        if r not in self._kept:
            cols, values = self._row(r)
            others = cols >= len(self.space.ways)  # ways come first, and an own row has only the project's
            cols, values = cols[others], values[others]
            reach = values * self.program.upper[cols]
            self._kept[r] = cols, values, int(reach[reach < 0].sum())
        return self._kept[r]

    def bar(self, project: Project, index: int, w: int) -> Bar | None:
        """The rule that makes one way impossible, whatever other projects do; None when it could be done."""
        own = self.entries(w)
        rows = self.of_project(index)
        caps, why = self._fund_caps(project, index, w, own, rows)
        for r in rows:
            cols, values, least = self._beside(r)
            if self.program.row_upper[r] < FREE and own.get(r, 0) + least > self.program.row_upper[r]:
                over = own.get(r, 0) + least - int(self.program.row_upper[r])
                return Bar(r, -(-over // int(self.program.row_scale[r])))
            if self.program.row_lower[r] > -FREE:
                most = own.get(r, 0) + self._most(cols, values, caps, rows)
                if most < self.program.row_lower[r]:
                    return Bar(r, -((most - int(self.program.row_lower[r])) // int(self.program.row_scale[r])))
        return self._short_of_money(project, index, w, caps, why)

    def _short_of_money(
        self, project: Project, index: int, w: int, caps: dict[int, int], why: dict[int, int]
    ) -> Bar | None:
        way = self.space.ways[w]
        if project.arrangement == "按申报":
            for f, asks in way.asks.items():
                short = int(asks.sum()) - caps.get(f, 0)
                if short > 0:
                    barred = self.case.funds[f].name if f in why and caps.get(f) == 0 else ""
                    return Bar(why.get(f, -1), short, barred)
            return None
        short = self.least(project, w) - sum(caps.values())
        if short <= 0:
            return None
        tightest = min(why, key=lambda f: caps[f], default=None)
        only_shares = all(self.program.row_rule[r] == "fund_share" for r in why.values())
        if tightest is None or only_shares:
            return Bar(-1, short)
        return Bar(why[tightest], short, self.case.funds[tightest].name if caps[tightest] == 0 else "")

    def _fund_caps(
        self, project: Project, index: int, w: int, own: dict[int, int], rows: list[int]
    ) -> tuple[dict[int, int], dict[int, int]]:
        """The most each fund could pay this way under the project's own rows, and the row that caps it."""
        way, caps, why = self.space.ways[w], dict[int, int](), dict[int, int]()
        for f in range(len(self.case.funds)):
            cols = self.space.money(index, (f,))
            if not cols.size:
                continue
            amounts = (
                way.asks.get(f, np.zeros(self.case.years, np.int64)) if project.arrangement == "按申报" else way.need
            )
            caps[f] = int(amounts.sum())
            entries = [self.entries(int(c)) for c in cols]
            for r in rows:
                each = min(
                    (e[r] // int(self.space.unit[c]) for e, c in zip(entries, cols, strict=True) if r in e), default=0
                )
                if each <= 0 or self.program.row_upper[r] == FREE:
                    continue
                room = (int(self.program.row_upper[r]) - own.get(r, 0) - self._beside(r)[2]) // each
                if room < caps[f] and all(r in e for e in entries):
                    caps[f], why[f] = max(0, room), r
        return caps, why

    def _helper_cap(self, col: int, caps: dict[int, int], rows: list[int]) -> int:
        """The most of a column that is no money, such as bonds used as capital, under the project's own rows."""
        most = int(self.program.upper[col])
        for r in self.entries(col):
            cols, values = self._row(r)
            each = self.entries(col)[r]
            only_own = r in rows or (self.program.row_policy[r] == DEFINITION and self._lone[r])
            if each <= 0 or self.program.row_upper[r] == FREE or not only_own:
                continue
            money = np.array([c in self._money for c in cols.tolist()], dtype=np.bool_)
            given = -values[~money] * self.program.upper[cols[~money]]  # what choices of the row allow
            relief = self._most(cols[money], -values[money], caps, []) + int(given[given > 0].sum())
            most = min(most, max(0, (int(self.program.row_upper[r]) + relief) // each))
        return most

    def _most(self, cols: Ints, values: Ints, caps: dict[int, int], rows: list[int]) -> int:
        """The most that a row's columns can reach, money no more than its fund's cap."""
        total, first = 0, int(self.space.x[0]) if len(self.space.x) else 0
        by_fund: dict[int, int] = {}
        for col, value in zip(cols.tolist(), values.tolist(), strict=True):
            if value <= 0:
                continue
            if col in self._money:
                fund = int(self.space.x_fund[col - first])
                by_fund[fund] = max(by_fund.get(fund, 0), value // int(self.space.unit[col]))
            else:
                total += value * self._helper_cap(col, caps, rows)
        return total + sum(each * caps.get(fund, 0) for fund, each in by_fund.items())

    def least(self, project: Project, w: int) -> int:
        """The least money that the way needs inside the horizon."""
        total = self.space.ways[w].total_need
        share = project.least_fill if project.arrangement == "部分" else Fraction(1)
        return int(share * total)

    def over_choices(self, index: int) -> set[int]:
        """Own rows over choices alone."""
        return {r for r in self.of_project(index) if not self._money & set(self._row(r)[0].tolist())}
