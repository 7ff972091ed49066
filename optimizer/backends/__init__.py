"""One file per solver behind one protocol; the module of a backend is imported in its worker only."""

from dataclasses import dataclass, replace
from importlib import import_module
from typing import Protocol

from optimizer.task import Answer, Limits, Progress, Task, blur, scaled, spread


class Report(Protocol):
    """Called with news while a backend runs; returns True to ask it to stop."""

    def __call__(self, progress: Progress) -> bool:
        """Hear progress."""
        ...


class Solver(Protocol):
    """The one function of a backend module: solve a task within limits."""

    def __call__(self, task: Task, limits: Limits, report: Report) -> Answer:
        """Solve within limits."""
        ...


@dataclass(frozen=True, slots=True)
class Backend:
    """What a backend is called and what it can do."""

    id: str
    title: str
    streams_plans: bool
    warm_start: bool


BACKENDS: tuple[Backend, ...] = (
    Backend("highs", "HiGHS", streams_plans=True, warm_start=True),
    Backend("decomposition", "价格分解（HiGHS）", streams_plans=True, warm_start=True),
    Backend("scip", "SCIP", streams_plans=False, warm_start=False),
    Backend("cpsat", "CP-SAT", streams_plans=True, warm_start=True),
    Backend("cbc", "CBC", streams_plans=False, warm_start=False),
)
DIVE = Backend("dive", "HiGHS", streams_plans=False, warm_start=True)
"""Not a solver to choose: finds a plan quickly and proves nothing but the relaxation's bound."""
BACKEND_BY_ID = {backend.id: backend for backend in (*BACKENDS, DIVE)}


WIDE = 4e6
"""From this spread of the coefficients of one row on (largest project against the unit of money) proofs in floats are
none: within their tolerances whole projects vanish. CP-SAT counts in whole numbers and stays."""
BLURRED = 2e-7
"""Beyond this blur as well: what money brings is too near the solvers' tolerance."""
EXACT = "cpsat"


def beyond_floats(task: Task) -> bool:
    """Whether coefficients differ so much that proofs in floats are none."""
    return spread(task) >= WIDE or blur(scaled(task)) > BLURRED


def load(backend: str) -> Solver:
    """Import the backend's module in this process and return its ``solve``, which proves nothing that floats cannot."""
    solver: Solver = import_module(f"optimizer.backends.{BACKEND_BY_ID[backend].id}").solve
    return solver if backend == EXACT else _without_false_proofs(solver)


def _without_false_proofs(solver: Solver) -> Solver:
    def solve(task: Task, limits: Limits, report: Report) -> Answer:
        if not beyond_floats(task):
            return solver(task, limits, report)
        answer = solver(task, limits, lambda news: report(replace(news, bound=None)))
        return replace(answer, bound=None, outcome="feasible" if answer.outcome == "optimal" else answer.outcome)

    return solve
