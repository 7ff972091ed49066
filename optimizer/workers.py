"""Backends in worker processes of their own: streamed progress, a hard end, a real cancel.

A worker imports one solver library only (two of them cannot share a process on Linux), leads its own
process group so that children such as the CBC program end with it, and ends by itself when its parent
is gone. Idle workers are kept warm for the next solve.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import spawn
from multiprocessing.connection import Connection
from typing import Any

if sys.platform != "win32":
    import resource

from optimizer.backends import BACKEND_BY_ID, DIVE, Solver, load
from optimizer.task import Answer, Limits, Progress, Task

GRACE_SECONDS = 0.7
MOST_MEMORY = 4 * 2**30
"""Bytes of data that a worker may use; a solver that wants more ends without an answer, the page lives on."""
NEWS_EVERY = 0.1
NICE = 19
"""Solvers yield to whoever clicks; alone on the machine they lose nothing."""


# ---- inside the worker


def _serve(backend: str, pipe: Connection, memory: int) -> None:
    """Loop of a worker: receive a task, solve it, send news and the answer."""
    if sys.platform != "win32":
        os.setsid()
        os.nice(NICE)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    be_silent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    solve = load(backend)
    pipe.send("ready")
    while True:
        try:
            message = pipe.recv()
        except EOFError:
            return
        if message != "stop":  # a stop that came after the end of the last task
            task, limits = message
            pipe.send(_guarded(solve, task, limits, _Messenger(pipe)))


def be_silent() -> None:
    """Banners and warnings that libraries write on their own (HiGHS 1.16 when it is made, SoPlex of small tolerances) do
    not reach the user; errors of this program still do."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _guarded(solve: Solver, task: Task, limits: Limits, report: _Messenger) -> Answer:
    """A solver library that raises is an answer without a plan, not the end of the worker."""
    try:
        return solve(task, limits, report)
    except Exception as error:  # every library has exceptions of its own
        return Answer("unknown", None, None, None, "", 0.0, f"{type(error).__name__}: {error}")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
    _end_group(os.getpid())


class _Messenger:
    """Sends news at most every NEWS_EVERY seconds, new plans always; hears a request to stop."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe, self.last, self.stop = pipe, 0.0, False

    def __call__(self, progress: Progress) -> bool:
        now = time.monotonic()
        if progress.point is not None or now - self.last >= NEWS_EVERY:
            self.last = now
            self.pipe.send(progress)
            if self.pipe.poll():
                self.stop = self.stop or self.pipe.recv() == "stop"
        return self.stop


def _end_group(pid: int) -> None:
    """End a worker and everything it started."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


# ---- in the parent


class Worker:
    """One worker process of one backend."""

    def __init__(self, backend: str, memory: int = MOST_MEMORY) -> None:
        context = multiprocessing.get_context("spawn")
        self.backend = backend
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(backend, theirs, memory), daemon=True, name=f"fundopt-{backend}"
        )
        with plain_main():
            self.process.start()
        theirs.close()
        self.ready = False

    def end(self) -> None:
        """End the process group at once."""
        if self.process.pid is not None:
            _end_group(self.process.pid)
            self.process.kill()
        self.process.join(timeout=5)
        self.pipe.close()

    def receive(self) -> Progress | Answer | None:
        """The next message; None when the worker died or only said that it is ready."""
        try:
            message: Any = self.pipe.recv()
        except (EOFError, OSError):
            return Answer("unknown", None, None, None, self.backend, 0.0, "worker ended")
        if message == "ready":
            self.ready = True
            return None
        assert isinstance(message, Progress | Answer)
        return message


_STARTING = threading.Lock()


@contextlib.contextmanager
def plain_main() -> Iterator[None]:
    """Keep spawn from importing the caller's main script (a Streamlit page or a test) again.

    Which script that is changes at any moment: every run of a page makes its own the main one.
    """
    with _STARTING:
        known = spawn.get_preparation_data
        spawn.get_preparation_data = lambda name: {
            key: value for key, value in known(name).items() if not key.startswith("init_main")
        }
        try:
            yield
        finally:
            spawn.get_preparation_data = known


class Pool:
    """Idle workers by backend, kept warm; thread-safe."""

    def __init__(self) -> None:
        self._idle: dict[str, list[Worker]] = {}
        self._lock = threading.Lock()

    def take(self, backend: str) -> Worker:
        """An idle worker, or a new one."""
        with self._lock:
            idle = self._idle.get(backend, [])
            while idle:
                worker = idle.pop()
                if worker.process.is_alive():
                    return worker
                worker.end()
            return Worker(backend)

    def warm(self, backend: str, count: int) -> None:
        """Have some idle workers of a backend ready."""
        with self._lock:
            idle = self._idle.setdefault(backend, [])
            idle.extend(Worker(backend) for _ in range(count - len(idle)))

    def give_back(self, worker: Worker) -> None:
        """Keep a worker for later."""
        with self._lock:
            self._idle.setdefault(worker.backend, []).append(worker)

    def end(self) -> None:
        """End all idle workers."""
        with self._lock:
            for worker in [w for idle in self._idle.values() for w in idle]:
                worker.end()
            self._idle.clear()


POOL = Pool()
atexit.register(POOL.end)


@dataclass(slots=True)
class Run:
    """One task on one backend: the best plan and bound so far, and the answer when it has ended."""

    worker: Worker
    task: Task
    deadline: float
    best: Progress
    points: list[Any]
    answer: Answer | None = None

    @staticmethod
    def start(backend: str, task: Task, limits: Limits) -> Run:
        """Send the task to a worker."""
        worker = POOL.take(backend)
        worker.pipe.send((task, limits))
        return Run(worker, task, time.monotonic() + limits.seconds + GRACE_SECONDS, Progress(None, None), [])

    def hear(self) -> None:
        """Take in one message of the worker."""
        message = self.worker.receive()
        if isinstance(message, Answer):
            self.answer = message
            if message.remark == "worker ended":
                self.worker.end()
                self._keep_best(message.version)
            else:
                POOL.give_back(self.worker)
                if message.outcome == "unknown" and self.points:  # failed after it had streamed plans
                    self.best = Progress(self.best.value, self.best.bound if message.bound is None else message.bound)
                    self._keep_best(message.version)
        elif message is not None:
            value = message.value if message.value is not None else self.best.value
            bound = message.bound if message.bound is not None else self.best.bound
            self.best = Progress(value, bound)
            if message.point is not None:
                self.points.append(message.point)

    def ask_to_stop(self) -> None:
        """Ask a streaming backend to end with its best plan."""
        with contextlib.suppress(OSError):
            self.worker.pipe.send("stop")
        self.deadline = min(self.deadline, time.monotonic() + GRACE_SECONDS)

    def end(self) -> None:
        """End the worker now, keeping the best plan it streamed."""
        if self.answer is None:
            self.worker.end()
            self._keep_best((BACKEND_BY_ID | {DIVE.id: DIVE})[self.worker.backend].title)

    def _keep_best(self, version: str) -> None:
        point = self.points[-1] if self.points else None
        outcome = "feasible" if point is not None else "unknown"
        self.answer = Answer(outcome, point, self.best.value, self.best.bound, version, 0.0, "ended at the limit")  # type: ignore[arg-type]


def best_of(runs: list[Run]) -> tuple[float | None, float | None]:
    """The highest value and the lowest bound of runs of one task so far; None where there is none."""
    values = [run.best.value for run in runs if run.best.value is not None]
    bounds = [run.best.bound for run in runs if run.best.bound is not None]
    return max(values, default=None), min(bounds, default=None)


def wait_for_news(runs: list[Run], seconds: float) -> None:
    """Wait until a worker has news, take it in, and end workers that are past their deadline."""
    waiting = {run.worker.pipe: run for run in runs if run.answer is None}
    for pipe in multiprocessing.connection.wait(list(waiting), timeout=seconds):
        waiting[pipe].hear()  # type: ignore[index]
    for run in waiting.values():
        if run.answer is None and time.monotonic() > run.deadline:
            run.end()
