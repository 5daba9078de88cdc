"""Traps met in existing systems (reference, 1.6), one test each at least, on the engine."""

from __future__ import annotations

import copy
import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.passport import passports as samples
from tests.passport.passports import changed, codes, issued, judged, only, signed, signed_blindly
from yole.passport import contexts
from yole.passport.engine import credential, did, proofs, status
from yole.passport.engine.containers import unpack
from yole.passport.engine.faults import FaultError, NotFoundError, UnreadableError
from yole.passport.engine.reading import read_json

SOUND = issued()
BOTH = [(proofs.RDFC,), (proofs.JCS,), proofs.SUITES]


def test_a_sound_passport_is_valid() -> None:
    verdict = judged(SOUND)
    assert verdict.as_json() | {"status_lists": []} == {
        "verified": True,
        "status": "valid",
        "issuer": samples.ISSUER,
        "level": "orange",
        "proofs": [{"cryptosuite": suite, "verified": True} for suite in proofs.SUITES],
        "reasons": [],
        "codes": [],
        "warnings": [],
        "at": "2026-11-22T12:00:00Z",
        "name": samples.AWARD.achievement.name,
        "valid_from": "2026-11-02T08:00:00Z",
        "valid_until": "2029-11-02T08:00:00Z",
        "status_lists": [],
        "endorsements": 0,
        "refresh_service": None,
    }
    assert verdict.sound
    assert [(seen.address, seen.dated) for seen in verdict.lists] == [(samples.LIST, samples.SIGNED)]


# 1. Verified, and revoked: the answer is in `status`.
def test_a_revoked_passport_is_not_sound() -> None:
    verdict = judged(SOUND, lists=[samples.status_list([samples.INDEX])])
    assert (verdict.verified, verdict.status, verdict.sound, codes(verdict)) == (True, "revoked", False, ["revoked"])
    assert judged(SOUND, lists=[samples.status_list([samples.INDEX - 1, samples.INDEX + 1])]).sound


def test_a_suspended_passport_is_not_sound() -> None:
    suspended = samples.award(status=credential.StatusEntry(samples.LIST, 7, "suspension"))
    verdict = judged(issued(suspended), lists=[samples.status_list([7], purpose="suspension")])
    assert (verdict.status, verdict.sound, codes(verdict)) == ("suspended", False, ["suspended"])


# 2. A list edited by hand, or that is not the issuer's, is no list.
def edited_bits() -> dict[str, Any]:
    revoked = samples.status_list([samples.INDEX])
    return changed(revoked, ["credentialSubject", "encodedList"], status.encode_bits(status.empty_bits()))


@pytest.mark.parametrize(
    ("lists", "code"),
    [
        ([edited_bits()], "list-proof"),
        ([], "list-missing"),
        ([None], "list-other"),
        ([samples.status_list(address="https://passeport.example/status/2")], "list-other"),
        ([samples.status_list(purpose="suspension")], "list-other"),
        ([samples.status_list(key=samples.STRANGER)], "list-issuer"),
        ([samples.status_list(valid_from=datetime(2026, 11, 23, tzinfo=UTC))], "list-dates"),
        ([samples.status_list(validUntil="2026-11-22T12:00:00Z")], "list-dates"),
        ([samples.status_list(type=["VerifiableCredential"])], "list-kind"),
        ([{**samples.CLEAR, "proof": []}], "list-proof"),
        ([changed(samples.CLEAR, ["proof", 0, "proofPurpose"], "authentication")], "list-proof"),
        ([{**samples.CLEAR, "@context": ["https://ailleurs.example/context"]}], "context-unknown"),
    ],
)
def test_a_list_that_cannot_be_trusted_leaves_the_status_unknown(lists: list[Any], code: str) -> None:
    verdict = judged(SOUND, lists=lists)
    assert (verdict.verified, verdict.status, verdict.sound) == (True, "unknown", False)
    assert codes(verdict) == [code]


def test_lists_too_short_or_too_long_to_inflate_are_refused() -> None:
    for bits, code in ((bytes(16_383), "list-short"), (bytes(status.LONGEST + 1), "list-malformed")):
        document = status.build_list(samples.LIST, samples.ISSUER, bits, samples.SIGNED)
        assert codes(judged(SOUND, lists=[signed(document, suites=[proofs.JCS])])) == [code]
    far = issued(samples.award(status=credential.StatusEntry(samples.LIST, status.LENGTH)))
    assert codes(judged(far)) == ["list-index"]


def test_of_two_sound_copies_the_youngest_is_read() -> None:
    young = samples.status_list([samples.INDEX], valid_from=datetime(2026, 11, 20, tzinfo=UTC))
    for lists in ([samples.CLEAR, young], [young, samples.CLEAR]):
        assert judged(SOUND, lists=lists).status == "revoked"


# 3. One forged proof of two.
@pytest.mark.parametrize("position", [0, 1])
def test_each_proof_of_a_set_must_hold(position: int) -> None:
    forged = changed(SOUND, ["proof", position, "proofValue"], issued(samples.award(level="vert"))["proof"][position]["proofValue"])
    verdict = judged(forged)
    assert (verdict.verified, verdict.status, codes(verdict)) == (False, "unknown", ["signature"])
    assert [proof.verified for proof in verdict.proofs] == [position != 0, position != 1]


# 4. A sound signature by somebody else's key.
@pytest.mark.parametrize("suites", BOTH)
def test_a_key_of_another_issuer_is_refused(suites: list[str]) -> None:
    bare = credential.build(samples.AWARD, samples.ISSUER)
    forged = signed(bare, samples.STRANGER, suites)
    documents = [
        samples.DOCUMENT,
        samples.did_document(did.IssuerKey(samples.STRANGER.public, samples.SIGNED), of=samples.STRANGER.controller),
    ]
    assert codes(judged(forged, documents=documents)) == ["method-of-another"]
    # The same key, named as if it were the issuer's.
    liar = signed(bare, type(samples.KEY)(samples.STRANGER.secret, samples.STRANGER.public, samples.ISSUER), suites)
    assert codes(judged(liar, documents=documents)) == ["key-unknown"]
    # The issuer's own key named, another's signature.
    mixed = type(samples.KEY)(samples.STRANGER.secret, samples.KEY.public, samples.ISSUER)
    assert set(codes(judged(signed(bare, mixed, suites)))) == {"signature"}


def test_a_did_key_issuer_is_its_own_key_only() -> None:
    assert judged(issued(samples.award(status=None), samples.ALONE), documents=[]).sound
    bare = credential.build(samples.award(status=None), samples.ALONE.controller)
    forged = signed(bare, type(samples.KEY)(samples.OTHER.secret, samples.OTHER.public, samples.ALONE.controller))
    assert codes(judged(forged, documents=[])) == ["key-unknown"]


# 5. What no context defines would leave the statement signature sound.
@pytest.mark.parametrize(
    "path",
    [
        ["remarque"],
        ["credentialSubject", "remarque"],
        ["credentialSubject", "achievement", "remarque"],
        ["issuer", "remarque"],
        ["credentialStatus", "remarque"],
        ["proof", 0, "remarque"],
    ],
)
def test_a_term_that_no_context_defines_is_refused(path: list[Any]) -> None:
    added = changed(only(SOUND, proofs.RDFC), path, "niveau vert")
    verdict = judged(added)
    assert (verdict.verified, codes(verdict)) == (False, ["term-dropped"])


def test_a_careless_issuer_is_refused_too() -> None:
    document = {**credential.build(samples.AWARD, samples.ISSUER), "remarque": "niveau vert"}
    careless = signed_blindly(document, suites=[proofs.RDFC])
    assert codes(judged(careless)) == ["term-dropped"]
    with pytest.raises(FaultError, match="remarque"):
        signed(document, suites=[proofs.RDFC])


STATUS_IRI = "https://www.w3.org/2018/credentials#credentialStatus"


def test_a_revocation_cannot_be_hidden_under_another_spelling() -> None:
    """The statements are the same, so the statement signature holds: the members must be the contexts' own words."""
    hidden = only(SOUND, proofs.RDFC)
    hidden[STATUS_IRI] = hidden.pop("credentialStatus")
    assert codes(judged(hidden, lists=[])) == ["member-not-a-term"]
    for keyword in ("@included", "@graph", "@reverse", "@nest", "@type"):
        assert codes(judged({**only(SOUND, proofs.RDFC), keyword: []})) == ["member-not-a-term"]


def test_statements_cannot_be_smuggled_inside_an_address() -> None:
    """Whole statements written inside an address would give the same canonical text."""
    tail = 'https://passeport.example/> <https://a.example/p> "x" .\n<https://b.example/'
    for path in (["id"], ["credentialSubject", "id"], ["credentialSubject", "achievement", "id"]):
        forged = changed(only(SOUND, proofs.RDFC), path, tail)
        assert not judged(forged).verified
    with pytest.raises(FaultError, match="adresse"):
        contexts.processor().canonical(changed(SOUND, ["credentialSubject", "id"], tail) | {"proof": []})


def test_no_two_words_of_the_contexts_mean_what_we_decide_on() -> None:
    """Otherwise a member we read could be renamed without touching a statement."""
    words = {"issuer", "validFrom", "validUntil", "credentialStatus", "credentialSubject", "achievement", "humanCode"}
    words |= {"statusPurpose", "statusListIndex", "statusListCredential", "encodedList"}
    seen: dict[str, set[str]] = {}

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, dict):
            for name, definition in value.items():
                address = definition.get("@id") if isinstance(definition, dict) else definition
                if isinstance(address, str) and not name.startswith("@"):
                    seen.setdefault(address, set()).add(name)
                walk(definition)

    for address in contexts.FILES:
        walk(contexts.shipped()[address]["@context"])
    shared = {address: names for address, names in seen.items() if len(names) > 1 and names & words}
    assert shared == {}
    assert words <= set(itertools.chain.from_iterable(seen.values()))


# 6 and 9. Contexts.
@pytest.mark.parametrize("suites", BOTH)
def test_an_unknown_context_is_refused(suites: list[str]) -> None:
    document = issued(suites=suites)
    appended = {**document, "@context": [*document["@context"], "https://ailleurs.example/context.json"]}
    assert codes(judged(appended)) == ["context-unknown"]
    inline = {**document, "@context": [*document["@context"], {"remarque": "https://ailleurs.example/#r"}]}
    assert codes(judged(inline)) == ["structure"]


def test_a_known_context_appended_after_signature_is_refused() -> None:
    """The jcs suite's own rule (the document's contexts start with the proof's) would let it pass."""
    document = only(SOUND, proofs.JCS)
    appended = {**document, "@context": [*document["@context"], "https://w3id.org/security/data-integrity/v2"]}
    assert codes(judged(appended)) == ["context-changed"]


def test_the_third_context_of_a_popular_issuer_is_carried() -> None:
    bare = credential.build(samples.AWARD, samples.ISSUER)
    extended = {**bare, "@context": [*bare["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]}
    assert judged(signed(extended)).sound


def test_a_context_inside_the_document_is_refused() -> None:
    nested = changed(only(SOUND, proofs.RDFC), ["credentialSubject", "@context"], {"humanCode": "https://a.example/"})
    assert codes(judged(nested)) == ["member-not-a-term"]


# 7. Two readers, two values.
def test_a_repeated_member_is_refused() -> None:
    text = samples.as_json(SOUND).replace(b'"humanCode": "orange"', b'"humanCode": "vert", "humanCode": "orange"')
    with pytest.raises(UnreadableError, match="humanCode") as caught:
        unpack(text)
    assert caught.value.code == "repeated-member"


# 8. Tokens: nothing is taken from their header.
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ('{"alg":"none"}', "token-algorithm"),
        ('{"alg":"NONE"}', "token-algorithm"),
        ('{"alg":"HS256"}', "token-algorithm"),
        ('{"typ":"JWT"}', "token-algorithm"),
        ('{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}}', "token-unsupported"),
    ],
)
def test_a_token_is_never_believed(header: str, code: str) -> None:
    import base64

    head = base64.urlsafe_b64encode(header.encode()).rstrip(b"=")
    held = unpack(head + b".e30.AAAA\n")
    assert held.document is None
    assert held.refusal is not None
    assert held.refusal.code == code


# 10. Instants, not texts.
@pytest.mark.parametrize(
    ("start", "at", "state"),
    [
        ("2026-11-02T06:30:00-04:00", datetime(2026, 11, 2, 10, 29, 59, tzinfo=UTC), "not-yet-valid"),
        ("2026-11-02T06:30:00-04:00", datetime(2026, 11, 2, 10, 30, tzinfo=UTC), "valid"),
        ("2026-11-02T23:30:00+14:00", datetime(2026, 11, 2, 9, 30, tzinfo=UTC), "valid"),
    ],
)
def test_dates_are_compared_as_instants(start: str, at: datetime, state: str) -> None:
    document = {**credential.build(samples.award(status=None), samples.ISSUER), "validFrom": start}
    assert judged(signed(document), at=at).status == state


def test_the_end_is_excluded_and_the_start_included() -> None:
    end = samples.AWARD.valid_until
    assert end is not None
    assert judged(SOUND, at=end).status == "expired"
    assert judged(SOUND, at=end.replace(hour=7, minute=59, second=59)).status == "valid"
    assert judged(issued(samples.award(status=None)), at=samples.AWARD.valid_from).status == "valid"


def test_states_have_an_order() -> None:
    late = datetime(2030, 1, 1, tzinfo=UTC)
    revoked = samples.status_list([samples.INDEX])
    assert judged(SOUND, at=late, lists=[revoked]).status == "revoked"
    assert judged(SOUND, at=late).status == "expired"
    assert judged(SOUND, at=late, lists=[]).status == "expired"
    assert codes(judged(SOUND, at=late, lists=[])) == ["expired", "list-missing"]
    assert judged(SOUND, at=datetime(2026, 1, 1, tzinfo=UTC), lists=[]).status == "not-yet-valid"


@pytest.mark.parametrize("date", ["2026-11-02T08:00:00", "2026-11-02", "2026-11-31T08:00:00Z", "２０２６-11-02T08:00:00Z", None, 5])
def test_a_date_without_offset_is_refused(date: Any) -> None:
    document = {**credential.build(samples.AWARD, samples.ISSUER), "validFrom": date}
    verdict = judged(signed(document, suites=[proofs.JCS]))
    assert (verdict.verified, codes(verdict)) == (False, ["date-malformed"])


# 12. Numbers and the order of names: see test_passport_canonical.


# 13. Proofs that prove nothing.
@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ([], "proof-missing"),
        (None, "proof-missing"),
        ([{"type": "DataIntegrityProof", "cryptosuite": "ecdsa-sd-2023"}], "proof-not-understood"),
        ([{"type": "Ed25519Signature2020"}], "proof-not-understood"),
        (["x"], "proof-malformed"),
        ([{}], "proof-malformed"),
        ([{"type": "DataIntegrityProof"}], "proof-malformed"),
    ],
)
def test_what_is_no_proof_proves_nothing(proof: Any, code: str) -> None:
    verdict = judged({**SOUND, "proof": proof})
    assert (verdict.verified, verdict.status) == (False, "unknown")
    assert codes(verdict)[0] == code


@pytest.mark.parametrize("suite", [0, 1])
def test_only_a_proof_made_to_attest_counts(suite: int) -> None:
    without = copy.deepcopy(SOUND)
    del without["proof"][suite]["proofPurpose"]
    assert codes(judged(without)) == ["proof-purpose"]
    assert codes(judged(changed(SOUND, ["proof", suite, "proofPurpose"], "authentication"))) == ["proof-purpose"]


def test_a_proof_that_is_not_understood_beside_a_sound_one_does_not_count() -> None:
    extra = {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019", "proofValue": "z1"}
    verdict = judged({**SOUND, "proof": [*SOUND["proof"], extra]})
    assert verdict.sound
    assert [proof.verified for proof in verdict.proofs] == [True, True, None]
    assert [warning.code for warning in verdict.warnings] == ["suite-unknown"]


def test_a_suite_name_one_letter_away_is_a_tampered_file() -> None:
    for path, value in (("cryptosuite", "eddsa-jcs-2023"), ("type", "DataIntegrityPro0f"), ("cryptosuite", "eddsa-rdfc-202")):
        verdict = judged(changed(SOUND, ["proof", 1, path], value))
        assert (verdict.verified, codes(verdict)) == (False, ["suite-altered"])


def test_the_key_must_be_in_force_when_the_proof_was_made() -> None:
    before, after = datetime(2026, 11, 2, 8, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
    new = did.IssuerKey(samples.OTHER.public, after)

    def state(key: did.IssuerKey) -> list[str]:
        document = samples.did_document(key, new)
        return codes(judged(SOUND, documents=[document]))

    assert state(did.IssuerKey(samples.KEY.public, before, revoked=after)) == []
    assert state(did.IssuerKey(samples.KEY.public, before, revoked=samples.SIGNED)) == ["key-revoked"]
    assert state(did.IssuerKey(samples.KEY.public, before, revoked=after, compromised=True)) == ["key-revoked"]
    # Signed with the retired key after its end.
    late = issued(created=datetime(2026, 11, 11, tzinfo=UTC))
    document = samples.did_document(did.IssuerKey(samples.KEY.public, before, revoked=after), new)
    assert codes(judged(late, documents=[document])) == ["key-revoked"]


def test_a_hostile_graph_is_given_up_quickly() -> None:
    """Blank nodes that all look alike make canonicalisation factorial."""
    evidence = [{"type": ["Evidence"], "name": "x"} for _ in range(12)]
    hostile = {**only(SOUND, proofs.RDFC), "evidence": evidence}
    assert not judged(hostile).verified
    with pytest.raises(FaultError) as caught:
        contexts.processor().canonical({**credential.build(samples.AWARD, samples.ISSUER), "evidence": [{"type": ["Evidence"]}] * 501})
    assert caught.value.code == "document-too-big"


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"a": 1}', b"rien", b"YP1:!", b"YP1:abc", b"<svg/>", b"\x89PNG\r\n\x1a\n"])
def test_where_there_is_no_credential_there_is_nothing_to_judge(text: bytes) -> None:
    with pytest.raises(NotFoundError):
        unpack(text)


def test_numbers_that_readers_round_are_refused() -> None:
    document = {**credential.build(samples.AWARD, samples.ISSUER)}
    document["credentialSubject"]["creditsEarned"] = 9007199254740993
    for suites in BOTH:
        with pytest.raises(FaultError) as caught:
            signed(document, suites=suites)
        assert caught.value.code == "number-inexact"
    assert read_json(b"9007199254740993") == 9007199254740993
