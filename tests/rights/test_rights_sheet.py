"""What leaves the page of results: the sheet to take along, the values of the law, the mandate, where to be helped."""

from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.rights.test_rights_screens import GIVEN, house, sealed, site, text_of

__all__ = ["house", "site"]  # fixtures

WHOLE = (*GIVEN, ("other_situations", []))


def pdf_text(content: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(content))
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")


def tagged(content: bytes) -> bool:
    import pypdfium2

    catalogue = pypdfium2.PdfDocument(io.BytesIO(content))
    return bool(catalogue.is_tagged())


def test_the_sheet_says_what_to_bring_and_names_nobody(site: Any) -> None:
    answer = site.post("/droits/feuille.pdf", {"etat": sealed(*WHOLE)})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert tagged(answer.content)
    words = " ".join(pdf_text(answer.content).split())
    for expected in (
        "Revenu de solidarité active",
        "À vérifier avec la CAF",
        "environ 573 € par mois",
        "À apporter",
        "Ce n’est pas une décision",
        "OpenFisca",
    ):
        assert expected in words, expected
    assert "12/04/1991" not in words and "1991-04-12" not in words and "éligible" not in words.lower()


def test_the_values_of_the_law_behind_a_result(site: Any) -> None:
    shown = site.post("/droits/parametres/", {"etat": sealed(*WHOLE), "droit": "rsa"})
    words = text_of(shown)
    assert "651,69" in words and "2026-04-01" in words and "legifrance" in shown.content.decode()
    assert any(row["parameter"].endswith("montant_de_base_du_rsa") for row in shown.context["main"])
    assert len(shown.context["others"]) > 10
    unknown = site.post("/droits/parametres/", {"etat": sealed(*WHOLE), "droit": "nimporte"})
    assert unknown.status_code == 302


def test_traced_values_are_those_of_the_law_at_that_month(engine: Any) -> None:
    """An earlier month reads the earlier value."""
    from yole.rights import parameters, situation
    from yole.rights.engine import completions

    asked = {
        "date": "2025-02", "commune": "97209",
        "persons": [{"id": "applicant", "role": "applicant", "birth_date": "1991-04-12", "activity": "inactive"}],
        "answers": {"couple": False, "children_count": 0, "housing_status": "loge_gratuitement", "other_situations": []},
    }  # fmt: skip
    household = situation.parse(asked)
    rows = parameters.read(engine.rules, completions.design(household, engine.priors).rows.cohort(), "2025-02")["rsa"]
    main = next(row for row in rows if row.parameter.endswith("montant_de_base_du_rsa"))
    assert (main.value, main.since) == (635.71, "2024-04-01")


@pytest.mark.django_db
def test_the_mandate_holds_no_person_and_says_what_it_is_not(client: Any) -> None:
    page, paper = client.get("/droits/mandat/"), client.get("/droits/mandat.pdf")
    assert "Aidants Connect" in text_of(page)
    assert paper.status_code == 200 and tagged(paper.content)
    words = " ".join(pdf_text(paper.content).split())
    for expected in ("1984", "Un an", "365 jours", "Logement", "mot de passe", "J’arrête ce mandat quand je veux", "FranceConnect"):
        assert expected in words, expected


def test_where_and_when_somebody_helps(house: SimpleNamespace) -> None:
    from datetime import time

    from django.utils import timezone

    from yole.places.models import Place
    from yole.rights.help import near
    from yole.workshops.services_planning import Where, create_appointments
    from yole.workshops.services_programmes import create_programme

    def place(name: str, service: str) -> Place:
        return Place.objects.create(
            territory=house.territory, source="essai", source_id=name, slug=name.lower().replace(" ", "-"), name=name, postcode="97200",
            address="1 rue Fictive", commune_name="Fort-de-France", insee_code="97209", lat=14.6, lon=-61.07, services=[service],
            updated_on=timezone.localdate(), sort_key=name.lower(), name_key=name.lower(), address_key="1 rue fictive",
        )  # fmt: skip

    helping = place("Maison fictive", "Aide aux démarches administratives")
    place("Atelier fictif", "Acquisition de matériel informatique à prix solidaire")
    for title, theme in (("Rendez-vous", "aide_aux_demarches_administratives"), ("Photo", "creer_avec_le_numerique")):
        programme = create_programme(
            None, house.territory, title=title, themes=[theme], level="debutant", audiences=["tous"], published=True
        )
        create_appointments(
            None, programme, day=timezone.localdate() + timedelta(days=2), starts=time(9), ends=time(10), minutes=30,
            where=Where(place=helping),
        )  # fmt: skip
    found = near(house.territory, "97209")
    assert [row.name for row in found.places] == ["Maison fictive"]
    assert [row.title for row in found.sessions] == ["Rendez-vous", "Rendez-vous"]
    assert near(house.territory, "00000").sessions == near(house.territory, "").sessions == found.sessions
