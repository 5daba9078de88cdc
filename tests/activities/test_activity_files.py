"""Importing and exporting reports: round trips, and every way in which a file is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.errors import Refused

COOP_ROW = {
    "id": "3f1c8c1e-6a52-4c1f-9a57-0d6f5b0e7a01", "type": "collectif", "mediateurId": "m-1", "date": "2026-03-12", "duree": "90",
    "typeLieu": "lieu_activite", "structureId": "1", "lieuCodePostal": "97212", "lieuCommune": "Saint-Joseph", "lieuCodeInsee": "97224",
    "structureEmployeuseId": "s-1", "materiel": "ordinateur|tablette", "thematiques": "email|aide_aux_demarches_administratives|logement",
    "niveau": "debutant", "precisionsDemarche": "Demande de logement", "titreAtelier": "Mes mots de passe", "tags": "bus|matin",
    "notes": "Une ligne\nune autre, avec « ’ » et \"guillemets\"", "rdvServicePublicId": "88", "accompagnementsCount": "6",
    "anonymesTotal": "6", "anonymesDejaAccompagne": "2", "genreMasculin": "2", "genreFeminin": "3", "genreNonCommunique": "1",
    "trancheAgeMoinsDeDouze": "0", "trancheAgeDouzeDixHuit": "0", "trancheAgeDixHuitVingtQuatre": "1",
    "trancheAgeVingtCinqTrenteNeuf": "1", "trancheAgeQuaranteCinquanteNeuf": "1", "trancheAgeSoixanteSoixanteNeuf": "0",
    "trancheAgeSoixanteDixPlus": "3", "trancheAgeNonCommunique": "0", "statutSocialScolarise": "0", "statutSocialSansEmploi": "1",
    "statutSocialEnEmploi": "1", "statutSocialRetraite": "3", "statutSocialNonCommunique": "1",
    "creation": "2026-03-12T18:00:00.000Z", "modification": "2026-03-13T08:00:00.000Z",
}  # fmt: skip
ALONE = {
    "id": "3f1c8c1e-6a52-4c1f-9a57-0d6f5b0e7a02", "type": "individuel", "date": "2026-03-13", "duree": "0", "typeLieu": "domicile",
    "lieuCodeInsee": "97209", "lieuCommune": "Fort-de-France", "thematiques": "sante", "autonomie": "autonome",
    "structureDeRedirection": "administration", "orienteVersStructure": "true", "accompagnementsCount": "1", "anonymesTotal": "1",
    "anonymesDejaAccompagne": "0",
}  # fmt: skip
V1_ROW = {
    "id": "64b0", "dateAccompagnement": "2023-05-12", "canal": "rattachement", "activite": "ponctuel", "codePostal": "97212",
    "nomCommune": "SAINT JOSEPH", "codeCommune": "97224", "nbParticipants": "5", "nbParticipantsRecurrents": "1", "age_moins12ans": "0",
    "age_de12a18ans": "0", "age_de18a35ans": "2", "age_de35a60ans": "2", "age_plus60ans": "1", "statut_etudiant": "0",
    "statut_sansEmploi": "1", "statut_enEmploi": "1", "statut_retraite": "1", "statut_heterogene": "2",
    "themes": "fraude et harcelement|securite|autre", "sousThemes": "espace-sante", "duree": "0-30", "accompagnement_redirection": "1",
    "organismes": '{"CAF": 1}', "annotation": "Note",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.territory import selectors

    monkeypatch.setattr(selectors, "today", lambda: date(2026, 11, 20))


def csv_of(*rows: dict[str, str], header: Any = None) -> bytes:
    from yole.activities.files import to_csv

    columns = list(header or dict.fromkeys(name for row in rows for name in row))
    return to_csv(columns, [[row.get(name, "") for name in columns] for row in rows])


def xlsx_of(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(account: Any, data: bytes, name: str = "activites.csv") -> Any:
    from yole.activities.services_import import apply, receive

    return apply(account, receive(account, data, name))


def planned(account: Any, data: bytes, name: str = "activites.csv") -> Any:
    from yole.activities.services_import import plan, receive

    return plan(account, receive(account, data, name))


def exported(account: Any, shape: str, kind: str = "csv") -> bytes:
    from yole.activities.exports import header_of, rows_of
    from yole.activities.files import to_csv, to_xlsx
    from yole.activities.selectors import Filters, for_export

    return {"csv": to_csv, "xlsx": to_xlsx}[kind](header_of(shape), rows_of(shape, for_export(account, Filters())))


def reasons(plan: Any) -> list[tuple[int, str]]:
    return [(line["row"], line["column"]) for line in plan.refused]


def test_a_file_of_la_coop_comes_in_and_goes_out_the_same(house: SimpleNamespace) -> None:
    from yole.activities.formats import COOP_HEADER
    from yole.activities.models import Activity

    alone = {**ALONE, **{name: "0" for name in COOP_HEADER if name.startswith(("genre", "trancheAge", "statutSocial"))}}
    alone |= {"genreFeminin": "1", "trancheAgeSoixanteDixPlus": "1", "statutSocialNonCommunique": "1"}
    data = csv_of(COOP_ROW, alone, header=COOP_HEADER)
    batch = bring(house.mediator, data)
    assert batch.counts == {"rows": 2, "new": 2, "same": 0, "gone": 0, "refused": 0}
    row = Activity.objects.get(kind="collectif")
    assert (row.minutes, row.place_id, row.commune_id, row.participants) == (90, house.place.pk, "97224", 6)
    assert (row.themes, row.admin_themes) == (["email", "aide_aux_demarches_administratives"], ["logement"])
    assert row.gender_counts == [2, 3, 1]
    assert (row.schema, row.version, batch.content) == ("coop-2026", 1, None)
    assert exported(house.mediator, "coop") == data


def test_an_archive_keeps_its_words_and_its_bands(house: SimpleNamespace) -> None:
    from yole.activities.formats import V1_HEADER
    from yole.activities.models import Activity

    data = csv_of(V1_ROW, header=V1_HEADER)
    bring(house.mediator, data)
    row = Activity.objects.get()
    assert (row.schema, row.kind, row.one_off, row.minutes, row.place_kind) == ("cnfs-v1", "individuel", True, 15, "lieu_activite")
    assert (row.v1_age_counts, row.age_counts, row.status_counts) == ([0, 0, 2, 2, 1], None, [0, 1, 1, 1, 2])
    assert row.themes == ["securite_numerique"]
    assert row.original["themes"] == "fraude et harcelement|securite|autre"
    assert exported(house.mediator, "cnfs-v1") == data
    assert exported(house.mediator, "coop").count(b"\n") == 1


@pytest.mark.parametrize("shape", ["coop", "libelles", "yole"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_importing_an_export_changes_nothing(house: SimpleNamespace, shape: str, kind: str) -> None:
    import uuid

    from yole.activities.models import Activity
    from yole.activities.services import save_activity
    from yole.people.models import Person

    person = Person.objects.create(
        territory=house.territory, structure=house.structure, code="ABCDEFGH12", last_contact_on="2026-01-01", birth_year=1990
    )
    bring(house.mediator, csv_of(COOP_ROW, ALONE))
    bring(house.mediator, csv_of(V1_ROW))
    data = {"kind": "individuel", "date": "2026-11-02", "minutes": 30, "place_kind": "lieu_activite", "place": house.place.pk}
    save_activity(house.mediator, {**data, "themes": ["email"], "group": {"total": 1}, "notes": "=1+1"}, uuid.uuid4())
    if shape == "yole":
        save_activity(house.mediator, {**data, "themes": ["sante"], "people": [str(person.pk)]}, uuid.uuid4())
    before = list(Activity.objects.order_by("pk").values())
    found = planned(house.mediator, exported(house.mediator, shape, kind), f"export.{kind}")
    assert found.refused == []
    assert (found.count("new"), found.count("same")) == (0, {"yole": 5}.get(shape, 3))
    bring(house.mediator, exported(house.mediator, shape, kind), f"export.{kind}")
    assert list(Activity.objects.order_by("pk").values()) == before


def test_the_same_file_twice_is_once(house: SimpleNamespace) -> None:
    bring(house.mediator, csv_of({name: text for name, text in ALONE.items() if name != "id"}))
    found = planned(house.mediator, csv_of({name: text for name, text in ALONE.items() if name != "id"}))
    assert (found.count("new"), found.count("same")) == (0, 1)


def test_labels_are_read_as_values(house: SimpleNamespace) -> None:
    from yole.activities.models import Activity

    row = {
        "Type d’activité": "Collectif", "Date": "12/03/2026", "Durée": "1 h 30", "Type de lieu": "À distance", "Thématiques": "Email;Santé",
        "Niveau": "débutant", "Nombre d’accompagnements": "4",
    }  # fmt: skip
    bring(house.mediator, csv_of(row))
    found = Activity.objects.get()
    assert (found.date, found.minutes, found.place_kind, found.themes) == (date(2026, 3, 12), 90, "a_distance", ["email", "sante"])
    assert (found.level, found.participants, found.gender_counts) == ("debutant", 4, [0, 0, 4])


def test_people_named_in_the_other_tool_are_counted_without_name(house: SimpleNamespace) -> None:
    from yole.activities.formats import COOP_HEADER
    from yole.activities.models import Activity

    data = csv_of({**COOP_ROW, "accompagnementsCount": "8"}, header=COOP_HEADER)
    bring(house.mediator, data)
    row = Activity.objects.get()
    assert (row.participants, row.anonymous_count, row.gender_counts) == (8, 8, [2, 3, 3])
    assert exported(house.mediator, "coop") == data


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("type", "ponctuel"),
        ("date", ""),
        ("date", "2026-02-30"),
        ("date", "31/02/2026"),
        ("date", "12/03/26"),
        ("date", "46093"),
        ("date", "hier"),
        ("date", "2026-11-21"),
        ("duree", "-30"),
        ("duree", ""),
        ("duree", "1440"),
        ("duree", "longtemps"),
        ("typeLieu", "bureau"),
        ("thematiques", ""),
        ("thematiques", "cuisine"),
        ("materiel", "minitel"),
        ("lieuCodeInsee", "1001"),
        ("autonomie", "autonome"),
        ("anonymesTotal", "10001"),
        ("anonymesTotal", "-3"),
        ("anonymesTotal", "cinq"),
        ("genreFeminin", "-1"),
        ("genreFeminin", "9"),
        ("notes", "2 55 08 14 168 025 38"),
    ],
)
def test_a_wrong_cell_refuses_its_row_with_column_reason_and_remedy(house: SimpleNamespace, column: str, text: str) -> None:
    from yole.activities.models import Activity
    from yole.activities.services_import import apply, receive

    wrong = {**COOP_ROW, "id": "autre", column: text}
    data = csv_of(ALONE, wrong, header=[*COOP_ROW, "autonomie"])
    found = planned(house.mediator, data)
    assert {line["row"] for line in found.refused} == {3}
    lines = {line["column"]: line for line in found.refused}
    assert column in lines or (column, set(lines)) == ("genreFeminin", {"anonymesTotal"})
    assert all(line["reason"].endswith(".") and line["remedy"].endswith(".") for line in found.refused)
    assert not Activity.objects.exists()  # a preview writes nothing
    batch = receive(house.mediator, data, "a.csv")
    with pytest.raises(Refused, match="1 ligne à corriger") as caught:
        apply(house.mediator, batch)
    assert caught.value.code == "refused-rows"
    assert not Activity.objects.exists()  # nothing is half imported
    apply(house.mediator, batch, without_refused=True)  # unless a person says so
    assert Activity.objects.count() == 1


def test_a_file_whose_days_may_be_american_is_not_guessed(house: SimpleNamespace) -> None:
    found = planned(house.mediator, csv_of({**ALONE, "id": "a", "date": "03/25/2026"}, {**ALONE, "id": "b", "date": "03/04/2026"}))
    assert reasons(found) == [(2, "date"), (3, "date")]
    assert "deux façons" in found.refused[1]["reason"]


def test_days_of_a_workbook(house: SimpleNamespace) -> None:
    from datetime import datetime

    from yole.activities.models import Activity

    header = list(ALONE)
    days = [datetime(2026, 3, 12), "2026-03-13", "2026-03-14", 46096, "2026-03-17T02:00:00.000Z", "2026-03-17T00:00:00.000Z"]
    rows = [[{**ALONE, "id": str(n), "date": day, "duree": 30}[name] for name in header] for n, day in enumerate(days)]
    bring(house.mediator, xlsx_of([header, *rows]), "a.xlsx")
    assert list(Activity.objects.order_by("date").values_list("date", flat=True)) == [
        date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 16), date(2026, 3, 17),
    ]  # fmt: skip


def test_three_ways_of_writing_a_day_are_refused_with_row_and_reason(house: SimpleNamespace) -> None:
    """A spreadsheet of another country reads 03/04 as 4 March and leaves 23/04 as it is: neither can be trusted."""
    from datetime import datetime

    from yole.activities.models import Activity
    from yole.activities.services_import import apply, receive

    header = list(ALONE)
    days = [datetime(2026, 3, 4), "23/04/2026", "2026-03-14", 46096]
    rows = [[{**ALONE, "id": str(n), "date": day, "duree": 30}[name] for name in header] for n, day in enumerate(days)]
    batch = receive(house.mediator, xlsx_of([header, *rows]), "a.xlsx")
    found = planned(house.mediator, xlsx_of([header, *rows]), "a.xlsx")
    assert reasons(found) == [(2, "date"), (3, "date"), (5, "date")]
    assert all("échanger le jour et le mois" in line["reason"] for line in found.refused)
    with pytest.raises(Refused):
        apply(house.mediator, batch)
    assert not Activity.objects.exists()
    assert reasons(planned(house.mediator, csv_of({**ALONE, "date": "03/04/2026"}, {**ALONE, "id": "b", "date": "2026-04-05"}))) == []


@pytest.mark.parametrize(("count", "refused"), [("9999", []), ("10000", [(2, "anonymesTotal")]), ("10001", [(2, "anonymesTotal")])])
def test_ten_thousand_participants_are_a_mistake(house: SimpleNamespace, count: str, refused: list[tuple[int, str]]) -> None:
    row = {**ALONE, "type": "collectif", "autonomie": "", "anonymesTotal": count, "accompagnementsCount": count}
    found = planned(house.mediator, csv_of(row))
    assert reasons(found) == refused
    assert found.count("new") == 1 - len(refused)


def test_workbooks_that_are_refused(house: SimpleNamespace) -> None:
    from yole.activities.models import ImportBatch
    from yole.activities.services_import import receive

    header, row = list(ALONE), list(ALONE.values())

    def merge(book: Any) -> None:
        book.active.merge_cells("B2:B3")

    def formula(book: Any) -> None:
        book.active["E2"] = "=10+20"

    for change, code, words in ((merge, "merged", "B2:B3"), (formula, "formula", "E2")):
        with pytest.raises(Refused, match=words) as caught:
            receive(house.mediator, xlsx_of([header, row, row], change), "a.xlsx")
        assert caught.value.code == code
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 130 * 1024 * 1024)
    for data, code in (
        (bomb.getvalue(), "bomb"),
        (b"PK\x03\x04abc", "broken"),
        (b"\xd0\xcf\x11\xe0abc", "old-format"),
        (b"", "empty"),
        (b"type,date\n", "empty"),
        (b"a,b\n1,2\n", "columns"),
        (b"type;date\ncaf\xe9;1\n", "csv"),
    ):
        with pytest.raises(Refused) as caught:
            receive(house.mediator, data, "a.xlsx")
        assert caught.value.code == code
    assert not ImportBatch.objects.exists()


def test_another_calendar_is_not_guessed(house: SimpleNamespace) -> None:
    from openpyxl.utils.datetime import MAC_EPOCH

    def mac(book: Any) -> None:
        book.epoch = MAC_EPOCH

    header = list(ALONE)
    rows = [header, [{**ALONE, "date": 46096}[name] for name in header]]
    assert reasons(planned(house.mediator, xlsx_of(rows, mac), "a.xlsx")) == [(2, "date")]


def test_text_that_a_spreadsheet_would_run_is_neutralised(house: SimpleNamespace) -> None:
    from openpyxl import load_workbook

    from yole.activities.models import Activity

    nasty = ["=HYPERLINK(1)", "+33", "-1", "@SUM(1)", "'=déjà", "\tx"]
    for n, text in enumerate(nasty):
        bring(house.mediator, csv_of({**COOP_ROW, "id": str(n), "titreAtelier": text}))
    kept = set(Activity.objects.values_list("workshop_title", flat=True))
    assert kept == {text.strip() for text in nasty}
    csv_text = exported(house.mediator, "coop").decode()
    assert ",'=HYPERLINK(1)," in csv_text
    assert ",=HYPERLINK" not in csv_text
    sheet = load_workbook(io.BytesIO(exported(house.mediator, "coop", "xlsx"))).active
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None} == {"s"}


def test_an_import_is_undone_but_for_what_was_corrected(house: SimpleNamespace) -> None:
    from yole.activities.models import Activity
    from yole.activities.selectors import data_of
    from yole.activities.services import save_activity
    from yole.activities.services_import import apply, undo
    from yole.journal.models import Entry

    batch = bring(house.mediator, csv_of(ALONE, COOP_ROW))
    row = Activity.objects.get(kind="individuel")
    save_activity(house.mediator, {**data_of(row), "minutes": 20}, row.pk)
    batch = undo(house.mediator, batch)
    assert [one.pk for one in Activity.objects.all()] == [row.pk]
    assert (batch.counts["undone"], batch.counts["left"]) == (1, 1)
    assert undo(house.mediator, batch).counts == batch.counts
    with pytest.raises(Refused):
        apply(house.mediator, batch)
    assert set(Entry.objects.values_list("action", flat=True)) >= {"activities.import", "activities.import-undo"}


def test_unknown_places_and_advisers_are_asked_about(house: SimpleNamespace) -> None:
    from yole.activities.models import Activity
    from yole.activities.services_import import apply, map_names, plan, receive

    data = csv_of({**COOP_ROW, "structureId": "lieu-inconnu"})
    batch = receive(house.coordinator, data, "a.csv")
    found = plan(house.coordinator, batch)
    assert (dict(found.places), dict(found.mediators), found.refused) == ({"lieu-inconnu": 1}, {"m-1": 1}, [])
    with pytest.raises(Refused):
        map_names(house.coordinator, batch, places={}, mediators={"m-1": house.stranger.pk})
    batch = map_names(house.coordinator, batch, places={"lieu-inconnu": house.place.pk}, mediators={"m-1": house.mediator.pk})
    apply(house.coordinator, batch)
    row = Activity.objects.get()
    assert (row.place_id, row.mediator_id) == (house.place.pk, house.mediator.pk)


def test_a_mediator_imports_in_their_own_name_alone(house: SimpleNamespace) -> None:
    from yole.activities.models import Activity
    from yole.activities.services_import import map_names, receive, undo

    batch = bring(house.mediator, csv_of({**COOP_ROW, "mediateurId": f"yole-{house.colleague.pk}"}))
    assert Activity.objects.get().mediator_id == house.mediator.pk
    for act in (lambda: undo(house.colleague, batch), lambda: receive(house.chief, b"a,b\n1,2\n", "a.csv")):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.status == 403
    with pytest.raises(Refused):
        map_names(house.mediator, batch, places={}, mediators={"m-1": house.colleague.pk})


def test_deleted_rows_of_the_other_tool_are_left_out(house: SimpleNamespace) -> None:
    batch = bring(house.mediator, csv_of({**COOP_ROW, "suppression": "2026-04-01"}, {**ALONE, "suppression": ""}))
    assert (batch.counts["new"], batch.counts["gone"]) == (1, 1)


def test_a_row_already_here_with_other_words_is_refused(house: SimpleNamespace) -> None:
    bring(house.mediator, csv_of(ALONE))
    found = planned(house.mediator, csv_of({**ALONE, "duree": "50"}, COOP_ROW, COOP_ROW))
    assert reasons(found) == [(2, "id"), (4, "id")]
