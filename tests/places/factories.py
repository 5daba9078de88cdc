"""Places of invention for tests. Names are marked as fictional; positions are in Martinique."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import factory
from factory.django import DjangoModelFactory

from yole.places.incoming import derived
from yole.places.models import Place, Report, Stop, StopTime
from yole.territory.models import Territory


class PlaceFactory(DjangoModelFactory[Place]):
    """An open fixed place in Saint-Joseph; traits: bus, closed, nowhere."""

    class Meta:
        model = Place

    class Params:
        bus = factory.Trait(itinerance=["Itinérant"], typologies=["RFS"])
        closed = factory.Trait(closed_on=date(2026, 1, 5), closed_reason="locaux abîmés")
        nowhere = factory.Trait(lat=None, lon=None)

    territory = factory.LazyFunction(lambda: Territory.objects.get(is_default=True))
    source = "liste fictive"
    source_id = factory.Sequence(lambda n: f"p-{n}")
    pivot = "00000000000000"
    name = factory.Sequence(lambda n: f"Lieu fictif {n}")
    commune_name = "Saint-Joseph"
    postcode = "97212"
    insee_code = "97224"
    address = "35 rue Eugène Maillard"
    lat = 14.670784
    lon = -61.038295
    telephone = "+596596574869"
    opening_hours = "Mo-Fr 08:00-12:00"
    updated_on = date(2026, 6, 1)
    itinerance: Any = factory.LazyFunction(lambda: ["Fixe"])
    typologies: Any = factory.LazyFunction(lambda: ["RFS"])
    services: Any = factory.LazyFunction(lambda: ["Aide aux démarches administratives"])
    fees: Any = factory.LazyFunction(lambda: ["Gratuit"])

    @classmethod
    def _create(cls, model_class: type[Place], *args: Any, **kwargs: Any) -> Place:
        full = {"address": "", "itinerance": [], "typologies": [], **kwargs}
        return super()._create(model_class, *args, **{**derived(full), **kwargs})


class StopFactory(DjangoModelFactory[Stop]):
    class Meta:
        model = Stop

    place = factory.SubFactory(PlaceFactory, bus=True)
    name = factory.Sequence(lambda n: f"Arrêt fictif {n}")
    insee_code = "97209"
    commune_name = "Fort-de-France"
    lat = 14.62
    lon = -61.06


class StopTimeFactory(DjangoModelFactory[StopTime]):
    class Meta:
        model = StopTime

    stop = factory.SubFactory(StopFactory)
    weekday = "Mo"
    starts = time(8, 15)
    ends = time(13, 0)


class ReportFactory(DjangoModelFactory[Report]):
    class Meta:
        model = Report

    place = factory.SubFactory(PlaceFactory)
    kind = "hours"
    text = "Le lieu ouvre à 9 h."
    contact = "secret-contact@exemple.invalid"
    key = factory.Faker("uuid4")


def row(**cells: str) -> dict[str, str]:
    """A sound row of the national schema; `cells` replaces or adds."""
    return {
        "id": "a1",
        "pivot": "00000000000000",
        "nom": "Espace numérique fictif",
        "commune": "Saint-Joseph",
        "code_postal": "97212",
        "code_insee": "97224",
        "adresse": "35 rue Eugène Maillard",
        "latitude": "14.670784",
        "longitude": "-61.038295",
        "telephone": "+596596574869",
        "horaires": "Mo-Fr 08:00-12:00",
        "source": "liste fictive",
        "date_maj": "2026-06-01",
        "services": "Aide aux démarches administratives",
        "frais_a_charge": "Gratuit",
        **cells,
    }
