"""What a round tells: skills that it asks for, parity in counts, and a message to both sides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from .conftest import accepted, make_candidate, make_host


@pytest.fixture
def desk(bureau: SimpleNamespace, client: Any) -> Any:
    client.force_login(bureau.coordinator, backend="yole.organisations.backends.AccountBackend")
    return client


def test_the_skills_of_a_post_decide_who_is_proposed(bureau: SimpleNamespace, desk: Any, client: Any) -> None:
    from yole.advisers.models import Candidate, Post
    from yole.advisers.services_posts import ask_skills
    from yole.advisers.services_rounds import publish
    from yole.base.errors import Refused

    host = accepted(bureau)
    post = Post.objects.get()
    make_candidate(bureau, 0, years=9)
    person = {
        "name": "Zoé (fictif)", "email": "z@exemple.invalid", "commune": "97213", "reach": "20", "available_from": "2026-11-01",
        "situation": "looking", "experience": "1", "skills": " Langue des  signes, PHOTO,photo,", "gender": "femme", "consent": "on",
    }  # fmt: skip
    assert client.post("/conseillers/candidature/", {**person, "skills": "x" * 41}).status_code == 422
    assert client.post("/conseillers/candidature/", person).status_code == 302
    skilled = Candidate.objects.get(gender="femme")
    assert skilled.skills == ["langue des signes", "photo"]
    Candidate.objects.filter(pk=skilled.pk).update(state="disponible")
    address = f"/conseillers/equipe/poste/{post.pk}/competences/"
    assert desk.post(address, {"skills": ",".join(map(str, range(13)))}).status_code == 422
    assert desk.post(address, {"skills": "Photo"}).status_code == 302
    assert "Photo".lower() in desk.get(f"/conseillers/equipe/structure/{host.pk}/").content.decode()
    assert 'value="photo"' in desk.get(address).content.decode()
    assert publish(bureau.recruiter, "experience").relations.get().candidate_id == skilled.pk
    Post.objects.update(state="occupe")
    for words, act in (
        ("ne permet pas", lambda: ask_skills(bureau.recruiter, post.pk, "")),
        ("ne change plus", lambda: ask_skills(bureau.coordinator, post.pk, "")),
        ("n’existe pas", lambda: ask_skills(bureau.coordinator, post.pk + 1, "")),
    ):
        with pytest.raises(Refused, match=words):
            act()


def test_small_groups_are_hidden_with_another() -> None:
    from yole.advisers.parity import rows

    group = {**dict.fromkeys(range(20), "Femme"), **dict.fromkeys(range(20, 32), "Homme"), **dict.fromkeys(range(32, 34), "Autre")}
    order = ["Femme", "Homme", "Autre", "Non communiqué"]
    found = rows(group, {*range(10), *range(20, 26)}, order, 5)
    assert found == [
        {"label": "Femme", "candidates": 20, "proposed": 10},
        {"label": "Homme", "candidates": None, "proposed": None},
        {"label": "Autre", "candidates": None, "proposed": None},
    ]
    assert rows({}, set(), order, 5) == []


def test_a_round_shows_parity_without_anybody(bureau: SimpleNamespace, desk: Any) -> None:
    from yole.advisers.models import Candidate
    from yole.advisers.services_rounds import publish

    bureau.territory.small_count_threshold = 3
    bureau.territory.save()
    bureau.coordinator.refresh_from_db()
    accepted(bureau, 0, granted=1)
    people = [make_candidate(bureau, number) for number in range(7)]
    Candidate.objects.filter(pk__in=[one.pk for one in people[:6]]).update(gender="femme")
    shown = desk.get("/conseillers/equipe/tour/nouveau/").content.decode()
    assert "Selon le genre déclaré" in shown and "trop petit pour être montré" in shown
    made = publish(bureau.coordinator, "experience")
    tables = made.figures["parity"]
    assert [row["candidates"] for table in tables for row in table["rows"]] == [None, None, None]
    old = dict(made.figures)
    del old["parity"]
    type(made).objects.update(figures=old)
    assert "Selon le genre" not in desk.get(f"/conseillers/equipe/tour/{made.pk}/").content.decode()


def test_both_sides_are_told_where_to_answer(bureau: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    from django.core import mail

    from yole.advisers.models import Candidate
    from yole.advisers.services_rounds import publish

    host = accepted(bureau, 0, granted=2)
    make_host(bureau, 3)
    one, invented = make_candidate(bureau, 0), make_candidate(bureau, 1)
    Candidate.objects.filter(pk=invented.pk).update(is_fictional=True)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        publish(bureau.coordinator, "experience")
        assert mail.outbox == []
    told = {message.to[0]: message.body for message in mail.outbox}
    assert sorted(told) == ["m@exemple.invalid", "p0@exemple.invalid"]
    assert f"/conseillers/suivi/{host.code}/" in told["m@exemple.invalid"] and "/conseillers/reponse/" in told["p0@exemple.invalid"]
    assert one.code not in told["p0@exemple.invalid"]
    assert "Personne" not in "".join(told.values()) and host.name not in told["p0@exemple.invalid"]
