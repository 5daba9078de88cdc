"""Duplicates: the pairs read one by one in the national list, and the properties of the score."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places_samples import SOUND

from yole.kernel.tables import read_table
from yole.places.engine.duplicates import LISTED, MAX_BLOCK, SAME_PLACE, against, compare, duplicates, profile
from yole.places.engine.rows import Row, read

# Facts of the national list of 2024-08-01 (Licence Ouverte, ANCT), so that these pairs are tested without it.
OFFICE = {
    "nom": "France services de Fort-de-France - Terres Sainville",
    "commune": "Fort-de-France",
    "code_insee": "97209",
    "adresse": "18 Rue Robespierre",
    "latitude": "14.608699",
    "longitude": "-61.069109",
    "telephone": "+596596502120",
    "typologie": "RFS",
    "itinerance": "Fixe",
}
BUS = {
    **OFFICE,
    "nom": "Bus France services Servibus",
    "adresse": "18 rue Robespierre",
    "latitude": "14.60875",
    "longitude": "-61.069077",
    "telephone": "+596696855494",
    "itinerance": "Itinérant",
}
PILOTE = {
    "nom": "France services de Case-Pilote",
    "commune": "Case-Pilote",
    "code_insee": "97205",
    "adresse": "place Gaston Monnerville",
    "latitude": "14.642812",
    "longitude": "-61.138635",
    "telephone": "+596596784555",
    "typologie": "RFS",
    "itinerance": "Fixe",
}
PILOTE_AGAIN = {**PILOTE, "adresse": "Place Gaston Monnerville", "latitude": "14.643035", "longitude": "-61.138894"}
TRUE_PAIRS = {(1891, 2821), (618, 1477), (2162, 2727), (2681, 2753), (928, 2724), (929, 2726), (930, 2725)}
FALSE_PAIRS = {(1528, 1662), (1485, 1516), (1646, 2502), (406, 870)}


def score(*rows: dict[str, str]) -> float:
    found = duplicates(read(rows))
    return found[0].score if found else 0.0


def test_the_same_place_listed_twice_is_found_with_reasons() -> None:
    (pair,) = duplicates(read([PILOTE, PILOTE_AGAIN]))
    assert pair.rows == (1, 2)
    assert pair.score >= SAME_PLACE
    assert pair.reasons == ("même nom", "même adresse", "à 37 m", "même téléphone")


def test_a_bus_and_the_office_where_it_parks_are_two_places() -> None:
    assert score(OFFICE, BUS) == 0
    assert score(OFFICE, {**OFFICE, "nom": OFFICE["nom"] + " bus"}) == 0
    assert score(OFFICE, {**OFFICE, "typologie": "ENM"}) == 0
    assert score(OFFICE, {**OFFICE, "itinerance": "Fixe|Itinérant"}) >= SAME_PLACE


def test_an_unknown_distance_is_not_a_distance_of_zero() -> None:
    annexes = [
        {**PILOTE, "nom": "Mairie annexe", "adresse": address, "telephone": "", "latitude": "", "longitude": ""}
        for address in ("12 rue des Lilas", "5 avenue du Port")
    ]
    assert score(*annexes) == 0
    assert score(*({**annex, "adresse": street} for annex, street in zip(annexes, ("rue des Lilas", "avenue du Port"), strict=True))) == 0
    (pair,) = duplicates(read([PILOTE, {**PILOTE, "latitude": "", "longitude": ""}]))
    assert pair.score == 1.0
    assert "distance inconnue" in pair.reasons


def test_house_numbers_streets_and_communes_tell_places_apart() -> None:
    here = {**PILOTE, "adresse": "12 rue des Lilas"}
    assert score(here, {**here, "adresse": "12 bis rue des Lilas"}) >= SAME_PLACE
    assert score(here, {**here, "adresse": "12, r. des Lilas"}) >= SAME_PLACE
    assert score(here, {**here, "adresse": "14 rue des Lilas", "latitude": "14.6440"}) == 0
    assert score(here, {**here, "adresse": "14 rue des Lilas", "latitude": ""}) == 0
    assert score(here, {**here, "adresse": "14 rue des Lilas"}) == 0.825  # at the same point: .45 + .35 × .5 + .20
    assert score(here, {**here, "code_insee": "97209", "commune": "Fort-de-France"}) == 0
    assert score({**here, "code_insee": ""}, {**here, "commune": "CASE PILOTE"}) >= SAME_PLACE
    assert score({**here, "code_insee": ""}, {**here, "commune": "Schoelcher"}) == 0


def test_a_library_and_a_social_centre_of_one_town_hall_share_its_siret() -> None:
    library = {**PILOTE, "nom": "Espace numérique bibliothèque", "pivot": "43493312300029", "typologie": "BIB"}
    centre = {**library, "nom": "Espace numérique bibliothèque CCAS", "typologie": "CCAS"}
    assert score(library, centre) == 0
    assert score(library, {**centre, "typologie": "BIB|CCAS"}) >= SAME_PLACE
    assert score(library, {**library, "typologie": "MUNI"}) >= SAME_PLACE


def test_desks_of_one_operator_with_other_perimeters_are_listed_only() -> None:
    one = {**BUS, "nom": "Bus de médiation fictif - QPV"}
    other = {**one, "nom": "Bus de médiation fictif - ZR", "telephone": "+596696000000"}
    assert LISTED <= score(one, other) < SAME_PLACE
    assert score(one, {**one, "telephone": "+596696000000"}) >= SAME_PLACE


def test_a_switchboard_is_not_a_key() -> None:
    rows = [
        {**PILOTE, "nom": f"{i:03} lieu fictif {i:03}", "adresse": f"{i} rue {i}", "telephone": "+596596000000"}
        for i in range(MAX_BLOCK + 1)
    ]
    same = {"nom": "Annexe fictive", "adresse": "", "latitude": PILOTE["latitude"], "longitude": PILOTE["longitude"]}
    pair = [{**PILOTE, **same, "nom": "Un lieu fictif A"}, {**PILOTE, **same, "nom": "A lieu fictif un"}]
    assert len(duplicates(read(pair))) == 1
    crowd = [{**row, "telephone": PILOTE["telephone"]} for row in rows]
    assert duplicates(read(pair + crowd)) == []


@pytest.mark.parametrize("rows", [[OFFICE, BUS], [PILOTE, PILOTE_AGAIN], [OFFICE, PILOTE]])
def test_scores_are_symmetric_in_the_pairs_of_the_reference(rows: list[dict[str, str]]) -> None:
    assert score(*rows) == score(*reversed(rows))


text = st.sampled_from(
    [
        "",
        "Mairie annexe",
        "Mairie annexe nord",
        "Médiathèque du bourg",
        "Mediatheque du Bourg",
        "Bus numérique",
        "rue des Lilas",
        "12 r des lilas",
        "14 rue des Lilas",
    ]
)
places = st.fixed_dictionaries(
    {
        "nom": text | st.text(max_size=12),
        "adresse": text | st.text(max_size=12),
        "commune": st.sampled_from(["Case-Pilote", "CASE PILOTE", "Ducos", ""]),
        "code_insee": st.sampled_from(["97205", "97207", ""]),
        "code_postal": st.sampled_from(["97222", "97224"]),
        "latitude": st.sampled_from(["", "14.64", "14.6405", "x"]),
        "longitude": st.sampled_from(["", "-61.13"]),
        "telephone": st.sampled_from(["", "+596596784555", "0596 78 45 55", "+596696000000"]),
        "pivot": st.sampled_from(["", "00000000000000", "43493312300029"]),
        "typologie": st.sampled_from(["", "BIB", "CCAS", "ENM", "BIB|CCAS"]),
        "itinerance": st.sampled_from(["", "Fixe", "Itinérant", "Fixe|Itinérant"]),
    }
)


@given(places, places)
@settings(max_examples=300)
def test_scores_are_symmetric(one: dict[str, str], other: dict[str, str]) -> None:
    there, back = compare(profile(Row(1, one)), profile(Row(2, other))), compare(profile(Row(1, other)), profile(Row(2, one)))
    assert (there and there.score) == (back and back.score)
    assert (there and set(there.reasons)) == (back and set(back.reasons))
    assert there is None or LISTED <= there.score <= 1


@given(st.lists(places, max_size=8))
def test_an_unrelated_row_changes_no_score(rows: list[dict[str, str]]) -> None:
    unrelated = {
        **SOUND,
        "nom": "Zyx",
        "commune": "Zyx",
        "code_insee": "98818",
        "adresse": "99 zyx",
        "telephone": "+687999999",
        "pivot": "",
    }
    without = duplicates(read(rows))
    assert duplicates(read([*rows, unrelated])) == without
    shifted = duplicates(read([unrelated, *rows]))
    assert [((p.rows[0] - 1, p.rows[1] - 1), p.score) for p in shifted] == [(p.rows, p.score) for p in without]


def test_a_place_being_typed_is_compared_with_the_others() -> None:
    others = [Row(7, PILOTE_AGAIN), Row(8, OFFICE)]
    assert [pair.rows for pair in against(Row(0, PILOTE), others)] == [(0, 7)]


def test_the_pairs_of_the_national_list(shared: Path) -> None:
    found = duplicates(read(read_table(shared / "data" / "places" / "france-services-standard.csv.gz").records()))
    assert {pair.rows for pair in found if pair.score >= SAME_PLACE} == TRUE_PAIRS
    assert {pair.rows for pair in found} >= FALSE_PAIRS


def test_one_pair_in_martinique(shared: Path) -> None:
    rows = read(read_table(shared / "data" / "places" / "martinique-standard.csv").records())
    assert [[rows[n - 1]["id"] for n in pair.rows] for pair in duplicates(rows)] == [["fs-2287", "fs-3240"]]


def seconds(count: int) -> float:
    """Processor seconds for invented places of nearly one name, eight in each commune."""
    rows = read(
        {
            **SOUND,
            "nom": f"Lieu {i * 7919 % 99991} fictif",
            "adresse": f"{i % 90 + 1} rue {i % 977}",
            "code_insee": f"9{i // 8:04}",
            "telephone": f"+5965960{i % 100000:05}",
            "latitude": f"{14 + i * 7919 % 99991 / 99991:.5f}",
        }
        for i in range(count)
    )
    start = time.process_time()
    duplicates(rows)
    return time.process_time() - start


def test_ten_times_the_rows_cost_at_most_twelve_times() -> None:
    # A busy machine adds noise to one measure, not to all of them; a quadratic search would take a hundred times.
    seconds(1000)
    assert any(seconds(10_000) <= 12 * seconds(1000) for _ in range(5))
