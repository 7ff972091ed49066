"""Solves that run beside the page: started once, watched by id, stopped or cancelled for real."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Literal

from inputs.case.read import Reading
from optimizer.course import Watch
from optimizer.options import Options
from workbench.verbs import Outcome, plan_case

KEEP_JOBS = 50


@dataclass(slots=True)
class Job:
    """One running or ended solve; ``value`` and ``bound`` are the solver's own."""

    id: str
    limit: float
    began: float
    stage: str = "准备模型"
    value: float | None = None
    bound: float | None = None
    outcome: Outcome | None = None
    failure: str = ""
    wish: Literal["stop", "cancel"] | None = None
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether the solve goes on."""
        return self.outcome is None and not self.failure

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def hear(self, stage: str, value: float | None, bound: float | None) -> None:
        """Take in progress."""
        self.stage, self.value, self.bound = stage, value, bound


class Jobs:
    """All solves of this process, by unguessable id; the oldest ended ones are forgotten."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, reading: Reading, options: Options) -> Job:
        """Start a solve in a thread of its own; the solver itself runs in worker processes."""
        job = Job(secrets.token_urlsafe(16), options.time_limit, time.monotonic())
        job.thread = threading.Thread(target=_run, args=(job, reading, options), daemon=True)
        with self._lock:
            self._jobs[job.id] = job
            self._forget()
        job.thread.start()
        return job

    def get(self, key: str | None) -> Job | None:
        """The solve of that id."""
        with self._lock:
            return self._jobs.get(key or "")

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if not job.running]
        for key in ended[: max(0, len(self._jobs) - KEEP_JOBS)]:
            del self._jobs[key]


def _run(job: Job, reading: Reading, options: Options) -> None:
    try:
        job.outcome = plan_case(reading, options, Watch(job.hear, lambda: job.wish))
    except Exception as error:  # the page shows a sentence, the log has the rest
        job.failure = f"求解没有完成（{type(error).__name__}）"
        raise


JOBS = Jobs()
