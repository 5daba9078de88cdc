"""`yole debates analyse` against red-dwarf in the same run: values, processor time, memory; then noise rooms, planted camps, scale.

red-dwarf (with pandas, scikit-learn and scipy) is a peer for this file alone; where it is not installed the report says so.
`BENCH_PEER_PYTHON` may name the Python of another environment that has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from yole.debates import files
from yole.debates.engine.analysis import analyse, find_groups
from yole.debates.engine.ballots import UNSEEN, Ballots

ROOMS = 100
SHAPES = ((404, 293), (2031, 896))

OURS = """
import json, sys
from yole.debates import files
from yole.debates.engine.analysis import as_json, analyse, find_groups
ballots = files.read_votes(sys.argv[1])
chart = find_groups(ballots)
labels = chart.clustering.labels
groups = [(str(k), chart.rows[labels == k].tolist()) for k in sorted(set(labels.tolist()))]
done = analyse(ballots, groups=groups)
print(json.dumps({"groups": len(groups), "statements": len(done.group_aware)}))
"""

PEER = """
import csv, json, sys
from reddwarf.implementations.base import run_pipeline
with open(sys.argv[1], newline="") as stream:
    rows = list(csv.DictReader(stream))
votes = [
    {"participant_id": i, "statement_id": int(name[1:]), "vote": int(value), "modified": 0}
    for i, row in enumerate(rows) for name, value in row.items() if name != "participant" and value
]
done = run_pipeline(votes=votes, random_state=0)
people = done.participants_df
print(json.dumps({
    "groups": {str(i): int(g) for i, g in people["cluster_id"].dropna().items()},
    "points": {str(i): [float(x), float(y)] for i, x, y in zip(people.index, people["x"], people["y"])},
    "aware": {str(k): float(v) for k, v in done.group_aware_consensus["agree"].items()},
    "agree": [[int(s["tid"]), float(s["p-success"]), float(s["p-test"])] for s in done.consensus["agree"]],
    "representative": {str(g): [[int(s["tid"]), s["repful-for"], float(s["repness"]), float(s["repness-test"])] for s in items] for g, items in done.repness.items()},
}))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One program: wall seconds, processor seconds, peak megabytes, what it printed (None when it failed)."""

    seconds: float
    cpu: float
    megabytes: float
    output: str | None


def measured(python: str, *arguments: str) -> Run:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as messages:
        start = time.monotonic()
        process = subprocess.Popen([python, *arguments], stdout=out, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode() if process.returncode == 0 else None
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def room(votes: np.ndarray) -> Ballots:
    return Ballots(tuple(f"p{i}" for i in range(len(votes))), tuple(f"s{j}" for j in range(votes.shape[1])), votes.astype(np.int8))


def noise(rng: np.random.Generator, people: int, statements: int) -> Ballots:
    """Independent votes: each statement has shares of its own."""
    shares = rng.dirichlet((3, 3, 1), size=statements).cumsum(axis=1)
    draw = rng.random((people, statements))
    return room(np.where(draw < shares[:, 0], 1, np.where(draw < shares[:, 1], -1, 0)))


def planted(
    rng: np.random.Generator, people: int, statements: int, camps: int, missing: float, faithful: float
) -> tuple[Ballots, np.ndarray]:
    """Camps that answer as their profile with probability `faithful`; four camps are the corners of two oppositions."""
    camp = np.arange(people) % camps
    profiles = rng.choice([1, -1], size=(camps, statements))
    if camps == 4:
        half = rng.permutation(statements) < statements // 2
        profiles = np.array([np.where(half, i, j) for i in (1, -1) for j in (1, -1)]) * profiles[0]
    votes = np.where(rng.random((people, statements)) < faithful, profiles[camp], -profiles[camp])
    votes[rng.random(votes.shape) < missing] = UNSEEN
    return room(votes), camp


def same_partition(first: np.ndarray, second: np.ndarray) -> float:
    """Adjusted Rand index."""
    table = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(table, (first, second), 1)
    pairs = [float((counts * (counts - 1) / 2).sum()) for counts in (table, table.sum(1), table.sum(0))]
    expected = pairs[1] * pairs[2] / (len(first) * (len(first) - 1) / 2)
    return (pairs[0] - expected) / ((pairs[1] + pairs[2]) / 2 - expected)


def differences(ballots: Ballots, told: dict[str, Any]) -> tuple[float, float, float]:
    """Largest differences: figures and lists given the peer's groups (infinite when a list or its order differs), points from the peer's,
    points from an exact decomposition (LAPACK's SVD of the filled matrix)."""
    names = sorted(set(told["groups"].values()))
    done = analyse(ballots, groups=[(str(g), [int(i) for i, of in told["groups"].items() if of == g]) for g in names])
    gaps = [abs(value - told["aware"][name[1:]]) for name, value in zip(ballots.statements, done.group_aware, strict=True)]
    lists: list[tuple[list[Any], list[Any]]] = [([[int(ballots.statements[a.statement][1:]), a.p, a.z] for a in done.agree], told["agree"])]
    for group in done.groups:
        ours = [
            [int(ballots.statements[r.statement][1:]), "agree" if r.agrees else "disagree", r.repness, r.z] for r in group.representative
        ]
        lists.append((ours, told["representative"][group.id]))
    for ours, theirs in lists:
        if [[v for v in item if not isinstance(v, float)] for item in ours] != [
            [v for v in item if not isinstance(v, float)] for item in theirs
        ]:
            return float("inf")
        gaps += [
            abs(a - b) for item, other in zip(ours, theirs, strict=True) for a, b in zip(item, other, strict=True) if isinstance(a, float)
        ]
    chart = find_groups(ballots)
    theirs = np.array([told["points"][str(i)] for i in chart.rows])
    votes, seen = ballots.votes[chart.rows].astype(float), ballots.seen[chart.rows]
    centred = np.where(seen, votes - np.where(seen, votes, 0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1), 0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    exact = centred @ axes.T * np.sqrt(votes.shape[1] / seen.sum(axis=1))[:, None]
    return max(gaps), apart(chart.points, theirs), apart(chart.points, exact)


def apart(points: np.ndarray, others: np.ndarray) -> float:
    """Largest distance along an axis, up to its sign."""
    return max(float(min(np.abs(points[:, axis] - sign * others[:, axis]).max() for sign in (1, -1))) for axis in (0, 1))


def against_peer(folder: Path) -> str:
    python = os.environ.get("BENCH_PEER_PYTHON", sys.executable)
    lines = []
    for people, statements in SHAPES:
        ballots, _ = planted(np.random.default_rng(people), people, statements, 3, 0.8, 0.75)
        path = folder / f"{people}.csv"
        path.write_bytes(files.write_votes(ballots))
        ours, peer = measured(sys.executable, "-c", OURS, str(path)), measured(python, "-c", PEER, str(path))
        own = f"{ours.cpu:.1f} s, {ours.megabytes:.0f} MB"
        if ours.output is None:
            raise RuntimeError("our own run failed")
        if peer.output is None:
            lines.append(f"| {people} × {statements} | {own} | peer not installed | | | | | |")
            continue
        gaps = " | ".join(f"{gap:.0e}" for gap in differences(ballots, json.loads(peer.output)))
        ratios = f"{ours.cpu / peer.cpu:.2f} | {ours.megabytes / peer.megabytes:.2f}"
        lines.append(f"| {people} × {statements} | {own} | {peer.cpu:.1f} s, {peer.megabytes:.0f} MB | {ratios} | {gaps} |")
    return "\n".join(lines)


def shown_in_noise(smallest: int, largest: int, seed: int) -> int:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(smallest, largest + 1, size=ROOMS)
    return sum(analyse(noise(rng, int(size), 20), seed=i).groups_shown for i, size in enumerate(sizes))


def camps_found() -> str:
    lines = []
    for camps in (2, 3, 4):
        cells = []
        for missing in (0.15, 0.4, 0.6):
            scores = []
            for seed in range(10):
                ballots, camp = planted(np.random.default_rng(seed), 160, 80, camps, missing, 0.9)
                chart = find_groups(ballots, seed=seed)
                scores.append(same_partition(camp[chart.rows], chart.clustering.labels) if chart.clustering else 0.0)
            cells.append(f"{np.mean(scores):.3f} ({min(scores):.3f})")
        lines.append(f"| {camps} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def power() -> str:
    """Rooms of 100 with two camps, out of 20: how many are shown."""
    cells = []
    for faithful in (0.7, 0.8, 0.9):
        shown = sum(analyse(planted(np.random.default_rng(s), 100, 20, 2, 0.0, faithful)[0], seed=s).groups_shown for s in range(20))
        cells.append(f"{shown} of 20 at {faithful:.0%}")
    return ", ".join(cells)


def scale(folder: Path) -> tuple[Run, Run]:
    runs = []
    for people in (500, 5000):
        ballots, _ = planted(np.random.default_rng(people), people, 300, 3, 0.85, 0.8)
        path = folder / f"scale-{people}.csv"
        path.write_bytes(files.write_votes(ballots))
        runs.append(measured(sys.executable, "-m", "yole", "debates", "analyse", str(path), "--json"))
        answer = json.loads(runs[-1].output or "{}")
        if not answer.get("groups_shown"):
            raise RuntimeError("the planted camps were not shown: the test stopped early and the time means nothing")
    return runs[0], runs[1]


def run() -> str:
    """The section of the report, in Markdown."""
    with tempfile.TemporaryDirectory() as name:
        table = against_peer(Path(name))
        small, large = scale(Path(name))
    return f"""## debates: what the room thinks

Invented rooms with three camps, 80 % of the cells empty. Reading, map, groups and figures, each program in its own process, start-up included,
without the permutation test (red-dwarf has none). Largest differences: figures and lists given red-dwarf's groups; points of the map, up to the sign
of an axis, from red-dwarf's (scikit-learn approximates the components of large matrices) and from an exact decomposition.

| people × statements | Yole (processor time, memory) | red-dwarf 0.4.0 | time, ratio | memory, ratio | figures | points, red-dwarf | points, exact |
|---|---|---|---|---|---|---|---|
{table}

Targets: at most half of its time and memory, figures within 1e-6.

With the permutation test (99 shuffles, all run), 5,000 people × 300 statements filled at 15 %: {large.seconds:.1f} s, {large.cpu:.1f} s of processor
(target: 20 s), {large.megabytes:.0f} MB. Ten times the people cost {large.cpu / small.cpu:.1f} times the processor time of 500 (target: at most 12).

Rooms without any structure in which groups were shown (target: at most 5 of {ROOMS}): {shown_in_noise(30, 30, 1)} of {ROOMS} rooms of 30,
{shown_in_noise(60, 150, 2)} of {ROOMS} rooms of 60 to 150.

Rooms of 100 people and 20 statements with two camps that are shown, by how faithful people are to their camp: {power()}.

Planted camps found, 160 people × 80 statements, adjusted Rand index over 10 rooms, mean (least); target 0.95:

| camps | 15 % missing | 40 % | 60 % |
|---|---|---|---|
{camps_found()}
"""


if __name__ == "__main__":
    print(run())
