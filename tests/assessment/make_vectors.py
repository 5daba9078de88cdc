"""Writes `vectors.json`: what the Python engine finds on the shipped bank, for engine.js to find the same.

Run: python -m tests.assessment.make_vectors
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from yole.assessment.bank import load_bank
from yole.assessment.engine import areas, cat
from yole.assessment.engine.model import EDGE, MISSING

VECTORS = Path(__file__).with_name("vectors.json")
RULES = cat.Rules(easy_start=True, among=1)
STOP = cat.StopRules()
ITEMS = 80
CUTS = (-1.0, 0.0, 1.0)


def vectors() -> dict[str, Any]:
    """{"pack": as /diagnostic/hors-ligne/questions.json, without words; "runs": per person, per step: next, posterior, levels, stop}."""
    bank = load_bank().engine()
    bank = bank.take(np.arange(0, len(bank.ids), max(1, len(bank.ids) // ITEMS))[:ITEMS])
    tables = cat.Tables(bank, longest=20)
    draw = np.random.default_rng(20261122)
    shown = draw.integers(0, 60, ITEMS)
    correlation = areas.even_correlation(5)
    assert bank.area is not None
    pack = {
        "nodes": len(tables.grid), "edge": EDGE, "sessions": 100, "level_weights": tables.level_weights(CUTS).tolist(), "cuts": CUTS,
        "areas": list("12345"), "correlation": correlation.tolist(),
        "rules": {"min_items": 8, "max_items": 20, "certainty": 0.8, "se": 0.3, "cap": 0.3, "among": 1, "shown_from": 3},
        "items": [
            {"a": float(bank.a[at]), "b": float(bank.b[at]), "area": int(bank.area[at]), "shown": int(shown[at]), "bars": [],
             "right": ["a"]}
            for at in range(ITEMS)
        ],
    }  # fmt: skip
    runs = []
    for theta in (-2.2, -1.0, -0.1, 0.6, 1.7):
        session = cat.Session.start(tables)
        row = np.full((1, ITEMS), MISSING, dtype=np.int8)
        steps = []
        while (reason := cat.why_stop(session, STOP)) is None:
            item = cat.next_item(session, RULES, draw, shown=shown, sessions=100, barred=np.zeros(ITEMS, dtype=bool), length=20)
            assert item is not None
            right = bool(draw.random() < tables.p[item] @ np.eye(len(tables.grid))[cat.nearest_nodes(tables, np.array([theta]))[0]])
            session.answer(item, right=right)
            row[0, item] = int(right)
            mean, sd = session.estimate()
            steps.append({"next": item, "right": right, "theta": mean, "se": sd, "levels": session.levels(CUTS).tolist()})
        profile = areas.profiles(bank, row, correlation)
        runs.append(
            {"steps": steps, "stop": reason, "posterior": session.posterior.tolist(), "area_theta": profile.theta[0].tolist(),
             "area_se": profile.se[0].tolist()}
        )  # fmt: skip
    return {"pack": pack, "runs": runs}


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), separators=(",", ":")) + "\n", encoding="utf-8")
