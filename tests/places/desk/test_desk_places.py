"""List, place, queue, edition, closing, confirmation, reports."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yole.base.errors import Refused
from yole.places import desk_selectors, desk_services, services
from yole.places.desk_fields import EDITED
from yole.places.desk_quality import quality
from yole.places.models import Confirmation, Place, PlaceChange, Report
from yole.territory import selectors as territory_selectors


def _form(client: Any, pk: int | None = None) -> dict[str, Any]:
    """What a browser would send back of the edit form, untouched."""
    address = reverse("places:desk-edit", args=[pk]) if pk else reverse("places:desk-new")
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in data.items()}


def test_the_list_filters_and_sorts_the_least_sure_first(signed: Any, coordinator: Any, place: Any, add: Any) -> None:
    other = add(id="a2", nom="Médiathèque du Robert", commune="Le Robert", code_postal="97231", code_insee="97222", adresse="Bourg",
                latitude="", longitude="", telephone="")  # fmt: skip
    today = territory_selectors.today()
    services.confirm(place, groups=["hours", "contact", "services"], on=today, by=coordinator, how="appel", today=today)
    address = reverse("places:desk")
    assert [p.pk for p in signed.get(address).context["page"]] == [other.pk, place.pk]
    for query, expected in (
        ("q=mediatheque", [other.pk]),
        ("q=sapotilles", [place.pk]),
        ("commune=97222", [other.pk]),
        ("fraicheur=jamais", [other.pk]),
        ("fraicheur=a-jour", [place.pk]),
        ("genre=itinerant", []),
        ("etat=ferme", []),
        ("source=Liste+A", [other.pk, place.pk]),
        ("page=99&fraicheur=n-importe-quoi&etat=x", [other.pk, place.pk]),
        ("q=%00", [other.pk, place.pk]),
    ):
        assert [p.pk for p in signed.get(f"{address}?{query}").context["page"]] == expected, query
    rows = list(csv.DictReader(io.StringIO(signed.get(reverse("places:desk-csv") + "?q=mediatheque").content.decode())))
    assert [(row["id"], row["nom"], row["verifie_le"]) for row in rows] == [("a2", "Médiathèque du Robert", "")]


def test_lists_cost_few_queries(signed: Any, add: Any, place: Any, bus: Any) -> None:
    for i in range(12):
        one = add(id=f"x{i}", nom=f"Lieu {i}", adresse=f"{i} chemin Neuf")
        Report.objects.create(place=one, kind="other", text="?", key=uuid.uuid4())
    for name in ("desk", "desk-queue", "desk-reports", "desk-pairs", "desk-decisions", "desk-imports"):
        signed.get(reverse(f"places:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert signed.get(reverse(f"places:{name}")).status_code == 200
        assert len(counted) <= 12, (name, len(counted))
    with CaptureQueriesContext(connection) as counted:
        assert signed.get(reverse("web:desk")).status_code == 200
    assert len(counted) <= 12


def test_an_untouched_form_changes_nothing(signed: Any, place: Any) -> None:
    before = PlaceChange.objects.count()
    data = _form(signed, place.pk)
    data["detail"] = data["detail"].replace("\n", "\r\n")
    answer = signed.post(reverse("places:desk-edit", args=[place.pk]), data)
    assert answer.status_code == 302
    assert PlaceChange.objects.count() == before
    place.refresh_from_db()
    assert (place.lat, place.lon) == (14.832, -61.0549)


def test_a_correction_is_kept_dated_vouched_for_and_undone(signed: Any, place: Any) -> None:
    data = _form(signed, place.pk) | {"telephone": "0596 53 20 88", "languages": ["gcf"]}
    for _ in range(2):  # sent twice, one correction
        assert signed.post(reverse("places:desk-edit", args=[place.pk]), data).status_code == 302
    place.refresh_from_db()
    today = territory_selectors.today()
    assert (place.telephone, place.languages, place.updated_on) == ("+596596532088", ["gcf"], today)
    [change] = PlaceChange.objects.filter(place=place, created=False)
    assert change.before["telephone"] == "+596596532087"
    assert change.after["telephone"] == "+596596532088"
    assert Confirmation.objects.get(place=place).group == "contact"
    page = signed.get(reverse("places:desk-place", args=[place.pk])).content.decode()
    assert "<del>+596596532087</del>" in page
    undo = reverse("places:desk-undo-change", args=[place.pk, change.pk])
    assert signed.post(undo).status_code == 302
    place.refresh_from_db()
    assert (place.telephone, place.languages) == ("+596596532087", [])
    assert signed.post(undo).status_code == 409  # the fields moved since


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Cette réponse manque."),
        ("telephone", "0" * 40, "attendu"),
        ("postcode", "9721", "attendu"),
        ("opening_hours", "tous les jours", "attendu"),
        ("lat", "quatorze", "nombre"),
        ("summary", "é" * 281, "280"),
        ("name", "x" * 301, "300"),
        ("name", "Lieu\x00", ""),
        ("base", "abc", "abîmé"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_saved(signed: Any, place: Any, field: str, value: str, words: str) -> None:
    data = _form(signed, place.pk) | {field: value}
    answer = signed.post(reverse("places:desk-edit", args=[place.pk]), data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert "<title>Erreur" in answer.content.decode()
    assert not PlaceChange.objects.filter(place=place, created=False).exists()


def test_a_warning_is_shown_then_kept(signed: Any, place: Any) -> None:
    address, data = reverse("places:desk-edit", args=[place.pk]), _form(signed, place.pk) | {"lat": "14,5", "lon": "-61,6"}
    answer = signed.post(address, data)
    assert answer.status_code == 409
    assert "Garder tel quel" in answer.content.decode()
    place.refresh_from_db()
    assert place.lat == 14.832
    assert signed.post(address, data | {"keep": "1"}).status_code == 302
    place.refresh_from_db()
    assert (place.lat, place.lon) == (14.5, -61.6)


def test_hours_are_read_back_in_words_without_saving(signed: Any, place: Any) -> None:
    data = _form(signed, place.pk) | {"opening_hours": "We 13:15-17:00", "preview": "1"}
    answer = signed.post(reverse("places:desk-edit", args=[place.pk]), data)
    assert answer.status_code == 200
    assert "13\u00a0h\u00a015" in answer.content.decode()
    place.refresh_from_db()
    assert place.opening_hours == "Mo-Fr 08:00-12:00"


def test_two_people_editing_lose_nothing(signed: Any, sign_in: Any, account: Any, place: Any) -> None:
    first, second = sign_in(account("structure-coordinator")), signed
    address = reverse("places:desk-edit", args=[place.pk])
    mine, theirs = _form(first, place.pk), _form(second, place.pk)
    assert first.post(address, mine | {"telephone": "+596596000001", "address": "1 rue Neuve"}).status_code == 302
    told = second.post(address, theirs | {"telephone": "+596596000002", "websites": "https://exemple.fr"})
    assert told.status_code == 409
    text = told.content.decode()
    assert "+596596000001" in text
    assert "+596596000002" in text
    assert "Personne fictive (structure-coordinator)" in text
    form = told.context["form"]
    again = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    assert (again["telephone"], again["address"]) == ("+596596000002", "1 rue Neuve")
    saved = second.post(address, again)
    assert saved.status_code == 302, saved.context["form"].errors
    place.refresh_from_db()
    assert (place.telephone, place.address, place.websites) == ("+596596000002", "1 rue Neuve", ["https://exemple.fr"])


def test_a_new_place_shows_look_alikes_and_is_added_once(signed: Any, place: Any) -> None:
    address = reverse("places:desk-new")
    data = _form(signed) | {
        "name": "Espace numérique Le Lorrain",
        "address": "9 rue des Sapotilles",
        "postcode": "97214",
        "commune_name": "Le Lorrain",
        "insee_code": "97214",
        "services": ["Aide aux démarches administratives"],
    }
    answer = signed.post(address, data)
    assert answer.status_code == 409
    assert [one.pk for one, _ in answer.context["alike"]] == [place.pk]
    assert Place.objects.count() == 1
    for _ in range(2):
        assert signed.post(address, data | {"new": "1"}).status_code == 302
    made = Place.objects.exclude(pk=place.pk).get()
    assert (made.source, made.pivot, made.kind) == ("Coordination du territoire", "00000000000000", "fixed")
    assert PlaceChange.objects.get(place=made).created


def test_closing_and_opening_again(signed: Any, place: Any) -> None:
    address = reverse("places:desk-close", args=[place.pk])
    assert signed.get(address).status_code == 200
    assert signed.post(address, {"on": "2026-02-30", "reason": "x"}).status_code == 400
    assert signed.post(address, {"on": "2026-11-02", "reason": ""}).status_code == 400
    assert signed.post(address, {"on": "2026-11-02", "reason": "travaux"}).status_code == 302
    again = signed.post(address, {"on": "2026-11-02", "reason": "travaux"})
    assert again.status_code == 400
    assert "déjà fermé" in again.content.decode()
    assert signed.post(reverse("places:desk-reopen", args=[place.pk])).status_code == 302
    place.refresh_from_db()
    assert place.closed_on is None


def test_the_queue_confirms_in_one_tap_skips_and_takes_back(signed: Any, place: Any, add: Any) -> None:
    second = add(id="a2", nom="Autre lieu", adresse="2 chemin Neuf")
    Report.objects.create(place=second, kind="hours", text="<b>faux</b>", contact="0696 00 00 00", key=uuid.uuid4())
    address = reverse("places:desk-queue")
    page = signed.get(address)
    assert page.context["place"].pk == second.pk  # reported first
    text = page.content.decode()
    assert "&lt;b&gt;faux" in text
    assert "0696 00 00 00" not in text
    signed.post(reverse("places:desk-skip"), {"place": str(second.pk)})
    assert signed.get(address).context["place"].pk == place.pk
    for _ in range(2):
        signed.post(reverse("places:desk-confirm", args=[place.pk]), {"tout": "1"})
    assert Confirmation.objects.filter(place=place).count() == 3
    page = signed.get(address)
    assert page.context["place"] is None
    ids = page.context["confirmed"]["ids"]
    signed.post(reverse("places:desk-take-back"), {"confirmation": ids})
    assert not Confirmation.objects.exists()
    signed.post(reverse("places:desk-skip"), {"place": ""})
    assert signed.get(address).context["waiting"] == 2


def test_confirmations_of_others_are_not_taken_back(martinique: Any, coordinator: Any, mediator: Any, place: Any) -> None:
    today = territory_selectors.today()
    made = services.confirm(place, groups=["hours"], on=today, by=mediator, how="appel", today=today)
    assert desk_services.take_back_confirmations(martinique, [made[0].pk], by=coordinator) == 0
    Confirmation.objects.update(created_at=made[0].created_at - timedelta(days=2))
    assert desk_services.take_back_confirmations(martinique, [made[0].pk], by=mediator) == 0


def test_confirming_groups_of_a_place(signed: Any, place: Any) -> None:
    address = reverse("places:desk-confirm", args=[place.pk])
    for data in ({}, {"groups": "x", "on": "2026-11-01", "how": "appel"}, {"groups": "hours", "on": "2999-01-01", "how": "appel"}):
        assert signed.post(address, data).status_code == 400
    assert not Confirmation.objects.exists()
    assert signed.post(address, {"groups": ["hours"], "on": "2026-11-01", "how": "passage"}).status_code == 302
    assert Confirmation.objects.get().how == "passage"


def test_reports_are_handled_once_and_reopened(signed: Any, account: Any, place: Any) -> None:
    report = Report.objects.create(place=place, kind="closed", text="<script>x</script>", contact="ana@exemple.fr", key=uuid.uuid4())
    address = reverse("places:desk-report", args=[report.pk])
    text = signed.get(address).content.decode()
    assert "<script>x" not in text
    assert "ana@exemple.fr" in text
    assert "Signalements" in signed.get(reverse("places:desk-reports") + "?etat=inconnu").content.decode()
    assert signed.post(address, {"state": "refused", "answer": ""}).status_code == 400
    assert signed.post(address, {"state": "new"}).status_code == 400
    assert signed.post(address, {"state": "accepted"}).status_code == 302
    assert signed.post(address, {"state": "accepted"}).status_code == 302
    assert signed.post(address, {"state": "refused", "answer": "non"}).status_code == 400
    report.refresh_from_db()
    assert (report.state, report.answer) == ("accepted", "")
    with pytest.raises(Refused):
        desk_services.handle_report(report, state="refused", answer="non", by=account("mediator"))
    signed.post(reverse("places:desk-report-reopen", args=[report.pk]))
    report.refresh_from_db()
    assert (report.state, report.handled_at) == ("new", None)


def test_quality_has_ten_criteria(place: Any) -> None:
    today = place.updated_on
    found = quality({name: getattr(place, name) for name in [*EDITED]}, today, today)
    assert len(found.criteria) == 10
    assert {c.name for c in found.advice} == {"Comment venir", "Publics", "E-mail", "Description"}
    assert found.percent == 60
    old = quality({name: getattr(place, name) for name in [*EDITED]}, today, today + timedelta(days=800))
    assert old.percent == 50


def test_counters_equal_their_lists(signed: Any, martinique: Any, place: Any, twin: Any) -> None:
    today = territory_selectors.today()
    counted = desk_selectors.counters(martinique, today)
    assert counted.shown == signed.get(reverse("places:desk")).context["page"].paginator.count == 2
    assert counted.to_verify == signed.get(reverse("places:desk-queue")).context["waiting"] == 2
