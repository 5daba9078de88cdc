"""Importing a list: what is refused, what is shown, what is done, what is undone."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from desk_rows import ROW
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yole.kernel.tables import write_table
from yole.places import desk_services_imports as imports
from yole.places import services
from yole.places.models import ImportBatch, Place, PlaceSource
from yole.territory import selectors as territory_selectors

HEADER = ["Identifiant", "Nom du lieu", "Ville", "Code postal", "Adresse postale", "Téléphone", "Horaires d’ouverture", "Couleur"]
SOUND = ["n1", "Cyber-base du Marin", "Le Marin", "97290", "3 rue Osman Duquesnay", "0596 74 00 01", "Mo-Fr 08:00-12:00", "bleu"]
WRONG = ["n2", "Sans horaire lisible", "Le Marin", "97290", "4 rue Osman Duquesnay", "", "le matin", ""]


def _upload(client: Any, data: bytes, name: str = "liste.csv", source: str = "Liste A") -> Any:
    return client.post(reverse("places:desk-import-new"), {"file": SimpleUploadedFile(name, data), "source": source})


def _national(*rows: dict[str, str]) -> bytes:
    return write_table(list(ROW), [[{**ROW, **row}[name] for name in ROW] for row in rows])


def _batch(client: Any, data: bytes, source: str = "Liste A") -> ImportBatch:
    """A batch whose columns are those of the schema, ready to be applied."""
    assert _upload(client, data, source=source).status_code == 302
    batch = ImportBatch.objects.latest("id")
    form = client.get(reverse("places:desk-import-columns", args=[batch.pk])).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert client.post(reverse("places:desk-import-columns", args=[batch.pk]), sent).status_code == 302
    return batch


def _apply(client: Any, batch: ImportBatch) -> None:
    assert client.post(reverse("places:desk-import-preview", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vide"),
        (b"  \n", "vide"),
        (b"nom,commune\n", "en-tête"),
        ("nom,commune\nMédiathèque,Le Robert\n".encode("cp1252"), "UTF-8"),
        ("nom,commune\nx,y\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04classeur", "classeur"),
        (b"\x89PNG\x00\x01", "texte"),
        (b"nom,nom\nx,y\n", "deux fois"),
        (b"nom,commune\nx,y,z\n", "cellules"),
        (b"nom\n" + b"x" * (10 * 1024 * 1024), "10"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(signed: Any, martinique: Any, data: bytes, words: str) -> None:
    answer = _upload(signed, data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_source_is_asked_for(signed: Any, martinique: Any) -> None:
    assert _upload(signed, b"nom\nx\n", source=" ").status_code == 400
    assert signed.post(reverse("places:desk-import-new"), {"source": "x"}).status_code == 400


def test_columns_are_proposed_from_usual_names() -> None:
    assert imports.proposed(HEADER) == {
        "Identifiant": "id",
        "Nom du lieu": "nom",
        "Ville": "commune",
        "Code postal": "code_postal",
        "Adresse postale": "adresse",
        "Téléphone": "telephone",
        "Horaires d’ouverture": "horaires",
    }
    assert imports.proposed(["CP", "code_postal"]) == {"code_postal": "code_postal"}


def test_a_list_with_its_own_columns_from_upload_to_undo(signed: Any, martinique: Any, snapshot: Any, place: Any) -> None:
    before = snapshot()
    data = write_table(HEADER, [SOUND, WRONG])
    assert _upload(signed, data, source="Liste du Sud").status_code == 302
    batch = ImportBatch.objects.get()
    assert _upload(signed, data, source="Liste du Sud").status_code == 302
    assert ImportBatch.objects.count() == 1  # the same file sent twice
    columns = reverse("places:desk-import-columns", args=[batch.pk])
    form = signed.get(columns).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert "date_maj" in signed.post(columns, sent).content.decode()  # required, and in no column
    assert signed.post(columns, sent | {"c0": "nom"}).status_code == 400  # two columns to one
    assert signed.post(columns, sent | {"c0": "inconnue"}).status_code == 400
    assert signed.post(columns, sent | {"k_date_maj": "2026-11-01"}).status_code == 302
    page = signed.get(reverse("places:desk-import-preview", args=[batch.pk])).content.decode()
    assert "Cyber-base du Marin" in page
    assert "hours-syntax" in page
    assert "+596596740001" in page  # the certain repair
    assert snapshot() == before
    for _ in range(2):
        _apply(signed, batch)
    assert (batch.state, bytes(batch.content or b"")) == ("applied", b"")
    assert {k: batch.counts[k] for k in ("created", "updated", "unchanged", "refused")} == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
    }
    made = Place.objects.get(source="Liste du Sud")
    assert (made.telephone, made.source_id) == ("+596596740001", "n1")
    assert PlaceSource.objects.get(place=made).raw["Couleur"] == "bleu"
    assert signed.get(reverse("places:desk-import", args=[batch.pk])).status_code == 200
    [row] = list(csv.DictReader(io.StringIO(signed.get(reverse("places:desk-import-refused", args=[batch.pk])).content.decode())))
    assert row["ligne"] == "2"
    assert "hours-syntax" in row["raison_du_refus"]
    undo = reverse("places:desk-import-undo", args=[batch.pk])
    assert signed.get(undo).status_code == 200
    for _ in range(2):
        assert signed.post(undo).status_code == 302
    assert snapshot() == before
    assert signed.get(reverse("places:desk-imports")).status_code == 200


def test_an_update_is_shown_field_by_field_and_undone_exactly(signed: Any, place: Any, snapshot: Any) -> None:
    before = snapshot()
    new = {"id": "a2", "nom": "Nouveau lieu", "adresse": "1 rue Haute"}
    batch = _batch(signed, _national({"horaires": "Sa 09:00-12:00", "date_maj": "2026-10-01"}, new))
    page = signed.get(reverse("places:desk-import-preview", args=[batch.pk])).content.decode()
    assert "<del>Mo-Fr 08:00-12:00</del>" in page
    assert "<ins>Sa 09:00-12:00</ins>" in page
    _apply(signed, batch)
    place.refresh_from_db()
    assert place.opening_hours == "Sa 09:00-12:00"
    assert signed.post(reverse("places:desk-import-undo", args=[batch.pk])).status_code == 302
    assert snapshot() == before
    history = signed.get(reverse("places:desk-place", args=[place.pk])).content.decode()
    assert "Annulation de l’import" in history
    assert "_origin" not in history


def test_the_same_list_twice_changes_nothing(signed: Any, place: Any, snapshot: Any) -> None:
    before = snapshot()
    batch = _batch(signed, _national({}))
    _apply(signed, batch)
    assert batch.counts["unchanged"] == 1
    assert snapshot() == before


def test_an_undo_leaves_what_was_changed_since(signed: Any, coordinator: Any, place: Any, add: Any) -> None:
    other = add(id="a9", nom="Autre", adresse="9 rue Haute")
    new = {"id": "a2", "nom": "Nouveau lieu", "adresse": "1 rue Haute"}
    rows = ({"horaires": "Sa 09:00-12:00"}, {"id": "a9", "nom": "Autre", "adresse": "9 rue Basse"}, new)
    batch = _batch(signed, _national(*rows))
    _apply(signed, batch)
    services.close_place(other, on=territory_selectors.today(), reason="travaux", by=coordinator)
    made = Place.objects.get(source_id="a2")
    today = territory_selectors.today()
    services.confirm(made, groups=["hours"], on=today, by=coordinator, how="appel", today=today)
    undo = reverse("places:desk-import-undo", args=[batch.pk])
    answer = signed.post(undo)
    assert answer.status_code == 409
    assert {one.place.pk for one in answer.context["blocked"]} == {other.pk, made.pk}
    place.refresh_from_db()
    assert place.opening_hours == "Sa 09:00-12:00"
    assert signed.post(undo, {"leave": "1"}).status_code == 302
    place.refresh_from_db()
    other.refresh_from_db()
    assert place.opening_hours == "Mo-Fr 08:00-12:00"
    assert (other.address, other.closed_reason) == ("9 rue Basse", "travaux")
    assert Place.objects.filter(pk=made.pk).exists()


def test_a_row_like_a_known_place_is_shown(signed: Any, place: Any) -> None:
    batch = _batch(signed, _national({"id": "z", "source": "Liste Z", "nom": "Espace numerique Le Lorrain"}), source="Liste Z")
    page = signed.get(reverse("places:desk-import-preview", args=[batch.pk]))
    assert [(row, found.pk) for row, _, found, _, _ in page.context["alike"]] == [(1, place.pk)]


def test_a_forgotten_or_erased_file_is_not_imported(signed: Any, place: Any) -> None:
    batch = _batch(signed, _national({"id": "q", "nom": "Autre lieu"}))
    ImportBatch.objects.update(content=None)
    assert signed.post(reverse("places:desk-import-preview", args=[batch.pk])).status_code == 409
    assert signed.get(reverse("places:desk-import", args=[batch.pk])).status_code == 302
    assert signed.post(reverse("places:desk-import-drop", args=[batch.pk])).status_code == 302
    assert not ImportBatch.objects.exists()
    assert Place.objects.count() == 1
