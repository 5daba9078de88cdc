"""Every page of the room, walked as a mediator does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yole.base.typography import NBSP

Follow = Callable[..., Any]


@pytest.fixture
def desk(house: SimpleNamespace) -> Client:
    return signed_in(house.mediator)


def signed_in(account: Any) -> Client:
    import time

    from django.contrib.auth import get_user_model

    assert isinstance(account, get_user_model())
    client = Client()
    client.force_login(account)
    session = client.session
    session["confirmed-at"] = int(time.time())
    session.save()
    return client


def text(response: Any) -> str:
    return response.content.decode().replace(NBSP, " ").replace("\u202f", " ")


def form(**more: Any) -> dict[str, Any]:
    return {
        "form_key": str(uuid.uuid4()), "first_name": "Lucette", "last_name": "Marignan", "birth_year": "1951", "phone": "06 39 98 01 01",
        "purposes": ["suivi", "rappel"], "how": "oral_fiche", "given_by": "personne", "read": "on", **more,
    }  # fmt: skip


def test_an_anonymous_card_takes_two_taps(desk: Client) -> None:
    from yole.people.models import Person

    page = text(desk.get(reverse("people:new-card")))
    assert page.count('name="age_band"') == 8
    sent = {"form_key": str(uuid.uuid4()), "gender": "feminin", "age_band": "soixante_dix_plus"}
    made = desk.post(reverse("people:new-card"), sent, follow=True)
    person = Person.objects.get()
    assert (person.gender, person.age_band, person.kind) == ("feminin", "soixante_dix_plus", "anonymous")
    assert person.code[:4] in text(made)
    desk.post(reverse("people:new-card"), sent)
    assert Person.objects.count() == 1
    pdf = desk.get(reverse("people:card-pdf", args=[person.pk]))
    assert pdf.content[:5] == b"%PDF-"


def test_a_named_card_is_compared_before_it_is_saved(desk: Client, house: SimpleNamespace) -> None:
    from yole.people.models import Pair, Person

    assert "La fiche est créée" in text(desk.post(reverse("people:new"), form(), follow=True))
    again = form(first_name="Lulu", phone="")
    shown = desk.post(reverse("people:new"), again)
    assert "Peut-être déjà connu(e)" in text(shown)
    assert "l’un est le diminutif de l’autre" in text(shown)
    assert Person.objects.count() == 1
    assert desk.post(reverse("people:new"), {**again, "seen": shown.context["form"].data["seen"]}).status_code == 302
    assert Person.objects.count() == 2
    pairs = text(desk.get(reverse("people:pairs")))
    assert "Lulu M. et Lucette M." in pairs or "Lucette M. et Lulu M." in pairs
    pair = Pair.objects.get()
    keep = Person.objects.order_by("created_at").first()
    assert keep is not None
    desk.post(reverse("people:decide", args=[pair.pk]), {"answer": str(keep.pk)})
    other = Person.objects.exclude(pk=keep.pk).get()
    assert other.canonical_id == keep.pk
    assert desk.get(reverse("people:person", args=[other.pk])).headers["Location"] == reverse("people:person", args=[keep.pk])
    assert "Réunie avec : Lulu Marignan" in text(desk.get(reverse("people:person", args=[keep.pk])))
    merge = other.merges.get()
    assert "Séparer" in text(desk.get(reverse("people:merges")))
    desk.post(reverse("people:undo-merge", args=[merge.pk]))
    assert "séparée le" in text(desk.get(reverse("people:merges")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"read": ""}, "Lisez d’abord la fiche d’information"),
        ({"phone": "06 39 98"}, "Il manque"),
        ({"first_name": "", "last_name": ""}, "Il manque un nom ou un prénom"),
        ({"purposes": []}, "Cette réponse manque"),
        ({"notes": "2 69 05 97 224 001 63"}, "numéro de sécurité sociale"),
        ({"notes": "suivie pour un cancer"}, "une information de santé"),
        ({"birth_year": "2020"}, "responsable légal"),
    ],
)
def test_what_cannot_be_saved_says_how_to_repair(desk: Client, change: dict[str, Any], words: str) -> None:
    from yole.people.models import Person

    answer = desk.post(reverse("people:new"), form(**change))
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Erreur :" in text(answer).split("</title>")[0]
    assert not Person.objects.exists()


def test_the_page_of_a_person_and_who_opened_it(desk: Client, house: SimpleNamespace, follow: Follow) -> None:
    person = follow(phone="0639980101", notes="Préfère le matin")
    signed_in(house.colleague).get(reverse("people:person", args=[person.pk]))
    page = text(desk.get(reverse("people:person", args=[person.pk])))
    for words in (
        "Lucette M.",
        "Accord donné le",
        "Effacement prévu le",
        "06 39 ** ** 01",
        "collegue (fictif)",
        "fiche ouverte",
        "Préfère le matin",
    ):
        assert words in page, words
    assert "0639980101" not in page and "06 39 98 01 01" not in page
    assert "<title>" in page and "Lucette" not in page.split("</title>")[0]
    revealed = text(desk.post(reverse("people:contact", args=[person.pk]), {"motive": "confirmer jeudi"}))
    assert "06 39 98 01 01" in revealed
    assert "numéro affiché : confirmer jeudi" in text(desk.get(reverse("people:person", args=[person.pk])))
    assert desk.post(reverse("people:contact", args=[person.pk]), {"motive": ""}).status_code == 422


def test_edit_agree_share_withdraw(desk: Client, house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import selectors
    from yole.people.models import Agreement

    person = follow()
    sent = {"first_name": "Lucette", "last_name": "Marignan-Valmy", "birth_year": "1952", "commune": "97224"}
    assert desk.post(reverse("people:edit", args=[person.pk]), sent).status_code == 302
    person.refresh_from_db()
    assert (selectors.identity(person).last_name, person.birth_year, person.commune_id) == ("Marignan-Valmy", 1952, "97224")
    agreed = {"purposes": ["rappel"], "how": "ecran", "given_by": "personne", "read": "on"}
    assert desk.post(reverse("people:consent", args=[person.pk]), agreed).status_code == 302
    assert desk.post(reverse("people:withdraw", args=[person.pk]), {"purpose": "rappel"}).status_code == 302
    desk.post(reverse("people:share", args=[person.pk]), {"structure": house.there.pk, "how": "oral_fiche"})
    there = signed_in(house.neighbour)
    assert there.get(reverse("people:person", args=[person.pk])).status_code == 200
    desk.post(reverse("people:unshare", args=[Agreement.objects.get().pk]))
    assert there.get(reverse("people:person", args=[person.pk])).status_code == 404
    last = desk.post(reverse("people:withdraw", args=[person.pk]), {"purpose": "suivi"})
    assert last.headers["Location"] == reverse("people:erase", args=[person.pk])


def test_shown_to_the_person_exported_and_erased(desk: Client, follow: Follow) -> None:
    person = follow(phone="0639980101")
    shown = text(desk.get(reverse("people:show", args=[person.pk])))
    assert "Lucette Marignan" in shown and "Suivre son parcours" in shown
    made = json.loads(desk.post(reverse("people:export", args=[person.pk]), {"form": "json"}).content)
    assert made["format"] == "yole-person-1"
    rows = {part["name"]: part["rows"] for part in made["sections"]}
    assert rows["people.card"][0]["téléphone"] == "0639980101"
    assert rows["people.consents"][0]["pour"].startswith("Suivre")
    assert desk.post(reverse("people:export", args=[person.pk]), {"form": "pdf"}).content[:5] == b"%PDF-"
    wrong = desk.post(reverse("people:erase", args=[person.pk]), {"code": "0000-0000-00"})
    assert wrong.status_code == 422
    done = desk.post(reverse("people:erase", args=[person.pk]), {"code": person.code.lower()}, follow=True)
    assert "La personne est effacée" in text(done)
    assert "effacée" in text(desk.get(reverse("people:person", args=[person.pk])))
    assert "Lucette" not in text(desk.get(reverse("people:list"), {"q": "lucette"})).replace('value="lucette"', "")


def test_end_of_the_delay_on_the_screen(desk: Client, follow: Follow) -> None:
    from datetime import timedelta

    from yole.territory.selectors import today

    soon = follow("Raymonde", "Tifaine", 1944, day=today() - timedelta(days=350))
    follow("Hector", "Valmy", 1960)
    page = text(desk.get(reverse("people:due")))
    assert "Raymonde Tifaine" in page and "Hector" not in page
    assert "Échéances (1)" in text(desk.get(reverse("people:list")))
    assert desk.post(reverse("people:keep", args=[soon.pk]), {"reason": "Rendez-vous pris en janvier"}).status_code == 302
    again = desk.post(reverse("people:keep", args=[soon.pk]), {"reason": "Encore"})
    assert again.status_code == 422 and "déjà été gardée" in text(again)


def test_whoever_coordinates_the_territory_reads_no_name(house: SimpleNamespace, follow: Follow) -> None:
    person = follow()
    client = signed_in(house.coordinator)
    for name, args in (("list", []), ("person", [person.pk]), ("pairs", []), ("due", []), ("export", [person.pk]), ("new", [])):
        assert client.get(reverse(f"people:{name}", args=args)).status_code == 403, name
    settings = text(client.get(reverse("people:settings")))
    assert "Effacements faits" in settings and "Lucette" not in settings
    sent = {"minor_alone_from": 16, "minor_rule": "sans_nom", "keep_months": 6, "notice_days": 15}
    assert client.post(reverse("people:settings"), sent).status_code == 302
    assert client.post(reverse("people:settings"), {**sent, "keep_months": 13}).status_code == 422


def test_another_structure_gets_the_answer_of_what_does_not_exist(house: SimpleNamespace, follow: Follow) -> None:
    person = follow()
    client = signed_in(house.neighbour)
    for name in ("person", "edit", "show", "contact", "export", "erase", "share", "keep", "card-pdf"):
        assert client.get(reverse(f"people:{name}", args=[person.pk])).status_code == 404, name
    assert client.get(reverse("people:person", args=[uuid.uuid4()])).status_code == 404


def test_the_card_opens_the_file_with_the_person_agreement(house: SimpleNamespace, follow: Follow) -> None:
    person = follow()
    client = signed_in(house.neighbour)
    opened = client.post(reverse("people:open-code"), {"code": person.code, "how": "oral_fiche"})
    assert opened.headers["Location"] == reverse("people:person", args=[person.pk])
    page = text(client.get(reverse("people:person", args=[person.pk])))
    assert "suivie par Ici (fictif)" in page and "Effacer" not in page
    assert client.post(reverse("people:open-code"), {"code": "ABCD", "how": "oral_fiche"}).status_code == 422


def test_a_sheet_of_cards_and_the_information(desk: Client) -> None:
    from yole.people.models import Person

    sent = {"form_key": str(uuid.uuid4()), "count": "12"}
    for _ in range(2):
        assert desk.post(reverse("people:card-sheet"), sent).content[:5] == b"%PDF-"
    assert Person.objects.count() == 12
    assert "numéro de sécurité sociale" in text(desk.get(reverse("people:notice")))
    assert desk.get(reverse("people:notice-pdf")).content[:5] == b"%PDF-"


def test_the_export_is_written_in_words() -> None:
    from yole.people.documents import export_context

    rows = [{"le": "2026-11-22T06:57:41.728316+00:00", "jour": "2026-03-01", "thèmes": ["a", "b"], "n": 3, "code": "2026-11"}]
    made = export_context({"card": "X", "made_at": "2026-11-22T16:00:00+00:00", "sections": [{"name": "n", "label": "L", "rows": rows}]})
    values = {name: str(value).replace(NBSP, " ").replace("\u202f", " ") for name, value in made["sections"][0]["rows"][0]}
    assert values["jour"].endswith("mars 2026") and "novembre 2026 à" in values["le"]
    assert (values["thèmes"], values["n"], values["code"]) == ("a, b", "3", "2026-11")
