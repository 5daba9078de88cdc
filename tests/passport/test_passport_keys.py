"""Keys and issuers' documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.passport import passports as samples
from yole.journal.engine import multibase
from yole.passport.engine import did, keys
from yole.passport.engine.faults import FaultError

SHORT = samples.KEY.members()
SEED = bytes(range(32))
LONG = multibase.encode(multibase.SECRET_PREFIX + SEED + samples.KEY.secret.public_key().public_bytes_raw())


def test_both_forms_of_the_secret_are_read() -> None:
    assert SHORT["secretKeyMultibase"].startswith("z3u2")
    assert LONG.startswith("zr")
    for secret in (SHORT["secretKeyMultibase"], LONG):
        key = keys.read_signing_key({**SHORT, "secretKeyMultibase": secret})
        assert key.secret.private_bytes_raw() == SEED
        assert key.method == f"{samples.ISSUER}#{samples.KEY.public}"
        assert key.members() == SHORT
    assert "secretKeyMultibase" not in samples.KEY.public_members()
    assert SHORT["secretKeyMultibase"] not in repr(samples.KEY)


OTHER = samples.OTHER.members()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (None, "key-malformed"),
        ({}, "key-malformed"),
        ({**SHORT, "controller": 5}, "key-malformed"),
        ({**SHORT, "publicKeyMultibase": "z6MkXX"}, "key-malformed"),
        ({**SHORT, "publicKeyMultibase": SHORT["secretKeyMultibase"]}, "key-malformed"),
        ({**SHORT, "secretKeyMultibase": SHORT["publicKeyMultibase"]}, "key-malformed"),
        ({**SHORT, "secretKeyMultibase": "u" + SHORT["secretKeyMultibase"][1:]}, "key-malformed"),
        ({**SHORT, "secretKeyMultibase": OTHER["secretKeyMultibase"]}, "key-mismatch"),
        ({**SHORT, "publicKeyMultibase": OTHER["publicKeyMultibase"]}, "key-mismatch"),
        ({**SHORT, "secretKeyMultibase": multibase.encode(multibase.SECRET_PREFIX + SEED + SEED)}, "key-mismatch"),
        ({**SHORT, "controller": "did:key:" + OTHER["publicKeyMultibase"]}, "controller"),
        ({**SHORT, "controller": "Structure"}, "controller"),
        ({**SHORT, "controller": "https://a.example/#x"}, "controller"),
    ],
)
def test_keys_that_are_refused_keep_their_secret(members: Any, code: str) -> None:
    with pytest.raises(FaultError) as caught:
        keys.read_signing_key(members)
    assert caught.value.code == code
    for secret in (SHORT["secretKeyMultibase"], OTHER["secretKeyMultibase"], LONG):
        assert secret[1:] not in str(caught.value)


START, NOW = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def test_the_document_lists_every_key_and_asserts_with_the_current_ones() -> None:
    document = did.build_document(
        samples.ISSUER,
        [
            did.IssuerKey(samples.KEY.public, NOW),
            did.IssuerKey(samples.OTHER.public, START, NOW),
            did.IssuerKey(samples.STRANGER.public, START, NOW, True),
        ],
    )
    assert document["assertionMethod"] == [samples.KEY.method]
    assert [method.get("revoked") for method in document["verificationMethod"]] == [None, "2026-06-01T00:00:00Z", "2025-01-01T00:00:00Z"]
    held = did.read_document(document)

    def holds(key: keys.SigningKey, created: datetime | None) -> bool:
        try:
            did.key_in_force(f"{samples.ISSUER}#{key.public}", samples.ISSUER, created, [held])
        except FaultError:
            return False
        return True

    second = timedelta(seconds=1)
    assert holds(samples.KEY, NOW)
    assert holds(samples.KEY, None)
    assert holds(samples.OTHER, NOW - second)
    assert not holds(samples.OTHER, NOW)
    assert not holds(samples.OTHER, None)
    assert not holds(samples.STRANGER, START + second)


def test_a_key_that_is_listed_without_the_right_to_attest_is_refused() -> None:
    document = did.build_document(samples.ISSUER, [did.IssuerKey(samples.KEY.public, START), did.IssuerKey(samples.OTHER.public, START)])
    document["assertionMethod"] = [samples.OTHER.method]
    with pytest.raises(FaultError) as caught:
        did.key_in_force(samples.KEY.method, samples.ISSUER, NOW, [did.read_document(document)])
    assert caught.value.code == "key-not-for-assertion"


def test_other_writings_of_a_document() -> None:
    method = {
        "id": "#k",
        "type": "Multikey",
        "controller": samples.ISSUER,
        "publicKeyMultibase": samples.KEY.public,
        "expires": "2026-01-01T00:00:00Z",
    }
    held = did.read_document({"id": samples.ISSUER, "verificationMethod": method, "assertionMethod": "#k"})
    assert (
        did.key_in_force(f"{samples.ISSUER}#k", samples.ISSUER, START, [held]).public_bytes_raw()
        == samples.KEY.secret.public_key().public_bytes_raw()
    )
    with pytest.raises(FaultError) as caught:
        did.key_in_force(f"{samples.ISSUER}#k", samples.ISSUER, NOW, [held])
    assert caught.value.code == "key-expired"
    embedded = did.read_document({"id": samples.ISSUER, "assertionMethod": [method]})
    assert embedded.methods[f"{samples.ISSUER}#k"].asserts
    for changes in ({"controller": "did:web:ailleurs.example"}, {"type": "JsonWebKey"}, {"publicKeyMultibase": "z1"}):
        assert did.read_document({"id": samples.ISSUER, "verificationMethod": [{**method, **changes}]}).methods == {}


@pytest.mark.parametrize(
    "value", [None, [], {}, {"id": 3}, {"id": "did:web:x", "verificationMethod": [{}]}, {"id": "did:web:x", "verificationMethod": ["x"]}]
)
def test_what_is_not_a_document(value: Any) -> None:
    with pytest.raises(FaultError):
        did.read_document(value)


def test_a_key_twice_is_refused() -> None:
    key = did.IssuerKey(samples.KEY.public, START)
    with pytest.raises(FaultError):
        did.build_document(samples.ISSUER, [key, key])
    with pytest.raises(FaultError):
        did.build_document(samples.ISSUER, [])
    built = did.build_document(samples.ISSUER, [key])
    built["verificationMethod"] *= 2
    with pytest.raises(FaultError):
        did.read_document(built)


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("https://yole.example", "did:web:yole.example"),
        ("https://yole.example/", "did:web:yole.example"),
        ("https://yole.example/passeport/ctm", "did:web:yole.example:passeport:ctm"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
    ],
)
def test_names_of_sites(site: str, name: str) -> None:
    assert did.did_of_site(site) == name
    assert keys.key_from_seed(SEED, name).controller == name


def test_what_names_no_site() -> None:
    for site in ("ftp://a.example", "https://", "https://a.example?x"):
        with pytest.raises(FaultError):
            did.did_of_site(site)
