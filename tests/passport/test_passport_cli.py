"""`yole passport`: exit statuses, one-line errors, JSON, no partial file, no secret in a message, no Django."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.passport import passports as samples
from yole.cli import run
from yole.passport.engine import did, pictures

SECRET = samples.KEY.members()["secretKeyMultibase"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The issuer's key, document and lists, an award."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, value: Any) -> None:
        (tmp_path / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    write("key.json", samples.KEY.members())
    write("alone.json", samples.ALONE.members())
    write("award.json", samples.AWARD_FILE)
    write("did.json", did.build_document(samples.ISSUER, [did.IssuerKey(samples.KEY.public, samples.SIGNED)]))
    write("clear.json", samples.CLEAR)
    write("revoked.json", samples.status_list([samples.INDEX]))
    write("sound.json", samples.issued())
    return tmp_path


Answer = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> Answer:
    """Exit status and JSON of `yole passport verify … --json` at a fixed instant."""

    def call(*arguments: str, at: str = "2026-11-22T12:00:00Z") -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = run(["passport", "verify", *arguments, "--at", at, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


KNOWN = ("--did-document", "did.json", "--status-list", "clear.json")


def test_issue_then_verify_in_every_form(folder: Path, verify: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.json", "a.png", "a.svg", "a.txt", "A.PNG"):
        assert run(["passport", "issue", "--key", "key.json", "--award", "award.json", "-o", name]) == 0
        assert capsys.readouterr() == ("", "")
        status, answer = verify(name, *KNOWN)
        assert (status, answer["verified"], answer["status"], answer["issuer"], answer["level"]) == (
            0,
            True,
            "valid",
            samples.ISSUER,
            "orange",
        )
        assert answer["proofs"] == [{"cryptosuite": name, "verified": True} for name in ("eddsa-rdfc-2022", "eddsa-jcs-2022")]
        assert answer["reasons"] == []
    assert json.loads((folder / "a.json").read_text(encoding="utf-8")) == samples.issued()
    assert (folder / "a.txt").read_text(encoding="ascii").startswith("YP1:")
    assert run(["passport", "issue", "--key", "key.json", "--award", "award.json"]) == 0
    assert json.loads(capsys.readouterr().out) == samples.issued()


def test_the_content_decides_not_the_name(folder: Path, verify: Answer) -> None:
    assert run(["passport", "issue", "--key", "key.json", "--award", "award.json", "-o", "a.png"]) == 0
    (folder / "a.png").rename(folder / "a.json")
    assert verify("a.json", *KNOWN)[0] == 0


def test_what_is_written_when_the_award_leaves_it_open(folder: Path, verify: Answer) -> None:
    award = {name: value for name, value in samples.AWARD_FILE.items() if name not in ("id", "valid_until", "created", "status")}
    award["valid_from"] = "2026-11-02T04:00:00-04:00"
    (folder / "award.json").write_text(json.dumps(award))
    assert run(["passport", "issue", "--key", "alone.json", "--award", "award.json", "-o", "a.json"]) == 0
    document = json.loads((folder / "a.json").read_text(encoding="utf-8"))
    assert document["id"].startswith("urn:uuid:")
    assert document["validFrom"] == "2026-11-02T08:00:00Z"
    assert not {"validUntil", "credentialStatus"} & set(document)
    assert abs(time.time() - time.mktime(time.strptime(document["proof"][0]["created"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 120
    assert document["issuer"]["id"] == samples.ALONE.controller
    assert verify("a.json")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "codes"),
    [
        (("--did-document", "did.json", "--status-list", "revoked.json"), "revoked", ["revoked"]),
        (("--did-document", "did.json", "--status-list", "did.json", "--status-list", "revoked.json"), "revoked", ["revoked"]),
        (("--did-document", "did.json"), "unknown", ["list-missing"]),
        (("--did-document", "did.json", "--status-list", "did.json"), "unknown", ["list-other"]),
    ],
)
def test_status(verify: Answer, arguments: tuple[str, ...], status: str, codes: list[str]) -> None:
    exit_status, answer = verify("sound.json", *arguments)
    assert (exit_status, answer["verified"], answer["status"], answer["codes"]) == (1, True, status, codes)
    assert len(answer["reasons"]) == len(codes)


def test_a_damaged_list_leaves_the_status_unknown(folder: Path, verify: Answer) -> None:
    (folder / "clear.json").write_bytes(b"{")
    exit_status, answer = verify("sound.json", *KNOWN)
    assert (exit_status, answer["status"]) == (1, "unknown")


def test_dates(verify: Answer) -> None:
    for at, state in (("2026-11-02", "not-yet-valid"), ("2026-11-02T04:00:00-04:00", "valid"), ("2029-11-02T08:00:00Z", "expired")):
        exit_status, answer = verify("sound.json", "--did-document", "did.json", at=at)
        assert answer["status"] == ("unknown" if state == "valid" else state)
        assert exit_status == 1
    assert verify("sound.json", *KNOWN, at="2026-11-03")[1]["status"] == "valid"


def test_without_the_issuers_document_nothing_is_verified(verify: Answer) -> None:
    exit_status, answer = verify("sound.json")
    assert (exit_status, answer["verified"], answer["status"], answer["codes"]) == (1, False, "unknown", ["issuer-unknown"])
    assert answer["proofs"] == [{"cryptosuite": name, "verified": False} for name in ("eddsa-rdfc-2022", "eddsa-jcs-2022")]


def test_a_public_key_stands_for_the_document(folder: Path, verify: Answer) -> None:
    (folder / "public.json").write_text(json.dumps(samples.KEY.public_members()))
    assert verify("sound.json", "--did-document", "public.json", "--status-list", "clear.json")[0] == 0


def test_who_is_named(verify: Answer) -> None:
    assert verify("sound.json", *KNOWN, "--recipient", samples.AWARD.recipient)[1]["recipient"] is True
    exit_status, answer = verify("sound.json", *KNOWN, "--recipient", "x@exemple.fr")
    assert (exit_status, answer["verified"], answer["codes"]) == (1, True, ["recipient"])


def test_what_a_person_reads(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["passport", "verify", "sound.json", *KNOWN, "--at", "2026-11-22"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Attestation valable selon la liste du 02/11/2026.\nNiveau : orange\n")
    assert run(["passport", "verify", "sound.json", "--at", "2026-11-22"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("Attestation REFUSÉE.\nNiveau écrit, non prouvé : orange\n")
    assert "NE TIENT PAS" in told


def test_a_file_cannot_drive_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = samples.changed(samples.issued(), ["credentialSubject", "achievement", "humanCode"], "\x1b[2Jorange\r\nAttestation valable.")
    (folder / "a.json").write_text(json.dumps(document))
    assert run(["passport", "verify", "a.json"]) == 1
    assert "\x1b" not in (out := capsys.readouterr().out)
    assert "\nAttestation valable" not in out


NOISE = random.Random(3).randbytes(10 * 1024 * 1024)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b"", "vide"),
        ("a.json", b"{}", "attestation"),
        ("a.json", b'{"a": 1, "a": 2}', "deux fois"),
        ("a.json", samples.as_json(samples.issued())[:-40], "JSON"),
        ("a.json", b"[" * 100_000, "niveaux"),
        ("a.json", b'{"type": "VerifiableCredential", "x": "' + b"a" * 1024 * 1024 + b'"}', "1 Mo"),
        ("a.png", pictures.plain_png(), "ne contient pas"),
        ("a.svg", pictures.plain_svg("x"), "ne contient pas"),
        ("a.txt", b"YP1:abc", "QR"),
        ("a.txt", "YP1:é".encode(), "QR"),
        ("a.bin", NOISE, "Aucune attestation"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + NOISE, "ne contient pas"),
        ("a.svg", b"<svg>" + NOISE, "XML"),
        ("a.txt", b"YP1:" + NOISE, "QR"),
        ("a.json", b"{" + NOISE, "1 Mo"),
        ("a.bin", NOISE * 2, "16 Mo"),
        ("a.txt", b"A" * 10_000_000, "Aucune attestation"),
    ],
)
def test_where_nothing_can_be_judged_the_status_is_2(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, told: str
) -> None:
    (folder / name).write_bytes(content)
    start = time.monotonic()
    assert run(["passport", "verify", name, "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert name in err
    assert told.lower() in err.lower()
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "absent.json"],
        ["verify", "."],
        ["verify", "sound.json", "--did-document", "absent.json"],
        ["verify", "sound.json", "--did-document", "award.json"],
        ["verify", "sound.json", "--status-list", "absent.json"],
        ["verify", "sound.json", "--at", "demain"],
        ["verify", "sound.json", "--at", "2026-11-22T10:00:00"],
        ["verify"],
        ["issue", "--key", "key.json", "--award", "award.json", "-o", "a.gif"],
        ["issue", "--key", "key.json", "--award", "award.json", "-o", "a"],
        ["issue", "--key", "key.json", "--award", "award.json", "-o", "absent/a.json"],
        ["issue", "--key", "key.json", "--award", "award.json", "-o", "a.png", "--picture", "award.json"],
        ["issue", "--key", "key.json", "--award", "award.json", "-o", "a.json", "--picture", "award.json"],
        ["issue", "--key", "award.json", "--award", "award.json", "-o", "a.json"],
        ["issue", "--key", "absent.json", "--award", "award.json", "-o", "a.json"],
        ["issue", "--key", "key.json", "--award", "key.json", "-o", "a.json"],
        ["keygen", "-o", "key.json"],
        ["keygen", "-o", "new.json", "--controller", "Structure fictive"],
        ["status-list", "--key", "key.json", "--address", "liste", "-o", "a.json"],
        ["status-list", "--key", "key.json", "--address", samples.LIST, "--set", "131072", "-o", "a.json"],
        ["status-list", "--key", "key.json", "--address", samples.LIST, "--purpose", "message", "-o", "a.json"],
        ["did-document", "--key", "key.json", "--key", "alone.json", "-o", "a.json"],
    ],
)
def test_requests_that_cannot_be_served(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert run(["passport", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert SECRET[1:] not in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_damaged_compressed_file_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = bytearray(gzip.compress(samples.as_json(samples.issued())))
    (folder / "a.json.gz").write_bytes(packed)
    assert run(["passport", "verify", "a.json.gz", *KNOWN, "--at", "2026-11-22"]) == 0
    packed[40] ^= 0xFF
    (folder / "a.json.gz").write_bytes(packed)
    capsys.readouterr()
    assert run(["passport", "verify", "a.json.gz"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def without(*path: str) -> dict[str, Any]:
    award = json.loads(json.dumps(samples.AWARD_FILE))
    holder = award
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return award


AWARDS: list[tuple[Any, str]] = [
    ([], "objet"),
    (without("issuer"), "issuer"),
    (without("issuer", "name"), "issuer.name"),
    (without("recipient"), "recipient"),
    (without("recipient", "id"), "recipient.id"),
    (without("level"), "level"),
    (without("achievement"), "achievement"),
    (without("achievement", "id"), "achievement.id"),
    (without("achievement", "name"), "achievement.name"),
    (without("achievement", "description"), "achievement.description"),
    (without("achievement", "criteria"), "achievement.criteria"),
    (without("valid_from"), "valid_from"),
    (without("status", "list"), "status.list"),
    (without("status", "index"), "status.index"),
    (samples.changed(samples.AWARD_FILE, ["status", "index"], -1), "status.index"),
    (samples.changed(samples.AWARD_FILE, ["status", "index"], True), "status.index"),
    (samples.changed(samples.AWARD_FILE, ["status", "index"], "5"), "status.index"),
    (samples.changed(samples.AWARD_FILE, ["status", "purpose"], "message"), "status.purpose"),
    (samples.changed(samples.AWARD_FILE, ["status"], []), "status"),
    (samples.changed(samples.AWARD_FILE, ["valid_from"], "2026-11-02T08:00:00"), "valid_from"),
    (samples.changed(samples.AWARD_FILE, ["valid_until"], "2026-11-02"), "valid_until"),
    (samples.changed(samples.AWARD_FILE, ["created"], "2026-11-02 09:00Z"), "created"),
    (samples.changed(samples.AWARD_FILE, ["valid_until"], "2026-11-02T07:59:59Z"), "valid_until"),
    (samples.changed(samples.AWARD_FILE, ["valid_until"], "2026-11-02T04:00:00-04:00"), "valid_until"),
    (samples.changed(samples.AWARD_FILE, ["level"], ""), "level"),
    (samples.changed(samples.AWARD_FILE, ["level"], 3), "level"),
    (samples.changed(samples.AWARD_FILE, ["recipient", "id"], "mailto:eleve@exemple.fr"), "recipient.id"),
    (samples.changed(samples.AWARD_FILE, ["id"], "passeport-1"), "id"),
    (samples.changed(samples.AWARD_FILE, ["achievement", "id"], "orange"), "achievement.id"),
    (samples.changed(samples.AWARD_FILE, ["achievement", "id"], "https://a> <b"), "achievement.id"),
]


@pytest.mark.parametrize(("award", "member"), AWARDS, ids=[f"{member}-{position}" for position, (_, member) in enumerate(AWARDS)])
def test_awards_that_are_refused(folder: Path, capsys: pytest.CaptureFixture[str], award: Any, member: str) -> None:
    (folder / "award.json").write_text(json.dumps(award))
    assert run(["passport", "issue", "--key", "key.json", "--award", "award.json", "-o", "a.json"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "award.json" in err
    assert member in err
    assert not (folder / "a.json").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"secretKeyMultibase": samples.OTHER.members()["secretKeyMultibase"]},
        {"secretKeyMultibase": SECRET[:-1]},
        {"secretKeyMultibase": [SECRET]},
        {"controller": f"did:key:{samples.OTHER.public}"},
        {"controller": None},
        {"publicKeyMultibase": SECRET},
    ],
)
def test_keys_that_are_refused(folder: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any]) -> None:
    (folder / "key.json").write_text(json.dumps({**samples.KEY.members(), **change}))
    assert run(["passport", "issue", "--key", "key.json", "--award", "award.json", "-o", "a.json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    for secret in (SECRET, samples.OTHER.members()["secretKeyMultibase"]):
        assert secret[1:-1] not in err
    assert not (folder / "a.json").exists()


def test_an_issuer_made_by_the_commands_alone(folder: Path, verify: Answer) -> None:
    def command(*arguments: str) -> None:
        assert run(["passport", *arguments]) == 0

    command("keygen", "-o", "new.json", "--controller", "did:web:neuf.example")
    assert (os.stat("new.json").st_mode & 0o777) == 0o600
    command("did-document", "--key", "new.json", "-o", "new-did.json")
    for purpose, index in (("revocation", "94568"), ("suspension", "7")):
        command(
            "status-list",
            "--key",
            "new.json",
            "--address",
            samples.LIST,
            "--set",
            index,
            "--purpose",
            purpose,
            "--valid-from",
            "2026-11-02",
            "-o",
            f"{purpose}.json",
        )
    command("issue", "--key", "new.json", "--award", "award.json", "-o", "a.svg")
    exit_status, answer = verify(
        "a.svg", "--did-document", "new-did.json", "--status-list", "suspension.json", "--status-list", "revocation.json"
    )
    assert (exit_status, answer["status"], answer["issuer"]) == (1, "revoked", "did:web:neuf.example")
    suspended = samples.changed(samples.AWARD_FILE, ["status"], {"list": samples.LIST, "index": 7, "purpose": "suspension"})
    (folder / "award.json").write_text(json.dumps(suspended))
    command("issue", "--key", "new.json", "--award", "award.json", "-o", "b.txt")
    exit_status, answer = verify("b.txt", "--did-document", "new-did.json", "--status-list", "suspension.json")
    assert (exit_status, answer["status"]) == (1, "suspended")
    command("keygen", "-o", "alone2.json")
    members = json.loads((folder / "alone2.json").read_text())
    assert members["controller"] == f"did:key:{members['publicKeyMultibase']}"


def test_a_picture_of_ones_own(folder: Path, verify: Answer) -> None:
    (folder / "mine.png").write_bytes(pictures.plain_png((1, 2, 3)))
    assert run(["passport", "issue", "--key", "key.json", "--award", "award.json", "-o", "a.png", "--picture", "mine.png"]) == 0
    assert verify("a.png", *KNOWN)[0] == 0


def test_verify_imports_neither_django_nor_the_canonicaliser_it_does_not_need(folder: Path) -> None:
    jcs_only = folder / "jcs.json"
    jcs_only.write_text(json.dumps(samples.issued(samples.award(status=None), suites=["eddsa-jcs-2022"])))
    script = (
        "import sys; from yole.cli import run; status = run(sys.argv[1:]); heavy = {'django', 'psycopg', 'pyld', 'numpy', 'requests'};"
        "print(sorted({name.split('.')[0] for name in sys.modules} & heavy), file=sys.stderr); sys.exit(status)"
    )
    for name, expected in (("sound.json", "['pyld', 'requests']"), ("jcs.json", "[]")):
        done = subprocess.run(
            [sys.executable, "-c", script, "passport", "verify", name, *KNOWN, "--json"],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            timeout=60,
        )
        assert done.stderr.strip() == expected
        assert json.loads(done.stdout)["verified"] is True
