"""Lists in: created, updated, unchanged, refused; a person's word; round trip with the export."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.places.factories import StopFactory, StopTimeFactory, row
from yole.kernel.gazetteer import Gazetteer
from yole.kernel.tables import parse_table
from yole.places import services
from yole.places.files import mednum_csv
from yole.places.importing import ImportResult, import_rows, plan
from yole.places.incoming import prepare
from yole.places.models import Place, PlaceChange, PlaceSource
from yole.territory.models import Territory

TODAY = date(2026, 11, 23)


@pytest.fixture
def load(territory: Territory, gazetteer: Gazetteer) -> Any:
    def run(*rows: dict[str, str], **more: Any) -> ImportResult:
        return import_rows(territory, rows, gazetteer, TODAY, **more)

    return run


def state() -> list[Any]:
    """Everything that an import may touch."""
    return [list(model.objects.order_by("pk").values()) for model in (Place, PlaceSource, PlaceChange)]


def test_created_then_unchanged_changes_nothing(load: Any) -> None:
    assert load(row()).counts() == {"created": 1, "updated": 0, "unchanged": 0, "refused": 0}
    before = state()
    assert load(row()).counts() == {"created": 0, "updated": 0, "unchanged": 1, "refused": 0}
    assert state() == before


def test_an_update_keeps_old_and_new(load: Any) -> None:
    load(row())
    result = load(row(horaires="Mo-Fr 09:00-12:00", nom="Nouveau nom fictif"))
    assert result.updated == 1
    place = Place.objects.get()
    assert (place.opening_hours, place.sort_key) == ("Mo-Fr 09:00-12:00", "nouveau nom fictif")
    change = PlaceChange.objects.order_by("-pk")[0]
    assert change.before == {"opening_hours": "Mo-Fr 08:00-12:00", "name": "Espace numérique fictif"}
    assert change.after == {"opening_hours": "Mo-Fr 09:00-12:00", "name": "Nouveau nom fictif"}


def test_a_refused_row_changes_nothing_and_is_explained(load: Any) -> None:
    load(row())
    before = state()
    result = load(row(date_maj="2026-02-30", horaires="Mo-Fr 09:00-12:00"), row(id="a1"))
    assert result.counts() == {"created": 0, "updated": 0, "unchanged": 0, "refused": 2}
    assert {(r.row, r.field, r.code) for r in result.refusals} == {(1, "date_maj", "date-format"), (2, "id", "id-duplicate")}
    assert all(r.reason for r in result.refusals)
    assert state() == before


def test_sound_rows_beside_a_refused_one_are_kept(load: Any) -> None:
    result = load(row(id="b1", telephone="1" * 40), row(id="b2"))
    assert (result.created, result.refused) == (1, 1)
    assert Place.objects.get().source_id == "b2"


def test_certain_repairs_are_applied_and_listed(load: Any) -> None:
    result = load(row(telephone="0596 57 48 69", latitude="14,670784", services="aide aux démarches administratives|"))
    assert result.created == 1
    place = Place.objects.get()
    assert (place.telephone, place.lat, place.services) == ("+596596574869", 14.670784, ["Aide aux démarches administratives"])
    assert {done["field"] for done in result.repairs} == {"telephone", "latitude", "services"}
    assert PlaceSource.objects.get().raw["telephone"] == "0596 57 48 69", "what the source said is kept"
    assert load(row(telephone="0596 57 48 69", latitude="14,670784", services="aide aux démarches administratives|")).unchanged == 1
    assert load(row()).unchanged == 1, "the repaired form says the same"


def test_the_key_is_the_source_and_the_id(load: Any) -> None:
    load(row())
    assert load(row(source="autre liste")).created == 1
    assert load(row(source=""), source="liste fictive").unchanged == 1
    assert Place.objects.count() == 2


def test_absent_columns_say_nothing(load: Any) -> None:
    load(row())
    shorter = {name: cell for name, cell in row().items() if name not in {"horaires", "telephone"}}
    assert load(shorter).unchanged == 1
    assert Place.objects.get().opening_hours == "Mo-Fr 08:00-12:00"


def test_unknown_columns_are_kept_in_the_record(load: Any) -> None:
    load(row(ma_colonne="valeur à nous"))
    assert PlaceSource.objects.get().raw["ma_colonne"] == "valeur à nous"
    assert load(row(ma_colonne="autre")).updated == 1
    assert load(row()).unchanged == 1
    assert PlaceSource.objects.get().raw["ma_colonne"] == "autre"


def test_a_closure_said_by_a_person_beats_any_list(load: Any, coordinator: Any) -> None:
    load(row())
    services.close_place(Place.objects.get(), on=TODAY, reason="locaux abîmés", by=coordinator)
    load(row(horaires="Mo-Fr 07:00-18:00", date_maj="2026-11-20"))
    place = Place.objects.get()
    assert (place.closed_on, place.closed_reason) == (TODAY, "locaux abîmés")


def test_hours_confirmed_after_the_list_are_kept(load: Any, coordinator: Any) -> None:
    load(row())
    place = Place.objects.get()
    services.confirm(place, groups=["hours"], on=date(2026, 11, 1), by=coordinator, how="appel au lieu", today=TODAY)
    result = load(row(horaires="Mo 10:00-11:00", telephone="+596596000000", date_maj="2026-10-01"))
    place.refresh_from_db()
    assert result.kept == 1
    assert place.opening_hours == "Mo-Fr 08:00-12:00", "checked by a person on 1 November, the list is of 1 October"
    assert place.telephone == "+596596000000", "nobody checked the telephone"
    assert load(row(horaires="Mo 10:00-11:00", date_maj="2026-11-02")).updated == 1
    place.refresh_from_db()
    assert place.opening_hours == "Mo 10:00-11:00", "a list made after the confirmation wins"


def test_texts_that_do_not_fit_are_refused_not_cut(load: Any) -> None:
    result = load(row(nom="x" * 301), row(id="z", adresse="a\x00b"))
    assert result.refused == 2
    assert {(r.field, r.code) for r in result.refusals} == {("nom", "too-long"), ("adresse", "unreadable")}
    assert not Place.objects.exists()


NASTY = 'Guillemets "doubles", virgule, point-virgule ; retour\nà la ligne, l’apostrophe ’, | barre'


def test_import_export_import_changes_nothing(load: Any, territory: Territory) -> None:
    load(
        row(presentation_detail=NASTY, latitude="14.6700", complement_adresse="  Bâtiment « A »"),
        row(
            id="a2",
            presentation_detail="é" * 5000,
            services="Utilisation sécurisée du numérique|Aide aux démarches administratives",
            structure_parente="",
        ),
        row(id="a3", itinerance="Itinérant", nom="Bus fictif"),
        row(id="a4", horaires="", latitude="", longitude="", telephone="", inconnue="gardée"),
    )
    stop = StopFactory(place=Place.objects.get(source_id="a3"), name="De Briant", address="École fictive")
    StopTimeFactory(stop=stop, weekday="Mo")
    StopTimeFactory(stop=stop, weekday="We")
    exported = mednum_csv(territory)
    before = state()
    result = load(*parse_table(exported, "export.csv").records())
    assert result.counts() == {"created": 0, "updated": 0, "unchanged": 4, "refused": 0}
    assert state() == before
    assert mednum_csv(territory) == exported


def test_the_export_keeps_the_text_of_every_column(load: Any, territory: Territory) -> None:
    given = row(presentation_detail=NASTY, latitude="14.6700", courriels="b@exemple.fr|a@exemple.fr", date_maj="2026-06-01")
    load(given)
    (out,) = parse_table(mednum_csv(territory), "export.csv").records()
    assert {name: out[name] for name in given} == given


def test_a_bus_is_exported_with_its_stops(load: Any, territory: Territory) -> None:
    load(row(itinerance="Itinérant", horaires="Mo-Fr 08:15-13:00"))
    for name, weekday in (("De Briant", "Mo"), ("Godissard", "We"), ("Langellier Bellevue", "Fr")):
        StopTimeFactory(stop=StopFactory(place=Place.objects.get(), name=name), weekday=weekday)
    (out,) = parse_table(mednum_csv(territory), "export.csv").records()
    assert out["itinerance"] == "Itinérant"
    assert out["horaires"] == "Mo,We,Fr 08:15-13:00"
    assert "De Briant, lundi" in out["presentation_detail"]
    assert "Godissard, mercredi" in out["presentation_detail"]


def test_closed_and_merged_places_are_not_exported(load: Any, territory: Territory, coordinator: Any) -> None:
    load(row(), row(id="a2"), row(id="a3"))
    services.close_place(Place.objects.get(source_id="a1"), on=TODAY, reason="fini", by=coordinator)
    Place.objects.filter(source_id="a2").update(merged_into=Place.objects.get(source_id="a3"))
    assert [r["id"] for r in parse_table(mednum_csv(territory), "x").records()] == ["a3"]


def test_a_plan_changes_nothing(territory: Territory, gazetteer: Gazetteer, load: Any) -> None:
    load(row())
    before = state()
    prepared = prepare([row(nom="Autre nom"), row(id="neuf"), row(id="pareil", date_maj="x")], gazetteer, TODAY)
    planned = plan(territory, prepared.rows)
    assert [(p.incoming.source_id, p.outcome) for p in planned] == [("a1", "updated"), ("neuf", "created")]
    assert planned[0].before == {"name": "Espace numérique fictif"}
    assert state() == before


def test_queries_grow_with_thousands_not_with_rows(load: Any, django_assert_max_num_queries: Any) -> None:
    load(*(row(id=f"q{i}") for i in range(40)))
    with django_assert_max_num_queries(12):
        load(*(row(id=f"q{i}", horaires="Mo 08:00-09:00" if i % 2 else "Mo-Fr 08:00-12:00") for i in range(60)))


def test_the_martinique_list_in_the_national_format_finds_the_demonstration(
    territory: Territory, gazetteer: Gazetteer, shared: Any, load: Any
) -> None:
    from yole.kernel.tables import read_table
    from yole.places import demo

    demo.load(lambda text: None)
    rows = list(read_table(shared / "data" / "places" / "martinique-standard.csv").records())
    result = load(*rows)
    assert (result.created, result.refused) == (0, 0)
    assert result.updated + result.unchanged == 20
    assert load(*rows).unchanged == 20
    assert Place.objects.get(source_id="fs-1990").closed_on is not None
