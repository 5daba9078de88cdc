"""Rights: speed, memory, cut graph against full graph, and how many questions a dialogue takes. Peers, in the same run and on the same rules:
the full graph, and the computation of OpenFisca's official web API (its handler, called without the network)."""

from __future__ import annotations

import csv
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

TODAY = date(2026, 11, 22)
MONTH = "2026-11"
Timing = tuple[float, float]  # seconds on the clock, seconds of processor


def timed(run: Callable[[], Any]) -> Timing:
    start, used = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - used


def quantiles(timings: list[Timing]) -> str:
    """« p50 0.81 (processor 0.62), p95 1.20 (0.95) »."""

    def at(share: float, values: list[float]) -> float:
        ordered = sorted(values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    clock, used = [one[0] for one in timings], [one[1] for one in timings]
    halves = statistics.median(clock), statistics.median(used)
    return f"p50 {halves[0]:.2f} (processor {halves[1]:.2f}), p95 {at(0.95, clock):.2f} ({at(0.95, used):.2f})"


def half(timings: list[Timing]) -> float:
    return statistics.median(one[1] for one in timings)


def households(number: int, first: int = 0) -> list[Any]:
    """Invented households without unknowns."""
    from tests.rights.rights_worlds import random_situation

    from yole.rights import situation

    found, seed = [], first
    while len(found) < number:
        parsed = situation.parse(random_situation(seed), today=TODAY)
        seed += 1
        if not parsed.unknown():
            found.append(parsed)
    return found


def write_list(path: Path, rows: int) -> None:
    """A caseload as `yole rights screen` reads it: invented households under pseudonyms, the same 2,000 again and again."""
    from tests.rights.rights_worlds import random_situation

    from yole.rights import batch

    known = [_cells(random_situation(seed), batch.COLUMNS) for seed in range(2_000)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, batch.COLUMNS)
        writer.writeheader()
        for number in range(rows):
            writer.writerow({**known[number % len(known)], "household": f"m{number}"})


def _cells(situation: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    flat = {"date": situation["date"], "commune": situation.get("commune", ""), **situation["answers"]}
    for person in situation["persons"]:
        flat |= {f"{person['role']}_{name}": value for name, value in person.items() if person["role"] != "child"}
    births = [person["birth_date"] for person in situation["persons"] if person["role"] == "child" and "birth_date" in person]
    flat["children_birth_dates"] = " ".join(births)
    for name in ("other_situations", "received"):
        if name in flat:
            flat[name] = " ".join(flat[name]) or "none"
    return {name: int(flat[name]) if isinstance(flat[name], bool) else flat[name] for name in columns if name in flat}


def screened(rows: int, folder: Path) -> tuple[Timing, float]:
    """(time, peak of memory in MB of every command so far) of the whole command on a list."""
    write_list(folder / "list.csv", rows)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [sys.executable, "-m", "yole", "rights", "screen", str(folder / "list.csv"), "-o", str(folder / "results.csv")]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, cwd=ROOT / "src")
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (clock, used), after.ru_maxrss / 1024


def web_request(rules: Any, cohort: Any) -> dict[str, Any]:
    """One household as the official web API wants it: every input at every month, every benefit asked."""
    from yole.rights import openfisca

    months = [str(month) for month in openfisca._months(int(MONTH[:4]) - openfisca.YEARS_BACK, MONTH)]
    names = [f"p{number}" for number in range(len(cohort.role))]
    people: dict[str, dict[str, Any]] = {name: {} for name in names}
    groups: dict[str, dict[str, Any]] = {"famille": {}, "foyer_fiscal": {}, "menage": {}}
    for variable, values in openfisca._inputs_of(cohort).items():
        entity = rules.system.variables[variable].entity.key
        for place, value in enumerate(values.tolist()):
            target = people[names[place]] if entity == "individu" else groups[entity]
            target[variable] = dict.fromkeys(months, value)
    for name, born in zip(names, cohort.birth.tolist(), strict=True):
        people[name]["date_naissance"] = {"ETERNITY": born.isoformat()}
    for variable in (*openfisca.INDIVIDUAL, *openfisca.FAMILY, *openfisca.YEARLY, *openfisca._CSS):
        entity = rules.system.variables[variable].entity.key
        asked = {MONTH[:4] if variable in openfisca.YEARLY else MONTH: None}
        for target in people.values() if entity == "individu" else [groups[entity]]:
            target[variable] = asked
    parted = {role: [name for name, one in zip(names, cohort.role.tolist(), strict=True) if one == role] for role in range(3)}
    adults, children = parted[0] + parted[1], parted[2]
    groups["famille"] |= {"parents": adults, "enfants": children}
    groups["foyer_fiscal"] |= {"declarants": adults, "personnes_a_charge": children}
    groups["menage"] |= {"personne_de_reference": parted[0], "conjoint": parted[1], "enfants": children}
    plural = {"famille": "familles", "foyer_fiscal": "foyers_fiscaux", "menage": "menages"}
    return {"individus": people, **{plural[key]: {"g": group} for key, group in groups.items()}}


def official(rules: Any, cohorts: list[Any]) -> list[Timing]:
    """Times of the handler of the official web API; empty when it is not installed."""
    try:
        from openfisca_web_api import handlers
    except ImportError:
        return []
    requests = [web_request(rules, cohort) for cohort in cohorts]
    handlers.calculate(rules.system, requests[0])
    return [timed(lambda each=each: handlers.calculate(rules.system, each)) for each in requests]


def dialogues(engine: Any, number: int) -> dict[str, Any]:
    """Whole dialogues from nothing, one step of all of them at a time; verdicts at the end against those of the truth."""
    from yole.rights import situation
    from yole.rights.evaluation import answered

    start = situation.parse({"date": MONTH}, today=TODAY)
    truths = households(number, 90_000)
    known, asked = [start] * number, [0] * number
    found: list[Any] = [None] * number
    open_ones = list(range(number))
    while open_ones:
        following = []
        for index, each in zip(open_ones, engine.assess([known[index] for index in open_ones], explained=False), strict=True):
            question = engine.question_of(each, TODAY)["question"]
            if question is None:
                found[index] = each.found
                continue
            asked[index] += 1
            known[index] = answered(known[index], question["field"], truths[index])
            following.append(index)
        open_ones = following
    expected = [each.found for each in engine.assess(truths, explained=False)]
    wrong = sum(mine[name].verdict != verdict.verdict for mine, true in zip(found, expected, strict=True) for name, verdict in true.items())
    counts: dict[str, list[int]] = {"all": asked, "single, no child": [], "couple with children": [], "other": []}
    for truth, count in zip(truths, asked, strict=True):
        couple, children = truth.known["couple"], truth.known["children_count"] > 0
        kind = "couple with children" if couple and children else "single, no child" if not couple and not children else "other"
        counts[kind].append(count)
    report: dict[str, Any] = {
        f"questions, {kind}": f"median {statistics.median(each):g}, most {max(each)} ({len(each)} dialogues)"
        for kind, each in counts.items()
        if each
    }
    return report | {"verdicts of the dialogues that differ from the truth": wrong}


def measured(rows: tuple[int, ...] = (10_000, 100_000), differential: int = 1_000, played: int = 24) -> dict[str, Any]:
    """Every figure of the section, by its label. Seconds on the clock, then of processor."""
    from yole.rights import situation
    from yole.rights.engine.cohort import stack
    from yole.rights.engine.completions import design
    from yole.rights.evaluation import Engine

    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in rows:
            timing, peak = screened(count, Path(folder))
            report[f"`yole rights screen`, {count:,} households, s"] = (
                f"{timing[0]:.1f} (processor {timing[1]:.1f}), start-up included ; peak {peak:.0f} MB"
            )
    engine = Engine()
    clock, used = timed(lambda: engine.warm(MONTH))
    report["start-up, s"] = f"{clock:.1f} (processor {used:.1f})"
    some = households(20)
    engine.evaluate(some[:1], TODAY)
    evaluations = [timed(lambda each=each: engine.evaluate([each], TODAY)) for each in some]
    report["evaluation with its explanations, warm, s"] = quantiles(evaluations)
    start = situation.parse({"date": MONTH}, today=TODAY)
    engine.next_question(start, TODAY)
    report["next question from nothing, s"] = quantiles([timed(lambda: engine.next_question(start, TODAY)) for _ in range(10)])

    cohorts = [design(each, engine.priors).rows.cohort() for each in some[:5]]
    engine.rules.compute(cohorts[0], MONTH, full=True)
    full = [timed(lambda each=each: engine.rules.compute(each, MONTH, full=True)) for each in cohorts]
    cut = [timed(lambda each=each: engine.rules.compute(each, MONTH)) for each in cohorts]
    report["one household, cut graph, s"] = quantiles(cut)
    report["one household, full graph (peer), s"] = quantiles(full)
    web = official(engine.rules, cohorts)
    report["one household, official web API without the network (peer), s"] = quantiles(web) if web else "not installed"
    ratios = f"full {half(full) / half(cut):.1f} times the cut one"
    report["ratio, processor"] = ratios + (f", official web API {half(web) / half(cut):.1f} times" if web else "")

    compared = stack([design(each, engine.priors).rows.cohort() for each in households(differential, 50_000)])
    short, whole = engine.rules.compute(compared, MONTH), engine.rules.compute(compared, MONTH, full=True)
    differences = sum(int((abs(values - whole.amounts[name]) > 0.005).sum()) for name, values in short.amounts.items())
    report["differences of the cut graph from the full one"] = (
        f"{differences} on {compared.households:,} households × {len(short.amounts)} benefits"
    )
    return report | dialogues(engine, played)


def run() -> str:
    """The section of the report, in Markdown."""
    lines = "\n".join(f"| {label} | {value} |" for label, value in measured().items())
    return f"""## rights: what may be due, and the next question

Invented households of Martinique and elsewhere, November 2026. A dialogue begins with nothing known. Peers on the same rules and machine: the
full graph of openfisca-france 176.1.8 under the same adapter, and the handler of its official web API, to which the network would add. Targets:
10,000 households in 15 s under 600 MB, and the same memory for 100,000; evaluation and next question p50 under 1.5 s, p95 under 2.5 s; 0 difference
on 1,000 households; median of questions at most 10, 10 for a single person, 13 for a couple with children.

| what | figure |
|---|---|
{lines}
"""


if __name__ == "__main__":
    print(run())
