"""Ours read by the node verifiers, theirs read by us: sound, tampered, revoked, with a forged list; both suites."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
import segno
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.interop.node import Peer
from tests.passport import passports as samples
from tests.passport.passports import changed, codes, issued, judged
from yole.passport.contexts import FILES, shipped
from yole.passport.engine import containers, did, proofs
from yole.passport.engine.keys import read_signing_key
from yole.passport.engine.rdf import Quad, canonical_quads

BOTH = [(proofs.RDFC,), (proofs.JCS,), proofs.SUITES]
DID_DOCUMENT = did.build_document(samples.ISSUER, [did.IssuerKey(samples.KEY.public, samples.SIGNED)])
METHOD = {"@context": "https://w3id.org/security/multikey/v1", **DID_DOCUMENT["verificationMethod"][0]}
# Their packages carry the contexts of the W3C; those of 1EdTech come from us.
ADDRESSES = [address for address in FILES if "purl.imsglobal.org" in address or "w3id.org" in address]
DOCUMENTS: dict[str, Any] = {samples.ISSUER: DID_DOCUMENT, samples.KEY.method: METHOD, **{name: shipped()[name] for name in ADDRESSES}}
SOUND = issued()
CLEAR, REVOKED = samples.CLEAR, samples.status_list([samples.INDEX])
NOW = "2026-11-22T12:00:00Z"


def verified(peer: Peer, credential: Any, suites: Any = proofs.SUITES, held: Any = CLEAR) -> dict[str, Any]:
    answer: dict[str, Any] = peer.call(
        "verify", credential=credential, suites=list(suites), now=NOW, documents={**DOCUMENTS, samples.LIST: held}
    )
    return answer


@pytest.mark.parametrize("suites", BOTH, ids="+".join)
def test_ours_are_verified_by_them(peer: Peer, suites: tuple[str, ...]) -> None:
    answer = verified(peer, issued(suites=suites), suites)
    assert answer == {"verified": True, "statuses": [False], "statusVerified": True, "proofs": [True] * len(suites), "errors": []}


@pytest.mark.parametrize("suites", BOTH, ids="+".join)
def test_ours_without_a_list_and_with_a_did_key(peer: Peer, suites: tuple[str, ...]) -> None:
    document = issued(samples.award(status=None), samples.ALONE, suites)
    answer = verified(peer, document, suites)
    assert (answer["verified"], answer["proofs"]) == (True, [True] * len(suites))


@pytest.mark.parametrize("suites", BOTH[:2], ids="+".join)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["credentialSubject", "achievement", "humanCode"], "vert"),
        (["validUntil"], "2039-11-02T08:00:00Z"),
        (["credentialStatus", "statusListIndex"], "5"),
        (["proof", 0, "created"], "2026-11-02T09:00:01Z"),
        (["remarque"], "niveau vert"),
    ],
)
def test_ours_tampered_are_refused_by_both(peer: Peer, suites: tuple[str, ...], path: list[Any], value: str) -> None:
    tampered = changed(issued(suites=suites), path, value)
    assert verified(peer, tampered, suites)["verified"] is False
    assert not judged(tampered).verified


def test_a_revoked_passport_is_revoked_for_both(peer: Peer) -> None:
    """Their `verified` stays true: the answer is in the list of statuses (first trap of the reference)."""
    answer = verified(peer, SOUND, held=REVOKED)
    assert (answer["verified"], answer["statuses"]) == (True, [True])
    assert judged(SOUND, lists=[REVOKED]).status == "revoked"


def test_a_forged_list_is_refused_by_both(peer: Peer) -> None:
    forged = changed(REVOKED, ["credentialSubject", "encodedList"], CLEAR["credentialSubject"]["encodedList"])
    answer = verified(peer, SOUND, held=forged)
    assert answer["statusVerified"] is False
    assert judged(SOUND, lists=[forged]).status == "unknown"


def test_one_forged_proof_of_two_passes_there_and_not_here(peer: Peer) -> None:
    """Third trap: said here so that nobody trusts `verified` alone."""
    other = issued(samples.award(level="vert"))
    for position in (0, 1):
        forged = changed(SOUND, ["proof", position, "proofValue"], other["proof"][position]["proofValue"])
        assert sorted(verified(peer, forged)["proofs"]) == [False, True]
        assert not judged(forged).verified


@pytest.fixture(scope="module")
def their_key(peer: Peer) -> dict[str, Any]:
    key: dict[str, Any] = peer.call("key", seed=bytes(range(32)).hex(), controller=samples.ISSUER)
    return key


def test_their_key_is_ours_in_its_long_form(their_key: dict[str, Any]) -> None:
    assert their_key["publicKeyMultibase"] == samples.KEY.public
    assert their_key["secretKeyMultibase"].startswith("zr")
    assert read_signing_key(their_key).members() == samples.KEY.members()


@pytest.mark.parametrize("suites", BOTH, ids="+".join)
def test_theirs_are_verified_by_us_and_are_the_same_bytes(peer: Peer, their_key: dict[str, Any], suites: tuple[str, ...]) -> None:
    bare = proofs.without_proof(SOUND)
    theirs = peer.call("issue", credential=bare, key=their_key, suites=list(suites), date="2026-11-02T09:00:00Z", documents=DOCUMENTS)
    listed = theirs["proof"] if isinstance(theirs["proof"], list) else [theirs["proof"]]
    ours = {proof["cryptosuite"]: proof["proofValue"] for proof in SOUND["proof"]}
    assert {proof["cryptosuite"]: proof["proofValue"] for proof in listed} == {suite: ours[suite] for suite in suites}
    assert judged(theirs).sound
    for path, value in ((["credentialSubject", "achievement", "humanCode"], "vert"), (["remarque"], "x"), (["issuer", "name"], "Autre")):
        assert not judged(changed(theirs, path, value)).verified


@pytest.mark.parametrize("suites", BOTH[:2], ids="+".join)
def test_their_list_is_read_by_us(peer: Peer, their_key: dict[str, Any], suites: tuple[str, ...]) -> None:
    indexes = [0, 7, 8, samples.INDEX, 131_071]
    given = {"address": samples.LIST, "issuer": samples.ISSUER, "length": 131_072, "key": their_key, "suites": list(suites)}
    held = peer.call("list", revoked=indexes, date="2026-11-02T09:00:00Z", documents=DOCUMENTS, **given)
    assert judged(SOUND, lists=[held]).status == "revoked"
    free = peer.call(
        "list", revoked=[index for index in indexes if index != samples.INDEX], date="2026-11-02T09:00:00Z", documents=DOCUMENTS, **given
    )
    assert judged(SOUND, lists=[free]).sound
    edited = changed(held, ["credentialSubject", "encodedList"], free["credentialSubject"]["encodedList"])
    assert codes(judged(SOUND, lists=[edited])) == ["list-proof"]


def test_texts_that_escape_differently_are_the_same_statements(peer: Peer, their_key: dict[str, Any]) -> None:
    bare = proofs.without_proof(samples.issued(samples.award(level='or\b\f\x7f\x01 \\ "ange" \u2028😀ﬁ')))
    theirs = peer.call(
        "issue", credential=bare, key=their_key, suites=list(proofs.SUITES), date="2026-11-02T09:00:00Z", documents=DOCUMENTS
    )
    assert judged(theirs).sound
    assert verified(peer, samples.signed(bare))["verified"] is True


NODES = [f"_:n{i}" for i in range(5)]
TERMS = [*NODES, "<urn:a>", "<urn:b>"]
quads = st.builds(
    Quad,
    st.sampled_from(TERMS),
    st.sampled_from(["<urn:p>", "<urn:q>"]),
    st.sampled_from([*TERMS, '"x"', '"x"@fr']),
    st.sampled_from(["", "", "<urn:g>", "_:n0"]),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dataset=st.lists(quads, min_size=1, max_size=9, unique=True))
def test_dataset_canonicalisation_agrees_with_rdf_canonize(peer: Peer, dataset: list[Quad]) -> None:
    assert canonical_quads(dataset).decode() == peer.call("canonize", quads="".join(quad.line() for quad in dataset))


def test_the_w3c_and_1edtech_vectors_verify_for_both(peer: Peer, shared: Path) -> None:
    folder = shared / "data" / "trust" / "ob3" / "test-vectors"
    document = json.loads((folder / "signed-credential.json").read_text(encoding="utf-8"))
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    method = {
        "@context": "https://w3id.org/security/multikey/v1",
        "id": f"{key['controller']}#{key['publicKeyMultibase']}",
        "type": "Multikey",
        "controller": key["controller"],
        "publicKeyMultibase": key["publicKeyMultibase"],
    }
    controller = {"@context": "https://www.w3.org/ns/did/v1", "id": key["controller"], "assertionMethod": [method["id"]]}
    documents = {**DOCUMENTS, method["id"]: method, key["controller"]: controller}
    answer = peer.call("verify", credential=document, suites=[proofs.RDFC], now=NOW, documents=documents)
    assert answer["verified"] is True
    assert judged(document, documents=[did.read_document(key)], lists=[]).sound


def test_the_official_schema_accepts_what_we_issue_and_refuses_what_we_refuse(peer: Peer, shared: Path) -> None:
    schema = json.loads((shared / "data/trust/ob3/ob_v3p0_achievementcredential_schema.json").read_text(encoding="utf-8"))
    good = [SOUND, issued(samples.award(status=None, valid_until=None)), issued(samples.award(identifiers=[IDENTITY]))]
    bad = [
        {**SOUND, "proof": SOUND["proof"][0]},
        {**SOUND, "credentialStatus": [SOUND["credentialStatus"]]},
        {**SOUND, "type": ["VerifiableCredential"]},
        {**SOUND, "@context": SOUND["@context"][:1]},
        {**SOUND, "validFrom": "2026-11-02T08:00:00"},
        changed(SOUND, ["credentialSubject", "achievement", "criteria"], "texte"),
    ]
    answers = peer.call("schema", schema=schema, documents=[*good, *bad])
    assert answers[: len(good)] == [[]] * len(good)
    assert all(answers[len(good) :])
    told = [judged(samples.signed(document, suites=[proofs.JCS])) if "proof" in document else None for document in bad[2:]]
    assert [verdict is not None and verdict.verified for verdict in told] == [False] * 4


IDENTITY = {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$" + "0" * 64, "identityType": "emailAddress", "salt": "a"}


@pytest.mark.parametrize("suites", [proofs.SUITES, (proofs.JCS,)], ids="+".join)
def test_our_qr_is_read_by_jsqr(peer: Peer, suites: tuple[str, ...]) -> None:
    text = containers.qr_text(SOUND, suites)
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=4, border=4)
    image = Image.open(out).convert("RGBA")
    found = peer.call("qr", width=image.width, height=image.height, rgba=base64.b64encode(image.tobytes()).decode())
    assert found == text
    assert judged(samples.read_back(found.encode())).sound
