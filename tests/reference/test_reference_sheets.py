"""Sheets in: the official XML, archives, versions, verification by a named account."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from yole.kernel.errors import InputError
from yole.reference import files

XML = """<?xml version="1.0" encoding="UTF-8"?>
<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="F4242" type="Fiche d'information"
spUrl="https://www.service-public.fr/particuliers/vosdroits/F4242">
<dc:title>Aide d'essai</dc:title><dc:subject>Famille</dc:subject><dc:date>modified {day}</dc:date><dc:inconnu>rien</dc:inconnu>
<Introduction><Texte><Paragraphe>L'aide d'essai aide les <LienInterne>familles</LienInterne>.</Paragraphe></Texte></Introduction>
<ListeSituations affichage="onglet"><Situation><Titre>Vous travaillez</Titre><Texte>
<Chapitre><Titre><Paragraphe>Conditions</Paragraphe></Titre>
<Paragraphe>Il faut travailler.</Paragraphe><Liste type="puce">
<Item><Paragraphe>un enfant</Paragraphe></Item><Item><Paragraphe>deux enfants</Paragraphe></Item></Liste>
</Chapitre></Texte></Situation>
<Situation><Titre>Vous étudiez</Titre><Texte><Paragraphe>{text}</Paragraphe></Texte></Situation></ListeSituations>
<NouvelleBalise><Paragraphe>passée</Paragraphe></NouvelleBalise>
<Reference ID="R1" URL="https://exemple.invalid"><Titre>Loi</Titre></Reference><VoirAussi><Fiche><Titre>Autre</Titre></Fiche></VoirAussi></Publication>"""


def xml(day: str = "2026-01-15", text: str = "Il faut étudier.") -> bytes:
    return XML.format(day=day, text=text).encode()


def test_an_official_sheet_is_read_with_its_titles_and_its_date() -> None:
    record = files.parse_publication(xml(), "essai")
    assert record is not None
    assert (record.code, record.title, record.theme, record.dated) == ("F4242", "Aide d'essai", "Famille", date(2026, 1, 15))
    assert record.sections == (
        (("Aide d'essai", "Introduction"), "L'aide d'essai aide les familles."),
        (("Aide d'essai", "Vous travaillez", "Conditions"), "Il faut travailler.\nun enfant\ndeux enfants"),
        (("Aide d'essai", "Vous étudiez"), "Il faut étudier."),
    )


def test_a_long_part_is_cut_between_its_lines() -> None:
    record = files.parse_publication(xml(text="</Paragraphe><Paragraphe>".join(["mot " * 100] * 4)), "essai")
    assert record is not None
    sizes = [len(text.split()) for path, text in record.sections if path[-1] == "Vous étudiez"]
    assert sizes == [200, 200]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "XML illisible"),
        (b"<Publication>", "XML illisible"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Publication ID="F1">&a;</Publication>', "entit"),
        (b"\xff\xfe\x00", "XML illisible"),
    ],
)
def test_bad_xml_is_refused_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as raised:
        files.parse_publication(data, "fiche.xml")
    assert "\n" not in raised.value.one_line()


def test_what_is_no_sheet_is_passed_over() -> None:
    assert files.parse_publication(b"<Arborescence/>", "x") is None
    assert files.parse_publication(xml().replace(b'ID="F4242"', b'ID="../../etc"'), "x") is None


def test_an_archive_is_read_and_a_broken_one_refused(tmp_path: Path) -> None:
    good = tmp_path / "vosdroits.zip"
    with zipfile.ZipFile(good, "w") as archive:
        archive.writestr("F4242.xml", xml())
        archive.writestr("menu.xml", "<Menu/>")
        archive.writestr("lisez-moi.txt", "rien")
    assert [one.code for one in files.read_official(good)] == ["F4242"]
    broken = tmp_path / "casse.zip"
    broken.write_bytes(good.read_bytes()[:-40])
    with pytest.raises(InputError, match="archive illisible"):
        list(files.read_official(broken))


def test_own_sheets_have_what_a_page_needs() -> None:
    records = files.read_own()
    assert len({one.code for one in records}) == len(records) >= 60
    for one in records:
        assert one.url.startswith("https://"), one.code
        assert all(text in "".join(text for _path, text in one.sections) for _path, text in one.sections)
        assert not any("€" in text or "euros par mois" in text for _path, text in one.sections), "amounts go stale"
    assert len(files.read_synonyms()) >= 80


@pytest.mark.usefixtures("db")
class TestStored:
    def store(self, data: bytes) -> Any:
        from yole.reference.enums import Origin
        from yole.reference.services import store

        record = files.parse_publication(data, "essai")
        assert record is not None
        return store([record], Origin.OFFICIAL, "essai.xml")

    def test_a_changed_sheet_is_a_version_more_and_no_longer_verified(self) -> None:
        from yole.reference import selectors
        from yole.reference.models import Sheet

        assert self.store(xml()).added == 1
        assert self.store(xml()).same == 1
        Sheet.objects.update(verified_on=date(2026, 11, 1))
        done = self.store(xml("2026-06-01", "Il faut étudier longtemps."))
        assert (done.added, done.changed) == (0, 1)
        found = selectors.version("F4242")
        assert found is not None
        assert (found.number, found.dated, found.sheet.verified_on) == (2, date(2026, 6, 1), None)
        assert [one.number for one in selectors.versions("F4242")] == [2, 1]
        assert "longtemps" in found.sections.last().content  # type: ignore[union-attr]  # there are three

    def test_a_sheet_is_stale_after_twelve_months(self) -> None:
        from yole.reference.models import Sheet
        from yole.reference.selectors import is_stale

        self.store(xml())
        sheet = Sheet.objects.get()
        today = date(2026, 11, 22)
        for age, stale in ((None, True), (366, True), (364, False), (0, False)):
            sheet.verified_on = None if age is None else today - timedelta(days=age)
            assert is_stale(sheet, today) is stale

    def test_the_project_never_writes_over_an_official_text(self) -> None:
        from yole.reference.models import Sheet
        from yole.reference.services import load_own

        self.store(xml().replace(b"F4242", b"F19778"))
        load_own()
        assert Sheet.objects.get(code="F19778").versions.get(is_current=True).title == "Aide d'essai"
        again = load_own()
        assert (again.added, again.changed) == (0, 0)

    def test_a_named_account_verifies_and_others_may_not(self) -> None:
        from yole.base.errors import Refused
        from yole.organisations.enums import Role
        from yole.organisations.services import create_account
        from yole.reference.models import Sheet
        from yole.reference.services import verify
        from yole.territory.models import Territory

        territory = Territory.objects.create(slug="essai", name="Essai", languages=["fr"], is_default=True)
        self.store(xml())

        def account(role: Role) -> Any:
            return create_account(
                email=f"{role}@exemple.invalid", name=f"{role} (fictif)", role=role, territory=territory, password="x" * 14
            )

        with pytest.raises(Refused):
            verify(account(Role.RECRUITER), "F4242")
        coordinator = account(Role.TERRITORY_COORDINATOR)
        verify(coordinator, "F4242")
        sheet = Sheet.objects.get()
        assert sheet.verified_by_id == coordinator.pk
        assert sheet.verified_on is not None
        with pytest.raises(Refused):
            verify(coordinator, "F1")


def test_an_archive_with_a_damaged_member_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "fiches.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("F1.xml", b"<Publication/>" * 200)
    damaged = bytearray(path.read_bytes())
    damaged[36:44] = b"\xff" * 8  # inside the compressed bytes
    path.write_bytes(damaged)
    with pytest.raises(InputError, match="archive illisible"):
        list(files._archive(path, "fiches.zip"))
