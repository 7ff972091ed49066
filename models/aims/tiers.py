"""分层: the benefit of each class of projects, one class after the other, then the whole benefit."""

from fractions import Fraction

from models.aim import Aim, Extra
from models.aims import weighted
from models.allocation import Allocation
from models.case import Case, Project
from models.program import Objective
from models.space import Space

CLASSES = ("续建", "安全", "民生", "其他")


def class_of(case: Case, project: Project) -> str:
    """The first class, in the order of the case, that the project belongs to."""
    category = case.category_of(project)
    belongs = {"续建": project.ongoing, "安全": category.safety, "民生": category.livelihood, "其他": True}
    return next((name for name in case.tiers.order if belongs[name]), "其他")


def steps(case: Case) -> tuple[str, ...]:
    """Classes with candidates that come before the last one; the last is left to the whole benefit."""
    present = {class_of(case, p) for p in case.projects}
    classes = [name for name in case.tiers.order if name in present]
    return tuple(classes[:-1])


def stages(case: Case, space: Space, extra: Extra) -> list[Objective]:
    """Σ benefit over the projects of each class."""
    return [
        Objective(f"{name}项目的效益", "分", 1, weighted.terms(case, space, lambda p, n=name: _is(case, p, n)))  # type: ignore[misc]
        for name in steps(case)
    ]


def _is(case: Case, project: Project, name: str) -> Fraction:
    return Fraction(class_of(case, project) == name)


def values(case: Case, allocation: Allocation) -> list[Fraction]:
    """Exact benefit of each class."""
    return [
        weighted.value(case, allocation, lambda p, n=name: _is(case, p, n))  # type: ignore[misc]
        for name in steps(case)
    ]


AIM = Aim(
    id="分层",
    title="分层：续建、安全、民生、其他依次最大",
    title_en="Tiers one after the other",
    source="惯例：在建续发、安全隐患、民生、其他依次安排（待核实）；次序可在设置中调整",
    stages=stages,
    values=values,
)
