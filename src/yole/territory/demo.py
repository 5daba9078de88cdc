"""The demonstration territory: Martinique, its 34 communes, its three groupings, its days off."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from django.db import transaction

from yole.base.registries import Note
from yole.kernel.tables import read_table
from yole.territory import importing, services
from yole.territory.models import Territory
from yole.territory.records import Gathered, read_communes

DATA = Path(__file__).parent / "data"
SOURCE = "Insee et Etalab, faits repris dans martinique_facts.csv"
DATED = "2026"


def load(note: Note) -> None:
    """Makes Martinique the default territory unless one is set up, and gives it its communes. A second run changes nothing."""
    with transaction.atomic():
        if not Territory.objects.select_for_update().filter(is_default=True).exists():
            given = json.loads((DATA / "martinique.json").read_text(encoding="utf-8"))
            Territory.objects.create(is_default=True, **given)
            services.forget_everywhere()
            note("Territoire de démonstration : Martinique.")
        table = read_table(DATA / "martinique_facts.csv")
        communes = {code: replace(record, population_vintage=f"table de {DATED}") for code, record in read_communes(table, SOURCE).items()}
        missing = set(communes) - set(importing.known_codes(communes))
        if not missing:
            return
        done = importing.import_communes(
            Gathered({code: record for code, record in communes.items() if code in missing}, used=[table.name]),
            origin="démonstration : martinique_facts.csv",
            source_date=DATED,
        )
    note(f"Communes de démonstration : {done.created}.")
