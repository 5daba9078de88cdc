"""Free text: social-security numbers, accounts, health. Lists of beneficiaries: the traps of spreadsheets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.people.engine.beneficiaries import column_names, read_line
from yole.people.engine.delays import due_on, months_later
from yole.people.engine.screening import HEALTH, IBAN, NIR, nir_key, scan

COMMUNES = {"97209": "fort de france", "97224": "saint joseph"}
bodies = st.builds(
    lambda sex, year, month, place, order: f"{sex}{year:02d}{month:02d}{place}{order:03d}",
    st.sampled_from("12"),
    st.integers(0, 99),
    st.integers(1, 12),
    st.sampled_from(["97224", "75101", "2A004", "2B033", "99352", "01001"]),
    st.integers(1, 999),
)


@given(bodies, st.sampled_from(["", " ", ".", "-"]))
def test_every_social_security_number_is_seen(body: str, gap: str) -> None:
    key = nir_key(body)
    assert key is not None and 1 <= key <= 97
    written = gap.join([body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:13], f"{key:02d}"])
    assert [found.kind for found in scan(f"N° {written}, à garder")] == [NIR]
    assert [found.kind for found in scan(f"N° {written[: -2 - len(gap)]}, à garder")] == [NIR]


@given(bodies, st.integers(1, 96))
def test_a_wrong_key_is_not_one(body: str, shift: int) -> None:
    key = ((nir_key(body) or 1) + shift - 1) % 97 + 1
    if key != nir_key(body):
        assert scan(f"{body}{key:02d}") == []


def test_known_keys() -> None:
    assert nir_key("2690597224001") == 63
    assert nir_key("1850520041234") == 97 - 1850520041234 % 97
    assert nir_key("185052A004123") == 97 - 1850519004123 % 97


@pytest.mark.parametrize(
    "text",
    [
        "Rappeler au 06 96 12 34 56 après 14 h",
        "Dossier CAF 1234567",
        "SIRET 35600000000048",
        "Né en 1951, venue le 12/11/2026",
        "adresse malaisée, maladresse",
        "",
    ],
)
def test_ordinary_notes_pass(text: str) -> None:
    assert scan(text) == []


def test_accounts_and_health() -> None:
    kinds = [found.kind for found in scan("RIB FR76 3000 6000 0112 3456 7890 189 merci ; elle est Diabétique")]
    assert kinds == [IBAN, HEALTH]
    assert scan("FR76 3000 6000 0112 3456 7890 188") == []


@pytest.mark.parametrize(
    ("column", "found", "repair"),
    [
        ("numeroTelephone", "696123456", "0696123456"),
        ("numeroTelephone", "6.96123E+08", ""),
        ("numeroTelephone", "06961234", ""),
        ("communeCodeInsee", "1001", "01001"),
        ("communeCodeInsee", "97", ""),
        ("anneeNaissance", "12/03/1951", "1951"),
        ("anneeNaissance", "51", ""),
        ("anneeNaissance", "1899", ""),
        ("genre", "Femme", "feminin"),
        ("genre", "x", ""),
        ("email", "nom@", ""),
    ],
)
def test_a_damaged_cell_is_refused_with_its_repair(column: str, found: str, repair: str) -> None:
    line = read_line(2, {"nom": "Marignan", "prenom": "Lucette", column: found}, 2026, COMMUNES)
    assert [(problem.column, problem.found, problem.repair) for problem in line.problems] == [(column, found, repair)]
    if repair:
        assert read_line(2, line.repaired().values, 2026, COMMUNES).problems == []


def test_a_right_line_and_its_commune_by_name() -> None:
    line = read_line(
        2,
        {"nom": "Marignan", "numeroTelephone": "+596 696 12 34 56", "communeNom": "Saint-Joseph", "anneeNaissance": "1951.0"},
        2026,
        COMMUNES,
    )
    assert line.problems == []
    assert (line.values["communeCodeInsee"], line.values["anneeNaissance"]) == ("97224", "1951")
    assert [p.message for p in read_line(3, {}, 2026, COMMUNES).problems] == ["il manque un nom ou un prénom"]


def test_columns_are_recognised_as_people_write_them() -> None:
    assert column_names(["Nom", "PRÉNOM", "Téléphone", "anneeNaissance", "autre"]) == {
        0: "nom", 1: "prenom", 2: "numeroTelephone", 3: "anneeNaissance",
    }  # fmt: skip


@given(st.dates(), st.integers(1, 24))
def test_months_keep_the_day_or_the_end_of_the_month(day: object, months: int) -> None:
    from datetime import date

    assert isinstance(day, date)
    if day.year > 9900:
        return
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or later.day < day.day
    assert due_on(day, None, months) == later
