"""The diagnosis without a network: the page's engine agrees with ours, what devices send arrives once."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.assessment import banks
from tests.assessment.make_vectors import VECTORS, vectors

STATIC = Path(__file__).parents[2] / "src/yole/assessment/static/assessment"

REPLAY = """
import { readFileSync } from "node:fs";
const engine = await import(process.argv[1]);
const { pack, runs } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const table = engine.tables(pack);
let worst = 0;
const near = (one, other) => { worst = Math.max(worst, Math.abs(one - other)); };
const wrong = [];
for (const [person, run] of runs.entries()) {
  const session = engine.start(pack, table);
  const answers = [];
  for (const [at, step] of run.steps.entries()) {
    if (engine.whyStop(pack, table, session) !== null) wrong.push(`${person}.${at} stopped`);
    const next = engine.nextItem(pack, table, session, new Set(), 0.5);
    if (next !== step.next) wrong.push(`${person}.${at} asks ${next}, not ${step.next}`);
    engine.answer(pack, table, session, step.next, step.right);
    answers.push({ item: step.next, response: step.right ? ["a"] : ["b"] });
    const post = engine.posterior(session);
    const [theta, se] = engine.estimate(table, post);
    near(theta, step.theta);
    near(se, step.se);
    engine.levels(pack, post).forEach((value, k) => near(value, step.levels[k]));
  }
  if (engine.whyStop(pack, table, session) !== run.stop) wrong.push(`${person} stop`);
  engine.posterior(session).forEach((value, k) => near(value, run.posterior[k]));
  engine.areas(pack, answers).forEach((area, k) => { near(area.theta, run.area_theta[k]); near(area.se, run.area_se[k]); });
}
const draws = Array.from({ length: 1000 }, (_, at) => engine.drawn(12345, at));
console.log(JSON.stringify({ worst, wrong, mean: draws.reduce((a, b) => a + b) / 1000, same: engine.drawn(7, 3) === engine.drawn(7, 3) }));
"""


def test_the_vectors_are_those_of_the_engine() -> None:
    kept, made = json.loads(VECTORS.read_text(encoding="utf-8")), json.loads(json.dumps(vectors()))
    assert [[step["next"] for step in run["steps"]] for run in kept["runs"]] == [
        [step["next"] for step in run["steps"]] for run in made["runs"]
    ]
    for old, new in zip(kept["runs"], made["runs"], strict=True):
        np.testing.assert_allclose(old["posterior"], new["posterior"], atol=1e-12)


def test_the_page_computes_what_the_server_computes() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine: the browser test plays the same vectors")
    done = subprocess.run(
        [node, "--input-type=module", "-e", REPLAY, str(STATIC / "engine.js"), str(VECTORS)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["worst"] < 1e-9
    assert 0.45 < found["mean"] < 0.55
    assert found["same"]


def test_the_scripts_stay_light() -> None:
    sizes = [len(gzip.compress((STATIC / name).read_bytes(), mtime=0)) for name in ("engine.js", "offline.js")]
    assert sum(sizes) <= 20 * 1024


@pytest.fixture
def territory(db: None) -> Any:
    from yole.territory.models import Territory

    banks.load()
    return Territory.objects.create(name="Île d’essai", slug="ile-essai", is_default=True, languages=["fr"])


def _sent(package: dict[str, Any], key: str = "0b7e7d0c-5a35-4f0e-9d3c-6f6f6f6f6f61", **more: Any) -> dict[str, Any]:
    answers = [
        {"version": item["version"], "response": item["right"] if at % 2 else [], "seconds": 3}
        for at, item in enumerate(package["items"][:12])
    ]
    return {"uuid": key, "parameters": package["parameters"], "stop": "level", "at": "2026-01-05T10:00:00Z", "answers": answers, **more}


def test_a_device_sends_once_and_the_server_computes_again(client: Any, territory: Any) -> None:
    from yole.assessment.models import Sitting

    assert client.get("/diagnostic/hors-ligne/").status_code == 200
    worker = client.get("/diagnostic/hors-ligne/service.js")
    assert "engine.js" in worker.text
    package = client.get("/diagnostic/hors-ligne/questions.json").json()
    assert len(package["items"]) == 60
    codes = {
        client.post("/diagnostic/hors-ligne/envoi/", json.dumps(_sent(package)), content_type="application/json").json()["code"]
        for _ in range(3)
    }
    assert len(codes) == 1
    made = Sitting.objects.get()
    assert (made.mode, made.state, made.answers.count(), made.supervised) == ("offline", "finished", 12, False)
    assert made.finished_at.year == 2026
    assert made.result.answered == 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"uuid": "x"}, {"answers": []}, {"answers": "x"}, {"answers": [{"version": 999999999, "response": []}]},
        {"answers": [{"version": "1", "response": []}]}, {"answers": [{"version": True, "response": []}]},
        {"answers": [{"version": 1, "response": ["zzz"] * 9}]},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_leaves_nothing(client: Any, territory: Any, wrong: dict[str, Any]) -> None:
    from yole.assessment.models import Sitting

    package = client.get("/diagnostic/hors-ligne/questions.json").json()
    answer = client.post("/diagnostic/hors-ligne/envoi/", json.dumps({**_sent(package), **wrong}), content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert not Sitting.objects.exists()
    assert client.post("/diagnostic/hors-ligne/envoi/", "{", content_type="application/json").status_code == 422
