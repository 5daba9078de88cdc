"""Rights: speed, memory, cut graph against full graph, and how many questions a dialogue takes. Peer: the full graph of OpenFisca-France,
which is what its official web API computes, in the same run."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

TODAY = date(2026, 11, 22)


def timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"p50": round(statistics.median(ordered), 2), "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 2)}


def peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def measured(rows: int = 10_000, differential: int = 1_000, dialogues: int = 40) -> dict[str, Any]:
    """Every figure of the section, by its label."""
    from tests.rights.rights_worlds import random_situation

    from yole.rights import situation
    from yole.rights.engine.cohort import stack
    from yole.rights.engine.completions import design
    from yole.rights.evaluation import Engine

    report: dict[str, Any] = {}
    engine = Engine()
    report["start-up, s"] = round(timed(lambda: engine.warm("2026-11")), 1)

    def households(number: int, first: int = 0) -> list[Any]:
        found, seed = [], first
        while len(found) < number:
            parsed = situation.parse(random_situation(seed), today=TODAY)
            seed += 1
            if not parsed.unknown():
                found.append(parsed)
        return found

    some = households(20)
    engine.evaluate(some[:1], TODAY)
    report["evaluation, warm, s"] = quantiles([timed(lambda each=each: engine.evaluate([each], TODAY)) for each in some])
    start = situation.parse({"date": "2026-11"}, today=TODAY)
    engine.next_question(start, TODAY)
    report["next question from nothing, s"] = quantiles([timed(lambda: engine.next_question(start, TODAY)) for _ in range(10)])
    single = design(some[0], engine.priors).rows.cohort()
    engine.rules.compute(single, "2026-11", full=True)
    report["one household, full graph (peer), s"] = quantiles(
        [timed(lambda: engine.rules.compute(single, "2026-11", full=True)) for _ in range(5)]
    )
    report["one household, cut graph, s"] = quantiles([timed(lambda: engine.rules.compute(single, "2026-11")) for _ in range(5)])

    base = stack([design(each, engine.priors).rows.cohort() for each in households(1_000)])
    many = stack([base] * (rows // 1_000))
    before = peak_mb()
    seconds = timed(lambda: engine.rules.compute(many, "2026-11"))
    report["screen"] = {"households": many.households, "seconds": round(seconds, 1), "peak MB": peak_mb(), "peak MB before": before}

    compared = stack([design(each, engine.priors).rows.cohort() for each in households(differential, 50_000)])
    cut, full = engine.rules.compute(compared, "2026-11"), engine.rules.compute(compared, "2026-11", full=True)
    differences = {name: int((abs(values - full.amounts[name]) > 0.005).sum()) for name, values in cut.amounts.items()}
    report["cut graph against full graph"] = {"households": compared.households, "differences": sum(differences.values())}

    counts: dict[str, list[int]] = {"single": [], "couple with children": [], "other": []}
    wrong = 0
    for truth in households(dialogues, 90_000):
        played = engine.dialogue(start, truth, TODAY)
        couple, children = truth.known["couple"], truth.known["children_count"] > 0
        kind = "couple with children" if couple and children else "single" if not couple and not children else "other"
        counts[kind].append(len(played["asked"]))
        expected = engine.evaluate([truth], TODAY, explained=False)[0]["benefits"]
        wrong += sum(one["verdict"] != other["verdict"] for one, other in zip(played["benefits"], expected, strict=True))
    report["questions"] = {
        kind: {"dialogues": len(each), "median": statistics.median(each), "most": max(each)} for kind, each in counts.items() if each
    }
    report["verdicts of dialogues that differ from the truth"] = wrong
    return report


def run() -> str:
    """The section of the report, in Markdown."""
    lines = "\n".join(f"| {label} | {value} |" for label, value in measured().items())
    return f"""## rights: what may be due, and the next question

Invented households of Martinique and elsewhere, November 2026, one process. A dialogue begins with nothing known. The peer is the full graph of
openfisca-france 176.1.8 under the same adapter; its web API adds the network. Targets: 10,000 households in 15 s under 600 MB; evaluation and next
question p50 under 1.5 s; 0 difference on 1,000 households; at most 10 questions for one person, 13 for a couple with children (median).

| what | figure |
|---|---|
{lines}
"""


if __name__ == "__main__":
    print(run())
