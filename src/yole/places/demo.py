"""The demonstration: the 20 France Services of Martinique, as the national list gives them, nothing added."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

from django.db import transaction

from yole.base.registries import Note
from yole.kernel.tables import Table, read_table
from yole.places.importing import import_rows
from yole.places.models import Place, PlaceChange, Stop, StopTime
from yole.territory.carried import load_gazetteer
from yole.territory.models import Territory

TABLE = Path(__file__).parent / "data" / "martinique_places.csv"
# The name and the identifiers that the list bears in the national format: importing it again finds the same places.
SOURCE = "ANCT France Services 2024-08-01"
LISTED_ON = date(2024, 8, 1)
CLOSED_ID, CLOSED_REASON = "fs-1990", "locaux abîmés"
BUS_ID = "fs-3239"
BUS_HOURS = (time(8, 15), time(13, 0))
BUS_STOPS = (
    ("De Briant", "Ancienne école maternelle Les Roses", "Mo"),
    ("Godissard", "Derrière la MJC de Floréal", "We"),
    ("Langellier Bellevue", "Résidence Ozanam", "Fr"),
)


def national_rows(table: Table) -> list[dict[str, str]]:
    """The carried table as rows of the national schema. The list has no SIRET: its pivot is the dummy of zeros."""
    return [
        {
            "id": f"fs-{row['source_id']}",
            "pivot": "00000000000000",
            "nom": row["name"],
            "commune": row["commune"],
            "code_postal": row["code_postal"],
            "code_insee": row["code_insee"],
            "adresse": row["address"],
            "complement_adresse": row["address_extra"],
            "latitude": row["lat"],
            "longitude": row["lon"],
            "typologie": "RFS",
            "telephone": row["telephone"],
            "horaires": row["opening_hours"],
            "source": SOURCE,
            "itinerance": "Itinérant" if row["kind"] == "bus" else "Fixe",
            "date_maj": row["date"],
            "services": "Aide aux démarches administratives",
            "frais_a_charge": "Gratuit",
            "dispositif_programmes_nationaux": "France Services",
        }
        for row in table.records()
    ]


@transaction.atomic
def load(note: Note) -> None:
    """Loads the places once; places that are there already, corrected or not, are left as they are."""
    territory = Territory.objects.get(is_default=True)
    if Place.objects.filter(territory=territory, source=SOURCE).exists():
        return
    result = import_rows(
        territory, national_rows(read_table(TABLE)), load_gazetteer(), LISTED_ON, why="Démonstration : liste France services"
    )
    closed = Place.objects.get(territory=territory, source=SOURCE, source_id=CLOSED_ID)
    closed.closed_on, closed.closed_reason = LISTED_ON, CLOSED_REASON
    closed.save(update_fields=["closed_on", "closed_reason", "changed_at"])
    after = {"closed_on": LISTED_ON.isoformat(), "closed_reason": CLOSED_REASON}
    PlaceChange.objects.create(
        place=closed, before={"closed_on": None, "closed_reason": ""}, after=after, why="Fermeture écrite dans la liste France services"
    )
    bus = Place.objects.get(territory=territory, source=SOURCE, source_id=BUS_ID)
    for name, address, weekday in BUS_STOPS:
        stop = Stop.objects.create(place=bus, name=name, address=address, insee_code=bus.insee_code, commune_name=bus.commune_name)
        StopTime.objects.create(stop=stop, weekday=weekday, starts=BUS_HOURS[0], ends=BUS_HOURS[1])
    note(f"yole : {result.created} lieux de démonstration (liste France services du 1er août 2024).")
