"""`yole advisers match` at the size of 2021 and at twice its candidates, and against `matching` in the same run on small problems.

`matching` is a peer for this file alone; where it is not installed the report says so. `BENCH_PEER_PYTHON` may name the Python of
another environment that has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from yole.advisers import files
from yole.advisers.engine.match import match
from yole.advisers.engine.match_pairs import possible_pairs
from yole.advisers.engine.timetable import Adviser, Cohort, Room, Slot, Timetable
from yole.advisers.engine.timetable_check import faults
from yole.advisers.engine.timetable_solve import solve

PEER = """
import json, sys, time
from matching.games import HospitalResident
told = json.load(open(sys.argv[1]))
sys.setrecursionlimit(100000)
start = time.process_time()
game = HospitalResident.create_from_dictionaries(told["residents"], told["hospitals"], told["capacities"])
solved = game.solve(optimal="resident")
print(json.dumps({"seconds": time.process_time() - start,
    "matches": {str(resident): str(hospital) for hospital, residents in solved.items() for resident in residents}}))
"""
SIZES = ((20_000, 4_000), (40_000, 4_000))
TIMETABLE_SECONDS = 30.0
SMALL = ((60, 20), (300, 60), (1_000, 200))


def write(folder: Path, people: int, posts: int, *, everywhere: bool = False) -> tuple[Path, Path]:
    """Invented towns over the metropole; 3 % search everywhere, or all of them."""
    rng = np.random.default_rng(people)
    map_of = np.random.default_rng(1)  # the same towns at every size
    towns = np.column_stack([map_of.uniform(43.5, 49.5, 300), map_of.uniform(-1.0, 6.5, 300)])
    weight = map_of.pareto(1.2, 300) + 0.05
    candidates, offers = folder / f"c{people}.csv", folder / f"p{posts}.csv"
    for path, count in ((candidates, people), (offers, posts)):
        points = towns[rng.choice(300, count, p=weight / weight.sum())] + rng.normal(size=(count, 2)) * 0.15
        with path.open("w") as out:
            if path == candidates:
                out.write("id,lat,lon,max_distance_km,available_from,experience,skills\n")
                reach = rng.choice([5, 10, 15, 20, 40, 100, 2000], count, p=[0.15, 0.2, 0.17, 0.2, 0.15, 0.1, 0.03])
                reach = np.full(count, 2000) if everywhere else reach
                for i, (lat, lon) in enumerate(points):
                    month, years, skill = rng.integers(1, 13), rng.integers(0, 6), rng.choice(["", "pix"])
                    out.write(f"c{i:06d},{lat:.5f},{lon:.5f},{reach[i]},2026-{month:02d}-01,{years},{skill}\n")
            else:
                out.write("id,lat,lon,starts_on,places,skills\n")
                for i, (lat, lon) in enumerate(points):
                    month, places, skill = rng.integers(1, 13), rng.integers(1, 4), rng.choice(["", "", "pix"])
                    out.write(f"p{i:05d},{lat:.5f},{lon:.5f},2026-{month:02d}-15,{places},{skill}\n")
    return candidates, offers


def whole_run(folder: Path, people: int, posts: int, *, everywhere: bool = False) -> str:
    candidates, offers = write(folder, people, posts, everywhere=everywhere)
    report = folder / "report.json"
    start = time.monotonic()
    command = [sys.executable, "-m", "yole", "advisers", "match", str(candidates), str(offers), "-o", str(folder / "m.csv")]
    process = subprocess.Popen([*command, "--report", str(report)], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError("the run did not end well")
    told = json.loads(report.read_text())
    old = told["baseline"]
    return (
        f"| {people:,} × {posts:,}{', all searching everywhere' if everywhere else ''} | {seconds:.1f} s | {usage.ru_utime + usage.ru_stime:.1f} s | {usage.ru_maxrss / 1024:.0f} MB | "
        f"{told['matched']:,} of {told['places']:,} | {told['blocking_pairs']} | {old['matched']:,} | {old['blocking_pairs']:,} |"
    )


def against_peer(folder: Path, people: int, posts: int) -> str:
    candidates, offers = write(folder, people, posts)
    problem = files.read_problem(candidates, offers)
    start = time.process_time()
    pairs = possible_pairs(problem)
    ours = match(problem, pairs)
    own = time.process_time() - start
    owner = pairs.owners()
    ids, names = problem.candidates.ids, problem.posts.ids
    order = np.lexsort((pairs.post, pairs.metres, owner))
    residents: dict[str, list[str]] = {}
    for at in order.tolist():
        residents.setdefault(ids[owner[at]], []).append(names[int(pairs.post[at])])
    hospitals: dict[str, list[str]] = {}
    for at in np.lexsort((owner, pairs.metres, -problem.candidates.experience[owner], pairs.post)).tolist():
        hospitals.setdefault(names[int(pairs.post[at])], []).append(ids[owner[at]])
    capacities = {name: int(problem.posts.places[names.index(name)]) for name in hospitals}
    game = folder / "game.json"
    game.write_text(json.dumps({"residents": residents, "hospitals": hospitals, "capacities": capacities}))
    python = os.environ.get("BENCH_PEER_PYTHON", sys.executable)
    peer = subprocess.run([python, "-W", "ignore", "-c", PEER, str(game)], capture_output=True, text=True, check=False)
    if peer.returncode != 0:
        return f"| {people:,} × {posts:,} | {own:.3f} s | peer not installed | |"
    told = json.loads(peer.stdout)
    mine = {ids[c]: names[p] for c, p in enumerate(ours.placed.tolist()) if p >= 0}
    return f"| {people:,} × {posts:,} | {own:.3f} s | {told['seconds']:.3f} s | {'yes' if mine == told['matches'] else 'NO'} |"


def timetable(cohorts: int, advisers: int, rooms: int) -> str:
    """One week of invented cohorts, three workshops each on different days; days preferred by two thirds of them; three sites."""
    rng = np.random.default_rng(0)
    themes = ["mail", "impots", "photo", "securite", "sante", "papiers"]
    monday = date(2026, 11, 30)
    slots = [
        Slot(f"d{day}h{hour}", monday + timedelta(days=day), hour * 60, hour * 60 + 120) for day in range(5) for hour in (8, 10, 14, 16)
    ]
    wish = Timetable(
        slots,
        [Room(f"r{i}", int(rng.integers(8, 20)) if i else 20, f"site{i % 3}") for i in range(rooms)],
        [
            Adviser(
                f"a{i}", frozenset(rng.choice(themes, 4, replace=False).tolist()), frozenset(s.id for s in slots if rng.random() < 0.85), 26
            )
            for i in range(advisers)
        ],
        [
            Cohort(
                f"c{i}",
                int(rng.integers(5, 15)),
                tuple(rng.choice(themes, 3).tolist()),
                days=frozenset((rng.choice(5, 3, replace=False) + 1).tolist()) if i % 3 else frozenset(),
            )
            for i in range(cohorts)
        ],
        {(f"site{a}", f"site{b}"): 30 for a in range(3) for b in range(3) if a != b},
    )
    start, spent = time.monotonic(), time.process_time()
    answer = solve(wish, seconds_left=lambda: TIMETABLE_SECONDS - (time.monotonic() - start))
    wrong = faults(wish, answer.meetings)
    return (
        f"| {cohorts} / {rooms} / {advisers} | {answer.status} | {len(answer.meetings)} of {3 * cohorts} | {len(wrong)} | {answer.penalty} | "
        f"{answer.bound} | {time.monotonic() - start:.1f} s | {time.process_time() - spent:.1f} s |"
    )


def run() -> str:
    """The section of the report, in Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = "\n".join([*(whole_run(folder, *size) for size in SIZES), whole_run(folder, *SIZES[0], everywhere=True)])
        small = "\n".join(against_peer(folder, *size) for size in SMALL)
    weeks = "\n".join(timetable(*size) for size in ((10, 4, 3), (40, 14, 10), (40, 10, 14)))
    return f"""## advisers: candidates and posts

Invented candidates and posts over the metropole, 3 % of the candidates search everywhere. The command whole: start-up, reading, matching, check by
separate code, reasons, the nearest-three rule on the same data, one more kilometre and one more week. Targets: 0 blocking pairs, 10 s, 2 GB, and
at most 2.2 times the time for twice the candidates. Everybody searching everywhere is the worst case: some 36 million possible pairs.

| candidates × posts | wall | processor | memory | placed | blocking pairs | nearest-three: placed | its blocking pairs |
|---|---|---|---|---|---|---|---|
{large}

The matching alone against `matching` 1.4.3 (its recursion limit raised), processor time, preferences already built for it:

| candidates × posts | Yole | matching | same matching |
|---|---|---|---|
{small}

Timetables of one week, three workshops a cohort on different days, {TIMETABLE_SECONDS:.0f} s at most; clashes counted by separate code. The bound is proven.

| cohorts / rooms / advisers | result | workshops placed | rules broken | penalty | bound | clock | processor |
|---|---|---|---|---|---|---|---|
{weeks}
"""


if __name__ == "__main__":
    print(run())
