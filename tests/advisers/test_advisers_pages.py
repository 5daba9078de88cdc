"""Pages: apply, confirm, follow, decide, run a round, answer, recruit, pay."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from .conftest import accepted, make_candidate


@pytest.fixture
def desk(bureau: SimpleNamespace, client: Any) -> Any:
    client.force_login(bureau.coordinator, backend="yole.organisations.backends.AccountBackend")
    return client


def test_from_the_form_to_the_payment(bureau: SimpleNamespace, desk: Any) -> None:
    from django.core import mail
    from django.test import Client

    from yole.advisers.demo import siret
    from yole.advisers.models import Candidate, Host, Post, Relation

    public = Client()
    form = {
        "name": "Mairie (fictif)", "siret": siret(4), "kind": "COMMUNE", "commune": "97209", "asked": "1",
        "starts_on": bureau.start.isoformat(), "need": "Besoin", "contact_name": "Fictif", "email": "m@exemple.invalid",
    }  # fmt: skip
    assert public.post("/conseillers/structure/", {**form, "siret": "123"}).status_code == 422
    assert public.post("/conseillers/structure/", form).status_code == 302
    host = Host.objects.get()
    person = {
        "name": "Zoé (fictif)", "email": "z@exemple.invalid", "commune": "97213", "reach": "20", "available_from": "2026-11-01",
        "situation": "looking", "experience": "2",
    }  # fmt: skip
    assert public.post("/conseillers/candidature/", person).status_code == 422
    assert public.post("/conseillers/candidature/", {**person, "consent": "on"}).status_code == 302
    link = "/conseillers/" + mail.outbox[0].body.split("/conseillers/")[1].split()[0]
    assert public.get(link).status_code == 200 and Candidate.objects.get().state == "inscrit"
    public.post(link)
    one = Candidate.objects.get()
    assert one.state == "disponible"

    base = f"/conseillers/equipe/structure/{host.pk}/"
    decision = {"to": "VALIDATION_COSELEC", "minutes": "CR-1", "granted": "1"}
    assert desk.post(base + "decision/", decision).status_code == 422
    assert desk.post(base + "avis/", {"opinion": "favorable", "text": "Besoin"}).status_code == 302
    assert desk.post(base + "decision/", decision).status_code == 302
    page = desk.get("/conseillers/equipe/tour/nouveau/").content.decode()
    assert "Le plus proche, sans regarder l’expérience" in page and Relation.objects.count() == 0
    assert desk.post("/conseillers/equipe/tour/nouveau/", {"rule": "experience"}).status_code == 302
    relation = Relation.objects.get()
    for code in (one.code, host.code):
        assert "Dire oui" in public.get(f"/conseillers/suivi/{code}/").content.decode()
        assert public.post(f"/conseillers/suivi/{code}/reponse/{relation.pk}/", {"reponse": "oui"}).status_code == 302
    tour = f"/conseillers/equipe/tour/{relation.round_id}/"
    dates = {"starts_on": bureau.start.isoformat(), "ends_on": (bureau.start + timedelta(days=300)).isoformat()}
    assert desk.post(f"{tour}{relation.pk}/recruter/", dates).status_code == 302
    post = Post.objects.get()
    contract = post.contracts.get()
    assert post.state == "occupe" and f"/conseillers/equipe/contrats/{contract.pk}/" in desk.get(tour).content.decode()
    assert desk.post(f"/conseillers/equipe/poste/{post.pk}/verser/", {"amount": "60000", "document": "F-1"}).status_code == 422
    assert desk.post(f"/conseillers/equipe/poste/{post.pk}/verser/", {"amount": "12345,60", "document": "F-1"}).status_code == 302
    budget = desk.get("/conseillers/equipe/budget/").content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert "12 345,60 €" in budget and "37 654,40 €" in budget
    assert desk.get("/conseillers/equipe/budget.csv").content.decode().count("\n") == 9
    assert siret(4) in desk.get("/conseillers/equipe/postes.csv").content.decode()


def test_a_code_opens_its_own_file_alone(bureau: SimpleNamespace, client: Any) -> None:
    from yole.advisers.models import Candidate, Relation
    from yole.advisers.services_rounds import publish

    host, one, other = accepted(bureau), make_candidate(bureau), make_candidate(bureau, 1, years=0)
    publish(bureau.recruiter, "experience")
    relation = Relation.objects.get()
    assert client.post(f"/conseillers/suivi/{other.code}/reponse/{relation.pk}/", {"reponse": "oui"}).status_code == 404
    assert client.get("/conseillers/suivi/AAAAAAAAAA/").status_code == 404
    assert client.post("/conseillers/suivi/", {"code": one.code.lower()}).url == f"/conseillers/suivi/{one.code}/"
    shown = client.get(f"/conseillers/suivi/{host.code}/").content.decode()
    assert "Personne 0" not in shown and "exemple.invalid" not in shown
    assert client.post(f"/conseillers/suivi/{one.code}/etat/", {"etat": "recrute"}).status_code == 409
    client.post(f"/conseillers/suivi/{one.code}/etat/", {"etat": "desinscrit"})
    assert Candidate.objects.get(pk=one.pk).state == "desinscrit" and Relation.objects.get().state == "finalisee_non_disponible"


def test_the_desk_lists_and_blocks(bureau: SimpleNamespace, desk: Any) -> None:
    from yole.advisers.models import Candidate

    accepted(bureau)
    one = make_candidate(bureau)
    assert "Mairie 0" in desk.get("/conseillers/equipe/").content.decode()
    assert "Personne 0" in desk.get("/conseillers/equipe/candidatures/").content.decode()
    assert desk.post(f"/conseillers/equipe/candidatures/{one.pk}/bloquer/", {"reason": "Fausse adresse"}).status_code == 302
    assert Candidate.objects.get(pk=one.pk).block_reason == "Fausse adresse"


def test_the_demonstration_loads_once(bureau: SimpleNamespace) -> None:
    from yole.advisers import demo
    from yole.advisers.models import Host
    from yole.organisations.models import Account
    from yole.territory.models import Commune

    Account.objects.filter(pk=bureau.coordinator.pk).update(is_fictional=True)
    for code in ("97228", "97222", "97224", "97212", "97230"):
        Commune.objects.create(
            code=code, name=code, sort_key=code, search_key=code, departement="972", lat=14.6, lon=-61.0, source="essai", source_date="2026"
        )
    notes: list[str] = []
    demo.load(notes.append)
    demo.load(notes.append)
    assert len(notes) == 1 and Host.objects.count() == 4
