"""Siting: `cover` beside spopt and a plain HiGHS model, `median` beside FasterPAM; every plan verified again by other code.

spopt and kmedoids are peers for this file alone; where they are not installed the report says so. `BENCH_PEER_PYTHON` may name the Python
of another environment that has them. Data that may not be copied is read from the folder beside the checkout.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from scipy.sparse import bmat, eye
from scipy.sparse.csgraph import shortest_path

from yole.deployment import files
from yole.deployment.clock import Clock
from yole.deployment.engine import check
from yole.deployment.engine.cover import cover, fair_cover
from yole.deployment.engine.median import median
from yole.deployment.engine.model import Problem
from yole.deployment.engine.reach import within

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
BRUTE = 500

SPOPT = """
import json, sys, time
import numpy as np, pulp
from spopt.locate import MCLP
data = np.load(sys.argv[1])
start = time.process_time()
model = MCLP.from_cost_matrix(data["distances"], data["weights"], float(data["radius"]), p_facilities=int(data["count"]))
model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=float(sys.argv[2])))
sites = [j for j, v in enumerate(model.fac_vars) if v.value() and v.value() > 0.5]
print(json.dumps({"sites": sites}))
"""

PAM = """
import json, sys, time
import numpy as np, kmedoids
data = np.load(sys.argv[1])
start = time.perf_counter()
best = min((kmedoids.fasterpam(data["distances"], int(data["count"]), random_state=seed) for seed in range(3)), key=lambda r: r.loss)
print(json.dumps({"cost": float(best.loss), "medians": [int(m) for m in best.medoids], "seconds": time.perf_counter() - start}))
"""


def verified(problem: Problem, sites: list[int]) -> float:
    """Weight covered, by the independent checker; raises when a rule is broken."""
    covered, _, broken = check.recompute(problem, sites)
    if broken:
        raise RuntimeError("; ".join(broken))
    return covered


def peer(script: str, arrays: dict[str, Any], *arguments: str, seconds: float = 600) -> tuple[dict[str, Any] | None, float]:
    """What a peer printed (None when it failed or is not installed), and its processor time, solver and start-up included."""
    python = os.environ.get("BENCH_PEER_PYTHON", sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.npz"
        np.savez(path, **arrays)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            done = subprocess.run([python, "-c", script, str(path), *arguments], capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            return None, seconds
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (json.loads(done.stdout) if done.returncode == 0 and done.stdout else None), spent


def plain_highs(problem: Problem, seconds: float) -> tuple[float | None, float, float]:
    """The textbook model given to HiGHS as it is: covered (None without a plan), its bound, processor time."""
    reach = within(problem.sites, problem.points, problem.radius_km)
    m, n = reach.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = m + n, n + 1
    model.col_cost_, model.col_lower_, model.col_upper_ = np.concatenate((np.zeros(m), -problem.weights)), np.zeros(m + n), np.ones(m + n)
    rows = bmat([[-reach.T, eye(n)], [np.ones((1, m)), None]], format="csc")
    model.row_lower_ = np.concatenate((np.full(n, -np.inf), [problem.count]))
    model.row_upper_ = np.concatenate((np.zeros(n), [problem.count]))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * m + [highspy.HighsVarType.kContinuous] * n
    highs = highspy.Highs()
    for name, value in (("output_flag", False), ("time_limit", seconds), ("mip_rel_gap", 0.0), ("threads", 1)):
        highs.setOptionValue(name, value)
    start = time.process_time()
    highs.passModel(model)
    highs.run()
    spent = time.process_time() - start
    values = np.array(highs.getSolution().col_value[:m])
    sites = np.flatnonzero(values > 0.5).tolist() if len(values) else []
    covered = verified(problem, sites) if len(sites) == problem.count else None
    return covered, -float(highs.getInfo().mip_dual_bound), spent


def demand(name: str, count: int, radius: float) -> Problem:
    points = files.read_points(DATA / "deployment" / name)
    return Problem(points.where, points.numbers("population"), points.where, count, radius, np.empty((0, 2)))


def communes(count: int, near: tuple[float, float] | None = None, amount: int = 0) -> Problem:
    """Communes of France, all or the `amount` nearest to a place, weighted by their population."""
    with gzip.open(DATA / "territory" / "communes_fr.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    where = np.array([[float(row["lat"]), float(row["lon"])] for row in rows])
    weights = np.array([float(row["pop"]) for row in rows])
    if near is not None:
        kept = np.argsort(check._kilometres(*near, where), kind="stable")[:amount]
        where, weights = where[kept], weights[kept]
    return Problem(where, weights, where, count, 5.0, np.empty((0, 2)))


def covers() -> str:
    lines = []
    lyon = (45.76, 4.84)
    cases = [
        ("300 points, 12 sites", demand("demand-300.csv", 12, 3.0), 30.0, True),
        ("1,000 points, 60 sites", demand("demand-1000.csv", 60, 5.0), 30.0, True),
        ("1,000 communes, 115 sites", communes(115, lyon, 1000), 30.0, True),
        ("5,000 communes, 573 sites", communes(573, lyon, 5000), 10.0, False),
        ("34,875 communes, 4,000 sites", communes(4000), 46.0, False),
    ]
    for name, problem, limit, with_peers in cases:
        wall, cpu = time.monotonic(), time.process_time()
        plan = cover(problem, Clock(limit))
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        covered = verified(problem, plan.sites)
        gap = (plan.upper_bound - covered) / plan.upper_bound
        cells = [f"{covered:,.0f}", f"{plan.upper_bound:,.0f}", f"{gap:.2%}", f"{wall:.1f} s", f"{cpu:.1f} s"]
        if with_peers:
            value, bound, spent = plain_highs(problem, 60.0)
            cells.append(f"{'–' if value is None else f'{value:,.0f}'} (bound {bound:,.0f}), {spent:.1f} s")
            distances = np.array([check._kilometres(lat, lon, problem.points) for lat, lon in problem.sites]).T
            arrays = {"distances": distances, "weights": problem.weights, "radius": problem.radius_km, "count": problem.count}
            told, spent = peer(SPOPT, arrays, "60")
            theirs = None if told is None or len(told["sites"]) != problem.count else verified(problem, told["sites"])
            cells.append(f"no plan or not installed, {spent:.1f} s" if theirs is None else f"{theirs:,.0f}, {spent:.1f} s")
        else:
            cells += ["–", "–"]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def pmed() -> str:
    folder = DATA / "deployment"
    with (folder / "pmed_optima.csv").open(newline="") as stream:
        optima = {row["file"]: float(row["optimum"]) for row in csv.DictReader(stream)}
    ours, bounds, theirs, seconds, told_seconds = [], [], [], 0.0, 0.0
    for name, optimum in optima.items():
        numbers = [int(word) for word in (folder / name).read_text().split()]
        n, edges, count = numbers[:3]
        graph = np.full((n, n), np.inf)
        for u, v, cost in np.array(numbers[3 : 3 + 3 * edges]).reshape(-1, 3).tolist():
            graph[u - 1, v - 1] = graph[v - 1, u - 1] = cost
        np.fill_diagonal(graph, 0)
        distances = shortest_path(graph, directed=False)
        start = time.monotonic()
        found = median(distances, np.ones(n), count, Clock(30.0))
        seconds += time.monotonic() - start
        cost = float(distances[:, found.medians].min(axis=1).sum())
        if cost != found.cost or len(set(found.medians)) != count or not found.lower_bound <= optimum <= cost:
            raise RuntimeError(f"{name}: the medians do not hold")
        ours.append(cost / optimum - 1)
        bounds.append(1 - found.lower_bound / optimum)
        answer, _ = peer(PAM, {"distances": distances, "count": count})
        if answer is not None:
            theirs.append(float(distances[:, answer["medians"]].min(axis=1).sum()) / optimum - 1)
            told_seconds += answer["seconds"]
    row = f"| Yole | {sum(gap == 0 for gap in ours)} of {len(ours)} | {max(ours):.2%} | {max(bounds):.2%} | {seconds:.1f} s |"
    if not theirs:
        return row + "\n| FasterPAM (kmedoids) | not installed | | | |"
    return (
        row
        + f"\n| FasterPAM (kmedoids), best of 3 | {sum(gap < 1e-9 for gap in theirs)} of {len(theirs)} | {max(theirs):.2%} | none | {told_seconds:.1f} s |"
    )


def brute_force() -> str:
    sys.path.insert(0, str(ROOT))  # the instances are those of the tests
    brute = importlib.import_module("tests.deployment.deployment_brute")
    pace = brute.Minute()
    worse = dishonest = 0
    for seed in range(BRUTE):
        for problem in (brute.instance(seed), brute.instance(seed, capacity=True)):
            plan, top = cover(problem, pace, seed), brute.best(problem)
            worse += verified(problem, plan.sites) < top - 1e-5
            dishonest += plan.upper_bound < top - 1e-6
        problem = brute.instance(seed)
        fair, (rate, _) = fair_cover(problem, pace), brute.fairest(problem)
        verified(problem, fair.cover.sites)
        worse += fair.rate < rate - 1e-6
        dishonest += fair.rate_bound < rate - 1e-9
        distances, weights, count = brute.matrix(seed)
        found, cheapest = median(distances, weights, count, pace, seed), brute.best_median(distances, weights, count)
        worse += found.cost > cheapest + 1e-6
        dishonest += found.lower_bound > cheapest + 1e-6
    return (
        f"{BRUTE} random instances each of cover, cover with capacities, max-min cover and median against every plan: {worse} below the best, "
        f"{dishonest} dishonest bounds, 0 violated constraints (one would stop this report)."
    )


def tours() -> str:
    sys.path.insert(0, str(ROOT))
    brute = importlib.import_module("tests.deployment.deployment_brute_tours")
    told = []
    for pyvrp in (False, True):
        start, below, longer = time.process_time(), 0, 0
        for seed in range(BRUTE):
            problem = brute.instance(seed)
            (prize, driving), (found, drive) = brute.best(problem), brute.found_by(problem, seed, pyvrp=pyvrp)
            below += found < prize
            longer += found == prize and drive > driving + brute.rounding(problem)
        told.append(f"{'with PyVRP' if pyvrp else 'without PyVRP'} {below} below the best prizes, {longer} with a longer way, "
                    f"{time.process_time() - start:.1f} s")  # fmt: skip
    return (
        f"Tours, {BRUTE} random small instances against every plan (days, vehicles, orders, opening hours, groups, second visits), each verified "
        f"by the checker (a fault would stop this report): {'; '.join(told)}."
    )


def run() -> str:
    """The section of the report, in Markdown."""
    if not (DATA / "deployment").is_dir():
        return "## deployment: where to put sites\n\nThe reference data is not beside this checkout: nothing measured.\n"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table = covers()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"""## deployment: where to put sites

Weight covered, proven bound and what separates them; time by the clock and of the processor, reading left out. Peers in the same run, one
thread, 60 s at most, processor time with start-up. Every plan, ours and theirs, counted again by the independent checker.

| instance | covered | bound | gap | clock | processor | plain HiGHS model | spopt 0.7.0 with CBC |
|---|---|---|---|---|---|---|---|
{table}

Targets: nation 64.4 million or more, 0.5 % in 46 s, under 1.5 GB (peak here {peak:.0f} MB, {memory:.0f} MB of it before); 5,000 points 0.3 % in 10 s.

p-median, OR-Library pmed1–20 (target: 16 optimal, none above 0.5 %, 20 s):

| | optimal | worst above the optimum | worst bound below it | time in all |
|---|---|---|---|---|
{pmed()}

{brute_force()}

{tours()}
"""


if __name__ == "__main__":
    print(run())
