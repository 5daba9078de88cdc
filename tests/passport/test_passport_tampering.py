"""One changed letter anywhere in a credential is refused, whatever the suite that signed it; any document gets an answer."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.passport import passports as samples
from yole.passport.contexts import processor
from yole.passport.engine import proofs
from yole.passport.engine.credential import hashed_identity, names_recipient
from yole.passport.engine.faults import FaultError

IDENTITY = hashed_identity("eleve.fictif@exemple.fr", "6ae2c0b14ff0433d9c59b54a3d4c35f5")
SOUND = samples.issued(samples.award(identifiers=[IDENTITY]))
VARIANTS = [SOUND, samples.only(SOUND, proofs.RDFC), samples.only(SOUND, proofs.JCS)]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], bool]]:
    """Paths of the texts of a document (False) and of its member names (True)."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*path, name), True
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from places(item, (*path, position))
    elif isinstance(value, str):
        yield path, False


def altered(document: dict[str, Any], path: tuple[Any, ...], is_name: bool, position: int, letter: str) -> dict[str, Any]:
    result = copy.deepcopy(document)
    holder: Any = result
    for step in path[:-1]:
        holder = holder[step]
    text = path[-1] if is_name else holder[path[-1]]
    position %= len(text)
    new = text[:position] + letter + text[position + 1 :]
    if is_name:
        items = [(new if name == path[-1] else name, item) for name, item in holder.items()]
        holder.clear()
        holder.update(items)
    else:
        holder[path[-1]] = new
    return result


LETTERS = st.sampled_from('aeZ0/:é😀 \x00"<')


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(VARIANTS), st.data(), st.integers(0, 500), LETTERS)
def test_one_letter_is_enough(document: dict[str, Any], draw: st.DataObject, position: int, letter: str) -> None:
    path, is_name = draw.draw(st.sampled_from(list(places(document))))
    tampered = altered(document, path, is_name, position, letter)
    if tampered != document:
        verdict = samples.judged(tampered)
        assert not verdict.verified, (path, is_name)
        assert verdict.status == "unknown"
        assert verdict.reasons


@pytest.mark.parametrize("document", VARIANTS, ids=["both", "rdfc", "jcs"])
def test_every_text_and_every_name_is_covered(document: dict[str, Any]) -> None:
    for path, is_name in places(document):
        tampered = altered(document, path, is_name, 0, "é")
        assert not samples.judged(tampered).verified, (path, is_name)


values = st.recursive(
    st.text(max_size=5) | st.booleans() | st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["id", "type", "@id", "proof"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(VARIANTS), st.data(), values)
def test_any_value_anywhere_gets_an_answer(document: dict[str, Any], draw: st.DataObject, value: Any) -> None:
    path, _ = draw.draw(st.sampled_from(list(places(document))))
    try:
        changed = samples.changed(document, path, value)
    except (TypeError, KeyError):
        return
    verdict = samples.judged(changed)
    if verdict.sound and changed != document:
        if document is SOUND:
            # A proof renamed into a kind that nobody knows does not count; the other still holds.
            assert path[0] == "proof"
            assert sorted(str(proof.verified) for proof in verdict.proofs) == ["None", "True"]
            return
        # One value and a list of it alone are the same statements; the jcs suite tells them apart.
        assert document is VARIANTS[1]
        assert processor().canonical(proofs.without_proof(changed)) == processor().canonical(proofs.without_proof(document))
        assert credential_read(changed) == credential_read(document)
    assert verdict.sound or verdict.reasons
    assert all("\n" not in reason.text for reason in verdict.reasons)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*SOUND, "x"]), values))
def test_any_document_gets_an_answer(document: dict[str, Any]) -> None:
    verdict = samples.judged(document)
    assert not verdict.verified
    assert verdict.reasons


@settings(max_examples=100, deadline=None)
@given(st.data(), values)
def test_any_list_gets_an_answer(draw: st.DataObject, value: Any) -> None:
    path, _ = draw.draw(st.sampled_from([place for place in places(samples.CLEAR) if place[0][0] != "@context"]))
    changed = samples.changed(samples.CLEAR, path, value)
    verdict = samples.judged(SOUND, lists=[changed])
    assert verdict.verified
    if verdict.status == "valid" and changed != samples.CLEAR:
        assert path[0] == "proof"  # one of its two proofs renamed: it does not count, the other holds
        assert path[-1] in ("type", "cryptosuite")
    else:
        assert verdict.status == ("valid" if changed == samples.CLEAR else "unknown")


def credential_read(document: dict[str, Any]) -> list[Any]:
    """What a verdict takes from a document."""
    verdict = samples.judged(document)
    return [verdict.issuer, verdict.level, verdict.name, verdict.valid_from, verdict.valid_until, verdict.status]


def test_who_the_passport_names() -> None:
    for asked, named in (("eleve.fictif@exemple.fr", True), (samples.AWARD.recipient, True), ("autre@exemple.fr", False)):
        verdict = samples.judged(SOUND, recipient=asked)
        assert (verdict.recipient, verdict.sound, samples.codes(verdict)) == (named, named, [] if named else ["recipient"])
        assert verdict.verified
        assert verdict.status == "valid"
    assert names_recipient({"credentialSubject": {}}, "x") is None
    plain = {"identifier": {"type": "IdentityObject", "hashed": False, "identityHash": "x@y.fr", "identityType": "emailAddress"}}
    assert names_recipient({"credentialSubject": plain}, "x@y.fr") is True
    assert "exemple.fr" not in str(SOUND)


STRUCTURES: list[tuple[list[Any], Any]] = [
    (["@context"], "https://www.w3.org/ns/credentials/v2"),
    (["@context"], ["https://www.w3.org/ns/credentials/v2"]),
    (["@context"], ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://www.w3.org/ns/credentials/v2"]),
    (["id"], "passeport"),
    (["type"], "VerifiableCredential"),
    (["type"], ["VerifiableCredential"]),
    (["type"], ["OpenBadgeCredential"]),
    (["name"], {"@value": "x"}),
    (["issuer"], None),
    (["issuer"], {"id": samples.ISSUER, "type": "Profile"}),
    (["validUntil"], ["2029-11-02T08:00:00Z"]),
    (["credentialSubject"], [SOUND["credentialSubject"]]),
    (["credentialSubject", "type"], "AchievementSubject"),
    (["credentialSubject", "achievement"], None),
    (["credentialSubject", "achievement", "id"], "orange"),
    (["credentialSubject", "achievement", "humanCode"], ["orange"]),
    (["credentialSubject", "achievement", "criteria"], "texte"),
    (["credentialSubject", "identifier"], [{"type": "IdentityObject"}]),
    (["credentialStatus"], "x"),
    (["credentialStatus"], [[SOUND["credentialStatus"]]]),
]


@pytest.mark.parametrize(("path", "value"), STRUCTURES)
def test_structures_that_are_refused(path: list[Any], value: Any) -> None:
    document = samples.changed(samples.issued(), path, value)
    try:
        document = samples.signed(document, suites=[proofs.JCS])
    except FaultError:
        pytest.fail("the jcs suite signs any JSON")
    verdict = samples.judged(document)
    assert not verdict.verified
    assert set(samples.codes(verdict)) & {"structure", "date-malformed"}


def test_liberal_forms_that_are_accepted() -> None:
    bare = proofs.without_proof(samples.issued())
    plain = samples.judged(samples.signed({**bare, "issuer": samples.ISSUER}))
    assert plain.sound
    listed = samples.judged(samples.signed({**bare, "credentialStatus": [bare["credentialStatus"]]}))
    assert listed.sound
    assert [warning.code for warning in listed.warnings] == ["form"]
    one = samples.issued(suites=[proofs.RDFC])
    assert samples.judged({**one, "proof": one["proof"][0]}).sound


def test_what_is_shown_but_not_judged() -> None:
    document = {
        **proofs.without_proof(samples.issued()),
        "refreshService": {"id": "https://passeport.example/maj", "type": "1EdTechCredentialRefresh"},
    }
    document["endorsement"] = [{"id": "urn:x"}]
    verdict = samples.judged(samples.signed(document, suites=[proofs.JCS]))
    assert verdict.sound
    assert (verdict.refresh, verdict.endorsements) == ("https://passeport.example/maj", 1)
