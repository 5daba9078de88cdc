"""Made-up issuers, awards and lists of the passport's tests. Keys come from fixed seeds; nobody here exists."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from yole.passport.contexts import processor, shipped
from yole.passport.engine import containers, credential, did, keys, proofs, status, verification
from yole.passport.engine.jsonld import Processor

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNED = datetime(2026, 11, 2, 9, tzinfo=UTC)
ISSUER = "did:web:passeport.example"
LIST = "https://passeport.example/status/1"
INDEX = 94_568
KEY = keys.key_from_seed(bytes(range(32)), ISSUER)
OTHER = keys.key_from_seed(bytes(range(1, 33)), ISSUER)  # a second key of the same issuer
STRANGER = keys.key_from_seed(bytes(range(2, 34)), "did:web:ailleurs.example")
ALONE = keys.key_from_seed(bytes(range(3, 35)))  # did:key
W3C_EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"

AWARD = credential.Award(
    id="urn:uuid:0a6f1b52-31b4-4d29-9a53-0d7f6a3b7c11",
    issuer_name="Structure fictive",
    recipient="urn:uuid:6b1d2f6e-9a1f-4a39-8f43-0f8a3c5f8a11",
    level="orange",
    achievement=credential.Achievement(
        id="https://passeport.example/niveaux/orange",
        name="Passeport numérique, niveau orange",
        description="Sait faire ses démarches courantes seul. Élève fictif « été »\t]]> 😀",
        criteria="Évaluation par un jury qui n’est pas le formateur.",
    ),
    valid_from=datetime(2026, 11, 2, 8, tzinfo=UTC),
    valid_until=datetime(2029, 11, 2, 8, tzinfo=UTC),
    status=credential.StatusEntry(LIST, INDEX),
)

AWARD_FILE: dict[str, Any] = {
    "id": AWARD.id,
    "issuer": {"name": AWARD.issuer_name},
    "recipient": {"id": AWARD.recipient},
    "level": "orange",
    "achievement": {
        "id": AWARD.achievement.id,
        "name": AWARD.achievement.name,
        "description": AWARD.achievement.description,
        "criteria": AWARD.achievement.criteria,
    },
    "valid_from": "2026-11-02T08:00:00Z",
    "valid_until": "2029-11-02T08:00:00Z",
    "created": "2026-11-02T09:00:00Z",
    "status": {"list": LIST, "index": INDEX, "purpose": "revocation"},
}


def award(**changes: Any) -> credential.Award:
    return credential.Award(**{**{name: getattr(AWARD, name) for name in AWARD.__dataclass_fields__}, **changes})


def issued(
    of: credential.Award = AWARD, key: keys.SigningKey = KEY, suites: Sequence[str] = proofs.SUITES, created: datetime = SIGNED
) -> dict[str, Any]:
    return credential.issue(of, key, created, processor(), suites)


def signed(document: Mapping[str, Any], key: keys.SigningKey = KEY, suites: Sequence[str] = proofs.SUITES) -> dict[str, Any]:
    return proofs.sign_set(document, key, SIGNED, processor(), suites)


def signed_blindly(document: Mapping[str, Any], key: keys.SigningKey = KEY, suites: Sequence[str] = proofs.SUITES) -> dict[str, Any]:
    """Signed by an issuer whose tools forget without a word what no context defines."""
    return proofs.sign_set(document, key, SIGNED, Careless(shipped()), suites)


class Careless(Processor):
    """Drops what it does not know before signing, as JSON-LD tools do by default."""

    def canonical(self, document: Mapping[str, Any]) -> bytes:
        return super().canonical({name: value for name, value in document.items() if name != "remarque"})


def status_list(
    revoked: Sequence[int] = (), key: keys.SigningKey = KEY, purpose: status.Purpose = "revocation", **changes: Any
) -> dict[str, Any]:
    bits = status.empty_bits()
    for index in revoked:
        status.set_bit(bits, index, True)
    document = status.build_list(changes.pop("address", LIST), key.controller, bits, changes.pop("valid_from", SIGNED), purpose=purpose)
    return signed({**document, **changes}, key)


def did_document(*held: did.IssuerKey, of: str = ISSUER) -> did.Document:
    return did.read_document(did.build_document(of, held or (did.IssuerKey(KEY.public, SIGNED),)))


CLEAR = status_list()
DOCUMENT = did_document()


def judged(document: Mapping[str, Any], **given: Any) -> verification.Verdict:
    """The verdict with the issuer's document and a clear list at hand, unless told otherwise."""
    given = {"at": AT, "documents": [DOCUMENT], "lists": [CLEAR], "processor": processor(), **given}
    return verification.verify(document, **given)


def codes(verdict: verification.Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def changed(document: Mapping[str, Any], path: Sequence[Any], value: Any) -> dict[str, Any]:
    """A deep copy with one value changed; `path` is made of member names and positions."""
    result = copy.deepcopy(dict(document))
    holder: Any = result
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return result


def only(document: Mapping[str, Any], suite: str) -> dict[str, Any]:
    """The credential with the proofs of one suite."""
    return {**document, "proof": [proof for proof in document["proof"] if proof["cryptosuite"] == suite]}


def as_json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def read_back(data: bytes) -> dict[str, Any]:
    held = containers.unpack(data)
    assert held.document is not None
    return held.document
