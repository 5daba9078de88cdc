"""The screens of the room: what they send, what they show, who may open them."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile


@pytest.fixture
def page(client: Any, house: Any) -> Any:
    client.force_login(house.mediator)
    return client


def answers(house: Any, **more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "who": "individuel", "where": f"p{house.place.pk}", "duration": "30", "themes": ["email"],
        "date": "2026-11-02", "do": "enregistrer", **more,
    }  # fmt: skip


def test_a_report_from_the_form_then_corrected_deleted_and_put_back(page: Any, house: Any) -> None:
    from yole.activities.models import Activity

    sent = answers(house)
    for _ in range(2):
        assert page.post("/activites/nouvelle/", sent).status_code == 302
    row = Activity.objects.get()
    assert (row.minutes, row.participants, row.place_id) == (30, 1, house.place.pk)
    assert page.get(f"/activites/{row.pk}/").status_code == 200
    assert page.get(f"/activites/{row.pk}/?imprimer").status_code == 200
    form = page.get(f"/activites/{row.pk}/corriger/").content.decode()
    assert 'name="version" value="1"' in form
    assert page.post(f"/activites/{row.pk}/corriger/", {**sent, "minutes": "50", "version": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.minutes, row.version) == (50, 2)
    after = page.post(f"/activites/{row.pk}/supprimer/", follow=True).content.decode()
    assert "Rétablir" in after
    page.post(f"/activites/{row.pk}/retablir/")
    row.refresh_from_db()
    assert row.deleted_at is None


def test_two_corrections_are_shown_side_by_side_and_a_person_settles(page: Any, house: Any) -> None:
    from yole.activities.models import Activity

    sent = answers(house)
    page.post("/activites/nouvelle/", sent)
    row = Activity.objects.get()
    address = f"/activites/{row.pk}/corriger/"
    assert page.post(address, {**sent, "duration": "", "minutes": "50", "version": "1"}).status_code == 302  # a colleague was first
    late = {**sent, "duration": "", "minutes": "75", "version": "1"}
    answer = page.post(address, late)
    html = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 422
    assert "L’autre version" in html
    assert "50 min" in html  # theirs
    assert 'value="75"' in html  # mine is still typed
    row.refresh_from_db()
    assert row.minutes == 50  # nothing is overwritten in silence
    assert 'name="version" value="2"' in html
    assert page.post(address, {**late, "version": "2"}).status_code == 302
    row.refresh_from_db()
    assert (row.minutes, row.version) == (75, 3)


def test_a_partnership_keeps_every_structure_it_names(client: Any, house: Any) -> None:
    from yole.activities.models import Coordination
    from yole.activities.services_coordination import save_coordination

    partners = [{"nom": f"Structure {n} (fictif)", "type": "association"} for n in range(5)]
    data = {"kind": "partenariat", "date": "2026-11-02", "natures": ["subvention"], "partners": partners}
    row = save_coordination(house.coordinator, data, uuid.uuid4())
    client.force_login(house.coordinator)
    address = f"/activites/coordination/{row.pk}/"
    shown = client.get(address).content.decode()
    assert "Structure 4 (fictif)" in shown
    sent = {"key": str(row.pk), "version": "1", "date": "2026-11-02", "natures": ["subvention"], "title": "Réseau (fictif)"}
    sent |= {f"partner_{n}": one["nom"] for n, one in enumerate(partners)} | {f"partner_kind_{n}": "association" for n in range(5)}
    assert client.post(address, sent).status_code == 302
    exported = list(csv.DictReader(io.StringIO(client.get("/activites/coordination/exporter/").content.decode())))
    assert [(one["type"], one["nature"], one["structuresPartenairesTypes"].count("association")) for one in exported] == [
        ("partenariat", "subvention", 5)
    ]
    assert exported[0]["structuresPartenaires"].split("|")[4] == "Structure 4 (fictif)"
    assert client.get("/activites/coordination/exporter/?format=xlsx").content.startswith(b"PK")
    again = Coordination.objects.get()
    assert (again.title, again.partners) == ("Réseau (fictif)", partners)
    late = client.post(address, {**sent, "title": "Trop tard (fictif)"})
    assert late.status_code == 422
    assert "Deux versions" in late.content.decode()
    assert 'name="version" value="2"' in late.content.decode()


def test_every_missing_answer_is_told_beside_its_question(page: Any, house: Any) -> None:
    answer = page.post("/activites/nouvelle/", {"key": str(uuid.uuid4()), "who": "individuel", "date": "2026-11-02", "do": "enregistrer"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"duration", "where", "themes"}


def test_a_group_with_margins_and_a_search_without_script(page: Any, house: Any) -> None:
    from yole.activities.models import Activity

    sent = answers(house, who="collectif", total="8", **{"gender-feminin": "5"})
    searched = page.post("/activites/nouvelle/", {**sent, "where": "", "place_words": "mediath", "do": "chercher-lieu"})
    assert searched.status_code == 200
    assert f'value="p{house.place.pk}"' in searched.content.decode()
    assert 'name="total" value="8"' in searched.content.decode()
    assert not Activity.objects.exists()
    page.post("/activites/nouvelle/", sent)
    assert Activity.objects.get().gender_counts == [0, 5, 3]


def test_the_last_report_fills_the_next(page: Any, house: Any) -> None:
    page.post("/activites/nouvelle/", answers(house))
    form = page.get("/activites/nouvelle/?comme=derniere").context["form"]
    assert (form.initial["who"], form.initial["where"], form.initial["duration"]) == ("individuel", f"p{house.place.pk}", 30)
    assert form.initial["themes"] == ["email"]


def test_sensitive_notes_are_asked_about_once(page: Any, house: Any) -> None:
    from yole.activities.models import Activity

    sent = answers(house, notes="Elle est malade.")
    assert b'name="confirmed"' in page.post("/activites/nouvelle/", sent).content
    assert page.post("/activites/nouvelle/", {**sent, "confirmed": "on"}).status_code == 302
    assert Activity.objects.count() == 1


def test_a_file_is_read_then_imported_then_undone(page: Any, house: Any) -> None:
    from yole.activities.models import Activity, ImportBatch

    row = "individuel,2026-03-01,{},a_distance,email,1\n"
    text = "type,date,duree,typeLieu,thematiques,accompagnementsCount\n" + row.format(30) + row.format(-3)
    page.post("/activites/importer/", {"file": SimpleUploadedFile("a.csv", text.encode())})
    batch = ImportBatch.objects.get()
    shown = page.get(f"/activites/importer/{batch.pk}/").content.decode()
    assert "la durée est négative" in shown
    assert "duree" in page.get(f"/activites/importer/{batch.pk}/refusees.csv").content.decode()
    assert 'value="importer"' not in shown
    page.post(f"/activites/importer/{batch.pk}/", {"do": "importer"})
    assert not Activity.objects.exists()
    page.post(f"/activites/importer/{batch.pk}/", {"do": "importer-sans-refus"})
    assert Activity.objects.count() == 1
    for shape in ("coop", "libelles", "yole"):
        for kind in ("csv", "xlsx"):
            assert page.get(f"/activites/exporter/?forme={shape}&format={kind}").headers["Content-Disposition"].endswith(f'.{kind}"')
    page.post(f"/activites/importer/{batch.pk}/", {"do": "annuler"})
    assert not Activity.objects.exists()


def test_coordination_from_the_form(client: Any, house: Any) -> None:
    from yole.activities.models import Coordination

    client.force_login(house.coordinator)
    key = str(uuid.uuid4())
    sent = {"key": key, "date": "2026-11-02", "natures": ["subvention"], "partner_0": "Ville", "partner_kind_0": ""}
    address = "/activites/coordination/nouvelle/partenariat/"
    assert client.post(address, sent).status_code == 422
    assert client.post(address, {**sent, "partner_kind_0": "commune"}).status_code == 302
    assert Coordination.objects.get().partners == [{"nom": "Ville", "type": "commune"}]
    for kind in ("animation", "evenement"):
        assert client.get(f"/activites/coordination/nouvelle/{kind}/").status_code == 200
    assert client.get("/activites/coordination/").status_code == 200


@pytest.mark.parametrize("path", ["", "nouvelle/", "importer/", "exporter/", "imprimer/", "durees/", "coordination/"])
def test_each_page_is_for_its_roles(client: Any, house: Any, path: str) -> None:
    assert client.get(f"/activites/{path}").status_code == 302
    client.force_login(house.volunteer)
    assert client.get(f"/activites/{path}").status_code == 403
    client.force_login(house.chief)
    assert client.get(f"/activites/{path}").status_code == (200 if path == "coordination/" else 403)
    client.force_login(house.mediator)
    assert client.get(f"/activites/{path}").status_code == (403 if path == "coordination/" else 200)


def test_another_structure_opens_nothing(client: Any, page: Any, house: Any) -> None:
    from yole.activities.models import Activity

    page.post("/activites/nouvelle/", answers(house))
    row = Activity.objects.get()
    client.force_login(house.stranger)
    for path in ("", "corriger/", "enregistree/"):
        assert client.get(f"/activites/{row.pk}/{path}").status_code == 404
    assert client.post(f"/activites/{row.pk}/supprimer/").status_code == 404
