"""Fills the expected verdicts and amounts of tests/rights/situations_own.json with the full graph of the rules.

The situations are written by hand in that file; what is expected of them is never: it is computed here, once per version of the rules,
without any of the cuts that the engine makes to go fast. To run again after a change of version: python tools/rights_situations.py
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "tests" / "rights" / "situations_own.json"
ABOUT = (
    "Situations of our own, invented. The expected amounts (EUR per month, or per year for the benefits that the catalogue counts by year;"
    " 0 means no) are computed by tools/rights_situations.py on the full graph of OpenFisca-France, without overrides: they test that the"
    " cut graph and the mapping of answers change nothing, not that an office would pay them. CSS: 1 for a cover, free or not."
)


def main() -> None:
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yole.config.settings")
    from yole.rights import openfisca
    from yole.rights.catalog import benefits
    from yole.rights.engine.cohort import stack
    from yole.rights.engine.completions import design
    from yole.rights.evaluation import read_priors
    from yole.rights.situation import parse

    kept: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
    households = [parse(each["situation"]) for each in kept["situations"]]
    for each, household in zip(kept["situations"], households, strict=True):
        if unknown := household.unknown():
            raise SystemExit(f"{each['id']}: not complete, {', '.join(unknown)} missing")
    [month] = {household.month for household in households}
    priors = read_priors()
    cohort = stack([design(household, priors).rows.cohort() for household in households])
    outcomes = openfisca.Rules().compute(cohort, month, full=True)
    for index, each in enumerate(kept["situations"]):
        each["expected"] = {name: float(outcomes.amounts[name][index]) for name in benefits()}
    head = {"about": ABOUT, **openfisca.versions()}
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in kept["situations"])
    text = json.dumps(head, ensure_ascii=False, indent=1).rstrip("\n}") + f',\n "situations": [\n{lines}\n]\n}}\n'
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(
        f"{len(households)} situations, {sum(amount > 0 for each in kept['situations'] for amount in each['expected'].values())} rights\n"
    )


if __name__ == "__main__":
    main()
