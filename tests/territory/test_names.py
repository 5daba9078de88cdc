from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.kernel.tables import read_table
from yole.territory.demo import DATA
from yole.territory.engine.names import Named, NameIndex, search_key, sound

ROWS = list(read_table(DATA / "martinique_facts.csv").records())
NAMES = [row["nom"] for row in ROWS]
INDEX = NameIndex(Named(search_key(row["nom"]), int(row["population"]), i) for i, row in enumerate(ROWS))


def found(typed: str) -> tuple[bool, list[str]]:
    answer = INDEX.find(typed, 8)
    return answer.exact, [NAMES[reference] for reference in answer.references]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("l’ajoupa bouillon", "L'Ajoupa-Bouillon"),
        ("AJOUPA-BOUILLON", "L'Ajoupa-Bouillon"),
        ("st joseph", "Saint-Joseph"),
        ("St. Joseph", "Saint-Joseph"),
        ("ste-anne", "Sainte-Anne"),
        ("trinite", "La Trinité"),
        ("la trinité", "La Trinité"),
        ("schoelcher", "Schœlcher"),
        ("Schœlcher", "Schœlcher"),
        ("troisilets", "Les Trois-Îlets"),
        ("3 îlets", "Les Trois-Îlets"),
        ("fortdefrance", "Fort-de-France"),
        ("commune du Lamentin", "Le Lamentin"),
        ("mairie de Sainte-Luce", "Sainte-Luce"),
        ("Fort-de-France CEDEX 02", "Fort-de-France"),
    ],
)
def test_other_spellings_of_the_name_itself_are_exact(typed: str, name: str) -> None:
    assert found(typed) == (True, [name])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("l'ajoupa", "L'Ajoupa-Bouillon"),
        ("Saint Josef", "Saint-Joseph"),
        ("fort de frnace", "Fort-de-France"),
        ("fdf", "Fort-de-France"),
        ("chelcher", "Schœlcher"),
        ("shoelcher", "Schœlcher"),
        ("lamantin", "Le Lamentin"),
        ("vocklin", "Le Vauclin"),
        ("le fransois", "Le François"),
        ("morne rogue", "Le Morne-Rouge"),
        ("roberre", "Le Robert"),
        ("anse d'arlet", "Les Anses-d'Arlet"),
        ("diaman", "Le Diamant"),
        ("france", "Fort-de-France"),
    ],
)
def test_typing_errors_are_guessed_and_said_to_be_guesses(typed: str, name: str) -> None:
    exact, names = found(typed)
    assert not exact
    assert names == [name]


def test_a_common_beginning_gives_several_the_largest_first() -> None:
    answer = INDEX.find("riviere", 8)
    assert answer.close_call
    assert [NAMES[reference] for reference in answer.references] == ["Rivière-Salée", "Rivière-Pilote"]
    assert len(INDEX.find("sainte", 2).references) == 2


@pytest.mark.parametrize(
    "typed", ["", "   ", "xyzzy", "Paris", "Marseille", "'; DROP TABLE commune--", "<script>alert(1)</script>", "%", "🛶", "a" * 500]
)
def test_what_is_near_nothing_gives_nothing(typed: str) -> None:
    assert found(typed) == (False, [])


@given(st.text(max_size=600))
def test_any_text_is_answered(typed: str) -> None:
    answer = INDEX.find(typed, 5)
    assert len(answer.references) <= 5
    assert len(set(answer.references)) == len(answer.references)


@given(st.sampled_from(NAMES), st.data())
def test_one_letter_left_out_still_finds_the_name(name: str, data: st.DataObject) -> None:
    """Whatever letter is missing in a name of six letters or more, the commune is among the proposals."""
    key = search_key(name)
    if len(key.replace(" ", "")) < 6:
        return
    cut = data.draw(st.integers(min_value=0, max_value=len(key) - 1))
    assert name in found(key[:cut] + key[cut + 1 :])[1]


@given(st.sampled_from(NAMES))
def test_the_search_key_is_stable(name: str) -> None:
    assert search_key(search_key(name)) == search_key(name)
    assert found(name) == (True, [name])


@pytest.mark.parametrize(
    ("one", "other"), [("vauclin", "voklin"), ("schoelcher", "chelcher"), ("saint joseph", "saint josef"), ("robert", "rober")]
)
def test_spellings_said_alike_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)
    assert sound("marin") != sound("morne")


def test_the_whole_of_france_is_searched(shared: Path) -> None:
    import gzip

    with gzip.open(shared / "data" / "territory" / "communes_fr.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 34_875
    index = NameIndex(Named(search_key(row["nom"]), int(row["pop"]), i) for i, row in enumerate(rows))
    for typed in ("fort de frnace", "lamantin", "xyzzy", "s", "saint", "la trinite"):
        assert len(index.find(typed, 8).references) <= 8, typed
    assert [rows[reference]["insee"] for reference in index.find("fort de frnace", 8).references] == ["97209"]
