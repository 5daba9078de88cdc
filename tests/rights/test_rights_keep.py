"""Pause and resume: the answers leave as a file that the person keeps and come back by a form; nothing of them is kept by the house."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.rights.test_rights_screens import GIVEN, house, sealed, site, text_of

__all__ = ["house", "site"]  # fixtures

BIRTH, COMMUNE, WAGE = "1983-03-07", "97222", 1234.5
SECRET = (("applicant.birth_date", BIRTH), ("commune", COMMUNE), ("applicant.activity", "employed"), ("applicant.wage", WAGE))


def upload(text: str | bytes, name: str = "mes-reponses.txt") -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def kept(client: Any, *given: tuple[str, Any]) -> str:
    answer = client.post("/droits/garder/", {"etat": sealed(*given)})
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


@pytest.mark.django_db
def test_the_file_is_a_small_attachment_that_says_what_it_is(client: Any) -> None:
    answer = client.post("/droits/garder/", {"etat": sealed(*SECRET)})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="mes-reponses-')
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.content.decode()
    assert "contient vos réponses" in text and "/droits/reprendre/" in text and "30 jours" in text
    assert len(text) < 1000
    assert BIRTH not in text.partition("YOLE-DROITS")[0]


@pytest.mark.parametrize("how", ["file", "pasted", "wrapped"])
def test_the_questions_go_on_where_they_stopped(site: Any, how: str) -> None:
    text = kept(site, *GIVEN[:3])
    if how == "wrapped":
        head, mark, signed = text.partition("YOLE-DROITS-1:")
        text = head + mark + "\r\n".join(signed[at : at + 60] for at in range(0, len(signed), 60))
    sent = {"file": upload(text)} if how == "file" else {"text": text}
    shown = site.post("/droits/reprendre/", sent)
    assert shown.status_code == 200
    assert shown.context["number"] == 4 and shown.context["field"] not in dict(GIVEN[:3])


def test_a_finished_file_leads_to_the_results_of_this_month(site: Any) -> None:
    from yole.rights.state import State, keep

    old = keep(State("2026-09", (*GIVEN, ("other_situations", []))), "Mes droits")
    shown = site.post("/droits/reprendre/", {"file": upload(old)})
    assert "environ 573 € par mois" in text_of(shown)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("nothing", "Choisissez votre fichier"),
        ("foreign", "ne vient pas de ce site"),
        ("edited", "ne vient pas de ce site"),
        ("cut", "ne vient pas de ce site"),
        ("page", "ne vient pas de ce site"),
        ("unknown", "ne vient pas de ce site"),
        ("binary", "ne vient pas de ce site"),
        ("large", "trop grand"),
        ("old", "a plus de 30 jours"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_plain_words(client: Any, case: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from yole.rights.state import MARK, State, keep

    good = keep(State("2026-11", SECRET), "Mes droits")
    now = time.time()
    sent: dict[str, Any] = {
        "nothing": {"text": "  "},
        "foreign": {"file": upload("bonjour")},
        "edited": {"file": upload(good.replace(MARK, f"{MARK}A"))},
        "cut": {"text": good[:-8]},
        "page": {"text": MARK + sealed(*SECRET)},
        "unknown": {"text": keep(State("2026-11", (("applicant.secret", 1),)), "")},
        "binary": {"file": upload(bytes(range(256)))},
        "large": {"file": upload("x" * 30_000)},
        "old": {"text": good},
    }[case]
    if case == "old":
        monkeypatch.setattr("django.core.signing.time.time", lambda: now + 31 * 24 * 3600)
    answer = client.post("/droits/reprendre/", sent)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert BIRTH not in answer.content.decode()


@pytest.mark.django_db
def test_a_file_lasts_thirty_days_and_a_page_some_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from yole.rights.state import ExpiredError, State, dump, keep, load, resume

    made, page, now = keep(State("2026-11", SECRET), ""), dump(State("2026-11", SECRET)), time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 29 * 24 * 3600)
    assert resume(made, "2026-12") == State("2026-12", SECRET)
    with pytest.raises(ExpiredError):
        load(page)


def test_no_answer_in_an_address_a_log_or_a_row(site: Any, house: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A whole walk with answers that appear nowhere else: they are in no address, no log line, no statement sent to the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answers = (*SECRET, ("couple", False), ("children_count", 0), ("housing_status", "proprietaire"), ("other_situations", []))
    caplog.set_level(logging.DEBUG)
    addresses: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        text = kept(site, *answers)
        for address, sent in (
            ("/droits/reprendre/", {"file": upload(text)}),
            ("/droits/reprendre/", {"text": text[:-5]}),
            ("/droits/resultats/", {"etat": sealed(*answers)}),
            ("/droits/parametres/", {"etat": sealed(*answers), "droit": "ppa"}),
            ("/droits/feuille.pdf", {"etat": sealed(*answers)}),
        ):
            answer = site.post(address, sent)
            addresses.append(answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"])
            body = answer.content.decode("latin-1")
            addresses += [part.split('"')[0] for name in ("href=", "action=", "src=") for part in body.split(f'{name}"')[1:]]
    written = [query["sql"] for query in queries if query["sql"].lstrip("( ").upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
    logged = "\n".join(record.getMessage() for record in caplog.records)
    for answer_given in (BIRTH, "1234", "YOLE-DROITS-1:", "proprietaire"):
        assert answer_given not in logged
        assert not [one for one in addresses if answer_given in one]
    assert not [one for one in addresses if COMMUNE in one]
    statements = json.dumps([query["sql"] for query in queries])
    assert BIRTH not in statements and "1234" not in statements
    from django.contrib.sessions.models import Session

    assert not [row for row in Session.objects.all() if BIRTH in json.dumps(row.get_decoded())]


def test_going_back_from_a_list_with_received_aids_asks_the_last_question(site: Any) -> None:
    state = sealed(*GIVEN, ("other_situations", []), ("received", ["rsa"]))
    back = site.post("/droits/question/", {"etat": state, "action": "avant"})
    assert back.status_code == 200 and back.context["field"] == "other_situations"
