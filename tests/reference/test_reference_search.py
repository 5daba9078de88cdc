"""Search in people's words: the gold set, quotations, silence when no sheet answers, time."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest

from yole.reference import files

GOLD = Path(__file__).parent / "gold.csv"

# Marked for the database so that they run with the tests that use it, before any browser is started in the process.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def gold() -> list[tuple[str, set[str]]]:
    with GOLD.open(encoding="utf-8", newline="") as stream:
        return [(row["question"], set(row["sheets"].split("|")) - {""}) for row in csv.DictReader(stream)]


def test_the_gold_set_names_real_sheets_and_is_large_enough() -> None:
    codes = {one.code for one in files.read_own()}
    rows = gold()
    assert len(codes) >= 60
    assert sum(bool(sheets) for _question, sheets in rows) >= 200
    assert set().union(*(sheets for _question, sheets in rows)) <= codes
    assert len({question for question, _sheets in rows}) == len(rows)


def test_gold_questions_find_their_sheet_and_others_find_none() -> None:
    from yole.reference import selectors

    first = third = asked = silent = absurd = 0
    slowest = []
    for question, sheets in gold():
        begun = time.process_time()
        found = [hit.code for hit in selectors.search(question).hits]
        slowest.append(time.process_time() - begun)
        if sheets:
            asked += 1
            first += found[:1] != [] and found[0] in sheets
            third += bool(sheets & set(found[:3]))
        else:
            absurd += 1
            silent += not found
    assert first / asked >= 0.84
    assert third / asked >= 0.91
    assert silent / absurd >= 0.75
    assert sorted(slowest)[len(slowest) // 2] < 0.05


def test_synonyms_are_what_makes_everyday_words_found() -> None:
    from yole.reference import selectors

    with_them = [hit.code for hit in selectors.search("je touche le rmi").hits]
    without = [hit.code for hit in selectors.search("je touche le rmi", synonyms=False).hits]
    assert "F19778" in with_them
    assert "F19778" not in without


def test_every_quotation_is_in_its_sheet_word_for_word() -> None:
    from yole.reference import selectors
    from yole.reference.models import Section

    seen = 0
    for question, _sheets in gold()[:60]:
        for hit in selectors.search(question).hits:
            texts = Section.objects.filter(version__sheet__code=hit.code, version__is_current=True).values_list("content", flat=True)
            assert hit.quote
            assert any(hit.quote in text for text in texts)
            seen += 1
    assert seen > 60


def test_a_quotation_carries_what_says_where_it_comes_from() -> None:
    from yole.reference import selectors

    (hit, *_others) = selectors.search("demander le rsa").hits
    assert (hit.code, hit.version, hit.verified_on) == ("F19778", 1, None)
    assert hit.url.endswith("/F19778")
    assert hit.dated is not None
    assert json.loads(json.dumps(selectors.as_json(selectors.search("demander le rsa"))))["hits"][0]["sheet"] == "F19778"


@pytest.mark.parametrize(
    "question", ["", "   ", "???", "le la les", "'; DROP TABLE reference_sheet; --", "a & ! | b:*", "\\", "x" * 5000, "’’’"]
)
def test_strange_questions_are_only_words(question: str) -> None:
    from yole.reference import selectors

    assert selectors.search(question).hits == ()


def test_each_benefit_has_its_sheet() -> None:
    from yole.reference import selectors

    for benefit in ("rsa", "ppa", "aspa", "aah", "af", "asf", "css", "cheque_energie", "ass", "asi", "aide_logement", "ars", "aeeh"):
        found: Any = selectors.sheet_for(benefit)
        assert found is not None, benefit
        assert benefit in found.sheet.benefits
    assert selectors.sheet_for("inconnu") is None


def test_the_page_quotes_and_says_when_it_does_not_know(client: Any) -> None:
    page = client.get("/fiches/", {"q": "j’ai plus de sous pour l’électricité"}).content.decode()
    assert "Facture d’électricité" in page
    assert "Pas encore vérifiée" in page
    page = client.get("/fiches/", {"q": "recette du gâteau au chocolat"}).content.decode()
    assert "Aucune fiche ne répond" in page
    page = client.get("/fiches/", {"q": "<script>alert(1)</script> rsa"}).content.decode()
    assert "<script>alert(1)" not in page
    assert client.get("/fiches/", {"q": ""}).status_code == 422


def test_no_sheet_says_that_somebody_verified_it(client: Any) -> None:
    from yole.reference.models import Sheet

    assert not Sheet.objects.filter(verified_on__isnull=False).exists()
    page = client.get("/fiches/fiche/F19778/").content.decode()
    assert "Personne n’a encore vérifié cette fiche" in page
    assert "https://www.service-public.fr/particuliers/vosdroits/F19778" in page
    assert client.get("/fiches/fiche/F999999/").status_code == 404
