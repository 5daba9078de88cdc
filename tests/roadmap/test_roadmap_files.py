"""Exported is imported, in both directions; what the State's tool has no place for is said; bad input is one line."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.roadmap.conftest import make_commitment, read
from yole.kernel.errors import InputError
from yole.roadmap.files_cells import join, split


def full(house: SimpleNamespace) -> Any:
    """A commitment with everything that hangs on one."""
    from yole.roadmap import services, services_chain, services_commitments, services_funding, services_milestones, services_readings

    commitment = make_commitment(house, publish=True, budget=Decimal("1200.50"), needs=["structurer_un_fonds"], copilots=[house.other])
    wrong = read(house, commitment.indicators.get(), 66, 4)
    services_readings.correct_reading(None, wrong, services_readings.Given(wrong.day, Decimal("16.25"), "liste"), "Faute | de \\ frappe")
    step = services_milestones.add_milestone(None, commitment, title="Ouvrir, « tôt »", due_on=house.today)
    services_milestones.deliver(None, step, on=house.today, evidence="Photo", file=services_readings.evidence("a.jpg", b"x"))
    services.save_objective(None, house.axis, None, title="But", source="NEC")
    committee = services.save_committee(None, house.territory, None, name="Comité (fictif)")
    said = services_chain.add_takeaway(None, house.territory, words="Il faut\nun bus.", label="NEC (fictif)", day=house.today)
    proposal = services_chain.create_proposal(None, house.territory, title="Un bus", takeaways=[said])
    services_chain.answer(None, proposal, answer="retenue", reason="Oui.", committee=committee, day=house.today)
    services_chain.link(None, proposal, commitment)
    review = services_chain.hold_review(None, house.roadmap, title="Réunion", held_on=house.today, decision="Décalé.", committee=committee)
    services_chain.decide(None, review, commitment, words="Plus tard.", due_on=commitment.due_on + timedelta(days=5))
    services_commitments.judge(None, commitment, judgement="comme", words="Bien.", by="Direction (fictif)")
    envelope = services_funding.add_envelope(
        None, house.territory, label="Fonds", amount=Decimal(100), starts_on=house.today, ends_on=house.today, ceilings={"972": Decimal(9)}
    )
    services_funding.ask_funding(None, commitment, envelope, asked=Decimal(10), beneficiaries=[house.ours])
    services_funding.add_co_funding(None, commitment, house.other, Decimal(3))
    services.save_governance(None, house.territory, "972", context="Contexte", private_note="SECRET")
    services.add_member(None, house.ours, is_copilot=True)
    return commitment


def read_bytes(data: bytes, tmp_path: Path, name: str = "feuille.zip") -> Any:
    from yole.roadmap.files_import import read as read_file

    path = tmp_path / name
    path.write_bytes(data)
    return read_file(path)


@pytest.mark.parametrize("form", ["zip", "json"])
def test_everything_comes_back_the_same(house: SimpleNamespace, tmp_path: Path, form: str) -> None:
    from yole.roadmap import files_export
    from yole.roadmap.files_import import bring_in

    full(house)
    write = files_export.as_zip if form == "zip" else files_export.as_json
    out = write(files_export.tables(house.territory))
    assert out == write(files_export.tables(house.territory)), "same tables, same bytes"
    assert b"SECRET" not in out
    report = bring_in(house.elsewhere, read_bytes(out, tmp_path, f"feuille.{form}"))
    assert report.added["releve"] == 2
    assert sorted(report.structures) == ["Autre (fictif)", "Ici (fictif)"]
    assert write(files_export.tables(house.elsewhere)) == out
    again = bring_in(house.elsewhere, read_bytes(out, tmp_path, f"feuille.{form}"))
    assert again.added == {}
    assert write(files_export.tables(house.elsewhere)) == out


STATE = {
    "gouvernance": "id,departement_code,note_de_contexte\ng1,971,Contexte\n",
    "comite": "id,type,frequence,date,commentaire\nc1,technique,mensuelle,2026-03-01,Le mardi\n",
    "membre": (
        "id,type,statut,is_coporteur,categorie_membre,siret_ridet,structure_id,date_suppression\n"
        "m1,Collectivité,confirme,true,commune,12345678200010,Ville (fictif),\n"
    ),
    "feuille_de_route": (
        "id,nom,perimetre_geographique,porteur_id,note_de_contextualisation,documents\n"
        "f1,Feuille 971 (fictif),departemental,Ville (fictif),Note,a.pdf | b.pdf\n"
    ),
    "action": (
        "id,feuille_de_route_id,nom,contexte,description,besoins,budget_global,date_de_debut,date_de_fin\n"
        'a1,f1,Former (fictif),"Un, deux",Dire,structurer_un_fonds | appui_juridique,1500.5,2026-01-01,2027-01-01\n'
    ),
    "enveloppe_financement": "id,libelle,montant,date_debut,date_fin\ne1,Fonds,80000,2025-01-01,2027-12-31\n",
    "departement_enveloppe": "id,enveloppe_id,departement_code,plafond\np1,e1,971,5000\n",
    "demande_de_subvention": (
        "id,action_id,enveloppe_financement_id,statut,subvention_demandee,subvention_etp,subvention_prestation,beneficiaire_subvention\n"
        "d1,a1,e1,deposee,900,600,300,Ville (fictif)\n"
    ),
    "co_financement": "id,action_id,structure_id,montant\nk1,a1,Ville (fictif),100\n",
    "porteur_action": "action_id,structure_id\na1,Ville (fictif)\na1,Bus (fictif)\n",
}


def test_the_tables_of_the_state_come_back_the_same(house: SimpleNamespace, tmp_path: Path) -> None:
    from yole.roadmap import files_export
    from yole.roadmap.files_import import bring_in
    from yole.roadmap.files_import import read as read_file
    from yole.roadmap.models import Commitment

    for name, content in STATE.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    report = bring_in(house.elsewhere, read_file(tmp_path))
    assert any("dates à compléter" in one for one in report.notes)
    made = Commitment.objects.get(territory=house.elsewhere)
    assert (str(made.responsible), [str(one) for one in made.copilots.all()]) == ("Ville (fictif)", ["Bus (fictif)"])
    assert made.responsible.siret == "12345678200010"
    assert made.published_at is None, "what comes from elsewhere is not published by itself"
    with zipfile.ZipFile(io.BytesIO(files_export.as_zip(files_export.state_tables(house.elsewhere)))) as packed:
        assert {name.removesuffix(".csv"): packed.read(name).decode() for name in packed.namelist()} == STATE


def test_what_the_state_has_no_place_for_is_said(house: SimpleNamespace) -> None:
    from yole.roadmap.files_export import losses, state_tables

    full(house)
    lost = dict(losses(house.territory))
    assert (lost["jalons"], lost["indicateurs"], lost["relevés"]) == (1, 1, 2)
    assert "SECRET" not in json.dumps(state_tables(house.territory))


def test_a_public_file_holds_nothing_in_preparation(house: SimpleNamespace) -> None:
    from yole.roadmap.files_export import as_json, tables

    full(house)
    make_commitment(house, title="Pas encore (fictif)")
    public = json.loads(as_json(tables(house.territory, public=True)))["tables"]
    assert [one["titre"] for one in public["engagement"]] == ["Former 60 aidants (fictif)"]
    assert len(public["releve"]) == 2
    assert len(public["enseignement"]) == 1
    assert public["membre"] == public["gouvernance"] == []


def test_bad_input_names_its_place_and_writes_nothing(house: SimpleNamespace, tmp_path: Path) -> None:
    from yole.roadmap import files_export
    from yole.roadmap.files_import import bring_in
    from yole.roadmap.models import Commitment

    full(house)
    good = json.loads(files_export.as_json(files_export.tables(house.territory)))

    def refused(change: Any, *words: str) -> None:
        content = json.loads(json.dumps(good))
        change(content["tables"])
        with pytest.raises(InputError) as error:
            bring_in(house.elsewhere, read_bytes(json.dumps(content).encode(), tmp_path, "f.json"))
        for word in words:
            assert word in str(error.value), str(error.value)
        assert not Commitment.objects.filter(territory=house.elsewhere).exists()

    refused(lambda t: t["engagement"][0].update(echeance="demain"), "engagement", "ligne 1", "echeance", "demain", "2026-11-22")
    refused(lambda t: t["engagement"][0].update(axe="inconnu"), "axe", "inconnu", "identifiant")
    refused(lambda t: t["releve"][0].update(valeur="NaN"), "releve", "valeur", "NaN")
    refused(lambda t: t["indicateur"][0].update(sens="travers"), "indicateur", "sens")
    refused(lambda t: t["engagement"][0].pop("titre"), "titre", "colonne absente")
    refused(lambda t: t["axe"].append(t["axe"][0]), "deux fois")
    refused(lambda t: t["releve"][0].update(source=""), "source", "valeur absente")
    refused(lambda t: t["indicateur"][0].update(cible="-5"), "indicateur", "ligne 1")
    refused(lambda t: t["engagement"][0].update(titre="x" * 300), "titre")


def test_a_reading_that_exists_is_not_rewritten_by_a_file(house: SimpleNamespace, tmp_path: Path) -> None:
    from yole.roadmap import files_export
    from yole.roadmap.files_import import bring_in

    full(house)
    content = json.loads(files_export.as_json(files_export.tables(house.territory)))
    content["tables"]["releve"][0]["valeur"] = "1"
    with pytest.raises(InputError, match="ne se change pas"):
        bring_in(house.territory, read_bytes(json.dumps(content).encode(), tmp_path, "f.json"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("f.zip", b"pas une archive"), ("f.zip", b""), ("f.json", b"[1]"), ("f.json", b"{"), ("f.json", b'{"format":"autre"}'),
        ("f.json", b'{"format":"yole-roadmap","version":1,"tables":{"axe":[{"id":1}]}}'), ("f.json", b"[" * 100_000),
    ],
)  # fmt: skip
def test_what_is_no_roadmap_is_refused_in_one_line(name: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_bytes(data, tmp_path, name)
    assert "\n" not in str(error.value)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(alphabet="ab|\\ ", min_size=1, max_size=6).filter(lambda text: text == text.strip() and text), max_size=4))
def test_lists_in_a_cell_come_back(values: list[str]) -> None:
    assert split(join(values)) == values


@pytest.mark.parametrize(("arguments", "words"), [(["--format", "autre"], "yole, public ou etat"), (["--format", "etat", "--json"], "CSV")])
def test_the_command_refuses_before_it_starts_anything(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    from yole.cli import run

    assert run(["roadmap", "export", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert words in told.err
    assert told.err.count("\n") == 1
