"""Why a project is not in the plan: the rule that stops it, or that it comes after better ones.

For each unfunded project the least that it would take from every shared limit is compared with what
the plan leaves of it. Works on the rows of the model and the plan; no solver is asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import overload

import numpy as np

from models.allocation import Allocation
from models.build import Model, build
from models.case import Case, Project
from models.program import FREE
from models.rules import RULE_BY_ID
from models.space import Way
from models.translate import point_of
from models.units import LAND_PER_MU, MONEY_PER_WAN, key_words, show_wan
from optimizer.own_rules import NO_LIMIT, Bar, OwnRules

MOST_NAMED = 3
"""Further limits that are too small for a project, named one by one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a project was not funded: rule (or 得分靠后), sentence, what would help, nearest rival."""

    project: str
    rule: str
    sentence: str
    remedy: str
    rival: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A shared limit with too little room: row, least need of it and room left, in base units."""

    row: int
    least: int
    room: int


@dataclass(frozen=True, slots=True)
class _Takes:
    """Money columns of a project in one year that a shared row counts: how much each unit counts at least, and what
    could be had from its other columns of that year, in base units; ``total`` is what could be had by year in all."""

    year: int
    columns: list[int]
    value: int
    outside: int
    total: list[int]


class Explainer:
    """Reasons for all unfunded projects of one plan."""

    def __init__(self, model: Model, plan: Allocation) -> None:
        self.space, self.program, self.case = model.space, model.program, model.space.case
        self.plan = plan
        point = np.zeros(model.program.width, dtype=np.int64)
        known = point_of(model.space, plan)
        point[: len(known)] = known
        activity = np.zeros(self.program.height, dtype=np.int64)
        np.add.at(activity, self.program.row, self.program.value * point[self.program.col])
        limited = self.program.row_upper < FREE
        self.room = np.where(limited, self.program.row_upper - np.where(limited, activity, 0), FREE)
        self.own = OwnRules(self.space, self.program, NO_LIMIT)
        self.shared = self.own.shared & limited
        self._by_funds: dict[frozenset[int], list[tuple[Fraction, str]]] = {}

    def reasons(self) -> list[Reason]:
        """One reason per project that is not in the plan."""
        left_out = [p for p in self.case.projects if p.id not in self.plan.choice_of]
        return [self.reason(p) for p in left_out]

    def reason(self, project: Project) -> Reason:
        """Why this project is not in the plan."""
        index = self.space.project_index[project.id]
        return (
            self._by_status(project, index)
            or self._by_funding(project, index)
            or self._by_logic(project)
            or self._by_limits(project, index)
        )

    # ---- the four questions

    def _by_status(self, project: Project, index: int) -> Reason | None:
        if project.status == "禁选":
            return Reason(project.id, "lock", "已设为禁选", "改为可选")
        if not self.space.ways_of[index].size:
            return Reason(project.id, "way", "开工年不在规划期内", "改最早开工，或延长规划期")
        return None

    def _by_funding(self, project: Project, index: int) -> Reason | None:
        """Whether any way could be done at all under the project's own rules and the funds that fit."""
        bars = []
        for w in self.space.ways_of[index].tolist():
            bar = self.own.bar(project, index, w)
            if bar is None:
                return None
            bars.append(bar)
        if not self.space.money(index).size and not any(b.row in self.own.over_choices(index) for b in bars):
            return self._without_fund(project)
        return self._barred(project, min(bars, key=lambda b: b.short))

    def _without_fund(self, project: Project) -> Reason:
        asked = [f for s in project.schemes for f, _ in s.asks] if project.arrangement == "按申报" else []
        if asked:
            sentence = f"申报的{asked[0]}不适用于类别“{project.category}”"
            return Reason(project.id, "earmark", sentence, "改申报其他资金")
        sentence = f"没有一项资金适用于类别“{project.category}”"
        return Reason(project.id, "earmark", sentence, "补充资金适用表，或改类别")

    def _barred(self, project: Project, bar: Bar) -> Reason:
        if bar.row < 0:
            sentence = f"各项资金按占比上限合起来还差 {show_wan(bar.short)} 万元，凑不齐所需资金"
            return Reason(project.id, "fund_share", sentence, "落实其他资金来源，或改为部分安排")
        rule = RULE_BY_ID[self.program.row_rule[bar.row]]
        if rule.id == "fund_step":
            return self._out_of_step(project, self.program.row_key[bar.row][1:])
        where = key_words(self.program.row_key[bar.row], but=project.id)
        label = f"{rule.title}（{where}）" if where else rule.title
        if self.program.row_unit[bar.row] == "亩":
            sentence = f"{label}：按这条规则用地还差 {float(Fraction(bar.short, LAND_PER_MU)):.4f} 亩"
            return Reason(project.id, rule.id, sentence, "减少新增建设用地，或增加指标、带地")
        if bar.fund:
            sentence = f"{label}：按这条规则不能用{bar.fund}，所需资金还差 {show_wan(bar.short)} 万元"
            return Reason(project.id, rule.id, sentence, "符合这条规则后再安排，或落实其他资金来源")
        if rule.unit == "个" or self.program.row_unit[bar.row] == "个":
            return Reason(project.id, rule.id, f"{label}：不符合，不得安排", "补齐后再安排，或按程序调整这条规则")
        sentence = f"{label}：按这条规则还差 {show_wan(bar.short)} 万元，凑不齐所需资金"
        return Reason(project.id, rule.id, sentence, "补齐这一项，或落实其他资金来源")

    def _out_of_step(self, project: Project, where: Sequence[str]) -> Reason:
        """No whole steps of the funds make up what the project needs in a year, or asks of a fund, or its least part."""
        label = " ".join(where) or "规划期"
        sentence = f"安排步长（{label}）：能用的资金按整步安排，凑不出这个项目要的数"
        remedy = "把投资或申报额改为步长的整数倍，或由步长更小的资金配套"
        return Reason(project.id, "fund_step", sentence, remedy)

    def _by_logic(self, project: Project) -> Reason | None:
        chosen = self.plan.choice_of
        rivals = {other for group in project.exclusive for other in self._members[0][group] if other in chosen}
        if rivals - {project.id}:
            other = min(rivals - {project.id}, key=self._position)
            same = set(project.exclusive) & set(self.case.project_by_id[other].exclusive)
            sentence = f"同一互斥组“{min(same)}”已安排 {other}"
            return Reason(project.id, "exclusive", sentence, f"改选本项目，放弃 {other}", other)
        waiting = self._waiting_for(project)
        if waiting:
            sentence = f"续建项目 {waiting} 没有安排，新建项目不能先排"
            return Reason(project.id, "ongoing_first", sentence, f"先安排 {waiting}，或改为按占比", waiting)
        for earlier in project.prerequisites:
            if earlier not in chosen:
                return Reason(project.id, "prerequisite", f"前置项目 {earlier} 没有安排", f"先安排 {earlier}", earlier)
        if project.companion_of and project.companion_of not in chosen:
            main = project.companion_of
            return Reason(project.id, "together", f"主项目 {main} 没有安排", f"与 {main} 一并安排", main)
        companions = self._members[2][project.id]
        together = {other for group in project.bundles for other in self._members[1][group]}
        partners = sorted(together - {project.id}, key=self._position)
        if companions or partners:
            return self._by_partners(project, companions, partners)
        return None

    @cached_property
    def _members(self) -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
        """Projects of every either-or group, of every bundle, and companions of every project."""
        exclusive, bundles, companions = (defaultdict[str, list[str]](list) for _ in range(3))
        for p in self.case.projects:
            for group in p.exclusive:
                exclusive[group].append(p.id)
            for group in p.bundles:
                bundles[group].append(p.id)
            if p.companion_of:
                companions[p.companion_of].append(p.id)
        return exclusive, bundles, companions

    def _position(self, project: str) -> int:
        return self.space.project_index[project]

    def _waiting_for(self, project: Project) -> str:
        """An ongoing project left out that holds up this new one; empty when there is none."""
        if project.ongoing:
            return ""
        index = self.space.project_index[project.id]
        for position in self.space.gate:
            policy = self.case.policies[position]
            inside = self.space.project_mask(policy.scope)
            if not policy.hard or policy.scope.funds or not inside[index]:
                continue
            for other, record in enumerate(self.case.projects):
                held = record.ongoing and record.status != "禁选" and self.space.ways_of[other].size
                if held and inside[other] and record.id not in self.plan.choice_of:
                    return record.id
        return ""

    def _by_partners(self, project: Project, companions: list[str], partners: list[str]) -> Reason | None:
        """A bundle stands or falls together: the member with a reason of its own explains it."""
        rule = "bundle" if partners else "together"
        for other in (*partners, *companions):
            record, index = self.case.project_by_id[other], self.space.project_index[other]
            why = self._by_status(record, index) or self._by_funding(record, index)
            if why is not None:
                return Reason(project.id, rule, f"须与 {other} 同取同舍，而 {other}：{why.sentence}", why.remedy, other)
        return None

    def _by_limits(self, project: Project, index: int) -> Reason:
        takes = self._takes(index)
        blocks = min((self._blocks(project, index, w, takes) for w in self.space.ways_of[index].tolist()), key=_weight)
        named = [b for b in blocks if self.program.row_rule[b.row] != "fund_limit"]
        rival, compare, equal = self._rival(project, index)
        hard = [b for b in named if not self._soft(b.row)]
        limits = [b for b in blocks if self.program.row_rule[b.row] == "fund_limit"]
        if hard or (named and not limits):
            worst = max(hard or named, key=lambda b: b.least - b.room)
            soft = "（弹性，超出要扣分或排在前面）" if self._soft(worst.row) else ""
            sentence = self._sentence(worst) + soft
            remedy = self._remedy(worst, blocks)
            return Reason(project.id, self.program.row_rule[worst.row], sentence, remedy, rival)
        if limits:
            blocks = limits
            worst = max(blocks, key=lambda b: b.least - b.room)
            behind = "" if equal else "得分靠后，"
            sentence = f"{behind}资金额度已用完：{self._sentence(worst)}{compare}"
            return Reason(project.id, "fund_limit", sentence, self._remedy(worst, blocks), rival)
        return Reason(
            project.id,
            "得分靠后",
            "单看每一项额度和配额都还放得下：要么几项合起来不够，要么别的安排效益更高" + compare,
            "提高效益，或增加额度",
            rival,
        )

    # ---- limits

    @cached_property
    def _supports(self) -> dict[int, list[int]]:
        """Support columns of every project."""
        found: dict[int, list[int]] = defaultdict(list)
        for (i, _), column in self.space.support.items():
            found[i].append(column)
        return found

    def _blocks(self, project: Project, index: int, w: int, takes: dict[int, list[_Takes]]) -> list[Block]:
        """Shared limits that the project cannot fit under when done in this way; ``takes`` is ``_takes`` of it."""
        own, way = self.own.entries(int(w)), self.space.ways[w]
        rows = {r for r in own if self.shared[r]}.union(takes)
        for c in self._supports[index]:
            rows.update(r for r in self.own.entries(c) if self.shared[r])
        found = []
        for r in sorted(rows):
            least = own.get(r, 0) + self._least_taken(project, way, takes.get(r, []))
            if least > self.room[r]:
                found.append(Block(r, int(least), int(self.room[r])))
        return found

    def _takes(self, index: int) -> dict[int, list[_Takes]]:
        """By shared row, the money columns of a project that it counts, year by year; the same for every way."""
        entries = {int(c): self.own.entries(int(c)) for c in self.space.money(index)}
        capacity = {c: self._capacity(c, e) for c, e in entries.items()}
        inside: dict[int, dict[int, list[int]]] = {}
        first, total = int(self.space.x[0]) if len(self.space.x) else 0, [0] * self.case.years
        for c, e in entries.items():
            year = int(self.space.x_year[c - first])
            total[year] += capacity[c]
            for r in e:
                if self.shared[r]:
                    inside.setdefault(r, {}).setdefault(year, []).append(c)
        found: dict[int, list[_Takes]] = {}
        for r, years in inside.items():
            for year, cols in years.items():
                value = min(entries[c][r] // int(self.space.unit[c]) for c in cols)
                if value > 0:
                    outside = total[year] - sum(capacity[c] for c in cols)
                    found.setdefault(r, []).append(_Takes(year, cols, value, outside, total))
        return found

    def _capacity(self, col: int, entries: dict[int, int]) -> int:
        """The most that the column could still take under the fund limits, in base units of money."""
        most = int(self.space.upper[col] * self.space.unit[col])
        rooms = [int(self.room[r]) for r in entries if self.program.row_rule[r] == "fund_limit"]
        return max(0, min([most, *rooms]))

    def _least_taken(self, project: Project, way: Way, takes: list[_Takes]) -> int:
        """What the project must at least take of a row; the least part of a partly funded one is that of all years."""
        if project.arrangement != "部分" or not takes:
            return sum(t.value * self._least_money(project, way, t) for t in takes)
        mine = {t.year: t.outside for t in takes}
        elsewhere = sum(min(int(need), mine.get(year, takes[0].total[year])) for year, need in enumerate(way.need))
        least = max(0, ceil(project.least_fill * way.total_need) - elsewhere)
        most = sum(self._most_money(project, way, t.year, t.columns) for t in takes)
        return min(t.value for t in takes) * min(least, most)

    def _least_money(self, project: Project, way: Way, takes: _Takes) -> int:
        """What some columns must at least give in a year: the need less what can be had elsewhere."""
        year, cols, outside = takes.year, takes.columns, takes.outside
        if project.arrangement == "按申报":
            first = int(self.space.x[0])
            funds = {int(self.space.x_fund[c - first]) for c in cols}
            return sum(int(way.asks[f][year]) for f in funds if f in way.asks)
        need = int(way.need[year])
        return min(need - outside, self._most_money(project, way, year, cols)) if need > outside else 0

    def _most_money(self, project: Project, way: Way, year: int, cols: list[int]) -> int:
        """The most that some columns may give in a year by the project's own rules: each region pays its share, each
        fund its share of the cost and no more than the columns hold."""
        first, need = int(self.space.x[0]), int(way.need[year])
        by_fund: dict[int, int] = {}
        for c in cols:
            share = dict(project.shares).get(self.space.region_names[int(self.space.x_region[c - first])], Fraction(1))
            part = min(int(self.space.upper[c] * self.space.unit[c]), ceil(share * need))
            fund = int(self.space.x_fund[c - first])
            by_fund[fund] = by_fund.get(fund, 0) + part
        shares = self.case.share_by_pair or {}
        names = [f.name for f in self.case.funds]
        caps = (
            min(most, floor(shares.get((project.category, names[fund]), Fraction(1)) * way.scheme.total))
            for fund, most in by_fund.items()
        )
        return sum(caps)

    # ---- words

    def _sentence(self, block: Block) -> str:
        scale = self._scale(block.row)
        if self._is_money(block.row):
            room, least = show_wan(Fraction(max(0, block.room), scale)), show_wan(Fraction(block.least, scale))
            return f"{self._name(block)}只余 {room} 万元，本项目至少要 {least} 万元"
        return f"{self._name(block)}已没有余量"

    def _name(self, block: Block) -> str:
        rule, key = RULE_BY_ID[self.program.row_rule[block.row]], self.program.row_key[block.row]
        return f"{rule.title}（{key_words(key)}）"

    def _remedy(self, block: Block, all_: Sequence[Block] = ()) -> str:
        """What to change for one limit; the others that are too small as well are named."""
        short = Fraction(block.least - block.room, self._scale(block.row))
        others = [self._name(b) for b in all_ if b is not block]
        named = "、".join(others[:MOST_NAMED] + ["……"] * (len(others) > MOST_NAMED))
        more = f"；另有 {len(others)} 项限额也不够：{named}" if others else ""
        if self._is_money(block.row):
            words = f"该项限额至少提高 {show_wan(-((-short.numerator) // short.denominator))} 万元"
            return f"{words}，或从同一范围调出其他项目{more}"
        return f"放宽该项限额，或从同一范围调出其他项目{more}"

    def _soft(self, row: int) -> bool:
        """Whether the row may be exceeded at a price."""
        policy = int(self.program.row_policy[row])
        return policy >= 0 and not self.case.policies[policy].hard

    def _scale(self, row: int) -> int:
        """Row units in one base unit of money (shares are cross-multiplied)."""
        return int(self.program.row_scale[row])

    def _is_money(self, row: int) -> bool:
        return self.program.row_unit[row] == "万元"

    def _rival(self, project: Project, index: int) -> tuple[str, str, bool]:
        """The funded project nearest in benefit per 万元 that draws on the same funds, in words, and whether equal."""
        mine = self._density(index)
        funds = frozenset(self.space.x_fund[self.space.money_of[index]].tolist())
        rivals = self._rivals(funds)
        if not rivals:
            return "", "", False
        density, name = rivals[min(bisect_left(rivals, (mine, "")), len(rivals) - 1)]
        if density == mine:
            return name, f"；每万元效益 {_show(mine)}，与最接近的已安排项目 {name} 相同，单看这一项不分先后", True
        words = f"；每万元效益 {_show(mine)}，最接近的已安排项目 {name} 为 {_show(density)}"
        return name, words, False

    def _rivals(self, funds: frozenset[int]) -> list[tuple[Fraction, str]]:
        """Chosen projects that draw on some of the funds, by benefit per 万元."""
        if funds not in self._by_funds:
            self._by_funds[funds] = sorted((density, name) for density, name, paid in self._paid if funds & paid)
        return self._by_funds[funds]

    @cached_property
    def _paid(self) -> list[tuple[Fraction, str, frozenset[int]]]:
        """Chosen projects that may be given up: benefit per 万元, name, funds that pay."""
        found = []
        for choice in self.plan.choices:
            other = self.space.project_index[choice.project]
            if self.case.projects[other].status != "必选":
                paid = frozenset(self.space.fund_index[p.fund] for p in self.plan.payments_of.get(choice.project, ()))
                found.append((self._density(other), choice.project, paid))
        return found

    def _density(self, index: int) -> Fraction:
        """Best benefit per 万元 over the ways of a project."""
        best = Fraction(0)
        for w in self.space.ways_of[index]:
            way = self.space.ways[w]
            asked = sum(int(a.sum()) for a in way.asks.values())
            money = asked if self.case.projects[index].arrangement == "按申报" else way.total_need
            worth = way.scheme.benefit / (1 + self.case.discount) ** way.start
            best = max(best, worth * MONEY_PER_WAN / max(1, money))
        return best


def _weight(blocks: list[Block]) -> tuple[int, int]:
    return (len(blocks), sum(b.least - b.room for b in blocks))


def _show(value: Fraction) -> str:
    return f"{float(value):.4g}"


def explain(model: Model, plan: Allocation) -> list[Reason]:
    """Why each project outside the plan is outside."""
    return Explainer(model, plan).reasons()


class Reasons(Sequence[Reason]):
    """Reasons of a plan, worked out when first looked at."""

    def __init__(self, case: Case, plan: Allocation) -> None:
        self.case, self.plan = case, plan

    @cached_property
    def _found(self) -> tuple[Reason, ...]:
        return tuple(explain(build(self.case), self.plan))

    @overload
    def __getitem__(self, index: int) -> Reason: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Reason]: ...

    def __getitem__(self, index: int | slice) -> Reason | Sequence[Reason]:
        """One reason, or some."""
        return self._found[index]

    def __len__(self) -> int:
        """How many projects are left out."""
        return len(self._found)
