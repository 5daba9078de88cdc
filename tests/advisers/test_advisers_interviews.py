"""Interviews, answers by the link of a message, and levels that candidates choose to show."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from yole.advisers.engine import shown

from .conftest import accepted, make_candidate


@pytest.fixture
def offer(bureau: SimpleNamespace) -> SimpleNamespace:
    """bureau, host, one (the person) and the proposal between them."""
    from yole.advisers.models import Relation
    from yole.advisers.services_rounds import publish

    host, one = accepted(bureau), make_candidate(bureau)
    publish(bureau.coordinator, "experience")
    return SimpleNamespace(bureau=bureau, host=host, one=one, relation=Relation.objects.get())


def slot(days: int = 3, **more: Any) -> Any:
    from django.utils import timezone

    from yole.advisers.services_interviews import InterviewData

    return InterviewData(**{"starts_at": timezone.now() + timedelta(days=days), "minutes": 30, "mode": "lieu", "where": "Mairie", **more})


def test_a_slot_is_proposed_another_asked_then_told(offer: SimpleNamespace) -> None:
    from django.utils import timezone

    from yole.advisers.models import Interview, Relation
    from yole.advisers.services_interviews import answer, cancel, propose, tell_outcome
    from yole.base.errors import Refused
    from yole.journal.models import Entry

    other = accepted(offer.bureau, 5, kind="PRIVATE")
    stranger = make_candidate(offer.bureau, 5)
    first = propose(offer.host, offer.relation.pk, slot())
    for words, act in (
        ("n’existe pas", lambda: propose(other, offer.relation.pk, slot())),
        ("ne permet pas", lambda: propose(offer.bureau.mediator, offer.relation.pk, slot())),
        ("n’existe pas", lambda: propose(offer.bureau.far_recruiter, offer.relation.pk, slot())),
        ("passé", lambda: propose(offer.host, offer.relation.pk, slot(-1))),
        ("adresse", lambda: propose(offer.host, offer.relation.pk, slot(where=" "))),
        ("comment", lambda: propose(offer.host, offer.relation.pk, slot(mode="fax"))),
        ("n’existe pas", lambda: answer(stranger, first.pk)),
        ("pas encore eu lieu", lambda: tell_outcome(offer.host, first.pk, "suite", "Bon échange")),
    ):
        with pytest.raises(Refused, match=words):
            act()
    assert answer(offer.one, first.pk, wish=" Plutôt le soir ").state == "autre_demande"
    second = propose(offer.bureau.recruiter, offer.relation.pk, slot(4, mode="telephone", where=""))
    assert Interview.objects.get(pk=first.pk).state == "remplace"
    assert answer(offer.one, second.pk).state == "accepte"
    Interview.objects.filter(pk=second.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(Refused, match="passé"):
        answer(offer.one, second.pk, wish="non")
    with pytest.raises(Refused, match="Dites pourquoi"):
        tell_outcome(offer.host, second.pk, "sans_suite", " ")
    tell_outcome(offer.host, second.pk, "sans_suite", "Le poste demande le soir")
    assert Relation.objects.get(pk=offer.relation.pk).state == "nouvelle"  # an outcome closes nothing: each side still answers
    with pytest.raises(Refused, match="Fait"):
        cancel(offer.host, second.pk)
    told = " ".join(str(entry.body) for entry in Entry.objects.filter(action="advisers.interview"))
    assert "sans_suite" in told and "soir" not in told and "Mairie" not in told


def test_every_move_of_an_interview(offer: SimpleNamespace) -> None:
    from yole.advisers.engine.life import INTERVIEW
    from yole.advisers.models import Interview
    from yole.advisers.services_interviews import answer, cancel, propose
    from yole.base.errors import Refused

    one = propose(offer.host, offer.relation.pk, slot())
    for now, allowed in INTERVIEW.items():
        acts = {
            "accepte": lambda: answer(offer.one, one.pk),
            "autre_demande": lambda: answer(offer.one, one.pk, wish="x"),
            "annule": lambda: cancel(offer.host, one.pk),
        }
        for to, act in acts.items():
            Interview.objects.filter(pk=one.pk).update(state=now, outcome="suite")
            if to in allowed:
                assert act().state == to
            else:
                with pytest.raises(Refused):
                    act()


def test_the_link_of_a_message_answers_one_proposal_and_expires(
    offer: SimpleNamespace, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    from icalendar import Calendar

    from yole.advisers.feeds import address as feed
    from yole.advisers.feeds import of_token
    from yole.advisers.links import SECONDS, address
    from yole.advisers.models import Candidate, Interview, Relation
    from yole.advisers.services_interviews import propose

    link = "/conseillers/" + address(offer.relation).split("/conseillers/")[1]
    page = client.get(link).content.decode()
    assert "Dire oui" in page and offer.one.code not in page and "Personne 0" not in page
    assert Relation.objects.get().candidate_yes_at is None  # opening it answered nothing
    assert client.get(link[:-2] + "x/").status_code == 404
    meeting = propose(offer.host, offer.relation.pk, slot())
    assert client.get(f"{link}entretien/{meeting.pk}/").status_code == 405
    assert client.post(f"{link}entretien/{meeting.pk}/", {"reponse": "autre", "souhait": " "}).status_code == 409
    assert client.post(f"{link}entretien/{meeting.pk}/", {"reponse": "accepter"}).status_code == 302
    assert Interview.objects.get().state == "accepte"
    assert client.post(link, {"reponse": "peut-être"}).status_code == 409
    assert client.post(link, {"reponse": "oui"}).status_code == 302
    assert Relation.objects.get().candidate_yes_at is not None
    assert client.post(link, {"reponse": "non", "raison": "Trop loin"}).status_code == 302
    assert (Relation.objects.get().state, Relation.objects.get().reason) == ("nonInteressee", "Trop loin")
    (event,) = Calendar.from_ical(of_token(feed(offer.one).split("/")[-2]) or b"").walk("VEVENT")
    assert str(event["status"]) == "CANCELLED"  # the slot that was accepted is over with the proposal
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: now + SECONDS + 5)
        assert client.get(link).status_code == 404
    assert client.get(link).status_code == 200
    Candidate.objects.update(state="desinscrit")
    assert client.get(link).status_code == 404


def test_pages_of_both_sides_and_their_calendar(offer: SimpleNamespace, client: Any, django_capture_on_commit_callbacks: Any) -> None:
    from django.core import mail
    from django.utils import timezone
    from icalendar import Calendar

    from yole.advisers.feeds import address
    from yole.advisers.models import Interview
    from yole.territory.selectors import today

    theirs, mine = (f"/conseillers/suivi/{code}/" for code in (offer.host.code, offer.one.code))
    form = {"day": today() + timedelta(days=5), "at": "09:30", "minutes": "45", "mode": "visio", "where": "https://visio.exemple.invalid"}
    address_of = f"{theirs}proposition/{offer.relation.pk}/entretien/"
    assert client.get(f"{mine}proposition/{offer.relation.pk}/entretien/").status_code == 404
    assert client.post(address_of, {**form, "where": ""}).status_code == 422
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address_of, form).status_code == 302
    assert "/conseillers/reponse/" in mail.outbox[0].body and mail.outbox[0].to == ["p0@exemple.invalid"]
    one = Interview.objects.get()
    assert "Accepter ce créneau" in client.get(mine).content.decode()
    feed = "/conseillers/" + address(offer.one).split("/conseillers/")[1]
    (event,) = Calendar.from_ical(client.get(feed).content).walk("VEVENT")
    assert str(event["status"]) == "TENTATIVE" and event["dtstart"].dt.strftime("%H:%M") == "09:30"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{mine}entretien/{one.pk}/", {"reponse": "autre", "souhait": "Lundi"}).status_code == 302
    assert mail.outbox[1].to == ["m@exemple.invalid"] and "Lundi" in client.get(theirs).content.decode()
    client.force_login(offer.bureau.recruiter, backend="yole.organisations.backends.AccountBackend")
    assert "Autre créneau d’entretien demandé" in client.get("/conseillers/equipe/a-faire/").content.decode()
    tour = f"/conseillers/equipe/tour/{offer.relation.round_id}/"
    assert client.post(f"{tour}{offer.relation.pk}/entretien/", {**form, "day": today()}).status_code in (302, 422)
    assert client.post(f"{tour}{offer.relation.pk}/entretien/", form).status_code == 302
    last = Interview.objects.latest("pk")
    assert client.post(f"{theirs}entretien/{last.pk}/", {"outcome": "suite", "reason": "Bien"}).status_code == 422
    Interview.objects.filter(pk=last.pk).update(starts_at=timezone.now() - timedelta(hours=1), state="accepte")
    assert client.post(f"{theirs}entretien/{last.pk}/", {"outcome": "suite", "reason": "Bon échange"}).status_code == 302
    assert "La structure souhaite continuer. Bon échange" in client.get(mine).content.decode()
    assert client.post(f"{mine}entretien/999999/").status_code == 404
    Interview.objects.update(starts_at=timezone.now() - timedelta(days=200))
    from yole.advisers.retention import purge_interviews

    assert purge_interviews() >= 1 and purge_interviews() == 0
    assert not Interview.objects.exclude(where="", wish="", reason="").exists()


@pytest.mark.parametrize(("score", "level"), [(0, 1), (383, 1), (384, 2), (640, 3), (895, 3), (896, 4), (1024, 4)])
def test_levels_of_pix(score: int, level: int) -> None:
    assert shown.pix_level(score) == level


def test_levels_of_the_diagnosis() -> None:
    assert [shown.diagnostic_level(k, 4) for k in range(4)] == [1, 2, 3, 4]
    assert [shown.diagnostic_level(k, 2) for k in range(2)] == [1, 4]
    for level, levels in ((4, 4), (-1, 4), (0, 1)):
        with pytest.raises(ValueError, match="level"):
            shown.diagnostic_level(level, levels)
    assert "niveau numérique 3" in shown.skills(4) and not shown.skills(0)


def test_a_level_counts_once_seen_and_under_the_rule_that_says_so(bureau: SimpleNamespace, client: Any) -> None:
    from yole.advisers.models import Post, ShownLevel
    from yole.advisers.services_posts import ask_skills
    from yole.advisers.services_rounds import simulate
    from yole.territory.selectors import today

    client.force_login(bureau.recruiter, backend="yole.organisations.backends.AccountBackend")
    accepted(bureau)
    able, older = make_candidate(bureau, 0, years=1), make_candidate(bureau, 1, years=2)

    def first(rule: str) -> list[int]:
        return [int(placed[0]) for placed in simulate(bureau.recruiter, rule).placements()]

    form = {"score": "900", "document": "PIX-1 (fictif)", "dated": today().isoformat(), "consent": "on"}
    address = f"/conseillers/suivi/{able.code}/niveau/pix/"
    assert client.post(address, {**form, "consent": ""}).status_code == 422
    assert client.post(address, {**form, "score": "1025"}).status_code == 422
    assert client.post(address, form).status_code == 302
    assert first("niveau") == [older.pk]  # declared, not seen yet
    assert "J’ai vu le document" in client.get("/conseillers/equipe/candidatures/").content.decode()
    assert "Score Pix à vérifier" in client.get("/conseillers/equipe/a-faire/").content.decode()
    assert client.post(f"/conseillers/equipe/candidatures/{able.pk}/niveau-vu/").status_code == 302
    assert client.post(f"/conseillers/equipe/candidatures/{able.pk}/niveau-vu/").status_code == 404
    assert first("niveau") == [able.pk] and first("experience") == [older.pk]
    ask_skills(bureau.coordinator, Post.objects.get().pk, "niveau numérique 4")
    assert first("experience") == [able.pk]
    assert client.post(f"/conseillers/suivi/{able.code}/niveau/retirer/").status_code == 302
    assert first("experience") == [] and not ShownLevel.objects.exists()
    assert "niveau 4 : 2 an(s)" in client.get("/conseillers/").content.decode().replace("\u00a0", " ")


def test_a_diagnosis_is_shown_by_its_code_with_consent(bureau: SimpleNamespace, client: Any) -> None:
    from django.utils import timezone

    from yole.advisers.models import ShownLevel
    from yole.assessment.models import ParameterSet, Result, Sitting
    from yole.base.scope import scope, scope_of
    from yole.kernel.codes import new_code

    one, mine, open_one = make_candidate(bureau), new_code(8), new_code(8)
    parameters = ParameterSet.objects.create(origin="expert", values={})
    common = {"territory": bureau.territory, "seed": 1, "parameters": parameters}
    done = Sitting.objects.create(code=mine, state="finished", finished_at=timezone.now(), **common)
    Sitting.objects.create(code=open_one, **common)
    Result.objects.create(
        sitting=done, theta=1.2, se=0.3, level=2, probability=0.9, probabilities=[0.0, 0.0, 0.9, 0.1], cuts=[-1.0, 0.0, 1.0], answered=12
    )
    address = f"/conseillers/suivi/{one.code}/niveau/diagnostic/"
    for form in ({"code": mine}, {"code": open_one, "consent": "on"}, {"code": new_code(8), "consent": "on"}):
        assert client.post(address, form).status_code == 422
    assert client.post(address, {"code": f"{mine[:4]} {mine[4:]}".lower(), "consent": "on"}).status_code == 302
    kept = ShownLevel.objects.get()
    assert (kept.level, kept.document, kept.checked_at is not None) == (3, "", True)
    assert "Niveau 3 sur 4" in client.get(f"/conseillers/suivi/{one.code}/").content.decode()
    for account, seen in ((bureau.recruiter, 1), (bureau.far_recruiter, 0), (bureau.mediator, 0)):
        with scope(scope_of(account)):
            assert ShownLevel.objects.count() == seen
