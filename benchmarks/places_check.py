"""`yole places check` against frictionless on one file of 25,000 invented dirty rows, in the same run.

frictionless checks the national schema alone; ours adds keys, hours, geography and the search for duplicates.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yole.kernel.tables import write_table
from yole.places.engine import schema
from yole.territory.carried import load_gazetteer

ROWS, PAIRS, DIRTY = 25_000, 80, 0.05
STREETS = ("rue", "avenue", "boulevard", "place", "chemin", "allée")
_WORDS = "Alizé Balata Cocotier Doum Embarcadère Filao Gommier Hibiscus Icaque Jasmin Kapok Lambi Mahogany Nénuphar Oursin Papaye"
WORDS = _WORDS.split()
# A cell that must be told as an error: (column, cell, whether the published schema rejects it too).
DEFECTS = (
    ("telephone", "0596 01 23 77", True),
    ("code_postal", "9723", True),
    ("date_maj", "2026-02-30", True),
    ("latitude", "14,6154", True),
    ("presentation_resume", "é" * 281, True),
    ("frais_a_charge", "Gratis", True),
    ("nom", "", True),
    ("pivot", "43493312300028", False),
    ("horaires", "du lundi au vendredi", False),
    ("frais_a_charge", "junk|Gratuit", False),
)

FRICTIONLESS = """
import json, sys
from frictionless import Resource, Schema, system
with system.use_context(trusted=True):
    report = Resource(path=sys.argv[1], schema=Schema.from_descriptor(json.load(open(sys.argv[2])))).validate(limit_errors=1000000)
print(json.dumps(sorted({n - 1 for (n,) in report.flatten(["rowNumber"]) if n})))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One program on the file: wall seconds, processor seconds, peak megabytes, what it printed."""

    seconds: float
    cpu: float
    megabytes: float
    output: str


def descriptor() -> dict[str, Any]:
    """The Table Schema of the national standard, from the constants of the engine."""
    patterns = {
        "pivot": "^[a-zA-Z0-9]{9,14}$",
        "code_postal": r"^\d{5}$",
        "code_insee": f"^{schema.INSEE_CODE.pattern}$",
        "telephone": f"^{schema.TELEPHONE.pattern}$",
    }
    fields = []
    for name in schema.COLUMNS:
        limits: dict[str, Any] = {"required": True} if name in schema.REQUIRED else {}
        if name == "id":
            limits["unique"] = True
        if name == "presentation_resume":
            limits["maxLength"] = schema.SUMMARY_MAX
        if name in patterns:
            limits["pattern"] = patterns[name]
        if name in schema.ENUMERATIONS:
            values = "|".join(value.replace("(", r"\(").replace(")", r"\)") for value in schema.ENUMERATIONS[name])
            limits["pattern"] = rf"(?:(?:^|\|)({values}))+$"
        kind = {"latitude": "number", "longitude": "number", "date_maj": "date"}.get(name, "string")
        fields.append({"name": name, "type": kind, "constraints": limits})
    return {"fields": fields, "primaryKey": "id"}


def dirty_rows(seed: int = 20261122) -> tuple[list[dict[str, str]], set[int], set[tuple[int, int]]]:
    """Rows, numbers (from 1) of those with a planted error, and the planted pairs of rows that are one place."""
    rng = random.Random(seed)
    gazetteer = load_gazetteer(Path("/nonexistent"))
    codes = [code for code in gazetteer.entries if gazetteer.postcodes(code) and gazetteer.main_name(code)]
    rows: list[dict[str, str]] = []
    for i in range(ROWS - PAIRS):
        code = rng.choice(codes[:6000])
        box = gazetteer.boxes[code[:2]]
        rows.append(
            {
                "id": f"b-{i}",
                "pivot": schema.DUMMY_PIVOT,
                "nom": f"{rng.choice(WORDS)} {rng.choice(WORDS)} {rng.choice(WORDS)} {i % 977}",
                "commune": gazetteer.main_name(code),
                "code_postal": min(gazetteer.postcodes(code)),
                "code_insee": code,
                "adresse": f"{rng.randrange(1, 200)} {rng.choice(STREETS)} du {rng.choice(WORDS)}",
                "latitude": f"{rng.uniform(box.lat_min, box.lat_max):.6f}",
                "longitude": f"{rng.uniform(box.lon_min, box.lon_max):.6f}",
                "telephone": f"+331{rng.randrange(10**8):08}",
                "horaires": f"Mo-Fr 0{rng.randrange(7, 10)}:{rng.randrange(60):02}-12:00; Sa 09:00-{rng.randrange(10, 18)}:00; PH off",
                "presentation_detail": f"Un texte fictif. {' '.join(rng.choices(WORDS, k=30))}",
                "itinerance": "Fixe",
                "date_maj": f"2026-{rng.randrange(1, 11):02}-{rng.randrange(1, 29):02}",
                "services": "|".join(rng.sample(schema.ENUMERATIONS["services"], 3)),
                "frais_a_charge": "Gratuit",
            }
        )
    pairs = set()
    for i, first in enumerate(rng.sample(range(len(rows)), PAIRS)):
        twin = rows[first]
        rows.append(
            {**twin, "id": f"jumeau-{i}", "nom": twin["nom"].upper(), "adresse": twin["adresse"].replace("avenue", "av."), "telephone": ""}
        )
        pairs.add((first + 1, len(rows)))
    twins = {number for pair in pairs for number in pair}
    wrong = set()
    for number in rng.sample(range(1, len(rows) + 1), int(ROWS * DIRTY)):
        if number not in twins:
            column, cell, _ = rng.choice(DEFECTS)
            rows[number - 1][column] = cell
            wrong.add(number)
    return rows, wrong, pairs


def measured(*arguments: str) -> Run:
    """Runs a program and reads its own time and peak memory."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as messages:
        start = time.monotonic()
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        messages.seek(0)
        if process.returncode not in (0, 1):
            raise RuntimeError(messages.read().decode())
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode())


def run() -> str:
    """The section of the report, in Markdown."""
    rows, wrong, pairs = dirty_rows()
    with tempfile.TemporaryDirectory() as folder:
        path, description = Path(folder, "lieux.csv"), Path(folder, "schema.json")
        path.write_bytes(write_table(schema.COLUMNS, ([row.get(column, "") for column in schema.COLUMNS] for row in rows)))
        description.write_text(json.dumps(descriptor()))
        tenth = Path(folder, "dixieme.csv")
        tenth.write_bytes(write_table(schema.COLUMNS, ([row.get(column, "") for column in schema.COLUMNS] for row in rows[: ROWS // 10])))
        small = measured("-m", "yole", "places", "check", str(tenth), "--json")
        ours = measured("-m", "yole", "places", "check", str(path), "--json")
        peer = measured("-c", FRICTIONLESS, str(path), str(description))
    answer = json.loads(ours.output)
    told = {error["row"] for error in answer["errors"]}
    rejected = set(json.loads(peer.output))
    same = {tuple(pair["rows"]) for pair in answer["duplicates"] if pair["score"] >= 0.8}
    return f"""## places: check of a list

{ROWS:,} invented rows, {len(wrong):,} with a planted error, {PAIRS} pairs of rows that are one place.
Each program in its own process, start-up included.

| | `yole places check` | frictionless |
|---|---|---|
| what is checked | schema, keys, hours, geography, duplicates | schema |
| seconds (processor seconds) | {ours.seconds:.1f} ({ours.cpu:.1f}) | {peer.seconds:.1f} ({peer.cpu:.1f}) |
| peak memory | {ours.megabytes:.0f} MB | {peer.megabytes:.0f} MB |
| planted errors found | {len(told & wrong)} of {len(wrong)} | {len(rejected & wrong)} of {len(wrong)} |
| errors on sound rows | {len(told - wrong)} | {len(rejected - wrong)} |
| planted pairs found, others | {len(same & pairs)} of {PAIRS}, {len(same - pairs)} | not searched |

Processor time against frictionless: {ours.cpu / peer.cpu:.2f} (target: at most 5).
Ten times the rows cost {ours.cpu / small.cpu:.1f} times the processor time (target: at most 12).
Rows that frictionless rejects and we do not: {len(rejected - told)} (target: 0).
"""


if __name__ == "__main__":
    print(run())
