"""The engine of duplicates: symmetric, indifferent to who else is there, and never convinced by a telephone alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.people.engine import lookups
from yole.people.engine.identity import Identity, age_band
from yole.people.engine.linkage import PROPOSE, SAME, Record, best, compare, record
from yole.people.engine.names import sound, tokens

FIRST = ["Lucette", "Lulu", "Marie", "Marie-Claude", "Jean-Baptiste", "Élodie", "Elodie", "Steeve", "Steve", "", "Mariette"]
LAST = ["Marignan", "Marinian", "Joseph", "Jean-Baptiste", "Sainte-Rose", "Zéline", "Dupont-Martin", "Martin", "", "Lucette"]
people = st.builds(
    lambda first, last, year, phone, email, commune, gender: record(
        Identity(first, last, phone, email), birth_year=year, commune=commune, gender=gender
    ),
    st.sampled_from(FIRST) | st.text(max_size=12),
    st.sampled_from(LAST) | st.text(max_size=12),
    st.none() | st.integers(1930, 2010),
    st.sampled_from(["", "0639980101", "0639980102"]),
    st.sampled_from(["", "a@exemple.invalid", "b@exemple.invalid"]),
    st.sampled_from(["", "97209", "97224"]),
    st.sampled_from(["feminin", "masculin", "non_communique"]),
)


def who(first: str, last: str, year: int | None = None, phone: str = "", email: str = "", commune: str = "", gender: str = "") -> Record:
    return record(Identity(first, last, phone, email), birth_year=year, commune=commune, gender=gender or "non_communique")


@given(people, people)
def test_symmetric(one: Record, other: Record) -> None:
    assert compare(one, other) == compare(other, one)


@given(people, people, st.lists(people, max_size=6))
def test_somebody_else_changes_no_score(one: Record, other: Record, crowd: list[Record]) -> None:
    alone = best(one, [("other", other)])
    among = [found for found in best(one, [("other", other), *((str(n), more) for n, more in enumerate(crowd))]) if found[0] == "other"]
    assert alone == among


@given(people, people)
def test_a_level_needs_names_that_agree(one: Record, other: Record) -> None:
    made = compare(one, other)
    if made.level == "same":
        assert made.score >= SAME
        assert not {"first-other", "last-other", "year-other", "gender-other"} & set(made.reasons)
        assert {"year-same", "phone-same", "email-same"} & set(made.reasons)
    elif made.level == "propose":
        assert made.score >= PROPOSE


@given(st.sampled_from(["", "0639980101"]), st.sampled_from(["", "a@exemple.invalid"]), st.integers(2, 60))
def test_a_shared_contact_never_suffices(phone: str, email: str, gap: int) -> None:
    """Mother and daughter: same name, same telephone, same address, same commune, another first name, another year."""
    mother = who("Lucette", "Marignan", 1940, phone, email, "97209", "feminin")
    daughter = who("Élodie", "Marignan", 1940 + gap, phone, email, "97209", "feminin")
    assert compare(mother, daughter).level == ""
    assert compare(who("Lucette", "Marignan", None, phone, email), who("Élodie", "Marignan", None, phone, email)).level == ""


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (who("Lucette", "Marignan", 1951), who("LUCETTE", "marignan", 1951), "same"),
        (who("Nadège", "Persin", 1990), who("Persin", "Nadege", 1990), "same"),
        (who("Lulu", "Zéline", 1951), who("Lucette", "Zéline", 1951), "same"),
        (who("Marie", "Joseph", 1951), who("Marie", "Joseph", 1951), "propose"),
        (who("Marie-Claude", "Dupont-Martin", 1970), who("Claude", "Martin", 1970), "propose"),
        (who("Lucette", "Marignan", 1951, "0639980101"), who("Lucette", "Sainte-Rose", 1951, "0639980101"), "propose"),
        (who("Jean", "Zozor", 1950, "0639980101"), who("Jean", "Zozor", 1980, "0639980101"), "propose"),
        (who("Marc", "Valmy", 1951), who("Luc", "Valmy", 1951), ""),
        (who("Lucette", "Marignan", 1951, gender="feminin"), who("Hector", "Valmy", 1951, gender="masculin"), ""),
        (who("", "", phone="0639980101"), who("", "", phone="0639980101"), ""),
    ],
)
def test_known_pairs(one: Record, other: Record, level: str) -> None:
    assert compare(one, other).level == level


def test_a_rare_name_weighs_more() -> None:
    assert compare(who("Luc", "Zobrinel"), who("Luc", "Zobrinel")).score > compare(who("Luc", "Joseph"), who("Luc", "Joseph")).score + 4


def test_every_level_is_found_by_blocking() -> None:
    """Whatever `compare` would propose among usual slips shares at least one value looked up."""
    for one, year, other, other_year in [
        (Identity("Lucette", "Marignan"), 1951, Identity("Marignan", "Lucette"), 1952),
        (Identity("Élodie", "Jean-Baptiste"), 1979, Identity("Elodi", "Jean Baptiste"), None),
        (Identity("Steeve", "Ravoteur", "0639980101"), None, Identity("Steve", "Ravoter", "0639980101"), None),
        (Identity("Marie-Claude", "Dupont-Martin"), 1970, Identity("Claude", "Martin"), 1970),
    ]:
        assert lookups.stored(one, year) & lookups.candidates(other, other_year), (one, other)


@given(st.text(max_size=30))
def test_names_always_have_a_key(text: str) -> None:
    for word in tokens(text):
        assert sound(word)


@pytest.mark.parametrize(
    ("one", "other"), [("phaeton", "faeton"), ("saint", "sain"), ("zeline", "zelyne"), ("coridon", "koridon"), ("maurice", "morice")]
)
def test_what_sounds_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@given(st.integers(1905, 2026), st.dates())
def test_bands_follow_the_age_reached_in_the_year(year: int, day: Any) -> None:
    age = day.year - year
    band = age_band(year, day)
    expected = "non_communique" if not 0 <= age <= 120 else None
    for low, high, name in (
        (0, 11, "moins_de_douze"), (12, 17, "douze_dix_huit"), (18, 24, "dix_huit_vingt_quatre"), (25, 39, "vingt_cinq_trente_neuf"),
        (40, 59, "quarante_cinquante_neuf"), (60, 69, "soixante_soixante_neuf"), (70, 120, "soixante_dix_plus"),
    ):  # fmt: skip
        if low <= age <= high:
            expected = name
    assert band == expected
