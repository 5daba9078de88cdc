"""The search: order, filters, what was typed, few queries whatever the number of places."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.places.conftest import MONDAY_9H
from tests.places.factories import PlaceFactory, StopFactory, StopTimeFactory
from yole.kernel.geo import great_circle_km
from yole.places import search as search_module
from yole.places.criteria import Criteria, read_criteria
from yole.places.models import Confirmation, Place
from yole.places.search import search
from yole.territory.models import Territory

ST_JOSEPH = (14.670784, -61.038295)


def names(territory: Territory, criteria: Criteria, moment: datetime = MONDAY_9H, **more: Any) -> list[str]:
    return [row.name for row in search(territory, criteria, moment, **more).rows]


@pytest.mark.parametrize("small", [10_000, 0])
def test_order_is_distance_then_name_on_every_path(territory: Territory, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(search_module, "SMALL_DIRECTORY", small)
    for i, (lat, lon) in enumerate([(14.60, -61.07), (14.67, -61.03), (14.671, -61.039), (14.45, -60.9), (14.86, -61.2)]):
        PlaceFactory(name=f"Fictif {i}", lat=lat, lon=lon)
    PlaceFactory(name="Fictif A", lat=14.671, lon=-61.039)
    at = Criteria(lat=ST_JOSEPH[0], lon=ST_JOSEPH[1])
    rows = [*search(territory, at, MONDAY_9H, page_size=4).rows]
    from dataclasses import replace

    rows += search(territory, replace(at, page=2), MONDAY_9H, page_size=4).rows
    expected = sorted(Place.objects.all(), key=lambda p: (great_circle_km(*ST_JOSEPH, p.lat or 0, p.lon or 0), p.sort_key))
    assert [row.id for row in rows] == [place.pk for place in expected]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0].km == pytest.approx(great_circle_km(*ST_JOSEPH, rows[0].lat or 0, rows[0].lon or 0), abs=1e-6)


def test_commune_postcode_and_quartier_give_a_centre(territory: Territory) -> None:
    PlaceFactory(name="Loin", lat=14.45, lon=-60.9)
    PlaceFactory(name="Près")
    for where in ("saint joseph", "St-Joseph", "Saint-Jozef"):
        result = search(territory, Criteria(where=where), MONDAY_9H)
        assert result.centre is not None, where
        assert result.rows[0].name == "Près", where


def test_a_guessed_commune_is_said(territory: Territory) -> None:
    PlaceFactory()
    result = search(territory, Criteria(where="Lamentain"), MONDAY_9H)
    assert result.centre is not None
    assert result.centre.label == "Le Lamentin"
    assert any("Le Lamentin" in message.text for message in result.messages)


def test_a_postcode_of_another_territory_is_said_and_shows_nothing(territory: Territory) -> None:
    PlaceFactory()
    result = search(territory, Criteria(where="97110"), MONDAY_9H)
    assert result.elsewhere
    assert result.rows == []
    assert "Guadeloupe" in result.messages[0].text


def test_the_name_of_a_place_is_found(territory: Territory) -> None:
    PlaceFactory(name="Médiathèque fictive des Roses")
    PlaceFactory(name="Autre")
    assert names(territory, Criteria(where="mediatheque roses")) == ["Médiathèque fictive des Roses"]


def test_nothing_known_says_so(territory: Territory) -> None:
    PlaceFactory()
    result = search(territory, Criteria(where="zzzz qqqq"), MONDAY_9H)
    assert result.rows == []
    assert result.total == 0
    assert "zzzz qqqq" in result.messages[0].text


def test_filters(territory: Territory) -> None:
    PlaceFactory(name="Emploi", services=["Insertion professionnelle via le numérique", "Aide aux démarches administratives"])
    PlaceFactory(name="Démarches", audiences=["Seniors"], fees=["Payant"], special_care=["Handicaps moteurs"], languages=["gcf"])
    PlaceFactory(name="Anglais", special_care=["Langues étrangères (anglais)"], audiences=["Jeunes"])
    assert names(territory, Criteria(services=("emploi",))) == ["Emploi"]
    assert names(territory, Criteria(services=("emploi", "demarches"))) == ["Emploi"]
    assert names(territory, Criteria(audiences=("seniors",))) == ["Démarches", "Emploi"], "a place that names no public receives everybody"
    assert names(territory, Criteria(free=True)) == ["Anglais", "Emploi"]
    assert names(territory, Criteria(care=("moteur",))) == ["Démarches"]
    assert names(territory, Criteria(language="en")) == ["Anglais"]
    assert names(territory, Criteria(language="gcf")) == ["Démarches"]


def test_open_now_and_open_on_a_day(territory: Territory) -> None:
    PlaceFactory(name="Matin", opening_hours="Mo-Fr 08:00-12:00")
    PlaceFactory(name="Après-midi", opening_hours="Mo-Fr 14:00-17:00")
    PlaceFactory(name="Samedi", opening_hours="Sa 08:00-12:00")
    PlaceFactory(name="Sans horaires", opening_hours="")
    PlaceFactory(name="Illisible", opening_hours="selon la marée")
    assert names(territory, Criteria(open_now=True)) == ["Matin"]
    assert names(territory, Criteria(day=date(2026, 11, 28))) == ["Samedi"]


def test_may_22_is_a_holiday_here(territory: Territory) -> None:
    PlaceFactory(name="Fermé fériés", opening_hours="Mo-Fr 08:00-12:00; PH off")
    PlaceFactory(name="Ne dit rien", opening_hours="Mo-Fr 08:00-12:00")
    PlaceFactory(name="Ouvert fériés", opening_hours="Mo-Fr,PH 08:00-12:00")
    friday = datetime(2026, 5, 22, 9, 0)
    assert names(territory, Criteria(open_now=True), friday) == ["Ouvert fériés"]
    states = {row.name: row.state.kind for row in search(territory, Criteria(), friday).rows}
    assert states == {"Fermé fériés": "closed", "Ne dit rien": "doubt", "Ouvert fériés": "open"}


def test_closed_places_come_last_with_their_reason(territory: Territory) -> None:
    PlaceFactory(name="Ouvert", lat=14.7)
    PlaceFactory(name="Abîmé", closed=True)
    PlaceFactory(name="Fusionné", merged_into=Place.objects.get(name="Ouvert"))
    result = search(territory, Criteria(where="Saint-Joseph"), MONDAY_9H)
    assert [row.name for row in result.rows] == ["Ouvert"]
    assert [row.name for row in result.closed] == ["Abîmé"]
    assert "locaux abîmés" in result.closed[0].state_words
    assert result.total == 1


def test_a_place_without_position_is_found_by_its_commune(territory: Territory) -> None:
    PlaceFactory(name="Sans position", nowhere=True)
    PlaceFactory(name="Avec position")
    rows = search(territory, Criteria(where="Saint-Joseph"), MONDAY_9H).rows
    assert [(row.name, row.km is None) for row in rows] == [("Sans position", True), ("Avec position", False)]
    away = search(territory, Criteria(where="Le Marin"), MONDAY_9H).rows
    assert [(row.name, row.km is None) for row in away] == [("Avec position", False), ("Sans position", True)]


def test_nothing_with_these_filters_gives_the_nearest(territory: Territory) -> None:
    PlaceFactory(name="Près")
    result = search(territory, Criteria(where="Saint-Joseph", services=("materiel",)), MONDAY_9H)
    assert result.nearest_anyway
    assert result.total == 0
    assert [row.name for row in result.rows] == ["Près"]


def test_a_page_that_does_not_exist_gives_the_first_and_says_so(territory: Territory) -> None:
    PlaceFactory(name="Seul")
    result = search(territory, Criteria(page=40), MONDAY_9H)
    assert [row.name for row in result.rows] == ["Seul"]
    assert "40" in result.messages[0].text


def test_verified_day_and_next_stop_are_on_the_row(territory: Territory) -> None:
    place = PlaceFactory(name="Vérifié")
    Confirmation.objects.create(place=place, group="hours", confirmed_on=date(2026, 10, 1), how="appel")
    Confirmation.objects.create(place=place, group="hours", confirmed_on=date(2026, 9, 1), how="appel")
    Confirmation.objects.create(place=place, group="contact", confirmed_on=date(2026, 11, 1), how="appel")
    bus = PlaceFactory(name="Zbus", bus=True)
    StopTimeFactory(stop=StopFactory(place=bus, name="De Briant"), weekday="We")
    verified, with_bus = search(territory, Criteria(), MONDAY_9H).rows
    assert verified.verified_on == date(2026, 10, 1)
    assert with_bus.next_stop is not None
    assert (with_bus.next_stop.day, with_bus.next_stop.stop.name) == (date(2026, 11, 25), "De Briant")


@pytest.mark.parametrize("number", [3, 60])
def test_queries_do_not_grow_with_the_places(territory: Territory, django_assert_max_num_queries: Any, number: int) -> None:
    PlaceFactory.create_batch(number)
    StopTimeFactory(stop=StopFactory(place=PlaceFactory(bus=True)))
    PlaceFactory(closed=True)
    search(territory, Criteria(where="Saint-Joseph"), MONDAY_9H)  # the names of communes are read once per process
    with django_assert_max_num_queries(8):
        search(territory, Criteria(where="Saint-Joseph"), MONDAY_9H)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"lat": ["95"], "lon": ["-61"]}, "lat"),
        ({"lat": ["14.6"]}, "lat"),
        ({"lat": ["nan"], "lon": ["inf"]}, "lat"),
        ({"jour": ["2026-02-30"]}, "jour"),
        ({"jour": ["30 février"]}, "jour"),
        ({"jour": ["2020-01-01"]}, "jour"),
        ({"aide": ["demarches", "piratage"]}, "aide"),
        ({"public": ["x"]}, "public"),
        ({"accueil": ["x"]}, "accueil"),
        ({"langue": ["xx"]}, "langue"),
        ({"page": ["-1"]}, "page"),
        ({"page": ["99999999999999999999"]}, "page"),
        ({"page": ["٣"]}, "page"),
        ({"ou": ["x" * 500]}, "ou"),
        ({"commune": ["../etc"]}, "commune"),
    ],
)
def test_bad_parameters_are_named_and_left_aside(parameters: dict[str, list[str]], named: str) -> None:
    read = read_criteria(parameters, date(2026, 11, 23))
    assert [problem.parameter for problem in read.problems] == [named]
    assert read.criteria.page == 1
    assert read.criteria.lat is None


def test_an_address_reads_back_to_the_same_search() -> None:
    from urllib.parse import parse_qs

    asked = Criteria(
        where="Le Lamentin",
        services=("emploi",),
        audiences=("seniors",),
        care=("vue",),
        free=True,
        open_now=True,
        day=date(2026, 11, 24),
        language="gcf",
        page=3,
    )
    assert read_criteria(parse_qs(asked.query()), date(2026, 11, 23)).criteria == asked
