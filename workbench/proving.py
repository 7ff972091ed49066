"""The bound written down so that anyone can check it without a solver, and checked."""

from __future__ import annotations

import importlib
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

from models.build import build
from models.case import Case
from models.fingerprint import case_sha256
from optimizer.proof import Proof, upper_bound
from optimizer.task import Task, task_of
from optimizer.workers import be_silent, plain_main

SECONDS = 20.0
"""How long to look for good prices; the bound is true after any time."""


def write_proof(case: Case, path: Path, seconds: float = SECONDS) -> Fraction:
    """Write the proof of a bound of the case and return the bound, worked out again in whole numbers."""
    program = build(case).program
    task = task_of(program, program.stages[program.main])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=be_silent) as pool:
        with plain_main():  # the child starts here
            waited = pool.submit(_witness, task, case_sha256(case), seconds)
        proof = waited.result()
    proof.write(path)
    return upper_bound(program, proof)


def _witness(task: Task, case: str, seconds: float) -> Proof:
    """In the child, which alone loads a solver."""
    found: Proof = importlib.import_module("optimizer.decomposition.witness").witness(task, case, seconds)
    return found


def proven_bound(case: Case, path: Path) -> Fraction:
    """The bound that a proof shows for the case; raises ValueError with a sentence where it shows none."""
    proof = Proof.read(path)
    if proof.case != case_sha256(case):
        raise ValueError("上界证明属于另一个案例（案例或所改规则不同），请用求解这个结果时一并写出的证明")
    return upper_bound(build(case).program, proof)
