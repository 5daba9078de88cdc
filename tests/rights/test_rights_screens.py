"""The pages: questions without an account, nothing kept, words that never decide, acts of the team."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

DECISION = re.compile(r"éligible|vous avez droit|vous n’avez pas droit", re.IGNORECASE)


@pytest.fixture
def house(db: None) -> Iterator[SimpleNamespace]:
    from tests.people.conftest import make_house
    from yole.base.memo import forget_all
    from yole.base.scope import system_scope
    from yole.people.services import About, create_anonymous
    from yole.territory.selectors import forget_cached

    forget_cached()
    forget_all()
    with system_scope():
        made = make_house()
        made.person = create_anonymous(made.mediator, About())
        yield made
    forget_cached()


@pytest.fixture
def site(house: SimpleNamespace, address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    from django.test import Client

    monkeypatch.setenv("YOLE_RIGHTS_URL", address)
    return Client()


GIVEN = (
    ("children_count", 0),
    ("couple", False),
    ("applicant.birth_date", "1991-04-12"),
    ("applicant.activity", "inactive"),
    ("housing_status", "loge_gratuitement"),
    ("commune", "97209"),
)


def sealed(*given: tuple[str, Any]) -> str:
    from yole.rights.state import State, dump
    from yole.territory.selectors import today

    return dump(State(f"{today():%Y-%m}", given))


def text_of(response: Any) -> str:
    return re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " ")


def sign_in(client: Any, account: Any) -> None:
    client.force_login(account, backend="yole.organisations.backends.AccountBackend")


def test_the_first_question_then_dont_know_then_back(site: Any) -> None:
    first = site.get("/droits/question/")
    assert first.status_code == 200 and first.headers["Cache-Control"] == "no-store"
    name, state = first.context["field"], first.context["etat"]
    second = site.post("/droits/question/", {"etat": state, "champ": name, "action": "ne-sais-pas"})
    assert second.context["field"] != name
    assert "Pourquoi cette question" in text_of(second)
    back = site.post("/droits/question/", {"etat": second.context["etat"], "champ": second.context["field"], "action": "avant"})
    assert back.context["field"] == name


def test_an_empty_answer_is_asked_again_and_a_changed_page_begins_again(site: Any) -> None:
    state = sealed(*GIVEN[:3])
    empty = site.post("/droits/question/", {"etat": state, "champ": "applicant.activity", "r": ""})
    assert empty.status_code == 422 and "Je ne sais pas" in text_of(empty)
    broken = site.post("/droits/question/", {"etat": state[:-3] + "abc", "champ": "applicant.activity", "r": "employed"})
    assert broken.status_code == 302 and broken.url == "/droits/"
    unknown = site.post("/droits/question/", {"etat": state, "champ": "applicant.secret", "r": "1"})
    assert unknown.status_code == 302


def test_an_answer_against_another_is_said_beside_the_question(site: Any) -> None:
    state = sealed(("children_count", 1), ("applicant.birth_date", "1991-04-12"))
    answered = site.post("/droits/question/", {"etat": state, "champ": "children_birth_dates", "r0": "1980-01-01"})
    assert answered.status_code == 422
    assert "ne va pas avec une autre" in text_of(answered)


def test_results_in_plain_words_and_nothing_written(site: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        shown = site.post("/droits/resultats/", {"etat": sealed(*GIVEN, ("other_situations", []))})
    assert not [query["sql"] for query in queries if not query["sql"].lstrip("( ").upper().startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    words = text_of(shown)
    assert shown.status_code == 200
    assert "environ 573 € par mois" in words and "Vous pourriez avoir droit" in words and "À vérifier avec la CAF" in words
    assert "Barème trop ancien" in words and "Semble ne pas correspondre" in words
    assert not DECISION.search(words)
    assert "Ouvrir le suivi" not in words
    received = site.post("/droits/question/", {"etat": sealed(*GIVEN, ("other_situations", [])), "action": "recues", "recue": ["rsa"]})
    assert "Vous la recevez déjà" in text_of(received)


def test_stale_rules_show_no_amount_anywhere(site: Any) -> None:
    shown = site.post("/droits/resultats/", {"etat": sealed(*GIVEN, ("other_situations", []))})
    stale = [entry for group in shown.context["found"].values() for entry in group if entry.stale]
    assert len(stale) == 7 and all(entry.amount == "" and entry.monthly_charge is None for entry in stale)


def test_without_the_calculation_the_page_says_so(house: SimpleNamespace, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOLE_RIGHTS_URL", "http://127.0.0.1:9")
    page = client.get("/droits/question/")
    assert page.status_code == 503 and "ne répond pas" in text_of(page)
    rules = client.get("/droits/regles/")
    assert rules.status_code == 200 and "Contester" in text_of(rules)
    assert client.get("/droits/").status_code == 200


def test_the_team_follows_with_an_agreement_only(site: Any, house: SimpleNamespace) -> None:
    from yole.rights.models import FollowUp

    sign_in(site, house.mediator)
    state = sealed(*GIVEN, ("other_situations", []))
    shown = site.post("/droits/resultats/", {"etat": state})
    assert "Ouvrir le suivi" in text_of(shown)
    sent = {"etat": state, "chosen": ["rsa"], "code": house.person.code}
    refused = site.post("/droits/equipe/suivre/", sent)
    assert refused.status_code == 422 and "accord de la personne" in text_of(refused)
    assert not FollowUp.objects.exists()
    done = site.post("/droits/equipe/suivre/", {**sent, "agreed": "on"})
    assert done.status_code == 302
    row = FollowUp.objects.get()
    assert (row.benefit, row.verdict, row.commune, row.person_id) == ("rsa", "yes", "97209", house.person.pk)
    page = site.get(done.url)
    assert "La demande est déposée" in text_of(page) and not DECISION.search(text_of(page))
    moved = site.post(f"{done.url}deposer/", {"day": row.identified_on.isoformat()})
    assert moved.status_code == 302
    answered = site.post(f"{done.url}repondre/", {"day": row.identified_on.isoformat(), "answer": "refused"})
    assert answered.status_code == 422 and "motif" in text_of(answered)
    assert "RSA" in text_of(site.get("/droits/equipe/"))


def test_one_page_for_a_professional(site: Any, house: SimpleNamespace) -> None:
    sign_in(site, house.mediator)
    filled = {"couple": "non", "children_count": "0", "applicant.birth_date": "1991-04-12", "applicant.activity": "inactive"}
    shown = site.post("/droits/equipe/une-page/", filled)
    assert shown.status_code == 200
    assert "Question la plus utile maintenant" in text_of(shown) and "RSA" in text_of(shown)
    wrong = site.post("/droits/equipe/une-page/", {**filled, "applicant.pension": "600"})
    assert wrong.status_code == 422 and "contradiction" in text_of(wrong)


def test_a_list_needs_a_purpose_and_names_nobody(site: Any, house: SimpleNamespace) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from yole.rights.models import Screening

    sign_in(site, house.colleague)

    def send(text: str, **more: str) -> Any:
        return site.post("/droits/equipe/liste/", {"file": SimpleUploadedFile("l.csv", text.encode()), "consent": "on", **more})

    good = (
        "household,date,commune,couple,children_count,applicant_birth_date,applicant_activity,housing_status,other_situations\n"
        "a1,2026-11,97209,0,0,1991-04-12,inactive,loge_gratuitement,none\n"
    )
    assert send(good).status_code == 422
    named = send(good.replace("household", "household,nom").replace("a1,", "a1,Marignan,"), purpose="proposer")
    assert named.status_code == 422 and "nom" in text_of(named)
    assert not Screening.objects.exists()
    done = send(good, purpose="proposer")
    assert done.headers["Content-Type"].startswith("text/csv")
    lines = done.content.decode().splitlines()
    assert lines[0].startswith("household,benefit,verdict") and any(line.startswith("a1,rsa,yes,1.0,573.49") for line in lines)
    assert not any(",no," in line for line in lines)
    assert Screening.objects.get().households == 1


def test_figures_hide_small_counts(site: Any, house: SimpleNamespace) -> None:
    sign_in(site, house.coordinator)
    shown = site.get("/droits/equipe/chiffres/")
    assert shown.status_code == 200 and "moins de 11 personnes" in text_of(shown)
