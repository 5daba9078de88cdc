"""A list is computed by blocks: what a block says of a household is what is said of it alone, whatever stands beside it."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from typing import Any

from tests.rights.conftest import TODAY

HEAD = (
    "household", "date", "commune", "couple", "children_count", "children_birth_dates", "applicant_birth_date", "applicant_activity",
    "applicant_wage", "applicant_pension", "partner_birth_date", "partner_activity", "partner_wage", "housing_status", "rent",
    "other_situations",
)  # fmt: skip
ROWS = (
    ("a", "2026-11", "97209", 0, 0, "", "1991-04-12", "inactive", "", "", "", "", "", "loge_gratuitement", "", "none"),
    ("b", "2026-10", "97213", 0, 2, "2017-03-02 2021-05-06", "1990-01-01", "employed", 950, "", "", "", "", "locataire_hlm", 470, "none"),
    ("c", "2026-11", "97209", 0, 0, "", "1991-04-12", "employed", "", "", "", "", "", "locataire_hlm", "", "none"),
    ("d", "2026-11", "44109", 1, 1, "2024-03-02", "1990-01-01", "employed", 1450, "", "1991-01-01", "inactive", "", "locataire_vide", 600,
     "none"),
    ("e", "2026-11", "97209", 0, 0, "", "1950-01-01", "retired", "", 650, "", "", "", "proprietaire", "", "none"),
    ("f", "2026-11", "97209", 0, 0, "", "1980-01-01", "inactive", "", "", "", "", "", "loge_gratuitement", "", "self_employed"),
)  # fmt: skip


def text_of(rows: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *rows])
    return out.getvalue()


def screened(engine: Any, rows: Any) -> list[list[Any]]:
    from yole.rights import batch

    return [row for block in batch.screen(engine, batch.lines(io.StringIO(text_of(rows)), "essai", today=TODAY), TODAY) for row in block]


def test_results_come_in_the_order_of_the_list_and_do_not_depend_on_the_others(engine: Any) -> None:
    together = screened(engine, ROWS)
    assert list(dict.fromkeys(row[0] for row in together)) == ["a", "b", "c", "d", "e", "f"]
    complete = [row for row in ROWS if row[0] not in ("c", "f")]
    alone = [line for row in complete for line in screened(engine, [row])]
    assert alone == [line for line in together if line[0] not in ("c", "f")]
    backwards = screened(engine, complete[::-1])
    assert sorted(map(repr, backwards)) == sorted(map(repr, alone))


def test_a_block_says_what_an_evaluation_says(engine: Any) -> None:
    from yole.rights import batch

    found = {(line[0], line[1]): line for line in screened(engine, ROWS)}
    assert found["a", "rsa"][2:8] == ["yes", 1.0, 573.49, 573.49, 573.49, "month"]
    assert found["c", "rsa"][2] == found["c", "ppa"][2] == "undetermined"
    assert found["f", "rsa"][2:4] == ["undetermined", 0.5]
    for line in batch.lines(io.StringIO(text_of(ROWS)), "essai", today=TODAY):
        if line.known.unknown() or line.household == "f":
            continue
        [expected] = engine.evaluate([line.known], TODAY, explained=False)
        for one in expected["benefits"]:
            row = found[line.household, one["id"]]
            assert row[2] == one["verdict"]
            if one["amount"] is not None:
                assert row[4:7] == [one["amount"][name] for name in ("low", "likely", "high")]


def test_the_seed_gives_the_same_completions_in_every_process() -> None:
    """Names of fields in a set come in another order in each process: draws must not follow it."""
    script = (
        "from yole.rights.engine import completions as c; from yole.rights.engine.household import Household\n"
        "from yole.rights import evaluation as e\n"
        "rows = c.design(Household('2026-11', {}), e.read_priors(), draws=16, corners=0).rows\n"
        "print([(name, rows.values[name].tolist()) for name in sorted(rows.values) if name != 'children_birth_dates'])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
