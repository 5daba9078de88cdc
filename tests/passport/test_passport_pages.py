"""The public pages: every verdict through the page, the holder's passport, what the desk may do, and what no page tells."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.passport import passports as samples
from yole.passport import documents, keys, services_awards, services_status
from yole.passport.contexts import processor
from yole.passport.engine import proofs, status
from yole.passport.engine.containers import compact_json, qr_text
from yole.passport.models import Award, Credential, StatusList

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
ADDRESS = "/passeport/verifier/"


def document(award: Award, kind: str = "niveau") -> dict[str, Any]:
    return dict(json.loads(Credential.objects.get(award=award, kind=kind).document))


def page(client: Client, **given: Any) -> str:
    response = client.post(ADDRESS, given)
    assert response.status_code in (200, 422)
    return response.content.decode()


def pasted(client: Client, made: dict[str, Any]) -> str:
    return page(client, text=compact_json(made).decode())


def resigned(award: Award, change: Callable[[dict[str, Any]], None], key: Any = None, created: Any = None) -> dict[str, Any]:
    """The award's credential changed, then signed by the site's key (or another)."""
    made = proofs.without_proof(document(award))
    change(made)
    signing = key or keys.signing_key(keys.ensure())
    return proofs.sign_set(made, signing, created or timezone.now().replace(microsecond=0), processor())


def test_a_sound_passport_is_told_with_the_date_of_the_list(client: Client, award: Make) -> None:
    made = award()
    told = pasted(client, document(made))
    assert "Ce passeport est authentique et en cours" in told
    assert (
        f"Valable selon la liste du\xa0{timezone.now():%d/%m/%Y}" in told or f"Valable selon la liste du {timezone.now():%d/%m/%Y}" in told
    )
    assert "eddsa-jcs-2022" in told and "eddsa-rdfc-2022" in told and keys.issuer() in told


@pytest.mark.parametrize("form", ["json", "png", "svg", "txt"])
def test_each_container_is_read_from_its_file(client: Client, award: Make, form: str) -> None:
    made = Credential.objects.select_related("award__level").get(award=award(), kind="niveau")
    upload = SimpleUploadedFile(f"p.{form}", documents.contained(made, form))
    assert "Ce passeport est authentique et en cours" in page(client, file=upload)


def test_one_changed_letter(client: Client, award: Make) -> None:
    made = document(award())
    made["credentialSubject"]["achievement"]["humanCode"] = "oranje"
    told = pasted(client, made)
    assert "pas authentique" in told and "a été modifié" in told and "Écrit dans le document, non prouvé" in told


@pytest.mark.parametrize("which", [0, 1])
def test_one_of_two_proofs_forged(client: Client, award: Make, which: int) -> None:
    made = document(award())
    other = samples.KEY.secret.sign(b"autre chose")
    from yole.journal.engine import multibase

    made["proof"][which]["proofValue"] = multibase.encode(other)
    told = pasted(client, made)
    assert "pas authentique" in told and "<b>ne tient pas</b>" in told


def test_a_key_that_is_not_the_issuers(client: Client, award: Make) -> None:
    told = pasted(client, resigned(award(), lambda made: None, samples.STRANGER))
    assert "n’appartient pas à l’émetteur" in told
    from dataclasses import replace

    told = pasted(client, resigned(award(), lambda made: None, replace(samples.STRANGER, controller=keys.issuer())))
    assert "pas dans le document de l’émetteur" in told


def test_expired_and_not_yet(client: Client, award: Make) -> None:
    made = award()
    yesterday, tomorrow = (timezone.now() + timedelta(days=days) for days in (-1, 1))

    def ended(one: dict[str, Any]) -> None:
        one["validFrom"], one["validUntil"] = "2020-01-01T00:00:00Z", yesterday.strftime("%Y-%m-%dT%H:%M:%SZ")

    def later(one: dict[str, Any]) -> None:
        one["validFrom"] = tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert "Ce passeport a expiré" in pasted(client, resigned(made, ended))
    assert "pas encore valable" in pasted(client, resigned(made, later))


def test_suspended_then_lifted_then_revoked(client: Client, house: SimpleNamespace, award: Make) -> None:
    made = award()
    services_awards.suspend(house.evaluator, made.pk, "Doute sur le candidat")
    assert "Ce passeport est suspendu" in pasted(client, document(made))
    services_awards.lift(house.evaluator, made.pk, "Doute levé par le jury")
    assert "authentique et en cours" in pasted(client, document(made))
    services_awards.revoke(house.evaluator, made.pk, "Erreur de candidat")
    told = page(client, text=qr_text(document(made), [proofs.JCS]))
    assert "Ce passeport a été retiré" in told and "Selon la liste du" in told
    assert "Doute" not in told and "Erreur" not in told, "the reasons are not public"


def test_a_forged_list_makes_the_status_unknown(client: Client, award: Make) -> None:
    made = award()
    client.get("/passeport/listes/1")
    row = StatusList.objects.get()
    forged = json.loads(row.withdrawn)
    bits = status.empty_bits()
    status.set_bit(bits, 7, True)
    forged["credentialSubject"]["encodedList"] = status.encode_bits(bits)
    StatusList.objects.update(withdrawn=json.dumps(forged))
    told = pasted(client, document(made))
    assert "La signature tient, l’état est inconnu" in told and "signature de la liste d’état ne tient pas" in told
    assert "en cours" not in told


def test_the_same_answers_by_the_command(tmp_path: Path, house: SimpleNamespace, award: Make) -> None:
    """What the site publishes is enough for `yole passport verify`, off line."""
    from typer.testing import CliRunner

    from yole.passport.cli import app

    made = award()
    holder = Credential.objects.select_related("award__level").get(award=made, kind="niveau")
    for form in ("json", "png", "txt"):
        (tmp_path / f"a.{form}").write_bytes(documents.contained(holder, form))

    def verified(form: str) -> tuple[int, str, list[str]]:
        (tmp_path / "did.json").write_text(json.dumps(keys.document()))
        (tmp_path / "w.json").write_text(str(services_status.published(1)))
        (tmp_path / "s.json").write_text(str(services_status.published(1, suspensions=True)))
        lists = ["--status-list", str(tmp_path / "w.json"), "--status-list", str(tmp_path / "s.json")]
        later = (timezone.now() + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = CliRunner().invoke(
            app, ["verify", str(tmp_path / f"a.{form}"), "--did-document", str(tmp_path / "did.json"), *lists, "--at", later, "--json"]
        )
        answer = json.loads(found.stdout)
        return found.exit_code, answer["status"], answer["codes"]

    assert [verified(form) for form in ("json", "png", "txt")] == [(0, "valid", [])] * 3
    services_awards.suspend(house.evaluator, made.pk, "Doute sur le candidat")
    assert verified("txt") == (1, "suspended", ["suspended"])
    services_awards.revoke(house.evaluator, made.pk, "Erreur de candidat")
    assert verified("png") == (1, "revoked", ["revoked"])
    services_awards.rotate(house.coordinator, "compromised", "Ordinateur volé")
    assert verified("json")[::2] == (1, ["key-revoked"])


def test_a_passport_of_another_issuer_is_read_with_its_files_and_nothing_is_fetched(
    client: Client, award: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    award()

    def no_network(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    foreign = proofs.sign_set(
        {**samples.credential.build(samples.award(valid_until=None), samples.ISSUER)}, samples.KEY, samples.SIGNED, processor()
    )
    told = pasted(client, foreign)
    assert "Il faut le document did.json" in told and "pas authentique" in told and "Cet émetteur n’est pas ce site" in told
    issuer = SimpleUploadedFile("did.json", json.dumps(samples.KEY.public_members()).encode())
    told = page(client, text=compact_json(foreign).decode(), issuer_file=issuer)
    assert "La signature tient, l’état est inconnu" in told
    issuer = SimpleUploadedFile("did.json", json.dumps(samples.KEY.public_members()).encode())
    listed = SimpleUploadedFile("l.json", json.dumps(samples.status_list([])).encode())
    assert "authentique et en cours" in page(client, text=compact_json(foreign).decode(), issuer_file=issuer, list_file=listed)


def test_a_file_cannot_replace_what_the_site_says_of_itself(client: Client, award: Make) -> None:
    from dataclasses import replace

    mine = replace(samples.STRANGER, controller=keys.issuer())
    forged = resigned(award(), lambda made: None, mine)
    issuer = SimpleUploadedFile("did.json", json.dumps(mine.public_members()).encode())
    assert "pas authentique" in page(client, text=compact_json(forged).decode(), issuer_file=issuer)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"text": "bonjour"}, "Aucune attestation n’est dans ce fichier"),
        ({"text": '{"a": 1}'}, "pas une attestation"),
        ({"text": "YP1:é"}, "qui n’en sont pas"),
        ({}, "Donnez un code, un fichier ou un texte"),
        ({"code": "AAAA-AAAA-AA"}, "Aucun passeport n’a ce code"),
    ],
)
def test_what_is_not_a_passport(client: Client, given: dict[str, str], told: str) -> None:
    assert told in page(client, **given)


def test_a_picture_without_a_passport_and_noise(client: Client) -> None:
    import os

    from yole.passport.engine.pictures import plain_png

    assert "ne contient pas d’attestation" in page(client, file=SimpleUploadedFile("a.png", plain_png()))
    assert "Aucune attestation" in page(client, file=SimpleUploadedFile("a.bin", b"\x01" + os.urandom(10 * 1024 * 1024)))


def test_wrong_codes_are_throttled_and_the_right_one_too(client: Client, award: Make) -> None:
    code = Credential.objects.get(award=award(), kind="niveau").code
    assert "authentique et en cours" in client.get(ADDRESS, {"code": code}).content.decode()
    for _ in range(10):
        client.post(ADDRESS, {"code": "0000000000"})
    assert client.get(ADDRESS, {"code": code}).status_code == 429
    assert client.post("/passeport/mien/", {"code": "000000000000"}).status_code == 429


def test_what_the_site_publishes(client: Client, award: Make) -> None:
    assert client.get("/.well-known/did.json").status_code == 404
    made = award()
    did = client.get("/.well-known/did.json")
    assert did["Content-Type"] == "application/did+ld+json" and did["Access-Control-Allow-Origin"] == "*"
    assert did.json()["id"] == keys.issuer() and "secret" not in did.content.decode().lower()
    listed = client.get("/passeport/listes/1").json()
    assert listed["id"] == document(made)["credentialStatus"]["statusListCredential"]
    assert client.get("/passeport/listes/1/suspensions").json()["id"] == listed["id"] + status.SUSPENSIONS
    assert client.get("/passeport/listes/2").status_code == 404
    achievement = document(made)["credentialSubject"]["achievement"]["id"]
    assert client.get(achievement.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_the_holder_opens_chooses_downloads_and_prints(client: Client, award: Make) -> None:
    made = award()
    assert client.get("/passeport/mien/passeport/").status_code == 302
    assert client.get("/passeport/mien/niveau/passeport.json").status_code == 404
    assert client.post("/passeport/mien/", {"code": made.claim}).status_code == 302
    told = client.get("/passeport/mien/passeport/").content.decode()
    level, areas = (Credential.objects.get(award=made, kind=kind).code for kind in ("niveau", "domaines"))
    assert level in told and areas not in told
    assert areas in client.get("/passeport/mien/passeport/?montrer=domaines").content.decode()
    for kind in ("niveau", "domaines"):
        for form in documents.TYPES:
            response = client.get(f"/passeport/mien/{kind}/passeport.{form}")
            assert response.status_code == 200 and response["Content-Type"] == documents.TYPES[form]
            upload = SimpleUploadedFile("p", response.content)
            assert "authentique et en cours" in page(client, file=upload)
    assert client.get("/passeport/mien/niveau/passeport.exe").status_code == 404
    printed = client.post("/passeport/mien/niveau/papier/", {"name": "Zéphirine Canari", "forme": "certificat"})
    assert printed.content.startswith(b"%PDF")
    kept = json.dumps([list(map(str, row)) for table in (Award, Credential) for row in table.objects.values_list()])
    assert "Canari" not in kept and "Canari" not in str(client.session.items())
    client.post("/passeport/mien/fermer/")
    assert client.get("/passeport/mien/passeport/").status_code == 302


def _pages(pdf: bytes, folder: Path) -> list[Path]:
    (folder / "p.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "p.pdf", "p"], cwd=folder, check=True, capture_output=True)
    return sorted(folder.glob("p-*.png"))


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler) renders the PDF and is not on this machine")
@pytest.mark.parametrize(
    ("kind", "paper"), [("niveau", "certificate"), ("domaines", "certificate"), ("niveau", "card"), ("domaines", "card")]
)
def test_the_printed_qr_is_read_and_verifies(client: Client, award: Make, tmp_path: Path, kind: str, paper: str) -> None:
    import zxingcpp
    from PIL import Image

    from yole.passport.selectors import credential_of

    made = award()
    credential = credential_of(made, kind)
    assert credential is not None
    credential.award = Award.objects.select_related("level__scheme__territory", "candidacy", "entry").get(pk=made.pk)
    pages = _pages(getattr(documents, paper)(credential, "Nom Imprimé"), tmp_path)
    assert len(pages) == 1, "one page"
    with Image.open(pages[0]) as picture:
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        assert len(found) == 1
        corners = found[0].position
        side = abs(corners.top_right.x - corners.top_left.x) / 150 * 2.54
    assert side >= 4.5, f"{side:.1f} cm"
    assert found[0].text == documents.qr_text(credential)
    assert "authentique et en cours" in page(client, text=found[0].text)


def test_nothing_names_anybody_in_public(client: Client, house: SimpleNamespace) -> None:
    from tests.passport.conftest import make_sitting
    from yole.passport import services_jury
    from yole.people.engine.identity import Identity
    from yole.people.enums import How, Purpose
    from yole.people.services import About, Agreed, create_followed

    person = create_followed(house.mediator, Identity("Zéphirine", "Canari"), Agreed([Purpose.FOLLOW], How.SPOKEN_WITH_SHEET), About())
    make_sitting(house, person=person)
    one = services_jury.add_candidate(house.presenter, house.jury.pk, person_code=person.code)
    services_jury.decide(house.evaluator, one.pk, services_jury.Given("awarded", "orange"))
    made = Award.objects.get()
    told = pasted(client, document(made)) + client.get("/passeport/listes/1").content.decode() + client.get("/passeport/").content.decode()
    client.post("/passeport/mien/", {"code": made.claim})
    told += client.get("/passeport/mien/passeport/").content.decode()
    for word in ("Canari", "Zéphirine", str(person.pk), "Candidat 1", person.code):
        assert word not in told and word not in json.dumps(document(made))


def _signed_in(account: Any) -> Client:
    import time

    client = Client()
    client.force_login(account, backend="yole.organisations.backends.AccountBackend")
    session = client.session
    session["confirmed-at"] = int(time.time())
    session.save()
    return client


def test_a_jury_by_its_pages_with_the_rows_of_who_is_signed_in(house: SimpleNamespace, candidate: Make) -> None:
    """As the site runs: the database shows each account its own rows."""
    from yole.people.engine.identity import Identity
    from yole.people.enums import How, Purpose
    from yole.people.services import About, Agreed, create_followed

    one, two = candidate(), candidate()
    agreed = Agreed([Purpose.FOLLOW], How.SPOKEN_WITH_SHEET)
    type(one).objects.filter(pk=one.pk).update(person=create_followed(house.mediator, Identity("Zéphirine", "Canari"), agreed, About()))
    evaluator = _signed_in(house.evaluator)
    assert "Zéphirine Canari" in evaluator.get(f"/passeport/equipe/jury/{house.jury.pk}/").content.decode()
    assert "Canari" not in _signed_in(house.coordinator).get(f"/passeport/equipe/jury/{house.jury.pk}/").content.decode()
    decide = f"/passeport/equipe/candidat/{one.pk}/decision/"
    told = evaluator.get(decide).content.decode()
    assert "90 chances sur 100 que ce soit le bon niveau" in told and "se trompe donc environ 10 fois sur 100" in told
    assert evaluator.post(decide, {"decision": "awarded", "level": "vert"}).status_code == 422
    assert evaluator.post(decide, {"decision": "awarded", "level": "orange"}).status_code == 302
    refusal = {"decision": "refused", "motive": "Trop peu d’exercices.", "to_work_on": "Ouvrir une pièce jointe."}
    assert evaluator.post(f"/passeport/equipe/candidat/{two.pk}/decision/", refusal).status_code == 302
    made = Award.objects.get()
    for address in (
        "", f"jury/{house.jury.pk}/", f"candidat/{one.pk}/", f"candidat/{two.pk}/reponse.pdf", "passeports/", f"passeports/{made.pk}/",
        f"jury/{house.jury.pk}/ceremonie.pdf", "chiffres/", "chiffres.csv",
    ):  # fmt: skip
        assert evaluator.get(f"/passeport/equipe/{address}").status_code == 200, address
    presenter = _signed_in(house.presenter)
    assert presenter.get(f"/passeport/equipe/passeports/{made.pk}/").status_code == 200
    assert presenter.get(f"/passeport/equipe/passeports/{made.pk}/etat/").status_code == 403
    assert presenter.get(f"/passeport/equipe/passeports/{made.pk}/code.pdf").content.startswith(b"%PDF")
    for stranger in (house.second, house.outsider, house.far_presenter):
        other = _signed_in(stranger)
        for address in (f"jury/{house.jury.pk}/", f"candidat/{one.pk}/", f"passeports/{made.pk}/"):
            assert other.get(f"/passeport/equipe/{address}").status_code == 404
    state = f"/passeport/equipe/passeports/{made.pk}/etat/"
    assert evaluator.post(state, {"act": "revoke", "reason": "Erreur de candidat"}).status_code == 302
    assert "a été retiré" in pasted(Client(), document(made))


def test_awarding_withdrawing_and_renewing_ask_again_who_is_there(house: SimpleNamespace, candidate: Make, award: Make) -> None:
    one, made = candidate(), award()
    for account, address in (
        (house.evaluator, f"candidat/{one.pk}/decision/"),
        (house.evaluator, f"passeports/{made.pk}/etat/"),
        (house.coordinator, "cles/renouveler/"),
    ):
        client = _signed_in(account)
        session = client.session
        session["confirmed-at"] = 1
        session.save()
        response = client.get(f"/passeport/equipe/{address}")
        assert response.status_code == 302 and "confirm" in response["Location"]


def test_programmes_levels_and_keys_by_their_pages(house: SimpleNamespace) -> None:
    coordinator = _signed_in(house.coordinator)
    assert coordinator.post("/passeport/equipe/programmes/", {"name": "Passeport orange"}).status_code == 302
    level = house.scheme.levels.get(code="vert")
    form = {
        "name": "Vert", "colour": "vert", "sentence": "Fait seul.", "attendance": "80", "diagnosis": "on", "min_probability": "90",
        "min_per_area": "2", "max_age_days": "90", "tasks": ["mailbox"], "retake_after_days": "7", "validity_months": "36",
    }  # fmt: skip
    assert coordinator.post(f"/passeport/equipe/niveau/{level.pk}/", form).status_code == 302
    level.refresh_from_db()
    assert level.requirements["attendance"] == 0.8 and level.requirements["diagnosis"]["supervised"] is False
    assert coordinator.post("/passeport/equipe/cles/renouveler/", {"end": "replaced", "reason": "Renouvellement annuel"}).status_code == 302
    told = coordinator.get("/passeport/equipe/cles/").content.decode()
    assert keys.in_use().public in told and "secretKey" not in told  # type: ignore[union-attr]
    assert _signed_in(house.evaluator).get("/passeport/equipe/cles/").status_code == 403


def test_a_copy_of_a_credential_is_not_changed_by_reading_it(client: Client, award: Make) -> None:
    made = document(award())
    before = copy.deepcopy(made)
    pasted(client, made)
    assert made == before
