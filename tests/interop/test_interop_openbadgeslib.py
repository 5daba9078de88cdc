"""A second verifier, openbadgeslib: ours read by it, its own read by us, alone and in pictures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from openbadgeslib import baking
from openbadgeslib.ob3 import (
    Achievement,
    Issuer,
    OB3LdpSigner,
    OB3LdpVerifier,
    OB3VerificationError,
    OpenBadgeCredential,
    add_data_integrity_proof,
    check_credential_status,
)
from openbadgeslib.ob3.did import pem_for_kid
from openbadgeslib.ob3.status_list import build_status_list_credential

from tests.passport import passports as samples
from tests.passport.passports import changed, issued, judged, read_back
from yole.passport.engine import containers, did, pictures, proofs

PUBLIC = samples.KEY.secret.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
SECRET = samples.KEY.secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
OURS = issued(samples.award(status=None), suites=[proofs.RDFC])


def theirs(**changes: Any) -> OpenBadgeCredential:
    return OpenBadgeCredential(
        issuer=Issuer(id=samples.ISSUER, name="Structure fictive"),
        recipient_id=samples.AWARD.recipient,
        achievement=Achievement(
            id="https://passeport.example/niveaux/orange", name="orange", description="Fictif.", criteria_narrative="Jury."
        ),
        issuance_date=datetime(2026, 11, 2, 8, tzinfo=UTC),
        **changes,
    )


def test_ours_is_verified_by_it_and_refused_when_tampered() -> None:
    read = OB3LdpVerifier(pubkey_pem=PUBLIC).verify(OURS)
    assert (read.issuer.id, read.achievement.name) == (samples.ISSUER, samples.AWARD.achievement.name)
    for path, value in ((["validUntil"], "2039-11-02T08:00:00Z"), (["credentialSubject", "remarque"], "x"), (["id"], "urn:uuid:autre")):
        tampered = changed(OURS, path, value)
        with pytest.raises(OB3VerificationError):
            OB3LdpVerifier(pubkey_pem=PUBLIC).verify(tampered)
        assert not judged(tampered).verified


def test_ours_with_both_proofs_is_verified_by_it() -> None:
    assert OB3LdpVerifier(pubkey_pem=PUBLIC).verify(issued(samples.award(status=None)))


def test_our_list_is_read_by_it() -> None:
    sound = issued()
    for revoked, held in ((False, samples.CLEAR), (True, samples.status_list([samples.INDEX]))):
        read = OB3LdpVerifier(pubkey_pem=PUBLIC).verify(sound)

        def download(address: str, held: Any = held) -> bytes:
            assert address == samples.LIST
            return samples.as_json(held)

        if revoked:
            with pytest.raises(OB3VerificationError, match=r"(?i)revo"):
                check_credential_status(read, download=download, list_pubkey_pem=PUBLIC)
        else:
            check_credential_status(read, download=download, list_pubkey_pem=PUBLIC)


def test_its_own_is_verified_by_us_and_refused_when_tampered() -> None:
    signer = OB3LdpSigner(SECRET, verification_method=samples.KEY.method)
    document = json.loads(signer.sign_to_json(theirs()))
    verdict = judged(document)
    assert verdict.sound
    assert verdict.level == "orange"
    assert not judged(changed(document, ["credentialSubject", "achievement", "name"], "vert")).verified


def test_its_list_is_read_by_us() -> None:
    for indexes, state in (([samples.INDEX], "revoked"), ([5], "valid")):
        bare = build_status_list_credential(samples.ISSUER, samples.LIST, "revocation", indexes, issued=samples.SIGNED)
        document = add_data_integrity_proof(bare, SECRET, samples.KEY.method, created=samples.SIGNED)
        assert judged(issued(), lists=[document]).status == state


def test_its_pictures_are_read_by_us_and_ours_by_it() -> None:
    signer = OB3LdpSigner(SECRET, verification_method=samples.KEY.method)
    assert judged(read_back(signer.sign_into_png(theirs(), pictures.plain_png()))).sound
    assert judged(read_back(signer.sign_into_svg(theirs(), pictures.plain_svg("x")))).sound
    png = baking.extract_png(containers.bake_png(pictures.plain_png(), OURS), keyword=baking.ITXT_KEYWORD_OB3)
    svg = baking.extract_svg(containers.bake_svg(pictures.plain_svg("x"), OURS), element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    for text in (png, svg):
        assert text is not None
        assert json.loads(text) == OURS
        assert OB3LdpVerifier(pubkey_pem=PUBLIC).verify(text)


def test_our_issuer_document_is_read_by_it() -> None:
    document = did.build_document(samples.ISSUER, [did.IssuerKey(samples.KEY.public, samples.SIGNED)])
    assert pem_for_kid(document, samples.ISSUER, samples.KEY.method).split() == PUBLIC.split()
