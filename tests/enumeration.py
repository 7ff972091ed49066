"""The optimum of a small case by walking over every choice of ways and every pattern of support.

Rows over the money are found by probing ``measure`` (with the choices fixed, every measure but a few is
affine in the payments), so that nothing of ``block``, ``Space`` or ``build`` is used. The money part is a
whole-number program solved by SciPy's milp.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from fractions import Fraction as F

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from models.aims.weighted import value as benefit_of
from models.allocation import Allocation, Choice, LandMove, Payment, Topup
from models.case import Case
from models.program import base_units
from models.rules import RULES
from tests.cases import selections

PROBE = 1000
BY_HAND = {"shared_cost", "fund_step"}
COUNTED = {"source_count", "count_cap"}


def optimum(case: Case) -> F | None:
    """Largest aim over all plans that meet every hard rule; None when there is none."""
    scored = []
    for picked in selections(case):
        choices = [Choice(p.id, w[0].name, w[1]) for p, w in zip(case.projects, picked, strict=True) if w]
        bound = sum((w[0].benefit / (1 + case.discount) ** w[1] for w in picked if w), F(0))
        scored.append((bound, choices))
    best: F | None = None
    for bound, choices in sorted(scored, key=lambda s: -s[0]):
        if best is not None and bound <= best:
            break
        for pairs in _patterns(case, choices):
            found = _money(case, choices, pairs)
            if found is not None and (best is None or found > best):
                best = found
    return best


def _patterns(case: Case, choices: list[Choice]):
    """Sets of (project, fund) that get money; None in place of a set: any."""
    every = [(c.project, f.name) for c in choices for f in case.funds]
    special = any(f.covered for f in case.funds) or any(
        p.rule in ("min_award", "source_count") or (p.rule == "count_cap" and p.scope.funds) for p in case.policies
    )
    partly = any(case.project_by_id[c.project].arrangement == "部分" for c in choices)
    if not special and not partly:
        yield None
        return
    for size in range(len(every) + 1):
        yield from (set(s) for s in itertools.combinations(every, size))


def _money(case: Case, choices: list[Choice], pairs) -> F | None:
    cells = [
        (c.project, f.name, t, r)
        for c in choices
        for f in case.funds
        for t in range(case.years)
        for r in case.project_by_id[c.project].regions
        if pairs is None or (c.project, f.name) in pairs
    ]
    rows = _Rows(case, choices, cells, pairs)
    if not rows.possible:
        return None
    return rows.solve()


class _Rows:
    def __init__(self, case, choices, cells, pairs):
        self.case, self.choices, self.cells, self.pairs = case, choices, cells, pairs
        self.coefficients = defaultdict(dict)
        self.constant, self.sense, self.penalty = {}, {}, {}
        self.possible, self.fixed_penalty = True, F(0)
        self.extra = []
        self.helpers = self._helpers()
        self._probe_all()
        self._by_hand()

    def _helpers(self):
        """Decisions beside money, with their upper bounds: bonds as capital by cell, top-ups, land moves."""
        found = [(("capital", j), 1e5) for j, c in enumerate(self.cells) if self._fund(c).capital == "可用作"]
        covered = {c[0] for c in self.cells if self._fund(c).covered}
        for key in sorted(covered):
            found += [(("topup", key, y), a) for y, a in self.case.project_by_id[key].finance.topups]
        if self.case.policies_of("people_land"):
            for k, m in enumerate(self.case.migrations):
                found.append((("move", k), float(m.people * m.standard * 15)))
        return found

    def _fund(self, cell):
        return self.case.fund_by_name[cell[1]]

    def plan(self, amounts):
        """A plan of whole numbers by variable: cells first, then helpers."""
        count = len(self.cells)
        extra = {self.helpers[j - count][0]: a for j, a in amounts.items() if j >= count}
        payments = [Payment(*self.cells[j], a, extra.get(("capital", j), 0)) for j, a in amounts.items() if j < count]
        topups = [Topup(k[1], k[2], a) for k, a in extra.items() if k[0] == "topup"]
        moves = [
            LandMove(self.case.migrations[k[1]].source, self.case.migrations[k[1]].target, a)
            for k, a in extra.items()
            if k[0] == "move"
        ]
        return Allocation.of(self.choices, payments, topups, moves)

    def measures(self, amounts):
        plan = self.plan(amounts)
        found = {}
        for rule in RULES:
            if rule.id not in BY_HAND:
                for m in rule.measure(self.case, plan):
                    if "缺口付款人" not in m.key and m.rule not in COUNTED:
                        found[m.rule, m.key, m.policy] = m
        return found

    def _probe_all(self):
        """Every cell paid, each variable moved once: all gates of the pattern are open there."""
        base = dict.fromkeys(range(len(self.cells)), 2 * PROBE)
        at_base = self.measures(base)
        for key, m in at_base.items():
            self._note(key, m, F(m.actual) - F(m.limit))
        for j in range(len(self.cells) + len(self.helpers)):
            moved = self.measures(base | {j: base.get(j, 0) + PROBE})
            for key, m in at_base.items():
                slope = (F(moved[key].actual) - F(moved[key].limit) - F(m.actual) + F(m.limit)) / PROBE
                if slope:
                    self.coefficients[key][j] = slope
                    self.constant[key] -= slope * base.get(j, 0)
        self._counted()

    def _note(self, key, m, constant):
        self.constant[key], self.sense[key] = constant, m.sense
        soft = m.policy >= 0 and not self.case.policies[m.policy].hard
        self.penalty[key] = self.case.policies[m.policy].penalty / base_units(m.unit) if soft else None

    def _counted(self):
        """Counts of supported pairs are fixed by the pattern."""
        if not any(p.rule in COUNTED for p in self.case.policies):
            return
        seen = {}
        for j, cell in enumerate(self.cells):
            seen.setdefault(cell[:2], j)
        plan = self.plan(dict.fromkeys(seen.values(), PROBE) if self.pairs is not None else {})
        for rule in RULES:
            if rule.id not in COUNTED:
                continue
            for m in rule.measure(self.case, plan):
                if m.violation:
                    policy = self.case.policies[m.policy]
                    if policy.hard:
                        self.possible = False
                    self.fixed_penalty += policy.penalty * m.violation

    def _by_hand(self):
        """Supported pairs get something; bonds need a payer for the gap; regions pay their shares."""
        for pair in self.pairs or ():
            mine = {j: F(1) for j, c in enumerate(self.cells) if c[:2] == pair}
            self.extra.append((mine, 1, np.inf))
        for c in self.choices:
            p = self.case.project_by_id[c.project]
            mine = [j for j, cell in enumerate(self.cells) if cell[0] == p.id]
            bonds = [
                f.name
                for f in self.case.funds
                if f.kind == "专项债券" and self.pairs is not None and (p.id, f.name) in self.pairs
            ]
            if p.arrangement == "部分" and bonds:
                need = sum(a for k, a in enumerate(p.scheme(c.scheme).profile) if c.start + k < self.case.years)
                self.extra.append(({j: F(1) for j in mine}, need - p.own_promise, np.inf))
            for region, share in p.shares[1:]:
                unit = max([f.step for f in self.case.funds if self._may_pay(p, f)] or [1])
                for t in range(self.case.years):
                    here = [j for j in mine if self.cells[j][2] == t]
                    row = {j: (self.cells[j][3] == region) - share for j in here}
                    if row:
                        self.extra.append((row, float(-unit + F(1, share.denominator)), 0))

        for k, (helper, _) in enumerate(self.helpers):
            if helper[0] == "capital":
                self.extra.append(({helper[1]: F(1), len(self.cells) + k: F(-1)}, 0, np.inf))

    def _may_pay(self, p, f):
        asked = p.arrangement != "按申报" or any(name == f.name and any(a) for s in p.schemes for name, a in s.asks)
        return asked and self.case.may_pay(p, f)

    def solve(self):
        count = len(self.cells) + len(self.helpers)
        soft = [k for k in self.constant if self.penalty[k] is not None]
        width = count + len(soft)
        if not self._constants_hold():
            return None
        if width == 0:
            return self._value({})
        steps = np.array([self._fund(c).step for c in self.cells] + [1] * len(self.helpers), dtype=float)
        rows, low, high = self._matrix(count, soft, steps)
        cost = self._cost(count, soft, steps)
        most = [1e5] * len(self.cells) + [upper for _, upper in self.helpers]
        upper = np.concatenate([np.array(most) / steps, np.full(len(soft), 1e9)])
        kinds = np.concatenate([np.ones(count), np.zeros(len(soft))])
        rows_given = LinearConstraint(np.array(rows), low, high) if rows else ()
        result = milp(
            -cost, integrality=kinds, bounds=Bounds(0, upper), constraints=rows_given, options={"mip_rel_gap": 0}
        )
        if result.x is None:
            return None
        amounts = {j: round(result.x[j] * steps[j]) for j in range(count) if round(result.x[j]) > 0}
        return self._value(amounts)

    def _constants_hold(self):
        for key, d in self.constant.items():
            if self.coefficients[key] or self.penalty[key] is not None:
                continue
            if (
                (self.sense[key] == "<=" and d > 0)
                or (self.sense[key] == ">=" and d < 0)
                or (self.sense[key] == "=" and d)
            ):
                return False
        return True

    def _matrix(self, count, soft, steps):
        rows, low, high = [], [], []
        for key, d in self.constant.items():
            row = np.zeros(count + len(soft))
            for j, a in self.coefficients[key].items():
                row[j] = float(a) * steps[j]
            if not self.coefficients[key] and self.penalty[key] is None:
                continue
            sense = self.sense[key]
            if key in soft:
                row[count + soft.index(key)] = -1 if sense == "<=" else 1
            rows.append(row)
            low.append(-np.inf if sense == "<=" else float(-d))
            high.append(np.inf if sense == ">=" else float(-d))
        for terms, least, most in self.extra:
            row = np.zeros(count + len(soft))
            for j, a in terms.items():
                row[j] = float(a) * steps[j]
            rows.append(row)
            low.append(float(least))
            high.append(float(most))
        return rows, low, high

    def _cost(self, count, soft, steps):
        cost = np.zeros(count + len(soft))
        for k, key in enumerate(soft):
            cost[count + k] = -float(self.penalty[key])
        for c in self.choices:
            p = self.case.project_by_id[c.project]
            scheme = p.scheme(c.scheme)
            need = sum(a for k, a in enumerate(scheme.profile) if c.start + k < self.case.years)
            if p.arrangement == "部分" and need:
                for j, cell in enumerate(self.cells):
                    if cell[0] == p.id:
                        worth = scheme.benefit / (1 + self.case.discount) ** c.start / need
                        cost[j] += float(worth) * steps[j]
        return cost

    def _value(self, amounts):
        plan = self.plan(amounts)
        lost = F(0)
        for rule in RULES:
            for m in rule.measure(self.case, plan):
                if m.violation:
                    soft = m.policy >= 0 and not self.case.policies[m.policy].hard
                    assert soft, f"the enumeration broke {m}"
                    lost += self.case.policies[m.policy].penalty * m.violation / base_units(m.unit)
        return benefit_of(self.case, plan) - lost
