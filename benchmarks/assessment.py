"""Calibration against girth and adaptive simulation against catsim, on the same invented data in the same run, one BLAS thread each.

Peers are those of requirements-bench.in, looked for in the Python of BENCH_PEER_PYTHON (this one by default). CPU seconds net of start-up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

SETS = ((50, 2000, 1.0), (120, 5000, 0.4))
LARGE = (500, 10_000, 0.5)
BANK, PEOPLE, PEER_PEOPLE, LENGTH = 500, 5000, 60, 20

OURS = """
import json, resource, sys, time
import numpy as np
from yole.assessment.engine.calibrate import calibrate
answers = np.load(sys.argv[1])["answers"]
wall, cpu = time.perf_counter(), time.process_time()
result = calibrate(answers)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"cpu": cpu, "wall": wall, "a": result.a.tolist(), "b": result.b.tolist(), "memory": memory, "converged": result.converged}))
"""
GIRTH = """
import json, sys, time
import numpy as np
from girth import tag_missing_data, twopl_mml
answers = np.load(sys.argv[1])["answers"].T.astype(int)
data = tag_missing_data(answers, [0, 1])
cpu = time.process_time()
found = twopl_mml(data)
print(json.dumps({"cpu": time.process_time() - cpu, "a": found["Discrimination"].tolist(), "b": found["Difficulty"].tolist()}))
"""
OUR_TEST = """
import json, sys, time
import numpy as np
from yole.assessment.engine.cat import Rules, Session, Tables, next_item
from yole.assessment.engine.model import Bank
from yole.assessment.engine.simulate import simulate
bank = np.load(sys.argv[1])
a, b = bank["a"], bank["b"]
items = Bank(tuple(str(i) for i in range(len(a))), a, -a * b)
cpu = time.process_time()
result = simulate(items, int(sys.argv[2]), np.random.default_rng(1), max_items=int(sys.argv[3]), se=0.0)
cpu = time.process_time() - cpu
session, rng, laps = Session.start(Tables(items)), np.random.default_rng(1), {}
session.answer(3, right=True)
for criterion in ("information", "variance"):
    start = time.process_time()
    for _ in range(500):
        next_item(session, Rules(criterion=criterion), rng, shown=np.zeros(len(a)), sessions=10)
    laps[criterion] = (time.process_time() - start) / 500 * 1e6
print(json.dumps({"cpu": cpu, "rmse": result.rmse, "exposure": result.max_exposure, "never": int((result.shown == 0).sum()), "laps": laps}))
"""
CATSIM = """
import json, sys, time
import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.initialization import FixedPointInitializer
from catsim.selection import MaxInfoSelector
from catsim.simulation import Simulator
from catsim.stopping import TestLengthStopper
bank = np.load(sys.argv[1])
a, b = bank["a"], bank["b"]
items = np.stack([a, b, np.zeros(len(a)), np.ones(len(a))], axis=1)
people = np.random.default_rng(1).standard_normal(int(sys.argv[2]))
length = int(sys.argv[3])
test = Simulator(items, people, FixedPointInitializer(0.0), MaxInfoSelector(), NumericalSearchEstimator(), TestLengthStopper(max_items=length), seed=1)
cpu = time.process_time()
test.simulate()
cpu = time.process_time() - cpu
shown = np.bincount(np.concatenate([np.asarray(seen, dtype=int) for seen in test.administered_items]), minlength=len(a))
error = float(np.sqrt(np.mean((np.array([path[-1] for path in test.estimations]) - people) ** 2)))
print(json.dumps({"cpu": cpu, "rmse": error, "exposure": float(shown.max() / len(people)), "never": int((shown == 0).sum())}))
"""


def _run(code: str, *arguments: object, peer: bool = False) -> dict[str, Any] | None:
    """What the program printed, or None when the peer is not installed."""
    python = os.environ.get("BENCH_PEER_PYTHON", sys.executable) if peer else sys.executable
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [python, "-c", code, *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **single})
    if done.returncode:
        if peer and "ModuleNotFoundError" in done.stderr:
            return None
        raise RuntimeError(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _draw(items: int, persons: int, fill: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(20261122)
    a, b = np.exp(rng.normal(0.1, 0.3, items)), rng.normal(0.0, 1.0, items)
    answers = (rng.random((persons, items)) < 1.0 / (1.0 + np.exp(-a * (rng.standard_normal((persons, 1)) - b)))).astype(np.int8)
    answers[rng.random(answers.shape) >= fill] = -1
    return answers, a, b


def _quality(answers: np.ndarray, a: np.ndarray, b: np.ndarray, found: dict[str, Any]) -> tuple[float, float, float]:
    """(RMSE of a, RMSE of b, log-likelihood by one and the same integration)."""
    from yole.assessment.engine.em import Data, expect

    slope, difficulty = np.array(found["a"]), np.array(found["b"])
    value = expect(Data(answers), slope, -slope * difficulty, np.linspace(-6, 6, 241)).log_likelihood
    return float(np.sqrt(((slope - a) ** 2).mean())), float(np.sqrt(((difficulty - b) ** 2).mean())), value


def _calibration(folder: Path) -> list[str]:
    lines = [
        "| items × persons, filled | engine | CPU s | times faster | RMSE a | RMSE b | log-likelihood |",
        "|---|---|---|---|---|---|---|",
    ]
    for items, persons, fill in (*SETS, LARGE):
        answers, a, b = _draw(items, persons, fill)
        path = folder / "answers.npz"
        np.savez(path, answers=answers)
        ours = _run(OURS, path)
        assert ours is not None
        assert ours["converged"]
        label = f"{items} × {persons}, {fill:.0%}"
        ours_quality = _quality(answers, a, b, ours)
        large = (items, persons, fill) == LARGE
        peer = None if large else _run(GIRTH, path, peer=True)
        ratio = "" if peer is None else f"{peer['cpu'] / ours['cpu']:.0f}"
        lines.append(
            f"| {label} | Yole | {ours['cpu']:.2f} | {ratio} | {ours_quality[0]:.4f} | {ours_quality[1]:.4f} | {ours_quality[2]:.2f} |"
        )
        if peer is not None:
            quality = _quality(answers, a, b, peer)
            lines.append(f"| {label} | girth | {peer['cpu']:.2f} | 1 | {quality[0]:.4f} | {quality[1]:.4f} | {quality[2]:.2f} |")
        elif large:
            lines.append(f"| {label} | girth | not run: more than 15 minutes | | | | |")
            lines.append(f"\nLargest set: {ours['wall']:.1f} s of wall time on one thread, {ours['memory']:.0f} MB at the peak.")
        else:
            lines.append(f"| {label} | girth | peer not installed | | | | |")
    return lines


def _adaptive(folder: Path) -> list[str]:
    rng = np.random.default_rng(7)
    path = folder / "bank.npz"
    np.savez(path, a=np.exp(rng.normal(0.1, 0.3, BANK)), b=rng.normal(0.0, 1.2, BANK))
    ours, peer = _run(OUR_TEST, path, PEOPLE, LENGTH), _run(CATSIM, path, PEER_PEOPLE, LENGTH, peer=True)
    assert ours is not None
    speed = PEOPLE / ours["cpu"]
    ratio = "" if peer is None else f"{speed / (PEER_PEOPLE / peer['cpu']):.0f}"
    lines = [
        f"\n{LENGTH} questions out of {BANK}, people from N(0, 1). Ours controls exposure (cap .30); the peer asks the most informative item.\n",
        "| engine | people per CPU s | times faster | RMSE theta | largest exposure | items never used |",
        "|---|---|---|---|---|---|",
        f"| Yole | {speed:.0f} | {ratio} | {ours['rmse']:.3f} | {ours['exposure']:.2f} | {ours['never']} |",
    ]
    if peer is None:
        lines.append("| catsim | peer not installed | | | | |")
    else:
        speed = PEER_PEOPLE / peer["cpu"]
        lines.append(f"| catsim | {speed:.0f} | 1 | {peer['rmse']:.3f} | {peer['exposure']:.2f} | {peer['never']} |")
    laps = ours["laps"]
    lines.append(
        f"\nNext item among {BANK}: {laps['information']:.0f} µs (information), {laps['variance']:.0f} µs (expected posterior variance)."
    )
    return lines


def run() -> str:
    """The section of the report, in Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        head = ["## Assessment: calibration and adaptive test\n", "Targets: 20 times girth, 100 times catsim, 500 × 10,000 in 30 s.\n"]
        return "\n".join([*head, *_calibration(folder), *_adaptive(folder)]) + "\n"


if __name__ == "__main__":
    print(run())
