"""Data Integrity proofs eddsa-jcs-2022 and eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0), alone or as a set.

The signed bytes are SHA-256(canonical proof without its value) then SHA-256(canonical document without any proof): proof hash first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yole.journal.engine import multibase
from yole.passport.engine.canonical import jcs
from yole.passport.engine.faults import FaultError, Reason, quoted
from yole.passport.engine.instants import instant_text, read_instant
from yole.passport.engine.jsonld import Processor
from yole.passport.engine.keys import SigningKey

RDFC, JCS = "eddsa-rdfc-2022", "eddsa-jcs-2022"
SUITES = (RDFC, JCS)
MOST_PROOFS = 8
_KIND = "DataIntegrityProof"

Resolve = Callable[[Any, datetime | None], Ed25519PublicKey]  # (verificationMethod, created) -> the key, or FaultError


@dataclass(frozen=True)
class ProofResult:
    """`verified` is None for a suite we do not understand: such a proof does not count."""

    cryptosuite: str
    verified: bool | None
    reason: Reason | None = None


def without_proof(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def canonical_document(document: Mapping[str, Any], suite: str, processor: Processor) -> bytes:
    """The canonical form of a document without proof that `suite` signs."""
    return jcs(dict(document)) if suite == JCS else processor.canonical(document)


def _canonical_config(proof: Mapping[str, Any], document: Mapping[str, Any], suite: str, processor: Processor) -> bytes:
    config = {name: value for name, value in proof.items() if name != "proofValue"}
    if suite == JCS:
        return jcs(config)
    return processor.canonical({**config, "@context": document["@context"]})


def signed_bytes(document: Mapping[str, Any], proof: Mapping[str, Any], suite: str, processor: Processor) -> bytes:
    """The 64 bytes that are signed: hash of the proof configuration, then hash of the document (without proof). Raises FaultError."""
    config = _canonical_config(proof, document, suite, processor)
    return sha256(config).digest() + sha256(canonical_document(document, suite, processor)).digest()


def sign(document: Mapping[str, Any], key: SigningKey, suite: str, created: datetime, processor: Processor) -> dict[str, Any]:
    """One proof over a document that has none. Raises FaultError when the document cannot be signed whole."""
    proof: dict[str, Any] = {
        "type": _KIND,
        "cryptosuite": suite,
        "created": instant_text(created),
        "verificationMethod": key.method,
        "proofPurpose": "assertionMethod",
    }
    if suite == JCS:
        proof = {"@context": document["@context"], **proof}
    proof["proofValue"] = multibase.encode(key.secret.sign(signed_bytes(document, proof, suite, processor)))
    return proof


def sign_set(
    document: Mapping[str, Any], key: SigningKey, created: datetime, processor: Processor, suites: Sequence[str] = SUITES
) -> dict[str, Any]:
    """The document with an array of proofs, one for each suite, all over the same bytes of document."""
    bare = without_proof(document)
    return {**bare, "proof": [sign(bare, key, suite, created, processor) for suite in suites]}


def check_proofs(document: Mapping[str, Any], resolve: Resolve, at: datetime, processor: Processor) -> list[ProofResult]:
    """The result of each proof of a document, in order; an empty list when it has none. A proof alone may stand without its array."""
    given = document.get("proof")
    listed = given if isinstance(given, list) else [] if given is None else [given]
    bare = without_proof(document)
    if len(listed) > MOST_PROOFS:
        return [ProofResult("", False, Reason("too-many-proofs", f"Plus de {MOST_PROOFS} signatures : elles ne sont pas lues."))]
    return [_check_one(bare, proof, resolve, at, processor) for proof in listed]


def _check_one(document: Mapping[str, Any], proof: Any, resolve: Resolve, at: datetime, processor: Processor) -> ProofResult:
    if not isinstance(proof, dict) or not isinstance(proof.get("type"), str):
        return ProofResult("", False, Reason("proof-malformed", "Une signature n’a pas la forme attendue."))
    kind, suite = proof["type"], proof.get("cryptosuite")
    if kind != _KIND:
        if _altered(kind, [_KIND]):
            return ProofResult(kind, False, Reason("suite-altered", f"Le type de signature {quoted(kind)} a été altéré."))
        return ProofResult(kind, None, Reason("suite-unknown", f"Le type de signature {quoted(kind)} n’est pas lu ici."))
    if not isinstance(suite, str):
        return ProofResult("", False, Reason("proof-malformed", "Une signature ne dit pas comment elle a été faite."))
    if suite not in SUITES:
        if _altered(suite, SUITES):
            return ProofResult(suite, False, Reason("suite-altered", f"Le nom de méthode de signature {quoted(suite)} a été altéré."))
        return ProofResult(suite, None, Reason("suite-unknown", f"La méthode de signature {quoted(suite)} n’est pas lue ici."))
    try:
        check_proof(document, proof, resolve, at, processor)
    except FaultError as fault:
        return ProofResult(suite, False, fault.reason)
    return ProofResult(suite, True)


def check_proof(document: Mapping[str, Any], proof: Mapping[str, Any], resolve: Resolve, at: datetime, processor: Processor) -> None:
    """Raises FaultError unless this proof, of one of SUITES, holds over `document` (which has no proof)."""
    suite = proof["cryptosuite"]
    if proof.get("proofPurpose") != "assertionMethod":
        raise FaultError("proof-purpose", "La signature n’a pas été faite pour attester (« proofPurpose »).")
    if "previousProof" in proof:
        raise FaultError("proof-chain", "Les signatures en chaîne ne sont pas lues ici.")
    created = read_instant(proof["created"], "created") if "created" in proof else None
    if "expires" in proof and at >= read_instant(proof["expires"], "expires"):
        raise FaultError("proof-expired", "La signature a expiré.")
    if "@context" in proof and proof["@context"] != document.get("@context"):
        # The jcs suite lets contexts be appended after signature; their words could then change meaning unsigned.
        raise FaultError("context-changed", "Les vocabulaires du document ne sont pas ceux qui ont été signés.")
    key = resolve(proof.get("verificationMethod"), created)
    try:
        signature = multibase.decode(proof["proofValue"])
    except (KeyError, ValueError, AttributeError, TypeError):
        raise FaultError("proof-malformed", "La valeur de la signature n’est pas lisible.") from None
    if len(signature) != multibase.SIGNATURE_SIZE:
        raise FaultError("proof-malformed", "La valeur de la signature n’a pas la bonne longueur.")
    try:
        key.verify(signature, signed_bytes(document, proof, suite, processor))
    except InvalidSignature:
        raise FaultError("signature", f"La signature {suite} ne correspond pas : le document ou la signature a été modifié.") from None


def _altered(name: str, known: Sequence[str]) -> bool:
    """Whether a name is one symbol away from a known one: no registered suite is, a tampered file is."""
    return any(_one_apart(name, other) for other in known)


def _one_apart(first: str, second: str) -> bool:
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1:
        return False
    start = 0
    while start < len(first) and first[start] == second[start]:
        start += 1
    return first[start + (len(first) == len(second)) :] == second[start + 1 :]
