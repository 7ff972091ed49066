"""readiness: no money without the documents, no special bonds without evaluation and a passed review."""

from collections.abc import Iterator

from models.allocation import Allocation
from models.case import SPECIAL, Case, Project
from models.particulars import EVALUATION
from models.program import Block, Rows
from models.rule import Measure, Rule
from models.space import Space
from models.switch import built_in

PASSED = "通过"


def missing(project: Project) -> list[str]:
    """Documents that a project lacks, the evaluation apart."""
    return [name for name, held in project.papers.documents if not held and name != EVALUATION]


def no_bonds_because(project: Project) -> str:
    """Why the project may take no special bonds yet; empty when it may. Ongoing projects need no new review."""
    if not dict(project.papers.documents).get(EVALUATION, True):
        return EVALUATION
    if project.papers.review and project.papers.review != PASSED and not project.ongoing:
        return f"审核{project.papers.review}"
    return ""


def block(case: Case, space: Space) -> Block:
    """Σ_m y = 0 without documents; Σ_{special bonds} x = 0 without evaluation or review."""
    rows = Rows("readiness", "万元")
    on, policy = built_in(case, "readiness")
    for i, project in enumerate(case.projects if on else ()):
        if missing(project):
            key = (project.id, "、".join(missing(project)))
            rows.add(key, [(space.ways_of[i], 1)], upper=0, policy=policy, unit="个")
        reason, money = no_bonds_because(project), space.money(i, space.bonds)
        if reason and money.size:
            rows.add((project.id, reason), [(money, 1)], upper=0, policy=policy)
    return rows.close()


def measure(case: Case, allocation: Allocation) -> Iterator[Measure]:
    """Chosen projects without documents; special bonds without evaluation or passed review."""
    on, policy = built_in(case, "readiness")
    for project in case.projects if on else ():
        chosen = int(project.id in allocation.choice_of)
        lacks = [n for n, held in project.papers.documents if not held]
        papers = [n for n in lacks if n != EVALUATION]
        if papers:
            yield Measure("readiness", (project.id, "、".join(papers)), "<=", chosen, 0, "个", policy)
        word = EVALUATION if EVALUATION in lacks else ""
        if not word and project.papers.review in ("未通过", "待审") and not project.ongoing:
            word = f"审核{project.papers.review}"
        if word:
            payments = allocation.payments_of.get(project.id, ())
            paid = sum(p.amount for p in payments if case.fund_by_name[p.fund].kind == SPECIAL)
            yield Measure("readiness", (project.id, word), "<=", paid, 0, "万元", policy)


RULE = Rule(
    id="readiness",
    title="前期手续",
    title_en="Documents and review",
    source="政府投资条例（国令第712号，条文待核实）；财预〔2021〕61号：事前绩效评估；国办发〔2024〕52号：项目须经审核，在建项目免重新申报（待核实）",
    formula="缺立项、用地、规划、环评之一 ⇒ Σ_m y[p,m] = 0；无事前绩效评估，或新建项目审核结果不是通过 ⇒ Σ_{f∈专项债券} x[p,f] = 0",
    unit="万元",
    block=block,
    measure=measure,
    example="P4 缺环评：不得安排；P5 手续齐、审核待审：可用补助，专项债为 0。",
)
