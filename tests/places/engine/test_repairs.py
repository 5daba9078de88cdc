"""Repairs that are certain, and those that are only proposed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places_samples import SOUND

from yole.places.engine import schema
from yole.places.engine.normalise import address_key, international, name_key, telephone_key
from yole.places.engine.repairs import repair


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("telephone", "0596 01 23 77", "+596596012377"),
        ("telephone", "06.96.01.23.77", "+596696012377"),
        ("telephone", "+596 0696 01 23 77", "+596696012377"),
        ("telephone", "00596 596-01-23-77", "+596596012377"),
        ("telephone", "+33 (0)1 80 05 98 80", "+33180059880"),
        ("telephone", "0180059880", "+33180059880"),
        ("telephone", "0976 01 23 77", "+596976012377"),
        ("telephone", "+596596012377|", "+596596012377"),
        ("latitude", "14,6154", "14.6154"),
        ("longitude", "-61,0018", "-61.0018"),
        ("frais_a_charge", "gratuit|Payant|", "Gratuit|Payant"),
        ("modalites_acces", "Ce lieu n’accueille pas de public", "Ce lieu n'accueille pas de public"),
        ("formations_labels", "Étapes numériques (La Poste)", "Étapes numériques(La Poste)"),
        ("courriels", "contact@exemple.fr|", "contact@exemple.fr"),
        ("horaires", "Mo 09:00-12:00; ", "Mo 09:00-12:00"),
    ],
)
def test_a_certain_repair(field: str, before: str, after: str) -> None:
    fixed, done = repair({**SOUND, field: before})
    assert fixed == {**SOUND, field: after}
    assert {r.field for r in done} == {field}
    assert (done[0].before, done[-1].after) == (before, after)


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("telephone", "596012377"),
        ("telephone", "3639"),
        ("telephone", "+596596012377|+596696012377"),
        ("telephone", "0596 01 23 77 ou 0696 01 23 77"),
        ("frais_a_charge", "Gratuit;Payant"),
        ("itinerance", "Itinerant"),
        ("code_insee", "1004"),
        ("code_postal", " 97232"),
        ("latitude", "14°36'55\""),
        ("latitude", "14,615,4"),
        ("date_maj", "04/05/2026"),
        ("frais_a_charge", "Gratuit|Gratuit"),
        ("colonne inconnue", "x|"),
    ],
)
def test_what_is_not_certain_is_left(field: str, cell: str) -> None:
    assert repair({**SOUND, field: cell}) == ({**SOUND, field: cell}, [])


def test_nine_digits_are_proposed_not_guessed() -> None:
    known = international("596012377")
    assert known is not None
    assert (known.number, known.certain) == ("+596596012377", False)
    assert telephone_key("596012377") == telephone_key("0596 01 23 77") == telephone_key("+596596012377")


@given(st.dictionaries(st.sampled_from(schema.COLUMNS), st.text(alphabet="0123456789 +|,.;gGratui()é’'", max_size=20)))
def test_repairing_twice_changes_nothing_more(row: dict[str, str]) -> None:
    once, _ = repair(row)
    assert repair(once) == (once, [])


def test_normal_forms() -> None:
    assert name_key("France services d’Ervy-le-Châtel") == "france services ervy chatel"
    assert address_key("12, av. du Général-de-Gaulle") == address_key("12 Avenue du Gal de Gaulle") == "12 avenue general gaulle"
    assert address_key("3 bd St Œuvre") == "3 boulevard saint oeuvre"
    assert name_key("La") == "la"
