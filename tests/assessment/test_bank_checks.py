"""What the check of a bank finds: each fault planted in a sound question is found, at its place, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from yole.assessment.bank import DRAWINGS, Item, ItemBank, Option, Picture
from yole.assessment.bank.checks import check_bank, errors
from yole.assessment.bank.model import Calibrated
from yole.assessment.bank.readability import kandel_moles, sentences, syllables, words
from yole.assessment.engine.online import expert_difficulty


def question(item_id: str = "bus-horaire", right: int = 1, **changes: Any) -> Item:
    texts = ("Sur le site du bus", "Dans la corbeille", "Dans les réglages", "Sur la facture")
    options = tuple(Option("abcd"[k], text, int(k == right)) for k, text in enumerate(texts))
    item = Item(
        id=item_id,
        kind="choice",
        text=f"Vous cherchez l’heure du bus {item_id}. Où regarder ?",
        options=options,
        feedback="Le site du bus donne les heures du jour.",
        codes=(("CRCN", "2019", "1.1"),),
        topics=("recherche",),
        level=2.0,
        status="pilot",
        author="rédaction",
        licence="CC BY-SA 4.0",
        written="2026-11-22",
    )
    return replace(item, **changes)


def with_options(*entries: tuple[str, int], **changes: Any) -> Item:
    return question(options=tuple(Option("abcdef"[k], text, score) for k, (text, score) in enumerate(entries)), **changes)


def long_sentence(count: int) -> str:
    return " ".join(["mot"] * count) + "."


SOUND = question()
FAULTS: list[tuple[str, str, Item]] = [
    ("no-right-answer", "options", with_options(("Oui, le lundi", 0), ("Non, le mardi", 0))),
    ("several-right", "options", with_options(("Le lundi", 1), ("Le mardi", 1), ("Le jeudi", 0))),
    ("constant", "options", with_options(("Le lundi", 1), ("Le mardi", 1))),
    ("same-answers", "options.b", with_options(("Le lundi", 1), ("le  LUNDI.", 0))),
    ("answers-count", "options", with_options(("Le lundi", 1), ("2", 0), ("3", 0), ("4", 0), ("5", 0))),
    ("answer-empty", "options.b", with_options(("Le lundi", 1), ("", 0))),
    ("answer-id", "options.a", question(options=(Option("a", "Le lundi", 1), Option("a", "Le mardi", 0)))),
    ("dont-know", "options.b", with_options(("Le lundi matin", 1), ("Je ne sais pas.", 0))),
    ("multi-one-right", "options", with_options(("Le lundi", 1), ("Le mardi", 0), kind="multi", text="Quand ? Cochez 1 réponse.")),
    ("multi-unsaid", "stem.text", with_options(("Le lundi", 1), ("Le mardi", 1), ("Le jeudi", 0), kind="multi", text="Quand ?")),
    ("task-simulator", "task", question(kind="task", options=())),
    ("feedback-missing", "feedback", question(feedback="")),
    ("stem-empty", "stem.text", question(text="")),
    ("stem-long", "stem.text", question(text=" ".join([long_sentence(13)] * 2))),
    ("sentence-long", "feedback", question(feedback=long_sentence(21))),
    ("sentence-long", "options.b.feedback", question(options=(SOUND.options[0], replace(SOUND.options[1], feedback=long_sentence(21))))),
    ("competence-missing", "frameworks", question(codes=())),
    ("competence-unknown", "frameworks", question(codes=(("CRCN", "2019", "1.1"), ("CRCN", "2019", "6.2")))),
    ("framework-unknown", "frameworks", question(codes=(("CRCN", "2019", "1.1"), ("Autre", "1", "1")))),
    ("topic-unknown", "topics", question(topics=("cuisine",))),
    ("level", "expert_level", question(level=None)),
    ("level", "expert_level", question(level=8.5)),
    ("level", "expert_level", question(level=float("nan"))),
    ("seconds", "seconds", question(seconds=0)),
    ("status", "status", question(status="prêt")),
    ("id-form", "id", question("Bus Horaire", text="Où regarder ?")),
    ("mode-unknown", "modes", question(modes=("screen", "fax"))),
    ("mode-missing", "modes", question(modes=())),
    ("oral-sight", "modes", question(needs_sight=True, picture=Picture("champ-loupe.svg", "Une loupe"))),
    ("picture-alt", "stem.image", question(picture=Picture("champ-loupe.svg", ""))),
    ("picture-missing", "stem.image", question(picture=Picture("absent.svg", "Un dessin"))),
    ("picture-name", "stem.image", question(picture=Picture("../x.svg", "Un dessin"))),
    ("live-unreviewed", "reviewed", question(status="live")),
    ("date", "written", question(written="22/11/2026")),
    ("enemy-unknown", "enemies", question(enemies=("absente",))),
]
DOUBTS: list[tuple[str, str, Item]] = [
    ("sentence-long", "feedback", question(feedback=long_sentence(16))),
    ("apostrophe", "stem.text", question(text="L'heure du bus est où ?")),
    ("real-address", "options.a.text", with_options(("rose@boite.com", 1), ("rose.boite", 0))),
    ("negative", "stem.text", question(text="Vous prenez le bus. Où ne faut-il pas chercher ?")),
    ("answer-lengths", "options", with_options(("Lundi", 0), ("Sur le grand panneau posé à côté de l’arrêt du bus", 1))),
    ("topic-missing", "topics", question(topics=())),
    ("level-step", "expert_level", question(level=2.3)),
    ("origin", "licence", question(licence="")),
    ("sight-unneeded", "needs_sight", question(needs_sight=True, modes=("screen",))),
]


def test_a_sound_question_has_no_finding() -> None:
    assert check_bank([SOUND], drawings=DRAWINGS) == []
    reviewed = question(status="live", reviewed_by="médiatrice", reviewed_on="2026-11-22")
    assert check_bank([reviewed], drawings=DRAWINGS) == []


@pytest.mark.parametrize(("code", "place", "item"), FAULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_fault_is_an_error_with_its_place_and_its_remedy(code: str, place: str, item: Item) -> None:
    found = errors(check_bank([SOUND, item] if item.id != SOUND.id else [item], drawings=DRAWINGS))
    assert [(finding.code, finding.place) for finding in found] == [(code, place)]
    assert found[0].remedy and found[0].message and "\n" not in found[0].one_line()


@pytest.mark.parametrize(("code", "place", "item"), DOUBTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_doubt_is_a_warning(code: str, place: str, item: Item) -> None:
    found = check_bank([item], drawings=DRAWINGS)
    assert [(finding.severity, finding.code, finding.place) for finding in found] == [("warning", code, place)]


def test_official_addresses_and_reserved_names_are_not_doubted() -> None:
    item = with_options(("demarche.gouv.fr", 1), ("demarche-gouv.example", 0), text="Quelle adresse est celle de l’État ?")
    assert check_bank([item]) == []


def test_a_repeated_identifier_or_question_names_the_first_one() -> None:
    twice = check_bank([SOUND, question(text="Une autre question ?")])
    assert [(finding.code, finding.row) for finding in twice] == [("id-repeated", 2)]
    assert "question 1" in twice[0].message
    again = check_bank([SOUND, question("autre", text=SOUND.text, options=SOUND.options[::-1])])
    assert [(finding.code, finding.row) for finding in again] == [("item-repeated", 2)]


def test_habits_over_a_bank_are_seen_from_twenty_questions_on() -> None:
    always_first = [question(f"q-{k}", right=0) for k in range(20)]
    found = check_bank(always_first)
    assert [(finding.code, finding.row) for finding in found] == [("longest-right", 0), ("position", 0)]
    assert "place 1" in found[1].message and "100 %" in found[1].message
    assert check_bank(always_first[:19]) == []
    assert check_bank([question(f"q-{k}", right=k % 4) for k in range(20)]) == []


def test_priors_follow_the_level_and_the_number_of_answers() -> None:
    assert [question(level=float(level)).prior_b for level in (1, 8)] == [-2.5, 2.5]
    assert question(level=3.5).b == expert_difficulty(3.5)
    two, three = with_options(("Oui", 1), ("Non", 0)), with_options(("Oui", 1), ("Non", 0), ("Peut-être", 0))
    assert (two.a, three.a, SOUND.a) == (0.8, 0.9, 1.0)
    fitted = question(calibrated=Calibrated(1.4, -0.2, 0.1, 0.1, 300, "2026-11-01"))
    assert (fitted.a, fitted.b) == (1.4, -0.2)
    with pytest.raises(ValueError, match="no level"):
        _ = question(level=None).b


def test_an_answer_is_right_only_when_all_and_only_the_right_ones_are_chosen() -> None:
    item = with_options(("Le lundi", 1), ("Le mardi", 0), ("Le jeudi", 1), kind="multi", text="Quels jours ? Cochez 2 réponses.")
    cases: list[tuple[list[str], int]] = [(["a", "c"], 1), (["a"], 0), (["a", "b", "c"], 0), ([], 0)]
    assert [item.score(chosen) for chosen, _ in cases] == [score for _, score in cases]
    with pytest.raises(ValueError, match="no answer"):
        item.score(["z"])
    with pytest.raises(ValueError, match="simulator"):
        question(kind="task", options=(), task={"simulator": "mailbox"}).score([])


def test_a_bank_refuses_two_items_of_one_name_and_bars_enemies_both_ways() -> None:
    with pytest.raises(ValueError, match="same identifier"):
        ItemBank((SOUND, SOUND))
    bank = ItemBank((question("a", enemies=("b",)), question("b"), question("c", exclusion_group="g"), question("d", exclusion_group="g")))
    assert bank.barred(["a"]).tolist() == [False, True, False, False]
    assert bank.barred(["b"]).tolist() == [True, False, False, False]
    assert bank.barred(["d", "b"]).tolist() == [True, False, True, False]
    assert bank.barred([]).tolist() == [False] * 4
    with pytest.raises(KeyError):
        bank.barred(["z"])
    with pytest.raises(ValueError, match="competence"):
        ItemBank((question(codes=()),)).engine()


def test_the_bank_gives_what_a_screen_may_ask() -> None:
    bank = ItemBank(
        (
            question("a"),
            question("b", status="draft"),
            question("c", status="live", modes=("screen",)),
            question("d", needs_sight=True, modes=("screen",)),
            question("e", kind="task", options=(), task={"simulator": "mailbox"}),
        )
    )
    assert [item.id for item in bank.where()] == ["a", "c", "d"]
    assert [item.id for item in bank.where(mode="paper")] == ["a"]
    assert [item.id for item in bank.where(sight=False)] == ["a", "c"]
    assert [item.id for item in bank.where(statuses=("draft",))] == ["b"]
    assert [item.id for item in bank.where(kinds=("task",))] == ["e"]


# Counted by hand, aloud, as in ordinary speech.
SYLLABLES = {
    "bonjour": 2, "fichier": 2, "ordinateur": 4, "téléphone": 3, "création": 3, "numérique": 3, "quel": 1, "maison": 2, "information": 4,
    "page": 1, "écran": 2, "ouvrir": 2, "publier": 3, "lire": 1, "cahier": 2, "courriel": 2, "Martinique": 3, "adresse": 2, "oublier": 3,
    "réseau": 2, "image": 2, "clavier": 2, "deux": 1, "vidéo": 3, "rue": 1, "idée": 2, "photos": 2, "sécurité": 4, "identité": 4,
    "tableau": 2, "ouvrez": 2, "voiture": 2, "juillet": 2, "travail": 2, "yeux": 1, "imprimante": 3, "parents": 2, "employeur": 3,
    "essayer": 3, "voyage": 2, "Noël": 2, "prix": 1, "vite": 1, "les": 1, "bus": 1, "est": 1, "noms": 1, "2026": 2,
}  # fmt: skip


def test_syllables_are_those_counted_by_hand() -> None:
    assert {word: syllables(word) for word in SYLLABLES} == SYLLABLES


def test_sentences_and_words_keep_addresses_whole() -> None:
    text = "Lisez la fin. L’adresse « demarche.gouv.fr » est à l’État ! Oui ? Payez 1,99 €."
    assert sentences(text) == ["Lisez la fin", "L’adresse « demarche.gouv.fr » est à l’État", "Oui", "Payez 1,99 €"]
    assert words("L’adresse « demarche.gouv.fr » coûte 1,99 €") == ["L", "adresse", "demarche.gouv.fr", "coûte", "1,99"]


def test_readability_is_the_published_formula() -> None:
    # 8 words, 2 sentences, 10 syllables.
    text = "Vous ouvrez la page. Vous lisez la fin."
    counted = 207 - 1.015 * (8 / 2) - 73.6 * (10 / 8)
    assert sum(syllables(word) for word in words(text)) == 10
    assert kandel_moles(text) == pytest.approx(counted)
    hard = "L’administration territoriale détermine l’établissement bénéficiaire conformément aux dispositions réglementaires."
    assert kandel_moles(hard) < 20 < 80 < kandel_moles(text)
    with pytest.raises(ValueError, match="without a word"):
        kandel_moles("… !")


def test_drawings_are_looked_for_only_when_their_folder_is_given(tmp_path: Path) -> None:
    item = question(picture=Picture("mien.svg", "Un dessin"))
    assert check_bank([item]) == []
    assert [finding.code for finding in check_bank([item], drawings=tmp_path)] == ["picture-missing"]
    (tmp_path / "mien.svg").write_text("<svg/>")
    assert check_bank([item], drawings=tmp_path) == []
