"""A list of beneficiaries is taken whole or not at all."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yole.base.errors import Refused

HEADER = "nom,prenom,anneeNaissance,numeroTelephone,communeCodeInsee,genre\n"


def xlsx(rows: list[list[Any]], merge: str = "") -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_right_list_is_taken_once(house: SimpleNamespace) -> None:
    from yole.people import selectors, services_import
    from yole.people.models import ImportBatch, Person

    data = (HEADER + "Marignan,Lucette,1951,0639980101,97224,feminin\nValmy,Hector,,,,\n").encode()
    for created, known in ((2, 0), (0, 2)):
        batch = services_import.receive(house.mediator, data, "liste.csv")
        assert b"Marignan" not in bytes(batch.sealed)
        done = services_import.confirm(house.mediator, batch.pk, repair=False, informed=True)
        assert (done.created, done.known, done.sealed) == (created, known, None)
    lucette = selectors.search(house.mediator, "lucette").get()
    assert (lucette.birth_year, lucette.commune_id, lucette.gender) == (1951, "97224", "feminin")
    assert lucette.notices.get().how == "import"
    assert Person.objects.count() == 2
    with pytest.raises(Refused):
        services_import.confirm(house.mediator, ImportBatch.objects.first().pk, repair=False, informed=True)


def test_nothing_is_half_imported(house: SimpleNamespace) -> None:
    from yole.people import services_import
    from yole.people.models import Person

    data = (HEADER + "Marignan,Lucette,1951,639980101,97224,\nValmy,Hector,,,9724,\n").encode()
    batch = services_import.receive(house.mediator, data, "liste.csv")
    with pytest.raises(Refused, match="2 lignes sont à réparer"):
        services_import.confirm(house.mediator, batch.pk, repair=False, informed=True)
    with pytest.raises(Refused, match="information"):
        services_import.confirm(house.mediator, batch.pk, repair=True, informed=False)
    assert not Person.objects.exists()
    # A minor is refused by the rule of the territory: the rows before it go too.
    young = services_import.receive(house.mediator, (HEADER + "Valmy,Hector,1960,,,\nPetite,Fille,2018,,,\n").encode(), "liste.csv")
    with pytest.raises(Refused, match="Une ligne est à réparer"):
        services_import.confirm(house.mediator, young.pk, repair=False, informed=True)
    assert not Person.objects.exists()
    assert services_import.confirm(house.mediator, batch.pk, repair=True, informed=True).created == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (xlsx([["nom", "prenom"], ["Marignan", "Lucette"]], merge="A2:B2"), "fusionnées"),
        (b"a,b\n1,2\n", "aucune colonne de noms"),
        (b"", "vide"),
        (b"PK\x03\x04 rien de bon", "XLSX"),
        (b"nom,prenom\n", "aucune personne"),
        (b"nom,prenom\n\xff\xfe,x\n", "UTF-8"),
        (b"nom,prenom\n" + b"a,b\n" * 2001, "plus de 2000 lignes"),
    ],
)
def test_what_is_not_a_list_is_refused_in_a_line(house: SimpleNamespace, data: bytes, words: str) -> None:
    from yole.people import services_import
    from yole.people.models import ImportBatch

    with pytest.raises(Refused, match=words):
        services_import.receive(house.mediator, data, "liste")
    assert not ImportBatch.objects.exists()


def test_a_workbook_with_numbers(house: SimpleNamespace) -> None:
    from yole.people import services_import

    data = xlsx(
        [["Nom", "Prénom", "Année de naissance", "Téléphone"], ["Marignan", "Lucette", 1951.0, 639980101], [None, None, None, None]]
    )
    batch = services_import.receive(house.mediator, data, "liste.xlsx")
    preview = services_import.preview(batch)
    assert [problem.repair for line in preview.wrong for problem in line.problems] == ["0639980101"]
    assert [line.values["anneeNaissance"] for line in services_import.preview(batch, repair=True).right] == ["1951"]


def test_on_the_screen(house: SimpleNamespace) -> None:
    from yole.people.models import ImportBatch, Person

    client = Client()
    client.force_login(house.mediator)
    file = SimpleUploadedFile("liste.csv", (HEADER + "Marignan,Lucette,1951,639980101,97224,\n").encode())
    shown = client.post(reverse("people:import"), {"file": file}, follow=True)
    page = shown.content.decode()
    assert "0639980101" in page and "Appliquer les réparations" in page
    batch = ImportBatch.objects.get()
    address = reverse("people:import-preview", args=[batch.pk])
    assert "Lucette" in client.get(address + "?repair=1").content.decode()
    assert client.post(address, {"repair": "1"}).status_code == 422
    assert client.post(address, {"repair": "1", "informed": "1"}).status_code == 302
    assert Person.objects.count() == 1
    wrong = SimpleUploadedFile("liste.csv", b"x")
    assert client.post(reverse("people:import"), {"file": wrong}).status_code == 422
    other = Client()
    other.force_login(house.neighbour)
    assert other.get(address).status_code == 404


def test_a_list_makes_what_the_form_makes(house: SimpleNamespace) -> None:
    """Cards of a list are made in a few statements: rows, digests, pairs and lines of the journal are those of cards made one by one."""
    from collections import Counter

    from yole.journal.models import Entry
    from yole.people import services_import
    from yole.people.engine.identity import Identity
    from yole.people.models import AccessLog, Consent, Lookup, Notice, Pair, Person
    from yole.people.services import About, Agreed, create_followed

    people = [("Marignan", "Lucette", 1951), ("Marignan", "Lucette", 1951), ("Valmy", "Hector", 1960), ("Marignan", "Lulu", 1951)]
    rows = "".join(f"{last},{first},{year},063998010{n},97224,feminin\n" for n, (last, first, year) in enumerate(people))
    batch = services_import.receive(house.mediator, (HEADER + rows).encode(), "liste.csv")
    assert services_import.confirm(house.mediator, batch.pk, repair=False, informed=True).created == 4
    for n, (last, first, year) in enumerate(people):
        create_followed(
            house.neighbour,
            Identity(first, last, f"063998010{n}"),
            Agreed(["suivi"], "import"),
            About(year, gender="feminin", commune="97224"),
        )

    def seen(structure: Any) -> dict[str, Any]:
        mine = {"person__structure": structure}
        entries = Entry.objects.filter(action="people.follow", organisation=_reference(structure))
        return {
            "cards": Counter(
                Person.objects.filter(structure=structure).values_list("kind", "birth_year", "gender", "commune", "last_contact_on")
            ),
            "notices": Counter(Notice.objects.filter(**mine).values_list("version", "digest", "given_to", "how")),
            "consents": Counter(Consent.objects.filter(**mine).values_list("purpose", "version", "given_by", "how")),
            "accesses": Counter(AccessLog.objects.filter(**mine).values_list("act")),
            "lookups": Counter(Lookup.objects.filter(**mine).values_list("kind")),
            "pairs": Counter((score, likely, *reasons) for score, likely, reasons in _pairs(structure)),
            "journal": Counter(body.partition('"organisation"')[0] for body in entries.values_list("body", flat=True)),
        }

    def _pairs(structure: Any) -> Any:
        return Pair.objects.filter(structure=structure).values_list("score", "likely", "reasons")

    listed, typed = seen(house.here), seen(house.there)
    assert listed == typed
    assert sum(listed["pairs"].values()) == 3 and sum(listed["journal"].values()) == 4
    names = {row.full_name for row in _identities(house.here)}
    assert names == {"Lucette Marignan", "Hector Valmy", "Lulu Marignan"}


def _reference(structure: Any) -> str:
    from yole.journal.references import reference

    return reference("structure", structure.pk)


def _identities(structure: Any) -> Any:
    from yole.people import selectors
    from yole.people.models import Person

    return [selectors.identity(person) for person in Person.objects.filter(structure=structure)]


def test_the_statements_of_an_import_grow_little_with_its_rows(house: SimpleNamespace) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from yole.people import services_import

    counts = []
    for prefix, size in (("a", 5), ("b", 25)):
        rows = "".join(f"Nom{prefix}{chr(97 + n)},Prénom{prefix}{chr(97 + n)},,,,\n" for n in range(size))
        batch = services_import.receive(house.mediator, (HEADER + rows).encode(), "liste.csv")
        with CaptureQueriesContext(connection) as queries:
            services_import.confirm(house.mediator, batch.pk, repair=False, informed=True)
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 20 * 3, "a look-up of those alike, at most a reading of them, and a line of the journal for each row"


def test_dates_in_several_forms_are_told_by_row_with_their_repair(house: SimpleNamespace) -> None:
    from datetime import date, datetime

    from yole.people import services_import
    from yole.people.models import Person

    typed = ["12/05/1951", "1951-05-12", date(1951, 5, 12), datetime(1951, 5, 12, 8, 30), "12 mai 51", 18_759, -1951, "1951"]
    data = xlsx([["nom", "prenom", "anneeNaissance"], *([f"Nom{n}", "Prénom", value] for n, value in enumerate(typed))])
    batch = services_import.receive(house.mediator, data, "liste.xlsx")
    preview = services_import.preview(batch)
    assert [(line.number, line.problems[0].repair) for line in preview.wrong] == [
        (2, "1951"), (3, "1951"), (4, "1951"), (5, "1951"), (6, ""), (7, ""), (8, "1951"),
    ]  # fmt: skip
    assert [line.number for line in preview.right] == [9]
    with pytest.raises(Refused, match="7 lignes sont à réparer"):
        services_import.confirm(house.mediator, batch.pk, repair=False, informed=True)
    with pytest.raises(Refused, match="2 lignes sont à réparer"):
        services_import.confirm(house.mediator, batch.pk, repair=True, informed=True)
    assert not Person.objects.exists()
