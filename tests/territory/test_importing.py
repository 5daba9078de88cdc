from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yole.kernel.tables import read_table
from yole.territory import demo, importing, selectors
from yole.territory.models import Commune, Contour, Epci, ImportRun, Territory
from yole.territory.records import Gathered, gather, read_contours

SQUARE = [[-61.1, 14.6], [-61.0, 14.6], [-61.0, 14.7], [-61.1, 14.7], [-61.1, 14.6]]


@pytest.fixture
def facts() -> Gathered:
    return gather(demo.DATA / "martinique_facts.csv")


def run(gathered: Gathered) -> importing.Imported:
    return importing.import_communes(gathered, origin="essai", write_files=False)


def test_the_demonstration_has_34_communes_and_three_groupings(martinique: Territory) -> None:
    assert Commune.objects.count() == 34
    assert Epci.objects.count() == 3
    assert sum(commune.population or 0 for commune in Commune.objects.all()) == 360_630
    fort = Commune.objects.get(pk="97209")
    assert (fort.postcodes, fort.departement, fort.source_date) == (["97200", "97212", "97234"], "972", "2026")
    assert fort.source
    assert fort.population_vintage
    assert [commune.name for commune in selectors.communes_listed()[:3]] == ["Basse-Pointe", "Bellefontaine", "Case-Pilote"]
    assert (martinique.time_zone, martinique.languages) == ("America/Martinique", ["fr", "en"])


def test_the_demonstration_loads_once(martinique: Territory) -> None:
    said: list[str] = []
    version = martinique.communes_version
    Commune.objects.filter(pk="97209").update(population=1)
    demo.load(said.append)
    martinique.refresh_from_db()
    assert (said, martinique.communes_version) == ([], version)
    assert Commune.objects.get(pk="97209").population == 1


def test_the_demonstration_leaves_another_territory_alone(db: None) -> None:
    Territory.objects.create(slug="x", name="X", languages=["fr"], is_default=True)
    demo.load(lambda message: None)
    assert Territory.objects.get(is_default=True).slug == "x"


def test_a_second_import_changes_nothing(db: None, facts: Gathered) -> None:
    first, second = run(facts), run(facts)
    assert (first.created, first.updated, first.unchanged) == (34, 0, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 34)
    assert ImportRun.objects.count() == 2


def test_one_change_is_one_update_and_a_blank_erases_nothing(db: None, facts: Gathered) -> None:
    run(facts)
    facts.communes["97209"] = replace(
        facts.communes["97209"], population=76_000, population_vintage="2027", lat=None, lon=None, km2=None, postcodes=(), epci_code=""
    )
    done = run(facts)
    assert (done.created, done.updated, done.unchanged) == (0, 1, 33)
    fort = Commune.objects.get(pk="97209")
    assert (fort.population, fort.population_vintage, fort.lat, fort.km2, fort.epci_id) == (76_000, "2027", 14.65, 44.2, "249720061")
    assert fort.postcodes


def test_names_in_memory_follow_an_import(martinique: Territory, facts: Gathered) -> None:
    assert selectors.place("97209") is not None
    facts.communes["97209"] = replace(facts.communes["97209"], name="Fort-Royal")
    run(facts)
    assert [place.name for place in selectors.search_communes("fort royal").places] == ["Fort-Royal"]


def test_contours_once_and_only_of_known_communes(martinique: Territory) -> None:
    features = [{"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}} for code in ("97209", "97120")]
    contours = read_contours(json.dumps({"features": features}).encode(), "x.geojson")
    gathered = Gathered(contours=contours, contours_source="x.geojson")
    first, second = run(gathered), run(gathered)
    assert (first.contours, first.contours_unchanged, second.contours, second.contours_unchanged) == (1, 0, 0, 1)
    assert first.notes == ("1 contours de communes inconnues : laissés de côté",)
    kept = Contour.objects.get()
    assert (kept.commune_id, kept.source) == ("97209", "x.geojson")
    assert len(kept.outline[0]) == 8
    assert selectors.contours(["97209"]) == {"97209": kept.outline}


def test_the_files_read_by_the_check(martinique: Territory, tmp_path: Path) -> None:
    importing.write_check_files(tmp_path / "territory")
    table = read_table(tmp_path / "territory" / "communes.csv")
    assert table.header == ("insee", "nom", "lat", "lon", "km2", "population", "codes_postaux")
    assert len(table.rows) == 34
    assert table.rows[8] == ["97209", "Fort-de-France", "14.65", "-61.07", "44.2", "75506", "97200|97212|97234"]
    assert not (tmp_path / "territory" / "contours.geojson").exists()
    Contour.objects.create(
        commune_id="97209", geometry={"type": "Polygon", "coordinates": [SQUARE]}, outline=[], source="x", source_date="2026"
    )
    importing.write_check_files(tmp_path / "territory")
    written = (tmp_path / "territory" / "contours.geojson").read_bytes()
    assert list(read_contours(written, "x")) == ["97209"]
    assert json.loads(written)["features"][0]["properties"] == {"code": "97209", "nom": "Fort-de-France"}
    assert sorted(path.name for path in (tmp_path / "territory").iterdir()) == ["communes.csv", "contours.geojson"]


@pytest.mark.parametrize(
    "wrong",
    [{"lat": 95.0}, {"lat": None}, {"code": "9720A"}, {"name": ""}, {"km2": 0.0}, {"population": -1}],
)
def test_the_database_refuses_nonsense_by_itself(db: None, wrong: dict[str, Any]) -> None:
    sound: dict[str, Any] = {
        "code": "97209",
        "name": "x",
        "sort_key": "x",
        "search_key": "x",
        "departement": "972",
        "lat": 14.0,
        "lon": -61.0,
        "source": "x",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.create(**{**sound, **wrong})
    Commune.objects.create(**sound)


def test_one_default_territory_at_most(martinique: Territory) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Territory.objects.create(slug="other", name="Autre", languages=["fr"], is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Territory.objects.create(slug="other", name="Autre", languages=["fr"], small_count_threshold=1)
    Territory.objects.create(slug="other", name="Autre", languages=["fr"])
