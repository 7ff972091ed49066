"""The proof of the bound: true whatever it says, tight where the prices are good, checked without a solver."""

import random
from fractions import Fraction as F

import pytest

from benchmarks.cases import Size, make_case
from models.build import build
from models.fingerprint import case_sha256
from optimizer.decomposition.bundle import good_prices
from optimizer.decomposition.duals import Dual
from optimizer.decomposition.prices import Oracle
from optimizer.decomposition.split import split
from optimizer.decomposition.witness import proof_at
from optimizer.proof import SCALE, Proof, upper_bound
from optimizer.task import task_of
from tests.cases import random_case
from tests.enumeration import optimum

SEEDS = [s for s in range(90) if len(random_case(s).projects) <= 3]


def proven(case, seconds: float = 0.2):
    """Program, the float bound of the prices and the proof of it."""
    program = build(case).program
    task = task_of(program, program.stages[program.main])
    dual = Dual(Oracle(split(task)))
    value, prices = good_prices(dual, seconds)
    return program, value * dual.oracle.part.numbers.objective_scale, proof_at(dual, prices, case_sha256(case))


@pytest.mark.parametrize("part", range(4))
def test_no_proof_is_below_the_optimum_by_enumeration_whatever_its_prices(part: int) -> None:
    compared = 0
    for seed in SEEDS[part::4]:
        case, dice = random_case(seed), random.Random(seed)
        best = optimum(case)
        if best is None:
            continue
        program, _, proof = proven(case)
        assert upper_bound(program, proof) >= best, seed
        spoiled = Proof(
            proof.case,
            {r: v + dice.randint(-SCALE, SCALE) for r, v in proof.shared.items()}
            | {dice.randrange(program.height): SCALE},
            {
                k: {ones: {r: v * dice.randint(-2, 3) for r, v in p.items()} for ones, p in x.items()}
                for k, x in proof.own.items()
            },
            proof.ties,
        )
        assert upper_bound(program, spoiled) >= best, seed
        compared += 1
    assert compared >= 3


@pytest.mark.parametrize("whole", [False, True])
def test_the_proof_says_in_whole_numbers_what_the_prices_said_in_floats(whole: bool, tmp_path) -> None:
    program, bound, proof = proven(make_case(Size(150, 2, 5, large=0.0), 3, whole), 2.0)
    exact = upper_bound(program, proof)
    assert float(exact) == pytest.approx(bound, rel=1e-7)
    proof.write(tmp_path / "p.json")
    again = Proof.read(tmp_path / "p.json")
    assert again == proof
    assert upper_bound(program, again) == exact


def test_worse_prices_give_a_worse_bound() -> None:
    program, _, proof = proven(make_case(Size(60, 1, 4, large=0.0), 2))
    assert upper_bound(program, Proof(proof.case, {}, {}, ())) > upper_bound(program, proof) > F(0)


def test_a_file_that_is_no_proof_is_refused(tmp_path) -> None:
    for text in (
        "[" * 100_000,
        "",
        "[]",
        '{"case": "x"}',
        '{"case": "x", "scale": "1", "shared": [], "own": [], "ties": []}',
        f'{{"case": "x", "scale": "{SCALE}", "shared": [[0, Infinity]], "own": [], "ties": []}}',
    ):
        path = tmp_path / "x.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="上界证明"):
            Proof.read(path)
