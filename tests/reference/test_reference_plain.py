"""The helper for letters marks what is hard, quotes the words as written, and writes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.reference import files
from yole.reference.engine import plain, words

PLAINER = files.read_plain_words()


def rules(text: str) -> set[str]:
    return {remark.rule for one in plain.read(text, PLAINER).sentences for remark in one.remarks}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Vous devez envoyer avant la fin du mois tous les papiers que nous avons demandés dans la lettre de juin dernier.", "longueur"),
        ("Nous avons besoin de pièces justificatives.", "mot"),
        ("Votre dossier est étudié demain.", "passif"),
        ("L’incompréhensibilité gêne.", "mot long"),
        ("Venez avec un papier (original).", "parenthèses"),
        ("Vous avez trente jours.", "nombre"),
        ("La CPAM répond.", "sigle"),
        ("Voir l’article L. 262 du code.", "loi"),
        ("Le droit n’est pas ouvert sans votre réponse.", "négation"),
    ],
)
def test_each_difficulty_is_seen(text: str, rule: str) -> None:
    assert rule in rules(text)


def test_a_plain_letter_has_nothing_to_mend() -> None:
    reading = plain.read("Bonjour. Votre dossier est là. Venez lundi à 9 h. Nous sommes au 3 rue du Port. Merci.", PLAINER)
    assert reading.hard == 0
    assert reading.score is not None
    assert reading.score >= 70


def test_an_administrative_letter_is_harder_than_a_plain_one() -> None:
    hard = plain.read(
        "En application des dispositions susvisées, il vous appartient de transmettre préalablement les pièces justificatives sollicitées.",
        PLAINER,
    )
    easy = plain.read("Envoyez-nous vos papiers avant lundi.", PLAINER)
    assert hard.score is not None
    assert easy.score is not None
    assert hard.score < easy.score
    assert {remark.words for one in hard.sentences for remark in one.remarks} >= {"il vous appartient de", "pièces justificatives"}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400))
def test_what_is_shown_was_written(text: str) -> None:
    reading = plain.read(text, PLAINER)
    assert (reading.score is None) == (reading.words == 0)
    for one in reading.sentences:
        assert one.text in text
        assert one.words > 0


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.integers(20, 200))
def test_a_passage_is_always_a_substring(text: str, longest: int) -> None:
    spans = words.sentences(text)
    quoted = words.passage(text, spans, [float(i % 3) for i in range(len(spans))], longest)
    assert quoted in text


def test_search_text_cuts_elisions() -> None:
    assert words.search_text("L’électricité qu’elle n'a pas jusqu'à l'été") == "electricite elle a pas a ete"
    assert words.content_words("J’ai plus de sous pour l’électricité") == ["sous", "electricite"]
    assert words.expansions("plus de sous", [("sous", "argent"), ("pas la", "x")]) == ["argent"]
    assert words.expansions("argent", [("sous", "argent")]) == ["sous"]


def test_syllables() -> None:
    assert [plain.syllables(word) for word in ("lettre", "papier", "incompréhensible", "a", "demande", "aide")] == [1, 2, 5, 1, 2, 1]


def test_too_long_a_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        plain.read("a " * plain.MOST_CHARACTERS, PLAINER)


@pytest.mark.usefixtures("db")
def test_the_page_keeps_nothing(client: Any) -> None:
    from django.contrib.sessions.models import Session

    page = client.post("/fiches/relire/", {"text": "Votre dossier est étudié. Bonjour <b>vous</b>."})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    text = page.content.decode()
    assert "est étudié" in text
    assert "<b>vous</b>" not in text
    assert not Session.objects.exists()
    assert client.post("/fiches/relire/", {"text": ""}).status_code == 422
