"""land_priority: schools and housing get at least a share of the new construction land."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import lcm

from models import facts
from models.allocation import Allocation
from models.case import Case, Policy, Project, Scope
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space


def _scopes(policy: Policy) -> list[Scope]:
    """One scope per named region; everything where none is named."""
    return [replace(policy.scope, regions=(r,)) for r in policy.scope.regions] or [policy.scope]


def _first(case: Case, policy: Policy, project: Project) -> bool:
    """Whether the project is of a kind that comes first: the categories of 对象, else 民生类."""
    if policy.scope.categories:
        return project.category in policy.scope.categories
    return case.category_of(project).livelihood


def block(case: Case, space: Space) -> Block:
    """Σ_{first kinds} land·y ≥ share · Σ land·y."""
    rows = Rows("land_priority", "亩")
    for index, policy in case.policies_of("land_priority"):
        share = Fraction(policy.value or 0)
        for scope in _scopes(policy):
            inside = space.region_mask(replace(scope, categories=()))
            terms: list[tuple[int, Fraction]] = []
            for w, way in enumerate(space.ways):
                project = case.projects[way.project]
                part = space.share_in(way.project, inside)
                worth = (Fraction(_first(case, policy, project)) - share) * project.land * part
                if worth:
                    terms.append((w, worth))
            scale = lcm(*(c.denominator for _, c in terms))
            entries = [([col], int(c * scale)) for col, c in terms]
            rows.add((scope.label,), entries, lower=0, scale=scale, policy=index)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Land of the first kinds against the share of all land used."""
    for index, policy in case.policies_of("land_priority"):
        for scope in _scopes(policy):
            where = replace(scope, categories=())
            first = used = Fraction(0)
            for choice in allocation.choices:
                project = case.project_by_id[choice.project]
                part = sum((s for r, s in project.shares if facts.region_fits(case, where, r)), Fraction(0))
                used += part * project.land
                first += part * project.land * _first(case, policy, project)
            limit = Fraction(policy.value or 0) * used
            yield Measure("land_priority", (scope.label,), ">=", first, limit, "亩", index, used == 0)


RULE = Rule(
    id="land_priority",
    title="用地优先",
    title_en="Schools and housing first",
    source="甘政发〔2024〕57号（五）：优先保障义务教育校舍和保障性住房用地；比例为假设",
    formula="Σ_{c(p)∈优先类别} 用地[p]·y[p] ≥ 下限占比 · Σ_p 用地[p]·y[p]",
    unit="亩",
    block=block,
    measure=measure,
    example="所选项目共用地 100 亩、下限占比 30 %：学校和保障性住房项目至少用地 30.0000 亩。",
    quote="甘政发〔2024〕57号（五）：在人口集中流入地区优先保障义务教育校舍和保障性住房用地需求",
)
